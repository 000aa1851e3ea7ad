"""Tracking: what applicants see of their cases from outside, and the papers that they take home.

A receipt with a code, the public's view of a case by that code, the letter about what is missing. Nothing here moves a case.
"""

from server.tracking.following import Followed, NotRecognised, TooManyQuestions, case_of_code, follow
from server.tracking.opening import opening
from server.tracking.receipts import NothingMissing, Wish, WrongBirthDate, receipt, shortage
from server.tracking.request import NobodyYet, NoRequest, Request, UnknownRequest, request, request_or_none
from server.tracking.words import service_name

__all__ = [
    "Followed",
    "NoRequest",
    "NobodyYet",
    "NotRecognised",
    "NothingMissing",
    "Request",
    "TooManyQuestions",
    "UnknownRequest",
    "Wish",
    "WrongBirthDate",
    "case_of_code",
    "follow",
    "opening",
    "receipt",
    "request",
    "request_or_none",
    "service_name",
    "shortage",
]
