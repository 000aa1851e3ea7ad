"""What the engine runs: one table, by kind of element. What is not in it is refused by name.

A kind is the element's BPMN name, with an event's definition after a colon (`words.kind`). A sentence says why an
element is refused and what to draw instead; RUNS says that the engine runs it as BPMN and Camunda 8 mean it.
"""

from collections.abc import Iterator

from server.bpmn.model import (
    Activity,
    Binding,
    BoundaryEvent,
    CallActivity,
    Called,
    CatchEvent,
    Diagram,
    EndEvent,
    Error,
    Escalation,
    Event,
    Form,
    Gateway,
    Link,
    Message,
    Node,
    Signal,
    StandardLoop,
    StartEvent,
    ThrowEvent,
    UserTask,
)
from server.bpmn.words import kind, problem
from server.errors import Problem

RUNS = ""

_LINK = "tautan hanya ada sebagai peristiwa antara yang melempar dan yang menangkap; hubungkan langkahnya dengan alur biasa."
_COMPENSATION = "kompensasi tidak didukung; gambar langkah pembatalannya sebagai tugas biasa."
_TRANSACTION = "transaksi tidak didukung; pakai subproses biasa."
_CONDITIONAL = "peristiwa bersyarat tidak didukung; periksa syaratnya di gerbang eksklusif."

_NO_EVENTS = {
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
    "eventSubProcess": RUNS,
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
    "startEvent:Signal": RUNS,
    "intermediateCatchEvent:Signal": RUNS,
    "intermediateThrowEvent:Signal": RUNS,
    "boundaryEvent:Signal": RUNS,
    "endEvent:Signal": RUNS,
    "complexGateway": "gerbang kompleks tidak didukung; pakai gerbang eksklusif, paralel, atau inklusif.",
    "transaction": _TRANSACTION,
    "adHocSubProcess": "subproses ad hoc tidak didukung; hubungkan langkahnya dengan alur dan gerbang.",
    **{f"{tag}:{definition}": reason for tag in _EVENT_TAGS for definition, reason in _NO_EVENTS.items()},
    "intermediateThrowEvent:Link": RUNS,
    "intermediateCatchEvent:Link": RUNS,
}

DEFAULTED = ("exclusiveGateway", "inclusiveGateway", "complexGateway")
"""The gateways that may have a default flow."""

_NO_SENSE = "jenis peristiwa ini tidak dapat dijalankan; pilih jenis lain."
_COMPUTED = "bindingType deployment butuh proses yang tetap; tulis namanya tanpa “=”, atau hapus bindingType."
_ONE_GROUP = "calon hanya boleh satu kelompok (candidateGroups); sisakan satu, atau sebutkan orangnya (candidateUsers)."


def check(diagram: Diagram) -> Iterator[Problem]:
    """Every node of the diagram's executable processes that the engine does not run."""
    for process in diagram.executable:
        for scope in process.scopes():
            for node, acting in scope.acting():
                yield from (problem(node, reason) for reason in _reasons(acting))


def _reasons(node: Node) -> Iterator[str]:
    reason = ELEMENTS.get(kind(node), _NO_SENSE)
    if reason:
        yield reason
    if isinstance(node, UserTask | StartEvent) and node.form:
        yield from _form_reasons(node.form)
    if isinstance(node, UserTask):
        yield from _assignment_reasons(node)
    if isinstance(node, CallActivity) and node.called:
        yield from _called_reasons(node.called)
    if isinstance(node, Event):
        yield from _event_reasons(node)
    elif isinstance(node, Activity):
        yield from _activity_reasons(node)
    elif isinstance(node, Gateway) and node.default and node.kind not in DEFAULTED:
        yield "alur default hanya berlaku di gerbang eksklusif dan inklusif; hapus tanda default."


def _form_reasons(form: Form) -> Iterator[str]:
    if not form.id:
        yield "formulir lewat formKey atau externalReference tidak dibaca; rujuk berkas .form dengan formId."
    elif form.id.startswith("="):
        yield "formId dihitung saat berjalan, padahal harus tetap; tulis id formulirnya tanpa “=”."


def _called_reasons(called: Called) -> Iterator[str]:
    if called.process.feel and called.binding is Binding.DEPLOYMENT:
        yield _COMPUTED


def _assignment_reasons(task: UserTask) -> Iterator[str]:
    groups = task.candidate_groups
    if groups and not groups.feel and "," in groups.text:
        yield _ONE_GROUP


def _event_reasons(event: Event) -> Iterator[str]:
    if len(event.definitions) > 1:
        yield "satu peristiwa hanya boleh punya satu jenis; pecah menjadi beberapa peristiwa."
    if event.inputs and isinstance(event, BoundaryEvent):
        yield "pemetaan masukan tidak dijalankan di sini; hapus."
    elif (event.inputs or event.outputs) and not _has_mappings(event):
        yield "pemetaan masukan dan keluaran tidak dijalankan di sini; pindahkan ke tugas di depan atau di belakangnya."
    elif event.outputs and isinstance(event, EndEvent) and isinstance(event.definition, Error):
        yield "pemetaan keluaran tidak dijalankan pada galat; pindahkan ke tugas di depannya."
    if isinstance(event, BoundaryEvent) and not event.definitions:
        yield "pilih jenis peristiwanya, misalnya pewaktu atau galat."


def _has_mappings(event: Event) -> bool:
    """Whether the event is one that works or waits by itself."""
    works = isinstance(event, EndEvent | ThrowEvent) and isinstance(
        event.definition, Message | Signal | Error | Escalation
    )
    waits = isinstance(event, BoundaryEvent | CatchEvent)
    return works or (waits and not isinstance(event.definition, Link))


def _activity_reasons(activity: Activity) -> Iterator[str]:
    if isinstance(activity.loop, StandardLoop):
        yield "pengulangan standar tidak didukung; gambar alur kembali lewat gerbang eksklusif."
    if activity.compensation:
        yield _COMPENSATION
