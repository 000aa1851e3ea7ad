"""Paraf sekaligus: the ticked tasks that only ask for a yes are confirmed in one list and done one by one, each by itself."""

from dataclasses import dataclass
from typing import Final

from flask import render_template
from sqlalchemy import Connection

from server import engine, errors
from server.engine import Engine, search, tasks
from server.engine.approving import NeedsMore, approval_of
from server.engine.search import INBOX, USER_TASKS, Item, Query, Where
from server.identity import Actor, names_of
from server.web.applicants import with_applicants
from server.web.facts import labels_of, said
from server.web.fields import ticked
from server.web.office import ask, do
from server.web.pages import pages

MOST: Final = 25


@dataclass(frozen=True)
class Wanted:
    """A ticked task. `answers`: what approving it says, by question; `why`: why it must be opened instead, or has gone."""

    key: int
    task: Item | None
    answers: tuple[tuple[str, str], ...] = ()
    why: str | None = None


@dataclass(frozen=True)
class Done:
    """What became of one of them: `done`, `gone` (somebody was quicker) or `left`."""

    task: Item | None
    key: int
    outcome: str
    message: str = ""


@pages.post("/tugas/paraf")
def confirm_approvals() -> str:
    """The ticked tasks: those that can be approved at once, and those that must be opened."""
    wanted = [ask(_wanted, key) for key in ticked("tugas", MOST)]
    return render_template(
        "approving.html",
        section="web.inbox",
        ready=[each for each in wanted if each.why is None],
        others=[each for each in wanted if each.why is not None],
    )


@pages.post("/tugas/paraf/selesai")
def approve_many() -> str:
    """Approves each in a transaction of its own, and tells what became of it."""
    done = [_approved(key) for key in ticked("tugas", MOST)]
    counts = {outcome: sum(each.outcome == outcome for each in done) for outcome in ("done", "gone", "left")}
    return render_template("approved.html", section="web.inbox", done=done, counts=counts)


def _wanted(engine: Engine, connection: Connection, who: Actor, key: int) -> Wanted:
    shown = _shown(engine, connection, who, key)
    try:
        approval = approval_of(engine, connection, who, key)
    except NeedsMore as more:
        return Wanted(key, shown, why=more.message)
    except errors.NotFound as gone:
        return Wanted(key, None, why=gone.message)
    if approval.task["state"] != "CREATED":
        return Wanted(key, shown, why="Tugas ini sudah selesai atau dibatalkan.")
    if approval.task["assignee"] not in (None, who.username):
        return Wanted(key, shown, why="Tugas ini dipegang orang lain.")
    form = search.task_form(engine, connection, who, key)
    fields = labels_of(iter([form.schema])) if form else {}
    answers = tuple(
        (str(fields.get(name, {}).get("label") or name), said(value, fields.get(name)))
        for name, value in approval.answers.items()
    )
    return Wanted(key, shown, answers)


def _shown(engine: Engine, connection: Connection, who: Actor, key: int) -> Item | None:
    """The task with its applicant, as the inbox shows it."""
    asked = Query((Where("user_task_key", "eq", key),), limit=1)
    found = search.search(engine, connection, who, INBOX, asked).items
    return next(iter(with_applicants(connection, found)), None)


def _approved(key: int) -> Done:
    shown = ask(_shown, key)
    try:
        do(engine.approve, key)
    except (tasks.TaskIsOver, tasks.TaskIsHeld) as refusal:
        return ask(_quicker, shown, key, refusal.message)
    except errors.OfficeError as refusal:
        return Done(shown, key, "left", refusal.message)
    return Done(shown, key, "done")


def _quicker(
    engine: Engine, connection: Connection, who: Actor, shown: Item | None, key: int, message: str
) -> Done:
    """A task that somebody has done or taken, perhaps the caller a moment ago; or that was cancelled."""
    task = search.find(engine, connection, who, USER_TASKS, key)
    if task["state"] == "CANCELED":
        return Done(shown, key, "left", message)
    if task["assignee"] == who.username:
        return Done(shown, key, "done")
    name = names_of(connection, {task["assignee"]}).get(task["assignee"], task["assignee"])
    words = "Sudah diselesaikan" if task["state"] == "COMPLETED" else "Sedang dipegang"
    return Done(shown, key, "gone", f"{words} {name}.")
