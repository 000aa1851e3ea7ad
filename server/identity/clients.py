"""Programs that log in by OAuth 2.0 client credentials (RFC 6749 §4.4), as Camunda's clients do.

A client belongs to a person and may do no more than they, as far as its scopes reach. For its id and secret it gets access
tokens, which live for an hour; they are API tokens like any other.
"""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select, true, update

from server.db import write
from server.errors import Invalid, NotFound, Unavailable
from server.identity import audit
from server.identity.attempts import TooManyAttempts, check_attempts, count_failure, forget_failures
from server.identity.audit import Entry
from server.identity.models import ApiToken, OAuthClient, Person
from server.identity.people import touch_account
from server.identity.permissions import Permission
from server.identity.tokens import check_terms, digest

_ID: Final = re.compile(r"klien_[A-Za-z0-9_-]{16}")
LIFE: Final = timedelta(hours=1)
MOST_A_MINUTE: Final = 60
"""Access tokens that one client gets. Those of Camunda keep theirs until it expires."""


class UnknownClient(NotFound):
    def __init__(self, client: str) -> None:
        super().__init__("Klien itu tidak ada.")
        self.client = client


class WrongClient(Invalid):
    """The client or its secret is not known, or counts no more."""

    def __init__(self) -> None:
        super().__init__("Klien atau rahasianya tidak dikenal, sudah dicabut, atau habis masa berlakunya.")


class UnknownScope(Invalid):
    def __init__(self, scope: str) -> None:
        super().__init__(
            f"Cakupan “{scope}” tidak dikenal; kosongkan, atau sebut izin yang dimiliki klien ini."
        )
        self.scope = scope


class TooManyTokens(TooManyAttempts):
    """A client that does not keep its token until it expires."""

    def __init__(self) -> None:
        Unavailable.__init__(
            self, "Klien ini terlalu sering meminta token; simpan token sampai habis masa berlakunya.", 60
        )


@dataclass(frozen=True)
class Client:
    """What is known of a client."""

    id: str
    username: str
    name: str
    scopes: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used: datetime | None


@dataclass(frozen=True)
class IssuedClient:
    """A new client's id, and its secret, which nobody can read again."""

    id: str
    secret: str


@dataclass(frozen=True)
class AccessToken:
    """The answer to a client. `expires_in`: seconds."""

    text: str
    expires_in: int
    scopes: frozenset[Permission]


_COLUMNS: Final[tuple[Any, ...]] = tuple(getattr(OAuthClient, each.name) for each in fields(Client))


def register_client(
    connection: Connection,
    username: str,
    name: str,
    scopes: Iterable[Permission],
    now: datetime,
    expires_at: datetime,
) -> IssuedClient:
    """A new client of the person's. Raises InvalidToken, UnknownPerson."""
    check_terms("klien", name, now, expires_at)
    touch_account(connection, username)
    issued = IssuedClient(f"klien_{token_urlsafe(12)}", token_urlsafe(32))
    row: dict[str, Any] = {
        "id": issued.id,
        "username": username,
        "name": name,
        "sha256": digest(issued.secret),
    }
    row |= {"scopes": sorted(scopes), "created_at": now, "expires_at": expires_at}
    connection.execute(insert(OAuthClient), row)
    return issued


def revoke_client(connection: Connection, username: str, client: str, now: datetime) -> None:
    """The person's client and its tokens count no more from the next request on. Raises UnknownClient."""
    mine = update(OAuthClient).where(OAuthClient.id == client, OAuthClient.username == username)
    if connection.execute(mine.values(revoked_at=now)).rowcount == 0:
        raise UnknownClient(client)
    connection.execute(update(ApiToken).where(ApiToken.client == client).values(revoked_at=now))
    touch_account(connection, username)


def clients_of(connection: Connection, username: str | None) -> list[Client]:
    """All clients of the person (None: of everybody), revoked and expired ones too, the newest first."""
    theirs = select(*_COLUMNS).where(true() if username is None else OAuthClient.username == username)
    rows = connection.execute(theirs.order_by(OAuthClient.created_at.desc(), OAuthClient.id)).mappings()
    return [Client(**{**row, "scopes": frozenset(map(Permission, row["scopes"]))}) for row in rows]


def grant_access(
    connection: Connection, client: str, secret: str, scope: str, address: str, now: datetime
) -> AccessToken:
    """An access token for a client that knows its secret; `scope`: names of permissions, parted by spaces, or nothing for all.

    The connection comes from `read`; what is kept is written apart. Raises WrongClient, UnknownScope, TooManyAttempts.
    """
    client = client if _ID.fullmatch(client) else "?"
    caller = f"client:{client}"
    failed_before = check_attempts(connection, caller, address, now)
    known = select(OAuthClient.__table__).join(Person, Person.username == OAuthClient.username)
    counting = known.where(
        OAuthClient.id == client,
        OAuthClient.revoked_at.is_(None),
        OAuthClient.expires_at > now,
        Person.active,
    )
    found = connection.execute(counting).one_or_none()
    if found is None or not compare_digest(found.sha256, digest(secret)):
        with write(connection.engine) as apart:
            locked = count_failure(apart, caller, address, now)
            outcomes = [WrongClient.__name__, *([TooManyAttempts.__name__] if locked else ())]
            for outcome in outcomes:
                about = f"client:{client}" if found else "client:?"
                audit.record(apart, Entry(now, None, "client.token", about, outcome, {"address": address}))
        raise WrongClient
    scopes = _narrowed(frozenset(map(Permission, found.scopes)), scope)
    with write(connection.engine) as apart:
        if failed_before:
            forget_failures(apart, caller)
        return _issue(apart, found.id, found.username, scopes, now)


def _narrowed(scopes: frozenset[Permission], wanted: str) -> frozenset[Permission]:
    names = {permission.value for permission in scopes}
    for name in wanted.split():
        if name not in names:
            raise UnknownScope(name)
    return frozenset(map(Permission, wanted.split())) or scopes


def _issue(
    connection: Connection, client: str, username: str, scopes: frozenset[Permission], now: datetime
) -> AccessToken:
    recent = ApiToken.created_at > now - timedelta(minutes=1)
    counted = select(func.count()).where(ApiToken.client == client, recent)
    if connection.execute(counted).scalar_one() >= MOST_A_MINUTE:
        raise TooManyTokens
    connection.execute(delete(ApiToken).where(ApiToken.client == client, ApiToken.expires_at <= now))
    connection.execute(update(OAuthClient).where(OAuthClient.id == client).values(last_used=now))
    text = _text(now)
    row: dict[str, Any] = {"username": username, "name": client, "client": client, "sha256": digest(text)}
    row |= {"scopes": sorted(scopes), "created_at": now, "expires_at": now + LIFE}
    connection.execute(insert(ApiToken), row)
    return AccessToken(text, int(LIFE.total_seconds()), scopes)


def _text(now: datetime) -> str:
    """256 random bits in the shape of a JWT, as Camunda's client for Node reads `exp` in it. Here only the whole text counts."""
    told = {"iat": int(now.timestamp()), "exp": int((now + LIFE).timestamp())}
    return ".".join((_part({"typ": "JWT", "alg": "none"}), _part(told), token_urlsafe(32)))


def _part(value: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).rstrip(b"=").decode()
