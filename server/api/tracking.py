"""Receipts, the letter about what is missing, and what an applicant sees of a case."""

from typing import Any

from flask import Response, request
from marshmallow import validate

from server import letters, tracking
from server.api.blueprint import Blueprint
from server.api.calendar import Day
from server.api.office import ask, do, office
from server.api.schemas import Flag, Instant, Key, Listed, Schema, Text, Within, Word

receipts = Blueprint(
    "receipts",
    __name__,
    url_prefix="/api/process-instances",
    description="What applicants take home, and how they follow their case.",
)

PDF = "application/pdf"
FILE = {"type": "string", "format": "binary"}


# --- schema


def _paper(default: letters.Paper) -> Text:
    return Text(load_default=default.value, validate=validate.OneOf([one.value for one in letters.Paper]))


class ReceiptWanted(Schema):
    """`tanggalLahir`: the applicant's, to prove themselves by where neither NIK, NIP nor telephone is written down.

    `ganti`: the codes of earlier receipts count no more.
    """

    kertas = _paper(letters.Paper.A5)
    tanggal_lahir = Day(load_default=None, allow_none=True)
    ganti = Flag(load_default=False)


class LetterWanted(Schema):
    kertas = _paper(letters.Paper.F4)


class ApplicationStep(Schema):
    """`state`: done, now or ahead; `own`: the applicant does it."""

    name = Text(required=True)
    role = Text(required=True, allow_none=True)
    state = Word(("done", "now", "ahead"), required=True)
    own = Flag(required=True)
    at = Instant(required=True, allow_none=True)


class WantedDocument(Schema):
    """`ada`: whether it was handed in; null: nobody has looked yet."""

    dokumen = Text(required=True)
    bentuk = Text(required=True)
    jumlah = Text(required=True, allow_none=True)
    alternatif = Listed(Text(), required=True)
    sumber = Text(required=True)
    ada = Flag(required=True, allow_none=True)


class ApplicationStatus(Schema):
    """An application as its applicant sees it. `readyAt`: by the standard times in working time, null where it cannot be said."""

    process_instance_key = Key(required=True, attribute="case_key")
    business_id = Text(required=True, attribute="nomor")
    layanan = Text(required=True)
    pemohon = Text(required=True, allow_none=True)
    received_at = Instant(required=True, attribute="diterima")
    stages = Listed(Text(), required=True, attribute="progress.stages")
    ready = Flag(required=True, attribute="progress.ready")
    ready_at = Instant(required=True, allow_none=True, attribute="progress.ready_at")
    late = Flag(required=True, attribute="progress.late")
    steps = Listed(Within(ApplicationStep), required=True, attribute="progress.steps")
    documents = Listed(Within(WantedDocument), required=True, attribute="papers.asked")


# --- one


@receipts.get("/<process_instance_key>/tracking")
@receipts.response(200, ApplicationStatus)
def get_tracking(process_instance_key: int) -> tracking.Request:
    """How far an application is, in the words in which its applicant sees it."""
    return ask(tracking.request, process_instance_key)


@receipts.get("/<process_instance_key>/shortage-letter")
@receipts.arguments(LetterWanted, location="query")
@receipts.response(200, FILE, content_type=PDF)
def get_shortage_letter(wanted: dict[str, Any], process_instance_key: int) -> Response:
    """The letter to the applicant that lists which documents are missing, as a PDF."""
    at = office()
    said, opening = do(tracking.shortage, process_instance_key, _base())
    paper = letters.Paper(wanted["kertas"])
    body = letters.shortage_pdf(at.letterhead, opening, said, paper, at.engine.clock.now())
    return _file(body, f"kekurangan-berkas-{said.nomor}.pdf")


# --- act


@receipts.post("/<process_instance_key>/receipt")
@receipts.arguments(ReceiptWanted, required=False)
@receipts.response(200, FILE, content_type=PDF)
def create_receipt(wanted: dict[str, Any], process_instance_key: int) -> Response:
    """A receipt for the applicant with a new tracking code, as a PDF."""
    at = office()
    wish = tracking.Wish(_base(), wanted["tanggal_lahir"], wanted["ganti"])
    said, opening = do(tracking.receipt, process_instance_key, wish)
    paper = letters.Paper(wanted["kertas"])
    body = letters.receipt_pdf(at.letterhead, opening, said, paper, at.engine.clock.now())
    return _file(body, f"tanda-terima-{said.nomor}.pdf")


def _base() -> str:
    """Where applicants reach the server."""
    return office().public_url or request.url_root.rstrip("/")


def _file(body: bytes, name: str) -> Response:
    response = Response(body, content_type=PDF)
    response.headers.set("Content-Disposition", "inline", filename=name.replace("/", "-"))
    return response
