"""The calendar's changes, and what they do to the due dates of open tasks.

A task is due its standard time after it came up, in working time; when the office's days or hours become others, that is
counted again, batch by batch, and each case's history says what moved. Due dates that a diagram computes stay as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from server import errors
from server.bpmn import model
from server.calendar import VERSION, Calendar
from server.db import AnyRow, Change, Effect, get_setting, setting_effect
from server.engine.engine import WORKER, Engine
from server.engine.record import Record
from server.engine.tables import ProcessInstance, TaskState, UserTask
from server.engine.variables import Scopes
from server.identity import Actor, Entry, Permission, record

BATCH = 200
MOST_AT_ONCE = 10
"""Batches that whoever changes the calendar waits for; workers do the rest."""
MOST_FORESEEN = 10_000
"""Open tasks that are counted to tell beforehand what would move."""
GRACE = timedelta(seconds=15)
"""After a change some steps may still count with the calendar that their process remembers: workers look again then."""
RECOUNTED = "due_dates_recounted"
MOVED = "DUE_DATE_MOVED"


@dataclass(frozen=True)
class Batch:
    """How many tasks were moved; the key of the last one that was looked at, None after the last of all."""

    moved: int
    last: int | None


@dataclass(frozen=True)
class Outlook:
    """What another calendar would do to the due dates of open tasks. `whole`: all of them were looked at."""

    later: int
    earlier: int
    whole: bool

    @property
    def moved(self) -> int:
        return self.later + self.earlier


def allow(actor: Actor) -> None:
    """Raises errors.Forbidden."""
    if Permission.ADMINISTER not in actor.permissions:
        raise errors.Forbidden("Kalender kantor hanya diubah oleh pengurus sistem.")


def foresee(engine: Engine, connection: Connection, calendar: Calendar) -> Outlook:
    """Counts what would move, and moves nothing. Of a large office the first 10,000 open tasks are looked at."""
    later = earlier = after = 0
    for _ in range(MOST_FORESEEN // BATCH):
        rows = connection.execute(_OPEN, {"after": after}).all()
        for row in rows:
            due = _counted(engine, connection, row, calendar)
            if due is not None and row.due_at is not None and due != row.due_at:
                later, earlier = later + (due > row.due_at), earlier + (due < row.due_at)
        if len(rows) < BATCH:
            return Outlook(later, earlier, True)
        after = rows[-1].key
    return Outlook(later, earlier, False)


def change_calendar(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    verb: str,
    what: str,
    act: Callable[[Connection, datetime], None],
) -> None:
    """Does a verb of `server.calendar` in a write transaction, with an entry in the audit trail. Raises errors.Forbidden."""
    allow(actor)
    now = engine.clock.now()
    act(connection, now)
    record(connection, Entry(now, actor.username, f"calendar.{verb}", "calendar", "done", what))


def recount_open(engine: Engine, do: Callable[[Callable[[Connection], Change[Batch]]], Batch]) -> int:
    """Counts open due dates again right after a change, by the gate's `do`; how many moved. A large office's rest is left to
    the workers."""
    moved, after = 0, 0
    for _ in range(MOST_AT_ONCE):
        batch = do(partial(recount, engine, after=after))
        moved += batch.moved
        if batch.last is None:
            break
        after = batch.last
    return moved


def recount(engine: Engine, connection: Connection, after: int = 0) -> Change[Batch]:
    """Counts the due dates of the next open tasks again, those with a key above `after`."""
    engine.book.refresh(connection, at_once=True)
    rows = connection.execute(_OPEN, {"after": after}).all()
    effects: list[Effect] = []
    moved = 0
    for row in rows:
        due = _counted(engine, connection, row, engine.calendar)
        if due is not None and due != row.due_at:
            moved += 1
            effects += _move(engine, row, due)
    return Change(tuple(effects), Batch(moved, rows[-1].key if len(rows) == BATCH else None))


def catch_up(engine: Engine, connection: Connection) -> Change[int]:
    """The workers' part: once all processes know the newest calendar, counts everything again; how many tasks it looked at."""
    version = get_setting(connection, VERSION)
    known = get_setting(connection, RECOUNTED) or {"version": None, "after": 0}
    if version is None or (known["version"] == version and known["after"] is None):
        return Change((), 0)
    if engine.clock.now() < datetime.fromisoformat(version["at"]) + GRACE:
        return Change((), 0)
    after = known["after"] if known["version"] == version else 0
    change = recount(engine, connection, after)
    reached = setting_effect(RECOUNTED, {"version": version, "after": change.answer.last})
    return Change((*change.effects, reached), 1)


def _counted(engine: Engine, connection: Connection, row: AnyRow, calendar: Calendar) -> datetime | None:
    """When the task is due by a calendar; None where no standard time says so, or the calendar cannot tell."""
    bundle = engine.bundles.get(connection, row.bundle_key)
    element = bundle.elements.get(row.element_id)
    if element is None or element.due is not None or not isinstance(element.node, model.UserTask):
        return None
    standard = element.node.mutu_baku.waktu
    if standard is None:
        return None
    try:
        return calendar.due(row.created_at, standard, bundle.bidang)
    except errors.Invalid:
        return None


def _move(engine: Engine, row: AnyRow, due: datetime) -> list[Effect]:
    noted = Record(row.process_instance_key, engine.keys, engine.clock.now(), WORKER)
    dates = {"from": row.due_at and _told(engine, row.due_at), "to": _told(engine, due)}
    noted.history(MOVED, row.element_id, row.key, {**dates, "because": "kalender"})
    moved = Effect(_MOVE, {"_key": row.key, "_was": row.due_at, "due_at": due}, expect=1)
    return [moved, *noted.effects(Scopes(row.process_instance_key))]


def _told(engine: Engine, moment: datetime) -> str:
    return moment.astimezone(engine.clock.zone).isoformat()


_INSTANT: Any = UserTask.due_at.type
_OPEN = (
    select(
        UserTask.key,
        UserTask.process_instance_key,
        UserTask.element_id,
        UserTask.created_at,
        UserTask.due_at,
        ProcessInstance.bundle_key,
    )
    .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
    .where(UserTask.state == TaskState.CREATED, UserTask.key > bindparam("after"))
    .order_by(UserTask.key)
    .limit(BATCH)
)
_MOVE = (
    update(UserTask)
    .where(
        UserTask.key == bindparam("_key"),
        UserTask.state == TaskState.CREATED,
        UserTask.due_at.is_not_distinct_from(bindparam("_was", type_=_INSTANT)),
    )
    .values(due_at=bindparam("due_at"))
)
