"""Pengguna: the people of the office as administration sees them, and one of them whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import errors, identity
from server.engine import administration
from server.gate import status_of
from server.identity import Account, Grant, Holding, Member, NewPerson, Permission, Roles, Sought
from server.web import fields
from server.web.administration import SECTION, asked, for_administrators
from server.web.office import actor, change, office
from server.web.pages import pages

PAGE: Final = 25
Answer = str | Response | tuple[str, int]

PERMISSIONS: Final = {
    Permission.ADMINISTER: "Mengurus pengguna, kalender dan program",
    Permission.DEPLOY: "Menerbitkan prosedur, tabel dan formulir",
    Permission.START: "Memulai prosedur apa pun",
    Permission.ASSIGN: "Memberikan tugas kepada orang lain",
    Permission.COMPLETE: "Menyelesaikan tugas",
    Permission.CANCEL: "Membatalkan dan menghentikan perkara",
    Permission.MODIFY: "Memindahkan langkah dan versi perkara",
    Permission.MESSAGE: "Mengirim pesan kepada perkara",
    Permission.RESOLVE: "Mengulangi langkah yang terganggu",
    Permission.EVALUATE: "Menghitung tabel keputusan",
    Permission.WORK: "Mengerjakan pekerjaan layanan sebagai program lain",
    Permission.CHANGE_VARIABLES: "Membetulkan data perkara yang terganggu",
    Permission.SEE_BIDANG: "Melihat semua perkara bidangnya",
    Permission.SEE_ALL: "Melihat semua perkara",
}
"""What each permission lets somebody do, in words."""


@dataclass(frozen=True)
class Post:
    """Something to be held: its group, and its name with the bidang."""

    group: str
    name: str
    role: str
    bidang: str | None


@dataclass(frozen=True)
class Held:
    """A holding as it stands to today: `now`, `later` or `over`."""

    id: int
    holding: Holding
    stand: str


@dataclass(frozen=True)
class Dossier:
    """A person as their page shows them."""

    account: Account
    held: list[Held]
    grants: list[Grant]
    names: dict[str, str]


# --- list


@pages.get("/pengelolaan/pengguna")
def people() -> str:
    """Everybody whom the search fits, a page at a time."""
    words, role = request.args.get("cari", "").strip()[:100], request.args.get("peran", "")
    state = request.args.get("keadaan", "aktif")
    active = {"aktif": True, "nonaktif": False}.get(state)
    after, today = request.args.get("sesudah"), office().engine.clock.today()
    sought = Sought(words or None, role or None, None, active)
    found = asked(lambda c: identity.find_people(c, sought, today, after, PAGE + 1))
    return render_template(
        "people.html",
        section=SECTION,
        found=found[:PAGE],
        following=found[PAGE - 1].username if len(found) > PAGE else None,
        first_page=after is None,
        words=words,
        role=role,
        state=state,
        roles=office().engine.roles,
    )


# --- one


@pages.get("/pengelolaan/pengguna/<username>")
def person(username: str) -> str:
    """One person, with all that they hold, held and will hold."""
    return _page(username)


@pages.get("/pengelolaan/pengguna-baru")
def new_person() -> str:
    """The form for somebody who is not there yet."""
    for_administrators()
    return render_template("new_person.html", section=SECTION)


# --- act


@pages.post("/pengelolaan/pengguna-baru")
def add_person() -> Answer:
    """Adds somebody; shows the password that they log in with the first time."""
    password = identity.one_time_password() if fields.text("sandi") else None
    try:
        username = fields.text("pengguna").lower()
        someone = NewPerson(
            username, fields.text("nama"), fields.text_or_none("nip"), fields.text_or_none("email")
        )
        change(administration.add_person, someone, password)
    except (errors.Invalid, errors.Conflict) as refusal:
        return render_template("new_person.html", section=SECTION, message=refusal.message), status_of(
            refusal
        )
    return _told_once(username, password) if password else _back(username, "pengguna-baru")


@pages.post("/pengelolaan/pengguna/<username>")
def change_person(username: str) -> Answer:
    """Another name, NIP or address."""
    facts = {
        "name": fields.text("nama"),
        "nip": fields.text_or_none("nip"),
        "email": fields.text_or_none("email"),
    }
    return _done(username, "disimpan", lambda: change(administration.change_person, username, facts))


@pages.post("/pengelolaan/pengguna/<username>/tutup")
def close_account(username: str) -> Answer:
    """They act no more; what they had claimed returns to the others."""

    def act() -> None:
        change(administration.change_person, username, {}, False)
        _give_back(username)

    return _done(username, "akun-ditutup", act)


@pages.post("/pengelolaan/pengguna/<username>/buka")
def open_account(username: str) -> Answer:
    """They act again."""
    return _done(username, "akun-dibuka", lambda: change(administration.change_person, username, {}, True))


@pages.post("/pengelolaan/pengguna/<username>/sandi")
def reset_password(username: str) -> Answer:
    """Gives them a password that is shown this once, and is only good for choosing another one."""
    password = identity.one_time_password()
    change(administration.set_password, username, password)
    return _told_once(username, password)


@pages.post("/pengelolaan/pengguna/<username>/kunci")
def unlock(username: str) -> Answer:
    """Lets them log in again at once."""
    return _done(username, "kunci-dibuka", lambda: change(administration.unlock, username))


@pages.post("/pengelolaan/pengguna/<username>/peran")
def give_role(username: str) -> Answer:
    """Gives them a role from a day on."""

    def act() -> None:
        role, bidang = split_group(fields.text("jabatan"))
        since, until = fields.day("mulai", "hari pertama"), fields.day_or_none("sampai", "hari terakhir")
        change(administration.hold, Holding(username, role, bidang, since, until))

    return _done(username, "peran-diberikan", act)


@pages.post("/pengelolaan/pengguna/<username>/peran/<key:holding>/akhir")
def end_role(username: str, holding: int) -> Answer:
    """Says the last day on which they hold it."""

    def act() -> None:
        change(administration.end_holding, username, holding, fields.day("sampai", "hari terakhir"))
        _give_back(username)

    return _done(username, "peran-diakhiri", act)


@pages.post("/pengelolaan/pengguna/<username>/izin")
def give_permission(username: str) -> Answer:
    """Gives them a permission by name."""

    def act() -> None:
        change(
            administration.grant, username, _permission(fields.text("izin")), fields.text_or_none("bidang")
        )

    return _done(username, "izin-diberikan", act)


@pages.post("/pengelolaan/pengguna/<username>/izin/<permission>/cabut")
def withdraw_permission(username: str, permission: str) -> Answer:
    """Takes it back."""
    return _done(username, "izin-dicabut", lambda: change(administration.withdraw, username, permission))


def posts_of(roles: Roles) -> list[Post]:
    """All that somebody can be, the roles of people from outside last."""
    inside = [(role, bidang) for role, bidang in roles.posts()]
    outside = [(role, None) for role in roles.values() if role.jenis == identity.Jenis.WARGA]
    found = ((role, bidang, roles.group(role.id, bidang)) for role, bidang in (*inside, *outside))
    return [Post(group, roles.title(group), role.id, bidang) for role, bidang, group in found]


def split_group(group: str) -> tuple[str, str | None]:
    """A post of the form as role and bidang. Raises Invalid where none was chosen."""
    role, _, bidang = group.partition("@")
    if not role:
        raise errors.Invalid("Pilih peran atau jabatannya.")
    return role, bidang or None


def _page(username: str, refusal: errors.OfficeError | None = None) -> str:
    roles = office().engine.roles
    return render_template(
        "person.html",
        section=SECTION,
        file=asked(lambda c: _dossier(c, username)),
        posts=posts_of(roles),
        roles=roles,
        permissions=PERMISSIONS,
        today=office().engine.clock.today(),
        me=actor().username,
        message=refusal.message if refusal else None,
    )


def _dossier(connection: Connection, username: str) -> Dossier:
    clock = office().engine.clock
    account = identity.account_of(connection, username, clock.now())
    held = [Held(id_, each, _stand(each, clock.today())) for id_, each in account.member.holdings.items()]
    names = identity.names_of(connection, {each.holding.acts_for for each in held})
    return Dossier(account, held, identity.grants_of(connection, username), names)


def _stand(holding: Holding, today: date) -> str:
    if holding.from_date > today:
        return "later"
    return "over" if holding.to_date is not None and holding.to_date < today else "now"


def _done(username: str, notice: str, act: Callable[[], object]) -> Answer:
    """Back to the person's page: with a notice, or with what is wrong and all that was typed."""
    try:
        act()
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(username, refusal), status_of(refusal)
    return _back(username, notice)


def _back(username: str, notice: str) -> Response:
    return redirect(url_for("web.person", username=username, kabar=notice), HTTPStatus.SEE_OTHER)


def _told_once(username: str, password: str) -> str:
    member: Member = asked(lambda c: identity.find_person(c, username))
    return render_template("one_time_password.html", section=SECTION, member=member, password=password)


def _permission(word: str) -> Permission:
    try:
        return Permission(word)
    except ValueError:
        raise errors.Invalid("Pilih izinnya.") from None


def _give_back(username: str) -> None:
    at = office()
    administration.give_back(at.engine, at.gate.do, username)
