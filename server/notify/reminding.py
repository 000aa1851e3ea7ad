"""Due times: who an open task waits for is reminded shortly before its due time, and told when that has passed.

When is worked out once, as the task is announced, and stands in a row of its own. So nobody looks through open tasks: what is
due next lies first in an index.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server import errors
from server.calendar import Calendar
from server.db import AnyRow, Change, Effect
from server.engine import Engine
from server.engine.tables import InstanceState, ProcessInstance, TaskState, UserTask
from server.notify.models import Reminder
from server.notify.occasions import Occasion
from server.notify.telling import Receivers, Telling, tell

BATCH: Final = 100
SHORTEST: Final = timedelta(hours=2)
"""Working time below which a task is not worth a reminder: it would come with the task."""

EARLIEST: Final = timedelta(hours=7, minutes=30)
"""A working day: no reminder comes longer before the due time."""

SUSPENDED: Final = timedelta(hours=1)
"""While a case is suspended its tasks are looked at again after so long."""


def set_for(engine: Engine, task: AnyRow) -> Iterator[Effect]:
    """The reminder of a task as it is announced: a new one, or at another time."""
    if task.state != TaskState.CREATED or task.due_at is None:
        yield Effect(_FORGET, {"_task": task.key})
        return
    soon = _soon(engine.calendar, task)
    occasion = Occasion.LATE if soon is None or task.due_at <= engine.clock.now() else Occasion.SOON
    at = task.due_at if occasion is Occasion.LATE or soon is None else soon
    yield Effect(
        _SET, {"user_task_key": task.key, "occasion": occasion.value, "at": at, "due_at": task.due_at}
    )


def remind(engine: Engine, connection: Connection, by_mail: bool) -> Change[int]:
    """Tells of a batch of due times that are near or over; how many reminders were looked at."""
    now = engine.clock.now()
    rows = connection.execute(_DUE, {"now": now}).all()
    receivers = Receivers(engine, connection)
    told = [
        Telling(
            Occasion(row.occasion),
            f"task:{row.key}:{int(row.due_at.timestamp())}",
            receivers.of(row),
            row.process_instance_key,
            row.due_at if row.occasion == Occasion.LATE else now,
            row.key,
            due_at=row.due_at,
        )
        for row in rows
        if _matters(row) and (row.occasion == Occasion.LATE or now < row.due_at)
    ]
    effects = tell(engine, connection, told, by_mail)
    return Change((*effects, *(_next(engine, row) for row in rows)), len(rows))


def _matters(row: AnyRow) -> bool:
    """Whether the task is still open, and due when the reminder says; another time will set another reminder."""
    under_way = row.state == TaskState.CREATED and row.case_state == InstanceState.ACTIVE
    return under_way and row.due_at == row.meant


def _next(engine: Engine, row: AnyRow) -> Effect:
    """What becomes of a reminder that has come."""
    read = {"_task": row.key, "_at": row.at}
    if row.state == TaskState.CREATED and row.case_state == InstanceState.SUSPENDED:
        later = {"occasion": row.occasion, "at": engine.clock.now() + SUSPENDED}
        return Effect(_PUT_OFF, read | later)
    if _matters(row) and row.occasion == Occasion.SOON:
        return Effect(_PUT_OFF, read | {"occasion": Occasion.LATE.value, "at": row.due_at})
    return Effect(_DROP, read)


def _soon(calendar: Calendar, task: AnyRow) -> datetime | None:
    """When a quarter of the task's working time is left, or a working day of it; None where the task is too short."""
    try:
        whole = calendar.worked(task.created_at, task.due_at, task.bidang)
        if whole < SHORTEST:
            return None
        before = whole - min(whole / 4, EARLIEST)
        return calendar.due(task.created_at, f"PT{int(before.total_seconds())}S", task.bidang)
    except (errors.Invalid, OverflowError):  # the calendar cannot tell
        return task.due_at - min((task.due_at - task.created_at) / 4, timedelta(days=1))


_INSERT = upsert(Reminder)
_SET = _INSERT.on_conflict_do_update(
    index_elements=["user_task_key"],
    set_={name: _INSERT.excluded[name] for name in ("occasion", "at", "due_at")},
)
_FORGET = delete(Reminder).where(Reminder.user_task_key == bindparam("_task"))
_DUE = (
    select(
        Reminder.user_task_key.label("key"),
        Reminder.occasion,
        Reminder.at,
        Reminder.due_at.label("meant"),
        UserTask.due_at,
        UserTask.state,
        UserTask.assignee,
        UserTask.candidate_group,
        UserTask.candidate_users,
        UserTask.bidang,
        UserTask.barred,
        UserTask.process_instance_key,
        ProcessInstance.state.label("case_state"),
    )
    .join(UserTask, UserTask.key == Reminder.user_task_key)
    .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
    .where(Reminder.at <= bindparam("now", type_=Reminder.at.type))
    .order_by(Reminder.at, Reminder.user_task_key)
    .limit(BATCH)
)
_AS_READ = (
    Reminder.user_task_key == bindparam("_task"),
    Reminder.at == bindparam("_at", type_=Reminder.at.type),
)
_PUT_OFF = update(Reminder).where(*_AS_READ).values(occasion=bindparam("occasion"), at=bindparam("at"))
_DROP = delete(Reminder).where(*_AS_READ)
