"""Permissions given to roles and to people, and taken back."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from server.errors import Invalid
from server.identity.models import PermissionGrant, Person, RoleHolding
from server.identity.people import touch_account, touch_accounts
from server.identity.permissions import Permission
from server.identity.roles import Roles, UnknownRole


class InvalidGrant(Invalid):
    """A permission cannot be given like this."""


@dataclass(frozen=True)
class Grant:
    """A permission of a role or of a person, one of the two.

    bidang: for which field it counts; None: where the role is held, and everywhere for a person or a role of the office.
    """

    permission: Permission
    role: str | None = None
    username: str | None = None
    bidang: str | None = None


def grant(connection: Connection, roles: Roles, given: Grant) -> None:
    """Everyone concerned has it from their next request on. Raises InvalidGrant, UnknownRole, UnknownPerson."""
    _check(roles, given)
    _touch_concerned(connection, given)
    if connection.execute(select(PermissionGrant.id).where(*_same(given))).first() is None:
        connection.execute(insert(PermissionGrant), vars(given))


def give_first_grants(connection: Connection, roles: Roles) -> None:
    """What the roles may do in a database that was empty."""
    for first in roles.first_grants:
        grant(connection, roles, Grant(first.permission, role=first.role, bidang=first.bidang))


def grants_of(connection: Connection, username: str) -> list[Grant]:
    """What a person may by name, whatever they hold."""
    rows = select(PermissionGrant.permission, PermissionGrant.bidang).where(
        PermissionGrant.username == username
    )
    ordered = rows.order_by(PermissionGrant.permission, PermissionGrant.bidang)
    return [
        Grant(Permission(row.permission), username=username, bidang=row.bidang)
        for row in connection.execute(ordered)
    ]


def withdraw(connection: Connection, given: Grant) -> None:
    """Nobody has it by this grant from their next request on. A grant that is not there is no error."""
    _touch_concerned(connection, given)
    connection.execute(delete(PermissionGrant).where(*_same(given)))


def withdraw_all(connection: Connection, username: str, permission: str) -> None:
    """The person no longer has the permission by name, in any field. Raises UnknownPerson."""
    touch_account(connection, username)
    theirs = (PermissionGrant.username == username, PermissionGrant.permission == permission)
    connection.execute(delete(PermissionGrant).where(*theirs))


def _check(roles: Roles, given: Grant) -> None:
    if (given.role is None) == (given.username is None):
        raise InvalidGrant("Berikan izin kepada satu peran atau satu orang.")
    if given.role is not None and given.role not in roles:
        raise UnknownRole(given.role)
    if given.bidang is not None and given.bidang not in roles.bidang:
        raise InvalidGrant(f"Bidang “{given.bidang}” tidak ada.")


def _touch_concerned(connection: Connection, given: Grant) -> None:
    if given.username is not None:
        touch_account(connection, given.username)
    else:
        holding_it = select(RoleHolding.username).where(RoleHolding.role == given.role)
        touch_accounts(connection, Person.username.in_(holding_it))


def _same(given: Grant) -> tuple[ColumnElement[bool], ...]:
    return (
        PermissionGrant.permission == given.permission,
        PermissionGrant.role.is_not_distinct_from(given.role),
        PermissionGrant.username.is_not_distinct_from(given.username),
        PermissionGrant.bidang.is_not_distinct_from(given.bidang),
    )
