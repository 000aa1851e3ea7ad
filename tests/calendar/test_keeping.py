"""What the office settles about its days and hours rules, in every process."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine

from server import calendar, feel
from server.calendar import RAMADAN_WEEK, Book, Calendar, Holiday, Hours, YearUnknown
from server.clock import Clock
from server.db import read, write

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
JAKARTA = ZoneInfo("Asia/Jakarta")
ELECTION = date(2026, 11, 24)
MORNING = datetime(2026, 11, 23, 10, 0, tzinfo=JAKARTA)


@pytest.fixture
def change(engine: Engine) -> Callable[[Callable[[Connection], object]], None]:
    def act(verb: Callable[[Connection], object]) -> None:
        with write(engine) as connection:
            verb(connection)

    return act


def reread(engine: Engine, book: Book | None = None) -> Calendar:
    """The office's calendar as a process sees it that looks now."""
    book = book or Book()
    with read(engine) as connection:
        book.refresh(connection, at_once=True)
    return book.calendar(JAKARTA)


@pytest.mark.both_databases
def test_a_local_day_moves_a_deadline(engine, change):
    change(lambda c: calendar.put_day(c, Holiday(ELECTION, "Pilkada", "libur lokal"), NOW))

    found = reread(engine)

    assert found.hk_setelah(date(2026, 11, 23), 1) == date(2026, 11, 25)
    assert found.due(MORNING, "P1D") == datetime(2026, 11, 25, 10, 0, tzinfo=JAKARTA)
    assert len(found.working_days(2026)) == 239


@pytest.mark.both_databases
def test_a_year_that_the_office_keeps_has_the_seeds_days_too(engine, change):
    change(lambda c: calendar.put_day(c, Holiday(ELECTION, "Pilkada", "libur lokal"), NOW))
    with read(engine) as connection:
        kept, other = calendar.list_year(connection, 2026), calendar.list_year(connection, 2027)
    assert len(kept) == 26
    assert len(other) == len(Calendar().holidays(2027))


def test_a_day_that_is_removed_is_worked(engine, change):
    change(lambda c: calendar.remove_day(c, date(2026, 12, 24), NOW))
    assert reread(engine).is_working_day(date(2026, 12, 24))


def test_an_estimated_date_is_moved_to_where_the_decree_puts_it(engine, change):
    change(lambda c: calendar.move_day(c, date(2027, 3, 10), date(2027, 3, 12), NOW))
    found = reread(engine)
    assert found.name_of(date(2027, 3, 12)) == "Hari Raya Idul Fitri"
    assert found.is_working_day(date(2027, 3, 10))


def test_a_decree_settles_a_year(engine, change):
    assert reread(engine).is_tentative(2027)
    change(lambda c: calendar.settle_year(c, 2027, "SKB 3 Menteri 2027", NOW))
    assert not reread(engine).is_tentative(2027)
    with read(engine) as connection:
        settled = [each for each in calendar.list_year(connection, 2027) if each.dasar]
    assert {each.dasar for each in settled} == {"SKB 3 Menteri 2027"}


def test_the_same_day_again_replaces_what_it_is(engine, change):
    for name in ("Pilkada", "Pemilihan kepala daerah"):
        change(lambda c, name=name: calendar.put_day(c, Holiday(ELECTION, name, "libur lokal"), NOW))
    assert reread(engine).name_of(ELECTION) == "Pemilihan kepala daerah"


def test_what_is_no_free_day_is_refused(engine, change):
    with pytest.raises(calendar.NoSuchFreeDay):
        change(lambda c: calendar.remove_day(c, ELECTION, NOW))
    with pytest.raises(calendar.InvalidFreeDay, match="nama"):
        change(lambda c: calendar.put_day(c, Holiday(ELECTION, " ", "libur lokal"), NOW))
    with pytest.raises(calendar.InvalidFreeDay, match="libur nasional"):
        change(lambda c: calendar.put_day(c, Holiday(ELECTION, "Pilkada", "libur"), NOW))
    with pytest.raises(YearUnknown):
        change(lambda c: calendar.put_day(c, Holiday(date(1999, 1, 4), "Dulu", "libur lokal"), NOW))
    assert reread(engine).is_working_day(ELECTION)


# --- hours


def test_ramadan_shortens_the_day_and_only_for_its_time(engine, change):
    ramadan = Hours("Ramadan 1447 H", RAMADAN_WEEK, date(2026, 2, 18), date(2026, 3, 19))
    change(lambda c: calendar.set_hours(c, ramadan, NOW))
    found = reread(engine)
    late = datetime(2026, 3, 2, 14, 50, tzinfo=JAKARTA)
    assert found.due(late, "PT45M") == datetime(2026, 3, 3, 8, 35, tzinfo=JAKARTA)
    assert found.hours(date(2026, 3, 30), None) == calendar.office_hours(date(2026, 3, 30))


def test_a_week_of_ramadan_has_thirty_two_and_a_half_hours():
    minutes = [
        (end.hour - begin.hour) * 60 + end.minute - begin.minute for day in RAMADAN_WEEK for begin, end in day
    ]
    assert sum(minutes) == 32.5 * 60


