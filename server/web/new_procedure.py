"""Prosedur baru: a name, a bidang, and who acts in it; the rest is drawn."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server import authoring, errors
from server.authoring.blank import blank_procedure, identifier
from server.engine.tables import Kind
from server.gate import status_of
from server.identity import Permission
from server.web import fields
from server.web.drafts import SECTION
from server.web.office import actor, do, office
from server.web.pages import pages


@pages.get("/rancangan/baru")
def new_procedure() -> str:
    """What is asked of a new procedure."""
    return _page()


@pages.post("/rancangan/baru")
def begin_procedure() -> Response | tuple[str, int]:
    """Draws a new procedure and leads to its editor."""
    title, bidang = " ".join(fields.text("nama").split()), fields.text("bidang")
    try:
        if not title:
            raise errors.Invalid("Beri nama prosedurnya.")
        if bidang not in office().engine.roles.bidang:
            raise errors.Invalid("Pilih bidang yang menjalankannya.")
        id_ = identifier(title)
        body = blank_procedure(office().engine.roles, id_, title, bidang, request.form.getlist("peran"))
        key = do(authoring.begin, Kind.PROCESS, id_, title, body, bidang)
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(refusal.message), status_of(refusal)
    return redirect(url_for("web.draft", draft=key), HTTPStatus.SEE_OTHER)


def _page(message: str | None = None) -> str:
    authoring.allow(actor())
    roles = office().engine.roles
    return render_template(
        "new_procedure.html",
        section=SECTION,
        message=message,
        roles=sorted(roles.values(), key=lambda one: one.nama),
        fields=[one for one in roles.bidang.values() if actor().may(Permission.DEPLOY, one.id)],
        picked=request.form.getlist("peran"),
        title=request.form.get("nama", ""),
        bidang=request.form.get("bidang", ""),
    )
