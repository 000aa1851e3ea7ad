"""The schema's versions make just the tables that the code describes, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from server import migrations
from server.db import Base, open_engine, read, write


@pytest.fixture
def empty(engine: Engine) -> Engine:
    """A database without a table."""
    with write(engine) as connection:
        Base.metadata.drop_all(connection)
    return engine


@pytest.mark.both_databases
def test_the_versions_make_the_tables_of_the_code(empty: Engine) -> None:
    migrations.upgrade(empty)
    with read(empty) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.both_databases
@pytest.mark.parametrize("table", ["history", "audit"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET actor = 'orang lain'", "DELETE FROM {}"])
def test_nobody_changes_what_was_recorded(empty: Engine, table: str, verb: str) -> None:
    migrations.upgrade(empty)
    with write(empty) as connection:
        connection.execute(text(_ENTRIES[table]))
    with pytest.raises(DBAPIError, match="append-only"), write(empty) as connection:
        connection.execute(text(verb.format(table)))


_ENTRIES = {
    "history": "INSERT INTO history (key, process_instance_key, at, actor, event) VALUES (1, 1, CURRENT_TIMESTAMP, 'budi', 'STARTED')",
    "audit": "INSERT INTO audit (id, at, actor, verb, outcome) VALUES (1, CURRENT_TIMESTAMP, 'budi', 'start', 'done')",
}


@pytest.mark.both_databases
def test_upgrading_again_changes_nothing(empty: Engine) -> None:
    migrations.upgrade(empty)
    migrations.upgrade(empty)
    migrations.check(empty)


def test_a_newer_schema_is_refused(empty: Engine) -> None:
    migrations.upgrade(empty)
    with write(empty) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrations.NewerSchema):
        migrations.upgrade(empty)
    with pytest.raises(migrations.NewerSchema):
        migrations.check(empty)


def test_an_older_schema_is_not_served(empty: Engine) -> None:
    with pytest.raises(migrations.OlderSchema):
        migrations.check(empty)


def test_a_failing_upgrade_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/office.db")
    monkeypatch.setattr(migrations.command, "upgrade", _breaks)
    with pytest.raises(RuntimeError):
        migrations.upgrade(engine)
    with read(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def _breaks(config: migrations.Config, _: str) -> None:
    config.attributes["connection"].execute(text("CREATE TABLE halb (x int)"))
    raise RuntimeError


@pytest.mark.both_databases
def test_cases_of_before_learn_their_root(empty: Engine) -> None:
    with write(empty) as connection:
        migrations.command.upgrade(migrations.config(connection), "0003")
        for key, parent in ((1, None), (2, 1), (3, 2), (4, None)):
            connection.execute(text(_CASE), {"key": key, "parent": parent, "no": f"A-{key}"})
    migrations.upgrade(empty)
    with read(empty) as connection:
        roots = connection.execute(text("SELECT key, root_key FROM process_instance ORDER BY key"))
        assert [tuple(row) for row in roots] == [(1, 1), (2, 1), (3, 1), (4, 4)]


_CASE = """
    INSERT INTO process_instance (key, bundle_key, definition_key, process_id, confidential, business_id, state, version,
        tokens, started_by, started_at, parent_key)
    VALUES (:key, 1, 1, 'izin', FALSE, :no, 'ACTIVE', 1, '', 'pns', '2026-03-02T00:00:00.000000+00:00', :parent)
"""
