"""The register of discipline cases as it is read: the rung that each has reached, its watch, and what is due next.

All of it is confidential. The keeper sees every case but their own; others those in which they have a part. Who reads a case
is noted in the audit trail: opening one, every time; a line of a list, once a day.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    true,
)

from server.calendar import Calendar, YearUnknown
from server.db import AnyRow, Change, Effect
from server.engine import Engine
from server.engine.access import visible_cases
from server.engine.tables import (
    DecisionInstance,
    Definition,
    InstanceState,
    ProcessInstance,
    TaskState,
    UserTask,
)
from server.identity import Actor, Entry, recording
from server.identity.models import AuditEntry, Person
from server.letters import deliveries
from server.personnel.discipline import NoSuchCase
from server.personnel.models import DisciplineCase, DisciplineStep, Employee

KEEPER: Final = "kasubag_umpeg"
"""The role that keeps the register, and sees all of it."""

PROCESS: Final = "penanganan_disiplin"
NEAR: Final = timedelta(days=7)
"""A task that is due within so long is near."""

ENDING: Final = timedelta(days=14)
"""A watch that ends within so long is near its end."""

ASSESSMENT: Final = "penilaian_disiplin"
READ: Final = "discipline.read"


class Which(StrEnum):
    OPEN = "open"
    ENDED = "ended"
    ALL = "all"


@dataclass(frozen=True)
class Sought:
    """Which cases: all that is named must fit. `words`: in the name, NIP, username or number; `year`: in which it was opened."""

    which: Which = Which.OPEN
    words: str | None = None
    langkah: str | None = None
    unit: str | None = None
    late: bool = False
    year: int | None = None


@dataclass(frozen=True)
class Law:
    """The rule behind a due date: what it demands, by which article, and until when."""

    apa: str
    dasar: str
    batas: date


@dataclass(frozen=True)
class Waiting:
    """An open task of a case: what is to be done, since when, by when, and by whom; `hukum`: the rule that sets its due date."""

    nama: str
    sejak: datetime
    tenggat: datetime | None
    kelompok: str | None
    petugas: str | None
    terlambat: bool
    user_task_key: int
    hukum: Law | None = None


@dataclass(frozen=True)
class Step:
    """A rung that a case has gone through."""

    langkah: str
    sejak: date
    sampai: date | None
    hasil: str | None
    fakta: str | None


@dataclass(frozen=True)
class Tracked:
    """A case: its rung, since when, watched until, and what is due, the most urgent first.

    `sisa_hari`, `sisa_hari_kerja`: what is left of the watch from tomorrow on, in calendar and in working days; None where no
    watch is under way, or where the calendar does not know its years.
    """

    case_key: int
    number: str | None
    username: str
    nama: str
    nip: str | None
    unit: str
    langkah: str
    sejak: date
    sampai: date | None
    hasil: str | None
    terbuka: bool
    dibuka_pada: datetime
    menunggu: tuple[Waiting, ...]
    sisa_hari: int | None = None
    sisa_hari_kerja: int | None = None
    riwayat: tuple[Step, ...] = ()

    @property
    def diawasi(self) -> bool:
        return self.sampai is not None and self.hasil is None and self.terbuka


@dataclass(frozen=True)
class Listing:
    """A part of the register, the most urgent case first, and how many there are in all."""

    items: list[Tracked]
    total: int


@dataclass(frozen=True)
class File:
    """A case whole. `decisions`: what the tables said in it, the newest first, as the engine keeps it; `surat`: its letters."""

    case: Tracked
    decisions: list[dict[str, Any]]
    instances: tuple[int, ...]
    """The case itself and those that it called."""

    surat: tuple[deliveries.Sent, ...] = ()

    @property
    def assessment(self) -> Mapping[str, Any] | None:
        """What the tables of ladder and law said last."""
        parts = (part for each in self.decisions for part in each["trace"] if part["id"] == ASSESSMENT)
        values = (part["value"] for part in parts)
        return next((value for value in values if isinstance(value, Mapping)), None)


@dataclass(frozen=True)
class Urgent:
    """How many open cases wait: with a task that is late, one that is due soon, a watch that is about to end."""

    terlambat: int = 0
    segera: int = 0
    habis: int = 0


@dataclass(frozen=True)
class Deadline:
    """A day on which something comes due in a case: a task, or a watch that ends."""

    case_key: int
    number: str | None
    nama: str
    langkah: str
    apa: str
    pada: datetime
    """The end of the day, where it is a day that counts."""
    sehari: bool
    task: int
    hukum: Law | None = None


# --- questions


def listed(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    sought: Sought = Sought(),
    limit: int = 50,
    offset: int = 0,
) -> Change[Listing]:
    """The cases that the actor may see, the most urgent first."""
    now = engine.clock.now()
    conditions = [*_readable(actor), *_wanted(engine, sought)]
    asked = {"now": now}
    rows = connection.execute(
        _CASES.where(*conditions).order_by(*_BY_URGENCY).limit(limit).offset(offset), asked
    ).all()
    total = connection.execute(_counted(conditions), asked).scalar_one()
    found = _tracked_all(engine, connection, rows)
    noted = _noted_today(engine, connection, actor, [each.case_key for each in found])
    return Change(tuple(_note(actor, now, key) for key in noted), Listing(found, total))


def opened(engine: Engine, connection: Connection, actor: Actor, case_key: int) -> Change[File]:
    """A case with all its rungs. Raises NoSuchCase, also where it is not for the actor."""
    rows = connection.execute(_CASES.where(*_readable(actor), DisciplineCase.case_key == case_key)).all()
    if not rows:
        raise NoSuchCase(case_key)
    (found,) = _tracked_all(engine, connection, rows, _steps(connection, case_key))
    keys = tuple(connection.execute(_FAMILY, {"case_key": case_key}).scalars())
    decisions = [dict(row._mapping) for row in connection.execute(_DECISIONS, {"keys": keys})]
    letters = tuple(deliveries.of_case(connection, case_key))
    return Change((_note(actor, engine.clock.now(), case_key),), File(found, decisions, keys, letters))


def sees_any(connection: Connection, actor: Actor) -> bool:
    """Whether there is something in the register for the actor; its keeper is to look even where there is nothing yet."""
    if KEEPER in actor.groups:
        return True
    return bool(connection.execute(select(exists(_CASES.where(*_readable(actor))))).scalar())


def urgent(engine: Engine, connection: Connection, actor: Actor) -> Urgent:
    """What waits, counted; nothing of any case is said with it, so nothing is noted."""
    now, today = engine.clock.now(), engine.clock.today()
    row = connection.execute(
        _URGENT.where(*_readable(actor)),
        {"now": now, "near": now + NEAR, "today": today, "ending": today + ENDING},
    ).one()
    return Urgent(*(count or 0 for count in row))


def under_way(engine: Engine, connection: Connection) -> list[Tracked]:
    """All open cases, for the house itself: nobody reads them."""
    return _tracked_all(engine, connection, connection.execute(_CASES.where(_IS_OPEN)).all())


def day_of(deadline: Deadline) -> date:
    """The last day on which it is not late."""
    return (deadline.pada - timedelta(seconds=1)).date()


def last_day(engine: Engine, task: Waiting) -> date | None:
    """The last day on which a task is not late; None where none is set."""
    return None if task.tenggat is None else _day(engine, task.tenggat)


def units(connection: Connection, actor: Actor) -> list[str]:
    """The units of those whose cases the actor may see."""
    statement = select(Employee.unit).distinct().order_by(Employee.unit)
    known = (
        statement.join(DisciplineCase, DisciplineCase.username == Employee.username)
        .outerjoin(ProcessInstance, ProcessInstance.key == DisciplineCase.case_key)
        .where(*_readable(actor))
    )
    return list(connection.execute(known).scalars())


def deadlines(
    engine: Engine, connection: Connection, actor: Actor, until: date
) -> Change[tuple[Deadline, ...]]:
    """What comes due in open cases up to a day, and what is late, the first to come first."""
    now = engine.clock.now()
    asked = [*_readable(actor), _IS_OPEN]
    found = _tracked_all(engine, connection, connection.execute(_CASES.where(*asked)).all())
    due = sorted(
        (each for one in found for each in _due_in(engine, one) if _day(engine, each.pada) <= until),
        key=lambda each: (each.pada, each.case_key),
    )
    noted = _noted_today(engine, connection, actor, sorted({each.case_key for each in due}))
    return Change(tuple(_note(actor, now, key) for key in noted), tuple(due))


# --- what may be read, and what is sought


def _readable(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    mine = true() if KEEPER in actor.groups else visible_cases(actor)
    return mine, DisciplineCase.username != actor.username


def _wanted(engine: Engine, sought: Sought) -> Iterator[ColumnElement[bool]]:
    if sought.which is not Which.ALL:
        yield _IS_OPEN if sought.which is Which.OPEN else _HAS_ENDED
    if sought.words:
        said = (Person.name, Person.nip, Person.username, DisciplineCase.number)
        yield or_(*(column.icontains(sought.words, autoescape=True) for column in said))
    if sought.langkah:
        yield DisciplineCase.langkah == sought.langkah
    if sought.unit:
        yield Employee.unit == sought.unit
    if sought.late:
        yield _due.c.due_at < bindparam("now", type_=UserTask.due_at.type)
    if sought.year:
        begin, end = (
            datetime(year, 1, 1, tzinfo=engine.clock.zone) for year in (sought.year, sought.year + 1)
        )
        yield and_(DisciplineCase.dibuka_pada >= begin, DisciplineCase.dibuka_pada < end)


def _counted(conditions: Sequence[ColumnElement[bool]]) -> Any:
    return _joined(select(func.count(DisciplineCase.case_key))).where(*conditions)


# --- what is read


def _tracked_all(
    engine: Engine, connection: Connection, rows: Sequence[AnyRow], steps: tuple[Step, ...] = ()
) -> list[Tracked]:
    waiting = _waiting(engine, connection, [row.case_key for row in rows])
    return [_tracked(engine, row, waiting.get(row.case_key, ()), steps) for row in rows]


def _tracked(engine: Engine, row: AnyRow, waiting: tuple[Waiting, ...], steps: tuple[Step, ...]) -> Tracked:
    is_open = row.state in _OPEN_STATES
    left = _left(engine.calendar, engine.clock.today(), row) if is_open else (None, None)
    return Tracked(
        row.case_key,
        row.number,
        row.username,
        row.name,
        row.nip,
        row.unit,
        row.langkah,
        row.sejak,
        row.sampai,
        row.hasil,
        is_open,
        row.dibuka_pada,
        waiting,
        *left,
        riwayat=steps,
    )


def _left(calendar: Calendar, today: date, row: AnyRow) -> tuple[int | None, int | None]:
    if row.sampai is None or row.hasil is not None:
        return None, None
    days = (row.sampai - today).days
    if days <= 0:
        return days, 0
    try:
        return days, calendar.jumlah_hk(today + timedelta(days=1), row.sampai)
    except YearUnknown:
        return days, None


def _steps(connection: Connection, case_key: int) -> tuple[Step, ...]:
    return tuple(Step(*row) for row in connection.execute(_STEPS, {"case_key": case_key}))


def _waiting(engine: Engine, connection: Connection, cases: list[int]) -> dict[int, tuple[Waiting, ...]]:
    rows = connection.execute(_TASKS.where(_open.c.root.in_(cases))).all() if cases else []
    rules = _rules(engine, connection, {row.process_instance_key for row in rows})
    now, found = engine.clock.now(), dict[int, tuple[Waiting, ...]]()
    for row in rows:
        late = row.due_at is not None and row.due_at < now
        law = _law(engine, row, rules)
        about = (row.name, row.created_at, row.due_at, row.candidate_group, row.assignee, late, row.key, law)
        found[row.root] = (*found.get(row.root, ()), Waiting(*about))
    return {key: tuple(sorted(tasks, key=_by_when)) for key, tasks in found.items()}


def _by_when(task: Waiting) -> datetime:
    """What has no due date waits since it came up."""
    return task.tenggat or task.sejak


Rules = Mapping[tuple[int, date], Law]


def _rules(engine: Engine, connection: Connection, instances: set[int]) -> Rules:
    """What the tables of deadlines and watches have said in these instances, by the day on which it is due."""
    found: dict[tuple[int, date], Law] = {}
    if instances:
        for row in connection.execute(_SPANS.where(DecisionInstance.process_instance_key.in_(instances))):
            if law := _rule(row.decision_id, row.trace):
                found[row.process_instance_key, law.batas] = law
    return found


def _rule(decision: str, trace: Sequence[Mapping[str, Any]]) -> Law | None:
    """The deadline that an evaluation gave, with the article of the row that gave it."""
    value = next((part["value"] for part in trace if part["id"] == decision), None)
    if not isinstance(value, Mapping):
        return None
    until = value.get("batas") or value.get("sampai")
    told = value.get("apa") or f"Masa pengawasan {_length(str(value.get('lama')))}"
    return Law(str(told), _article(trace), date.fromisoformat(str(until))) if until else None


def _length(lama: str) -> str:
    """A length as the table of watches writes it, in words."""
    months = re.fullmatch(r"P(\d+)M", lama)
    return f"{months[1]} bulan" if months else lama


def _article(trace: Sequence[Mapping[str, Any]]) -> str:
    """What stands as the basis beside the row that hit last."""
    said = [rule.get("annotations") for part in trace for rule in part["rules"]]
    notes = said[-1] if said else None
    words = notes.values() if isinstance(notes, Mapping) else notes or ()
    return "; ".join(str(each) for each in words)


def _law(engine: Engine, row: AnyRow, rules: Rules) -> Law | None:
    """The rule that sets a task's due date. A watch is over at the end of its last day: at midnight after it."""
    if row.due_at is None:
        return None
    moment = row.due_at.astimezone(engine.clock.zone) - timedelta(seconds=1)
    return rules.get((row.process_instance_key, moment.date()))


