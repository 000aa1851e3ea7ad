"""The book of SOPs: a diagram as the official sheet (PermenPAN-RB 35/2012), a spreadsheet as a diagram, and the catalogue."""

from server.sop.catalogue import Entry, catalogue, published
from server.sop.documents import Paper, book_pdf, sheet_page, sheet_pdf
from server.sop.draft import Draft, draft
from server.sop.procedure import Branch, Procedure, Row, read_procedure
from server.sop.reading import UnreadableWorkbook, read_workbook
from server.sop.workbook import workbook

__all__ = [
    "Branch",
    "Draft",
    "Entry",
    "Paper",
    "Procedure",
    "Row",
    "UnreadableWorkbook",
    "book_pdf",
    "catalogue",
    "draft",
    "published",
    "read_procedure",
    "read_workbook",
    "sheet_page",
    "sheet_pdf",
    "workbook",
]
