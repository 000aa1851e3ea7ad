"""The database's ground: the declarative base, column types, keys, and the two ways to open a connection.

SQLite and PostgreSQL give the same promises here. `read` never holds a lock, `write` is the one short transaction of
a step, and nothing else in the house commits.
"""

import fcntl
import os
import threading
import time
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import IO, Any, Final, Generic, TypeVar
from weakref import WeakKeyDictionary, WeakSet

import simplejson
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DDL,
    URL,
    BigInteger,
    ClauseElement,
    Column,
    Connection,
    Date,
    Dialect,
    Engine,
    Insert,
    Integer,
    MetaData,
    Row,
    String,
    Text,
    bindparam,
    create_engine,
    event,
    make_url,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeDecorator, TypeEngine

BUSY_SECONDS: Final = 10
TURN_SECONDS: Final = 2.0
"""How long a writer of SQLite waits for its turn before it goes on without."""
PAUSE: Final = 0.0003
BEGIN: Final = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN ISOLATION LEVEL READ COMMITTED"}
SNAPSHOT: Final = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
ROWS_TOGETHER: Final = 50
"""So many rows are inserted by one statement."""
Answer = TypeVar("Answer")
Table = TypeVar("Table", bound="Base")
AnyRow = Row[*tuple[Any, ...]]


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


# --- column types


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


# SQLite makes a 64-bit INTEGER primary key the row's own address, which a BIGINT is not.
Key: Final = BigInteger().with_variant(Integer(), "sqlite")
Day: Final = Date()


# --- engines and connections


def database_url(text: str) -> URL:
    """The URL as SQLAlchemy wants it; `postgres://` and `postgresql://` mean psycopg 3."""
    url = make_url(text)
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    return url


def make_engine_options(url: URL) -> dict[str, Any]:
    """What create_engine (or SQLALCHEMY_ENGINE_OPTIONS) needs besides the URL."""
    if url.get_backend_name() == "sqlite":
        # The driver then opens no transaction by itself; _begin does.
        return {"connect_args": {"isolation_level": None, "timeout": BUSY_SECONDS}}
    return {"connect_args": {"options": "-c timezone=UTC"}, "paramstyle": "format"}


def open_engine(text: str) -> Engine:
    """An engine outside the Flask application: for commands and tests."""
    url = database_url(text)
    return create_engine(url, **make_engine_options(url))


@event.listens_for(Engine, "connect")
def _prepare(dbapi_connection: Any, _record: object) -> None:
    """Readers do not wait for the writer, and what is committed outlives a power cut.

    What the log of SQLite holds goes into the file every 4,000 pages (16 MB): a step writes some twenty.
    """
    if type(dbapi_connection).__module__.startswith("sqlite3"):
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=4000"):
            dbapi_connection.execute(f"PRAGMA {pragma}").close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        statement = connection.get_execution_options().get("begin", "BEGIN")
        if statement:
            connection.exec_driver_sql(statement)


def for_reading(engine: Engine) -> Engine:
    """The same engine, whose connections begin no transaction by themselves: each statement sees what is committed
    when it runs, and no lock is held between."""
    option = {"begin": None} if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    return engine.execution_options(**option)


@contextmanager
def read(engine: Engine) -> Iterator[Connection]:
    """A connection for reading."""
    with for_reading(engine).connect() as connection:
        yield connection


@contextmanager
def write(engine: Engine) -> Iterator[Connection]:
    """The one short write transaction: committed at the end of the block, rolled back if the block raises.

    On SQLite the write lock is taken at once, so that no statement inside waits for another writer.
    """
    with read(engine) as connection, _turn(connection), _transaction(connection):
        with _driver(connection) as send:
            send(BEGIN[engine.dialect.name])
        yield connection


@contextmanager
def _turn(connection: Connection) -> Iterator[None]:
    """The turn to write in SQLite. Whoever finds its lock taken sleeps longer and longer before it looks again, and so leaves it
    free for long; here writers look again at once. The turn only orders them: SQLite's own lock decides.
    """
    queue = _queue(connection)
    if queue is None:
        yield
        return
    until = time.monotonic() + TURN_SECONDS
    while not (held := _takes(queue)) and time.monotonic() < until:
        time.sleep(PAUSE)
    try:
        yield
    finally:
        if held:
            fcntl.flock(queue, fcntl.LOCK_UN)


