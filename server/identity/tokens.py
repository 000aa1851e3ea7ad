"""API tokens: 256 random bits that act as a person, shown once and kept as their SHA-256."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, true, update

from server.db import Instant
from server.errors import Invalid, NotFound
from server.identity.models import ApiToken, Person
from server.identity.people import touch_account
from server.identity.permissions import Permission

PREFIX: Final = "ttl_"


class InvalidToken(Invalid):
    """A token cannot be issued like this."""


class UnknownToken(NotFound):
    def __init__(self, token: int) -> None:
        super().__init__("Token itu tidak ada.")
        self.token = token


@dataclass(frozen=True)
class Token:
    """What is known of a token. `scopes`: it may do no more than these, and no more than its person."""

    id: int
    username: str
    name: str
    scopes: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used: datetime | None


@dataclass(frozen=True)
class IssuedToken:
    """A new token's id, and its text, which nobody can read again."""

    id: int
    text: str


_COLUMNS = select(
    ApiToken.id,
    ApiToken.username,
    ApiToken.name,
    ApiToken.scopes,
    ApiToken.created_at,
    ApiToken.expires_at,
    ApiToken.revoked_at,
    ApiToken.last_used,
)
_VALID = (
    _COLUMNS.add_columns(Person.account_version)
    .join(Person, Person.username == ApiToken.username)
    .where(
        Person.active,
        ApiToken.sha256 == bindparam("digest"),
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > bindparam("now", type_=Instant),
    )
)


def check_terms(word: str, name: str, now: datetime, expires_at: datetime) -> None:
    """What a token and a client both need. Raises InvalidToken."""
    if not name.strip():
        raise InvalidToken(f"Beri nama pada {word}, misalnya nama program yang memakainya.")
    if expires_at <= now:
        raise InvalidToken(f"Masa berlaku {word} harus berakhir di masa depan.")


def issue_token(
    connection: Connection,
    username: str,
    name: str,
    scopes: Iterable[Permission],
    now: datetime,
    expires_at: datetime,
) -> IssuedToken:
    """A new token of the person's. Raises InvalidToken, UnknownPerson."""
    check_terms("token", name, now, expires_at)
    touch_account(connection, username)
    text = PREFIX + token_urlsafe(32)
    row = {
        "username": username,
        "name": name,
        "sha256": digest(text),
        "scopes": sorted(scopes),
        "created_at": now,
        "expires_at": expires_at,
    }
    return IssuedToken(connection.execute(insert(ApiToken).returning(ApiToken.id), row).scalar_one(), text)


def revoke_token(connection: Connection, username: str, token: int, now: datetime) -> None:
    """The person's token counts no more from the next request on. Raises UnknownToken."""
    own = (ApiToken.username == username, ApiToken.client.is_(None))
    mine = update(ApiToken).where(ApiToken.id == token, *own)
    if connection.execute(mine.values(revoked_at=now)).rowcount == 0:
        raise UnknownToken(token)
    touch_account(connection, username)


def tokens_of(connection: Connection, username: str | None) -> list[Token]:
    """All tokens of the person (None: of everybody) that were made by hand, revoked and expired ones too, the newest first."""
    whose = true() if username is None else ApiToken.username == username
    theirs = _COLUMNS.where(whose, ApiToken.client.is_(None))
    rows = connection.execute(theirs.order_by(ApiToken.id.desc()))
    return [_token(row) for row in rows.mappings()]


def find_token(connection: Connection, text: str, now: datetime) -> tuple[Token, int] | None:
    """The token that is written like this, if it counts now, with the version that its account has at this moment."""
    row = connection.execute(_VALID, {"digest": digest(text), "now": now}).mappings().one_or_none()
    return None if row is None else (_token(row), row["account_version"])


def mark_used(connection: Connection, token: int, now: datetime) -> None:
    connection.execute(update(ApiToken).where(ApiToken.id == token).values(last_used=now))


def digest(text: str) -> bytes:
    """The SHA-256 under which a token is kept. Random tokens need neither salt nor a slow hash."""
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _token(row: RowMapping) -> Token:
    facts = {field.name: row[field.name] for field in fields(Token)}
    return Token(**facts | {"scopes": frozenset(Permission(scope) for scope in row["scopes"])})
