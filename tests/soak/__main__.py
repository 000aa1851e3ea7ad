"""`python -m tests.soak`: the storm on SQLite and on PostgreSQL, with its figures. The status is 1 where anything is wrong.

Server processes, whole servers and workers are killed at random moments (SIGKILL), and PostgreSQL is ended at once and started
anew, while people and programs use every verb. Afterwards everything that is open is finished, and a checker reads the
database against what was acknowledged.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server.db import write
from server.identity import Grant, Permission, grant
from tests import live, postgres
from tests.bench.client import fire, request
from tests.crash.clients import callers
from tests.crash.command import extended
from tests.crash.conftest import Site
from tests.soak.checker import Verdict, judge
from tests.soak.crowd import Crowd
from tests.soak.ending import finish_what_is_open
from tests.soak.procedure import BOOK, PEOPLE, PROCESS
from tests.soak.storm import Storm

DATABASES = ("SQLite", "PostgreSQL")
DUPLICATES = 10_000


@dataclass
class Figures:
    """Of one database."""

    seconds: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    unknown_starts: int = 0
    cases: int = 0
    duplicates: Counter[int] = field(default_factory=Counter)


def main() -> int:
    asked = _arguments()
    good = True
    for database in asked.databases:
        with _site(database) as (site, server):
            figures, verdict = _soak(site, server, asked.kills, asked.seed)
        _print(database, figures, verdict)
        good = good and verdict.good
    return 0 if good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="on each database")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    return parser.parse_args()


def _soak(site: Site, server: postgres.Server | None, kills: int, seed: int) -> tuple[Figures, Verdict]:
    begun = time.monotonic()
    figures = Figures()
    crowd = Crowd([who for who in site.people.values() for _ in range(2)], most_cases=20 * kills, seed=seed)
    with Storm(site, server, seed) as storm:
        with crowd.at_work():
            while storm.kills.total() < kills:
                storm.strike(lambda: len(crowd.ledger.done))
                if storm.kills.total() % 20 == 0:
                    print(f"  {storm.kills.total()} kills, {len(crowd.ledger.done)} acknowledged", flush=True)
        storm.calm()
        finish_what_is_open(site)
        figures.duplicates = _send_duplicates(site)
        finish_what_is_open(site)
    verdict = judge(site, crowd.ledger)
    figures.seconds = time.monotonic() - begun
    figures.kills = storm.kills
    figures.acknowledged = Counter(each.verb for each in crowd.ledger.done)
    figures.statuses = crowd.ledger.statuses
    figures.unknown_starts = crowd.ledger.unknown_starts
    figures.cases = len(crowd.ledger.of("start"))
    # The case of the duplicates was started outside the crowd.
    return figures, verdict


def _send_duplicates(site: Site) -> Counter[int]:
    """One completion, ten thousand times, over sixty-four connections at once."""
    andi = site.people["andi"]
    case = andi.start(PROCESS)
    [task] = [task for task in andi.open(processInstanceKey=str(case)) if task["elementId"] == "isi"]
    body = b'{"variables": {"nomor": "berulang", "ulang": true}}'
    sent = request("POST", f"/v2/user-tasks/{task['userTaskKey']}/completion", body, andi.token)
    shots = fire(("127.0.0.1", andi.port), [sent] * DUPLICATES, connections=64)
    return Counter(shots.every_status)


@contextmanager
def _site(database: str) -> Iterator[tuple[Site, postgres.Server | None]]:
    with _url(database) as (url, server), extended(), live.office(url, BOOK, PEOPLE) as office:
        house = office.house
        with write(house.gate.database) as connection:
            for name in PEOPLE:
                for permission in Permission:
                    grant(connection, house.engine.roles, Grant(permission, username=name))
        with tempfile.TemporaryDirectory(prefix="tatalaksana-soak-") as folder:
            yield Site(office, callers(office), Path(folder) / "work.log"), server


@contextmanager
def _url(database: str) -> Iterator[tuple[str, postgres.Server | None]]:
    if database == "SQLite":
        with tempfile.TemporaryDirectory(prefix="tatalaksana-soak-") as folder:
            yield f"sqlite:///{folder}/soak.db", None
    else:
        with postgres.running() as server:
            yield server.url(), server


def _print(database: str, figures: Figures, verdict: Verdict) -> None:
    print(f"\n{database}: {figures.seconds:.0f} s")
    print(f"  kills: {figures.kills.total()} ({_listed(figures.kills)})")
    print(f"  acknowledged: {figures.acknowledged.total()} ({_listed(figures.acknowledged)})")
    print(f"  answers: {_listed(figures.statuses)}; starts without an answer: {figures.unknown_starts}")
    print(f"  duplicates of one completion: {_listed(figures.duplicates)}")
    for word in ("lost", "doubled", "torn", "stuck"):
        sentences = getattr(verdict, word)
        print(f"  {word}: {len(sentences)}")
        for sentence in sentences[:10]:
            print(f"    {sentence}")


def _listed(counted: Counter[str] | Counter[int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counted.most_common())


if __name__ == "__main__":
    sys.exit(main())
