"""Errors as pages: what went wrong, what to do, and a number to quote where the log knows more.

A request that only refreshes a part of a page gets a fragment, and one of a script that asks for JSON gets that.
"""

import secrets
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import structlog
from flask import Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from server import errors
from server.gate import status_of
from server.identity import NotAuthenticated
from server.web.assets import NotBuilt
from server.web.guard import visitor_or_none
from server.web.office import office

log = structlog.get_logger(__name__)

SENTENCES: Final = {
    400: "Permintaan ini tidak dapat dibaca. Kembali ke halaman sebelumnya dan coba lagi.",
    404: "Halaman ini tidak ada. Periksa alamatnya, atau mulai dari kotak tugas.",
    405: "Halaman ini tidak dapat dibuka dengan cara itu. Mulai dari kotak tugas.",
    413: "Yang dikirim terlalu besar. Perkecil berkasnya, lalu kirim lagi.",
}
TITLES: Final = {
    401: "Masuk dahulu",
    403: "Tidak diizinkan",
    404: "Tidak ditemukan",
    409: "Tidak dapat dilakukan sekarang",
    429: "Terlalu sering",
    500: "Terjadi kesalahan",
    503: "Sedang tidak dapat dipakai",
}


def answer(error: Exception) -> AnyResponse:
    """The answer to a request of a page that failed; who was refused what is kept in the audit trail."""
    if isinstance(error, NotAuthenticated) and not _asked_by_script():
        return redirect(url_for("web.login", lanjut=_where_from()), HTTPStatus.SEE_OTHER)
    if isinstance(error, errors.OfficeError):
        who = visitor_or_none()
        verb = (request.endpoint or request.method).rpartition(".")[2]
        office().gate.note_refusal(who.actor if who else None, verb, request.path, error)
        return _told(status_of(error), error.message, error)
    if isinstance(error, HTTPException):
        if error.response is not None or error.code is None or error.code < 400:
            return make_response(error.get_response(request.environ))
        return _told(error.code, SENTENCES.get(error.code, SENTENCES[400]))
    number = secrets.token_hex(4)
    log.error("unexpected error", number=number, method=request.method, path=request.path, exc_info=error)
    sentence = (
        "Terjadi kesalahan pada server; tidak ada yang berubah. Coba lagi. Bila terulang, hubungi petugas TI."
    )
    return _told(500, sentence, number=number)


def wants_fragment() -> bool:
    """Whether only a part of a page is asked for."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _asked_by_script() -> bool:
    return wants_fragment() or wants_json()


def _told(
    status: int, message: str, error: errors.OfficeError | None = None, number: str | None = None
) -> Response:
    title = TITLES.get(status, TITLES[500] if status >= 500 else "Tidak dapat diproses")
    found = [vars(each) for each in getattr(error, "problems", ())]
    if wants_json():
        response = jsonify(message=message, problems=found, number=number)
    elif isinstance(error, NotBuilt):
        response = Response(message, mimetype="text/plain")
    else:
        template = "_problem.html" if wants_fragment() else "problem.html"
        response = make_response(
            render_template(template, title=title, message=message, problems=found, number=number)
        )
    response.status_code = status
    if isinstance(error, errors.Unavailable):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, NotAuthenticated) and wants_fragment():
        response.headers["HX-Redirect"] = url_for("web.login", lanjut=_where_from())
    return response


def _where_from() -> str | None:
    """The page to come back to after logging in: the one that was asked for, or the one whose part was."""
    if wants_fragment():
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        return page.path + (f"?{page.query}" if page.query else "")
    return request.full_path.rstrip("?") if request.method == "GET" else None
