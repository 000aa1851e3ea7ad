"""Reminders of what comes due for employees: who keeps the book is told once of each step that the tables name, as its day comes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from server.calendar import words
from server.db import Change
from server.engine import Engine
from server.identity import receivers
from server.notify import Occasion, Telling, tell
from server.personnel.register import KEEPER
from server.personnel.reminder_book import KINDS, Due, due_today

RECENT: Final = timedelta(days=28)
"""A step is told of in the first four weeks after its day, so that nobody hears again of what they were told long ago."""


def remind(engine: Engine, connection: Connection, by_mail: bool) -> Change[int]:
    """Tells of every step whose day has come; how many there were. Again on the same day it tells nothing new."""
    keepers = frozenset(receivers(connection, engine.roles, KEEPER, None, None, engine.clock.today()))
    told = list(_tellings(engine, connection, keepers))
    return Change(tuple(tell(engine, connection, told, by_mail)), len(told))


def _tellings(engine: Engine, connection: Connection, keepers: frozenset[str]) -> Iterator[Telling]:
    today, now = engine.clock.today(), engine.clock.now()
    for due in due_today(engine, connection):
        come = [each for each in due.ingatkan if today - RECENT <= each.tanggal <= today]
        if not come:
            continue
        step = max(come, key=lambda each: each.tanggal)
        subject = f"{due.jenis}:{due.username}:{due.tmt}:{step.tanggal}"
        yield Telling(
            Occasion.CAREER,
            subject,
            keepers,
            None,
            now,
            about=f"{_about(due)} {step.tindakan}."[:300],
            told_as=KEEPER,
        )


def _about(due: Due) -> str:
    day = words.day(due.tmt) if due.tmt else "belum diketahui"
    return f"{due.nama}: {KINDS[due.jenis].lower()}, TMT {day}."
