"""Engines, and the ways to open a connection.

`read` never holds a lock, `write` is the one short transaction of a step, and nothing else in the house commits.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import IO, Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

BUSY_SECONDS: Final = 10
TURN_SECONDS: Final = 2.0
"""How long a writer of SQLite waits for its turn before it goes on without."""
PAUSE: Final = 0.0003
BEGIN: Final = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "BEGIN ISOLATION LEVEL READ COMMITTED"}
SNAPSHOT: Final = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}


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
    with read(engine) as connection, turn(connection), transaction(connection):
        with driver(connection) as send:
            send(BEGIN[engine.dialect.name])
        yield connection


@contextmanager
def turn(connection: Connection) -> Iterator[None]:
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
    with read(engine) as connection, transaction(connection):
        with driver(connection) as send:
            send(SNAPSHOT[engine.dialect.name])
        yield connection


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Ends the transaction that the block begins."""
    try:
        yield
        _commit(connection)
    except BaseException:
        if not connection.invalidated:  # a database that went away took the transaction with it
            with suppress(DBAPIError), driver(connection):
                _raw(connection).rollback()
        raise


def _commit(connection: Connection) -> None:
    with driver(connection):
        _raw(connection).commit()


def _raw(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.dbapi_connection


# --- the driver


Send = Callable[..., Any]


@contextmanager
def driver(connection: Connection, together: bool = False) -> Iterator[Send]:
    """How to hand a statement to the driver; gives its cursor, one for all.

    `together`: no statement waits for the answer to the one before, and what came of it is known after the block.
    """
    own = _raw(connection)
    errors: Any = connection.dialect.loaded_dbapi
    try:
        with own.pipeline() if together else nullcontext():
            yield own.cursor().execute
    except errors.Error as fault:
        if connection.dialect.is_disconnect(fault, own, None):
            connection.invalidate(fault)
        raise DBAPIError.instance(None, None, fault, errors.Error, dialect=connection.dialect) from fault
