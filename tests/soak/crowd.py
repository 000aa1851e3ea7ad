"""People and programs at work in the storm, with a ledger of what they were answered.

Who gets no answer asks again, as clients do, where the verb may be repeated; a start may not, so it is kept as unknown.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.crash.clients import Broken, Caller
from tests.soak.procedure import FIELDS, MESSAGE, PROCESS

HOUR = 3_600_000


@dataclass(frozen=True)
class Done:
    """A verb that was acknowledged: by whom, on what (a task, a case), with what."""

    verb: str
    who: str
    key: int
    told: Any = None


@dataclass
class Ledger:
    """What was answered."""

    done: list[Done] = field(default_factory=list)
    unknown_starts: int = 0
    unanswered: list[Done] = field(default_factory=list)
    """What was asked and may have been done, though the storm was over before an answer came."""
    statuses: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, verb: str) -> list[Done]:
        return [each for each in self.done if each.verb == verb]


@dataclass
class Crowd:
    """Everybody works until the block of `at_work` ends."""

    people: list[Caller]
    most_cases: int
    seed: int
    ledger: Ledger = field(default_factory=Ledger)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        with ThreadPoolExecutor(len(self.people)) as threads:
            working = [
                threads.submit(_Person(who, self, self.seed * 100 + number).work, self._stop)
                for number, who in enumerate(self.people)
            ]
            try:
                yield
            finally:
                self._stop.set()
        for each in working:
            each.result()


class _Person:
    """One client."""

    def __init__(self, who: Caller, crowd: Crowd, seed: int) -> None:
        self.who = who
        self.crowd = crowd
        self.ledger = crowd.ledger
        self.chance = random.Random(seed)
        self.word = f"{who.username}-{seed}"
        self.count = 0

    def work(self, stop: threading.Event) -> None:
        self.stop = stop
        while not stop.is_set():
            try:
                tasks = self.who.open(processDefinitionId=PROCESS)
            except (*Broken, AssertionError):
                time.sleep(0.1)
                continue
            if len(self.ledger.of("start")) < self.crowd.most_cases and (
                len(tasks) < 20 or self.chance.random() < 0.1
            ):
                self._start()
            for task in self.chance.sample(tasks, min(6, len(tasks))):
                self._act(task)

    def _act(self, task: dict[str, Any]) -> None:
        key, case = int(task["userTaskKey"]), int(task["processInstanceKey"])
        what = self.chance.random()
        if what < 0.04:
            self._until_answered("cancel", case, f"/v2/process-instances/{case}/cancellation", {})
            return
        if what < 0.10:
            self._suspend(case)
        elif what < 0.25:
            name = f"catatan_{self._word().replace('-', '_')}"
            path = f"/v2/element-instances/{case}/variables"
            self._until_answered("set variable", case, path, {"variables": {name: name}}, (name, name), "PUT")
        elif what < 0.45:
            body = {"assignee": self.who.username, "allowOverride": False}
            self._until_answered("claim", key, f"/v2/user-tasks/{key}/assignment", body)
        elif what < 0.60:
            draft = {"draf": self._word()}
            path = f"/api/user-tasks/{key}/draft"
            self._until_answered("draft", key, path, {"variables": draft}, draft, "PUT")
        if what > 0.2:
            self._complete(task)

    def _start(self) -> None:
        try:
            status, answer = self.who.post("/v2/process-instances", {"processDefinitionId": PROCESS})
        except Broken:
            with self.ledger.lock:
                self.ledger.unknown_starts += 1
            return
        self._count(status)
        if status == 200:
            self._note(Done("start", self.who.username, int(answer["processInstanceKey"])))

    def _complete(self, task: dict[str, Any]) -> None:
        key, word = int(task["userTaskKey"]), self._word()
        answer: dict[str, object] = {FIELDS[task["elementId"]]: word}
        if task["elementId"] == "isi":
            answer["ulang"] = self.chance.random() < 0.3
        path = f"/v2/user-tasks/{key}/completion"
        if self._until_answered("complete", key, path, {"variables": answer}, answer) and not answer.get(
            "ulang", True
        ):
            self._publish(int(task["processInstanceKey"]), word)

    def _publish(self, case: int, word: str) -> None:
        body = {"name": MESSAGE, "correlationKey": word, "messageId": word, "timeToLive": HOUR}
        self._until_answered(
            "message", case, "/v2/messages/publication", body | {"variables": {"kabar": word}}, word
        )

    def _suspend(self, case: int) -> None:
        if self._until_answered("suspend", case, f"/v2/process-instances/{case}/suspension", {}):
            time.sleep(self.chance.uniform(0, 0.3))
            self._until_answered("resume", case, f"/v2/process-instances/{case}/resumption", {})

    def _until_answered(
        self, verb: str, key: int, path: str, body: object, told: Any = None, method: str = "POST"
    ) -> bool:
        """Whether it was done, by this call or by one before that got no answer."""
        asked = Done(verb, self.who.username, key, told)
        again = False
        while not self.stop.is_set():
            try:
                status, _ = self.who.call(method, path, body)
            except Broken:
                again = True
                time.sleep(0.1)
                continue
            self._count(status)
            if status == 503:
                time.sleep(0.1)
                continue
            known = again and verb == "message" and status == 409
            if status < 300 or known:
                self._note(asked)
                return True
            return False
        if again:
            with self.ledger.lock:
                self.ledger.unanswered.append(asked)
        return False

    def _word(self) -> str:
        self.count += 1
        return f"{self.word}-{self.count}"

    def _note(self, done: Done) -> None:
        with self.ledger.lock:
            self.ledger.done.append(done)

    def _count(self, status: int) -> None:
        with self.ledger.lock:
            self.ledger.statuses[status] += 1
