"""Jobs: the work of `after` handlers, done by workers when the step that asked for it is safe in the database.

A worker leases a job by moving its due time ahead, works outside any transaction, and hands the outcome in with the step
that goes on from it. A worker that dies leaves a job whose lease runs out, and another repeats it: handlers get a key that
is the same each time. What fails is tried again later, and becomes an incident when no retry is left; the case waits.
"""

from datetime import timedelta

from sqlalchemy import Connection, bindparam, select, update

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import incidents
from server.engine.engine import WORKER, Engine
from server.engine.handlers import Handler, Outcome
from server.engine.step import Step
from server.engine.tables import InstanceState, Job, JobState, ProcessInstance

LEASE = timedelta(minutes=5)
BACKOFF = timedelta(seconds=10)
BATCH = 10


def lease(engine: Engine, connection: Connection) -> Change[list[AnyRow]]:
    """Takes up to ten jobs that are due, for five minutes. A clash means that another worker took one of them."""
    now = engine.clock.now()
    due = list(connection.execute(_DUE, {"now": now}))
    effects = tuple(
        Effect(_LEASE, {"_key": job.key, "_due_at": job.due_at, "due_at": now + LEASE}, expect=1)
        for job in due
    )
    return Change(effects, due)


def perform(engine: Engine, connection: Connection, job: AnyRow) -> Outcome:
    """Does the job's work. Whatever it raises is for `fail`."""
    running = Step(engine, connection, WORKER).case(job.process_instance_key)
    return _handler(engine, job).run(running.execution.call(job.element_instance_key))


def complete(engine: Engine, connection: Connection, job: AnyRow, outcome: Outcome) -> Change[bool]:
    """Goes on from a job that is done; False where the case has meanwhile gone another way."""
    if not _is_open(connection, job):
        return Change((), False)
    step = Step(engine, connection, WORKER)
    running = step.case(job.process_instance_key)
    running.execution.deliver(job.element_instance_key, outcome.variables)
    running.execution.record.history("JOB_COMPLETED", job.element_id, job.key)
    running.tokens.complete(job.element_instance_key)
    step.settle()
    done = Effect(_COMPLETE, {"_key": job.key, "ended_at": engine.clock.now()}, expect=1)
    return Change((*step.effects(), *outcome.effects, done), True)


def throw(engine: Engine, connection: Connection, job: AnyRow, code: str) -> Change[bool]:
    """The job ended with an error of the business: the border that catches it goes on. Raises Uncaught."""
    if not _is_open(connection, job):
        return Change((), False)
    step = Step(engine, connection, WORKER)
    running = step.case(job.process_instance_key)
    running.execution.record.history("JOB_ERROR", job.element_id, job.key, {"errorCode": code})
    running.execution.throw(code, job.element_instance_key)
    running.tokens.advance()
    step.settle()
    done = Effect(_COMPLETE, {"_key": job.key, "ended_at": engine.clock.now()})
    return Change((*step.effects(), done), True)


def fail(engine: Engine, connection: Connection, job: AnyRow, reason: str) -> Change[None]:
    """Puts a job off, twice as long each time; opens an incident when no retry is left."""
    if not _is_open(connection, job):
        return Change((), None)
    now = engine.clock.now()
    retries = job.retries - 1
    row = {"_key": job.key, "retries": retries, "attempts": job.attempts + 1, "error": reason}
    row |= {
        "due_at": now + BACKOFF * 2**job.attempts,
        "state": JobState.CREATED if retries else JobState.FAILED,
    }
    return Change(
        (
            Effect(_FAIL, row, expect=1),
            *(() if retries else incidents.opened(engine, job, job.element_id, "JOB_NO_RETRIES", reason)),
        ),
        None,
    )


def _handler(engine: Engine, job: AnyRow) -> Handler:
    handler = engine.handlers.get(job.type)
    if handler is None:
        raise errors.Invalid(f"Pekerjaan “{job.type}” tidak dikenal program ini; perbarui program.")
    return handler


def _is_open(connection: Connection, job: AnyRow) -> bool:
    return connection.execute(_STATE, {"key": job.key}).scalar() == JobState.CREATED


_DUE = (
    select(
        Job.key,
        Job.process_instance_key,
        Job.element_instance_key,
        Job.element_id,
        Job.type,
        Job.retries,
        Job.attempts,
        Job.due_at,
    )
    .join(ProcessInstance, ProcessInstance.key == Job.process_instance_key)
    .where(
        Job.state == JobState.CREATED,
        Job.due_at <= bindparam("now", type_=Job.due_at.type),
        ProcessInstance.state == InstanceState.ACTIVE,
    )
    .order_by(Job.due_at)
    .limit(BATCH)
)
_LEASE = (
    update(Job)
    .where(
        Job.key == bindparam("_key"),
        Job.state == JobState.CREATED,
        Job.due_at == bindparam("_due_at", type_=Job.due_at.type),
    )
    .values(due_at=bindparam("due_at"))
)
_STATE = select(Job.state).where(Job.key == bindparam("key"))
_COMPLETE = (
    update(Job)
    .where(Job.key == bindparam("_key"), Job.state == JobState.CREATED)
    .values(state=JobState.COMPLETED, ended_at=bindparam("ended_at"), attempts=Job.attempts + 1)
)
_FAIL = (
    update(Job)
    .where(Job.key == bindparam("_key"), Job.state == JobState.CREATED)
    .values(
        retries=bindparam("retries"),
        attempts=bindparam("attempts"),
        error=bindparam("error"),
        due_at=bindparam("due_at"),
        state=bindparam("state"),
    )
)
