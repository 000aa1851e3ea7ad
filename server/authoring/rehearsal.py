"""One rehearsal: what was chosen so far, done again from the beginning, and how things stand then.

Run as a module it is the process that stands by, and forks for each rehearsal: a diagram that never ends, or takes all memory, harms
nobody else, and nothing of it stays.
"""

import pickle
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select

from server import errors, feel
from server.authoring import uses
from server.authoring.stage import Play, Stage, Work, somebody, waiting
from server.bpmn import model
from server.db import dump_json, load_json
from server.engine import search
from server.engine.bundle import Bundle, TaskForm
from server.engine.step import SELECT, Step
from server.engine.tables import (
    DecisionInstance,
    Definition,
    ElementInstance,
    InstanceState,
    Job,
    JobState,
    MessageSubscription,
    ProcessInstance,
    TaskState,
    Timer,
    UserTask,
    Variable,
)

LARGEST: Final = 4 * 2**20
"""Bytes of an answer."""
Told = dict[str, Any]


def answer(request: bytes) -> bytes:
    """What a rehearsal tells, as JSON. The request is a Play that our own process has pickled."""
    play: Play = pickle.loads(request)
    try:
        found = rehearse(play)
    except errors.Invalid as fault:
        found = _refused(*(fault.problems or (errors.Problem(fault.message),)))
    text = dump_json(found).encode()
    if len(text) > LARGEST:
        message = "Data percobaan ini terlalu besar untuk ditampilkan. Kurangi isi variabelnya."
        return dump_json(_refused(errors.Problem(message))).encode()
    return text


def rehearse(play: Play, stage: Stage | None = None) -> Told:
    """Does the acts one after the other; where one cannot be done it says why, and how things stood before it.

    Raises engine.Unpublishable.
    """
    stage = stage or Stage(play)
    if not play.whole and not stage.problems and (missing := stage.missing()):
        return {"missing": missing}
    stage.publish()
    fault, done = None, 0
    for act in play.acts:
        try:
            stage.do(act)
        except errors.OfficeError as refusal:
            fault = _fault(refusal, act)
            break
        done += 1
    scene = stage.ask(lambda connection: _Scene(stage, connection).told())
    return {"done": done, "fault": fault, "now": stage.now.isoformat(), **scene}


def _refused(*problems: errors.Problem) -> Told:
    return {"problems": [vars(each) for each in problems]}


def _fault(refusal: errors.OfficeError, act: Mapping[str, Any]) -> Told:
    problems = [vars(each) for each in getattr(refusal, "problems", ())]
    element = getattr(refusal, "element_id", None) or act.get("element")
    return {"message": refusal.message, "problems": problems, "element": element}


