"""Contents: kept once by their hash, in pieces, sent piece by piece, and dropped when no document has them any more."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update
from sqlalchemy import delete as remove

from server.db import Change, Effect
from server.files.models import Content, Document, Piece

LARGEST: Final = 10 * 2**20
"""Bytes that one file may have."""
PIECE: Final = 512 * 2**10
UNUSED_FOR: Final = timedelta(days=1)
"""How long a document may wait to become a part of a case."""


def sha256_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def keep(connection: Connection, document: dict[str, Any], body: bytes) -> tuple[Effect, ...]:
    """A new document's row with its content, where that is not here already."""
    kept = Effect(_INSERT_DOCUMENT, document)
    digest, now = document["sha256"], document["created_at"]
    if connection.execute(_KNOWN, {"sha256": digest}).first():
        return (Effect(_TOUCH, {"_sha256": digest, "kept_at": now}, expect=1), kept)
    cuts = range(0, len(body), PIECE)
    rows = [
        {"sha256": digest, "number": number, "body": body[start : start + PIECE]}
        for number, start in enumerate(cuts)
    ]
    content = Effect(_INSERT_CONTENT, {"sha256": digest, "size": len(body), "kept_at": now})
    return (content, Effect(_INSERT_PIECES, rows), kept)


def piece(connection: Connection, sha256: str, number: int) -> bytes | None:
    """A part of a content, by its number from 0; None after the last. So a large one is sent without being held whole."""
    return connection.execute(_PIECE, {"sha256": sha256, "number": number}).scalar()


def pieces(
    ask: Callable[[Callable[[Connection], bytes | None]], bytes | None], sha256: str
) -> Iterator[bytes]:
    """The content, piece by piece: each is asked for by itself (`Gate.ask`), so that no connection is held while a slow reader
    takes the last one."""
    for number in count():
        part = ask(lambda connection, number=number: piece(connection, sha256, number))  # type: ignore[misc]
        if part is None:
            return
        yield part


def delete(document_id: str) -> tuple[Effect, ...]:
    """A document goes; its content stays until the next `clean`."""
    return (Effect(_DELETE_DOCUMENT, {"_id": document_id}, expect=1),)


def clean(connection: Connection, now: datetime) -> Change[int]:
    """Drops documents that expired or became a part of no case within a day, and contents that no document has; how many."""
    gone = {"now": now, "before": now - UNUSED_FOR}
    documents = connection.execute(_GONE, gone).scalars().all()
    contents = connection.execute(_LEFT, gone).scalars().all()
    effects = [Effect(_DELETE_GONE, {"_id": each} | gone) for each in documents]
    effects += [
        Effect(statement, {"_sha256": each} | gone) for each in contents for statement in _DELETE_LEFT
    ]
    return Change(tuple(effects), len(documents) + len(contents))


_INSERT_DOCUMENT = insert(Document)
_INSERT_CONTENT = insert(Content)
_INSERT_PIECES = insert(Piece)
_KNOWN = select(Content.sha256).where(Content.sha256 == bindparam("sha256"))
_TOUCH = update(Content).where(Content.sha256 == bindparam("_sha256")).values(kept_at=bindparam("kept_at"))
"""Clashes where the content has been dropped meanwhile; keeps it from being dropped at this moment."""
_PIECE = select(Piece.body).where(Piece.sha256 == bindparam("sha256"), Piece.number == bindparam("number"))
_DELETE_DOCUMENT = remove(Document).where(Document.id == bindparam("_id"))
_BEFORE = bindparam("before", type_=Document.created_at.type)
_NOW = bindparam("now", type_=Document.created_at.type)
_USELESS = or_(
    Document.expires_at <= _NOW, Document.process_instance_key.is_(None) & (Document.created_at <= _BEFORE)
)
_GONE = select(Document.id).where(_USELESS).limit(100)
_DELETE_GONE = remove(Document).where(Document.id == bindparam("_id"), _USELESS)
_UNHAD = (Content.kept_at <= _BEFORE) & ~exists().where(Document.sha256 == Content.sha256)
_LEFT = select(Content.sha256).where(_UNHAD).limit(100)
_DELETE_LEFT = (
    remove(Content).where(Content.sha256 == bindparam("_sha256"), _UNHAD),
    remove(Piece).where(
        Piece.sha256 == bindparam("_sha256"), ~exists().where(Content.sha256 == Piece.sha256)
    ),
)
