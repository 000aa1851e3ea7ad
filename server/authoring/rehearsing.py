"""Rehearsing a draft: the real engine does what was chosen so far, from the beginning, in a process of its own. Nothing is kept."""

import pickle
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic  # a stopwatch, not a reading of the day
from typing import Any, Final

from sqlalchemy import Connection

from server import errors
from server.authoring.drafts import Found, check_size, files_of, row_of, search
from server.authoring.stage import Play
from server.authoring.standing import body_of, book
from server.db import AnyRow, load_json
from server.engine import Engine, apart
from server.engine.tables import Kind
from server.identity import Actor

SECONDS: Final = 10.0
"""What one rehearsal may take."""
MOST_ACTS: Final = 500
FURTHEST: Final = timedelta(days=366 * 20)
"""From today, either way, a rehearsal may begin."""
MOST_FILES: Final = 200
"""Files that procedures which call one another may need."""

Ask = Callable[[bytes], bytes | None]
_STAGE: Final = apart.Standby("server.authoring.standby")


class NoProcedure(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Rancangan ini bukan prosedur; bukalah dari rancangan prosedur yang memakainya.")


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
) -> Rehearsal:
    """Does `acts` with a draft of a procedure, as of `began` (now). `body`: what it is about to become; `together`: other drafts that
    count instead of what is in force. Raises UnknownDraft, NoProcedure, TooLarge, Stopped.
    """
    rows = [row_of(connection, actor, each) for each in dict.fromkeys([key, *together])]
    if rows[0].kind != Kind.PROCESS:
        raise NoProcedure
    if len(acts) > MOST_ACTS:
        raise errors.Invalid(f"Percobaan paling panjang {MOST_ACTS} langkah; ulang dari awal.")
    began = began or engine.clock.now()
    if abs(began - engine.clock.now()) > FURTHEST:
        raise errors.Invalid("Waktu mulai percobaan terlalu jauh dari sekarang; pilih dalam dua puluh tahun.")
    files = {name: bytes(row.body) for name, row in files_of(rows).items()}
    if body is not None:
        check_size(body)
        files[next(iter(files))] = body
    engine.book.refresh(connection)
    own = {
        "process": rows[0].id,
        "acts": acts,
        "began": began,
        "zone": engine.clock.zone.key,
        "roles": engine.roles,
        "book": engine.book,
        "letters": engine.letters,
        "handlers": {type_: handler.title for type_, handler in engine.handlers.items()},
    }
    told = _with_the_rest(connection, rows, files, own, ask)
    problems = tuple(errors.Problem(**each) for each in told.pop("problems", ()))
    return Rehearsal(began, rows[0].revision, told.pop("done", 0), told, told.pop("fault", None), problems)


def beside(engine: Engine, connection: Connection, actor: Actor, key: int) -> list[Found]:
    """The other drafts that one may publish and that a procedure's draft may need: of what it uses in force, and of new files.

    Raises UnknownDraft.
    """
    row = row_of(connection, actor, key)
    known = book(connection)

    def concerns(one: Found) -> bool:
        touched = {each.id for each in known.touched(one.kind, one.id)}
        new = known.in_force(one.kind, one.id) is None
        return row.id in touched or (
            new and (one.kind == Kind.REQUIREMENTS or one.id.encode() in bytes(row.body))
        )

    return [one for one in search(engine, connection, actor) if one.key != key and concerns(one)]


def _with_the_rest(
    connection: Connection,
    drafts: Iterable[AnyRow],
    files: dict[str, bytes],
    own: Mapping[str, Any],
    ask: Ask,
) -> dict[str, Any]:
    """The answer, once the files in force that the drafts name, however far, are there, too."""
    known = book(connection)
    brought = {(row.kind, row.id) for row in drafts}
    before = known.newest.get(f"{Kind.PROCESS}:{own['process']}")
    wanted = list(before.references) if before else []
    while True:
        found = [known.in_force(*member.split(":", 1)) for member in wanted]
        rest = {
            one.name: one
            for one in found
            if one and (one.kind, one.id) not in brought and one.name not in files
        }
        files |= {name: body_of(connection, one.resource_key) for name, one in rest.items()}
        if len(files) > MOST_FILES:
            raise Stopped("Prosedur ini memanggil terlalu banyak prosedur lain untuk dicoba.")
        told = _answered(ask, Play(files=files, whole=bool(wanted) and not rest, **own))
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
