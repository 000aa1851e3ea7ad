"""Komentar: what people say to one another on the pages of tasks and cases."""

from http import HTTPStatus

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from server import errors, notify
from server.web import cases, tasks
from server.web.office import do
from server.web.pages import pages

Answer = Response | tuple[str, int]


@pages.post("/tugas/<key:task>/komentar")
def comment_on_task(task: int) -> Answer:
    """Says something at a task; what cannot be kept stays in its field."""
    try:
        do(notify.comment_on_task, task, _words())
    except errors.Invalid as refusal:
        page = tasks.shown(task, tasks.Again({"komentar": refusal.message}, {"komentar": _words()}))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(
        url_for("web.task", task=task, kabar="dikomentari", _anchor="comments"), HTTPStatus.SEE_OTHER
    )


@pages.post("/perkara/<key:case>/komentar")
def comment_on_case(case: int) -> Answer:
    """The same of a case."""
    try:
        do(notify.comment_on_case, case, _words())
    except errors.Invalid as refusal:
        page = cases.shown(case, tasks.Again({"komentar": refusal.message}, {"komentar": _words()}))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(
        url_for("web.case", case=case, kabar="dikomentari", _anchor="comments"), HTTPStatus.SEE_OTHER
    )


def _words() -> str:
    return request.form.get("komentar", "")
