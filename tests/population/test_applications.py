"""Applications: the applicant without an account, as the counter wrote it down."""

from typing import Any

import pytest

from server import population
from server.population.applications import LETTERS
from tests.population.conftest import PopulationOffice

SARI = {
    "pemohon": {"nama": "Sari ", "nik": "3508014107900001", "telepon": ""},
    "tanggal_permohonan": "2026-11-27",
}


def record(office: PopulationOffice, case: int) -> Any:
    return office.ask(lambda c: population.application(c, case))


def test_the_applicant_is_kept_with_the_case(office: PopulationOffice) -> None:
    office.perform("permohonan.catat", 1, **SARI)
    found = record(office, 1)
    assert (found.nama, found.nik, found.telepon) == ("Sari", "3508014107900001", None)
    assert (found.process_id, found.dicatat_oleh) == ("akta_kematian", "loket")


def test_the_code_of_the_receipt_finds_the_case(office: PopulationOffice) -> None:
    kode = office.perform("permohonan.catat", 1, **SARI)["permohonan"]["kode"]
    assert set(kode) <= set(LETTERS)
    assert office.ask(lambda c: population.application_by_code(c, kode.lower())).case_key == 1
    with pytest.raises(population.UnknownApplication):
        office.ask(lambda c: population.application_by_code(c, "TIDAKADA"))


def test_what_is_written_down_again_keeps_its_code(office: PopulationOffice) -> None:
    first = office.perform("permohonan.catat", 1, **SARI)
    second = office.perform("permohonan.catat", 1, **{**SARI, "pemohon": {"nama": "Sari Dewi"}})
    assert first == second
    assert record(office, 1).nama == "Sari Dewi"


def test_two_applications_have_two_codes(office: PopulationOffice) -> None:
    assert office.perform("permohonan.catat", 1, **SARI) != office.perform("permohonan.catat", 2, **SARI)


def test_a_cancelled_case_leaves_its_application_marked(office: PopulationOffice) -> None:
    office.perform("permohonan.catat", 1, **SARI)
    office.undo("permohonan.catat", 1)
    assert record(office, 1).dibatalkan


@pytest.mark.parametrize(
    "missing", [{"pemohon": {"nama": " "}}, {"pemohon": None}, {"tanggal_permohonan": "?"}]
)
def test_an_applicant_without_a_name_or_day_is_refused(
    office: PopulationOffice, missing: dict[str, object]
) -> None:
    with pytest.raises(population.InvalidApplicant):
        office.prepare("permohonan.catat", 1, **{**SARI, **missing})
