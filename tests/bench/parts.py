"""Where the time of a completion goes: timers around its parts, in this process, without gunicorn and sockets."""

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any, Final
from unittest import mock

from flask import Flask
from sqlalchemy import Connection
from werkzeug.test import run_wsgi_app

from server.app import create_app
from server.calendar import Calendar
from server.db import Change, connections, dump_json
from server.engine import step, tasks
from server.engine.execution import Execution
from server.engine.spiff import Tokens
from server.feel import Expression
from server.forms import Form
from server.gate import Gate
from tests.bench.procedure import APPROVED, CHECKER, Cases

COUNT: Final = 400
WARM_UP: Final = 50

HTTP: Final = "HTTP, routing, schema"
CALLER: Final = "who is calling"
GATE: Final = "gate and connections"
READS: Final = "reads: task, case, variables"
RULES: Final = "form, FEEL, due date"
TOKENS: Final = "tokens: load, run, dump"
ROWS: Final = "verb and rows"
STATEMENTS: Final = "statements of the transaction"
"""On PostgreSQL with the commit, where they are one."""
COMMIT: Final = "commit"
NAMES: Final = (HTTP, CALLER, GATE, READS, RULES, TOKENS, ROWS, STATEMENTS, COMMIT)

PLACES: Final[Sequence[tuple[Any, str, str]]] = (
    (Flask, "wsgi_app", HTTP),
    (Gate, "caller", CALLER),
    (Gate, "do", GATE),
    (Connection, "execute", READS),
    (step, "fetch", READS),
    (tasks, "fetch", READS),
    (Form, "check", RULES),
    (Expression, "evaluate", RULES),
    (Calendar, "due", RULES),
    (Tokens, "load", TOKENS),
    (Tokens, "complete", TOKENS),
    (Tokens, "dump", TOKENS),
    (Execution, "enter", ROWS),
    (Execution, "perform", ROWS),
    (Execution, "leave", ROWS),
    (Execution, "passed", ROWS),
    (Change, "carry_out", STATEMENTS),
    (connections, "_commit", COMMIT),
)
WHOLE: Final = (CALLER,)
"""Parts that nothing is taken out of."""


class Stopwatch:
    """Seconds by part. A part's time is its own: what runs inside it under another name counts there alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._part = ""
        self._since = time.perf_counter()

    def timed(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time counted as `part`."""

        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            outer = self._part
            if outer in WHOLE:
                return function(*args, **kwargs)
            self._turn_to(part)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn_to(outer)

        return run

    def _turn_to(self, part: str) -> None:
        now = time.perf_counter()
        self.seconds[self._part] += now - self._since
        self._part, self._since = part, now


def measure(cases: Cases) -> dict[str, float]:
    """Milliseconds of a completion by part."""
    app = create_app(cases.office.config)
    for task in cases.ready(WARM_UP):
        _complete(app, cases, task)
    tasks = cases.ready(COUNT)
    stopwatch = Stopwatch()
    with _timers(stopwatch):
        for task in tasks:
            _complete(app, cases, task)
    return {name: stopwatch.seconds[name] / COUNT * 1000 for name in NAMES}


@contextmanager
def _timers(stopwatch: Stopwatch) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name, part in PLACES:
            timed: Any = stopwatch.timed(part, getattr(owner, name))
            if isinstance(vars(owner)[name], classmethod):
                timed = staticmethod(timed)
            stack.enter_context(mock.patch.object(owner, name, timed))
        stack.enter_context(mock.patch.object(Gate, "ask", _asking(stopwatch, Gate.ask)))
        yield


def _asking(stopwatch: Stopwatch, ask: Callable[..., Any]) -> Callable[..., Any]:
    """`Gate.ask`, with the question itself counted apart from how it gets its connection."""
    return lambda gate, question: ask(gate, stopwatch.timed(ROWS, question))


def _complete(app: Flask, cases: Cases, task: int) -> None:
    """A request as gunicorn hands it over."""
    body = dump_json({"variables": APPROVED}).encode()
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": f"/v2/user-tasks/{task}/completion",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": f"Bearer {cases.office.tokens[CHECKER]}",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _, status, _ = run_wsgi_app(app, environ)
    if status != "204 NO CONTENT":
        raise RuntimeError(f"the completion was answered {status}")
