"""What a diagram says, as frozen typed values: BPMN 2.0 with the extension elements of Camunda 8.

The model holds the diagram as it was drawn. It knows neither XML nor what the engine can run; `normalise` makes the
form that is run. Every `id` is unique in its diagram. `line` is the line of the element in the file (1-based).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

V = TypeVar("V")


@dataclass(frozen=True)
class Expression:
    """A text that is FEEL, or static where Camunda allows it.

    `text` is without the leading `=` that marks FEEL; `feel` tells whether it was there.
    """

    text: str
    feel: bool = True


NOTHING = Expression("null")
"""Stands where an expression is missing that the model cannot do without."""


class Binding(StrEnum):
    """Which version of a form, decision or process a reference asks for (bindingType).

    One that asks for none means the version that the case began with.
    """

    LATEST = "latest"
    DEPLOYMENT = "deployment"
    VERSION_TAG = "versionTag"


@dataclass(frozen=True)
class Form:
    """zeebe:formDefinition. At least one of `id`, `key`, `reference` is set; an empty one is read as no form at all."""

    id: str | None = None
    key: str | None = None
    reference: str | None = None
    """externalReference: the address of a form that somebody else shows."""
    binding: Binding | None = None
    version_tag: str | None = None

    @property
    def tag(self) -> str | None:
        """The tag of the versions that are meant, where it is they."""
        return self.version_tag if self.binding is Binding.VERSION_TAG else None


@dataclass(frozen=True)
class Parameter:
    """One zeebe:input or zeebe:output: the value of `source` is written to the variable `target` (may be a path a.b)."""

    source: Expression
    target: str


@dataclass(frozen=True)
class Job:
    """zeebe:taskDefinition: what kind of work, and how often it is tried (1 or more)."""

    type: Expression
    retries: Expression | None = None


@dataclass(frozen=True)
class Decision:
    """zeebe:calledDecision: `id` of a DMN decision; its value becomes the variable `result`."""

    id: Expression
    result: str
    binding: Binding | None = None
    version_tag: str | None = None

    @property
    def tag(self) -> str | None:
        """As of a form."""
        return self.version_tag if self.binding is Binding.VERSION_TAG else None


@dataclass(frozen=True)
class Script:
    """zeebe:script: the value of a FEEL expression becomes the variable `result`."""

    expression: Expression
    result: str


@dataclass(frozen=True)
class Called:
    """zeebe:calledElement: the process that a call activity runs."""

    process: Expression
    all_child_variables: bool = True
    """propagateAllChildVariables: without output mappings every variable of the called process comes back."""
    all_parent_variables: bool = True
    """propagateAllParentVariables: the called process sees every variable of this one."""
    binding: Binding | None = None
    version_tag: str | None = None

    @property
    def tag(self) -> str | None:
        """As of a form."""
        return self.version_tag if self.binding is Binding.VERSION_TAG else None


@dataclass(frozen=True)
class MultiInstance:
    """One round of the activity for each item of a collection (zeebe:loopCharacteristics)."""

    sequential: bool
    collection: Expression | None
    """inputCollection; never None in a diagram that was accepted."""
    element: str | None = None
    """inputElement: the variable that holds the item in its round."""
    output_collection: str | None = None
    """The variable that receives the list of all rounds' results."""
    output_element: Expression | None = None
    completion: Expression | None = None
    """completionCondition: true after a round ends the remaining ones."""


@dataclass(frozen=True)
class StandardLoop:
    """The activity again while `condition` holds, `maximum` times at most."""

    condition: Expression | None
    maximum: int | None = None
    test_before: bool = False


class TimerKind(StrEnum):
    DATE = "timeDate"
    DURATION = "timeDuration"
    CYCLE = "timeCycle"


@dataclass(frozen=True)
class Timer:
    """ISO 8601 text, or FEEL that gives it."""

    kind: TimerKind
    value: Expression


