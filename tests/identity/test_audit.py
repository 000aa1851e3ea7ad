"""The audit trail."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from server.db import write
from server.identity import Entry, Wanted, look_up, record, trail

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


def test_entries_are_looked_up_by_what_they_say_and_page_by_page(engine: Engine, now: datetime) -> None:
    with write(engine) as connection:
        for number in range(5):
            at = now + timedelta(minutes=number)
            record(connection, Entry(at, f"orang{number % 2}", "user.role", f"person:{number}", "done"))
        record(connection, Entry(now, None, "login", "person:1", "WrongPassword"))
        first = look_up(connection, Wanted(verb="user.role"), most=3)
        rest = look_up(connection, Wanted(verb="user.role"), before=first[-1].id)
        assert [each.entry.object for each in (*first, *rest)] == [f"person:{n}" for n in (4, 3, 2, 1, 0)]
        assert {each.entry.actor for each in look_up(connection, Wanted(actor="orang1"))} == {"orang1"}
        assert len(look_up(connection, Wanted(object="person:*"))) == 6
        assert look_up(connection, Wanted(object="pers_n:*")) == []
        span = Wanted(since=now + timedelta(minutes=1), until=now + timedelta(minutes=3))
        assert len(look_up(connection, span)) == 3
        assert [each.entry.outcome for each in look_up(connection, Wanted(outcome="WrongPassword"))] == [
            "WrongPassword"
        ]


def test_what_was_refused_and_what_names_a_case_is_found(engine: Engine, now: datetime) -> None:
    about = (
        "case:12",
        "case:123",
        "/perkara/12",
        "/v2/process-instances/12/cancellation",
        "/perkara/123",
        "discipline:12",
    )
    with write(engine) as connection:
        for number, each in enumerate(about):
            record(connection, Entry(now, "budi", "user.role", each, "done" if number % 2 else "Unseen"))
        assert [each.entry.object for each in look_up(connection, Wanted(case=12))] == [
            about[5], about[3], about[2], about[0],
        ]  # fmt: skip
        assert [each.entry.object for each in look_up(connection, Wanted(refused=True))] == [*about[4::-2]]
        assert len(look_up(connection, Wanted(refused=False, verb="user.*", case=12))) == 2
        assert look_up(connection, Wanted(verb="us_r.*")) == []
