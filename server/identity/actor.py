"""Who is acting: a person with the groups and permissions of the day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection, and_, bindparam, exists, or_, select

from server.db import AnyRow
from server.identity.models import PermissionGrant, Person, RoleHolding
from server.identity.people import Acting, Holding, UnknownPerson, held_on, holding_of
from server.identity.permissions import Permission
from server.identity.roles import Roles
from server.identity.succession import Stand, group_holders, stands_of

Limits = Mapping[Permission, frozenset[str]]


@dataclass(frozen=True)
class Actor:
    """A person who acts.

    groups: what they hold today, as `role` or `role@bidang`. permissions: what they may do, somewhere or everywhere;
    limits: in which fields alone, of those that do not count everywhere. sees: the fields of which they may read every case
    (Permission.SEE_BIDANG); Permission.SEE_ALL needs none.

    acting: which of the groups they hold only as Plt. or Plh. lost: groups that they held and no longer hold. stands: the
    tasks of others that come to them as the next higher officer. withheld: verbs that the token they came with leaves out,
    whatever allows them otherwise.
    """

    username: str
    name: str
    groups: frozenset[str]
    permissions: frozenset[Permission]
    sees: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=dict, hash=False)
    acting: Mapping[str, Acting] = field(default_factory=dict, hash=False)
    lost: frozenset[str] = frozenset()
    stands: frozenset[Stand] = frozenset()
    withheld: frozenset[Permission] = frozenset()

    def within(self, scopes: Iterable[Permission]) -> "Actor":
        """The same person with no more permissions than `scopes`."""
        scopes = frozenset(scopes)
        permissions = self.permissions & scopes
        sees = self.sees if Permission.SEE_BIDANG in permissions else frozenset()
        return replace(self, permissions=permissions, sees=sees, withheld=frozenset(Permission) - scopes)

    def may(self, permission: Permission, bidang: str | None) -> bool:
        """Whether they may do this in a process of `bidang`."""
        limit = self.limits.get(permission)
        return permission in self.permissions and (limit is None or bidang in limit)

    def receives(self, group: str | None, bidang: str | None, barred: str | None) -> bool:
        """Whether a task of `group` in a process of `bidang`, which `barred` must not do, is offered to them."""
        if group is None or barred == self.username:
            return False
        return group in self.groups or any(
            stand.group == group
            and (stand.any_bidang or stand.bidang == bidang)
            and stand.subject in (None, barred)
            for stand in self.stands
        )


_NAME = select(Person.name).where(Person.username == bindparam("username"), Person.active)
_HOLDINGS = select(RoleHolding.__table__).where(RoleHolding.username == bindparam("username"))
_GRANTS = select(PermissionGrant.permission, PermissionGrant.role, PermissionGrant.bidang).where(
    or_(
        PermissionGrant.username == bindparam("username"),
        PermissionGrant.role.in_(bindparam("roles", expanding=True)),
    )
)


def load_actor(connection: Connection, username: str, today: date, roles: Roles | None = None) -> Actor:
    """The person as they stand on `today`; without `roles`, nobody stands above anybody.

    Raises UnknownPerson, also where the account is not active.
    """
    name = connection.execute(_NAME, {"username": username}).scalar()
    if name is None:
        raise UnknownPerson(username)
    begun = [
        holding
        for row in connection.execute(_HOLDINGS, {"username": username})
        if (holding := holding_of(row)).from_date <= today
    ]
    held = [each for each in begun if each.to_date is None or each.to_date >= today]
    granted = connection.execute(_GRANTS, {"username": username, "roles": [one.role for one in held]}).all()
    groups = frozenset(each.group for each in held)
    return Actor(
        username=username,
        name=name,
        groups=groups,
        permissions=frozenset(Permission(one.permission) for one in granted),
        sees=frozenset(_seen(granted, held)),
        limits=_limits(granted, held),
        acting=_acting(held),
        lost=frozenset(each.group for each in begun) - groups,
        stands=stands_of(roles, group_holders(connection, today), groups) if roles else frozenset(),
    )


def granted(connection: Connection, roles: Roles, permission: Permission, today: date) -> list[Actor]:
    """Everybody who has the permission today, somewhere or everywhere."""
    holds = and_(RoleHolding.role == PermissionGrant.role, held_on(today))
    theirs = select(Person.username).where(
        Person.active,
        exists().where(
            PermissionGrant.permission == permission,
            or_(
                PermissionGrant.username == Person.username,
                exists().where(holds, RoleHolding.username == Person.username),
            ),
        ),
    )
    names = connection.execute(theirs.order_by(Person.username)).scalars().all()
    return [load_actor(connection, name, today, roles) for name in names]


def _acting(held: Iterable[Holding]) -> dict[str, Acting]:
    """What is also held by right is no acting."""
    own = {each.group for each in held if each.acting is None}
    return {each.group: each.acting for each in held if each.acting is not None and each.group not in own}


def _limits(granted: Sequence[AnyRow], held: Sequence[Holding]) -> dict[Permission, frozenset[str]]:
    """The fields of each permission that counts in some only: by its grant, or by where the role is held."""
    reach: dict[Permission, set[str | None]] = {}
    for grant in granted:
        fields = reach.setdefault(Permission(grant.permission), set())
        if grant.bidang or grant.role is None:
            fields.add(grant.bidang)
        else:
            fields |= {one.bidang for one in held if one.role == grant.role}
    return {
        permission: frozenset(filter(None, fields))
        for permission, fields in reach.items()
        if None not in fields
    }


def _seen(granted: Iterable[AnyRow], held: Sequence[Holding]) -> Iterator[str]:
    for grant in granted:
        if grant.permission == Permission.SEE_BIDANG:
            held_in = [one.bidang for one in held if one.role == grant.role]
            yield from filter(None, [grant.bidang] if grant.bidang else held_in)
