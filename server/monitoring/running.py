"""Cases under way: which are late already, and which will be if each step left takes its standard time.

They are few beside the finished ones, and are counted as they stand: those that have run longest first, up to a bound.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, and_, func, select

from server import errors
from server.calendar import Tally
from server.db import AnyRow
from server.engine import Engine
from server.engine.bundle import Bundle
from server.engine.tables import Definition, InstanceState, ProcessInstance, TaskState
from server.identity import Actor
from server.monitoring.measuring import CASE_COLUMNS, Past, office_time, read_past
from server.monitoring.promise import Promises, nominal
from server.monitoring.scope import Asked, allow

MOST: Final = 4000
"""Cases that are looked at one by one."""
TOGETHER: Final = 500
UNDER_WAY: Final = (InstanceState.ACTIVE, InstanceState.SUSPENDED)


class Standing(StrEnum):
    LATE = "late"
    RISKY = "risky"
    ELSEWHERE = "elsewhere"
    """It lies with another office, and is not late by what was ours."""
    FINE = "fine"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Running:
    """A case under way, in working seconds: `worked` so far, `left` by the standard times, `promised` in all."""

    key: int
    number: str | None
    process_id: str
    name: str
    bidang: str | None
    confidential: bool
    state: str
    started_at: datetime
    worked: int
    left: int
    promised: int | None
    standing: Standing
    at: str | None
    """The step that it stands at, or one of them."""

    @property
    def over(self) -> int:
        """By how much it is, or will be, over what was promised."""
        return self.worked + self.left - (self.promised or 0)


@dataclass(frozen=True)
class UnderWay:
    """The cases, the worst first. `whole`: none was left out of those that the asker oversees."""

    cases: tuple[Running, ...]
    whole: bool

    def of(self, standing: Standing) -> list[Running]:
        return [each for each in self.cases if each.standing is standing]

    def by_procedure(self) -> dict[str, tuple[int, int, int]]:
        """By its id: all, late, at risk."""
        every = Counter(each.process_id for each in self.cases)
        late = Counter(each.process_id for each in self.of(Standing.LATE))
        risky = Counter(each.process_id for each in self.of(Standing.RISKY))
        return {each: (every[each], late[each], risky[each]) for each in every}


def under_way(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> UnderWay:
    """The cases under way, whatever the period. Raises NoOverview."""
    allow(actor)
    engine.book.refresh(connection)
    rows = connection.execute(
        select(*CASE_COLUMNS, ProcessInstance.business_id, Definition.name)
        .join(Definition, Definition.key == ProcessInstance.definition_key)
        .where(
            ProcessInstance.state.in_(UNDER_WAY),
            asked.about(actor, ProcessInstance, ProcessInstance.key),
        )
        .order_by(ProcessInstance.started_at, ProcessInstance.key)
        .limit(MOST + 1)
    ).all()
    found: list[Running] = []
    standing = _Standings(engine, connection, Promises(engine, connection), {}, engine.clock.now())
    for start in range(0, min(len(rows), MOST), TOGETHER):
        part = rows[start : start + TOGETHER]
        past = read_past(connection, [row.key for row in part])
        found += [standing.of(row, past) for row in part[: MOST - start]]
    order = list(Standing)
    found.sort(key=lambda one: (order.index(one.standing), -one.over, one.key))
    return UnderWay(tuple(found), len(rows) <= MOST)


def count(connection: Connection, actor: Actor, asked: Asked) -> int:
    """How many cases are under way."""
    about = asked.about(actor, ProcessInstance, ProcessInstance.key)
    statement = select(func.count()).where(and_(ProcessInstance.state.in_(UNDER_WAY), about))
    return connection.execute(statement).scalar_one()


@dataclass(frozen=True)
class _Standings:
    engine: Engine
    connection: Connection
    promises: Promises
    tallies: dict[str | None, Tally]
    now: datetime

    def of(self, case: AnyRow, past: Past) -> Running:
        bundle = self.engine.bundles.get(self.connection, case.bundle_key)
        tally = self.tallies.setdefault(bundle.bidang, Tally(self.engine.calendar, bundle.bidang))
        tasks = past.tasks.get(case.key, ())
        open_ = [task for task in tasks if task.state == TaskState.CREATED]
        elsewhere = self.promises.course(bundle).elsewhere
        waits = bool(open_) and all(task.element_id in elsewhere for task in open_)
        try:
            worked, promised, left = self._times(case, bundle, tally, past, open_)
        except errors.Invalid:
            worked, promised, left = 0, None, 0
        return Running(
            key=case.key,
            number=case.business_id,
            process_id=case.process_id,
            name=case.name,
            bidang=case.bidang,
            confidential=case.confidential,
            state=case.state,
            started_at=case.started_at,
            worked=worked,
            left=left,
            promised=promised,
            standing=_standing(worked, left, promised, waits),
            at=next((_name(bundle, task.element_id) for task in open_), None),
        )

    def _times(
        self, case: AnyRow, bundle: Bundle, tally: Tally, past: Past, open_: Sequence[AnyRow]
    ) -> tuple[int, int | None, int]:
        course = self.promises.course(bundle)
        away = past.stopped(case, self.now) + past.waiting(case, course.away, self.now)
        promise = self.promises.of(bundle, case.started_at.astimezone(self.engine.clock.zone).date())
        begun = past.begun(case, course, promise, self.now)
        worked = office_time(tally, begun, self.now, away)
        promised = promise.seconds(self.engine.calendar, tally, begun) if promise else None
        left = max((self._left(course.left, task, tally) for task in open_), default=0)
        return worked, promised, left

    def _left(self, left: Mapping[str, tuple[str, ...]], task: AnyRow, tally: Tally) -> int:
        """From an open task on, less what has been spent on it."""
        own, *rest = left.get(task.element_id, ()) or ("",)
        spent = tally.worked(task.created_at, self.now)
        return max(nominal(own) - spent, 0) + sum(map(nominal, rest)) if own else 0


def _standing(worked: int, left: int, promised: int | None, elsewhere: bool) -> Standing:
    if promised is not None and worked > promised:
        return Standing.LATE
    if elsewhere:
        return Standing.ELSEWHERE
    if promised is None:
        return Standing.UNKNOWN
    return Standing.RISKY if worked + left > promised else Standing.FINE


def _name(bundle: Bundle, element_id: str) -> str:
    element = bundle.elements.get(element_id)
    return element.name if element else element_id
