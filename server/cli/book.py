"""The book's folder: its diagrams, tables and forms, and their way into the database."""

import hashlib
from collections.abc import Iterator, Set
from pathlib import Path

import click
from sqlalchemy import Connection, select

from server import migrations
from server.app import House, build
from server.cli.told import settings
from server.db import read
from server.engine import Deployed, deploy, published_digests
from server.engine.tables import Resource
from server.identity import Actor, Permission

PUBLISHER = Actor("sistem", "Sistem", frozenset(), frozenset({Permission.DEPLOY}))
KINDS = {"bpmn": ".bpmn", "dmn": ".dmn", "forms": ".form"}


@click.command("publish", help="Menerbitkan berkas buku yang isinya lain dari versi terbarunya.")
def publish_command() -> None:
    """Publishes what differs from the newest version, and says what became new."""
    house = build(settings())
    migrations.check(house.gate.database)
    with read(house.gate.database) as connection:
        known = published_digests(connection)
    for each in publish_book(house, known).definitions:
        if each.new:
            click.echo(f"{each.kind} {each.id} versi {each.version}")


def publish_new(house: House) -> Deployed:
    """Publishes the book's files whose bytes have never been published.

    So a start brings a new book in, and takes nothing back that the office has published over it since.
    """
    with read(house.gate.database) as connection:
        known = _ever_published(connection)
    return publish_book(house, known)


def publish_book(house: House, known: Set[str] = frozenset()) -> Deployed:
    """Publishes the files of the book's folder, except those whose SHA-256 is `known`."""
    files = dict(book_files(house.config.book))
    changed = {name: body for name, body in files.items() if hashlib.sha256(body).hexdigest() not in known}
    if not changed:
        return Deployed(0, ())
    return house.gate.do(lambda connection: deploy(house.engine, connection, PUBLISHER, changed))


def book_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """The diagrams, tables and forms below a folder, by their path from it."""
    for folder, suffix in KINDS.items():
        for path in sorted((root / folder).rglob(f"*{suffix}")):
            yield path.relative_to(root).as_posix(), path.read_bytes()


def _ever_published(connection: Connection) -> set[str]:
    return set(connection.execute(select(Resource.sha256)).scalars())
