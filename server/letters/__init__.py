"""Letters: their numbers and agenda books, and what the office hands out on paper, from templates, under its letterhead."""

from server.letters.handlers import handlers
from server.letters.letterhead import Letterhead, letterhead
from server.letters.naskah import Stationery, Templates, stationery, templates
from server.letters.papers import Office, Paper, Receipt, Shortage, Wanted, receipt_pdf, shortage_pdf
from server.letters.reports import ReportedField, ReportedService, TimelinessReport, timeliness_pdf

__all__ = [
    "Letterhead",
    "Office",
    "Paper",
    "Receipt",
    "ReportedField",
    "ReportedService",
    "Shortage",
    "Stationery",
    "Templates",
    "TimelinessReport",
    "Wanted",
    "handlers",
    "letterhead",
    "receipt_pdf",
    "shortage_pdf",
    "stationery",
    "templates",
    "timeliness_pdf",
]
