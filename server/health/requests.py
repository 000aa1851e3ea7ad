"""Every request: an id, a line in the log, its time."""

import re
import secrets
from time import perf_counter
from typing import Final

import structlog
from flask import Flask, Response, g, request

from server import log
from server.health.meters import Meters

HEADER: Final = "X-Request-Id"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNTOLD: Final = ("/health/", "/metrics")
"""Asked every few seconds by whoever watches: counted, but not told."""

_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")

logger = structlog.get_logger(__name__)


def watch(app: Flask, meters: Meters) -> None:
    """From before the first to after the last of what the other rooms do with a request."""

    def end(response: Response) -> Response:
        seconds = perf_counter() - g.began
        method = request.method if request.method in METHODS else "other"
        route = request.url_rule.rule if request.url_rule else "none"
        meters.request(method, route, response.status_code, seconds)
        if not request.path.startswith(UNTOLD):
            logger.info(
                "request",
                method=method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        response.headers[HEADER] = log.request_id() or ""
        return response

    app.before_request(_begin)
    app.after_request(end)


def _begin() -> None:
    g.began = perf_counter()
    log.about(request=_id())
    case = (request.view_args or {}).get("process_instance_key")
    if isinstance(case, str) and case.isascii() and case.isdigit():
        log.concern(int(case[:19]))


def _id() -> str:
    """The caller's own id for the request, where it is one; otherwise a new one."""
    given = request.headers.get(HEADER, "")
    return given if _ID.fullmatch(given) else secrets.token_hex(8)
