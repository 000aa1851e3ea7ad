"""A worker that is killed while it sends: what its reader gets."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from server import engine as verbs
from server import notify
from server.clock import system_now
from server.db import write
from server.identity.models import Person
from server.notify.models import Mail, Notification, Wish
from tests import live
from tests.diagrams import diagram, end, lane, lanes, path, start, user
from tests.notify.mailserver import MailServer, mail_server

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

BOOK = {
    "bpmn/uji/surat.bpmn": diagram(
        lanes(lane("Sekretaris", "sekretaris", "start"), lane("Staf", "staf_umpeg", "ketik end")),
        start(),
        user("ketik"),
        end(),
        path("start ketik end"),
        id="surat",
        name="Surat keluar",
    )
}


@pytest.fixture
def office(bare_database_url: str) -> Iterator[live.Office]:
    """An office with one mail that is due: a typist was told of a task."""
    with live.office(bare_database_url, BOOK, {"budi": "staf_umpeg", "eko": "sekretaris"}) as office:
        house, eko = office.house, office.actor("eko")
        with write(house.gate.database) as connection:
            connection.execute(update(Person).values(email=Person.username + "@contoh.go.id"))
            connection.execute(insert(Wish), {"username": "budi", "channels": {}, "digest_at": None})
        house.gate.do(lambda c: verbs.start(house.engine, c, eko, "surat", {}))
        house.gate.do(lambda c: notify.announce(house.engine, c, by_mail=True))
        due_now(office, Notification.mail_due_at)
        yield office


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


def due_now(office: live.Office, column: Any) -> None:
    """As when the time has come, or the lease of who died is over."""
    with write(office.house.gate.database) as connection:
        connection.execute(update(column.class_).values({column.key: system_now()}))


def state(office: live.Office) -> str | None:
    return office.house.gate.ask(lambda c: c.execute(select(Mail.state)).scalar())


def working(office: live.Office, server: MailServer) -> Any:
    settings = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port), "SMTP_SECURITY": "none"}
    settings |= {"MAIL_FROM": "Tatalaksana <tatalaksana@contoh.go.id>"}
    return live.running(["server.cli", "worker"], office.environment() | settings)


def test_a_mail_goes_out_again_under_its_message_id_and_only_where_it_may_not_have_come_through(
    office: live.Office, server: MailServer
) -> None:
    with working(office, server) as first:
        # The mail server has the whole mail, and the worker dies before it hears so.
        server.on_mail = lambda mail: first.kill()
        live.wait_for(lambda: not first.alive())
    server.on_mail = lambda mail: None
    assert len(server.received) == 1
    assert state(office) == "WAITING"
    with working(office, server) as second:
        due_now(office, Mail.due_at)
        live.wait_for(lambda: state(office) == "SENT")
        assert second.alive()
    assert len(server.received) == 2
    (known,) = {str(mail["Message-ID"]) for mail in server.received}
    assert known.endswith("@contoh.go.id>")
    assert len({mail.as_string() for mail in server.received}) == 1
