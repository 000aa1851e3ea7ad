"""The audit trail: who did what, and what came of it. Entries are added, never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from server.identity.models import AuditEntry


@dataclass(frozen=True)
class Entry:
    """actor: a username; None: nobody who is known. object: what it was done to, such as `person:budi`.

    outcome: `done`, or what it was refused for. detail: plain JSON.
    """

    at: datetime
    actor: str | None
    verb: str
    object: str | None
    outcome: str
    detail: Any = None


_COLUMNS = select(
    AuditEntry.at,
    AuditEntry.actor,
    AuditEntry.verb,
    AuditEntry.object,
    AuditEntry.outcome,
    AuditEntry.detail,
)


def record(connection: Connection, entry: Entry) -> None:
    connection.execute(insert(AuditEntry), vars(entry))


def trail(connection: Connection, of: str, most: int = 100, verb: str | None = None) -> list[Entry]:
    """What was done to the object, the newest first; by one verb alone where it is named."""
    found = _COLUMNS.where(AuditEntry.object == of)
    if verb is not None:
        found = found.where(AuditEntry.verb == verb)
    return [Entry(*row) for row in connection.execute(found.order_by(AuditEntry.id.desc()).limit(most))]
