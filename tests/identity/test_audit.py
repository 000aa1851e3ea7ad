"""The audit trail."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from server.db import write
from server.identity import Entry, record, trail

pytestmark = pytest.mark.both_databases


def test_the_trail_of_an_object_is_read_as_it_was_recorded_newest_first(
    engine: Engine, now: datetime
) -> None:
    first = Entry(now, "admin", "grant", "person:budi", "done", {"jumlah": Decimal("1.50")})
    second = Entry(now - timedelta(hours=1), None, "login", "person:budi", "wrong password")
    with write(engine) as connection:
        for entry in (first, Entry(now, "admin", "grant", "person:sri", "done"), second):
            record(connection, entry)
        assert trail(connection, "person:budi") == [second, first]
        assert trail(connection, "person:budi", most=1) == [second]
