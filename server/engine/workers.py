"""Workers as the database knows them: each says now and then that it is there, and what it has done so far."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from server.engine.engine import Engine
from server.engine.tables import Worker

STALE: Final = timedelta(minutes=1)
"""Who was not seen for so long does not work."""

FORGOTTEN: Final = timedelta(days=1)


@dataclass(frozen=True)
class Seen:
    """A worker; `counts` say how often it has done what since it began."""

    name: str
    started_at: datetime
    seen_at: datetime
    counts: Mapping[str, int]


def report(
    engine: Engine, connection: Connection, name: str, started_at: datetime, counts: Mapping[str, int]
) -> None:
    """The worker is there. Those that have said nothing for a day are forgotten."""
    now = engine.clock.now()
    row = {"name": name, "started_at": started_at, "seen_at": now, "counts": dict(counts)}
    connection.execute(_REPORT, row)
    connection.execute(_FORGET, {"before": now - FORGOTTEN})


def sign_off(engine: Engine, connection: Connection, name: str) -> None:
    """The worker ends as it should: nobody need miss it."""
    connection.execute(_SIGN_OFF, {"name": name})


def seen(engine: Engine, connection: Connection) -> Sequence[Seen]:
    """The workers that are under way, and those that vanished within a day."""
    return [Seen(*row) for row in connection.execute(_SEEN)]


_INSERT = upsert(Worker)
_REPORT = _INSERT.on_conflict_do_update(
    index_elements=["name"],
    set_={name: _INSERT.excluded[name] for name in ("started_at", "seen_at", "counts")},
)
_FORGET = delete(Worker).where(Worker.seen_at < bindparam("before", type_=Worker.seen_at.type))
_SIGN_OFF = delete(Worker).where(Worker.name == bindparam("name"))
_SEEN = select(Worker.name, Worker.started_at, Worker.seen_at, Worker.counts).order_by(Worker.name)
