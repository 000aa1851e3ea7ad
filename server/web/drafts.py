"""Rancangan: what a process owner may change, what is being changed, and the editor in which it is.

The editor's script fetches the draft's file and saves it with the revision that it had before; a later saving by somebody else
is told with who and when, so that neither is lost.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server import authoring, errors
from server.authoring import Found, Standing, uses
from server.engine.tables import Kind
from server.engine.trial import FILE_LIMIT
from server.gate import status_of
from server.identity import Permission, names_of
from server.web import fields, guard
from server.web.choices import choices
from server.web.office import actor, ask, do, office
from server.web.pages import pages
from server.web.tasks import sent

SECTION: Final = "web.drafts"
CONTENT: Final = 2 * FILE_LIMIT
"""Bytes of a request that brings a draft, whose signs JSON may write longer."""
EDITORS: Final = {Kind.PROCESS: "diagram", Kind.REQUIREMENTS: "table", Kind.FORM: "form-editor"}
"""The kinds that have an editor, each with the name of its entry in scripts/assets."""
PAGES: Final = {
    Kind.PROCESS: "draft.html",
    Kind.REQUIREMENTS: "draft_table.html",
    Kind.FORM: "draft_form.html",
}
WORDS: Final = {Kind.PROCESS: "Prosedur", Kind.REQUIREMENTS: "Tabel keputusan", Kind.FORM: "Formulir"}
SHOWN: Final = 300

guard.LIMITS.update({"web.save_content": CONTENT, "web.examine_draft": CONTENT})


@dataclass(frozen=True)
class Shelf:
    """What one kind has in force that the visitor may change; `more`: how many a search would have to narrow down."""

    kind: Kind
    items: list[Standing]
    more: int


# --- list


@pages.get("/rancangan")
def drafts() -> str:
    """The drafts, and what can be changed."""
    authoring.allow(actor())
    words, kind = request.args.get("cari", "").strip()[:100], request.args.get("jenis", "")
    if kind not in EDITORS:
        kind = "" if words else Kind.PROCESS.value
    found = [one for one in ask(authoring.search, words) if one.kind in EDITORS]
    standing = ask(authoring.editable, words)
    chosen = [one for one in EDITORS if kind in ("", one)]
    shelves = [_shelf(one, [each for each in standing if each.kind == one]) for one in chosen]
    return render_template(
        "drafts.html",
        section=SECTION,
        drafts=found,
        drafted={(one.kind, one.id): one for one in found},
        shelves=shelves,
        words=words,
        kind=kind,
        counts={one: sum(each.kind == one for each in standing) for one in EDITORS},
        kind_words=WORDS,
        names=_names(found),
    )


def _shelf(kind: Kind, items: list[Standing]) -> Shelf:
    return Shelf(kind, items[:SHOWN], max(0, len(items) - SHOWN))


def _names(found: list[Found]) -> dict[str, str]:
    return office().gate.ask(lambda c: names_of(c, {one.changed_by for one in found}))


# --- one


@pages.get("/rancangan/<key:draft>")
def draft(draft: int) -> str:
    """The editor. `lihat`: without saving, for who compares with what somebody else has saved."""
    opened = ask(authoring.find, draft)
    if opened.kind not in EDITORS:
        raise errors.NotFound(
            "Jenis rancangan ini belum punya penyunting di sini; ubah dengan Camunda Modeler."
        )
    return render_template(
        PAGES[opened.kind],
        section=SECTION,
        draft=opened,
        editor=EDITORS[opened.kind],
        kind_word=WORDS[opened.kind],
        read_only="lihat" in request.args,
        uses=office().gate.ask(lambda c: uses.uses(office().engine, c, opened.kind, opened.id)),
        choices=choices() if opened.kind == Kind.PROCESS else None,
    )


@pages.get("/rancangan/<key:draft>/isi")
def content(draft: int) -> Response:
    """The draft's file, as its editor's script asks for it."""
    opened = ask(authoring.find, draft)
    return jsonify(
        isi=opened.drawn,
        revisi=opened.revision,
        oleh=opened.changed_by,
        pada=opened.changed_at.isoformat(),
        usang=opened.outdated,
    )


# --- act


@pages.post("/rancangan/buka")
def open_draft() -> Response:
    """Opens the draft of what is in force, or makes one of it."""
    key = do(authoring.open_draft, fields.text("jenis"), fields.text("id"))
    return redirect(url_for("web.draft", draft=key), HTTPStatus.SEE_OTHER)


@pages.post("/rancangan/<key:draft>/isi")
def save_content(draft: int) -> Response:
    """Saves what the draft has become since a revision."""
    values = sent()
    try:
        saved = do(authoring.save, draft, _whole(values, "revisi"), _text(values, "isi").encode())
    except authoring.Changed as other:
        told = {"message": other.message, "revisi": other.revision, "oleh": other.by}
        response = jsonify(told | {"pada": other.at.isoformat()})
        response.status_code = status_of(other)
        return response
    return jsonify(revisi=saved.revision, pada=saved.changed_at.isoformat())


@pages.post("/rancangan/<key:draft>/periksa")
def examine_draft(draft: int) -> Response:
    """What a deployment would refuse of what the editor holds, and what is doubtful."""
    values = sent()
    body = _text(values, "isi").encode() if "isi" in values else None
    found = ask(authoring.examine, [draft], body)
    return jsonify(temuan=[{**vars(each), "draft_key": str(each.draft_key or draft)} for each in found])


@pages.post("/rancangan/<key:draft>/buang")
def discard_draft(draft: int) -> Response:
    """Throws the draft away, if it is still the one that was looked at."""
    do(authoring.discard, draft, fields.whole("revisi", "nomor revisi", 1, 2**31 - 1))
    return redirect(url_for("web.drafts", kabar="rancangan-dibuang"), HTTPStatus.SEE_OTHER)


def may_draft() -> bool:
    """Whether the visitor has anything to do with drafts."""
    return Permission.DEPLOY in actor().permissions


def _text(values: dict[str, Any], name: str) -> str:
    found = values.get(name)
    if not isinstance(found, str) or any("\ud800" <= sign <= "\udfff" for sign in found):
        raise errors.Invalid("Rancangan tidak dapat dibaca. Muat ulang halaman, lalu simpan lagi.")
    return found


def _whole(values: dict[str, Any], name: str) -> int:
    found = values.get(name)
    if type(found) is not int or not 0 < found < 2**31:
        raise errors.Invalid("Nomor revisi tidak dapat dibaca. Muat ulang halaman, lalu simpan lagi.")
    return found
