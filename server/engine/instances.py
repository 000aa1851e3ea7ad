"""Process instances: a case begins, goes on step by step, and ends.

Every verb here prepares: it reads, moves tokens and hands back a Change; the gate writes it. A case's row is written under
its version, so that of two steps prepared from the same state one is prepared again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import links, references, tables, undoing
from server.engine.access import visible_cases
from server.engine.bundle import Bundle
from server.engine.engine import Engine
from server.engine.handlers import Case
from server.engine.numbering import next_number
from server.engine.record import Record
from server.engine.step import INSTANCE_COLUMNS, SELECT, UNDER_WAY, Running, Step
from server.engine.tables import InstanceState, ProcessInstance
from server.engine.variables import Scopes
from server.identity import Actor, Permission, UnknownPerson, is_active

LONGEST_REASON: Final = 1000


class UnknownInstance(errors.NotFound):
    def __init__(self, key: int, hidden: bool = False) -> None:
        super().__init__(f"Kasus {key} tidak ada, atau bukan untuk Anda.", hidden)


class InstanceIsOver(errors.Conflict):
    def __init__(self, key: int) -> None:
        super().__init__(f"Kasus {key} sudah selesai atau dibatalkan; tidak ada lagi yang dapat diubah.")


class UnknownProcess(errors.NotFound):
    def __init__(self, process: str | int) -> None:
        super().__init__(f"Prosedur {process} belum diterbitkan. Lihat daftar prosedur yang ada.")


class TooLong(errors.Invalid):
    def __init__(self) -> None:
        message = f"Alasan paling panjang {LONGEST_REASON} huruf; singkatkan."
        super().__init__(message, [errors.Problem(message, where="alasan")])


class NotAStarter(errors.Forbidden):
    def __init__(self, process: str, group: str | None) -> None:
        super().__init__(
            f"Prosedur “{process}” dimulai oleh pemegang peran {group or 'tertentu'}, bukan oleh Anda."
        )


@dataclass(frozen=True)
class Started:
    """The answer to a start."""

    key: int
    definition_key: int
    process_id: str
    version: int
    business_id: str | None


# --- verbs -----------------------------------------------------------------------------------------------------------


def start(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    process: str | int,
    values: Mapping[str, object],
    subject: str | None = None,
    origin: int | None = None,
    known: Mapping[str, object] = MappingProxyType({}),
) -> Change[Started]:
    """Begins a case of a process, by id (its newest version) or by the key of a version.

    `values` are those of the start form, and no others. `subject` is the case's own person: the starter, unless one who
    may start for others says whom. `origin` is a case whose step leads to this process: who does that step may start it. `known` is what a
    room of the office tells the case besides, never what a caller has sent.
    Raises UnknownProcess, links.UnknownOrigin, NotAStarter, forms.Rejected, StepFault.
    """
    found = newest_bundle(connection, process)
    bundle = engine.bundles.get(connection, found.bundle_key)
    if bundle.start_event is None:
        raise errors.Conflict(f"Prosedur “{found.name}” dimulai oleh pewaktu atau pesan, bukan oleh orang.")
    if origin is None or not links.leads(engine, connection, actor, origin, found.id):
        allow_start(actor, bundle, found)
    subject = subject_of(connection, actor, bundle, subject)
    clean = _start_values(engine, connection, bundle, actor, values)
    step = Step(engine, connection, actor.username)
    started = open_case(step, found, bundle, {**known, **clean}, subject)
    whence = () if origin is None else (links.effect(started.key, origin),)
    return Change((*step.effects(), *whence), started)


def open_case(
    step: Step,
    found: AnyRow,
    bundle: Bundle,
    values: Mapping[str, object],
    subject: str | None,
    start_event: str | None = None,
) -> Started:
    """A new case with its number, from the none start event or from the one that was triggered."""
    running = numbered_case(step, found, bundle, values, subject, start_event)
    running.execution.record.history("STARTED", start_event, running.key, dict(values) or None)
    running.tokens.advance()
    step.settle()
    return started(running, found)


def numbered_case(
    step: Step,
    found: AnyRow,
    bundle: Bundle,
    values: Mapping[str, object],
    subject: str | None,
    start_event: str | None = None,
) -> Running:
    """A new case with its number; its tokens stand still."""
    now = step.engine.clock.now()
    number, numbering = next_number(step.connection, bundle.process.id, bundle.process.properties, now)
    case = Case(step.engine.keys.draw()[0], number, bundle.process.id, subject, step.actor, now)
    step.besides.append(numbering)
    return step.open_case(bundle, case, values, start_event)


def started(running: Running, found: AnyRow) -> Started:
    """The answer to the start of this case."""
    return Started(running.key, found.key, found.id, found.version, running.execution.case.number)


def open_by_event(step: Step, definition_key: int, event_id: str, values: Mapping[str, object]) -> Started:
    """A new case from a start event that a timer or message has triggered."""
    found = newest_bundle(step.connection, definition_key)
    bundle = step.engine.bundles.get(step.connection, found.bundle_key)
    return open_case(step, found, bundle, values, None, event_id)


def numbers_of(connection: Connection, keys: Iterable[int]) -> dict[int, str]:
    """The numbers for people of these cases, whoever asks; a case without one is left out."""
    wanted = list(keys)
    if not wanted:
        return {}
    numbered = select(ProcessInstance.key, ProcessInstance.business_id).where(ProcessInstance.key.in_(wanted))
    return {row.key: row.business_id for row in connection.execute(numbered) if row.business_id}


def cancel(
    engine: Engine, connection: Connection, actor: Actor, key: int, reason: str | None = None
) -> Change[None]:
    """Ends a case before its time: open tasks are canceled, inside work that can be undone is. Cancelling again changes nothing."""
    row = connection.execute(SELECT, {"key": key}).one_or_none()
    if row is None or not sees(connection, actor, key):
        raise UnknownInstance(key, hidden=row is not None)
    if row.case_state == InstanceState.TERMINATED:
        return Change((), None)
    if row.case_state == InstanceState.COMPLETED:
        raise InstanceIsOver(key)
    own = row.started_by == actor.username and Permission.CANCEL not in actor.withheld
    if not own and not actor.may(Permission.CANCEL, row.bidang):
        raise errors.Forbidden(
            "Hanya yang memulai kasus ini atau pejabat yang berwenang dapat membatalkannya."
        )
    if row.parent_key is not None:
        raise errors.Conflict(f"Kasus ini dipanggil oleh kasus {row.parent_key}; batalkan kasus itu.")
    step = Step(engine, connection, actor.username)
    running = step.load(row)
    taken_back = tuple(undoing.of_all(step, running))
    step.terminate(running, why(reason) or None)
    step.settle()
    return Change((*step.effects(), *taken_back), None)


def suspend(
    engine: Engine, connection: Connection, actor: Actor, key: int, reason: str | None = None
) -> Change[None]:
    """Stops a case and all that it called: tasks, timers, messages and jobs wait. Suspending again changes nothing."""
    return _switch(engine, connection, actor, key, (InstanceState.ACTIVE, InstanceState.SUSPENDED), reason)


def resume(
    engine: Engine, connection: Connection, actor: Actor, key: int, reason: str | None = None
) -> Change[None]:
    """Lets a suspended case go on; what came due meanwhile is due now."""
    return _switch(engine, connection, actor, key, (InstanceState.SUSPENDED, InstanceState.ACTIVE), reason)


def why(reason: str | None) -> dict[str, object]:
    """What the history keeps of a reason that somebody gives for what they do. Raises TooLong."""
    text = (reason or "").strip()
    if len(text) > LONGEST_REASON:
        raise TooLong
    return {"alasan": text} if text else {}


def set_variables(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    scope_key: int,
    values: Mapping[str, object],
    local: bool = False,
) -> Change[None]:
    """Writes variables of a case, seen from an element instance or the case itself; with `local`, into that scope alone.

    For who may, in a diagram from outside, or to mend what an incident stopped. Raises UnknownInstance, InstanceIsOver.
    """
    key = connection.execute(_CASE_OF_SCOPE, {"key": scope_key}).scalar() or scope_key
    row = connection.execute(SELECT, {"key": key}).one_or_none()
    if row is None or not sees(connection, actor, key):
        raise UnknownInstance(scope_key, hidden=row is not None)
    if row.case_state not in UNDER_WAY:
        raise InstanceIsOver(key)
    step = Step(engine, connection, actor.username)
    running = step.load(row)
    if not actor.may(Permission.CHANGE_VARIABLES, row.bidang) or not (
        running.bundle.foreign or connection.execute(_STOPPED, {"case": key}).first()
    ):
        raise errors.Forbidden(
            "Data kasus diubah lewat formulir tugasnya; di luar itu hanya saat ada insiden."
        )
    scopes = running.execution.scopes
    for name, value in values.items():
        if local:
            scopes.set_local(scope_key, name, value)
        else:
            scopes.propagate(scope_key, name, value)
    running.execution.record.history("VARIABLES_SET", None, scope_key, dict(values))
    return Change(step.effects(), None)


def hand_facts(
    engine: Engine, connection: Connection, actor: Actor, case_key: int, values: Mapping[str, object]
) -> Change[None]:
    """Hands a case under way facts that the office keeps, as they are by now: the verb of a room that has settled who may.

    Raises UnknownInstance, InstanceIsOver.
    """
    row = connection.execute(SELECT, {"key": case_key}).one_or_none()
    if row is None:
        raise UnknownInstance(case_key)
    if row.case_state not in UNDER_WAY:
        raise InstanceIsOver(case_key)
    step = Step(engine, connection, actor.username)
    running = step.load(row)
    for name, value in values.items():
        running.execution.scopes.propagate(case_key, name, value)
    running.execution.record.history("VARIABLES_SET", None, case_key, dict(values))
    return Change(step.effects(), None)


def _switch(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    states: tuple[InstanceState, InstanceState],
    reason: str | None,
) -> Change[None]:
    old, new = states
    row = connection.execute(SELECT, {"key": key}).one_or_none()
    if row is None or not sees(connection, actor, key):
        raise UnknownInstance(key, hidden=row is not None)
    if not actor.may(Permission.CANCEL, row.bidang):
        raise errors.Forbidden(
            "Menghentikan sementara dan melanjutkan kasus hanya untuk pejabat yang berwenang."
        )
    if row.case_state == new:
        return Change((), None)
    if row.case_state != old:
        raise InstanceIsOver(key)
    if row.parent_key is not None:
        raise errors.Conflict(f"Kasus ini dipanggil oleh kasus {row.parent_key}; pilih kasus itu.")
    effects: list[Effect] = []
    for each in _with_called(connection, row):
        case = each.process_instance_key
        change = {"_key": case, "_version": each.version, "_old": old, "state": new}
        change["suspended_at"] = engine.clock.now() if new == InstanceState.SUSPENDED else None
        effects.append(Effect(_SWITCH, change, expect=1))
        effects.append(Effect(_WAKE, {"_case": case}))
    history = note(engine, actor.username, key, f"{new}_BY_PERSON", None, key, values=why(reason) or None)
    return Change((*effects, *history), None)


def _with_called(connection: Connection, row: AnyRow) -> Iterator[AnyRow]:
    """A case and the cases under way that it called, however deep."""
    yield row
    called = connection.execute(_CALLED, {"parent": row.process_instance_key}).all()
    for each in called:
        yield from _with_called(connection, each)


def sees(connection: Connection, actor: Actor, key: int) -> bool:
    """Whether the case is one that the actor may see."""
    statement = select(ProcessInstance.key).where(ProcessInstance.key == key, visible_cases(actor))
    return connection.execute(statement).first() is not None


# --- starting --------------------------------------------------------------------------------------------------------


def newest_bundle(connection: Connection, process: str | int) -> AnyRow:
    """The newest version of a process by id, or one version by its key. Raises UnknownProcess."""
    statement = _BUNDLE_BY_KEY if isinstance(process, int) else _BUNDLE_BY_ID
    row = connection.execute(statement, {"process": process}).first()
    if row is None:
        raise UnknownProcess(process)
    return row


def allow_start(actor: Actor, bundle: Bundle, found: AnyRow) -> None:
    """Who may start a process: who holds the role of its first lane, or the permission. Raises NotAStarter."""
    group = bundle.starter.group.text if bundle.starter.group else None
    if actor.may(Permission.START, bundle.bidang):
        return
    if Permission.START not in actor.withheld and (
        bundle.starter.role in actor.groups or actor.receives(group, bundle.bidang, None)
    ):
        return
    raise NotAStarter(found.name, group)


def subject_of(connection: Connection, actor: Actor, bundle: Bundle, named: str | None) -> str | None:
    """The case's own person. Who only may start for themselves cannot name another."""
    if named is not None and named != actor.username:
        if not may_name_another(actor, bundle):
            raise errors.Forbidden("Anda hanya dapat memulai prosedur ini atas nama sendiri.")
        if not is_active(connection, named):
            raise UnknownPerson(named)
    if named is None and starts_for_oneself(actor, bundle):
        return actor.username
    return named


