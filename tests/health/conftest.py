"""An installation with one procedure whose service task quotes what it was given when it fails."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import structlog
from flask import Flask
from sqlalchemy import Engine as Database

from server import migrations, personnel
from server.app import build, create_app
from server.calendar import Calendar
from server.cli import PUBLISHER
from server.config import Config
from server.db import Base, Keys
from server.engine import Call, Engine, Handler, Outcome, deploy, trial
from server.gate import Gate
from server.identity import Roles
from tests import live
from tests.api.conftest import form
from tests.conftest import Filled
from tests.diagrams import diagram, end, lane, lanes, path, service, start, user

SECRET = "rahasia-sekali"
"""Stands in every value that is sent."""

BOOK = {
    "bpmn/surat.bpmn": diagram(
        lanes(lane("Kasubag", "kasubag_umpeg", "mulai isi kirim selesai")),
        start("mulai"),
        user("isi", form="isian"),
        service("kirim", "uji.kirim"),
        end("selesai"),
        path("mulai isi kirim selesai"),
        id="surat",
    ),
    "forms/isian.form": form("isian", "nama"),
}


def send(call: Call) -> Outcome:
    raise RuntimeError(f"alamat {call.variables['nama']} tidak dikenal")


@dataclass(frozen=True)
class Site:
    """The server's application, and what lies behind it."""

    app: Flask
    gate: Gate
    engine: Engine
    token: str
    book: Path


@pytest.fixture
def make_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Flask]]:
    """Applications of the server, with settings of the test's own."""
    of_the_house = personnel.handlers

    def handlers(calendar: Calendar, keys: Keys, roles: Roles) -> tuple[Handler, ...]:
        return (*of_the_house(calendar, keys, roles), Handler("uji.kirim", "Kirim", "after", send))

    monkeypatch.setattr(personnel, "handlers", handlers)

    def make(**settings: object) -> Flask:
        return create_app(replace(Config(), **settings))  # type: ignore[arg-type]

    yield make
    structlog.reset_defaults()


def install(database: Database) -> None:
    """Every table as the versions make them, and the procedure."""
    Base.metadata.drop_all(database)
    migrations.upgrade(database)
    house = build(Config(), database)
    house.gate.do(lambda c: deploy(house.engine, c, PUBLISHER, BOOK, trial.examine))


@pytest.fixture
def site(database_url: str, make_app: Callable[..., Flask], empty_book: Path, filled: Filled) -> Site:
    """The server's application on a database that has all, and a person with a token."""
    house = build(replace(Config(), database_url=database_url, book=empty_book))
    filled(house.gate.database, install)
    token = house.gate.change(lambda c: live.employ(c, house.engine.roles, "budiman", ["kasubag_umpeg"]))
    app = make_app(database_url=database_url, book=empty_book)
    return Site(app, house.gate, house.engine, token, empty_book)


@pytest.fixture
def empty_book(tmp_path: Path) -> Path:
    live.write_book(tmp_path, {})
    return tmp_path