@dataclass(frozen=True)
class Message:
    """A message by its name; `correlation_key` (zeebe:subscription) is FEEL over the waiting case's variables.

    One that is thrown needs neither: its event's job says what is sent. A missing name is `null`.
    """

    name: Expression = NOTHING
    correlation_key: Expression | None = None


@dataclass(frozen=True)
class Signal:
    name: Expression


@dataclass(frozen=True)
class Error:
    """`code` None catches every error."""

    code: Expression | None = None


@dataclass(frozen=True)
class Escalation:
    """`code` None catches every escalation."""

    code: Expression | None = None


@dataclass(frozen=True)
class Terminate:
    """Ends the whole scope, whatever else runs in it.

    `border`: in a normalised diagram, the event that has to come for that, on the border of all that the scope does; None where
    the end itself lies directly in it.
    """

    border: str | None = None


@dataclass(frozen=True)
class Conditional:
    condition: Expression


@dataclass(frozen=True)
class Link:
    name: str | None


@dataclass(frozen=True)
class Compensate:
    activity: str | None


@dataclass(frozen=True)
class Cancel:
    """Cancels the transaction around it."""


EventDefinition = (
    Timer | Message | Signal | Error | Escalation | Terminate | Conditional | Link | Compensate | Cancel
)


@dataclass(frozen=True)
class MutuBaku:
    """The quality standard of one row of an SOP (mutu baku, PermenPAN-RB 35/2012), as the diagram's properties say it."""

    langkah: str | None
    """The number of the SOP's row; several tasks may share one."""
    uraian: str | None
    kelengkapan: tuple[str, ...]
    waktu: str | None
    """An ISO 8601 duration of working time, such as PT45M."""
    output: tuple[str, ...]
    keterangan: str | None


@dataclass(frozen=True)
class Template:
    """The element template of the modeler that the element was made with; it says nothing to the engine."""

    id: str
    version: str | None = None


@dataclass(frozen=True, kw_only=True)
class Node:
    """A flow node: an activity, an event or a gateway."""

    id: str
    name: str | None = None
    documentation: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    """zeebe:property entries by name."""
    template: Template | None = None
    line: int | None = field(default=None, compare=False)


class GatewayKind(StrEnum):
    EXCLUSIVE = "exclusiveGateway"
    PARALLEL = "parallelGateway"
    INCLUSIVE = "inclusiveGateway"
    EVENT_BASED = "eventBasedGateway"
    COMPLEX = "complexGateway"


@dataclass(frozen=True, kw_only=True)
class Gateway(Node):
    kind: GatewayKind
    default: str | None = None
    """The id of the flow that is taken when no condition is true."""
    synthetic: bool = False
    """Not drawn: stands for what several flows out of the node before it mean."""


@dataclass(frozen=True, kw_only=True)
class Event(Node):
    definitions: tuple[EventDefinition, ...] = ()
    """None or one; more only in a diagram that is refused."""
    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()

    @property
    def definition(self) -> EventDefinition | None:
        """What the event waits for or does; None for a none event."""
        return self.definitions[0] if self.definitions else None


@dataclass(frozen=True, kw_only=True)
class StartEvent(Event):
    form: Form | None = None
    """The form that a person fills to start the process."""
    interrupting: bool = True
    """Only of an event sub-process: ends its surrounding scope's other work."""


