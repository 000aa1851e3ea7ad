"""The process as SpiffWorkflow's parser shall see it: where tokens go, by ids only.

No name, expression or other text of the diagram is in it, so nothing that a person wrote can reach that library. What
does work or waits is a `userTask` there, whatever it is here; a condition, a number of rounds, a condition of
completion is the id of the element that has it, which the engine looks up and evaluates itself.
"""

from lxml import etree

from server.bpmn.markup import BPMN, tag
from server.bpmn.model import (
    Activity,
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    Error,
    Escalation,
    Gateway,
    GatewayKind,
    MultiInstance,
    Node,
    Process,
    Scope,
    Signal,
    StartEvent,
    SubProcess,
    Terminate,
    ThrowEvent,
)
from server.bpmn.normalise import normalised, own_work

Element = etree._Element


def plain(process: Process) -> bytes:
    """The normalised BPMN of a process that was accepted (`read`).

    - a task of any kind, a call activity: `<userTask id=X name=X>`
    - an embedded sub-process, and what event sub-processes watch over: `<subProcess>`
    - a condition: `<conditionExpression>` holding the sequence flow's id
    - an event that waits, an end or throw event that does something: a `<userTask>` too, before an end `<id>__end`
    - an event on a border: `<boundaryEvent>` with a signal of its own, for the engine to send
    - an event-based gateway: a `<userTask>` and `<id>__chosen`, whose flows are asked for (`triggers`)
    - several start events: `<process>__start` and `<process>__begin`, whose flows are asked for likewise
    - several instances: `<loopCardinality>` holding the activity's id; with a condition of completion
      `<completionCondition>` holding it too

    An id that is not drawn gets further `_` while one that is drawn is the same.
    """
    return _Writer(normalised(process)).write()


def triggers(process: Process) -> dict[str, str]:
    """The flows of the plain BPMN that are taken when an event came, and that event's id."""
    shape = normalised(process)
    ids = _Ids(shape)
    found = {
        flow.id: flow.target
        for scope in shape.scopes()
        for node in scope.nodes.values()
        if _is_event_based(node)
        for flow in scope.outgoing(node.id)
    }
    starts = _starts(shape)
    return found | ({ids.way_to(each): each.id for each in starts} if len(starts) > 1 else {})


class _Ids:
    """The ids of what is not drawn. Two of different elements differ: what they end in tells what each is made of."""

    def __init__(self, process: Process) -> None:
        flows = (flow_id for scope in process.scopes() for flow_id in scope.flows)
        self.drawn = {process.id, *flows, *(node.id for node in process.every_node())}

    def of(self, drawn: str, role: str) -> str:
        wish = f"{drawn}__{role}"
        while wish in self.drawn:
            wish += "_"
        return wish

    def way_to(self, start: StartEvent) -> str:
        """The flow to one of several start events."""
        return self.of(start.id, "begin")


