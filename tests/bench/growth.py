"""What a long past costs: a completion after many rework loops against a fresh one, and the size of the saved state."""

import time
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from sqlalchemy import func, select

from server.clock import Clock
from server.db import read
from server.engine.tables import ProcessInstance
from tests.bench.procedure import SENT_BACK, Cases

LOOPS = 150
WEEKS = 52
PAIRS = 60


@dataclass(frozen=True)
class Growth:
    """Milliseconds of a completion in process, and bytes of state, of fresh cases and of those with `LOOPS` loops behind them."""

    fresh_ms: float
    old_ms: float
    loop_fresh_bytes: int
    loop_old_bytes: int
    branches_fresh_bytes: int
    branches_old_bytes: int
    year_ms: float
    """Of a case that began a year ago and was sent back every week."""

    @property
    def ratio(self) -> float:
        return self.old_ms / self.fresh_ms


def measure(cases: Cases) -> Growth:
    old, branched = cases.start(), cases.start("bercabang")
    sizes = [_state_size(cases, old), _state_size(cases, branched)]
    for _ in range(LOOPS):
        _rework(cases, old)
        _branch(cases, branched)
    sizes += [_state_size(cases, old), _state_size(cases, branched)]
    aged = _a_year_old(cases)
    fresh_ms, old_ms, year_ms = [], [], []
    for _ in range(PAIRS):
        fresh_ms.append(_timed(cases, cases.start()))
        old_ms.append(_timed(cases, old))
        cases.pass_(old, "perbaiki")
        year_ms.append(_timed(cases, aged))
        cases.pass_(aged, "perbaiki")
    return Growth(median(fresh_ms), median(old_ms), sizes[0], sizes[2], sizes[1], sizes[3], median(year_ms))


def _a_year_old(cases: Cases) -> int:
    engine = cases.office.house.engine
    today, at = engine.clock, engine.clock.now() - timedelta(weeks=WEEKS)
    engine.clock = Clock(now=lambda: at)
    case = cases.start()
    for _ in range(WEEKS):
        at += timedelta(weeks=1)
        _rework(cases, case)
    engine.clock = today
    return case


def _rework(cases: Cases, case: int) -> None:
    cases.pass_(case, "periksa", **SENT_BACK)
    cases.pass_(case, "perbaiki")


def _branch(cases: Cases, case: int) -> None:
    cases.pass_(case, "satu", **SENT_BACK)
    cases.pass_(case, "dua")


def _timed(cases: Cases, case: int) -> float:
    task = cases.task(case, "periksa")
    begin = time.perf_counter()
    cases.complete(task, SENT_BACK)
    return (time.perf_counter() - begin) * 1000


def _state_size(cases: Cases, case: int) -> int:
    statement = select(func.length(ProcessInstance.tokens)).where(ProcessInstance.key == case)
    with read(cases.office.house.gate.database) as connection:
        return int(connection.execute(statement).scalar_one())
