"""Publishing drafts: several together, whole or not at all, with the sentence that says what has changed and why."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from server import errors
from server.authoring.drafts import Changed, files_of, removal, row_of, search
from server.authoring.examining import strangers
from server.authoring.standing import book
from server.db import AnyRow, Change
from server.engine import Deployed, Engine, Unpublishable, deploy, trial
from server.identity import Actor

LONGEST_NOTE = 1000


class Outdated(errors.Conflict):
    """What is in force is newer than what the draft was made of; `in_force`: the file to compare with, None: there is none."""

    def __init__(self, row: AnyRow, in_force: int | None) -> None:
        super().__init__(
            f"“{row.title}” dibuat dari versi yang sudah tidak berlaku. "
            "Bandingkan dengan versi yang berlaku sekarang, lalu nyatakan bahwa rancangan Anda yang dipakai."
        )
        self.key: int = row.key
        self.in_force = in_force


class NoNote(errors.Invalid):
    def __init__(self) -> None:
        super().__init__(
            f"Tulis dalam satu kalimat apa yang berubah dan mengapa, paling panjang {LONGEST_NOTE} huruf."
        )


class NothingNew(errors.Invalid):
    def __init__(self) -> None:
        super().__init__("Rancangan ini sama dengan versi yang berlaku; tidak ada yang diterbitkan.")


@dataclass(frozen=True)
class Chosen:
    """A draft as its publisher has seen it. `compared_with`: the file in force that they have compared it with."""

    key: int
    revision: int
    compared_with: int | None = None


def publish(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    chosen: list[Chosen],
    note: str,
    examine: trial.Examine = trial.examine_apart,
) -> Change[Deployed]:
    """Publishes drafts and takes them away.

    Raises UnknownDraft, Changed, Outdated, NoNote, NothingNew, engine.Unpublishable, OtherField.
    """
    note = " ".join(note.split())
    if not note or len(note) > LONGEST_NOTE:
        raise NoNote
    if not chosen:
        raise errors.Invalid("Pilih sedikitnya satu rancangan.")
    rows = {each.key: row_of(connection, actor, each.key) for each in chosen}
    _check(engine, connection, chosen, rows)
    named = files_of(rows.values())
    files = {name: bytes(row.body) for name, row in named.items()}
    heads, problems = examine(files)
    if lost := () if problems else tuple(strangers(named, heads)):
        raise Unpublishable(lost)
    deployed = deploy(engine, connection, actor, files, lambda _: (heads, problems), note)
    if not deployed.effects:
        raise NothingNew
    taken = [removal(each.key, each.revision) for each in chosen]
    return Change((*deployed.effects, *taken), deployed.answer)


def related(engine: Engine, connection: Connection, actor: Actor, key: int) -> set[int]:
    """The keys of the other drafts that have to do with one: that come to the same procedures, or are of new files. Raises UnknownDraft."""
    row, known = row_of(connection, actor, key), book(connection)
    own = {each.id for each in known.touched(row.kind, row.id)}
    return {
        one.key
        for one in search(engine, connection, actor)
        if one.key != key
        and (own & {each.id for each in known.touched(one.kind, one.id)} or one.version is None)
    }


def _check(engine: Engine, connection: Connection, chosen: list[Chosen], rows: Mapping[int, AnyRow]) -> None:
    """Whether the drafts are still what was looked at. Raises Changed, Outdated."""
    known = book(connection)
    for each in chosen:
        row = rows[each.key]
        if row.revision != each.revision:
            raise Changed(row, engine.clock)
        standing = known.in_force(row.kind, row.id)
        in_force = standing.resource_key if standing else None
        if in_force != row.base_key and in_force != each.compared_with:
            raise Outdated(row, in_force)
