"""Buku penjagaan: what comes due for whom, by kind and month, and the start of the procedure from its row."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server import errors
from server.calendar import words
from server.gate import status_of
from server.personnel import career, reminder_book
from server.personnel.papers import book_workbook
from server.personnel.reminder_book import KINDS, PUTUSAN, Book, Due
from server.web import fields
from server.web.employees import RECORDED_AS, month_of
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.personnel import SECTION
from server.web.sop import XLSX
from server.web.tasks import next_task

PAGE: Final = 50
LAST_PAGE: Final = 400
Answer = str | AnyResponse | tuple[str, int]
STATES: Final = {
    "": "Semua",
    "siap": "Siap diusulkan",
    "berjalan": "Sedang diusulkan",
    "tertahan": "Tertahan atau belum lengkap",
}


@dataclass(frozen=True)
class Sought:
    """What of the book is looked for: all that is named must fit."""

    jenis: str
    bulan: str
    keadaan: str
    words: str

    def fits(self, due: Due) -> bool:
        text = f"{due.nama} {due.username} {due.nip} {due.unit}".casefold()
        return (
            self.jenis in ("", due.jenis)
            and self.bulan in ("", month_of(due.tmt))
            and self.keadaan in ("", state_of(due))
            and all(word in text for word in self.words.casefold().split())
        )


def state_of(due: Due) -> str:
    """How far it is: `siap`, `berjalan` or `tertahan`."""
    if due.perkara is not None:
        return "berjalan"
    return "siap" if due.is_ready else "tertahan"


# --- list


@pages.get("/kepegawaian/penjagaan")
def reminder_pages() -> str:
    """What stands in the book today."""
    return _page()


@pages.get("/kepegawaian/penjagaan.xlsx")
def reminder_sheet() -> Response:
    """What was looked for, as a spreadsheet."""
    found = [each for each in _read().due if _sought().fits(each)]
    today = office().engine.clock.today()
    return _file(book_workbook(found, today), f"buku-penjagaan-{today}.xlsx")


# --- act


@pages.post("/kepegawaian/penjagaan")
def begin_due() -> Answer:
    """Starts the procedure for a row; leads to the case that was there where somebody was quicker."""
    try:
        tmt = fields.day("tmt", "TMT-nya")
        begun = do(reminder_book.begin, fields.text("pegawai"), fields.text("jenis"), tmt)
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(refusal), status_of(refusal)
    notice = "sudah-diusulkan" if begun.again else "dimulai"
    if begun.number is None:
        return redirect(url_for("web.reminder_pages", kabar=notice), HTTPStatus.SEE_OTHER)
    case = url_for("web.case", case=begun.key, kabar=notice)
    return redirect(case if begun.again else next_task(begun.key, notice) or case, HTTPStatus.SEE_OTHER)


def _page(refusal: errors.OfficeError | None = None) -> str:
    sought, book = _sought(), _read()
    every = book.due
    found = [each for each in every if sought.fits(each)]
    page = min(max(request.args.get("hal", 1, type=int), 1), LAST_PAGE)
    counts = Counter(each.jenis for each in every)
    return render_template(
        "reminder_book.html",
        section=SECTION,
        found=found[(page - 1) * PAGE : page * PAGE],
        count=len(found),
        every=len(every),
        page=page,
        page_size=PAGE,
        sought=sought,
        kinds=KINDS,
        counts=counts,
        months=_months(every),
        states=STATES,
        state_of=state_of,
        verdicts=PUTUSAN,
        recorded=RECORDED_AS,
        may_begin=ask(reminder_book.may_begin),
        keeps=career.keeps_files(actor()),
        incomplete=book.incomplete,
        pppk=book.pppk,
        today=office().engine.clock.today(),
        message=refusal.message if refusal else None,
    )


def _read() -> Book:
    """The book; that discipline was read of is kept."""
    book = ask(reminder_book.book)
    if any(each.held_by for each in book.due):
        at, who = office(), actor()
        at.gate.change(lambda c: reminder_book.note_reading(c, at.engine, who, book.due))
    return book


def _sought() -> Sought:
    asked = request.args
    jenis, keadaan = asked.get("jenis", ""), asked.get("keadaan", "")
    return Sought(
        jenis if jenis in KINDS else "",
        asked.get("bulan", "")[:7],
        keadaan if keadaan in STATES else "",
        asked.get("cari", "").strip()[:100],
    )


def _months(found: Sequence[Due]) -> dict[str, str]:
    """The months in which something comes due, with their names."""
    days = sorted({each.tmt.replace(day=1) for each in found if each.tmt})
    return {month_of(day): _month_words(day) for day in days}


def _month_words(day: date) -> str:
    return f"{words.MONTHS[day.month - 1]} {day.year}"


def _file(body: bytes, name: str) -> Response:
    response = Response(body, content_type=XLSX)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
