"""What a worker asks every second is answered by an index, and takes no other question's index from it."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy.dialects import sqlite

from server.clock import system_now
from server.db import read
from server.engine.tables import ProcessInstance
from server.monitoring import measuring


@pytest.mark.parametrize("since", [None, system_now() - timedelta(hours=1)])
def test_unmeasured_cases_are_found_by_the_index_of_ended_ones(engine: Database, since: object) -> None:
    asked = measuring._UNMEASURED
    if since is not None:
        asked = asked.where(ProcessInstance.ended_at >= since)
    written = asked.compile(dialect=sqlite.dialect())
    values = [written.params[name] for name in written.positiontup or ()]
    with read(engine) as connection:
        told = tuple(value if isinstance(value, int) else str(value) for value in values)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}", told).all()
    steps = [str(row[-1]) for row in plan]
    assert any("ix_process_instance_over" in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
