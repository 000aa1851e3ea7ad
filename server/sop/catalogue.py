"""The book as it is published: every procedure in its newest version, read as an SOP.

An SOP is no secret: whoever has logged in reads all of them, those too whose cases are confidential.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, select

from server import bpmn
from server.calendar import words
from server.engine import Engine, search
from server.engine.search import PROCESS_DEFINITIONS, Query, Unseen
from server.engine.tables import Definition, Deployment, Kind, Resource
from server.identity import Actor
from server.sop.procedure import Kind as SymbolKind
from server.sop.procedure import Procedure, read_procedure


@dataclass(frozen=True)
class Entry:
    """A procedure in the catalogue."""

    process_id: str
    process_definition_key: int
    version: int
    nama: str
    bidang: str | None
    uraian: str | None
    """The first paragraph of its documentation."""
    dimulai: str | None
    """What sets it off."""
    pemula: tuple[str, ...]
    """The roles (or names of lanes) of whoever does its first step."""
    kelengkapan: tuple[str, ...]
    """What the first step needs."""
    langkah: int
    rahasia: bool


def catalogue(engine: Engine, connection: Connection, actor: Actor) -> list[Entry]:
    """Every published procedure, by the office's fields and then by name."""
    fields = list(engine.roles.bidang)
    found = [*_entries(engine, connection, actor)]
    return sorted(found, key=lambda one: (fields.index(one.bidang) if one.bidang in fields else 99, one.nama))


def _entries(engine: Engine, connection: Connection, actor: Actor) -> Iterator[Entry]:
    newest = search.within(Query(limit=10_000), is_latest_version=True)
    for item in search.search(engine, connection, actor, PROCESS_DEFINITIONS, newest).items:
        file = search.find_file(engine, connection, actor, item["process_definition_key"])
        yield _entry(read_published(file.body, item["process_definition_id"]), item)


def _entry(procedure: Procedure, item: search.Item) -> Entry:
    first = procedure.acts(procedure.rows[0]) if procedure.rows else []
    starts = [symbol for symbol in procedure.symbols if symbol.kind is SymbolKind.START]
    actors = [procedure.actors[symbol.actor] for symbol in first[:1]]
    return Entry(
        process_id=procedure.id,
        process_definition_key=item["process_definition_key"],
        version=item["version"],
        nama=procedure.nama,
        bidang=procedure.identity.get("bidang") or None,
        uraian=(procedure.documentation or "").partition("\n\n")[0].strip() or None,
        dimulai=starts[0].text if starts else None,
        pemula=tuple(actor.role or actor.nama for actor in actors),
        kelengkapan=procedure.rows[0].kelengkapan if procedure.rows else (),
        langkah=len(procedure.rows),
        rahasia=procedure.identity.get("sifat") == "rahasia",
    )


def published(engine: Engine, connection: Connection, actor: Actor, process_id: str) -> Procedure:
    """The newest version of a procedure. Dates that its diagram leaves empty are those of its publishing. Raises Unseen."""
    newest = search.within(Query(limit=1), process_definition_id=process_id, is_latest_version=True)
    items = search.search(engine, connection, actor, PROCESS_DEFINITIONS, newest).items
    if not items:
        raise Unseen(f"Prosedur {process_id} belum diterbitkan.")
    file = search.find_file(engine, connection, actor, items[0]["process_definition_key"])
    procedure = read_published(file.body, process_id)
    days = [at.astimezone(engine.clock.zone) for at in _published_at(connection, process_id)]
    dated = {
        "tanggal_pembuatan": words.day(days[0]),
        "tanggal_revisi": words.day(days[-1]) if len(days) > 1 else "",
        "tanggal_efektif": words.day(days[-1]),
    }
    said = {name: value for name, value in procedure.identity.items() if value}
    return replace(procedure, identity={**procedure.identity, **dated, **said})


def _published_at(connection: Connection, process_id: str) -> list[datetime]:
    """When each version was published, the oldest first."""
    rows = connection.execute(
        select(Deployment.at)
        .join(Resource, Resource.deployment_key == Deployment.key)
        .join(Definition, Definition.resource_key == Resource.key)
        .where(Definition.kind == Kind.PROCESS, Definition.id == process_id)
        .order_by(Definition.version)
    )
    return list(rows.scalars())


@lru_cache(maxsize=500)
def read_published(body: bytes, process_id: str) -> Procedure:
    """The SOP of a process in a file that was accepted once."""
    return read_procedure(bpmn.examine(body)[0].process(process_id))
