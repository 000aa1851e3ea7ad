"""People, as far as everybody of the office may know them: who there is, the roles, the groups, and who is in them.

A group is a role as tasks name it: `role`, or `role@bidang` where it is held per bidang.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, Connection, String, case, column, exists, select, true, values

from server.engine.engine import Engine
from server.engine.search.listing import NOTHING, Listing, find, search
from server.engine.search.query import Found, Item, Query
from server.identity import Actor, Lingkup, Permission, Roles
from server.identity.models import Person, RoleHolding
from server.identity.people import held_on


def _users(actor: Actor) -> Listing:
    """People who act; the address only of oneself, and for who administers."""
    return Listing(
        word="Pengguna",
        key="username",
        source=Person.__table__,
        fields={
            "username": Person.username,
            "name": Person.name,
            "email": Person.email
            if Permission.ADMINISTER in actor.permissions
            else case((Person.username == actor.username, Person.email)),
        },
        visible=lambda actor: (
            true() if Permission.ADMINISTER in actor.permissions else Person.active.is_(True)
        ),
    )


def _roles_of(known: Roles) -> Listing:
    """The roles of the office."""
    return _written("Peran", "role_id", ((role.id, role.nama) for role in known.values()))


def _groups_of(known: Roles) -> Listing:
    """Every group that a task may be offered to."""
    return _written("Kelompok", "group_id", ((group, name) for group, _, name in _groups(known)))


def _written(word: str, key: str, rows: Iterable[tuple[str, str]]) -> Listing:
    """A listing of what stands in a file."""
    listed = values(column(key, String), column("name", String), name=key).data(list(rows)).cte()
    fields = {key: listed.c[key], "name": listed.c.name, "description": NOTHING}
    return Listing(word, key, listed, fields, lambda actor: true())


def _groups(known: Roles) -> Iterable[tuple[str, str, str]]:
    """Group, role, and what people call it."""
    for role in known.values():
        if role.lingkup is Lingkup.DINAS:
            yield role.id, role.id, role.nama
        else:
            for bidang in known.bidang.values():
                yield known.group(role.id, bidang.id), role.id, f"{role.nama} ({bidang.nama})"


def search_users(engine: Engine, connection: Connection, actor: Actor, query: Query) -> Found:
    """People who act."""
    return search(engine, connection, actor, _users(actor), query)


def find_user(engine: Engine, connection: Connection, actor: Actor, username: str) -> Item:
    """One of them. Raises Unseen."""
    return find(engine, connection, actor, _users(actor), username)


def search_roles(engine: Engine, connection: Connection, actor: Actor, query: Query) -> Found:
    """The roles of the office."""
    return search(engine, connection, actor, _roles_of(engine.roles), query)


def find_role(engine: Engine, connection: Connection, actor: Actor, role: str) -> Item:
    """One of them. Raises Unseen."""
    return find(engine, connection, actor, _roles_of(engine.roles), role)


def search_groups(engine: Engine, connection: Connection, actor: Actor, query: Query) -> Found:
    """Every group that a task may be offered to."""
    return search(engine, connection, actor, _groups_of(engine.roles), query)


def find_group(engine: Engine, connection: Connection, actor: Actor, group: str) -> Item:
    """One of them. Raises Unseen."""
    return find(engine, connection, actor, _groups_of(engine.roles), group)


def search_role_users(engine: Engine, connection: Connection, actor: Actor, role: str, query: Query) -> Found:
    """Who holds a role today, wherever. Raises Unseen."""
    find_role(engine, connection, actor, role)
    return _holding(engine, connection, actor, RoleHolding.role == role, query)


def search_group_users(
    engine: Engine, connection: Connection, actor: Actor, group: str, query: Query
) -> Found:
    """Who is in a group today. Raises Unseen."""
    find_group(engine, connection, actor, group)
    role, _, bidang = group.partition("@")
    held = (RoleHolding.role == role) & (RoleHolding.bidang.is_not_distinct_from(bidang or None))
    return _holding(engine, connection, actor, held, query)


def search_role_groups(
    engine: Engine, connection: Connection, actor: Actor, role: str, query: Query
) -> Found:
    """The groups in which a role is held. Raises Unseen."""
    find_role(engine, connection, actor, role)
    of_role = ((group, name) for group, each, name in _groups(engine.roles) if each == role)
    return search(engine, connection, actor, _written("Kelompok", "group_id", of_role), query)


def _holding(
    engine: Engine, connection: Connection, actor: Actor, held: ColumnElement[bool], query: Query
) -> Found:
    today: date = engine.clock.today()
    holds = exists(
        select(RoleHolding.id).where(RoleHolding.username == Person.username, held, held_on(today))
    )
    listing = _users(actor)
    people = Listing(
        listing.word, listing.key, listing.source, listing.fields, lambda actor: Person.active & holds
    )
    return search(engine, connection, actor, people, query)
