from server.db import load_json
from server.identity import trail
from tests.api.conftest import Caller, Office

DAY = "/api/calendar/days/2026-03-03"
PILKADA = {"nama": "Pilkada", "jenis": "libur lokal", "dasar": "Keputusan Bupati 1/2026"}


def test_everybody_reads_the_year(pns: Caller) -> None:
    year = pns.get("/api/calendar/years/2026")
    assert (year["workingDays"], year["tentative"], len(year["days"])) == (240, False, 25)
    assert year["days"][0] == {
        "tanggal": "2026-01-01",
        "nama": "Tahun Baru Masehi",
        "jenis": "libur nasional",
        "dasar": None,
        "perkiraan": False,
    }


def test_an_administrator_changes_days_and_the_trail_says_so(office: Office, admin: Caller) -> None:
    assert load_json(admin.call("PUT", DAY, PILKADA).data) == {"moved": 0}
    assert admin.get("/api/calendar/years/2026")["workingDays"] == 239
    assert admin.call("POST", f"{DAY}/move", {"to": "2026-03-04"}).status_code == 200
    assert admin.call("DELETE", "/api/calendar/days/2026-03-04").status_code == 200
    assert admin.get("/api/calendar/years/2026")["workingDays"] == 240
    entries = office.gate.ask(lambda connection: trail(connection, "calendar"))
    assert [entry.verb for entry in entries] == [
        "calendar.remove_day",
        "calendar.move_day",
        "calendar.put_day",
    ]


def test_a_decree_settles_a_year(admin: Caller) -> None:
    admin.post("/api/calendar/years/2027/settlement", {"dasar": "SKB 2027"})
    assert admin.get("/api/calendar/years/2027")["tentative"] is False


def test_hours_are_set_listed_and_taken_back(admin: Caller) -> None:
    admin.post("/api/calendar/hours", {"name": "Ramadan", "fromDate": "2026-02-18", "toDate": "2026-03-19"})
    admin.post(
        "/api/calendar/hours",
        {"name": "Loket", "fromDate": "2026-01-01", "unit": "piak", "week": {"sabtu": "08:00-12:00"}},
    )
    own, ramadan = admin.get("/api/calendar/hours")["items"]
    assert (own["unit"], own["week"]) == ("piak", {"sabtu": "08:00-12:00"})
    assert ramadan["week"]["jumat"] == "08:00-11:30, 12:30-15:30"
    assert admin.call("DELETE", f"/api/calendar/hours/{own['id']}").status_code == 200
    assert len(admin.get("/api/calendar/hours")["items"]) == 1


def test_nobody_else_changes_anything(pns: Caller) -> None:
    assert pns.call("PUT", DAY, PILKADA).status_code == 403
    hours = {"name": "Ramadan", "fromDate": "2026-02-18"}
    assert pns.call("POST", "/api/calendar/hours", hours).status_code == 403


def test_what_cannot_be_used_is_refused(admin: Caller) -> None:
    assert admin.call("PUT", "/api/calendar/days/besok", PILKADA).status_code == 400
    assert admin.call("PUT", DAY, {"nama": "Pilkada", "jenis": "libur"}).status_code == 400
    assert admin.call("DELETE", DAY).status_code == 404
    assert admin.call("GET", "/api/calendar/years/1999").status_code == 400
    unit = {"name": "Loket", "fromDate": "2026-01-01", "unit": "tidak-ada"}
    assert "bidang ini tidak ada" in admin.call("POST", "/api/calendar/hours", unit).text
