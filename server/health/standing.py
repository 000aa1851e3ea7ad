"""How the installation stands, for people: what is needed, what waits, who works, and what room is left."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy import Connection, text

from server import migrations
from server.db import BACKED_UP, get_setting
from server.engine import Engine, backlog, workers
from server.engine.backlog import Backlog
from server.engine.workers import Seen
from server.gate import Gate
from server.health.readiness import check
from server.notify import mailing


@dataclass(frozen=True)
class Storage:
    """Bytes. `free`: where the database lies; None where that is another machine's."""

    database: str
    size: int
    free: int | None


@dataclass(frozen=True)
class Worker:
    """A worker that is under way, or vanished within a day."""

    name: str
    started_at: datetime
    seen_at: datetime
    here: bool
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Standing:
    """`needed`: each thing that work needs, with UP or what to do. `backed_up`: None where no backup is known of."""

    needed: Mapping[str, str]
    backlog: Backlog
    mails: mailing.Queue
    workers: Sequence[Worker]
    storage: Storage
    version: str
    schema: str
    backed_up: datetime | None


def standing(gate: Gate, engine: Engine) -> Standing:
    """As of now."""
    now = engine.clock.now()
    known = gate.ask(lambda connection: workers.seen(engine, connection))
    return Standing(
        needed=check(gate, engine),
        backlog=gate.ask(lambda connection: backlog.count(engine, connection)),
        mails=gate.ask(mailing.queue),
        workers=[_worker(each, now) for each in known],
        storage=gate.ask(_storage),
        version=_version(),
        schema=migrations.head(),
        backed_up=gate.ask(_backed_up),
    )


def _worker(seen: Seen, now: datetime) -> Worker:
    return Worker(seen.name, seen.started_at, seen.seen_at, now - seen.seen_at <= workers.STALE, seen.counts)


def _storage(connection: Connection) -> Storage:
    if connection.dialect.name == "postgresql":
        size = connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
        return Storage("PostgreSQL", size, None)
    pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    size = pages * connection.execute(text("PRAGMA page_size")).scalar_one()
    folder = Path(connection.engine.url.database or "").parent
    free = None
    with suppress(OSError):
        free = shutil.disk_usage(folder).free
    return Storage("SQLite", size, free)


def _backed_up(connection: Connection) -> datetime | None:
    kept = get_setting(connection, BACKED_UP)
    return datetime.fromisoformat(kept) if kept else None


def _version() -> str:
    try:
        return version("tatalaksana")
    except PackageNotFoundError:
        return "?"
