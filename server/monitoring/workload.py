"""Beban kerja: what lies open, with whom, since when; and whether the piles grow.

By person it says what somebody has in hand now, for those who may hand it to others, and nothing of how fast anybody works.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, false, func, select, true, union_all

from server.db import AnyRow
from server.engine import Engine
from server.engine.tables import ProcessInstance, TaskState, UserTask, is_in_state
from server.identity import Actor, Permission, names_of
from server.monitoring.models import MeasuredTask
from server.monitoring.running import UNDER_WAY
from server.monitoring.scope import Asked, Period, allow

FRESH, OLD = 1, 5
"""Working days until an open task is no longer fresh, and until it is old."""
FLOW: Final = timedelta(days=29)


@dataclass(frozen=True)
class Pile:
    """Open tasks: by age in working days up to a day, up to five, more; `overdue` of all; `held`: somebody has taken them."""

    many: int
    fresh: int
    middle: int
    old: int
    overdue: int
    held: int
    oldest: datetime | None


EMPTY: Final = Pile(0, 0, 0, 0, 0, 0, None)


@dataclass(frozen=True)
class OfGroup:
    """What a role has, in one field where it is held by field. `came`, `went`: tasks of the last 30 days."""

    group: str | None
    bidang: str | None
    pile: Pile
    came: int = 0
    went: int = 0

    @property
    def growth(self) -> int:
        return self.came - self.went


@dataclass(frozen=True)
class OfPerson:
    """What somebody has taken and not yet done."""

    username: str
    name: str
    pile: Pile


@dataclass(frozen=True)
class OfDay:
    """Tasks that came up and that were done (or fell away) on a day."""

    day: date
    came: int
    went: int


@dataclass(frozen=True)
class Workload:
    """`people`: of those whose tasks the asker may give to others."""

    all: Pile
    groups: tuple[OfGroup, ...]
    people: tuple[OfPerson, ...]
    days: tuple[OfDay, ...] = field(default=())

    @property
    def growth(self) -> int:
        """How much more came up than was done."""
        return sum(each.came - each.went for each in self.days)


def workload(engine: Engine, connection: Connection, actor: Actor, asked: Asked) -> Workload:
    """What lies open now, and the flow of the last 30 days, whatever the period. Raises NoOverview."""
    allow(actor)
    engine.book.refresh(connection)
    about = asked.about(actor, ProcessInstance, ProcessInstance.key)
    groups = _piles(engine, connection, (UserTask.candidate_group, ProcessInstance.bidang), about)
    whole = _piles(engine, connection, (), about)
    flow = _flow(engine, connection, actor, asked)
    came = _by_group(flow, "came")
    went = _by_group(flow, "went")
    keys = {*groups, *came, *went}
    return Workload(
        all=whole.get((), EMPTY),
        groups=tuple(
            OfGroup(key[0], key[1], groups.get(key, EMPTY), came.get(key, 0), went.get(key, 0))
            for key in sorted(
                keys, key=lambda one: (-groups.get(one, EMPTY).many, *(part or "" for part in one))
            )
        ),
        people=tuple(_people(engine, connection, actor, about)),
        days=tuple(_days(engine, flow)),
    )


def _people(
    engine: Engine, connection: Connection, actor: Actor, about: ColumnElement[bool]
) -> list[OfPerson]:
    held = and_(about, UserTask.assignee.is_not(None), _assignable(actor))
    piles = {key[0]: pile for key, pile in _piles(engine, connection, (UserTask.assignee,), held).items()}
    names = names_of(connection, set(piles))
    found = [OfPerson(each, names.get(each, each), pile) for each, pile in piles.items()]
    return sorted(found, key=lambda one: (one.name, one.username))


def _assignable(actor: Actor) -> ColumnElement[bool]:
    """Tasks that the actor may give to somebody."""
    if Permission.ASSIGN not in actor.permissions:
        return false()
    limit = actor.limits.get(Permission.ASSIGN)
    return true() if limit is None else ProcessInstance.bidang.in_(sorted(limit))


def _piles(
    engine: Engine, connection: Connection, keys: Sequence[Any], about: ColumnElement[bool]
) -> dict[tuple[Any, ...], Pile]:
    now, created = engine.clock.now(), UserTask.created_at
    today, at = now.date(), now.timetz()
    since_fresh = datetime.combine(engine.calendar.hk_sebelum(today, FRESH), at)
    since_old = datetime.combine(engine.calendar.hk_sebelum(today, OLD), at)
    counted = {
        "fresh": created >= since_fresh,
        "middle": and_(created < since_fresh, created >= since_old),
        "old": created < since_old,
        "overdue": UserTask.due_at < now,
        "held": UserTask.assignee.is_not(None),
    }
    sums = [func.sum(case((test, 1), else_=0)).label(name) for name, test in counted.items()]
    labelled = [key.label(f"key_{n}") for n, key in enumerate(keys)]
    rows = connection.execute(
        select(*labelled, func.count().label("many"), *sums, func.min(created).label("oldest"))
        .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
        .where(is_in_state(UserTask.state, TaskState.CREATED), about)
        .group_by(*keys)
    ).all()
    return {
        tuple(row[: len(keys)]): Pile(
            row.many or 0, **{name: getattr(row, name) or 0 for name in counted}, oldest=row.oldest
        )
        for row in rows
    }


# --- the flow of the last thirty days --------------------------------------------------------------------------------


def _flow(
    engine: Engine, connection: Connection, actor: Actor, asked: Asked
) -> Mapping[str, Sequence[AnyRow]]:
    """Tasks by the day on which they came up and on which they went: of cases under way from the engine's rows, of ended
    ones as they were measured."""
    period = _thirty(engine)
    bounds = [_midnight(engine, day) for day in period.days]
    live = and_(
        ProcessInstance.state.in_(UNDER_WAY), asked.about(actor, ProcessInstance, ProcessInstance.key)
    )
    past = and_(MeasuredTask.day >= period.first, asked.about(actor, MeasuredTask, MeasuredTask.case_key))
    found = {}
    for name, column in (("came", "created_at"), ("went", "ended_at")):
        of_task, of_past = getattr(UserTask, column), getattr(MeasuredTask, column)
        running = (
            select(
                UserTask.candidate_group.label("group"),
                ProcessInstance.bidang.label("bidang"),
                _place(of_task, bounds).label("place"),
            )
            .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
            .where(live, of_task >= bounds[0])
        )
        ended = select(MeasuredTask.candidate_group, MeasuredTask.bidang, _place(of_past, bounds)).where(
            past, of_past >= bounds[0]
        )
        both = union_all(running, ended).subquery()
        by = (both.c.group, both.c.bidang, both.c.place)
        found[name] = connection.execute(select(*by, func.count().label("many")).group_by(*by)).all()
    return found


def _thirty(engine: Engine) -> Period:
    today = engine.clock.today()
    return Period(today - FLOW, today)


def _midnight(engine: Engine, day: date) -> datetime:
    return datetime.combine(day, time(), engine.clock.zone)


def _place(column: Any, bounds: Sequence[datetime]) -> ColumnElement[int]:
    """Which of the days an instant lies in, by its number: the same words for both databases, which know no zones alike."""
    later = [(column < bound, place) for place, bound in enumerate(bounds[1:])]
    return case(*later, else_=len(bounds) - 1)


def _by_group(flow: Mapping[str, Sequence[AnyRow]], name: str) -> dict[tuple[Any, ...], int]:
    found: dict[tuple[Any, ...], int] = {}
    for row in flow[name]:
        key = row.group, row.bidang
        found[key] = found.get(key, 0) + row.many
    return found


def _days(engine: Engine, flow: Mapping[str, Sequence[AnyRow]]) -> list[OfDay]:
    days = _thirty(engine).days
    counts = {name: [0] * len(days) for name in flow}
    for name, rows in flow.items():
        for row in rows:
            counts[name][row.place] += row.many
    return [OfDay(day, counts["came"][place], counts["went"][place]) for place, day in enumerate(days)]
