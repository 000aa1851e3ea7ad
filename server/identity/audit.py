"""The audit trail: who did what, and what came of it. Entries are added, never changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, insert, or_, select

from server.db import Effect
from server.identity.models import AuditEntry


@dataclass(frozen=True)
class Entry:
    """actor: a username; None: nobody who is known. object: what it was done to, such as `person:budi`.

    outcome: `done`, or what it was refused for. detail: plain JSON; of what was refused, the sentence that they heard.
    """

    at: datetime
    actor: str | None
    verb: str
    object: str | None
    outcome: str
    detail: Any = None


@dataclass(frozen=True)
class Found:
    """An entry and its number; numbers rise with time."""

    id: int
    entry: Entry


@dataclass(frozen=True)
class Wanted:
    """What to look for: all that is named must fit. `verb` and `object` may end in `*`. `since` and `until`: instants, both included.

    `refused`: what was not done, for whatever reason, or what was. `case`: what names a case by its key.
    """

    actor: str | None = None
    verb: str | None = None
    object: str | None = None
    outcome: str | None = None
    refused: bool | None = None
    case: int | None = None
    since: datetime | None = None
    until: datetime | None = None


MOST: Final = 1000
DONE: Final = "done"

_RECORD: Final = insert(AuditEntry)
_FIELDS = (
    AuditEntry.at,
    AuditEntry.actor,
    AuditEntry.verb,
    AuditEntry.object,
    AuditEntry.outcome,
    AuditEntry.detail,
)


def record(connection: Connection, entry: Entry) -> None:
    record_all(connection, [entry])


def record_all(connection: Connection, entries: Iterable[Entry]) -> None:
    rows = [vars(entry) for entry in entries]
    if rows:
        connection.execute(insert(AuditEntry), rows)


def recording(entry: Entry) -> Effect:
    """The entry as part of a change."""
    return Effect(_RECORD, vars(entry))


def look_up(
    connection: Connection, wanted: Wanted, before: int | None = None, most: int = 100
) -> list[Found]:
    """What fits, the newest first; `before`: only entries older than that number, for the next page."""
    conditions = [*_conditions(wanted)]
    if before is not None:
        conditions.append(AuditEntry.id < before)
    statement = select(AuditEntry.id, *_FIELDS).where(*conditions).order_by(AuditEntry.id.desc())
    rows = connection.execute(statement.limit(min(most, MOST)))
    return [Found(row[0], Entry(*row[1:])) for row in rows]


def trail(connection: Connection, of: str, most: int = 100, verb: str | None = None) -> list[Entry]:
    """What was done to the object, the newest first; by one verb alone where it is named."""
    return [each.entry for each in look_up(connection, Wanted(object=of, verb=verb), most=most)]


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    for column in (AuditEntry.actor, AuditEntry.outcome):
        value = getattr(wanted, column.key)
        if value is not None:
            yield column == value
    for column in (AuditEntry.verb, AuditEntry.object):
        value = getattr(wanted, column.key)
        if value is not None and value.endswith("*"):
            yield column.startswith(value[:-1], autoescape=True)
        elif value is not None:
            yield column == value
    if wanted.refused is not None:
        yield AuditEntry.outcome != DONE if wanted.refused else AuditEntry.outcome == DONE
    if wanted.case is not None:
        yield or_(*_about(wanted.case))
    if wanted.since is not None:
        yield AuditEntry.at >= wanted.since
    if wanted.until is not None:
        yield AuditEntry.at <= wanted.until


def _about(case: int) -> Iterable[ColumnElement[bool]]:
    """A case is named by itself, as one of a register, or in the path of a request that was refused."""
    for word in ("case", "discipline"):
        yield AuditEntry.object == f"{word}:{case}"
    yield AuditEntry.object.endswith(f"/{case}")
    yield AuditEntry.object.contains(f"/{case}/")
