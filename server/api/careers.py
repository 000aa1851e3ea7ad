"""Employees, their files, what comes due for them (the reminder book), and the seniority list (DUK).

For who keeps the files and who may see every case; everybody reads their own file. What is confidential is left out for others.
"""

from datetime import date
from typing import Any, Final

from marshmallow import validate

from server.api.blueprint import Blueprint, done
from server.api.calendar import Day
from server.api.office import actor, ask, do, office
from server.api.schemas import (
    Flag,
    Instant,
    Key,
    Listed,
    Object_,
    Schema,
    Text,
    Whole,
    WholeText,
    Within,
    Word,
)
from server.personnel import career, nip, reminder_book
from server.personnel.career import Facts
from server.personnel.career_kinds import JENIS
from server.personnel.employees import EmployeeRecord
from server.personnel.reminder_book import KINDS, Due
from server.personnel.seniority import Seat, seniority

employees = Blueprint(
    "employees", __name__, url_prefix="/api/employees", description="Employees and their files."
)
reminders = Blueprint(
    "reminders", __name__, url_prefix="/api/reminders", description="What comes due for employees."
)
seniorities = Blueprint(
    "seniority", __name__, url_prefix="/api/seniority", description="The seniority list (DUK)."
)
MOST: Final = 200
MONTH: Final = validate.Regexp(r"\d{4}-\d{2}$", error="harus berupa bulan, seperti 2027-03")


# --- schema


class EmployeeFacts(Schema):
    """`mulaiKerja`: TMT CPNS."""

    jabatan = Text(required=True)
    unit = Text(required=True)
    mulai_kerja = Day(required=True)
    tanggal_lahir = Day(load_default=None, allow_none=True)


class NewEmployeeBody(EmployeeFacts):
    username = Text(required=True)


class Employee(Schema):
    """With what holds today; `status` is BERHENTI of who no longer serves here."""

    username = Text(required=True)
    nama = Text(required=True)
    nip = Text(required=True, allow_none=True)
    jabatan = Text(required=True)
    unit = Text(required=True)
    mulai_kerja = Day(required=True)
    tanggal_lahir = Day(required=True, allow_none=True)
    status = Text(required=True, allow_none=True)
    golongan = Text(required=True, allow_none=True)
    tmt_pangkat = Day(required=True, allow_none=True)


class EmployeeInFull(Employee):
    """`keraguan`: what is doubtful about the NIP."""

    keraguan = Listed(Text(), required=True)


class Employees(Schema):
    """`endCursor`: the last username; null where nobody follows."""

    items = Listed(Within(Employee), required=True)
    end_cursor = Text(required=True, allow_none=True)


class EmployeeQuery(Schema):
    """`text`: words in the name, NIP, username, post or unit; `left`: also who no longer serves here."""

    text = Text(load_default="")
    after = Text(load_default=None)
    left = Word(("true", "false"), load_default="false")
    limit = WholeText(least=1, most=MOST, load_default=50)


class EntryBody(Schema):
    """`isi`: the fields of its kind, as the file's page names them; `tmt`: since when it counts."""

    jenis = Word(tuple(JENIS), required=True)
    tmt = Day(required=True)
    isi = Object_(required=True)


class CorrectionBody(Schema):
    """What takes the place of an entry, of the same kind."""

    tmt = Day(required=True)
    isi = Object_(required=True)


class EntryOfFile(Schema):
    """`replaces`: the entry that this one corrects; `replacedBy`: the one that corrects this; `struck`: it says that there was none."""

    entry_key = Key(required=True, attribute="key")
    jenis = Text(required=True)
    tmt = Day(required=True)
    isi = Object_(required=True)
    holds = Flag(required=True)
    struck = Flag(required=True, attribute="batal")
    replaces = Key(required=True, allow_none=True, attribute="mengganti")
    replaced_by = Key(required=True, allow_none=True)
    by = Text(required=True, attribute="dicatat_oleh")
    at = Instant(required=True, attribute="dicatat_pada")


class EntriesOfFile(Schema):
    items = Listed(Within(EntryOfFile), required=True)


