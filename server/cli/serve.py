"""`serve` and `worker`: the processes of an installation, from an empty database to the last signal."""

import errno
import gc
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic  # a stopwatch between two starts, not a reading of the day
from types import FrameType
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.workers import base
from gunicorn.workers.gthread import ThreadWorker
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.engine import make_url

from server import errors, identity, log, migrations, notify, worker
from server.api.office import EXTENSION
from server.api.waiting import SEATS
from server.app import House, build, create_app
from server.authoring import demo as authoring_demo
from server.cli.book import publish_new
from server.cli.told import settings
from server.config import Config
from server.db import get_setting, put_setting, read
from server.letters import demo as letters_demo
from server.monitoring import demo as monitoring_demo
from server.personnel import demo as personnel_demo
from server.personnel import demo_cases
from server.population import demo as population_demo

RESTART_SECONDS = 5
END_SECONDS = 30
THREADS = 4
"""Of a server process, beside those in which requests wait."""
GRANTED = "izin_awal"


class DemoPassword(errors.Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Basis data ini berisi kata sandi demo yang diketahui semua orang. Jalankan dengan --demo, "
            "atau ganti kata sandinya lebih dulu (tatalaksana user password <nama pengguna>)."
        )


class NotADemo(errors.Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Basis data ini bukan basis data demo; jalankan tanpa --demo, atau pakai basis data kosong."
        )


class AddressTaken(errors.Conflict):
    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"Alamat {host}:{port} tidak dapat dipakai: {reason}. "
            f"Hentikan program yang memakainya, atau pilih porta lain: PORT={port + 1}."
        )


@click.command("serve", help="Menyiapkan basis data, menerbitkan buku, dan melayani.")
@click.option(
    "--demo", is_flag=True, help="Isi basis data kosong dengan orang-orang contoh; hanya di 127.0.0.1."
)
@click.option("--worker/--no-worker", "with_worker", default=True, help="Dengan pekerja di sampingnya.")
def serve_command(demo: bool, with_worker: bool) -> None:
    """Prepare the database, publish the book, and serve until stopped."""
    log.configure()
    config = settings(demo)
    listener = listen(config)
    house = prepare(config, _apart)
    greet(house)
    house.gate.close()
    companion = Companion() if with_worker else None
    with tempfile.TemporaryDirectory(prefix="tatalaksana-meters-", dir=_memory()) as folder:
        try:
            Server(replace(config, meters=Path(folder)), listener, companion).run()
        finally:
            if companion:
                companion.stop()


@click.command("worker", help="Mengerjakan pekerjaan dan pewaktu yang jatuh tempo, sampai dihentikan.")
@click.option("--with-stdin", is_flag=True, help="Berhenti juga saat masukan standarnya ditutup.")
def worker_command(with_stdin: bool) -> None:
    """Do what is due until a signal comes or, on demand, the process at the other end of standard input is gone."""
    log.configure()
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    if with_stdin:
        threading.Thread(target=_stop_at_end_of_stdin, args=[stop], daemon=True).start()
    house = build(settings())
    migrations.check(house.gate.database)
    worker.run(house.gate, house.engine, stop, notify.post_of(house.config))


def _memory() -> Path | None:
    """A folder in memory, which no full disk disturbs; None where there is none."""
    shared = Path("/dev/shm")
    return shared if os.access(shared, os.W_OK) else None


def _stop_at_end_of_stdin(stop: threading.Event) -> None:
    sys.stdin.buffer.read()
    stop.set()


# --- before the first request ----------------------------------------------------------------------------------------


def listen(config: Config) -> socket.socket:
    """The server's socket, taken before anything else is done: callers wait in it until the server is ready.

    Raises AddressTaken.
    """
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=2048)
    except OSError as fault:
        taken = fault.errno == errno.EADDRINUSE
        reason = "sudah dipakai program lain" if taken else fault.strerror or str(fault)
        raise AddressTaken(config.host, config.port, reason) from fault


def prepare(config: Config, done: Callable[[Callable[[], None]], None] = lambda work: work()) -> House:
    """A house whose database has every table, the book, and in demo mode its people and what they are at, which `done` sees to.

    Raises DemoPassword, NotADemo.
    """
    _make_folder(config.database_url)
    house = build(config)
    _check_kind(house)
    migrations.upgrade(house.gate.database)
    house.gate.change(lambda connection: _fill(house, connection))
    publish_new(house)
    if config.demo:
        house.gate.close()
        done(lambda: _begin_demo(house))
    return house


def _begin_demo(house: House) -> None:
    demo_cases.begin_cases(house.engine, house.gate.do)
    population_demo.fill_demo(house.engine, house.gate.do)
    monitoring_demo.fill_demo(house.engine, house.gate.do)
    authoring_demo.fill_demo(house.engine, house.gate.do)


def _apart(work: Callable[[], None]) -> None:
    """Does work in a process of its own. Typst, which prints letters, keeps threads: forked from here after it was used, the
    server's processes would be without them, and wait for ever for their first letter."""
    process = multiprocessing.get_context("fork").Process(target=work, daemon=True)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def _make_folder(url: str) -> None:
    """The folder of a SQLite file."""
    parts = make_url(url)
    if (
        parts.get_backend_name() == "sqlite"
        and parts.database
        and not parts.database.startswith(("file:", ":"))
    ):
        Path(parts.database).parent.mkdir(parents=True, exist_ok=True)


