"""Starts and completions a second over HTTP with one, two and four server processes."""

from dataclasses import dataclass
from typing import Final

from server.db import dump_json
from tests import live
from tests.bench.client import fire, request
from tests.bench.procedure import APPROVED, CHECKER, Cases

COUNTS: Final = (1, 2, 4)
REQUESTS: Final = 600
CONNECTIONS: Final = 8


@dataclass(frozen=True)
class Speed:
    """Requests a second with so many processes."""

    processes: int
    starts: float
    completions: float


def measure(cases: Cases) -> list[Speed]:
    return [_speed(cases, count) for count in COUNTS]


def _speed(cases: Cases, processes: int) -> Speed:
    office = cases.office
    tasks = cases.ready(2 * REQUESTS)
    environment = office.environment() | {"WEB_CONCURRENCY": str(processes)}
    with live.running(["server.cli", "serve", "--no-worker"], environment) as server:
        live.await_port(office.config.port, server)
        token, at = office.tokens[CHECKER], ("127.0.0.1", office.config.port)
        start = request("POST", "/v2/process-instances", b'{"processDefinitionId": "cuti"}', token)
        body = dump_json({"variables": APPROVED}).encode()
        finish = [request("POST", f"/v2/user-tasks/{task}/completion", body, token) for task in tasks]
        fire(at, [start] * 100, 16)
        fire(at, finish[:REQUESTS], 16)
        starts = fire(at, [start] * REQUESTS, CONNECTIONS)
        completions = fire(at, finish[REQUESTS:], CONNECTIONS)
    if (starts.statuses, completions.statuses) != ({200}, {204}):
        raise RuntimeError(f"answered {starts.statuses}, {completions.statuses}")
    return Speed(processes, starts.rate, completions.rate)