class EntryKey(Schema):
    entry_key = Key(required=True)


class RunningCase(Schema):
    """`number` is null for who may not see the case."""

    process_instance_key = Key(required=True, attribute="key")
    number = Text(required=True, allow_none=True)
    state = Text(required=True)


class ReminderStep(Schema):
    tanggal = Day(required=True)
    tindakan = Text(required=True)


class DueItem(Schema):
    """`mulai`: in the book since; `usul`: by when papers are to be out; `rincian`: what changes, by kind; `ready`: may be started."""

    username = Text(required=True)
    nama = Text(required=True)
    nip = Text(required=True, allow_none=True)
    jabatan = Text(required=True)
    unit = Text(required=True)
    golongan = Text(required=True, allow_none=True)
    jenis = Text(required=True)
    tmt = Day(required=True, allow_none=True)
    mulai = Day(required=True, allow_none=True)
    usul = Day(required=True, allow_none=True)
    putusan = Text(required=True)
    alasan = Listed(Text(), required=True)
    dasar = Text(required=True, allow_none=True)
    rincian = Object_(required=True)
    ingatkan = Listed(Within(ReminderStep), required=True)
    perkara = Within(RunningCase, required=True, allow_none=True)
    ready = Flag(required=True, attribute="is_ready")


class DueItems(Schema):
    items = Listed(Within(DueItem), required=True)


class ReminderQuery(Schema):
    """`month`: in which it is due, as `2027-03`."""

    jenis = Word(tuple(KINDS), load_default=None)
    month = Text(load_default=None, validate=MONTH)


class StartBody(Schema):
    """Which row: the employee, the kind and the day on which it is due."""

    username = Text(required=True)
    jenis = Word(tuple(KINDS), required=True)
    tmt = Day(required=True)


class StartedCase(Schema):
    """`again`: the case was there before."""

    process_instance_key = Key(required=True, attribute="key")
    number = Text(required=True, allow_none=True)
    again = Flag(required=True)


class SeatOfList(Schema):
    nomor = Whole(required=True)
    username = Text(required=True)
    nama = Text(required=True)
    nip = Text(required=True, allow_none=True)
    golongan = Text(required=True, allow_none=True)
    tmt_pangkat = Day(required=True, allow_none=True)
    jabatan = Text(required=True)
    tingkat = Text(required=True, allow_none=True)
    tmt_jabatan = Day(required=True, allow_none=True)
    masa_kerja_tahun = Whole(required=True)
    masa_kerja_bulan = Whole(required=True)
    diklat = Text(required=True, allow_none=True)
    pendidikan = Text(required=True, allow_none=True)
    usia = Whole(required=True, allow_none=True)
    catatan = Text(required=True)


class SeniorityList(Schema):
    tanggal = Day(required=True)
    items = Listed(Within(SeatOfList), required=True)


class SeniorityQuery(Schema):
    """`tanggal`: as of which day; today where it is left out."""

    tanggal = Day(load_default=None)


# --- list


@employees.get("")
@employees.arguments(EmployeeQuery, location="query")
@employees.response(200, Employees)
def get_employees(query: dict[str, Any]) -> dict[str, Any]:
    """Employees by username."""
    most = query["limit"]
    found = ask(career.list_employees, query["text"], query["after"], most + 1, query["left"] == "true")
    last = found[most - 1].employee.username if len(found) > most else None
    return {"items": [_employee(each.employee, each.career) for each in found[:most]], "end_cursor": last}


@reminders.get("")
@reminders.arguments(ReminderQuery, location="query")
@reminders.response(200, DueItems)
def get_reminders(query: dict[str, Any]) -> dict[str, Any]:
    """What stands in the reminder book today, the earliest first."""
    found = ask(reminder_book.book).due
    _note_reading(found)
    month = query["month"]
    items = [
        each
        for each in found
        if query["jenis"] in (None, each.jenis)
        and (month is None or (each.tmt is not None and f"{each.tmt:%Y-%m}" == month))
    ]
    return {"items": items}


