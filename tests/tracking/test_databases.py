"""What tracking keeps, on both databases."""

from datetime import date

import pytest
from sqlalchemy import Engine as Database

from server import engine as verbs
from server import identity, tracking
from server.app import build
from server.cli import PUBLISHER
from server.clock import Clock
from server.config import Config
from server.db import write
from server.engine import trial
from tests.diagrams import diagram, end, lane, lanes, path, start, user
from tests.tracking.conftest import BORN, NOW, Counter

DRAWN = diagram(
    lanes(lane("Pegawai", "pns", "start"), lane("Kasubag", "kasubag_umpeg", "periksa end")),
    start(),
    user("periksa"),
    end(),
    path("start periksa end"),
    id="izin",
    name="Izin",
)


@pytest.mark.both_databases
def test_a_code_is_issued_asked_for_wrongly_and_rightly_and_replaced(engine: Database) -> None:
    counter = Counter(build(Config(), engine, Clock(now=lambda: NOW)))
    house = counter.house
    with write(engine) as connection:
        identity.fill_demo(connection, house.engine.roles, "demo", NOW)
    house.gate.do(lambda c: verbs.deploy(house.engine, c, PUBLISHER, {"izin.bpmn": DRAWN}, trial.examine))
    case = counter.start("izin", "pns")
    receipt = counter.receipt(case, "pns", date(1990, 7, 1))
    assert receipt.kode is not None
    nip = counter.ask("pns", tracking.request, case).nip
    answer = nip or BORN
    with pytest.raises(tracking.NotRecognised):
        counter.follow(receipt.kode, "0000")
    assert counter.follow(receipt.kode, answer).progress.stages == (
        "Sedang diperiksa Kasubag Umum dan Kepegawaian",
    )
    renewed = counter.code(case, "pns", renew=True)
    with pytest.raises(tracking.NotRecognised):
        counter.follow(receipt.kode, answer)
    assert counter.follow(renewed, answer).case_key == case
