"""A worker's round with ten timers due, among a thousand that are not, and among a hundred thousand."""

import time
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Final

from sqlalchemy import insert, update

from server.db import write
from server.engine.tables import Timer
from server.worker import Worker
from tests.bench.procedure import Cases

FEW: Final = 1_000
MANY: Final = 100_000
AT_ONCE: Final = 10
ROUNDS: Final = 9


@dataclass(frozen=True)
class Due:
    """Milliseconds of a round, the median."""

    few_ms: float
    many_ms: float

    @property
    def ratio(self) -> float:
        return self.many_ms / self.few_ms


def measure(cases: Cases) -> Due:
    waiting = cases.start("menunggu")
    _fill(cases, waiting, FEW)
    few = _rounds(cases)
    _fill(cases, waiting, MANY - FEW)
    return Due(few, _rounds(cases))


def _fill(cases: Cases, case: int, count: int) -> None:
    """Timers of one case, due in a month."""
    engine = cases.office.house.engine
    later = engine.clock.now() + timedelta(days=30)
    for start in range(0, count, 1_000):
        keys = engine.keys.draw(min(1_000, count - start))
        rows = [
            {
                "key": key,
                "process_instance_key": case,
                "element_instance_key": key,
                "event_id": "tunggu",
                "due_at": later + timedelta(seconds=start),
                "retries": 3,
            }
            for key in keys
        ]
        with write(cases.office.house.gate.database) as connection:
            connection.execute(insert(Timer), rows)


def _rounds(cases: Cases) -> float:
    house = cases.office.house
    worker = Worker(house.gate, house.engine)
    took = []
    for _ in range(ROUNDS):
        started = [cases.start("menunggu") for _ in range(AT_ONCE)]
        now = house.engine.clock.now()
        with write(house.gate.database) as connection:
            connection.execute(
                update(Timer).where(Timer.process_instance_key.in_(started)).values(due_at=now)
            )
        begin = time.perf_counter()
        done = worker.do_what_came_due()
        took.append((time.perf_counter() - begin) * 1000)
        if done < AT_ONCE:  # people are told in the same round
            raise RuntimeError(f"{done} timers came, not {AT_ONCE}")
    return median(took)
