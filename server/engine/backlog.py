"""What waits just now: for a worker, and for a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from server.engine import jobs, timers
from server.engine.engine import Engine
from server.engine.tables import Incident, IncidentState, Job, TaskState, Timer, UserTask, is_in_state


@dataclass(frozen=True)
class Queue:
    """How much is due, and since when the oldest of it."""

    due: int
    oldest: datetime | None


@dataclass(frozen=True)
class Backlog:
    jobs: Queue
    timers: Queue
    open_tasks: int
    open_incidents: int


def count(engine: Engine, connection: Connection) -> Backlog:
    """Of suspended cases nothing is due."""
    now = {"now": engine.clock.now()}
    return Backlog(
        Queue(*connection.execute(_JOBS, now).one()),
        Queue(*connection.execute(_TIMERS, now).one()),
        connection.execute(_TASKS).scalar_one(),
        connection.execute(_INCIDENTS).scalar_one(),
    )


_JOBS = select(func.count(), func.min(Job.due_at)).where(*jobs.IS_DUE)
_TIMERS = select(func.count(), func.min(Timer.due_at)).where(*timers.IS_DUE)
_TASKS = select(func.count()).where(is_in_state(UserTask.state, TaskState.CREATED))
_INCIDENTS = select(func.count()).where(Incident.state == IncidentState.ACTIVE)
