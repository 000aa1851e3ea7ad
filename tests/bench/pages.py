"""The pages beside the same data over REST, in one process, without a network: milliseconds, the median of each.

A page that takes more than three times as long as its requests together has work to do.
"""

import re
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from dataclasses import dataclass
from io import StringIO
from statistics import median
from typing import Final

from flask.testing import FlaskClient

from server import identity
from server.app import create_app
from server.db import write
from tests.bench.procedure import CHECKER
from tests.live import Office

ROUNDS: Final = 25
PASSWORD: Final = "kata sandi untuk mengukur"
CASES: Final = 30
OPEN: Final = {"filter": {"state": "CREATED"}, "sort": [{"field": "dueDate"}], "page": {"limit": 25}}


@dataclass(frozen=True)
class Page:
    """A page, and the requests that bring the same data to a program."""

    name: str
    page_ms: float
    rest_ms: float

    @property
    def times(self) -> float:
        return self.page_ms / self.rest_ms


def measure(office: Office) -> list[Page]:
    """Inbox, task and case of one person with some cases under way. What the server logs goes nowhere."""
    with redirect_stderr(StringIO()):
        return _measured(office)


def _measured(office: Office) -> list[Page]:
    now = office.house.engine.clock.now()
    with write(office.house.gate.database) as connection:
        identity.set_password(connection, CHECKER, PASSWORD, now)
    client = create_app(office.config).test_client()
    _log_in(client)
    program = _Program(client, office.tokens[CHECKER])
    for _ in range(CASES):
        program.post("/v2/process-instances", {"processDefinitionId": "cuti"})
    task = program.post("/v2/user-tasks/search", OPEN)["items"][0]
    key, case = task["userTaskKey"], task["processInstanceKey"]
    of_case = {"filter": {"processInstanceKey": case}}

    def inbox() -> None:
        program.post("/v2/user-tasks/search", OPEN)

    def desk() -> None:
        program.get(f"/v2/user-tasks/{key}")
        program.get(f"/v2/user-tasks/{key}/form")
        program.post(f"/v2/user-tasks/{key}/variables/search", {})
        program.post("/v2/decision-instances/search", of_case)
        program.get(f"/v2/process-instances/{case}")

    def whole() -> None:
        program.get(f"/v2/process-instances/{case}")
        for kind in ("user-tasks", "variables", "element-instances", "decision-instances", "incidents"):
            program.post(f"/v2/{kind}/search", of_case)

    pages = (("/tugas", inbox), (f"/tugas/{key}", desk), (f"/perkara/{case}", whole))
    names = ("inbox", "task", "case")
    return [
        Page(name, _timed(lambda path=path: _seen(client, path)), _timed(rest))  # type: ignore[misc]
        for name, (path, rest) in zip(names, pages, strict=True)
    ]


def _log_in(client: FlaskClient) -> None:
    token = re.search(r'data-csrf="(\w+)"', client.get("/masuk").text)
    assert token is not None
    form = {"username": CHECKER, "password": PASSWORD, "_token": token[1]}
    assert client.post("/masuk", data=form).status_code == 303


def _seen(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


@dataclass(frozen=True)
class _Program:
    client: FlaskClient
    token: str

    def get(self, path: str) -> None:
        assert self.client.get(path, headers=self._headers).status_code in (200, 204)

    def post(self, path: str, body: object) -> dict:  # type: ignore[type-arg]
        answer = self.client.post(path, json=body, headers=self._headers)
        assert answer.status_code == 200, answer.text
        found: dict = answer.json  # type: ignore[type-arg,assignment]
        return found

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def _timed(deed: Callable[[], None]) -> float:
    deed()
    took = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        deed()
        took.append((time.perf_counter() - begin) * 1000)
    return median(took)
