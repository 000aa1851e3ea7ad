"""Server and worker as processes: none outlives what started it, and none that dies is missed for long."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from server.config import ROOT
from tests.live import PATIENCE, free_port, wait_for

pytestmark = pytest.mark.slow


class Running:
    """`tatalaksana serve` on a free port, with the processes below it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.cli", "serve"],
            cwd=ROOT,
            env={**environment, "PORT": str(self.port), "WEB_CONCURRENCY": "2"},
            start_new_session=True,
        )
        self.seen: set[int] = set()

    def answers(self) -> bool:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            connection.request("GET", "/v2/status")
            return connection.getresponse().status < 500
        except OSError:
            return False

    def children(self) -> dict[int, str]:
        """The command lines of the processes below it, by id."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid:
                    found[int(path.name)] = (path / "cmdline").read_text().replace("\0", " ")
            except (OSError, IndexError):
                continue
        self.seen |= set(found)
        return found

    def worker(self) -> int | None:
        return next((pid for pid, command in self.children().items() if " worker" in command), None)

    def is_complete(self) -> bool:
        return len(self.children()) == 3 and self.worker() is not None and self.answers()

    def end(self) -> None:
        """Whatever is left of it."""
        for pid in {self.process.pid, *self.seen}:
            if _is_alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def running(environment: Mapping[str, str]) -> Iterator[Running]:
    server = Running(environment)
    try:
        wait_for(server.is_complete)
        yield server
    finally:
        server.end()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_server_and_worker(running: Running, ending: signal.Signals) -> None:
    running.process.send_signal(ending)
    assert running.process.wait(timeout=PATIENCE) == 0
    wait_for(lambda: not any(map(_is_alive, running.seen)))


def test_ctrl_c_at_the_terminal_ends_server_and_worker(running: Running) -> None:
    os.killpg(running.process.pid, signal.SIGINT)
    assert running.process.wait(timeout=PATIENCE) == 0
    wait_for(lambda: not any(map(_is_alive, running.seen)))


def test_nothing_outlives_a_server_that_is_killed(running: Running) -> None:
    running.process.kill()
    wait_for(lambda: not any(map(_is_alive, running.seen)))


def test_a_worker_that_dies_is_started_anew(running: Running) -> None:
    first = running.worker()
    assert first is not None
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: running.worker() not in (None, first))
    assert running.answers()


def test_a_server_process_that_dies_is_started_anew(running: Running) -> None:
    first = next(pid for pid in running.children() if pid != running.worker())
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: first not in running.children() and running.is_complete())
