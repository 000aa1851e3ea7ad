"""OpenID Connect: logging in through a provider that the office trusts (OpenID Connect Core 1.0, code flow with PKCE).

`Provider` sends a browser there and reads what it brings back; `vouched_for` says who that is here. It opens no session, and
keeps nothing of the provider's but its addresses and keys, for a while.
"""

import hmac
import time as stopwatch
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import urlencode

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet
from sqlalchemy import ColumnElement, Connection, func, select

from server.errors import Conflict, Forbidden, Invalid, Unavailable
from server.identity.models import Person
from server.identity.people import NewPerson, add_person, is_username

SCOPES: Final = "openid profile email"
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""Signatures by a key that only the provider has; never `none`, never a secret that both know."""
TIMEOUT: Final = 5.0
REMEMBERED: Final = 3600.0
AGAIN: Final = 60.0
"""Seconds after which keys that do not fit are asked for anew: a provider changes them without a word."""
RESPITE: Final = 10.0
"""Seconds for which a provider that was away is not asked: whoever comes then need not wait to hear the same."""
LEEWAY: Final = 60
FIELDS: Final[Mapping[str, Any]] = {
    "username": Person.username,
    "nip": Person.nip,
    "email": func.lower(Person.email),
}
"""By which of a person's facts a claim may name them."""
WORDS: Final = {"username": "nama pengguna", "nip": "NIP", "email": "alamat surel"}


class NotVouched(Forbidden):
    """The provider did not say, or not so that it can be believed, who somebody is."""


class Declined(NotVouched):
    def __init__(self, name: str) -> None:
        super().__init__(f"Masuk lewat {name} dibatalkan. Ulangi, atau masuk dengan kata sandi.")


class NotFinished(NotVouched):
    """The provider does not know of this login any more."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Masuk lewat {name} terputus atau terlalu lama. Mulai lagi dari halaman ini.")


class NotBegunHere(NotFinished):
    """An answer that belongs to no login of this browser: anybody's page could have sent it here."""


class Unbelievable(NotVouched):
    """`why` is for the log and the audit trail; people can do nothing with it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(
            f"Jawaban {name} tidak dapat dipercaya, jadi Anda belum masuk. Beri tahu petugas TI; sementara itu masuk "
            "dengan kata sandi."
        )
        self.why = why


class Stranger(NotVouched):
    """The provider knows somebody whom the office does not."""

    def __init__(self, name: str, field: str, value: str) -> None:
        super().__init__(
            f"{name} mengenal Anda dengan {WORDS[field]} “{value[:100]}”, tetapi di sini tidak ada pengguna aktif dengan itu. "
            "Minta petugas TI mencatatnya."
        )


class ProviderAway(Unavailable):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} tidak menjawab. Masuk dengan kata sandi, atau coba lagi sebentar lagi.", 30)


@dataclass(frozen=True)
class ProviderSettings:
    """Which provider, and how it names people: `claim` holds a person's `field`. `creates`: who is unknown gets an account."""

    issuer: str
    client_id: str
    client_secret: str
    claim: str = "preferred_username"
    field: str = "username"
    creates: bool = False
    name: str = "SSO"


