"""Jobs: the work of `after` handlers, done by workers when the step that asked for it is safe in the database.

A worker leases a job by moving its due time ahead, works outside any transaction, moves the due time again while it works,
and hands the outcome in with the step that goes on from it. A worker that dies leaves a job whose lease runs out, and another
repeats it: handlers get a key that is the same each time. What fails is tried again later, and becomes an incident when no
retry is left; the case waits.
"""

import random
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, exists, literal, select, update

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import incidents, instances
from server.engine.engine import WORKER, Engine
from server.engine.execution import NOTHING
from server.engine.handlers import Handler, Outcome
from server.engine.step import Step
from server.engine.tables import InstanceState, Job, JobState, ProcessInstance, is_in_state

LEASE = timedelta(minutes=1)
"""A worker that says nothing for so long is taken for dead."""

BACKOFF = timedelta(seconds=10)
LONGEST_BACKOFF = timedelta(hours=1)


def due(engine: Engine, connection: Connection, besides: Collection[str] = ()) -> bool:
    """Whether any job waits for a worker, other than of the types `besides`: looked up before a lease is written."""
    asked = {"now": engine.clock.now(), "besides": list(besides)}
    return connection.execute(_ANY_DUE, asked).first() is not None


def lease(engine: Engine, connection: Connection, besides: Collection[str] = ()) -> AnyRow | None:
    """Takes the job that has been due longest, for a minute; None where no other worker left one. Counts the attempt.

    Written in the transaction that asks: of two workers each gets another job.
    """
    now = engine.clock.now()
    asked = {"now": now, "besides": list(besides), "until": now + LEASE}
    return connection.execute(_LEASE, asked).first()


def renew(engine: Engine, connection: Connection, key: int, until: datetime) -> datetime | None:
    """Keeps a job whose lease ends at `until` a minute longer; the new end, or None where it is not ours any more."""
    longer = engine.clock.now() + LEASE
    kept = connection.execute(_RENEW, {"_key": key, "_until": until, "until": longer})
    return longer if kept.rowcount else None


def perform(engine: Engine, connection: Connection, job: AnyRow) -> Outcome:
    """Does the job's work. Whatever it raises is for `fail`."""
    running = Step(engine, connection, WORKER).case(job.process_instance_key)
    return _handler(engine, job).run(running.execution.call(job.element_instance_key))


def complete(
    engine: Engine, connection: Connection, job: AnyRow, outcome: Outcome, actor: str = WORKER
) -> Change[bool]:
    """Goes on from a job that is done; False where the case has meanwhile gone another way."""
    if not _is_open(connection, job):
        return Change((), False)
    step = Step(engine, connection, actor)
    running = step.case(job.process_instance_key)
    running.execution.deliver(job.element_instance_key, outcome.variables)
    running.execution.record.history("JOB_COMPLETED", job.element_id, job.key)
    running.tokens.complete(job.element_instance_key)
    step.settle()
    done = Effect(_COMPLETE, {"_key": job.key, "ended_at": engine.clock.now()}, expect=1)
    return Change((*step.effects(), *outcome.effects, done), True)


def throw(
    engine: Engine,
    connection: Connection,
    job: AnyRow,
    code: str,
    values: Mapping[str, object] = NOTHING,
    actor: str = WORKER,
) -> Change[bool]:
    """The job ended with an error of the business, which brings variables: the border that catches it goes on. Raises Uncaught."""
    if not _is_open(connection, job):
        return Change((), False)
    step = Step(engine, connection, actor)
    running = step.case(job.process_instance_key)
    running.execution.record.history("JOB_ERROR", job.element_id, job.key, {"errorCode": code})
    running.execution.throw(code, job.element_instance_key, values=values)
    running.tokens.advance()
    step.settle()
    done = Effect(_COMPLETE, {"_key": job.key, "ended_at": engine.clock.now()})
    return Change((*step.effects(), done), True)


def fail(engine: Engine, connection: Connection, job: AnyRow, reason: str) -> Change[None]:
    """Puts a job off, about twice as long each time; opens an incident when no retry is left.

    Where another worker has taken it meanwhile, that one's outcome counts.
    """
    known = connection.execute(_STATE, {"key": job.key}).one()
    if (known.state, known.attempts) != (JobState.CREATED, job.attempts):
        return Change((), None)
    return Change(put_off(engine, job, reason, job.retries - 1, backoff(BACKOFF, job.attempts)), None)


