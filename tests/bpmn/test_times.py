"""The times that a diagram may write down are those that the engine's timers follow."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from server.bpmn.model import TimerKind
from server.bpmn.times import IS_READABLE
from server.engine import schedule

WIB = timezone(timedelta(hours=7))
NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)

GOOD = {
    TimerKind.DATE: ["2026-03-02T08:00:00+07:00", "2026-03-02T08:00Z", "2026-03-02T08:00:00", "2026-03-02"],
    TimerKind.DURATION: ["PT45M", "P14D", "P1Y2M3W4DT5H6M7S", "PT0S", "PT1.5S"],
    TimerKind.CYCLE: ["R/P1D", "R3/PT1H", "R/2026-03-02T08:00:00+07:00/P1W", "R10/2026-03-02T08:00Z/P1M"],
}
BAD = {
    TimerKind.DATE: ["besok", "2026-02-30T08:00:00Z", "2026-03-02T25:00:00Z", "PT1H", "", "R/P1D"],
    TimerKind.DURATION: ["P", "PT", "1H", "P1H", "PT1D", "P1.5D", "-PT1H", "2026-03-02", "PT1H ", "P٣D"],
    TimerKind.CYCLE: ["P1D", "R", "R/", "R/P", "R/PT0S", "R/besok/P1D", "R-1/P1D", "0 0 8 * * MON", "@daily", "R/P1D/P1D"],
}  # fmt: skip


def cases(texts: dict[TimerKind, list[str]]) -> list[tuple[TimerKind, str]]:
    return [(kind, text) for kind, some in texts.items() for text in some]


@pytest.mark.parametrize(("kind", "text"), cases(GOOD))
def test_what_is_accepted_has_a_first_time(kind: TimerKind, text: str) -> None:
    assert IS_READABLE[kind](text)
    assert schedule.first(kind, text, NOW, WIB).due_at.tzinfo


@pytest.mark.parametrize(("kind", "text"), cases(BAD))
def test_what_is_refused_has_none(kind: TimerKind, text: str) -> None:
    assert not IS_READABLE[kind](text)
    with pytest.raises(schedule.Unreadable):
        schedule.first(kind, text, NOW, WIB)


@pytest.mark.parametrize("text", ["R0/PT1H", "R00/P1D"])
def test_cycle_that_never_comes_is_refused(text: str) -> None:
    assert not IS_READABLE[TimerKind.CYCLE](text)
