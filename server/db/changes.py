"""Changes: what a verb has prepared, and how it is written."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ClauseElement, Connection, Dialect, Insert
from sqlalchemy.exc import DBAPIError

from server.db.connections import BEGIN, driver, transaction, turn
from server.db.statements import Driven, driven

ROWS_TOGETHER: Final = 50
"""So many rows are inserted by one statement."""
PARTS_TOGETHER: Final = 25
"""So many statements are sent as one."""
Answer = TypeVar("Answer")


class Clash(Exception):
    """Somebody else was quicker: what was prepared no longer fits, and is to be prepared again."""


@dataclass(frozen=True)
class Effect:
    """A statement for a write transaction, with its parameters (a sequence of mappings: many rows at once).

    Each of these is to meet `expect` rows: another count is a Clash. A parameter `_key` is part of the statement's condition,
    so that two with different keys never meet the same row.
    """

    statement: ClauseElement
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] = field(default_factory=dict)
    expect: int | None = None

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        return [self.parameters] if isinstance(self.parameters, Mapping) else self.parameters


@dataclass(frozen=True)
class Change(Generic[Answer]):
    """What a verb has prepared: the effects that make it so, all or none, and the answer to give once they are."""

    effects: tuple[Effect, ...]
    answer: Answer

    def apply(self, connection: Connection) -> None:
        """Writes it in the transaction of `write`. Raises Clash, or SQLAlchemy's DBAPIError."""
        _send(connection, _statements(self.effects, connection.dialect))

    def carry_out(self, connection: Connection) -> None:
        """Writes it in a transaction of its own, on a connection of `read`. Raises Clash, or SQLAlchemy's DBAPIError."""
        statements = _statements(self.effects, connection.dialect)
        alone = len(statements) == 1 and statements[0].meets is None
        if not alone:
            statements.insert(0, _Statement(BEGIN[connection.dialect.name]))
        with turn(connection), transaction(connection):
            _send(connection, statements)


@dataclass(frozen=True)
class _Statement:
    """A text for the driver. Another count of rows than it is to meet is a Clash."""

    text: str
    values: Sequence[Any] = ()
    meets: int | None = None


@dataclass(frozen=True)
class _Part:
    """What of an effect is one statement."""

    driven: Driven
    rows: Sequence[Mapping[str, Any]]
    meets: int | None

    @property
    def values(self) -> list[Any]:
        return self.driven.values(self.rows)


def _send(connection: Connection, statements: Sequence[_Statement]) -> None:
    together = len(statements) > 1 and connection.dialect.name == "postgresql"
    try:
        with driver(connection, together) as send:
            for each in statements:
                cursor = send(each.text, each.values)
                if each.meets is not None and cursor.rowcount != each.meets:
                    raise Clash
    except DBAPIError as fault:
        if getattr(fault.orig, "sqlstate", None) == _REFUSED:
            raise Clash from fault
        raise


def _statements(effects: Iterable[Effect], dialect: Dialect) -> list[_Statement]:
    """The effects in the driver's words; on PostgreSQL, where a statement costs more than most of what it does, in few."""
    parts = [list(_parts(effect, dialect)) for effect in effects]
    if dialect.name == "postgresql":
        return list(map(_joined, _groups(parts)))
    return [_Statement(part.driven.text, part.values, part.meets) for some in parts for part in some]


def _parts(effect: Effect, dialect: Dialect) -> Iterator[_Part]:
    """Rows to be inserted together, others one by one."""
    rows = effect.rows
    one = driven(effect.statement, dialect, tuple(rows[0]))
    size = len(rows) if one.of_any_count else ROWS_TOGETHER if isinstance(effect.statement, Insert) else 1
    for start in range(0, len(rows), size):
        some = rows[start : start + size]
        same = one.of_any_count or len(rows) == 1
        meets = None if effect.expect is None else effect.expect * len(some)
        found = one if same else driven(effect.statement, dialect, tuple(some[0]), len(some))
        yield _Part(found, some, meets)


def _groups(effects: Iterable[Sequence[_Part]]) -> Iterator[list[_Part]]:
    """Parts that can be one statement: none sees what another touches, so that it does not matter which comes first."""
    group: list[_Part] = []
    touched: set[str] = set()
    for parts in effects:
        distinct = len({part.rows[0].get("_key") for part in parts}) == len(parts)
        for part in parts:
            if len(group) == PARTS_TOGETHER or not touched.isdisjoint(part.driven.sees):
                yield group
                group, touched = [], set()
            group.append(part)
            if part is parts[-1] or not distinct:
                touched |= part.driven.touches
    if group:
        yield group


def _joined(parts: Sequence[_Part]) -> _Statement:
    """All as one statement, which refuses itself where one of them does not meet the rows that it is to meet."""
    text = _joined_text(tuple((part.driven, part.meets) for part in parts))
    return _Statement(text, [value for part in parts for value in part.values])


@lru_cache(512)
def _joined_text(parts: tuple[tuple[Driven, int | None], ...]) -> str:
    if len(parts) == 1 and parts[0][1] is None:
        return parts[0][0].text
    members = [
        f"part_{number} AS ({each.text}{'' if meets is None else ' RETURNING 1'})"
        for number, (each, meets) in enumerate(parts)
    ]
    met = [
        f"(SELECT count(*) FROM part_{number}) = {meets}"  # noqa: S608
        for number, (_, meets) in enumerate(parts)
        if meets is not None
    ]
    return f"WITH {', '.join(members)} SELECT 1 / ({' AND '.join(met) or 'true'})::int"


_REFUSED: Final = "22012"
"""PostgreSQL's division by zero, by which a joined statement refuses itself."""
