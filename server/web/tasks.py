"""A task: what is to be done, what for, and the form to do it with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from flask import jsonify, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import engine, errors, notify, tracking
from server.bpmn.model import Activity, MutuBaku
from server.db import load_json
from server.engine import Engine, links, may_take_back, search, successors
from server.engine.bundle import Bundle
from server.engine.instances import newest_bundle, numbers_of
from server.engine.search import (
    DECISION_INSTANCES,
    INBOX,
    PROCESS_INSTANCES,
    USER_TASKS,
    Item,
    Query,
    Unseen,
    Where,
    within,
)
from server.identity import Actor, Permission, names_of
from server.letters import documents, templates
from server.web.facts import Facts, facts_of, labels_of
from server.web.history import Line, history_of
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.papers import Paper, papers_of

MOST: Final = 300
DECISIONS: Final = 20


@dataclass(frozen=True)
class Again:
    """A page that is shown again: what is wrong, by the name of its place, what was typed, and files that were refused."""

    problems: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    refused: Sequence[str] = ()


FRESH: Final = Again()


@dataclass(frozen=True)
class Desk:
    """All that lies before a person who works on a task. `values`: what the form begins with; `offered`: to this person."""

    task: Item
    number: str
    """Of its case, or of the one that called it, as people know it."""
    row: MutuBaku
    documentation: str | None
    form: str | None
    values: dict[str, Any]
    facts: Facts
    decisions: list[Item]
    history: list[Line]
    names: dict[str, str]
    offered: bool
    papers: list[Paper]
    comments: list[Item]
    may_comment: bool
    successors: dict[str, str]
    may_give_back: bool
    may_take_back: bool
    case_is_visible: bool
    links: dict[str, str]
    """The procedures that the step's remark names: id → name."""


@pages.get("/tugas/<key:task>")
def task(task: int) -> str:
    """The task's page; one that is over is shown as it was left."""
    return shown(task)


def shown(task: int, again: Again = FRESH) -> str:
    """The page; `again`: after something on it was refused."""
    desk = ask(_desk, task)
    application = ask(tracking.request_or_none, desk.task["process_instance_key"])
    at_counter = application is not None and (
        application.loket == desk.task["candidate_group"] or application.subject == actor().username
    )
    do(notify.mark_task_read, task)
    return render_template(
        "task.html",
        section="web.inbox",
        desk=desk,
        task=desk.task,
        me=actor().username,
        again=again,
        application=application if at_counter else None,
        case_letters=ask(documents.of_case, desk.task["process_instance_key"])
        if desk.case_is_visible
        else None,
        letter_titles=templates(office().config.letter_templates).titles,
    )


@pages.post("/tugas/<key:task>/ambil")
def claim(task: int) -> Response:
    """Makes the task one's own."""
    do(engine.assign, task, actor().username, False)
    return redirect(url_for("web.task", task=task, kabar="diambil"), HTTPStatus.SEE_OTHER)


@pages.post("/tugas/<key:task>/konsep")
def keep_draft(task: int) -> tuple[str, int]:
    """Keeps what was typed so far."""
    do(engine.save_draft, task, sent())
    return "", HTTPStatus.NO_CONTENT


@pages.post("/tugas/<key:task>/selesai")
def complete(task: int) -> Response:
    """Completes the task; says where to go on. What is in doubt must be sent again, with `yakin`."""
    case, values = ask(search.find, USER_TASKS, task)["process_instance_key"], sent()
    if "yakin" not in request.args and (doubts := ask(_doubts, task, values)):
        return jsonify(doubts=[{"where": each.where, "message": each.message} for each in doubts])
    do(engine.complete, task, values)
    return jsonify(next=next_task(case, "selesai") or url_for("web.inbox", kabar="selesai"))


def _doubts(
    at: Engine, connection: Connection, who: Actor, task: int, values: Mapping[str, Any]
) -> tuple[errors.Problem, ...]:
    """Of values that would be taken; those that are refused, and tasks that are over, completing tells of."""
    try:
        return engine.doubts(at, connection, who, task, values)
    except errors.OfficeError:
        return ()


