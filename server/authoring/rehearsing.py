"""Rehearsing a draft: the real engine does what was chosen so far, from the beginning, in a process of its own. Nothing is kept."""

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic  # a stopwatch, not a reading of the day
from typing import Any, Final

from sqlalchemy import Connection

from server import errors
from server.authoring.drafts import Found, check_size, files_of, row_of, search
from server.authoring.stage import FURTHEST, Play, Work
from server.authoring.standing import Book, NotInForce, Standing, body_of, book
from server.db import AnyRow, load_json
from server.engine import Engine, apart
from server.engine.tables import Kind, untagged
from server.identity import Actor

SECONDS: Final = 10.0
"""What one rehearsal may take of the processor's time."""
MOST_ACTS: Final = 500
MOST_FILES: Final = 200
"""Files that procedures which call one another may need."""

Ask = Callable[[bytes], bytes | None]
_STAGE: Final = apart.Standby("server.authoring.standby")


class NoProcedure(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Rancangan ini bukan prosedur; pilih prosedur yang memakainya untuk dicoba.")


class Stopped(errors.Invalid):
    """A rehearsal that did not come to its end."""


@dataclass(frozen=True)
class Rehearsal:
    """How things stand after `done` acts; `told` is what `authoring.rehearsal` tells. `problems`: what keeps it from being run at all;
    `fault`: why the next act cannot be done."""

    began: datetime
    revision: int
    done: int
    told: Mapping[str, Any]
    fault: Mapping[str, Any] | None
    problems: tuple[errors.Problem, ...]


@dataclass(frozen=True)
class Piece:
    """What is rehearsed: a procedure, with drafts in the place of what is in force. `files` by name; it grows by those in force that
    they turn out to need."""

    process: str
    drafts: tuple[AnyRow, ...]
    files: dict[str, bytes]
    known: Book

    @property
    def revision(self) -> int:
        """Of the first draft; 0 where there is none."""
        return self.drafts[0].revision if self.drafts else 0


def ask_apart(request: bytes) -> bytes | None:
    """What a rehearsal answers, in a process of its own; None where it did not come to its end."""
    return _STAGE.ask(request, SECONDS)


def rehearse(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    acts: list[dict[str, Any]],
    began: datetime | None = None,
    body: bytes | None = None,
    together: Iterable[int] = (),
    ask: Ask = ask_apart,
    process: str | None = None,
) -> Rehearsal:
    """Does `acts` with a draft, as of `began` (now): with a procedure's own, or with one of what `process`, in force, uses.

    `body`: what the draft is about to become; `together`: other drafts that count instead of what is in force. Raises UnknownDraft,
    NoProcedure, TooLarge, Stopped.
    """
    return perform(
        engine, connection, piece(connection, actor, key, process, together, body), acts, began, ask
    )


def piece(
    connection: Connection,
    actor: Actor,
    key: int,
    process: str | None = None,
    together: Iterable[int] = (),
    body: bytes | None = None,
) -> Piece:
    """What a draft is rehearsed as. Raises UnknownDraft, NoProcedure, TooLarge."""
    rows = tuple(row_of(connection, actor, each) for each in dict.fromkeys([key, *together]))
    known, own = book(connection), rows[0]
    wanted = own.id if own.kind == Kind.PROCESS else process
    if wanted is None or (own.kind != Kind.PROCESS and wanted not in _users(known, own)):
        raise NoProcedure
    files = {name: bytes(row.body) for name, row in files_of(rows).items()}
    if body is not None:
        check_size(body)
        files[next(iter(files))] = body
    return Piece(wanted, rows, files, known)


def in_force(connection: Connection, process: str) -> Piece:
    """A procedure as it is in force. Raises NotInForce."""
    known = book(connection)
    if known.in_force(Kind.PROCESS, process) is None:
        raise NotInForce(f"Tidak ada prosedur “{process}” yang berlaku.")
    return Piece(process, (), {}, known)


def perform(
    engine: Engine,
    connection: Connection,
    of: Piece,
    acts: list[dict[str, Any]],
    began: datetime | None = None,
    ask: Ask = ask_apart,
) -> Rehearsal:
    """Does `acts`, as of `began` (now). Raises Stopped."""
    if len(acts) > MOST_ACTS:
        raise errors.Invalid(f"Percobaan paling panjang {MOST_ACTS} langkah; ulang dari awal.")
    began = began or engine.clock.now()
    if abs(began - engine.clock.now()) > FURTHEST:
        raise errors.Invalid("Waktu mulai percobaan terlalu jauh dari sekarang; pilih dalam dua puluh tahun.")
    engine.book.refresh(connection)
    own = {
        "process": of.process,
        "acts": acts,
        "began": began,
        "zone": engine.clock.zone.key,
        "roles": engine.roles,
        "book": engine.book,
        "letters": engine.letters,
        "works": {type_: Work(each.title, each.example) for type_, each in engine.handlers.items()},
        "elsewhere": engine.handlers.elsewhere,
    }
    told = _with_the_rest(connection, of, own, ask)
    problems = tuple(errors.Problem(**each) for each in told.pop("problems", ()))
    return Rehearsal(began, of.revision, told.pop("done", 0), told, told.pop("fault", None), problems)


def tried_with(
    engine: Engine, connection: Connection, actor: Actor, key: int, process: str | None
) -> Standing:
    """The procedure in force with which a draft of something that it uses is tried. Raises UnknownDraft, NoProcedure."""
    of = piece(connection, actor, key, process)
    standing = None if of.drafts[0].kind == Kind.PROCESS else of.known.in_force(Kind.PROCESS, of.process)
    if standing is None:
        raise NoProcedure
    return standing


def beside(
    engine: Engine, connection: Connection, actor: Actor, key: int, process: str | None = None
) -> list[Found]:
    """The other drafts that one may publish and that what is rehearsed may need: of the procedure itself, of what it uses in force,
    and of new files. Raises UnknownDraft, NoProcedure.
    """
    of = piece(connection, actor, key, process)
    row, known = of.drafts[0], of.known

    def concerns(one: Found) -> bool:
        if of.process in {each.id for each in known.touched(one.kind, one.id)}:
            return True
        is_new = row.kind == Kind.PROCESS and known.in_force(one.kind, one.id) is None
        return is_new and (one.kind == Kind.REQUIREMENTS or one.id.encode() in bytes(row.body))

    return [one for one in search(engine, connection, actor) if one.key != key and concerns(one)]


def _users(known: Book, row: AnyRow) -> set[str]:
    return {one.id for one in known.touched(row.kind, row.id)}


def _with_the_rest(connection: Connection, of: Piece, own: Mapping[str, Any], ask: Ask) -> dict[str, Any]:
    """The answer, once the files in force that the drafts name, however far, are there, too."""
    brought = {(row.kind, row.id) for row in of.drafts}
    member = f"{Kind.PROCESS}:{of.process}"
    before = of.known.newest.get(member)
    wanted = [member, *map(untagged, before.references)] if before else []
    while True:
        found = [of.known.in_force(*each.split(":", 1)) for each in wanted]
        rest = {
            one.name: one
            for one in found
            if one and (one.kind, one.id) not in brought and one.name not in of.files
        }
        of.files.update({name: body_of(connection, one.resource_key) for name, one in rest.items()})
        if len(of.files) > MOST_FILES:
            raise Stopped("Prosedur ini memanggil terlalu banyak prosedur lain untuk dicoba.")
        told = _answered(ask, Play(files=of.files, whole=bool(wanted) and not rest, **own))
        if not told.get("missing"):
            return told
        wanted = told["missing"]


def _answered(ask: Ask, play: Play) -> dict[str, Any]:
    began = monotonic()
    try:
        request = pickle.dumps(play)
    except RecursionError:
        raise errors.Invalid("Isian percobaan ini bersarang terlalu dalam.") from None
    text = ask(request)
    if text is None:
        raise Stopped(
            "Percobaan dihentikan karena terlalu lama: rancangan ini berputar tanpa henti, atau hitungannya terlalu besar. "
            "Periksa alur baliknya dan ungkapannya."
            if monotonic() - began >= SECONDS
            else "Percobaan berhenti di tengah: rancangan ini memerlukan terlalu banyak memori, atau tidak dapat dijalankan."
        )
    answer: dict[str, Any] = load_json(text)
    return answer
