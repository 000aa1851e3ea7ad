"""Terbitkan: what a draft changes, what keeps it from being published, and the sentence that is kept with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import authoring, bpmn, errors
from server.authoring import Chosen, Comparison, Finding, Opened, scenarios, uses
from server.engine import Engine, migration, trial
from server.engine.instances import newest_bundle
from server.engine.tables import Kind
from server.gate import status_of
from server.identity import Actor, Permission
from server.web import fields, versions
from server.web.comparing import WORDS as WORDS_OF_CHANGES
from server.web.comparing import compared
from server.web.drafts import SECTION, WORDS
from server.web.office import actor, ask, do, office
from server.web.pages import pages

LONGEST_NOTE: Final = authoring.LONGEST_NOTE


@dataclass(frozen=True)
class Base:
    """What is in force: by whom, when and with which words it was published."""

    key: int
    by: str
    at: datetime
    note: str | None


@dataclass(frozen=True)
class Place:
    """A step at which running cases stand; `stays`: the draft has it still."""

    name: str
    cases: int
    stays: bool


@pages.get("/rancangan/<key:draft>/terbit")
def publishing(draft: int) -> str:
    """What would be published, and what stands against it."""
    return _page(draft)


@pages.post("/rancangan/<key:draft>/terbit")
def publish(draft: int) -> Response | tuple[str, int]:
    """Publishes the draft, and those that were ticked with it; whole or not at all."""
    try:
        opened = ask(authoring.find, draft)
        chosen = [_chosen(draft, fields.whole("revisi", "nomor revisi", 1, 2**31 - 1))]
        chosen += [_chosen(key, revision) for key, revision in _ticked()]
        do(authoring.publish, chosen, fields.text("catatan"))
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(draft, refusal), status_of(refusal)
    if opened.kind != Kind.PROCESS:
        return redirect(url_for("web.drafts", kabar="rancangan-terbit"), HTTPStatus.SEE_OTHER)
    if fields.text("perkara") == "pindah":
        sources = [each.key for each in versions.earlier_with_cases(opened.id)]
        return versions.told(opened.id, versions.moved(opened.id, sources)), HTTPStatus.OK
    where = "web.versions" if versions.earlier_with_cases(opened.id) else "web.procedure"
    return redirect(url_for(where, process_id=opened.id, kabar="diterbitkan"), HTTPStatus.SEE_OTHER)


def _ticked() -> Iterator[tuple[int, int]]:
    """Key and revision of the drafts that are to be published with this one."""
    for text in request.form.getlist("bersama"):
        key, revision = map(fields.number, text.partition(":")[::2])
        if key is not None and revision is not None:
            yield key, revision


def _chosen(key: int, revision: int) -> Chosen:
    return Chosen(key, revision, fields.number(fields.text(f"dibandingkan-{key}")))


def _page(draft: int, refusal: errors.OfficeError | None = None) -> str:
    opened = ask(authoring.find, draft)
    together = {key for key, _ in _ticked()}
    others = [each for each in ask(authoring.search) if each.key != draft]
    related = ask(authoring.related, draft) | together
    found = ask(_found, opened, [each.key for each in others if each.key in together])
    return render_template(
        "publishing.html",
        section=SECTION,
        draft=opened,
        base=ask(_base, opened),
        comparison=_comparison(opened),
        words=WORDS_OF_CHANGES,
        fates=ask(_fates, opened) if opened.kind == Kind.PROCESS and opened.in_force else [],
        may_move=actor().may(Permission.MODIFY, next(iter(opened.bidang), None)),
        scenarios=_scenarios(opened),
        others=sorted(others, key=lambda each: each.key not in related),
        related=related,
        together=together,
        found=found,
        refused=[each for each in found if each.refused],
        refusal=refusal,
        note=request.form.get("catatan", ""),
        kind_words=WORDS,
        longest=LONGEST_NOTE,
        uses=office().gate.ask(lambda c: uses.uses(office().engine, c, opened.kind, opened.id)),
    )


def _scenarios(opened: Opened) -> int:
    return office().gate.ask(lambda c: scenarios.count(c, opened.id)) if opened.kind == Kind.PROCESS else 0


def _found(
    engine: Engine, connection: Connection, who: Actor, opened: Opened, together: list[int]
) -> list[Finding]:
    return authoring.examine(engine, connection, who, [opened.key, *together], None, trial.read_apart)


def _comparison(opened: Opened) -> Comparison | None:
    """What a procedure's draft changes; None where nothing is in force, or one of the two cannot be read."""
    if opened.kind != Kind.PROCESS or opened.in_force is None:
        return None
    return compared(ask(_body, opened.in_force.resource_key), opened.body)


def _body(engine: Engine, connection: Connection, who: Actor, resource_key: int) -> bytes:
    return authoring.body_of(connection, resource_key)


def _fates(engine: Engine, connection: Connection, who: Actor, opened: Opened) -> list[Place]:
    """Where running cases stand, of all versions; and whether the draft still has that step, of the same kind."""
    try:
        processes = bpmn.examine(opened.body)[0].processes
    except bpmn.Refused:
        return []
    there = {node.id: type(node) for each in processes if each.id == opened.id for node in each.every_node()}
    found: dict[str, Place] = {}
    for version in migration.versions(engine, connection, who, opened.id):
        if not version.cases:
            continue
        elements = engine.bundles.get(
            connection, newest_bundle(connection, version.definition_key).bundle_key
        ).elements
        for element_id, cases in migration.live_elements(engine, connection, who, version.definition_key):
            known = elements[element_id]
            stays = there.get(element_id) is type(known.node)
            before = found.get(element_id, Place(known.name, 0, stays))
            found[element_id] = Place(known.name, before.cases + cases, stays)
    return list(found.values())


def _base(engine: Engine, connection: Connection, who: Actor, opened: Opened) -> Base | None:
    if opened.in_force is None:
        return None
    row = authoring.published(connection, [opened.in_force.resource_key])[opened.in_force.resource_key]
    return Base(row.key, row.by, row.at, row.note)