def may_name_another(actor: Actor, bundle: Bundle) -> bool:
    """Whether the actor may start a case in somebody else's name: who records for outsiders, and who may start anything."""
    group = bundle.starter.group.text if bundle.starter.group else None
    in_their_name = bundle.starter.insider and actor.receives(group, bundle.bidang, None)
    return in_their_name or actor.may(Permission.START, bundle.bidang)


def starts_for_oneself(actor: Actor, bundle: Bundle) -> bool:
    """Whether the actor is the subject of a case that they start without naming anybody."""
    in_their_own = not bundle.starter.insider or bundle.starter.role in actor.groups
    return bundle.starter.subject_first and in_their_own


def _start_values(
    engine: Engine, connection: Connection, bundle: Bundle, actor: Actor, values: Mapping[str, object]
) -> dict[str, object]:
    if bundle.start_form is not None:
        return bundle.start_form.form.check(
            values, {}, engine.environment, references.known_to(connection, actor, engine.clock.now())
        )
    if values and not (bundle.foreign and actor.may(Permission.CHANGE_VARIABLES, bundle.bidang)):
        raise errors.Invalid(
            "Prosedur ini dimulai tanpa isian; kirim `variables` kosong.",
            [errors.Problem("tidak diminta oleh prosedur ini", where=name) for name in values],
        )
    return dict(values)


