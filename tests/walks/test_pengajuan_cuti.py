"""What a leave request does to the leave book, from the first step to the last."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from server import errors
from server.db import read
from server.personnel.leave_book import page
from tests.walks.conftest import Office

FORM = {
    "jenis_cuti": "tahunan",
    "alasan": "Menjenguk orang tua",
    "alamat_selama_cuti": "Jalan Melati 5",
    "telepon": "081234567890",
    "tanda_tangan_pemohon": True,
}
FIRST_TEN = {**FORM, "mulai": "2026-06-08", "selesai": "2026-06-22"}
OTHER_TEN = {**FORM, "mulai": "2026-07-06", "selesai": "2026-07-17"}


def taken(office: Office) -> int:
    """The days of annual leave that the book says `pns` took in 2026."""
    with read(office.house.gate.database) as connection:
        return page(connection, "pns", 2026).terpakai


def ask(office: Office, **values: object) -> int:
    case = office.start("pengajuan_cuti", "pns")
    office.complete(case, "langkah_1", "pns", values)
    return case


def sign(office: Office, case: int) -> None:
    """From the Kasubag's examination to the head's signature."""
    office.complete(case, "langkah_2", "kasubag_umpeg", {"keputusan_2": "masih_ada"})
    office.complete(case, "langkah_3", "staf_umpeg", {})
    office.complete(case, "langkah_4", "kasubag_umpeg", {"keputusan_4": "setuju"})
    office.complete(case, "langkah_5", "sekretaris", {})
    office.complete(case, "langkah_6", "kepala_dinas", {})


def facts(office: Office, case: int) -> dict[str, Any]:
    found: dict[str, Any] = office.variables(case)["catatan_cuti"]
    return found


def test_the_days_are_booked_with_the_signature(office: Office) -> None:
    case = ask(office, **FIRST_TEN)
    assert taken(office) == 0
    sign(office, case)
    assert taken(office) == facts(office, case)["lama_hk"] == 10


def test_a_rejected_request_books_nothing_and_frees_its_days(office: Office) -> None:
    case = ask(office, **FIRST_TEN)
    office.complete(case, "langkah_2", "kasubag_umpeg", {"keputusan_2": "tidak_ada", "penjelasan": "Audit."})
    assert taken(office) == 0
    assert facts(office, ask(office, **OTHER_TEN))["diajukan_belum_putus"] == 0


def test_a_case_cancelled_after_the_signature_gives_its_days_back(office: Office) -> None:
    case = ask(office, **FIRST_TEN)
    sign(office, case)
    office.cancel(case, "pns")
    assert taken(office) == 0
    assert facts(office, ask(office, **OTHER_TEN))["bentrok"] == 0


def test_a_second_request_that_would_overdraw_can_only_be_rejected(office: Office) -> None:
    first, second = ask(office, **FIRST_TEN), ask(office, **OTHER_TEN)
    with pytest.raises(errors.Invalid):
        office.complete(second, "langkah_2", "kasubag_umpeg", {"keputusan_2": "masih_ada"})
    sign(office, first)
    assert taken(office) == 10


@pytest.mark.both_databases
def test_of_two_requests_sent_at_once_one_sees_the_other(office: Office) -> None:
    cases = [office.start("pengajuan_cuti", "pns") for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        sent = [
            pool.submit(office.complete, case, "langkah_1", "pns", form)
            for case, form in zip(cases, (FIRST_TEN, OTHER_TEN), strict=True)
        ]
    assert [each.result() for each in sent] == [None, None]
    assert sorted(facts(office, case)["diajukan_belum_putus"] for case in cases) == [0, 10]