def _takes(queue: IO[bytes]) -> bool:
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _queue(connection: Connection) -> IO[bytes] | None:
    """A file beside the database, opened once by each connection: a lock on it ends with the process."""
    path = connection.engine.url.database
    if connection.dialect.name != "sqlite" or not path or ":" in path:  # :memory:, file:…
        return None
    if "queue" not in connection.info:
        with suppress(OSError):  # no room, or too many files: writers go on without turns
            connection.info["queue"] = open(f"{path}-queue", "ab")  # noqa: SIM115
    queue: IO[bytes] | None = connection.info.get("queue")
    return queue


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection for reading that sees the database as it is at one moment, however long it reads."""
    with read(engine) as connection, _transaction(connection):
        with _driver(connection) as send:
            send(SNAPSHOT[engine.dialect.name])
        yield connection


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    """Ends the transaction that the block begins."""
    try:
        yield
        _commit(connection)
    except BaseException:
        if not connection.invalidated:  # a database that went away took the transaction with it
            with suppress(DBAPIError), _driver(connection):
                _raw(connection).rollback()
        raise


def _commit(connection: Connection) -> None:
    with _driver(connection):
        _raw(connection).commit()


def _raw(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.dbapi_connection


# --- settings of the database itself


BACKED_UP: Final = "backed_up"
"""The setting that says when a backup was last taken."""


class Setting(Base):
    """What is true of this database as a whole, such as that it was filled as a demo."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[Any] = mapped_column(Json, nullable=True)


def get_setting(connection: Connection, name: str) -> Any:
    """The setting's value; None where it was never put."""
    return connection.execute(select(Setting.value).where(Setting.name == name)).scalar()


def put_setting(connection: Connection, name: str, value: object) -> None:
    connection.execute(_PUT_SETTING, {"name": name, "value": value})


_NEW_SETTING = upsert(Setting)
_PUT_SETTING = _NEW_SETTING.on_conflict_do_update(
    index_elements=["name"], set_={"value": _NEW_SETTING.excluded.value}
)


# --- keys


class KeyBlock(Base):
    """One row: the first key that no process has drawn yet."""

    __tablename__ = "key_block"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    next: Mapped[int] = mapped_column(Key)


# Sixteen digits from the first to the last that an office will ever draw: as texts, keys sort as their numbers do.
FIRST_KEY: Final = 2**51

_TAKE = (
    update(KeyBlock)
    .where(KeyBlock.id == 1)
    .values(next=KeyBlock.next + bindparam("size"))
    .returning(KeyBlock.next)
)
_OPEN = upsert(KeyBlock).values(id=1, next=FIRST_KEY).on_conflict_do_nothing()


class Keys:
    """Ascending 63-bit keys, unique among all processes of a database, drawn from it in blocks.

    Threads share one Keys; a forked process starts with an empty block. Never draw inside `write`: a new block is a
    write transaction of its own.
    """

    _lock: threading.Lock
    _next: int
    _end: int

    def __init__(self, engine: Engine, block: int = 1000) -> None:
        self._engine = engine
        self._size = block
        self.forget()
        _ALL_KEYS.add(self)

    def draw(self, count: int = 1) -> range:
        """The next `count` keys, without a gap between them."""
        with self._lock:
            if self._end - self._next < count:
                self._next, self._end = self._take(max(count, self._size))
            first = self._next
            self._next += count
        return range(first, first + count)

    def _take(self, size: int) -> tuple[int, int]:
        with write(self._engine) as connection:
            end = connection.execute(_TAKE, {"size": size}).scalar()
            if end is None:
                connection.execute(_OPEN)
                end = connection.execute(_TAKE, {"size": size}).scalar_one()
        return end - size, end

    def forget(self) -> None:
        """Gives up what is left of the block."""
        self._lock = threading.Lock()
        self._next = self._end = 0


_ALL_KEYS: Final[WeakSet[Keys]] = WeakSet()


def _forget_blocks() -> None:
    for keys in _ALL_KEYS:
        keys.forget()


os.register_at_fork(after_in_child=_forget_blocks)


# --- changes


class Clash(Exception):
    """Somebody else was quicker: what was prepared no longer fits, and is to be prepared again."""


@dataclass(frozen=True)
class Effect:
    """A statement for a write transaction, with its parameters (a sequence of mappings: many rows at once).

    Another count of rows than `expect` is a Clash.
    """

    statement: ClauseElement
    parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] = field(default_factory=dict)
    expect: int | None = None

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        return [self.parameters] if isinstance(self.parameters, Mapping) else self.parameters


def setting_effect(name: str, value: object) -> Effect:
    """Puts a setting as part of a change."""
    return Effect(_PUT_SETTING, {"name": name, "value": value})


