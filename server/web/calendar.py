"""Kalender kerja: the year's free days and the office's hours; a change is first told by how many due dates it moves."""

import calendar as months
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import calendar as office_calendar
from server import errors
from server.calendar import (
    JENIS,
    OFFICE_WEEK,
    RAMADAN_WEEK,
    WEEKDAYS,
    Calendar,
    Holiday,
    Hours,
    InvalidHours,
    NoSuchFreeDay,
    NoSuchHours,
    told_week,
)
from server.engine import due_dates
from server.engine.due_dates import Outlook
from server.gate import status_of
from server.web import fields, filters
from server.web.administration import SECTION, asked
from server.web.office import change, office
from server.web.pages import pages

LOOKS: Final = {"libur nasional": "nasional", "cuti bersama": "bersama", "libur lokal": "lokal"}


@dataclass(frozen=True)
class Deed:
    """A change that was asked for. `told`: in a sentence; `supposed`: the calendar as it would be; `warning`: what else to know."""

    verb: str
    about: str
    told: str
    act: Callable[[Connection, datetime], None]
    supposed: Calendar | None = None
    warning: str | None = None


@dataclass(frozen=True)
class Year:
    """A year as its page shows it."""

    number: int
    days: Mapping[date, Holiday]
    working: int
    tentative: bool
    hours: list[tuple[Hours, dict[str, str]]]


# --- list


@pages.get("/pengelolaan/kalender")
def calendar_now() -> Response:
    """This year's."""
    return redirect(url_for("web.calendar_year", year=office().engine.clock.today().year))


@pages.get("/pengelolaan/kalender/<int:year>")
def calendar_year(year: int) -> str:
    """A year's free days, and the hours that the office has set."""
    return _page(year)


@pages.get("/pengelolaan/kalender/jam-baru")
def new_hours() -> str:
    """The form for hours, with those of the decree, or of Ramadan, to begin with."""
    return _hours_page()


# --- act


@pages.post("/pengelolaan/kalender/tinjau")
def preview_calendar() -> str | tuple[str, int]:
    """Says what a change would do, and asks whether to do it."""
    try:
        deed, outlook = asked(_foreseen)
    except (errors.Invalid, errors.Conflict) as refusal:
        return _refused(refusal)
    return render_template(
        "calendar_preview.html",
        section=SECTION,
        deed=deed,
        outlook=outlook,
        year=_year(),
        kept=[(name, value) for name, value in request.form.items() if not name.startswith("_")],
    )


@pages.post("/pengelolaan/kalender/terapkan")
def change_calendar() -> Response | tuple[str, int]:
    """Does it, and moves the due dates."""
    at = office()
    try:
        deed: Deed = asked(_deed)
        change(due_dates.change_calendar, deed.verb, deed.about, deed.act)
    except (errors.Invalid, errors.Conflict) as refusal:
        return _refused(refusal)
    moved = due_dates.recount_open(at.engine, at.gate.do)
    return redirect(
        url_for("web.calendar_year", year=_year(), kabar="kalender", pindah=moved), HTTPStatus.SEE_OTHER
    )


def _page(number: int, message: str | None = None) -> str:
    return render_template(
        "calendar.html",
        section=SECTION,
        year=asked(partial(_read_year, number=number)),
        months=[
            (name, months.Calendar().monthdatescalendar(number, n))
            for n, name in enumerate(filters.MONTHS, 1)
        ],
        day_names=filters.DAYS,
        looks=LOOKS,
        kinds=JENIS,
        today=office().engine.clock.today(),
        usual=told_week(OFFICE_WEEK),
        moved=request.args.get("pindah", type=int),
        message=message,
    )


def _hours_page(message: str | None = None) -> str:
    week = told_week(RAMADAN_WEEK if request.args.get("contoh") == "ramadan" else OFFICE_WEEK)
    asked(lambda connection: None)
    return render_template(
        "hours.html",
        section=SECTION,
        week=week,
        sample=request.args.get("contoh"),
        weekdays=WEEKDAYS,
        roles=office().engine.roles,
        today=office().engine.clock.today(),
        message=message,
    )


def _refused(refusal: errors.Invalid | errors.Conflict) -> tuple[str, int]:
    """The page that the form stood on, with what was typed."""
    problems = [str(each) for each in getattr(refusal, "problems", ())]
    told = " ".join([refusal.message, *(f"{each[:1].upper()}{each[1:]}." for each in problems)])
    page = _hours_page(told) if fields.text("hal") == "jam" else _page(_year(), told)
    return page, status_of(refusal)


def _read_year(connection: Connection, number: int) -> Year:
    engine = office().engine
    engine.book.refresh(connection, at_once=True)
    return Year(
        number,
        {each.tanggal: each for each in office_calendar.list_year(connection, number)},
        len(engine.calendar.working_days(number)),
        engine.calendar.is_tentative(number),
        [(each, told_week(each.week)) for each in office_calendar.list_hours(connection)],
    )


def _year() -> int:
    """Which year the form was about."""
    typed = fields.text("tahun")
    return (
        int(typed)
        if typed.isascii() and typed.isdigit() and len(typed) == 4
        else office().engine.clock.today().year
    )


def _foreseen(connection: Connection) -> tuple[Deed, Outlook | None]:
    deed = _deed(connection)
    outlook = due_dates.foresee(office().engine, connection, deed.supposed) if deed.supposed else None
    return deed, outlook


