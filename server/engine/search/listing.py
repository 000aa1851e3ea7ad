"""The machine of all searches: filters, sorts and pages a listing, in SQL and only over rows that the asker may see.

A listing is a table of fields, which bear the names of Camunda 8's API.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, TypeAlias, cast

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    SQLColumnExpression,
    String,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.sql.util import find_tables
from sqlalchemy.types import TypeEngine

from server import errors
from server.db import Instant, dump_json, load_json, write
from server.engine.engine import Engine
from server.engine.search.query import (
    EVERYTHING,
    AnyOf,
    Condition,
    Found,
    Holds,
    Item,
    Page,
    Query,
    Unseen,
    Where,
)
from server.engine.tables import Names, ProcessInstance, Variable, is_in_state
from server.identity import Actor, Entry, record_all
from server.identity.models import Person

MOST_COUNTED: Final = 10_000
CASE_KEY: Final = "process_instance_key"
TENANT: Final = "<default>"

Column: TypeAlias = SQLColumnExpression[Any]

NOTHING: Final = literal(None, String)
TENANT_COLUMN: Final = literal(TENANT, String)


class BadCursor(errors.Invalid):
    def __init__(self) -> None:
        super().__init__(
            "Penanda halaman tidak dikenal, atau dari pencarian dengan urutan lain. Mulai lagi dari halaman pertama."
        )


@dataclass(frozen=True)
class Related:
    """Rows of another table that belong to a listing's row, for filters that one of them must pass in all their fields."""

    belongs: ColumnElement[bool]
    fields: Mapping[str, Column]


@dataclass(frozen=True)
class Listing:
    """Something that can be searched.

    `fields`: the columns by name; `key`: the name of the unique one, which also settles ties. `visible`: which rows an actor
    may see. `variables`: how a Variable belongs to a row, for filters by variables; `related`: other tables' rows, for theirs.
    `finish` adds to an item what no column says by itself. `alone`: the one table that decides how many rows there are; the
    others of the source add to its rows, but neither take nor double any. `surely`: some of the rows that an actor may see, found
    by one index; where these are too many to be counted, no others are.
    """

    word: str
    key: str
    source: FromClause
    fields: Mapping[str, Column]
    visible: Callable[[Actor], ColumnElement[bool]]
    variables: Mapping[str, ColumnElement[bool]] = field(default_factory=dict)
    related: tuple[Related, ...] = ()
    finish: Callable[[Engine, Connection, Item], Item] = lambda engine, connection, item: item
    alone: FromClause | None = None
    surely: Callable[[Actor], ColumnElement[bool]] | None = None

    @cached_property
    def of_cases(self) -> bool:
        """Whether each row belongs to a case, so that reading one of a confidential case is noted."""
        return CASE_KEY in self.fields and ProcessInstance.__table__ in find_tables(self.source)


def search(
    engine: Engine, connection: Connection, actor: Actor, listing: Listing, query: Query = EVERYTHING
) -> Found:
    """The page of the rows that the actor may see. Raises BadCursor."""
    order = _order(listing, query.sort)
    conditions = [listing.visible(actor), *_all(listing, query.conditions)]
    found = connection.execute(_page_of(listing, order, conditions, query)).all()
    _note_reading(engine, connection, actor, listing, found)
    rows = [dict(zip(listing.fields, row[: len(listing.fields)], strict=True)) for row in found]
    if query.before is not None:
        rows = rows[::-1]
    total = len(rows)
    if total == query.limit or query.offset or query.after or query.before:
        total = _count_up(connection, actor, listing, conditions)
    page = Page(
        total_items=min(total, MOST_COUNTED),
        has_more_total_items=total > MOST_COUNTED,
        start_cursor=_cursor(rows[0], order) if rows else None,
        end_cursor=_cursor(rows[-1], order) if rows else None,
    )
    return Found([listing.finish(engine, connection, row) for row in rows], page)


def count(connection: Connection, actor: Actor, listing: Listing, conditions: Iterable[Condition]) -> int:
    """How many rows the actor may see that pass the conditions; told to MOST_COUNTED."""
    found = _count_up(connection, actor, listing, [listing.visible(actor), *_all(listing, conditions)])
    return min(found, MOST_COUNTED)


def chosen(actor: Actor, listing: Listing, conditions: Iterable[Condition]) -> Select[Any]:
    """The keys of all rows that the actor may see and that pass the conditions, for use within another statement."""
    passed = _all(listing, conditions)
    return (
        select(listing.fields[listing.key]).select_from(listing.source).where(listing.visible(actor), *passed)
    )