@dataclass(frozen=True)
class Change(Generic[Answer]):
    """What a verb has prepared: the effects that make it so, all or none, and the answer to give once they are."""

    effects: tuple[Effect, ...]
    answer: Answer

    def apply(self, connection: Connection) -> None:
        """Writes it in the transaction of `write`. Raises Clash, or SQLAlchemy's DBAPIError."""
        with _driver(connection, together=True) as send:
            sent = self._send(connection.dialect, send)
        _check(sent)

    def carry_out(self, connection: Connection) -> None:
        """Writes it in a transaction of its own, on a connection of `read`. Raises Clash, or SQLAlchemy's DBAPIError."""
        with _turn(connection), _transaction(connection):
            with _driver(connection, together=True) as send:
                send(BEGIN[connection.dialect.name])
                sent = self._send(connection.dialect, send)
            _check(sent)

    def _send(self, dialect: Dialect, send: "Send") -> list[tuple[int | None, list[Any]]]:
        return [(effect.expect, _sent(effect, dialect, send)) for effect in self.effects]


def _check(sent: Iterable[tuple[int | None, list[Any]]]) -> None:
    """Whether each statement has met as many rows as expected. Raises Clash."""
    for expected, cursors in sent:
        if expected is not None and expected != sum(cursor.rowcount for cursor in cursors):
            raise Clash


def fetch(connection: Connection, statement: ClauseElement, parameters: Mapping[str, Any]) -> list[Any]:
    """The rows of a query that is asked often, by name and by place. It should stand at a module's top, to stay compiled."""
    driven = _driven(statement, connection.dialect, tuple(parameters))
    with _driver(connection) as send:
        return [driven.row(row) for row in send(driven.text, driven.values([parameters])).fetchall()]


Send = Callable[..., Any]


@contextmanager
def _driver(connection: Connection, together: bool = False) -> Iterator[Send]:
    """How to hand a statement to the driver; gives its cursor, which is its own where that is asked for.

    `together`: where the driver knows pipelines, no statement waits for the answer to the one before, and what came of
    it is known after the block.
    """
    driver = _raw(connection)
    errors: Any = connection.dialect.loaded_dbapi

    shared: Any = None

    def send(text: str, row: Sequence[Any] = (), own: bool = False) -> Any:
        nonlocal shared
        if own:
            return driver.cursor().execute(text, row)
        shared = shared or driver.cursor()
        return shared.execute(text, row)

    try:
        with driver.pipeline() if together and hasattr(driver, "pipeline") else nullcontext():
            yield send
    except errors.Error as fault:
        if connection.dialect.is_disconnect(fault, driver, None):
            connection.invalidate(fault)
        raise DBAPIError.instance(None, None, fault, errors.Error, dialect=connection.dialect) from fault


def _sent(effect: Effect, dialect: Dialect, send: Send) -> list[Any]:
    """The cursors of what was sent: rows to be inserted together, others one by one."""
    rows = effect.rows
    size = ROWS_TOGETHER if isinstance(effect.statement, Insert) else 1
    cursors = []
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        driven = _driven(effect.statement, dialect, tuple(part[0]), len(part))
        cursors.append(send(driven.text, driven.values(part), effect.expect is not None))
    return cursors


class _Driven:
    """A statement as a driver takes it: compiled once, where SQLAlchemy would look at it anew each time.

    `names` are those of a row's parameters; an INSERT may be of several rows (`count`).
    """

    def __init__(
        self, statement: ClauseElement, dialect: Dialect, names: tuple[str, ...], count: int = 1
    ) -> None:
        if count > 1:
            assert isinstance(statement, Insert)
            statement = statement.values([dict.fromkeys(names)] * count)
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        assert isinstance(compiled, SQLCompiler)
        assert compiled.positiontup is not None
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
            for name in compiled.positiontup
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
        made = []
        for row, name, process, constant in self._places:
            value = constant if name is None else rows[row][name]
            made.append(process(value) if process else value)
        return made


def _names_of_rows(names: Sequence[str], count: int) -> dict[str, tuple[int, str]]:
    """What SQLAlchemy calls the parameters of an INSERT of several rows."""
    return {f"{name}_m{row}": (row, name) for row in range(count) for name in names}


def _default(column: Column[Any]) -> tuple[str, object]:
    """What stands in a column that a row does not name."""
    if not isinstance(column.default, ScalarElementColumnDefault):
        raise ValueError(f"{column} has a default that cannot be known beforehand")
    return column.key, column.default.arg


_Known = dict[tuple[str, tuple[str, ...], int], _Driven]
_DRIVEN: WeakKeyDictionary[ClauseElement, _Known] = WeakKeyDictionary()


def _driven(statement: ClauseElement, dialect: Dialect, names: tuple[str, ...], count: int = 1) -> _Driven:
    known = _DRIVEN.setdefault(statement, {})
    found = known.get((dialect.name, names, count))
    if found is None:
        found = known[dialect.name, names, count] = _Driven(statement, dialect, names, count)
    return found
