"""Statements as a driver takes them: compiled once, where SQLAlchemy would look at each anew each time."""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from weakref import WeakKeyDictionary

import simplejson
from sqlalchemy import (
    JSON,
    ClauseElement,
    Column,
    Connection,
    Dialect,
    Insert,
    LargeBinary,
    Row,
    Text,
    UniqueConstraint,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
)
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeDecorator

from server.db.connections import driver

AnyRow = Row[*tuple[Any, ...]]


def fetch(connection: Connection, statement: ClauseElement, parameters: Mapping[str, Any]) -> list[Any]:
    """The rows of a query that is asked often, by name and by place. It should stand at a module's top, to stay compiled."""
    found = driven(statement, connection.dialect, tuple(parameters))
    with driver(connection) as send:
        return [found.row(row) for row in send(found.text, found.values([parameters])).fetchall()]


class Driven:
    """A statement in the driver's words.

    `names` are those of a row's parameters; an INSERT may be of several rows (`count`), or `of_any_count` where they go to
    PostgreSQL as one text. `sees` says what its outcome depends on and `touches` what it changes: tables, and columns as
    `table.column`.
    """

    def __init__(
        self, statement: ClauseElement, dialect: Dialect, names: tuple[str, ...], count: int = 1
    ) -> None:
        compiled = _compiled(statement, dialect, names)
        plain = _is_plain(compiled, names)
        self.sees, self.touches = _reach(compiled, plain)
        self.of_any_count = False
        if isinstance(statement, Insert):
            self.of_any_count = plain and _goes_as_text(statement.table, dialect)
            if self.of_any_count:
                compiled = _compiled(_insert_of_text(statement.table, names), dialect)
                names, count = (_ROWS,), 1
            elif count > 1:
                compiled = _compiled(statement.values([dict.fromkeys(names)] * count), dialect, names)
        types = {name: bind.type for bind, name in compiled.bind_names.items()}
        constants = {**compiled.params, **dict(map(_default, compiled.insert_prefetch))}
        sources = {name: (0, name) for name in names} if count == 1 else _names_of_rows(names, count)
        self.text = str(compiled)
        self._places = [
            (
                *sources.get(name, (0, None)),
                types[name].dialect_impl(dialect).bind_processor(dialect),
                constants[name],
            )
            for name in compiled.positiontup or ()
        ]
        columns = compiled._result_columns
        self._row: Any = namedtuple("Row", [column.keyname for column in columns])  # type: ignore[misc]
        self._read = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]

    def row(self, values: Sequence[Any]) -> Any:
        """A row of the answer, its values as their columns' types mean them."""
        return self._row._make(
            read(value) if read else value for read, value in zip(self._read, values, strict=True)
        )

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The parameters in the order of the text."""
        if self.of_any_count:
            rows = [{_ROWS: rows}]
        made = []
        for row, name, process, constant in self._places:
            value = constant if name is None else rows[row][name]
            made.append(process(value) if process else value)
        return made


def driven(statement: ClauseElement, dialect: Dialect, names: tuple[str, ...], count: int = 1) -> Driven:
    """The statement for rows of these parameters, which is kept as long as the statement itself is."""
    known = _DRIVEN.setdefault(statement, {})
    found = known.get((dialect.name, names, count))
    if found is None:
        found = known[dialect.name, names, count] = Driven(statement, dialect, names, count)
    return found


_DRIVEN: WeakKeyDictionary[ClauseElement, dict[tuple[str, tuple[str, ...], int], Driven]] = (
    WeakKeyDictionary()
)


def _compiled(statement: ClauseElement, dialect: Dialect, names: Sequence[str] | None = None) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect, column_keys=None if names is None else list(names))
    assert isinstance(compiled, SQLCompiler)
    return compiled


def _names_of_rows(names: Sequence[str], count: int) -> dict[str, tuple[int, str]]:
    """What SQLAlchemy calls the parameters of an INSERT of several rows."""
    return {f"{name}_m{row}": (row, name) for row in range(count) for name in names}


def _default(column: Column[Any]) -> tuple[str, object]:
    """What stands in a column that a row does not name."""
    if not isinstance(column.default, ScalarElementColumnDefault):
        raise ValueError(f"{column} has a default that cannot be known beforehand")
    return column.key, column.default.arg


# --- rows as one text

_ROWS: Final = "_rows"


def _isoformat(moment: date) -> str:
    return moment.isoformat()


_ENCODER: Final = simplejson.JSONEncoder(
    use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_isoformat
)


class _Rows(TypeDecorator[Any]):
    """Rows of these columns as JSON text."""

    impl = Text
    cache_ok = False

    def __init__(self, columns: Sequence[Column[Any]]) -> None:
        super().__init__()
        self.columns = columns

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], str]:
        columns = [
            (each.key, each.type.dialect_impl(dialect).bind_processor(dialect)) for each in self.columns
        ]

        def text(rows: Sequence[Mapping[str, Any]]) -> str:
            return _ENCODER.encode(
                [
                    {name: process(row[name]) if process else row[name] for name, process in columns}
                    for row in rows
                ]
            )

        return text


def _goes_as_text(table: Any, dialect: Dialect) -> bool:
    """PostgreSQL reads the rows of a JSON text faster than the driver writes their parameters; bytes are none of JSON's."""
    return dialect.name == "postgresql" and not any(isinstance(each.type, LargeBinary) for each in table.c)


def _insert_of_text(table: Any, names: Sequence[str]) -> Insert:
    columns = [table.c[name] for name in names]
    rows = func.json_to_recordset(cast(bindparam(_ROWS, type_=_Rows(columns)), JSON))
    row = rows.table_valued(*(column(each.key, each.type) for each in columns))
    row = row.render_derived(name="new", with_types=True)
    return insert(table).from_select(list(names), select(*(row.c[name] for name in names)))


# --- what a statement has to do with


def _reach(compiled: SQLCompiler, plain: bool) -> tuple[frozenset[str], frozenset[str]]:
    """What a statement sees and what it touches. A plain INSERT sees only what no two rows may share."""
    if not (compiled.isinsert or compiled.isupdate or compiled.isdelete):
        return frozenset(), frozenset()
    statement: Any = compiled.statement
    table, text = statement.table, str(compiled)
    if plain:
        return _columns(table, _unique(table)), frozenset({table.name})
    named = {name for name in re.findall(r"\w+", text) if name in table.metadata.tables}
    assigned = re.findall(r"(\w+)=", text.partition(" WHERE ")[0])
    return frozenset(named), _columns(table, assigned if compiled.isupdate else table.c.keys()) | {table.name}


def _is_plain(compiled: SQLCompiler, names: Sequence[str]) -> bool:
    """Whether it inserts what it is given, and that is all."""
    statement: Any = compiled.statement
    return (
        compiled.isinsert
        and bool(names)
        and str(compiled) == str(_compiled(insert(statement.table), compiled.dialect, names))
    )


def _columns(table: Any, names: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{table.name}.{name}" for name in names)


def _unique(table: Any) -> set[str]:
    """The columns by which a row is the only one of its kind."""
    kinds = [table.primary_key, *(each for each in table.constraints if isinstance(each, UniqueConstraint))]
    kinds += [index for index in table.indexes if index.unique]
    return {each.name for kind in kinds for each in kind.columns}
