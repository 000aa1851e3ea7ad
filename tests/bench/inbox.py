"""The inbox of a person of three roles, by due date: of 100,000 open tasks they may see 30,000; and of 1,000, 300."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import insert, select

from server.db import read, write
from server.engine.search import USER_TASKS, Query, Where, search
from server.engine.tables import Bundle, ProcessInstance, UserTask
from server.identity import Actor
from tests.live import Office

FEW: Final = 1_000
MANY: Final = 100_000
PAGE: Final = 50
GROUPS: Final = tuple(f"peran_{number}" for number in range(10))
LAST_OF_FEW: Final = 5
ROUNDS: Final = 15
ASKER: Final = Actor("dewi", "Dewi", frozenset(GROUPS[:3]), frozenset())


@dataclass(frozen=True)
class Inbox:
    """Milliseconds, the median: the first page and the twentieth among many tasks; the first and the last full one among few."""

    first_few: float
    first_many: float
    twentieth_few: float
    twentieth_many: float


def measure(office: Office) -> Inbox:
    """Fills the office's database for good: the last thing to be measured in it."""
    fill(office, 0, FEW)
    few = [_timed(office, 0), _timed(office, LAST_OF_FEW)]
    fill(office, FEW, MANY)
    many = [_timed(office, 0), _timed(office, 19)]
    return Inbox(few[0], many[0], few[1], many[1])


def fill(office: Office, begin: int, end: int) -> None:
    """Open tasks of as many cases, in turns of each group, due one a minute, a tenth without a due date."""
    for start in range(begin, end, 1_000):
        cases, tasks = zip(*_rows(office, range(start, min(end, start + 1_000))), strict=True)
        with write(office.house.gate.database) as connection:
            connection.execute(insert(ProcessInstance), cases)
            connection.execute(insert(UserTask), tasks)
    with read(office.house.gate.database) as connection:
        # What PostgreSQL does by itself after a while; without it, SQLite knows as much as an office's does.
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("VACUUM ANALYZE")


def _rows(office: Office, numbers: range) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    now = office.house.engine.clock.now()
    keys = iter(office.house.engine.keys.draw(3 * len(numbers)))
    with read(office.house.gate.database) as connection:
        bundle = connection.execute(select(Bundle.key, Bundle.definition_key)).first()
    assert bundle is not None
    for number in numbers:
        case, element, task = next(keys), next(keys), next(keys)
        common = {
            "definition_key": bundle.definition_key,
            "process_id": f"prosedur_{number % 79}",
            "bidang": None,
        }
        yield (
            common
            | {
                "key": case,
                "root_key": case,
                "bundle_key": bundle.key,
                "confidential": False,
                "state": "ACTIVE",
                "version": 1,
                "tokens": b"",
                "started_by": f"orang_{number % 500}",
                "subject": f"orang_{number % 500}",
                "started_at": now,
            },
            common
            | {
                "key": task,
                "element_instance_key": element,
                "process_instance_key": case,
                "element_id": "periksa",
                "name": "Periksa",
                "state": "CREATED",
                "candidate_group": GROUPS[number % len(GROUPS)],
                "assignee": f"orang_{number % 200}" if number % 5 == 0 else None,
                "headers": {},
                "priority": 50,
                "created_at": now,
                "due_at": None if number % 97 == 0 else now + timedelta(minutes=number),
            },
        )


def _timed(office: Office, page: int) -> float:
    query = Query((Where("state", "eq", "CREATED"),), (("due_date", False),), limit=PAGE, offset=page * PAGE)
    took = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        with read(office.house.gate.database) as connection:
            found = search(office.house.engine, connection, ASKER, USER_TASKS, query)
        took.append((time.perf_counter() - begin) * 1000)
        assert len(found.items) == PAGE
    return median(took)
