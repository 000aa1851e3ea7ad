"""Kotak tugas: the tasks that wait for somebody, the most urgent first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import engine, errors
from server.engine import Engine, search
from server.engine.search import INBOX, AnyOf, Condition, Found, Query, Where
from server.identity import Actor, names_of
from server.web.applicants import with_applicants
from server.web.fields import ticked
from server.web.office import actor, ask, do
from server.web.pages import pages
from server.web.problems import wants_fragment
from server.web.searching import mentions

PAGE: Final = 25
OPEN: Final = (Where("state", "eq", "CREATED"),)
SORTS: Final = {
    "tenggat": ("Tenggat terdekat", ("due_date", False)),
    "terbaru": ("Terbaru", ("creation_date", True)),
    "terlama": ("Paling lama menunggu", ("creation_date", False)),
    "nomor": ("Nomor perkara", ("business_id", False)),
}


@dataclass(frozen=True)
class Shelf:
    """One way to look at one's tasks. `nothing`: what an empty one says."""

    id: str
    label: str
    nothing: str
    holds: Callable[[Actor, datetime], tuple[Condition, ...]]


def _mine(who: Actor, now: datetime) -> tuple[Condition, ...]:
    return (Where("assignee", "eq", who.username),)


def _free(who: Actor, now: datetime) -> tuple[Condition, ...]:
    return (Where("assignee", "exists", False),)


def _workable(who: Actor, now: datetime) -> tuple[Condition, ...]:
    return (AnyOf((_mine(who, now), _free(who, now))),)


def _late(who: Actor, now: datetime) -> tuple[Condition, ...]:
    return (*_workable(who, now), Where("due_date", "lt", now))


def _held(who: Actor, now: datetime) -> tuple[Condition, ...]:
    return (Where("assignee", "exists", True), Where("assignee", "neq", who.username))


SHELVES: Final = (
    Shelf(
        "perlu",
        "Perlu dikerjakan",
        "Tidak ada tugas yang menunggu Anda. Yang baru muncul di sini dengan sendirinya.",
        _workable,
    ),
    Shelf("saya", "Saya pegang", "Anda tidak sedang memegang tugas. Lihat “Belum diambil”.", _mine),
    Shelf("bebas", "Belum diambil", "Semua tugas peran Anda sudah ada pemegangnya.", _free),
    Shelf("terlambat", "Terlambat", "Tidak ada yang terlambat.", _late),
    Shelf("rekan", "Dipegang rekan", "Tidak ada tugas peran Anda yang dipegang orang lain.", _held),
)


@dataclass(frozen=True)
class Around:
    """What stands around the list. `counts`: of each shelf; `procedures`: to choose from, by id."""

    counts: dict[str, int]
    procedures: dict[str, str]


@pages.get("/tugas")
def inbox() -> str:
    """One's tasks, or only their list where only that is refreshed."""
    shelf = next((each for each in SHELVES if each.id == request.args.get("rak")), SHELVES[0])
    alone = wants_fragment()
    found, names = ask(_list, shelf)
    return render_template(
        "_inbox.html" if alone else "inbox.html",
        section="web.inbox",
        found=found,
        names=names,
        around=None if alone else ask(_around),
        shelf=shelf,
        shelves=SHELVES,
        sorts=SORTS,
        asked={name: request.args.get(name, "") for name in ("cari", "prosedur", "tempo", "urut")},
        me=actor().username,
        page=max(request.args.get("hal", 1, type=int), 1),
        page_size=PAGE,
    )


@pages.post("/tugas/ambil")
def claim_many() -> Response:
    """Takes each of the tasks that were ticked; those that somebody else was quicker with stay theirs."""
    lost = 0
    for task in ticked("tugas", PAGE):
        try:
            do(engine.assign, task, actor().username, False)
        except (errors.Conflict, errors.NotFound, errors.Forbidden):
            lost += 1
    told = "sebagian" if lost else "diambil"
    return redirect(url_for("web.inbox", rak="saya", kabar=told), HTTPStatus.SEE_OTHER)


def _list(engine: Engine, connection: Connection, who: Actor, shelf: Shelf) -> tuple[Found, dict[str, str]]:
    """A page of a shelf, and the names of those who hold something on it."""
    now = engine.clock.now()
    asked = (*OPEN, *shelf.holds(who, now), *_asked_for(now))
    found = search.search(engine, connection, who, INBOX, replace(_page(), conditions=asked))
    shown = replace(found, items=with_applicants(connection, found.items))
    people = {name for each in found.items for name in (each["assignee"], *each["candidate_user"])}
    return shown, names_of(connection, people)


def _around(engine: Engine, connection: Connection, who: Actor) -> Around:
    now = engine.clock.now()
    counts = {
        each.id: search.count(connection, who, INBOX, (*OPEN, *each.holds(who, now))) for each in SHELVES
    }
    return Around(counts, search.procedures_offering(connection, who, OPEN))


def _page() -> Query:
    _, sort = SORTS.get(request.args.get("urut", ""), SORTS["tenggat"])
    number = min(max(request.args.get("hal", 1, type=int), 1), 400)
    return Query(sort=(sort,), limit=PAGE, offset=(number - 1) * PAGE)


def _asked_for(now: datetime) -> tuple[Condition, ...]:
    """The filters of the page's form."""
    conditions: list[Condition] = []
    if words := request.args.get("cari", "").strip()[:100]:
        conditions.append(mentions(words, "name", "process_name", "number", "applicant"))
    if process := request.args.get("prosedur", ""):
        conditions.append(Where("process_definition_id", "eq", process))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"hari": 1, "minggu": 7}.get(request.args.get("tempo", ""))
    if days:
        conditions.append(Where("due_date", "lt", midnight + timedelta(days=days)))
    return tuple(conditions)
