"""Documents of cases: somebody attaches one, and it becomes a part of the case whose data name it.

A document is seen by who sent it, by those who see its case, and by those to whom an open task of it is offered. It becomes a
part of a case when it is sent for one or for a task of one, or when a form, a message or a start by the same person brings its
reference; one that never does is dropped after a day.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, literal, or_, select, update

from server import errors, files
from server.db import Change, Effect
from server.engine import instances
from server.engine.access import offered_tasks
from server.engine.engine import Engine
from server.engine.search import DOCUMENTS, Item, Query, Unseen, within
from server.engine.search import find as look_up
from server.engine.search import search as look_for
from server.engine.step import UNDER_WAY
from server.engine.tables import Draft, ProcessInstance, TaskState, UserTask, Variable
from server.files import Document
from server.identity import Actor

MOST: Final = 500
"""Documents of one case that are listed."""


class UnknownDocument(errors.NotFound):
    def __init__(self, id: str, hidden: bool = False) -> None:
        super().__init__(f"Dokumen {id} tidak ada, atau bukan untuk Anda.", hidden)


class DocumentExists(errors.Conflict):
    def __init__(self, id: str) -> None:
        super().__init__(f"Dokumen dengan documentId “{id}” sudah ada; pakai yang lain, atau kosongkan.")


class PartOfACase(errors.Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"Dokumen “{name}” sudah menjadi bagian berkas kasus, dan tidak dapat dihapus.")


class NotYours(errors.Forbidden):
    def __init__(self, document: Item) -> None:
        super().__init__(f"Lampiran “{document['name']}” hanya dapat dihapus oleh yang melampirkannya.")


class TaskNotOpen(errors.NotFound):
    """The task for which something is attached is over, or not theirs."""

    def __init__(self, key: int) -> None:
        super().__init__(
            f"Tugas {key} sudah selesai, atau bukan untuk Anda; lampirkan lewat halaman perkaranya."
        )


@dataclass(frozen=True)
class NewDocument:
    """A file to be attached, and what its sender says of it."""

    name: str
    body: bytes
    id: str | None = None
    expires_at: datetime | None = None
    process_id: str | None = None
    process_instance_key: int | None = None
    properties: Mapping[str, Any] | None = None
    user_task_key: int | None = None


def attach(
    engine: Engine, connection: Connection, actor: Actor, new: NewDocument
) -> Change[Mapping[str, Any]]:
    """Keeps a document; its row with the content's size.

    Raises files.NotAllowed, DocumentExists, UnknownInstance, InstanceIsOver, TaskNotOpen.
    """
    kind = files.kind_of(new.name, new.body)
    case, element = _place(connection, actor, new)
    if new.id is not None and connection.execute(_ID, {"id": new.id}).first():
        raise DocumentExists(new.id)
    row = {
        "id": new.id or secrets.token_urlsafe(24),
        "sha256": files.sha256_of(new.body),
        "name": new.name,
        "content_type": kind.content_type,
        "created_by": actor.username,
        "created_at": engine.clock.now(),
        "expires_at": new.expires_at,
        "process_id": new.process_id,
        "process_instance_key": case,
        "user_task_key": new.user_task_key,
        "properties": dict(new.properties or {}),
    }
    kept = files.keep(connection, row, new.body)
    noted = _noted(engine, actor, "DOCUMENT_ATTACHED", element, row) if case is not None else ()
    return Change((*kept, *noted), row | {"size": len(new.body)})


def find(engine: Engine, connection: Connection, actor: Actor, id: str) -> Item:
    """A document that the actor may see, with the size of its content. Raises UnknownDocument."""
    try:
        found = look_up(engine, connection, actor, DOCUMENTS, id)
    except Unseen as unseen:
        raise UnknownDocument(id, unseen.hidden) from unseen
    if found["expires_at"] is not None and found["expires_at"] <= engine.clock.now():
        raise UnknownDocument(id)
    return found


def of_case(engine: Engine, connection: Connection, actor: Actor, case: int) -> list[Item]:
    """The documents of a case that the actor may see, the newest first."""
    asked = within(Query(sort=(("created_at", True),), limit=MOST), process_instance_key=case)
    found = look_for(engine, connection, actor, DOCUMENTS, asked).items
    now = engine.clock.now()
    return [each for each in found if each["expires_at"] is None or each["expires_at"] > now]


def drop(engine: Engine, connection: Connection, actor: Actor, id: str) -> Change[None]:
    """Takes back a document that one sent oneself and that no case has. Raises UnknownDocument, PartOfACase."""
    row = find(engine, connection, actor, id)
    if row["process_instance_key"] is not None:
        raise PartOfACase(row["name"])
    return Change(files.delete(id), None)


def remove(engine: Engine, connection: Connection, actor: Actor, id: str) -> Change[int | None]:
    """Takes an attachment out of its case, which is answered: by who added it, while its task (or, attached at none, the case)
    is under way and no form that was filled in names it. Raises UnknownDocument, NotYours, PartOfACase.
    """
    row = find(engine, connection, actor, id)
    case = row["process_instance_key"]
    if row["created_by"] != actor.username:
        raise NotYours(row)
    if case is None:
        return Change(files.delete(id), None)
    if not is_removable(connection, actor, row):
        raise PartOfACase(row["name"])
    element = connection.execute(_ELEMENT, {"key": row["user_task_key"]}).scalar()
    unchanged = Effect(_RAISE_VERSION, {"_key": case, "_version": row["case_version"]}, expect=1)
    noted = _noted(engine, actor, "DOCUMENT_REMOVED", element, row)
    return Change((unchanged, *files.delete(id), *noted), case)


def is_removable(connection: Connection, actor: Actor, document: Item) -> bool:
    """Whether the actor may take it out of its case now."""
    case, task = document["process_instance_key"], document["user_task_key"]
    if document["created_by"] != actor.username or document["case_state"] not in UNDER_WAY:
        return False
    if task is not None and connection.execute(_STATE, {"key": task}).scalar() != TaskState.CREATED:
        return False
    named = {"case": case, "named": f'%"{document["document_id"]}"%'}
    return connection.execute(_NAMED, named).first() is None


def _place(connection: Connection, actor: Actor, new: NewDocument) -> tuple[int | None, str | None]:
    """The case that a new document belongs to, and the element of the task for which it is sent."""
    if new.user_task_key is not None:
        theirs = _TASK.where(UserTask.key == new.user_task_key, offered_tasks(actor))
        found = connection.execute(theirs).one_or_none()
        if found is None:
            raise TaskNotOpen(new.user_task_key)
        return found.process_instance_key, found.element_id
    case = new.process_instance_key
    if case is None:
        return None, None
    if not instances.sees(connection, actor, case):
        raise instances.UnknownInstance(case)
    if connection.execute(_CASE_STATE, {"key": case}).scalar() not in UNDER_WAY:
        raise instances.InstanceIsOver(case)
    return case, None


def _noted(
    engine: Engine, actor: Actor, event: str, element: str | None, row: Mapping[str, Any]
) -> tuple[Effect, ...]:
    told = {"name": row["name"], "sha256": row["sha256"]}
    case, task = row["process_instance_key"], row["user_task_key"]
    return instances.note(engine, actor.username, case, event, element, task, values=told)


_ID = select(Document.id).where(Document.id == bindparam("id"))
_TASK = select(UserTask.process_instance_key, UserTask.element_id).where(UserTask.state == TaskState.CREATED)
_ELEMENT = select(UserTask.element_id).where(UserTask.key == bindparam("key"))
_STATE = select(UserTask.state).where(UserTask.key == bindparam("key"))
_CASE_STATE = select(ProcessInstance.state).where(ProcessInstance.key == bindparam("key"))
_IN_DRAFT = exists().where(
    UserTask.process_instance_key == bindparam("case"),
    Draft.user_task_key == UserTask.key,
    Draft.values.cast(Variable.value.type).like(bindparam("named")),
)
_IN_DATA = exists().where(
    Variable.process_instance_key == bindparam("case"), Variable.value.like(bindparam("named"))
)
_NAMED = select(literal(1)).where(or_(_IN_DATA, _IN_DRAFT))
"""LIKE's own signs cannot stand in an id but `_`, which only finds too much."""
_RAISE_VERSION = (
    update(ProcessInstance)
    .where(ProcessInstance.key == bindparam("_key"), ProcessInstance.version == bindparam("_version"))
    .values(version=ProcessInstance.version + 1)
)
