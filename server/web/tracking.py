"""Lacak: an applicant follows their case without logging in; and the papers that the counter prints for them."""

from datetime import date
from http import HTTPStatus
from typing import Final

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from server import letters, tracking
from server.web.guard import visitor_or_none
from server.web.office import ask, do, office
from server.web.pages import pages
from server.web.tasks import next_task

PDF: Final = "application/pdf"
LONGEST: Final = 60
"""Characters of a code or fact that are given back into the form."""


@pages.get("/lacak")
def track() -> str:
    """The form; the QR of a receipt leads here with its code, and people of the office on to the case."""
    code = request.args.get("kode", "")
    case = ask(tracking.case_of_code, code) if code and visitor_or_none() else None
    onwards = None if case is None else next_task(case) or url_for("web.case", case=case)
    return render_template("track.html", code=code[:LONGEST], onwards=onwards)


@pages.post("/lacak")
def follow() -> str | tuple[str, int] | Response:
    """How far the application is, or that code and fact do not fit."""
    at = office()
    code, answer = request.form.get("kode", ""), request.form.get("fakta", "")
    if not code.strip() or not answer.strip():
        return _form(code, "Isi kode lacak dan data pemohon."), HTTPStatus.UNPROCESSABLE_ENTITY
    address = request.remote_addr or "?"
    try:
        found = at.gate.ask(lambda c: tracking.follow(at.engine, c, code, answer, address))
    except tracking.NotRecognised as refused:
        return _form(code, refused.message), HTTPStatus.UNPROCESSABLE_ENTITY
    except tracking.TooManyQuestions as refused:
        response = Response(_form(code, refused.message), HTTPStatus.TOO_MANY_REQUESTS, mimetype="text/html")
        response.headers["Retry-After"] = str(refused.retry_after)
        return response
    return render_template("followed.html", followed=found, it=found.request, code=code[:LONGEST])


@pages.post("/perkara/<key:case>/tanda-terima")
def print_receipt(case: int) -> Response:
    """A receipt with a new code, as a PDF."""
    at = office()
    wish = tracking.Wish(_base(), _born(), request.form.get("ganti") == "1")
    said, opening = do(tracking.receipt, case, wish)
    paper = _paper(letters.Paper.A5)
    body = letters.receipt_pdf(letters.letterhead(at.config), opening, said, paper, at.engine.clock.now())
    return _file(body, f"tanda-terima-{said.nomor}.pdf")


@pages.get("/perkara/<key:case>/surat-kekurangan")
def print_shortage(case: int) -> Response:
    """The letter about missing documents, as a PDF."""
    at = office()
    said, opening = do(tracking.shortage, case, _base())
    paper = _paper(letters.Paper.F4)
    body = letters.shortage_pdf(letters.letterhead(at.config), opening, said, paper, at.engine.clock.now())
    return _file(body, f"kekurangan-berkas-{said.nomor}.pdf")


def _form(code: str, message: str | None = None) -> str:
    return render_template("track.html", code=code[:LONGEST], message=message)


def _base() -> str:
    """Where applicants reach the server."""
    return office().config.public_url or request.url_root.rstrip("/")


def _paper(default: letters.Paper) -> letters.Paper:
    named = request.values.get("kertas", "")
    return letters.Paper(named) if named in list(letters.Paper) else default


def _born() -> date | None:
    text = request.form.get("tanggal_lahir", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise tracking.WrongBirthDate from None


def _file(body: bytes, name: str) -> Response:
    response = Response(body, content_type=PDF)
    response.headers.set("Content-Disposition", "inline", filename=name.replace("/", "-"))
    return response
