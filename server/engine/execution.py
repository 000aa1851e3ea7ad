"""One step of one instance: what the moving tokens mean.

An Execution is the host of an instance's tokens (`spiff.Host`). It holds the instance's scopes, evaluates conditions and
mappings, does the work of activities, and has its `record` gather what the step writes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Protocol

from sqlalchemy import Connection

from server import dmn, errors, feel
from server.bpmn import model
from server.calendar import Calendar
from server.clock import Clock
from server.db import Clash, Effect, Keys
from server.engine import schedule, tables
from server.engine.bundle import (
    Bundle,
    CallTo,
    Catch,
    Element,
    Mapped,
    Message,
    Signal,
    Table,
    Text,
    Throw,
    Timer,
)
from server.engine.counting import Counting
from server.engine.handlers import BpmnError, Call, Case, Handler
from server.engine.record import Record
from server.engine.spiff import NotWaiting, Round, Tokens
from server.engine.tables import InstanceState, JobState, TaskState
from server.engine.variables import Scopes
from server.identity import active_of

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
JOB_RETRIES = 3
TIMER_RETRIES = 3
PRIORITY, HIGHEST_PRIORITY = 50, 100


class StepFault(errors.Invalid):
    """The diagram cannot go on: an expression, table or handler failed. Nothing of the step was kept."""

    def __init__(self, element: Element | model.Node, what: str, text: str | None, reason: str) -> None:
        self.element_id = element.id
        self.expression = text
        self.reason = reason
        shown = f" “{text}”" if text else ""
        message = f"Langkah “{element.name or element.id}” tidak dapat dijalankan: {what}{shown} {reason}"
        super().__init__(message, [errors.Problem(message, where=element.id)])


class Uncaught(errors.Invalid):
    """An error event that no border catches."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            f"Galat “{code}” tidak ditangani; gambar peristiwa galat di tepi langkahnya, atau perbaiki sebabnya."
        )


class Others(Protocol):
    """The other cases of the step: those that this one calls, and the one that called it."""

    def call(self, caller: "Execution", key: int, bundle_key: int, values: Mapping[str, object]) -> None:
        """Begins a called process for the call activity `key`."""

    def newest_bundle(self, process_id: str, version_tag: str | None = None) -> int:
        """The key of the newest version of a process that is only known by now; of those of a tag, if one is given."""

    def newest_table(self, table: Table) -> Table:
        """The newest version of a decision that is bound to it."""

    def newest_form(self, id_: str) -> int:
        """The key of the newest version of a form."""

    def broadcast(self, name: str, values: Mapping[str, object]) -> None:
        """Sends a signal to all that wait for it."""

    def end_called(self, key: int) -> None:
        """Ends what the call activity `key` has called."""

    def throw_to_caller(self, called: "Execution", code: str) -> None:
        """Passes on an error that was not caught. Raises Uncaught where nobody called."""

    def earlier(self) -> tuple[Effect, ...]:
        """What the handlers of the step have handed in so far."""


Watch = Callable[[int, str, str, bool, Mapping[str, object]], None]
"""Told of each condition: the case, the flow, its text, whether it holds, and the variables that it has read."""


@dataclass(frozen=True)
class Moment:
    """What a step is done with: the time it happens at, who acts, and where to read."""

    now: datetime
    actor: str
    environment: feel.Environment
    functions: Mapping[str, feel.Function]
    calendar: Calendar
    connection: Connection
    keys: Keys
    watch: Watch | None = None
    rehearsing: bool = False
    """Whether whoever a diagram names is taken for somebody."""

    def acting(self, usernames: list[str]) -> set[str]:
        """Those of these who are people that act."""
        return set(usernames) if self.rehearsing else active_of(self.connection, usernames)


@dataclass
class _Live:
    """An element instance that has begun."""

    element: Element
    scope: int
    turn: bool


