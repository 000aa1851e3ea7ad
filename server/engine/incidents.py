"""Incidents: what stopped a case and needs a person. An incident never ends a case; resolving one tries again."""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, insert, select, update

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import instances
from server.engine.engine import WORKER, Engine
from server.engine.tables import Incident, IncidentState, Job, JobState, ProcessInstance, Timer
from server.identity import Actor, Permission


class UnknownIncident(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Insiden {key} tidak ada, atau bukan untuk Anda.")


def opened(engine: Engine, work: AnyRow, element_id: str, type_: str, reason: str) -> Iterator[Effect]:
    """An incident of a job or timer that has no retry left."""
    key = engine.keys.draw()[0]
    row = {
        "key": key,
        "process_instance_key": work.process_instance_key,
        "element_instance_key": work.element_instance_key,
        "element_id": element_id,
        "job_key": work.key if type_ == "JOB_NO_RETRIES" else None,
        "timer_key": None if type_ == "JOB_NO_RETRIES" else work.key,
        "type": type_,
        "message": f"Langkah {element_id} tidak dapat dijalankan karena {reason}",
        "state": IncidentState.ACTIVE,
        "created_at": engine.clock.now(),
    }
    yield Effect(insert(Incident), row)
    yield from instances.note(engine, WORKER, work.process_instance_key, "INCIDENT_OPENED", element_id, key)


def resolve(engine: Engine, connection: Connection, actor: Actor, key: int) -> Change[None]:
    """Tries again what an incident stopped. Resolving again changes nothing."""
    incident = connection.execute(_INCIDENT, {"key": key}).one_or_none()
    if incident is None or not instances.sees(connection, actor, incident.process_instance_key):
        raise UnknownIncident(key)
    if not actor.may(Permission.RESOLVE, incident.bidang):
        raise errors.Forbidden("Menyelesaikan insiden hanya untuk petugas yang berwenang.")
    if incident.state != IncidentState.ACTIVE:
        return Change((), None)
    now = engine.clock.now()
    history = instances.note(
        engine, actor.username, incident.process_instance_key, "INCIDENT_RESOLVED", incident.element_id, key
    )
    done = {"_key": key, "resolved_at": now, "resolved_by": actor.username}
    again = _RETRY_JOB if incident.job_key else _RETRY_TIMER
    return Change(
        (
            Effect(_RESOLVE, done, expect=1),
            Effect(again, {"_key": incident.job_key or incident.timer_key, "due_at": now}),
            *history,
        ),
        None,
    )


_INCIDENT = (
    select(
        Incident.process_instance_key,
        Incident.element_id,
        Incident.job_key,
        Incident.timer_key,
        Incident.state,
        ProcessInstance.bidang,
    )
    .join(ProcessInstance, ProcessInstance.key == Incident.process_instance_key)
    .where(Incident.key == bindparam("key"))
)
_RESOLVE = (
    update(Incident)
    .where(Incident.key == bindparam("_key"), Incident.state == IncidentState.ACTIVE)
    .values(
        state=IncidentState.RESOLVED,
        resolved_at=bindparam("resolved_at"),
        resolved_by=bindparam("resolved_by"),
    )
)
_RETRY_JOB = (
    update(Job)
    .where(Job.key == bindparam("_key"), Job.state == JobState.FAILED)
    .values(state=JobState.CREATED, retries=1, due_at=bindparam("due_at"))
)
_RETRY_TIMER = (
    update(Timer)
    .where(Timer.key == bindparam("_key"))
    .values(retries=1, due_at=bindparam("due_at"), taken_until=None)
)
