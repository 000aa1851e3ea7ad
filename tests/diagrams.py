"""Small BPMN diagrams for tests, made from Python: each function gives a piece of XML, `diagram` puts them together.

    diagram(start(), user("periksa", form="periksa"), end(), path("start periksa end"))

A flow's id is `source_target`; where that one exists already, give `flow` an id. FEEL is written as in a diagram, with its
`=`. Names are the ids unless said otherwise. Every function takes further attributes of its element as keywords
(`name=`, `default=`, `cancelActivity=` …) and pieces to put inside as positional arguments.

    diagram(
        lanes(lane("Kasubag", "kasubag_umpeg", "start periksa putusan end")),
        start(), user("periksa"), exclusive("putusan", default="putusan_end"), end(),
        path("start periksa putusan"), flow("putusan", "periksa", "=not(setuju)"), flow("putusan", "end"),
    )
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

Piece = str | Iterable["Piece"]

NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "zeebe": "http://camunda.org/schema/zeebe/1.0",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
    "spiffworkflow": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}


# -- the file


def diagram(*pieces: Piece, id: str = "proses", beside: Piece = "", **attributes: object) -> bytes:
    """A file with one executable process of these pieces; `beside` stands next to the process (messages, errors …)."""
    return definitions(process(*pieces, id=id, **attributes), beside)


def definitions(*pieces: Piece) -> bytes:
    """A file of processes, collaborations and root elements."""
    spaces = {f"xmlns:{prefix}": uri for prefix, uri in NAMESPACES.items()}
    return element("bpmn:definitions", *pieces, id="berkas", targetNamespace="uji", **spaces).encode()


def process(*pieces: Piece, id: str = "proses", isExecutable: object = "true", **attributes: object) -> str:
    return element("bpmn:process", *pieces, id=id, isExecutable=isExecutable, **attributes)


def element(tag: str, *pieces: Piece, **attributes: object) -> str:
    """Any element. An attribute that is None is left out; a trailing `_` of its name too (`class_`); `__` is a colon."""
    said = "".join(
        f" {name.rstrip('_').replace('__', ':')}={quoteattr(_word(value))}"
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{said}>{_joined(pieces)}</{tag}>"


def text(value: str) -> str:
    """Text inside an element."""
    return escape(value)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _joined(pieces: Iterable[Piece]) -> str:
    return "".join(piece if isinstance(piece, str) else _joined(piece) for piece in pieces)


# -- nodes


def node(tag: str, id: str, *pieces: Piece, name: str | None = None, **attributes: object) -> str:
    """A flow node of any kind, by its BPMN tag without prefix."""
    return element(f"bpmn:{tag}", *pieces, id=id, name=name or id, **attributes)


def start(id: str = "start", *pieces: Piece, form: str | None = None, **attributes: object) -> str:
    return node("startEvent", id, extensions(_form(form)), *pieces, **attributes)


def end(id: str = "end", *pieces: Piece, terminate: bool = False, **attributes: object) -> str:
    inside = definition("terminate") if terminate else ""
    return node("endEvent", id, inside, *pieces, **attributes)


def task(id: str, *pieces: Piece, **attributes: object) -> str:
    return node("task", id, *pieces, **attributes)


def manual(id: str, *pieces: Piece, **attributes: object) -> str:
    return node("manualTask", id, *pieces, **attributes)


def user(
    id: str,
    *pieces: Piece,
    form: str | None = None,
    assignee: str | None = None,
    groups: str | None = None,
    users: str | None = None,
    due: str | None = None,
    priority: object = None,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    properties: Mapping[str, str] | None = None,
    **attributes: object,
) -> str:
    """A user task. `inputs` and `outputs` map each target variable to its source."""
    assigned = {"assignee": assignee, "candidateGroups": groups, "candidateUsers": users}
    inside = extensions(
        zeebe("userTask"),
        _form(form),
        zeebe("assignmentDefinition", **assigned) if any(assigned.values()) else "",
        zeebe("taskSchedule", dueDate=due) if due else "",
        zeebe("priorityDefinition", priority=priority) if priority is not None else "",
        mapping(inputs, outputs),
        props(properties),
    )
    return node("userTask", id, inside, *pieces, **attributes)


def service(
    id: str,
    type: str | None,
    *pieces: Piece,
    headers: Mapping[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    retries: object = None,
    tag: str = "serviceTask",
    **attributes: object,
) -> str:
    """A service task (or a send task, by `tag`) for handlers of `type`."""
    return node(tag, id, job(type, headers, inputs, outputs, retries), *pieces, **attributes)


def rule(
    id: str,
    decision: str,
    result: str = "hasil",
    *pieces: Piece,
    binding: str | None = None,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    **attributes: object,
) -> str:
    """A business rule task."""
    called = zeebe("calledDecision", decisionId=decision, resultVariable=result, bindingType=binding)
    return node("businessRuleTask", id, extensions(called, mapping(inputs, outputs)), *pieces, **attributes)


def script(id: str, expression: str, result: str = "hasil", *pieces: Piece, **attributes: object) -> str:
    """A script task that puts the value of a FEEL expression into a variable."""
    inside = extensions(zeebe("script", expression=expression, resultVariable=result))
    return node("scriptTask", id, inside, *pieces, **attributes)


def call(
    id: str,
    process: str | None,
    *pieces: Piece,
    binding: str | None = None,
    everything_down: bool | None = None,
    everything_back: bool | None = None,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    **attributes: object,
) -> str:
    """A call activity; `everything_down` and `everything_back` are propagateAllParentVariables and …ChildVariables."""
    called = zeebe(
        "calledElement",
        processId=process,
        bindingType=binding,
        propagateAllParentVariables=everything_down,
        propagateAllChildVariables=everything_back,
    )
    inside = extensions(called if process else "", mapping(inputs, outputs))
    return node("callActivity", id, inside, *pieces, **attributes)


def receive(
    id: str,
    message: str | None,
    *pieces: Piece,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    **attributes: object,
) -> str:
    """A receive task that waits for the message of this id (`message`)."""
    inside = extensions(mapping(inputs, outputs))
    return node("receiveTask", id, inside, *pieces, messageRef=message, **attributes)


def sub(
    id: str,
    *pieces: Piece,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    tag: str = "subProcess",
    **attributes: object,
) -> str:
    """A sub-process: its pieces are what it holds, flows included."""
    return node(tag, id, extensions(mapping(inputs, outputs)), *pieces, **attributes)


def exclusive(id: str, *pieces: Piece, **attributes: object) -> str:
    return node("exclusiveGateway", id, *pieces, **attributes)


def parallel(id: str, *pieces: Piece, **attributes: object) -> str:
    return node("parallelGateway", id, *pieces, **attributes)


def inclusive(id: str, *pieces: Piece, **attributes: object) -> str:
    return node("inclusiveGateway", id, *pieces, **attributes)


def event_based(id: str, *pieces: Piece, **attributes: object) -> str:
    return node("eventBasedGateway", id, *pieces, **attributes)


def event(
    tag: str,
    id: str,
    kind: str | None,
    *pieces: Piece,
    ref: str | None = None,
    extra: Piece = "",
    **attributes: object,
) -> str:
    """An event: `event("boundaryEvent", "lewat", "timer", timer("timeDuration", "PT1H"), attachedToRef="periksa")`.

    `ref` is the id of its message, error, escalation or signal; `extra` (`job`, `extensions`) stands beside the definition.
    """
    refers = {f"{kind}Ref": ref} if ref else {}
    return node(tag, id, extra, definition(kind, *pieces, **refers) if kind else "", **attributes)


def catch(id: str, kind: str, *pieces: Piece, ref: str | None = None, **attributes: object) -> str:
    """An intermediate event that waits: `catch("tiba", "message", ref="surat")`."""
    return event("intermediateCatchEvent", id, kind, *pieces, ref=ref, **attributes)


def link(id: str, name: str, caught: bool = False) -> str:
    """One end of a link: the event that throws it, or the one that catches it."""
    tag = "intermediateCatchEvent" if caught else "intermediateThrowEvent"
    return node(tag, id, definition("link", name=name))


def boundary(
    id: str,
    on: str,
    kind: str,
    *pieces: Piece,
    ref: str | None = None,
    interrupting: bool = True,
    **attributes: object,
) -> str:
    """An event on the border of the activity `on`: `boundary("galat", "kirim", "error", ref="putus")`."""
    said = {"attachedToRef": on, "cancelActivity": None if interrupting else False}
    return event("boundaryEvent", id, kind, *pieces, ref=ref, **said, **attributes)


def definition(kind: str, *pieces: Piece, **attributes: object) -> str:
    """An event definition: timer, message, signal, error, escalation, terminate, conditional, link, compensate, cancel."""
    return element(f"bpmn:{kind}EventDefinition", *pieces, **attributes)


def timer(kind: str, value: str) -> str:
    """The inside of a timer: `kind` is timeDate, timeDuration or timeCycle."""
    return element(f"bpmn:{kind}", text(value))


# -- what events refer to: stands beside the process


def message(id: str, key: str | None = None, name: str | None = None) -> str:
    """A message; its name is its id unless said otherwise, `key` (FEEL) its correlation key."""
    inside = extensions(zeebe("subscription", correlationKey=key)) if key else ""
    return element("bpmn:message", inside, id=id, name=name or id)


def error(id: str, code: str | None = None) -> str:
    """An error; its code is its id unless said otherwise."""
    return element("bpmn:error", id=id, name=id, errorCode=code or id)


def signal(id: str, name: str | None = None) -> str:
    """A signal; its name is its id unless said otherwise."""
    return element("bpmn:signal", id=id, name=name or id)


def escalation(id: str, code: str | None = None) -> str:
    """An escalation; its code is its id unless said otherwise."""
    return element("bpmn:escalation", id=id, name=id, escalationCode=code or id)


# -- flows


def flow(
    source: str,
    target: str,
    condition: str | None = None,
    *,
    id: str | None = None,
    language: str | None = None,
    **attributes: object,
) -> str:
    inside = (
        "" if condition is None else element("bpmn:conditionExpression", text(condition), language=language)
    )
    ends = {"id": id or f"{source}_{target}", "sourceRef": source, "targetRef": target}
    return element("bpmn:sequenceFlow", inside, **ends, **attributes)


def path(*lines: str) -> str:
    """Unconditional flows along ids parted by blanks: `path("start periksa end")` makes two."""
    steps = (line.split() for line in lines)
    return "".join(flow(a, b) for ids in steps for a, b in pairwise(ids))


# -- lanes and pools


def lanes(*pieces: Piece, id: str = "lajur") -> str:
    return element("bpmn:laneSet", *pieces, id=id)


def lane(name: str, role: str | None, nodes: str, *inner: Piece, id: str | None = None) -> str:
    """A lane that holds nodes (ids parted by blanks) and further lanes."""
    held = [element("bpmn:flowNodeRef", text(node)) for node in nodes.split()]
    inside = element("bpmn:childLaneSet", *inner, id=f"{id or name}_dalam") if inner else ""
    return element(
        "bpmn:lane",
        extensions(props({"role": role} if role else None)),
        held,
        inside,
        id=id or f"lane_{name}",
        name=name,
    )


def collaboration(*pieces: Piece, id: str = "kolaborasi") -> str:
    return element("bpmn:collaboration", *pieces, id=id)


def participant(id: str, process: str | None = None, name: str | None = None) -> str:
    return element("bpmn:participant", id=id, name=name or id, processRef=process)


# -- what lies inside nodes


def extensions(*pieces: Piece) -> str:
    inside = _joined(pieces)
    return element("bpmn:extensionElements", inside) if inside else ""


def zeebe(tag: str, *pieces: Piece, **attributes: object) -> str:
    return element(f"zeebe:{tag}", *pieces, **attributes)


def job(
    type: str | None,
    headers: Mapping[str, str] | None = None,
    inputs: Mapping[str, str] | None = None,
    outputs: Mapping[str, str] | None = None,
    retries: object = None,
) -> str:
    """The work of a service or send task, or of a message event that throws, for handlers of `type`."""
    entries = [zeebe("header", key=key, value=value) for key, value in (headers or {}).items()]
    return extensions(
        zeebe("taskDefinition", type=type, retries=retries) if type else "",
        zeebe("taskHeaders", entries) if entries else "",
        mapping(inputs, outputs),
    )


def _form(form: str | None) -> str:
    return zeebe("formDefinition", formId=form) if form is not None else ""


def mapping(inputs: Mapping[str, str] | None = None, outputs: Mapping[str, str] | None = None) -> str:
    """Input and output mappings, target → source."""
    entries = [zeebe("input", source=source, target=target) for target, source in (inputs or {}).items()]
    entries += [zeebe("output", source=source, target=target) for target, source in (outputs or {}).items()]
    return zeebe("ioMapping", entries) if entries else ""


def props(properties: Mapping[str, str] | None) -> str:
    entries = [zeebe("property", name=name, value=value) for name, value in (properties or {}).items()]
    return zeebe("properties", entries) if entries else ""


def many(
    collection: str | None,
    item: str | None = None,
    *,
    sequential: bool = False,
    output: str | None = None,
    each: str | None = None,
    until: str | None = None,
) -> str:
    """Several instances, one for each item of a collection: `user("nilai", many("=pegawai", "seorang"))`.

    `output` collects the value of `each` of every round; `until` is the condition of completion.
    """
    loop = zeebe(
        "loopCharacteristics",
        inputCollection=collection,
        inputElement=item,
        outputCollection=output,
        outputElement=each,
    )
    return element(
        "bpmn:multiInstanceLoopCharacteristics",
        extensions(loop) if collection else "",
        element("bpmn:completionCondition", text(until)) if until else "",
        isSequential=sequential,
    )
