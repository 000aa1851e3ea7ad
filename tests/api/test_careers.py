"""Employees, their files, what is due and the seniority list, for programs; for the right callers and for the wrong ones."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from server import engine as verbs
from server.cli import PUBLISHER
from server.db import write
from server.engine import trial
from server.identity import Holding, NewPerson, add_person, hold
from server.personnel.employee_sheet import template
from tests.api.conftest import NOW, ROLES, ROOT, Caller, Office, read
from tests.diagrams import diagram, end, extensions, lane, lanes, path, props, start, user

RAISE = diagram(
    extensions(props({"bidang": "umum-kepegawaian"})),
    lanes(lane("Kasubag", "kasubag_umpeg", "start periksa end")),
    start(),
    user("periksa"),
    end(),
    path("start periksa end"),
    id="kenaikan_gaji_berkala",
    name="Kenaikan gaji berkala",
)
FILES = {path.name: path.read_bytes() for path in ROOT.glob("dmn/kepegawaian/*.dmn")}
ENTRIES: list[tuple[str, str, dict[str, Any]]] = [
    ("status", "2015-06-01", {"status": "PNS"}),
    ("pangkat", "2024-06-01", {"golongan": "III/b", "mkg_tahun": 9, "mkg_bulan": 0}),
    ("jabatan", "2020-01-02", {"nama": "Analis", "unit": "Umum", "kelompok": "pelaksana"}),
    ("kgb", "2024-06-01", {"mkg_tahun": 10, "mkg_bulan": 0}),
    ("kinerja", "2025-01-15", {"tahun": 2024, "predikat": "baik"}),
    ("kinerja", "2026-01-15", {"tahun": 2025, "predikat": "baik"}),
]
WHO = {"username": "pns", "jabatan": "Analis", "unit": "Umum", "mulaiKerja": "2014-06-01"}


@pytest.fixture
def staf(office: Office) -> Caller:
    with write(office.gate.database) as connection:
        add_person(connection, NewPerson("staf_umpeg", "Staf"), NOW)
        hold(connection, ROLES, Holding("staf_umpeg", "staf_umpeg", None, date(2026, 1, 1)))
    files = FILES | {"kgb.bpmn": RAISE}
    office.gate.do(lambda c: verbs.deploy(office.engine, c, PUBLISHER, files, trial.examine))
    staf = office.caller("staf_umpeg")
    assert staf.call("POST", "/api/employees", WHO).status_code == 204
    for jenis, tmt, isi in ENTRIES:
        staf.post("/api/employees/pns/riwayat", {"jenis": jenis, "tmt": tmt, "isi": isi})
    return staf


def test_a_file_is_kept_corrected_and_read(staf: Caller, pns: Caller) -> None:
    (found,) = staf.get("/api/employees?text=analis")["items"]
    assert (found["golongan"], found["tmtPangkat"], found["status"]) == ("III/b", "2024-06-01", "PNS")
    entries = pns.get("/api/employees/pns/riwayat")["items"]
    rank = next(each for each in entries if each["jenis"] == "pangkat")
    place = f"/api/employees/pns/riwayat/{rank['entryKey']}"
    better = {"tmt": "2024-07-01", "isi": rank["isi"] | {"golongan": "III/c"}}
    key = staf.post(f"{place}/correction", better)["entryKey"]
    assert staf.call("POST", f"{place}/correction", better).status_code == 409
    kept = {each["entryKey"]: each for each in pns.get("/api/employees/pns/riwayat")["items"]}
    assert (kept[key]["replaces"], kept[rank["entryKey"]]["replacedBy"]) == (rank["entryKey"], key)
    assert staf.call("DELETE", f"/api/employees/pns/riwayat/{key}").status_code == 204
    assert pns.get("/api/employees/pns")["golongan"] is None


def test_what_cannot_be_is_refused_by_the_name_of_its_field(staf: Caller) -> None:
    wrong = {"jenis": "pangkat", "tmt": "2024-06-01", "isi": {"golongan": "V/a"}}
    answer = staf.call("POST", "/api/employees/pns/riwayat", wrong)
    assert answer.status_code == 400
    assert "golongan" in answer.text
    assert staf.call("PUT", "/api/employees/pns", {"jabatan": "x"}).status_code == 400
    assert staf.call("GET", "/api/reminders?month=soon").status_code == 400


def test_what_is_due_is_started_once(staf: Caller, kasubag: Caller) -> None:
    (due,) = kasubag.get("/api/reminders?jenis=kgb&month=2026-06")["items"]
    assert (due["username"], due["tmt"], due["putusan"], due["ready"]) == (
        "pns",
        "2026-06-01",
        "USULKAN",
        True,
    )
    asked = {"username": "pns", "jenis": "kgb", "tmt": "2026-06-01"}
    first = kasubag.post("/api/reminders/start", asked)
    again = kasubag.post("/api/reminders/start", asked)
    assert (first["again"], again["again"]) == (False, True)
    assert first["processInstanceKey"] == again["processInstanceKey"]
    (due,) = kasubag.get("/api/reminders?jenis=kgb")["items"]
    assert due["perkara"]["number"] == first["number"]


def test_the_seniority_list_is_of_a_day(staf: Caller) -> None:
    (seat,) = staf.get("/api/seniority?tanggal=2025-12-31")["items"]
    assert (seat["nomor"], seat["golongan"], seat["masaKerjaTahun"], seat["masaKerjaBulan"]) == (
        1,
        "III/b",
        11,
        6,
    )
    assert staf.get("/api/seniority?tanggal=2010-01-01")["items"] == []


def test_others_read_and_write_nothing_but_read_their_own(staf: Caller, pns: Caller, office: Office) -> None:
    other = office.caller("tetangga")
    for place in ("/api/employees", "/api/reminders", "/api/seniority"):
        assert pns.call("GET", place).status_code == 403
    for place in ("/api/employees/pns", "/api/employees/pns/riwayat", "/api/employees/pns/reminders"):
        assert pns.call("GET", place).status_code == 200
        assert other.call("GET", place).status_code == 404
    body = {"jenis": "ujian", "tmt": "2026-01-01", "isi": {"ujian": "upkp"}}
    assert pns.call("POST", "/api/employees/pns/riwayat", body).status_code == 403
    assert pns.call("PUT", "/api/employees/pns", dict(WHO, username=None)).status_code in (400, 403)
    assert read(office.caller("sekretaris").call("GET", "/api/employees"))["items"]


def test_a_sheet_is_shown_and_applied_by_its_digest(staf: Caller, pns: Caller) -> None:
    book = load_workbook(BytesIO(template()))
    at: Any = book.active
    row = {"Nama pengguna": "ani", "Jabatan": "Analis", "Unit kerja": "Umum", "Mulai kerja": "01-03-2020"}
    for cell in at[3]:
        at.cell(4, cell.column, row.get(cell.value))
    stream = BytesIO()
    book.save(stream)

    def send(caller: Caller) -> Any:
        sent = {"file": (BytesIO(stream.getvalue()), "p.xlsx")}
        return caller.call("POST", "/api/employee-uploads", data=sent)

    assert send(pns).status_code == 403
    shown = read(send(staf))
    assert [(each["username"], each["fate"], each["newPerson"]) for each in shown["items"]] == [
        ("ani", "baru", True)
    ]
    place = f"/api/employee-uploads/{shown['uploadId']}"
    assert staf.get(place) == shown
    assert pns.call("GET", place).status_code == 403
    assert staf.call("POST", f"{place}/application", {"digest": "0" * 64}).status_code == 409
    assert staf.post(f"{place}/application", {"digest": shown["digest"]}) == {"new": 1, "changed": 0}
    assert staf.get("/api/employees/ani")["jabatan"] == "Analis"
    assert staf.call("POST", f"{place}/application", {"digest": shown["digest"]}).status_code == 404
