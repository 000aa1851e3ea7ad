"""The token endpoint of OAuth 2.0 (RFC 6749 §4.4), where Camunda's clients change their id and secret for an access token.

Its answers have OAuth's shape, also those that refuse, and it asks nobody who they are: the secret says so.
"""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, request

from server import errors
from server.api.office import office
from server.db import dump_json
from server.identity import TooManyAttempts, UnknownScope, WrongClient, grant_access

oauth = Blueprint("oauth", __name__, url_prefix="/oauth")

LIMIT: Final = 16 * 1024
CHALLENGE: Final = {"WWW-Authenticate": 'Basic realm="Tatalaksana"'}


# --- act


@oauth.post("/token")
def create_token() -> Response:
    """An access token for `grant_type=client_credentials`; `audience` and `resource` are accepted, and mean nothing here."""
    request.max_content_length = LIMIT
    form = request.form
    if form.get("grant_type") != "client_credentials":
        told = "Kirim grant_type=client_credentials sebagai application/x-www-form-urlencoded."
        return _refused(HTTPStatus.BAD_REQUEST, "unsupported_grant_type", told)
    basic = request.authorization if request.authorization and request.authorization.type == "basic" else None
    client = (basic.username if basic else form.get("client_id")) or ""
    secret = (basic.password if basic else form.get("client_secret")) or ""
    if not client or not secret:
        return _refused(HTTPStatus.BAD_REQUEST, "invalid_request", "Kirim client_id dan client_secret.")
    return _granted(client, secret, form.get("scope", ""))


def _granted(client: str, secret: str, scope: str) -> Response:
    gate, address = office().gate, request.remote_addr or "?"
    try:
        token = gate.ask(lambda c: grant_access(c, client, secret, scope, address, gate.clock.now()))
    except WrongClient as fault:
        return _refused(HTTPStatus.UNAUTHORIZED, "invalid_client", fault.message, CHALLENGE)
    except UnknownScope as fault:
        return _refused(HTTPStatus.BAD_REQUEST, "invalid_scope", fault.message)
    except TooManyAttempts as fault:
        return _later(HTTPStatus.TOO_MANY_REQUESTS, fault)
    except errors.Unavailable as fault:
        return _later(HTTPStatus.SERVICE_UNAVAILABLE, fault)
    return _answer(
        HTTPStatus.OK,
        {
            "access_token": token.text,
            "token_type": "Bearer",
            "expires_in": token.expires_in,
            "scope": " ".join(sorted(token.scopes)),
        },
    )


def _later(status: HTTPStatus, fault: errors.Unavailable) -> Response:
    again = {"Retry-After": str(fault.retry_after)}
    return _refused(status, "temporarily_unavailable", fault.message, again)


def _refused(
    status: HTTPStatus, error: str, description: str, headers: dict[str, str] | None = None
) -> Response:
    return _answer(status, {"error": error, "error_description": description}, headers)


def _answer(status: HTTPStatus, body: dict[str, object], headers: dict[str, str] | None = None) -> Response:
    kept_nowhere = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}
    return Response(dump_json(body), status, kept_nowhere | (headers or {}), content_type="application/json")
