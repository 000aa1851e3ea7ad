"""The whole office: the book published, the demo people at their desks, everybody acting through the REST API as the person
they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine as Database
from sqlalchemy import Row, delete, select
from werkzeug.test import TestResponse

from server import api, identity, personnel, worker
from server import engine as verbs
from server.api.office import EXTENSION
from server.api.office import Office as Behind
from server.app import House, build
from server.cli import PUBLISHER, book_files
from server.clock import Clock
from server.config import Config
from server.db import dump_json, load_json, open_engine, read, write
from server.engine import tables, trial
from server.gate import STATUS
from server.identity import Actor, Permission, issue_token, load_actor
from server.letters.models import Delivery, Letter
from tests.conftest import Copy, Filled

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
FOR_EVER = NOW + timedelta(days=36500)
KINDS = {status: kind for kind, status in STATUS.items()}


@cache
def application() -> Flask:
    """One for all offices, as making it takes longer than most walks; a call puts its office behind it."""
    made = Flask(__name__)
    nobody: Any = None
    api.create_api(made, nobody, nobody)
    made.register_error_handler(Exception, api.answer_error)
    return made


@dataclass
class Office:
    """The house, used by people of the demo office by their usernames."""

    house: House
    now: datetime = NOW
    tokens: dict[str, str] = field(default_factory=dict)

    def call(self, username: str, method: str, url: str, json: object = None) -> TestResponse:
        """A request of a person, to `/v2` where no other place is named."""
        app = application()
        app.extensions[EXTENSION] = Behind(self.house.gate, self.house.engine, trial.examine)
        return app.test_client().open(
            url if url.startswith("/api/") else f"/v2/{url}",
            method=method,
            headers={"Authorization": f"Bearer {self.token(username)}"},
            content_type="application/json",
            data=b"" if json is None else dump_json(json),
        )

    def ask(self, username: str, method: str, url: str, json: object = None) -> Any:
        """What is answered to a person; a refusal raises the kind of error that its status tells."""
        answer = self.call(username, method, url, json)
        if answer.status_code in KINDS:
            raise KINDS[answer.status_code](answer.text)
        assert answer.status_code < 300, answer.text
        return load_json(answer.data) if answer.data else None

    def found(self, username: str, what: str, **where: object) -> list[dict[str, Any]]:
        """What a person finds, by the fields of the API."""
        items: list[dict[str, Any]] = self.ask(username, "POST", f"{what}/search", {"filter": where})["items"]
        return items

    def token(self, username: str) -> str:
        if username not in self.tokens:
            with write(self.house.gate.database) as connection:
                made = issue_token(connection, username, "uji", Permission, NOW, FOR_EVER)
            self.tokens[username] = made.text
        return self.tokens[username]

    def start(self, process: str, username: str, subject: str | None = None) -> int:
        wanted = {"processDefinitionId": process, "subject": subject}
        return int(self.ask(username, "POST", "process-instances", wanted)["processInstanceKey"])

    def later(self, days: float) -> None:
        """Lets days pass, and timers come that are due by then."""
        self.now += timedelta(days=days)
        while worker.work_once(self.house.gate, self.house.engine):
            pass

    def first_day(self) -> None:
        """The office's first day again: no letter bears a number of a later one."""
        self.now = NOW
        with write(self.house.gate.database) as connection:
            connection.execute(delete(Delivery))
            connection.execute(delete(Letter))
        self.restart()

    def restart(self) -> None:
        """The same office in a new process: nothing that was read is remembered."""
        self.house = build(Config(), self.house.gate.database, self.clock())

    def clock(self) -> Clock:
        return Clock(now=lambda: self.now)

    def complete(self, case: int, element: str, username: str, values: Mapping[str, object]) -> None:
        self.answer(self.task(case, element), username, values)

    def answer(self, task: Row[Any], username: str, values: Mapping[str, object]) -> None:
        self.ask(username, "POST", f"user-tasks/{task.key}/completion", {"variables": values})

    def cancel(self, case: int, username: str) -> None:
        self.ask(username, "POST", f"process-instances/{case}/cancellation")

    def actor(self, username: str) -> Actor:
        with read(self.house.gate.database) as connection:
            return load_actor(connection, username, self.now.date())

    def task(self, case: int, element: str) -> Row[Any]:
        open_tasks = self.open_tasks(case)
        assert [task.element_id for task in open_tasks] == [element]
        return open_tasks[0]

    def open_tasks(self, case: int) -> list[Row[Any]]:
        """Those of the case, and of the cases that it has called."""
        return [
            task
            for each in self.with_called(case)
            for task in self.rows(tables.UserTask, process_instance_key=each, state="CREATED")
        ]

    def with_called(self, case: int) -> list[int]:
        return [row.key for row in self.rows(tables.ProcessInstance, root_key=case)]

    def state(self, case: int) -> str:
        return str(self.rows(tables.ProcessInstance, key=case)[0].state)

    def passed(self, case: int) -> list[str]:
        """The elements that the case went through, in order."""
        rows = self.rows(tables.ElementInstance, process_instance_key=case)
        return [row.element_id for row in sorted(rows, key=lambda row: row.key)]

    def variables(self, case: int) -> dict[str, Any]:
        rows = self.rows(tables.Variable, process_instance_key=case, scope_key=case)
        return {row.name: load_json(row.value) for row in rows}

    def rows(self, table: type[Any], **where: object) -> list[Row[Any]]:
        with read(self.house.gate.database) as connection:
            return list(connection.execute(select(table.__table__).filter_by(**where)))


@pytest.fixture
def office(engine: Database, filled: Filled) -> Office:
    filled(engine, publish_the_book)
    return opened(engine)


@pytest.fixture(scope="session")
def one_office(sqlite_copy: Copy, filled: Filled) -> Iterator[Office]:
    """An office that many tests share, each with cases of its own."""
    with sqlite_copy() as url:
        engine = open_engine(url)
        filled(engine, publish_the_book)
        yield opened(engine)
        engine.dispose()


def opened(engine: Database) -> Office:
    office = Office(build(Config(), engine))
    office.restart()
    return office


def publish_the_book(database: Database) -> None:
    """On an empty database: the whole book, and the people of the demo."""
    house = opened(database).house
    with write(database) as connection:
        identity.fill_demo(connection, house.engine.roles, "demo", NOW)
        personnel.fill_demo(connection, house.engine.roles, NOW.date())
    files = dict(book_files(ROOT))
    house.gate.do(lambda c: verbs.deploy(house.engine, c, PUBLISHER, files, trial.examine))
