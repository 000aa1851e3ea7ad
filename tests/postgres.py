"""A PostgreSQL server of the tests' own: a fresh cluster in a temporary folder, on a free port of this machine.

It runs as an unprivileged user, accepts whoever is on this machine, and ends with the process that started it. As a
command, it runs another one with DATABASE_URL pointing to such a server: `python -m tests.postgres make serve`.
"""

import ctypes
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

import psycopg

from tests.live import free_port

OLDEST_VERSION = 15
START_SECONDS = 120


class Missing(Exception):
    """No PostgreSQL server can be started on this machine; the message says why."""


class Server:
    """A running server; everybody on this machine is its superuser `postgres`."""

    def __init__(self, programs: Path, folder: Path, lasting: bool = True) -> None:
        self.port = free_port()
        self._settings = {} if lasting else {"fsync": "off", "full_page_writes": "off"}
        self._programs = programs
        self._folder = folder
        self.start()

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def start(self) -> None:
        self._process = _start(self._programs, self._folder, self.port, self._settings)
        self.version = self._wait_until_ready()

    def stop(self, at_once: bool = False) -> None:
        """Ends it; `at_once`, as a crash would, so that it has to recover when it starts."""
        self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def restart(self, at_once: bool = False) -> None:
        self.stop(at_once)
        self.start()

    def _wait_until_ready(self) -> str:
        """The server's version, once it answers."""
        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                with psycopg.connect(self.url(), connect_timeout=5) as connection:
                    return connection.info.parameter_status("server_version") or ""
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise Missing(f"PostgreSQL did not start: {(self._folder / 'log').read_text()}")


@contextmanager
def running(lasting: bool = True) -> Iterator[Server]:
    """A server for the time of the block. Raises Missing where there is none and none can be installed.

    What it has acknowledged outlives its own end in any case; that of the machine, only where it is `lasting`.
    """
    programs = find_programs() or install()
    with _folder() as folder:
        _make_cluster(programs, folder)
        server = Server(programs, folder, lasting)
        try:
            yield server
        finally:
            server.stop()


def find_programs() -> Path | None:
    """The folder of the newest PostgreSQL on this machine that is new enough."""
    folders = {path.resolve().parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")}
    if found := shutil.which("postgres"):
        folders.add(Path(found).resolve().parent)
    versions = {folder: _version(folder) for folder in folders if (folder / "initdb").exists()}
    newest = max(versions, key=lambda folder: versions[folder], default=None)
    return newest if newest and versions[newest] >= OLDEST_VERSION else None


def install() -> Path:
    """PostgreSQL from the distribution's packages, where we are root; the package's own cluster is not made."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Missing(
            f"no PostgreSQL {OLDEST_VERSION} or newer was found (as root: apt-get install postgresql)"
        )
    settings = Path("/etc/postgresql-common/createcluster.conf")
    if not settings.exists():
        settings.parent.mkdir(parents=True, exist_ok=True)
        settings.write_text("create_main_cluster = false\n")
    apt = ["apt-get", "-qq", "-o", "Dpkg::Options::=--force-confold"]
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--no-install-recommends", "postgresql"]):
        done = subprocess.run([*apt, *step], env=quietly, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"PostgreSQL could not be installed: {done.stderr.strip()}")
    programs = find_programs()
    if programs is None:
        raise Missing(f"this distribution has no PostgreSQL {OLDEST_VERSION} or newer")
    return programs


def _version(programs: Path) -> int:
    text = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    found = re.search(r"\d+", text)
    return int(found.group()) if found else 0


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _identity() -> Identity:
    """Whom the server runs as: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return {}
    user = _user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="tatalaksana-postgres-"))
    if os.geteuid() == 0:
        os.chown(folder, _user().pw_uid, _user().pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _make_cluster(programs: Path, folder: Path) -> None:
    initdb = f"{programs}/initdb -D {folder}/data -U postgres -A trust -E UTF8 --no-locale"
    done = subprocess.run(initdb.split(), cwd="/", capture_output=True, text=True, check=False, **_identity())
    if done.returncode:
        raise Missing(f"PostgreSQL could not make its files: {done.stderr.strip()}")


def _start(programs: Path, folder: Path, port: int, more: dict[str, str]) -> subprocess.Popen[bytes]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "max_connections": 200,
        **more,
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", folder / "data", *options],
            cwd="/",
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=_end_with_parent,
            **_identity(),
        )


_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """Linux ends the server when we are killed and cannot end it ourselves."""
    if hasattr(_LIBC, "prctl"):
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def main(command: list[str]) -> int:
    with running() as server:
        environment = {**os.environ, "DATABASE_URL": server.url()}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
