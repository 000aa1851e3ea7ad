"""Who is acting: a person with the groups and permissions of the day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Date, bindparam, or_, select

from server.db import AnyRow
from server.identity.models import PermissionGrant, Person, RoleHolding
from server.identity.people import UnknownPerson, held_on
from server.identity.permissions import Permission


@dataclass(frozen=True)
class Actor:
    """A person who acts.

    groups: what they hold today, as `role` or `role@bidang`. permissions: what they may do, somewhere or everywhere.
    sees: the fields of which they may read every case (Permission.SEE_BIDANG); Permission.SEE_ALL needs none.
    """

    username: str
    name: str
    groups: frozenset[str]
    permissions: frozenset[Permission]
    sees: frozenset[str] = frozenset()

    def within(self, scopes: Iterable[Permission]) -> "Actor":
        """The same person with no more permissions than `scopes`."""
        permissions = self.permissions & frozenset(scopes)
        sees = self.sees if Permission.SEE_BIDANG in permissions else frozenset()
        return Actor(self.username, self.name, self.groups, permissions, sees)


_NAME = select(Person.name).where(Person.username == bindparam("username"), Person.active)
_HOLDINGS = select(RoleHolding.role, RoleHolding.bidang).where(
    RoleHolding.username == bindparam("username"), held_on(bindparam("today", type_=Date))
)
_GRANTS = select(PermissionGrant.permission, PermissionGrant.role, PermissionGrant.bidang).where(
    or_(
        PermissionGrant.username == bindparam("username"),
        PermissionGrant.role.in_(bindparam("roles", expanding=True)),
    )
)


def load_actor(connection: Connection, username: str, today: date) -> Actor:
    """The person as they stand on `today`. Raises UnknownPerson, also where the account is not active."""
    name = connection.execute(_NAME, {"username": username}).scalar()
    if name is None:
        raise UnknownPerson(username)
    held = connection.execute(_HOLDINGS, {"username": username, "today": today}).all()
    granted = connection.execute(_GRANTS, {"username": username, "roles": [one.role for one in held]}).all()
    return Actor(
        username=username,
        name=name,
        groups=frozenset(one.role if one.bidang is None else f"{one.role}@{one.bidang}" for one in held),
        permissions=frozenset(Permission(one.permission) for one in granted),
        sees=frozenset(_seen(granted, held)),
    )


def _seen(granted: Iterable[AnyRow], held: Sequence[AnyRow]) -> Iterator[str]:
    for grant in granted:
        if grant.permission == Permission.SEE_BIDANG:
            held_in = [one.bidang for one in held if one.role == grant.role]
            yield from filter(None, [grant.bidang] if grant.bidang else held_in)
