"""Office hours, and the durations that a mutu baku counts in them.

Perpres 21/2023 art. 3-4 sets 37 h 30 min of work a week from Monday to Friday, breaks not counted, beginning
at 07:30, with a break of 60 minutes, on Friday 90. Spread evenly that is 7 h 30 min a day, so the day ends at
16:00 and on Friday at 16:30. In Ramadan it is 32 h 30 min, beginning at 08:00, with a break of 30 minutes, on
Friday 60. The decree does not say when the break begins: 12:00 is taken, on Friday 11:30, so that it spans the
Friday prayer.
"""

import re
from dataclasses import dataclass
from datetime import date, time

from server import errors

Spans = tuple[tuple[time, time], ...]
"""The spans of work of a day, ascending; none for a day that is not worked."""
Week = tuple[Spans, ...]
"""The spans of each weekday, Monday first."""

OFFICE_DAY: Spans = ((time(7, 30), time(12)), (time(13), time(16)))
OFFICE_FRIDAY: Spans = ((time(7, 30), time(11, 30)), (time(13), time(16, 30)))
RAMADAN_DAY: Spans = ((time(8), time(12)), (time(12, 30), time(15)))
RAMADAN_FRIDAY: Spans = ((time(8), time(11, 30)), (time(12, 30), time(15, 30)))
OFFICE_WEEK: Week = (*(OFFICE_DAY,) * 4, OFFICE_FRIDAY, (), ())
RAMADAN_WEEK: Week = (*(RAMADAN_DAY,) * 4, RAMADAN_FRIDAY, (), ())


def office_hours(day: date, unit: str | None = None) -> Spans:
    """The decree's hours of a weekday, for every unit alike."""
    return OFFICE_WEEK[day.weekday()]


class DurationUnreadable(errors.Invalid):
    """Not an ISO 8601 duration such as P1D or PT45M."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{text[:40]}” bukan jangka waktu. Tulis seperti P1D (satu hari kerja), P1W (satu minggu kerja)"
            " atau PT45M (45 menit kerja)."
        )


@dataclass(frozen=True, slots=True)
class Duration:
    """A duration in office terms: calendar months, then working days, then working seconds."""

    months: int
    days: int
    seconds: int


_DURATION = re.compile(
    r"P(?=[\dT])(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)


def read_duration(text: str) -> Duration:
    """Read an ISO 8601 duration; a week is five working days. Raises `DurationUnreadable`."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise DurationUnreadable(text)
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return Duration(12 * years + months, 5 * weeks + days, (hours * 60 + minutes) * 60 + seconds)