def find(engine: Engine, connection: Connection, actor: Actor, listing: Listing, key: int | str) -> Item:
    """The one row of this key. Raises Unseen."""
    every = select(*_labelled(listing)).select_from(listing.source)
    statement = every.where(listing.fields[listing.key] == key, listing.visible(actor))
    row = connection.execute(statement).one_or_none()
    if row is None:
        there = select(literal(1)).select_from(listing.source).where(listing.fields[listing.key] == key)
        hidden = connection.execute(there.limit(1)).first() is not None
        raise Unseen(f"{listing.word} {key} tidak ada, atau bukan untuk Anda.", hidden)
    _note_reading(engine, connection, actor, listing, [row])
    return listing.finish(engine, connection, dict(zip(listing.fields, row, strict=False)))


def _note_reading(
    engine: Engine, connection: Connection, actor: Actor, listing: Listing, rows: Sequence[Any]
) -> None:
    """Every reading of a confidential case is kept, whatever of it is read: who, when, and what kind of thing."""
    if not listing.of_cases:
        return
    place = list(listing.fields).index(CASE_KEY)
    cases = sorted({row[place] for row in rows if row[-1]})
    if cases:
        now = engine.clock.now()
        with write(connection.engine) as apart:
            record_all(
                apart,
                (Entry(now, actor.username, "read", f"case:{case}", "done", listing.word) for case in cases),
            )


# --- conditions ------------------------------------------------------------------------------------------------------

OPERATORS: Final[Mapping[str, Callable[[Column, Any], ColumnElement[bool]]]] = {
    "eq": lambda column, value: column == value,
    "neq": lambda column, value: column.is_distinct_from(value),
    "in": lambda column, values: column.in_(values),
    "notIn": lambda column, values: or_(column.not_in(values), column.is_(None)),
    "exists": lambda column, wanted: column.is_not(None) if wanted else column.is_(None),
    "like": lambda column, pattern: column.ilike(_like(pattern), escape="\\"),
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
}


def _all(listing: Listing, conditions: Iterable[Condition]) -> list[ColumnElement[bool]]:
    """Every condition, in SQL; those on related rows are passed by one and the same of them."""
    made: list[ColumnElement[bool]] = []
    through: dict[int, list[ColumnElement[bool]]] = {}
    for condition in conditions:
        place = _related(listing, condition)
        if place is None:
            made.append(_sql(listing, condition))
        elif isinstance(condition, Where):
            column = listing.related[place].fields[condition.field]
            through.setdefault(place, []).append(OPERATORS[condition.operator](column, condition.value))
    return made + [
        select(literal(1)).where(listing.related[place].belongs, *tests).exists()
        for place, tests in through.items()
    ]


def _related(listing: Listing, condition: Condition) -> int | None:
    """Which of the listing's related rows a condition speaks of."""
    if not isinstance(condition, Where) or condition.field in listing.fields:
        return None
    return next(i for i, each in enumerate(listing.related) if condition.field in each.fields)


def _of_names(column: Column, operator: str, value: Any) -> ColumnElement[bool]:
    """A test of usernames: whether one of them passes it; of one that is left out, whether none is it."""
    each = literal("|") + func.replace(Person.username, "_", "\\_") + literal("|")
    among = type_coerce(column, String).contains(each, escape="\\")
    match operator:
        case "exists":
            return OPERATORS["exists"](column, value)
        case "neq" | "notIn":
            return ~_of_names(column, "eq" if operator == "neq" else "in", value)
    return exists().where(column.is_not(None), among, OPERATORS[operator](Person.username, value))


def _sql(listing: Listing, condition: Condition) -> ColumnElement[bool]:
    match condition:
        case Where(name, operator, value) if isinstance(
            cast(ColumnElement[Any], listing.fields[name]).type, Names
        ):
            return _of_names(listing.fields[name], operator, value)
        case Where("state", "eq", str(value)):
            return is_in_state(listing.fields["state"], value)
        case Where(name, operator, value):
            return OPERATORS[operator](listing.fields[name], value)
        case Holds(place, name, tests):
            passed = (OPERATORS[test.operator](Variable.value, test.value) for test in tests)
            named = select(Variable.key).where(listing.variables[place], *passed)
            if name is not None:
                named = named.where(Variable.name == name)
            return named.correlate_except(Variable).exists()
        case AnyOf(alternatives):
            return or_(false(), *(and_(true(), *_all(listing, all_)) for all_ in alternatives))


def _like(pattern: str) -> str:
    """SQL's pattern for one with `*` and `?`, in which a backslash takes the next character as it is."""
    made, characters = [], iter(pattern)
    for character in characters:
        if character == "\\":
            character = next(characters, "\\")
            made.append(f"\\{character}" if character in "%_\\" else character)
        elif character in "%_":
            made.append(f"\\{character}")
        else:
            made.append({"*": "%", "?": "_"}.get(character, character))
    return "".join(made)