@dataclass(frozen=True, kw_only=True)
class EndEvent(Event):
    job: Job | None = None
    """The work of a message end event."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """zeebe:taskHeaders of that work."""


@dataclass(frozen=True, kw_only=True)
class CatchEvent(Event):
    """An intermediate event that waits."""


@dataclass(frozen=True, kw_only=True)
class ThrowEvent(Event):
    """An intermediate event that does; a none one only marks that a case came by."""

    job: Job | None = None
    """The work of a message event."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """zeebe:taskHeaders of that work."""


@dataclass(frozen=True, kw_only=True)
class BoundaryEvent(Event):
    attached_to: str
    interrupting: bool = True
    """cancelActivity: the activity ends when the event comes."""


@dataclass(frozen=True, kw_only=True)
class Activity(Node):
    """Something that is done. Plain `bpmn:task` and `bpmn:manualTask` are passed through without work."""

    inputs: tuple[Parameter, ...] = ()
    outputs: tuple[Parameter, ...] = ()
    loop: MultiInstance | StandardLoop | None = None
    default: str | None = None
    """The id of the outgoing flow that is taken when no condition of the others is true."""
    compensation: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)
    """zeebe:taskHeaders by key, static."""

    @cached_property
    def mutu_baku(self) -> MutuBaku:
        """The SOP row behind this activity, read from `properties`; items of a list are parted by "; "."""
        said = self.properties.get
        return MutuBaku(
            langkah=said("langkah") or None,
            uraian=said("uraian") or None,
            kelengkapan=_items(said("kelengkapan")),
            waktu=said("waktu") or None,
            output=_items(said("output")),
            keterangan=said("keterangan") or None,
        )


def names(text: str) -> tuple[str, ...]:
    """The names in a text that parts them by commas, each once, in the alphabet's order."""
    return tuple(sorted({each.strip() for each in text.split(",") if each.strip()}))


def _items(text: str | None) -> tuple[str, ...]:
    return tuple(item.strip() for item in (text or "").split("; ") if item.strip())


@dataclass(frozen=True, kw_only=True)
class Task(Activity):
    """An undefined task."""


@dataclass(frozen=True, kw_only=True)
class ManualTask(Activity):
    pass


@dataclass(frozen=True, kw_only=True)
class UserTask(Activity):
    form: Form | None = None
    assignee: Expression | None = None
    candidate_groups: Expression | None = None
    """Static: names parted by commas. FEEL: a list of texts."""
    candidate_users: Expression | None = None
    """As `candidate_groups`."""
    due_date: Expression | None = None
    """zeebe:taskSchedule: ISO 8601 date and time, or FEEL that gives one."""
    follow_up_date: Expression | None = None
    priority: Expression | None = None
    """0 to 100; Camunda's default is 50."""


@dataclass(frozen=True, kw_only=True)
class ServiceTask(Activity):
    job: Job | None = None


@dataclass(frozen=True, kw_only=True)
class SendTask(Activity):
    job: Job | None = None


@dataclass(frozen=True, kw_only=True)
class BusinessRuleTask(Activity):
    """Exactly one of `decision` and `job` is set in a diagram that was accepted."""

    decision: Decision | None = None
    job: Job | None = None


@dataclass(frozen=True, kw_only=True)
class ScriptTask(Activity):
    """Exactly one of `script` and `job` is set in a diagram that was accepted."""

    script: Script | None = None
    job: Job | None = None


@dataclass(frozen=True, kw_only=True)
class ReceiveTask(Activity):
    message: Message | None = None


@dataclass(frozen=True, kw_only=True)
class CallActivity(Activity):
    called: Called | None = None


@dataclass(frozen=True)
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    name: str | None = None
    condition: Expression | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Lane:
    """Who does it. `role` is its zeebe:property of that name; `nodes` are those that no lane within it holds."""

    id: str
    name: str | None = None
    role: str | None = None
    nodes: tuple[str, ...] = ()
    lanes: tuple["Lane", ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False)


class ArtifactKind(StrEnum):
    """In the order in which BPMN wants them in a file."""

    DATA = "dataObjectReference"
    STORE = "dataStoreReference"
    MESSAGE_FLOW = "messageFlow"
    ANNOTATION = "textAnnotation"
    GROUP = "group"
    ASSOCIATION = "association"
    DATA_INPUT = "dataInputAssociation"
    DATA_OUTPUT = "dataOutputAssociation"


