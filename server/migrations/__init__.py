"""The schema's versions (Alembic), and the two things a program does with them: bring a database up, and check it."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine

from server import errors
from server.db import read, write

LOCK = 0x7A7A
"""Which advisory lock of PostgreSQL two programs that start at once wait for."""


class NewerSchema(errors.Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Basis data ini ditulis oleh program yang lebih baru; perbarui program ini lebih dulu."
        )


class OlderSchema(errors.Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Basis data belum disiapkan untuk versi ini; jalankan `tatalaksana serve` lebih dulu."
        )


def upgrade(engine: Engine) -> None:
    """Brings the database to this program's schema. Raises NewerSchema."""
    with write(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        check_known(_revision(connection))
        command.upgrade(config(connection), "head")


def check(engine: Engine) -> None:
    """Passes where the database has just this program's schema. Raises NewerSchema, OlderSchema."""
    with read(engine) as connection:
        revision = _revision(connection)
    check_known(revision)
    if revision != head():
        raise OlderSchema


def head() -> str:
    """The newest schema that this program knows."""
    return _scripts().get_current_head() or ""


def check_known(revision: str | None) -> None:
    """Passes where this program knows the schema of this revision. Raises NewerSchema."""
    try:
        if revision is not None:
            _scripts().get_revision(revision)
    except CommandError:
        raise NewerSchema from None


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration; env.py uses the connection where there is one."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent))
    settings.attributes["connection"] = connection
    return settings


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())
