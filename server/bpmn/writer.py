"""The model → a BPMN file that Camunda Modeler and bpmn-js open: everything the model holds, drawing included."""

from collections.abc import Iterator, Mapping

from lxml import etree

from server.bpmn import model
from server.bpmn.markup import BPMN, BPMNDI, DC, DI, MODELER, XSI, ZEEBE, tag
from server.bpmn.model import (
    Activity,
    Artifact,
    ArtifactKind,
    BoundaryEvent,
    Bounds,
    BusinessRuleTask,
    CallActivity,
    Called,
    Cancel,
    Compensate,
    Conditional,
    Decision,
    Diagram,
    EndEvent,
    Error,
    Escalation,
    Event,
    EventDefinition,
    Expression,
    Flow,
    Form,
    Gateway,
    Job,
    Lane,
    Link,
    Message,
    MultiInstance,
    Node,
    Parameter,
    Plane,
    Process,
    ReceiveTask,
    Scope,
    Script,
    ScriptTask,
    SendTask,
    ServiceTask,
    Signal,
    StandardLoop,
    StartEvent,
    SubProcess,
    SubProcessKind,
    Terminate,
    ThrowEvent,
    Timer,
    UserTask,
)
from server.bpmn.words import TAGS

PLATFORM = "Camunda Cloud"
PLATFORM_VERSION = "8.10.0"
TARGET_NAMESPACE = "https://tatalaksana.id/bpmn"

SPACES = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "zeebe": ZEEBE, "modeler": MODELER, "xsi": XSI}

Element = etree._Element
Referred = Message | Signal | Error | Escalation


def write(diagram: Diagram) -> bytes:
    """The diagram as BPMN 2.0 XML (UTF-8, indented), byte for byte the same for the same model.

    Reading it gives an equal model. Messages, signals, errors and escalations, whose ids the model does not hold, get new
    ones.
    """
    root = etree.Element(tag("definitions"), nsmap=SPACES)
    _set(root, id=diagram.id or "Definitions_1", targetNamespace=TARGET_NAMESPACE, exporter="Tatalaksana")
    root.set(f"{{{MODELER}}}executionPlatform", PLATFORM)
    root.set(f"{{{MODELER}}}executionPlatformVersion", PLATFORM_VERSION)
    writer = _Writer(root)
    writer.write(diagram)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


