"""Health tells the truth: of each thing that is missing, what it is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from server import cli, migrations
from server.config import Config
from server.db import load_json, open_engine
from server.engine import workers
from server.engine.tables import Worker
from tests.health.conftest import Site
from tests.live import free_port


def asked(app: Flask) -> tuple[int, Mapping[str, Any]]:
    answer = app.test_client().get("/health/ready")
    return answer.status_code, load_json(answer.data)["components"]


@pytest.mark.both_databases
def test_an_installation_that_can_work_is_ready(site: Site) -> None:
    assert asked(site.app) == (200, {"database": "UP", "schema": "UP", "book": "UP", "worker": "UP"})


def test_a_database_that_is_away_is_told_and_the_server_lives(
    make_app: Callable[..., Flask], empty_book: Path
) -> None:
    url = f"postgresql://kantor:rahasia@127.0.0.1:{free_port()}/kantor"
    app = make_app(database_url=url, book=empty_book)
    status, components = asked(app)
    assert (status, list(components)) == (503, ["database"])
    assert "rahasia" not in components["database"]
    assert app.test_client().get("/health/live").status_code == 200


def test_a_database_without_this_programs_tables_is_told(
    make_app: Callable[..., Flask], empty_book: Path, bare_database_url: str
) -> None:
    status, components = asked(make_app(database_url=bare_database_url, book=empty_book))
    assert (status, components["database"]) == (503, "UP")
    assert "tatalaksana serve" in components["schema"]


def test_a_newer_database_is_told(
    make_app: Callable[..., Flask], empty_book: Path, bare_database_url: str
) -> None:
    database = open_engine(bare_database_url)
    migrations.upgrade(database)
    with database.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.dispose()
    status, components = asked(make_app(database_url=bare_database_url, book=empty_book))
    assert status == 503
    assert "lebih baru" in components["schema"]


def test_an_empty_book_is_told(
    make_app: Callable[..., Flask], empty_book: Path, bare_database_url: str
) -> None:
    cli.prepare(Config(database_url=bare_database_url, book=empty_book))
    status, components = asked(make_app(database_url=bare_database_url, book=empty_book))
    assert status == 503
    assert "tatalaksana publish" in components["book"]


def test_a_worker_that_vanished_is_missed_until_another_comes(site: Site) -> None:
    now = site.engine.clock.now()
    site.gate.change(lambda c: workers.report(site.engine, c, "satu", now, {}))
    assert asked(site.app)[0] == 200
    _age(site, "satu")
    status, components = asked(site.app)
    assert status == 503
    assert "tatalaksana worker" in components["worker"]
    site.gate.change(lambda c: workers.report(site.engine, c, "dua", now, {}))
    assert asked(site.app)[0] == 200


def test_a_worker_that_signed_off_is_not_missed(site: Site) -> None:
    now = site.engine.clock.now()
    site.gate.change(lambda c: workers.report(site.engine, c, "satu", now, {}))
    _age(site, "satu")
    site.gate.change(lambda c: workers.sign_off(site.engine, c, "satu"))
    assert asked(site.app)[0] == 200


def _age(site: Site, name: str) -> None:
    """The worker was seen last some minutes ago."""
    long_ago = site.engine.clock.now() - 3 * workers.STALE
    site.gate.change(lambda c: c.execute(update(Worker).where(Worker.name == name).values(seen_at=long_ago)))
