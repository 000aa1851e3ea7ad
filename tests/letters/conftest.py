"""An office with its people at their desks, and letters entered as they enter them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import select

from server import identity
from server.app import House, build
from server.clock import Clock
from server.config import Config
from server.db import Change, read, setting_effect, write
from server.engine import Call, Case, Handlers, Outcome
from server.identity import Actor, load_actor
from server.letters import agenda, handlers, stationery
from server.letters.models import Letter
from tests.conftest import Filled

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
TODAY = NOW.date()


@dataclass
class LetterOffice:
    """`now` may be moved."""

    house: House
    now: datetime = NOW
    _keys: int = field(default=100)

    def actor(self, username: str) -> Actor:
        with read(self.house.gate.database) as connection:
            return load_actor(connection, username, self.now.date(), self.house.engine.roles)

    def do(self, verb: Any, who: str | Actor, *args: Any) -> Any:
        actor = who if isinstance(who, Actor) else self.actor(who)
        return self.house.gate.do(lambda c: verb(self.house.engine, c, actor, *args))

    def ask(self, question: Any, who: str, *args: Any) -> Any:
        actor = self.actor(who)
        return self.house.gate.ask(lambda c: question(self.house.engine, c, actor, *args))

    def enter(self, who: str | Actor = "staf_umpeg", **said: Any) -> dict[str, Any]:
        usual = {
            "register": "surat_keluar",
            "tanggal": self.now.date(),
            "pihak": "Kepala BKD",
            "hal": "Usulan",
        }
        entered: dict[str, Any] = self.do(agenda.enter, who, agenda.NewLetter(**(usual | said)))
        return entered

    def receive(self, **said: Any) -> int:
        usual = {"register": "surat_masuk", "pihak": "Camat Kota", "hal": "Data", "nomor_asal": "470/9"}
        return int(self.enter(**(usual | said))["key"])

    def rows(self, **where: object) -> list[Any]:
        with read(self.house.gate.database) as connection:
            statement = (
                select(Letter.__table__)
                .filter_by(**where)
                .order_by(Letter.tahun, Letter.urut, Letter.sisipan)
            )
            return list(connection.execute(statement))

    def call(self, headers: Mapping[str, str] | None = None, **variables: object) -> Call:
        """A service task of a case that the head of the office has just brought to it."""
        self._keys += 1
        case = Case(7, "SURAT-2026-0007", "surat_tugas", "pns", "kasubag_umpeg", self.now)
        with read(self.house.gate.database) as connection:
            return Call(
                case,
                "beri_nomor",
                headers or {},
                variables,
                self.now,
                self.house.engine.clock.today(),
                connection,
                self._keys,
                "kepala_dinas",
                variables,
            )

    def perform(self, type_: str, headers: Mapping[str, str] | None = None, **variables: object) -> Outcome:
        handler = Handlers(handlers(self.house.engine.roles, stationery(self.house.config)))[type_]
        call = self.call(headers, **variables)

        def prepare(connection: Any) -> Change[Outcome]:
            outcome = handler.run(replace(call, connection=connection))
            return Change(outcome.effects, outcome)

        return self.house.gate.do(prepare)


def opened(database: Database) -> LetterOffice:
    office = LetterOffice(build(Config(), database))
    office.house = build(Config(), database, Clock(now=lambda: office.now))
    return office


def hire(database: Database) -> None:
    with write(database) as connection:
        identity.fill_demo(connection, opened(database).house.engine.roles, "demo", NOW)
        Change((setting_effect(agenda.CODE_OF_OFFICE, "427.43"),), None).apply(connection)


@pytest.fixture
def office(engine: Database, filled: Filled) -> LetterOffice:
    filled(engine, hire)
    return opened(engine)


def day(text: str) -> date:
    return date.fromisoformat(text)
