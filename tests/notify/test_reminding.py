"""Due times: who is reminded when, and what becomes of a reminder whose task has changed."""

from datetime import timedelta

import pytest

from server import engine as verbs
from server.engine import StepFault, tables
from server.notify.models import Reminder
from tests.diagrams import diagram, end, lane, lanes, path, start, user
from tests.engine.conftest import ANYBODY
from tests.notify.conftest import Told

pytestmark = pytest.mark.both_databases


def with_task(office: Told, waktu: str) -> int:
    """A case whose one task has this standard time; it is Monday, 2 March 2026, nine o'clock."""
    office.hire(budi="staf_umpeg")
    drawn = diagram(
        lanes(lane("Staf", "staf_umpeg", "start ketik end")),
        start(),
        user("ketik", properties={"langkah": "1", "waktu": waktu}),
        end(),
        path("start ketik end"),
    )
    case = office.run(drawn)
    office.work()
    return case


def occasions(office: Told) -> list[str]:
    office.work()
    return [occasion for occasion, _ in office.told("budi")]


def test_a_reminder_comes_when_a_quarter_of_the_working_time_is_left(office: Told) -> None:
    with_task(office, "PT4H")  # 09:00 to 12:00, 13:00 to 14:00 in Jakarta
    office.later(hours=2, minutes=50)
    assert occasions(office) == ["baru"]
    office.later(minutes=15)
    assert occasions(office) == ["baru", "segera"]
    office.later(hours=3)
    assert occasions(office) == ["baru", "segera", "terlambat"]
    office.later(days=9)
    assert occasions(office) == ["baru", "segera", "terlambat"]
    assert office.rows(Reminder) == []


def test_a_short_task_is_told_of_only_when_it_is_late(office: Told) -> None:
    with_task(office, "PT30M")
    office.later(minutes=29)
    assert occasions(office) == ["baru"]
    office.later(minutes=1)
    assert occasions(office) == ["baru", "terlambat"]


def test_nobody_is_reminded_of_a_task_that_is_done(office: Told) -> None:
    case = with_task(office, "PT4H")
    office.complete(case, "ketik", office.actor("budi"))
    office.later(days=3)
    assert "terlambat" not in occasions(office)
    assert office.rows(Reminder) == []


def test_another_due_time_is_what_counts_from_then_on(office: Told) -> None:
    case = with_task(office, "PT4H")
    task = office.task(case, "ketik").key
    sooner = {"due_at": office.now + timedelta(minutes=30)}
    office.do(lambda c: verbs.change(office.engine, c, ANYBODY, task, sooner))
    assert occasions(office) == ["baru"]
    office.later(minutes=31)
    assert occasions(office) == ["baru", "terlambat"]
    later = {"due_at": office.now + timedelta(days=1)}
    office.do(lambda c: verbs.change(office.engine, c, ANYBODY, task, later))
    office.later(days=1, minutes=1)
    assert occasions(office) == ["baru", "terlambat", "terlambat"]


def test_while_a_case_is_suspended_nobody_is_reminded(office: Told) -> None:
    case = with_task(office, "PT4H")
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, case))
    office.later(days=1)
    assert occasions(office) == ["baru"]
    office.do(lambda c: verbs.resume(office.engine, c, ANYBODY, case))
    office.later(hours=1, minutes=1)
    assert occasions(office) == ["baru", "terlambat"]


def test_who_holds_the_task_is_reminded_alone(office: Told) -> None:
    office.hire(citra="staf_umpeg")
    case = with_task(office, "PT30M")
    task, citra = office.task(case, "ketik").key, office.actor("citra")
    office.do(lambda c: verbs.assign(office.engine, c, citra, task, "citra"))
    office.later(hours=1)
    office.work()
    assert office.told("citra") == [("baru", "ketik"), ("terlambat", "ketik")]
    assert office.told("budi") == [("baru", "ketik")]


def with_due(office: Told, due: str) -> int:
    office.hire(budi="staf_umpeg")
    drawn = diagram(
        lanes(lane("Staf", "staf_umpeg", "start ketik end")),
        start(),
        user("ketik", due=due),
        end(),
        path("start ketik end"),
    )
    return office.run(drawn)


@pytest.mark.parametrize("due", ["2026-03-02T10:00:00Z", "2500-01-01T00:00:00Z", "9998-12-31T23:59:59Z"])
def test_however_far_a_due_time_lies_the_task_is_told(office: Told, due: str) -> None:
    with_due(office, due)
    assert "baru" in occasions(office)
    assert all(row.announced_at for row in office.rows(tables.UserTask))


@pytest.mark.parametrize("due", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"])
def test_a_due_time_in_a_year_that_another_zone_has_not_is_refused(office: Told, due: str) -> None:
    with pytest.raises(StepFault, match="di luar tahun"):
        with_due(office, due)
