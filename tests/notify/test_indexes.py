"""What a worker asks every second is answered by indexes that hold nothing but what it looks for."""

from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy.dialects import sqlite

from server.clock import system_now
from server.db import read
from server.notify import announcing, mailing, reminding

QUESTIONS = {
    "ix_user_task_unannounced": announcing._TASKS,
    "ix_process_instance_unannounced": announcing._ENDED,
    "ix_incident_unannounced": announcing._INCIDENTS,
    "ix_comment_words_unannounced": announcing._COMMENTS,
    "ix_reminder_at": reminding._DUE,
    "ix_notification_to_mail": mailing._ANY_TO_MAIL,
    "ix_mail_due": mailing._ANY_DUE,
}


@pytest.mark.parametrize("index", QUESTIONS)
def test_it_is_found_by_its_index(engine: Database, index: str) -> None:
    statement: Any = QUESTIONS[index]
    written = statement.params(now=system_now()).compile(
        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": False}
    )
    values = tuple(written.params[name] for name in written.positiontup or ())
    with read(engine) as connection:
        told = [str(value) if not isinstance(value, int | str) else value for value in values]
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}", tuple(told)).all()
    steps = [str(row[-1]) for row in plan]
    assert any(index in step for step in steps), steps
    assert not any(step.startswith("SCAN") and "INDEX" not in step for step in steps), steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
