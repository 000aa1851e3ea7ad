"""The leave book: what a case's service tasks enter, book, free and take back."""

import pytest

from server.db import Clash
from server.personnel import AlreadyDecided, InvalidRequest, NoSuchRequest, NotAnEmployee, Overdrawn
from server.personnel.handlers import NoEmployee, NotExamined
from server.personnel.leave_book import Page
from tests.personnel.conftest import EIGHTEEN_DAYS, LeaveOffice

FIVE_DAYS = ("2026-06-08", "2026-06-12")
OTHER_FIVE_DAYS = ("2026-06-22", "2026-06-26")


@pytest.fixture
def asked(office: LeaveOffice) -> LeaveOffice:
    office.ask(1, *FIVE_DAYS)
    return office


def test_a_request_is_entered_as_undecided_and_opens_the_year(asked: LeaveOffice) -> None:
    assert asked.status(1) == "diajukan"
    assert asked.page() == Page(version=1)


def test_a_granted_request_books_its_days_and_those_carried_over_first(asked: LeaveOffice) -> None:
    asked.grant(1)
    assert asked.status(1) == "disetujui"
    assert asked.page() == Page(terpakai=5, dari_bawaan=5, version=2)


def test_days_beyond_those_carried_over_come_out_of_the_year_itself(asked: LeaveOffice) -> None:
    asked.grant(1)
    asked.ask(2, *OTHER_FIVE_DAYS)
    asked.grant(2)
    assert (asked.page().terpakai, asked.page().dari_bawaan) == (10, 6)


def test_granting_again_books_nothing_more(asked: LeaveOffice) -> None:
    asked.grant(1)
    asked.grant(1)
    assert asked.page().terpakai == 5


def test_more_than_the_year_gives_is_never_booked(asked: LeaveOffice) -> None:
    asked.grant(1, pagu=12, bawaan=0)
    asked.ask(2, *OTHER_FIVE_DAYS)
    with pytest.raises(Overdrawn) as caught:
        asked.grant(2, pagu=9, bawaan=0)
    assert (caught.value.asked, caught.value.left) == (5, 4)
    assert asked.page().terpakai == 5


def test_the_last_day_can_be_booked(asked: LeaveOffice) -> None:
    asked.grant(1, pagu=5, bawaan=0)
    assert asked.page().terpakai == 5


@pytest.mark.both_databases
def test_of_two_requests_entered_at_once_the_second_is_computed_again(office: LeaveOffice) -> None:
    first, second = (
        office.prepare("cuti.catat_permohonan", case, jenis_cuti="tahunan", mulai=days[0], selesai=days[1])
        for case, days in ((1, FIVE_DAYS), (2, OTHER_FIVE_DAYS))
    )
    office.apply(first.effects)
    with pytest.raises(Clash):
        office.apply(second.effects)
    assert office.status(2) is None
    assert office.ask(2, *OTHER_FIVE_DAYS)["diajukan_belum_putus"] == 5


@pytest.mark.both_databases
def test_of_two_requests_booked_at_once_the_second_is_computed_again(asked: LeaveOffice) -> None:
    asked.ask(2, *OTHER_FIVE_DAYS)
    first, second = (
        asked.prepare("cuti.potong_saldo", case, penelitian_cuti=EIGHTEEN_DAYS) for case in (1, 2)
    )
    asked.apply(first.effects)
    with pytest.raises(Clash):
        asked.apply(second.effects)
    with pytest.raises(Overdrawn):
        asked.grant(2, pagu=9)
    assert asked.page().terpakai == 5


@pytest.mark.both_databases
def test_a_booking_prepared_twice_lands_once(asked: LeaveOffice) -> None:
    first, again = (asked.prepare("cuti.potong_saldo", 1, penelitian_cuti=EIGHTEEN_DAYS) for _ in range(2))
    asked.apply(first.effects)
    with pytest.raises(Clash):
        asked.apply(again.effects)
    assert asked.page().terpakai == 5


def test_a_rejected_request_frees_its_days(asked: LeaveOffice) -> None:
    asked.perform("cuti.tolak", 1)
    assert asked.status(1) == "ditolak"
    assert asked.ask(2, *OTHER_FIVE_DAYS)["diajukan_belum_putus"] == 0


def test_rejecting_again_changes_nothing(asked: LeaveOffice) -> None:
    asked.perform("cuti.tolak", 1)
    assert asked.prepare("cuti.tolak", 1).effects == ()


def test_a_granted_request_cannot_be_rejected(asked: LeaveOffice) -> None:
    asked.grant(1)
    with pytest.raises(AlreadyDecided):
        asked.perform("cuti.tolak", 1)


def test_a_rejected_request_cannot_be_granted(asked: LeaveOffice) -> None:
    asked.perform("cuti.tolak", 1)
    with pytest.raises(AlreadyDecided):
        asked.grant(1)


def test_a_granted_request_cannot_be_entered_anew(asked: LeaveOffice) -> None:
    asked.grant(1)
    with pytest.raises(AlreadyDecided):
        asked.ask(1, *OTHER_FIVE_DAYS)


def test_a_case_that_asks_again_has_one_request(asked: LeaveOffice) -> None:
    facts = asked.ask(1, *OTHER_FIVE_DAYS)
    assert (facts["diajukan_belum_putus"], facts["bentrok"]) == (0, 0)
    asked.grant(1)
    assert asked.page().terpakai == 5


