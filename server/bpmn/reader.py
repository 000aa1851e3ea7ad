"""The XML tree of a BPMN file → the typed model, and what could not be read in it."""

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from server.bpmn import extensions, interchange
from server.bpmn.extensions import expression, truth
from server.bpmn.markup import BPMN, local, tag
from server.bpmn.model import (
    NOTHING,
    Activity,
    Artifact,
    ArtifactKind,
    BoundaryEvent,
    BusinessRuleTask,
    CallActivity,
    Cancel,
    CatchEvent,
    Compensate,
    Conditional,
    Diagram,
    EndEvent,
    Error,
    Escalation,
    EventDefinition,
    Expression,
    Flow,
    Gateway,
    GatewayKind,
    Lane,
    Link,
    ManualTask,
    Message,
    MultiInstance,
    Node,
    Participant,
    Process,
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    Signal,
    StandardLoop,
    StartEvent,
    SubProcess,
    SubProcessKind,
    Task,
    Terminate,
    ThrowEvent,
    Timer,
    TimerKind,
    UserTask,
)
from server.bpmn.words import told
from server.errors import Problem

Element = etree._Element
Fields = dict[str, Any]


class Reader:
    """Reads one file; `problems` grows while it does."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.roots = {one.get("id"): one for one in root.iterchildren(f"{{{BPMN}}}*")}

    def diagram(self) -> Diagram:
        elements = list(self.root.iterchildren(tag("process")))
        marked = any(truth(one.get("isExecutable"), default=False) for one in elements)
        collaboration = self.root.find(tag("collaboration"))
        if collaboration is not None and not self._has_id(collaboration):
            collaboration = None
        planes, problems = interchange.planes(self.root)
        self.problems += problems
        return Diagram(
            id=self.root.get("id") or None,
            processes=tuple(self._process(one, marked) for one in elements if self._has_id(one)),
            collaboration=None if collaboration is None else collaboration.get("id"),
            participants=tuple(self._participants(collaboration)),
            artifacts=() if collaboration is None else self._artifacts(collaboration),
            planes=planes,
        )

    def note(self, element: Element, message: str) -> None:
        """Write down a problem of this element."""
        self.problems.append(told(element, message))

    # -- processes and scopes

    def _process(self, element: Element, marked: bool) -> Process:
        scope = self._scope(element)
        executable = truth(element.get("isExecutable"), default=False) or not marked
        return Process(
            id=element.get("id", ""),
            name=element.get("name") or None,
            executable=executable and bool(scope["nodes"]),
            documentation=_documentation(element),
            properties=extensions.properties(element),
            version_tag=extensions.version_tag(element),
            line=element.sourceline,
            **scope,
        )

    def _scope(self, element: Element) -> Fields:
        nodes = [
            self._node(one) for one in element.iterchildren() if local(one) in NODES and self._has_id(one)
        ]
        flows = [self._flow(one) for one in element.iterchildren(tag("sequenceFlow")) if self._has_id(one)]
        return {
            "nodes": {node.id: node for node in nodes},
            "flows": {flow.id: flow for flow in flows},
            "lanes": tuple(self._lanes(element.iterchildren(tag("laneSet")))),
            "artifacts": self._artifacts(element),
        }

    def _has_id(self, element: Element) -> bool:
        if element.get("id"):
            return True
        named = f"bpmn:{local(element)}" + (f" “{element.get('name')}”" if element.get("name") else "")
        self.note(element, f"{named} tidak punya id; simpan ulang dari penyunting diagram.")
        return False

    def _flow(self, element: Element) -> Flow:
        condition = element.find(tag("conditionExpression"))
        return Flow(
            id=element.get("id", ""),
            source=element.get("sourceRef", ""),
            target=element.get("targetRef", ""),
            name=element.get("name") or None,
            condition=None if condition is None else self._formal(condition),
            line=element.sourceline,
        )

    def _formal(self, element: Element) -> Expression | None:
        """The text of an expression element, whose language must be FEEL."""
        language = element.get("language", "")
        if language and "feel" not in language.lower():
            owner = element.getparent()
            self.note(
                owner if owner is not None else element,
                f"bahasa {language} tidak dijalankan; tulis FEEL yang diawali “=”.",
            )
            return None
        return expression("".join(str(text) for text in element.itertext()))

    def _lanes(self, sets: Iterator[Element]) -> Iterator[Lane]:
        for lane_set in sets:
            for element in lane_set.iterchildren(tag("lane")):
                if self._has_id(element):
                    yield self._lane(element)

    def _lane(self, element: Element) -> Lane:
        inner = tuple(self._lanes(element.iterchildren(tag("childLaneSet"))))
        deeper = {node for lane in inner for node in _held(lane)}
        refs = [(one.text or "").strip() for one in element.iterchildren(tag("flowNodeRef"))]
        properties = extensions.properties(element)
        return Lane(
            id=element.get("id", ""),
            name=element.get("name") or None,
            role=properties.get("role") or None,
            nodes=tuple(ref for ref in refs if ref and ref not in deeper),
            lanes=inner,
            properties=properties,
            line=element.sourceline,
        )

    # -- nodes

    def _node(self, element: Element) -> Node:
        fields: Fields = {
            "id": element.get("id"),
            "name": element.get("name") or None,
            "documentation": _documentation(element),
            "properties": extensions.properties(element),
            "template": extensions.template(element),
            "line": element.sourceline,
        }
        return NODES[local(element)](self, element, fields)

    def _gateway(self, element: Element, fields: Fields) -> Node:
        self._note_instantiating(element)
        return Gateway(kind=GatewayKind(local(element)), default=element.get("default") or None, **fields)

    def _note_instantiating(self, element: Element) -> None:
        if truth(element.get("instantiate"), default=False):
            self.note(element, "instantiate tidak dijalankan; gambar peristiwa mulai untuk pesannya.")

    def _start_event(self, element: Element, fields: Fields) -> Node:
        interrupting = truth(element.get("isInterrupting"), default=True)
        form = extensions.form(element)
        return StartEvent(interrupting=interrupting, form=form, **fields, **self._event(element))

    def _end_event(self, element: Element, fields: Fields) -> Node:
        return EndEvent(**fields, **self._event(element), **_work(element))

    def _throw_event(self, element: Element, fields: Fields) -> Node:
        return ThrowEvent(**fields, **self._event(element), **_work(element))

    def _catch_event(self, element: Element, fields: Fields) -> Node:
        return CatchEvent(**fields, **self._event(element))

    def _boundary_event(self, element: Element, fields: Fields) -> Node:
        return BoundaryEvent(
            attached_to=element.get("attachedToRef", ""),
            interrupting=truth(element.get("cancelActivity"), default=True),
            **fields,
            **self._event(element),
        )

    def _event(self, element: Element) -> Fields:
        found = [
            DEFINITIONS[local(one)](self, one) for one in element.iterchildren() if local(one) in DEFINITIONS
        ]
        referred = sum(1 for _ in element.iterchildren(tag("eventDefinitionRef")))
        if referred:
            self.note(
                element,
                "definisi peristiwa lewat eventDefinitionRef tidak dibaca; gambar ulang peristiwanya.",
            )
        return {"definitions": tuple(one for one in found if one is not None), **_mappings(element)}

    def _plain_task(self, element: Element, fields: Fields) -> Node:
        kind: type[Activity] = ManualTask if local(element) == "manualTask" else Task
        return kind(**fields, **self._activity(element))

    def _user_task(self, element: Element, fields: Fields) -> Node:
        def said(name: str, attribute: str) -> Expression | None:
            found = extensions.child(element, name)
            return None if found is None else expression(found.get(attribute))

        return UserTask(
            form=extensions.form(element),
            assignee=said("assignmentDefinition", "assignee"),
            candidate_groups=said("assignmentDefinition", "candidateGroups"),
            candidate_users=said("assignmentDefinition", "candidateUsers"),
            due_date=said("taskSchedule", "dueDate"),
            follow_up_date=said("taskSchedule", "followUpDate"),
            priority=said("priorityDefinition", "priority"),
            **fields,
            **self._activity(element),
        )

    def _job_task(self, element: Element, fields: Fields) -> Node:
        kind = SendTask if local(element) == "sendTask" else ServiceTask
        return kind(job=extensions.job(element), **fields, **self._activity(element))

    def _rule_task(self, element: Element, fields: Fields) -> Node:
        decision = extensions.decision(element)
        return BusinessRuleTask(
            decision=decision, job=extensions.job(element), **fields, **self._activity(element)
        )

    def _script_task(self, element: Element, fields: Fields) -> Node:
        script = extensions.script(element)
        if (element.findtext(tag("script")) or "").strip():
            self.note(element, "naskah bpmn:script tidak dijalankan; tulis ungkapan FEEL (zeebe:script).")
        return ScriptTask(script=script, job=extensions.job(element), **fields, **self._activity(element))

    def _receive_task(self, element: Element, fields: Fields) -> Node:
        self._note_instantiating(element)
        message = self._message(element) if element.get("messageRef") else None
        return ReceiveTask(message=message, **fields, **self._activity(element))

    def _call_activity(self, element: Element, fields: Fields) -> Node:
        return CallActivity(called=extensions.called(element), **fields, **self._activity(element))

    def _sub_process(self, element: Element, fields: Fields) -> Node:
        kind = SubProcessKind(local(element))
        if truth(element.get("triggeredByEvent"), default=False):
            kind = SubProcessKind.EVENT
        return SubProcess(kind=kind, **fields, **self._activity(element), **self._scope(element))

    def _activity(self, element: Element) -> Fields:
        for attribute in ("startQuantity", "completionQuantity"):
            if element.get(attribute, "1").strip() != "1":
                self.note(element, f"{attribute} selain 1 tidak dijalankan; hapus atribut itu.")
        return {
            "loop": self._loop(element),
            "default": element.get("default") or None,
            "compensation": truth(element.get("isForCompensation"), default=False),
            "headers": extensions.headers(element),
            **_mappings(element),
        }

    def _loop(self, element: Element) -> MultiInstance | StandardLoop | None:
        several = element.find(tag("multiInstanceLoopCharacteristics"))
        if several is not None:
            return self._multi_instance(several)
        loop = element.find(tag("standardLoopCharacteristics"))
        return None if loop is None else self._standard_loop(loop)

    def _multi_instance(self, element: Element) -> MultiInstance:
        completion = element.find(tag("completionCondition"))
        if (element.findtext(tag("loopCardinality")) or "").strip():
            self.note(element, "loopCardinality tidak dijalankan; isi kumpulan masukan (inputCollection).")
        if element.get("behavior", "All") != "All":
            self.note(element, "behavior selain All tidak dijalankan; hapus atribut itu.")
        found = extensions.child(element, "loopCharacteristics")
        said: Callable[[str], str | None] = (lambda name: None) if found is None else found.get
        return MultiInstance(
            sequential=truth(element.get("isSequential"), default=False),
            collection=expression(said("inputCollection")),
            element=said("inputElement") or None,
            output_collection=said("outputCollection") or None,
            output_element=expression(said("outputElement")),
            completion=None if completion is None else self._formal(completion),
        )

    def _standard_loop(self, element: Element) -> StandardLoop:
        condition = element.find(tag("loopCondition"))
        maximum = element.get("loopMaximum", "")
        return StandardLoop(
            condition=None if condition is None else self._formal(condition),
            maximum=int(maximum) if maximum.isdecimal() and len(maximum) < 10 else None,
            test_before=truth(element.get("testBefore"), default=False),
        )

    # -- event definitions

    def _timer(self, element: Element) -> Timer | None:
        found = [one for one in element.iterchildren() if local(one) in set(TimerKind)]
        value = self._formal(found[0]) if len(found) == 1 else None
        if value is None:
            self.note(_owner(element), "isi tepat satu waktu: tanggal, lama, atau perulangan.")
            return None
        return Timer(TimerKind(local(found[0])), value)

    def _message(self, element: Element) -> Message:
        found = self._referred(element, "messageRef", "message")
        name = None if found is None else expression(found.get("name"))
        subscription = None if found is None else extensions.child(found, "subscription")
        key = None if subscription is None else expression(subscription.get("correlationKey"))
        return Message(name or NOTHING, key)

    def _signal(self, element: Element) -> Signal:
        found = self._referred(element, "signalRef", "signal")
        name = None if found is None else expression(found.get("name"))
        if name is None:
            self.note(_owner(element), "pilih sinyal yang bernama.")
        return Signal(name or NOTHING)

    def _error(self, element: Element) -> Error:
        found = self._referred(element, "errorRef", "error")
        return Error(None if found is None else expression(found.get("errorCode")))

    def _escalation(self, element: Element) -> Escalation:
        found = self._referred(element, "escalationRef", "escalation")
        return Escalation(None if found is None else expression(found.get("escalationCode")))

    def _referred(self, element: Element, attribute: str, kind: str) -> Element | None:
        reference = element.get(attribute)
        found = self.roots.get(reference) if reference else None
        if reference and (found is None or local(found) != kind):
            self.note(_owner(element), f"{attribute} menunjuk “{reference}”, yang tidak ada dalam diagram.")
            return None
        return found

    def _terminate(self, element: Element) -> Terminate:
        return Terminate()

    def _conditional(self, element: Element) -> Conditional | None:
        condition = element.find(tag("condition"))
        value = None if condition is None else self._formal(condition)
        if value is None:
            self.note(_owner(element), "isi syarat peristiwanya, dalam FEEL yang diawali “=”.")
            return None
        return Conditional(value)

    def _link(self, element: Element) -> Link:
        return Link(element.get("name"))

    def _compensate(self, element: Element) -> Compensate:
        return Compensate(element.get("activityRef"))

    def _cancel(self, element: Element) -> Cancel:
        return Cancel()

    # -- what is only drawn

    def _participants(self, collaboration: Element | None) -> Iterator[Participant]:
        for one in () if collaboration is None else collaboration.iterchildren(tag("participant")):
            if self._has_id(one):
                yield Participant(one.get("id", ""), one.get("name") or None, one.get("processRef") or None)

    def _artifacts(self, element: Element) -> tuple[Artifact, ...]:
        own = element.iterchildren(*ARTIFACTS)
        lines = (line for one in element.iterchildren() for line in one.iterchildren(*DATA_LINES))
        found = [_artifact(one) for one in (*own, *lines) if one.get("id")]
        return tuple(sorted(found, key=lambda one: KINDS.index(one.kind)))


def _documentation(element: Element) -> str | None:
    texts = (
        "".join(str(text) for text in one.itertext()).strip()
        for one in element.iterchildren(tag("documentation"))
    )
    return "\n\n".join(text for text in texts if text) or None


def _work(element: Element) -> Fields:
    return {"job": extensions.job(element), "headers": extensions.headers(element)}


def _mappings(element: Element) -> Fields:
    return {direction + "s": extensions.parameters(element, direction) for direction in ("input", "output")}


def _held(lane: Lane) -> Iterator[str]:
    yield from lane.nodes
    for inner in lane.lanes:
        yield from _held(inner)


def _owner(element: Element) -> Element:
    """The event around an event definition; a receive task is its own."""
    parent = element.getparent()
    return parent if parent is not None and local(element).endswith("EventDefinition") else element


KINDS = tuple(ArtifactKind)
ARTIFACTS = tuple(tag(kind) for kind in KINDS)
DATA_LINES = (tag(ArtifactKind.DATA_INPUT), tag(ArtifactKind.DATA_OUTPUT))


def _artifact(element: Element) -> Artifact:
    kind = ArtifactKind(local(element))
    owner = element.getparent()
    around = None if owner is None else owner.get("id")
    source, target = element.get("sourceRef"), element.get("targetRef")
    if kind is ArtifactKind.DATA_INPUT:
        source, target = element.findtext(tag("sourceRef")), around
    elif kind is ArtifactKind.DATA_OUTPUT:
        source, target = around, element.findtext(tag("targetRef"))
    text = element.findtext(tag("text")) or element.get("name")
    return Artifact(element.get("id", ""), kind, text or None, source or None, target or None)


NODES: dict[str, Callable[[Reader, Element, Fields], Node]] = {
    "startEvent": Reader._start_event,
    "endEvent": Reader._end_event,
    "intermediateCatchEvent": Reader._catch_event,
    "intermediateThrowEvent": Reader._throw_event,
    "boundaryEvent": Reader._boundary_event,
    "task": Reader._plain_task,
    "manualTask": Reader._plain_task,
    "userTask": Reader._user_task,
    "serviceTask": Reader._job_task,
    "sendTask": Reader._job_task,
    "receiveTask": Reader._receive_task,
    "scriptTask": Reader._script_task,
    "businessRuleTask": Reader._rule_task,
    "callActivity": Reader._call_activity,
    "subProcess": Reader._sub_process,
    "transaction": Reader._sub_process,
    "adHocSubProcess": Reader._sub_process,
    **dict.fromkeys(GatewayKind, Reader._gateway),
}

DEFINITIONS: dict[str, Callable[[Reader, Element], EventDefinition | None]] = {
    "timerEventDefinition": Reader._timer,
    "messageEventDefinition": Reader._message,
    "signalEventDefinition": Reader._signal,
    "errorEventDefinition": Reader._error,
    "escalationEventDefinition": Reader._escalation,
    "terminateEventDefinition": Reader._terminate,
    "conditionalEventDefinition": Reader._conditional,
    "linkEventDefinition": Reader._link,
    "compensateEventDefinition": Reader._compensate,
    "cancelEventDefinition": Reader._cancel,
}
