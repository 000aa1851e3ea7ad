"""What did not go as it should, and how cases ended: incidents, cases that were stopped or cancelled, outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, and_, func, select

from server.db import AnyRow, load_json
from server.engine import Engine
from server.engine.tables import (
    Definition,
    History,
    HistoryValues,
    Incident,
    IncidentState,
    InstanceState,
    ProcessInstance,
    is_in_state,
)
from server.identity import Actor
from server.monitoring.measuring import STOPPED
from server.monitoring.models import MeasuredCase
from server.monitoring.scope import Asked, allow, procedures

MOST: Final = 200
CANCELED: Final = "CANCELED"


@dataclass(frozen=True)
class Setback:
    """A case that something befell: `at` when, `reason` what was said or what went wrong, `by` whom."""

    case_key: int
    number: str | None
    process_id: str
    name: str
    bidang: str | None
    at: datetime
    reason: str | None = None
    by: str | None = None


@dataclass(frozen=True)
class Setbacks:
    """The newest first, so many as are listed, confidential ones not among them; and how many there are in all."""

    incidents: tuple[Setback, ...]
    open_incidents: int
    suspended: tuple[Setback, ...]
    now_suspended: int
    canceled: tuple[Setback, ...]
    all_canceled: int


@dataclass(frozen=True)
class Outcome:
    """How often cases of a procedure came to an end event; `end_name` None with `end_id` None: cancelled."""

    process_id: str
    name: str
    end_id: str | None
    end_name: str | None
    many: int


def setbacks(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> Setbacks:
    """Incidents and suspended cases as they stand, and the cases cancelled in the period. Raises NoOverview."""
    allow(actor)
    about = asked.about(actor, ProcessInstance, ProcessInstance.key)
    stopped = and_(is_in_state(Incident.state, IncidentState.ACTIVE), about)
    incidents = (
        _CASE.add_columns(Incident.created_at.label("at"), Incident.message.label("reason"))
        .join(Incident, Incident.process_instance_key == ProcessInstance.key)
        .where(stopped)
        .order_by(Incident.created_at.desc(), Incident.key.desc())
    )
    waiting = and_(is_in_state(ProcessInstance.state, InstanceState.SUSPENDED), about)
    suspended = (
        _CASE.add_columns(ProcessInstance.suspended_at.label("at"))
        .where(waiting)
        .order_by(ProcessInstance.suspended_at.desc(), ProcessInstance.key.desc())
    )
    over = and_(
        asked.of(actor, MeasuredCase, MeasuredCase.key), MeasuredCase.state == InstanceState.TERMINATED
    )
    canceled = (
        _CASE.add_columns(ProcessInstance.ended_at.label("at"))
        .join(MeasuredCase, MeasuredCase.key == ProcessInstance.key)
        .where(over)
        .order_by(ProcessInstance.ended_at.desc(), ProcessInstance.key.desc())
    )
    count_incidents = (
        select(func.count())
        .select_from(Incident)
        .join(ProcessInstance, ProcessInstance.key == Incident.process_instance_key)
    )
    return Setbacks(
        incidents=_listed(connection, incidents, None),
        open_incidents=connection.execute(count_incidents.where(stopped)).scalar_one(),
        suspended=_listed(connection, suspended, STOPPED),
        now_suspended=connection.execute(
            select(func.count()).select_from(ProcessInstance).where(waiting)
        ).scalar_one(),
        canceled=_listed(connection, canceled, CANCELED),
        all_canceled=connection.execute(
            select(func.count()).select_from(MeasuredCase).where(over)
        ).scalar_one(),
    )


def outcomes(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> list[Outcome]:
    """By procedure, the most frequent first. Raises NoOverview."""
    allow(actor)
    case = MeasuredCase
    by = (case.process_id, case.end_id)
    rows = connection.execute(
        select(*by, func.max(case.end_name).label("end_name"), func.count().label("many"))
        .where(asked.of(actor, case, case.key))
        .group_by(*by)
    ).all()
    named = procedures(connection, sorted({row.process_id for row in rows}))
    found = [
        Outcome(
            row.process_id,
            named[row.process_id].name if row.process_id in named else row.process_id,
            row.end_id,
            row.end_name,
            row.many,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.name, one.process_id, -one.many, one.end_id or ""))


_CASE: Final = select(
    ProcessInstance.key.label("case_key"),
    ProcessInstance.business_id.label("number"),
    ProcessInstance.process_id,
    Definition.name,
    ProcessInstance.bidang,
).join(Definition, Definition.key == ProcessInstance.definition_key)


def _listed(connection: Connection, statement: Any, event: str | None) -> tuple[Setback, ...]:
    """`event`: the line of the history that says why, and by whom."""
    rows = connection.execute(statement.where(~ProcessInstance.confidential).limit(MOST)).all()
    told = _told(connection, [row.case_key for row in rows], event) if event else {}
    return tuple(Setback(**{**row._asdict(), **told.get(row.case_key, {})}) for row in rows)


def _told(connection: Connection, cases: Sequence[int], event: str) -> dict[int, dict[str, str | None]]:
    """What the last such line of each case says."""
    rows = connection.execute(
        select(History.process_instance_key, History.actor, HistoryValues.values)
        .outerjoin(HistoryValues, HistoryValues.history_key == History.key)
        .where(History.process_instance_key.in_(cases), History.event == event)
        .order_by(History.key)
    )
    return {row.process_instance_key: _why(row) for row in rows}


def _why(line: AnyRow) -> dict[str, str | None]:
    said = load_json(line.values) if line.values else {}
    reason = said.get("alasan") if isinstance(said, dict) else None
    return {"reason": reason if isinstance(reason, str) else None, "by": line.actor}