class _Writer:
    """Writes into one root element; `referred` are the root elements that events point at, by what they say."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.referred: dict[Referred, str] = {}

    def write(self, diagram: Diagram) -> None:
        if diagram.collaboration:
            self._collaboration(diagram)
        for process in diagram.processes:
            self._process(process)
        for thing, reference in self.referred.items():
            self._root_element(thing, reference)
        for number, plane in enumerate(diagram.planes, 1):
            self._plane(diagram, plane, number)

    def _collaboration(self, diagram: Diagram) -> None:
        element = _add(self.root, "collaboration", id=diagram.collaboration)
        for one in diagram.participants:
            _add(element, "participant", id=one.id, name=one.name, processRef=one.process)
        _artifacts(element, diagram.artifacts)

    def _process(self, process: Process) -> None:
        element = _add(self.root, "process", id=process.id, name=process.name)
        _set(element, isExecutable=process.executable)
        _documentation(element, process.documentation)
        extensions = [_zeebe("versionTag", value=process.version_tag)] if process.version_tag else []
        _extensions(element, [*extensions, *_properties(process.properties)])
        self._scope(element, process)

    def _scope(self, element: Element, scope: Scope) -> None:
        if scope.lanes:
            _lanes(_add(element, "laneSet", id=f"LaneSet_{element.get('id')}"), scope.lanes)
        for node in scope.nodes.values():
            self._node(element, scope, node)
        for flow in scope.flows.values():
            _flow(element, flow)
        _artifacts(element, scope.artifacts)

    # -- nodes

    def _node(self, parent: Element, scope: Scope, node: Node) -> None:
        element = _add(parent, _name(node), None, id=node.id, name=node.name, **_attributes(node))
        if node.template:
            element.set(f"{{{ZEEBE}}}modelerTemplate", node.template.id)
            if node.template.version:
                element.set(f"{{{ZEEBE}}}modelerTemplateVersion", node.template.version)
        _documentation(element, node.documentation)
        _extensions(element, [*_zeebe_parts(node), *_properties(node.properties)])
        for flow in scope.incoming(node.id):
            _add(element, "incoming", flow.id)
        for flow in scope.outgoing(node.id):
            _add(element, "outgoing", flow.id)
        _data_lines(element, scope, node.id)
        self._inside(element, node)

    def _inside(self, element: Element, node: Node) -> None:
        if isinstance(node, Event):
            for definition in node.definitions:
                self._definition(element, definition)
        if isinstance(node, Activity) and node.loop:
            _loop(element, node.loop)
        if isinstance(node, ReceiveTask) and node.message:
            element.set("messageRef", self._reference(node.message))
        if isinstance(node, SubProcess):
            self._scope(element, node)

    def _definition(self, event: Element, definition: EventDefinition) -> None:
        name = type(definition).__name__.lower()
        element = _add(event, f"{name}EventDefinition", id=f"{event.get('id')}_{name}")
        match definition:
            case Timer():
                _expression(element, definition.kind.value, definition.value)
            case Conditional():
                _expression(element, "condition", definition.condition)
            case Error(code=None) | Escalation(code=None) | Message(name=model.NOTHING, correlation_key=None):
                pass
            case Message() | Signal() | Error() | Escalation():
                element.set(f"{name}Ref", self._reference(definition))
            case Link():
                _set(element, name=definition.name)
            case Compensate():
                _set(element, activityRef=definition.activity)
            case Terminate() | Cancel():
                pass

    def _reference(self, thing: Referred) -> str:
        """The id of the root element that says the same."""
        if thing not in self.referred:
            self.referred[thing] = f"{type(thing).__name__}_{len(self.referred) + 1}"
        return self.referred[thing]

    def _root_element(self, thing: Referred, reference: str) -> None:
        name = type(thing).__name__.lower()
        if isinstance(thing, Message | Signal):
            element = _add(self.root, name, id=reference, name=_written(thing.name))
        else:
            element = _add(self.root, name, id=reference, name=reference)
            _set(element, **{f"{name}Code": _written(thing.code)})
        if isinstance(thing, Message) and thing.correlation_key:
            _extensions(element, [_zeebe("subscription", correlationKey=_written(thing.correlation_key))])

    # -- the drawing

    def _plane(self, diagram: Diagram, plane: Plane, number: int) -> None:
        around = etree.SubElement(self.root, f"{{{BPMNDI}}}BPMNDiagram", id=f"BPMNDiagram_{number}")
        element = etree.SubElement(around, f"{{{BPMNDI}}}BPMNPlane", id=f"BPMNPlane_{number}")
        _set(element, bpmnElement=plane.element)
        swimlanes, opened = set(_swimlanes(diagram)), set(_sub_processes(diagram))
        for name, shape in plane.shapes.items():
            drawn = _drawn(element, "BPMNShape", name)
            _set(drawn, isHorizontal=shape.horizontal if name in swimlanes or not shape.horizontal else None)
            _set(drawn, isExpanded=shape.expanded if name in opened or not shape.expanded else None)
            _bounds(drawn, shape.bounds)
            _label(drawn, shape.label)
        for name, edge in plane.edges.items():
            drawn = _drawn(element, "BPMNEdge", name)
            for x, y in edge.points:
                etree.SubElement(drawn, f"{{{DI}}}waypoint", x=_number(x), y=_number(y))
            _label(drawn, edge.label)


def _swimlanes(diagram: Diagram) -> Iterator[str]:
    yield from (participant.id for participant in diagram.participants)
    waiting = [lane for process in diagram.processes for scope in process.scopes() for lane in scope.lanes]
    for lane in waiting:
        yield lane.id
        waiting += lane.lanes


def _sub_processes(diagram: Diagram) -> Iterator[str]:
    for process in diagram.processes:
        yield from (node.id for node in process.every_node() if isinstance(node, SubProcess))


def _drawn(plane: Element, kind: str, name: str) -> Element:
    element = etree.SubElement(plane, f"{{{BPMNDI}}}{kind}", id=f"{name}_di")
    element.set("bpmnElement", name)
    return element


def _bounds(element: Element, box: Bounds) -> None:
    sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    etree.SubElement(element, f"{{{DC}}}Bounds", {name: _number(side) for name, side in sides.items()})


def _label(element: Element, box: Bounds | None) -> None:
    if box:
        _bounds(etree.SubElement(element, f"{{{BPMNDI}}}BPMNLabel"), box)


def _number(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


# -- lanes, flows and what is only drawn


def _lanes(lane_set: Element, lanes: tuple[Lane, ...]) -> None:
    for lane in lanes:
        element = _add(lane_set, "lane", id=lane.id, name=lane.name)
        _extensions(element, _properties(lane.properties))
        for node in _held(lane):
            _add(element, "flowNodeRef", node)
        if lane.lanes:
            _lanes(_add(element, "childLaneSet", id=f"LaneSet_{lane.id}"), lane.lanes)


def _held(lane: Lane) -> Iterator[str]:
    """A lane names the nodes of the lanes within it too, as the modeler does."""
    yield from lane.nodes
    for inner in lane.lanes:
        yield from _held(inner)


def _flow(parent: Element, flow: Flow) -> None:
    element = _add(
        parent, "sequenceFlow", id=flow.id, name=flow.name, sourceRef=flow.source, targetRef=flow.target
    )
    if flow.condition:
        _expression(element, "conditionExpression", flow.condition)


DATA_LINES = (ArtifactKind.DATA_INPUT, ArtifactKind.DATA_OUTPUT)


def _artifacts(parent: Element, artifacts: tuple[Artifact, ...]) -> None:
    for one in artifacts:
        if one.kind in DATA_LINES:
            continue
        name = None if one.kind is ArtifactKind.ANNOTATION else one.text
        element = _add(parent, one.kind, id=one.id, name=name, sourceRef=one.source, targetRef=one.target)
        if one.kind is ArtifactKind.ANNOTATION:
            _add(element, "text", one.text or "")
        elif one.kind is ArtifactKind.DATA:
            element.set("dataObjectRef", f"{one.id}_data")
            _add(parent, "dataObject", id=f"{one.id}_data")


def _data_lines(element: Element, scope: Scope, node: str) -> None:
    """The data associations of a node. One that leads in needs a target, for which the modeler invents a property."""
    inputs = [one for one in scope.artifacts if one.kind is ArtifactKind.DATA_INPUT and one.target == node]
    for one in inputs:
        _add(element, "property", id=f"{one.id}_target", name="__targetRef_placeholder")
    for one in inputs:
        line = _add(element, one.kind, id=one.id)
        _add(line, "sourceRef", one.source or "")
        _add(line, "targetRef", f"{one.id}_target")
    for one in scope.artifacts:
        if one.kind is ArtifactKind.DATA_OUTPUT and one.source == node:
            _add(_add(element, one.kind, id=one.id), "targetRef", one.target or "")


# -- what lies in a node


def _name(node: Node) -> str:
    if isinstance(node, Gateway):
        return node.kind
    if isinstance(node, SubProcess):
        return "subProcess" if node.kind is SubProcessKind.EVENT else node.kind
    return TAGS[type(node)]


def _attributes(node: Node) -> dict[str, object]:
    """The node's own attributes that say something other than BPMN's default."""
    match node:
        case BoundaryEvent():
            return {"attachedToRef": node.attached_to, "cancelActivity": None if node.interrupting else False}
        case StartEvent():
            return {"isInterrupting": None if node.interrupting else False}
        case SubProcess(kind=SubProcessKind.EVENT):
            return {"triggeredByEvent": True, "default": node.default}
        case Activity():
            return {"default": node.default, "isForCompensation": node.compensation or None}
        case Gateway():
            return {"default": node.default}
    return {}


def _loop(element: Element, loop: MultiInstance | StandardLoop) -> None:
    if isinstance(loop, StandardLoop):
        inner = _add(
            element,
            "standardLoopCharacteristics",
            loopMaximum=loop.maximum,
            testBefore=loop.test_before or None,
        )
        if loop.condition:
            _expression(inner, "loopCondition", loop.condition)
        return
    inner = _add(element, "multiInstanceLoopCharacteristics", isSequential=loop.sequential or None)
    said = _zeebe(
        "loopCharacteristics",
        inputCollection=_written(loop.collection),
        inputElement=loop.element,
        outputCollection=loop.output_collection,
        outputElement=_written(loop.output_element),
    )
    _extensions(inner, [said])
    if loop.completion:
        _expression(inner, "completionCondition", loop.completion)


def _zeebe_parts(node: Node) -> list[Element]:
    """The zeebe elements of a node, in the modeler's order."""
    parts: list[Element | None] = []
    if isinstance(node, UserTask):
        parts += _user_task_parts(node)
    if isinstance(node, StartEvent):
        parts.append(_form(node.form))
    if isinstance(node, ServiceTask | SendTask | BusinessRuleTask | ScriptTask | EndEvent | ThrowEvent):
        parts.append(_job(node.job))
    if isinstance(node, BusinessRuleTask):
        parts.append(_decision(node.decision))
    if isinstance(node, ScriptTask):
        parts.append(_script(node.script))
    if isinstance(node, CallActivity):
        parts.append(_called(node.called))
    if isinstance(node, Activity | Event):
        parts.append(_mapping(node.inputs, node.outputs))
    if isinstance(node, Activity | EndEvent | ThrowEvent) and node.headers:
        parts.append(
            _zeebe("taskHeaders", [_zeebe("header", key=k, value=v) for k, v in node.headers.items()])
        )
    return [part for part in parts if part is not None]


