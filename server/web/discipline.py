"""Disiplin: the register of discipline cases, one of them whole, and the calendar of what comes due. Confidential throughout."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response
from werkzeug.wrappers.response import Response as AnyResponse

from server import errors
from server.engine import Engine
from server.identity import Actor
from server.letters import deliveries
from server.personnel import register
from server.personnel.appeals import Noted, appeals, note
from server.personnel.discipline import EVALUASI, RUNGS
from server.personnel.icalendar import calendar_of
from server.personnel.register import KEEPER, Sought, Step, Tracked, Which
from server.web import fields
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.papers import Paper, papers_of
from server.web.personnel import SECTION

PAGE: Final = 25
AHEAD: Final = timedelta(days=60)
CALENDAR: Final = "text/calendar; charset=utf-8"
LAST_PAGE: Final = 400

RUNG_NAMES: Final[Mapping[str, str]] = {
    EVALUASI: "Evaluasi",
    "lisan": "Peringatan lisan",
    "sp_1": "SP I",
    "sp_2": "SP II",
    "sp_3": "SP III",
    "tidak_puas": "Pernyataan tidak puas",
    "tunda_kgb": "Penundaan kenaikan gaji berkala",
    "tunda_kp": "Penundaan kenaikan pangkat",
}
VERDICTS: Final[Mapping[str, str]] = {
    "ada_perubahan": "Ada perubahan",
    "belum_ada_perubahan": "Belum ada perubahan",
    "hukum_menuntut_lebih_berat": "Hukum menuntut lebih berat",
}
STATES: Final[Mapping[str, tuple[Which, str]]] = {
    "berjalan": (Which.OPEN, "Berjalan"),
    "selesai": (Which.ENDED, "Selesai"),
    "semua": (Which.ALL, "Semua"),
}


class NotTheKeeper(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Kalender tenggat disiplin hanya untuk Kasubag Umum dan Kepegawaian.")


@dataclass(frozen=True)
class Rung:
    """A step of the ladder as the page draws it: `done`, `now` or `ahead`; `passed`: the times that the case stood on it."""

    name: str
    stand: str
    passed: tuple[Step, ...]


@dataclass(frozen=True)
class Bar:
    """A watch as a span of time: how much of it is over, in hundredths."""

    since: date
    until: date
    over: int


# --- list


@pages.get("/kepegawaian/disiplin", endpoint="discipline")
def cases() -> str:
    """The cases that one may see, the most urgent first."""
    state = request.args.get("keadaan", "berjalan")
    rung, unit = request.args.get("langkah", ""), request.args.get("unit", "")
    words, year = request.args.get("cari", "").strip()[:100], fields.number(request.args.get("tahun", ""))
    late = request.args.get("terlambat") == "1"
    which = STATES.get(state, STATES["berjalan"])[0]
    known = year if year and 1900 < year < 9000 else None
    sought = Sought(which, words or None, rung or None, unit or None, late, known)
    page = min(max(request.args.get("hal", 1, type=int), 1), LAST_PAGE)
    listing = do(register.listed, sought, PAGE, (page - 1) * PAGE)
    return render_template(
        "discipline.html",
        section=SECTION,
        listing=listing,
        page=page,
        page_size=PAGE,
        rungs=RUNG_NAMES,
        states=STATES,
        verdicts=VERDICTS,
        units=ask(_units),
        sought=sought,
        state=state,
        is_filtered=sought != Sought(),
        keeps=KEEPER in actor().groups,
        process=register.PROCESS,
    )


@pages.get("/kepegawaian/disiplin/tenggat")
def discipline_deadlines() -> str:
    """What comes due in the next weeks, by day, after what is late."""
    today = office().engine.clock.today()
    found = do(register.deadlines, today + AHEAD)
    return render_template(
        "discipline_deadlines.html",
        section=SECTION,
        days=[(day, list(each)) for day, each in groupby(found, register.day_of)],
        today=today,
        ahead=AHEAD.days,
        rungs=RUNG_NAMES,
        keeps=KEEPER in actor().groups,
    )


@pages.get("/kepegawaian/disiplin/tenggat.ics")
def discipline_calendar() -> Response:
    """The same for other calendars, without names; for the keeper of the register."""
    if KEEPER not in actor().groups:
        raise NotTheKeeper
    clock = office().engine.clock
    found = do(register.deadlines, clock.today() + AHEAD)
    response = Response(calendar_of(found, request.host, clock.now()), content_type=CALENDAR)
    response.headers.set("Content-Disposition", "attachment", filename="tenggat-disiplin.ics")
    return response


# --- one


@pages.get("/kepegawaian/disiplin/<key:case>")
def discipline_case(case: int) -> str:
    """A case with its ladder, its watch, and what the tables said."""
    return _case_page(case)


@pages.post("/kepegawaian/disiplin/<key:case>/upaya")
def note_appeal(case: int) -> AnyResponse | tuple[str, int]:
    """Notes that a way against a punishment was taken or answered."""
    try:
        noted = Noted(
            fields.text("langkah"),
            fields.text("kejadian"),
            fields.day("tanggal", "tanggal"),
            fields.text_or_none("catatan"),
        )
        do(note, case, noted)
    except errors.Invalid as refusal:
        return _case_page(case, refusal.message), HTTPStatus.BAD_REQUEST
    return redirect(url_for("web.discipline_case", case=case, kabar="disimpan"), HTTPStatus.SEE_OTHER)


def _case_page(case: int, told: str | None = None) -> str:
    file = do(register.opened, case)
    return render_template(
        "discipline_case.html",
        section=SECTION,
        case=file.case,
        decisions=file.decisions,
        assessment=file.assessment,
        ladder=ladder_of(file.case),
        bar=bar_of(file.case, office().engine.clock.today()),
        appeals=ask(lambda engine, connection, _who: appeals(engine, connection, file)),
        papers=ask(_papers, file.instances),
        letters=file.surat,
        receipts=deliveries.KINDS,
        today=office().engine.clock.today(),
        rungs=RUNG_NAMES,
        verdicts=VERDICTS,
        page_path=url_for("web.discipline_case", case=case),
        keeps=KEEPER in actor().groups,
        told=told,
    )


def ladder_of(case: Tracked) -> list[Rung]:
    """The rungs from below; above the present one they are still ahead, below it they are done, or were passed over."""
    present = RUNGS.index(case.langkah) if case.langkah in RUNGS else -1
    return [
        Rung(
            RUNG_NAMES[rung],
            "ahead" if place > present else "done" if place < present or not case.terbuka else "now",
            tuple(step for step in case.riwayat if step.langkah == rung),
        )
        for place, rung in enumerate(RUNGS)
    ]


def bar_of(case: Tracked, today: date) -> Bar | None:
    """The watch of the present rung, where one is under way."""
    if case.sampai is None or not case.diawasi:
        return None
    whole = max(1, (case.sampai - case.sejak).days)
    over = min(max((today - case.sejak).days, 0), whole)
    return Bar(case.sejak, case.sampai, round(100 * over / whole))


def _units(_engine: Engine, connection: Connection, who: Actor) -> list[str]:
    return register.units(connection, who)


def _papers(engine: Engine, connection: Connection, who: Actor, instances: tuple[int, ...]) -> list[Paper]:
    return [paper for key in instances for paper in papers_of(engine, connection, who, key)]
