"""Ketepatan waktu: how long services took against what was promised, by procedure and by month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, case, extract, func, select

from server.db import AnyRow
from server.engine import Engine
from server.engine.bundle import Bundle
from server.engine.tables import Bundle as BundleRow
from server.engine.tables import InstanceState, ProcessInstance
from server.identity import Actor
from server.monitoring.models import MeasuredCase
from server.monitoring.promise import Promise, Promises
from server.monitoring.quantiles import middle, ranked
from server.monitoring.running import UnderWay
from server.monitoring.scope import Asked, Procedure, allow, procedures


@dataclass(frozen=True)
class Timeliness:
    """Of cases that were finished: how many, and working seconds. `judged`: those of which it is known whether they were in
    time; `late`: those that were not. None where nothing was finished."""

    many: int
    median: int | None
    p90: int | None
    judged: int
    late: int

    @property
    def share(self) -> float | None:
        """Of those judged, how many were in time: 0 to 1."""
        return (self.judged - self.late) / self.judged if self.judged else None


_RUNNING: Final = ("running", "running_late", "running_risky")
MOST_LISTED: Final = 50
NOTHING: Final = Timeliness(0, None, None, 0, 0)


@dataclass(frozen=True)
class OfProcedure:
    """`promise`: what is promised of its newest version today; `running_late`, `running_risky`: cases under way."""

    process_id: str
    name: str
    bidang: str | None
    promise: Promise | None
    done: Timeliness
    canceled: int
    running: int
    running_late: int
    running_risky: int


@dataclass(frozen=True)
class LateCase:
    """A finished case that took longer than was promised; working seconds."""

    key: int
    number: str | None
    process_id: str
    bidang: str | None
    started_at: datetime
    ended_at: datetime
    worked: int
    promised: int


@dataclass(frozen=True)
class OfMonth:
    """`month`: its first day."""

    month: date
    done: Timeliness


def by_procedure(
    engine: Engine, connection: Connection, actor: Actor, asked: Asked, now: UnderWay | None = None
) -> list[OfProcedure]:
    """Every procedure of which a case ended in the period, or is one of those under way `now`, by name. Raises NoOverview."""
    allow(actor)
    about = asked.of(actor, MeasuredCase, MeasuredCase.key)
    done = {row.process_id: row for row in _done(connection, {"process_id": MeasuredCase.process_id}, about)}
    canceled = _canceled(connection, about)
    running = now.by_procedure() if now else {}
    ids = sorted({*done, *canceled, *running})
    named = procedures(connection, ids)
    promised = promises(engine, connection, list(named.values()))
    found = [
        OfProcedure(
            process_id=each,
            name=named[each].name if each in named else each,
            bidang=named[each].bidang if each in named else None,
            promise=promised.get(each),
            done=_told(done.get(each)),
            canceled=canceled.get(each, 0),
            **dict(zip(_RUNNING, running.get(each, (0, 0, 0)), strict=True)),
        )
        for each in ids
    ]
    return sorted(found, key=lambda one: (one.name, one.process_id))


def in_all(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> Timeliness:
    """All finished cases of the period together. Raises NoOverview."""
    allow(actor)
    rows = _done(connection, {}, asked.of(actor, MeasuredCase, MeasuredCase.key))
    return _told(rows[0] if rows else None)


def by_month(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> list[OfMonth]:
    """Every month of the period, also those in which nothing was finished. Raises NoOverview."""
    allow(actor)
    day = MeasuredCase.day
    number = extract("year", day) * 12 + extract("month", day) - 1
    about = asked.of(actor, MeasuredCase, MeasuredCase.key)
    found = {int(row.month): row for row in _done(connection, {"month": number}, about)}
    first, last = asked.period.first, asked.period.last
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [OfMonth(date(each // 12, each % 12 + 1, 1), _told(found.get(each))) for each in months]


def by_field(
    engine: Engine, connection: Connection, actor: Actor, asked: Asked
) -> dict[str | None, Timeliness]:
    """By bidang, as it was when the cases began. Raises NoOverview."""
    allow(actor)
    about = asked.of(actor, MeasuredCase, MeasuredCase.key)
    return {row.bidang: _told(row) for row in _done(connection, {"bidang": MeasuredCase.bidang}, about)}


def late_cases(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> list[LateCase]:
    """The finished cases that were late, those most over their promise first; confidential ones are not listed.

    Raises NoOverview.
    """
    allow(actor)
    it = MeasuredCase
    about = and_(
        asked.of(actor, it, it.key),
        it.late.is_(True),
        it.state == InstanceState.COMPLETED,
        ~it.confidential,
    )
    rows = connection.execute(
        select(
            it.key,
            ProcessInstance.business_id.label("number"),
            it.process_id,
            it.bidang,
            it.started_at,
            ProcessInstance.ended_at,
            it.worked,
            it.promised,
        )
        .join(ProcessInstance, ProcessInstance.key == it.key)
        .where(about)
        .order_by((it.worked - it.promised).desc(), it.key)
        .limit(MOST_LISTED)
    )
    return [LateCase(**row._asdict()) for row in rows]


def promises(engine: Engine, connection: Connection, wanted: list[Procedure]) -> dict[str, Promise | None]:
    """What is promised today of procedures, by their ids."""
    looked_up, today = Promises(engine, connection), engine.clock.today()
    found: dict[str, Promise | None] = {}
    bundles = _bundles(engine, connection, [each.definition_key for each in wanted])
    for each in wanted:
        bundle = bundles.get(each.definition_key)
        found[each.process_id] = looked_up.of(bundle, today) if bundle else None
    return found


def bundle_of(engine: Engine, connection: Connection, wanted: Procedure) -> Bundle | None:
    """The newest bundle of a procedure's newest version."""
    return _bundles(engine, connection, [wanted.definition_key]).get(wanted.definition_key)


def _bundles(engine: Engine, connection: Connection, definitions: list[int]) -> dict[int, Bundle]:
    rows = connection.execute(
        select(BundleRow.key, BundleRow.definition_key)
        .where(BundleRow.definition_key.in_(definitions))
        .order_by(BundleRow.key)
    )
    newest = {row.definition_key: row.key for row in rows}
    return {definition: engine.bundles.get(connection, key) for definition, key in newest.items()}


def _done(connection: Connection, groups: Mapping[str, Any], about: Any) -> list[AnyRow]:
    judged = MeasuredCase.late.is_not(None)
    return list(
        ranked(
            connection,
            MeasuredCase,
            groups,
            {"worked": MeasuredCase.worked},
            {"judged": case((judged, 1), else_=0), "late": case((MeasuredCase.late.is_(True), 1), else_=0)},
            and_(about, MeasuredCase.state == InstanceState.COMPLETED),
        )
    )


def _canceled(connection: Connection, about: Any) -> dict[str, int]:
    rows = connection.execute(
        select(MeasuredCase.process_id, func.count().label("many"))
        .where(about, MeasuredCase.state == InstanceState.TERMINATED)
        .group_by(MeasuredCase.process_id)
    )
    return {row.process_id: row.many for row in rows}


def _told(row: AnyRow | None) -> Timeliness:
    if row is None or not row.many:
        return NOTHING
    median = middle(row.worked_low, row.worked_high)
    return Timeliness(row.many, median, row.worked_p90, row.judged or 0, row.late or 0)