@seniorities.get("")
@seniorities.arguments(SeniorityQuery, location="query")
@seniorities.response(200, SeniorityList)
def get_seniority(query: dict[str, Any]) -> dict[str, Any]:
    """The seniority list as of a day."""
    day: date = query["tanggal"] or office().engine.clock.today()
    return {"tanggal": day, "items": [_seat(each) for each in ask(seniority, day)]}


# --- one


@employees.get("/<username>")
@employees.response(200, EmployeeInFull)
def get_employee(username: str) -> dict[str, Any]:
    """One employee."""
    file = ask(career.file_of, username)
    told = _employee(file.employee, file.career)
    who = file.employee
    doubts = nip.doubts(who.nip, told["status"], who.tanggal_lahir, who.mulai_kerja)
    return {**told, "keraguan": list(doubts)}


@employees.get("/<username>/riwayat")
@employees.response(200, EntriesOfFile)
def get_employee_entries(username: str) -> dict[str, Any]:
    """All entries of a file as they were written, the newest first."""
    return {"items": list(ask(career.file_of, username).entries)}


@employees.get("/<username>/reminders")
@employees.response(200, DueItems)
def get_employee_reminders(username: str) -> dict[str, Any]:
    """What comes due next for an employee, also what is still far."""
    ask(career.file_of, username)
    found = ask(reminder_book.due_of, username)
    _note_reading(found)
    return {"items": found}


# --- act


@employees.post("")
@employees.arguments(NewEmployeeBody)
@employees.response(204)
def add_employee(body: dict[str, Any]) -> Any:
    """Open the file of somebody who can act here."""
    username = body.pop("username")
    do(career.employ, username, Facts(**body))
    return done()


@employees.put("/<username>")
@employees.arguments(EmployeeFacts)
@employees.response(204)
def change_employee(body: dict[str, Any], username: str) -> Any:
    """Change where an employee belongs, since when they serve, their birthday."""
    do(career.change_facts, username, Facts(**body))
    return done()


@employees.post("/<username>/riwayat")
@employees.arguments(EntryBody)
@employees.response(200, EntryKey)
def add_employee_entry(body: dict[str, Any], username: str) -> dict[str, Any]:
    """Add an entry to a file."""
    return {"entry_key": do(career.note, username, body["jenis"], body["tmt"], body["isi"])}


@employees.post("/<username>/riwayat/<entry_key>/correction")
@employees.arguments(CorrectionBody)
@employees.response(200, EntryKey)
def correct_employee_entry(body: dict[str, Any], username: str, entry_key: int) -> dict[str, Any]:
    """Put another entry in the place of one, which stays to be read."""
    return {"entry_key": do(career.correct, username, entry_key, body["tmt"], body["isi"])}


@employees.delete("/<username>/riwayat/<entry_key>")
@employees.response(204)
def strike_employee_entry(username: str, entry_key: int) -> Any:
    """Strike an entry out, which stays to be read."""
    do(career.strike, username, entry_key)
    return done()


@reminders.post("/start")
@reminders.arguments(StartBody)
@reminders.response(200, StartedCase)
def start_due(body: dict[str, Any]) -> reminder_book.Begun:
    """Start the procedure for what is due; the same case however often it is asked."""
    return do(reminder_book.begin, body["username"], body["jenis"], body["tmt"])


def _employee(who: EmployeeRecord, found: career.Career) -> dict[str, Any]:
    return {
        **vars(who),
        "status": found.isi("status", "status"),
        "golongan": found.isi("pangkat", "golongan"),
        "tmt_pangkat": found.tmt("pangkat"),
    }


def _seat(seat: Seat) -> dict[str, Any]:
    who, (years, months) = seat.employee, seat.masa_kerja
    whose = {"username": who.username, "nama": who.nama, "nip": who.nip}
    return {**vars(seat), **whose, "masa_kerja_tahun": years, "masa_kerja_bulan": months}


def _note_reading(found: list[Due]) -> None:
    """Keeps that somebody has read here of a discipline case."""
    if any(each.held_by for each in found):
        at, who = office(), actor()
        at.gate.change(lambda c: reminder_book.note_reading(c, at.engine, who, found))
