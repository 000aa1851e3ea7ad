"""Databases for tests: each test has a fresh one with every table, on SQLite, on PostgreSQL, or on one after the other.

A test that asks for `database_url` or `engine` runs on SQLite; marked `both_databases`, on PostgreSQL as well; marked
`postgres`, there alone. TEST_DATABASES (such as "sqlite,postgres") chooses for all tests that are not marked `postgres`.
"""

import gc
import importlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import cache
from itertools import chain, count
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache

from server.authoring import rehearsing
from server.db import Base, open_engine
from server.identity import passwords
from tests import postgres

Copy = Callable[[], AbstractContextManager[str]]
Fill = Callable[[Engine], object]
Filled = Callable[[Engine, Fill], None]

ROOT = Path(__file__).parents[1]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FILES_WITH_TABLES = ("keys.py", "models.py", "settings.py", "tables.py")
DATABASES = ("sqlite", "postgres")
ROOM = 2 * 2**30
"""Bytes that a run may take: two clusters of PostgreSQL, and the databases of some servers."""
USED = pytest.StashKey[set[str]]()
WITHOUT_POSTGRES = pytest.StashKey[str]()

# The same examples each time, however slow the machine is; `--hypothesis-profile=searching` looks for others.
settings.register_profile(
    "steady", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("searching", settings.get_profile("steady"), derandomize=False)
settings.load_profile("steady")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[USED] = set()
    write_to_memory()


def write_to_memory() -> None:
    """What tests write is not for keeping: where the machine has the room, it lies in memory, as waiting for a disk takes longer
    than all else. TMPDIR chooses another place."""
    memory = Path("/dev/shm")
    if "TMPDIR" not in os.environ and memory.is_dir() and shutil.disk_usage(memory).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


def pytest_collection_finish() -> None:
    """What is loaded now lives to the end: looking through it for garbage takes a fifth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" in metafunc.fixturenames:
        kinds = _databases_of(metafunc.definition)
        marked = [
            pytest.param(kind, marks=pytest.mark.postgres if kind == "postgres" else ()) for kind in kinds
        ]
        metafunc.parametrize("database_url", marked, indirect=True)


def _databases_of(test: pytest.Item) -> tuple[str, ...]:
    if test.get_closest_marker("postgres"):
        return ("postgres",)
    if chosen := os.environ.get("TEST_DATABASES"):
        return tuple(kind for kind in DATABASES if kind in chosen.split(","))
    return DATABASES if test.get_closest_marker("both_databases") else ("sqlite",)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a database of the test's own, with every table and no row."""
    copy: Copy = request.getfixturevalue(f"{request.param}_copy")
    request.config.stash[USED].add(request.param)
    with copy() as url:
        yield url


@pytest.fixture
def bare_database_url(database_url: str) -> str:
    """The URL of a database that has nothing yet, as a new installation finds it."""
    engine = open_engine(database_url)
    Base.metadata.drop_all(engine)
    engine.dispose()
    return database_url


@pytest.fixture
def engine(database_url: str, shared: Callable[[Engine], Engine]) -> Iterator[Engine]:
    """An engine on the test's own database."""
    engine = shared(open_engine(database_url))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def shared() -> Callable[[Engine], Engine]:
    """Lets engines know what earlier ones have made of statements: to compile them anew for each test took a third of its time.

    Known is what a statement has become in a dialect, so that they share the dialect of the first.
    """
    dialects: dict[str, Dialect] = {}
    statements: LRUCache[Any, Any] = LRUCache(2_000)

    def share(engine: Engine) -> Engine:
        with engine.connect():
            engine.dialect = dialects.setdefault(engine.dialect.name, engine.dialect)
        engine.update_execution_options(compiled_cache=statements)
        return engine

    return share


@pytest.fixture(scope="session", autouse=True)
def patient_rehearsals() -> Iterator[None]:
    """People are told after some seconds that a rehearsal takes too long; on a machine under load its process only begins then."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsing, "SECONDS", 120.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """A hash of a password takes long on purpose, which one test sees to; the others need not wait for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def sqlite_copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("sqlite")
    template = folder / "template.db"
    _create_tables(f"sqlite:///{template}")
    numbers = count()

    @contextmanager
    def copy() -> Iterator[str]:
        path = shutil.copy(template, folder / f"{next(numbers)}.db")
        yield f"sqlite:///{path}"
        for leftover in folder.glob(f"{Path(path).name}*"):
            leftover.unlink()

    return copy


@pytest.fixture(scope="session")
def filled(sqlite_copy: Copy) -> Iterator[Filled]:
    """Fills an empty database as a function does it; on SQLite that is done once, and copied for every other test."""

    def copy(full: str, empty: str) -> None:
        with closing(sqlite3.connect(full)) as source, closing(sqlite3.connect(empty)) as target:
            source.backup(target)

    with ExitStack() as stack:

        @cache
        def done(fill: Fill) -> str:
            engine = open_engine(stack.enter_context(sqlite_copy()))
            fill(engine)
            engine.dispose()
            return str(engine.url.database)

        def fill_in(database: Engine, fill: Fill) -> None:
            if database.dialect.name == "sqlite":
                copy(done(fill), str(database.url.database))
            else:
                fill(database)

        yield fill_in


@pytest.fixture(scope="session")
def postgres_copy(postgres_server: postgres.Server) -> Copy:
    postgres_server.execute("CREATE DATABASE template")
    _create_tables(postgres_server.url("template"))
    numbers = count()

    @contextmanager
    def copy() -> Iterator[str]:
        name = f"test_{next(numbers)}"
        postgres_server.execute(f"CREATE DATABASE {name} TEMPLATE template")
        yield postgres_server.url(name)
        postgres_server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    return copy


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[postgres.Server]:
    """A PostgreSQL server for this run, started when the first test asks for it."""
    try:
        with postgres.running(lasting=False) as server:
            yield server
    except postgres.Missing as missing:
        request.config.stash[WITHOUT_POSTGRES] = str(missing)
        pytest.skip(f"no PostgreSQL: {missing}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, one for all tests of this process: Playwright cannot be started there twice."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _create_tables(url: str) -> None:
    for file in chain.from_iterable(ROOT.glob(f"server/**/{name}") for name in FILES_WITH_TABLES):
        importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    engine = open_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of pytest-xdist tells the one that started it what that one says in the end."""
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        used: set[str] = session.config.stash[USED]
        told["used"] = sorted(used)
        told["without_postgres"] = session.config.stash.get(WITHOUT_POSTGRES, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hears what such a process had to tell."""
    told: dict[str, Any] = getattr(node, "workeroutput", {})
    used: set[str] = node.config.stash[USED]
    used.update(told.get("used", ()))
    if told.get("without_postgres"):
        node.config.stash[WITHOUT_POSTGRES] = told["without_postgres"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if used := config.stash[USED]:
        terminalreporter.write_line(f"databases used: {', '.join(sorted(used, reverse=True))}")
    if missing := config.stash.get(WITHOUT_POSTGRES, None):
        terminalreporter.write_line(f"the tests on PostgreSQL could not run: {missing}", yellow=True)