# --- order and pages -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _By:
    """One field of the order. What has no value comes last, whichever way the field is sorted."""

    name: str
    column: Column
    descending: bool

    @property
    def type(self) -> type:
        """Of its values in Python."""
        return datetime if isinstance(self._kind, Instant) else self._kind.python_type

    @property
    def _kind(self) -> TypeEngine[Any]:
        return cast(ColumnElement[Any], self.column).type

    def clause(self, backward: bool) -> Column:
        falling = self.descending != backward
        sorted_ = self.column.desc() if falling else self.column.asc()
        return sorted_.nulls_first() if backward else sorted_.nulls_last()

    def same(self, value: object) -> ColumnElement[bool]:
        return self.column.is_(None) if value is None else self.column == value

    def beyond(self, value: object, backward: bool) -> ColumnElement[bool]:
        """The rows on the far side of `value`."""
        if value is None:
            return self.column.is_not(None) if backward else false()
        bound = literal(value, self._kind)
        further = self.column < bound if self.descending != backward else self.column > bound
        return further if backward else or_(further, self.column.is_(None))


def _order(listing: Listing, sort: Iterable[tuple[str, bool]]) -> list[_By]:
    chosen = dict([*sort, (listing.key, False)][::-1])
    names = list(dict.fromkeys([*(name for name, _ in sort), listing.key]))
    return [_By(name, listing.fields[name], chosen[name]) for name in names]


def _page_of(listing: Listing, order: list[_By], conditions: list[ColumnElement[bool]], query: Query) -> Any:
    """The rows of the page. Which they are is found first, where one table says it: in its own order, without the others."""
    backward = query.before is not None
    cursor = query.before if backward else query.after
    if cursor is not None:
        conditions = [*conditions, _past(order, _values(cursor, order), backward)]
    clauses = [by.clause(backward) for by in order]
    columns = [by.column for by in order]
    statement = select(*_labelled(listing)).select_from(listing.source)
    if _least(listing, [*conditions, *columns]) is listing.alone:
        key = listing.fields[listing.key]
        keys = select(key).where(*conditions).order_by(*clauses).limit(query.limit).offset(query.offset)
        return statement.where(key.in_(keys.correlate(None))).order_by(*clauses)
    return statement.where(*conditions).order_by(*clauses).limit(query.limit).offset(query.offset)


def _past(order: list[_By], values: list[object], backward: bool) -> ColumnElement[bool]:
    """The rows after (or before) the one with these values, in an order of several fields."""
    steps = []
    for place, (by, value) in enumerate(zip(order, values, strict=True)):
        equal = (each.same(known) for each, known in zip(order[:place], values, strict=False))
        steps.append(and_(*equal, by.beyond(value, backward)))
    return or_(*steps)


def _count_up(
    connection: Connection, actor: Actor, listing: Listing, conditions: list[ColumnElement[bool]]
) -> int:
    if listing.surely is not None:
        some = _count(connection, listing, [listing.surely(actor), *conditions[1:]])
        if some > MOST_COUNTED:
            return some
    return _count(connection, listing, conditions)


def _count(connection: Connection, listing: Listing, conditions: list[ColumnElement[bool]]) -> int:
    """How many rows there are, counted to one more than is told."""
    few = (
        select(literal(1)).select_from(_least(listing, conditions)).where(*conditions).limit(MOST_COUNTED + 1)
    )
    return connection.execute(select(func.count()).select_from(few.subquery())).scalar_one()


def _least(listing: Listing, columns: Iterable[Column]) -> FromClause:
    """What must be read for these columns and conditions: one table, where they ask for no other."""
    if listing.alone is not None and set(select(*columns).columns_clause_froms) == {listing.alone}:
        return listing.alone
    return listing.source


def _labelled(listing: Listing) -> list[Column]:
    """The columns of an item; of a case's, last, whether the case is confidential."""
    of_case = [ProcessInstance.confidential] if listing.of_cases else []
    return [*(column.label(name) for name, column in listing.fields.items()), *of_case]


def _cursor(row: Item, order: list[_By]) -> str:
    values = [row[by.name] for by in order]
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return b64encode(dump_json(plain).encode()).decode()


def _values(cursor: str, order: list[_By]) -> list[object]:
    try:
        values = load_json(b64decode(cursor, validate=True))
    except (ValueError, RecursionError):
        raise BadCursor from None
    if not isinstance(values, list) or len(values) != len(order):
        raise BadCursor
    return [_typed(value, by.type) for value, by in zip(values, order, strict=True)]


def _typed(value: Any, expected: type) -> object:
    """A cursor comes from outside, so each of its values is looked at."""
    if value is not None and expected is datetime:
        try:
            value = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise BadCursor from None
    if value is None or (type(value) is expected and not _too_big(value)):
        return value
    raise BadCursor


def _too_big(value: object) -> bool:
    return (isinstance(value, int) and abs(value) >= 2**63) or (
        isinstance(value, datetime) and value.tzinfo is None
    )
