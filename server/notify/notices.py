"""What somebody was told, as they read it: only of cases and tasks that they may still see, with what has become of them."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import aliased

from server import errors
from server.db import Change, Effect, fetch
from server.engine import Engine
from server.engine.access import offered_tasks, sees_case
from server.engine.search import Listing
from server.engine.tables import (
    Definition,
    Incident,
    IncidentState,
    ProcessInstance,
    TaskState,
    UserTask,
)
from server.identity import Actor
from server.notify.models import Comment, CommentWords, Notification

MOST_COUNTED: Final = 99
KEPT: Final = timedelta(days=30)
"""What was read is kept for so long, what was not for twice as long."""

TIDIED: Final = 500


class UnknownNotification(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Pemberitahuan {key} tidak ada, atau bukan untuk Anda.")


_ROOT = aliased(ProcessInstance)
_HELD = and_(UserTask.state == TaskState.CREATED, UserTask.assignee != Notification.username)
"""By somebody else."""
STATE: Final = case(
    (UserTask.key.is_(None), case((Incident.state == IncidentState.RESOLVED, "DONE"), else_="OPEN")),
    (_HELD, "HELD"),
    (UserTask.state == TaskState.CREATED, "OPEN"),
    (UserTask.state == TaskState.COMPLETED, "DONE"),
    else_="CANCELED",
)
"""What has become of what it is about: OPEN while it may still matter to its reader."""
_UNREAD: ColumnElement[bool] = and_(Notification.read_at.is_(None), STATE == "OPEN")


def may_know(actor: Actor) -> ColumnElement[bool]:
    """One's own, as long as one may see the case, is offered the task, or is of the group that was told."""
    sees = sees_case(actor, Notification.process_instance_key)
    offered = and_(UserTask.key.is_not(None), offered_tasks(actor))
    groups = actor.groups | {stand.group for stand in actor.stands}
    theirs = Notification.told_as.in_(sorted(groups))
    return and_(Notification.username == actor.username, or_(sees, offered, theirs))


def _visible(actor: Actor) -> ColumnElement[bool]:
    return and_(Notification.shown, may_know(actor))


NOTIFICATIONS: Final = Listing(
    word="Pemberitahuan",
    key="notification_key",
    source=Notification.__table__.outerjoin(
        ProcessInstance.__table__, ProcessInstance.key == Notification.process_instance_key
    )
    .outerjoin(Definition.__table__, Definition.key == ProcessInstance.definition_key)
    .outerjoin(_ROOT, _ROOT.key == ProcessInstance.root_key)
    .outerjoin(UserTask.__table__, UserTask.key == Notification.user_task_key)
    .outerjoin(Incident.__table__, Incident.key == Notification.incident_key)
    .outerjoin(Comment.__table__, Comment.key == Notification.comment_key)
    .outerjoin(CommentWords.__table__, CommentWords.comment_key == Notification.comment_key),
    fields={
        "notification_key": Notification.key,
        "occasion": Notification.occasion,
        "at": Notification.at,
        "read_at": Notification.read_at,
        "unread": case((_UNREAD, literal(True)), else_=literal(False)),
        "state": STATE,
        "due_date": Notification.due_at,
        "process_instance_key": Notification.process_instance_key,
        "about": Notification.about,
        "process_definition_id": ProcessInstance.process_id,
        "process_name": Definition.name,
        "business_id": func.coalesce(_ROOT.business_id, ProcessInstance.business_id),
        "case_state": ProcessInstance.state,
        "user_task_key": Notification.user_task_key,
        "task_name": UserTask.name,
        "assignee": UserTask.assignee,
        "incident_key": Notification.incident_key,
        "comment_key": Notification.comment_key,
        "commented_by": Comment.by,
        "comment": CommentWords.words,
    },
    visible=_visible,
)
"""What one was told. `unread`: not read, and still of some use."""


def count_unread(engine: Engine, connection: Connection, actor: Actor) -> int:
    """How many there are that one has not read and that still matter, counted to a hundred."""
    if not fetch(connection, _ANY_UNREAD, {"username": actor.username}):
        return 0
    few = select(literal(1)).select_from(NOTIFICATIONS.source).where(_visible(actor), _UNREAD)
    counted = few.limit(MOST_COUNTED + 1).subquery()
    return connection.execute(select(func.count()).select_from(counted)).scalar_one()


