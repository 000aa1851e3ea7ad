"""When timers come: dates, durations and cycles in ISO 8601 (BPMN 2.0.2 §10.5.5), in the office's zone.

Months and days are days of the calendar there, whatever daylight saving does; hours, minutes and seconds are elapsed time.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from server import errors
from server.bpmn import times
from server.bpmn.model import TimerKind
from server.feel.temporal import find_zone

_ANY_DAY = timedelta(hours=20)
"""Shorter than any day of the calendar."""


class Unreadable(errors.Invalid):
    """Not a date, duration or cycle that a timer can follow."""

    def __init__(self, value: object) -> None:
        super().__init__(
            f"“{str(value)[:60]}” bukan waktu ISO 8601; tulis seperti 2026-03-02T08:00:00+07:00, PT45M, P14D, atau R3/P1D."
        )


@dataclass(frozen=True)
class Due:
    """The next time. `repetitions`: how often it still comes, this one included; None: for ever."""

    due_at: datetime
    repetitions: int | None = 1
    interval: str | None = None


def first(kind: TimerKind, value: object, now: datetime, zone: tzinfo) -> Due:
    """The first time of a timer that begins now. Raises Unreadable."""
    if not isinstance(value, str):
        raise Unreadable(value)
    if kind == TimerKind.DATE:
        return Due(instant(value, zone))
    if kind == TimerKind.DURATION:
        return Due(later(now, value, zone))
    cycle = times.CYCLE.fullmatch(value)
    if cycle is None:
        raise Unreadable(value)
    count, start, interval = cycle.groups()
    due = instant(start, zone) if start else later(now, interval, zone)
    if later(now, interval, zone) <= now:
        raise Unreadable(value)
    return Due(due, int(count) if count else None, interval)


def following(due: Due, now: datetime, zone: tzinfo) -> Due | None:
    """The time after one that came, or None after the last. What was missed while nobody worked comes once, not in a burst."""
    if due.interval is None or due.repetitions == 1:
        return None
    next_at = later(due.due_at, due.interval, zone)
    if next_at <= now:
        next_at = _next_beyond(due.due_at, due.interval, now, zone)
    return Due(next_at, None if due.repetitions is None else due.repetitions - 1, due.interval)


def later(start: datetime, duration: str, zone: tzinfo) -> datetime:
    """The moment a duration after `start`, in UTC: two moments of one other zone would be compared by the clock on its wall.

    Raises Unreadable.
    """
    match = times.DURATION.fullmatch(duration)
    if match is None:
        raise Unreadable(duration)
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:7])
    fraction = timedelta(microseconds=int((match[8] or "0").ljust(6, "0")))
    local = _months_later(start.astimezone(zone), 12 * years + months)
    try:
        local = (local + timedelta(days=7 * weeks + days)).replace(fold=0)
        elapsed = timedelta(hours=hours, minutes=minutes, seconds=seconds) + fraction
        return local.astimezone(UTC) + elapsed
    except OverflowError:
        raise Unreadable(duration) from None


def _next_beyond(start: datetime, interval: str, now: datetime, zone: tzinfo) -> datetime:
    """The first time of a rhythm after now: a machine may have been off for years.

    What passes by the clock alone is found by one leap; days and months are gone through, because they differ in length.
    """
    step, at = later(start, interval, zone) - start, start
    if step < _ANY_DAY:
        at += step * ((now - start) // step)
    while at <= now:
        at = later(at, interval, zone)
    return at


def _months_later(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise Unreadable(f"P{months}M")
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def instant(text: str, zone: tzinfo) -> datetime:
    """The moment that a text writes, in `zone` where it names none; FEEL names one behind it (`…T08:00:00@Asia/Jakarta`).

    Raises Unreadable.
    """
    written, named, region = text.partition("@")
    meant = find_zone(region) if named else zone
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise Unreadable(text) from None
    if meant is None:
        raise Unreadable(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=meant)
