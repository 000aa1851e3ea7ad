"""Letters: what the office hands to an applicant on paper, from templates of the house, under its letterhead."""

from server.letters.letterhead import Letterhead, letterhead
from server.letters.papers import Office, Paper, Receipt, Shortage, Wanted, receipt_pdf, shortage_pdf

__all__ = [
    "Letterhead",
    "Office",
    "Paper",
    "Receipt",
    "Shortage",
    "Wanted",
    "letterhead",
    "receipt_pdf",
    "shortage_pdf",
]