class _Scene:
    """How things stand on a stage."""

    def __init__(self, stage: Stage, connection: Connection) -> None:
        self.stage, self.connection = stage, connection
        self.engine, self.case = stage.engine, stage.case()
        rows = connection.execute(select(ProcessInstance.__table__).order_by(ProcessInstance.key)).all()
        self.cases = {row.key: row for row in rows}
        self.bundles = {row.key: self.engine.bundles.get(connection, row.bundle_key) for row in rows}
        passages = connection.execute(select(ElementInstance.__table__).order_by(ElementInstance.key)).all()
        self.passages = {row.key: row for row in passages}

    def told(self) -> Told:
        own = [row for row in self.passages.values() if row.process_instance_key == self.case]
        live = [row.element_id for row in own if row.state == InstanceState.ACTIVE]
        state = self.cases[self.case].state if self.case else None
        ends = [row for row in own if row.type == "END_EVENT"] if state == InstanceState.COMPLETED else []
        return {
            "state": state,
            "number": self.cases[self.case].business_id if self.case else None,
            "end": ends[-1].name or ends[-1].element_id if ends else None,
            "start": None if self.case else self._start(),
            "tasks": list(_numbered(self._tasks())),
            "waits": list(_numbered([*self._jobs(), *self._events()])),
            "incidents": list(self.stage.stopped.values()),
            "variables": list(self._variables()),
            "trace": sorted([*self._passages(), *self._conditions()], key=lambda each: each["key"]),
            "decisions": list(self._decisions()),
            "live": list(dict.fromkeys(live)),
            "passed": list(dict.fromkeys(row.element_id for row in own)),
            "flows": self._flows(),
        }

    # --- what can be done

    def _start(self) -> Told | None:
        """How a person begins it; None where only timers and messages do."""
        bundle = self.stage.own_bundle()
        if bundle.start_event is None:
            return None
        group = bundle.starter.group.text if bundle.starter.group else None
        return {
            "do": "start",
            "element": bundle.start_event,
            "name": bundle.elements[bundle.start_event].name,
            "role": self.engine.roles.title(group) if group else None,
            "form": self._form(bundle.start_form),
            "values": {},
            "open": bundle.foreign,
        }

    def _tasks(self) -> Iterator[Told]:
        for row in waiting(
            self.connection, UserTask, UserTask.element_id, UserTask.state == TaskState.CREATED
        ):
            bundle = self.bundles[row.process_instance_key]
            element = bundle.elements[row.element_id]
            assert isinstance(element.node, model.UserTask)
            group, subject = row.candidate_group, self.cases[row.process_instance_key].subject
            yield {
                **self._place("complete", row, row.name),
                "role": self.engine.roles.title(group) if group else None,
                "assignee": row.assignee,
                "candidates": list(row.candidate_users),
                "own": row.assignee is not None and row.assignee == subject,
                "due": _iso(row.due_at),
                "uraian": element.node.mutu_baku.uraian,
                "form": self._form(element.form),
                "values": self._seen(row),
                "open": bundle.foreign and element.form is None,
            }

    def _jobs(self) -> Iterator[Told]:
        for row in waiting(self.connection, Job, Job.element_id, Job.state == JobState.CREATED):
            bundle = self.bundles[row.process_instance_key]
            seen, work = self._seen(row), self.stage.play.works.get(row.type)
            wanted = {name for name, _ in uses.readers(bundle, "")} - seen.keys()
            yield {
                **self._place("job", row, bundle.elements[row.element_id].name),
                "type": row.type,
                "title": work.title if work else None,
                "example": self._example(work, seen),
                "wanted": sorted(wanted),
                "errors": sorted(_codes(bundle, row.element_id)),
            }

    def _example(self, work: Work | None, seen: Mapping[str, Any]) -> Told:
        """What a handler might give to this case."""
        if work is None or not work.example:
            return {}
        expression = feel.compile(work.example, functions=self.engine.functions)
        found = feel.to_json(expression.evaluate(seen, self.engine.environment).value)
        return found if isinstance(found, dict) else {}

    def _events(self) -> Iterator[Told]:
        own = self.stage.play.process
        for row in waiting(self.connection, Timer, Timer.event_id):
            if self._concerns(row, own) and row.key not in self.stage.stopped:
                kind = "timer" if row.signal_name is None else "signal"
                told = {"due": _iso(row.due_at), "signal": row.signal_name, "repetitions": row.repetitions}
                yield {**self._place(kind, row, self._name(row)), **told}
        for row in waiting(self.connection, MessageSubscription, MessageSubscription.event_id):
            if self._concerns(row, own):
                told = {"message": row.message_name, "correlation": row.correlation_key}
                yield {**self._place("message", row, self._name(row)), **told}

    def _concerns(self, row: Any, own: str) -> bool:
        """Events of cases; before there is one, those that begin one of the process."""
        if row.process_instance_key is not None:
            return True
        return self.case is None and row.process == own

    def _name(self, row: Any) -> str:
        case = row.process_instance_key
        bundle = self.stage.own_bundle() if case is None else self.bundles[case]
        return str(bundle.elements[row.element].name)

    def _place(self, deed: str, row: Any, name: str) -> Told:
        within = None if row.process == self.stage.play.process else self._called(row.process_instance_key)
        return {"do": deed, "process": row.process, "element": row.element, "name": name, "within": within}

    def _form(self, form: TaskForm | None) -> str | None:
        """As JSON text."""
        if form is None or form.key is None:
            return form.written if form else None
        return search.find_form(self.engine, self.connection, somebody("peninjau"), form.key).schema

    def _seen(self, row: Any) -> dict[str, Any]:
        """The variables that an element sees."""
        case = self.connection.execute(SELECT, {"key": row.process_instance_key}).one()
        running = Step(self.engine, self.connection, "peninjau").look(case)
        return dict(running.execution.scopes.view(row.element_instance_key))

    # --- what has been

    def _variables(self) -> Iterator[Told]:
        for row in self.connection.execute(select(Variable.__table__).order_by(Variable.key)):
            passage = self.passages.get(row.scope_key)
            if passage is not None and passage.state != InstanceState.ACTIVE:
                continue
            scope = passage.name or passage.element_id if passage else None
            within = self._called(row.process_instance_key)
            yield {"name": row.name, "value": load_json(row.value), "scope": scope, "within": within}

    def _passages(self) -> Iterator[Told]:
        for row in self.passages.values():
            bundle = self.bundles[row.process_instance_key]
            way = (row.source_id, row.element_id)
            flow = next((id_ for id_, ends in bundle.flows.items() if ends == way), None)
            yield {
                **self._moment(row.key, row.process_instance_key),
                "element": row.element_id,
                "name": row.name or row.element_id,
                "named": row.name is not None,
                "type": row.type,
                "state": row.state,
                "at": _iso(row.started_at),
                "flow": flow,
                "default": flow is not None
                and flow == getattr(bundle.elements[way[0]].node, "default", None),
            }

    def _conditions(self) -> Iterator[Told]:
        for each in self.stage.seen:
            bundle = self.bundles.get(each.case)
            if bundle is None:  # of a start that did not come about
                continue
            yield {
                **self._moment(each.key, each.case),
                "condition": each.text,
                "holds": each.holds,
                "read": dict(each.read),
                "element": bundle.flow_sources[each.flow],
                "flow": each.flow,
                "name": _flow_name(bundle, each.flow),
            }

    def _moment(self, key: int, case: int) -> Told:
        """Where something stands in the order of things: after how many acts."""
        return {"key": key, "act": sum(mark < key for mark in self.stage.marks), "within": self._called(case)}

    def _called(self, case: int) -> str | None:
        """What a called case's procedure is called; None for the case that is rehearsed."""
        process = self.bundles[case].process
        return None if case == self.case else process.name or process.id

    def _decisions(self) -> Iterator[Told]:
        rows = select(DecisionInstance.__table__, Definition.name).join(
            Definition, Definition.key == DecisionInstance.definition_key
        )
        for row in self.connection.execute(rows.order_by(DecisionInstance.key)):
            passage = self.passages[row.element_instance_key]
            yield {
                **self._moment(row.key, row.process_instance_key),
                "element": passage.element_id,
                "name": row.name,
                "trace": row.trace,
            }

    def _flows(self) -> list[str]:
        if self.case is None:
            return []
        looker = somebody("peninjau")
        taken = search.sequence_flows(self.engine, self.connection, looker, self.case)
        return [each["element_id"] for each in taken]


def _numbered(found: Any) -> Iterator[Told]:
    """Each with its number among those of the same kind at the same element."""
    count: dict[tuple[str, str, str], int] = {}
    for each in found:
        place = (each["do"], each["process"], each["element"])
        yield {**each, "which": count.get(place, 0)}
        count[place] = count.get(place, 0) + 1


def _codes(bundle: Bundle, element: str) -> Iterator[str]:
    """The errors of the business that a border of this element catches, by their codes."""
    yield from (
        each.code.text for each in bundle.elements[element].errors if each.code and not each.escalation
    )


def _flow_name(bundle: Bundle, flow: str) -> str:
    """A flow as people call it: by its name, else by where it leads."""
    for scope in bundle.process.scopes():
        if flow in scope.flows:
            target = bundle.process.node(scope.flows[flow].target)
            return scope.flows[flow].name or f"ke {target.name or target.id}"
    return flow


def _iso(moment: Any) -> str | None:
    return None if moment is None else moment.isoformat()
