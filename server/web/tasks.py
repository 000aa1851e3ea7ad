"""A task: what is to be done, what for, and the form to do it with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from flask import jsonify, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import engine, errors, notify, tracking
from server.bpmn.model import Activity, MutuBaku
from server.db import load_json
from server.engine import Engine, search
from server.engine.bundle import Bundle
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
from server.identity import Actor, names_of
from server.web.facts import Facts, facts_of, labels_of
from server.web.history import Line, history_of
from server.web.office import actor, ask, do
from server.web.pages import pages
from server.web.papers import Paper, papers_of

MOST: Final = 300
DECISIONS: Final = 20


@dataclass(frozen=True)
class Desk:
    """All that lies before a person who works on a task. `values`: what the form begins with; `offered`: to this person."""

    task: Item
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
    case_is_visible: bool


@pages.get("/tugas/<key:task>")
def task(task: int) -> str:
    """The task's page; one that is over is shown as it was left."""
    return shown(task)


def shown(task: int, refused: Sequence[str] = ()) -> str:
    """The page, with why files were refused that somebody has just sent."""
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
        refused=refused,
        application=application if at_counter else None,
    )


@pages.post("/tugas/<key:task>/ambil")
def claim(task: int) -> Response:
    """Makes the task one's own."""
    do(engine.assign, task, actor().username, False)
    return redirect(url_for("web.task", task=task, kabar="diambil"), HTTPStatus.SEE_OTHER)


@pages.post("/tugas/<key:task>/lepas")
def give_back(task: int) -> Response:
    """Gives the task back to its group."""
    do(engine.unassign, task)
    return redirect(url_for("web.inbox", kabar="dilepas"), HTTPStatus.SEE_OTHER)


@pages.post("/tugas/<key:task>/konsep")
def keep_draft(task: int) -> tuple[str, int]:
    """Keeps what was typed so far."""
    do(engine.save_draft, task, sent())
    return "", HTTPStatus.NO_CONTENT


@pages.post("/tugas/<key:task>/selesai")
def complete(task: int) -> Response:
    """Completes the task; says where to go on."""
    case = ask(search.find, USER_TASKS, task)["process_instance_key"]
    do(engine.complete, task, sent())
    return jsonify(next=next_task(case, "selesai") or url_for("web.inbox", kabar="selesai"))


def sent() -> dict[str, Any]:
    """The values of a form, as its script sends them: numbers without loss. Raises Invalid."""
    try:
        values = load_json(request.get_data())
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise errors.Invalid("Isian tidak dapat dibaca. Muat ulang halaman, lalu kirim lagi.")
    return values


def next_task(case: int, notice: str) -> str | None:
    """The address of a task of the same case that waits for the caller."""
    waiting = Query((Where("state", "eq", "CREATED"),), (("creation_date", False),), 1)
    found = ask(search.search, INBOX, within(waiting, process_instance_key=case)).items
    return url_for("web.task", task=found[0]["user_task_key"], kabar=notice) if found else None


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
    return Desk(
        task=task,
        row=node.mutu_baku,
        documentation=node.documentation,
        form=form.schema if form else None,
        values=values | dict(search.draft_of(engine, connection, who, key)),
        facts=facts_of(bundle, values, form_labels(engine, connection, who, bundle)),
        decisions=list(search.search(engine, connection, who, DECISION_INSTANCES, evaluated).items),
        history=history_of(engine, connection, who, case, bundle),
        names=names_of(connection, {task["assignee"]}),
        offered=bool(search.search(engine, connection, who, INBOX, offered).items),
        papers=papers_of(engine, connection, who, case),
        case_is_visible=_sees(engine, connection, who, case),
    )


def _sees(engine: Engine, connection: Connection, who: Actor, case: int) -> bool:
    try:
        search.find(engine, connection, who, PROCESS_INSTANCES, case)
    except Unseen:
        return False
    return True
