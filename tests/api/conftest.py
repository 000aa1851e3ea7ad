"""An office of six behind its API, one small procedure, and clients that call as one of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine as Database
from werkzeug.test import TestResponse

from server.api import answer_error, create_api
from server.api.office import EXTENSION
from server.api.office import Office as Behind
from server.clock import Clock
from server.db import Keys, dump_json, load_json, write
from server.engine import Call, Engine, Handler, Handlers, Outcome, trial
from server.gate import Gate
from server.identity import (
    Grant,
    Holding,
    Login,
    NewPerson,
    Permission,
    add_person,
    give_first_grants,
    grant,
    hold,
    issue_token,
    read_roles,
)
from tests.conftest import Filled
from tests.diagrams import diagram, end, exclusive, flow, lane, lanes, path, rule, start, user

ROOT = Path(__file__).parents[2]
ROLES = read_roles((ROOT / "bpmn" / "roles.yaml").read_bytes())
PEOPLE = {
    "admin": None,
    "pns": ("pns", None),
    "tetangga": ("pns", None),
    "kasubag_umpeg": ("kasubag_umpeg", None),
    "sekretaris": ("sekretaris", None),
    "kasi_capil": ("kepala_seksi", "pencatatan-sipil"),
}
"""Username → role and bidang. `tetangga` is another one of the staff."""
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def fail(call: Call) -> Outcome:
    raise RuntimeError("printer terbakar")


FAILING = Handler("uji.gagal", "Selalu gagal", "after", fail)


def form(id: str, *keys: str) -> bytes:
    """A form of required text fields."""
    fields = [{"type": "textfield", "key": key, "id": key, "validate": {"required": True}} for key in keys]
    return dump_json({"type": "default", "id": id, "schemaVersion": 19, "components": fields}).encode()


IZIN = diagram(
    lanes(
        lane("Pegawai", "pns", "start"),
        lane("Kasubag", "kasubag_umpeg", "nilai periksa putusan end"),
        lane("Sekretaris", "sekretaris", "setujui"),
    ),
    start(form="permohonan"),
    rule("nilai", "lama", "lama"),
    user("periksa", form="pemeriksaan", priority=70),
    exclusive("putusan", default="putusan_setujui"),
    user("setujui", due="2026-03-05T10:00:00Z"),
    end(),
    path("start nilai periksa putusan setujui end"),
    flow("putusan", "periksa", '=catatan = "ulang"'),
    id="izin",
    name="Izin keluar kantor",
)
LAMA = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="izin_tabel" name="Tabel izin" namespace="uji">
  <decision id="lama" name="Lama izin">
    <variable name="lama"/>
    <decisionTable id="tabel" hitPolicy="FIRST">
      <input id="masuk" label="Alasan"><inputExpression><text>alasan</text></inputExpression></input>
      <output id="keluar" name="jam"/>
      <rule id="sakit"><inputEntry><text>"sakit"</text></inputEntry><outputEntry><text>8</text></outputEntry></rule>
      <rule id="lain"><inputEntry><text>-</text></inputEntry><outputEntry><text>2.50</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""
FILES = {
    "izin.bpmn": IZIN,
    "lama.dmn": LAMA,
    "permohonan.form": form("permohonan", "alasan"),
    "pemeriksaan.form": form("pemeriksaan", "catatan"),
}


@dataclass
class Caller:
    """One person's client. JSON goes out and comes in as the house writes it."""

    client: FlaskClient
    token: str | None

    def call(self, method: str, url: str, json: Any = None, **kwargs: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if json is not None:
            kwargs |= {"data": dump_json(json), "content_type": "application/json"}
        return self.client.open(url, method=method, headers=headers, **kwargs)

    def get(self, url: str) -> Any:
        return read(self.call("GET", url))

    def post(self, url: str, json: Any = None) -> Any:
        return read(self.call("POST", url, json))

    def upload(self, **files: bytes) -> TestResponse:
        """Files by name, `__` for the dot."""
        sent = [(BytesIO(body), name.replace("__", ".")) for name, body in files.items()]
        return self.call("POST", "/v2/deployments", data={"resources": sent})

    def search(self, what: str, **query: Any) -> Any:
        return self.post(f"/v2/{what}/search", query)

    def items(self, what: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.search(what, **query)["items"]
        return found


def read(response: TestResponse) -> Any:
    """The JSON of an answer that is expected to be good."""
    assert response.status_code < 300, response.text
    return load_json(response.data) if response.data else None


class Time:
    """A clock's present, which tests move."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    app: Flask
    gate: Gate
    engine: Engine
    time: Time

    def caller(self, username: str) -> Caller:
        now = self.gate.clock.now()
        with write(self.gate.database) as connection:
            token = issue_token(connection, username, "uji", Permission, now, now + timedelta(days=1))
        return Caller(self.app.test_client(), token.text)

    def anybody(self) -> Caller:
        return Caller(self.app.test_client(), None)


def hire(database: Database) -> None:
    """Everybody, with the roles' first permissions; all of them for the administrator."""
    with write(database) as connection:
        for username, held in PEOPLE.items():
            add_person(connection, NewPerson(username, username.title()), NOW)
            if held is not None:
                hold(connection, ROLES, Holding(username, *held, from_date=NOW.date()))
        give_first_grants(connection, ROLES)
        for permission in Permission:
            grant(connection, ROLES, Grant(permission, username="admin"))


@pytest.fixture(scope="session")
def app() -> Flask:
    """One application for all tests, as making it takes longer than most of them; `office` puts a house behind it."""
    made = Flask(__name__)
    nobody: Any = None
    create_api(made, nobody, nobody)
    made.register_error_handler(Exception, answer_error)
    return made


@pytest.fixture
def office(engine: Database, app: Flask, filled: Filled) -> Office:
    filled(engine, hire)
    time = Time()
    clock = Clock(now=time)
    gate = Gate(engine, clock, Login())
    rooms = Engine(Keys(engine), ROLES, Handlers([FAILING]), clock)
    app.extensions[EXTENSION] = Behind(gate, rooms, trial.examine)
    return Office(app, gate, rooms, time)


@pytest.fixture
def admin(office: Office) -> Caller:
    return office.caller("admin")


@pytest.fixture
def pns(office: Office) -> Caller:
    """Somebody of the staff: starts cases, holds nothing else."""
    return office.caller("pns")


@pytest.fixture
def kasubag(office: Office) -> Caller:
    return office.caller("kasubag_umpeg")


@pytest.fixture
def published(admin: Caller) -> Any:
    """The small procedure, published."""
    return read(admin.upload(**{name.replace(".", "__"): body for name, body in FILES.items()}))


@pytest.fixture
def case(published: Any, pns: Caller) -> str:
    """A case that waits for `periksa`."""
    started = pns.post(
        "/v2/process-instances", {"processDefinitionId": "izin", "variables": {"alasan": "dinas"}}
    )
    key: str = started["processInstanceKey"]
    return key


@pytest.fixture
def task(case: str, kasubag: Caller) -> str:
    """The key of its task."""
    key: str = kasubag.items("user-tasks", filter={"processInstanceKey": case})[0]["userTaskKey"]
    return key
