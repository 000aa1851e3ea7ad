"""Programs that log in by OAuth client credentials."""

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from server.db import read, write
from server.identity import (
    AccessToken,
    Actor,
    Grant,
    IssuedClient,
    Login,
    Permission,
    Roles,
    TooManyAttempts,
    UnknownClient,
    UnknownScope,
    WrongClient,
    WrongToken,
    clients_of,
    grant,
    grant_access,
    register_client,
    revoke_client,
    set_active,
    tokens_of,
    trail,
)
from server.identity.attempts import LIMITS
from server.identity.clients import LIFE, MOST_A_MINUTE
from server.identity.models import ApiToken, OAuthClient

pytestmark = pytest.mark.both_databases

HERE = "192.0.2.7"


@dataclass
class Program:
    engine: Engine
    now: datetime
    login: Login
    client: IssuedClient

    def ask(self, secret: str | None = None, scope: str = "", client: str | None = None) -> AccessToken:
        with read(self.engine) as connection:
            secret = self.client.secret if secret is None else secret
            return grant_access(connection, client or self.client.id, secret, scope, HERE, self.now)

    def use(self, token: AccessToken) -> Actor:
        with read(self.engine) as connection:
            return self.login.authenticate_token(connection, token.text, self.now)


@pytest.fixture
def program(engine: Engine, roles: Roles, budi: str, now: datetime) -> Program:
    with write(engine) as connection:
        for permission in (Permission.START, Permission.CANCEL):
            grant(connection, roles, Grant(permission, username=budi))
        scopes = [Permission.START, Permission.COMPLETE]
        client = register_client(connection, budi, "Gerbang", scopes, now, now + timedelta(days=30))
    return Program(engine, now, Login(), client)


def test_a_client_acts_as_its_person_within_its_scopes_for_an_hour(program: Program) -> None:
    token = program.ask()
    actor = program.use(token)
    assert (actor.username, actor.permissions, token.expires_in) == ("budi", {Permission.START}, 3600)
    program.now += LIFE
    with pytest.raises(WrongToken):
        program.use(token)


def test_neither_secret_nor_token_is_kept(program: Program) -> None:
    token = program.ask()
    with read(program.engine) as connection:
        kept = [
            *connection.execute(select(OAuthClient.__table__)),
            *connection.execute(select(ApiToken.__table__)),
        ]
    assert not any(secret in str(row) for row in kept for secret in (program.client.secret, token.text))
    assert all(len(row.sha256) == 32 for row in kept)


def test_a_token_tells_when_it_expires_as_camundas_node_client_reads_it(program: Program) -> None:
    _, told, bits = program.ask().text.split(".")
    read_ = json.loads(urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    assert read_ == {"iat": int(program.now.timestamp()), "exp": int((program.now + LIFE).timestamp())}
    assert len(bits) == 43


def test_a_token_that_was_tampered_with_is_none(program: Program) -> None:
    token = program.ask()
    head, _, bits = token.text.split(".")
    with pytest.raises(WrongToken):
        program.use(AccessToken(f"{head}.e30.{bits}", 1, frozenset()))


def test_scopes_can_be_narrowed_and_not_widened(program: Program) -> None:
    assert program.ask(scope="complete").scopes == {Permission.COMPLETE}
    for scope in ("cancel", "lain"):
        with pytest.raises(UnknownScope):
            program.ask(scope=scope)


@pytest.mark.parametrize(
    ("client", "secret"), [(None, "salah"), (None, ""), ("klien_lain", None), ("\ud800", "x")]
)
def test_any_other_credential_is_refused(program: Program, client: str | None, secret: str | None) -> None:
    with pytest.raises(WrongClient):
        program.ask(secret, client=client)


def test_guessing_secrets_is_limited_and_told(program: Program) -> None:
    for _ in range(LIMITS["user"]):
        with pytest.raises(WrongClient):
            program.ask("salah")
    with pytest.raises(TooManyAttempts):
        program.ask()
    with read(program.engine) as connection:
        outcomes = {entry.outcome for entry in trail(connection, f"client:{program.client.id}")}
    assert outcomes == {"WrongClient", "TooManyAttempts"}


def test_a_client_that_keeps_no_token_is_told_to_wait(program: Program) -> None:
    for _ in range(MOST_A_MINUTE):
        program.ask()
    with pytest.raises(TooManyAttempts, match="simpan token"):
        program.ask()
    program.now += timedelta(minutes=1)
    assert program.ask()


def test_expired_tokens_are_forgotten(program: Program) -> None:
    program.ask()
    program.now += LIFE
    program.ask()
    with read(program.engine) as connection:
        assert connection.execute(select(func.count()).select_from(ApiToken)).scalar_one() == 1
        assert tokens_of(connection, "budi") == []


def test_a_revoked_clients_tokens_are_refused_at_once(program: Program) -> None:
    token = program.ask()
    program.use(token)
    with write(program.engine) as connection:
        with pytest.raises(UnknownClient):
            revoke_client(connection, "sri", program.client.id, program.now)
        revoke_client(connection, "budi", program.client.id, program.now)
        assert [one.revoked_at for one in clients_of(connection, "budi")] == [program.now]
    with pytest.raises(WrongToken):
        program.use(token)
    with pytest.raises(WrongClient):
        program.ask()


def test_a_closed_account_and_an_expired_client_get_nothing(program: Program) -> None:
    token = program.ask()
    with write(program.engine) as connection:
        set_active(connection, "budi", False)
    with pytest.raises(WrongToken):
        program.use(token)
    with pytest.raises(WrongClient):
        program.ask()
    with write(program.engine) as connection:
        set_active(connection, "budi", True)
    program.now += timedelta(days=30)
    with pytest.raises(WrongClient):
        program.ask()
