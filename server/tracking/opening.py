"""When the office is open to whoever comes: the hours of a week, and the free days that are near."""

from datetime import date, timedelta
from itertools import groupby
from typing import Final

from server.calendar import Spans, YearUnknown
from server.engine import Engine
from server.letters import Office

DAYS: Final = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
NEAR: Final = 14
"""Days for which free ones are named."""


def opening(engine: Engine, unit: str | None) -> Office:
    """The hours of a unit (bidang) in the seven days from today on, and its free days of two weeks."""
    today, calendar = engine.clock.today(), engine.calendar
    week = sorted((today + timedelta(days=n) for n in range(7)), key=date.weekday)
    spells = groupby(week, key=lambda day: calendar.hours(day, unit))
    lines = tuple(_line(list(days), spans) for spans, days in spells if spans)
    coming = (today + timedelta(days=n) for n in range(NEAR))
    return Office(lines, tuple(each for day in coming if (each := _closed(engine, day, unit))))


def _line(days: list[date], spans: Spans) -> tuple[str, str]:
    names = [DAYS[day.weekday()] for day in days]
    times = " dan ".join(f"{begin:%H.%M}–{end:%H.%M}" for begin, end in spans)
    return names[0] if len(names) == 1 else f"{names[0]}–{names[-1]}", times


def _closed(engine: Engine, day: date, unit: str | None) -> tuple[date, str] | None:
    """A day that would be worked but for a holiday, and its name."""
    try:
        holiday = engine.calendar.holidays(day.year).get(day)
    except YearUnknown:
        return None
    return (day, str(holiday)) if holiday and engine.calendar.hours(day, unit) else None
