"""People at their clients, over HTTP: each call a connection of its own."""

import http.client
import random
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from server.db import dump_json, load_json
from tests.crash.procedures import FIELDS
from tests.live import PATIENCE, Office

Broken = (OSError, http.client.HTTPException)
"""How a call fails when the server dies under it."""


@dataclass(frozen=True)
class Caller:
    """One person. A call raises one of `Broken` where no answer comes."""

    username: str
    port: int
    token: str

    def post(self, path: str, body: object) -> tuple[int, Any]:
        return self.call("POST", path, body)

    def call(self, method: str, path: str, body: object) -> tuple[int, Any]:
        """The status, and the JSON of the answer."""
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            wire.request(method, path, dump_json(body).encode(), headers)
            answer = wire.getresponse()
            read = answer.read()
        finally:
            wire.close()
        return answer.status, load_json(read) if read else None

    def start(self, process: str) -> int:
        status, answer = self.post("/v2/process-instances", {"processDefinitionId": process})
        assert status == 200, answer
        return int(answer["processInstanceKey"])

    def complete(self, task: int, answer: dict[str, object]) -> int:
        return self.post(f"/v2/user-tasks/{task}/completion", {"variables": answer})[0]

    def open(self, **where: object) -> list[dict[str, Any]]:
        """Up to a hundred open tasks that the person sees."""
        query = {"filter": {"state": "CREATED", **where}, "page": {"limit": 100}}
        status, answer = self.post("/v2/user-tasks/search", query)
        assert status == 200, answer
        return list(answer["items"])


def callers(office: Office) -> dict[str, Caller]:
    return {name: Caller(name, office.config.port, token) for name, token in office.tokens.items()}


def at_once(calls: Iterable[tuple[Caller, int, dict[str, object]]]) -> list[int]:
    """Completes tasks, everybody at the same moment; the statuses that came back."""
    listed = list(calls)
    ready = threading.Barrier(len(listed))

    def call(who: Caller, task: int, answer: dict[str, object]) -> int:
        ready.wait()
        return who.complete(task, answer)

    with ThreadPoolExecutor(len(listed)) as threads:
        return [each.result() for each in [threads.submit(call, *one) for one in listed]]


@dataclass(frozen=True)
class Completion:
    """A completion that the server has acknowledged."""

    task: int
    username: str
    answer: dict[str, object]


@dataclass
class Crowd:
    """Some people who take whatever task is open, start a case now and then, and repeat a call until it is answered."""

    people: list[Caller]
    most_cases: int
    seed: int
    completions: list[Completion] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    """How often each status came back."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with ThreadPoolExecutor(len(self.people)) as threads:
            working = [threads.submit(self._work, number, who) for number, who in enumerate(self.people)]
            try:
                yield
            finally:
                self._stop.set()
        for each in working:
            each.result()

    def _work(self, number: int, who: Caller) -> None:
        chance = random.Random(self.seed * 100 + number)
        count = 0
        while not self._stop.is_set():
            try:
                tasks = who.open(processDefinitionId="badai")
                if len(self.cases) < self.most_cases and (len(tasks) < 30 or chance.random() < 0.05):
                    self._started(who.start("badai"))
            except Broken:
                time.sleep(0.05)
                continue
            for task in chance.sample(tasks, min(8, len(tasks))):
                count += 1
                self._complete(who, task, f"{who.username}-{number}-{count}", chance)

    def _started(self, case: int) -> None:
        with self._lock:
            self.cases.append(case)

    def _complete(self, who: Caller, task: dict[str, Any], word: str, chance: random.Random) -> None:
        answer: dict[str, object] = {FIELDS[task["elementId"]]: word}
        if task["elementId"] == "isi":
            answer["ulang"] = chance.random() < 0.75
        key = int(task["userTaskKey"])
        while not self._stop.is_set():
            try:
                status = who.complete(key, answer)
            except Broken:
                time.sleep(0.05)
                continue
            with self._lock:
                self.answers[status] = self.answers.get(status, 0) + 1
                if status == 204:
                    self.completions.append(Completion(key, who.username, answer))
            return