def put_off(
    engine: Engine, job: AnyRow, reason: str, retries: int, pause: timedelta, actor: str = WORKER
) -> tuple[Effect, ...]:
    """A job that failed: it can be taken again after the pause; without retries it waits for who resolves its incident."""
    row = {"_key": job.key, "_attempts": job.attempts, "retries": retries, "error": reason}
    row |= {
        "due_at": engine.clock.now() + pause,
        "state": JobState.CREATED if retries else JobState.FAILED,
    }
    incident = () if retries else incidents.opened(engine, job, job.element_id, "JOB_NO_RETRIES", reason)
    return (Effect(_FAIL, row, expect=1), *_told(engine, job, reason, actor), *incident)


def backoff(shortest: timedelta, attempt: int) -> timedelta:
    """How long to wait after the attempt of this number: doubled each time, and a part of it left to chance, so that what
    failed together does not come back together."""
    longest = min(LONGEST_BACKOFF, shortest * 2 ** min(attempt - 1, 20))
    return longest * random.uniform(0.5, 1)


def _told(engine: Engine, job: AnyRow, reason: str, actor: str) -> tuple[Effect, ...]:
    """The attempt in the history; its reason may hold personal words, so it lies apart."""
    told = {"attempt": job.attempts, "error": reason}
    case = job.process_instance_key
    return instances.note(engine, actor, case, "JOB_FAILED", job.element_id, job.key, values=told)


def _handler(engine: Engine, job: AnyRow) -> Handler:
    handler = engine.handlers.get(job.type)
    if handler is None:
        raise errors.Invalid(f"Pekerjaan “{job.type}” tidak dikenal program ini; perbarui program.")
    return handler


def _is_open(connection: Connection, job: AnyRow) -> bool:
    return connection.execute(_STATE, {"key": job.key}).scalar() == JobState.CREATED


_INSTANT = Job.due_at.type
CAN_BE_TAKEN = (
    is_in_state(Job.state, JobState.CREATED),
    Job.due_at <= bindparam("now", type_=_INSTANT),
)
IS_DUE = (
    *CAN_BE_TAKEN,
    ~Job.elsewhere,
    exists().where(
        ProcessInstance.key == Job.process_instance_key, ProcessInstance.state == InstanceState.ACTIVE
    ),
)
_FREE = Job.type.not_in(bindparam("besides", expanding=True))
_ANY_DUE = select(literal(1)).where(*IS_DUE, _FREE).limit(1)
_OLDEST = (
    select(Job.key)
    .where(*IS_DUE, _FREE)
    .order_by(Job.due_at)
    .limit(1)
    .with_for_update(skip_locked=True)
    .cte("oldest")
)
_LEASE = (
    update(Job)
    .where(Job.key.in_(select(_OLDEST.c.key)))
    .values(due_at=bindparam("until", type_=_INSTANT), attempts=Job.attempts + 1)
    .returning(
        Job.key,
        Job.process_instance_key,
        Job.element_instance_key,
        Job.element_id,
        Job.type,
        Job.retries,
        Job.attempts,
        Job.due_at,
    )
)
_RENEW = (
    update(Job)
    .where(
        Job.key == bindparam("_key"),
        Job.state == JobState.CREATED,
        Job.due_at == bindparam("_until", type_=_INSTANT),
    )
    .values(due_at=bindparam("until", type_=_INSTANT))
)
_STATE = select(Job.state, Job.attempts).where(Job.key == bindparam("key"))
_COMPLETE = (
    update(Job)
    .where(Job.key == bindparam("_key"), Job.state == JobState.CREATED)
    .values(state=JobState.COMPLETED, ended_at=bindparam("ended_at"))
)
_FAIL = (
    update(Job)
    .where(
        Job.key == bindparam("_key"),
        Job.state == JobState.CREATED,
        Job.attempts == bindparam("_attempts"),
    )
    .values(
        retries=bindparam("retries"),
        error=bindparam("error"),
        worker=None,
        due_at=bindparam("due_at"),
        state=bindparam("state"),
    )
)