def sent() -> dict[str, Any]:
    """The values of a form, as its script sends them: numbers without loss. Raises Invalid."""
    try:
        values = load_json(request.get_data())
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise errors.Invalid("Isian tidak dapat dibaca. Muat ulang halaman, lalu kirim lagi.")
    return values


def next_task(case: int, notice: str | None = None) -> str | None:
    """The address of a task of the same case that waits for the caller."""
    found = waiting_task(case)
    return url_for("web.task", task=found, kabar=notice) if found else None


def waiting_task(case: int) -> int | None:
    """A task of the case that waits for the caller."""
    waiting = Query((Where("state", "eq", "CREATED"),), (("creation_date", False),), 1)
    found = ask(search.search, INBOX, within(waiting, process_instance_key=case)).items
    return found[0]["user_task_key"] if found else None


def form_labels(engine: Engine, connection: Connection, who: Actor, bundle: Bundle) -> Mapping[str, Any]:
    """The fields of all forms of a procedure, by the variable that they write."""
    forms = [bundle.start_form, *(element.form for element in bundle.elements.values())]
    known = [form for form in forms if form is not None]
    written = [form.written for form in known if form.written]
    filed = [search.find_form(engine, connection, who, form.key).schema for form in known if form.key]
    return labels_of(iter([*filed, *written]))


def _desk(engine: Engine, connection: Connection, who: Actor, key: int) -> Desk:
    task = search.find(engine, connection, who, USER_TASKS, key)
    case, bundle = task["process_instance_key"], engine.bundles.get(connection, task["bundle_key"])
    node = bundle.elements[task["element_id"]].node
    assert isinstance(node, Activity)
    form = search.task_form(engine, connection, who, key)
    seen = search.task_variables(engine, connection, who, key, Query(limit=MOST), innermost=True).items
    values = {each["name"]: load_json(each["value"]) for each in seen}
    evaluated = within(Query(sort=(("evaluation_date", True),), limit=DECISIONS), process_instance_key=case)
    offered = within(Query(limit=1), user_task_key=key)
    comments = notify.comments_of(engine, connection, who, case)
    people = {task["assignee"], *task["candidate_user"], *(each["by"] for each in comments)}
    open_ = task["state"] == "CREATED"
    theirs = task["assignee"] == who.username or who.may(Permission.ASSIGN, bundle.bidang)
    root = task["root_process_instance_key"]
    for_several = task["candidate_group"] is not None or bool(task["candidate_user"])
    return Desk(
        task=task,
        number=task["business_id"] or numbers_of(connection, [root]).get(root) or str(case),
        row=node.mutu_baku,
        documentation=node.documentation,
        form=form.schema if form else None,
        values=values | dict(search.draft_of(engine, connection, who, key)),
        facts=facts_of(bundle, values, form_labels(engine, connection, who, bundle)),
        decisions=list(search.search(engine, connection, who, DECISION_INSTANCES, evaluated).items),
        history=history_of(engine, connection, who, case, bundle),
        names=names_of(connection, people),
        offered=bool(search.search(engine, connection, who, INBOX, offered).items),
        papers=papers_of(engine, connection, who, case),
        comments=comments,
        may_comment=task["case_state"] in ("ACTIVE", "SUSPENDED"),
        successors=successors(engine, connection, who, key) if open_ else {},
        may_give_back=open_ and theirs and for_several and task["assignee"] is not None,
        may_take_back=not open_ and may_take_back(engine, connection, who, key),
        case_is_visible=_sees(engine, connection, who, case),
        links=_links(engine, connection, node),
    )


def _links(engine: Engine, connection: Connection, node: Activity) -> dict[str, str]:
    names: dict[str, str] = {}
    for process_id in links.linked(node):
        try:
            bundle = engine.bundles.get(connection, newest_bundle(connection, process_id).bundle_key)
        except errors.NotFound:
            continue
        names[process_id] = bundle.process.name or process_id
    return names


def _sees(engine: Engine, connection: Connection, who: Actor, case: int) -> bool:
    try:
        search.find(engine, connection, who, PROCESS_INSTANCES, case)
    except Unseen:
        return False
    return True