def _due_in(engine: Engine, one: Tracked) -> Iterator[Deadline]:
    about = (one.case_key, one.number, one.nama, one.langkah)
    for task in one.menunggu:
        if task.tenggat is not None:
            moment = task.tenggat.astimezone(engine.clock.zone)
            yield Deadline(
                *about, task.nama, moment, moment == _midnight(moment), task.user_task_key, task.hukum
            )


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _day(engine: Engine, moment: datetime) -> date:
    """The day on which something is due: what is due at midnight is due on the day before."""
    return (moment.astimezone(engine.clock.zone) - timedelta(seconds=1)).date()


# --- what is noted


def _noted_today(engine: Engine, connection: Connection, actor: Actor, cases: Iterable[int]) -> list[int]:
    """Those of the cases whose reading by the actor is not noted yet today."""
    keys = list(cases)
    if not keys:
        return []
    asked = {"actor": actor.username, "since": _midnight(engine.clock.now())}
    objects = {"objects": [_object(key) for key in keys]}
    noted = set(connection.execute(_NOTED, asked | objects).scalars())
    return [key for key in keys if _object(key) not in noted]


def _note(actor: Actor, now: datetime, key: int) -> Effect:
    return recording(Entry(now, actor.username, READ, _object(key), "done"))


def _object(key: int) -> str:
    return f"discipline:{key}"


