"""SpiffWorkflow, behind one door: it moves the tokens of an instance, and nothing else.

It is given the normalised BPMN of `server.bpmn.plain`, which holds ids only: every activity is a task that waits, a
condition's text is the id of its sequence flow. What an element means, the `Host` says: it is asked for conditions and
rounds, told what was entered, passed, left and ended, and does the work of activities. Data of SpiffWorkflow's tasks stay
empty; a task knows its element instance by the key in its internal data, which travels with the state.

The saved state holds tokens without the specification, and no more of the finished past than the next step needs.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, InclusiveGateway, ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import MultiInstanceTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnBaseWorkflow, BpmnSubWorkflow
from SpiffWorkflow.exceptions import SpiffWorkflowException, WorkflowException
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from server import errors
from server.db import dump_json, load_json

for name in ("spiff", "spiff.task", "spiff.workflow"):
    logging.getLogger(name).setLevel(logging.WARNING)  # below that it lists whole trees for every step

KEY = "key"
"""Where a task keeps the key of its element instance."""
ITEMS, RESULTS = "items", "results"
"""Where a multi-instance body keeps what its rounds are for, and what came of them."""
JOINED = "joined"
"""The mark of a token that a join has taken up."""
LED = "led"
"""The mark of a token that was set on a join by hand."""
STEP_LIMIT = 5000
DEPTH_LIMIT = 400
"""SpiffWorkflow stops at a depth of 1000 without a word; a run that comes near is ended with one."""


class Unfit(errors.Invalid):
    """SpiffWorkflow cannot run this diagram."""


class Endless(errors.Invalid):
    """A case goes round without ever waiting for anybody."""


class Stuck(errors.Invalid):
    """No condition of a gateway holds, and it has no default flow."""

    def __init__(self, element_id: str) -> None:
        self.element_id = element_id
        message = f"Tidak satu pun syarat di gerbang {element_id} terpenuhi; beri gerbang itu alur bawaan (default)."
        super().__init__(message, [errors.Problem(message, where=element_id)])


class NotWaiting(errors.Conflict):
    """The activity is no longer one that waits."""


class Ambiguous(errors.Invalid):
    """Several instances of a scope run, and it was not said which one is meant."""

    def __init__(self, scope: str, keys: list[int]) -> None:
        self.keys = keys
        running = ", ".join(map(str, keys))
        super().__init__(
            f"Subproses {scope} sedang berjalan lebih dari sekali ({running}); sebutkan yang mana (ancestorElementInstanceKey)."
        )


class Unplaceable(errors.Conflict):
    """A token that waits at a join finds no such join, or no such flow into it, in another version."""

    def __init__(self, join: str, source: str | None) -> None:
        self.element_id = join
        by = f", dari arah {source}," if source else ""
        super().__init__(
            f"Sebuah cabang menunggu di gerbang {join}{by} yang tidak ada lagi di versi tujuan; "
            "petakan gerbangnya, atau selesaikan cabang lainnya dahulu."
        )


class NotAround(errors.Invalid):
    """The scope that was named does not surround the element."""

    def __init__(self, key: int) -> None:
        super().__init__(
            f"Langkah {key} tidak sedang melingkupi langkah yang dituju; kosongkan ancestorElementInstanceKey, atau sebutkan yang melingkupinya."
        )


class NoRound(errors.Invalid):
    """An element of a multi-instance body has no round in which it could begin."""

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"Subproses {scope} dikerjakan sekali untuk tiap butir dan sedang tidak berjalan; mulai dari subproses itu sendiri."
        )


@dataclass(frozen=True)
class Round:
    """One round of a multi-instance body: its index from 0, and the item of the collection that it is for."""

    index: int
    item: Any


class Host(Protocol):
    """What gives the tokens their meaning."""

    def condition(self, flow_id: str, scope: int) -> bool:
        """Whether a conditional sequence flow is taken, by the variables that are seen from `scope`."""

    def enter(self, element_id: str, scope: int, source: str | None, turn: Round | None) -> int:
        """Begins an element instance within `scope`, coming from the element `source`; its key."""

    def rounds(self, key: int) -> list[Any]:
        """The items, as JSON, for each of which the multi-instance body `key` is to be done once."""

    def enough(self, round_key: int, completed: int, total: int) -> bool:
        """Whether a multi-instance body is complete after this round."""

    def perform(self, key: int) -> bool:
        """Begins the work of the activity `key`; True where it is done already."""

    def leave(self, key: int, results: list[Any] | None) -> object:
        """Ends an element instance that came to its end; a round's result. A body is given the results of its rounds."""

    def passed(self, element_id: str, scope: int, source: str | None) -> None:
        """A gateway or event is passed."""

    def ended(self, key: int) -> None:
        """An element instance was ended from outside, by an event or with its scope."""


