"""Whether the server lives, and whether the installation can work: its database, its schema, its book, its workers."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from flask import Flask, Response
from sqlalchemy import literal, select, true
from sqlalchemy.exc import DBAPIError

from server import errors, migrations
from server.db import dump_json
from server.engine import Engine, workers
from server.engine.tables import Definition, Kind
from server.gate import Gate

UP: Final = "UP"


class NoBook(errors.Unavailable):
    def __init__(self) -> None:
        super().__init__("Belum ada prosedur yang diterbitkan; jalankan `tatalaksana publish`.")


class NoWorker(errors.Unavailable):
    def __init__(self) -> None:
        super().__init__(
            "Tidak ada pekerja yang memberi kabar dalam semenit ini: pewaktu dan pekerjaan menunggu. "
            "Periksa `tatalaksana worker`."
        )


def add_routes(app: Flask, gate: Gate, engine: Engine) -> None:
    """`/health/live` and `/health/ready`, for anybody."""

    @app.get("/health/live")
    def live() -> Response:
        """The process answers; whatever else is wrong, starting it anew would not help."""
        return Response(dump_json({"status": UP}), content_type="application/json")

    @app.get("/health/ready")
    def ready() -> Response:
        """Everything that work needs is there: 200, or 503 and what is missing."""
        found = check(gate, engine)
        good = all(said == UP for said in found.values())
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        body = {"status": UP if good else "DOWN", "components": found}
        return Response(dump_json(body), status, content_type="application/json")


def check(gate: Gate, engine: Engine) -> Mapping[str, str]:
    """Each thing that is needed, with UP or what to do. Where there is no database, nothing else is asked."""
    found = {"database": _said(lambda: _check_database(gate))}
    if found["database"] == UP:
        found["schema"] = _said(lambda: migrations.check(gate.database))
    if found.get("schema") == UP:
        found["book"] = _said(lambda: _check_book(gate))
        found["worker"] = _said(lambda: _check_workers(gate, engine))
    return found


def _said(check: Callable[[], object]) -> str:
    try:
        check()
    except errors.OfficeError as fault:
        return fault.message
    except DBAPIError:
        return "Basis data tidak menjawab."
    return UP


def _check_database(gate: Gate) -> None:
    gate.ask(lambda connection: connection.execute(select(true())).scalar())


def _check_book(gate: Gate) -> None:
    if not gate.ask(lambda connection: connection.execute(_PUBLISHED).first()):
        raise NoBook


def _check_workers(gate: Gate, engine: Engine) -> None:
    """Those that signed off are not missed: an installation may begin with its server."""
    known = gate.ask(lambda connection: workers.seen(engine, connection))
    now = engine.clock.now()
    if known and all(now - each.seen_at > workers.STALE for each in known):
        raise NoWorker


_PUBLISHED = select(literal(1)).where(Definition.kind == Kind.PROCESS).limit(1)
