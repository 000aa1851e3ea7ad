"""Perkara: the cases that one may see, and one of them whole."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import bpmn, engine, errors, notify, tracking
from server.bpmn.model import Activity, UserTask
from server.db import Change, load_json
from server.engine import Engine, links, search
from server.engine.bundle import Bundle
from server.engine.search import (
    CASES,
    DECISION_INSTANCES,
    ELEMENT_INSTANCES,
    INCIDENTS,
    USER_TASKS,
    VARIABLES,
    Condition,
    Found,
    Item,
    Query,
    Where,
    within,
)
from server.identity import Actor, Permission, names_of
from server.web import fields, filters
from server.web.applicants import with_applicants
from server.web.facts import Facts, facts_of
from server.web.history import Line, history_of
from server.web.letters import letter_titles, letters_of_case
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.papers import Paper, papers_of
from server.web.problems import wants_fragment
from server.web.searching import mentions
from server.web.tasks import FRESH, Again, form_labels

Answer = Response | tuple[str, int]
PAGE: Final = 25
MOST: Final = 1000
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "ACTIVE": ("Berjalan", "active"),
    "SUSPENDED": ("Dihentikan sementara", "stopped"),
    "COMPLETED": ("Selesai", "done"),
    "TERMINATED": ("Dibatalkan", "over"),
}
FILLS: Final = {"now": "#ffe08a", "failed": "#ffc9c4", "done": "#cfeeda"}


class NoReason(errors.Invalid):
    def __init__(self) -> None:
        super().__init__("Tulis alasannya; riwayat perkara menyimpannya.")


@dataclass(frozen=True)
class Step:
    """One task of the case, with how long it took in working time; `standard`: what the SOP allows it."""

    name: str
    number: str | None
    state: str
    who: str | None
    group: str | None
    began: datetime
    ended: datetime | None
    took: timedelta | None
    standard: str | None
    late: bool
    key: int

    @property
    def look(self) -> str:
        return {"CREATED": "is-now", "COMPLETED": "is-done"}.get(self.state, "")


@dataclass(frozen=True)
class Ahead:
    """A step of the procedure that the case has not come to, and perhaps never will."""

    name: str
    number: str | None


@dataclass(frozen=True)
class File:
    """A case whole, as its page shows it."""

    case: Item
    drawing: str
    now: str | None
    """Where on it the case stands, or first of all."""
    steps: list[Step]
    ahead: list[Ahead]
    facts: Facts
    decisions: list[Item]
    incidents: list[Item]
    history: list[Line]
    papers: list[Paper]
    comments: list[Item]
    is_open: bool
    may_cancel: bool
    may_suspend: bool
    names: dict[str, str]
    origin: list[Item]
    """The case that it was started from, where one may see that."""
    begun: list[Item]
    """Those that were started from it."""


@pages.get("/perkara")
def cases() -> str:
    """The cases that one may see, the newest first."""
    state, words = request.args.get("keadaan", ""), request.args.get("cari", "").strip()[:100]
    conditions: list[Condition] = [Where("state", "eq", state)] if state in STATES else []
    conditions += _of_monitoring()
    if request.args.get("saya") == "1":
        conditions.append(Where("subject", "eq", actor().username))
    if words:
        conditions.append(
            mentions(words, "business_id", "process_definition_name", "applicant", variables="variables")
        )
    number = min(max(request.args.get("hal", 1, type=int), 1), 400)
    asked = Query(tuple(conditions), (("start_date", True),), PAGE, (number - 1) * PAGE)
    return render_template(
        "_cases.html" if wants_fragment() else "cases.html",
        section="web.cases",
        found=ask(_listed, asked),
        states=STATES,
        state=state,
        words=words,
        only_mine=request.args.get("saya") == "1",
        page=number,
        page_size=PAGE,
    )


def _of_monitoring() -> list[Condition]:
    """What a number of Pantauan leads to: the cases of a procedure, those that ended on some days."""
    found: list[Condition] = []
    process = request.args.get("prosedur", "")
    if process and process.isprintable():
        found.append(Where("process_definition_id", "eq", process))
    zone = office().engine.clock.zone
    for name, operator, later in (("dari", "gte", 0), ("sampai", "lt", 1)):
        with suppress(ValueError, OverflowError):
            day = date.fromisoformat(request.args.get(name, "")) + timedelta(days=later)
            found.append(Where("end_date", operator, datetime.combine(day, time(), zone)))
    return found


def _listed(engine: Engine, connection: Connection, who: Actor, asked: Query) -> Found:
    found = search.search(engine, connection, who, CASES, asked)
    return replace(found, items=with_applicants(connection, found.items))


@pages.get("/perkara/<key:case>")
def case(case: int) -> str:
    """One case."""
    return shown(case)


def shown(case: int, again: Again = FRESH) -> str:
    """The page; `again`: after something on it was refused."""
    return render_template(
        "case.html",
        section="web.cases",
        file=ask(_file, case),
        states=STATES,
        again=again,
        application=ask(tracking.request_or_none, case),
        case_letters=letters_of_case(case),
        letter_titles=letter_titles(),
    )


@pages.post("/perkara/<key:case>/batal")
def cancel_case(case: int) -> Answer:
    """Ends a case before its time."""
    return _act(case, engine.cancel, "batal", "dibatalkan")


@pages.post("/perkara/<key:case>/henti")
def suspend_case(case: int) -> Answer:
    """Stops a case for a while."""
    return _act(case, engine.suspend, "henti", "dihentikan")


@pages.post("/perkara/<key:case>/lanjut")
def resume_case(case: int) -> Answer:
    """Lets it go on."""
    return _act(case, engine.resume, "lanjut", "dilanjutkan")


def _act(case: int, verb: Callable[..., Change[None]], place: str, notice: str) -> Answer:
    """Does something to a case, with the reason that its history keeps."""
    ask(search.find, CASES, case)
    reason = request.form.get("alasan", "").strip()
    try:
        if not reason:
            raise NoReason
        do(verb, case, reason)
    except errors.Invalid as refusal:
        return shown(case, Again({place: refusal.message}, {place: reason})), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("web.case", case=case, kabar=notice), HTTPStatus.SEE_OTHER)


def _file(engine: Engine, connection: Connection, who: Actor, key: int) -> File:
    (item,) = with_applicants(connection, [search.find(engine, connection, who, CASES, key)])
    bundle = engine.bundles.get(connection, item["bundle_key"])

    def of_case(listing: Any, *conditions: Condition, limit: int = MOST) -> list[Item]:
        asked = within(Query(conditions, (), limit), process_instance_key=key)
        return list(search.search(engine, connection, who, listing, asked).items)

    tasks = of_case(USER_TASKS)
    values = {
        each["name"]: load_json(each["value"]) for each in of_case(VARIABLES, Where("scope_key", "eq", key))
    }
    open_ = item["state"] in ("ACTIVE", "SUSPENDED") and item["parent_process_instance_key"] is None
    comments = notify.comments_of(engine, connection, who, key)
    known = {each["assignee"] for each in tasks} | {each["by"] for each in comments}
    names = names_of(connection, {item["started_by"], *known})
    steps = [
        _step(engine, each, bundle, names) for each in sorted(tasks, key=lambda one: one["creation_date"])
    ]
    passages = of_case(ELEMENT_INSTANCES)
    return File(
        case=item,
        drawing=_drawing(engine, connection, who, item, passages, steps, tasks),
        now=next((each["element_id"] for each in passages if each["state"] == "ACTIVE"), None),
        steps=steps,
        ahead=_ahead(bundle, {each["element_id"] for each in tasks}) if open_ else [],
        facts=facts_of(bundle, values, form_labels(engine, connection, who, bundle)),
        decisions=of_case(DECISION_INSTANCES, limit=20),
        incidents=of_case(INCIDENTS, Where("state", "eq", "ACTIVE")),
        history=history_of(engine, connection, who, key, bundle),
        papers=papers_of(engine, connection, who, key),
        comments=comments,
        is_open=item["state"] in ("ACTIVE", "SUSPENDED"),
        may_cancel=open_
        and (who.may(Permission.CANCEL, bundle.bidang) or item["started_by"] == who.username),
        may_suspend=open_ and who.may(Permission.CANCEL, bundle.bidang),
        names=names,
        origin=[search.find(engine, connection, who, CASES, one) for one in _origin(connection, who, key)],
        begun=[
            search.find(engine, connection, who, CASES, one) for one in links.begun_from(connection, who, key)
        ],
    )


def _origin(connection: Connection, who: Actor, key: int) -> list[int]:
    found = links.origin_of(connection, who, key)
    return [] if found is None else [found]


def _step(engine: Engine, task: Item, bundle: Bundle, names: Mapping[str, str]) -> Step:
    node = bundle.elements[task["element_id"]].node
    assert isinstance(node, Activity)
    ended, due = task["completion_date"], task["due_date"]
    return Step(
        name=task["name"],
        number=node.mutu_baku.langkah,
        state=task["state"],
        who=names.get(task["assignee"] or ""),
        group=task["candidate_group"],
        began=task["creation_date"],
        ended=ended,
        took=engine.calendar.worked(task["creation_date"], ended or engine.clock.now(), bundle.bidang),
        standard=filters.duration(node.mutu_baku.waktu),
        late=due is not None and (ended or engine.clock.now()) > due,
        key=task["user_task_key"],
    )


def _ahead(bundle: Bundle, reached: set[str]) -> list[Ahead]:
    nodes = [each.node for each in bundle.elements.values() if isinstance(each.node, UserTask)]
    rest = [Ahead(node.name or node.id, node.mutu_baku.langkah) for node in nodes if node.id not in reached]
    return sorted(rest, key=lambda one: (_number(one.number), one.name))


def _number(text: str | None) -> int:
    """Of a row of the SOP; tasks without one come last."""
    found = fields.number(text or "")
    return 10**6 if found is None else found


def _drawing(
    engine: Engine,
    connection: Connection,
    who: Actor,
    case: Item,
    passages: list[Item],
    steps: list[Step],
    tasks: list[Item],
) -> str:
    """The diagram, coloured by where the case stands and has been; each task tells on hovering who did it and when."""
    looks: dict[str, str] = {}
    for each in passages:
        look = "failed" if each["has_incident"] else "now" if each["state"] == "ACTIVE" else "done"
        if look != "done" or each["element_id"] not in looks:
            looks[each["element_id"]] = look
    elements = {each["user_task_key"]: each["element_id"] for each in tasks}
    tips = {elements[step.key]: _tip(step) for step in steps}
    body = search.find_file(engine, connection, who, case["process_definition_key"]).body
    diagram, _ = bpmn.examine(body)
    drawn = diagram if diagram.planes else bpmn.lay_out(diagram)
    return bpmn.svg(drawn, {element: FILLS[look] for element, look in looks.items()}, tips)


def _tip(step: Step) -> str:
    if step.state == "COMPLETED" and step.ended and step.took is not None:
        return f"Selesai oleh {step.who or 'sistem'}, {filters.moment(step.ended)}, dalam {filters.span(step.took)}"
    if step.state == "CREATED":
        return f"Menunggu {step.who or 'pemegang peran'} sejak {filters.moment(step.began)}"
    return "Dibatalkan"
