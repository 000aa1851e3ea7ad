"""Langkah: how each step of a procedure goes: how often, how long it waits, how long it takes, how often it comes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, case, func, select

from server.bpmn import model
from server.db import AnyRow
from server.engine import Engine
from server.engine.bundle import Bundle, lane_role
from server.engine.tables import ProcessInstance, TaskState, UserTask, is_in_state
from server.identity import Actor
from server.monitoring.models import MeasuredTask
from server.monitoring.promise import row as row_of
from server.monitoring.promise import waktu
from server.monitoring.quantiles import middle, ranked
from server.monitoring.scope import Asked, Procedure, procedure
from server.monitoring.timeliness import bundle_of


@dataclass(frozen=True)
class Span:
    """Working seconds. None where there is nothing to say them of."""

    median: int | None
    p90: int | None


@dataclass(frozen=True)
class OfStep:
    """A user task of a procedure. Of the finished cases: `many` times done, of which `again` in a case that had come to it
    before; `judged`, `late`: those with a due time. `open`: now, and `overdue` of these."""

    element_id: str
    name: str
    langkah: int | None
    role: str | None
    waktu: str | None
    many: int
    waited: Span
    handled: Span
    whole: Span
    judged: int
    late: int
    again: int
    open: int
    overdue: int
    in_force: bool
    """It is a step of the newest version."""

    @property
    def late_share(self) -> float | None:
        return self.late / self.judged if self.judged else None


@dataclass(frozen=True)
class Steps:
    procedure: Procedure
    steps: tuple[OfStep, ...]


def by_step(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> Steps:
    """The steps of the procedure that is asked for, in the order of the SOP. Raises NoOverview, UnknownProcedure."""
    about = procedure(engine, connection, actor, asked.process_id or "")
    bundle = bundle_of(engine, connection, about)
    done = {row.element_id: row for row in _done(connection, actor, asked)}
    waiting = {row.element_id: row for row in _open(engine, connection, actor, asked)}
    known = _user_tasks(bundle) if bundle else {}
    ids = [*known, *sorted({*done, *waiting} - set(known))]
    return Steps(about, tuple(_step(engine, bundle, each, done.get(each), waiting.get(each)) for each in ids))


def _user_tasks(bundle: Bundle) -> dict[str, Any]:
    found = [each for each in bundle.elements.values() if isinstance(each.node, model.UserTask)]
    return {each.id: each for each in sorted(found, key=lambda one: (row_of(one), one.id))}


def _step(
    engine: Engine, bundle: Bundle | None, id: str, done: AnyRow | None, waiting: AnyRow | None
) -> OfStep:
    element = bundle.elements.get(id) if bundle else None
    role = lane_role(bundle.process, id, engine.roles) if bundle and element else None
    number = element.node.mutu_baku.langkah if element and isinstance(element.node, model.Activity) else None
    return OfStep(
        element_id=id,
        name=element.name if element else id,
        langkah=int(number) if number and number.isascii() and number.isdigit() else None,
        role=role.nama if role else None,
        waktu=waktu(element) if element else None,
        many=done.many if done else 0,
        waited=_span(done, "waited"),
        handled=_span(done, "handled"),
        whole=_span(done, "whole"),
        judged=done.judged if done else 0,
        late=done.late if done else 0,
        again=done.again if done else 0,
        open=waiting.many if waiting else 0,
        overdue=waiting.overdue if waiting else 0,
        in_force=element is not None,
    )


def _span(row: AnyRow | None, name: str) -> Span:
    if row is None:
        return Span(None, None)
    low, high = getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
    return Span(middle(low, high), getattr(row, f"{name}_p90"))


def _done(connection: Connection, actor: Actor, asked: Asked) -> Sequence[AnyRow]:
    task = MeasuredTask
    return ranked(
        connection,
        task,
        {"element_id": task.element_id},
        {"waited": task.waited, "handled": task.handled, "whole": task.whole},
        {
            "judged": case((task.late.is_not(None), 1), else_=0),
            "late": case((task.late.is_(True), 1), else_=0),
            "again": case((task.again.is_(True), 1), else_=0),
        },
        and_(asked.of(actor, task, task.case_key), task.done),
    )


def _open(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> Sequence[AnyRow]:
    overdue = case((UserTask.due_at < engine.clock.now(), 1), else_=0)
    return connection.execute(
        select(UserTask.element_id, func.count().label("many"), func.sum(overdue).label("overdue"))
        .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
        .where(
            is_in_state(UserTask.state, TaskState.CREATED),
            UserTask.process_id == asked.process_id,
            asked.about(actor, ProcessInstance, ProcessInstance.key),
        )
        .group_by(UserTask.element_id)
    ).all()
