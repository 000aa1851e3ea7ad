"""A tally counts what the calendar counts, without going through the days."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from server.calendar import Book, Calendar, Tally
from server.calendar.working_time import WIB

CALENDAR: Calendar = Book().calendar(WIB)
MOMENTS = st.datetimes(datetime(2024, 12, 1), datetime(2026, 3, 1), timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


@settings(max_examples=100)
@given(MOMENTS, MOMENTS)
def test_it_counts_as_the_calendar_does(one: datetime, other: datetime) -> None:
    assert timedelta(seconds=Tally(CALENDAR).worked(one, other)) == CALENDAR.worked(one, other)
