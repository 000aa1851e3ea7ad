"""What the office has settled about its days and hours, as this process remembers it.

The rows are the database's; a process reads them again when their version has changed, and asks for the version at most
once in REMEMBERED seconds, on a connection that is open anyway.
"""

import time as stopwatch
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, tzinfo
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, select

from server.calendar import seed
from server.calendar.days import Holiday
from server.calendar.hours import OFFICE_WEEK, Spans, Week
from server.calendar.models import CalendarYear, FreeDay, WorkingHours
from server.calendar.working_time import Calendar
from server.db import get_setting

VERSION: Final = "calendar_version"
REMEMBERED: Final = 1.0


@dataclass(frozen=True)
class Hours:
    """The hours of a unit (bidang; None: the whole office) from a day to a day, both included."""

    name: str
    week: Week
    from_date: date
    to_date: date | None = None
    unit: str | None = None
    id: int | None = None
    """Once it is kept."""

    def holds_on(self, day: date, unit: str | None) -> bool:
        """Whether these are the hours of a unit, or of the office that it belongs to, on that day."""
        begun = self.from_date <= day and (self.to_date is None or day <= self.to_date)
        return begun and self.unit in (None, unit)


@dataclass(frozen=True)
class Pages:
    """The rows of one version. `hours`: what comes first goes before the rest."""

    version: object = None
    years: Mapping[int, Mapping[date, Holiday]] = field(default_factory=dict)
    hours: tuple[Hours, ...] = ()


class Book:
    """One a process; a Calendar's days and hours."""

    def __init__(self) -> None:
        self._pages = Pages()
        self._asked = -REMEMBERED

    @property
    def version(self) -> object:
        """Of what it has read; None: nothing."""
        return self._pages.version

    def calendar(self, zone: tzinfo) -> Calendar:
        """A calendar that counts with this book, whatever becomes of it."""
        return Calendar(self.days_off, self.hours, zone)

    def days_off(self, year: int) -> Mapping[date, Holiday]:
        """The free days of a year: the office's own where it keeps them, else the seed's. Raises YearUnknown."""
        kept = self._pages.years.get(year)
        return seed.days_off(year) if kept is None else kept

    def hours(self, day: date, unit: str | None = None) -> Spans:
        """The spans of work of a weekday: a unit's own hours go before the office's, and those for a time before lasting ones."""
        found = next((each.week for each in self._pages.hours if each.holds_on(day, unit)), OFFICE_WEEK)
        return found[day.weekday()]

    def supposing(
        self,
        zone: tzinfo,
        days: Mapping[date, Holiday | None] | None = None,
        hours: Iterable[Hours] | None = None,
    ) -> Calendar:
        """A calendar as it would be if these days were free (None: like others), or these all the hours; the book stays as it is.

        Raises YearUnknown.
        """
        years = dict(self._pages.years)
        for day, holiday in (days or {}).items():
            kept = years.get(day.year)
            others = seed.days_off(day.year) if kept is None else kept
            changed = {each: known for each, known in others.items() if each != day}
            years[day.year] = {**changed, day: holiday} if holiday else changed
        draft = Book()
        draft._pages = Pages(None, years, self._pages.hours if hours is None else in_order(hours))
        return draft.calendar(zone)

    def refresh(self, connection: Connection, at_once: bool = False) -> None:
        """Reads what others have changed; with `at_once` also within the time for which it is remembered."""
        now = stopwatch.monotonic()
        if not at_once and now - self._asked < REMEMBERED:
            return
        self._asked = now
        version = get_setting(connection, VERSION)
        if version != self._pages.version:
            self._pages = read_pages(connection, version)


def read_pages(connection: Connection, version: object) -> Pages:
    """All rows, read after the version: what changes meanwhile has another one and is read the next time."""
    kept = [year for (year,) in connection.execute(select(CalendarYear.year))]
    years: dict[int, Mapping[date, Holiday]] = {year: {} for year in kept}
    for year, rows in groupby(connection.execute(_DAYS), key=lambda row: row.year):
        years[year] = {row.tanggal: holiday_of(row) for row in rows}
    return Pages(version, years, tuple(read_hours(connection)))


def read_hours(connection: Connection) -> list[Hours]:
    """All hours that are kept, those that go before others first."""
    found = [
        Hours(row.name, read_week(row.week), row.from_date, row.to_date, row.unit, row.id)
        for row in connection.execute(select(WorkingHours.__table__))
    ]
    return list(in_order(found))


def in_order(hours: Iterable[Hours]) -> tuple[Hours, ...]:
    """Those that go before others first."""
    return tuple(
        sorted(hours, key=lambda each: (each.unit is None, each.to_date is None, -each.from_date.toordinal()))
    )


def holiday_of(row: Any) -> Holiday:
    return Holiday(row.tanggal, row.nama, row.jenis, row.perkiraan, row.dasar)


def read_week(kept: list[Any]) -> Week:
    return tuple(
        tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in day) for day in kept
    )


_DAYS: Final = select(FreeDay.__table__).order_by(FreeDay.year, FreeDay.tanggal)
