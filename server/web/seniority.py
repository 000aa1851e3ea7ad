"""Daftar urut kepangkatan (DUK): the list on a page, as it is printed, and as a spreadsheet."""

from datetime import date

from flask import Response, render_template, request

from server.letters import letterhead
from server.personnel.career_kinds import DIKLAT, PANGKAT, PENDIDIKAN, level_words
from server.personnel.papers import seniority_pdf, seniority_workbook
from server.personnel.seniority import seniority
from server.web import fields
from server.web.office import ask, office
from server.web.pages import pages
from server.web.personnel import SECTION
from server.web.sop import PDF, XLSX


@pages.get("/kepegawaian/duk")
def seniority_list() -> str:
    """The list as of a day."""
    day = _day()
    return render_template(
        "seniority.html",
        section=SECTION,
        seats=ask(seniority, day),
        day=day,
        ranks=PANGKAT,
        schools=PENDIDIKAN,
        trainings=DIKLAT,
        level_words=level_words,
    )


@pages.get("/kepegawaian/duk.pdf")
def seniority_paper() -> Response:
    """On F4 across, under the letterhead."""
    day, at = _day(), office()
    body = seniority_pdf(letterhead(at.config), ask(seniority, day), day, at.engine.clock.now())
    return _file(body, PDF, f"duk-{day}.pdf", "inline")


@pages.get("/kepegawaian/duk.xlsx")
def seniority_sheet() -> Response:
    day = _day()
    return _file(seniority_workbook(ask(seniority, day), day), XLSX, f"duk-{day}.xlsx", "attachment")


def _day() -> date:
    """The day that was asked for, today where none was."""
    return fields.read_day(request.args.get("tanggal", ""), "tanggal") or office().engine.clock.today()


def _file(body: bytes, kind: str, name: str, disposition: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers.set("Content-Disposition", disposition, filename=name)
    return response
