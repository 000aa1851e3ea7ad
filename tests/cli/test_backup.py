"""A backup is taken while people work, looked through, and goes on as an installation of its own; nothing is overwritten."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from server import engine as verbs
from server import migrations
from server.app import build
from server.cli import backup
from server.db import open_engine, read, write
from server.engine import tables
from server.identity import load_actor
from tests import live
from tests.bench.procedure import APPROVED, BOOK, CHECKER, PEOPLE, Cases

pytestmark = pytest.mark.slow


@pytest.fixture
def office(bare_database_url: str) -> Iterator[live.Office]:
    with live.office(bare_database_url, BOOK, PEOPLE) as office:
        yield office


@pytest.fixture
def other_url(request: pytest.FixtureRequest, bare_database_url: str, tmp_path: Path) -> Iterator[str]:
    """An empty database of the same kind."""
    if bare_database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/baru/kantor.db"
        return
    server = request.getfixturevalue("postgres_server")
    server.execute("CREATE DATABASE pulih")
    yield server.url("pulih")
    server.execute("DROP DATABASE pulih WITH (FORCE)")


@pytest.mark.both_databases
def test_a_backup_goes_on_where_the_office_stood(office: live.Office, other_url: str, tmp_path: Path) -> None:
    cases = Cases(office)
    case = cases.start()
    task = cases.task(case, "periksa")
    folder = tmp_path / "cadangan"
    folder.mkdir()
    counts = backup.backup(office.config.database_url, folder / "kantor")
    assert [path.name for path in folder.iterdir()] == ["kantor"]
    assert (folder / "kantor").stat().st_mode & 0o777 == 0o600
    cases.complete(task, APPROVED)
    assert backup.restore(other_url, folder / "kantor") == counts
    house = build(office.config, open_engine(other_url))
    migrations.check(house.gate.database)
    with read(house.gate.database) as connection:
        actor = load_actor(connection, CHECKER, house.engine.clock.today())
    house.gate.do(lambda c: verbs.complete(house.engine, c, actor, task, APPROVED))
    with read(house.gate.database) as connection:
        row = tables.UserTask
        left = connection.execute(
            select(row.element_id).where(row.process_instance_key == case, row.state == "CREATED")
        ).scalars()
        assert list(left) == ["tanda_tangan"]
    house.gate.database.dispose()


@pytest.mark.both_databases
def test_a_backup_holds_one_moment_while_people_work(office: live.Office, tmp_path: Path) -> None:
    """Each start writes one case, one history row and one task: in whatever moment, there are as many of each."""
    stop = threading.Event()

    def work() -> None:
        cases = Cases(office)
        while not stop.is_set():
            cases.start()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        found = [
            backup.backup(office.config.database_url, tmp_path / f"kantor-{number}") for number in range(3)
        ]
    finally:
        stop.set()
        worker.join()
    started = [each["process_instance"] for each in found]
    assert started == sorted(started)
    assert started[0] < started[-1]
    assert [each["user_task"] for each in found] == started
    assert [each["history"] for each in found] == started


def test_nothing_is_overwritten(office: live.Office, tmp_path: Path) -> None:
    file = tmp_path / "kantor.cadangan"
    backup.backup(office.config.database_url, file)
    before = file.read_bytes()
    with pytest.raises(backup.FileIsThere, match=r"sudah ada"):
        backup.backup(office.config.database_url, file)
    with pytest.raises(backup.NotEmpty, match="sudah berisi"):
        backup.restore(office.config.database_url, file)
    assert file.read_bytes() == before


@pytest.mark.both_databases
def test_a_backup_that_is_damaged_or_too_new_is_refused_before_anything_is_written(
    office: live.Office, other_url: str, tmp_path: Path
) -> None:
    with write(office.house.gate.database) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    file, half = tmp_path / "kantor.cadangan", tmp_path / "separuh"
    backup.backup(office.config.database_url, file)
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(backup.Damaged, match="Jangan dipakai"):
        backup.restore(other_url, half)
    with pytest.raises(migrations.NewerSchema):
        backup.restore(other_url, file)
    assert _is_empty(other_url)


@pytest.mark.parametrize("content", [b"", b"halo", b"PGDMP", b"SQLite format 3\0"])
def test_a_file_that_is_no_backup_is_refused(other_url: str, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "entah"
    file.write_bytes(content)
    with pytest.raises((backup.NotABackup, backup.Damaged)):
        backup.restore(other_url, file)
    assert _is_empty(other_url)


def test_a_database_with_nothing_in_it_is_not_backed_up(other_url: str, tmp_path: Path) -> None:
    with pytest.raises(backup.NothingThere, match="DATABASE_URL"):
        backup.backup(other_url, tmp_path / "kantor.cadangan")
    assert [path for path in tmp_path.iterdir() if path.name.startswith("kantor")] == []


def _is_empty(url: str) -> bool:
    engine = open_engine(url)
    try:
        with read(engine) as connection:
            return not backup.tables_of(connection)
    finally:
        engine.dispose()
