from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.calendar import Calendar, DurationUnreadable, YearUnknown, office_hours

JAKARTA = ZoneInfo("Asia/Jakarta")
CALENDAR = Calendar()


def at(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2026-11-19 08:00", "PT45M", "2026-11-19 08:45"),
        ("2026-11-19 15:50", "PT10M", "2026-11-19 16:00"),  # just fits
        ("2026-11-19 15:50", "PT45M", "2026-11-20 08:05"),  # Thursday to Friday
        ("2026-11-20 16:20", "PT45M", "2026-11-23 08:05"),  # Friday closes at 16:30, over the weekend
        ("2026-11-20 11:00", "PT1H", "2026-11-20 13:30"),  # over the Friday break
        ("2026-11-19 11:45", "PT30M", "2026-11-19 13:15"),  # over the break
        ("2026-11-19 12:20", "PT30M", "2026-11-19 13:30"),  # begins in the break
        ("2026-11-19 08:00", "PT15H", "2026-11-23 08:00"),  # two days of 7.5 h
        ("2026-11-19 10:00", "P1D", "2026-11-20 10:00"),
        ("2026-11-19 15:50", "P1D", "2026-11-20 15:50"),
        ("2026-11-20 16:20", "P1D", "2026-11-23 16:00"),  # Friday is longer than Monday
        ("2026-11-20 10:00", "P2D", "2026-11-24 10:00"),
        ("2026-11-20 16:20", "P5D", "2026-11-27 16:20"),  # from one long Friday to the next
        ("2026-11-19 10:00", "P1W", "2026-11-26 10:00"),
        ("2026-11-21 10:00", "P1D", "2026-11-23 16:00"),  # Saturday
        ("2026-11-21 10:00", "PT45M", "2026-11-23 08:15"),
        ("2026-11-23 06:00", "P1D", "2026-11-23 16:00"),  # before opening
        ("2026-11-23 06:00", "PT10M", "2026-11-23 07:40"),
        ("2026-11-23 07:30", "P1D", "2026-11-24 07:30"),
        ("2026-11-23 20:00", "PT10M", "2026-11-24 07:40"),
        ("2026-03-17 15:30", "PT1H", "2026-03-25 08:00"),  # over Nyepi and Idulfitri
        ("2026-11-19 10:00", "P1DT2H", "2026-11-20 13:30"),
        ("2026-11-30 10:00", "P3M", "2027-03-01 10:00"),  # 28-02-2027 is a Sunday
        ("2026-11-23 10:00", "P1Y", "2027-11-23 10:00"),
        ("2026-11-19 10:00", "PT0S", "2026-11-19 10:00"),
    ],
)
def test_a_duration_is_counted_in_working_time(start, duration, due):
    assert CALENDAR.due(at(start), duration) == at(due)


def test_the_start_may_come_in_any_zone_and_the_answer_is_in_the_offices():
    start = datetime(2026, 11, 19, 8, 50, tzinfo=UTC)

    due = CALENDAR.due(start, "PT45M")

    assert due.isoformat() == "2026-11-20T08:05:00+07:00"


def test_a_start_without_a_zone_is_a_mistake():
    with pytest.raises(ValueError, match="no zone"):
        CALENDAR.due(datetime(2026, 11, 19, 10), "P1D")


def test_an_office_further_east_is_open_by_its_own_clock():
    jayapura = Calendar(zone=ZoneInfo("Asia/Jayapura"))
    assert jayapura.due(at("2026-11-19 13:50"), "PT45M").isoformat() == "2026-11-20T08:05:00+09:00"


def test_the_office_works_seven_and_a_half_hours_a_day():
    for day in CALENDAR.working_days(2026):
        spans = office_hours(day)
        minutes = sum((datetime.combine(day, b) - datetime.combine(day, a)).seconds // 60 for a, b in spans)
        assert minutes == 450


def test_other_hours_take_the_place_of_the_offices_own():
    short = Calendar(hours=lambda day, unit: ((time(8), time(12)),))
    assert short.due(at("2026-11-19 11:30"), "PT1H") == at("2026-11-20 08:30")


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1", "1D", "P-1D", "P1D ", "PT1.5H", "P1H", "PT٣H", "satu hari", "P1DT"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(DurationUnreadable, match="bukan jangka waktu"):
        CALENDAR.due(at("2026-11-19 10:00"), text)


@pytest.mark.parametrize("text", ["P99999D", "PT999999H", "P999Y"])
def test_a_duration_that_leaves_the_calendar_is_refused(text):
    with pytest.raises(YearUnknown):
        CALENDAR.due(at("2026-11-19 10:00"), text)


def test_working_minutes_add_up():
    """Counting in two parts ends where counting at once does."""
    start = at("2026-11-19 09:13")
    for minutes in range(0, 3000, 97):
        halfway = CALENDAR.due(start, f"PT{minutes}M")
        at_once = CALENDAR.due(start, f"PT{minutes + 131}M")
        assert CALENDAR.due(halfway, "PT131M") == at_once
        assert at_once.date() >= date(2026, 11, 19)
        assert at_once - start >= timedelta(minutes=minutes + 131)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-27T09:00", "2026-11-27T09:35", 35),
        ("2026-11-27T11:00", "2026-11-27T13:30", 60),
        ("2026-11-27T16:00", "2026-11-30T08:00", 60),
        ("2026-11-28T09:00", "2026-11-29T09:00", 0),
        ("2026-11-27T10:00", "2026-11-27T09:00", 0),
    ],
)
def test_work_between_two_instants_leaves_out_breaks_and_free_days(
    start: str, end: str, minutes: int
) -> None:
    first, last = (
        datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Jakarta")) for text in (start, end)
    )
    assert Calendar().worked(first, last) == timedelta(minutes=minutes)
