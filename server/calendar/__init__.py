"""The office's calendar: hari kerja, holidays and office hours.

`Calendar` counts, as pure functions over days; `Book` is what it counts with: the office's own table, which `keeping` changes,
and the package `holidays` where the office has settled nothing. It does not know what time it is.
"""

from server.calendar import words
from server.calendar.book import VERSION, Book, Hours
from server.calendar.days import JENIS, CountNegative, Holiday, WorkingDays, YearUnknown
from server.calendar.functions import feel_functions
from server.calendar.hours import (
    OFFICE_WEEK,
    RAMADAN_WEEK,
    DurationUnreadable,
    Spans,
    Week,
    office_hours,
    read_duration,
)
from server.calendar.keeping import (
    WEEKDAYS,
    InvalidFreeDay,
    InvalidHours,
    NoSuchFreeDay,
    NoSuchHours,
    check_day,
    check_hours,
    list_hours,
    list_year,
    move_day,
    put_day,
    read_spans,
    read_week,
    remove_day,
    remove_hours,
    set_hours,
    settle_year,
    told_week,
)
from server.calendar.tally import Tally
from server.calendar.working_time import Calendar, NeverOpen

__all__ = [
    "JENIS",
    "OFFICE_WEEK",
    "RAMADAN_WEEK",
    "VERSION",
    "WEEKDAYS",
    "Book",
    "Calendar",
    "CountNegative",
    "DurationUnreadable",
    "Holiday",
    "Hours",
    "InvalidFreeDay",
    "InvalidHours",
    "NeverOpen",
    "NoSuchFreeDay",
    "NoSuchHours",
    "Spans",
    "Tally",
    "Week",
    "WorkingDays",
    "YearUnknown",
    "check_day",
    "check_hours",
    "feel_functions",
    "list_hours",
    "list_year",
    "move_day",
    "office_hours",
    "put_day",
    "read_duration",
    "read_spans",
    "read_week",
    "remove_day",
    "remove_hours",
    "set_hours",
    "settle_year",
    "told_week",
    "words",
]