def _user_task_parts(task: UserTask) -> Iterator[Element | None]:
    yield _zeebe("userTask")
    yield _form(task.form)
    if task.assignee or task.candidate_groups or task.candidate_users:
        yield _zeebe(
            "assignmentDefinition",
            assignee=_written(task.assignee),
            candidateGroups=_written(task.candidate_groups),
            candidateUsers=_written(task.candidate_users),
        )
    if task.due_date or task.follow_up_date:
        yield _zeebe(
            "taskSchedule", dueDate=_written(task.due_date), followUpDate=_written(task.follow_up_date)
        )
    if task.priority:
        yield _zeebe("priorityDefinition", priority=_written(task.priority))


def _form(form: Form | None) -> Element | None:
    return (
        None
        if form is None
        else _zeebe(
            "formDefinition",
            formId=form.id,
            formKey=form.key,
            externalReference=form.reference,
            bindingType=form.binding,
            versionTag=form.version_tag,
        )
    )


def _job(job: Job | None) -> Element | None:
    return (
        None
        if job is None
        else _zeebe("taskDefinition", type=_written(job.type), retries=_written(job.retries))
    )


def _decision(decision: Decision | None) -> Element | None:
    return (
        None
        if decision is None
        else _zeebe(
            "calledDecision",
            decisionId=_written(decision.id),
            resultVariable=decision.result,
            bindingType=decision.binding,
            versionTag=decision.version_tag,
        )
    )


