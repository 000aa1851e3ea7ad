"""Token dan program: what lets programs act as a person; one's own for everybody, those of others for administrators."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import errors, identity
from server.engine import administration
from server.engine.administration import Program
from server.gate import status_of
from server.identity import Client, Permission, Token
from server.web import fields
from server.web.administration import SECTION, asked
from server.web.office import actor, change, office
from server.web.pages import pages
from server.web.people import PERMISSIONS

DAYS: Final = {30: "30 hari", 90: "90 hari", 180: "180 hari", 365: "satu tahun", 730: "dua tahun"}
LONGEST_NAME: Final = 100


@dataclass(frozen=True)
class Held:
    """A token or a client, as it stands now: `live`, `expired` or `revoked`."""

    kind: str
    program: Token | Client
    stand: str

    @property
    def live(self) -> bool:
        return self.stand == "live"


# --- list


@pages.get("/program")
def my_programs() -> str:
    """One's own."""
    return _page(actor().username)


@pages.get("/program/<username>")
def programs_of(username: str) -> str:
    """Somebody's."""
    return _page(username)


@pages.get("/pengelolaan/program")
def every_program() -> str:
    """All that count now, whoever's they are."""
    held, names = asked(_every)
    return render_template("every_program.html", section=SECTION, held=held, names=names)


# --- act


@pages.post("/program/<username>")
def add_program(username: str) -> str | tuple[str, int]:
    """Makes a token or a client, and shows this once what it is known by."""
    _allow(username)
    try:
        kind, wanted = fields.text("jenis"), _wanted()
        if kind == "klien":
            client = change(administration.register_client, username, wanted)
            secrets = {"CAMUNDA_CLIENT_ID": client.id, "CAMUNDA_CLIENT_SECRET": client.secret}
            secrets["CAMUNDA_OAUTH_URL"] = f"{request.host_url}oauth/token"
        else:
            secrets = {"Token": change(administration.issue_token, username, wanted).text}
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(username, refusal.message), status_of(refusal)
    return render_template(
        "program_once.html", secrets=secrets, name=wanted.name, username=username, mine=_mine(username)
    )


@pages.post("/program/<username>/token/<key:token>/cabut")
def revoke_token(username: str, token: int) -> Response:
    """A token counts no more."""
    change(administration.revoke_token, username, token)
    return _back(username)


@pages.post("/program/<username>/klien/<client>/cabut")
def revoke_client(username: str, client: str) -> Response:
    """A client and its tokens count no more."""
    change(administration.revoke_client, username, client)
    return _back(username)


def _allow(username: str) -> None:
    if not _mine(username):
        administration.allow(actor())


def _mine(username: str) -> bool:
    return username == actor().username


def _page(username: str, message: str | None = None) -> str:
    _allow(username)
    now = office().engine.clock.now()
    account, held = office().gate.ask(
        lambda c: (identity.account_of(c, username, now), _held(c, username, now))
    )
    return render_template(
        "programs.html",
        section=None if _mine(username) else SECTION,
        mine=_mine(username),
        member=account.member,
        held=held,
        offered={each: words for each, words in PERMISSIONS.items() if each in account.permissions},
        permissions=PERMISSIONS,
        days=DAYS,
        message=message,
    )


def _held(connection: Connection, username: str | None, now: datetime) -> list[Held]:
    """Those that count first, the newest first."""
    tokens: Sequence[Token | Client] = identity.tokens_of(connection, username)
    clients: Sequence[Token | Client] = identity.clients_of(connection, username)
    found = [
        Held(kind, each, "revoked" if each.revoked_at else "live" if each.expires_at > now else "expired")
        for kind, programs in (("token", tokens), ("klien", clients))
        for each in programs
    ]
    newest = sorted(found, key=lambda each: each.program.created_at, reverse=True)
    return sorted(newest, key=lambda each: not each.live)


def _every(connection: Connection) -> tuple[list[Held], dict[str, str]]:
    held = [each for each in _held(connection, None, office().engine.clock.now()) if each.live]
    return held, identity.names_of(connection, {each.program.username for each in held})


def _wanted() -> Program:
    """The form. Raises Invalid."""
    name = fields.text("nama")
    if len(name) > LONGEST_NAME:
        raise errors.Invalid(f"Nama program paling panjang {LONGEST_NAME} huruf.")
    days = fields.whole("hari", "masa berlaku", 1, max(DAYS))
    scopes = tuple(each for each in Permission if each in request.form.getlist("izin"))
    if not scopes:
        raise errors.Invalid(
            "Pilih paling sedikit satu izin; tanpa izin, programnya tidak dapat berbuat apa-apa."
        )
    return Program(name, scopes, office().engine.clock.now() + timedelta(days=days))


def _back(username: str) -> Response:
    own = url_for("web.my_programs", kabar="dicabut")
    theirs = url_for("web.programs_of", username=username, kabar="dicabut")
    return redirect(own if _mine(username) else theirs, HTTPStatus.SEE_OTHER)
