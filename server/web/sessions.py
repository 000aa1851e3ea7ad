"""Coming and going: login, logout, one's own password."""

from http import HTTPStatus

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server import errors, identity
from server.web import guard
from server.web.navigation import first_door
from server.web.office import office, visitor
from server.web.pages import pages


@pages.get("/")
def home() -> Response:
    """To one's tasks, or to the login."""
    known = guard.visitor_or_none()
    return redirect(url_for(first_door() if known else "web.login"))


@pages.get("/masuk")
def login() -> str | Response:
    """The login page."""
    if guard.visitor_or_none():
        return redirect(onwards())
    return login_page()


@pages.post("/masuk")
def log_in() -> Response | tuple[str, int]:
    """Opens a session, or says why not; what was typed stays."""
    at = office()
    address, agent = request.remote_addr or "?", request.headers.get("User-Agent", "")
    name, password = request.form.get("username", ""), request.form.get("password", "")
    try:
        entered = at.gate.ask(
            lambda c: at.gate.login.log_in(c, name, password, address, agent, at.engine.clock.now())
        )
    except (identity.WrongPassword, identity.TooManyAttempts) as refusal:
        status = 429 if isinstance(refusal, identity.TooManyAttempts) else 422
        return login_page(refusal.message, name), status
    return admitted(entered, onwards())


@pages.get("/masuk/percobaan")
def refused_logins() -> str:
    """Says that somebody tried to log in under one's name since the last time."""
    return render_template(
        "refused_logins.html", count=request.args.get("jumlah", 1, type=int), onwards=onwards()
    )


@pages.post("/keluar")
def log_out() -> Response:
    """Ends the session, and makes the browser forget what it kept of these pages."""
    who = visitor()
    office().gate.change(lambda c: identity.end_session(c, who.actor.username, who.session))
    still_there = 1 if who.vouched and office().provider else None
    response = redirect(url_for("web.login", kabar="keluar", penyedia=still_there), HTTPStatus.SEE_OTHER)
    guard.forget(response, guard.SESSION)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@pages.get("/sandi")
def password() -> str:
    """One's own password."""
    return render_template("password.html", must_change=visitor().must_change)


@pages.post("/sandi")
def change_password() -> Response | tuple[str, int]:
    """Changes one's own password; other sessions end."""
    at, who = office(), visitor()
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    address = request.remote_addr or "?"
    try:
        if new != again:
            raise errors.Invalid("Kata sandi baru dan ulangannya berbeda. Ketik keduanya sekali lagi.")
        at.gate.ask(lambda c: at.gate.login.change_password(c, who, old, new, address, at.engine.clock.now()))
    except (errors.Invalid, identity.WrongPassword, identity.TooManyAttempts) as refusal:
        page = render_template("password.html", must_change=who.must_change, message=refusal.message)
        return page, 422
    return redirect(url_for(first_door(), kabar="sandi"), HTTPStatus.SEE_OTHER)


def admitted(entered: identity.Entered, wanted: str) -> Response:
    """Gives the browser its session and leads it on, past what the person should know first."""
    onwards = url_for("web.password") if entered.must_change else ours_or_first(wanted)
    if entered.refused:
        onwards = url_for("web.refused_logins", jumlah=entered.refused, lanjut=onwards)
    response = redirect(onwards, HTTPStatus.SEE_OTHER)
    guard.keep(response, guard.SESSION, entered.session.text)
    guard.forget(response, guard.STRANGER)
    return response


def onwards() -> str:
    """Where to go after the login, as the page said."""
    return ours_or_first(request.values.get("lanjut", ""))


def ours_or_first(wanted: str) -> str:
    """A path of this server, never another's."""
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\", "/masuk")) and wanted.isprintable()
    return wanted if ours else url_for(first_door())


def login_page(message: str | None = None, username: str = "") -> str:
    at = office()
    people = identity.demo_people(at.engine.roles) if at.config.demo else []
    shown = at.config.demo_password
    right = bool(people) and at.gate.ask(lambda c: identity.is_demo_password(c, shown))
    return render_template(
        "login.html",
        message=message,
        username=username,
        onwards=request.values.get("lanjut", ""),
        demo_people=people if right else [],
        demo_password=shown,
        roles=at.engine.roles,
        provider=at.provider.settings.name if at.provider else None,
    )