class _Join(UnstructuredJoin):
    """A gateway that counts each arrival once.

    The stock one counts those of earlier rounds of a loop again, and predicts the whole rest of the diagram behind every
    branch, which grows as m^k over k blocks of m branches. Here an arrival that was joined is marked, and nothing beyond
    a join is predicted.
    """

    def _predict_hook(self, my_task: Task) -> None:
        if len(self._inputs) < 2:
            super()._predict_hook(my_task)

    def _take_up(self, my_task: Task) -> None:
        """Marks one token of each incoming flow; further ones stay for the next time."""
        arrivals = [my_task, *(task for task in self._arrivals(my_task) if task is not my_task)]
        for task in {task.parent.task_spec.name: task for task in reversed(arrivals)}.values():
            task.internal_data[JOINED] = True

    def _go_on(self, my_task: Task, outputs: list[TaskSpec]) -> None:
        my_task._sync_children(outputs, TaskState.FUTURE)
        for child in my_task.children:
            child.task_spec._predict(child, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)

    def _arrivals(self, my_task: Task) -> list[Task]:
        """The tokens that wait here: arrived, and not joined before."""
        return self.arrivals(my_task.workflow)

    def arrivals(self, workflow: BpmnBaseWorkflow) -> list[Task]:
        return [
            task
            for task in workflow.tasks.values()
            if task.task_spec is self
            and JOINED not in task.internal_data
            and task.state != TaskState.COMPLETED
            and task.parent.state == TaskState.COMPLETED
        ]

    def supersede(self, workflow: BpmnBaseWorkflow, name: str) -> None:
        """Drops the tokens that wait here and came by a flow on which one that now begins at `name` will come again."""
        waiting = [task for task in self.arrivals(workflow) if LED not in task.internal_data]
        again = [task for task in waiting if name in self._upstream({task.parent.task_spec.name})]
        for task in again:
            task.internal_data[JOINED] = True
            task._set_state(TaskState.CANCELLED)
        left = self.arrivals(workflow) if again else []
        if left and not any(task.state == TaskState.WAITING for task in left):
            left[-1]._set_state(TaskState.WAITING)

    def _elsewhere(self, workflow: BpmnBaseWorkflow) -> set[str]:
        """Where tokens are under way to somewhere, or just about to be, save those that wait here."""
        return {
            task.task_spec.name
            for task in workflow.tasks.values()
            if task.state & TaskState.DEFINITE_MASK
            and task.task_spec is not self
            and (task.parent is None or task.parent.state == TaskState.COMPLETED)
        }

    def _upstream(self, names: set[str]) -> set[str]:
        """These specifications and all from which they are reached without passing this gateway."""
        found, todo = set(names), list(names)
        while todo:
            spec = self._wf_spec.task_specs[todo.pop()]
            todo += (more := set(spec._inputs) - found - {self.name})
            found |= more
        return found


class _ParallelGateway(_Join, ParallelGateway):
    """Goes on when a token has come on each incoming flow; with one that was set on it by hand, when no other can come."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        arrivals = self._arrivals(my_task)
        if any(LED in task.internal_data for task in arrivals):
            return not self._upstream(set(self._inputs)) & self._elsewhere(my_task.workflow)
        return {task.parent.task_spec.name for task in arrivals} >= set(self._inputs)

    def is_starved(self, workflow: BpmnBaseWorkflow) -> bool:
        """Whether tokens come here, or wait here, while none can come on some flow: they would wait for ever."""
        arrivals = self.arrivals(workflow)
        if any(LED in task.internal_data for task in arrivals):
            return False
        elsewhere = self._elsewhere(workflow)
        arrived = {task.parent.task_spec.name for task in arrivals}
        fed = [name in arrived or bool(self._upstream({name}) & elsewhere) for name in self._inputs]
        return any(fed) and not all(fed)

    def _run_hook(self, my_task: Task) -> bool:
        self._take_up(my_task)
        self._go_on(my_task, self.outputs)
        return True


class _InclusiveGateway(_Join, InclusiveGateway):
    """Goes on when no other token can still come on a flow where none has (BPMN 2.0.2 §13.4.3)."""

    def _check_threshold_unstructured(self, my_task: Task) -> bool:
        arrivals = self._arrivals(my_task)
        arrived = {task.parent.task_spec.name for task in arrivals if LED not in task.internal_data}
        before_empty = self._upstream(set(self._inputs) - arrived)
        before_full = self._upstream(arrived)
        return not (before_empty - before_full) & self._elsewhere(my_task.workflow)

    def _run_hook(self, my_task: Task) -> bool:
        self._take_up(my_task)
        matches, defaults = self._get_matching_outputs(my_task)
        if not matches and not defaults:
            raise WorkflowException("no condition holds", task_spec=self)
        self._go_on(my_task, matches or defaults)
        return True


class _Task(Task):
    """A task that keeps no log of its states: the stock one gathers a dozen words for each before it asks whether to."""

    def _set_state(self, value: int) -> None:
        self._state = value

    def _add_child(self, task_spec: TaskSpec, state: int = TaskState.MAYBE) -> Task:
        task = _Task(self.workflow, task_spec, self, state=state)
        if state == TaskState.READY:
            task._ready()
        return task


class _Workflow(BpmnWorkflow):
    """Looks for what is ready without walking the tree, and forgets the sub-workflows of rounds that were ended with
    their body: the stock one stumbles over them."""

    def get_active_subprocesses(self) -> list[BpmnSubWorkflow]:
        if self.subprocesses:
            _drop_orphans(self)
        return list(super().get_active_subprocesses())

    def ready(self, manual: bool) -> list[Task]:
        """Tasks that are ready, in the tree's order."""
        inner = (task for each in self.subprocesses.values() for task in each.tasks.values())
        found = [
            task
            for task in (*self.tasks.values(), *inner)
            if task.state == TaskState.READY and task.task_spec.manual == manual
        ]
        return found if len(found) < 2 else list(self.get_tasks(state=TaskState.READY, manual=manual))

    def _do_engine_steps(self, will_complete_task: Any = None, did_complete_task: Any = None) -> bool:
        if self.subprocesses:
            return bool(super()._do_engine_steps(will_complete_task, did_complete_task))
        ready = self.ready(manual=False)
        for task in ready:
            will_complete_task(task)
            task.run()
        return bool(ready)


