"""An office with a procedure, its table and its form in force, and two owners of it."""

from typing import Any

import pytest
from sqlalchemy import Engine as Database

from server import authoring
from server.db import read
from server.engine import trial
from server.identity import Actor, Permission
from tests.api.conftest import IZIN, LAMA, form
from tests.engine.conftest import Office, person

BUDI = person("budi", may=(Permission.DEPLOY,))
SARI = person("sari", may=(Permission.DEPLOY,))
NOBODY = person("pns")


def owner_of(*fields: str) -> Actor:
    """Somebody who may publish in these fields alone."""
    return Actor(
        "terbatas",
        "Terbatas",
        frozenset(),
        frozenset({Permission.DEPLOY}),
        limits={Permission.DEPLOY: frozenset(fields)},
    )


class Workshop:
    """The verbs of the room as tests use them."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def ask(self, question: Any, *args: Any, by: Actor = BUDI, **kwargs: Any) -> Any:
        with read(self.office.database) as connection:
            return question(self.office.engine, connection, by, *args, **kwargs)

    def do(self, verb: Any, *args: Any, by: Actor = BUDI, **kwargs: Any) -> Any:
        return self.office.do(lambda c: verb(self.office.engine, c, by, *args, **kwargs))

    def open(self, kind: str = "process", id_: str = "izin", by: Actor = BUDI) -> Any:
        """The draft of what is in force."""
        return self.ask(authoring.find, self.do(authoring.open_draft, kind, id_, by=by), by=by)

    def examine(self, *keys: int, body: bytes | None = None, by: Actor = BUDI) -> Any:
        return self.ask(authoring.examine, list(keys), body, trial.read, by=by)

    def publish(self, *chosen: Any, note: str = "Sesuai edaran", by: Actor = BUDI) -> Any:
        return self.do(authoring.publish, list(chosen), note, trial.examine, by=by)


@pytest.fixture
def workshop(engine: Database) -> Workshop:
    office = Office(engine)
    office.publish(
        izin=IZIN,
        lama__dmn=LAMA,
        permohonan__form=form("permohonan", "alasan"),
        pemeriksaan__form=form("pemeriksaan", "catatan"),
    )
    return Workshop(office)
