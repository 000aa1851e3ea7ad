"""Terbitkan: what a draft changes, what keeps it from being published, and the sentence that is kept with it."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import authoring, errors
from server.authoring import Chosen, Finding, Opened
from server.engine import Engine, trial
from server.engine.tables import Kind
from server.gate import status_of
from server.identity import Actor
from server.web import fields
from server.web.drafts import SECTION, WORDS
from server.web.office import ask, do
from server.web.pages import pages

LONGEST_NOTE: Final = authoring.LONGEST_NOTE


@dataclass(frozen=True)
class Base:
    """What is in force: by whom, when and with which words it was published."""

    key: int
    by: str
    at: datetime
    note: str | None


@pages.get("/rancangan/<key:draft>/terbit")
def publishing(draft: int) -> str:
    """What would be published, and what stands against it."""
    return _page(draft)


@pages.post("/rancangan/<key:draft>/terbit")
def publish(draft: int) -> Response | tuple[str, int]:
    """Publishes the draft, and those that were ticked with it; whole or not at all."""
    try:
        opened = ask(authoring.find, draft)
        chosen = [_chosen(draft, fields.whole("revisi", "nomor revisi", 1, 2**31 - 1))]
        for text in request.form.getlist("bersama"):
            key, _, revision = text.partition(":")
            if key.isdecimal() and revision.isdecimal() and len(text) < 40:
                chosen.append(_chosen(int(key), int(revision)))
        do(authoring.publish, chosen, fields.text("catatan"))
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(draft, refusal), status_of(refusal)
    if opened.kind == Kind.PROCESS:
        return redirect(
            url_for("web.procedure", process_id=opened.id, kabar="diterbitkan"), HTTPStatus.SEE_OTHER
        )
    return redirect(url_for("web.drafts", kabar="rancangan-terbit"), HTTPStatus.SEE_OTHER)


def _chosen(key: int, revision: int) -> Chosen:
    compared = request.form.get(f"dibandingkan-{key}", "")
    return Chosen(key, revision, int(compared) if compared.isdecimal() and len(compared) < 20 else None)


def _page(draft: int, refusal: errors.OfficeError | None = None) -> str:
    opened = ask(authoring.find, draft)
    together = {
        int(text.partition(":")[0]) for text in request.form.getlist("bersama") if text[:1].isdecimal()
    }
    others = [each for each in ask(authoring.search) if each.key != draft]
    found = ask(_found, opened, [each.key for each in others if each.key in together])
    return render_template(
        "publishing.html",
        section=SECTION,
        draft=opened,
        base=ask(_base, opened),
        others=others,
        together=together,
        found=found,
        refused=[each for each in found if each.refused],
        refusal=refusal,
        note=request.form.get("catatan", ""),
        kind_words=WORDS,
        longest=LONGEST_NOTE,
    )


def _found(
    engine: Engine, connection: Connection, who: Actor, opened: Opened, together: list[int]
) -> list[Finding]:
    return authoring.examine(engine, connection, who, [opened.key, *together], None, trial.read_apart)


def _base(engine: Engine, connection: Connection, who: Actor, opened: Opened) -> Base | None:
    if opened.in_force is None:
        return None
    row = authoring.published(connection, [opened.in_force.resource_key])[opened.in_force.resource_key]
    return Base(row.key, row.by, row.at, row.note)