class _Parser(BpmnParser):
    OVERRIDE_PARSER_CLASSES = {
        full_tag("parallelGateway"): (GatewayParser, _ParallelGateway),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, _InclusiveGateway),
    }


@dataclass(frozen=True)
class Net:
    """A diagram's specification, read once and shared by all its instances: nothing changes it at run time."""

    process_id: str
    spec: BpmnProcessSpec
    subprocesses: dict[str, BpmnProcessSpec]
    bodies: frozenset[str] = frozenset()
    """The sub-processes that stand for what event sub-processes watch over."""


def read_net(
    plain: bytes,
    process_id: str,
    bodies: frozenset[str] = frozenset(),
    parser_class: type[BpmnParser] = _Parser,
) -> Net:
    """The specification of a normalised diagram (`server.bpmn.plain`)."""
    parser = parser_class()
    try:
        parser.add_bpmn_xml(etree.fromstring(plain, etree.XMLParser(resolve_entities=False, no_network=True)))
        spec = parser.get_spec(process_id)
        subprocesses = parser.get_subprocess_specs(process_id)
    except (ValidationException, SpiffWorkflowException) as fault:
        raise Unfit(f"Diagram {process_id} tidak dapat dijalankan: {fault}") from fault
    except RecursionError as fault:
        raise Unfit(f"Diagram {process_id} terlalu panjang; pecah menjadi beberapa proses.") from fault
    for each in (spec, *subprocesses.values()):
        _join_rounds(each)
    return Net(process_id, spec, subprocesses, bodies)


def _join_rounds(spec: BpmnProcessSpec) -> None:
    """Tells each multi-instance body of its rounds' ends, which stock code does only where the body itself was begun."""
    for body in list(spec.task_specs.values()):
        if isinstance(body, MultiInstanceTask):
            spec.task_specs[body.task_spec].completed_event.connect(body.merge_child)


class _Answers(PythonScriptEngine):
    """Answers SpiffWorkflow's questions from the host. No text is ever evaluated here: expressions are ids."""

    def __init__(self, tokens: "Tokens") -> None:
        super().__init__(environment=_NoEnvironment())
        self.tokens = tokens

    def evaluate(self, task: Task, expression: str, external_context: object = None) -> object:
        if isinstance(task.task_spec, MultiInstanceTask):
            return self.tokens.begin_rounds(task)
        if _is_round(task):
            return self.tokens.enough_rounds(task)
        return self.tokens.host.condition(expression, self.tokens.scope_of(task))

    def execute(self, task: Task, script: str, external_context: object = None) -> object:
        raise AssertionError("a normalised diagram holds no scripts")


class _NoEnvironment:
    """Stands where SpiffWorkflow keeps Python's eval and exec."""

    def evaluate(self, *args: object, **kwargs: object) -> object:
        raise AssertionError("a normalised diagram holds no expressions")

    execute = call_service = evaluate


