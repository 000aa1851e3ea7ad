"""Pegawai: the list of employees, the file of one with its history, what is due for them, and one's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import errors
from server.engine import Engine, search
from server.engine.search import CASES, Item, Query, within
from server.gate import status_of
from server.identity import Actor, names_of
from server.personnel import career, nip, reminder_book
from server.personnel.career import Facts, File
from server.personnel.career_kinds import JENIS, PANGKAT, level_words
from server.personnel.reminder_book import KINDS, PUTUSAN, Due
from server.web import fields
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.personnel import SECTION

PAGE: Final = 50
SHOWN_CASES: Final = 10
Answer = str | Response | tuple[str, int]
RECORDED_AS: Final = {"kgb": "kgb", "kp": "pangkat", "pensiun": "status", "mpp": "mpp"}
"""What is entered in a file when what was due has come: a kind of entry."""


@dataclass(frozen=True)
class Dossier:
    """A file as the page shows it. `names`: of who wrote the entries."""

    file: File
    due: Sequence[Due]
    doubts: Sequence[str]
    cases: Sequence[Item]
    names: Mapping[str, str]


# --- list


@pages.get("/kepegawaian/pegawai")
def employees() -> str:
    """Employees by username, found by words."""
    words, after = request.args.get("cari", "").strip()[:100], request.args.get("sesudah") or None
    left = request.args.get("semua") == "1"
    found = ask(career.list_employees, words, after, PAGE + 1, left)
    return render_template(
        "employees.html",
        section=SECTION,
        found=found[:PAGE],
        following=found[PAGE - 1].employee.username if len(found) > PAGE else None,
        first_page=after is None,
        words=words,
        left=left,
        keeps=career.keeps_files(actor()),
        ranks=PANGKAT,
    )


# --- one


@pages.get("/kepegawaian/saya")
def own_file() -> str:
    """One's own file."""
    return _page(actor().username)


@pages.get("/kepegawaian/pegawai/<username>")
def employee(username: str) -> str:
    """The file of an employee."""
    return _page(username)


@pages.get("/kepegawaian/pegawai-baru")
def new_employee() -> str:
    """The form for somebody who has no file yet."""
    return _new_page()


# --- act


@pages.post("/kepegawaian/pegawai-baru")
def add_employee() -> Answer:
    """Opens a file."""
    try:
        username = fields.text("pengguna").lower()
        if not username:
            raise errors.Invalid("Pilih orangnya.")
        do(career.employ, username, _facts())
    except (errors.Invalid, errors.Conflict, errors.NotFound) as refusal:
        return _new_page(refusal), status_of(refusal)
    return _back(username, "pegawai-baru")


@pages.post("/kepegawaian/pegawai/<username>")
def change_employee(username: str) -> Answer:
    """Other facts."""
    return _done(username, "disimpan", lambda: do(career.change_facts, username, _facts()))


@pages.post("/kepegawaian/pegawai/<username>/riwayat")
def note_entry(username: str) -> Answer:
    """Adds an entry."""
    return _done(
        username,
        "dicatat",
        lambda: do(
            career.note, username, fields.text("jenis"), fields.day_or_none("tmt", "tanggalnya"), _raw()
        ),
    )


@pages.post("/kepegawaian/pegawai/<username>/riwayat/<key:entry>")
def correct_entry(username: str, entry: int) -> Answer:
    """Puts another entry in the place of one."""
    return _done(
        username,
        "dibetulkan",
        lambda: do(career.correct, username, entry, fields.day_or_none("tmt", "tanggalnya"), _raw()),
    )


@pages.post("/kepegawaian/pegawai/<username>/riwayat/<key:entry>/coret")
def strike_entry(username: str, entry: int) -> Answer:
    """Says that an entry was none."""
    return _done(username, "dicoret", lambda: do(career.strike, username, entry))


def told(jenis: str, isi: Mapping[str, Any]) -> str:
    """What an entry holds, on one line."""
    parts = []
    for each in JENIS[jenis].fields:
        value = isi.get(each.name)
        if value is None or value == "":
            continue
        if each.yes_no:
            parts.append(f"{each.label}: {'ya' if value else 'tidak'}")
        elif each.choices:
            parts.append(each.choices.get(value, str(value)))
        elif each.name in ("nama", "unit", "jurusan", "sekolah"):
            parts.append(str(value))
        else:
            parts.append(f"{each.label} {value}")
    return " · ".join(parts)


