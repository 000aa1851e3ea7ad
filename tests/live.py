"""An office in earnest: a book in a folder, a database, and the server as a process that listens.

For what only shows between processes: load, kills, races over HTTP.
"""

import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from server import cli
from server.app import House
from server.clock import system_now
from server.config import ROOT, Config
from server.db import read, write
from server.identity import (
    Actor,
    Holding,
    NewPerson,
    Permission,
    Roles,
    add_person,
    hold,
    issue_token,
    load_actor,
)

PATIENCE = 120.0
"""Seconds for what comes soon on a machine that has nothing else to do."""
SINCE = date(2020, 1, 1)
_MINE = range(20_000 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 8, 32_000, 8)
"""Ports that no other process of the same run gives away."""
_PORTS = iter(random.SystemRandom().sample(_MINE, len(_MINE)))


@dataclass(frozen=True)
class Office:
    """A database that is ready to serve: the book published, people with roles, and an API token for each."""

    config: Config
    house: House
    tokens: Mapping[str, str]

    def actor(self, username: str) -> Actor:
        with read(self.house.gate.database) as connection:
            return load_actor(connection, username, self.house.engine.clock.today())

    def environment(self) -> dict[str, str]:
        """What a process of this office is started with."""
        named = {
            "DATABASE_URL": self.config.database_url,
            "BOOK": self.config.book,
            "PORT": self.config.port,
            "RATE_LIMIT": 0,
        }
        return {**os.environ, **{name: str(value) for name, value in named.items()}}


@contextmanager
def office(url: str, book: Mapping[str, bytes], people: Mapping[str, str]) -> Iterator[Office]:
    """An office on an empty database: `book` is its files by path, `people` maps usernames to their roles, parted by blanks."""
    with tempfile.TemporaryDirectory(prefix="tatalaksana-book-") as folder:
        write_book(Path(folder), book)
        config = replace(Config(), database_url=url, book=Path(folder), port=free_port())
        house = cli.prepare(config)
        with write(house.gate.database) as connection:
            tokens = {
                username: employ(connection, house.engine.roles, username, roles.split())
                for username, roles in people.items()
            }
        try:
            yield Office(config, house, tokens)
        finally:
            house.gate.close()


def write_book(folder: Path, book: Mapping[str, bytes]) -> None:
    """The book's files by path, with the roles of the house."""
    (folder / "bpmn").mkdir(exist_ok=True)
    for path, body in book.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
    (folder / "bpmn").mkdir(exist_ok=True)
    shutil.copy(ROOT / "bpmn" / "roles.yaml", folder / "bpmn" / "roles.yaml")


def employ(connection: Connection, roles: Roles, username: str, held: list[str]) -> str:
    """A person who holds these roles; the text of a token of theirs."""
    now: datetime = system_now()
    add_person(connection, NewPerson(username, username.title()), now)
    for role in held:
        hold(connection, roles, Holding(username, role, None, SINCE))
    return issue_token(connection, username, "uji", Permission, now, now + timedelta(days=1)).text


# --- processes -------------------------------------------------------------------------------------------------------


class Process:
    """A process with all that it starts: a group of its own, killed as one."""

    def __init__(
        self, command: list[str], environment: Mapping[str, str], by: Sequence[str] = (sys.executable, "-m")
    ) -> None:
        self._running = subprocess.Popen(
            [*by, *command],
            cwd=ROOT,
            env=dict(environment),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._running.pid

    def children(self) -> list[int]:
        """The processes that it has started itself."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        return [int(child) for child in listed.read_text().split()] if listed.exists() else []

    def kill(self) -> None:
        """Ends the whole group at once, as a power cut would."""
        os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()

    def alive(self) -> bool:
        return self._running.poll() is None

    def stop(self) -> None:
        """Asks for the end, and sees that it comes."""
        self._running.terminate()
        try:
            self._running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], by: Sequence[str] = (sys.executable, "-m")
) -> Iterator[Process]:
    process = Process(command, environment, by)
    try:
        yield process
    finally:
        process.stop()


def await_port(port: int, process: Process) -> None:
    """Returns once something listens there. Raises RuntimeError where the process ended first."""
    wait_for(lambda: _listens(port) or not process.alive())
    if not process.alive():
        raise RuntimeError("the server ended before it listened")


def await_answer(port: int, process: Process) -> None:
    """Returns once the product answers there: it listens before it has made its database."""
    await_port(port, process)
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with closing(wire):
        wire.request("GET", "/health/live")
        wire.getresponse().read()


def wait_for(done: Callable[[], object], seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.02)


def free_port() -> int:
    """Where nothing listens, and no outgoing connection comes before the server that is to: the system takes those from higher up."""
    return next(port for port in _PORTS if not _listens(port))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
