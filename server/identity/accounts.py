"""An account as administration sees it: who it is, what they may, and whether they can log in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from server.identity.actor import load_actor
from server.identity.attempts import locked_until
from server.identity.models import Credential
from server.identity.people import Member, find_person
from server.identity.permissions import Permission


@dataclass(frozen=True)
class Account:
    """`permissions`: of today, by roles and by name. `locked_until`: too many logins failed."""

    member: Member
    permissions: frozenset[Permission]
    has_password: bool
    must_change: bool
    locked_until: datetime | None


def account_of(connection: Connection, username: str, now: datetime) -> Account:
    """Raises UnknownPerson."""
    member = find_person(connection, username)
    actor = load_actor(connection, username, now.date()) if member.active else None
    credential = connection.execute(
        select(Credential.must_change).where(Credential.username == username)
    ).one_or_none()
    return Account(
        member,
        actor.permissions if actor else frozenset(),
        credential is not None,
        bool(credential and credential.must_change),
        locked_until(connection, username, now),
    )