def prefilled(due: Due) -> dict[str, object]:
    """The fields of the entry by which somebody notes that what was due has come."""
    found: dict[str, object] = {
        "jenis": RECORDED_AS[due.jenis],
        "tmt": due.tmt.isoformat() if due.tmt else "",
    }
    if due.jenis == "kgb":
        return found | {"mkg_tahun": due.rincian.get("mkg_baru"), "mkg_bulan": 0}
    if due.jenis == "kp":
        return found | {"golongan": due.rincian.get("golongan_baru")}
    if due.jenis == "pensiun":
        return found | {"status": "BERHENTI", "sebab": "pensiun"}
    return found


def _page(username: str, refusal: errors.OfficeError | None = None) -> str:
    who, today = actor(), office().engine.clock.today()
    shown: Dossier = ask(_dossier, username)
    _note_reading(shown.due)
    wanted = next((each for each in shown.due if each.jenis == request.args.get("catat")), None)
    fill = prefilled(wanted) if wanted is not None and wanted.jenis in RECORDED_AS else {}
    if refusal is not None:
        fill = {name: value for name, value in request.form.items() if name != "_token"}
    return render_template(
        "employee.html",
        section=SECTION,
        shown=shown,
        own=username == who.username,
        keeps=career.keeps_files(who),
        reads=career.reads_files(who),
        kinds=JENIS,
        due_kinds=KINDS,
        verdicts=PUTUSAN,
        recorded=RECORDED_AS,
        may_begin=ask(reminder_book.may_begin),
        told=told,
        level_words=level_words,
        ranks=PANGKAT,
        fill=fill,
        today=today,
        message=refusal.message if refusal else None,
    )


def _dossier(engine: Engine, connection: Connection, who: Actor, username: str) -> Dossier:
    file = career.file_of(engine, connection, who, username)
    due = [] if file.career.has_left else reminder_book.due_of(engine, connection, who, username)
    status = file.career.isi("status", "status")
    doubts = nip.doubts(file.employee.nip, status, file.employee.tanggal_lahir, file.employee.mulai_kerja)
    newest = within(Query(sort=(("start_date", True),), limit=SHOWN_CASES), subject=username)
    cases = search.search(engine, connection, who, CASES, newest).items
    soon = engine.clock.today() + timedelta(days=3 * 366)
    near = [each for each in due if each.tmt is None or each.tmt <= soon or each.jenis == "pensiun"]
    return Dossier(
        file, near, doubts, cases, names_of(connection, {each.dicatat_oleh for each in file.entries})
    )


def _note_reading(due: Sequence[Due]) -> None:
    """Keeps that somebody has read here of a discipline case."""
    if any(each.held_by for each in due):
        at, who = office(), actor()
        at.gate.change(lambda c: reminder_book.note_reading(c, at.engine, who, due))


def _new_page(refusal: errors.OfficeError | None = None) -> str:
    return render_template(
        "new_employee.html",
        section=SECTION,
        people=ask(career.not_yet_employed),
        message=refusal.message if refusal else None,
    )


def _facts() -> Facts:
    return Facts(
        fields.text("jabatan"),
        fields.text("unit"),
        fields.day("mulai_kerja", "tanggal mulai kerja"),
        fields.day_or_none("tanggal_lahir", "tanggal lahir"),
    )


def _raw() -> dict[str, object]:
    """The fields of an entry: all of the form but what names it."""
    return {name: value for name, value in request.form.items() if name not in ("_token", "jenis", "tmt")}


def _done(username: str, notice: str, act: Callable[[], object]) -> Answer:
    """Back to the file: with a notice, or with what is wrong and all that was typed."""
    try:
        act()
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(username, refusal), status_of(refusal)
    return _back(username, notice)


def _back(username: str, notice: str) -> Response:
    return redirect(url_for("web.employee", username=username, kabar=notice), HTTPStatus.SEE_OTHER)


def month_of(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else ""
