"""Errors as RFC 9457 problem details, in Indonesian.

The gate says which status an error of the house has; here are only those of HTTP itself.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import structlog
from flask import Response, make_response, request
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import NotFound as NoRoute

from server import errors, log
from server.db import dump_json
from server.gate import status_of
from server.identity import NotAuthenticated

logger = structlog.get_logger(__name__)

REALM: Final = 'Basic realm="Tatalaksana"'
KEPT: Final = ("Allow", "Retry-After")
"""Headers of HTTP's own errors that go to the caller."""
SENTENCES: Final[Mapping[int, str]] = {
    400: "Permintaan ini tidak dapat dibaca.",
    404: "Alamat ini tidak ada.",
    405: "Alamat ini ada, tetapi tidak dengan metode ini.",
    406: "Jawaban tidak tersedia dalam bentuk yang diminta.",
    408: "Permintaan terlalu lama terkirim; coba lagi.",
    411: "Permintaan harus menyebut panjang isinya (Content-Length).",
    413: "Isi permintaan terlalu besar.",
    414: "Alamat terlalu panjang.",
    415: "Jenis isi ini tidak diterima; kirim application/json.",
    431: "Kepala permintaan terlalu besar.",
}


class Refusal(HTTPException):
    """An error of HTTP with a sentence of its own."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.code = status


class NotThere(Refusal):
    """A part of Camunda's API that this server does not have."""

    def __init__(self, what: str) -> None:
        super().__init__(HTTPStatus.NOT_IMPLEMENTED, f"Bagian API ini belum tersedia di Tatalaksana: {what}.")


def answer(error: Exception) -> Response:
    """The answer to a request of the API that failed."""
    if isinstance(error, errors.OfficeError):
        return _office_error(error)
    return _http_error(error) if isinstance(error, HTTPException) else _unexpected(error)


def _office_error(error: errors.OfficeError) -> Response:
    headers = {}
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = REALM
    if isinstance(error, errors.Unavailable):
        headers["Retry-After"] = str(error.retry_after)
    return problem(status_of(error), error.message, getattr(error, "problems", ()), headers)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response(request.environ))
    if isinstance(error, NoRoute) and request.path.startswith("/v2/"):
        error = NotThere(f"{request.method} {request.path}")
    sentence = error.description if isinstance(error, Refusal) else SENTENCES.get(error.code or 500)
    kept = ((name, value) for name, value in error.get_headers(request.environ) if name in KEPT)
    return problem(error.code or 500, sentence or SENTENCES[400], (), dict(kept))


def _unexpected(error: Exception) -> Response:
    """The request's id goes to the caller, who may quote it, and what is known to the log."""
    logger.error("unexpected error", exc_info=error)
    number = log.request_id() or "-"
    sentence = (
        f"Terjadi kesalahan pada server. Sampaikan nomor {number} kepada petugas TI; tidak ada yang berubah."
    )
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, sentence)


def problem(
    status: int,
    detail: str,
    problems: Iterable[errors.Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a request that failed. `problems` says where, in Indonesian."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "instance": request.path,
    }
    if log.request_id():
        body["requestId"] = log.request_id()
    listed = [{"message": each.message, "where": each.where, "line": each.line} for each in problems]
    if listed:
        body["problems"] = listed
    return Response(dump_json(body), status, headers, content_type="application/problem+json")
