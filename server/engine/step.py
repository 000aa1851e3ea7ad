"""A step: one act upon a case, with all that follows from it, in the case and in those that it calls or is called by.

A Step loads each case that it touches once, moves its tokens, and hands over what is to be written. Called processes are
cases of their own, begun, resumed and ended within the step of their caller.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from server import errors, log
from server.db import AnyRow, Effect, Gathered, fetch
from server.engine import tables
from server.engine.bundle import Bundle, Table
from server.engine.engine import Engine
from server.engine.execution import Execution, Uncaught
from server.engine.handlers import Case
from server.engine.spiff import Tokens
from server.engine.tables import InstanceState, ProcessInstance
from server.engine.variables import Scopes

CALL_DEPTH = 20
UNDER_WAY = (InstanceState.ACTIVE, InstanceState.SUSPENDED)


class UnknownCalled(errors.Invalid):
    def __init__(self, process_id: str, version_tag: str | None = None) -> None:
        which = f" versi bertanda “{version_tag}”" if version_tag else ""
        super().__init__(
            f"Proses “{process_id}”{which} yang dipanggil belum diterbitkan, atau tanpa peristiwa awal biasa."
        )


class TooManyCalls(errors.Invalid):
    """Processes call one another in a circle."""

    def __init__(self, process_id: str) -> None:
        super().__init__(
            f"Proses {process_id} saling memanggil lebih dari {CALL_DEPTH} tingkat; putuskan lingkarannya."
        )


@dataclass
class Running:
    """A case under way, with its tokens in motion. `version` and `kept_state` are None for one that this step begins."""

    bundle: Bundle
    execution: Execution
    tokens: Tokens
    version: int | None
    root_key: int
    parent_key: int | None = None
    parent_element_key: int | None = None
    kept_state: InstanceState | None = None
    depth: int = 0
    terminated: bool = False
    suspended: bool = False
    reported: bool = False

    @property
    def key(self) -> int:
        return self.execution.case.key

    @property
    def state(self) -> InstanceState:
        if self.terminated:
            return InstanceState.TERMINATED
        if self.tokens.finished:
            return InstanceState.COMPLETED
        return InstanceState.SUSPENDED if self.suspended else InstanceState.ACTIVE

    def row_effect(self) -> Effect:
        """The case's own row."""
        changed: dict[str, object] = {"tokens": self.tokens.dump()}
        if self.state != self.kept_state:
            over = self.state in (InstanceState.COMPLETED, InstanceState.TERMINATED)
            changed |= {"state": self.state, "ended_at": self.execution.moment.now if over else None}
        if self.version is not None:
            known = {"_key": self.key, "_version": self.version, "version": self.version + 1}
            return Effect(_MOVE if "state" in changed else _UPDATE, known | changed, expect=1)
        case = self.execution.case
        return Effect(
            _INSERT,
            {
                "key": case.key,
                "bundle_key": self.bundle.key,
                "definition_key": self.bundle.definition_key,
                "process_id": case.process_id,
                "bidang": self.bundle.bidang,
                "confidential": self.bundle.confidential,
                "business_id": case.number,
                "version": 1,
                "subject": case.subject,
                "started_by": case.started_by,
                "started_at": case.started_at,
                "root_key": self.root_key,
                "parent_key": self.parent_key,
                "parent_element_key": self.parent_element_key,
                **changed,
            },
        )


