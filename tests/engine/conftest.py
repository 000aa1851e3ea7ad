"""An office for engine tests: real diagrams on a real database, people made on the spot, a clock that tests move."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import Row, select

from server import engine as verbs
from server import worker
from server.clock import Clock
from server.db import Keys, load_json, read, write
from server.engine import Engine, Handler, Handlers, tables, trial
from server.gate import Gate
from server.identity import (
    Actor,
    Holding,
    Login,
    NewPerson,
    Permission,
    add_person,
    hold,
    load_actor,
    read_roles,
)

ROOT = Path(__file__).parents[2]
ROLES = read_roles((ROOT / "bpmn" / "roles.yaml").read_bytes())


def person(username: str, *groups: str, may: tuple[Permission, ...] = ()) -> Actor:
    return Actor(username, username.title(), frozenset(groups), frozenset(may))


ANYBODY = person("penguji", may=tuple(Permission))


@dataclass
class Office:
    """The engine behind its gate, as tests use it. Tasks are named by their element's id."""

    database: Database
    handlers: list[Handler] = field(default_factory=list)
    now: datetime = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)

    def __post_init__(self) -> None:
        self.clock = Clock(now=lambda: self.now)
        self.gate = Gate(self.database, self.clock, Login())
        self.reopen()

    def reopen(self) -> None:
        """The same office in a new process: nothing read so far is remembered."""
        self.engine = Engine(Keys(self.database), ROLES, Handlers(self.handlers, ["luar.*"]), self.clock)

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def hire(self, *usernames: str, **held: str) -> None:
        """People who are known; `held` says by username the group that one holds from today on."""
        with write(self.database) as connection:
            for username in (*usernames, *held):
                add_person(connection, NewPerson(username, username.title()), self.now)
            for username, group in held.items():
                role, _, bidang = group.partition("@")
                hold(connection, ROLES, Holding(username, role, bidang or None, self.clock.today()))

    def actor(self, username: str) -> Actor:
        """Somebody of the database, as they stand today."""
        with read(self.database) as connection:
            return load_actor(connection, username, self.clock.today(), ROLES)

    def publish(self, **files: bytes) -> verbs.Deployed:
        """Files by name; `proses=…` is proses.bpmn, a name may carry its own ending after two underscores."""
        named = {_file_name(name): body for name, body in files.items()}
        return self.do(lambda c: verbs.deploy(self.engine, c, ANYBODY, named, trial.examine))

    def start(self, process: str | int = "proses", actor: Actor = ANYBODY, **values: object) -> int:
        subject = values.pop("subject", None)
        return self.do(lambda c: verbs.start(self.engine, c, actor, process, values, subject)).key

    def run(self, diagram: bytes, **values: object) -> int:
        """Publishes a diagram and starts a case of it."""
        self.publish(proses=diagram)
        return self.start(**values)

    def complete(self, case: int, element: str, actor: Actor = ANYBODY, **values: object) -> None:
        """Completes the first open task of this element."""
        task = self.task(case, element)
        self.do(lambda c: verbs.complete(self.engine, c, actor, task.key, values))

    def cancel(self, case: int, actor: Actor = ANYBODY) -> None:
        self.do(lambda c: verbs.cancel(self.engine, c, actor, case))

    def work(self) -> None:
        """Lets a worker do what is due, until nothing is."""
        while worker.work_once(self.gate, self.engine):
            pass

    def do(self, prepare: Callable[..., Any]) -> Any:
        return self.gate.do(prepare)

    def open(self, case: int) -> list[str]:
        """The elements of the case's open tasks, in the order in which they came up."""
        rows = self.rows(tables.UserTask, process_instance_key=case, state="CREATED")
        return [row.element_id for row in sorted(rows, key=lambda row: row.key)]

    def task(self, case: int, element: str) -> Row[Any]:
        rows = self.rows(tables.UserTask, process_instance_key=case, element_id=element, state="CREATED")
        assert rows, f"no open task {element}; open: {self.open(case)}"
        return min(rows, key=lambda row: row.key)

    def state(self, case: int) -> str:
        return str(self.rows(tables.ProcessInstance, key=case)[0].state)

    def variables(self, case: int) -> dict[str, object]:
        """The instance's own variables."""
        rows = self.rows(tables.Variable, process_instance_key=case, scope_key=case)
        return {row.name: load_json(row.value) for row in rows}

    def locals(self, case: int) -> dict[str, dict[str, object]]:
        """The names that scopes within the instance keep, by the scope's element."""
        elements = {
            row.key: row.element_id for row in self.rows(tables.ElementInstance, process_instance_key=case)
        }
        found: dict[str, dict[str, object]] = {}
        for row in self.rows(tables.Variable, process_instance_key=case):
            if row.scope_key != case:
                found.setdefault(elements[row.scope_key], {})[row.name] = load_json(row.value)
        return found

    def elements(self, case: int, state: str | None = None) -> list[str]:
        """The elements that were passed or are under way, in order."""
        rows = self.rows(tables.ElementInstance, process_instance_key=case)
        return [row.element_id for row in sorted(rows, key=lambda row: row.key) if state in (None, row.state)]

    def events(self, case: int) -> list[str]:
        rows = self.rows(tables.History, process_instance_key=case)
        return [row.event for row in sorted(rows, key=lambda row: row.key)]

    def rows(self, table: type[Any], **where: object) -> list[Row[Any]]:
        with read(self.database) as connection:
            statement = select(table.__table__).filter_by(**where) if where else select(table.__table__)
            return list(connection.execute(statement))


def _file_name(name: str) -> str:
    stem, _, ending = name.partition("__")
    return f"{stem}.{ending or 'bpmn'}"


@pytest.fixture
def office(engine: Database) -> Office:
    return Office(engine)


def form(id: str, *fields: Mapping[str, object]) -> bytes:
    """A form-js form of these components."""
    from server.db import dump_json

    return dump_json({"type": "default", "id": id, "schemaVersion": 19, "components": list(fields)}).encode()
