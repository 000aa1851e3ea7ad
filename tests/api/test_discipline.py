from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from server.db import load_json, write
from server.identity import trail
from server.personnel import NewEmployee, add_employee
from server.personnel.models import DisciplineCase, DisciplineStep
from tests.api.conftest import Caller, Office

NOTHING: dict[str, object] = {"items": [], "totalItems": 0}


@pytest.fixture
def known(office: Office) -> str:
    """A case of earlier years, about `tetangga`."""
    days = {
        "langkah": "sp_1",
        "sejak": date(2025, 3, 3),
        "sampai": date(2025, 4, 3),
        "hasil": "ada_perubahan",
    }
    opened = datetime(2025, 3, 1, tzinfo=UTC)
    case = {"case_key": 7, "number": "DISIPLIN-2025-0001", "username": "tetangga", "dibuka_pada": opened}
    with write(office.gate.database) as connection:
        add_employee(connection, NewEmployee("tetangga", "Pelaksana", "Sekretariat", date(2010, 1, 1), 2020))
        connection.execute(insert(DisciplineCase), {**case, **days})
        connection.execute(insert(DisciplineStep), {"key": 7, "case_key": 7, **days, "fakta": "Alpa."})
    return "7"


def test_the_kasubag_reads_the_register(known: str, kasubag: Caller, office: Office) -> None:
    assert kasubag.get("/api/discipline") == NOTHING
    (found,) = kasubag.get("/api/discipline?state=all")["items"]
    assert (found["caseKey"], found["langkah"], found["terbuka"]) == (known, "sp_1", False)
    one = kasubag.get(f"/api/discipline/{known}")
    assert one["riwayat"] == [
        {
            "langkah": "sp_1",
            "sejak": "2025-03-03",
            "sampai": "2025-04-03",
            "hasil": "ada_perubahan",
            "fakta": "Alpa.",
        }
    ]
    noted = office.gate.ask(lambda connection: trail(connection, "discipline:7"))
    assert [entry.actor for entry in noted] == ["kasubag_umpeg"] * 2


def test_nobody_else_is_told_that_there_is_a_case(known: str, office: Office, admin: Caller) -> None:
    for caller in (office.caller("tetangga"), office.caller("pns"), admin):
        assert caller.get("/api/discipline?state=all") == NOTHING
        answer = caller.call("GET", f"/api/discipline/{known}")
        assert (answer.status_code, load_json(answer.data)["status"]) == (404, 404)


def test_the_register_is_filtered_and_paged(known: str, kasubag: Caller) -> None:
    for asked in ("langkah=sp_1", "unit=Sekretariat", "year=2025", "words=2025-0001", "state=ended"):
        found = kasubag.get(f"/api/discipline?state=all&{asked}".replace("state=all&state", "state"))
        assert found["totalItems"] == 1, asked
    for asked in ("langkah=lisan", "unit=x", "year=2026", "words=x", "late=true"):
        assert kasubag.get(f"/api/discipline?state=all&{asked}") == NOTHING, asked
    assert kasubag.get("/api/discipline?state=all&offset=1") == {"items": [], "totalItems": 1}
    assert kasubag.call("GET", "/api/discipline?limit=0").status_code == 400
    assert kasubag.call("GET", "/api/discipline?langkah=lama").status_code == 400
    assert kasubag.get("/api/discipline/deadlines") == {"items": []}
