"""The figures of the office's head: of 100,000 finished cases with 600,000 tasks in two years, and of 1,000 with 6,000."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import insert

from server import monitoring
from server.db import write
from server.identity import Actor, Permission
from server.monitoring import Asked, Period
from server.monitoring.models import MeasuredCase, MeasuredTask
from tests.live import Office

FEW: Final = 1_000
MANY: Final = 100_000
STEPS: Final = 6
DAYS: Final = 730
PROCEDURES: Final = ("cuti", *(f"prosedur_{number}" for number in range(9)))
"""The first is one of the bench's book, so that its steps can be asked for."""
ROUNDS: Final = 5
HEAD: Final = Actor("kadis", "Kadis", frozenset(), frozenset({Permission.SEE_ALL, Permission.ASSIGN}))


@dataclass(frozen=True)
class Figures:
    """Milliseconds, the median: all procedures over two years, the steps of one that has a tenth of them, months, workload."""

    procedures: float
    steps: float
    months: float
    workload: float


def measure(office: Office) -> tuple[Figures, Figures]:
    """Among few and among many. Fills the office's database for good."""
    fill(office, 0, FEW)
    few = _figures(office)
    fill(office, FEW, MANY)
    return few, _figures(office)


def fill(office: Office, begin: int, end: int) -> None:
    """Measured cases, in turns of each procedure, spread evenly over the days."""
    chance = random.Random(begin)
    for start in range(begin, end, 1_000):
        several = list(_rows(office, range(start, min(end, start + 1_000)), chance))
        with write(office.house.gate.database) as connection:
            connection.execute(insert(MeasuredCase), [case for case, _ in several])
            connection.execute(insert(MeasuredTask), [task for _, tasks in several for task in tasks])
    if office.house.gate.database.dialect.name == "postgresql":
        office.house.gate.ask(lambda connection: connection.exec_driver_sql("VACUUM ANALYZE"))


def _rows(
    office: Office, numbers: range, chance: random.Random
) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    now = office.house.engine.clock.now()
    keys = office.house.engine.keys.draw(len(numbers) * (STEPS + 1))
    for place, number in enumerate(numbers):
        case, *tasks = keys[place * (STEPS + 1) : (place + 1) * (STEPS + 1)]
        ended = now - timedelta(days=number % DAYS)
        procedure = PROCEDURES[number % len(PROCEDURES)]
        common = {"process_id": procedure, "bidang": "piak", "confidential": False, "day": ended.date()}
        worked = int(chance.lognormvariate(9, 1))
        yield (
            {
                **common,
                "key": case,
                "definition_key": 1,
                "state": "COMPLETED",
                "started_at": ended - timedelta(days=2),
                "worked": worked,
                "promised": 27_000,
                "late": worked > 27_000,
                "end_id": "end",
                "end_name": "Selesai",
            },
            [_task(key, case, step, common, ended, chance) for step, key in enumerate(tasks)],
        )


def _task(
    key: int, case: int, step: int, common: dict[str, Any], ended: Any, chance: random.Random
) -> dict[str, Any]:
    waited, handled = int(chance.lognormvariate(7, 1)), int(chance.lognormvariate(7, 1))
    return {
        **common,
        "key": key,
        "case_key": case,
        "element_id": f"langkah_{step}",
        "candidate_group": f"peran_{step}",
        "done": True,
        "created_at": ended - timedelta(days=2),
        "ended_at": ended,
        "waited": waited,
        "handled": handled,
        "whole": waited + handled,
        "late": handled > 2_000,
        "again": False,
    }


def _figures(office: Office) -> Figures:
    today = office.house.engine.clock.today()
    period = Period(today - timedelta(days=DAYS), today)
    return Figures(
        procedures=_timed(office, monitoring.by_procedure, Asked(period)),
        steps=_timed(office, monitoring.by_step, Asked(period, process_id=PROCEDURES[0])),
        months=_timed(office, monitoring.by_month, Asked(period)),
        workload=_timed(office, monitoring.workload, Asked(period)),
    )


def _timed(office: Office, question: Callable[..., Any], asked: Asked) -> float:
    engine, took = office.house.engine, []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        office.house.gate.ask(lambda connection: question(engine, connection, HEAD, asked))
        took.append(1000 * (time.perf_counter() - began))
    return median(took)
