"""What a step writes of one case, gathered row by row and handed over as effects: nothing here reads or decides."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, delete, insert, update

from server.db import Base, Effect, Keys, dump_json
from server.engine import references, tables
from server.engine.tables import IncidentState, InstanceState, JobState, TaskState
from server.engine.variables import Scopes

Row = dict[str, Any]


class Record:
    """The rows of a case that one step begins, changes and ends. Every row bears the case's key."""

    def __init__(self, case: int, keys: Keys, now: datetime, actor: str) -> None:
        self.case = case
        self.keys = keys
        self.now = now
        self.actor = actor
        self.besides: list[Effect] = []
        self._elements: dict[int, Row] = {}
        self._ended_elements: list[Row] = []
        self._ended: list[int] = []
        self._no_longer_waiting: list[int] = []
        self._new: dict[type[Base], list[Row]] = {table: [] for table in _OPENED}
        self._noted: dict[type[Base], list[Row]] = {table: [] for table in _NOTED}

    def begin_element(self, scope: int, row: Row) -> int:
        """A token has come to an element; the element instance's key."""
        key = self.keys.draw()[0]
        own = {"key": key, "process_instance_key": self.case, "scope_key": scope}
        state = {"state": InstanceState.ACTIVE, "started_at": self.now, "ended_at": None}
        self._elements[key] = own | row | state
        return key

    def end_element(self, key: int, state: InstanceState) -> None:
        """The element instance is left, or was ended; in place where this very step began it."""
        row = self._elements.get(key)
        if row is None:
            self._ended_elements.append({"_key": key, "state": state, "ended_at": self.now})
        else:
            row |= {"state": state, "ended_at": self.now}

    def open(self, table: type[Base], element_key: int, row: Row) -> int:
        """A task, job, timer or subscription of an element instance; its key."""
        key = self.keys.draw()[0]
        own = {"key": key, "process_instance_key": self.case, "element_instance_key": element_key}
        self._new[table].append(own | row)
        return key

    def attentive(self, signal: str) -> list[Row]:
        """The rows of this step that wait for a signal."""
        return [row for row in self._new[tables.Timer] if row["signal_name"] == signal]

    def close(self, element_key: int) -> None:
        """The element instance was ended from outside: its task and job are over, its incident too."""
        self._ended.append(element_key)

    def stop_waiting(self, element_key: int) -> None:
        """The element instance waits for no timer and no message any more."""
        self._no_longer_waiting.append(element_key)

    def decision(self, element_key: int, row: Row) -> None:
        """A decision was evaluated."""
        own = {"key": self.keys.draw()[0], "process_instance_key": self.case, "at": self.now}
        self._noted[tables.DecisionInstance].append(own | {"element_instance_key": element_key} | row)

    def history(
        self,
        event: str,
        element_id: str | None,
        subject_key: int | None,
        values: Any = None,
        capacity: Row | None = None,
    ) -> None:
        """A line of the history; `values` are personal and lie apart from it, bound by their digest."""
        key = self.keys.draw()[0]
        text = None if values is None else dump_json(values)
        line = {
            "key": key,
            "process_instance_key": self.case,
            "at": self.now,
            "actor": self.actor,
            "event": event,
            "element_id": element_id,
            "subject_key": subject_key,
            "digest": None if text is None else hashlib.sha256(text.encode()).hexdigest(),
            "capacity": capacity,
        }
        self._noted[tables.History].append(line)
        if text is not None:
            kept = {"history_key": key, "process_instance_key": self.case, "values": text}
            self._noted[tables.HistoryValues].append(kept)
            if references.MARK in text:
                self.besides += references.brought(values, self.case, self.actor)

    def effects(self, scopes: Scopes) -> Iterator[Effect]:
        """All that the step writes of the case, save the instance's own row."""
        yield from self.besides
        yield from self._variables(scopes)
        yield from _effect(_END_ELEMENTS, self._ended_elements)
        yield from _effect(_INSERT[tables.ElementInstance], list(self._elements.values()))
        for key in self._no_longer_waiting:
            for statement in _STOP_WAITING:
                yield Effect(statement, {"_key": key})
        for key in self._ended:
            for statement in _CLOSE:
                yield Effect(
                    statement, {"_case": self.case, "_key": key, "now": self.now, "actor": self.actor}
                )
        gone = {*self._ended, *self._no_longer_waiting}
        for table, rows in self._new.items():
            yield from _effect(
                _INSERT[table], [row for row in rows if row["element_instance_key"] not in gone]
            )
        for table, rows in self._noted.items():
            yield from _effect(_INSERT[table], rows)

    def _variables(self, scopes: Scopes) -> Iterator[Effect]:
        new, changed = [], []
        for scope, name, key, text in scopes.changes():
            if key is None:
                own = {"key": self.keys.draw()[0], "process_instance_key": self.case}
                new.append(own | {"scope_key": scope, "name": name, "value": text})
            else:
                changed.append({"_key": key, "value": text})
        yield from _effect(_UPDATE_VARIABLES, changed)
        yield from _effect(_INSERT[tables.Variable], new)


def _effect(statement: Any, rows: list[Row]) -> Iterator[Effect]:
    if rows:
        yield Effect(statement, rows)


_OPENED: tuple[type[Base], ...] = (tables.UserTask, tables.Job, tables.Timer, tables.MessageSubscription)
_NOTED: tuple[type[Base], ...] = (tables.DecisionInstance, tables.History, tables.HistoryValues)
_KEPT: tuple[type[Base], ...] = (tables.ElementInstance, tables.Variable, *_OPENED, *_NOTED)
_INSERT: dict[type[Base], Insert] = {table: insert(table) for table in _KEPT}
_END_ELEMENTS = (
    update(tables.ElementInstance)
    .where(tables.ElementInstance.key == bindparam("_key"))
    .values(state=bindparam("state"), ended_at=bindparam("ended_at"))
)
_UPDATE_VARIABLES = (
    update(tables.Variable).where(tables.Variable.key == bindparam("_key")).values(value=bindparam("value"))
)
_STOP_WAITING = tuple(
    delete(table).where(table.element_instance_key == bindparam("_key"))
    for table in (tables.Timer, tables.MessageSubscription)
)


def _of_ended(table: Any, state: str) -> Any:
    """The open row of an element instance that was ended."""
    return update(table).where(
        table.process_instance_key == bindparam("_case"),
        table.element_instance_key == bindparam("_key"),
        table.state == state,
    )


_CLOSE = (
    _of_ended(tables.UserTask, TaskState.CREATED).values(
        state=TaskState.CANCELED, ended_at=bindparam("now"), ended_by=bindparam("actor")
    ),
    _of_ended(tables.Job, JobState.CREATED).values(state=JobState.CANCELED, ended_at=bindparam("now")),
    _of_ended(tables.Incident, IncidentState.ACTIVE).values(
        state=IncidentState.RESOLVED, resolved_at=bindparam("now"), resolved_by=bindparam("actor")
    ),
)
