"""Succession: to whom tasks go that their own role cannot do, because nobody holds it or because they are about its holder.

They go up the chain of `atasan` to the nearest officer who is somebody else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)

from server.identity.models import Person, RoleHolding
from server.identity.people import held_on, holders
from server.identity.roles import Lingkup, Penerima, Roles

Holders = Mapping[str, str | None]
"""Groups that somebody holds, each with its only holder's username, or None where there are several."""


@dataclass(frozen=True)
class Stand:
    """Tasks of `group` that come to a higher officer: in processes of `bidang`, or (with `any_bidang`) in all.

    `subject`: only those about this person, the group's only holder; None: all, as nobody holds the group.
    """

    group: str
    bidang: str | None
    any_bidang: bool
    subject: str | None


@dataclass(frozen=True)
class Vacancy:
    """A role that nobody holds. `receiver`: the group whose officers get its tasks; None: nobody does."""

    role: str
    bidang: str | None
    group: str
    receiver: str | None


Column = SQLColumnExpression[Any]

_GROUP = case(
    (RoleHolding.bidang.is_(None), RoleHolding.role), else_=RoleHolding.role + "@" + RoleHolding.bidang
)
"""A holding's group, as tasks name it."""
_HOLDERS = (
    select(
        RoleHolding.role,
        RoleHolding.bidang,
        func.min(RoleHolding.username).label("first"),
        func.max(RoleHolding.username).label("last"),
    )
    .join(Person, Person.username == RoleHolding.username)
    .where(Person.active, held_on(bindparam("today", type_=Date)))
    .group_by(RoleHolding.role, RoleHolding.bidang)
)


def group_holders(connection: Connection, today: date) -> Holders:
    """Every group that an active person holds on the day, also as Plt. or Plh."""
    rows = connection.execute(_HOLDERS, {"today": today})
    return {
        row.role if row.bidang is None else f"{row.role}@{row.bidang}": (
            row.first if row.first == row.last else None
        )
        for row in rows
    }


def receivers(
    connection: Connection, roles: Roles, group: str, bidang: str | None, barred: str | None, today: date
) -> list[str]:
    """Usernames of those to whom a task of `group` is offered in a process of `bidang`, as `Actor.receives` says of each."""
    role, _, own = group.partition("@")
    found: str | None = group
    if _comes_up(roles, role, own):
        field = own or (bidang if bidang in roles.bidang else None)
        found = receiver(roles, group_holders(connection, today), role, field, barred)
    if found is None:
        return []
    role, _, own = found.partition("@")
    return [each for each in holders(connection, role, own or None, today) if each != barred]


def _comes_up(roles: Roles, role: str, bidang: str) -> bool:
    """Whether what a group cannot do comes to a higher officer."""
    if role not in roles or roles[role].penerima is Penerima.SUBJEK:
        return False
    return bidang in roles.bidang if roles[role].lingkup is Lingkup.BIDANG else not bidang


def stands_of(roles: Roles, holders: Holders, groups: frozenset[str]) -> frozenset[Stand]:
    """What comes to who holds `groups`, besides the tasks of these."""
    return frozenset(_stands(roles, holders, groups)) if groups else frozenset()


def vacancies(connection: Connection, roles: Roles, today: date) -> list[Vacancy]:
    """The roles of the office that nobody holds on the day, those held per bidang in each that has them."""
    holders = group_holders(connection, today)
    return [
        Vacancy(role.id, bidang, group, receiver(roles, holders, role.id, bidang))
        for role, bidang in roles.posts()
        if role.penerima is Penerima.PEMEGANG and (group := roles.group(role.id, bidang)) not in holders
    ]


def no_longer_holds(username: Column, group: Column, today: date) -> ColumnElement[bool]:
    """The condition that a person has held a group and does not today, or does not act any more."""
    theirs = and_(RoleHolding.username == username, group == _GROUP)
    left = exists().where(theirs, RoleHolding.to_date < today)
    holds = exists().where(theirs, held_on(today))
    return or_(and_(left, ~holds), acts_no_more(username))


def acts_no_more(username: Column) -> ColumnElement[bool]:
    """The condition that a person does not act any more."""
    return exists().where(Person.username == username, ~Person.active)


def is_stood_in_for(username: Column, group: Column, since: date, today: date) -> ColumnElement[bool]:
    """The condition that a Plh. acts for the person in the group today, and began to after `since`."""
    begun = and_(RoleHolding.from_date > since, held_on(today))
    return exists().where(RoleHolding.acts_for == username, group == _GROUP, begun)


def receiver(
    roles: Roles, holders: Holders, role: str, bidang: str | None, subject: str | None = None
) -> str | None:
    """The first group, from the role's own upwards, that somebody other than `subject` holds."""
    own = roles.group(role, bidang)
    for group in (own, *roles.groups_above(role, bidang)):
        if group in holders and (subject is None or holders[group] != subject):
            return group
    return None


def _stands(roles: Roles, holders: Holders, groups: frozenset[str]) -> Iterator[Stand]:
    for role in roles.values():
        if role.penerima is Penerima.SUBJEK:
            continue
        if role.lingkup is Lingkup.BIDANG:
            for bidang in roles.bidang:
                yield from (
                    Stand(roles.group(role.id, bidang), None, True, subject)
                    for subject in _received(roles, holders, role.id, bidang, groups)
                )
        else:
            yield from _of_office_role(roles, holders, role.id, groups)


def _of_office_role(roles: Roles, holders: Holders, role: str, groups: frozenset[str]) -> Iterator[Stand]:
    """A role of the whole office may have other officers above it in each bidang."""
    fields = (None, *roles.bidang)
    found = {bidang: set(_received(roles, holders, role, bidang, groups)) for bidang in fields}
    everywhere = set.intersection(*found.values())
    yield from (Stand(role, None, True, subject) for subject in everywhere)
    for bidang, subjects in found.items():
        yield from (Stand(role, bidang, False, subject) for subject in subjects - everywhere)


def _received(
    roles: Roles, holders: Holders, role: str, bidang: str | None, groups: frozenset[str]
) -> Iterator[str | None]:
    """None where all tasks of the role come to one of `groups`, a username where those about that person do."""
    first = receiver(roles, holders, role, bidang)
    if first is None:
        return
    if first in groups and first != roles.group(role, bidang):
        yield None
    only = holders[first]
    if only is not None and receiver(roles, holders, role, bidang, only) in groups:
        yield only
