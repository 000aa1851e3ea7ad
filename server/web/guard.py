"""Before and after every page: whose session it is, whether the form is really ours, and what browsers must not do.

A session is a cookie that no script can read. A form proves that it is ours by a token that only a page of the same session
could tell it; nothing of it is kept, it is the session's text under a key. Who has no session yet gets a cookie of their own
for the login form.
"""

import hmac
import secrets
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server import errors
from server.identity import NotAuthenticated, Visitor
from server.web.office import office

SESSION: Final = "sesi"
STRANGER: Final = "tamu"
TOKEN_FIELD: Final = "_token"
TOKEN_HEADER: Final = "X-CSRF-Token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FOR_ANYBODY: Final = frozenset(
    {"web.asset", "web.logo", "web.login", "web.log_in", "web.home", "web.unread"}
    | {"web.check_letter", "web.check_letter_of"}
    | {"web.track", "web.follow", "web.requirements", "web.requirement_list"}
    | {"web.leave_for_provider", "web.return_from_provider", "web.leave_provider"}
)
BEFORE_NEW_PASSWORD: Final = frozenset({"web.password", "web.change_password", "web.log_out"})
LARGEST: Final = 2 * 2**20
"""Bytes of a form, files aside: those have limits of their own."""
LIMITS: Final[dict[str, int]] = {}
"""Other limits, by endpoint."""
SEALS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS: Final = "max-age=31536000; includeSubDomains"


class Forged(errors.Forbidden):
    """A form that no page of this session gave out."""

    def __init__(self) -> None:
        super().__init__("Halaman ini sudah terlalu lama terbuka. Muat ulang, lalu kirim lagi.")


def register(app: Flask) -> None:
    """Stands before every page; a path of the API never comes here."""
    app.before_request(_admit)
    app.after_request(_seal)


def visitor_or_none() -> Visitor | None:
    """Whose session it is, where there is one."""
    found: Visitor | None = g.get("visitor")
    return found


def csrf_token() -> str:
    """What a form of the present session must bring back."""
    return hmac.digest(_secret().encode(), b"csrf", "sha256").hex()


def cookie_name(name: str) -> str:
    """Over TLS no other host and no plain connection can set it."""
    return f"__Host-{name}" if request.is_secure else name


def keep(response: AnyResponse, name: str, text: str, seconds: int | None = None) -> None:
    """Until the browser is closed, where no time is told."""
    response.set_cookie(
        cookie_name(name), text, seconds, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )


def forget(response: AnyResponse, name: str) -> None:
    response.delete_cookie(
        cookie_name(name), httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )


def session_text() -> str | None:
    return request.cookies.get(cookie_name(SESSION))


def _admit() -> AnyResponse | None:
    if request.blueprint != "web":
        return None
    request.max_content_length = LIMITS.get(request.endpoint or "", LARGEST)
    request.max_form_memory_size = request.max_content_length
    g.visitor = _known_visitor()
    if g.visitor is None and request.endpoint not in FOR_ANYBODY:
        raise NotAuthenticated("Masuk dahulu untuk membuka halaman ini.")
    if request.method not in SAFE:
        _refuse_forged()
    if request.endpoint in FOR_ANYBODY:
        return None
    if g.visitor.must_change and request.endpoint not in BEFORE_NEW_PASSWORD:
        return redirect(url_for("web.password"), HTTPStatus.SEE_OTHER)
    return None


def _known_visitor() -> Visitor | None:
    text = session_text()
    if not text or request.endpoint == "web.asset":
        return None
    at = office()
    try:
        return at.gate.ask(lambda c: at.gate.login.authenticate_session(c, text, at.engine.clock.now()))
    except NotAuthenticated:
        return None


def _refuse_forged() -> None:
    brought = request.headers.get(TOKEN_HEADER) or request.form.get(TOKEN_FIELD, "")
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    if elsewhere or not hmac.compare_digest(brought.encode(), csrf_token().encode()):
        raise Forged


def _secret() -> str:
    """The session's text; a stranger's own where there is no session."""
    if visitor_or_none() is not None:
        return session_text() or ""
    if "stranger" not in g:
        g.stranger = request.cookies.get(cookie_name(STRANGER)) or secrets.token_urlsafe(16)
        g.greeted = cookie_name(STRANGER) in request.cookies
    known: str = g.stranger
    return known


def _seal(response: Response) -> Response:
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    if "Content-Security-Policy" in response.headers:
        return response
    response.headers.extend(SEALS)
    response.headers.setdefault("Cache-Control", "no-store")
    if "stranger" in g and not g.greeted:
        keep(response, STRANGER, g.stranger)
    return response
