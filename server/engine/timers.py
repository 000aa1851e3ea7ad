"""Timers: rows with a due time, taken by any number of workers without loading a case that is not due.

A worker takes what is due for a minute and fires it through the case's version, so that a timer that two workers hold
fires once. A cycle that was missed comes once and then keeps its rhythm.
"""

from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, or_, select, update

from server.db import AnyRow, Change, Effect
from server.engine import incidents, instances, schedule
from server.engine.engine import WORKER, Engine
from server.engine.step import Step
from server.engine.tables import InstanceState, ProcessInstance, Timer

BATCH = 50
TAKEN = timedelta(minutes=1)
BACKOFF = timedelta(seconds=30)


def take(engine: Engine, connection: Connection) -> Change[list[AnyRow]]:
    """Takes timers that are due, the oldest first. A clash means that another worker took one of them."""
    now = engine.clock.now()
    due = list(connection.execute(_DUE, {"now": now}))
    effects = tuple(
        Effect(
            _TAKE,
            {"_key": timer.key, "_taken_until": timer.taken_until, "taken_until": now + TAKEN},
            expect=1,
        )
        for timer in due
    )
    return Change(effects, due)


def fire(engine: Engine, connection: Connection, taken: AnyRow) -> Change[bool]:
    """Lets a timer's time come; False where it is no longer waited for."""
    timer = connection.execute(_TIMER, {"key": taken.key}).one_or_none()
    if timer is None or timer.due_at is None:
        return Change((), False)
    step = Step(engine, connection, WORKER)
    if timer.definition_key is not None:
        instances.open_by_event(step, timer.definition_key, timer.event_id, {})
        return Change((_rewound(engine, timer), *step.effects()), True)
    if connection.execute(_STATE, {"key": timer.process_instance_key}).scalar() != InstanceState.ACTIVE:
        return Change((), False)
    running = step.case(timer.process_instance_key)
    running.execution.record.history("TIMER_TRIGGERED", timer.event_id, timer.key)
    running.execution.trigger(timer.element_instance_key, timer.event_id, {})
    step.settle()
    return Change((_rewound(engine, timer), *step.effects()), True)


def fail(engine: Engine, connection: Connection, timer: AnyRow, reason: str) -> Change[None]:
    """Puts a timer off whose step failed; opens an incident when no retry is left."""
    left = timer.retries - 1
    row = {"_key": timer.key, "retries": left, "due_at": engine.clock.now() + BACKOFF if left else None}
    stopped = left == 0 and timer.process_instance_key is not None
    incident = incidents.opened(engine, timer, timer.event_id, "TIMER_FAILED", reason) if stopped else ()
    return Change((Effect(_PUT_OFF, row), *incident), None)


def _rewound(engine: Engine, timer: AnyRow) -> Effect:
    """The timer's row for its next time, or gone after the last. Before the step's effects, which may end the timer too."""
    now, zone = engine.clock.now(), engine.clock.zone
    next_time = schedule.following(schedule.Due(timer.due_at, timer.repetitions, timer.interval), now, zone)
    if next_time is None:
        return Effect(_DELETE, {"_key": timer.key}, expect=1)
    row = {"_key": timer.key, "due_at": next_time.due_at, "repetitions": next_time.repetitions}
    return Effect(_REWIND, row, expect=1)


_COLUMNS = select(
    Timer.key,
    Timer.process_instance_key,
    Timer.element_instance_key,
    Timer.definition_key,
    Timer.event_id,
    Timer.due_at,
    Timer.repetitions,
    Timer.interval,
    Timer.retries,
    Timer.taken_until,
)
_INSTANT = Timer.due_at.type
_DUE = (
    _COLUMNS.where(
        Timer.due_at <= bindparam("now", type_=_INSTANT),
        or_(Timer.taken_until.is_(None), Timer.taken_until <= bindparam("now", type_=_INSTANT)),
    )
    .order_by(Timer.due_at)
    .limit(BATCH)
)
_STATE = select(ProcessInstance.state).where(ProcessInstance.key == bindparam("key"))
_TIMER = _COLUMNS.where(Timer.key == bindparam("key"))
_TAKE = (
    update(Timer)
    .where(
        Timer.key == bindparam("_key"),
        Timer.taken_until.is_not_distinct_from(bindparam("_taken_until", type_=_INSTANT)),
    )
    .values(taken_until=bindparam("taken_until"))
)
_PUT_OFF = (
    update(Timer)
    .where(Timer.key == bindparam("_key"))
    .values(retries=bindparam("retries"), due_at=bindparam("due_at"), taken_until=None)
)
_REWIND = (
    update(Timer)
    .where(Timer.key == bindparam("_key"))
    .values(due_at=bindparam("due_at"), repetitions=bindparam("repetitions"), taken_until=None)
)
_DELETE = delete(Timer).where(Timer.key == bindparam("_key"))
