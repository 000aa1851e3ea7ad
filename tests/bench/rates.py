"""Requests a second over HTTP: nothing, the floor, and a completion, in turns on every database.

The rounds alternate because the machine is seldom alone: what disturbs one route disturbs the others too.
"""

import multiprocessing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median

from server.db import dump_json
from tests import live
from tests.bench import floor
from tests.bench.client import Address, Shots, fire, request
from tests.bench.procedure import APPROVED, CHECKER, Cases

NOTHING, FLOOR, COMPLETION = "Flask no-op", "floor", "completion"
ROUTES = (NOTHING, FLOOR, COMPLETION)
CONNECTIONS = 4
WARM_CONNECTIONS = 16
"""So many connections reach every process."""


@dataclass(frozen=True)
class Volume:
    """How much is measured. `requests`: a round's completions; cheaper routes get more."""

    rounds: int = 5
    requests: int = 600

    def of(self, route: str) -> int:
        return {NOTHING: 5, FLOOR: 1, COMPLETION: 1}[route] * self.requests


@dataclass(frozen=True)
class Rate:
    """A route's requests a second: median, slowest and fastest round; latencies of all rounds in ms."""

    route: str
    database: str
    per_second: float
    slowest: float
    fastest: float
    p50: float
    p99: float


@dataclass
class Range:
    """A database's two servers, with the requests that are still to be sent."""

    addresses: Mapping[str, Address]
    requests: Mapping[str, Iterator[bytes]]

    def fire(self, gunner: ProcessPoolExecutor, route: str, count: int, connections: int) -> Shots:
        chosen = list(islice(self.requests[route], count))
        shots = gunner.submit(fire, self.addresses[route], chosen, connections).result()
        if shots.statuses != {204}:
            raise RuntimeError(f"{route} answered {sorted(shots.statuses)}")
        return shots


def measure(offices: Mapping[str, live.Office], volume: Volume) -> list[Rate]:
    """The rates of all routes on all databases."""
    shots: dict[tuple[str, str], list[Shots]] = {}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, spawn) as gunner, ExitStack() as stack:
        ranges = {name: stack.enter_context(_range(office, volume)) for name, office in offices.items()}
        for each in ranges.values():
            for route in ROUTES:
                each.fire(gunner, route, volume.of(route) // 2, WARM_CONNECTIONS)
        for _ in range(volume.rounds):
            for route in ROUTES:
                for name, each in ranges.items():
                    shot = each.fire(gunner, route, volume.of(route), CONNECTIONS)
                    shots.setdefault((route, name), []).append(shot)
    return [_rate(*named, rounds) for named, rounds in shots.items()]


@contextmanager
def _range(office: live.Office, volume: Volume) -> Iterator[Range]:
    tasks = Cases(office).ready(volume.requests * volume.rounds + volume.requests // 2)
    floor.fill(office.config.database_url)
    floor_port = live.free_port()
    product, stock = office.environment(), office.environment() | {"PORT": str(floor_port)}
    with (
        live.running(["server.cli", "serve", "--no-worker"], product) as serving,
        live.running(["tests.bench.floor"], stock) as standing,
    ):
        live.await_port(office.config.port, serving)
        live.await_port(floor_port, standing)
        at_floor = ("127.0.0.1", floor_port)
        addresses = {NOTHING: at_floor, FLOOR: at_floor, COMPLETION: ("127.0.0.1", office.config.port)}
        yield Range(addresses, _requests(tasks, office.tokens[CHECKER]))


def _requests(tasks: Iterable[int], token: str) -> dict[str, Iterator[bytes]]:
    body = dump_json({"variables": APPROVED}).encode()
    counters = cycle(range(1, floor.COUNTERS + 1))
    return {
        NOTHING: cycle([request("POST", "/nothing")]),
        FLOOR: (request("POST", f"/counters/{id}") for id in counters),
        COMPLETION: (request("POST", f"/v2/user-tasks/{task}/completion", body, token) for task in tasks),
    }


def _rate(route: str, database: str, rounds: Sequence[Shots]) -> Rate:
    rates = [shots.rate for shots in rounds]
    latencies = sorted(latency * 1000 for shots in rounds for latency in shots.latencies)
    p50, p99 = (latencies[int(len(latencies) * share)] for share in (0.5, 0.99))
    return Rate(route, database, median(rates), min(rates), max(rates), p50, p99)