# --- statements ------------------------------------------------------------------------------------------------------

_OPEN_STATES: Final = (InstanceState.ACTIVE, InstanceState.SUSPENDED)
_IS_OPEN: Final = ProcessInstance.state.in_(_OPEN_STATES)
_HAS_ENDED: Final = or_(ProcessInstance.state.is_(None), ProcessInstance.state.not_in(_OPEN_STATES))

_seed = select(DisciplineCase.case_key.label("root"), DisciplineCase.case_key.label("key")).cte(
    "open_instance", recursive=True
)
_open: Any = _seed.union_all(
    select(_seed.c.root, ProcessInstance.key)
    .join(ProcessInstance, ProcessInstance.parent_key == _seed.c.key)
    .where(ProcessInstance.parent_key.is_not(None), _IS_OPEN)
)
"""The cases, and the open instances that they have called."""

_WAITS: Final = UserTask.state == TaskState.CREATED
_due: Any = (
    select(
        _open.c.root,
        func.min(func.coalesce(UserTask.due_at, UserTask.created_at)).label("at"),
        func.min(UserTask.due_at).label("due_at"),
    )
    .join(UserTask, UserTask.process_instance_key == _open.c.key)
    .where(_WAITS)
    .group_by(_open.c.root)
    .subquery("due")
)
"""When the first open task of a case is due, or came up."""


