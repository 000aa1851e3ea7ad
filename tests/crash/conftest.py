"""An office with the procedures of the storm, ready to be served."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import pytest

from server.db import Base, open_engine
from tests import live
from tests.crash.clients import Caller, callers
from tests.crash.command import extended
from tests.crash.procedures import BOOK, PEOPLE

COMMAND = "tests.crash.command"
LEASE_SECONDS = 2


@dataclass(frozen=True)
class Site:
    """An office, its people, and the processes that may be started there."""

    office: live.Office
    people: dict[str, Caller]
    work_log: Path

    @property
    def environment(self) -> dict[str, str]:
        added = {"WORK_LOG": str(self.work_log), "LEASE_SECONDS": str(LEASE_SECONDS)}
        return self.office.environment() | added

    def server(self) -> AbstractContextManager[live.Process]:
        return live.running([COMMAND, "serve", "--no-worker"], self.environment)

    def worker(self) -> AbstractContextManager[live.Process]:
        return live.running([COMMAND, "worker"], self.environment)

    def await_server(self, server: live.Process) -> None:
        live.await_port(self.office.config.port, server)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    _empty(database_url)
    with extended(), live.office(database_url, BOOK, PEOPLE) as office:
        yield Site(office, callers(office), tmp_path / "work.log")


def _empty(database_url: str) -> None:
    """Takes the tables away again: the program itself brings a database up."""
    engine = open_engine(database_url)
    Base.metadata.drop_all(engine)
    engine.dispose()
