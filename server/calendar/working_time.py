"""The calendar whole: day counting plus due times within office hours."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from server import errors
from server.calendar import seed
from server.calendar.days import Holiday, WorkingDays
from server.calendar.hours import Duration, Spans, office_hours, read_duration

WIB = ZoneInfo("Asia/Jakarta")
Hours = Callable[[date, str | None], Spans]
"""The spans of work of a weekday, in the office's zone, for a unit (bidang) or for the whole office."""
LONGEST_CLOSED = 366
"""Days without any work after which a unit's hours are taken for a mistake."""


class NeverOpen(errors.Invalid):
    """The unit's hours leave no day on which it works."""

    def __init__(self, unit: str | None) -> None:
        of = f"unit {unit}" if unit else "kantor"
        super().__init__(f"Menurut kalender, {of} tidak punya jam kerja. Perbaiki jam kerjanya.")


@dataclass(frozen=True)
class Calendar(WorkingDays):
    """The office's calendar: free days, the hours of its working days, and its zone."""

    days_off: Callable[[int], Mapping[date, Holiday]] = seed.days_off
    hours: Hours = office_hours
    zone: tzinfo = WIB

    def due(self, start: datetime, iso_duration: str, unit: str | None = None) -> datetime:
        """When a duration of a unit's working time that begins at `start` (aware) is over, in the office's zone.

        P1D is one working day, P1W five, PT45M working minutes. Months and years are calendar time, ending on
        a working day. What begins outside office hours begins at the last closing: on Saturday, P1D is due on
        Monday at closing. Raises `DurationUnreadable`, `YearUnknown` and `NeverOpen`.
        """
        if start.tzinfo is None:
            raise ValueError("start has no zone")
        return _Count(self, unit).over(start.astimezone(self.zone), read_duration(iso_duration))

    def worked(self, start: datetime, end: datetime, unit: str | None = None) -> timedelta:
        """A unit's working time between two instants (aware), none where `end` comes first. Raises `YearUnknown`."""
        return _Count(self, unit).between(start.astimezone(self.zone), end.astimezone(self.zone))


@dataclass(frozen=True)
class _Count:
    """Counting in the working time of one unit: it works on days that have hours and are no holiday."""

    calendar: Calendar
    unit: str | None

    def over(self, start: datetime, duration: Duration) -> datetime:
        moment = self._settled(start)
        if duration.months:
            day = _months_later(moment.date(), duration.months)
            moment = self._at(self._open_day(day - timedelta(days=1), 1), moment)
        if duration.days:
            day = moment.date()
            for _ in range(duration.days):
                day = self._open_day(day, 1)
            moment = self._at(day, moment)
        return self._advanced(moment, timedelta(seconds=duration.seconds))

    def between(self, start: datetime, end: datetime) -> timedelta:
        days = (start.date() + timedelta(days=n) for n in range((end.date() - start.date()).days + 1))
        spans = (span for day in days for span in self._spans(day))
        return sum((max(min(e, end) - max(b, start), timedelta()) for b, e in spans), timedelta())

    def _settled(self, moment: datetime) -> datetime:
        """The latest moment within office hours that is not after this one."""
        begun = [span for span in self._spans(moment.date()) if span[0] <= moment]
        if begun:
            return min(moment, begun[-1][1])
        return self._spans(self._open_day(moment.date(), -1))[-1][1]

    def _at(self, day: date, moment: datetime) -> datetime:
        return self._settled(datetime.combine(day, moment.timetz()))

    def _advanced(self, moment: datetime, left: timedelta) -> datetime:
        if not left:
            return moment
        day = moment.date()
        while True:
            for opening, closing in self._spans(day):
                begin = max(opening, moment)
                room = max(closing - begin, timedelta())
                if left <= room:
                    return begin + left
                left -= room
            day = self._open_day(day, 1)

    def _open_day(self, day: date, step: int) -> date:
        """The next day after (step 1) or before (-1) this one on which the unit works."""
        for _ in range(LONGEST_CLOSED):
            day += timedelta(days=step)
            if self._spans(day):
                return day
        raise NeverOpen(self.unit)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if day in self.calendar.holidays(day.year):
            return []
        zone = self.calendar.zone
        return [
            (datetime.combine(day, opening, zone), datetime.combine(day, closing, zone))
            for opening, closing in self.calendar.hours(day, self.unit)
        ]


def _months_later(day: date, months: int) -> date:
    """The same day of a later month; the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
