"""What must hold for every route there is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from server.api import FOR_ANYBODY, PREFIXES
from server.db import load_json
from tests.api.conftest import Caller, Office


def routes(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIXES):
            url = re.sub(r"<[^>]+>", "1", rule.rule)
            yield from ((method, url, rule) for method in rule.methods or () if method != "OPTIONS")


def test_every_route_asks_who_is_calling(office: Office) -> None:
    stranger = office.anybody()
    open_to_all = {
        rule.endpoint
        for method, url, rule in routes(office.app)
        if stranger.call(method, url).status_code != 401
    }
    assert open_to_all == FOR_ANYBODY


def test_a_session_cookie_opens_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.app, "secret_key", "rahasia")
    stranger = office.anybody()
    with stranger.client.session_transaction() as session:
        session["username"] = "admin"
    assert stranger.call("GET", "/v2/topology").status_code == 401


def test_no_route_fails_on_a_key_that_is_not_there(office: Office, admin: Caller) -> None:
    answers = {(method, url): admin.call(method, url) for method, url, _ in routes(office.app)}
    assert {key: answer.text for key, answer in answers.items() if answer.status_code == 500} == {}


def test_every_error_is_a_problem(office: Office, admin: Caller) -> None:
    failed = [admin.call(method, url) for method, url, _ in routes(office.app) if method != "HEAD"]
    failed = [answer for answer in failed if answer.status_code >= 400]
    assert len(failed) > 20
    for answer in failed:
        told = load_json(answer.data)
        assert answer.content_type == "application/problem+json"
        assert {"type", "title", "status", "detail", "instance"} <= told.keys()
        assert told["status"] == answer.status_code


def test_the_document_describes_every_route(office: Office, admin: Caller) -> None:
    document = admin.get("/api/openapi.json")
    described = {re.sub(r"{[^}]+}", "1", path) for path in document["paths"]}
    assert described == {url for _, url, _ in routes(office.app)} - {"/api/openapi.json"}


def test_the_document_names_both_ways_of_logging_in(admin: Caller) -> None:
    document = admin.get("/api/openapi.json")
    assert document["components"]["securitySchemes"].keys() == {"basic", "bearer"}
    assert document["paths"]["/v2/status"]["get"]["security"] == []


def test_the_document_refers_to_nothing_that_is_missing(admin: Caller) -> None:
    text = admin.call("GET", "/api/openapi.json").text
    document = load_json(text)
    named = set(re.findall(r'"#/components/(\w+)/(\w+)"', text))
    assert {one for one in named if one[1] not in document["components"][one[0]]} == set()


@pytest.mark.parametrize("path", ["/v2/clock/reset", "/v2/apa-saja"])
def test_what_camunda_has_and_we_have_not_answers_501(pns: Caller, path: str) -> None:
    answer = pns.call("POST", path, {})
    assert answer.status_code == 501
    assert "belum tersedia" in load_json(answer.data)["detail"]


def test_an_address_that_nobody_knows_answers_404(pns: Caller) -> None:
    assert pns.call("GET", "/api/entah").status_code == 404


def test_a_known_address_with_another_method_answers_405_and_says_which(pns: Caller) -> None:
    answer = pns.call("DELETE", "/v2/topology")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_no_answer_is_cached_or_run_by_a_browser(published: Any, pns: Caller) -> None:
    key = pns.items("process-definitions")[0]["processDefinitionKey"]
    for url in (f"/v2/process-definitions/{key}/xml", "/v2/topology", "/v2/apa-saja"):
        headers = pns.call("GET", url).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"]