@dataclass(frozen=True)
class Departure:
    """A login under way: where the browser is sent, and what it must bring back. Only that browser keeps it."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass
class _Read:
    """What a provider says of itself, and when it was asked, by the stopwatch."""

    metadata: Mapping[str, Any]
    keys: KeySet
    at: float


@dataclass
class Provider:
    """One a process. Every method raises ProviderAway where it does not answer."""

    settings: ProviderSettings
    _read: _Read | None = field(default=None, init=False)
    _away: float = field(default=-RESPITE, init=False)
    """When it last did not answer, by the stopwatch."""

    def depart(self, back: str) -> Departure:
        """`back`: the address here to which the provider returns the browser."""
        state, nonce, verifier = token_urlsafe(24), token_urlsafe(24), token_urlsafe(48)
        with self._session(back) as session:
            address, _ = session.create_authorization_url(
                self._known().metadata["authorization_endpoint"],
                state=state,
                nonce=nonce,
                code_verifier=verifier,
            )
        return Departure(address, state, nonce, verifier)

    def arrive(
        self, departure: Departure, answer: Mapping[str, str], back: str, now: datetime
    ) -> Mapping[str, Any]:
        """The claims about who came back. Raises NotBegunHere, Declined, NotFinished, Unbelievable."""
        name, issuer = self.settings.name, self.settings.issuer
        if not hmac.compare_digest(answer.get("state", "").encode(), departure.state.encode()):
            raise NotBegunHere(name)
        if answer.get("iss", issuer) != issuer:  # RFC 9207
            raise Unbelievable(name, "iss of the answer")
        if answer.get("error") == "access_denied":
            raise Declined(name)
        if "code" not in answer:
            raise NotFinished(name) if "error" not in answer else Unbelievable(name, answer["error"][:100])
        with self._session(back) as session:
            tokens = self._exchanged(session, answer["code"], departure.verifier)
            claims = self._verified(tokens, departure.nonce, now)
            if self.settings.claim not in claims:
                claims = {**self._user_info(session, tokens, claims["sub"]), **claims}
        return claims

    def goodbye(self, back: str) -> str | None:
        """Where the browser ends its session with the provider, too; None where that has no such place."""
        end = self._known().metadata.get("end_session_endpoint")
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return f"{end}?{urlencode(asked)}" if end else None

    def _session(self, back: str) -> Any:
        known = self._known().metadata
        supported = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in supported else "client_secret_post"
        return OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret or None,
            token_endpoint_auth_method=method if self.settings.client_secret else "none",
            scope=SCOPES,
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _exchanged(self, session: Any, code: str, verifier: str) -> Mapping[str, Any]:
        name, address = self.settings.name, self._known().metadata["token_endpoint"]
        try:
            found: Mapping[str, Any] = session.fetch_token(
                address, code=code, code_verifier=verifier, timeout=TIMEOUT, allow_redirects=False
            )
        except AuthlibBaseError as fault:
            raise (
                NotFinished(name)
                if fault.error == "invalid_grant"
                else Unbelievable(name, str(fault.error)[:100])
            ) from None
        except (requests.RequestException, ValueError):
            raise ProviderAway(name) from None
        return found

    def _verified(self, tokens: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        """The ID token's claims, once its signature, issuer, audience, times and nonce are right (Core §3.1.3.7)."""
        settings, text = self.settings, str(tokens.get("id_token", ""))
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": settings.issuer},
            "aud": {"essential": True, "value": settings.client_id},
        }
        params = {"nonce": nonce, "client_id": settings.client_id, "access_token": tokens.get("access_token")}
        try:
            token = self._signed(text)
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(int(now.timestamp()), LEEWAY)
        except (JoseError, ValueError, TypeError) as fault:
            raise Unbelievable(settings.name, f"{type(fault).__name__} {fault}"[:100]) from None
        if not isinstance(claims["sub"], str):
            raise Unbelievable(settings.name, "sub")
        return dict(claims)

    def _signed(self, text: str) -> jwt.Token:
        """Raises JoseError, ValueError."""
        known = self._known()
        try:
            return jwt.decode(text, known.keys, ALGORITHMS)
        except (JoseError, ValueError):
            if stopwatch.monotonic() - known.at < AGAIN:
                raise
        self._read = None
        return jwt.decode(text, self._known().keys, ALGORITHMS)

    def _user_info(self, session: Any, tokens: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        """What the provider tells beside the ID token; nothing where it has no such place."""
        address = self._known().metadata.get("userinfo_endpoint")
        if not address:
            return {}
        bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
        told = self._fetched(address, bearer)
        if told.get("sub") != subject:
            raise Unbelievable(self.settings.name, "sub of userinfo")
        return told

    def _known(self) -> _Read:
        now = stopwatch.monotonic()
        if self._read is None or now - self._read.at > REMEMBERED:
            if now - self._away < RESPITE:
                raise ProviderAway(self.settings.name)
            try:
                self._read = self._discovered(now)
            except ProviderAway:
                self._away = stopwatch.monotonic()
                raise
        return self._read

    def _discovered(self, now: float) -> _Read:
        """The provider's addresses and keys (OpenID Connect Discovery 1.0 §4)."""
        settings = self.settings
        metadata = self._fetched(f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if metadata.get("issuer") != settings.issuer:
            raise Unbelievable(settings.name, "issuer of the configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        scheme = settings.issuer.partition("://")[0]
        if not all(str(metadata.get(each, "")).startswith(f"{scheme}://") for each in needed):
            raise Unbelievable(settings.name, "addresses of the configuration")
        return _Read(metadata, _keys(self._fetched(metadata["jwks_uri"])), now)

    def _fetched(self, address: str, headers: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        try:
            answer = requests.get(address, headers=headers, timeout=TIMEOUT, allow_redirects=False)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError):
            raise ProviderAway(self.settings.name) from None
        if answer.status_code != 200 or not isinstance(found, dict):
            raise ProviderAway(self.settings.name)
        return found


def vouched_for(connection: Connection, settings: ProviderSettings, claims: Mapping[str, Any]) -> str | None:
    """The username of the active person whom the claims name; None where the office knows nobody like that.

    An address counts only where the provider has verified it. Raises Unbelievable.
    """
    value = claims.get(settings.claim)
    if not isinstance(value, str) or not value.strip():
        raise Unbelievable(settings.name, f"claim {settings.claim[:60]}")
    if settings.field == "email" and claims.get("email_verified") is not True:
        raise Unbelievable(settings.name, "email_verified")
    wanted: ColumnElement[bool] = FIELDS[settings.field] == _value(settings, claims)
    found = connection.execute(select(Person.username).where(wanted, Person.active)).scalars().all()
    return found[0] if len(found) == 1 else None


def add_vouched(
    connection: Connection, settings: ProviderSettings, claims: Mapping[str, Any], now: datetime
) -> str:
    """An account without roles for somebody whom the provider knows; the username. Raises Stranger."""
    value = _value(settings, claims)
    username = str(claims.get("preferred_username") or value).lower()
    if not settings.creates or not is_username(username):
        raise Stranger(settings.name, settings.field, value)
    nip = value if settings.field == "nip" else None
    email = str(claims["email"]) if claims.get("email_verified") is True and claims.get("email") else None
    person = NewPerson(username, str(claims.get("name") or username)[:200], nip, email)
    try:
        add_person(connection, person, now)
    except (Invalid, Conflict):  # somebody has the username, and is closed or named otherwise
        raise Stranger(settings.name, settings.field, value) from None
    return username


def _value(settings: ProviderSettings, claims: Mapping[str, Any]) -> str:
    value = str(claims[settings.claim]).strip()
    return value if settings.field == "nip" else value.lower()


def _keys(found: Mapping[str, Any]) -> KeySet:
    """The keys that can be used; a secret key among them is none."""
    keys = []
    for each in found.get("keys", ()):
        with suppress(JoseError, ValueError, TypeError, AttributeError):
            if each.get("kty") != "oct":
                keys.append(JWKRegistry.import_key(each))
    return KeySet(keys)
