"""The facts about a request for leave, as the tables in dmn/cuti are given them."""

import pytest

from tests.personnel.conftest import LeaveOffice


@pytest.mark.parametrize(
    ("mulai", "selesai", "hari_kerja", "hari"),
    [
        ("2026-03-16", "2026-03-27", 5, 12),
        ("2026-06-08", "2026-06-12", 5, 5),
        ("2026-03-18", "2026-03-24", 0, 7),
        ("2026-06-06", "2026-06-07", 0, 2),
        ("2026-12-24", "2026-12-31", 4, 8),
    ],
    ids=["nyepi and idulfitri", "a week", "holidays only", "a weekend", "christmas"],
)
def test_days_are_counted_by_the_calendar(
    office: LeaveOffice, mulai: str, selesai: str, hari_kerja: int, hari: int
) -> None:
    facts = office.ask(1, mulai, selesai)
    assert (facts["lama_hk"], facts["lama_hari"]) == (hari_kerja, hari)


def test_the_pages_of_three_years_are_told_apart(office: LeaveOffice) -> None:
    office.open_page("sari", 2026, terpakai=3, cuti_bersama_tidak_diberi=2)
    office.open_page("sari", 2025, terpakai=8, dari_bawaan=6, ditangguhkan=4)
    office.open_page("sari", 2024, terpakai=1, cuti_besar=True)
    facts = office.ask(1, "2026-06-08", "2026-06-12")
    assert {name: facts[name] for name in ("pakai_n", "pakai_1", "pakai_2")} == {
        "pakai_n": 3,
        "pakai_1": 8,
        "pakai_2": 1,
    }
    assert (facts["dari_bawaan_1"], facts["dari_bawaan_2"]) == (6, 0)
    assert (facts["cuti_besar_n"], facts["cuti_besar_1"], facts["cuti_besar_2"]) == (False, False, True)
    assert (facts["ditangguhkan"], facts["cuti_bersama_tidak_diberi"]) == (4, 2)


def test_a_year_before_the_leave_book_is_not_known(office: LeaveOffice) -> None:
    facts = office.ask(1, "2021-06-08", "2021-06-09")
    assert (facts["tercatat_1"], facts["tercatat_2"]) == (True, False)


def test_undecided_days_are_those_of_annual_leave_in_the_same_year(office: LeaveOffice) -> None:
    office.ask(1, "2026-06-08", "2026-06-12")
    office.ask(2, "2026-07-06", "2026-07-08", jenis="sakit")
    office.ask(3, "2027-06-07", "2027-06-11")
    assert office.ask(4, "2026-08-03", "2026-08-04")["diajukan_belum_putus"] == 5


def test_requests_that_share_a_day_overlap_until_they_are_rejected(office: LeaveOffice) -> None:
    office.ask(1, "2026-06-08", "2026-06-12")
    assert office.ask(2, "2026-06-12", "2026-06-15")["bentrok"] == 1
    assert office.ask(3, "2026-06-16", "2026-06-17")["bentrok"] == 0
    office.perform("cuti.tolak", 1)
    assert office.ask(2, "2026-06-12", "2026-06-15")["bentrok"] == 0


def test_colleagues_with_leave_granted_on_these_days_are_away(office: LeaveOffice) -> None:
    for username, unit in (("budi", "Sekretariat"), ("wati", "Sekretariat"), ("joko", "PIAK")):
        office.employ(username, unit)
    for case, username in enumerate(("budi", "wati", "joko"), start=1):
        office.ask(case, "2026-06-10", "2026-06-19", username=username)
    office.grant(1, username="budi")
    office.grant(3, username="joko")
    facts = office.ask(4, "2026-06-08", "2026-06-12")
    assert (facts["pegawai_unit"], facts["tidak_hadir_unit"]) == (3, 1)


def test_the_form_is_told_who_asks(office: LeaveOffice) -> None:
    facts = office.ask(1, "2026-06-08", "2026-06-12")
    assert facts["pegawai"] == {"nama": "Sari", "nip": None, "jabatan": "Pelaksana", "unit": "Sekretariat"}
    assert facts["mulai_kerja"] == "2010-01-01"
