"""Cuti: the leave book, one employee's pages of it with their corrections, the requests, and who is away when."""

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import errors, identity
from server.engine import Engine
from server.gate import status_of
from server.identity import Actor
from server.personnel import balances as book
from server.personnel import corrections
from server.personnel.balances import Balance, NotYours, Requested, Sought
from server.personnel.corrections import Booked, Correction
from server.personnel.leave_sheet import leave_sheet
from server.personnel.models import LeaveStatus
from server.web import fields, filters
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.personnel import SECTION

PAGE: Final = 25
LAST_PAGE: Final = 400
EVERYBODY: Final = 20_000
"""Employees of one spreadsheet."""

YEARS_BACK: Final = 3
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Answer = str | Response | tuple[str, int]

KINDS: Final[Mapping[str, str]] = {
    "tahunan": "Cuti tahunan",
    "besar": "Cuti besar",
    "sakit": "Cuti sakit",
    "melahirkan": "Cuti melahirkan",
    "alasan_penting": "Cuti alasan penting",
    "bersama": "Cuti bersama",
    "cltn": "Cuti di luar tanggungan negara",
}
STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    LeaveStatus.DIAJUKAN: ("Belum diputus", "stopped"),
    LeaveStatus.DISETUJUI: ("Disetujui", "done"),
    LeaveStatus.DITOLAK: ("Ditolak", "over"),
    LeaveStatus.DIBATALKAN: ("Dibatalkan", "over"),
}
FIELDS: Final = {
    "terpakai": ("dipakai di luar permohonan", corrections.MOST_DAYS),
    "dari_bawaan": ("yang di antaranya dari sisa tahun sebelumnya", corrections.MOST_DAYS),
    "ditangguhkan": ("yang ditangguhkan pejabat", corrections.MOST_POSTPONED),
    "cuti_bersama_tidak_diberi": ("cuti bersama yang tetap bekerja", corrections.MOST_WORKED),
}


@dataclass(frozen=True)
class Corrected:
    """A correction as the page tells it: who, when, why, and what it changed from what to what."""

    entry: identity.Entry
    by: str
    changes: tuple[tuple[str, object, object], ...]


@dataclass(frozen=True)
class Pages:
    """One employee's leave book. `asked`: all of their requests; `chosen`: the year that is looked at closely."""

    years: list[Balance]
    chosen: Balance
    asked: list[Requested]
    booked: Booked
    corrections: list[Corrected]
    may_correct: bool


# --- list


@pages.get("/kepegawaian/cuti", endpoint="leave_book")
def leave_book() -> str | Response:
    """Everybody's balance of a year; who has only their own is led there."""
    if not book.reads_others(actor()):
        return redirect(url_for("web.leave_pages", username=actor().username))
    year, sought = _year(), _sought()
    page = _page_number()
    found = ask(book.balances, year, sought, PAGE, (page - 1) * PAGE)
    return render_template(
        "leave_book.html",
        section=SECTION,
        found=found,
        year=year,
        sought=sought,
        units=ask(book.units),
        page=page,
        page_size=PAGE,
        undecided=ask(book.count_undecided),
    )


@pages.get("/kepegawaian/cuti.xlsx")
def leave_workbook() -> Response:
    """What the list shows, all of it, as a spreadsheet."""
    if not book.reads_others(actor()):
        raise NotYours(actor().username)
    year = _year()
    found = ask(book.balances, year, _sought(), EVERYBODY)
    response = Response(leave_sheet(year, office().config.office, found.items), content_type=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=f"buku-cuti-{year}.xlsx")
    return response


@pages.get("/kepegawaian/cuti/permohonan")
def leave_requests() -> str:
    """Requests for leave, the newest first; those not decided unless others are asked for."""
    status = request.args.get("keadaan", LeaveStatus.DIAJUKAN)
    page = _page_number()
    known = status if status in STATUSES else None
    found = ask(book.requests, _sought(), known, None, None, PAGE, (page - 1) * PAGE)
    return render_template(
        "leave_requests.html",
        section=SECTION,
        found=found,
        sought=_sought(),
        units=ask(book.units),
        status=status,
        statuses=STATUSES,
        kinds=KINDS,
        page=page,
        page_size=PAGE,
    )


