"""Login: who is it that calls, by password, by token, or by the session of a browser.

A credential that was right is remembered for a minute, so that a request costs one small query and no hashing. What is
remembered never outlives the account's version: a new password, a revoked token, an ended role or a closed account
count from the next request on, in every process.
"""

import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from server.db import AnyRow, fetch, write
from server.errors import Forbidden
from server.identity import audit, openid
from server.identity.actor import Actor, load_actor
from server.identity.attempts import TooManyAttempts, check_attempts, count_failure, forget_failures
from server.identity.audit import Entry
from server.identity.models import Credential, Person
from server.identity.passwords import SamePassword, set_password, verify
from server.identity.people import is_username
from server.identity.roles import Roles
from server.identity.sessions import IDLE, OpenedSession, find_session, mark_seen, open_session
from server.identity.tokens import find_token, mark_used

REMEMBERED: Final = timedelta(seconds=60)
MOST_REMEMBERED: Final = 10_000
NOTED_USE: Final = timedelta(hours=1)
NOTED_VISIT: Final = timedelta(minutes=5)


class NotAuthenticated(Forbidden):
    """Nobody knows who is asking."""


class WrongPassword(NotAuthenticated):
    def __init__(self) -> None:
        super().__init__("Nama pengguna atau kata sandi salah.")


class WrongToken(NotAuthenticated):
    def __init__(self) -> None:
        super().__init__("Token tidak dikenal, sudah dicabut, atau habis masa berlakunya. Buat token baru.")


class WrongSession(NotAuthenticated):
    def __init__(self) -> None:
        super().__init__("Sesi Anda sudah berakhir. Masuk lagi.")


class PasswordMustChange(Forbidden):
    """The password was right, but is only good for choosing another one."""

    def __init__(self) -> None:
        super().__init__(
            "Kata sandi ini hanya sementara. Masuk lewat halaman dan ganti dahulu kata sandinya."
        )


@dataclass(frozen=True)
class Visitor:
    """Who a session belongs to. `must_change`: they may do nothing before they have chosen a password of their own.

    `vouched`: a provider said who they are.
    """

    actor: Actor
    session: int
    must_change: bool
    vouched: bool = False


@dataclass(frozen=True)
class Entered:
    """The answer to a login from a page.

    `refused`: how many logins failed since `previous`, the last one that did not, so that a person notices a stranger's.
    """

    session: OpenedSession
    actor: Actor
    must_change: bool
    refused: int
    previous: datetime | None


@dataclass(frozen=True)
class _Known:
    """An actor as they stood on `day` at the account's `version`, good until `until`; by which session, if by one."""

    actor: Actor
    version: int
    day: date
    until: datetime
    session: int = 0
    must_change: bool = False
    vouched: bool = False


_VERB: Final = "login"
_VERSION = select(Person.account_version).where(Person.username == bindparam("username"), Person.active)
_CREDENTIAL = (
    select(Credential.argon2id, Credential.must_change, Credential.demo, Person.account_version)
    .join(Person, Person.username == Credential.username)
    .where(Credential.username == bindparam("username"), Person.active)
)


