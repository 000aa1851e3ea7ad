"""An office with its requirement lists published, and service tasks of population run as the engine runs them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine as Database

from server import engine as verbs
from server import population
from server.app import House, build
from server.cli import PUBLISHER, book_files
from server.clock import Clock
from server.config import ROOT, Config
from server.db import Change, Effect, open_engine, read, write
from server.engine import Call, Case, Handlers, Outcome, trial
from server.identity import Actor
from tests.conftest import Copy

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
HANDLERS = Handlers(population.handlers())
STOREKEEPER = Actor("gudang", "Gudang", frozenset({"dinas"}), frozenset())


@dataclass
class PopulationOffice:
    """Its house, and cases by key."""

    house: House

    def requirements(self, process_id: str, day: str = "2026-11-27", **facts: object) -> list[str]:
        return [one.kode for one in self.listed(process_id, day, **facts).requirements]

    def listed(self, process_id: str, day: str = "2026-11-27", **facts: object) -> population.RequirementList:
        return self.ask(
            lambda c: population.requirements(
                self.house.engine, c, process_id, facts, date.fromisoformat(day)
            )
        )

    def ask(self, question: Callable[[Any], Any]) -> Any:
        return self.house.gate.ask(question)

    def receive(self, barang: str, perubahan: int, by: Actor = STOREKEEPER) -> dict[str, int]:
        return self.house.gate.do(
            lambda c: population.enter(self.house.engine, c, by, barang, perubahan, "Dari Ditjen Dukcapil")
        )

    @property
    def stock(self) -> dict[str, int]:
        found: dict[str, int] = self.ask(population.stock)
        return found

    def prepare(self, type_: str, case: int, **variables: object) -> Outcome:
        """What the service task would do, not yet written."""
        return self._with_call(case, variables, HANDLERS[type_].run)

    def perform(self, type_: str, case: int, **variables: object) -> Mapping[str, Any]:
        outcome = self.prepare(type_, case, **variables)
        self.apply(outcome.effects)
        return outcome.variables

    def undo(self, type_: str, case: int) -> None:
        take = HANDLERS[type_].undo
        assert take is not None
        self.apply(self._with_call(case, {}, take).effects)

    def apply(self, effects: tuple[Effect, ...]) -> None:
        with write(self.house.gate.database) as connection:
            Change(effects, None).apply(connection)

    def _with_call(self, case: int, variables: dict[str, object], work: Callable[[Call], Outcome]) -> Outcome:
        subject = Case(case, f"KMT-2026-{case:04}", "akta_kematian", None, "loket", NOW)
        with read(self.house.gate.database) as connection:
            return work(
                Call(subject, "tugas", {}, variables, NOW, NOW.date(), connection, case, actor="loket")
            )


def opened(database: Database) -> PopulationOffice:
    return PopulationOffice(build(Config(), database, Clock(now=lambda: NOW)))


@pytest.fixture
def office(engine: Database) -> PopulationOffice:
    """With nothing published: for what is kept in tables of population's own."""
    return opened(engine)


@pytest.fixture(scope="session")
def published(sqlite_copy: Copy) -> Any:
    """With the tables of dmn/ published, once for all tests that only ask."""
    with sqlite_copy() as url:
        database = open_engine(url)
        office = opened(database)
        files = {name: body for name, body in book_files(ROOT) if name.startswith("dmn/")}
        office.house.gate.do(lambda c: verbs.deploy(office.house.engine, c, PUBLISHER, files, trial.examine))
        yield office
        database.dispose()