@pages.get("/kepegawaian/cuti/kehadiran")
def leave_calendar() -> str:
    """Who is away in a month, by unit, so that who decides sees whether enough people stay."""
    first = _month()
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    unit = request.args.get("unit", "").strip()[:200] or None
    found = ask(book.attendance, first, last, unit)
    return render_template(
        "leave_calendar.html",
        section=SECTION,
        found=found,
        busy=[each for each in found if each.away],
        first=first,
        before=(first - timedelta(days=1)).replace(day=1),
        after=last + timedelta(days=1),
        weeks=months.Calendar().monthdatescalendar(first.year, first.month),
        day_names=filters.DAYS,
        free=_free(first, last),
        units=ask(book.units),
        unit=unit,
        kinds=KINDS,
        statuses=STATUSES,
        month_name=filters.MONTHS[first.month - 1],
    )


# --- one


@pages.get("/kepegawaian/cuti/pegawai/<username>")
def leave_pages(username: str) -> str:
    """The pages of one employee over the years; one's own, too."""
    return _shown(username, _year())


@pages.post("/kepegawaian/cuti/pegawai/<username>")
def correct_leave(username: str) -> Answer:
    """Writes a page by hand, with the reason."""
    year = _year()
    try:
        do(corrections.correct, username, year, _correction())
    except (errors.Invalid, errors.Conflict) as refusal:
        return _shown(username, year, refusal), status_of(refusal)
    page = url_for("web.leave_pages", username=username, tahun=year, kabar="disimpan")
    return redirect(page, HTTPStatus.SEE_OTHER)


def _shown(username: str, year: int, refusal: errors.OfficeError | None = None) -> str:
    found = ask(_pages, username, year)
    return render_template(
        "leave_pages.html",
        section=SECTION if book.reads_others(actor()) else None,
        it=found,
        who=found.chosen.who,
        year=year,
        kinds=KINDS,
        statuses=STATUSES,
        is_own=username == actor().username,
        reads_others=book.reads_others(actor()),
        process=book.PROCESS,
        refusal=refusal,
        wrong={each.where: each.message for each in getattr(refusal, "problems", ())},
        most={name: most for name, (_, most) in FIELDS.items()},
    )


def _pages(engine: Engine, connection: Connection, who: Actor, username: str, year: int) -> Pages:
    this = engine.clock.today().year
    shown = sorted({year, *range(this - YEARS_BACK + 1, this + 1)}, reverse=True)
    years = book.history(engine, connection, who, username, shown)
    entries = [
        entry
        for each in shown
        for entry in identity.trail(connection, corrections.object_of(username, each))
        if entry.outcome == "done"
    ]
    names = identity.names_of(connection, {entry.actor or "" for entry in entries})
    return Pages(
        years,
        next(each for each in years if each.tahun == year),
        book.requests(engine, connection, who, username=username, limit=100).items,
        corrections.booked(connection, username, year),
        [_corrected(entry, names) for entry in sorted(entries, key=lambda one: one.at, reverse=True)],
        book.may_correct(who, username),
    )


def _corrected(entry: identity.Entry, names: Mapping[str, str]) -> Corrected:
    said: Mapping[str, Any] = entry.detail or {}
    before, after = said.get("before", {}), said.get("after", {})
    changes = tuple(
        (name, before.get(name), value) for name, value in after.items() if before.get(name) != value
    )
    return Corrected(entry, names.get(entry.actor or "", entry.actor or ""), changes)


# --- what was asked for


def _correction() -> Correction:
    days = {name: fields.whole(name, label, 0, most) for name, (label, most) in FIELDS.items()}
    version = fields.number(fields.text("versi"))
    return Correction(
        **days,
        cuti_besar=fields.text("cuti_besar") == "1",
        version=-1 if version is None else version,
        alasan=fields.text("alasan"),
    )


def _year() -> int:
    asked = fields.number(request.values.get("tahun", ""))
    known = asked is not None and book.EARLIEST <= asked <= book.LATEST
    return asked if known and asked else office().engine.clock.today().year


def _month() -> date:
    try:
        return date.fromisoformat(f"{request.args.get('bulan', '')}-01")
    except ValueError:
        return office().engine.clock.today().replace(day=1)


def _sought() -> Sought:
    words, unit = (request.args.get(name, "").strip()[:200] for name in ("cari", "unit"))
    return Sought(words or None, unit or None)


def _page_number() -> int:
    return min(max(request.args.get("hal", 1, type=int), 1), LAST_PAGE)


def _free(first: date, last: date) -> dict[date, str]:
    """The days of a month on which nobody works, with the reason."""
    calendar = office().engine.calendar
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    try:
        return {day: calendar.name_of(day) or "" for day in days if not calendar.is_working_day(day)}
    except errors.Invalid:
        return {}
