"""Who dies in the storm, and when; whatever dies is started anew at once, as a supervisor would."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

from tests import live, postgres
from tests.crash.conftest import COMMAND, Site

WORKERS = 2
PROGRESS = 8
"""So many verbs are acknowledged between two kills, unless it takes too long."""
PATIENCE_SECONDS = 10
RESTART_EVERY = 20


class Storm:
    """A server with two processes, two workers, and what befalls them."""

    def __init__(self, site: Site, database: postgres.Server | None, seed: int) -> None:
        self.site = site
        self.kills: Counter[str] = Counter()
        self._database = database
        self._chance = random.Random(seed)
        self._server = self._start("serve", "--no-worker")
        self._workers = [self._start("worker") for _ in range(WORKERS)]

    def __enter__(self) -> "Storm":
        self.site.await_server(self._server)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in (self._server, *self._workers):
            process.stop()

    def strike(self, progress: Callable[[], int]) -> None:
        """One kill, at a random moment after some verbs more were acknowledged."""
        before = progress()
        with suppress(TimeoutError):
            live.wait_for(lambda: progress() >= before + PROGRESS, PATIENCE_SECONDS)
        time.sleep(self._chance.uniform(0, 0.5))
        if self._database and self.kills.total() % RESTART_EVERY == RESTART_EVERY - 1:
            self._database.restart(at_once=self._chance.random() < 0.7)
            self.kills["PostgreSQL"] += 1
            return
        what = self._chance.choices(["server process", "server", "worker"], [4, 2, 4])[0]
        {"server process": self._kill_a_process, "server": self._kill_server, "worker": self._kill_worker}[
            what
        ]()
        self.kills[what] += 1

    def calm(self) -> None:
        """Everything runs, and goes on running."""
        self._mend()
        self.site.await_server(self._server)

    def _kill_a_process(self) -> None:
        children = self._server.children()
        if children:
            with suppress(ProcessLookupError):
                os.kill(self._chance.choice(children), signal.SIGKILL)

    def _kill_server(self) -> None:
        self._server.kill()
        self._mend()

    def _kill_worker(self) -> None:
        self._chance.choice(self._workers).kill()
        self._mend()

    def _mend(self) -> None:
        if not self._server.alive():
            self._server = self._start("serve", "--no-worker")
        self._workers = [each if each.alive() else self._start("worker") for each in self._workers]

    def _start(self, *command: str) -> live.Process:
        return live.Process([COMMAND, *command], self.site.environment)
