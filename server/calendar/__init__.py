"""The office's calendar: hari kerja, holidays and office hours, as pure functions over days.

It knows neither database nor clock: the free days of a year are handed in, and whoever asks brings the dates.
"""

from server.calendar.days import CountNegative, Holiday, WorkingDays, YearUnknown
from server.calendar.functions import feel_functions
from server.calendar.hours import DurationUnreadable, office_hours
from server.calendar.working_time import Calendar

__all__ = [
    "Calendar",
    "CountNegative",
    "DurationUnreadable",
    "Holiday",
    "WorkingDays",
    "YearUnknown",
    "feel_functions",
    "office_hours",
]
