"""SOP sheets as documents: one procedure's, or the whole book's."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from server import pdf
from server.calendar import words
from server.identity import Roles
from server.sop.page import page
from server.sop.procedure import Procedure
from server.sop.sheet import sheet

TEMPLATE: Final = Path(__file__).with_name("lembar.typ")


class Paper(StrEnum):
    """The papers of an office, landscape: F4 (folio, 330 × 215 mm) and A4."""

    F4 = "F4"
    A4 = "A4"


def sheet_pdf(procedure: Procedure, roles: Roles, at: datetime, paper: Paper = Paper.F4) -> bytes:
    """The sheet of a procedure as a PDF: the identity page, then the table on as many pages as it needs."""
    return _rendered([procedure], roles, at, paper, procedure.nama, book=False)


def sheet_page(procedure: Procedure, roles: Roles) -> str:
    """The same as an HTML page that needs nothing else."""
    return page(sheet(procedure, roles))


def book_pdf(procedures: Iterable[Procedure], roles: Roles, at: datetime, paper: Paper = Paper.F4) -> bytes:
    """All sheets by the fields of the office, with a cover and the contents."""
    fields = list(roles.bidang)
    ordered = sorted(procedures, key=lambda one: _place(one.identity.get("bidang", ""), fields))
    return _rendered(ordered, roles, at, paper, "Buku Standar Operasional Prosedur", book=True)


def _place(bidang: str, fields: list[str]) -> int:
    return fields.index(bidang) if bidang in fields else len(fields)


def _rendered(
    procedures: list[Procedure], roles: Roles, at: datetime, paper: Paper, title: str, book: bool
) -> bytes:
    data: dict[str, Any] = {
        "judul": title,
        "kantor": roles.kantor,
        "kertas": paper,
        "buku": book,
        "dicetak": words.day(at),
        "sop": [sheet(procedure, roles) for procedure in procedures],
    }
    return pdf.render(TEMPLATE, data, at)
