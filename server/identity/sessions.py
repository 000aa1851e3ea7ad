"""Sessions: a person's stay in the pages, from logging in to logging out, known by 256 random bits in a cookie.

Only their SHA-256 is kept. A session ends by itself when nobody has used it for a while, and at the latest after a working
day; whoever has ended one, it counts no more from the next request on.
"""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, or_, select, update

from server.db import AnyRow, Instant
from server.errors import NotFound
from server.identity.models import Credential, LoginSession, Person
from server.identity.people import touch_account
from server.identity.tokens import digest

IDLE: Final = timedelta(hours=2)
LONGEST: Final = timedelta(hours=12)


class UnknownSession(NotFound):
    def __init__(self, session: int) -> None:
        super().__init__("Sesi itu tidak ada atau sudah berakhir.")
        self.session = session


@dataclass(frozen=True)
class Session:
    """What a person may know of a session of theirs. `agent`: the browser, as it calls itself; `vouched`: by OpenID Connect."""

    id: int
    username: str
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    vouched: bool = False


@dataclass(frozen=True)
class OpenedSession:
    """A new session's id, and the text for the cookie, which nobody can read again."""

    id: int
    text: str
    expires_at: datetime


_LIVE = (LoginSession.expires_at > bindparam("now", type_=Instant)) & (
    LoginSession.seen_at > bindparam("idle_since", type_=Instant)
)
_COLUMNS: tuple[Any, ...] = tuple(getattr(LoginSession, each.name) for each in fields(Session))
_FIND = (
    select(*_COLUMNS, Person.account_version, Credential.must_change, Credential.demo)
    .join(Person, Person.username == LoginSession.username)
    .outerjoin(Credential, Credential.username == LoginSession.username)
    .where(Person.active, LoginSession.sha256 == bindparam("digest"), _LIVE)
)
_OF = (
    select(*_COLUMNS)
    .where(LoginSession.username == bindparam("username"), _LIVE)
    .order_by(LoginSession.seen_at.desc(), LoginSession.id.desc())
)


def open_session(
    connection: Connection, username: str, address: str, agent: str, now: datetime, vouched: bool = False
) -> OpenedSession:
    """A session of a person whose password was right, or whom a provider vouches for; their ended ones are forgotten."""
    over = or_(LoginSession.expires_at <= now, LoginSession.seen_at <= now - IDLE)
    connection.execute(delete(LoginSession).where(LoginSession.username == username, over))
    text = token_urlsafe(32)
    row = {
        "username": username,
        "sha256": digest(text),
        "agent": agent[:200],
        "address": address[:64],
        "created_at": now,
        "seen_at": now,
        "expires_at": now + LONGEST,
        "vouched": vouched,
    }
    opened = connection.execute(insert(LoginSession).returning(LoginSession.id), row).scalar_one()
    return OpenedSession(opened, text, now + LONGEST)


def find_session(connection: Connection, text: str, now: datetime) -> AnyRow | None:
    """The live session of this text: a Session's columns, its account's version, and whether the password is a temporary or a demo one."""
    return connection.execute(_FIND, {"digest": digest(text), **_at(now)}).one_or_none()


def mark_seen(connection: Connection, session: int, now: datetime) -> None:
    connection.execute(update(LoginSession).where(LoginSession.id == session).values(seen_at=now))


def sessions_of(connection: Connection, username: str, now: datetime) -> list[Session]:
    """The person's live sessions, the last used first."""
    return [Session(*row) for row in connection.execute(_OF, {"username": username, **_at(now)})]


def end_session(connection: Connection, username: str, session: int) -> None:
    """The person's session counts no more from the next request on. Raises UnknownSession."""
    mine = delete(LoginSession).where(LoginSession.id == session, LoginSession.username == username)
    if connection.execute(mine).rowcount == 0:
        raise UnknownSession(session)
    touch_account(connection, username)


def end_sessions(connection: Connection, username: str, but: int | None = None) -> None:
    """Ends all of the person's sessions, or all but one."""
    touch_account(connection, username)
    theirs = delete(LoginSession).where(LoginSession.username == username)
    connection.execute(theirs if but is None else theirs.where(LoginSession.id != but))


def _at(now: datetime) -> dict[str, datetime]:
    return {"now": now, "idle_since": now - IDLE}
