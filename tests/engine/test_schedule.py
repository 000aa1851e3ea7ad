"""When timers come: days of the calendar in the office's zone, hours that really pass, across daylight saving too."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from server.bpmn.model import TimerKind
from server.engine import schedule

JAKARTA, JAYAPURA, BERLIN = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Jayapura"), ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("begin", "duration", "expected"),
    [
        ("2026-03-28T08:00", "P1D", "2026-03-29T08:00+02:00"),  # 23 hours on
        ("2026-03-28T08:00", "PT24H", "2026-03-29T09:00+02:00"),
        ("2026-10-24T08:00", "P1D", "2026-10-25T08:00+01:00"),  # 25 hours on
        ("2026-10-24T08:00", "PT24H", "2026-10-25T07:00+01:00"),
        ("2026-03-28T02:30", "P1D", "2026-03-29T03:30+02:00"),  # an hour that is not
        ("2026-10-24T02:30", "P1D", "2026-10-25T02:30+02:00"),  # an hour that comes twice: its first
        ("2026-01-31T08:00", "P1M", "2026-02-28T08:00+01:00"),
        ("2026-03-29T01:30", "PT1H", "2026-03-29T03:30+02:00"),
    ],
)
def test_days_are_days_of_the_calendar_and_hours_pass(begin: str, duration: str, expected: str) -> None:
    due = schedule.first(TimerKind.DURATION, duration, at(begin), BERLIN).due_at
    assert due.astimezone(UTC) == datetime.fromisoformat(expected).astimezone(UTC)


def test_a_daily_cycle_keeps_its_hour_across_both_changes_of_the_clock() -> None:
    due = schedule.first(TimerKind.CYCLE, "R/P1D", at("2026-03-01T07:30"), BERLIN)
    for _ in range(300):
        following = schedule.following(due, due.due_at, BERLIN)
        assert following is not None
        due = following
        assert due.due_at.astimezone(BERLIN).strftime("%H:%M") == "07:30"


def test_a_date_without_a_zone_is_meant_in_the_offices() -> None:
    value, now = "2026-03-02T08:00:00", at("2026-03-01T00:00", JAKARTA)
    west = schedule.first(TimerKind.DATE, value, now, JAKARTA).due_at
    east = schedule.first(TimerKind.DATE, value, now, JAYAPURA).due_at
    assert west - east == timedelta(hours=2)


def test_a_date_is_meant_where_feel_says() -> None:
    expected = at("2026-03-02T08:00", JAYAPURA)
    for text in ("2026-03-02T08:00:00@Asia/Jayapura", "2026-03-02T08:00:00.000000000+09:00"):
        assert schedule.first(TimerKind.DATE, text, expected, JAKARTA).due_at == expected
    for text in ("2026-03-02T08:00:00@Asia/Atlantis", "2026-03-02T08:00:00@", "besok@Asia/Jakarta"):
        with pytest.raises(schedule.Unreadable):
            schedule.first(TimerKind.DATE, text, expected, JAKARTA)


@pytest.mark.parametrize("off", [timedelta(hours=5), timedelta(days=400), timedelta(days=20_000)])
@pytest.mark.parametrize("interval", ["PT1S", "PT1H", "P1D", "P1M"])
def test_what_was_missed_comes_once_and_the_next_is_in_the_future(interval: str, off: timedelta) -> None:
    begin = at("2026-01-05T08:00", JAKARTA)
    missed = schedule.Due(begin, None, interval)
    now = begin + off
    following = schedule.following(missed, now, JAKARTA)
    assert following is not None
    assert now < following.due_at <= schedule.later(now, interval, JAKARTA)


def test_a_monthly_cycle_keeps_its_day_after_years_off() -> None:
    missed = schedule.Due(at("2026-01-05T08:00", JAKARTA), None, "P1M")
    following = schedule.following(missed, at("2031-07-20T00:00", JAKARTA), JAKARTA)
    assert following == schedule.Due(at("2031-08-05T08:00", JAKARTA), None, "P1M")


def test_a_missed_cycle_counts_as_one_of_its_repetitions() -> None:
    begin = at("2026-01-05T08:00", JAKARTA)
    following = schedule.following(
        schedule.Due(begin, 3, "PT1H"), begin + timedelta(hours=10, minutes=5), JAKARTA
    )
    assert following == schedule.Due(begin + timedelta(hours=11), 2, "PT1H")
