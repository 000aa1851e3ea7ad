"""What a case under way has counted in working days, counted again by today's calendar: the answers of decisions, and the due
dates and timers that a diagram computes.

Each is counted as of the moment when it was first: today() is that day, and a decision is asked in the version and from the
variables that it was asked then. What somebody has changed since stays.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select, update

from server import dmn, feel
from server.clock import Clock
from server.db import AnyRow, Effect
from server.engine import tables
from server.engine.bundle import Bundle, Element, Text
from server.engine.bundle import Timer as Schedule
from server.engine.counting import Counting
from server.engine.engine import Engine
from server.engine.execution import StepFault
from server.engine.step import SELECT, Running, Step
from server.engine.tables import InstanceState, ProcessInstance, TaskState

MOVED = "DUE_DATE_MOVED"
BECAUSE = {"because": "kalender"}

Functions = Mapping[str, feel.Function]
Move = tuple[datetime | None, datetime]
"""From when to when."""


def counts_days(bundle: Bundle, functions: Collection[str]) -> bool:
    """Whether a due date or timer of a process calls the calendar itself."""
    return any(
        _calls(text, functions)
        for element in bundle.elements.values()
        for text in (element.due, element.follow_up, *(_value(each.event) for each in element.catches))
    )


def count_again(step: Step, case: int, functions: Functions | None = None) -> list[Move]:
    """Counts a case's days again, as part of a step; which due dates and timers moved.

    With `functions` of a calendar that is only supposed, nothing becomes part of the step.
    """
    running = step.look(step.connection.execute(SELECT, {"key": case}).one())
    recount = _Recount(step, running, functions or step.engine.functions)
    recount.all()
    if functions is None and (recount.moved or recount.changed):
        step.take_up(running)
    return recount.moved


@dataclass
class _Recount:
    step: Step
    running: Running
    functions: Functions
    moved: list[Move] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    """The names of variables that decisions have counted anew."""

    @property
    def engine(self) -> Engine:
        return self.step.engine

    @property
    def connection(self) -> Connection:
        return self.step.connection

    def all(self) -> None:
        self._decisions()
        if self.changed:
            self._handlers()
        self._tasks()
        self._timers()

    # --- decisions

    def _decisions(self) -> None:
        """The newest first: a variable is counted by the decision that wrote it last."""
        seen: set[tuple[int, str]] = set()
        for row in self.connection.execute(_COUNTED, {"case": self.running.key}).all():
            element = self.running.bundle.elements.get(row.element_id)
            scope = row.scope_key
            if element is None or element.table is None or not self._is_open(scope):
                continue
            counting, found = self._evaluated(row)
            if found.value is None and found.warnings:
                continue
            before, after = (
                self._around(row, element, value) for value in (row.trace[-1]["value"], found.value)
            )
            fresh = {name for name in before if (scope, name) not in seen}
            seen |= {(scope, name) for name in before}
            if self._written(scope, {name: (before[name], after[name]) for name in fresh}):
                self._noted(row, counting, found)

    def _evaluated(self, row: AnyRow) -> tuple[Counting, dmn.Evaluation]:
        engine, then = self.engine, datetime.fromisoformat(row.counted["at"])
        definitions = engine.bundles.decisions(self.connection, row.resource_key)
        environment = feel.Environment(Clock(engine.clock.zone.key, lambda: then), engine.environment.limits)
        counting = Counting(row.counted["from"], self.functions)
        return counting, dmn.evaluate(
            definitions, row.decision_id, counting.variables, environment, counting.functions
        )

    def _around(self, row: AnyRow, element: Element, value: object) -> dict[str, object]:
        """The variables that an answer of the decision becomes."""
        assert element.table is not None
        own = {element.table.result: value}
        if not element.outputs:
            return own
        execution, key = self.running.execution, row.element_instance_key
        self.step.read_names(execution.scopes, key)
        seen = {**execution.scopes.view(row.scope_key), **execution.scopes.local(key), **own}
        with execution.as_of(datetime.fromisoformat(row.counted["at"])):
            return execution.results(element, seen)

    def _written(self, scope: int, results: Mapping[str, tuple[object, object]]) -> bool:
        """Writes what differs, where a variable still has the value that was counted before."""
        scopes, wrote = self.running.execution.scopes, False
        for name, (before, after) in results.items():
            if before != after and scopes.view(scope).get(name) == before:
                scopes.propagate(scope, name, after)
                self.changed.add(name)
                wrote = True
        return wrote

    def _noted(self, row: AnyRow, counting: Counting, found: dmn.Evaluation) -> None:
        self.running.execution.record.decision(
            row.element_instance_key,
            {
                "definition_key": row.definition_key,
                "decision_id": row.decision_id,
                "trace": list(found.decisions),
                "counted": {"at": row.counted["at"], "from": counting.read},
            },
        )

    # --- what the office's rooms keep of it

    def _handlers(self) -> None:
        execution = self.running.execution
        for row in self.connection.execute(_DONE, {"case": self.running.key}).all():
            element = self.running.bundle.elements.get(row.element_id)
            handler = element.handler if element else None
            if handler is not None and handler.recount is not None and self._is_open(row.scope_key):
                execution.resume(row.key, row.element_id, row.scope_key)
                outcome = handler.recount(execution.call(row.key))
                execution.record.besides += outcome.effects
                for name, value in outcome.variables.items():
                    execution.scopes.propagate(row.scope_key, name, value)

    # --- due dates and timers

    def _tasks(self) -> None:
        for row in self.connection.execute(_TASKS, {"case": self.running.key}).all():
            element = self.running.execution.element(row.element_instance_key)
            for column, written in (("due_at", element.due), ("follow_up_at", element.follow_up)):
                text = self._touched(written)
                if text is not None and not is_set_by_hand(self.connection, row, column):
                    self._move_task(row, element, column, text)

    def _move_task(self, row: AnyRow, element: Element, column: str, text: Text) -> None:
        execution, was = self.running.execution, getattr(row, column)
        try:
            with execution.as_of(row.created_at):
                now = execution.instant(element, "tenggat", text, row.element_instance_key)
        except StepFault:
            return
        if now is not None and now != was:
            self._move(_MOVE_TASK[column], row.key, element.id, was, now)

    def _timers(self) -> None:
        for row in self.connection.execute(_TIMERS, {"case": self.running.key}).all():
            element = self.running.execution.element(row.element_instance_key)
            schedule = next((each.event for each in element.catches if each.event_id == row.event_id), None)
            text = self._touched(schedule.value) if isinstance(schedule, Schedule) else None
            if isinstance(schedule, Schedule) and text is not None:
                self._move_timer(row, element, replace(schedule, value=text))

    def _move_timer(self, row: AnyRow, element: Element, schedule: Schedule) -> None:
        execution = self.running.execution
        try:
            with execution.as_of(row.started_at):
                now = execution.schedule(element, schedule, row.element_instance_key)["due_at"]
        except StepFault:
            return
        if now != row.due_at:
            self._move(_MOVE_TIMER, row.key, row.event_id, row.due_at, now)

    def _move(self, statement: Any, key: int, element_id: str, was: datetime | None, now: datetime) -> None:
        zone, record = self.engine.clock.zone, self.running.execution.record
        dates = {"from": was and was.astimezone(zone).isoformat(), "to": now.astimezone(zone).isoformat()}
        record.history(MOVED, element_id, key, {**dates, **BECAUSE})
        record.besides.append(Effect(statement, {"_key": key, "_was": was, "now": now}, expect=1))
        self.moved.append((was, now))

    def _touched(self, text: Text | None) -> Text | None:
        """A text that counts days itself, by the calendar at hand, or that reads what a decision has counted anew."""
        if text is None or text.expression is None:
            return None
        if _calls(text, self.functions):
            return Text(text.text, feel.compile(text.text, functions=self.functions))
        return text if text.expression.names & self.changed else None

    def _is_open(self, scope: int) -> bool:
        return scope == self.running.key or self.running.execution.is_live(scope)


def is_set_by_hand(connection: Connection, task: AnyRow, column: str = "due_at") -> bool:
    """Whether somebody has given an open task this date themselves."""
    told = connection.execute(_BY_HAND, {"case": task.process_instance_key, "task": task.key}).scalars()
    return any(f'"{column}"' in text for text in told if text)


def _calls(text: Text | None, functions: Collection[str]) -> bool:
    return (
        text is not None and text.expression is not None and not text.expression.calls.isdisjoint(functions)
    )


def _value(event: object) -> Text | None:
    return event.value if isinstance(event, Schedule) else None


# --- statements ------------------------------------------------------------------------------------------------------

HAS_COUNTED = exists().where(
    tables.DecisionInstance.process_instance_key == ProcessInstance.key,
    tables.DecisionInstance.counted.is_not(None),
)
_COUNTED = (
    select(
        tables.DecisionInstance.element_instance_key,
        tables.DecisionInstance.definition_key,
        tables.DecisionInstance.decision_id,
        tables.DecisionInstance.trace,
        tables.DecisionInstance.counted,
        tables.ElementInstance.element_id,
        tables.ElementInstance.scope_key,
        tables.Definition.resource_key,
    )
    .join(tables.ElementInstance, tables.ElementInstance.key == tables.DecisionInstance.element_instance_key)
    .join(tables.Definition, tables.Definition.key == tables.DecisionInstance.definition_key)
    .where(
        tables.DecisionInstance.process_instance_key == bindparam("case"),
        tables.DecisionInstance.counted.is_not(None),
    )
    .order_by(tables.DecisionInstance.key.desc())
)
_DONE = (
    select(tables.ElementInstance.key, tables.ElementInstance.element_id, tables.ElementInstance.scope_key)
    .where(
        tables.ElementInstance.process_instance_key == bindparam("case"),
        tables.ElementInstance.state == InstanceState.COMPLETED,
        tables.ElementInstance.type == "SERVICE_TASK",
    )
    .order_by(tables.ElementInstance.key)
)
_TASKS = select(
    tables.UserTask.key,
    tables.UserTask.process_instance_key,
    tables.UserTask.element_instance_key,
    tables.UserTask.created_at,
    tables.UserTask.due_at,
    tables.UserTask.follow_up_at,
).where(
    tables.UserTask.process_instance_key == bindparam("case"),
    tables.UserTask.state == TaskState.CREATED,
)
_TIMERS = (
    select(
        tables.Timer.key,
        tables.Timer.element_instance_key,
        tables.Timer.event_id,
        tables.Timer.due_at,
        tables.ElementInstance.started_at,
    )
    .join(tables.ElementInstance, tables.ElementInstance.key == tables.Timer.element_instance_key)
    .where(
        tables.Timer.process_instance_key == bindparam("case"),
        tables.Timer.due_at.is_not(None),
        tables.Timer.interval.is_(None),
        tables.Timer.values.is_(None),
    )
)
"""Those of a rhythm keep it: only their first time was counted."""
_INSTANT: Any = tables.UserTask.due_at.type
_MOVE_TASK = {
    column: update(tables.UserTask)
    .where(
        tables.UserTask.key == bindparam("_key"),
        tables.UserTask.state == TaskState.CREATED,
        getattr(tables.UserTask, column).is_not_distinct_from(bindparam("_was", type_=_INSTANT)),
    )
    .values({column: bindparam("now", type_=_INSTANT), **again})
    for column, again in (("due_at", {"announced_at": None}), ("follow_up_at", {}))
}
_MOVE_TIMER = (
    update(tables.Timer)
    .where(
        tables.Timer.key == bindparam("_key"),
        tables.Timer.due_at.is_not_distinct_from(bindparam("_was", type_=_INSTANT)),
    )
    .values(due_at=bindparam("now", type_=_INSTANT))
)
_BY_HAND = (
    select(tables.HistoryValues.values)
    .join(tables.History, tables.History.key == tables.HistoryValues.history_key)
    .where(
        tables.History.process_instance_key == bindparam("case"),
        tables.History.subject_key == bindparam("task"),
        tables.History.event == "TASK_UPDATED",
    )
)
