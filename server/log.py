"""The log: lines of JSON on standard error, each with the request and the case that it belongs to, and nothing personal.

What an error says may quote what somebody has typed. So of an error the log tells its kind and where it came through, and
of a request its route, never its address, its body or its caller.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from traceback import extract_tb
from typing import Any, Final

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars
from structlog.types import EventDict, WrappedLogger

MOST_PLACES = 40
"""Of a trace, the innermost so many."""


def configure() -> None:
    """For a whole process, once."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_words,
            _as_json,
        ],
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )


class _Lines:
    """Lines that may be lost where a disk is full, but stop no work."""

    def __init__(self, *_names: object) -> None:
        pass

    def msg(self, message: str) -> None:
        with suppress(OSError):
            sys.stderr.write(message + "\n")
            sys.stderr.flush()

    log = debug = info = warning = error = critical = exception = msg


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, default=repr)


def _as_json(_logger: WrappedLogger, _method: str, line: EventDict) -> str:
    return _ENCODER.encode(line)


def about(**known: Any) -> None:
    """What this thread logs from here on is about this, such as `request` or `job`, and no longer about what was before."""
    clear_contextvars()
    bind_contextvars(**known)


def concern(case: int) -> None:
    """What this thread logs from here on is about this case as well, unless it is about another already."""
    if "case" not in get_contextvars():
        bind_contextvars(case=str(case))


def request_id() -> str | None:
    """The id of the request that this thread answers."""
    found: str | None = get_contextvars().get("request")
    return found


def _without_words(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """An error as its kinds, from the last to the first cause, and the places that the last one came through."""
    fault = line.pop("exc_info", None)
    if isinstance(fault, BaseException):
        line["error"] = " < ".join(map(_kind, _causes(fault)))
        places = extract_tb(fault.__traceback__)[-MOST_PLACES:]
        line["trace"] = [f"{place.filename}:{place.lineno} {place.name}" for place in places]
    return line


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def _kind(fault: BaseException) -> str:
    """Its class, and what the database calls it."""
    state = getattr(getattr(fault, "orig", fault), "sqlstate", None) or getattr(
        getattr(fault, "orig", fault), "sqlite_errorname", None
    )
    return f"{type(fault).__name__} {state}" if state else type(fault).__name__
