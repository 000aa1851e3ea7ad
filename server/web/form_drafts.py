"""Coba formulir: what the server would take of a draft of a form, filled in beside its editor."""

from typing import Final

from flask import jsonify, render_template
from werkzeug.wrappers import Response

from server import errors
from server.authoring import filling
from server.web import guard
from server.web.drafts import CONTENT
from server.web.facts import facts_of_form
from server.web.office import ask
from server.web.pages import pages
from server.web.tasks import sent

UNREADABLE: Final = "Formulir atau isiannya tidak dapat dibaca. Muat ulang halaman, lalu coba lagi."

guard.LIMITS["web.try_form"] = CONTENT


@pages.post("/rancangan/<key:draft>/coba-formulir")
def try_form(draft: int) -> Response:
    """What the server would take of what was filled in, or why it would not. Keeps nothing."""
    brought = sent()
    text, values = brought.get("isi"), brought.get("nilai")
    if not isinstance(text, str) or not isinstance(values, dict):
        raise errors.Invalid(UNREADABLE)
    body = text.encode("utf-8", "replace")
    found = ask(filling.fill, draft, body, values)
    facts = facts_of_form(text, found.values)
    return jsonify(
        problems=[vars(each) for each in found.problems],
        doubts=[vars(each) for each in found.doubts],
        html="" if found.problems else render_template("_filled.html", facts=facts),
    )
