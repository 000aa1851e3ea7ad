"""One server with its worker for all clients: somebody who may do everything, and what they deploy as files."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from server.clock import system_now
from server.db import read, write
from server.engine.tables import Timer
from server.identity import Grant, Permission, grant, register_client, set_password
from tests import live
from tests.clients.procedure import FILES

USERNAME = "pegawai"
PASSWORD = "kata-sandi-untuk-diuji"


@dataclass(frozen=True)
class Site:
    """A server that listens at `address`, and the folder with the files to deploy."""

    office: live.Office
    folder: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.office.config.port}"

    @property
    def token(self) -> str:
        return self.office.tokens[USERNAME]

    @property
    def files(self) -> list[str]:
        return [str(self.folder / name) for name in FILES if name != "kirim.bpmn"]

    def let_timers_come(self) -> None:
        """Every timer is due now, and has one try left."""
        soon = update(Timer).where(Timer.due_at > system_now() + timedelta(minutes=2))
        with write(self.office.house.gate.database) as connection:
            connection.execute(soon.values(due_at=system_now(), retries=1))

    def waits(self) -> bool:
        later = Timer.due_at > system_now() + timedelta(minutes=2)
        with read(self.office.house.gate.database) as connection:
            return connection.execute(select(Timer.key).where(later)).first() is not None


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("clients")
    for name, body in FILES.items():
        (folder / name).write_bytes(body)
    url = f"sqlite:///{folder}/office.db"
    with live.office(url, {}, {USERNAME: "pns"}) as office:
        _allow_everything(office)
        settings = office.environment() | {"JOB_TYPES": "uji.*"}
        with live.running(["server.cli", "serve"], settings) as server:
            live.await_port(office.config.port, server)
            yield Site(office, folder)


def _allow_everything(office: live.Office) -> None:
    with write(office.house.gate.database) as connection:
        set_password(connection, USERNAME, PASSWORD, system_now())
        for permission in Permission:
            grant(connection, office.house.engine.roles, Grant(permission, username=USERNAME))


def basic(site: Site) -> dict[str, str]:
    return {
        "CAMUNDA_AUTH_STRATEGY": "BASIC",
        "CAMUNDA_BASIC_AUTH_USERNAME": USERNAME,
        "CAMUNDA_BASIC_AUTH_PASSWORD": PASSWORD,
    }


def oauth(site: Site) -> dict[str, str]:
    now = system_now()
    with write(site.office.house.gate.database) as connection:
        client = register_client(connection, USERNAME, "klien", Permission, now, now + timedelta(days=1))
    return {
        "CAMUNDA_AUTH_STRATEGY": "OAUTH",
        "CAMUNDA_OAUTH_URL": f"{site.address}/oauth/token",
        "CAMUNDA_TOKEN_AUDIENCE": "tatalaksana",
        "CAMUNDA_TOKEN_DISK_CACHE_DISABLE": "true",
        "CAMUNDA_CLIENT_ID": client.id,
        "CAMUNDA_CLIENT_SECRET": client.secret,
        "ZEEBE_CLIENT_ID": client.id,
        "ZEEBE_CLIENT_SECRET": client.secret,
    }


LOGINS: Mapping[str, Callable[[Site], dict[str, str]]] = {"basic": basic, "oauth": oauth}


@pytest.fixture(params=LOGINS)
def login(request: pytest.FixtureRequest, site: Site) -> dict[str, str]:
    """How a client says who it is, in the settings that Camunda's clients share."""
    return LOGINS[request.param](site)


@pytest.fixture(autouse=True)
def impatient(site: Site) -> Iterator[None]:
    """While a client works, nobody waits an hour for a timer."""
    over = threading.Event()

    def hurry() -> None:
        while not over.wait(0.2):
            if site.waits():
                site.let_timers_come()

    clock = threading.Thread(target=hurry)
    clock.start()
    yield
    over.set()
    clock.join()
