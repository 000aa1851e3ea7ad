"""The register of discipline cases: the rung that each has reached, the watch, and what is due next.

What the law demands and how long a watch lasts is decided by the tables in dmn/disiplin; here it is only kept. All of it is
confidential: who reads it is noted in the audit trail, and nobody reads of their own case here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, true, update

from server import errors
from server.db import AnyRow, Effect
from server.engine.access import visible_cases
from server.engine.tables import InstanceState, ProcessInstance, TaskState, UserTask
from server.identity import Actor, Entry, record
from server.identity.models import Person
from server.personnel.employees import employee
from server.personnel.models import DisciplineCase, DisciplineStep, Employee

EVALUASI: Final = "evaluasi"
LAST_RUNG: Final = "tunda_kp"
PUNISHMENTS: Final = ("tunda_kgb", "tunda_kp")
"""Rungs whose term blocks the periodic pay rise and promotion (Peraturan BKN 6/2022 art. 55)."""
KEEPER: Final = "kasubag_umpeg"
"""The role that keeps the register, and sees all of it."""


class NobodyExamined(errors.Invalid):
    """A discipline case without the employee whom it is about, or about the one who opens it."""

    def __init__(self) -> None:
        super().__init__(
            "Perkara disiplin menyebut pegawai yang diperiksa. Mulailah kasusnya atas nama (subjek) pegawai itu."
        )


class NoSuchCase(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Perkara disiplin {key} tidak ada, atau bukan untuk Anda.")


class NotWatched(errors.Invalid):
    """A rung was to be noted whose watch nobody has computed."""

    def __init__(self) -> None:
        super().__init__(
            "Masa pengawasan belum dihitung dalam kasus ini. Pasang tabel “masa_pengawasan” sebelum langkah ini."
        )


# --- what the service tasks write


def opened(
    connection: Connection, case_key: int, number: str | None, username: str, now: datetime, today: date
) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Opens a case about an employee; what is known of the person and of earlier cases. Raises NotAnEmployee."""
    who = employee(connection, username)
    past = list(connection.execute(_PAST, {"username": username, "case_key": case_key}))
    serving = any(row.langkah == LAST_RUNG and row.sampai and row.sampai >= today for row in past)
    rung = LAST_RUNG if serving else EVALUASI
    facts = {
        "perkara_disiplin": {
            "pegawai": {"nama": who.nama, "nip": who.nip, "jabatan": who.jabatan, "unit": who.unit},
            "riwayat": [_told(row) for row in past],
        },
        "langkah": rung,
    }
    row = {"case_key": case_key, "number": number, "username": username, "dibuka_pada": now}
    return facts, (Effect(_NOTE_CASE, row | {"langkah": rung, "sejak": today}),)


def rung_reached(
    connection: Connection, case_key: int, key: int, langkah: str, watch: object
) -> tuple[Effect, ...]:
    """Notes a rung with its watch, `{sejak, sampai}` as the table gives it. Raises NoSuchCase, NotWatched."""
    _must_be_known(connection, case_key)
    since, until = _span(watch)
    days = {"langkah": langkah, "sejak": since, "sampai": until}
    return (
        Effect(_NOTE_STEP, {"key": key, "case_key": case_key, **days}),
        Effect(_REACH, {"_case": case_key, **days}),
    )


def watch_moved(case_key: int, key: int, watch: object) -> tuple[Effect, ...]:
    """Notes until when the rung that was noted under `key` is watched, by a changed calendar. Raises NotWatched."""
    _, until = _span(watch)
    return (
        Effect(_MOVE_STEP, {"_key": key, "sampai": until}),
        Effect(_MOVE_CASE, {"_case": case_key, "_key": key, "sampai": until}),
    )


