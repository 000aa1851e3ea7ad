"""Process instances: a case begins, goes on step by step, and ends.

Every verb here prepares: it reads, moves tokens and hands back a Change; the gate writes it. A case's row is written under
its version, so that of two steps prepared from the same state one is prepared again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import tables
from server.engine.access import visible_cases
from server.engine.bundle import Bundle
from server.engine.engine import Engine
from server.engine.execution import Execution
from server.engine.handlers import Case
from server.engine.spiff import Tokens
from server.engine.tables import InstanceState, ProcessInstance
from server.engine.variables import Scopes
from server.identity import Actor, Permission


class UnknownInstance(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Kasus {key} tidak ada, atau bukan untuk Anda.")


class InstanceIsOver(errors.Conflict):
    def __init__(self, key: int) -> None:
        super().__init__(f"Kasus {key} sudah selesai atau dibatalkan; tidak ada lagi yang dapat diubah.")


class UnknownProcess(errors.NotFound):
    def __init__(self, process: str | int) -> None:
        super().__init__(f"Prosedur {process} belum diterbitkan. Lihat daftar prosedur yang ada.")


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


@dataclass
class Running:
    """A case under way, with its tokens in motion."""

    bundle: Bundle
    execution: Execution
    tokens: Tokens
    version: int

    def effects(self) -> tuple[Effect, ...]:
        """What the step writes: the case's row first, so that a clash shows before anything else is written."""
        state = InstanceState.COMPLETED if self.tokens.finished else InstanceState.ACTIVE
        return (self._row_effect(state), *self.execution.effects())

    def cancelled_effects(self) -> tuple[Effect, ...]:
        return (self._row_effect(InstanceState.TERMINATED), *self.execution.effects())

    def _row_effect(self, state: InstanceState) -> Effect:
        over = state != InstanceState.ACTIVE
        row = {
            "_key": self.execution.case.key,
            "_version": self.version,
            "version": self.version + 1,
            "tokens": self.tokens.dump(),
            "state": state,
            "ended_at": self.execution.moment.now if over else None,
        }
        return Effect(_UPDATE, row, expect=1)


# --- verbs -----------------------------------------------------------------------------------------------------------


def start(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    process: str | int,
    values: Mapping[str, object],
    subject: str | None = None,
) -> Change[Started]:
    """Begins a case of a process, by id (its newest version) or by the key of a version.

    `values` are those of the start form, and no others. `subject` is the case's own person: the starter, unless one who
    may start for others says whom. Raises UnknownProcess, NotAStarter, forms.Rejected, StepFault.
    """
    found = _newest_bundle(connection, process)
    bundle = engine.bundles.get(connection, found.bundle_key)
    _allow_start(actor, bundle, found)
    subject = _subject(actor, bundle, subject)
    moment = engine.moment(connection, actor.username)
    clean = _start_values(engine, bundle, actor, values)
    number, numbering = _next_number(connection, found, bundle, moment.now.year)
    case = Case(engine.keys.draw()[0], number, bundle.process.id, subject, actor.username, moment.now)
    scopes = Scopes(case.key)
    for name, value in clean.items():
        scopes.set_local(case.key, name, value)
    execution = Execution(case, bundle, scopes, moment)
    execution.record("STARTED", None, case.key, clean or None)
    tokens = Tokens.start(bundle.net, execution, case.key)
    tokens.advance()
    row = _first_row(case, found, tokens)
    effects = (numbering, Effect(_INSERT, row), *execution.effects())
    return Change(effects, Started(case.key, found.key, found.id, found.version, number))