def note(
    engine: Engine,
    actor: str,
    case: int,
    event: str,
    element_id: str | None,
    subject_key: int | None,
    capacity: dict[str, Any] | None = None,
    values: Mapping[str, object] | None = None,
) -> tuple[Effect, ...]:
    """A line of the history for a verb that moves no tokens; `values` are personal."""
    record = Record(case, engine.keys, engine.clock.now(), actor)
    record.history(event, element_id, subject_key, values, capacity)
    return tuple(record.effects(Scopes(case)))


# --- statements ------------------------------------------------------------------------------------------------------

_CALLED = select(*INSTANCE_COLUMNS).where(
    ProcessInstance.parent_key == bindparam("parent"),
    ProcessInstance.state.in_(UNDER_WAY),
)
_CASE_OF_SCOPE = select(tables.ElementInstance.process_instance_key).where(
    tables.ElementInstance.key == bindparam("key"), tables.ElementInstance.state == InstanceState.ACTIVE
)
_STOPPED = select(tables.Incident.key).where(
    tables.Incident.process_instance_key == bindparam("case"),
    tables.Incident.state == tables.IncidentState.ACTIVE,
)
_SWITCH = (
    update(ProcessInstance)
    .where(
        ProcessInstance.key == bindparam("_key"),
        ProcessInstance.version == bindparam("_version"),
        ProcessInstance.state == bindparam("_old"),
    )
    .values(
        state=bindparam("state"),
        suspended_at=bindparam("suspended_at"),
        version=ProcessInstance.version + 1,
    )
)
_WAKE = (
    update(tables.Timer)
    .where(tables.Timer.process_instance_key == bindparam("_case"))
    .values(taken_until=None)
)
_FOUND = (
    select(
        tables.Bundle.key.label("bundle_key"),
        tables.Definition.key,
        tables.Definition.id,
        tables.Definition.version,
        tables.Definition.name,
        tables.Definition.bidang,
        tables.Definition.confidential,
    )
    .join(tables.Definition, tables.Definition.key == tables.Bundle.definition_key)
    .order_by(tables.Definition.version.desc(), tables.Bundle.key.desc())
    .limit(1)
)
_BUNDLE_BY_ID = _FOUND.where(
    tables.Definition.kind == tables.Kind.PROCESS, tables.Definition.id == bindparam("process")
)
_BUNDLE_BY_KEY = _FOUND.where(tables.Definition.key == bindparam("process"))