@dataclass
class Step:
    """What `actor` does now."""

    engine: Engine
    connection: Connection
    actor: str
    besides: list[Effect] = field(default_factory=list)
    """What else the step writes, besides its cases."""
    _cases: dict[int, Running] = field(default_factory=dict)
    _begun: list[Running] = field(default_factory=list)

    def open_case(
        self,
        bundle: Bundle,
        case: Case,
        values: Mapping[str, object],
        start_event: str | None = None,
        parent: Running | None = None,
        parent_element_key: int | None = None,
    ) -> Running:
        """A new case with its first variables; its tokens stand still until `advance`."""
        scopes = Scopes(case.key)
        for name, value in values.items():
            scopes.set_local(case.key, name, value)
        execution = Execution(
            case, bundle, scopes, self.engine.moment(self.connection, self.actor), self, start_event
        )
        tokens = execution.tokens = Tokens.start(bundle.net, execution, case.key)
        running = Running(bundle, execution, tokens, None, parent.root_key if parent else case.key)
        if parent is not None:
            running.parent_key, running.parent_element_key = parent.key, parent_element_key
            running.depth = parent.depth + 1
        self._cases[case.key] = running
        log.concern(case.key)
        return running

    def load(self, row: AnyRow) -> Running:
        """A case as its row keeps it, ready to go on. The row needs the columns of `INSTANCE_COLUMNS`."""
        return self.take_up(self.look(row))

    def take_up(self, running: Running) -> Running:
        """Makes a case that was looked at part of the step."""
        self._cases[running.key] = running
        log.concern(running.key)
        return running

    def look(self, row: AnyRow) -> Running:
        """A case as its row keeps it, only to be read."""
        bundle = self.engine.bundles.get(self.connection, row.bundle_key)
        case = Case(
            row.process_instance_key,
            row.business_id,
            row.process_id,
            row.subject,
            row.started_by,
            row.started_at,
            None if row.root_key == row.process_instance_key else row.root_key,
        )
        execution = Execution(
            case, bundle, Scopes(case.key), self.engine.moment(self.connection, self.actor), self
        )
        tokens = execution.tokens = Tokens.load(bundle.net, execution, case.key, row.tokens)
        for name, key, text in row.variables:
            execution.scopes.put(case.key, name, key, text)
        for key, element_id, scope in tokens.live():
            if execution.resume(key, element_id, scope):
                self.read_names(execution.scopes, key)
        running = Running(
            bundle, execution, tokens, row.version, row.root_key, row.parent_key, row.parent_element_key
        )
        running.kept_state = row.case_state
        running.suspended = row.case_state == InstanceState.SUSPENDED
        return running

    def read_names(self, scopes: Scopes, scope: int) -> None:
        """Takes in the variables that a scope keeps in the database."""
        for name, key, text in fetch(self.connection, _VARIABLES, {"case": scopes.root, "scope": scope}):
            scopes.put(scope, name, key, text)

    def case(self, key: int) -> Running:
        """The case of this key, loaded once."""
        known = self._cases.get(key)
        return known or self.load(self.connection.execute(SELECT, {"key": key}).one())

    def settle(self) -> None:
        """Lets called cases run, and their callers go on from those that ended, until nothing more follows."""
        while True:
            begun, self._begun = self._begun, []
            for running in begun:
                if not running.terminated:
                    running.tokens.advance()
            ended = [each for each in self._cases.values() if _to_report(each)]
            if not ended and not self._begun:
                return
            for running in ended:
                self._report(running)

    def effects(self) -> tuple[Effect, ...]:
        """What the step writes: the cases' rows first, so that a clash shows before anything else is written."""
        cases = self._cases.values()
        rows = [running.row_effect() for running in cases]
        for running in cases:
            rows += running.execution.record.effects(running.execution.scopes)
        return (*rows, *self.besides)

    # --- called processes

    def call(self, caller: Execution, key: int, bundle_key: int, values: Mapping[str, object]) -> None:
        """Begins the process that the call activity `key` calls."""
        parent = self._cases[caller.case.key]
        bundle = self.engine.bundles.get(self.connection, bundle_key)
        if parent.depth >= CALL_DEPTH:
            raise TooManyCalls(bundle.process.id)
        if bundle.start_event is None:
            raise UnknownCalled(bundle.process.id)
        own = caller.case
        case = Case(
            self.engine.keys.draw()[0],
            None,
            bundle.process.id,
            own.subject,
            own.started_by,
            caller.moment.now,
            own.root,
        )
        running = self.open_case(bundle, case, values, parent=parent, parent_element_key=key)
        running.execution.record.history("STARTED", None, case.key)
        self._begun.append(running)

    def newest_bundle(self, process_id: str, version_tag: str | None = None) -> int:
        """The newest version of a process whose id is known only now; of those of a tag, if one is given."""
        statement = _NEWEST
        if version_tag is not None and not self.engine.rehearsing:
            statement = _NEWEST.where(tables.Definition.version_tag == version_tag)
        row = self.connection.execute(statement, {"process": process_id}).first()
        if row is None:
            raise UnknownCalled(process_id, version_tag)
        return int(row.key)

    def newest_table(self, table: Table) -> Table:
        """The newest version of a decision."""
        row = self._newest(tables.Kind.DECISION, table.decision_id)
        definitions = self.engine.bundles.decisions(self.connection, row.resource_key)
        return replace(table, definition_key=row.key, definitions=definitions)

    def newest_form(self, id_: str) -> int:
        """The key of the newest version of a form."""
        return int(self._newest(tables.Kind.FORM, id_).key)

    def _newest(self, kind: tables.Kind, id_: str) -> AnyRow:
        return self.connection.execute(_NEWEST_FILE, {"kind": kind, "id": id_}).one()

    def broadcast(self, name: str, values: Mapping[str, object]) -> None:
        """Sends a signal to all that wait for it, in any case: each goes on in a step of its own, done by a worker."""
        waiting = [dict(row._mapping) for row in self.connection.execute(_ATTENTIVE, {"signal": name})]
        for running in self._cases.values():
            waiting += [{"definition_key": None, **row} for row in running.execution.record.attentive(name)]
        if waiting:
            self.besides.append(Effect(insert(tables.Timer), [self._summons(row, values) for row in waiting]))

    def _summons(self, waiting: Mapping[str, Any], values: Mapping[str, object]) -> dict[str, Any]:
        """A timer that is due at once, with what the signal brings."""
        names = ("process_instance_key", "element_instance_key", "definition_key", "event_id", "retries")
        own = {name: waiting[name] for name in names}
        now = {"key": self.engine.keys.draw()[0], "due_at": self.engine.clock.now(), "repetitions": 1}
        return own | now | {"values": dict(values)}

    def end_called(self, key: int) -> None:
        """Ends the case that the call activity `key` has called, where it still runs."""
        for running in self._cases.values():
            if running.parent_element_key == key and running.state in UNDER_WAY:
                return self.terminate(running)
        row = self.connection.execute(_CALLED, {"key": key}).first()
        return self.terminate(self.case(row.key)) if row else None

    def terminate(self, running: Running, told: Mapping[str, object] | None = None) -> None:
        """Ends a case and all that it called; `told`: what the history keeps of it."""
        running.terminated = running.reported = True
        running.tokens.cancel()
        running.execution.record.history("CANCELED", None, running.key, told)

    def throw_to_caller(self, called: Execution, code: str) -> None:
        """Passes an error that a called case does not catch to its caller. Raises Uncaught where there is none."""
        running = self._cases[called.case.key]
        if running.parent_key is None or running.parent_element_key is None:
            raise Uncaught(code)
        self.terminate(running)
        parent = self.case(running.parent_key)
        parent.execution.throw(code, running.parent_element_key)
        self._begun.append(parent)

    def earlier(self) -> tuple[Effect, ...]:
        """What the handlers of all its cases have handed in so far."""
        return tuple(
            effect for running in self._cases.values() for effect in running.execution.record.besides
        )

    def _report(self, running: Running) -> None:
        """Hands the variables of a called case that ended to its caller, which goes on."""
        running.reported = True
        assert running.parent_key is not None
        assert running.parent_element_key is not None
        parent = self.case(running.parent_key)
        parent.execution.return_from(running.parent_element_key, running.execution.scopes.local(running.key))
        parent.tokens.complete(running.parent_element_key)


