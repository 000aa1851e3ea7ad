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
from server.engine.bundle import Bundle, lane_role
from server.engine.search import (
    CASES,
    DECISION_INSTANCES,
    ELEMENT_INSTANCES,
    INBOX,
    INCIDENTS,
    PROCESS_DEFINITIONS,
    USER_TASKS,
    VARIABLES,
    Condition,
    Found,
    Item,
    OpenTask,
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
TROUBLE: Final[Mapping[str, str]] = {"lewat": "Lewat tenggat", "gangguan": "Ada gangguan"}
"""What else may be asked of a case that runs, besides its state."""
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
    """A step of the procedure that the case has not come to, and perhaps never will. `role`: who would do it."""

    name: str
    number: str | None
    role: str | None
    standard: str | None


@dataclass(frozen=True)
class File:
    """A case whole, as its page shows it."""

    case: Item
    drawing: str
    now: str | None
    """Where on it the case stands, or first of all."""
    waiting: list[OpenTask]
    """What somebody has to do before it goes on, in it or in a case that it has called."""
    offered: set[int]
    """Those of them that the visitor may do."""
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
    may_resolve: bool
    sees_figures: bool
    """Whether its procedure's page of Pantauan is open to the visitor."""
    names: dict[str, str]
    origin: list[Item]
    """The case that it was started from, where one may see that."""
    begun: list[Item]
    """Those that were started from it."""
    caller: list[Item]
    """The case that has called it as a part of itself, where one may see that."""
    called: list[Item]
    """Those that it has called."""


@dataclass(frozen=True)
class Listed:
    """A page of cases. `waiting`: where each of them stands; `names`: of those who have something to do there."""

    found: Found
    waiting: dict[int, list[OpenTask]]
    names: dict[str, str]


@pages.get("/perkara")
def cases() -> str:
    """The cases that one may see, the newest first."""
    state, words = request.args.get("keadaan", ""), request.args.get("cari", "").strip()[:100]
    conditions = [*_in_state(state), *_of_monitoring()]
    if request.args.get("saya") == "1":
        conditions.append(Where("subject", "eq", actor().username))
    if words:
        conditions.append(
            mentions(words, "number", "process_definition_name", "applicant", variables="variables")
        )
    number = min(max(request.args.get("hal", 1, type=int), 1), 400)
    asked = Query(tuple(conditions), (("start_date", True),), PAGE, (number - 1) * PAGE)
    alone = wants_fragment()
    return render_template(
        "_cases.html" if alone else "cases.html",
        section="web.cases",
        listed=ask(_listed, asked),
        states=STATES,
        trouble=TROUBLE,
        procedures={} if alone else ask(_procedures),
        asked={
            name: request.args.get(name, "")
            for name in ("cari", "keadaan", "prosedur", "saya", "dari", "sampai")
        },
        page=number,
        page_size=PAGE,
    )


def _in_state(state: str) -> list[Condition]:
    running = Where("state", "in", ["ACTIVE", "SUSPENDED"])
    if state == "lewat":
        return [running, Where("open_task_due", "lt", office().engine.clock.now())]
    if state == "gangguan":
        return [running, Where("has_incident", "eq", True)]
    return [Where("state", "eq", state)] if state in STATES else []


def _of_monitoring() -> list[Condition]:
    """The cases of a procedure, and those that ended on some days, as numbers of Pantauan lead to."""
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


def _listed(engine: Engine, connection: Connection, who: Actor, asked: Query) -> Listed:
    found = search.search(engine, connection, who, CASES, asked)
    running = [
        each["process_instance_key"] for each in found.items if each["state"] in ("ACTIVE", "SUSPENDED")
    ]
    waiting = search.open_tasks(connection, who, running) if running else {}
    holders = {task.assignee for tasks in waiting.values() for task in tasks if task.assignee}
    shown = replace(found, items=with_applicants(connection, found.items))
    return Listed(shown, waiting, names_of(connection, holders))


def _procedures(engine: Engine, connection: Connection, who: Actor) -> dict[str, str]:
    """To choose from: names by id."""
    newest = within(Query(sort=(("name", False),), limit=MOST), is_latest_version=True)
    found = search.search(engine, connection, who, PROCESS_DEFINITIONS, newest).items
    return {each["process_definition_id"]: each["name"] for each in found}


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
    waiting = search.open_tasks(connection, who, [key]).get(key, []) if item["end_date"] is None else []
    names = names_of(connection, {item["started_by"], *known, *(each.assignee for each in waiting)})
    steps = [
        _step(engine, each, bundle, names) for each in sorted(tasks, key=lambda one: one["creation_date"])
    ]
    passages = of_case(ELEMENT_INSTANCES)
    return File(
        case=item,
        drawing=_drawing(engine, connection, who, item, passages, steps, tasks),
        now=next((each["element_id"] for each in passages if each["state"] == "ACTIVE"), None),
        waiting=waiting,
        offered=_offered(engine, connection, who, waiting),
        steps=steps,
        ahead=_ahead(engine, bundle, {each["element_id"] for each in tasks}) if open_ else [],
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
        may_resolve=who.may(Permission.RESOLVE, bundle.bidang),
        sees_figures=not bundle.confidential
        and (Permission.SEE_ALL in who.permissions or bundle.bidang in who.sees),
        names=names,
        origin=[search.find(engine, connection, who, CASES, one) for one in _origin(connection, who, key)],
        begun=[
            search.find(engine, connection, who, CASES, one) for one in links.begun_from(connection, who, key)
        ],
        caller=_cases(engine, connection, who, process_instance_key=item["parent_process_instance_key"])
        if item["parent_process_instance_key"]
        else [],
        called=_cases(engine, connection, who, parent_process_instance_key=key),
    )


def _cases(engine: Engine, connection: Connection, who: Actor, **kept: object) -> list[Item]:
    asked = within(Query(sort=(("start_date", False),)), **kept)
    return list(search.search(engine, connection, who, CASES, asked).items)


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


def _offered(engine: Engine, connection: Connection, who: Actor, waiting: list[OpenTask]) -> set[int]:
    asked = within(Query(), user_task_key=[each.key for each in waiting], state="CREATED")
    found = search.search(engine, connection, who, INBOX, asked).items if waiting else ()
    return {each["user_task_key"] for each in found if each["assignee"] in (None, who.username)}


def _ahead(engine: Engine, bundle: Bundle, reached: set[str]) -> list[Ahead]:
    nodes = [each.node for each in bundle.elements.values() if isinstance(each.node, UserTask)]
    rest = [_step_ahead(engine, bundle, node) for node in nodes if node.id not in reached]
    return sorted(rest, key=lambda one: (_number(one.number), one.name))


def _step_ahead(engine: Engine, bundle: Bundle, node: UserTask) -> Ahead:
    role = lane_role(bundle.process, node.id, engine.roles)
    row = node.mutu_baku
    return Ahead(node.name or node.id, row.langkah, role.nama if role else None, filters.duration(row.waktu))


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
