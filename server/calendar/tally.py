"""Working time of many spans at once: what lies between two instants, without going through the days between them."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from server.calendar.working_time import Calendar

Day = tuple[int, tuple[tuple[int, int], ...]]
"""Seconds worked in the year before the day, and its spans as seconds since midnight."""


@dataclass(frozen=True)
class Tally:
    """Counts a unit's working seconds by a calendar as it is now: a tally is for one occasion, not to be kept."""

    calendar: Calendar
    unit: str | None = None
    _years: dict[int, list[Day]] = field(default_factory=dict)

    def worked(self, start: datetime, end: datetime) -> int:
        """Whole seconds of working time between two instants (aware), none where `end` comes first. Raises YearUnknown."""
        begin, until = start.astimezone(self.calendar.zone), end.astimezone(self.calendar.zone)
        if until <= begin:
            return 0
        years = sum(self._whole(year) for year in range(begin.year, until.year))
        return years + self._before(until) - self._before(begin)

    def _before(self, moment: datetime) -> int:
        """What is worked in its year before a moment."""
        done, spans = self._days(moment.year)[moment.timetuple().tm_yday - 1]
        second = _second(moment.time())
        return done + sum(max(min(closing, second) - opening, 0) for opening, closing in spans)

    def _whole(self, year: int) -> int:
        return self._days(year)[-1][0]

    def _days(self, year: int) -> list[Day]:
        """Every day of the year, and one after it that bears the whole year's sum."""
        days = self._years.get(year)
        if days is None:
            days = self._years[year] = self._read(year)
        return days

    def _read(self, year: int) -> list[Day]:
        off, found, done = self.calendar.holidays(year), [], 0
        day = date(year, 1, 1)
        while day.year == year:
            hours = () if day in off else self.calendar.hours(day, self.unit)
            spans = tuple((_second(opening), _second(closing)) for opening, closing in hours)
            found.append((done, spans))
            done += sum(closing - opening for opening, closing in spans)
            day += timedelta(days=1)
        return [*found, (done, ())]


def _second(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second
