"""The one door out to spreadsheets (.xlsx): what users wrote goes into cells as text, never as a formula."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

RISKY: Final = ("=", "+", "-", "@", "\n")
"""A text that begins with one of these is written behind an apostrophe."""
THIN: Final = Side(style="thin")
BORDER: Final = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD: Final = PatternFill("solid", fgColor="EEEEEE")


def put(sheet: Worksheet, row: int, column: int, value: object, bold: bool = False) -> Cell:
    """Writes a cell: numbers and days as such, all else as text without what cannot be printed."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    if isinstance(value, int | float | date):
        cell.value = value
    elif value:
        text = "".join(letter for letter in str(value) if letter.isprintable() or letter == "\n")
        cell.value = f"'{text}" if text.startswith(RISKY) else text
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.font = Font(bold=bold)
    return cell


def table(
    title: str, heading: str, columns: Sequence[tuple[str, int]], rows: Iterable[Sequence[object]]
) -> bytes:
    """A spreadsheet of one sheet: a heading, the columns' names (each with its width), the rows."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    put(sheet, 1, 1, heading, bold=True).alignment = Alignment(wrap_text=False)
    for column, (name, width) in enumerate(columns, 1):
        cell = put(sheet, 3, column, name, bold=True)
        cell.fill, cell.border = HEAD, BORDER
        sheet.column_dimensions[get_column_letter(column)].width = width
    for line, row in enumerate(rows, 4):
        for column, value in enumerate(row, 1):
            put(sheet, line, column, value).border = BORDER
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The file."""
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
