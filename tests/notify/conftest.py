"""An office of the engine's tests, whose people are told what comes up."""

import pytest
from sqlalchemy import Engine as Database

from server.engine import tables
from server.notify.models import Notification
from tests.engine.conftest import Office


class Told(Office):
    """An office with eyes for what people are told."""

    def told(self, username: str) -> list[tuple[str, str | None]]:
        """Each occasion with the element of its task, in order, as somebody may see it."""
        rows = sorted(self.rows(Notification, username=username), key=lambda row: (row.at, row.key))
        tasks = {row.key: row.element_id for row in self.rows(tables.UserTask)}
        return [(row.occasion, tasks.get(row.user_task_key)) for row in rows]


@pytest.fixture
def office(engine: Database) -> Told:
    return Told(engine)
