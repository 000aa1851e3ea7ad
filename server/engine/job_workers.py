"""Jobs that other programs do, as Camunda 8's job workers: they take jobs of a type for a while, and say what came of each.

They are the service tasks whose type no handler of the house has and a pattern of `Handlers.elsewhere` fits. Who takes jobs
needs the permission `work` for the process's bidang, and is told the variables that the task sees, whether the case is
confidential or not; of a confidential one that is kept in the audit trail.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, select, true, update

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import jobs
from server.engine.engine import Engine
from server.engine.execution import NOTHING, Uncaught
from server.engine.handlers import Outcome
from server.engine.step import Step
from server.engine.tables import Definition, InstanceState, Job, JobState, ProcessInstance
from server.identity import Actor, Entry, Permission, record_all

MOST: Final = 100
"""Jobs that are handed out at once."""


class UnknownJob(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Pekerjaan {key} tidak ada, bukan untuk program lain, atau bukan untuk Anda.")


class JobIsOver(errors.Conflict):
    def __init__(self, key: int) -> None:
        super().__init__(f"Pekerjaan {key} sudah selesai, gagal, atau dibatalkan; tidak ada yang berubah.")


class LeaseIsOver(errors.Conflict):
    def __init__(self, key: int) -> None:
        super().__init__(
            f"Pekerjaan {key} sudah diambil lagi sejak itu; hasil dari pengambilan lama tidak diterima."
        )


@dataclass(frozen=True)
class Taken:
    """A job as it is handed to who does it. `lease`: which attempt it is."""

    row: AnyRow
    headers: Mapping[str, str]
    variables: Mapping[str, object]

    @property
    def lease(self) -> str:
        return str(self.row.attempts)


def take(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    type_: str,
    worker: str,
    timeout: timedelta,
    most: int,
) -> list[int]:
    """Takes the jobs of a type that have waited longest, so that nobody else is handed them before the timeout; their keys.

    Written in the transaction that asks. Raises Forbidden.
    """
    _allow(actor)
    now = engine.clock.now()
    asked = {"now": now, "type": type_, "most": min(most, MOST)}
    oldest = connection.execute(_OLDEST.where(_allowed(actor)), asked).all()
    for row in oldest:
        connection.execute(_TAKE, {"_key": row.key, "until": now + timeout, "worker": worker})
    read = [each.process_instance_key for each in oldest if each.confidential]
    told = (Entry(now, actor.username, "read", f"case:{case}", "done", "Pekerjaan") for case in read)
    record_all(connection, told)
    return [row.key for row in oldest]


def are_there(engine: Engine, connection: Connection, actor: Actor, type_: str) -> bool:
    """Whether there is a job of a type that the actor can take: looked up before anything is written."""
    asked = {"now": engine.clock.now(), "type": type_, "most": 1}
    return connection.execute(_THERE.where(_allowed(actor)), asked).first() is not None


def taken(
    engine: Engine, connection: Connection, actor: Actor, keys: Sequence[int], names: Collection[str] = ()
) -> list[Taken]:
    """What is to be known for these jobs: their variables, those of these names if any are named."""
    rows = connection.execute(_TAKEN, {"keys": list(keys)}).all()
    step = Step(engine, connection, actor.username)
    found = []
    for row in rows:
        call = step.case(row.process_instance_key).execution.call(row.element_instance_key)
        seen = {name: value for name, value in call.variables.items() if not names or name in names}
        found.append(Taken(row, call.headers, seen))
    return found


def complete(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    values: Mapping[str, object],
    lease: str | None = None,
) -> Change[None]:
    """Goes on from a job that is done. Raises Forbidden, UnknownJob, JobIsOver, LeaseIsOver, and StepFault where the diagram
    cannot go on.
    """
    job = _open(connection, actor, key, lease)
    change = jobs.complete(engine, connection, job, Outcome(values), actor.username)
    return Change(change.effects, None)


def fail(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    retries: int,
    reason: str,
    pause: timedelta,
    values: Mapping[str, object] = NOTHING,
    lease: str | None = None,
) -> Change[None]:
    """The work failed: it can be taken again after the pause, or becomes an incident where no retry is left.

    Variables go into the task's own scope. Raises as `complete`.
    """
    job = _open(connection, actor, key, lease)
    effects = jobs.put_off(engine, job, reason, retries, pause, actor.username)
    if values:
        step = Step(engine, connection, actor.username)
        scopes = step.case(job.process_instance_key).execution.scopes
        for name, value in values.items():
            scopes.set_local(job.element_instance_key, name, value)
        effects = (*step.effects(), *effects)
    return Change(effects, None)


def throw(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    code: str,
    reason: str = "",
    values: Mapping[str, object] = NOTHING,
    lease: str | None = None,
) -> Change[None]:
    """The work ended with an error of the business; one that nobody catches becomes an incident. Raises as `complete`."""
    job = _open(connection, actor, key, lease)
    try:
        return Change(jobs.throw(engine, connection, job, code, values, actor.username).effects, None)
    except Uncaught as fault:
        told = f"{fault.message} {reason}".strip()
        return Change(jobs.put_off(engine, job, told, 0, timedelta(), actor.username), None)


def change(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    retries: int | None = None,
    timeout: timedelta | None = None,
) -> Change[None]:
    """Gives a job other retries, also one that has none left, or keeps one that was taken for so long from now on.

    Raises Forbidden, UnknownJob, JobIsOver.
    """
    job = _job(connection, actor, key)
    if job.state not in (JobState.CREATED, JobState.FAILED) or (timeout is not None and job.worker is None):
        raise JobIsOver(key)
    due_at = job.due_at if timeout is None else engine.clock.now() + timeout
    row = {"_key": key, "_attempts": job.attempts, "due_at": due_at}
    row |= {"retries": job.retries if retries is None else retries}
    return Change((Effect(_CHANGE, row, expect=1),), None)


def _open(connection: Connection, actor: Actor, key: int, lease: str | None) -> AnyRow:
    job = _job(connection, actor, key)
    if job.state != JobState.CREATED:
        raise JobIsOver(key)
    if lease is not None and lease != str(job.attempts):
        raise LeaseIsOver(key)
    return job


def _allow(actor: Actor) -> None:
    if Permission.WORK not in actor.permissions:
        raise errors.Forbidden("Pekerjaan layanan hanya untuk program yang diberi izin mengerjakannya.")


def _job(connection: Connection, actor: Actor, key: int) -> AnyRow:
    _allow(actor)
    job = connection.execute(_JOB, {"key": key}).one_or_none()
    if job is None or not actor.may(Permission.WORK, job.bidang):
        raise UnknownJob(key)
    return job


def _allowed(actor: Actor) -> ColumnElement[bool]:
    limit = actor.limits.get(Permission.WORK)
    return true() if limit is None else ProcessInstance.bidang.in_(sorted(limit))


# --- statements ------------------------------------------------------------------------------------------------------

_THERE = (
    select(Job.key, Job.process_instance_key, ProcessInstance.confidential)
    .join(ProcessInstance, ProcessInstance.key == Job.process_instance_key)
    .where(
        *jobs.CAN_BE_TAKEN,
        Job.elsewhere,
        Job.type == bindparam("type"),
        ProcessInstance.state == InstanceState.ACTIVE,
    )
    .order_by(Job.due_at, Job.key)
    .limit(bindparam("most"))
)
_OLDEST = _THERE.with_for_update(skip_locked=True, of=Job)
_TAKE = (
    update(Job)
    .where(Job.key == bindparam("_key"))
    .values(
        due_at=bindparam("until", type_=Job.due_at.type),
        worker=bindparam("worker"),
        attempts=Job.attempts + 1,
    )
)
_COLUMNS: tuple[Any, ...] = (
    *Job.__table__.columns,
    ProcessInstance.bidang,
    ProcessInstance.process_id,
    ProcessInstance.definition_key,
    ProcessInstance.root_key,
    ProcessInstance.business_id,
    Definition.version,
)
_WITH_CASE = (
    select(*_COLUMNS)
    .join(ProcessInstance, ProcessInstance.key == Job.process_instance_key)
    .join(Definition, Definition.key == ProcessInstance.definition_key)
)
_TAKEN = _WITH_CASE.where(Job.key.in_(bindparam("keys", expanding=True))).order_by(Job.key)
_JOB = _WITH_CASE.where(Job.key == bindparam("key"), Job.elsewhere)
_CHANGE = (
    update(Job)
    .where(Job.key == bindparam("_key"), Job.attempts == bindparam("_attempts"))
    .values(retries=bindparam("retries"), due_at=bindparam("due_at"))
)