class Execution:
    """The step. `case` is the instance's row as handlers know it, `scopes` its variables."""

    tokens: Tokens

    def __init__(
        self,
        case: Case,
        bundle: Bundle,
        scopes: Scopes,
        moment: Moment,
        others: Others | None = None,
        start_event: str | None = None,
    ) -> None:
        self.case = case
        self.bundle = bundle
        self.scopes = scopes
        self.moment = moment
        self.others = others
        self.start_event = start_event or bundle.start_event
        self.record = Record(case.key, moment.keys, moment.now, moment.actor)
        self.given: dict[str, Mapping[str, object]] = {}
        """Names of their own that elements which begin by hand are given, by element."""
        self._live: dict[int, _Live] = {}
        self._chosen: str | None = None
        """The event behind an event-based gateway that has come, and what it brought."""
        self._brought: Mapping[str, object] = {}

    def resume(self, key: int, element_id: str, scope: int) -> bool:
        """Takes in an element instance that began in an earlier step; whether it may have names of its own."""
        element = self.bundle.elements[element_id]
        outer = self._live.get(scope)
        turn = outer is not None and outer.element.id == element_id
        self._live[key] = _Live(element, scope, turn)
        self.scopes.open(key, scope)
        return turn or element.keeps_names

    # --- the host of the tokens

    def condition(self, flow_id: str, scope: int) -> bool:
        triggered = self.bundle.triggers.get(flow_id)
        if triggered is not None:
            return triggered in (self._chosen, self.start_event)
        expression = self.bundle.conditions[flow_id]
        source = self.bundle.elements[self.bundle.flow_sources[flow_id]]
        seen = self.scopes.view(scope)
        value = self._evaluate(source, "syarat", expression, seen)
        holds = self._truth(source, "syarat", expression.text, value)
        if self.moment.watch is not None:
            read = {name: seen.get(name) for name in sorted(expression.required)}
            self.moment.watch(self.case.key, flow_id, expression.text, holds, read)
        return holds

    def enter(self, element_id: str, scope: int, source: str | None, turn: Round | None) -> int:
        element = self.bundle.elements[element_id]
        key = self._begin(element, scope, element_id if turn else source)
        self._live[key] = _Live(element, scope, turn is not None)
        self.scopes.open(key, scope)
        if turn is not None:
            self._open_round(element, key, turn)
        if turn is not None or element.rounds is None:
            for mapping in element.inputs:
                seen = self.scopes.view(key)
                self._map(element, mapping, seen, lambda name, value: self.scopes.set_local(key, name, value))
        if self.given:
            for name, value in self.given.pop(element_id, {}).items():
                self.scopes.set_local(key, name, value)
        if turn is None and isinstance(element.node, model.Activity):
            self.arm(key, [catch for catch in element.catches if catch.event_id != element.id])
        return key

    def rounds(self, key: int) -> list[Any]:
        live = self._live[key]
        loop = live.element.rounds
        assert loop is not None
        items = self._text(live.element, "koleksi", loop.collection, key)
        if not isinstance(items, list):
            raise StepFault(live.element, "koleksi", loop.collection.text, "bukan daftar.")
        return items

    def enough(self, round_key: int, completed: int, total: int) -> bool:
        element = self._live[round_key].element
        loop = element.rounds
        if loop is None or loop.completion is None:
            return False
        counts = {"numberOfInstances": total, "numberOfCompletedInstances": completed}
        counts |= {"numberOfActiveInstances": total - completed, "numberOfTerminatedInstances": 0}
        for name, count in counts.items():
            self.scopes.set_local(round_key, name, count)
        value = self._text(element, "syarat selesai", loop.completion, round_key)
        return self._truth(element, "syarat selesai", loop.completion.text, value)

    def perform(self, key: int) -> bool:
        element = self._live[key].element
        if isinstance(element.node, model.UserTask):
            self._open_task(element, key)
            return False
        if element.call is not None:
            self._call_process(element, element.call, key)
            return False
        if element.throw is not None:
            return self._throw(element, element.throw, key)
        if element.signal is not None:
            return self._broadcast(element, element.signal, key)
        if element.stop is not None:
            return self._terminate(element.stop, key)
        waits = [
            catch
            for catch in element.catches
            if not isinstance(element.node, model.Activity) or catch.event_id == element.id
        ]
        if waits:
            return self._wait(element, key, waits)
        if element.handler is not None:
            return self._call(element, key)
        if element.table is not None:
            self._decide(element, key)
        if element.script is not None:
            text, result = element.script
            self.deliver(key, {result: self._text(element, "skrip", text, key)})
        return True

    def leave(self, key: int, results: list[Any] | None) -> object:
        live = self._live[key]
        element = live.element
        self._end(key, InstanceState.COMPLETED)
        if results is not None:
            self._leave_rounds(live, results)
            return None
        result = None
        if live.turn and element.rounds and element.rounds.output_element:
            result = self._text(element, "hasil putaran", element.rounds.output_element, key)
        for mapping in element.outputs:
            seen = self.scopes.view(key)
            self._map(
                element, mapping, seen, lambda name, value: self.scopes.propagate(live.scope, name, value)
            )
        return result

    def passed(self, element_id: str, scope: int, source: str | None) -> None:
        element = self.bundle.elements.get(element_id)
        if element is None or not element.drawn:
            return
        key = self._begin(element, scope, source)
        self.record.end_element(key, InstanceState.COMPLETED)

    def ended(self, key: int) -> None:
        self._end(key, InstanceState.TERMINATED)
        self.record.close(key)
        if self._live[key].element.call is not None and self.others is not None:
            self.others.end_called(key)

    # --- work

    def deliver(self, key: int, values: Mapping[str, object]) -> None:
        """The results of an activity: into its own scope where output mappings choose from them, else to where they belong."""
        outputs = self._still(key).element.outputs
        for name, value in values.items():
            if outputs:
                self.scopes.set_local(key, name, value)
            else:
                self.scopes.propagate(key, name, value)

    def _still(self, key: int) -> _Live:
        """An element instance that something else in the database says is live. The case is read after that, and may be further."""
        live = self._live.get(key)
        if live is None:
            raise Clash
        return live

    # --- events

    def is_live(self, key: int) -> bool:
        """Whether the element instance has begun and not ended."""
        return key in self._live

    def trigger(self, key: int, event_id: str, values: Mapping[str, object]) -> None:
        """An event that the element instance `key` waits for has come, bringing variables. Raises db.Clash."""
        live = self._still(key)
        if isinstance(live.element.node, model.Activity) and event_id != live.element.id:
            self._fire(key, event_id, values)
            self.tokens.advance()
            return
        if event_id == live.element.id:
            self.deliver(key, values)
        else:
            self._chosen, self._brought = event_id, values
        self.tokens.complete(key)

    def throw(
        self, code: str, key: int, escalation: bool = False, values: Mapping[str, object] = NOTHING
    ) -> bool:
        """Throws an error from the element instance `key`, with variables: to the nearest border around it that catches it.

        An error that none catches goes to the caller, or is Uncaught; False for an escalation that none catches.
        """
        scope = key
        while scope in self._live:
            catches = [each for each in self._live[scope].element.errors if each.escalation == escalation]
            for wanted in (code, None):  # who names the code comes before who catches all
                for catch in catches:
                    if (catch.code.text if catch.code else None) == wanted:
                        self._fire(scope, catch.event_id, values)
                        return True
            scope = self._live[scope].scope
        if escalation:
            return False
        if self.others is None:
            raise Uncaught(code)
        self.others.throw_to_caller(self, code)
        return True

    def _fire(self, key: int, event_id: str, values: Mapping[str, object]) -> None:
        """An event on the border of an activity comes; its output mappings choose from what it brings."""
        event, scope = self.bundle.elements[event_id], self._live[key].scope
        if not event.outputs:
            for name, value in values.items():
                self.scopes.propagate(scope, name, value)
        for mapping in event.outputs:
            seen = {**self.scopes.view(scope), **values}
            self._map(event, mapping, seen, lambda name, value: self.scopes.propagate(scope, name, value))
        self.tokens.fire(key, event_id)

    def return_from(self, key: int, values: Mapping[str, object]) -> None:
        """The called process of the call activity `key` has ended with these variables."""
        element = self._live[key].element
        assert element.call is not None
        if element.outputs or element.call.all_child_variables:
            self.deliver(key, values)

    def _throw(self, element: Element, throw: Throw, key: int) -> bool:
        """An error ends its branch at the border that catches it; an escalation lets the branch go on."""
        code = str(self._text(element, "kode", throw.code, key))
        self.throw(code, self._live[key].scope, throw.escalation)
        return throw.escalation

    def _terminate(self, stop: str, key: int) -> bool:
        """Ends all that the scope does, what its event sub-processes do with it; the end itself is passed."""
        node = self.bundle.elements[stop].node
        assert isinstance(node, model.BoundaryEvent)
        while self._live[key].element.id != node.attached_to:
            key = self._live[key].scope
        with suppress(NotWaiting):  # another branch has come to such an end at the same time
            self.tokens.fire(key, stop)
        return True

    def _broadcast(self, element: Element, signal: Text, key: int) -> bool:
        """A signal bears what input mappings gave its event, and nothing else."""
        assert self.others is not None
        self.others.broadcast(str(self._text(element, "nama sinyal", signal, key)), self.scopes.local(key))
        return True

    def _wait(self, element: Element, key: int, waits: list[Catch]) -> bool:
        """Begins to wait; an event behind an event-based gateway that was chosen has come already."""
        if self._chosen == element.id:
            self.deliver(key, self._brought)
            self._chosen = None
            return True
        self.arm(key, waits)
        return False

    def arm(self, key: int, waits: Iterable[Catch]) -> None:
        """Begins to wait for events, on behalf of the element instance `key`."""
        for catch in waits:
            element = self.bundle.elements[catch.event_id]
            own = {"event_id": catch.event_id}
            if isinstance(catch.event, Timer):
                self.record.open(tables.Timer, key, own | self.schedule(element, catch.event, key))
            elif isinstance(catch.event, Signal):
                self.record.open(tables.Timer, key, own | self._attention(element, catch.event, key))
            else:
                subscription = self._subscription(element, catch.event, key)
                self.record.open(tables.MessageSubscription, key, own | subscription)

    def schedule(self, element: Element, timer: Timer, key: int) -> dict[str, Any]:
        """When a timer of the element instance `key` comes, as columns of its row."""
        value = self._text(element, "pewaktu", timer.value, key)
        try:
            first = schedule.first(timer.kind, value, self.moment.now, self.moment.environment.clock.zone)
        except schedule.Unreadable as fault:
            raise StepFault(element, "pewaktu", timer.value.text, fault.message) from fault
        return {
            "due_at": first.due_at,
            "repetitions": first.repetitions,
            "interval": first.interval,
            "retries": TIMER_RETRIES,
            "signal_name": None,
        }

    def _attention(self, element: Element, signal: Signal, key: int) -> dict[str, Any]:
        """A row without a due time: a signal that is broadcast gives it one."""
        once = {"due_at": None, "repetitions": 1, "interval": None, "retries": TIMER_RETRIES}
        return once | {"signal_name": str(self._text(element, "nama sinyal", signal.name, key))}

    def _subscription(self, element: Element, message: Message, key: int) -> dict[str, Any]:
        name = self._text(element, "nama pesan", message.name, key)
        correlation = self._optional(element, "kunci korelasi", message.correlation_key, key)
        if not isinstance(correlation, str | int | Decimal) or isinstance(correlation, bool):
            text = message.correlation_key.text if message.correlation_key else None
            raise StepFault(element, "kunci korelasi", text, "bukan teks atau angka.")
        return {
            "message_name": str(name),
            "correlation_key": str(correlation),
            "process_id": self.case.process_id,
            "created_at": self.moment.now,
        }

    def _disarm(self, key: int) -> None:
        if self._live[key].element.catches:
            self.record.stop_waiting(key)

    def _call_process(self, element: Element, call: CallTo, key: int) -> None:
        assert self.others is not None
        bundle = call.bundle_key
        if bundle is None:
            process = str(self._text(element, "proses", call.process, key))
            bundle = self.others.newest_bundle(process, call.version_tag)
        seen = self.scopes.view(key) if call.all_parent_variables else self.scopes.local(key)
        self.others.call(self, key, bundle, dict(seen))

    def _open_task(self, element: Element, key: int) -> None:
        assert isinstance(element.node, model.UserTask)
        self._forget_decision(element, key)
        row = {
            "definition_key": self.bundle.definition_key,
            "process_id": self.bundle.process.id,
            "element_id": element.id,
            "name": element.name,
            "state": TaskState.CREATED,
            "bidang": self.bundle.bidang,
            "form_key": self._form_key(element),
            "headers": element.node.headers,
            "priority": self._priority(element, key),
            "created_at": self.moment.now,
            "due_at": self.due(element, key),
            "follow_up_at": self.instant(element, "tanggal tindak lanjut", element.follow_up, key),
        }
        self.record.open(tables.UserTask, key, row | self.receivers(element, key))

    def _priority(self, element: Element, key: int) -> int:
        value = self._optional(element, "prioritas", element.priority, key)
        if value is None:
            return PRIORITY
        if not str(value).isdecimal() or int(value) > HIGHEST_PRIORITY:
            text = element.priority.text if element.priority else None
            raise StepFault(element, "prioritas", text, "bukan bilangan bulat dari 0 sampai 100.")
        return int(value)

    def _form_key(self, element: Element) -> int | None:
        if element.form is None:
            return None
        if element.form.latest is not None and self.others is not None:
            return self.others.newest_form(element.form.latest)
        return element.form.key

    def _forget_decision(self, element: Element, key: int) -> None:
        """What the task decided when it was done before is open again: nobody finds it answered already."""
        decision = element.decision
        if decision is not None and self.scopes.view(key).get(decision) is not None:
            self.scopes.propagate(self._live[key].scope, decision, None)

    def receivers(self, element: Element, key: int) -> dict[str, Any]:
        """To whom a user task goes, and who must not do it, as columns of its row."""
        assigned = element.assigned
        assert assigned is not None
        assignee = self._optional(element, "penerima", assigned.assignee, key)
        group = self._optional(element, "kelompok penerima", assigned.group, key)
        users = self._people(element, assigned.users, key) if assigned.users else ()
        if assigned.subject_first and self.case.subject:
            assignee, group = self.case.subject, None
        checks = assigned.checks and assignee != self.case.subject
        return {
            "candidate_group": self._single(element, group),
            "candidate_users": users,
            "assignee": assignee,
            "barred": self.case.subject if checks else None,
        }

    def _people(self, element: Element, users: Text, key: int) -> tuple[str, ...]:
        """The usernames of a text, parted by commas, or of a list of texts; those that were computed must be people that act."""
        if users.expression is None:
            return model.names(users.text)
        what, found = "orang calon", self._text(element, "orang calon", users, key)
        named = [found] if isinstance(found, str) else found
        if not isinstance(named, list) or not all(isinstance(each, str) for each in named):
            raise StepFault(element, what, users.text, "bukan daftar nama pengguna.")
        named = sorted(set(named))
        known = self.moment.acting(named)
        if unknown := [each for each in named if each not in known]:
            told = f"menyebut {', '.join(unknown)}, yang bukan nama pengguna yang aktif; perbaiki isian atau diagramnya, atau daftarkan orangnya."
            raise StepFault(element, what, users.text, told)
        return tuple(named)

    def _single(self, element: Element, group: object) -> str | None:
        """The one group of a text, or of a list with one text."""
        groups = group if isinstance(group, list) else [] if group is None else [group]
        if len(groups) > 1:
            text = element.assigned.group.text if element.assigned and element.assigned.group else None
            raise StepFault(
                element, "kelompok penerima", text, "menyebut lebih dari satu kelompok; pilih satu."
            )
        return str(groups[0]) if groups else None

    def _call(self, element: Element, key: int) -> bool:
        handler = element.handler
        assert handler is not None
        if handler.when != "inside":
            self._open_job(element, key, handler)
            return False
        try:
            outcome = handler.run(self.call(key))
        except BpmnError as error:
            self.throw(error.code, key)
            return False
        self.record.besides += outcome.effects
        self.deliver(key, outcome.variables)
        return True

    def call(self, key: int) -> Call:
        """What the handler of the service task `key` is told."""
        element = self._live[key].element
        seen = dict(self.scopes.view(key))
        return Call(
            case=self.case,
            element_id=element.id,
            headers=getattr(element.node, "headers", {}),
            variables=self.scopes.local(key) if element.inputs else seen,
            now=self.moment.now,
            today=self.moment.environment.clock.today(),
            connection=self.moment.connection,
            key=key,
            actor=self.moment.actor,
            in_sight=seen,
            earlier=self.others.earlier() if self.others else tuple(self.record.besides),
        )

    def _open_job(self, element: Element, key: int, handler: Handler) -> None:
        row = {
            "element_id": element.id,
            "type": handler.type,
            "elsewhere": handler.when == "elsewhere",
            "state": JobState.CREATED,
            "retries": self._retries(element, key),
            "attempts": 0,
            "due_at": self.moment.now,
            "created_at": self.moment.now,
        }
        self.record.open(tables.Job, key, row)

    def _retries(self, element: Element, key: int) -> int:
        """How often a job is tried, as its diagram says."""
        value = self._optional(element, "jumlah percobaan", element.retries, key)
        if value is None:
            return JOB_RETRIES
        if not str(value).isdecimal() or int(value) < 1:
            text = element.retries.text if element.retries else None
            raise StepFault(element, "jumlah percobaan", text, "bukan bilangan bulat mulai dari 1.")
        return int(value)

    def _decide(self, element: Element, key: int) -> None:
        table = element.table
        assert table is not None
        if table.latest and self.others is not None:
            table = self.others.newest_table(table)
        counting = Counting(self.scopes.view(key), self.moment.functions)
        found = dmn.evaluate(
            table.definitions,
            table.decision_id,
            counting.variables,
            self.moment.environment,
            counting.functions,
        )
        if found.value is None and found.warnings:
            raise StepFault(
                element, "tabel", table.decision_id, "tidak memberi hasil: " + _said(found.warnings)
            )
        self.deliver(key, {table.result: found.value})
        self.record.decision(
            key,
            {
                "definition_key": table.definition_key,
                "decision_id": table.decision_id,
                "trace": list(found.decisions),
                "counted": {"at": self.moment.now.isoformat(), "from": counting.read}
                if counting.counted
                else None,
            },
        )

    # --- expressions

    def _evaluate(
        self, element: Element, what: str, expression: feel.Expression, seen: Mapping[str, object]
    ) -> object:
        result = expression.evaluate(seen, self.moment.environment)
        if result.value is None and result.warnings:
            raise StepFault(element, what, expression.text, "tidak dapat dihitung: " + _said(result.warnings))
        return result.value

    def _text(self, element: Element, what: str, text: Text, scope: int) -> Any:
        """The value of a text, as JSON."""
        return self._value(element, what, text, self.scopes.view(scope))

    def _value(self, element: Element, what: str, text: Text, seen: Mapping[str, object]) -> Any:
        if text.expression is None:
            return text.text
        return feel.to_json(self._evaluate(element, what, text.expression, seen))

    def _optional(self, element: Element, what: str, text: Text | None, scope: int) -> Any:
        return None if text is None else self._text(element, what, text, scope)

    def _truth(self, element: Element, what: str, text: str, value: object) -> bool:
        if not isinstance(value, bool):
            raise StepFault(
                element, what, text, "tidak menghasilkan benar atau salah; periksa nama dan isinya."
            )
        return value

    def instant(self, element: Element, what: str, text: Text | None, scope: int) -> datetime | None:
        """The moment that a text gives."""
        value = self._optional(element, what, text, scope)
        if value is None:
            return None
        try:
            moment = schedule.instant(str(value), self.moment.environment.clock.zone)
        except schedule.Unreadable:
            shown = text.text if text else None
            raise StepFault(element, what, shown, "bukan tanggal dan waktu ISO 8601.") from None
        if not MINYEAR < moment.year < MAXYEAR:  # in another zone it would be a year that there is not
            shown = text.text if text else None
            raise StepFault(element, what, shown, "di luar tahun yang dapat dihitung.")
        return moment

    def due(self, element: Element, scope: int) -> datetime | None:
        """When the task should be done: as the diagram says, else after the row's standard time, in working time."""
        assert isinstance(element.node, model.UserTask)
        standard = element.node.mutu_baku.waktu
        if element.due is None and standard is not None:
            return self.moment.calendar.due(self.moment.now, standard, self.bundle.bidang)
        return self.instant(element, "tenggat", element.due, scope)

    @contextmanager
    def as_of(self, then: datetime) -> Iterator[None]:
        """Within, it is still that moment: what counts from now, or asks for today, counts from then."""
        now = self.moment
        clock = Clock(now.environment.clock.zone.key, lambda: then)
        self.moment = replace(now, now=then, environment=replace(now.environment, clock=clock))
        try:
            yield
        finally:
            self.moment = now

    def element(self, key: int) -> Element:
        """The element of a live element instance."""
        return self._live[key].element

    def results(self, element: Element, seen: Mapping[str, object]) -> dict[str, object]:
        """What an activity's output mappings would give around it, by name, where they see this."""
        around: dict[str, object] = {}
        for mapping in element.outputs:
            name, *path = mapping.target
            expression = mapping.source.expression
            value: object = mapping.source.text
            if expression is not None:
                value = feel.to_json(expression.evaluate(seen, self.moment.environment).value)
            around[name] = _placed(around.get(name, seen.get(name)), path, value) if path else value
        return around

    def _map(self, element: Element, mapping: Mapped, seen: Mapping[str, object], write: Any) -> None:
        name, *path = mapping.target
        value = self._value(element, "pemetaan", mapping.source, seen)
        if path:
            value = _placed(seen.get(name), path, value)
        write(name, value)

    def _open_round(self, element: Element, key: int, turn: Round) -> None:
        assert element.rounds is not None
        self.scopes.set_local(key, "loopCounter", turn.index + 1)
        if element.rounds.element:
            self.scopes.set_local(key, element.rounds.element, turn.item)

    def _leave_rounds(self, live: _Live, results: list[Any]) -> None:
        assert live.element.rounds is not None
        if live.element.rounds.output_collection:
            self.scopes.propagate(live.scope, live.element.rounds.output_collection, results)

    def _begin(self, element: Element, scope: int, source: str | None) -> int:
        if not element.drawn:
            return self.moment.keys.draw()[0]
        while scope in self._live and not self._live[scope].element.drawn:
            scope = self._live[scope].scope
        row = {
            "element_id": element.id,
            "name": element.node.name,
            "type": element.type,
            "source_id": source if source in self.bundle.elements else None,
        }
        return self.record.begin_element(scope, row)

    def _end(self, key: int, state: InstanceState) -> None:
        if self._live[key].element.drawn:
            self.record.end_element(key, state)
        self._disarm(key)


def _said(warnings: tuple[Any, ...]) -> str:
    return "; ".join(str(warning.message) for warning in warnings)


def _placed(whole: object, path: list[str], value: object) -> dict[str, object]:
    """`whole` (an object, or nothing) with `value` at `path` in it."""
    name, *rest = path
    known = dict(whole) if isinstance(whole, dict) else {}
    known[name] = _placed(known.get(name), rest, value) if rest else value
    return known
