"""Surel: whether the office sends mail, what waits, what was given up and why; a trial, and trying again."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import redirect, render_template, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import errors, identity, notify
from server.db import AnyRow
from server.engine import administration
from server.notify import mailing
from server.web.administration import SECTION, asked, for_administrators
from server.web.office import actor, office
from server.web.pages import pages


class NoMailServer(errors.Conflict):
    def __init__(self) -> None:
        super().__init__(
            "Kantor ini belum mengirim surel. Isi SMTP_HOST beserta pengirimnya, lalu jalankan ulang server dan pekerja."
        )


class NoAddress(errors.Conflict):
    def __init__(self) -> None:
        super().__init__("Alamat surel Anda belum diisi. Isi dahulu pada pilihan pemberitahuan.")


@dataclass(frozen=True)
class Counter:
    """What the page shows. `own`: the address of whoever looks at it; `names`: of those to whom mails were given up."""

    queue: mailing.Queue
    given_up: list[AnyRow]
    names: dict[str, str]
    own: str | None


@pages.get("/pengelolaan/surel")
def mails() -> str:
    """The mails of the office."""
    return _page()


@pages.post("/pengelolaan/surel/ulang")
def try_mails_again() -> Response:
    """All that was given up is tried once more."""
    for_administrators()
    at, who = office(), actor()
    at.gate.change(lambda c: mailing.try_again(at.engine, c, who))
    return redirect(url_for("web.mails", kabar="surel-ulang"), HTTPStatus.SEE_OTHER)


@pages.post("/pengelolaan/surel/coba")
def try_mail() -> Response | tuple[str, int]:
    """A mail to oneself, at once."""
    administration.allow(actor())
    post, own = notify.post_of(office().config), asked(_own_address)
    if post is None:
        raise NoMailServer
    if not own:
        raise NoAddress
    try:
        post.send(notify.trial(office().engine, post, actor().name, own))
    except (notify.NotSent, notify.Refused) as fault:
        return _page(fault.message), HTTPStatus.UNPROCESSABLE_ENTITY
    return redirect(url_for("web.mails", kabar="surel-coba"), HTTPStatus.SEE_OTHER)


def _page(message: str | None = None) -> str:
    return render_template(
        "mails.html", section=SECTION, counter=asked(_counter), config=office().config, message=message
    )


def _counter(connection: Connection) -> Counter:
    given_up = mailing.given_up(connection)
    names = identity.names_of(connection, {each.username for each in given_up})
    return Counter(mailing.queue(connection), given_up, names, _own_address(connection))


def _own_address(connection: Connection) -> str | None:
    return identity.find_person(connection, actor().username).email
