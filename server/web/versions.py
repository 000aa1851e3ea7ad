"""Riwayat versi: who published what, when and why; earlier versions taken up again; running cases moved to the newest.

A case keeps the version that it began with until somebody moves it; a move can be taken back while the case stands still.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, url_for
from sqlalchemy import Connection, select
from werkzeug.wrappers import Response

from server import authoring, bpmn, errors
from server.engine import Engine, migration, search
from server.engine.migration import Plan
from server.engine.tables import Definition, Deployment, Kind, ProcessInstance, Resource
from server.identity import Actor, Permission, names_of
from server.web import fields
from server.web.office import actor, ask, do
from server.web.pages import pages

SECTION: Final = "web.catalogue"


@dataclass(frozen=True)
class Version:
    """A published version; `cases`: how many the visitor sees under way in it."""

    key: int
    number: int
    name: str
    bidang: str | None
    by: str
    at: datetime
    note: str | None
    tag: str | None
    cases: int


@dataclass(frozen=True)
class Move:
    """What became of a case: `problem` says why it stayed where it was."""

    key: int
    number: str
    problem: str | None


# --- list


@pages.get("/mulai/<process_id>/versi")
def versions(process_id: str) -> str:
    """Every version of a procedure, and what would become of the cases of earlier ones."""
    return told(process_id)


# --- one


@pages.get("/mulai/<process_id>/versi/<int:version>")
def version(process_id: str, version: int) -> str:
    """The picture of a version."""
    found = ask(_every, process_id)
    one = next((each for each in found if each.number == version), None)
    if one is None:
        raise errors.NotFound(f"Versi {version} dari prosedur ini tidak ada.")
    file = ask(search.find_file, one.key)
    return render_template(
        "version.html",
        section=SECTION,
        version=one,
        process_id=process_id,
        picture=bpmn.svg(bpmn.examine(file.body)[0]),
    )


# --- act


@pages.post("/mulai/<process_id>/versi/<int:version>/rancangan")
def reopen_version(process_id: str, version: int) -> Response:
    """Makes a draft of an earlier version."""
    key = do(authoring.reopen, ask(search.version_key, process_id, version))
    return redirect(url_for("web.draft", draft=key), HTTPStatus.SEE_OTHER)


@pages.post("/mulai/<process_id>/versi/<int:version>/pindah")
def move_cases(process_id: str, version: int) -> str:
    """Moves all running cases of a version to the newest; each by itself, and those that cannot stay."""
    source = ask(search.version_key, process_id, version)
    if not actor().may(Permission.MODIFY, ask(_every, process_id)[0].bidang):
        raise errors.Forbidden("Memindahkan perkara ke versi lain hanya untuk pejabat yang berwenang.")
    return told(process_id, moved(process_id, [source]))


@pages.post("/mulai/<process_id>/versi/kembali")
def take_move_back(process_id: str) -> str:
    """Takes the move of one case back, while nothing has happened in it since."""
    case = fields.whole("perkara", "nomor perkara", 1, 2**63 - 1)
    try:
        do(migration.take_back, case)
        problem = "Dikembalikan ke versi semula."
    except errors.Conflict as fault:
        problem = fault.message
    return told(process_id, [Move(case, ask(_number, case), problem)])


def moved(process_id: str, sources: list[int]) -> list[Move]:
    """What becomes of the running cases of these versions, each moved to the newest by itself."""
    target = ask(_every, process_id)[0].key
    found = []
    for source in sources:
        for case in ask(migration.running_cases, source):
            number = ask(_number, case)
            try:
                do(migration.migrate, case, target, {})
            except (errors.Invalid, errors.Conflict, errors.Forbidden) as fault:
                found.append(Move(case, number, fault.message))
            else:
                found.append(Move(case, number, None))
    return found


def earlier_with_cases(process_id: str) -> list[Version]:
    """The versions before the newest in which cases are under way."""
    return [each for each in ask(_every, process_id)[1:] if each.cases]


def told(process_id: str, moves: list[Move] | None = None) -> str:
    """The page, with what has become of cases that were moved."""
    found = ask(_every, process_id)
    if not found:
        raise errors.NotFound("Prosedur ini belum diterbitkan.")
    newest = found[0]
    may_move = actor().may(Permission.MODIFY, newest.bidang)
    plans: dict[int, Plan] = {}
    if may_move:
        plans = {
            each.number: ask(migration.plan, each.key, newest.key, {}) for each in found[1:] if each.cases
        }
    return render_template(
        "versions.html",
        section=SECTION,
        versions=found,
        newest=newest,
        plans=plans,
        moves=moves,
        process_id=process_id,
        may_move=may_move,
        may_change=ask(authoring.may_change, process_id),
    )


def _every(engine: Engine, connection: Connection, who: Actor, process_id: str) -> list[Version]:
    """The newest first."""
    cases = {
        each.definition_key: each.cases for each in migration.versions(engine, connection, who, process_id)
    }
    rows = connection.execute(
        select(
            Definition.key,
            Definition.version,
            Definition.name,
            Definition.bidang,
            Deployment.by,
            Deployment.at,
            Deployment.note,
            Definition.version_tag,
        )
        .join(Resource, Resource.key == Definition.resource_key)
        .join(Deployment, Deployment.key == Resource.deployment_key)
        .where(Definition.kind == Kind.PROCESS, Definition.id == process_id)
        .order_by(Definition.version.desc())
    )
    found = rows.all()
    names = names_of(connection, {row.by for row in found})
    return [
        Version(
            row.key,
            row.version,
            row.name,
            row.bidang,
            names.get(row.by, row.by),
            row.at,
            row.note,
            row.version_tag,
            cases.get(row.key, 0),
        )
        for row in found
    ]


def _number(engine: Engine, connection: Connection, who: Actor, case: int) -> str:
    """What people call a case by."""
    statement = select(ProcessInstance.business_id).where(ProcessInstance.key == case)
    return connection.execute(statement).scalar() or str(case)