def watch_ended(connection: Connection, case_key: int, hasil: str, facts: str | None) -> tuple[Effect, ...]:
    """Notes how the watch of the case's present rung ended, and the new facts that were found in it. Raises NoSuchCase."""
    _must_be_known(connection, case_key)
    return (
        Effect(_END_STEP, {"_case": case_key, "hasil": hasil, "fakta": facts}),
        Effect(_END_CASE, {"_case": case_key, "hasil": hasil}),
    )


def _span(watch: object) -> tuple[date, date]:
    """From when to when a watch lasts, as the table gives it."""
    if not isinstance(watch, Mapping):
        raise NotWatched
    try:
        since, until = (date.fromisoformat(str(watch.get(name))) for name in ("sejak", "sampai"))
    except ValueError:
        raise NotWatched from None
    return since, until


def _must_be_known(connection: Connection, case_key: int) -> None:
    if connection.execute(_KNOWN, {"case_key": case_key}).first() is None:
        raise NoSuchCase(case_key)


# --- tracking


@dataclass(frozen=True)
class Waiting:
    """An open task of a case: what is to be done, since when, by when, and by whom."""

    nama: str
    sejak: datetime
    tenggat: datetime | None
    kelompok: str | None
    petugas: str | None
    terlambat: bool


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
    """A case: its rung, since when, watched until, and what is due, the most urgent first."""

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
    riwayat: tuple[Step, ...] = ()


def track(connection: Connection, actor: Actor, now: datetime, open_only: bool = True) -> list[Tracked]:
    """The cases that the actor may see, the most urgent first; on a connection of a write transaction, as the read is noted."""
    rows = _visible(connection, actor, _OPEN if open_only else true())
    waiting = _waiting(connection, [row.case_key for row in rows], now)
    found = [_tracked(row, waiting.get(row.case_key, ())) for row in rows]
    _note(connection, actor, now, [each.case_key for each in found])
    return sorted(found, key=_urgency)


def one(connection: Connection, actor: Actor, now: datetime, case_key: int) -> Tracked:
    """A case with all its rungs; the read is noted. Raises NoSuchCase, also where it is not for the actor."""
    rows = _visible(connection, actor, DisciplineCase.case_key == case_key)
    if not rows:
        raise NoSuchCase(case_key)
    _note(connection, actor, now, [case_key])
    steps = tuple(Step(*row) for row in connection.execute(_STEPS, {"case_key": case_key}))
    return _tracked(rows[0], _waiting(connection, [case_key], now).get(case_key, ()), steps)


def serving_until(connection: Connection, username: str, today: date) -> date | None:
    """Until when an employee serves a postponement, which blocks pay rise and promotion; None where none is served."""
    rows = connection.execute(_SERVING, {"username": username, "today": today})
    return max((row.sampai for row in rows), default=None)


def _visible(connection: Connection, actor: Actor, which: ColumnElement[bool]) -> list[AnyRow]:
    mine = true() if KEEPER in actor.groups else visible_cases(actor)
    return list(connection.execute(_CASES.where(which, mine, DisciplineCase.username != actor.username)))


def _waiting(connection: Connection, cases: Iterable[int], now: datetime) -> dict[int, tuple[Waiting, ...]]:
    found: dict[int, tuple[Waiting, ...]] = {}
    for row in connection.execute(_TASKS.where(ProcessInstance.root_key.in_(list(cases)))):
        late = row.due_at is not None and row.due_at < now
        task = Waiting(row.name, row.created_at, row.due_at, row.candidate_group, row.assignee, late)
        found[row.root_key] = (*found.get(row.root_key, ()), task)
    return {key: tuple(sorted(tasks, key=_by_when)) for key, tasks in found.items()}


def _tracked(row: AnyRow, waiting: tuple[Waiting, ...], steps: tuple[Step, ...] = ()) -> Tracked:
    state = row.state in (InstanceState.ACTIVE, InstanceState.SUSPENDED)
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
        state,
        row.dibuka_pada,
        waiting,
        steps,
    )


def _by_when(task: Waiting) -> datetime:
    """What has no due date waits since it came up."""
    return task.tenggat or task.sejak


