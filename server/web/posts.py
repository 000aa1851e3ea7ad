"""Peran and Plt./Plh.: who holds which office, where the tasks of an empty one go, and who stands in for whom."""

from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import errors, identity
from server.engine import Engine, administration, officers
from server.gate import status_of
from server.identity import Acting, Appointment, Holding, Member, Penerima, Sought
from server.web import fields
from server.web.administration import SECTION, asked
from server.web.office import change, office
from server.web.pages import pages
from server.web.people import Answer, Post, posts_of, split_group

SHOWN_SINCE: Final = timedelta(days=90)
"""How long an acting officer is still listed after the last day."""
MOST: Final = 300
"""People who are offered while one types; others are found by what is typed."""


@dataclass(frozen=True)
class Seat:
    """An office with its holders of today. `receiver`: who gets its tasks while it is empty; `needed`: by how many procedures."""

    post: Post
    holders: list[tuple[Member, Holding]]
    empty: bool
    receiver: str | None
    needed: int


@dataclass(frozen=True)
class Stay:
    """An acting officer's span, `now`, `later` or `over`."""

    id: int
    holding: Holding
    stand: str


# --- list


@pages.get("/pengelolaan/peran")
def posts() -> str:
    """Every office with its holders; those that procedures miss first."""
    at = office().engine
    seats = asked(lambda c: _seats(at, c))
    return render_template(
        "posts.html",
        section=SECTION,
        seats=seats,
        empty=[seat for seat in seats if seat.empty],
        roles=at.roles,
    )


@pages.get("/pengelolaan/plt")
def acting() -> str:
    """Who acts for whom, and the form to appoint somebody."""
    return _page()


# --- act


@pages.post("/pengelolaan/plt")
def appoint() -> Answer:
    """Appoints somebody; what the absent officer had claimed returns to the office."""
    at = office()
    try:
        wanted = _wanted()
        change(administration.appoint, wanted)
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(refusal), status_of(refusal)
    if wanted.from_date <= at.engine.clock.today():
        administration.give_back(at.engine, at.gate.do, None, wanted.from_date)
    return _back("ditunjuk")


@pages.post("/pengelolaan/plt/<username>/<key:holding>/akhir")
def end_acting(username: str, holding: int) -> Answer:
    """Says the last day of a span."""
    at = office()
    try:
        change(administration.end_holding, username, holding, fields.day("akhir", "hari terakhir"))
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(refusal), status_of(refusal)
    administration.give_back(at.engine, at.gate.do, username)
    return _back("penunjukan-diakhiri")


def _page(refusal: errors.OfficeError | None = None) -> str:
    at = office().engine
    today = at.clock.today()
    stays, names, offered = asked(lambda c: _stays(c, today))
    return render_template(
        "acting.html",
        section=SECTION,
        stays=stays,
        names=names,
        offered=offered,
        posts=[each for each in posts_of(at.roles) if at.roles[each.role].penerima is Penerima.PEMEGANG],
        roles=at.roles,
        today=today,
        chosen=request.values.get("jabatan", ""),
        message=refusal.message if refusal else None,
    )


def _stays(connection: Connection, today: date) -> tuple[list[Stay], dict[str, str], list[Member]]:
    """The spans, the newest first; the names in them; and whom the form offers."""
    found = identity.acting_officers(connection, today - SHOWN_SINCE)
    stays = [
        Stay(id_, each, "later" if each.from_date > today else "over" if _is_over(each, today) else "now")
        for id_, each in found.items()
    ]
    mentioned = {name for stay in stays for name in (stay.holding.username, stay.holding.acts_for)}
    offered = identity.find_people(connection, Sought(active=True), today, most=MOST)
    return stays[::-1], identity.names_of(connection, mentioned), offered


def _is_over(holding: Holding, today: date) -> bool:
    return holding.to_date is not None and holding.to_date < today


def _wanted() -> Appointment:
    """The form. Raises Invalid."""
    role, bidang = split_group(fields.text("jabatan"))
    if fields.text("jenis") not in list(Acting):
        raise errors.Invalid("Pilih Plt. atau Plh.")
    replaced = fields.text_or_none("menggantikan")
    return Appointment(
        username=_whom(fields.text("siapa")),
        role=role,
        bidang=bidang,
        acting=Acting(fields.text("jenis")),
        from_date=fields.day("mulai", "hari pertama"),
        to_date=fields.day("sampai", "hari terakhir"),
        acts_for=_whom(replaced) if replaced else None,
    )


def _whom(typed: str) -> str:
    """The username of the person who was typed: a username, or a name or NIP that only one has. Raises Invalid."""
    if not typed:
        raise errors.Invalid("Isi siapa yang ditunjuk.")
    today = office().engine.clock.today()
    found = asked(lambda c: identity.find_people(c, Sought(typed, active=True), today, most=MOST))
    exact = [each for each in found if typed.lower() == each.username or typed == each.nip]
    exact = exact or [each for each in found if each.name.casefold() == typed.casefold()] or found
    if not exact:
        raise errors.Invalid(f"“{typed[:60]}” tidak ditemukan di antara pengguna yang aktif.")
    if len(exact) > 1:
        raise errors.Invalid(
            f"Ada {len(exact)} orang yang cocok dengan “{typed[:60]}”. Isi nama penggunanya."
        )
    return exact[0].username


def _seats(engine: Engine, connection: Connection) -> list[Seat]:
    vacant = {each.vacancy.group: each for each in officers.missing(engine, connection)}
    held: dict[str, list[tuple[Member, Holding]]] = {}
    for member in identity.find_people(connection, Sought(active=True), engine.clock.today()):
        for holding in member.holdings.values():
            held.setdefault(holding.group, []).append((member, holding))
    seats = []
    for post in posts_of(engine.roles):
        if engine.roles[post.role].penerima is Penerima.PEMEGANG:
            gone = vacant.get(post.group)
            receiver = gone.vacancy.receiver if gone else None
            needed = len(gone.process_ids) if gone else 0
            seats.append(Seat(post, held.get(post.group, []), gone is not None, receiver, needed))
    return sorted(seats, key=lambda seat: (not seat.needed, not seat.empty))


def _back(notice: str) -> Response:
    return redirect(url_for("web.acting", kabar=notice), HTTPStatus.SEE_OTHER)
