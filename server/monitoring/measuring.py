"""Measuring: what workers write down of each case that has ended, from which all figures of the past are summed.

It is done once a case, batch by batch, and again when the office's calendar has changed: then in the order of keys, until
all are counted by the newest. A batch reads five statements, whatever it holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, delete, exists, func, insert, select, text

from server import errors
from server.calendar import VERSION, Tally
from server.db import AnyRow, Change, Effect, get_setting, setting_effect
from server.engine import Engine
from server.engine.bundle import Bundle
from server.engine.tables import (
    IS_OVER,
    ElementInstance,
    History,
    InstanceState,
    ProcessInstance,
    TaskState,
    UserTask,
)
from server.monitoring.models import MeasuredCase, MeasuredTask
from server.monitoring.promise import Course, Promise, Promises

BATCH: Final = 200
SETTLED: Final = timedelta(hours=1)
"""So much later than its moment no step is written any more."""
GRACE: Final = timedelta(seconds=15)
"""After a change of the calendar a process may still count with the one that it remembers."""
COUNTED: Final = "measured_by_calendar"
STOPPED, WENT_ON = f"{InstanceState.SUSPENDED}_BY_PERSON", f"{InstanceState.ACTIVE}_BY_PERSON"

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Round:
    """How many cases were measured, and since when the next round need look; None: from the beginning."""

    measured: int
    since: datetime | None


def measure(engine: Engine, connection: Connection, since: datetime | None = None) -> Change[Round]:
    """Measures the next cases that have ended, since a moment that an earlier round gave, and were not yet measured."""
    statement = _UNMEASURED if since is None else _UNMEASURED.where(ProcessInstance.ended_at >= since)
    cases = connection.execute(statement).all()
    settled = engine.clock.now() - SETTLED
    reached = min(cases[-1].ended_at, settled) if len(cases) == BATCH else settled
    if cases:
        engine.book.refresh(connection)
    return Change(tuple(_written(engine, connection, cases)), Round(len(cases), reached))


def count_again(engine: Engine, connection: Connection) -> Change[int]:
    """After a change of the calendar, measures the next cases anew; how many."""
    version = get_setting(connection, VERSION)
    if version is None:
        return Change((), 0)
    known = get_setting(connection, COUNTED) or {"version": None, "after": 0}
    if known["version"] == version and known["after"] is None:
        return Change((), 0)
    if engine.clock.now() < datetime.fromisoformat(version["at"]) + GRACE:
        return Change((), 0)
    engine.book.refresh(connection, at_once=True)
    after = known["after"] if known["version"] == version else 0
    cases = connection.execute(_MEASURED, {"after": after}).all()
    reached = cases[-1].key if len(cases) == BATCH else None
    keys = [case.key for case in cases]
    gone = [Effect(statement, [{"_key": key} for key in keys]) for statement in _FORGET] if keys else []
    effects = (*gone, *_written(engine, connection, cases))
    return Change(
        (*effects, setting_effect(COUNTED, {"version": version, "after": reached})), len(cases) or 1
    )


def _written(engine: Engine, connection: Connection, cases: Sequence[AnyRow]) -> Iterator[Effect]:
    past = read_past(connection, [case.key for case in cases])
    measuring = _Measuring(engine, connection, Promises(engine, connection), past)
    rows = [measuring.case(case) for case in cases]
    if rows:
        yield Effect(_KEEP_CASE, [case for case, _ in rows])
    if tasks := [task for _, several in rows for task in several]:
        yield Effect(_KEEP_TASK, tasks)


@dataclass(frozen=True)
class Past:
    """What has become of cases, by their keys: tasks in the order in which they came up, when each was first taken, pauses, ends."""

    tasks: Mapping[int, Sequence[AnyRow]]
    taken: Mapping[int, datetime]
    """By task."""
    pauses: Mapping[int, Sequence[AnyRow]]
    ends: Mapping[int, AnyRow]

    def stopped(self, case: AnyRow, until: datetime) -> list[Span]:
        """When the case was suspended."""
        spans, since = [], None
        for line in self.pauses.get(case.key, ()):
            if line.event == STOPPED:
                since = since or line.at
            elif since is not None:
                spans.append((since, line.at))
                since = None
        return [*spans, (since, until)] if since is not None else spans

    def waiting(self, case: AnyRow, away: Iterable[str], until: datetime) -> list[Span]:
        """When the case waited for its applicant or another office alone: a task of `away` was open, and none of the office's."""
        tasks, those = self.tasks.get(case.key, ()), frozenset(away)
        theirs = _joined((t.created_at, t.ended_at or until) for t in tasks if t.element_id in those)
        office = _joined((t.created_at, t.ended_at or until) for t in tasks if t.element_id not in those)
        return list(_without(theirs, office))

    def begun(self, case: AnyRow, course: Course, promise: Promise | None, until: datetime) -> datetime:
        """From when its promise counts: a service standard from when its papers were complete, `until` while they are not."""
        if promise is None or not promise.by_table or not course.begins:
            return case.started_at
        checks = [task for task in self.tasks.get(case.key, ()) if task.element_id in course.begins]
        last = checks[-1] if checks else None
        return last.ended_at if last is not None and last.state == TaskState.COMPLETED else until