def _deed(connection: Connection) -> Deed:
    """The change that the form asks for. Raises Invalid, NoSuchFreeDay, NoSuchHours, YearUnknown."""
    office().engine.book.refresh(connection, at_once=True)
    kind = fields.text("ubah")
    if kind not in DEEDS:
        raise errors.Invalid("Pilih dahulu apa yang akan diubah.")
    return DEEDS[kind](connection)


def _added(connection: Connection) -> Deed:
    holiday = _holiday()
    known = _known(connection, holiday.tanggal)
    return Deed(
        "put_day",
        f"{holiday.tanggal} {holiday.nama}",
        f"{filters.weekday(holiday.tanggal)} menjadi hari libur: {holiday.nama} ({holiday.jenis}).",
        lambda c, now: office_calendar.put_day(c, holiday, now),
        _supposing({holiday.tanggal: holiday}),
        f"Hari itu sudah tercatat libur: {known}. Catatannya diganti." if known else None,
    )


def _altered(connection: Connection) -> Deed:
    old, holiday = fields.day("semula", "hari yang diubah"), _holiday()
    known = _known(connection, old)
    if known is None:
        raise NoSuchFreeDay(old)
    if old == holiday.tanggal:
        return replace(_added(connection), warning=None)

    def act(connection: Connection, now: datetime) -> None:
        office_calendar.move_day(connection, old, holiday.tanggal, now)
        office_calendar.put_day(connection, holiday, now)

    told = f"{holiday.nama} pindah dari {filters.weekday(old)} ke {filters.weekday(holiday.tanggal)}."
    supposed = _supposing({old: None, holiday.tanggal: holiday})
    return Deed("move_day", f"{old} ke {holiday.tanggal}", told, act, supposed)


def _removed(connection: Connection) -> Deed:
    day = fields.day("semula", "hari yang dihapus")
    known = _known(connection, day)
    if known is None:
        raise NoSuchFreeDay(day)
    told = f"{filters.weekday(day)} tidak lagi libur: {known}."
    return Deed(
        "remove_day",
        str(day),
        told,
        lambda c, now: office_calendar.remove_day(c, day, now),
        _supposing({day: None}),
    )


def _settled(connection: Connection) -> Deed:
    year, dasar = _year(), fields.text("dasar")
    if not dasar:
        raise errors.Invalid(
            "Isi dasar yang menetapkan hari libur tahun itu, misalnya SKB 3 Menteri dan nomornya."
        )
    told = f"Semua tanggal perkiraan tahun {year} menjadi pasti menurut {dasar}."
    return Deed(
        "settle_year",
        f"{year} {dasar}",
        told,
        lambda c, now: office_calendar.settle_year(c, year, dasar, now),
    )


def _hours_set(connection: Connection) -> Deed:
    hours = _hours()
    others = [
        each
        for each in office_calendar.list_hours(connection)
        if (each.unit, each.from_date) != (hours.unit, hours.from_date)
    ]
    until = f" sampai {filters.day(hours.to_date)}" if hours.to_date else ""
    told = f"Jam kerja “{hours.name}” berlaku di {_unit(hours)} mulai {filters.day(hours.from_date)}{until}."
    supposed = _supposing(hours=[*others, hours])
    return Deed(
        "set_hours", hours.name, told, lambda c, now: office_calendar.set_hours(c, hours, now), supposed
    )


def _hours_removed(connection: Connection) -> Deed:
    key = fields.whole("jam", "nomor jam kerja", 1, 10**8)
    every = office_calendar.list_hours(connection)
    gone = next((each for each in every if each.id == key), None)
    if gone is None:
        raise NoSuchHours(key)
    told = f"Jam kerja “{gone.name}” di {_unit(gone)} tidak berlaku lagi."
    supposed = _supposing(hours=[each for each in every if each.id != key])
    return Deed(
        "remove_hours", str(key), told, lambda c, now: office_calendar.remove_hours(c, key, now), supposed
    )


DEEDS: Final[Mapping[str, Callable[[Connection], Deed]]] = {
    "tambah": _added,
    "ganti": _altered,
    "hapus": _removed,
    "pastikan": _settled,
    "jam": _hours_set,
    "hapus-jam": _hours_removed,
}


def _supposing(
    days: Mapping[date, Holiday | None] | None = None, hours: Iterable[Hours] | None = None
) -> Calendar:
    engine = office().engine
    return engine.book.supposing(engine.clock.zone, days, hours)


def _known(connection: Connection, day: date) -> Holiday | None:
    return next(
        (each for each in office_calendar.list_year(connection, day.year) if each.tanggal == day), None
    )


def _holiday() -> Holiday:
    """The day of the form. Raises InvalidFreeDay."""
    return office_calendar.check_day(
        Holiday(
            fields.day("tanggal", "tanggal"),
            fields.text("nama"),
            fields.text("jenis"),
            bool(fields.text("perkiraan")),
            fields.text_or_none("dasar"),
        )
    )


def _hours() -> Hours:
    """The hours of the form. Raises InvalidHours."""
    unit = fields.text_or_none("bidang")
    if unit is not None and unit not in office().engine.roles.bidang:
        raise InvalidHours("Bidang itu tidak ada.")
    typed: dict[str, Any] = {name: fields.text(f"jam-{name}").replace(".", ":") for name in WEEKDAYS}
    hours = Hours(
        fields.text("nama"),
        office_calendar.read_week(typed),
        fields.day("mulai", "hari pertama"),
        fields.day_or_none("sampai", "hari terakhir"),
        unit,
    )
    office_calendar.check_hours(hours)
    return hours


def _unit(hours: Hours) -> str:
    bidang = office().engine.roles.bidang.get(hours.unit or "")
    return f"bidang {bidang.nama}" if bidang else "seluruh kantor"
