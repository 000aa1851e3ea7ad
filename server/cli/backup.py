"""`backup` and `restore`: all of an installation in one file, consistent while it runs, and looked through once it is written.

On SQLite the file is a database like the one it comes from; on PostgreSQL it is what pg_dump writes. Neither command ever
overwrites anything.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, Protocol, cast
from urllib.parse import quote

import click
from sqlalchemy import Connection, Engine, Select, column, func, inspect, select, table
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from server import errors, migrations
from server.cli.told import settings
from server.clock import system_now
from server.db import BACKED_UP, open_engine, put_setting, read, snapshot, write

Counts = Mapping[str, int]
"""Rows by table."""


class FileIsThere(errors.Conflict):
    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} sudah ada dan tidak ditimpa; pilih nama berkas lain.")


class NothingThere(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Basis data ini belum berisi apa-apa; periksa DATABASE_URL.")


class NotEmpty(errors.Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Basis data tujuan sudah berisi tabel dan tidak ditimpa; siapkan basis data kosong dan arahkan "
            "DATABASE_URL ke sana."
        )


class NotABackup(errors.Invalid):
    def __init__(self, file: Path, expected: str) -> None:
        super().__init__(
            f"{file} bukan cadangan untuk basis data {expected}; periksa berkas dan DATABASE_URL."
        )


class Damaged(errors.Invalid):
    """A backup that does not hold what it should. It is not kept."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Cadangan rusak atau tidak lengkap: {why}. Jangan dipakai; buat yang baru.")


class ProgramMissing(errors.Unavailable):
    def __init__(self, name: str) -> None:
        super().__init__(f"Program {name} tidak ditemukan; pasang paket postgresql-client.")


class ProgramFailed(errors.Unavailable):
    def __init__(self, name: str, said: str) -> None:
        super().__init__(f"{name} gagal: {said.strip() or 'tanpa penjelasan'}")


FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("backup", help="Mencadangkan seluruh basis data ke satu berkas, juga selagi dipakai.")
@click.argument("file", type=FILE)
def backup_command(file: Path) -> None:
    """Says what the file holds, once it was looked through."""
    counts = backup(settings().database_url, file)
    click.echo(f"{file}: {_told(counts)}, sudah diperiksa.")


@click.command("restore", help="Memulihkan cadangan ke basis data kosong yang ditunjuk DATABASE_URL.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore_command(file: Path) -> None:
    """Says what is there afterwards."""
    counts = restore(settings().database_url, file)
    click.echo(f"Pulih dari {file}: {_told(counts)}. Jalankan `tatalaksana serve`.")


def backup(url: str, file: Path) -> Counts:
    """Writes the database as it is at this moment. Raises FileIsThere, NothingThere, Damaged, ProgramMissing."""
    if file.exists():
        raise FileIsThere(file)
    with _opened(url) as database, snapshot(database) as connection:
        if "alembic_version" not in tables_of(connection):
            raise NothingThere
        counts = _count(connection)
        with tempfile.TemporaryDirectory(prefix=".cadangan-", dir=file.absolute().parent) as folder:
            part = Path(folder) / file.name
            kind = _kind(database)
            kind.write(connection, part)
            _compare(counts, kind.look_through(part))
            part.chmod(0o600)
            _keep(part, file)
        _note(database)
    return counts


def _note(database: Engine) -> None:
    """Lets the pages say when the last backup was. A database that is too busy for that has its backup all the same."""
    with suppress(DBAPIError), write(database) as connection:
        put_setting(connection, BACKED_UP, system_now().isoformat())


def restore(url: str, file: Path) -> Counts:
    """Brings a backup into an empty database. Raises NotABackup, Damaged, NotEmpty, migrations.NewerSchema."""
    with _opened(url, new=True) as database:
        kind = _kind(database)
        with file.open("rb") as head:
            if not head.read(len(kind.magic)) == kind.magic:
                raise NotABackup(file, kind.name)
        expected = kind.look_through(file)
        if "alembic_version" not in expected:
            raise NotABackup(file, kind.name)
        migrations.check_known(kind.revision(file))
        with read(database) as connection:
            if tables_of(connection):
                raise NotEmpty
        kind.bring(file, database)
        with read(database) as connection:
            _compare(expected, _count(connection))
    return expected


# --- both ------------------------------------------------------------------------------------------------------------


class Kind(Protocol):
    """What a database's backup is, and how it is written, looked through and brought back."""

    name: str
    magic: bytes

    def write(self, connection: Connection, file: Path) -> None: ...
    def look_through(self, file: Path) -> Counts: ...
    def revision(self, file: Path) -> str | None: ...
    def bring(self, file: Path, database: Engine) -> None: ...


def _kind(database: Engine) -> Kind:
    return _SQLite() if database.dialect.name == "sqlite" else _PostgreSQL()


@contextmanager
def _opened(url: str, new: bool = False) -> Iterator[Engine]:
    database = open_engine(url)
    path = database.url.database or ""
    if database.dialect.name == "sqlite" and not path.startswith(("file:", ":")):
        if new:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        elif not Path(path).exists():
            raise NothingThere
    try:
        yield database
    finally:
        database.dispose()


def tables_of(connection: Connection) -> list[str]:
    return inspect(connection).get_table_names()


def _count(connection: Connection) -> Counts:
    return {
        name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
        for name in tables_of(connection)
    }


def _compare(expected: Counts, found: Counts) -> None:
    for name, count in expected.items():
        if found.get(name, 0) != count:
            raise Damaged(f"tabel {name} berisi {found.get(name, 0)} baris, seharusnya {count}")


def _keep(part: Path, file: Path) -> None:
    """Gives a whole file its name, in a way that outlives a power cut."""
    with part.open("rb") as written:
        os.fsync(written.fileno())
    if file.exists():
        raise FileIsThere(file)
    part.rename(file)
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _told(counts: Counts) -> str:
    cases = counts.get("process_instance", 0)
    return f"{len(counts)} tabel, {sum(counts.values())} baris, di antaranya {cases} kasus"


# --- SQLite ----------------------------------------------------------------------------------------------------------


class _SQLite:
    """A file that is a database. SQLite's online backup copies it page by page within one moment."""

    name = "SQLite"
    magic = b"SQLite format 3\0"

    def write(self, connection: Connection, file: Path) -> None:
        source = connection.connection.driver_connection
        with closing(sqlite3.connect(file)) as copy:
            cast(sqlite3.Connection, source).backup(copy)
            # One file without a `-wal` beside it: it may be carried anywhere.
            copy.execute("PRAGMA journal_mode = DELETE")

    def look_through(self, file: Path) -> Counts:
        with self._reading(file) as copy:
            [said] = copy.execute("PRAGMA integrity_check(1)").fetchone()
            if said != "ok":
                raise Damaged(said.splitlines()[0])
            if copy.execute("PRAGMA foreign_key_check").fetchone():
                raise Damaged("ada baris yang menunjuk baris yang tidak ada")
            names = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: self._one(copy, select(func.count()).select_from(table(name))) for name in names}

    def revision(self, file: Path) -> str | None:
        with self._reading(file) as copy:
            revision: str | None = self._one(
                copy, select(column("version_num")).select_from(table("alembic_version"))
            )
            return revision

    def bring(self, file: Path, database: Engine) -> None:
        with self._reading(file) as copy, read(database) as target:
            copy.backup(cast(sqlite3.Connection, target.connection.driver_connection))

    @contextmanager
    def _reading(self, file: Path) -> Iterator[sqlite3.Connection]:
        """A backup is never written to, so that it may lie where nothing can be. Raises Damaged."""
        try:
            with closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro", uri=True)) as copy:
                yield copy
        except sqlite3.DatabaseError as fault:
            raise Damaged(str(fault)) from fault

    @staticmethod
    def _one(copy: sqlite3.Connection, question: Select[Any]) -> Any:
        row = copy.execute(str(question.compile(dialect=sqlite.dialect()))).fetchone()
        return row[0] if row else None


