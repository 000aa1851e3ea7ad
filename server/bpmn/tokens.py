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
    Flow,
    Gateway,
    GatewayKind,
    MultiInstance,
    Node,
    Process,
    Scope,
    StartEvent,
    SubProcess,
    Terminate,
    ThrowEvent,
)
from server.bpmn.normalise import normalised


def plain(process: Process) -> bytes:
    """The normalised BPMN of a process that was accepted (`read`).

    - a user, service, business rule, script, manual or undefined task: `<userTask id=X name=X>`
    - an embedded sub-process: `<subProcess>`
    - a condition: `<conditionExpression>` holding the sequence flow's id
    - an event that waits, an end or throw event that does something: a `<userTask>` too, before an end `<id>__end`
    - an event on a border: `<boundaryEvent>` with a signal of its own, for the engine to send
    - an event-based gateway: a `<userTask>` and `<id>__chosen`, whose flows are asked for (`triggers`)
    - several start events: `<process>__start` and `<process>__begin`, whose flows are asked for likewise
    - several instances: `<loopCardinality>` holding the activity's id; with a condition of completion
      `<completionCondition>` holding it too
    """
    root = etree.Element(tag("definitions"), {"targetNamespace": "tatalaksana"}, nsmap={"bpmn": BPMN})
    shape = normalised(process)
    for node in shape.every_node():
        if isinstance(node, BoundaryEvent):
            etree.SubElement(root, tag("signal"), {"id": _signal(node), "name": node.id})
    element = etree.SubElement(root, tag("process"), {"id": shape.id, "isExecutable": "true"})
    _fill(element, shape)
    if len(starts := _starts(shape)) > 1:
        _add_begin(element, shape, starts)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def triggers(process: Process) -> dict[str, str]:
    """The flows of the plain BPMN that are taken when an event came, and that event's id."""
    shape = normalised(process)
    found = {
        flow.id: flow.target
        for scope in shape.scopes()
        for node in scope.nodes.values()
        if _is_event_based(node)
        for flow in scope.outgoing(node.id)
    }
    starts = _starts(shape)
    return found | ({_begin_flow(each): each.id for each in starts} if len(starts) > 1 else {})


def _fill(parent: etree._Element, scope: Scope) -> None:
    several = isinstance(scope, Process) and len(_starts(scope)) > 1
    for node in scope.nodes.values():
        _add_node(parent, node, several)
    for flow in scope.flows.values():
        _add_flow(parent, flow, _is_event_based(scope.nodes[flow.source]))


def _add_node(parent: etree._Element, node: Node, several_starts: bool) -> None:
    name = "intermediateThrowEvent" if several_starts and isinstance(node, StartEvent) else _name(node)
    element = etree.SubElement(parent, tag(name), {"id": node.id, "name": node.id})
    if isinstance(node, BoundaryEvent):
        element.set("attachedToRef", node.attached_to)
        element.set("cancelActivity", str(node.interrupting).lower())
        etree.SubElement(element, tag("signalEventDefinition"), {"signalRef": _signal(node)})
    if isinstance(node, EndEvent) and _does_something(node):
        _add_following(parent, node.id, "endEvent", f"{node.id}__end")
    if _is_event_based(node):
        _add_following(parent, node.id, "exclusiveGateway", _chosen(node.id))
    if isinstance(node, Gateway) and node.default:
        element.set("default", node.default)
    if isinstance(node, EndEvent) and isinstance(node.definition, Terminate):
        etree.SubElement(element, tag("terminateEventDefinition"))
    if isinstance(node, Activity) and isinstance(node.loop, MultiInstance):
        _add_rounds(element, node.id, node.loop)
    if isinstance(node, SubProcess):
        _fill(element, node)


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


def _add_rounds(element: etree._Element, activity: str, loop: MultiInstance) -> None:
    rounds = etree.SubElement(
        element, tag("multiInstanceLoopCharacteristics"), {"isSequential": str(loop.sequential).lower()}
    )
    etree.SubElement(rounds, tag("loopCardinality")).text = activity
    if loop.completion:
        etree.SubElement(rounds, tag("completionCondition")).text = activity


def _add_flow(parent: etree._Element, flow: Flow, chosen: bool) -> None:
    source = _chosen(flow.source) if chosen else flow.source
    _connect(parent, flow.id, source, flow.target, asked=chosen or flow.condition is not None)


def _connect(parent: etree._Element, id_: str, source: str, target: str, asked: bool = False) -> None:
    ends = {"id": id_, "sourceRef": source, "targetRef": target}
    element = etree.SubElement(parent, tag("sequenceFlow"), ends)
    if asked:
        etree.SubElement(element, tag("conditionExpression")).text = id_


def _add_following(parent: etree._Element, source: str, name: str, id_: str) -> None:
    """A node that is not drawn, right behind one that is."""
    etree.SubElement(parent, tag(name), {"id": id_, "name": id_})
    _connect(parent, f"{id_}__in", source, id_)


def _add_begin(parent: etree._Element, process: Process, starts: list[StartEvent]) -> None:
    first, begin = f"{process.id}__start", f"{process.id}__begin"
    etree.SubElement(parent, tag("startEvent"), {"id": first, "name": first})
    _add_following(parent, first, "exclusiveGateway", begin)
    for start in starts:
        _connect(parent, _begin_flow(start), begin, start.id, asked=True)


def _starts(process: Process) -> list[StartEvent]:
    return [node for node in process.nodes.values() if isinstance(node, StartEvent)]


def _does_something(event: EndEvent | ThrowEvent) -> bool:
    """Whether the engine has work with it; a terminate end is SpiffWorkflow's own."""
    return bool(event.job) or isinstance(event.definition, Error | Escalation)


def _is_event_based(node: Node) -> bool:
    return isinstance(node, Gateway) and node.kind is GatewayKind.EVENT_BASED


def _chosen(gateway: str) -> str:
    return f"{gateway}__chosen"


def _begin_flow(start: StartEvent) -> str:
    return f"{start.id}__begin"


def _signal(event: BoundaryEvent) -> str:
    return f"{event.id}__signal"
