"""What has come up and nobody was told of yet: open tasks, cases that ended, incidents, comments.

The rows themselves say so (`announced_at`), in the very commit that makes them: nothing is written twice for it, and nothing
can be lost between. A worker looks them up by an index that holds no others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, select, tuple_, union, update

from server import identity
from server.db import AnyRow, Change, Effect
from server.engine import Engine
from server.engine.access import sees_case
from server.engine.tables import (
    ElementInstance,
    FormerHolder,
    History,
    Incident,
    IncidentState,
    ProcessInstance,
    TaskState,
    UserTask,
)
from server.identity import Permission
from server.notify import reminding
from server.notify.models import Comment, CommentWords
from server.notify.occasions import Occasion
from server.notify.telling import Receivers, Telling, tell

BATCH = 100
"""So many rows of each kind in one step."""


def announce(engine: Engine, connection: Connection, by_mail: bool) -> Change[int]:
    """Tells of a batch; how many rows were looked at."""
    tasks = connection.execute(_TASKS).all()
    ended = connection.execute(_ENDED).all()
    incidents = connection.execute(_INCIDENTS).all()
    comments = connection.execute(_COMMENTS).all()
    looked_at = len(tasks) + len(ended) + len(incidents) + len(comments)
    if not looked_at:
        return Change((), 0)
    now = engine.clock.now()
    told = [*_of_tasks(engine, connection, tasks), *_of_ended(connection, ended)]
    told += [*_of_incidents(engine, connection, incidents), *_of_comments(connection, comments)]
    effects = tell(engine, connection, told, by_mail)
    for row in tasks:
        effects += reminding.set_for(engine, row)
        effects.append(Effect(_TASK_TOLD, _as_read(row) | {"announced_at": now}))
    for statement, rows in ((_CASE_TOLD, ended), (_INCIDENT_TOLD, incidents), (_COMMENT_TOLD, comments)):
        effects += [Effect(statement, {"_key": row.key, "announced_at": now}) for row in rows]
    return Change(tuple(effects), looked_at)


# --- tasks


@dataclass
class _Before:
    """What happened to the cases of some tasks: by task who took it, gave it, or gave it back last; by case and moment who
    acted then; by case and element who has done it before, in which passage."""

    moved: dict[int, AnyRow] = field(default_factory=dict)
    acted: dict[tuple[int, Any], set[str]] = field(default_factory=dict)
    done: dict[tuple[int, str], list[AnyRow]] = field(default_factory=dict)


def _of_tasks(engine: Engine, connection: Connection, rows: Sequence[AnyRow]) -> Iterator[Telling]:
    open_ = [row for row in rows if row.state == TaskState.CREATED]
    before, receivers = _before(connection, open_), Receivers(engine, connection)
    for row in open_:
        moved = before.moved.get(row.key)
        again = _done_before(connection, row, before.done.get((row.process_instance_key, row.element_id), []))
        if row.assignee is not None:
            if moved is None or moved.actor != row.assignee:
                own = (
                    before.acted.get((row.process_instance_key, row.created_at), set())
                    if moved is None
                    else set()
                )
                occasion = Occasion.RETURNED if row.assignee in again else Occasion.ASSIGNED
                yield _about(row, occasion, {row.assignee} - own, moved)
            continue
        people = set(receivers.offered(row))
        people -= before.acted.get((row.process_instance_key, row.created_at), set())
        people -= {moved.actor} if moved is not None else set()
        yield _about(row, Occasion.RETURNED, people & again, None)
        yield _about(row, Occasion.NEW, people - again, None)


def _about(row: AnyRow, occasion: Occasion, people: set[str], moved: AnyRow | None) -> Telling:
    subject = f"task:{row.key}" + (f":{moved.key}" if moved is not None else "")
    at = row.created_at if moved is None else moved.at
    return Telling(
        occasion, subject, frozenset(people), row.process_instance_key, at, row.key, due_at=row.due_at
    )


def _as_read(row: AnyRow) -> dict[str, Any]:
    return {"_key": row.key, **{f"_{name}": getattr(row, name) for name in _AS_READ}}


def _before(connection: Connection, rows: Sequence[AnyRow]) -> _Before:
    cases, found = sorted({row.process_instance_key for row in rows}), _Before()
    if not cases:
        return found
    moments = {(row.process_instance_key, row.created_at) for row in rows}
    asked = {"cases": cases, "tasks": [row.key for row in rows], "moments": [row.created_at for row in rows]}
    for line in connection.execute(_HISTORY, asked):
        if line.event in _MOVES:
            found.moved[line.subject_key] = line
        if (line.process_instance_key, line.at) in moments:
            found.acted.setdefault((line.process_instance_key, line.at), set()).add(line.actor)
    wanted = [(row.process_instance_key, row.element_id) for row in rows]
    for done in connection.execute(_DONE.where(tuple_(*_PLACE).in_(wanted))):
        found.done.setdefault((done.process_instance_key, done.element_id), []).append(done)
    return found


def _done_before(connection: Connection, row: AnyRow, done: Sequence[AnyRow]) -> set[str]:
    """Who has done the task before it came back. Rounds of one multi-instance come one after another, not back."""
    if not done:
        return set()
    scope = connection.execute(_SCOPE, {"key": row.element_instance_key}).scalar()
    body = connection.execute(_ELEMENT, {"key": scope}).scalar()
    return {line.ended_by for line in done if body != row.element_id or line.scope_key != scope}


# --- cases, incidents, comments


def _of_ended(connection: Connection, rows: Sequence[AnyRow]) -> Iterator[Telling]:
    """Whoever began the case or whom it is about, save who has just ended it. Called cases end as parts of others."""
    for row in rows:
        if row.parent_key is not None:
            continue
        concerned = {row.started_by} | ({row.subject} if row.subject and not row.confidential else set())
        ending = {"case": row.key, "at": row.ended_at}
        concerned -= set(connection.execute(_ACTORS_AT, ending).scalars())
        yield Telling(Occasion.ENDED, f"case:{row.key}", frozenset(concerned), row.key, row.ended_at)


def _of_incidents(engine: Engine, connection: Connection, rows: Sequence[AnyRow]) -> Iterator[Telling]:
    """Whoever may mend it: has the permission in its field, and sees the case."""
    open_ = [row for row in rows if row.state == IncidentState.ACTIVE]
    if not open_:
        return
    menders = identity.granted(connection, engine.roles, Permission.RESOLVE, engine.clock.today())
    for row in open_:
        people = frozenset(
            each.username
            for each in menders
            if each.may(Permission.RESOLVE, row.bidang)
            and connection.execute(select(sees_case(each, row.process_instance_key))).scalar()
        )
        about = (f"incident:{row.key}", people, row.process_instance_key, row.created_at)
        yield Telling(Occasion.INCIDENT, *about, incident=row.key)


def _of_comments(connection: Connection, rows: Sequence[AnyRow]) -> Iterator[Telling]:
    """Whoever takes a part in the case: began it, is its subject, has or had a task of it, or has said something, too."""
    for row in rows:
        people = {row.started_by} | ({row.subject} if row.subject and not row.confidential else set())
        people |= set(connection.execute(_PARTAKERS, {"case": row.case}).scalars())
        about = (f"comment:{row.key}", frozenset(people - {row.by}), row.case, row.at)
        yield Telling(Occasion.COMMENT, *about, comment=row.key)


# --- statements

_MOVES = ("TASK_ASSIGNED", "TASK_UNASSIGNED")
_TASKS = (
    select(
        UserTask.key,
        UserTask.element_instance_key,
        UserTask.process_instance_key,
        UserTask.element_id,
        UserTask.state,
        UserTask.candidate_group,
        UserTask.candidate_users,
        UserTask.assignee,
        UserTask.bidang,
        UserTask.barred,
        UserTask.created_at,
        UserTask.due_at,
    )
    .where(UserTask.announced_at.is_(None))
    .order_by(UserTask.created_at)
    .limit(BATCH)
)
_ENDED = (
    select(
        ProcessInstance.key,
        ProcessInstance.parent_key,
        ProcessInstance.started_by,
        ProcessInstance.subject,
        ProcessInstance.confidential,
        ProcessInstance.ended_at,
    )
    .where(ProcessInstance.announced_at.is_(None), ProcessInstance.ended_at.is_not(None))
    .order_by(ProcessInstance.ended_at)
    .limit(BATCH)
)
_INCIDENTS = (
    select(
        Incident.key,
        Incident.process_instance_key,
        Incident.state,
        Incident.created_at,
        ProcessInstance.bidang,
    )
    .join(ProcessInstance, ProcessInstance.key == Incident.process_instance_key)
    .where(Incident.announced_at.is_(None))
    .order_by(Incident.created_at)
    .limit(BATCH)
)
_COMMENTS = (
    select(
        Comment.key,
        Comment.process_instance_key.label("case"),
        Comment.by,
        Comment.at,
        ProcessInstance.started_by,
        ProcessInstance.subject,
        ProcessInstance.confidential,
    )
    .join(CommentWords, CommentWords.comment_key == Comment.key)
    .join(ProcessInstance, ProcessInstance.key == Comment.process_instance_key)
    .where(CommentWords.announced_at.is_(None))
    .order_by(CommentWords.comment_key)
    .limit(BATCH)
)
_OF_CASE: Any = bindparam("case")
_PARTAKERS: Any = union(
    select(UserTask.assignee).where(
        UserTask.process_instance_key == _OF_CASE, UserTask.assignee.is_not(None)
    ),
    select(FormerHolder.username).where(FormerHolder.process_instance_key == _OF_CASE),
    select(Comment.by).where(Comment.process_instance_key == _OF_CASE),
)
_HISTORY = (
    select(
        History.key,
        History.process_instance_key,
        History.event,
        History.subject_key,
        History.actor,
        History.at,
    )
    .where(
        History.process_instance_key.in_(bindparam("cases", expanding=True)),
        or_(
            and_(History.event.in_(_MOVES), History.subject_key.in_(bindparam("tasks", expanding=True))),
            History.at.in_(bindparam("moments", expanding=True)),
        ),
    )
    .order_by(History.at, History.key)
)
_PLACE = (UserTask.process_instance_key, UserTask.element_id)
_DONE = (
    select(*_PLACE, UserTask.ended_by, ElementInstance.scope_key)
    .join(ElementInstance, ElementInstance.key == UserTask.element_instance_key)
    .where(UserTask.state == TaskState.COMPLETED)
)
_SCOPE = select(ElementInstance.scope_key).where(ElementInstance.key == bindparam("key"))
_ELEMENT = select(ElementInstance.element_id).where(ElementInstance.key == bindparam("key"))
_ACTORS_AT = select(History.actor).where(
    History.process_instance_key == bindparam("case"), History.at == bindparam("at", type_=History.at.type)
)
_AS_READ = ("state", "assignee", "candidate_group", "candidate_users", "due_at")
"""Where one of them has changed since, people are to be told of that."""
_TASK_TOLD = (
    update(UserTask)
    .where(
        UserTask.key == bindparam("_key"),
        *(
            getattr(UserTask, name).is_not_distinct_from(
                bindparam(f"_{name}", type_=getattr(UserTask, name).type)
            )
            for name in _AS_READ
        ),
    )
    .values(announced_at=bindparam("announced_at"))
)
_CASE_TOLD = (
    update(ProcessInstance)
    .where(ProcessInstance.key == bindparam("_key"))
    .values(announced_at=bindparam("announced_at"))
)
_COMMENT_TOLD = (
    update(CommentWords)
    .where(CommentWords.comment_key == bindparam("_key"))
    .values(announced_at=bindparam("announced_at"))
)
_INCIDENT_TOLD = (
    update(Incident).where(Incident.key == bindparam("_key")).values(announced_at=bindparam("announced_at"))
)
