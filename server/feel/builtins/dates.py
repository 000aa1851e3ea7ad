"""The calendar and the clock."""

from decimal import Decimal

from server.feel.builtins.registry import builtin
from server.feel.environment import Run
from server.feel.temporal import Date, DateTime, days_in_month, from_python

# English whatever the reader's language: the names are values of the standard, which tables compare with.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _day(date: Date | DateTime) -> Date:
    return date if isinstance(date, Date) else date.date


@builtin("day of year(date: date | date and time) -> number")
def day_of_year(date: Date | DateTime) -> Decimal:
    """The number of the day within its year, from 1."""
    return Decimal(_day(date).day_of_year)


@builtin("day of week(date: date | date and time) -> string")
def day_of_week(date: Date | DateTime) -> str:
    """The English name of the day: `Monday` to `Sunday`."""
    return WEEKDAYS[_day(date).weekday - 1]


@builtin("month of year(date: date | date and time) -> string")
def month_of_year(date: Date | DateTime) -> str:
    """The English name of the month: `January` to `December`."""
    return MONTHS[_day(date).month - 1]


@builtin("week of year(date: date | date and time) -> number")
def week_of_year(date: Date | DateTime) -> Decimal:
    """The number of the week by ISO 8601."""
    return Decimal(_day(date).week_of_year)


@builtin("last day of month(date: date | date and time) -> date")
def last_day_of_month(date: Date | DateTime) -> Date:
    """The last day of the date's month."""
    day = _day(date)
    return Date(day.year, day.month, days_in_month(day.year, day.month))


@builtin("today() -> date")
def today(run: Run) -> object:
    """The present day in the office's zone."""
    return from_python(run.environment.clock.today())


@builtin("now() -> date and time")
def now(run: Run) -> object:
    """The present instant in the office's zone."""
    return from_python(run.environment.clock.now())
