"""The diagram as drawn → the diagram as it is run: what several flows out of a node mean becomes a gateway, a link a flow.

BPMN 2.0.2 §10.5.1 and §13.2.1: each unconditional flow out of an activity or event gets a token, a conditional one when its
condition is true, the default one when none was. Ids, names and order of everything drawn stay as they are.
"""

from dataclasses import replace
from typing import TypeVar

from server.bpmn.model import (
    Activity,
    CatchEvent,
    Expression,
    Flow,
    Gateway,
    GatewayKind,
    Link,
    Node,
    Process,
    Scope,
    SubProcess,
    ThrowEvent,
)

S = TypeVar("S", Process, SubProcess)

ALWAYS = Expression("true")


def normalised(process: Process) -> Process:
    """The process with explicit gateways and flows.

    A gateway that was not drawn has `synthetic` set and an id made of the id of the node before it (`<id>__split`); the
    flow to it has the gateway's id and `__in`. An unconditional flow beside conditional ones gets the condition `true`.
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
    return replace(scope, nodes=nodes, flows=flows)


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
