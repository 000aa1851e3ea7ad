"""The command `tatalaksana`. Each command is a function that a test calls."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from gunicorn.app.base import BaseApplication
from sqlalchemy import Connection

from server import errors, identity, migrations, worker
from server.app import House, build, create_app
from server.config import Config, from_environment
from server.db import read
from server.engine import Deployed, deploy, published_digests
from server.identity import Actor, Permission
from server.personnel import demo as personnel_demo

PUBLISHER = Actor("sistem", "Sistem", frozenset(), frozenset({Permission.DEPLOY}))
KINDS = {"bpmn": ".bpmn", "dmn": ".dmn", "forms": ".form"}


class DemoPassword(errors.Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Basis data ini berisi kata sandi demo yang diketahui semua orang. Jalankan dengan --demo, "
            "atau ganti kata sandinya lebih dulu."
        )


class NotADemo(errors.Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Basis data ini bukan basis data demo; jalankan tanpa --demo, atau pakai basis data kosong."
        )


@click.group()
def main() -> None:
    """Tatalaksana: runs an office's book of SOPs."""


@main.command()
@click.option(
    "--demo", is_flag=True, help="Fill an empty database with demo people; listen on 127.0.0.1 only."
)
@click.option("--worker/--no-worker", "with_worker", default=True, help="Start a worker beside the server.")
def serve(demo: bool, with_worker: bool) -> None:
    """Prepare the database, publish the book, and serve."""
    config = from_environment(demo=demo)
    with told():
        house = prepare(config)
    if demo:
        greet(house)
    house.gate.database.dispose()
    with beside(config) if with_worker else _nothing():
        Server(config).run()


@main.command("worker")
def worker_command() -> None:
    """Do jobs and timers that are due, until stopped."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with told():
        house = build(from_environment())
        migrations.check(house.gate.database)
        worker.run(house.gate, house.engine, stop)


@main.command()
def publish() -> None:
    """Publish what is new or changed in the book's folder."""
    with told():
        house = build(from_environment())
        migrations.check(house.gate.database)
        for each in publish_book(house).definitions:
            if each.new:
                click.echo(f"{each.kind} {each.id} versi {each.version}")


# --- what the commands do --------------------------------------------------------------------------------------------


def prepare(config: Config) -> House:
    """A house whose database has every table, the book, and in demo mode its people. Raises DemoPassword, NotADemo."""
    if config.database_url.startswith("sqlite:///"):
        Path(config.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    house = build(config)
    migrations.upgrade(house.gate.database)
    _settle_demo(house)
    publish_book(house)
    return house


def publish_book(house: House) -> Deployed:
    """Publishes the files of the book's folder whose bytes are not the newest version already."""
    files = dict(book_files(house.config.book))
    with read(house.gate.database) as connection:
        known = published_digests(connection)
    changed = {name: body for name, body in files.items() if hashlib.sha256(body).hexdigest() not in known}
    if not changed:
        return Deployed(0, ())
    return house.gate.do(lambda connection: deploy(house.engine, connection, PUBLISHER, changed))


def book_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """The diagrams, tables and forms below a folder, by their path from it."""
    for folder, suffix in KINDS.items():
        for path in sorted((root / folder).rglob(f"*{suffix}")):
            yield path.relative_to(root).as_posix(), path.read_bytes()


def greet(house: House) -> None:
    """Says where the server is and who can log in."""
    config = house.config
    click.echo(
        f"\nTatalaksana: http://{config.host}:{config.port}  (kata sandi semua orang: {config.demo_password})\n"
    )
    people = identity.demo_people(house.engine.roles)
    names = ["admin", *(each.person.username for each in people)]
    width = max(map(len, names)) + 2
    per_line = max(1, 100 // width)
    for start in range(0, len(names), per_line):
        click.echo("  " + "".join(name.ljust(width) for name in names[start : start + per_line]).rstrip())
    click.echo("\nBerhenti: Ctrl-C\n")


def _settle_demo(house: House) -> None:
    with read(house.gate.database) as connection:
        is_demo, known = identity.is_demo(connection), identity.demo_credentials_exist(connection)
    if not house.config.demo and known:
        raise DemoPassword
    if house.config.demo and not is_demo:
        try:
            house.gate.change(lambda connection: _fill_demo(house, connection))
        except identity.NotEmpty:
            raise NotADemo from None


def _fill_demo(house: House, connection: Connection) -> None:
    """The demo office: its people, and what the personnel office knows of them."""
    identity.fill_demo(connection, house.engine.roles, house.config.demo_password, house.engine.clock.now())
    personnel_demo.fill_demo(connection, house.engine.roles, house.engine.clock.today())


@contextmanager
def told() -> Iterator[None]:
    """An error that a person can be told about ends the command with its message instead of a trace."""
    try:
        yield
    except errors.OfficeError as fault:
        click.echo(fault.message, err=True)
        for problem in getattr(fault, "problems", ()):
            click.echo(f"  - {problem}", err=True)
        sys.exit(1)


@contextmanager
def beside(config: Config) -> Iterator[None]:
    """A worker as a process beside the server, ended with it."""
    process = subprocess.Popen([sys.executable, "-m", "server.cli", "worker"], env=os.environ)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


class Server(BaseApplication):
    """gunicorn, with our few settings. Threads keep a slow client from holding a process."""

    def __init__(self, config: Config) -> None:
        self.settings = config
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", f"{self.settings.host}:{self.settings.port}")
        self.cfg.set("workers", self.settings.processes)
        self.cfg.set("worker_class", "gthread")
        self.cfg.set("threads", 4)
        self.cfg.set("loglevel", "warning")

    def load(self) -> Flask:
        return create_app(self.settings)


if __name__ == "__main__":
    main()
