"""The calendar's changes, and what they do to the due dates and timers of cases under way.

A task is due its standard time after it came up, in working time; when the office's days or hours become others, that is
counted again, batch by batch, and each case's history says what moved. What a diagram computes in working days is counted
again by `counted`. A date that somebody has set by hand stays.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from server import errors
from server.bpmn import model
from server.calendar import VERSION, Calendar, feel_functions
from server.db import AnyRow, Change, Effect, get_setting, setting_effect
from server.engine import counted
from server.engine.engine import WORKER, Engine
from server.engine.record import Record
from server.engine.step import UNDER_WAY, Step
from server.engine.tables import ProcessInstance, TaskState, UserTask
from server.engine.variables import Scopes
from server.identity import Actor, Entry, Permission, record

BATCH = 200
MOST_AT_ONCE = 10
"""Batches that whoever changes the calendar waits for; workers do the rest."""
MOST_FORESEEN = 10_000
"""Cases that are counted to tell beforehand what would move."""
GRACE = timedelta(seconds=15)
"""After a change some steps may still count with the calendar that their process remembers: workers look again then."""
RECOUNTED = "due_dates_recounted"


@dataclass(frozen=True)
class Batch:
    """How many due dates and timers were moved; the key of the last case that was looked at, None after the last of all."""

    moved: int
    last: int | None


@dataclass(frozen=True)
class Outlook:
    """What another calendar would do to due dates and timers of cases under way. `whole`: all of them were looked at."""

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
    """Counts what would move, and moves nothing. Of a large office the first 10,000 cases are looked at."""
    step, functions = Step(engine, connection, WORKER), feel_functions(calendar)
    later = earlier = after = 0
    for _ in range(MOST_FORESEEN // BATCH):
        cases = connection.execute(_CASES, {"after": after}).all()
        moves = [(row.due_at, due) for row, due in _standard(engine, connection, cases, calendar)]
        for case in _computing(step, cases):
            moves += counted.count_again(step, case, functions)
        later += sum(was is not None and now > was for was, now in moves)
        earlier += sum(was is not None and now < was for was, now in moves)
        if len(cases) < BATCH:
            return Outlook(later, earlier, True)
        after = cases[-1].key
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
    """Counts the days of the next cases under way again, those with a key above `after`."""
    engine.book.refresh(connection, at_once=True)
    cases = connection.execute(_CASES, {"after": after}).all()
    step = Step(engine, connection, WORKER)
    standard = list(_standard(engine, connection, cases, engine.calendar))
    effects = [effect for row, due in standard for effect in _move(engine, row, due)]
    computed = [each for case in _computing(step, cases) for each in counted.count_again(step, case)]
    last = cases[-1].key if len(cases) == BATCH else None
    return Change((*step.effects(), *effects), Batch(len(standard) + len(computed), last))


def catch_up(engine: Engine, connection: Connection) -> Change[int]:
    """The workers' part: once all processes know the newest calendar, counts everything again; whether it did anything."""
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


def _standard(
    engine: Engine, connection: Connection, cases: Sequence[AnyRow], calendar: Calendar
) -> Iterator[tuple[AnyRow, datetime]]:
    """Of cases, the open tasks whose standard time would be over at another moment by a calendar, and that moment."""
    for row in connection.execute(_OPEN, {"cases": [case.key for case in cases]}).all():
        due = _due(engine, connection, row, calendar)
        if due is not None and due != row.due_at and not counted.is_set_by_hand(connection, row):
            yield row, due


def _due(engine: Engine, connection: Connection, row: AnyRow, calendar: Calendar) -> datetime | None:
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


def _computing(step: Step, cases: Sequence[AnyRow]) -> Iterator[int]:
    """The keys of those cases whose diagrams or decisions count days themselves."""
    for case in cases:
        bundle = step.engine.bundles.get(step.connection, case.bundle_key)
        if case.has_counted or counted.counts_days(bundle, step.engine.functions):
            yield case.key


def _move(engine: Engine, row: AnyRow, due: datetime) -> list[Effect]:
    noted = Record(row.process_instance_key, engine.keys, engine.clock.now(), WORKER)
    dates = {"from": row.due_at and _told(engine, row.due_at), "to": _told(engine, due)}
    noted.history(counted.MOVED, row.element_id, row.key, {**dates, **counted.BECAUSE})
    moved = Effect(_MOVE, {"_key": row.key, "_was": row.due_at, "due_at": due}, expect=1)
    return [moved, *noted.effects(Scopes(row.process_instance_key))]


def _told(engine: Engine, moment: datetime) -> str:
    return moment.astimezone(engine.clock.zone).isoformat()


_INSTANT: Any = UserTask.due_at.type
_CASES = (
    select(ProcessInstance.key, ProcessInstance.bundle_key, counted.HAS_COUNTED.label("has_counted"))
    .where(ProcessInstance.state.in_(UNDER_WAY), ProcessInstance.key > bindparam("after"))
    .order_by(ProcessInstance.key)
    .limit(BATCH)
)
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
    .where(
        UserTask.state == TaskState.CREATED,
        UserTask.process_instance_key.in_(bindparam("cases", expanding=True)),
    )
    .order_by(UserTask.key)
)
_MOVE = (
    update(UserTask)
    .where(
        UserTask.key == bindparam("_key"),
        UserTask.state == TaskState.CREATED,
        UserTask.due_at.is_not_distinct_from(bindparam("_was", type_=_INSTANT)),
    )
    .values(due_at=bindparam("due_at"), announced_at=None)
)
