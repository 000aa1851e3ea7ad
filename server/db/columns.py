"""The declarative base of every table, and the types of their columns, with the same promises on both databases."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeVar

import simplejson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DDL, BigInteger, Date, Dialect, Integer, MetaData, Text, event
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Table = TypeVar("Table", bound="Base")


class Base(DeclarativeBase):
    """Every table's base. Constraints have names that do not depend on the database, so that migrations find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


def append_only(table: type[Table]) -> type[Table]:
    """Rows of this table are only ever added: the database itself refuses to change or remove one, whoever asks."""
    for dialect, statements in refusals(table.__tablename__).items():
        for statement in statements:
            event.listen(table.__table__, "after_create", DDL(statement).execute_if(dialect=dialect))
    return table


def refusals(table: str) -> Mapping[str, Sequence[str]]:
    """The statements that make a table append-only, by dialect."""
    return {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        ],
    }


_ENCODER = simplejson.JSONEncoder(
    use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
)
_DECODER = simplejson.JSONDecoder(parse_float=Decimal)


def dump_json(value: object) -> str:
    """`value` as compact JSON text. Decimals keep every digit; NaN and infinity are refused with ValueError."""
    return _ENCODER.encode(value)


def load_json(text: str | bytes) -> Any:
    """The value of a JSON text: whole numbers as int, all others as Decimal, digit for digit."""
    return _DECODER.decode(text if isinstance(text, str) else text.decode())


class Json(TypeDecorator[Any]):
    """Plain JSON as text. None is NULL. Never jsonb, which would reorder keys and rewrite numbers."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else dump_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else load_json(value)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, read back in UTC.

    PostgreSQL keeps it as timestamptz. SQLite keeps ISO 8601 text in UTC with six decimals, all of one width, so that
    texts sort and compare as the instants do.
    """

    impl = TIMESTAMP(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else TIMESTAMP(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        return _instant_text if dialect.name == "sqlite" else _aware

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        return _instant if dialect.name == "sqlite" else None


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {value!r}")
    return value


@lru_cache(64)
def _instant_text(value: datetime | None) -> str | None:
    """A step writes its one moment many times."""
    aware = _aware(value)
    return None if aware is None else aware.astimezone(UTC).isoformat(timespec="microseconds")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


class _List(TypeDecorator[Any]):
    impl = Text
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return [] if value is None else load_json(value)


# SQLite makes a 64-bit INTEGER primary key the row's own address, which a BIGINT is not.
Key: Final = BigInteger().with_variant(Integer(), "sqlite")
Day: Final = Date()


class Gathered(FunctionElement[Any]):
    """Columns of a query's rows as one list of lists: what belongs to a row of another query comes with it."""

    inherit_cache = True
    type = _List()


@compiles(Gathered, "sqlite")
def _gathered_in_sqlite(element: Gathered, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_group_array(json_array({compiler.process(element.clauses, **how)}))"


@compiles(Gathered, "postgresql")
def _gathered_in_postgresql(element: Gathered, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_agg(json_build_array({compiler.process(element.clauses, **how)}))::text"
