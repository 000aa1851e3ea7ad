"""Letters: what the office hands to an applicant on paper, from templates of the house, under its letterhead."""

from server.letters.letterhead import Letterhead, letterhead
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
    "TimelinessReport",
    "Wanted",
    "letterhead",
    "receipt_pdf",
    "shortage_pdf",
    "timeliness_pdf",
]
