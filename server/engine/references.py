"""References to documents within the data of cases, as Camunda's clients and forms write them."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import bindparam, update

from server.db import Effect
from server.files.models import Document

MARK: Final = "camunda.document.type"
"""The name that makes an object a reference to a document."""


def brought(values: Any, case: int, actor: str) -> Iterator[Effect]:
    """Makes the documents that `values` refer to, sent by the actor, a part of the case."""
    rows = [{"_id": each, "_by": actor, "case": case} for each in _named(values)]
    if rows:
        yield Effect(_BRING, rows)


def _named(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if MARK in value and isinstance(value.get("documentId"), str):
            yield value["documentId"]
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


_BRING = (
    update(Document)
    .where(
        Document.id == bindparam("_id"),
        Document.created_by == bindparam("_by"),
        Document.process_instance_key.is_(None),
    )
    .values(process_instance_key=bindparam("case"))
)
