"""Looking at drafts as a deployment would, without publishing: what it would refuse, and what it would let pass with a doubt."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from server import bpmn, errors
from server.authoring import comparing, uses
from server.authoring.drafts import check_size, files_of, row_of
from server.authoring.standing import body_of, book
from server.db import AnyRow
from server.engine import Engine, definitions, trial
from server.engine.tables import Kind
from server.identity import Actor


@dataclass(frozen=True)
class Finding:
    """One thing about a draft: `where` is the id of an element, or the place in a table. `refused`: it keeps the draft from being
    published; otherwise it is a doubt."""

    draft_key: int | None
    message: str
    where: str | None
    line: int | None
    refused: bool


def examine(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    keys: list[int],
    body: bytes | None = None,
    read: trial.Read = trial.read_apart,
) -> list[Finding]:
    """What is found in drafts that would be published together. `body`: what the first of them is about to become.

    Raises UnknownDraft.
    """
    rows = [row_of(connection, actor, key) for key in dict.fromkeys(keys)]
    named = files_of(rows)
    files = {name: bytes(row.body) for name, row in named.items()}
    if body is not None:
        check_size(body)
        files[next(iter(named))] = body
    reading = read(files)
    try:
        refused = definitions.refusals(
            engine, connection, actor, files, lambda _: (reading.heads, reading.problems)
        )
    except errors.Forbidden as fault:
        refused = [errors.Problem(fault.message)]
    of = {name: row.key for name, row in named.items()}
    lost = () if reading.problems else strangers(named, reading.heads)
    doubts = [*reading.doubts, *(() if reading.problems else _missed(engine, connection, named, files))]
    found = [*(_finding(of, each, True) for each in (*refused, *lost))]
    return [*found, *(_finding(of, each, False) for each in doubts)]


def _missed(
    engine: Engine, connection: Connection, named: Mapping[str, AnyRow], files: Mapping[str, bytes]
) -> Iterator[errors.Problem]:
    """What gets lost from what is in force: of forms what procedures would miss, unless they change with them; of procedures that they
    ask for the newest."""
    known, alone = book(connection), all(row.kind != Kind.PROCESS for row in named.values())
    for name, row in named.items():
        standing = known.in_force(row.kind, row.id)
        before = body_of(connection, standing.resource_key) if standing else None
        found: Iterable[errors.Problem] = ()
        if before is not None and row.kind == Kind.FORM and alone:
            found = uses.missed(engine, connection, row.id, before, files[name])
        elif before is not None and row.kind == Kind.PROCESS:
            with suppress(bpmn.Refused):
                found = list(comparing.silenced(before, files[name]))
        yield from (trial.placed(name, each) for each in found)


def strangers(named: Mapping[str, AnyRow], heads: Iterable[trial.Head]) -> Iterator[errors.Problem]:
    """Drafts that no longer hold the definition whose file they are."""
    there = {(head.file, head.kind, head.id) for head in heads}
    for name, row in named.items():
        if (name, row.kind, row.id) not in there:
            word = {Kind.PROCESS: "proses yang dapat dijalankan", Kind.REQUIREMENTS: "berkas keputusan"}
            message = f"Berkas ini harus berisi {word.get(row.kind, 'formulir')} dengan id “{row.id}”; idnya tidak boleh diganti."
            yield errors.Problem(message, name)


def _finding(of: Mapping[str, int], problem: errors.Problem, refused: bool) -> Finding:
    """A problem with the name of its file taken off the place in it."""
    where = problem.where or ""
    name = next((each for each in of if where == each or where.startswith(f"{each}: ")), None)
    inside = where.removeprefix(name).removeprefix(": ") if name else where
    return Finding(of[name] if name else None, problem.message, inside or None, problem.line, refused)