def read_past(connection: Connection, keys: Sequence[int]) -> Past:
    """The past of cases, in four statements."""
    asked = {"cases": list(keys)}
    tasks: dict[int, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(_TASKS, asked):
        tasks[row.process_instance_key].append(row)
    pauses: dict[int, list[AnyRow]] = defaultdict(list)
    for row in connection.execute(_PAUSES, asked):
        pauses[row.process_instance_key].append(row)
    taken = {row.subject_key: row.at for row in connection.execute(_TAKEN, asked)}
    ends = {row.process_instance_key: row for row in connection.execute(_ENDS, asked)}
    return Past(tasks, taken, pauses, ends)


def office_time(tally: Tally, start: datetime, until: datetime, away: Iterable[Span]) -> int:
    """Working seconds between two instants without the spans in which nothing lay with the office. Raises YearUnknown."""
    lost = sum(tally.worked(max(begin, start), min(end, until)) for begin, end in _joined(away))
    return max(tally.worked(start, until) - lost, 0)


@dataclass(frozen=True)
class _Measuring:
    engine: Engine
    connection: Connection
    promises: Promises
    past: Past
    tallies: dict[str | None, Tally] = field(default_factory=dict)

    def case(self, case: AnyRow) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The row of a case, and those of its tasks."""
        bundle = self.engine.bundles.get(self.connection, case.bundle_key)
        tally = self._tally(bundle.bidang)
        worked, promised = self._times(case, bundle, tally)
        end = self.past.ends.get(case.key)
        common = {
            "process_id": case.process_id,
            "bidang": case.bidang,
            "confidential": case.confidential,
            "day": case.ended_at.astimezone(self.engine.clock.zone).date(),
        }
        completed = case.state == InstanceState.COMPLETED
        row = {
            "key": case.key,
            **common,
            "definition_key": case.definition_key,
            "state": case.state,
            "started_at": case.started_at,
            "worked": worked,
            "promised": promised,
            "late": None if worked is None or promised is None else worked > promised,
            "end_id": end.element_id if completed and end else None,
            "end_name": end.name if completed and end else None,
        }
        return row, list(self._tasks(case, bundle, tally, common))

    def _times(self, case: AnyRow, bundle: Bundle, tally: Tally) -> tuple[int | None, int | None]:
        course, until = self.promises.course(bundle), case.ended_at
        away = self.past.stopped(case, until) + self.past.waiting(case, course.away, until)
        promise = self.promises.of(bundle, case.started_at.astimezone(self.engine.clock.zone).date())
        begun = self.past.begun(case, course, promise, until)
        try:
            worked = office_time(tally, begun, until, away)
            return worked, promise.seconds(self.engine.calendar, tally, begun) if promise else None
        except errors.Invalid:
            return None, None

    def _tasks(
        self, case: AnyRow, bundle: Bundle, tally: Tally, common: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        for task in self.past.tasks.get(case.key, ()):
            element = bundle.elements.get(task.element_id)
            assigned = element.assigned if element else None
            at_birth = assigned is not None and (assigned.subject_first or assigned.assignee is not None)
            ended = task.ended_at or case.ended_at
            taken = self.past.taken.get(task.key) or (task.created_at if at_birth else None)
            in_rounds = element is not None and element.rounds is not None
            yield {
                "key": task.key,
                "case_key": case.key,
                **common,
                "element_id": task.element_id,
                "candidate_group": task.candidate_group,
                "done": task.state == TaskState.COMPLETED,
                "created_at": task.created_at,
                "ended_at": ended,
                **_spent(tally, task.created_at, taken, ended),
                "late": None if task.due_at is None else ended > task.due_at,
                "again": task.element_id in seen and not in_rounds,
            }
            seen.add(task.element_id)

    def _tally(self, unit: str | None) -> Tally:
        if unit not in self.tallies:
            self.tallies[unit] = Tally(self.engine.calendar, unit)
        return self.tallies[unit]


def _spent(tally: Tally, created: datetime, taken: datetime | None, ended: datetime) -> dict[str, int | None]:
    try:
        return {
            "waited": tally.worked(created, taken or ended),
            "handled": None if taken is None else tally.worked(taken, ended),
            "whole": tally.worked(created, ended),
        }
    except errors.Invalid:
        return {"waited": None, "handled": None, "whole": None}


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans in order that do not overlap."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined


def _without(spans: Iterable[Span], others: Sequence[Span]) -> Iterator[Span]:
    """What of the spans lies in none of the others; both in order."""
    for begin, end in spans:
        for other, until in others:
            if until <= begin or other >= end:
                continue
            if other > begin:
                yield begin, other
            begin = max(begin, until)
        if begin < end:
            yield begin, end


# --- statements ------------------------------------------------------------------------------------------------------

CASE_COLUMNS: Final = (
    ProcessInstance.key,
    ProcessInstance.bundle_key,
    ProcessInstance.definition_key,
    ProcessInstance.process_id,
    ProcessInstance.bidang,
    ProcessInstance.confidential,
    ProcessInstance.state,
    ProcessInstance.started_at,
    ProcessInstance.ended_at,
)
_UNMEASURED: Final = (
    select(*CASE_COLUMNS)
    .where(
        text(IS_OVER),
        ~exists().where(MeasuredCase.key == ProcessInstance.key),
    )
    .order_by(ProcessInstance.ended_at)
    .limit(BATCH)
)
_MEASURED: Final = (
    select(*CASE_COLUMNS)
    .join(MeasuredCase, MeasuredCase.key == ProcessInstance.key)
    .where(MeasuredCase.key > bindparam("after"))
    .order_by(MeasuredCase.key)
    .limit(BATCH)
)
_KEEP_CASE: Final = insert(MeasuredCase)
_KEEP_TASK: Final = insert(MeasuredTask)
_FORGET: Final = (
    delete(MeasuredTask).where(MeasuredTask.case_key == bindparam("_key")),
    delete(MeasuredCase).where(MeasuredCase.key == bindparam("_key")),
)


def _of_cases(table: Any, *columns: Any) -> Select[Any]:
    return select(*columns).where(table.process_instance_key.in_(bindparam("cases", expanding=True)))


_TASKS: Final = _of_cases(
    UserTask,
    UserTask.key,
    UserTask.process_instance_key,
    UserTask.element_id,
    UserTask.candidate_group,
    UserTask.state,
    UserTask.created_at,
    UserTask.due_at,
    UserTask.ended_at,
).order_by(UserTask.created_at, UserTask.key)
_TAKEN: Final = (
    _of_cases(History, History.subject_key, func.min(History.at).label("at"))
    .where(History.event == "TASK_ASSIGNED")
    .group_by(History.subject_key)
)
_PAUSES: Final = (
    _of_cases(History, History.process_instance_key, History.event, History.at)
    .where(History.event.in_((STOPPED, WENT_ON)))
    .order_by(History.at, History.key)
)
_ENDS: Final = (
    _of_cases(
        ElementInstance,
        ElementInstance.process_instance_key,
        ElementInstance.element_id,
        ElementInstance.name,
    )
    .where(
        ElementInstance.type == "END_EVENT",
        ElementInstance.state == InstanceState.COMPLETED,
        ElementInstance.scope_key == ElementInstance.process_instance_key,
    )
    .order_by(ElementInstance.key)
)
"""The last one of a case comes last, and stands."""
