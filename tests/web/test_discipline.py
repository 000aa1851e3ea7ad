"""Kepegawaian and the discipline register over a house: who sees what, and what is noted of it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from server.identity import trail
from server.personnel import register
from server.personnel.models import DisciplineCase, DisciplineStep
from tests.identity.statements import counted
from tests.web.conftest import Site

XSS = '"><img src=x onerror=alert(1)>'
CASE = 7_000


@pytest.fixture
def known(site: Site) -> Site:
    """A case of this year about `pns`, whose watch has ended."""
    days = {
        "langkah": "sp_1",
        "sejak": date(2026, 3, 2),
        "sampai": date(2026, 4, 2),
        "hasil": "ada_perubahan",
    }
    case: dict[str, Any] = {"case_key": CASE, "number": "DISIPLIN-2026-0042", "username": "pns"}
    case["dibuka_pada"] = datetime(2026, 3, 1, tzinfo=UTC)

    def write(connection: Any) -> None:
        connection.execute(insert(DisciplineCase), {**case, **days})
        connection.execute(insert(DisciplineStep), {"key": CASE, "case_key": CASE, **days, "fakta": XSS})

    site.office.gate.change(write)
    return site


def test_the_door_is_for_the_keepers_and_for_superiors(site: Site) -> None:
    for username in ("kasubag_umpeg", "sekretaris", "kepala_dinas"):
        assert "Kepegawaian</span>" in site.client(username).get("/tugas").text, username
    outsider = site.client("pns")
    assert "Kepegawaian</span>" not in outsider.get("/tugas").text
    assert "web.discipline" not in outsider.get("/kepegawaian").text
    assert "/kepegawaian/disiplin" not in outsider.get("/kepegawaian").text


@pytest.mark.both_databases
def test_the_kasubag_finds_a_case_by_every_filter_and_reads_its_ladder(known: Site) -> None:
    kasubag = known.client("kasubag_umpeg")
    assert "DISIPLIN-2026-0042" not in kasubag.get("/kepegawaian/disiplin").text
    for asked in ("cari=0042", "langkah=sp_1", "unit=Sekretariat", "tahun=2026"):
        found = kasubag.get(f"/kepegawaian/disiplin?keadaan=semua&{asked}").text
        assert "DISIPLIN-2026-0042" in found, asked
    for asked in ("cari=tak-ada", "langkah=sp_2", "unit=Lain", "tahun=2020", "terlambat=1", "hal=9"):
        found = kasubag.get(f"/kepegawaian/disiplin?keadaan=semua&{asked}").text
        assert "DISIPLIN-2026-0042" not in found, asked
    page = kasubag.get(f"/kepegawaian/disiplin/{CASE}").text
    assert "SP I" in page
    assert "Ada perubahan" in page
    assert "<img src=x" not in page


def test_nobody_finds_their_own_case_and_strangers_find_none(known: Site) -> None:
    for username in ("pns", "staf_umpeg", "admin", "sekretaris"):
        client = known.client(username)
        assert "DISIPLIN-2026-0042" not in client.get("/kepegawaian/disiplin?keadaan=semua").text, username
        assert client.get(f"/kepegawaian/disiplin/{CASE}").status_code == 404, username


@pytest.mark.both_databases
def test_a_line_is_noted_once_a_day_and_an_opened_case_every_time(known: Site) -> None:
    kasubag = known.client("kasubag_umpeg")

    def noted() -> int:
        entries = known.office.gate.ask(lambda c: trail(c, f"discipline:{CASE}"))
        return len([each for each in entries if each.verb == "discipline.read"])

    for _ in range(3):
        kasubag.get("/kepegawaian/disiplin?keadaan=semua")
    assert noted() == 1
    for _ in range(2):
        kasubag.get(f"/kepegawaian/disiplin/{CASE}")
    assert noted() == 3
    known.time.advance(hours=24)
    known.client("kasubag_umpeg").get("/kepegawaian/disiplin?keadaan=semua")
    assert noted() == 4


def test_the_number_of_statements_does_not_grow_with_the_cases(known: Site) -> None:
    at, who = known.office, known.actor("kasubag_umpeg")
    every = register.Sought(register.Which.ALL)

    def statements(cases: int) -> int:
        with counted(at.gate._reading) as asked:
            found = at.gate.ask(lambda c: register.listed(at.engine, c, who, every, 100).answer)
        assert found.total == cases
        return len(asked)

    statements(2)
    few = statements(2)
    days = {"langkah": "lisan", "sejak": date(2026, 3, 2), "dibuka_pada": datetime(2026, 3, 1, tzinfo=UTC)}
    rows = [{"case_key": CASE + number, "username": "pns", **days} for number in range(1, 41)]
    at.gate.change(lambda c: c.execute(insert(DisciplineCase), rows))
    assert statements(42) == few


def test_deadlines_go_into_other_calendars_for_the_keeper_alone(known: Site) -> None:
    kasubag = known.client("kasubag_umpeg")
    assert "Tidak ada yang jatuh tempo" in kasubag.get("/kepegawaian/disiplin/tenggat").text
    sent = kasubag.get("/kepegawaian/disiplin/tenggat.ics")
    assert sent.content_type == "text/calendar; charset=utf-8"
    assert sent.text.startswith("BEGIN:VCALENDAR\r\n")
    for username in ("sekretaris", "pns"):
        assert known.client(username).get("/kepegawaian/disiplin/tenggat.ics").status_code == 403, username
