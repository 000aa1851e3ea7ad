"""Pages over a house of the test's own: a database, a fixed clock, the office's people; clients that are logged in."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine as Database

from server import engine as verbs
from server import web
from server.app import House, build
from server.cli import PUBLISHER
from server.clock import Clock
from server.config import ROOT, Config
from server.engine import trial
from server.engine.search import INBOX, Query, search
from server.identity import Actor, fill_demo, load_actor
from server.personnel import demo as personnel_demo
from server.web.assets import Assets
from server.web.office import EXTENSION, Office
from tests.conftest import Filled
from tests.tracking.conftest import tracking_office  # noqa: F401
from tests.web.chromium import server, server_database, visit  # noqa: F401

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
"""A Friday, nine o'clock in Jakarta."""
PASSWORD = "demo"


class Time:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Site:
    """An application with a house behind it."""

    app: Flask
    office: Office
    time: Time

    def client(self, username: str | None = None) -> FlaskClient:
        """A browser's stand-in; logged in where a name is given."""
        client = self.app.test_client()
        if username:
            answer = post(client, "/masuk", {"username": username, "password": PASSWORD}, page="/masuk")
            assert answer.status_code == 303, answer.text
        return client

    def actor(self, username: str) -> Actor:
        today = self.office.engine.clock.today()
        return self.office.gate.ask(lambda c: load_actor(c, username, today))

    def do(self, username: str, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """A verb of the engine, done by somebody."""
        who, at = self.actor(username), self.office
        return at.gate.do(lambda c: verb(at.engine, c, who, *args, **kwargs))

    def ask(self, username: str, question: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        who, at = self.actor(username), self.office
        return at.gate.ask(lambda c: question(at.engine, c, who, *args, **kwargs))


@pytest.fixture(scope="session")
def app() -> Flask:
    """One application for all tests; `site` puts a house behind it."""
    made = Flask("server.app", static_folder=None)
    nobody: Any = None
    web.create_web(made, nobody, nobody, Config())
    made.register_error_handler(Exception, web.answer_error)
    return made


@pytest.fixture
def site(
    engine: Database,
    app: Flask,
    tmp_path: Any,
    request: pytest.FixtureRequest,
    filled: Filled,
) -> Site:
    filled(engine, publish_leave if "leave" in request.fixturenames else hire)
    time = Time()
    config = replace(Config(), demo=True)
    house = build(config, engine, Clock(now=time))
    app.extensions[EXTENSION] = Office(house.gate, house.engine, config, bundle(tmp_path))
    return Site(app, app.extensions[EXTENSION], time)


def hire(database: Database) -> House:
    """The people of the demo, in a house of theirs."""
    house = build(replace(Config(), demo=True), database, Clock(now=lambda: NOW))

    def fill(connection: Any) -> None:
        fill_demo(connection, house.engine.roles, PASSWORD, NOW)
        personnel_demo.fill_demo(connection, house.engine.roles, house.engine.clock.today())

    house.gate.change(fill)
    return house


def bundle(folder: Any) -> Assets:
    """What scripts/assets would have built, without anything in it."""
    entries = ("app", "form", "diagram", "table", "form-editor", "charts", "rehearsal")
    names = {f"{entry}.{kind}": f"{entry}-H.{kind}" for entry in entries for kind in ("js", "css")}
    for name in names.values():
        for ending in ("", ".gz", ".br"):
            (folder / (name + ending)).write_text(f"{name}{ending}")
    return Assets(folder, names)


def token_of(page: str) -> str:
    found = re.search(r'data-csrf="([0-9a-f]+)"', page)
    assert found, page
    return found[1]


def post(
    client: FlaskClient, path: str, form: Mapping[str, Any] | None = None, page: str = "/sandi", **more: Any
) -> Any:
    """Sends a form as the page that holds it would."""
    token = token_of(client.get(page).text)
    return client.post(path, data={**(form or {}), "_token": token}, **more)


# --- the leave procedure, as a case to work on

LEAVE = [
    *ROOT.glob("bpmn/umum-kepegawaian/pengajuan-cuti.bpmn"),
    *ROOT.glob("dmn/cuti/*.dmn"),
    *ROOT.glob("forms/umum-kepegawaian/pengajuan-cuti-*.form"),
]
XSS = "</script><img src=x onerror=alert(1)>"
FORM = {
    "jenis_cuti": "tahunan",
    "alasan": XSS,
    "mulai": "2026-12-15",
    "selesai": "2026-12-15",
    "alamat_selama_cuti": XSS,
    "telepon": "081234567890",
    "tanda_tangan_pemohon": True,
}

WHY = {"alasan": "menunggu surat"}


@pytest.fixture
def leave(site: Site) -> Site:
    """A site with the leave procedure; `site` has published it for who asks for this."""
    return site


def publish_leave(database: Database) -> None:
    house = hire(database)
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in LEAVE}
    house.gate.do(lambda c: verbs.deploy(house.engine, c, PUBLISHER, files, trial.examine))


def begin(site: Site) -> int:
    """A case of pns's; the key of its first task."""
    site.do("pns", verbs.start, "pengajuan_cuti", {})
    return open_task(site, "pns")


def open_task(site: Site, username: str) -> int:
    return int(
        site.ask(username, search, INBOX, Query(sort=(("creation_date", True),))).items[0]["user_task_key"]
    )


def case_of(site: Site, username: str = "pns") -> int:
    """The case of somebody's first task."""
    return int(site.ask(username, search, INBOX).items[0]["process_instance_key"])


def send(client: FlaskClient, path: str, values: Any) -> Any:
    token = token_of(client.get("/sandi").text)
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    return client.post(path, data=json.dumps(values), content_type="application/json", headers=headers)