@dataclass(frozen=True)
class Artifact:
    """Something that is drawn and never run. Flows and associations are lines, with `source` and `target`."""

    id: str
    kind: ArtifactKind
    text: str | None = None
    source: str | None = None
    target: str | None = None


@dataclass(frozen=True, kw_only=True)
class Scope:
    """A set of nodes and the flows between them: a process or a sub-process. Its own order is the file's."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    flows: Mapping[str, Flow] = field(default_factory=dict)
    lanes: tuple[Lane, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    """By kind, within a kind in the file's order."""

    def outgoing(self, node_id: str) -> tuple[Flow, ...]:
        return self._outgoing.get(node_id, ())

    def incoming(self, node_id: str) -> tuple[Flow, ...]:
        return self._incoming.get(node_id, ())

    def acting(self) -> Iterator[tuple[Node, Node]]:
        """Each node, and as what it acts: the event that begins an event sub-process is one on a border (`SubProcess.border`)."""
        border = self.border if isinstance(self, SubProcess) else None
        for node in self.nodes.values():
            yield node, border if border and node.id == border.id else node

    def boundary_events(self, activity_id: str) -> tuple[BoundaryEvent, ...]:
        """The events on the border of an activity of this scope."""
        return self._boundary.get(activity_id, ())

    @cached_property
    def links(self) -> Mapping[str, str]:
        """From each event that throws a link to the one that catches it."""
        caught = {
            node.definition.name: node.id
            for node in self.nodes.values()
            if isinstance(node, CatchEvent) and isinstance(node.definition, Link)
        }
        return {
            node.id: caught[node.definition.name]
            for node in self.nodes.values()
            if isinstance(node, ThrowEvent)
            and isinstance(node.definition, Link)
            and node.definition.name in caught
        }

    @cached_property
    def start(self) -> StartEvent | None:
        """The none start event, if there is one."""
        return next((n for n in self.nodes.values() if isinstance(n, StartEvent) and not n.definitions), None)

    @cached_property
    def _outgoing(self) -> dict[str, tuple[Flow, ...]]:
        return _grouped((flow.source, flow) for flow in self.flows.values())

    @cached_property
    def _incoming(self) -> dict[str, tuple[Flow, ...]]:
        return _grouped((flow.target, flow) for flow in self.flows.values())

    @cached_property
    def _boundary(self) -> dict[str, tuple[BoundaryEvent, ...]]:
        return _grouped((n.attached_to, n) for n in self.nodes.values() if isinstance(n, BoundaryEvent))