# --- PostgreSQL ------------------------------------------------------------------------------------------------------


class _PostgreSQL:
    """What pg_dump writes in its own format, of the moment that the connection sees."""

    name = "PostgreSQL"
    magic = b"PGDMP"

    def write(self, connection: Connection, file: Path) -> None:
        moment = connection.execute(select(func.pg_export_snapshot())).scalar_one()
        _run(connection.engine, "pg_dump", "--format=custom", f"--snapshot={moment}", f"--file={file}", *BARE)

    def look_through(self, file: Path) -> Counts:
        """Reads every row of the file, as a restore would."""
        counts: Counter[str] = Counter()
        reading: str | None = None
        for line in _lines("--data-only", file):
            if reading is None:
                begun = COPY.match(line)
                reading = begun[1].decode() if begun else None
                if reading is not None:
                    counts[reading] += 0
            elif line == b"\\.\n":
                reading = None
            else:
                counts[reading] += 1
        return counts

    def revision(self, file: Path) -> str | None:
        lines = _lines("--data-only", file, "--table=alembic_version")
        return next((next(lines).decode().strip() for line in lines if COPY.match(line)), None)

    def bring(self, file: Path, database: Engine) -> None:
        _run(database, "pg_restore", "--single-transaction", "--exit-on-error", *BARE, str(file))


COPY: Final = re.compile(rb'COPY (?:"?\w+"?\.)?"?(\w+)"? \(')
BARE: Final = ("--no-owner", "--no-privileges")
"""Who owns the tables is the new database's own affair."""


def _lines(*arguments: object) -> Iterator[bytes]:
    """What a restore would send. Raises Damaged where the file cannot be read to its end."""
    command = [_program("pg_restore"), "--file=-", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        yield from running.stdout
        said = running.stderr.read().decode(errors="replace")
    if running.returncode:
        raise Damaged(said.strip() or "pg_restore gagal")


def _run(database: Engine, name: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs on a database; the password goes through the environment, which others cannot read."""
    open_url = database.url.set(drivername="postgresql", password=None)
    environment = {**os.environ, "PGPASSWORD": str(database.url.password or "")}
    command = [_program(name), f"--dbname={open_url.render_as_string(hide_password=False)}", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ProgramFailed(name, done.stderr)


def _program(name: str) -> str:
    """The newest on this machine: it must not be older than the server."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_version)
    found = str(beside[-1]) if beside else shutil.which(name)
    if found is None:
        raise ProgramMissing(name)
    return found


def _version(program: Path) -> float:
    try:
        return float(program.parts[-3])
    except ValueError:
        return 0
