"""Deadlines of discipline cases that nobody may miss: whoever keeps the register is told in time, and again while one is late.

This is beside what everybody is told of their tasks (notify.reminding), which comes a day before and once when it is late: a
watch of months, or an article of the law, wants more notice, and an end that was missed is told until something is done.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from server import identity, notify
from server.calendar import Calendar, YearUnknown
from server.db import Change
from server.engine import Engine
from server.notify.telling import Telling, tell
from server.personnel import register
from server.personnel.register import KEEPER, Waiting

BIDANG: Final = "umum-kepegawaian"
BEGIN: Final = 7
"""The hour from which people are told, on a working day."""

LONG: Final = timedelta(days=28)
FAR: Final = timedelta(days=14)
"""How long before its end a long span is told of."""

NEAR: Final = 3
"""Working days before which each deadline is told of."""

DAILY: Final = timedelta(days=7)
"""So long a late one is told of every working day, afterwards on Mondays."""

Notice = tuple[notify.Occasion, str]


def is_time(engine: Engine) -> bool:
    """Whether people may be told now."""
    now = engine.clock.now()
    try:
        return now.hour >= BEGIN and engine.calendar.is_working_day(now.date())
    except YearUnknown:
        return now.hour >= BEGIN


def remind(engine: Engine, connection: Connection, by_mail: bool) -> Change[int]:
    """Tells of all deadlines that want it today; how many were told of. Telling again on the same day changes nothing."""
    today = engine.clock.today()
    told = []
    for case in register.under_way(engine, connection):
        people = frozenset(identity.receivers(connection, engine.roles, KEEPER, BIDANG, case.username, today))
        for task in case.menunggu:
            for occasion, phase in notices(engine.calendar, register.last_day(engine, task), task, today):
                subject = f"discipline:{task.user_task_key}:{phase}"
                key, at, due = task.user_task_key, engine.clock.now(), task.tenggat
                told.append(Telling(occasion, subject, people, case.case_key, at, key, due_at=due))
    return Change(tuple(tell(engine, connection, told, by_mail)), len(told))


def notices(calendar: Calendar, until: date | None, task: Waiting, today: date) -> Iterator[Notice]:
    """What is to be told of a task today: that it is due soon, by each threshold once, or that it is late, by the day."""
    if until is None:
        return
    if until < today:
        if today - until <= DAILY or today.weekday() == 0:
            yield notify.Occasion.LATE, f"{until}:late:{today}"
        return
    if until - today <= FAR and until - task.sejak.date() > LONG:
        yield notify.Occasion.SOON, f"{until}:far"
    if _working_days(calendar, today, until) <= NEAR:
        yield notify.Occasion.SOON, f"{until}:near"


def _working_days(calendar: Calendar, today: date, until: date) -> int:
    """From tomorrow to the last day."""
    if until <= today:
        return 0
    try:
        return calendar.jumlah_hk(today + timedelta(days=1), until)
    except YearUnknown:
        return (until - today).days
