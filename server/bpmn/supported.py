"""What the engine runs: one table, by kind of element. What is not in it is refused by name.

A kind is the element's BPMN name, with an event's definition after a colon (`words.kind`). A sentence says why an
element is refused and what to draw instead; RUNS says that the engine runs it as BPMN and Camunda 8 mean it.
"""

from collections.abc import Iterator

from server.bpmn.model import (
    Activity,
    Binding,
    BoundaryEvent,
    BusinessRuleTask,
    Diagram,
    EndEvent,
    Event,
    Form,
    Gateway,
    Node,
    StandardLoop,
    StartEvent,
    ThrowEvent,
    UserTask,
)
from server.bpmn.words import kind, problem
from server.errors import Problem

RUNS = ""

_NOT_YET = "belum didukung; "
_LINK = "peristiwa tautan tidak didukung; hubungkan langkahnya dengan alur biasa."
_COMPENSATION = "kompensasi tidak didukung; gambar langkah pembatalannya sebagai tugas biasa."
_TRANSACTION = "transaksi tidak didukung; pakai subproses biasa."
_SIGNAL = _NOT_YET + "gambar sinyalnya sebagai tugas pengguna."
_CONDITIONAL = _NOT_YET + "periksa syaratnya di gerbang eksklusif."

_NO_EVENTS = {
    "Signal": _SIGNAL,
    "Conditional": _CONDITIONAL,
    "Link": _LINK,
    "Compensate": _COMPENSATION,
    "Cancel": _TRANSACTION,
}
_EVENT_TAGS = ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")

ELEMENTS: dict[str, str] = {
    "startEvent": RUNS,
    "endEvent": RUNS,
    "endEvent:Terminate": RUNS,
    "intermediateThrowEvent": RUNS,
    "userTask": RUNS,
    "serviceTask": RUNS,
    "businessRuleTask": RUNS,
    "scriptTask": RUNS,
    "manualTask": RUNS,
    "task": RUNS,
    "exclusiveGateway": RUNS,
    "parallelGateway": RUNS,
    "inclusiveGateway": RUNS,
    "subProcess": RUNS,
    "callActivity": RUNS,
    "receiveTask": RUNS,
    "sendTask": RUNS,
    "eventBasedGateway": RUNS,
    "startEvent:Timer": RUNS,
    "startEvent:Message": RUNS,
    "intermediateCatchEvent:Timer": RUNS,
    "intermediateCatchEvent:Message": RUNS,
    "intermediateThrowEvent:Message": RUNS,
    "intermediateThrowEvent:Escalation": RUNS,
    "boundaryEvent:Timer": RUNS,
    "boundaryEvent:Message": RUNS,
    "boundaryEvent:Error": RUNS,
    "boundaryEvent:Escalation": RUNS,
    "endEvent:Message": RUNS,
    "endEvent:Error": RUNS,
    "endEvent:Escalation": RUNS,
    "complexGateway": "gerbang kompleks tidak didukung; pakai gerbang eksklusif, paralel, atau inklusif.",
    "eventSubProcess": _NOT_YET + "gambar penanganan peristiwanya dalam alur biasa.",
    "transaction": _TRANSACTION,
    "adHocSubProcess": "subproses ad hoc tidak didukung; hubungkan langkahnya dengan alur dan gerbang.",
    **{f"{tag}:{definition}": reason for tag in _EVENT_TAGS for definition, reason in _NO_EVENTS.items()},
}

DEFAULTED = ("exclusiveGateway", "inclusiveGateway", "complexGateway")
"""The gateways that may have a default flow."""

_NO_SENSE = "jenis peristiwa ini tidak dapat dijalankan; pilih jenis lain."
_TAGGED = "bindingType versionTag belum didukung; pilih latest atau deployment."
_MAPPINGS = "pemetaan masukan dan keluaran pada peristiwa atau gerbang belum dijalankan; pindahkan ke tugas."


def check(diagram: Diagram) -> Iterator[Problem]:
    """Every node of the diagram's executable processes that the engine does not run."""
    for process in diagram.executable:
        for node in process.every_node():
            yield from (problem(node, reason) for reason in _reasons(node))


def _reasons(node: Node) -> Iterator[str]:
    reason = ELEMENTS.get(kind(node), _NO_SENSE)
    if reason:
        yield reason
    if isinstance(node, UserTask | StartEvent) and node.form:
        yield from _form_reasons(node.form)
    if isinstance(node, BusinessRuleTask) and node.decision and node.decision.binding is Binding.VERSION_TAG:
        yield _TAGGED
    if isinstance(node, Event):
        yield from _event_reasons(node)
    elif isinstance(node, Activity):
        yield from _activity_reasons(node)
    elif isinstance(node, Gateway) and node.default and node.kind not in DEFAULTED:
        yield "alur default hanya berlaku di gerbang eksklusif dan inklusif; hapus tanda default."


def _form_reasons(form: Form) -> Iterator[str]:
    if not form.id:
        yield "formulir lewat formKey atau externalReference belum didukung; rujuk berkas .form dengan formId."
    elif form.id.startswith("="):
        yield "formId dihitung saat berjalan, padahal harus tetap; tulis id formulirnya tanpa “=”."
    if form.binding is Binding.VERSION_TAG:
        yield _TAGGED


def _event_reasons(event: Event) -> Iterator[str]:
    if len(event.definitions) > 1:
        yield "satu peristiwa hanya boleh punya satu jenis; pecah menjadi beberapa peristiwa."
    if event.inputs or event.outputs:
        yield _MAPPINGS
    if isinstance(event, EndEvent | ThrowEvent) and event.job and not event.definitions:
        yield "peristiwa polos tidak mengerjakan apa-apa; pindahkan jenis pekerjaannya ke tugas layanan."
    if isinstance(event, BoundaryEvent) and not event.definitions:
        yield "pilih jenis peristiwanya, misalnya pewaktu atau galat."


def _activity_reasons(activity: Activity) -> Iterator[str]:
    if isinstance(activity.loop, StandardLoop):
        yield "pengulangan standar belum didukung; gambar alur kembali lewat gerbang eksklusif."
    if activity.compensation:
        yield _COMPENSATION
