"""Mulai: the procedures of the office, and the page from which one of them is started."""

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Final

from flask import jsonify, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import authoring, engine, errors, population
from server.bpmn.model import UserTask
from server.engine import Engine, links, search
from server.engine.bundle import Bundle
from server.engine.instances import allow_start, may_name_another, newest_bundle, starts_for_oneself
from server.engine.search import PROCESS_DEFINITIONS, PROCESS_INSTANCES, Item, Query, within
from server.identity import Actor, names_of
from server.personnel.balances import PROCESS as LEAVE
from server.web.office import ask, do, office
from server.web.pages import pages
from server.web.tasks import next_task, sent

EVERY: Final = 1000
FEW: Final = 12
"""So many procedures that one may start stand above all others; who may start more than these finds them by field."""


@dataclass(frozen=True)
class Procedure:
    """A procedure in its newest version. `starter`: the group that begins it; `description`: its first paragraph."""

    id: str
    name: str
    bidang: str | None
    description: str
    starter: str | None
    may_start: bool
    by_hand: bool


@dataclass(frozen=True)
class Way:
    """A procedure with the steps of people, in the book's order, and the form that starts it.

    `for_others`: the visitor may start it in another's name; `for_oneself`: without a name it is theirs; `about_somebody`: each
    case has a person of its own.
    """

    procedure: Procedure
    steps: list[UserTask]
    kelengkapan: list[str]
    form: str | None
    for_others: bool
    for_oneself: bool
    about_somebody: bool
    origin: Item | None
    """The case that this one would be started from."""


@pages.get("/mulai")
def catalogue() -> str:
    """All procedures, by bidang, folded away until they are looked for; those that one may start come first."""
    words, only_mine = request.args.get("cari", "").strip()[:100], request.args.get("saya") == "1"
    found = [each for each in ask(_procedures) if _is_wanted(each, words, only_mine)]
    shelves: dict[str | None, list[Procedure]] = {}
    for each in sorted(found, key=lambda one: (one.bidang or "", not one.may_start, one.name)):
        shelves.setdefault(each.bidang, []).append(each)
    mine = sorted((each for each in found if each.may_start), key=lambda one: one.name)
    asked = bool(words) or only_mine
    return render_template(
        "catalogue.html",
        section="web.catalogue",
        shelves=shelves,
        mine=mine if not asked and len(mine) <= FEW else [],
        folded=not asked,
        words=words,
        only_mine=only_mine,
    )


@pages.get("/mulai/<process_id>")
def procedure(process_id: str) -> str:
    """What a procedure is, what it needs, and how to start it."""
    at = office()
    listed = at.gate.ask(lambda c: population.is_listed(at.engine, c, process_id))
    way = ask(_way, process_id, request.args.get("asal", type=int))
    return render_template(
        "procedure.html",
        section="web.catalogue",
        way=way,
        listed=listed,
        is_leave=process_id == LEAVE,
        chosen=ask(_chosen, request.args.get("untuk", "").strip().lower()),
        may_change=ask(authoring.may_change, process_id),
    )


@pages.post("/mulai/<process_id>")
def begin(process_id: str) -> Response:
    """Starts a case, for oneself or for whom `untuk` names, from the case `asal`; says where to go on."""
    subject = request.args.get("untuk", "").strip().lower() or None
    started = do(engine.start, process_id, sent(), subject, request.args.get("asal", type=int))
    onwards = next_task(started.key, "dimulai") or url_for("web.case", case=started.key, kabar="dimulai")
    response = jsonify(next=onwards)
    response.status_code = HTTPStatus.CREATED
    return response


def _chosen(_engine: Engine, connection: Connection, _who: Actor, username: str) -> tuple[str, str] | None:
    """Whom a link has named already, by username and name."""
    name = names_of(connection, {username}).get(username) if username else None
    return (username, name) if name else None


def _is_wanted(procedure: Procedure, words: str, only_mine: bool) -> bool:
    text = f"{procedure.name} {procedure.description} {procedure.id}".casefold()
    return all(word in text for word in words.casefold().split()) and (procedure.may_start or not only_mine)


def _procedures(engine: Engine, connection: Connection, who: Actor) -> list[Procedure]:
    newest = within(Query(sort=(("name", False),), limit=EVERY), is_latest_version=True)
    found = search.search(engine, connection, who, PROCESS_DEFINITIONS, newest).items
    return [_procedure(engine, connection, who, each) for each in found]


def _procedure(engine: Engine, connection: Connection, who: Actor, definition: Item) -> Procedure:
    row = newest_bundle(connection, definition["process_definition_key"])
    bundle = engine.bundles.get(connection, row.bundle_key)
    documentation = (bundle.process.documentation or "").strip()
    return Procedure(
        id=definition["process_definition_id"],
        name=definition["name"],
        bidang=bundle.bidang,
        description=documentation.split("\n\n")[0],
        starter=bundle.starter.group.text if bundle.starter.group else None,
        may_start=bundle.start_event is not None and _may_start(who, bundle, row),
        by_hand=bundle.start_event is not None,
    )


def _may_start(who: Actor, bundle: Bundle, row: object) -> bool:
    try:
        allow_start(who, bundle, row)  # type: ignore[arg-type]
    except errors.Forbidden:
        return False
    return True


def _way(engine: Engine, connection: Connection, who: Actor, process_id: str, asal: int | None) -> Way:
    row = newest_bundle(connection, process_id)
    definition = search.find(engine, connection, who, PROCESS_DEFINITIONS, row.key)
    bundle = engine.bundles.get(connection, row.bundle_key)
    steps = sorted(
        (each.node for each in bundle.elements.values() if isinstance(each.node, UserTask)), key=_place
    )
    form = search.start_form(engine, connection, who, row.key)
    shown = _procedure(engine, connection, who, definition)
    if asal is not None and shown.by_hand and links.leads(engine, connection, who, asal, process_id):
        shown = replace(shown, may_start=True)
    return Way(
        procedure=shown,
        steps=steps,
        kelengkapan=list(dict.fromkeys(item for step in steps[:1] for item in step.mutu_baku.kelengkapan)),
        form=form.schema if form else None,
        for_others=shown.may_start and may_name_another(who, bundle),
        for_oneself=starts_for_oneself(who, bundle),
        about_somebody=bundle.starter.insider or bundle.starter.subject_first,
        origin=None if asal is None else search.find(engine, connection, who, PROCESS_INSTANCES, asal),
    )


def _place(task: UserTask) -> tuple[int, str]:
    row = task.mutu_baku.langkah or ""
    return (int(row) if row.isdecimal() else 10**6, task.id)