def cancel(engine: Engine, connection: Connection, actor: Actor, key: int) -> Change[None]:
    """Ends a case before its time: open tasks are canceled, inside work that can be undone is. Cancelling again changes nothing."""
    row = connection.execute(_SELECT, {"key": key}).one_or_none()
    if row is None or not sees(connection, actor, key):
        raise UnknownInstance(key)
    if row.case_state == InstanceState.TERMINATED:
        return Change((), None)
    if row.case_state != InstanceState.ACTIVE:
        raise InstanceIsOver(key)
    if Permission.CANCEL not in actor.permissions and row.started_by != actor.username:
        raise errors.Forbidden(
            "Hanya yang memulai kasus ini atau pejabat yang berwenang dapat membatalkannya."
        )
    running = resume(engine, connection, actor.username, row)
    running.tokens.cancel()
    running.execution.record("CANCELED", None, key)
    undone = tuple(_undone(running, connection))
    return Change((*running.cancelled_effects(), *undone), None)


def sees(connection: Connection, actor: Actor, key: int) -> bool:
    """Whether the case is one that the actor may see."""
    statement = select(ProcessInstance.key).where(ProcessInstance.key == key, visible_cases(actor))
    return connection.execute(statement).first() is not None


def resume(engine: Engine, connection: Connection, actor: str, row: AnyRow) -> Running:
    """A case as its row keeps it, ready to go on. The row needs the columns of `INSTANCE_COLUMNS`."""
    bundle = engine.bundles.get(connection, row.bundle_key)
    case = Case(
        row.process_instance_key,
        row.business_id,
        row.process_id,
        row.subject,
        row.started_by,
        row.started_at,
    )
    scopes = Scopes(case.key)
    execution = Execution(case, bundle, scopes, engine.moment(connection, actor))
    tokens = Tokens.load(bundle.net, execution, case.key, row.tokens)
    named = [case.key]
    for key, element_id, scope in tokens.live():
        if execution.resume(key, element_id, scope):
            named.append(key)
    for scope, name, key, text in connection.execute(_VARIABLES, {"scopes": named}):
        scopes.put(scope, name, key, text)
    return Running(bundle, execution, tokens, row.version)


# --- starting --------------------------------------------------------------------------------------------------------


def _newest_bundle(connection: Connection, process: str | int) -> AnyRow:
    statement = _BUNDLE_BY_KEY if isinstance(process, int) else _BUNDLE_BY_ID
    row = connection.execute(statement, {"process": process}).first()
    if row is None:
        raise UnknownProcess(process)
    return row


def _allow_start(actor: Actor, bundle: Bundle, found: AnyRow) -> None:
    group = bundle.starter.group.text if bundle.starter.group else None
    role = bundle.starter.role
    if Permission.START in actor.permissions or group in actor.groups or role in actor.groups:
        return
    raise NotAStarter(found.name, group)


def _subject(actor: Actor, bundle: Bundle, named: str | None) -> str | None:
    """The case's own person. Who only may start for themselves cannot name another."""
    if named is not None and named != actor.username and Permission.START not in actor.permissions:
        raise errors.Forbidden("Anda hanya dapat memulai prosedur ini atas nama sendiri.")
    if named is None and bundle.starter.subject_first:
        return actor.username
    return named


def _start_values(
    engine: Engine, bundle: Bundle, actor: Actor, values: Mapping[str, object]
) -> dict[str, object]:
    if bundle.start_form is not None:
        return bundle.start_form.form.check(values, {}, engine.environment)
    if values and not (bundle.foreign and Permission.CHANGE_VARIABLES in actor.permissions):
        raise errors.Invalid(
            "Prosedur ini dimulai tanpa isian; kirim `variables` kosong.",
            [errors.Problem("tidak diminta oleh prosedur ini", where=name) for name in values],
        )
    return dict(values)


def _next_number(connection: Connection, found: AnyRow, bundle: Bundle, year: int) -> tuple[str, Effect]:
    """The case's number for people, such as CUTI-2026-0007: by procedure and year, without gaps."""
    last = connection.execute(_LAST_NUMBER, {"process_id": found.id, "year": year}).scalar()
    prefix = bundle.process.properties.get("kode") or found.id.replace("_", "-")
    number = f"{prefix.upper()}-{year}-{(last or 0) + 1:04d}"
    names = {"process_id": found.id, "year": year, "last": (last or 0) + 1}
    if last is None:
        return number, Effect(insert(tables.CaseNumber), names)
    return number, Effect(_RAISE_NUMBER, {"_process_id": found.id, "_year": year, "_last": last}, expect=1)


