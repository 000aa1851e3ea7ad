"""The token endpoint, as Camunda's clients call it."""

from base64 import b64encode
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from server.db import load_json, write
from server.identity import IssuedClient, Permission, register_client
from tests.api.conftest import Caller, Office


@pytest.fixture
def client(office: Office) -> IssuedClient:
    now = office.gate.clock.now()
    with write(office.gate.database) as connection:
        return register_client(connection, "pns", "uji", Permission, now, now + timedelta(days=1))


def ask(office: Office, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
    return office.app.test_client().post("/oauth/token", data=form, headers=headers)


def test_a_client_gets_a_token_that_opens_the_api(office: Office, client: IssuedClient) -> None:
    answer = ask(
        office,
        grant_type="client_credentials",
        client_id=client.id,
        client_secret=client.secret,
        audience="tatalaksana",
    )
    told = load_json(answer.data)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 3600)
    caller = Caller(office.app.test_client(), told["access_token"])
    assert caller.get("/v2/authentication/me")["username"] == "pns"


def test_the_secret_may_come_as_basic(office: Office, client: IssuedClient) -> None:
    basic = b64encode(f"{client.id}:{client.secret}".encode()).decode()
    answer = ask(office, {"Authorization": f"Basic {basic}"}, grant_type="client_credentials")
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, 401, "invalid_client"),
    ],
)
def test_a_refusal_has_oauths_shape(office: Office, form: dict[str, str], status: int, error: str) -> None:
    answer = ask(office, **form)
    told = load_json(answer.data)
    assert (answer.status_code, told["error"]) == (status, error)
    assert told["error_description"]


def test_too_many_guesses_are_answered_by_429(office: Office, client: IssuedClient) -> None:
    form = {"grant_type": "client_credentials", "client_id": client.id, "client_secret": "salah"}
    answers = [ask(office, **form) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_body_that_is_too_large_is_not_read(office: Office) -> None:
    assert ask(office, grant_type="client_credentials", client_id="x" * 100_000).status_code == 413
