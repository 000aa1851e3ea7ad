"""What stands before the first request: the database made ready, the book published, and what a start refuses."""

import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import func, inspect, select

from server import engine as verbs
from server import identity
from server.cli import PUBLISHER, book, people, prepare, serve, told
from server.config import ROOT, Config, from_environment
from server.db import Base, open_engine, read
from server.engine.tables import Definition, Deployment
from server.identity import Grant, NewPerson, Permission
from tests.cli.conftest import Run
from tests.diagrams import diagram, end, path, start, user
from tests.live import free_port

ONE_STEP = diagram(start(), user("periksa"), end(), path("start periksa end"), id="izin", name="Izin")


@pytest.fixture
def config(bare_database_url: str, environment: Mapping[str, str]) -> Config:
    """An installation with one procedure, on a database that has nothing yet."""
    book = Path(environment["BOOK"])
    (book / "bpmn" / "izin.bpmn").write_bytes(ONE_STEP)
    return replace(Config(), database_url=bare_database_url, book=book, port=free_port())


def rows(database: Database, table: type[Base]) -> int:
    with read(database) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def newest(database: Database) -> int:
    with read(database) as connection:
        return connection.execute(select(func.max(Definition.version))).scalar_one()


@pytest.mark.slow
@pytest.mark.both_databases
def test_a_second_start_publishes_nothing(config: Config) -> None:
    prepare(config)
    house = prepare(config)
    assert (rows(house.gate.database, Deployment), newest(house.gate.database)) == (1, 1)


@pytest.mark.slow
def test_a_changed_file_of_the_book_is_published(config: Config) -> None:
    prepare(config)
    (config.book / "bpmn" / "izin.bpmn").write_bytes(ONE_STEP + b"\n")
    assert newest(prepare(config).gate.database) == 2


@pytest.mark.slow
def test_a_start_takes_nothing_back_that_was_published_since(config: Config) -> None:
    house = prepare(config)
    theirs = {"izin.bpmn": ONE_STEP.replace(b'name="Izin"', b'name="Izin keluar"')}
    house.gate.do(lambda c: verbs.deploy(house.engine, c, PUBLISHER, theirs))
    prepare(config)
    assert newest(house.gate.database) == 2
    assert len(book.publish_book(house).definitions) == 1, (
        "only `publish` puts the book's own file on top again"
    )
    assert newest(house.gate.database) == 3


# --- demo and earnest ------------------------------------------------------------------------------------------------


def test_a_demo_is_filled_once(config: Config) -> None:
    house = prepare(replace(config, demo=True))
    names = {
        each.username for each in house.gate.ask(lambda c: identity.members(c, house.engine.clock.today()))
    }
    assert {"admin", "pns", "kasubag_umpeg", "kepala_seksi_pencatatan_sipil"} <= names
    assert prepare(replace(config, demo=True)).gate.ask(identity.is_demo)


def test_a_demo_refuses_an_offices_database(config: Config) -> None:
    house = prepare(config)
    people.add(house, NewPerson("budi", "Budi"), None)
    with pytest.raises(serve.NotADemo):
        prepare(replace(config, demo=True))
    assert not house.gate.ask(identity.is_demo)


def test_an_office_refuses_a_database_with_a_demo_password(config: Config) -> None:
    prepare(replace(config, demo=True))
    with pytest.raises(serve.DemoPassword):
        prepare(config)


def test_a_demo_listens_on_this_machine_only() -> None:
    assert from_environment({"HOST": "0.0.0.0"}, demo=True).host == "127.0.0.1"
    assert from_environment({"HOST": "0.0.0.0"}).host == "0.0.0.0"


def test_a_new_office_begins_with_the_roles_first_permissions_once(config: Config) -> None:
    house = prepare(config)
    first = house.engine.roles.first_grants[0]
    people.add(house, NewPerson("budi", "Budi"), None, [_group(first.role, first.bidang)])
    assert first.permission in _permissions(house, "budi")
    house.gate.change(
        lambda c: identity.withdraw(c, Grant(first.permission, first.role, bidang=first.bidang))
    )
    assert first.permission not in _permissions(prepare(config), "budi")


def _group(role: str, bidang: str | None) -> str:
    return f"{role}@{bidang}" if bidang else role