class Tokens:
    """The tokens of one running instance. `root` is the key of the instance: the outermost scope."""

    def __init__(self, net: Net, host: Host, root: int) -> None:
        self.net = net
        self.host = host
        self.root = root
        self._steps = 0
        self._moved = False
        self._live: dict[int, Task] = {}
        self._top: _Workflow

    @classmethod
    def start(cls, net: Net, host: Host, root: int) -> "Tokens":
        """A new instance, its token on the start event."""
        tokens = cls(net, host, root)
        tokens._top = _Workflow(net.spec, net.subprocesses, script_engine=_Answers(tokens))
        return tokens

    @classmethod
    def load(cls, net: Net, host: Host, root: int, state: bytes) -> "Tokens":
        """An instance as `dump` saved it."""
        tokens = cls(net, host, root)
        tokens._top = _Loader(net, _Answers(tokens)).load(load_json(state))
        tokens._live = {task.internal_data[KEY]: task for task in tokens._tasks() if _is_live(task)}
        return tokens

    @classmethod
    def moved(cls, old: "Tokens", net: Net, host: Host, to: Mapping[str, str]) -> "Tokens":
        """An instance's tokens as they stand in another net, where `to` says by element, else where the same id is.

        All that element instances keep stays: keys, rounds and their results. Every live element must be there, of the same
        kind and in the same scopes; bodies come and go with the event sub-processes. Raises Unplaceable for a token that waits
        at a join.
        """
        tokens = cls(net, host, old.root)
        tokens._top = _Workflow(net.spec, net.subprocesses, script_engine=_Answers(tokens))
        tokens.begin_nowhere()
        homes: dict[int, BpmnBaseWorkflow] = {id(old._top): tokens._top}
        for key, task in old._live.items():
            home, name = homes[id(task.workflow)], _renamed(element_of(task), to)
            inner = old._top.subprocesses.get(task.id)
            if element_of(task) in old.net.bodies and name not in net.bodies:
                homes[id(inner)] = home
                continue
            if _is_round(task):
                placed = _stand_in_round(tokens._live[int(task.parent.internal_data[KEY])], task.state)
            else:
                placed = _stand(tokens._home_of(name, home), name, task.state)
            placed.internal_data = dict(task.internal_data)
            tokens._live[key] = placed
            if inner is not None:
                homes[id(inner)] = tokens._emptied(placed)
        for workflow in [old._top, *old._top.get_active_subprocesses()]:
            tokens._take_arrivals(workflow, homes[id(workflow)], to)
        return tokens

    def _home_of(self, name: str, home: BpmnBaseWorkflow) -> BpmnBaseWorkflow:
        """Where in a scope a specification stands: in itself, or in a body, which is begun where it has not been."""
        while name not in home.spec.task_specs:
            body = next((each for each in home.spec.task_specs if each in self.net.bodies), None)
            if body is None:
                break
            running = self._running(home, body)
            task = next(iter(running.values()), None) or self._opened(home, body)
            home = self._top.subprocesses[task.id]
        return home

    def _take_arrivals(self, old: BpmnBaseWorkflow, home: BpmnBaseWorkflow, to: Mapping[str, str]) -> None:
        """Sets the tokens that wait at joins of `old` before those of its new home, each on the flow that it came by."""
        for join in [spec for spec in old.spec.task_specs.values() if isinstance(spec, _Join)]:
            for arrival in join.arrivals(old):
                name = _renamed(join.name, to)
                new = self._home_of(name, home)
                specs, parent = new.spec.task_specs, new.task_tree
                spec = specs.get(name)
                if LED not in arrival.internal_data:
                    source = _renamed(arrival.parent.task_spec.name, to)
                    if spec is None or source not in spec._inputs:
                        raise Unplaceable(join.name, source)
                    parent = parent._add_child(specs[source], TaskState.COMPLETED)
                if type(spec) is not type(join):
                    raise Unplaceable(join.name, None)
                task = parent._add_child(spec, TaskState.WAITING)
                task.internal_data = dict(arrival.internal_data)
                task._set_state(arrival.state)

    def dump(self) -> bytes:
        """The state: tokens only, without what is over."""
        self._forget_past()
        return dump_json(_Dumper(self._top).dump()).encode()

    @property
    def finished(self) -> bool:
        """Whether the instance came to its end."""
        return bool(self._top.completed)

    def live(self) -> Iterator[tuple[int, str, int]]:
        """Every element instance that has begun and not ended: its key, element id and scope, outermost first."""
        for key, task in self._live.items():
            yield key, element_of(task), self.scope_of(task)

    def advance(self) -> None:
        """Runs all that runs by itself, until each token waits for somebody or something."""
        self._steps = 0
        self._moved = True
        while self._moved:
            self._run_gateways()
            self._moved = False
            for task in self._fresh():
                if task.state == TaskState.READY and self.host.perform(self.key_of(task)):
                    self._finish(task)
            if len(self._top.tasks) > DEPTH_LIMIT // 2:
                self._forget_past()
        self._end_what_is_gone()

    def _run_gateways(self) -> None:
        try:
            self._top.do_engine_steps(self._will_pass)
        except WorkflowException as fault:
            if isinstance(fault.task_spec, ExclusiveGateway | InclusiveGateway):
                raise Stuck(fault.task_spec.name) from fault
            raise

    def complete(self, key: int) -> None:
        """Ends the activity `key`, whose work is done, and goes on from it."""
        task = self._live.get(key)
        if task is None or task.state != TaskState.READY or not task.task_spec.manual:
            raise NotWaiting("Tugas ini sudah selesai atau dibatalkan.")
        self._finish(task)
        self.advance()

    def fire(self, key: int, event_id: str) -> None:
        """An event on the border of the activity `key` has come: its token stands ready for `advance`.

        What it interrupts ends then. One that does not interrupt can come again.
        """
        task = self._live[key]
        split = task.parent
        event = next(
            (
                each
                for each in split.children
                if each.task_spec.name == event_id and each.state == TaskState.WAITING
            ),
            None,
        )
        if event is None:
            raise NotWaiting(f"Peristiwa {event_id} tidak lagi ditunggu.")
        self._moved = True
        event.task_spec.catch(event, BpmnEvent(event.task_spec.event_definition))
        event.task_spec._update(event)
        if not event.task_spec.cancel_activity:
            again = split._add_child(event.task_spec, TaskState.WAITING)
            self._top.event_manager.add_task(again)
            event.task_spec._predict(again, mask=TaskState.NOT_FINISHED_MASK)

    def end(self, keys: Iterable[int]) -> None:
        """Ends element instances by hand."""
        for key in keys:
            if key in self._live:
                self._end(self._live[key])
        _drop_orphans(self._top)
        self._end_what_is_gone()

    def activate(self, element_id: str, scopes: Iterable[str], ancestor: int | None = None) -> dict[str, int]:
        """Sets a token on an element by hand, ready for `advance`; the keys of the sub-processes around it, by element.

        `scopes` are the sub-processes around it, outermost first. One that does not run is opened without its start. Within
        `ancestor`, an element instance around it or the instance itself, all are opened anew. Raises Ambiguous, NoRound,
        NotAround.
        """
        workflow: BpmnBaseWorkflow = self._top
        anew = ancestor == self.root
        around = set() if ancestor is None else self._around(ancestor)
        found: dict[str, int] = {}
        for outer in scopes:
            running = {} if anew else self._running(workflow, outer)
            if ancestor is not None:
                running = {key: task for key, task in running.items() if key in around}
            if len(running) > 1:
                raise Ambiguous(outer, sorted(running))
            if ancestor is not None and not anew and not running:
                break
            anew = anew or ancestor in running
            task = next(iter(running.values()), None) or self._opened(workflow, outer)
            found[outer] = self.key_of(task)
            workflow = self._top.subprocesses[task.id]
        if ancestor is not None and not anew:
            raise NotAround(ancestor)
        task = _place(workflow, element_id)
        for spec in workflow.spec.task_specs.values():
            if isinstance(spec, _Join):
                spec.supersede(workflow, task.task_spec.name)
        if isinstance(task.task_spec, _Join):
            task.internal_data[LED] = True
        task.task_spec._update(task)
        return found

    def tidy(self) -> None:
        """After `end` and `activate`: ends scopes in which nothing is under way, and lets joins look again who still comes."""
        while empty := [key for key, task in self._live.items() if self._is_empty(task)]:
            self.end(empty)
        for workflow in [self._top, *self._top.get_active_subprocesses()]:
            workflow.update_waiting_tasks()

    def starved(self) -> set[str]:
        """The parallel joins at which tokens would wait for ever."""
        return {
            spec.name
            for workflow in [self._top, *self._top.get_active_subprocesses()]
            for spec in workflow.spec.task_specs.values()
            if isinstance(spec, _ParallelGateway) and len(spec._inputs) > 1 and spec.is_starved(workflow)
        }

    @property
    def idle(self) -> bool:
        """Whether no token is left that could move."""
        return not any(_is_under_way(task) for task in self._top.tasks.values())

    def begin_nowhere(self) -> None:
        """Takes the token from the start event: the instance begins where tokens are set by hand."""
        self._top.task_tree.run()
        self._top.task_tree._drop_children(force=True)

    def cancel(self) -> None:
        """Ends all that is under way."""
        self._top.cancel()
        self._end_what_is_gone()

    def key_of(self, task: Task) -> int:
        """The element instance of a task, begun where it has not yet."""
        key = task.internal_data.get(KEY)
        if key is None:
            scope = self.scope_of(task)
            key = self.host.enter(element_of(task), scope, _source(task), _round_of(task))
            task.internal_data[KEY] = key
            self._live[key] = task
        return int(key)

    def scope_of(self, task: Task) -> int:
        """The key of the innermost element instance, or instance, that surrounds a task."""
        if _is_round(task):
            return self.key_of(task.parent)
        if isinstance(task.workflow, BpmnSubWorkflow):
            return self.key_of(self._top.get_task_from_id(task.workflow.parent_task_id))
        return self.root

    def begin_rounds(self, body: Task) -> int:
        """How many rounds a multi-instance body has."""
        items = self.host.rounds(self.key_of(body))
        body.internal_data[ITEMS] = items
        body.internal_data[RESULTS] = [None] * len(items)
        return len(items)

    def enough_rounds(self, turn: Task) -> bool:
        """Whether the body is complete after this round."""
        data = turn.parent.internal_data
        return self.host.enough(self.key_of(turn), len(data["merged"]), len(data[ITEMS]))

    def _end(self, task: Task) -> None:
        """Ends a task, and with it the events on its border; a round is taken from its body, which does not wait for it."""
        split = task.parent
        task.cancel()
        if isinstance(split.task_spec, BoundaryEventSplit):
            open_parts = [part for part in split if not part.has_state(TaskState.FINISHED_MASK)]
            for part in open_parts:
                if part.parent is split or isinstance(part.task_spec, BoundaryEventJoin):
                    part.cancel()
        elif _is_round(task):
            task.workflow._remove_task(task.id)

    def _is_empty(self, task: Task) -> bool:
        """Whether nothing is under way any more in a sub-process or in a multi-instance body."""
        if isinstance(task.task_spec, MultiInstanceTask):
            return task.state == TaskState.STARTED and not any(map(_is_under_way, task.children))
        inner = self._top.subprocesses.get(task.id)
        return inner is not None and not inner.completed and not any(map(_is_under_way, inner.tasks.values()))

    def _running(self, workflow: BpmnBaseWorkflow, element_id: str) -> dict[int, Task]:
        """The running instances of a sub-process within `workflow`, each round of a multi-instance one."""
        return {
            key: task
            for key, task in self._live.items()
            if element_of(task) == element_id
            and task.workflow is workflow
            and task.id in self._top.subprocesses
        }

    def _opened(self, workflow: BpmnBaseWorkflow, element_id: str) -> Task:
        """A new instance of a sub-process, in which nothing is begun yet."""
        task = _stand(workflow, element_id, TaskState.FUTURE)
        if isinstance(task.task_spec, MultiInstanceTask):
            raise NoRound(element_id)
        self._emptied(task)
        self.key_of(task)
        return task

    def _emptied(self, task: Task) -> BpmnSubWorkflow:
        """The inside of a sub-process that begins, in which nothing is begun yet."""
        state = task.state
        task._set_state(TaskState.FUTURE)
        task.task_spec._update(task)
        inner: BpmnSubWorkflow = self._top.subprocesses[task.id]
        inner.task_tree._drop_children(force=True)
        task._set_state(max(state, TaskState.STARTED))
        return inner

    def _around(self, key: int) -> set[int]:
        """The element instance `key` and those around it."""
        found: set[int] = set()
        while key in self._live:
            found.add(key)
            key = self.scope_of(self._live[key])
        return found

    def _tasks(self) -> Iterator[Task]:
        yield from self._top.tasks.values()
        for subprocess in self._top.subprocesses.values():
            yield from subprocess.tasks.values()

    def _fresh(self) -> list[Task]:
        """Activities that are ready and not yet begun."""
        return [task for task in self._top.ready(manual=True) if KEY not in task.internal_data]

    def _finish(self, task: Task) -> None:
        self._moved = True
        self._count(task)
        self._leave(task)
        task.run()

    def _leave(self, task: Task) -> None:
        key = self.key_of(task)
        result = self.host.leave(key, task.internal_data.get(RESULTS))
        self._live.pop(key, None)
        if _is_round(task):
            task.parent.internal_data[RESULTS][_index(task)] = result

    def _will_pass(self, task: Task) -> None:
        """SpiffWorkflow is about to run a task of its own: a gateway or event, or the end of a scope."""
        self._count(task)
        if isinstance(task.task_spec, SubWorkflowTask | MultiInstanceTask):
            self._leave(task)
        elif getattr(task.task_spec, "bpmn_id", None):
            self.host.passed(task.task_spec.bpmn_id, self.scope_of(task), _source(task))

    def _forget_past(self) -> None:
        _forget_past(self._top)

    def _count(self, task: Task) -> None:
        self._steps += 1
        if self._steps > STEP_LIMIT or (self._steps % 50 == 0 and task.depth > DEPTH_LIMIT):
            raise Endless(
                f"Kasus berputar tanpa henti di sekitar {element_of(task)}; "
                "beri diagramnya tugas yang menunggu orang, atau syarat untuk keluar dari putaran."
            )

    def _end_what_is_gone(self) -> None:
        """Tells the host of element instances that ended without being left, innermost first."""
        here = {id(task) for task in self._tasks() if _is_live(task)}
        gone = [key for key, task in self._live.items() if id(task) not in here]
        for key in reversed(gone):
            del self._live[key]
            self.host.ended(key)