def mark_read(engine: Engine, connection: Connection, actor: Actor, key: int) -> Change[None]:
    """One has read it; again changes nothing. Raises UnknownNotification."""
    mine = {"key": key, "username": actor.username}
    if connection.execute(_MINE, mine).first() is None:
        raise UnknownNotification(key)
    return Change((Effect(_READ, {"_key": key, "read_at": engine.clock.now()}),), None)


def mark_all_read(
    engine: Engine, connection: Connection, actor: Actor, until: datetime | None = None
) -> Change[None]:
    """One has read all, up to a moment: what came after the page was made stays new."""
    now = engine.clock.now()
    row = {"_username": actor.username, "_until": min(until or now, now), "read_at": now}
    return Change((Effect(_READ_ALL, row),), None)


def mark_task_read(engine: Engine, connection: Connection, actor: Actor, task: int) -> Change[None]:
    """Who opens the task has read what they were told of it."""
    mine = {"_username": actor.username, "_task": task}
    if connection.execute(_UNREAD_OF_TASK, mine).first() is None:
        return Change((), None)
    return Change((Effect(_READ_OF_TASK, mine | {"read_at": engine.clock.now()}),), None)


def tidy(engine: Engine, connection: Connection) -> Change[int]:
    """Drops what is old, and takes what no longer matters for read; how many rows that were.

    What is about an open task stays, however old: while it does, nobody is told of the task again.
    """
    now = engine.clock.now()
    old = connection.execute(_OLD, {"read_before": now - KEPT, "before": now - 2 * KEPT}).scalars().all()
    gone = connection.execute(_GONE).scalars().all()
    effects = [Effect(_DROP, [{"_key": key} for key in old])] if old else []
    effects += [Effect(_READ, [{"_key": key, "read_at": now} for key in gone])] if gone else []
    return Change(tuple(effects), len(old) + len(gone))


_ANY_UNREAD = (
    select(Notification.key)
    .where(Notification.username == bindparam("username"), Notification.read_at.is_(None))
    .limit(1)
)
_OF_OPEN_TASK = exists().where(
    UserTask.key == Notification.user_task_key, UserTask.state == TaskState.CREATED
)
_INSTANT: Any = Notification.read_at.type
_READ_AT: Any = {"read_at": bindparam("read_at")}
_MINE = select(Notification.key).where(
    Notification.key == bindparam("key"), Notification.username == bindparam("username"), Notification.shown
)
_READ = (
    update(Notification)
    .where(Notification.key == bindparam("_key"), Notification.read_at.is_(None))
    .values(_READ_AT)
)
_READ_ALL = (
    update(Notification)
    .where(
        Notification.username == bindparam("_username"),
        Notification.read_at.is_(None),
        Notification.at <= bindparam("_until", type_=_INSTANT),
    )
    .values(_READ_AT)
)
_OF_TASK = (
    Notification.username == bindparam("_username"),
    Notification.user_task_key == bindparam("_task"),
    Notification.read_at.is_(None),
)
_UNREAD_OF_TASK = select(Notification.key).where(*_OF_TASK).limit(1)
_READ_OF_TASK = update(Notification).where(*_OF_TASK).values(_READ_AT)
_OLD = (
    select(Notification.key)
    .where(
        Notification.at < bindparam("read_before", type_=_INSTANT),
        or_(
            Notification.read_at < bindparam("read_before", type_=_INSTANT),
            Notification.at < bindparam("before", type_=_INSTANT),
        ),
        ~_OF_OPEN_TASK,
    )
    .order_by(Notification.at)
    .limit(TIDIED)
)
_GONE = (
    select(Notification.key)
    .where(Notification.read_at.is_(None), Notification.user_task_key.is_not(None), ~_OF_OPEN_TASK)
    .limit(TIDIED)
)
_DROP = delete(Notification).where(Notification.key == bindparam("_key"))