def _urgency(each: Tracked) -> tuple[bool, float, int]:
    if not each.menunggu:
        return True, 0.0, each.case_key
    return False, _by_when(each.menunggu[0]).timestamp(), each.case_key


def _note(connection: Connection, actor: Actor, now: datetime, cases: list[int]) -> None:
    for key in cases:
        record(connection, Entry(now, actor.username, "discipline.read", f"discipline:{key}", "done"))


def _told(row: AnyRow) -> dict[str, Any]:
    return {
        "perkara": row.number,
        "langkah": row.langkah,
        "sejak": row.sejak.isoformat(),
        "sampai": row.sampai.isoformat() if row.sampai else None,
        "hasil": row.hasil,
    }


# --- statements ------------------------------------------------------------------------------------------------------

_OPEN: Final = ProcessInstance.state.in_((InstanceState.ACTIVE, InstanceState.SUSPENDED))
_NOTE_CASE: Final = insert(DisciplineCase)
_NOTE_STEP: Final = insert(DisciplineStep)
_KNOWN: Final = select(DisciplineCase.case_key).where(DisciplineCase.case_key == bindparam("case_key"))
_PAST: Final = (
    select(
        DisciplineCase.number,
        DisciplineStep.langkah,
        DisciplineStep.sejak,
        DisciplineStep.sampai,
        DisciplineStep.hasil,
    )
    .join(DisciplineCase, DisciplineCase.case_key == DisciplineStep.case_key)
    .where(DisciplineCase.username == bindparam("username"), DisciplineCase.case_key != bindparam("case_key"))
    .order_by(DisciplineStep.sejak.desc(), DisciplineStep.key.desc())
    .limit(50)
)
_REACH: Final = (
    update(DisciplineCase)
    .where(DisciplineCase.case_key == bindparam("_case"))
    .values(langkah=bindparam("langkah"), sejak=bindparam("sejak"), sampai=bindparam("sampai"), hasil=None)
)
_MOVE_STEP: Final = (
    update(DisciplineStep)
    .where(DisciplineStep.key == bindparam("_key"), DisciplineStep.hasil.is_(None))
    .values(sampai=bindparam("sampai"))
)
_MOVE_CASE: Final = (
    update(DisciplineCase)
    .where(
        DisciplineCase.case_key == bindparam("_case"),
        select(DisciplineStep.key)
        .where(DisciplineStep.case_key == DisciplineCase.case_key)
        .order_by(DisciplineStep.key.desc())
        .limit(1)
        .scalar_subquery()
        == bindparam("_key"),
    )
    .values(sampai=bindparam("sampai"))
)
_END_STEP: Final = (
    update(DisciplineStep)
    .where(DisciplineStep.case_key == bindparam("_case"), DisciplineStep.hasil.is_(None))
    .values(hasil=bindparam("hasil"), fakta=bindparam("fakta"))
)
_END_CASE: Final = (
    update(DisciplineCase)
    .where(DisciplineCase.case_key == bindparam("_case"))
    .values(hasil=bindparam("hasil"))
)
_CASES: Final = (
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
    .outerjoin(ProcessInstance, ProcessInstance.key == DisciplineCase.case_key)
    .join(Employee, Employee.username == DisciplineCase.username)
    .join(Person, Person.username == DisciplineCase.username)
)
_TASKS: Final = (
    select(
        ProcessInstance.root_key,
        UserTask.name,
        UserTask.created_at,
        UserTask.due_at,
        UserTask.candidate_group,
        UserTask.assignee,
    )
    .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
    .where(UserTask.state == TaskState.CREATED)
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
_SERVING: Final = (
    select(DisciplineStep.sampai)
    .join(DisciplineCase, DisciplineCase.case_key == DisciplineStep.case_key)
    .where(DisciplineCase.username == bindparam("username"), DisciplineStep.langkah.in_(PUNISHMENTS))
    .where(DisciplineStep.sampai >= bindparam("today"))
)
