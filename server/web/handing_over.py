"""Serahkan: a task goes to a colleague, back to its group, or back to who completed it; each with a reason that the history keeps."""

from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server import engine, errors
from server.engine import search
from server.engine.search import USER_TASKS
from server.web import tasks
from server.web.office import actor, ask, do
from server.web.pages import pages

Answer = Response | tuple[str, int]
SHOWN: Final = 20
"""People who are listed to choose from; a search finds the others."""


@pages.get("/tugas/<key:task>/penerus")
def successors(task: int) -> str:
    """Those to whom it may be handed over, as a part of the task's page."""
    words = request.args.get("cari", "").casefold().split()
    found = {
        username: name
        for username, name in ask(engine.successors, task).items()
        if all(word in f"{name} {username}".casefold() for word in words)
    }
    return render_template(
        "_people.html", people=list(found.items())[:SHOWN], more=len(found) > SHOWN, field="kepada"
    )


@pages.post("/tugas/<key:task>/serahkan")
def hand_over(task: int) -> Answer:
    """Gives the task to somebody else who may do it."""
    ask(search.find, USER_TASKS, task)
    to = request.form.get("kepada", "")
    if not to:
        return _again(task, "serahkan", "Pilih dahulu penerimanya.")
    try:
        do(engine.hand_over, task, to, _reason())
    except (errors.Invalid, errors.Forbidden) as refusal:
        return _again(task, "serahkan", refusal.message)
    return redirect(url_for("web.inbox", kabar="diserahkan"), HTTPStatus.SEE_OTHER)


@pages.post("/tugas/<key:task>/lepas")
def give_back(task: int) -> Answer:
    """Gives the task back to its group."""
    ask(search.find, USER_TASKS, task)
    if not _reason():
        return _again(task, "lepas", "Tulis alasannya, agar rekan tahu mengapa tugas ini kembali.")
    try:
        do(engine.unassign, task, _reason())
    except errors.Invalid as refusal:
        return _again(task, "lepas", refusal.message)
    return redirect(url_for("web.inbox", kabar="dilepas"), HTTPStatus.SEE_OTHER)


@pages.post("/tugas/<key:task>/tarik")
def take_back(task: int) -> Answer:
    """Takes a task back that one has completed; it is one's own again."""
    case = ask(search.find, USER_TASKS, task)["process_instance_key"]
    if not _reason():
        return _again(task, "tarik", "Tulis alasannya; riwayat perkara menyimpannya.")
    try:
        do(engine.take_back, task, _reason())
    except errors.Invalid as refusal:
        return _again(task, "tarik", refusal.message)
    again = tasks.waiting_task(case)
    if again is None:
        return redirect(url_for("web.inbox", kabar="ditarik"), HTTPStatus.SEE_OTHER)
    do(engine.assign, again, actor().username, False)
    return redirect(url_for("web.task", task=again, kabar="ditarik"), HTTPStatus.SEE_OTHER)


def _reason() -> str:
    return request.form.get("alasan", "").strip()


def _again(task: int, place: str, message: str) -> Answer:
    typed = {name: request.form.get(name, "") for name in ("alasan", "cari")}
    return tasks.shown(task, tasks.Again({place: message}, typed)), HTTPStatus.UNPROCESSABLE_ENTITY