def _first_row(case: Case, found: AnyRow, tokens: Tokens) -> dict[str, Any]:
    return {
        "key": case.key,
        "bundle_key": found.bundle_key,
        "definition_key": found.key,
        "process_id": found.id,
        "bidang": found.bidang,
        "confidential": found.confidential,
        "business_id": case.number,
        "state": InstanceState.COMPLETED if tokens.finished else InstanceState.ACTIVE,
        "version": 1,
        "tokens": tokens.dump(),
        "subject": case.subject,
        "started_by": case.started_by,
        "started_at": case.started_at,
        "ended_at": case.started_at if tokens.finished else None,
    }


# --- ending before time ----------------------------------------------------------------------------------------------


def _undone(running: Running, connection: Connection) -> Iterator[Effect]:
    """Takes back the inside work that was done in the case, the latest first, where its handler says how."""
    passed = connection.execute(_PASSED, {"case": running.execution.case.key})
    for key, element_id in passed:
        handler = running.bundle.elements[element_id].handler
        if handler is not None and handler.undo is not None:
            running.execution.resume(key, element_id, running.execution.case.key)
            yield from handler.undo(running.execution.call(key)).effects


def history_row(
    engine: Engine, actor: str, case: int, event: str, element_id: str | None, subject_key: int | None
) -> dict[str, Any]:
    """A line of the history for a verb that moves no tokens."""
    return {
        "key": engine.keys.draw()[0],
        "process_instance_key": case,
        "at": engine.clock.now(),
        "actor": actor,
        "event": event,
        "element_id": element_id,
        "subject_key": subject_key,
        "digest": None,
    }


# --- statements ------------------------------------------------------------------------------------------------------

INSTANCE_COLUMNS = (
    ProcessInstance.key.label("process_instance_key"),
    ProcessInstance.bundle_key,
    ProcessInstance.process_id,
    ProcessInstance.business_id,
    ProcessInstance.state.label("case_state"),
    ProcessInstance.version,
    ProcessInstance.tokens,
    ProcessInstance.subject,
    ProcessInstance.started_by,
    ProcessInstance.started_at,
)
INSERT_HISTORY = insert(tables.History)
_SELECT = select(*INSTANCE_COLUMNS).where(ProcessInstance.key == bindparam("key"))
_INSERT = insert(ProcessInstance)
_UPDATE = (
    update(ProcessInstance)
    .where(ProcessInstance.key == bindparam("_key"), ProcessInstance.version == bindparam("_version"))
    .values(
        version=bindparam("version"),
        tokens=bindparam("tokens"),
        state=bindparam("state"),
        ended_at=bindparam("ended_at"),
    )
)
_VARIABLES = select(
    tables.Variable.scope_key, tables.Variable.name, tables.Variable.key, tables.Variable.value
).where(tables.Variable.scope_key.in_(bindparam("scopes", expanding=True)))
_PASSED = (
    select(tables.ElementInstance.key, tables.ElementInstance.element_id)
    .where(
        tables.ElementInstance.process_instance_key == bindparam("case"),
        tables.ElementInstance.state == InstanceState.COMPLETED,
        tables.ElementInstance.type.in_(("SERVICE_TASK", "SEND_TASK", "BUSINESS_RULE_TASK", "SCRIPT_TASK")),
    )
    .order_by(tables.ElementInstance.key.desc())
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
_LAST_NUMBER = select(tables.CaseNumber.last).where(
    tables.CaseNumber.process_id == bindparam("process_id"), tables.CaseNumber.year == bindparam("year")
)
_RAISE_NUMBER = (
    update(tables.CaseNumber)
    .where(
        tables.CaseNumber.process_id == bindparam("_process_id"),
        tables.CaseNumber.year == bindparam("_year"),
        tables.CaseNumber.last == bindparam("_last"),
    )
    .values(last=tables.CaseNumber.last + 1)
)