@pytest.mark.both_databases
def test_taking_back_a_booking_gives_the_days_back(asked: LeaveOffice) -> None:
    asked.grant(1)
    asked.undo(1, "cuti.potong_saldo")
    assert asked.status(1) == "diajukan"
    assert asked.page() == Page(version=3)


@pytest.mark.both_databases
def test_a_cancelled_case_leaves_neither_days_nor_request(asked: LeaveOffice) -> None:
    asked.grant(1)
    asked.undo(1, "cuti.potong_saldo", "cuti.catat_permohonan")
    assert asked.status(1) == "dibatalkan"
    assert asked.page().terpakai == asked.page().dari_bawaan == 0


def test_taking_back_twice_gives_the_days_back_once(asked: LeaveOffice) -> None:
    asked.grant(1)
    asked.ask(2, *OTHER_FIVE_DAYS)
    asked.grant(2)
    asked.undo(1, "cuti.potong_saldo")
    asked.undo(1, "cuti.potong_saldo")
    assert (asked.page().terpakai, asked.page().dari_bawaan) == (5, 1)


def test_a_booking_that_was_taken_back_can_be_made_again(asked: LeaveOffice) -> None:
    asked.grant(1)
    asked.undo(1, "cuti.potong_saldo")
    asked.grant(1)
    assert asked.page().terpakai == 5


def test_a_rejection_taken_back_reserves_the_days_again(asked: LeaveOffice) -> None:
    asked.perform("cuti.tolak", 1)
    asked.undo(1, "cuti.tolak")
    assert asked.ask(2, *OTHER_FIVE_DAYS)["diajukan_belum_putus"] == 5


def test_taking_back_is_noticed_by_whoever_computed_before_it(asked: LeaveOffice) -> None:
    asked.grant(1)
    asked.ask(2, *OTHER_FIVE_DAYS)
    prepared = asked.prepare("cuti.potong_saldo", 2, penelitian_cuti=EIGHTEEN_DAYS)
    asked.undo(1, "cuti.potong_saldo")
    with pytest.raises(Clash):
        asked.apply(prepared.effects)


@pytest.mark.both_databases
def test_long_leave_takes_the_place_of_annual_leave_until_it_is_taken_back(office: LeaveOffice) -> None:
    office.ask(1, "2026-07-01", "2026-09-30", jenis="besar")
    office.grant(1)
    assert office.page() == Page(cuti_besar=True, version=2)
    office.ask(2, *FIVE_DAYS)
    with pytest.raises(Overdrawn):
        office.grant(2)
    office.undo(1, "cuti.potong_saldo")
    office.grant(2)
    assert (office.page().cuti_besar, office.page().terpakai) == (False, 5)


def test_other_kinds_of_leave_cost_no_annual_leave(office: LeaveOffice) -> None:
    office.ask(1, "2026-06-01", "2026-06-30", jenis="sakit")
    office.grant(1, pagu=0, bawaan=0)
    assert office.status(1) == "disetujui"
    assert office.page().terpakai == 0


def test_the_employee_is_the_subject_of_the_case(office: LeaveOffice) -> None:
    office.employ("budi")
    asked = {"jenis_cuti": "tahunan", "mulai": "2026-06-08", "selesai": "2026-06-12"}
    office.perform("cuti.catat_permohonan", 1, "sari", pegawai="budi", subject="budi", **asked)
    office.grant(1, username="budi")
    assert (office.page("sari").terpakai, office.page("budi").terpakai) == (5, 0)


def test_a_case_without_a_subject_is_refused(office: LeaveOffice) -> None:
    with pytest.raises(NoEmployee):
        office.perform("cuti.catat_permohonan", 1, None)


def test_a_subject_who_is_no_employee_is_refused(office: LeaveOffice) -> None:
    with pytest.raises(NotAnEmployee):
        office.ask(1, *FIVE_DAYS, username="tamu")


def test_booking_without_a_request_is_refused(office: LeaveOffice) -> None:
    with pytest.raises(NoSuchRequest):
        office.grant(1)


@pytest.mark.parametrize("found", [None, {}, {"saldo": {"pagu": None, "bawaan": 0}}])
def test_booking_without_the_decision_is_refused(asked: LeaveOffice, found: object) -> None:
    with pytest.raises(NotExamined):
        asked.perform("cuti.potong_saldo", 1, penelitian_cuti=found)


@pytest.mark.parametrize(
    ("mulai", "selesai", "field"),
    [
        ("2026-06-12", "2026-06-08", "selesai"),
        ("2026-12-28", "2027-01-05", "selesai"),
        ("besok", "2026-06-08", "mulai"),
        ("2026-06-08", None, "selesai"),
    ],
)
def test_dates_that_cannot_be_entered_are_refused_at_their_field(
    office: LeaveOffice, mulai: str, selesai: str | None, field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        office.perform("cuti.catat_permohonan", 1, jenis_cuti="tahunan", mulai=mulai, selesai=selesai)
    assert [problem.where for problem in caught.value.problems] == [field]


def test_other_leave_may_run_into_the_next_year(office: LeaveOffice) -> None:
    facts = office.ask(1, "2026-12-01", "2027-02-28", jenis="melahirkan")
    assert (facts["tahun"], facts["lama_hari"]) == (2026, 90)