def _grouped(pairs: Iterable[tuple[str, V]]) -> dict[str, tuple[V, ...]]:
    groups: dict[str, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


class SubProcessKind(StrEnum):
    EMBEDDED = "subProcess"
    EVENT = "eventSubProcess"
    TRANSACTION = "transaction"
    AD_HOC = "adHocSubProcess"


@dataclass(frozen=True, kw_only=True)
class SubProcess(Activity, Scope):
    kind: SubProcessKind = SubProcessKind.EMBEDDED
    synthetic: bool = False
    """Not drawn: what event sub-processes watch over."""

    @property
    def trigger(self) -> "StartEvent | None":
        """The event that begins an event sub-process."""
        starts = (node for node in self.nodes.values() if isinstance(node, StartEvent))
        return next(starts, None) if self.kind is SubProcessKind.EVENT else None

    @property
    def border(self) -> BoundaryEvent | None:
        """That event as what it comes to: one on the border of all else that the scope around does."""
        event = self.trigger
        if event is None:
            return None
        return BoundaryEvent(
            id=event.id,
            name=event.name,
            documentation=event.documentation,
            properties=event.properties,
            definitions=event.definitions,
            inputs=event.inputs,
            outputs=event.outputs,
            attached_to="",
            interrupting=event.interrupting,
            line=event.line,
        )


@dataclass(frozen=True, kw_only=True)
class Process(Scope):
    id: str
    name: str | None = None
    executable: bool = True
    """False for a process that is only drawn: not marked executable while another one of the diagram is."""
    documentation: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    """zeebe:property entries by name: bidang, sifat, what an SOP sheet needs of the whole …"""
    version_tag: str | None = None
    line: int | None = field(default=None, compare=False)

    def scopes(self) -> Iterator[Scope]:
        """The process and every sub-process in it, outer before inner."""
        waiting: list[Scope] = [self]
        while waiting:
            scope = waiting.pop()
            yield scope
            waiting += [node for node in reversed(list(scope.nodes.values())) if isinstance(node, SubProcess)]

    def every_node(self) -> Iterator[Node]:
        """All nodes, those in sub-processes too."""
        for scope in self.scopes():
            yield from scope.nodes.values()

    def node(self, node_id: str) -> Node:
        """The node of this id, however deep; KeyError where there is none."""
        return self._nodes[node_id]

    def flow(self, flow_id: str) -> Flow:
        """The sequence flow of this id, however deep; KeyError where there is none."""
        return self._flows[flow_id]

    def scope_of(self, node_id: str) -> Scope:
        """The process or sub-process in which the node lies directly."""
        return self._scope_of[node_id]

    def lanes_of(self, node_id: str) -> tuple[Lane, ...]:
        """The lanes that a node lies in, innermost first; a node in a sub-process lies in that one's lanes too."""
        own = self._lanes_of.get(node_id, ())
        scope = self._scope_of.get(node_id)
        return own + self.lanes_of(scope.id) if isinstance(scope, SubProcess) else own

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        return {node.id: node for node in self.every_node()}

    @cached_property
    def _flows(self) -> dict[str, Flow]:
        return {flow.id: flow for scope in self.scopes() for flow in scope.flows.values()}

    @cached_property
    def _scope_of(self) -> dict[str, Scope]:
        return {node_id: scope for scope in self.scopes() for node_id in scope.nodes}

    @cached_property
    def _lanes_of(self) -> dict[str, tuple[Lane, ...]]:
        found: dict[str, tuple[Lane, ...]] = {}
        for scope in self.scopes():
            for path in _lane_paths(scope.lanes, ()):
                found.update((node_id, path) for node_id in path[0].nodes)
        return found


def _lane_paths(lanes: tuple[Lane, ...], around: tuple[Lane, ...]) -> Iterator[tuple[Lane, ...]]:
    for lane in lanes:
        path = (lane, *around)
        yield path
        yield from _lane_paths(lane.lanes, path)


@dataclass(frozen=True)
class Participant:
    """A pool. `process` is None for a black box, which is only drawn."""

    id: str
    name: str | None = None
    process: str | None = None


@dataclass(frozen=True)
class Bounds:
    """A rectangle in the diagram's pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Shape:
    bounds: Bounds
    label: Bounds | None = None
    expanded: bool = True
    """Of a sub-process: its inside is shown."""
    horizontal: bool = True
    """Of a pool or lane."""


@dataclass(frozen=True)
class Edge:
    points: tuple[tuple[float, float], ...]
    label: Bounds | None = None


@dataclass(frozen=True)
class Plane:
    """One drawing (BPMN DI): where the elements stand, by their ids."""

    element: str
    """What is drawn: the collaboration, the process, or a collapsed sub-process."""
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)


@dataclass(frozen=True)
class Diagram:
    """A file."""

    id: str | None
    processes: tuple[Process, ...]
    collaboration: str | None = None
    participants: tuple[Participant, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    """What the collaboration itself holds: message flows and annotations between the pools."""
    planes: tuple[Plane, ...] = ()

    @cached_property
    def executable(self) -> tuple[Process, ...]:
        """The processes that can be run."""
        return tuple(process for process in self.processes if process.executable)

    def process(self, process_id: str) -> Process:
        """The process of this id; KeyError where there is none."""
        return self._processes[process_id]

    @cached_property
    def _processes(self) -> dict[str, Process]:
        return {process.id: process for process in self.processes}
