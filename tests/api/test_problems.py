"""Errors as callers see them."""

import base64
from typing import Any

import pytest
from werkzeug.test import TestResponse

from server import errors
from server.db import load_json, write
from server.identity import set_password
from tests.api.conftest import NOW, Caller, Office

PASSWORD = "kata-sandi-uji-coba"


@pytest.fixture
def _password(office: Office) -> None:
    """What `pns` logs in with."""
    with write(office.gate.database) as connection:
        set_password(connection, "pns", PASSWORD, NOW)


def told(answer: TestResponse) -> Any:
    return load_json(answer.data)


def basic(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


def test_without_credentials_one_is_told_how_to_log_in(office: Office) -> None:
    answer = office.anybody().call("GET", "/v2/topology")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Tatalaksana"'


@pytest.mark.usefixtures("_password")
def test_a_password_opens_what_a_token_opens(office: Office) -> None:
    client = office.app.test_client()
    assert client.get("/v2/topology", headers=basic("pns", PASSWORD)).status_code == 200
    assert client.get("/v2/topology", headers=basic("pns", "salah")).status_code == 401


@pytest.mark.usefixtures("_password")
def test_too_many_wrong_passwords_must_wait(office: Office) -> None:
    client = office.app.test_client()
    for _ in range(10):
        client.get("/v2/topology", headers=basic("pns", "salah"))
    answer = client.get("/v2/topology", headers=basic("pns", PASSWORD))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("header", ["Bearer", "Bearer x y", "Digest a=b", "Basic ???", "entah"])
def test_credentials_that_make_no_sense_are_none(office: Office, header: str) -> None:
    answer = office.app.test_client().get("/v2/topology", headers={"Authorization": header})
    assert answer.status_code == 401


def test_malformed_json_names_its_line(pns: Caller) -> None:
    answer = pns.call(
        "POST", "/v2/user-tasks/search", data=b'{"filter":\n {"state" 1}}', content_type="application/json"
    )
    assert answer.status_code == 400
    assert told(answer)["problems"][0]["line"] == 2


def test_ten_thousand_parentheses_are_refused(pns: Caller) -> None:
    body = b'{"variables":' + b"[" * 10_000 + b"]" * 10_000 + b"}"
    answer = pns.call("POST", "/v2/user-tasks/1/completion", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "bersarang" in told(answer)["detail"]


def test_another_type_of_body_is_refused(pns: Caller) -> None:
    answer = pns.call("POST", "/v2/user-tasks/search", data=b"a=1", content_type="text/plain")
    assert answer.status_code == 415


def test_a_body_beyond_two_mebibytes_is_refused(pns: Caller) -> None:
    body = b'{"x":"' + b"a" * 2 * 2**20 + b'"}'
    answer = pns.call("POST", "/v2/user-tasks/search", data=body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("body", [[], [1], "teks", 7, True])
def test_a_body_is_an_object(pns: Caller, body: object) -> None:
    answer = pns.call("POST", "/v2/user-tasks/search", body)
    assert answer.status_code == 400
    assert "objek JSON" in told(answer)["detail"]


def test_every_problem_of_a_request_is_named_at_once(pns: Caller) -> None:
    answer = pns.call(
        "POST",
        "/v2/user-tasks/search",
        {"filter": {"priority": {"$gt": "1"}, "entah": 1}, "page": {"limit": 0}, "sort": [{"field": "x"}]},
    )
    assert {problem["where"] for problem in told(answer)["problems"]} == {
        "filter.priority.$gt",
        "filter.entah",
        "page.limit",
        "sort[0].field",
    }


@pytest.mark.parametrize("key", ["abc", "-1", "1.5", "99999999999999999999", "9223372036854775808", "١٢"])
def test_a_key_is_a_number_in_digits(pns: Caller, key: str) -> None:
    answer = pns.call("GET", f"/v2/user-tasks/{key}")
    assert answer.status_code == 400
    assert told(answer)["problems"][0]["where"] == "userTaskKey"


def test_the_unexpected_gives_a_number_and_nothing_else(
    office: Office, pns: Caller, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(question: object) -> None:
        raise RuntimeError("isi rahasia")

    monkeypatch.setattr(office.gate, "ask", fail)
    answer = pns.call("GET", "/v2/status")
    number = told(answer)["detail"].split("nomor ")[1].split()[0]
    assert answer.status_code == 500
    assert "rahasia" not in answer.text
    assert number in "".join(capsys.readouterr())


def test_a_database_that_is_away_is_told_with_a_time_to_come_back(
    office: Office, pns: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(question: object) -> None:
        raise errors.Unavailable("Basis data sedang tidak dapat dipakai.", 5)

    monkeypatch.setattr(office.gate, "ask", away)
    answer = pns.call("GET", "/v2/status")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"


@pytest.mark.parametrize("path", ["/api/people/budi/holdings/{}/to-date", "/api/calendar/hours/{}"])
def test_a_number_is_one_that_a_database_counts(admin: Caller, path: str) -> None:
    verb, body = ("PUT", {"toDate": "2026-12-31"}) if path.endswith("to-date") else ("DELETE", None)
    answer = admin.call(verb, path.format(2**63), body)
    assert answer.status_code == 400
    assert told(answer)["problems"][0]["where"] == "id"
