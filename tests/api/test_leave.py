"""The leave book for programs: whose balances one reads, and what its keeper corrects."""

from datetime import date

import pytest
from sqlalchemy import insert

from server.db import load_json, write
from server.personnel import NewEmployee, add_employee
from server.personnel.models import LeaveRequest
from tests.api.conftest import NOW, ROOT, Caller, Office

CORRECTION = {"terpakai": 2, "version": 0, "alasan": "Buku lama"}


@pytest.fixture
def book(office: Office, admin: Caller) -> Office:
    """Three employees, the tables of leave, and a request of `pns` that nobody has decided."""
    tables = (ROOT / "dmn" / "cuti" / "penelitian-cuti.dmn").read_bytes()
    assert admin.upload(cuti__dmn=tables).status_code == 200
    asked = {"case_key": 9, "username": "pns", "tahun": 2026, "jenis": "tahunan", "lama": 3}
    days = {"mulai": date(2026, 4, 1), "selesai": date(2026, 4, 6), "diajukan_pada": NOW}
    with write(office.gate.database) as connection:
        for username in ("pns", "tetangga", "kasubag_umpeg"):
            new = NewEmployee(username, "Pelaksana", "Sekretariat", date(2010, 1, 1), 2026)
            add_employee(connection, new)
        connection.execute(insert(LeaveRequest), {**asked, **days})
    return office


def test_the_kasubag_reads_all_balances_and_requests(book: Office, kasubag: Caller) -> None:
    found = kasubag.get("/api/leave/balances?year=2026&words=pns")
    (pns,) = found["items"]
    assert (found["totalItems"], pns["pagu"], pns["diajukan"], pns["sisa"], pns["fault"]) == (
        1,
        12,
        3,
        9,
        None,
    )
    assert kasubag.get("/api/leave/balances")["totalItems"] == 3
    assert [each["username"] for each in kasubag.get("/api/leave/requests?status=diajukan")["items"]] == [
        "pns"
    ]
    assert kasubag.get("/api/leave/requests?status=ditolak")["totalItems"] == 0


def test_others_read_their_own(book: Office, pns: Caller) -> None:
    assert [each["username"] for each in pns.get("/api/leave/balances")["items"]] == ["pns"]
    assert pns.get("/api/leave/requests")["totalItems"] == 1
    years = pns.get("/api/leave/balances/pns")["items"]
    assert [each["tahun"] for each in years] == [2026, 2025, 2024]
    assert pns.call("GET", "/api/leave/balances/tetangga").status_code == 404
    assert book.caller("tetangga").get("/api/leave/requests")["totalItems"] == 0


def test_a_correction_is_for_the_keeper_and_names_the_version_that_it_changes(
    book: Office, kasubag: Caller, pns: Caller
) -> None:
    address = "/api/leave/balances/pns/2026"
    assert pns.call("PUT", address, CORRECTION).status_code == 403
    assert book.caller("tetangga").call("PUT", address, CORRECTION).status_code == 404
    assert load_json(kasubag.call("PUT", address, CORRECTION).data)["version"] == 1
    assert kasubag.call("PUT", address, CORRECTION).status_code == 409
    assert kasubag.get("/api/leave/balances/pns?count=1")["items"][0]["page"]["terpakai"] == 2
    for wrong in ({"alasan": ""}, {"terpakai": 10}, {"terpakai": -1}):
        answer = kasubag.call("PUT", address, {**CORRECTION, "version": 1, **wrong})
        assert answer.status_code == 400, wrong
    for year in ("1", "99999", "x"):
        assert kasubag.call("PUT", f"/api/leave/balances/pns/{year}", CORRECTION).status_code in (400, 404)