class Login:
    """Checks credentials for one process, and remembers the right ones under a key that only it knows.

    `now` is aware and in the office's zone: its date decides which roles are held. The connection comes from `read`;
    what must be kept whatever becomes of the request (a failed attempt, a token's last use) is written apart.
    """

    def __init__(self, roles: Roles | None = None, demo: bool = False) -> None:
        """`roles`: the office's, by which an officer stands above another.

        `demo`: the demo people's passwords are good for work; everywhere else only for choosing another one.
        """
        self._roles = roles
        self._demo = demo
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, _Known] = {}
        self._hashing = threading.Lock()

    def authenticate_basic(
        self, connection: Connection, username: str, password: str, address: str, now: datetime
    ) -> Actor:
        """`address`: whence the request comes. Raises WrongPassword, TooManyAttempts."""
        username = username.strip().lower()
        proof = self._proof(f"password:{username}:{password}")
        known = self._recall(connection, proof, now)
        if known is None:
            # One hash at a time bounds the memory, and a burst of one credential is hashed once.
            with self._hashing:
                known = self._recall(connection, proof, now)
                if known is None:
                    known = self._check_password(connection, username, password, address[:64], now)
                    self._remember(proof, known, now)
        return known.actor

    def authenticate_token(self, connection: Connection, token: str, now: datetime) -> Actor:
        """Raises WrongToken."""
        proof = self._proof(f"token:{token}")
        known = self._recall(connection, proof, now)
        if known is None:
            known = _check_token(connection, token, now, self._roles)
            self._remember(proof, known, now)
        return known.actor

    def log_in(
        self, connection: Connection, username: str, password: str, address: str, agent: str, now: datetime
    ) -> Entered:
        """Opens a session, `agent` being the browser's name for itself. Raises WrongPassword, TooManyAttempts."""
        username = username.strip().lower()
        with self._hashing:
            found = _right_password(connection, username, password, address[:64], now)
        return self._enter(connection, username, address, agent, now, must_change=self._is_temporary(found))

    def log_in_vouched(
        self,
        connection: Connection,
        settings: openid.ProviderSettings,
        claims: Mapping[str, Any],
        address: str,
        agent: str,
        now: datetime,
    ) -> Entered:
        """Opens a session for the person whom a provider vouches for; a temporary password of theirs is no matter.

        Raises Stranger, Unbelievable.
        """
        username = openid.vouched_for(connection, settings, claims)
        if username is None:
            with write(connection.engine) as apart:
                username = openid.add_vouched(apart, settings, claims, now)
                entry = Entry(now, None, "user.add", f"person:{username}", "done", settings.issuer[:200])
                audit.record(apart, entry)
        return self._enter(connection, username, address, agent, now, vouched=True)

    def check_address(self, connection: Connection, address: str, now: datetime) -> None:
        """Before a provider is asked. Raises TooManyAttempts."""
        check_attempts(connection, None, address[:64], now)

    def note_not_vouched(
        self, connection: Connection, error: openid.NotVouched, address: str, now: datetime
    ) -> None:
        """A login through a provider that came to nothing counts against the address, and is kept.

        Not so what anybody could make a browser send, or what its person has cancelled.
        """
        if isinstance(error, openid.NotBegunHere | openid.Declined):
            return
        count_failure(connection, None, address[:64], now)
        detail = {"address": address[:64], "openid": getattr(error, "why", "")}
        audit.record(connection, Entry(now, None, _VERB, "person:?", type(error).__name__, detail))

    def _enter(
        self,
        connection: Connection,
        username: str,
        address: str,
        agent: str,
        now: datetime,
        must_change: bool = False,
        vouched: bool = False,
    ) -> Entered:
        refused, previous = _since_last_login(connection, username)
        actor = load_actor(connection, username, now.date(), self._roles)
        with write(connection.engine) as apart:
            opened = open_session(apart, username, address, agent, now, vouched)
            _note(apart, username, "done", address, now, vouched)
        return Entered(opened, actor, must_change, refused, previous)

    def authenticate_session(self, connection: Connection, text: str, now: datetime) -> Visitor:
        """Raises WrongSession."""
        proof = self._proof(f"session:{text}")
        known = self._recall(connection, proof, now)
        if known is None:
            known = self._check_session(connection, text, now)
            self._remember(proof, known, now)
        return Visitor(known.actor, known.session, known.must_change, known.vouched)

    def change_password(
        self, connection: Connection, visitor: Visitor, old: str, new: str, address: str, now: datetime
    ) -> None:
        """A person's own change; their other sessions end. Raises WrongPassword, TooManyAttempts, WeakPassword."""
        username = visitor.actor.username
        with self._hashing:
            _right_password(connection, username, old, address[:64], now)
        if new == old:
            raise SamePassword
        with write(connection.engine) as apart:
            set_password(apart, username, new, now, keep=visitor.session)
            audit.record(apart, Entry(now, username, "user.password", f"person:{username}", "done"))

    def _check_password(
        self, connection: Connection, username: str, password: str, address: str, now: datetime
    ) -> _Known:
        found = _right_password(connection, username, password, address, now)
        if self._is_temporary(found):
            raise PasswordMustChange
        return _known(connection, username, found.account_version, now, self._roles)

    def _check_session(self, connection: Connection, text: str, now: datetime) -> _Known:
        found = find_session(connection, text, now)
        if found is None:
            raise WrongSession
        if found.seen_at < now - NOTED_VISIT:
            with write(connection.engine) as apart:
                mark_seen(apart, found.id, now)
        known = _known(connection, found.username, found.account_version, now, self._roles)
        until = min(known.until, found.expires_at, found.seen_at + IDLE)
        must_change = self._is_temporary(found) and not found.vouched
        return replace(
            known, until=until, session=found.id, must_change=must_change, vouched=bool(found.vouched)
        )

    def _is_temporary(self, credential: AnyRow) -> bool:
        """Whether the password is only good for choosing another one."""
        return bool(credential.must_change or (credential.demo and not self._demo))

    def _recall(self, connection: Connection, proof: bytes, now: datetime) -> _Known | None:
        known = self._known.get(proof)
        if known is None or known.until <= now or known.day != now.date():
            return None
        found = fetch(connection, _VERSION, {"username": known.actor.username})
        return known if found and found[0].account_version == known.version else None

    def _remember(self, proof: bytes, known: _Known, now: datetime) -> None:
        if len(self._known) >= MOST_REMEMBERED:
            self._known = {proof: known for proof, known in self._known.items() if known.until > now}
        if len(self._known) < MOST_REMEMBERED:
            self._known[proof] = known

    def _proof(self, credential: str) -> bytes:
        """A name for the credential from which nobody can tell it."""
        return hmac.digest(self._key, credential.encode("utf-8", "surrogatepass"), "sha256")