class _Writer:
    def __init__(self, process: Process) -> None:
        self.process = process
        self.ids = _Ids(process)
        self.starts = _starts(process)

    def write(self) -> bytes:
        root = etree.Element(tag("definitions"), {"targetNamespace": "tatalaksana"}, nsmap={"bpmn": BPMN})
        for node in self.process.every_node():
            if isinstance(node, BoundaryEvent):
                etree.SubElement(root, tag("signal"), {"id": self._signal(node), "name": node.id})
        element = etree.SubElement(root, tag("process"), {"id": self.process.id, "isExecutable": "true"})
        self._fill(element, self.process)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    def _fill(self, parent: Element, scope: Scope) -> None:
        for node in scope.nodes.values():
            self._add_node(parent, node)
        for flow in scope.flows.values():
            chosen = _is_event_based(scope.nodes[flow.source])
            source = self._chosen(flow.source) if chosen else flow.source
            _connect(parent, flow.id, source, flow.target, asked=chosen or flow.condition is not None)
        if len(self.starts) > 1 and self.starts[0].id in scope.nodes:
            self._add_begin(parent)

    def _add_node(self, parent: Element, node: Node) -> None:
        one_of_several = len(self.starts) > 1 and node in self.starts
        name = "intermediateThrowEvent" if one_of_several else _name(node)
        element = etree.SubElement(parent, tag(name), {"id": node.id, "name": node.id})
        match node:
            case BoundaryEvent():
                self._add_border(element, node)
            case EndEvent(definition=Terminate(border=None)):
                etree.SubElement(element, tag("terminateEventDefinition"))
            case EndEvent() if _does_something(node):
                self._add_following(parent, node.id, "endEvent", self.ids.of(node.id, "end"))
            case Gateway(kind=GatewayKind.EVENT_BASED):
                self._add_following(parent, node.id, "exclusiveGateway", self._chosen(node.id))
            case Gateway(default=str(default)):
                element.set("default", default)
        if isinstance(node, Activity) and isinstance(node.loop, MultiInstance):
            _add_rounds(element, node.id, node.loop)
        if isinstance(node, SubProcess):
            self._fill(element, node)

    def _add_border(self, element: Element, event: BoundaryEvent) -> None:
        element.set("attachedToRef", event.attached_to)
        element.set("cancelActivity", str(event.interrupting).lower())
        etree.SubElement(element, tag("signalEventDefinition"), {"signalRef": self._signal(event)})

    def _add_following(self, parent: Element, source: str, name: str, id_: str) -> None:
        """A node that is not drawn, right behind one that is, or behind the process's own start."""
        etree.SubElement(parent, tag(name), {"id": id_, "name": id_})
        _connect(parent, self.ids.of(id_, "in"), source, id_)

    def _add_begin(self, parent: Element) -> None:
        first, begin = (self.ids.of(self.process.id, role) for role in ("start", "begin"))
        etree.SubElement(parent, tag("startEvent"), {"id": first, "name": first})
        self._add_following(parent, first, "exclusiveGateway", begin)
        for start in self.starts:
            _connect(parent, self.ids.way_to(start), begin, start.id, asked=True)

    def _chosen(self, gateway: str) -> str:
        return self.ids.of(gateway, "chosen")

    def _signal(self, event: BoundaryEvent) -> str:
        return self.ids.of(event.id, "signal")


def _name(node: Node) -> str:
    match node:
        case StartEvent():
            return "startEvent"
        case BoundaryEvent():
            return "boundaryEvent"
        case CatchEvent() | Gateway(kind=GatewayKind.EVENT_BASED):
            return "userTask"
        case EndEvent() | ThrowEvent() if _does_something(node):
            return "userTask"
        case EndEvent():
            return "endEvent"
        case ThrowEvent():
            return "intermediateThrowEvent"
        case Gateway(kind=GatewayKind.EXCLUSIVE | GatewayKind.PARALLEL | GatewayKind.INCLUSIVE):
            return node.kind
        case SubProcess():
            return "subProcess"
        case Activity():
            return "userTask"
    raise ValueError(f"{type(node).__name__} {node.id} is not run")


def _add_rounds(element: Element, activity: str, loop: MultiInstance) -> None:
    rounds = etree.SubElement(
        element, tag("multiInstanceLoopCharacteristics"), {"isSequential": str(loop.sequential).lower()}
    )
    etree.SubElement(rounds, tag("loopCardinality")).text = activity
    if loop.completion:
        etree.SubElement(rounds, tag("completionCondition")).text = activity


def _connect(parent: Element, id_: str, source: str, target: str, asked: bool = False) -> None:
    """A flow; one that is `asked` for holds its id as its condition."""
    ends = {"id": id_, "sourceRef": source, "targetRef": target}
    element = etree.SubElement(parent, tag("sequenceFlow"), ends)
    if asked:
        etree.SubElement(element, tag("conditionExpression")).text = id_


def _starts(process: Process) -> list[StartEvent]:
    return [node for node in own_work(process).nodes.values() if isinstance(node, StartEvent)]


def _does_something(event: EndEvent | ThrowEvent) -> bool:
    """Whether the engine has work with it; an end that terminates what lies directly around it is SpiffWorkflow's own."""
    if isinstance(event.definition, Terminate):
        return event.definition.border is not None
    return bool(event.job) or isinstance(event.definition, Signal | Error | Escalation)


def _is_event_based(node: Node) -> bool:
    return isinstance(node, Gateway) and node.kind is GatewayKind.EVENT_BASED
