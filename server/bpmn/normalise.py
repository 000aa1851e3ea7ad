"""The diagram as drawn → the diagram as it is run: what several flows out of a node mean becomes a gateway, a link a flow,
an event sub-process one behind an event on a border.

BPMN 2.0.2 §10.5.1 and §13.2.1: each unconditional flow out of an activity or event gets a token, a conditional one when its
condition is true, the default one when none was. Ids, names and order of everything drawn stay as they are.
"""

from dataclasses import replace
from typing import TypeVar

from server.bpmn.model import (
    Activity,
    BoundaryEvent,
    CatchEvent,
    EndEvent,
    Expression,
    Flow,
    Gateway,
    GatewayKind,
    Link,
    Node,
    Process,
    Scope,
    StartEvent,
    SubProcess,
    SubProcessKind,
    Terminate,
    ThrowEvent,
)

S = TypeVar("S", Process, SubProcess)

ALWAYS = Expression("true")


def normalised(process: Process) -> Process:
    """The process with explicit gateways and flows.

    A gateway that was not drawn has `synthetic` set and an id made of the id of the node before it (`<id>__split`); the
    flow to it has the gateway's id and `__in`. An unconditional flow beside conditional ones gets the condition `true`.

    What a scope with event sub-processes does besides them lies in a synthetic sub-process, with their start events on its
    border. A sub-process that interrupts stands outside of those that do not, since it ends them too (§13.5.4); so does what an
    end that terminates all comes to.
    """
    flows = (flow_id for scope in process.scopes() for flow_id in scope.flows)
    return _explicit(process, {process.id, *flows, *(node.id for node in process.every_node())})


def _explicit(scope: S, taken: set[str]) -> S:
    nodes: dict[str, Node] = {}
    splits: dict[str, Gateway] = {}
    for node in scope.nodes.values():
        node = _explicit(node, taken) if isinstance(node, SubProcess) else _passed_by(node)
        if _splits(scope, node):
            gateway = splits[node.id] = _gateway(scope, node, taken)
            node = replace(node, default=None) if isinstance(node, Activity) else node
            nodes |= {node.id: node, gateway.id: gateway}
        else:
            nodes[node.id] = node
    flows = {flow.id: _led(flow, splits.get(flow.source)) for flow in scope.flows.values()}
    for source, gateway in splits.items():
        flow = Flow(_free(f"{gateway.id}__in", taken), source, gateway.id)
        flows[flow.id] = flow
    for source, target in scope.links.items():
        flow = Flow(_free(f"{source}__link", taken), source, target)
        flows[flow.id] = flow
    return _watched(replace(scope, nodes=nodes, flows=flows), taken)


def own_work(process: Process) -> Scope:
    """The scope that holds what a normalised process does itself, its start events among it."""
    scope: Scope = process
    while body := next((n for n in scope.nodes.values() if isinstance(n, SubProcess) and n.synthetic), None):
        scope = body
    return scope


def _watched(scope: S, taken: set[str]) -> S:
    handlers = [node for node in scope.nodes.values() if isinstance(node, SubProcess) and node.border]
    others = {id: node for id, node in scope.nodes.items() if node not in handlers}
    beside = [each for each in handlers if each.border and not each.border.interrupting]
    around = [each for each in handlers if each not in beside]
    ends = [node for node in others.values() if isinstance(node, EndEvent) and _terminates(node)]
    stop = _free(f"{scope.id}__stop", taken) if beside and ends else None
    if stop:
        others |= {end.id: replace(end, definitions=(Terminate(stop),)) for end in ends}
    inside = Scope(nodes=others, flows=scope.flows)
    if beside:
        inside = _watched_by(beside, inside, _free(f"{scope.id}__body", taken), taken)
    if around or stop:
        inside = _watched_by(around, inside, _free(f"{scope.id}__whole", taken), taken, stop)
    return replace(scope, nodes=inside.nodes, flows=inside.flows)


def _terminates(end: EndEvent) -> bool:
    return isinstance(end.definition, Terminate)


def _watched_by(
    handlers: list[SubProcess], inside: Scope, id_: str, taken: set[str], stop: str | None = None
) -> Scope:
    body = SubProcess(id=id_, synthetic=True, nodes=inside.nodes, flows=inside.flows)
    start, end = StartEvent(id=_free(f"{id_}__start", taken)), EndEvent(id=_free(f"{id_}__end", taken))
    nodes: list[Node] = [start, body, end]
    ways = [(start, body), (body, end)]
    for each in handlers:
        assert each.border is not None
        border = replace(each.border, attached_to=id_)
        handler = _begun_outside(each, border.id, taken)
        nodes += [border, handler]
        ways += [(border, handler), (handler, end)]
    if stop is not None:
        last = BoundaryEvent(id=stop, definitions=(Terminate(),), attached_to=id_)
        nodes.append(last)
        ways.append((last, end))
    flows = [Flow(_free(f"{source.id}__out", taken), source.id, target.id) for source, target in ways]
    return Scope(nodes={node.id: node for node in nodes}, flows={flow.id: flow for flow in flows})


def _begun_outside(handler: SubProcess, event: str, taken: set[str]) -> SubProcess:
    """An event sub-process whose event has come already."""
    begin = StartEvent(id=_free(f"{handler.id}__start", taken))
    others = {id: node for id, node in handler.nodes.items() if id != event}
    flows = {
        flow.id: replace(flow, source=begin.id) if flow.source == event else flow
        for flow in handler.flows.values()
    }
    return replace(handler, kind=SubProcessKind.EMBEDDED, nodes={begin.id: begin, **others}, flows=flows)


def _passed_by(node: Node) -> Node:
    """A link event does nothing but be passed (BPMN 2.0.2 §10.5.5: the two are one place of the diagram)."""
    if isinstance(node, CatchEvent | ThrowEvent) and isinstance(node.definition, Link):
        return ThrowEvent(
            id=node.id,
            name=node.name,
            documentation=node.documentation,
            properties=node.properties,
            line=node.line,
        )
    return node


def _splits(scope: Scope, node: Node) -> bool:
    flows = scope.outgoing(node.id)
    return not isinstance(node, Gateway) and (len(flows) > 1 or any(flow.condition for flow in flows))


def _gateway(scope: Scope, node: Node, taken: set[str]) -> Gateway:
    conditional = any(flow.condition for flow in scope.outgoing(node.id))
    return Gateway(
        id=_free(f"{node.id}__split", taken),
        kind=GatewayKind.INCLUSIVE if conditional else GatewayKind.PARALLEL,
        default=node.default if conditional and isinstance(node, Activity) else None,
        synthetic=True,
        line=node.line,
    )


def _led(flow: Flow, gateway: Gateway | None) -> Flow:
    """The flow, leaving from the gateway where there is one."""
    if gateway is None:
        return flow
    unconditional = gateway.kind is GatewayKind.PARALLEL or flow.id == gateway.default
    return replace(
        flow, source=gateway.id, condition=flow.condition if unconditional else flow.condition or ALWAYS
    )


def _free(wish: str, taken: set[str]) -> str:
    while wish in taken:
        wish += "_"
    taken.add(wish)
    return wish
