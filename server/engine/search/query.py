"""Questions and answers of a search."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from server import errors

Item: TypeAlias = Mapping[str, Any]


class Unseen(errors.NotFound):
    """No row of this key, or none that the asker may see."""


@dataclass(frozen=True)
class Where:
    """A field compared with a value; `operator` is a key of OPERATORS."""

    field: str
    operator: str
    value: object


@dataclass(frozen=True)
class Holds:
    """There is a variable of this name (None: of any) whose JSON text passes every test.

    `field` says where (Listing.variables).
    """

    field: str
    name: str | None
    tests: tuple[Where, ...]


@dataclass(frozen=True)
class AnyOf:
    """One of the alternatives is true as a whole."""

    alternatives: tuple[tuple["Condition", ...], ...]


Condition: TypeAlias = Where | Holds | AnyOf


@dataclass(frozen=True)
class Query:
    """Conditions that are all true; `sort` as field and whether descending; a page by offset, or next to a cursor."""

    conditions: tuple[Condition, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    limit: int = 100
    offset: int = 0
    after: str | None = None
    before: str | None = None


EVERYTHING = Query()


@dataclass(frozen=True)
class Page:
    """`total_items` counts to 10,000 and no further; the cursors stand at the first and the last item."""

    total_items: int
    has_more_total_items: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class Found:
    items: Sequence[Item]
    page: Page


def within(query: Query, **fixed: object) -> Query:
    """The query, kept to rows of these values (a list: any of them)."""
    also = (Where(name, "in" if isinstance(value, list) else "eq", value) for name, value in fixed.items())
    return replace(query, conditions=(*query.conditions, *also))
