"""What a file holds beside plain BPMN that the engine runs: extension elements and attributes, looked at in the XML.

What changes how a diagram behaves and is not run is refused by name; what only decorates (colours, the modeler's own
notes, other vendors' namespaces) is let through. Ids are looked at here too, as the model keeps one element for each.
"""

from collections.abc import Iterator

from lxml import etree

from server.bpmn.markup import BPMN, ZEEBE, local, tag
from server.bpmn.model import Binding
from server.bpmn.reader import NODES
from server.bpmn.words import told
from server.errors import Problem

Element = etree._Element

_JOB = {"taskDefinition", "taskHeaders", "ioMapping"}
_EVERYWHERE = {"properties"}

ALLOWED: dict[str, set[str]] = {
    "process": {"versionTag"},
    "startEvent": {"formDefinition", "ioMapping"},
    "endEvent": _JOB,
    "intermediateThrowEvent": _JOB,
    "intermediateCatchEvent": {"ioMapping"},
    "boundaryEvent": {"ioMapping"},
    "task": {"ioMapping"},
    "manualTask": {"ioMapping"},
    "userTask": {
        "userTask",
        "formDefinition",
        "assignmentDefinition",
        "taskSchedule",
        "priorityDefinition",
        "taskHeaders",
        "ioMapping",
    },
    "serviceTask": _JOB,
    "sendTask": _JOB,
    "businessRuleTask": _JOB | {"calledDecision"},
    "scriptTask": _JOB | {"script"},
    "receiveTask": {"ioMapping"},
    "callActivity": {"calledElement", "ioMapping"},
    "subProcess": {"ioMapping"},
    "transaction": {"ioMapping"},
    "adHocSubProcess": _JOB | {"adHoc"},
    "multiInstanceLoopCharacteristics": {"loopCharacteristics"},
    "message": {"subscription"},
}
"""The zeebe elements that are read, by the BPMN element that carries them; `properties` may be anywhere."""

REASONS = {
    "executionListeners": "pendengar (zeebe:executionListeners) tidak dijalankan; gambar pekerjaannya sebagai tugas layanan.",
    "taskListeners": "pendengar (zeebe:taskListeners) tidak dijalankan; gambar pekerjaannya sebagai tugas layanan.",
    "userTaskForm": "formulir yang tertanam (zeebe:userTaskForm) tidak dibaca; simpan sebagai berkas .form.",
}

ENGINES = {
    "http://camunda.org/schema/1.0/bpmn": "Camunda 7",
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
    "http://activiti.org/bpmn": "Activiti",
    "http://flowable.org/bpmn": "Flowable",
    "http://www.jboss.org/drools": "jBPM",
    "http://operaton.org/schema/1.0/bpmn": "Operaton",
}
HARMLESS = {"historyTimeToLive", "versionTag", "diagramRelationId"}
"""Attributes of those engines that change nothing in a run."""

REQUIRED = {
    "input": ("source", "target"),
    "output": ("source", "target"),
    "property": ("name",),
    "header": ("key",),
    "taskDefinition": ("type",),
    "calledDecision": ("decisionId",),
    "calledElement": ("processId",),
    "script": ("expression",),
    "loopCharacteristics": ("inputCollection",),
}

IN_SCOPE = {
    *NODES,
    "sequenceFlow",
    "laneSet",
    "documentation",
    "extensionElements",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "textAnnotation",
    "group",
    "association",
    "ioSpecification",
    "ioBinding",
    "property",
    "auditing",
    "monitoring",
    "incoming",
    "outgoing",
    "dataInputAssociation",
    "dataOutputAssociation",
    "standardLoopCharacteristics",
    "multiInstanceLoopCharacteristics",
    "category",
    "correlationSubscription",
    "supportedInterfaceRef",
    "completionCondition",
}
"""What a process or sub-process may hold; the drawn and descriptive ones are not run."""

PERFORMERS = {"performer", "humanPerformer", "potentialOwner", "resourceRole"}


def check(root: Element) -> Iterator[Problem]:
    """Every problem of this kind in the file."""
    seen: set[str] = set()
    for element in root.iter(f"{{{BPMN}}}*"):
        yield from _doubled(element, seen)
        yield from _attributes(element)
        yield from _content(element)
        for extensions in element.iterchildren(tag("extensionElements")):
            for extension in extensions.iterchildren():
                yield from _extension(element, extension)


def _doubled(element: Element, seen: set[str]) -> Iterator[Problem]:
    element_id = element.get("id")
    if element_id in seen:
        yield told(element, f"id “{element_id}” dipakai lebih dari sekali; ganti salah satunya.")
    elif element_id:
        seen.add(element_id)


def _attributes(element: Element) -> Iterator[Problem]:
    for name in element.attrib:
        attribute = etree.QName(name)
        engine = ENGINES.get(attribute.namespace or "")
        if engine and attribute.localname not in HARMLESS:
            yield told(element, _other_engine(engine, attribute.localname))


def _content(element: Element) -> Iterator[Problem]:
    is_scope = local(element) in ("process", "subProcess", "transaction", "adHocSubProcess")
    for child in element.iterchildren(f"{{{BPMN}}}*"):
        name = local(child)
        if name in PERFORMERS:
            yield told(
                element,
                f"pelaku lewat bpmn:{name} tidak dibaca; pakai lajur atau zeebe:assignmentDefinition.",
            )
        elif is_scope and name not in IN_SCOPE:
            yield told(child, f"elemen bpmn:{name} tidak dikenal; hapus, atau pakai elemen lain.")


def _extension(carrier: Element, extension: Element) -> Iterator[Problem]:
    name = etree.QName(extension)
    if engine := ENGINES.get(name.namespace or ""):
        yield told(carrier, _other_engine(engine, name.localname))
    elif name.namespace == ZEEBE:
        allowed = name.localname in _EVERYWHERE | ALLOWED.get(local(carrier), set())
        yield from _details(carrier, extension) if allowed else _not_run(carrier, extension)


def _not_run(carrier: Element, extension: Element) -> Iterator[Problem]:
    name = etree.QName(extension).localname
    if name in REASONS:
        if len(extension) or name == "userTaskForm":
            yield told(carrier, REASONS[name])
    elif any(name in names for names in ALLOWED.values()):
        yield told(carrier, f"zeebe:{name} tidak berlaku di sini; hapus.")
    else:
        yield told(carrier, f"zeebe:{name} tidak dijalankan; hapus.")


def _details(carrier: Element, extension: Element) -> Iterator[Problem]:
    for element in extension.iter(f"{{{ZEEBE}}}*"):
        name = etree.QName(element).localname
        for attribute in REQUIRED.get(name, ()):
            if not element.get(attribute, "").strip():
                yield told(carrier, f"zeebe:{name} tanpa {attribute}; isi atau hapus.", element.sourceline)
        binding = element.get("bindingType", Binding.LATEST)
        if binding not in set(Binding):
            yield told(
                carrier, f"bindingType “{binding}” tidak dikenal; pilih latest, deployment, atau versionTag."
            )
        elif binding == Binding.VERSION_TAG and not element.get("versionTag"):
            yield told(carrier, "bindingType versionTag butuh versionTag; isi atau pilih latest.")


def _other_engine(engine: str, name: str) -> str:
    return f"“{name}” milik {engine} tidak dijalankan; pakai elemen Camunda 8 (zeebe), lalu hapus yang ini."