def test_a_unit_with_saturdays_works_on_saturday_and_no_other_unit_does(engine, change):
    week = calendar.read_week({"senin": "08:00-15:00", "jumat": "08:00-15:00", "sabtu": "08:00-12:00"})
    own = Hours("Loket", week, date(2026, 1, 1), unit="pendaftaran-penduduk")
    change(lambda c: calendar.set_hours(c, own, NOW))
    found = reread(engine)
    friday = datetime(2026, 11, 20, 14, 30, tzinfo=JAKARTA)
    assert found.due(friday, "PT1H", "pendaftaran-penduduk").isoformat() == "2026-11-21T08:30:00+07:00"
    assert found.due(friday, "P1D", "pendaftaran-penduduk").isoformat() == "2026-11-21T12:00:00+07:00"
    assert found.due(friday, "P1D", "keuangan").isoformat() == "2026-11-23T14:30:00+07:00"
    assert found.hk_setelah(date(2026, 11, 20), 1) == date(
        2026, 11, 23
    )  # hari kerja of the law is the office's


def test_a_units_own_hours_go_before_the_offices_ramadan(engine, change):
    change(
        lambda c: calendar.set_hours(
            c, Hours("Ramadan", RAMADAN_WEEK, date(2026, 2, 18), date(2026, 3, 19)), NOW
        )
    )
    own = Hours("Loket", calendar.read_week({"senin": "09:00-10:00"}), date(2026, 1, 1), unit="piak")
    change(lambda c: calendar.set_hours(c, own, NOW))
    monday = date(2026, 3, 2)
    found = reread(engine)
    assert found.hours(monday, "piak") == ((time(9), time(10)),)
    assert found.hours(monday, "keuangan") == RAMADAN_WEEK[0]


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({}, "tidak ada satu hari pun"),
        ({"senin": "13:00-12:00"}, "maju"),
        ({"senin": "07:30-12:00, 11:00-16:00"}, "bertumpang tindih"),
        ({"senin": "pagi"}, "07:30-12:00"),
        ({"monday": "07:30-12:00"}, "tidak dikenal"),
    ],
)
def test_hours_that_no_week_can_have_are_refused(change, days, why):
    with pytest.raises(calendar.InvalidHours) as refused:
        change(
            lambda c: calendar.set_hours(c, Hours("Loket", calendar.read_week(days), date(2026, 1, 1)), NOW)
        )
    assert why in " ".join([refused.value.message, *map(str, refused.value.problems)])


def test_hours_are_taken_back_by_their_number(engine, change):
    change(lambda c: calendar.set_hours(c, Hours("Ramadan", RAMADAN_WEEK, date(2026, 2, 18)), NOW))
    with read(engine) as connection:
        (kept,) = calendar.list_hours(connection)
    change(lambda c: calendar.remove_hours(c, kept.id, NOW))
    assert reread(engine).hours(date(2026, 3, 2), None) == calendar.office_hours(date(2026, 3, 2))
    with pytest.raises(calendar.NoSuchHours):
        change(lambda c: calendar.remove_hours(c, kept.id, NOW))


# --- every process


@pytest.mark.both_databases
def test_a_process_that_has_read_the_calendar_sees_it_changed(engine, change):
    book = Book()
    first = reread(engine, book)
    assert first.is_working_day(ELECTION)
    functions = calendar.feel_functions(first)

    change(lambda c: calendar.put_day(c, Holiday(ELECTION, "Pilkada", "libur lokal"), NOW))
    reread(engine, book)

    assert not first.is_working_day(ELECTION)
    counted = feel.compile('hk_setelah("2026-11-23", 1)', functions=functions).evaluate({})
    assert str(counted.value) == "2026-11-25"


def test_the_version_is_not_asked_for_again_at_once(engine, change):
    book = Book()
    reread(engine, book)
    change(lambda c: calendar.put_day(c, Holiday(ELECTION, "Pilkada", "libur lokal"), NOW))
    with read(engine) as connection:
        book.refresh(connection)
    assert book.calendar(JAKARTA).is_working_day(ELECTION)


# --- the office's day


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Asia/Jakarta", "2026-11-20"), ("Asia/Makassar", "2026-11-20"), ("Asia/Jayapura", "2026-11-20")],
)
def test_at_half_past_eleven_in_the_evening_utc_the_office_is_a_day_ahead(zone, day):
    clock = Clock(zone, now=lambda: datetime(2026, 11, 19, 23, 30, tzinfo=UTC))
    found = feel.compile("today()").evaluate({}, feel.Environment(clock))
    assert str(found.value) == day == clock.today().isoformat()


def test_each_zone_of_the_country_opens_by_its_own_clock():
    for zone, opening in (("Asia/Jakarta", 0), ("Asia/Makassar", 23), ("Asia/Jayapura", 22)):
        due = Calendar(zone=ZoneInfo(zone)).due(datetime(2026, 11, 18, 12, 0, tzinfo=UTC), "PT30M")
        assert (due.astimezone(UTC).hour + (due.minute == 0) * 24) % 24 == (opening + 1) % 24
