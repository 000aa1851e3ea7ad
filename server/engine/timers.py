"""Timers: rows with a due time, taken by any number of workers without loading a case that is not due.

A worker takes what is due for a minute, the oldest first and so many at a time, and fires it through the case's version, so
that a timer that two workers hold fires once. A cycle that was missed comes once and then keeps its rhythm.
"""

from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, exists, literal, or_, select, update

from server.db import AnyRow, Change, Effect
from server.engine import incidents, instances, schedule
from server.engine.engine import WORKER, Engine
from server.engine.execution import TIMER_RETRIES
from server.engine.jobs import backoff
from server.engine.step import Step
from server.engine.tables import InstanceState, ProcessInstance, Timer

BATCH = 50
"""So many in one round: after a long time off, a worker comes to its other duties in between."""

TAKEN = timedelta(minutes=1)
BACKOFF = timedelta(seconds=30)


def due(engine: Engine, connection: Connection) -> bool:
    """Whether any timer waits for a worker: looked up before anything is written."""
    return connection.execute(_ANY_DUE, {"now": engine.clock.now()}).first() is not None


def take(engine: Engine, connection: Connection) -> list[AnyRow]:
    """Takes timers that are due and that no other worker holds, the oldest first, for a minute.

    Written in the transaction that asks: of two workers each gets other timers.
    """
    now = engine.clock.now()
    taken = connection.execute(_TAKE, {"now": now, "until": now + TAKEN})
    return sorted(taken, key=lambda timer: timer.due_at)


def fire(engine: Engine, connection: Connection, taken: AnyRow) -> Change[bool]:
    """Lets a timer's time come; False where it is no longer waited for."""
    timer = connection.execute(_TIMER, {"key": taken.key}).one_or_none()
    if timer is None or timer.due_at is None or timer.due_at > engine.clock.now():
        return Change((), False)
    step = Step(engine, connection, WORKER)
    if timer.definition_key is not None:
        instances.open_by_event(step, timer.definition_key, timer.event_id, timer.values or {})
        return Change((_rewound(engine, timer), *step.effects()), True)
    if connection.execute(_STATE, {"key": timer.process_instance_key}).scalar() != InstanceState.ACTIVE:
        return Change((), False)
    running = step.case(timer.process_instance_key)
    if not running.execution.is_live(timer.element_instance_key):
        return Change((Effect(_DELETE, {"_key": timer.key}),), False)
    event = "TIMER_TRIGGERED" if timer.values is None else "SIGNAL_RECEIVED"
    running.execution.record.history(event, timer.event_id, timer.key, timer.values or None)
    running.execution.trigger(timer.element_instance_key, timer.event_id, timer.values or {})
    step.settle()
    return Change((_rewound(engine, timer), *step.effects()), True)


def fail(engine: Engine, connection: Connection, timer: AnyRow, reason: str) -> Change[None]:
    """Puts a timer off whose step failed; opens an incident when no retry is left.

    A timer that starts cases has no case to show an incident in: it is tried for ever. What another worker has done with the
    timer meanwhile counts.
    """
    known = connection.execute(_TIMER, {"key": timer.key}).one_or_none()
    if known is None or (known.due_at, known.retries) != (timer.due_at, timer.retries):
        return Change((), None)
    left = timer.retries - 1
    row = {"_key": timer.key, "_retries": timer.retries, "retries": left}
    if left <= 0 and timer.process_instance_key is not None:
        stopped = Effect(_PUT_OFF, row | {"due_at": None, "taken_until": None}, expect=1)
        return Change(
            (stopped, *incidents.opened(engine, timer, timer.event_id, "TIMER_FAILED", reason)), None
        )
    later = engine.clock.now() + backoff(BACKOFF, TIMER_RETRIES - left)
    return Change((Effect(_PUT_OFF, row | {"due_at": timer.due_at, "taken_until": later}, expect=1),), None)


def _rewound(engine: Engine, timer: AnyRow) -> Effect:
    """The timer's row for its next time, or gone after the last. Before the step's effects, which may end the timer too."""
    now, zone = engine.clock.now(), engine.clock.zone
    next_time = schedule.following(schedule.Due(timer.due_at, timer.repetitions, timer.interval), now, zone)
    if next_time is None:
        return Effect(_DELETE, {"_key": timer.key}, expect=1)
    row = {"_key": timer.key, "due_at": next_time.due_at, "repetitions": next_time.repetitions}
    return Effect(_REWIND, row, expect=1)


_COLUMNS = (
    Timer.key,
    Timer.process_instance_key,
    Timer.element_instance_key,
    Timer.definition_key,
    Timer.event_id,
    Timer.due_at,
    Timer.repetitions,
    Timer.interval,
    Timer.retries,
    Timer.values,
)
_NOW = bindparam("now", type_=Timer.due_at.type)
IS_DUE = (
    Timer.due_at <= _NOW,
    or_(Timer.taken_until.is_(None), Timer.taken_until <= _NOW),
    or_(
        Timer.definition_key.is_not(None),
        exists().where(
            ProcessInstance.key == Timer.process_instance_key, ProcessInstance.state == InstanceState.ACTIVE
        ),
    ),
)
_ANY_DUE = select(literal(1)).where(*IS_DUE).limit(1)
_OLDEST = (
    select(Timer.key)
    .where(*IS_DUE)
    .order_by(Timer.due_at)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
    .cte("oldest")
)
_TAKE = (
    update(Timer)
    .where(Timer.key.in_(select(_OLDEST.c.key)))
    .values(taken_until=bindparam("until", type_=Timer.due_at.type))
    .returning(*_COLUMNS)
)
_STATE = select(ProcessInstance.state).where(ProcessInstance.key == bindparam("key"))
_TIMER = select(*_COLUMNS).where(Timer.key == bindparam("key"))
_PUT_OFF = (
    update(Timer)
    .where(Timer.key == bindparam("_key"), Timer.retries == bindparam("_retries"))
    .values(retries=bindparam("retries"), due_at=bindparam("due_at"), taken_until=bindparam("taken_until"))
)
_REWIND = (
    update(Timer)
    .where(Timer.key == bindparam("_key"))
    .values(
        due_at=bindparam("due_at"),
        repetitions=bindparam("repetitions"),
        retries=TIMER_RETRIES,
        taken_until=None,
    )
)
_DELETE = delete(Timer).where(Timer.key == bindparam("_key"))
