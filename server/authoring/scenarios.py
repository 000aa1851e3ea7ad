"""Scenarios: rehearsals of a procedure that its owners keep, and do again after a change to see which still go the same way.

They belong to the procedure, so that they outlive a draft's publishing. What one recorded is where the case went, where it ended
or waits, and its variables; a case that passes the same elements in another order (of parallel branches) goes the same way.
"""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from time import monotonic  # a stopwatch, not a reading of the day
from typing import Any, Final, Literal, get_args

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from server import errors
from server.authoring.models import RehearsalScenario
from server.authoring.rehearsing import Ask, Piece, Rehearsal, ask_apart, perform, piece
from server.db import AnyRow, Change, Effect, dump_json, load_json
from server.engine import Engine
from server.identity import Actor

Verdict = Literal["same", "other_values", "other_way", "stopped", "unrunnable", "not_run"]
VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
LONGEST_NAME: Final = 200
MOST: Final = 100
"""Scenarios of one procedure."""
LARGEST: Final = 2**20
"""Characters of what a scenario keeps."""
LARGEST_VALUES: Final = 2**17
"""Characters of the variables that are compared; of a case with more they are not."""
SECONDS: Final = 60.0
"""After which no further one is begun, of several that are run together."""


class UnknownScenario(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Skenario ini tidak ada; mungkin sudah dihapus orang lain.")


class UnkeptScenario(errors.Invalid):
    """A rehearsal that cannot be kept."""


class NameTaken(errors.Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"Sudah ada skenario “{name}”. Pakai nama lain, atau ganti skenario itu.")


@dataclass(frozen=True)
class Passage:
    """An element that a case has passed. `within`: the name of the called procedure whose it is."""

    element: str
    name: str
    within: str | None


@dataclass(frozen=True)
class Way:
    """Where a case went: what it passed, how it stands, where it ended, what is open, and its variables (None: too large)."""

    passed: tuple[Passage, ...]
    state: str | None
    end: str | None
    open: tuple[str, ...]
    values: Mapping[str, Any] | None


@dataclass(frozen=True)
class Scenario:
    key: int
    process_id: str
    name: str
    began: datetime
    acts: list[dict[str, Any]]
    way: Way
    by: str
    at: datetime


@dataclass(frozen=True)
class OtherValue:
    """A variable that is not what it was; None: it is not there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Played:
    """A scenario done again. `added`, `missing`: what the case passes now and did not, and the other way round; `rehearsal`: how it
    went, None where it was not run."""

    scenario: Scenario
    verdict: Verdict
    way: Way | None = None
    added: tuple[Passage, ...] = ()
    missing: tuple[Passage, ...] = ()
    values: tuple[OtherValue, ...] = ()
    rehearsal: Rehearsal | None = None
    why: str | None = None
    """What stopped it, in a sentence."""


# --- asking


def scenarios(
    engine: Engine, connection: Connection, actor: Actor, key: int, process: str | None = None
) -> list[Scenario]:
    """The scenarios of the procedure that a draft is rehearsed as, by name. Raises UnknownDraft, NoProcedure."""
    rows = connection.execute(_OF, {"process": piece(connection, actor, key, process).process})
    return [_scenario(row) for row in rows]


def count(connection: Connection, process: str) -> int:
    """How many scenarios a procedure has."""
    return connection.execute(_COUNT, {"process": process}).scalar_one()


def play(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    process: str | None = None,
    together: Iterable[int] = (),
    only: int | None = None,
    ask: Ask = ask_apart,
) -> list[Played]:
    """Does scenarios again with a draft: all of its procedure, or `only` one. Raises UnknownDraft, NoProcedure, UnknownScenario."""
    of = piece(connection, actor, key, process, together)
    kept = _kept(connection, of, only)
    end = monotonic() + SECONDS
    return [
        _played(engine, connection, of, each, ask) if monotonic() < end else Played(each, "not_run")
        for each in kept
    ]


def _played(engine: Engine, connection: Connection, of: Piece, kept: Scenario, ask: Ask) -> Played:
    try:
        found = perform(engine, connection, of, kept.acts, kept.began, ask)
    except errors.Invalid as fault:  # it did not come to its end, or is twenty years old
        return Played(kept, "stopped", why=fault.message)
    if found.problems:
        return Played(kept, "unrunnable", rehearsal=found, why=found.problems[0].message)
    now = _way(found)
    added, missing = _less(now.passed, kept.way.passed), _less(kept.way.passed, now.passed)
    values = tuple(_other_values(kept.way.values, now.values))
    told = Played(kept, "same", now, added, missing, values, found)
    if found.fault:
        return dataclasses.replace(told, verdict="stopped", why=found.fault["message"])
    if (
        added
        or missing
        or (now.state, now.end, sorted(now.open))
        != (
            kept.way.state,
            kept.way.end,
            sorted(kept.way.open),
        )
    ):
        return dataclasses.replace(told, verdict="other_way")
    return dataclasses.replace(told, verdict="other_values") if values else told


def _way(found: Rehearsal) -> Way:
    told = found.told
    passed = [each for each in told["trace"] if "condition" not in each]
    values = {
        each["name"]: each["value"]
        for each in told["variables"]
        if each["scope"] is None and each["within"] is None
    }
    return Way(
        tuple(Passage(each["element"], each["name"], each["within"]) for each in passed),
        told["state"],
        told["end"],
        tuple(each["name"] for each in (*told["tasks"], *told["waits"])),
        values if len(dump_json(values)) <= LARGEST_VALUES else None,
    )


def _less(these: Iterable[Passage], those: Iterable[Passage]) -> tuple[Passage, ...]:
    """What has been passed here more often than there, in order. Names do not count: a renamed step is the same step."""
    left = Counter((each.element, each.within) for each in those)
    more = []
    for each in these:
        place = (each.element, each.within)
        if left[place]:
            left[place] -= 1
        else:
            more.append(each)
    return tuple(more)


def _other_values(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterable[OtherValue]:
    if before is None or after is None:
        return
    for name in dict.fromkeys([*before, *after]):
        was, now = before.get(name), after.get(name)
        if dump_json(was) != dump_json(now):
            yield OtherValue(name, was, now)


# --- doing


def keep(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    name: str,
    acts: list[dict[str, Any]],
    began: datetime | None = None,
    process: str | None = None,
    together: Iterable[int] = (),
    replace: bool = False,
    ask: Ask = ask_apart,
) -> Change[int]:
    """The key of a scenario of these acts, which goes where the draft goes now. `replace`: the one of that name becomes this.

    Raises UnknownDraft, NoProcedure, UnkeptScenario, NameTaken, Stopped.
    """
    of = piece(connection, actor, key, process, together)
    return record(engine, connection, actor, of, name, acts, began, replace, ask)


def record(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    of: Piece,
    name: str,
    acts: list[dict[str, Any]],
    began: datetime | None = None,
    replace: bool = False,
    ask: Ask = ask_apart,
) -> Change[int]:
    """As `keep`, of what is rehearsed. Raises UnkeptScenario, NameTaken, Stopped."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnkeptScenario(f"Beri skenario ini nama, paling panjang {LONGEST_NAME} huruf.")
    there = connection.execute(_NAMED, {"process": of.process, "name": name}).scalar()
    if there is not None and not replace:
        raise NameTaken(name)
    if there is None and count(connection, of.process) >= MOST:
        raise UnkeptScenario(f"Sudah ada {MOST} skenario; hapus dahulu yang tidak perlu.")
    found = perform(engine, connection, of, acts, began, ask)
    values = {**_recorded(found, acts), "name": name, "began": found.began, "acts": dump_json(acts)}
    values |= {"by": actor.username, "at": engine.clock.now()}
    if len(values["acts"]) + len(values["way"]) > LARGEST:
        raise UnkeptScenario("Isian percobaan ini terlalu besar untuk disimpan sebagai skenario.")
    if there is not None:
        return Change((Effect(_REPLACE, {"_key": there, **values}, expect=1),), there)
    new = engine.keys.draw()[0]
    return Change((Effect(_INSERT, {"key": new, "process_id": of.process, **values}),), new)


def accept(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    scenario: int,
    process: str | None = None,
    together: Iterable[int] = (),
    ask: Ask = ask_apart,
) -> Change[int]:
    """From now on a scenario goes where the draft goes now. Raises UnknownDraft, NoProcedure, UnknownScenario, UnkeptScenario, Stopped."""
    of = piece(connection, actor, key, process, together)
    (kept,) = _kept(connection, of, scenario)
    found = perform(engine, connection, of, kept.acts, kept.began, ask)
    values = {"way": _recorded(found, kept.acts)["way"], "by": actor.username, "at": engine.clock.now()}
    return Change((Effect(_ACCEPT, {"_key": scenario, **values}, expect=1),), scenario)


def drop(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    scenario: int,
    process: str | None = None,
) -> Change[None]:
    """Takes a scenario away. Raises UnknownDraft, NoProcedure, UnknownScenario."""
    _kept(connection, piece(connection, actor, key, process), scenario)
    return Change((Effect(_DROP, {"_key": scenario}),), None)


def _recorded(found: Rehearsal, acts: list[dict[str, Any]]) -> dict[str, Any]:
    """What is kept of how it went. Raises UnkeptScenario where it did not go through."""
    if not acts:
        raise UnkeptScenario("Belum ada langkah yang dijalankan; mulai dahulu percobaannya.")
    if found.problems:
        raise UnkeptScenario("Rancangan ini belum dapat dijalankan; perbaiki dahulu.", found.problems)
    if found.fault:
        message = f"Langkah percobaan ke-{found.done + 1} tidak dapat dilakukan: {found.fault['message']}"
        raise UnkeptScenario(message)
    return {"way": dump_json(asdict(_way(found)))}


def _kept(connection: Connection, of: Piece, only: int | None) -> list[Scenario]:
    rows = [row for row in connection.execute(_OF, {"process": of.process}) if only in (None, row.key)]
    if only is not None and not rows:
        raise UnknownScenario
    return [_scenario(row) for row in rows]


def _scenario(row: AnyRow) -> Scenario:
    way = load_json(row.way)
    passed = tuple(Passage(**each) for each in way.pop("passed"))
    recorded = Way(passed, way["state"], way["end"], tuple(way["open"]), way["values"])
    return Scenario(
        row.key, row.process_id, row.name, row.began, load_json(row.acts), recorded, row.by, row.at
    )


_TABLE: Final = RehearsalScenario.__table__
_OF: Final = (
    select(_TABLE)
    .where(RehearsalScenario.process_id == bindparam("process"))
    .order_by(RehearsalScenario.name, RehearsalScenario.key)
)
_COUNT: Final = (
    select(func.count())
    .select_from(RehearsalScenario)
    .where(RehearsalScenario.process_id == bindparam("process"))
)
_NAMED: Final = select(RehearsalScenario.key).where(
    RehearsalScenario.process_id == bindparam("process"), RehearsalScenario.name == bindparam("name")
)
_INSERT: Final = insert(RehearsalScenario)
_HAS: Final = RehearsalScenario.key == bindparam("_key")
_REPLACE: Final = (
    update(RehearsalScenario)
    .where(_HAS)
    .values({name: bindparam(name) for name in ("name", "began", "acts", "way", "by", "at")})
)
_ACCEPT: Final = (
    update(RehearsalScenario).where(_HAS).values({name: bindparam(name) for name in ("way", "by", "at")})
)
_DROP: Final = delete(RehearsalScenario).where(_HAS)
