"""Who stands above a person: the officers over the post that they hold, the nearest first, each as held today."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, select

from server.identity.models import Person, RoleHolding
from server.identity.people import held_on, holders
from server.identity.roles import Penerima, Roles


@dataclass(frozen=True)
class Superior:
    """An officer: by which group their tasks come, as what, and who they are."""

    kelompok: str
    jabatan: str
    nama: str
    nip: str | None


def superiors(
    connection: Connection, roles: Roles, username: str, today: date, jabatan: str, unit: str
) -> tuple[Superior, ...]:
    """The officers over a person, the direct superior first; a vacant post is passed over.

    `jabatan` and `unit`: the person's post and unit as their file has them, by which their own role is known among several, and
    the bidang of one who holds a role of the whole office.
    """
    held = {row.role: row.bidang for row in connection.execute(_OWN.where(held_on(today)), {"who": username})}
    role = _post(roles, held, jabatan)
    if role is None:
        return ()
    bidang = held[role] or _bidang(roles, unit)
    found = []
    for group in roles.groups_above(role, bidang):
        officer, _, own = group.partition("@")
        who = next(
            (each for each in holders(connection, officer, own or None, today) if each != username), None
        )
        if who is not None and officer not in held:
            person = connection.execute(_PERSON, {"who": who}).one()
            found.append(Superior(group, roles.title(group), person.name, person.nip))
    return tuple(found)


def _post(roles: Roles, held: Iterable[str], jabatan: str) -> str | None:
    """The role that is the person's post: named as it, else an office over others, else the one that stands highest."""
    known = [role for role in roles if role in frozenset(held)]
    posts = [role for role in known if roles[role].penerima is not Penerima.SUBJEK] or known
    named = [role for role in posts if roles[role].nama == jabatan]
    offices = {each.atasan for each in roles.values()}
    over_others = [role for role in posts if role in offices]
    return min(named or over_others or posts, key=lambda role: len([*roles.next_higher(role)]), default=None)


def _bidang(roles: Roles, unit: str) -> str | None:
    """The bidang that a unit is, or lies in: “Bidang PIAK” names the one whose name ends in (PIAK)."""
    words = unit.casefold().removeprefix("bidang ").strip()
    names = {each.id: each.nama.casefold() for each in roles.bidang.values()}
    return next((id_ for id_, name in names.items() if words and (words in name or name in words)), None)


_OWN = (
    select(RoleHolding.role, RoleHolding.bidang)
    .where(RoleHolding.username == bindparam("who"), RoleHolding.acting.is_(None))
    .order_by(RoleHolding.role)
)
_PERSON = select(Person.name, Person.nip).where(Person.username == bindparam("who"))
