"""Every request has an id, and a line in the log that tells nothing of people."""

import re
from typing import Any

import pytest

from server import worker
from server.app import build
from server.config import Config
from server.db import load_json
from tests.health.conftest import SECRET, Site


def lines(text: str) -> list[dict[str, Any]]:
    return [load_json(line) for line in text.splitlines() if line.startswith("{")]


def post(site: Site, path: str, body: str, token: str | None = None, **headers: str) -> Any:
    headers |= {"Authorization": f"Bearer {token or site.token}"}
    return site.app.test_client().post(path, data=body, content_type="application/json", headers=headers)


def test_the_callers_id_is_kept(site: Site) -> None:
    answer = site.app.test_client().get("/v2/topology", headers={"X-Request-Id": "kantor-7:a.b_C"})
    assert answer.headers["X-Request-Id"] == "kantor-7:a.b_C"
    assert load_json(answer.data)["requestId"] == "kantor-7:a.b_C"


@pytest.mark.parametrize("given", [None, "", "a b", 'x"}', "é", "x" * 65, "<script>"])
def test_without_a_usable_id_the_request_gets_one(site: Site, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-Id": given}
    ids = {site.app.test_client().get("/health/live", headers=headers).headers["X-Request-Id"] for _ in "ab"}
    assert len(ids) == 2
    assert all(re.fullmatch("[0-9a-f]{16}", each) for each in ids)


def test_the_log_names_request_route_and_case(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    started = post(
        site, "/v2/process-instances", '{"processDefinitionId": "surat"}', **{"X-Request-Id": "r1"}
    )
    [line] = lines(capsys.readouterr().err)
    case = load_json(started.data)["processInstanceKey"]
    assert (line["event"], line["request"], line["case"]) == ("request", "r1", case)
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v2/process-instances", 200)


def test_one_requests_case_is_not_told_of_the_next(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    post(site, "/v2/process-instances", '{"processDefinitionId": "surat"}')
    site.app.test_client().get("/v2/status")
    assert ["case" in line for line in lines(capsys.readouterr().err)] == [True, False]


def test_those_who_watch_are_not_told_of(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    for path in ("/health/live", "/health/ready", "/metrics"):
        site.app.test_client().get(path)
    assert lines(capsys.readouterr().err) == []


def test_nothing_personal_reaches_the_log(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values, names and tokens go through steps that succeed, are refused, fail and break down."""
    post(site, "/v2/process-instances", '{"processDefinitionId": "surat"}')
    found = post(site, "/v2/user-tasks/search", "{}")
    task = load_json(found.data)["items"][0]["userTaskKey"]
    post(site, f"/v2/user-tasks/{task}/completion", f'{{"variables": {{"lain": "{SECRET}"}}}}')
    post(
        site, f"/v2/user-tasks/{task}/completion?alasan={SECRET}", f'{{"variables": {{"nama": "{SECRET}"}}}}'
    )
    post(site, f"/v2/{SECRET}", "{}")
    post(site, "/v2/user-tasks/search", f'{{"{SECRET}": 1', token=f"ttl_{SECRET}")
    _work(site)
    _break_down(site, monkeypatch)
    told = capsys.readouterr().err
    events = {line["event"] for line in lines(told)}
    assert events == {"request", "job failed", "unexpected error"}
    assert not [word for word in (SECRET, "budiman", "Budiman", site.token) if word in told]


def test_an_unexpected_error_is_told_by_its_kind_and_its_places(
    site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = _break_down(site, monkeypatch)
    line = next(each for each in lines(capsys.readouterr().err) if each["event"] == "unexpected error")
    assert line["error"] == "ValueError < KeyError"
    assert any("tests/health/test_requests.py" in place for place in line["trace"])
    assert answer.status_code == 500
    assert line["request"] in load_json(answer.data)["detail"]


def _work(site: Site) -> None:
    """A worker tries the job, whose handler quotes a value as it fails."""
    config = Config(book=site.book)
    house = build(config, site.gate.database)
    worker.work_once(house.gate, house.engine)


def _break_down(site: Site, monkeypatch: pytest.MonkeyPatch) -> Any:
    def broken(*_: object) -> None:
        try:
            raise KeyError(SECRET)
        except KeyError as fault:
            raise ValueError(f"nilai {SECRET}") from fault

    monkeypatch.setattr("server.gate.Gate.caller", broken)
    return site.app.test_client().get("/v2/topology")


def test_what_the_api_answers_is_sealed_more_strictly_than_a_page(site: Site) -> None:
    def seal(path: str) -> str:
        (policy,) = (
            site.app.test_client()
            .get(path, base_url="https://kantor.test")
            .headers.getlist("Content-Security-Policy")
        )
        return policy

    assert seal("/v2/topology") == "default-src 'none'; sandbox"
    assert "default-src 'self'" in seal("/masuk")


@pytest.mark.parametrize("path", ["/v2/topology", "/masuk"])
def test_browsers_stay_with_tls_once_they_came_by_it(site: Site, path: str) -> None:
    client = site.app.test_client()
    assert "Strict-Transport-Security" in client.get(path, base_url="https://kantor.test").headers
    assert "Strict-Transport-Security" not in client.get(path, base_url="http://kantor.test").headers
