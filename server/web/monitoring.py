"""Pantauan: for who oversees the office or a field of it: promised against real time, and where work piles up."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from flask import render_template, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import bpmn, errors, letters, monitoring
from server.engine import Engine, search
from server.engine.search import USER_TASKS, Condition, Found, Query, Where
from server.identity import Actor, Permission, names_of
from server.monitoring import Asked, OfProcedure, Period, Standing, sheets
from server.web import filters
from server.web.office import ask, office
from server.web.pages import pages

SECTION: Final = "web.monitored"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE: Final = 50
FEW: Final = 10
"""So many of a list stand on the first page."""
HEATS: Final = {
    "terbuka": "Tugas terbuka sekarang",
    "menunggu": "Menunggu diambil (median)",
    "seluruhnya": "Sejak datang sampai selesai (median)",
    "terlambat": "Bagian yang terlambat",
    "dikembalikan": "Kali dikembalikan",
}
COLOURS: Final = ("#fff6e5", "#ffe3b0", "#ffc978", "#f7a64a", "#e58423")
"""From little to much; the number stands above each step, too."""


class NotToAssign(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Yang dipegang seorang petugas hanya dilihat oleh yang boleh membagi tugas.")


@dataclass(frozen=True)
class Span:
    """The period that a page shows, and what was wrong with the one that was asked for."""

    asked: Asked
    problem: str | None = None


@dataclass(frozen=True)
class Chart:
    """A chart with the words of what it shows; `data` is what js/charts.js draws."""

    id: str
    label: str
    data: str


@pages.get("/pantauan")
def monitored() -> str:
    """What needs attention first, then the figures."""
    span = _span()
    asked = span.asked
    running, load = ask(monitoring.under_way, asked), ask(monitoring.workload, asked)
    months = ask(monitoring.by_month, asked)
    return render_template(
        "monitoring.html",
        **_frame(span),
        done=ask(monitoring.in_all, asked),
        running=running,
        late=[each for each in running.of(Standing.LATE) if not each.confidential][:FEW],
        risky=[each for each in running.of(Standing.RISKY) if not each.confidential][:FEW],
        counts={each: len(running.of(each)) for each in Standing},
        load=load,
        piles=[each for each in load.groups if each.pile.overdue or each.pile.old][:FEW],
        growing=[each for each in load.groups if each.growth >= max(3, each.came // 5)][:FEW],
        setbacks=ask(monitoring.setbacks, asked),
        trend=_trend(months),
        months=months,
        flow=_flow(load),
    )


@pages.get("/pantauan/ketepatan")
def timeliness() -> str:
    """Every procedure of the period, those least in time first."""
    span = _span()
    return render_template(
        "timeliness.html",
        **_frame(span),
        rows=sorted(ask(_timeliness, span.asked), key=_worst_first),
        done=ask(monitoring.in_all, span.asked),
        ends=ask(monitoring.outcomes, span.asked),
        ending=sheets.ending,
        basis=sheets.basis,
    )


@pages.get("/pantauan/beban")
def workload() -> str:
    """What lies open, by role and, for who may assign, by person."""
    span = _span()
    load = ask(monitoring.workload, span.asked)
    return render_template("workload.html", **_frame(span), load=load, flow=_flow(load))


@pages.get("/pantauan/kendala")
def monitored_setbacks() -> str:
    """Incidents, cases that were stopped, and those cancelled in the period, with reasons."""
    span = _span()
    return render_template("setbacks.html", **_frame(span), it=ask(monitoring.setbacks, span.asked))


@pages.get("/pantauan/tugas")
def monitored_tasks() -> str:
    """The open tasks behind a number, the oldest first."""
    page = min(max(request.args.get("hal", 1, type=int), 1), 200)
    told = {name: request.args.get(name, "")[:255] for name in ("peran", "petugas", "prosedur", "langkah")}
    wanted = {name: text if text.isprintable() else "" for name, text in told.items()}
    overdue = request.args.get("terlambat") == "1"
    found, names = ask(_tasks, wanted, overdue, page)
    return render_template(
        "monitored_tasks.html",
        section=SECTION,
        found=found,
        names=names,
        wanted=wanted,
        page=page,
        page_size=PAGE,
    )


@pages.get("/pantauan/<process_id>")
def monitored_procedure(process_id: str) -> str:
    """One procedure: its months, its steps, the heat on its diagram, and the cases that were late."""
    span = _span(process_id)
    heat = request.args.get("ukuran", "")
    heat = heat if heat in HEATS else next(iter(HEATS))
    found = ask(monitoring.by_step, span.asked)
    months = ask(monitoring.by_month, span.asked)
    rows = ask(_timeliness, span.asked)
    running = ask(monitoring.under_way, span.asked)
    drawing, legend = ask(_drawing, found, heat)
    return render_template(
        "monitored_procedure.html",
        **_frame(span),
        it=found.procedure,
        steps=found.steps,
        own=rows[0] if rows else None,
        months=months,
        trend=_trend(months),
        counts={each: len(running.of(each)) for each in Standing},
        running=[
            each for each in running.cases if not each.confidential and each.standing is not Standing.FINE
        ][:PAGE],
        late=ask(monitoring.late_cases, span.asked),
        ends=ask(monitoring.outcomes, span.asked),
        ending=sheets.ending,
        basis=sheets.basis,
        drawing=drawing,
        legend=legend,
        heat=heat,
        heats=HEATS,
    )


# --- what is taken home ----------------------------------------------------------------------------------------------


@pages.get("/pantauan/ketepatan.xlsx")
def timeliness_sheet() -> Response:
    """The same as a spreadsheet, with months and outcomes."""
    asked = _span().asked
    roles = office().engine.roles
    told = [
        sheets.timeliness(roles, sorted(ask(_timeliness, asked), key=_worst_first)),
        sheets.months(ask(monitoring.by_month, asked)),
        sheets.outcomes(ask(monitoring.outcomes, asked)),
        *sheets.setbacks(roles, ask(monitoring.setbacks, asked)),
    ]
    return _workbook(asked, told, "ketepatan-waktu")


@pages.get("/pantauan/beban.xlsx")
def workload_sheet() -> Response:
    asked = _span().asked
    return _workbook(asked, sheets.workload(office().engine, ask(monitoring.workload, asked)), "beban-kerja")


@pages.get("/pantauan/<process_id>/langkah.xlsx")
def steps_sheet(process_id: str) -> Response:
    asked = _span(process_id).asked
    told = [sheets.steps(ask(monitoring.by_step, asked)), sheets.months(ask(monitoring.by_month, asked))]
    return _workbook(asked, told, f"langkah-{process_id}")


@pages.get("/pantauan/laporan.pdf")
def timeliness_report() -> Response:
    """Laporan ketepatan waktu layanan, under the letterhead."""
    at, asked = office(), _span().asked
    said = ask(monitoring.report, asked)
    body = letters.timeliness_pdf(letters.letterhead(at.config), said, at.engine.clock.now())
    name = f"laporan-ketepatan-waktu-{asked.period.first}-{asked.period.last}.pdf"
    return _file(body, "application/pdf", name, "inline")


def _workbook(asked: Asked, told: Sequence[sheets.Sheet], name: str) -> Response:
    body = sheets.workbook(office().engine, asked.period, told)
    return _file(body, XLSX, f"{name}-{asked.period.first}-{asked.period.last}.xlsx", "attachment")


def _file(body: bytes, kind: str, name: str, place: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers.set("Content-Disposition", place, filename=name)
    return response


# --- what is asked for -----------------------------------------------------------------------------------------------


def _span(process_id: str | None = None) -> Span:
    """The period of the address, else the last three months."""
    today = office().engine.clock.today()
    usual = monitoring.recent(today)
    bidang = request.args.get("bidang") or None
    if bidang not in office().engine.roles.bidang:
        bidang = None
    try:
        begun, ended = (_day(request.args.get(name, "")) for name in ("dari", "sampai"))
        period = Period(begun or usual.first, ended or usual.last)
    except ValueError:
        return Span(Asked(usual, bidang, process_id), "Tanggal itu tidak ada di kalender.")
    except monitoring.WrongPeriod as wrong:
        return Span(Asked(usual, bidang, process_id), wrong.message)
    return Span(Asked(period, bidang, process_id))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _frame(span: Span) -> dict[str, Any]:
    """What every page of the section is given."""
    today = office().engine.clock.today()
    quarter = monitoring.months_before(today, (today.month - 1) % 3)
    before = monitoring.months_before(quarter, 3)
    period, bidang = span.asked.period, span.asked.bidang
    return {
        "section": SECTION,
        "period": period,
        "bidang": bidang,
        "fields": office().engine.roles.bidang,
        "problem": span.problem,
        "now": office().engine.clock.now(),
        "presets": (
            ("Bulan ini", today.replace(day=1), today),
            ("Triwulan ini", quarter, today),
            ("Triwulan lalu", before, quarter - timedelta(days=1)),
            ("Tahun ini", today.replace(month=1, day=1), today),
        ),
        "where": {
            "dari": period.first.isoformat(),
            "sampai": period.last.isoformat(),
            **({"bidang": bidang} if bidang else {}),
        },
    }


def _timeliness(engine: Engine, connection: Connection, who: Actor, asked: Asked) -> list[OfProcedure]:
    now = monitoring.under_way(engine, connection, who, asked)
    return monitoring.by_procedure(engine, connection, who, asked, now)


def _worst_first(one: OfProcedure) -> tuple[float, int, str]:
    return (2 if one.done.share is None else one.done.share, -one.done.many, one.name)


def _tasks(
    engine: Engine, connection: Connection, who: Actor, wanted: dict[str, str], overdue: bool, page: int
) -> tuple[Found, dict[str, str]]:
    monitoring.allow(who)
    if wanted["petugas"] and Permission.ASSIGN not in who.permissions:
        raise NotToAssign
    fields = {
        "peran": "candidate_group",
        "petugas": "assignee",
        "prosedur": "process_definition_id",
        "langkah": "element_id",
    }
    conditions: list[Condition] = [Where("state", "eq", "CREATED")]
    conditions += [Where(fields[name], "eq", value) for name, value in wanted.items() if value]
    if overdue:
        conditions.append(Where("due_date", "lt", engine.clock.now()))
    asked = Query(tuple(conditions), (("creation_date", False),), PAGE, (page - 1) * PAGE)
    found = search.search(engine, connection, who, USER_TASKS, asked)
    people = {name for each in found.items for name in (each["assignee"], *each["candidate_user"])}
    return found, names_of(connection, people)


# --- charts and the heat ---------------------------------------------------------------------------------------------


def _trend(months: Sequence[monitoring.OfMonth]) -> Chart:
    labels = [filters.month(each.month) for each in months]
    data = {
        "labels": labels,
        "unit": "perkara",
        "series": [
            {"label": "Selesai", "values": [each.done.many for each in months]},
            {
                "label": "Tepat waktu (%)",
                "values": [
                    None if each.done.share is None else round(100 * each.done.share, 1) for each in months
                ],
                "line": True,
                "percent": True,
            },
        ],
    }
    return Chart("trend", "Perkara selesai dan bagian yang tepat waktu, per bulan", json.dumps(data))


def _flow(load: monitoring.Workload) -> Chart:
    data = {
        "labels": [f"{each.day.day}/{each.day.month}" for each in load.days],
        "unit": "tugas",
        "series": [
            {"label": "Masuk", "values": [each.came for each in load.days]},
            {"label": "Selesai", "values": [each.went for each in load.days]},
        ],
    }
    return Chart(
        "flow", "Tugas yang masuk dan yang selesai, tiap hari dalam 30 hari terakhir", json.dumps(data)
    )


def _drawing(
    engine: Engine, connection: Connection, who: Actor, found: monitoring.Steps, heat: str
) -> tuple[str, list[tuple[str, str]]]:
    """The diagram with the heat of one measure, and the legend of its colours."""
    values = {each.element_id: _heat(each, heat) for each in found.steps if each.in_force}
    known = {id: value for id, value in values.items() if value}
    most = max(known.values(), default=0.0)
    fills = {id: COLOURS[_warmth(value, most)] for id, value in known.items()}
    notes = {id: _heat_words(value, heat) for id, value in known.items()}
    tips = {each.element_id: _tip(each) for each in found.steps if each.in_force}
    body = search.find_file(engine, connection, who, found.procedure.definition_key).body
    diagram, _ = bpmn.examine(body)
    drawn = diagram if diagram.planes else bpmn.lay_out(diagram)
    legend = [
        (colour, f"sampai {_heat_words(most * (n + 1) / len(COLOURS), heat)}")
        for n, colour in enumerate(COLOURS)
        if any(_warmth(value, most) == n for value in known.values())
    ]
    return bpmn.svg(drawn, fills, tips, notes), legend


def _warmth(value: float, most: float) -> int:
    return min(int(value / most * len(COLOURS) - 1e-9), len(COLOURS) - 1)


def _heat(step: monitoring.OfStep, heat: str) -> float:
    measures = {
        "terbuka": step.open,
        "menunggu": step.waited.median,
        "seluruhnya": step.whole.median,
        "terlambat": step.late_share,
        "dikembalikan": step.again,
    }
    return float(measures[heat] or 0)


def _heat_words(value: float, heat: str) -> str:
    if heat in ("menunggu", "seluruhnya"):
        return filters.worked(int(value))
    if heat == "terlambat":
        return f"{round(100 * value)}%"
    return filters.number(round(value, 1) if value != int(value) else int(value))


def _tip(step: monitoring.OfStep) -> str:
    told = [f"{step.open} terbuka", f"{step.many} kali selesai"]
    if step.whole.median is not None:
        told.append(f"median {filters.worked(step.whole.median)}")
    return ", ".join(told)