def _to_report(running: Running) -> bool:
    return running.parent_key is not None and running.tokens.finished and not running.reported


# --- statements ------------------------------------------------------------------------------------------------------

INSTANCE_COLUMNS: tuple[Any, ...] = (
    ProcessInstance.key.label("process_instance_key"),
    ProcessInstance.bundle_key,
    ProcessInstance.process_id,
    ProcessInstance.business_id,
    ProcessInstance.bidang,
    ProcessInstance.state.label("case_state"),
    ProcessInstance.version,
    ProcessInstance.tokens,
    ProcessInstance.subject,
    ProcessInstance.started_by,
    ProcessInstance.started_at,
    ProcessInstance.root_key,
    ProcessInstance.parent_key,
    ProcessInstance.parent_element_key,
    select(Gathered(tables.Variable.name, tables.Variable.key, tables.Variable.value))
    .where(
        tables.Variable.process_instance_key == ProcessInstance.key,
        tables.Variable.scope_key == ProcessInstance.key,
    )
    .correlate(ProcessInstance)
    .scalar_subquery()
    .label("variables"),
)
SELECT = select(*INSTANCE_COLUMNS).where(ProcessInstance.key == bindparam("key"))
_INSERT = insert(ProcessInstance)
_UPDATE = (
    update(ProcessInstance)
    .where(ProcessInstance.key == bindparam("_key"), ProcessInstance.version == bindparam("_version"))
    .values(version=bindparam("version"), tokens=bindparam("tokens"))
)
_MOVE = _UPDATE.values(state=bindparam("state"), ended_at=bindparam("ended_at"))
_NEWEST = (
    select(tables.Bundle.key)
    .join(tables.Definition, tables.Definition.key == tables.Bundle.definition_key)
    .where(tables.Definition.kind == tables.Kind.PROCESS, tables.Definition.id == bindparam("process"))
    .order_by(tables.Definition.version.desc(), tables.Bundle.key.desc())
    .limit(1)
)
_NEWEST_FILE = (
    select(tables.Definition.key, tables.Definition.resource_key)
    .where(tables.Definition.kind == bindparam("kind"), tables.Definition.id == bindparam("id"))
    .order_by(tables.Definition.version.desc())
    .limit(1)
)
_ATTENTIVE = select(tables.Timer.__table__).where(tables.Timer.signal_name == bindparam("signal"))
_CALLED = select(ProcessInstance.key).where(
    ProcessInstance.parent_element_key == bindparam("key"), ProcessInstance.state.in_(UNDER_WAY)
)
_VARIABLES = select(tables.Variable.name, tables.Variable.key, tables.Variable.value).where(
    tables.Variable.process_instance_key == bindparam("case"), tables.Variable.scope_key == bindparam("scope")
)