def _permissions(house: serve.House, username: str) -> frozenset[Permission]:
    today = house.engine.clock.today()
    return house.gate.ask(lambda c: identity.load_actor(c, username, today)).permissions


def test_an_office_without_people_is_told_how_to_add_the_first(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    house = prepare(config)
    serve.greet(house)
    assert 'tatalaksana user add admin --name "…" --all-permissions' in capsys.readouterr().out
    people.add(house, NewPerson("admin", "Admin"), None)
    serve.greet(house)
    assert "user add" not in capsys.readouterr().out


def test_the_demo_logins_are_printed(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    serve.greet(prepare(replace(config, demo=True, demo_password="rahasia-kita")))
    told = capsys.readouterr().out
    assert f"http://127.0.0.1:{config.port}" in told
    assert "rahasia-kita" in told
    assert {"admin", "pns", "sekretaris", "kepala_dinas"} <= set(told.split())


def test_a_password_is_printed_only_while_it_opens_the_door(
    config: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare(replace(config, demo=True))
    serve.greet(prepare(replace(config, demo=True, demo_password="yang-lain")))
    assert "yang-lain" not in capsys.readouterr().out


# --- what a start refuses --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_port_that_is_taken_is_told_before_the_database_is_touched(run: Run, tmp_path: Path) -> None:
    with serve.listen(Config(port=free_port())) as other:
        port = other.getsockname()[1]
        answer = run("serve", "--demo", PORT=str(port))
    assert answer.returncode == 1
    assert f"Alamat 127.0.0.1:{port} tidak dapat dipakai: sudah dipakai program lain" in answer.stderr
    assert not (tmp_path / "office.db").exists()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORT", "delapan", "PORT harus bilangan bulat"),
        ("ZONE", "Asia/Entah", "ZONE “Asia/Entah” tidak dikenal"),
        ("DATABASE_URL", "entah", "DATABASE_URL tidak dapat dibaca"),
        ("DATABASE_URL", "entah://x", "DATABASE_URL tidak dapat dibaca"),
    ],
)
def test_a_wrong_setting_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str, said: str
) -> None:
    monkeypatch.setenv(setting, value)
    with pytest.raises(told.WrongSetting, match=said):
        told.settings()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("PORT", "delapan", "PORT harus bilangan bulat"),
        ("BOOK", "/tidak/ada", "/tidak/ada/bpmn/roles.yaml"),
    ],
)
def test_a_server_that_is_set_wrongly_says_so_and_ends(run: Run, setting: str, value: str, said: str) -> None:
    answer = run("serve", "--no-worker", **{"PORT": str(free_port()), setting: value})
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.slow
def test_a_database_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    open_engine(f"sqlite:///{tmp_path}/office.db").connect().close()
    answer = run(
        "serve", PORT=str(free_port()), DATABASE_URL=f"sqlite:///file:{tmp_path}/office.db?mode=ro&uri=true"
    )
    assert answer.returncode == 1
    assert "tidak dapat dipakai: attempt to write a readonly database" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.slow
def test_a_disk_that_is_full_is_told(environment: Mapping[str, str], tmp_path: Path) -> None:
    """A file may not grow beyond 32 KiB: to the database, the same as a disk without room."""
    script = f"ulimit -f 32; exec {sys.executable} -m server.cli serve"
    answer = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env={**environment, "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 1
    assert re.search(r"tidak dapat dipakai: (database or disk is full|disk I/O error)", answer.stderr)
    assert "ruang kosong" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.slow
def test_a_database_server_that_is_away_is_told_without_its_password(run: Run) -> None:
    url = f"postgresql://kantor:rahasia@127.0.0.1:{free_port()}/kantor"
    answer = run("serve", PORT=str(free_port()), DATABASE_URL=url)
    assert answer.returncode == 1
    assert "Periksa DATABASE_URL, apakah servernya hidup" in answer.stderr
    assert "rahasia" not in answer.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", [["worker"], ["publish"], ["user", "list"]])
def test_other_commands_wait_for_a_server_to_prepare_the_database(run: Run, command: list[str]) -> None:
    answer = run(*command)
    assert answer.returncode == 1
    assert "jalankan `tatalaksana serve` lebih dulu" in answer.stderr


def test_the_tables_are_there_after_a_start(config: Config) -> None:
    assert inspect(prepare(config).gate.database).has_table("process_instance")
