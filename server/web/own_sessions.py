"""Sesi saya: where one is logged in, and ending what one does not know or no longer needs."""

from http import HTTPStatus

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from server import identity
from server.engine import administration
from server.web.office import change, office, visitor
from server.web.pages import pages


@pages.get("/sesi")
def own_sessions() -> str:
    """One's live sessions, this one first."""
    at, who = office(), visitor()
    now = at.engine.clock.now()
    found = at.gate.ask(lambda c: identity.sessions_of(c, who.actor.username, now))
    found.sort(key=lambda each: each.id != who.session)
    return render_template("own_sessions.html", found=found, this=who.session)


@pages.post("/sesi/<key:session>/akhiri")
def end_own_session(session: int) -> Response:
    """Ends one; where it is this one, the login follows."""
    change(administration.end_own_session, session)
    return redirect(url_for("web.own_sessions", kabar="sesi-diakhiri"), HTTPStatus.SEE_OTHER)


@pages.post("/sesi/akhiri-lain")
def end_other_sessions() -> Response:
    """Ends all but this one."""
    change(administration.end_other_sessions, visitor().session)
    return redirect(url_for("web.own_sessions", kabar="sesi-lain-diakhiri"), HTTPStatus.SEE_OTHER)
