"""An office of a few people on a real database, and a fixed time."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from server.clock import Clock
from server.db import write
from server.identity import NewPerson, Roles, add_person, read_roles

ROLES = Path(__file__).parents[2] / "bpmn" / "roles.yaml"


@pytest.fixture(scope="session")
def roles() -> Roles:
    return read_roles(ROLES.read_bytes())


@pytest.fixture
def now() -> datetime:
    """A Thursday morning in the office."""
    return Clock(now=lambda: datetime(2026, 11, 19, 1, 0, tzinfo=UTC)).now()


@pytest.fixture
def today(now: datetime) -> date:
    return now.date()


@pytest.fixture
def budi(engine: Engine, now: datetime) -> str:
    """A person without a password, a role or a permission."""
    with write(engine) as connection:
        add_person(connection, NewPerson("budi", "Budi Santoso", "197903152005011002"), now)
    return "budi"