def element_of(task: Task) -> str:
    """The id of the diagram's element that a task stands for; a round's is its body's."""
    return str(task.task_spec.bpmn_id or task.task_spec.name)


def _place(workflow: BpmnBaseWorkflow, element_id: str) -> Task:
    """A token before an element that comes from nowhere: a state keeps no past that it could come from."""
    specs = workflow.spec.task_specs
    spec = specs.get(f"{element_id}.BoundaryEventSplit") or specs[element_id]
    task = workflow.task_tree._add_child(spec, TaskState.FUTURE)
    spec._predict(task, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
    return task


def _stand(workflow: BpmnBaseWorkflow, element_id: str, state: int) -> Task:
    """The task of an element in a state, the events on its border waiting."""
    task = _place(workflow, element_id)
    if isinstance(task.task_spec, BoundaryEventSplit):
        task._set_state(TaskState.COMPLETED)
        for child in task.children:
            if isinstance(child.task_spec, BoundaryEvent):
                child._set_state(TaskState.WAITING)
                workflow.top_workflow.event_manager.add_task(child)
            else:
                task = child
    task._set_state(state)
    return task


def _stand_in_round(body: Task, state: int) -> Task:
    """A round of a multi-instance body in a state."""
    spec = body.workflow.spec.task_specs[body.task_spec.task_spec]
    task: Task = body._add_child(spec, TaskState.WAITING)
    task.triggered = True
    spec._predict(task, mask=TaskState.NOT_FINISHED_MASK)
    task._set_state(state)
    return task


def _renamed(name: str, to: Mapping[str, str]) -> str:
    """What a specification is called elsewhere; one that is not drawn is called after the drawn one before it."""
    drawn, mark, role = name.rpartition("__")
    return f"{to[drawn]}{mark}{role}" if name not in to and drawn in to else to.get(name, name)


def _is_under_way(task: Task) -> bool:
    return bool(task.state & (TaskState.WAITING | TaskState.READY | TaskState.STARTED))


def _is_live(task: Task) -> bool:
    return KEY in task.internal_data and _is_under_way(task)


def _is_round(task: Task) -> bool:
    return bool(task.triggered) and isinstance(task.parent.task_spec, MultiInstanceTask)


def _index(turn: Task) -> int:
    """Which round this is; sequential bodies keep the number under another name than parallel ones."""
    data = turn.internal_data
    return int(data["item"] if data.get("key_or_index") is None else data["key_or_index"])


def _round_of(task: Task) -> Round | None:
    if not _is_round(task):
        return None
    index = _index(task)
    return Round(index, task.parent.internal_data[ITEMS][index])


def _source(task: Task) -> str | None:
    """The id of the diagram's element that a token came from."""
    ancestor = task.parent
    while ancestor is not None:
        if getattr(ancestor.task_spec, "bpmn_id", None):
            return str(ancestor.task_spec.bpmn_id)
        ancestor = ancestor.parent
    return None


# --- the past, forgotten -------------------------------------------------------------------------------------------


def _forget_past(top: BpmnWorkflow) -> None:
    """Drops finished tasks that no unfinished one looks back to, so that a state does not grow with its history."""
    for workflow in [top, *top.subprocesses.values()]:
        _prune(workflow)
    top.subprocesses = {id_: inner for id_, inner in top.subprocesses.items() if not inner.completed}
    _drop_orphans(top)


def _drop_orphans(top: BpmnWorkflow) -> None:
    """Drops the sub-workflows whose task is no longer there, and theirs in turn."""
    owners = {id_ for workflow in [top, *top.subprocesses.values()] for id_ in workflow.tasks}
    while gone := [id_ for id_ in top.subprocesses if id_ not in owners]:
        for id_ in gone:
            owners -= set(top.subprocesses.pop(id_).tasks)


def _prune(workflow: BpmnBaseWorkflow) -> None:
    """Keeps what is needed, each below the nearest kept task that it came from, in the tree's order."""
    kept = _kept(workflow)
    todo = [(workflow.task_tree, workflow.task_tree)]
    while todo:
        task, ancestor = todo.pop()
        children = task.children
        if task.id in kept:
            task.children = []
            if task is not ancestor:
                task.parent = ancestor
                ancestor._children.append(task.id)
            ancestor = task
        todo += [(child, ancestor) for child in reversed(children)]
    workflow.tasks = {id_: task for id_, task in workflow.tasks.items() if id_ in kept}


def _kept(workflow: BpmnBaseWorkflow) -> set[object]:
    """The ids of the root, of unfinished tasks, of arrivals that a waiting join counts, each with the task it came from,
    and of the way from the join behind an activity with boundary events to its split."""
    tasks = list(workflow.tasks.values())
    needed = [task for task in tasks if task.state & TaskState.NOT_FINISHED_MASK and not _is_idle_join(task)]
    waiting = {task.task_spec for task in needed if _is_waiting_join(task)}
    needed += [task for task in tasks if task.task_spec in waiting and JOINED not in task.internal_data]
    needed += [
        part
        for task in needed
        if isinstance(task.task_spec, BoundaryEventJoin)
        for part in _way_to_split(task)
    ]
    return {
        workflow.task_tree.id,
        *(task.id for task in needed),
        *(task._parent for task in needed if task._parent),
    }


def _is_waiting_join(task: Task) -> bool:
    return bool(task.state == TaskState.WAITING) and isinstance(task.task_spec, _Join)


def _is_idle_join(task: Task) -> bool:
    """A join that an event which does not interrupt has reached: the activity's own one does the work."""
    came_by = task.parent.task_spec if isinstance(task.task_spec, BoundaryEventJoin) else None
    return isinstance(came_by, BoundaryEvent) and not came_by.cancel_activity


def _way_to_split(join: Task) -> Iterator[Task]:
    task = join.parent
    while task is not None:
        yield task
        task = None if task.task_spec.name == join.task_spec.split_task else task.parent


# --- the state, written and read ------------------------------------------------------------------------------------
#
# {"v": 1, "w": [workflow, …]}; a workflow is [owner, completed, [task, …]], the first one the instance itself and an owner
# the number of the task whose sub-process it is. Tasks are numbered from 1 through the whole state, parents before
# children. A task is [specification, parent, state, triggered, internal data].


class _Dumper:
    def __init__(self, top: BpmnWorkflow) -> None:
        self.top = top
        self.numbers: dict[object, int] = {}

    def dump(self) -> dict[str, Any]:
        workflows = [self._workflow(self.top, 0)]
        todo = [self.top]
        while todo:
            outer = todo.pop(0)
            for id_ in outer.tasks:
                inner = self.top.subprocesses.get(id_)
                if inner is not None:
                    workflows.append(self._workflow(inner, self.numbers[id_]))
                    todo.append(inner)
        return {"v": 1, "w": workflows}

    def _workflow(self, workflow: BpmnBaseWorkflow, owner: int) -> list[Any]:
        tasks: list[Any] = []
        todo = [workflow.task_tree]
        while todo:
            task = todo.pop(0)
            self.numbers[task.id] = len(self.numbers) + 1
            parent = 0 if task._parent is None else self.numbers[task._parent]
            tasks.append(
                [task.task_spec.name, parent, task.state, int(task.triggered), task.internal_data or 0]
            )
            todo += task.children
        return [owner, int(workflow.completed), tasks]


class _Loader:
    def __init__(self, net: Net, answers: _Answers) -> None:
        self.net = net
        self.top = _Workflow(net.spec, net.subprocesses, script_engine=answers, deserializing=True)
        self.tasks: dict[int, Task] = {}

    def load(self, state: dict[str, Any]) -> _Workflow:
        if state.get("v") != 1:
            raise errors.Invalid(
                "Keadaan kasus ini ditulis oleh versi program yang lebih baru; perbarui program."
            )
        for owner, completed, tasks in state["w"]:
            workflow = self._inner(self.tasks[owner]) if owner else self.top
            for row in tasks:
                self._task(workflow, row)
            workflow.completed = bool(completed)
        return self.top

    def _inner(self, owner: Task) -> BpmnSubWorkflow:
        spec = self.net.subprocesses[owner.task_spec.spec]
        inner = BpmnSubWorkflow(spec, owner.id, self.top, deserializing=True)
        inner.completed_event.connect(owner.task_spec._on_subworkflow_completed, owner)
        self.top.subprocesses[owner.id] = inner
        return inner

    def _task(self, workflow: BpmnBaseWorkflow, row: list[Any]) -> None:
        name, parent, state, triggered, internal_data = row
        number = len(self.tasks) + 1
        task = _Task(workflow, workflow.spec.task_specs[name], self.tasks.get(parent), state, number)
        task.triggered = bool(triggered)
        task.internal_data = internal_data or {}
        self.tasks[number] = task
        if not parent:
            workflow.task_tree = task
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            self.top.event_manager.add_task(task)
