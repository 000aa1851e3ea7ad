"""Figures for Prometheus: who may read them, what they count, and that all processes of a server count together."""

import http.client
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert

from server.engine import workers
from server.engine.tables import Incident, Timer
from tests import live
from tests.health.conftest import Site


def figures(text: str) -> dict[str, float]:
    found = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in found}


def read(app: Flask, address: str = "127.0.0.1", **headers: str) -> tuple[int, dict[str, float]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = app.test_client().get("/metrics", headers=named, environ_base={"REMOTE_ADDR": address})
    return answer.status_code, figures(answer.text) if answer.status_code == 200 else {}


# --- who may read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 403),
        ("127.0.0.1", {"X_Forwarded_For": "10.0.0.7"}, 403),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.7"}, 403),
        ("10.0.0.7", {"Authorization": "Bearer "}, 403),
    ],
)
def test_only_this_machine_reads_where_there_is_no_token(
    make_app: Callable[..., Flask],
    empty_book: Path,
    database_url: str,
    address: str,
    headers: dict[str, str],
    status: int,
) -> None:
    app = make_app(database_url=database_url, book=empty_book)
    assert read(app, address, **headers)[0] == status


@pytest.mark.parametrize(
    ("header", "status"),
    [("Bearer kunci", 200), ("Bearer kunci2", 403), ("Bearer", 403), ("Basic a2V5", 403)],
)
def test_other_machines_read_with_the_token(
    make_app: Callable[..., Flask], empty_book: Path, database_url: str, header: str, status: int
) -> None:
    app = make_app(database_url=database_url, book=empty_book, metrics_token="kunci")
    assert read(app, "10.0.0.7", Authorization=header)[0] == status


def test_behind_a_trusted_proxy_the_callers_own_address_counts(
    make_app: Callable[..., Flask], empty_book: Path, database_url: str
) -> None:
    app = make_app(database_url=database_url, book=empty_book, proxies=1)
    assert read(app, X_Forwarded_For="10.0.0.7")[0] == 403
    assert read(app, X_Forwarded_For="127.0.0.1")[0] == 200


# --- what is counted -------------------------------------------------------------------------------------------------


def start(site: Site) -> None:
    headers = {"Authorization": f"Bearer {site.token}"}
    body = {"processDefinitionId": "surat"}
    assert site.app.test_client().post("/v2/process-instances", json=body, headers=headers).status_code == 200


def test_requests_are_counted_by_route_and_steps_as_they_are_written(site: Site) -> None:
    for _ in range(3):
        start(site)
    site.app.test_client().get("/entah/apa")
    _, found = read(site.app)
    route = 'method="POST",route="/v2/process-instances"'
    assert found[f'tatalaksana_requests_total{{{route},status="200"}}'] == 3
    assert found[f"tatalaksana_request_seconds_count{{{route}}}"] == 3
    assert found['tatalaksana_requests_total{method="GET",route="none",status="404"}'] == 1
    assert found["tatalaksana_steps_total"] == 3


@pytest.mark.both_databases
def test_what_waits_is_read_from_the_database(site: Site) -> None:
    start(site)
    now = site.engine.clock.now()
    due = [{"key": 1, "definition_key": 1, "event_id": "mulai", "due_at": now, "retries": 3}]
    opened = {
        "process_instance_key": 1,
        "element_instance_key": 1,
        "element_id": "a",
        "type": "x",
        "message": "m",
    }
    rows = [
        opened | {"key": key, "state": state, "created_at": now}
        for key, state in ((1, "ACTIVE"), (2, "RESOLVED"))
    ]
    site.gate.change(lambda c: (c.execute(insert(Timer), due), c.execute(insert(Incident), rows)))
    site.gate.change(lambda c: workers.report(site.engine, c, "satu", now, {"job_failed": 2}))
    _, found = read(site.app)
    assert found["tatalaksana_database_up"] == 1
    assert (found["tatalaksana_open_tasks"], found["tatalaksana_open_incidents"]) == (1, 1)
    assert (found["tatalaksana_due_timers"], found["tatalaksana_due_jobs"]) == (1, 0)
    assert 0 <= found["tatalaksana_oldest_due_timer_seconds"] < 60
    assert found['tatalaksana_work_total{what="job_failed",worker="satu"}'] == 2
    assert found['tatalaksana_worker_last_seen_seconds{worker="satu"}'] < 60


def test_without_its_database_a_server_still_tells_what_it_counted(
    make_app: Callable[..., Flask], empty_book: Path
) -> None:
    app = make_app(database_url=f"postgresql://a@127.0.0.1:{live.free_port()}/b", book=empty_book)
    app.test_client().get("/v2/status")
    _, found = read(app)
    assert found["tatalaksana_database_up"] == 0
    assert found['tatalaksana_requests_total{method="GET",route="/v2/status",status="503"}'] == 1


@pytest.mark.slow
def test_all_processes_of_a_server_count_together(bare_database_url: str) -> None:
    with live.office(bare_database_url, {}, {}) as office:
        environment = office.environment() | {"WEB_CONCURRENCY": "3"}
        with live.running(["server.cli", "serve", "--no-worker"], environment) as server:
            live.await_port(office.config.port, server)
            for _ in range(30):
                assert _get(office, "/v2/license")[0] == 200
            counted = {_licenses(_get(office, "/metrics")[1]) for _ in range(10)}
    assert counted == {30}


def _get(office: live.Office, path: str) -> tuple[int, str]:
    wire = http.client.HTTPConnection("127.0.0.1", office.config.port, timeout=live.PATIENCE)
    try:
        wire.request("GET", path)
        answer = wire.getresponse()
        return answer.status, answer.read().decode()
    finally:
        wire.close()


def _licenses(text: str) -> int:
    found = re.search(r'requests_total\{method="GET",route="/v2/license",status="200"\} (\d+)', text)
    return int(found[1]) if found else 0
