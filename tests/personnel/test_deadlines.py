"""When the keeper of the register is told of a deadline: in time, by thresholds, and again while it is late."""

from datetime import UTC, date, datetime, timedelta

import pytest

from server.calendar import Calendar
from server.notify import Occasion
from server.personnel.deadlines import notices
from server.personnel.register import Waiting

UNTIL = date(2026, 11, 27)
"""A Friday."""


def told(today: date, length: int = 10) -> list[tuple[Occasion, str]]:
    since = datetime.combine(UNTIL, datetime.min.time(), UTC) - timedelta(days=length)
    task = Waiting("Pantau", since, datetime(2026, 11, 27, 17, tzinfo=UTC), None, None, False, 1)
    return list(notices(Calendar(), UNTIL, task, today))


@pytest.mark.parametrize(
    ("days_before", "length", "phases"),
    [
        (20, 10, []),
        (14, 10, []),
        (14, 365, ["far"]),
        (4, 10, []),
        (3, 10, ["near"]),
        (1, 365, ["far", "near"]),
        (0, 10, ["near"]),
    ],
)
def test_a_deadline_is_told_of_in_time(days_before: int, length: int, phases: list[str]) -> None:
    found = told(UNTIL - timedelta(days=days_before), length)
    assert [phase.rpartition(":")[2] for _, phase in found] == phases
    assert {occasion for occasion, _ in found} <= {Occasion.SOON}


def test_a_late_one_is_told_of_every_day_of_the_first_week_and_then_on_mondays() -> None:
    days = [UNTIL + timedelta(days=number) for number in range(1, 25)]
    late = [day for day in days if told(day)]
    assert late == [*days[:7], date(2026, 12, 7), date(2026, 12, 14), date(2026, 12, 21)]
    assert len({phase for day in late for _, phase in told(day)}) == len(late)


def test_a_task_that_has_no_deadline_is_not_told_of() -> None:
    task = Waiting("Telaah", datetime(2026, 1, 1, tzinfo=UTC), None, None, None, False, 1)
    assert list(notices(Calendar(), None, task, UNTIL)) == []
