"""The process as SpiffWorkflow's parser shall see it: where tokens go, by ids only.

No name, expression or other text of the diagram is in it, so nothing that a person wrote can reach that library. What
does work or waits is a `userTask` there, whatever it is here; a condition, a number of rounds, a condition of
completion is the id of the element that has it, which the engine looks up and evaluates itself.
"""

from lxml import etree

from server.bpmn.markup import BPMN, tag
from server.bpmn.model import (
    Activity,
    EndEvent,
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
    - several instances: `<loopCardinality>` holding the activity's id; with a condition of completion
      `<completionCondition>` holding it too
    """
    root = etree.Element(tag("definitions"), {"targetNamespace": "tatalaksana"}, nsmap={"bpmn": BPMN})
    shape = normalised(process)
    element = etree.SubElement(root, tag("process"), {"id": shape.id, "isExecutable": "true"})
    _fill(element, shape)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _fill(parent: etree._Element, scope: Scope) -> None:
    for node in scope.nodes.values():
        _add_node(parent, node)
    for flow in scope.flows.values():
        _add_flow(parent, flow)


def _add_node(parent: etree._Element, node: Node) -> None:
    element = etree.SubElement(parent, tag(_name(node)), {"id": node.id, "name": node.id})
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


def _add_flow(parent: etree._Element, flow: Flow) -> None:
    element = etree.SubElement(
        parent, tag("sequenceFlow"), {"id": flow.id, "sourceRef": flow.source, "targetRef": flow.target}
    )
    if flow.condition:
        etree.SubElement(element, tag("conditionExpression")).text = flow.id