def _check_kind(house: House) -> None:
    """Refuses before anything is written: a demo on the office's database, and the office on a demo's."""
    if not _has_tables(house.gate.database):
        return
    with read(house.gate.database) as connection:
        if house.config.demo and not identity.is_demo(connection) and identity.anybody(connection):
            raise NotADemo
        if not house.config.demo and identity.demo_credentials_exist(connection):
            raise DemoPassword


def _has_tables(database: Engine) -> bool:
    return inspect(database).has_table("person")


def _fill(house: House, connection: Connection) -> None:
    """What a new database begins with: in demo mode an office, otherwise what the roles may do."""
    if identity.is_demo(connection):
        return
    if house.config.demo:
        engine = house.engine
        identity.fill_demo(connection, engine.roles, house.config.demo_password, engine.clock.now())
        personnel_demo.fill_demo(connection, engine.roles, engine.clock.today())
        letters_demo.fill_demo(connection, engine.clock.now())
    elif not get_setting(connection, GRANTED):
        identity.give_first_grants(connection, house.engine.roles)
        put_setting(connection, GRANTED, True)


def greet(house: House) -> None:
    """Says where the server is and who can log in."""
    config = house.config
    click.echo(f"\nTatalaksana: http://{config.host}:{config.port}\n")
    if config.demo:
        _greet_demo(house)
    elif not _has_people(house):
        click.echo(
            'Belum ada pengguna. Yang pertama: tatalaksana user add admin --name "…" --all-permissions\n'
        )
    click.echo("Berhenti: Ctrl-C\n")


def _greet_demo(house: House) -> None:
    people = identity.demo_people(house.engine.roles)
    names = ["admin", *(each.person.username for each in people)]
    width = max(map(len, names)) + 2
    per_line = max(1, 100 // width)
    password = house.config.demo_password
    right = house.gate.ask(lambda connection: identity.is_demo_password(connection, password))
    shown = password if right else "yang berlaku ketika basis data ini diisi"
    click.echo(f"Nama pengguna (kata sandi semua orang: {shown}):")
    for start in range(0, len(names), per_line):
        click.echo("  " + "".join(name.ljust(width) for name in names[start : start + per_line]).rstrip())
    click.echo()


def _has_people(house: House) -> bool:
    return house.gate.ask(identity.anybody)


# --- processes -------------------------------------------------------------------------------------------------------


class Companion:
    """A worker as a process beside the server: started anew when it dies, ended with the server, whatever ends that.

    It holds the reading end of a pipe whose writing end the server alone has, so it notices even a server that was killed.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0

    def keep(self) -> None:
        """Starts it where it is not running, but not more often than every few seconds."""
        alive = self._process is not None and self._process.poll() is None
        if alive or (self._process and monotonic() - self._started < RESTART_SECONDS):
            return
        self.let_go()
        self._started = monotonic()
        command = [sys.executable, "-m", "server.cli", "worker", "--with-stdin"]
        # Ctrl-C reaches it through the server, not while it is still importing.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, preexec_fn=_ignore_interrupt)

    def let_go(self) -> None:
        """Closes this process's end of the pipe."""
        if self._process and self._process.stdin:
            self._process.stdin.close()

    def stop(self) -> None:
        """Ends it; what it is doing may be finished for half a minute."""
        if self._process is None:
            return
        self.let_go()
        self._process.terminate()
        try:
            self._process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()


def _ignore_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Server(BaseApplication):
    """gunicorn, with our few settings. Threads keep a slow client from holding a process."""

    def __init__(
        self, config: Config, listener: socket.socket | None = None, companion: Companion | None = None
    ) -> None:
        self.settings = config
        self.listener = listener or listen(config)
        self.companion = companion
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", f"fd://{self.listener.fileno()}")
        self.cfg.set("workers", self.settings.processes)
        self.cfg.set("worker_class", _Worker)
        self.cfg.set("threads", THREADS + (SEATS if self.settings.job_types else 0))
        self.cfg.set("loglevel", "warning")
        self.cfg.set("control_socket_disable", True)
        self.cfg.set("post_fork", _let_go)
        self.cfg.set("post_worker_init", _settle)

    def load(self) -> Any:
        return create_app(self.settings)

    def run(self) -> None:
        _Arbiter(self).run()


class _Arbiter(Arbiter):
    """gunicorn's parent process, which looks after the companion as it does after its own children, every second."""

    def __init__(self, server: Server) -> None:
        self.companion = server.companion
        super().__init__(server)

    def manage_workers(self) -> None:
        super().manage_workers()
        if self.companion:
            self.companion.keep()


class _Worker(ThreadWorker):
    """A server process, which its parent ends. Ctrl-C at a terminal reaches it as well, and the parent's word right behind it."""

    def init_signals(self) -> None:
        super().init_signals()
        _ignore_interrupt()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Requests that only wait are answered, so that nothing keeps the process up."""
        self._answer_who_waits()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """As every worker of gunicorn: the threads' pool may just have been interrupted with its lock taken, and is left alone."""
        self._answer_who_waits()
        base.Worker.handle_quit(self, sig, frame)

    def _answer_who_waits(self) -> None:
        application: Any = getattr(self, "wsgi", None)  # not there yet, where it is ended while it begins
        office = application and application.extensions.get(EXTENSION)
        if office:
            office.waiting.close()


def _settle(_worker: object) -> None:
    """What is loaded stays, and is not looked through for garbage again; what requests leave behind goes soon, as Python does it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 10)


def _let_go(arbiter: _Arbiter, _worker: object) -> None:
    """In a server process just forked: the pipe is its parent's alone."""
    if arbiter.companion:
        arbiter.companion.let_go()
