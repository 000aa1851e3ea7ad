"""Hari kerja: which days the office works, and counting them.

A hari kerja is a weekday that is neither a national holiday nor cuti bersama (Perpres 21/2023; rulebook of
the office). Where a number of hari kerja is counted from a day, that day itself never counts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from server import errors

WEEKEND = {5: "Sabtu", 6: "Minggu"}
JENIS = ("libur nasional", "cuti bersama", "libur lokal")
"""Kinds of free days: national ones, those that all take together, those of the region alone."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """One free day. `jenis`: one of JENIS; `dasar`: the decree that settles it, where the office has written it down."""

    tanggal: date
    nama: str
    jenis: str
    perkiraan: bool = False
    """No decree has settled the date yet."""
    dasar: str | None = None

    def __str__(self) -> str:
        return f"{self.nama} (perkiraan)" if self.perkiraan else self.nama


class YearUnknown(errors.Invalid):
    """The calendar has no holidays for this year."""

    def __init__(self, year: int, years: range) -> None:
        super().__init__(
            f"Kalender hari kerja memuat tahun {years[0]} sampai {years[-1]}, tidak tahun {year}."
            " Periksa tanggalnya."
        )
        self.year = year


class CountNegative(errors.Invalid):
    """A number of working days is zero or more."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Banyaknya hari kerja tidak boleh kurang dari nol: {number}.")


@dataclass(frozen=True)
class WorkingDays:
    """Day counting over the free days of each year.

    `days_off` gives the holidays of a year, as one and the same object for as long as nothing has changed in it.
    """

    days_off: Callable[[int], Mapping[date, Holiday]]
    _years: dict[int, tuple[Mapping[date, Holiday], tuple[date, ...]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on that day."""
        return day.weekday() not in WEEKEND and day not in self.holidays(day.year)

    def name_of(self, day: date) -> str | None:
        """Why a day is free: the holiday's name, "Sabtu" or "Minggu"; None for a working day."""
        holiday = self.holidays(day.year).get(day)
        return str(holiday) if holiday else WEEKEND.get(day.weekday())

    def holidays(self, year: int) -> Mapping[date, Holiday]:
        """The holidays of a year by date, those on weekends too."""
        return self._year(year)[0]

    def working_days(self, year: int) -> tuple[date, ...]:
        """All working days of a year, ascending."""
        return self._year(year)[1]

    def is_tentative(self, year: int) -> bool:
        """Whether the year may still change: a date is an estimate, or no cuti bersama is known yet."""
        holidays = self.holidays(year).values()
        return any(h.perkiraan for h in holidays) or not any(h.jenis == "cuti bersama" for h in holidays)

    def jumlah_hk(self, a: date, b: date) -> int:
        """Working days from a to b, both ends counted; 0 where b lies before a."""
        if b < a:
            return 0
        whole_years = sum(len(self.working_days(year)) for year in range(a.year, b.year))
        before_a = bisect_left(self.working_days(a.year), a)
        return whole_years + bisect_right(self.working_days(b.year), b) - before_a

    def hk_setelah(self, day: date, n: int) -> date:
        """The n-th working day after a day, which itself does not count; the day itself for n = 0."""
        if n <= 0:
            return _unmoved(day, n)
        year, index = day.year, bisect_right(self.working_days(day.year), day) + n - 1
        while index >= len(self.working_days(year)):
            index -= len(self.working_days(year))
            year += 1
        return self.working_days(year)[index]

    def hk_sebelum(self, day: date, n: int) -> date:
        """The n-th working day before a day, which itself does not count; the day itself for n = 0."""
        if n <= 0:
            return _unmoved(day, n)
        year, index = day.year, bisect_left(self.working_days(day.year), day) - n
        while index < 0:
            year -= 1
            index += len(self.working_days(year))
        return self.working_days(year)[index]

    def _year(self, year: int) -> tuple[Mapping[date, Holiday], tuple[date, ...]]:
        off, known = self.days_off(year), self._years.get(year)
        if known is None or known[0] is not off:
            known = self._years[year] = off, tuple(d for d in _weekdays(year) if d not in off)
        return known


def _unmoved(day: date, n: int) -> date:
    if n < 0:
        raise CountNegative(n)
    return day


def _weekdays(year: int) -> list[date]:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
    return [day for day in days if day.weekday() not in WEEKEND]
