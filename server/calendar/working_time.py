"""The calendar whole: day counting plus due times within office hours."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from server.calendar import seed
from server.calendar.days import Holiday, WorkingDays
from server.calendar.hours import office_hours, read_duration

WIB = ZoneInfo("Asia/Jakarta")
Hours = Callable[[date], tuple[tuple[time, time], ...]]
"""The spans of work of a working day, at least one, ascending, in the office's zone."""


@dataclass(frozen=True)
class Calendar(WorkingDays):
    """The office's calendar: free days, the hours of its working days, and its zone."""

    days_off: Callable[[int], Mapping[date, Holiday]] = seed.days_off
    hours: Hours = office_hours
    zone: tzinfo = WIB

    def due(self, start: datetime, iso_duration: str) -> datetime:
        """When a duration of working time that begins at `start` (aware) is over, in the office's zone.

        P1D is one working day, P1W five, PT45M working minutes. Months and years are calendar time, ending on
        a working day. What begins outside office hours begins at the last closing: on Saturday, P1D is due on
        Monday at closing. Raises `DurationUnreadable` and `YearUnknown`.
        """
        if start.tzinfo is None:
            raise ValueError("start has no zone")
        duration = read_duration(iso_duration)
        moment = self._settled(start.astimezone(self.zone))
        if duration.months:
            day = _months_later(moment.date(), duration.months)
            moment = self._at(self.hk_setelah(day - timedelta(days=1), 1), moment)
        if duration.days:
            moment = self._at(self.hk_setelah(moment.date(), duration.days), moment)
        return self._advanced(moment, timedelta(seconds=duration.seconds))

    def _settled(self, moment: datetime) -> datetime:
        """The latest moment within office hours that is not after this one."""
        begun = [span for span in self._spans(moment.date()) if span[0] <= moment]
        if begun:
            return min(moment, begun[-1][1])
        return self._spans(self.hk_sebelum(moment.date(), 1))[-1][1]

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
            day = self.hk_setelah(day, 1)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_working_day(day):
            return []
        return [
            (datetime.combine(day, opening, self.zone), datetime.combine(day, closing, self.zone))
            for opening, closing in self.hours(day)
        ]


def _months_later(day: date, months: int) -> date:
    """The same day of a later month; the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
