"""The demo office has a past, once."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from server.cli.serve import prepare
from server.config import Config
from server.db import read
from server.engine.tables import CaseNumber, ProcessInstance, UserTask
from server.monitoring.models import MeasuredCase

FILLED_ELSEWHERE = (
    "distribusi_blangko",
    "pengajuan_cuti",
    "penanganan_disiplin",
    "pengawasan_disiplin",
    "pemeriksaan_disiplin",
)
"""Procedures of which other rooms put cases on the demo office's desks."""


@pytest.mark.slow
def test_its_past_is_measured_plausible_and_written_once(tmp_path: Path) -> None:
    config = replace(Config(), database_url=f"sqlite:///{tmp_path}/office.db", demo=True)
    for _ in range(2):
        house = prepare(config)
    with read(house.gate.database) as connection:
        cases = connection.execute(select(ProcessInstance.__table__)).all()
        measured = connection.execute(select(MeasuredCase.__table__)).all()
        waiting = (
            select(UserTask.key)
            .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
            .where(UserTask.state == "CREATED", ProcessInstance.process_id.not_in(FILLED_ELSEWHERE))
        )
        open_ = connection.execute(waiting).all()
        numbers = {row.series: row.last for row in connection.execute(select(CaseNumber.__table__))}
    ended = [case for case in cases if case.ended_at is not None]
    assert len(measured) == len(ended)
    assert 100 < len(ended) < 150
    assert 3 <= len(open_) < 10
    numbered = [case.business_id for case in cases if case.business_id]
    assert sum(numbers.values()) == len(numbered) == len(set(numbered))
    lateness = Counter(row.late for row in measured)
    assert 0.05 < lateness[True] / len(measured) < 0.5
    assert {case.state for case in ended} == {"COMPLETED", "TERMINATED"}
    assert max(case.ended_at for case in ended) <= house.engine.clock.now()