def _right_password(
    connection: Connection, username: str, password: str, address: str, now: datetime
) -> AnyRow:
    """The credential that the password is right for, with the account's version. Raises WrongPassword, TooManyAttempts."""
    username = username if is_username(username) else "?"
    failed_before = check_attempts(connection, username, address, now)
    # The version is read with the hash: a password that changes meanwhile is not remembered under the new version.
    found = connection.execute(_CREDENTIAL, {"username": username}).one_or_none()
    if not verify(found and found.argon2id, password) or found is None:
        with write(connection.engine) as apart:
            locked = count_failure(apart, username, address, now)
            # A name that nobody has may be a password in the wrong field: it is kept nowhere.
            _note(apart, username if found else "?", "WrongPassword", address, now)
            if locked:
                _note(apart, username if found else "?", TooManyAttempts.__name__, address, now)
        raise WrongPassword
    if failed_before:
        with write(connection.engine) as apart:
            forget_failures(apart, username)
    return found


def _note(
    connection: Connection, username: str, outcome: str, address: str, now: datetime, vouched: bool = False
) -> None:
    actor = username if outcome == "done" else None
    detail = {"address": address[:64]} | ({"openid": ""} if vouched else {})
    entry = Entry(now, actor, _VERB, f"person:{username}", outcome, detail)
    audit.record(connection, entry)


def _since_last_login(connection: Connection, username: str) -> tuple[int, datetime | None]:
    """How many logins were refused since the last one that was not, and when that was."""
    refused = 0
    for entry in audit.trail(connection, f"person:{username}", verb=_VERB):
        if entry.outcome == "done":
            return refused, entry.at
        refused += entry.outcome == "WrongPassword"
    return refused, None


def _check_token(connection: Connection, text: str, now: datetime, roles: Roles | None) -> _Known:
    found = find_token(connection, text, now)
    if found is None:
        raise WrongToken
    token, version = found
    if token.last_used is None or token.last_used < now - NOTED_USE:
        with write(connection.engine) as apart:
            mark_used(apart, token.id, now)
    known = _known(connection, token.username, version, now, roles)
    return replace(known, actor=known.actor.within(token.scopes), until=min(known.until, token.expires_at))


def _known(connection: Connection, username: str, version: int, now: datetime, roles: Roles | None) -> _Known:
    actor = load_actor(connection, username, now.date(), roles)
    return _Known(actor, version, now.date(), now + REMEMBERED)