def _script(script: Script | None) -> Element | None:
    return (
        None
        if script is None
        else _zeebe("script", expression=_written(script.expression), resultVariable=script.result)
    )


def _called(called: Called | None) -> Element | None:
    return (
        None
        if called is None
        else _zeebe(
            "calledElement",
            processId=_written(called.process),
            propagateAllChildVariables=called.all_child_variables,
            propagateAllParentVariables=None if called.all_parent_variables else False,
            bindingType=called.binding,
            versionTag=called.version_tag,
        )
    )


def _mapping(inputs: tuple[Parameter, ...], outputs: tuple[Parameter, ...]) -> Element | None:
    entries = [_zeebe("input", source=_written(one.source), target=one.target) for one in inputs]
    entries += [_zeebe("output", source=_written(one.source), target=one.target) for one in outputs]
    return _zeebe("ioMapping", entries) if entries else None


def _properties(properties: Mapping[str, str]) -> list[Element]:
    entries = [_zeebe("property", name=name, value=value) for name, value in properties.items()]
    return [_zeebe("properties", entries)] if entries else []


# -- single elements


def _written(expression: Expression | None) -> str | None:
    """The text with its `=` where it is FEEL."""
    return None if expression is None else ("=" if expression.feel else "") + expression.text


def _expression(parent: Element, name: str, expression: Expression) -> None:
    element = _add(parent, name, _written(expression))
    element.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")


def _documentation(element: Element, text: str | None) -> None:
    if text:
        _add(element, "documentation", text)


def _extensions(element: Element, parts: list[Element]) -> None:
    if parts:
        _add(element, "extensionElements").extend(parts)


def _zeebe(name: str, entries: list[Element] | None = None, /, **attributes: object) -> Element:
    element = etree.Element(f"{{{ZEEBE}}}{name}", nsmap={"zeebe": ZEEBE})
    _set(element, **attributes)
    element.extend(entries or [])
    return element


def _add(parent: Element, name: str, text: str | None = None, /, **attributes: object) -> Element:
    element = etree.SubElement(parent, tag(name))
    _set(element, **attributes)
    element.text = text
    return element


def _set(element: Element, **attributes: object) -> None:
    """Sets the attributes that are not None."""
    for name, value in attributes.items():
        if value is not None:
            element.set(name, str(value).lower() if isinstance(value, bool) else str(value))