def _joined(statement: Any) -> Any:
    return (
        statement.select_from(DisciplineCase)
        .outerjoin(ProcessInstance, ProcessInstance.key == DisciplineCase.case_key)
        .outerjoin(_due, _due.c.root == DisciplineCase.case_key)
        .join(Employee, Employee.username == DisciplineCase.username)
        .join(Person, Person.username == DisciplineCase.username)
    )


_CASES: Final = _joined(
    select(
        DisciplineCase.case_key,
        DisciplineCase.number,
        DisciplineCase.username,
        Person.name,
        Person.nip,
        Employee.unit,
        DisciplineCase.langkah,
        DisciplineCase.sejak,
        DisciplineCase.sampai,
        DisciplineCase.hasil,
        DisciplineCase.dibuka_pada,
        ProcessInstance.state,
    )
)
_BY_URGENCY: Final = (
    _due.c.at.is_(None),
    _due.c.at,
    DisciplineCase.dibuka_pada.desc(),
    DisciplineCase.case_key,
)
_NOW: Final = bindparam("now", type_=UserTask.due_at.type)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


_URGENT: Final = _joined(
    select(
        _count(_due.c.due_at < _NOW),
        _count(and_(_due.c.due_at >= _NOW, _due.c.due_at < bindparam("near", type_=UserTask.due_at.type))),
        _count(
            and_(
                DisciplineCase.hasil.is_(None),
                DisciplineCase.sampai.between(
                    bindparam("today", type_=DisciplineCase.sampai.type),
                    bindparam("ending", type_=DisciplineCase.sampai.type),
                ),
            )
        ),
    )
).where(_IS_OPEN)
_TASKS: Final = (
    select(
        _open.c.root,
        UserTask.key,
        UserTask.process_instance_key,
        UserTask.name,
        UserTask.created_at,
        UserTask.due_at,
        UserTask.candidate_group,
        UserTask.assignee,
    )
    .join(UserTask, UserTask.process_instance_key == _open.c.key)
    .where(_WAITS)
)
_SPANS: Final = (
    select(DecisionInstance.process_instance_key, DecisionInstance.decision_id, DecisionInstance.trace)
    .where(DecisionInstance.decision_id.in_(("tenggat_disiplin", "masa_pengawasan")))
    .order_by(DecisionInstance.key)
)
_STEPS: Final = (
    select(
        DisciplineStep.langkah,
        DisciplineStep.sejak,
        DisciplineStep.sampai,
        DisciplineStep.hasil,
        DisciplineStep.fakta,
    )
    .where(DisciplineStep.case_key == bindparam("case_key"))
    .order_by(DisciplineStep.key)
)
_root = (
    select(ProcessInstance.key)
    .where(ProcessInstance.key == bindparam("case_key"))
    .cte("family", recursive=True)
)
_family: Any = _root.union_all(
    select(ProcessInstance.key)
    .join(_root, ProcessInstance.parent_key == _root.c.key)
    .where(ProcessInstance.parent_key.is_not(None))
)
_FAMILY: Final = select(_family.c.key).order_by(_family.c.key)
_DECISIONS: Final = (
    select(
        DecisionInstance.key.label("decision_evaluation_key"),
        Definition.name.label("decision_definition_name"),
        Definition.version.label("decision_definition_version"),
        DecisionInstance.at.label("evaluation_date"),
        DecisionInstance.trace,
    )
    .join(Definition, Definition.key == DecisionInstance.definition_key)
    .where(DecisionInstance.process_instance_key.in_(bindparam("keys", expanding=True)))
    .order_by(DecisionInstance.key.desc())
)
_NOTED: Final = select(AuditEntry.object).where(
    AuditEntry.object.in_(bindparam("objects", expanding=True)),
    AuditEntry.actor == bindparam("actor"),
    AuditEntry.verb == READ,
    AuditEntry.at >= bindparam("since", type_=AuditEntry.at.type),
)
