"""The leave book of a year as a spreadsheet: one row an employee. Names are texts, never formulas."""

from collections.abc import Iterable
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from server.personnel.balances import Balance
from server.sop.workbook import put

TITLES: Final = (
    "No",
    "Nama",
    "NIP",
    "Jabatan",
    "Unit",
    "Sisa N-2",
    "Sisa N-1",
    "Ditangguhkan N-1",
    "Dibawa",
    "Hak N",
    "Pagu",
    "Dipakai",
    "Diajukan",
    "Sisa",
    "Keterangan",
)
WIDTHS: Final = (5, 30, 22, 30, 30, 9, 9, 13, 9, 9, 9, 9, 9, 9, 40)


def leave_sheet(tahun: int, office: str, found: Iterable[Balance]) -> bytes:
    """The spreadsheet (.xlsx)."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = f"Cuti {tahun}"
    put(sheet, 1, 1, f"Buku penjagaan cuti tahunan {tahun}, {office}", bold=True).alignment = Alignment(
        wrap_text=False
    )
    for column, (title, width) in enumerate(zip(TITLES, WIDTHS, strict=True), 1):
        put(sheet, 3, column, title, bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for number, each in enumerate(found, 1):
        for column, value in enumerate(_cells(number, each), 1):
            put(sheet, 3 + number, column, value)
    sheet.freeze_panes = "C4"
    sheet.page_setup.orientation = "landscape"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cells(number: int, of: Balance) -> tuple[object, ...]:
    who = of.who
    days = (of.sisa_2, of.sisa_1, of.ditangguhkan, of.bawaan, of.hak, of.pagu, of.page.terpakai, of.diajukan)
    note = of.fault or ("Cuti besar tahun ini" if of.page.cuti_besar else "")
    return (number, who.nama, who.nip, who.jabatan, who.unit, *days, of.sisa, note)
