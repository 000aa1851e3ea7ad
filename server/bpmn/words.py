"""How an element is called in a sentence: its Indonesian noun, its name and its id."""

from lxml import etree

from server.bpmn.markup import local
from server.bpmn.model import (
    BoundaryEvent,
    BusinessRuleTask,
    CallActivity,
    CatchEvent,
    EndEvent,
    Event,
    Flow,
    Gateway,
    Lane,
    ManualTask,
    Node,
    Process,
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
    StartEvent,
    SubProcess,
    Task,
    ThrowEvent,
    UserTask,
)
from server.errors import Problem

Named = Node | Flow | Lane | Process

NOUNS = {
    "definitions": "Diagram",
    "collaboration": "Kolaborasi",
    "process": "Proses",
    "participant": "Kolam",
    "lane": "Lajur",
    "sequenceFlow": "Alur",
    "startEvent": "Peristiwa mulai",
    "endEvent": "Peristiwa akhir",
    "intermediateCatchEvent": "Peristiwa menunggu",
    "intermediateThrowEvent": "Peristiwa antara",
    "boundaryEvent": "Peristiwa tepi",
    "task": "Tugas",
    "userTask": "Tugas pengguna",
    "manualTask": "Tugas manual",
    "serviceTask": "Tugas layanan",
    "sendTask": "Tugas kirim",
    "receiveTask": "Tugas terima",
    "scriptTask": "Tugas naskah",
    "businessRuleTask": "Tugas aturan",
    "callActivity": "Panggilan proses",
    "subProcess": "Subproses",
    "eventSubProcess": "Subproses peristiwa",
    "transaction": "Subproses transaksi",
    "adHocSubProcess": "Subproses ad hoc",
    "exclusiveGateway": "Gerbang eksklusif",
    "parallelGateway": "Gerbang paralel",
    "inclusiveGateway": "Gerbang inklusif",
    "eventBasedGateway": "Gerbang peristiwa",
    "complexGateway": "Gerbang kompleks",
    "message": "Pesan",
}

TAGS: dict[type, str] = {
    Process: "process",
    Lane: "lane",
    Flow: "sequenceFlow",
    StartEvent: "startEvent",
    EndEvent: "endEvent",
    CatchEvent: "intermediateCatchEvent",
    ThrowEvent: "intermediateThrowEvent",
    BoundaryEvent: "boundaryEvent",
    Task: "task",
    UserTask: "userTask",
    ManualTask: "manualTask",
    ServiceTask: "serviceTask",
    SendTask: "sendTask",
    ReceiveTask: "receiveTask",
    ScriptTask: "scriptTask",
    BusinessRuleTask: "businessRuleTask",
    CallActivity: "callActivity",
}


def kind(element: Named) -> str:
    """The BPMN name of what it is; an event that has a definition adds it: `startEvent:Timer`."""
    if isinstance(element, Gateway | SubProcess):
        return element.kind.value
    if isinstance(element, Event) and element.definition:
        return f"{TAGS[type(element)]}:{type(element.definition).__name__}"
    return TAGS[type(element)]


def titled(tag: str, name: str | None, element_id: str | None) -> str:
    """As in `Tugas pengguna “Periksa berkas” (periksa)`."""
    quoted = f" “{' '.join(name.split())[:80]}”" if name else ""
    return f"{NOUNS.get(tag, tag)}{quoted}" + (f" ({element_id})" if element_id else "")


def called(element: Named) -> str:
    """The element's title."""
    return titled(kind(element).partition(":")[0], element.name, element.id)


def problem(element: Named, message: str) -> Problem:
    """A problem of one element; the message goes on after its title and a colon."""
    return Problem(f"{called(element)}: {message}", element.id, element.line)


def told(element: etree._Element, message: str, line: int | None = None) -> Problem:
    """A problem of an XML element, by the first around it that has an id; at its own line where none is given."""
    owner = element
    while not owner.get("id") and (parent := owner.getparent()) is not None:
        owner = parent
    named = titled(local(owner), owner.get("name"), owner.get("id"))
    return Problem(f"{named}: {message}", owner.get("id"), line or element.sourceline)
