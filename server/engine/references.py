"""References to documents within the data of cases, as Camunda's clients and forms write them.

The reference that a form brings is written anew from what the house knows of the document.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, or_, select, update

from server import forms
from server.db import Effect
from server.engine.access import visible_documents
from server.engine.tables import ProcessInstance
from server.files.models import Content, Document
from server.identity import Actor

MARK: Final = forms.DOCUMENT
STORE: Final = "in-database"
"""What Camunda's clients call the place where documents lie."""


def known_to(connection: Connection, actor: Actor, now: datetime) -> forms.Documents:
    """The documents that the actor may put into a form, by id."""

    def reference(id: str) -> dict[str, object] | None:
        alive = or_(Document.expires_at.is_(None), Document.expires_at > now)
        statement = _DOCUMENT.where(Document.id == id, visible_documents(actor), alive)
        row = connection.execute(statement).one_or_none()
        if row is None:
            return None
        return reference_of({**row._mapping, "id": id})

    return reference


def reference_of(document: Mapping[str, Any]) -> dict[str, object]:
    """What stands for a document in the data of a case."""
    told = {"contentType": document["content_type"], "fileName": document["name"], "size": document["size"]}
    own = {"storeId": STORE, "documentId": document["id"], "contentHash": document["sha256"]}
    return {MARK: "camunda", **own, "metadata": told}


def brought(values: Any, case: int, actor: str) -> Iterator[Effect]:
    """Makes the documents that `values` refer to, sent by the actor, a part of the case."""
    rows = [{"_id": each["documentId"], "_by": actor, "case": case} for each in references_in(values)]
    if rows:
        yield Effect(_BRING, rows)


def references_in(value: Any) -> Iterator[dict[str, Any]]:
    """All references within a value, however deep."""
    if isinstance(value, dict):
        if MARK in value and isinstance(value.get("documentId"), str):
            yield value
        for inner in value.values():
            yield from references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references_in(inner)


_DOCUMENT = (
    select(Document.name, Document.content_type, Document.sha256, Content.size)
    .join(Content, Content.sha256 == Document.sha256)
    .outerjoin(ProcessInstance, ProcessInstance.key == Document.process_instance_key)
)
_BRING = (
    update(Document)
    .where(
        Document.id == bindparam("_id"),
        Document.created_by == bindparam("_by"),
        Document.process_instance_key.is_(None),
    )
    .values(process_instance_key=bindparam("case"))
)
