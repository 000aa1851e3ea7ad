"""Documents of cases: somebody attaches one, and it becomes a part of the case whose data name it.

A document is seen by who sent it, by those who see its case, and by those to whom an open task of it is offered. It becomes a part of a case when it is sent for one, or when a
form, a message or a start by the same person brings its reference; one that never does is dropped after a day.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, or_, select

from server import errors, files
from server.db import AnyRow, Change
from server.engine import instances
from server.engine.access import offered_tasks, visible_cases
from server.engine.engine import Engine
from server.engine.tables import ProcessInstance, TaskState, UserTask
from server.files import Document
from server.files.models import Content
from server.identity import Actor

STORE: Final = "in-database"
"""What Camunda's clients call the place where documents lie."""


class UnknownDocument(errors.NotFound):
    def __init__(self, id: str) -> None:
        super().__init__(f"Dokumen {id} tidak ada, atau bukan untuk Anda.")


class DocumentExists(errors.Conflict):
    def __init__(self, id: str) -> None:
        super().__init__(f"Dokumen dengan documentId “{id}” sudah ada; pakai yang lain, atau kosongkan.")


class PartOfACase(errors.Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"Dokumen “{name}” sudah menjadi bagian berkas kasus, dan tidak dapat dihapus.")


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


def attach(
    engine: Engine, connection: Connection, actor: Actor, new: NewDocument
) -> Change[Mapping[str, Any]]:
    """Keeps a document; its row with the content's size. Raises files.NotAllowed, DocumentExists, UnknownInstance."""
    kind = files.kind_of(new.name, new.body)
    case = new.process_instance_key
    if case is not None and not instances.sees(connection, actor, case):
        raise instances.UnknownInstance(case)
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
        "properties": dict(new.properties or {}),
    }
    return Change(files.keep(connection, row, new.body), row | {"size": len(new.body)})


def find(engine: Engine, connection: Connection, actor: Actor, id: str) -> AnyRow:
    """A document that the actor may see, with the size of its content. Raises UnknownDocument."""
    offered = exists().where(
        UserTask.process_instance_key == Document.process_instance_key,
        UserTask.state == TaskState.CREATED,
        offered_tasks(actor),
    )
    mine = or_(Document.created_by == actor.username, visible_cases(actor), offered)
    alive = or_(Document.expires_at.is_(None), Document.expires_at > engine.clock.now())
    row = connection.execute(_DOCUMENT.where(Document.id == id, mine, alive)).one_or_none()
    if row is None:
        raise UnknownDocument(id)
    return row


def drop(engine: Engine, connection: Connection, actor: Actor, id: str) -> Change[None]:
    """Takes back a document that one sent oneself and that no case has. Raises UnknownDocument, PartOfACase."""
    row = find(engine, connection, actor, id)
    if row.process_instance_key is not None:
        raise PartOfACase(row.name)
    if row.created_by != actor.username:
        raise UnknownDocument(id)
    return Change(files.delete(id), None)


_ID = select(Document.id).where(Document.id == bindparam("id"))
_DOCUMENT = (
    select(Document.__table__, Content.size)
    .join(Content, Content.sha256 == Document.sha256)
    .outerjoin(ProcessInstance, ProcessInstance.key == Document.process_instance_key)
)
