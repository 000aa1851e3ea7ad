"""What a node must say to do its work: that it names it, and that names and durations are ones."""

import re
from collections.abc import Iterator

from server.bpmn.model import (
    Activity,
    BusinessRuleTask,
    CallActivity,
    Diagram,
    Event,
    MultiInstance,
    Node,
    ReceiveTask,
    ScriptTask,
    SendTask,
    ServiceTask,
)
from server.bpmn.times import is_duration
from server.bpmn.words import problem
from server.errors import Problem

VARIABLE = re.compile(r"[^\W\d]\w*")
PATH = re.compile(rf"{VARIABLE.pattern}(\.{VARIABLE.pattern})*")


def check(diagram: Diagram) -> Iterator[Problem]:
    """Every problem of this kind in the diagram's executable processes."""
    for process in diagram.executable:
        for node in process.every_node():
            yield from (problem(node, message) for message in _missing(node))
            if isinstance(node, Activity):
                yield from (problem(node, message) for message in _faults(node))
            if isinstance(node, Activity | Event):
                yield from (
                    problem(node, _misnamed(name)) for name in _mapped(node) if not PATH.fullmatch(name)
                )


def _missing(node: Node) -> Iterator[str]:
    match node:
        case ServiceTask(job=None) | SendTask(job=None):
            yield "isi jenis pekerjaannya (zeebe:taskDefinition type)."
        case BusinessRuleTask(decision=None, job=None):
            yield "pilih tabel keputusannya (zeebe:calledDecision decisionId)."
        case ScriptTask(script=None, job=None):
            yield "isi ungkapan FEEL dan nama variabel hasilnya (zeebe:script)."
        case CallActivity(called=None):
            yield "pilih proses yang dipanggil (zeebe:calledElement processId)."
        case ReceiveTask(message=None):
            yield "pilih pesan yang ditunggu."
    work = getattr(node, "decision", None) or getattr(node, "script", None)
    if work and getattr(node, "job", None):
        yield "punya dua isi sekaligus, jenis pekerjaan dan ungkapan atau keputusan; hapus salah satunya."


def _faults(activity: Activity) -> Iterator[str]:
    duration = activity.mutu_baku.waktu
    if duration and not is_duration(duration):
        yield f"waktu mutu baku “{duration}” bukan lama menurut ISO 8601; tulis seperti PT45M atau P2D."
    for name in _results(activity):
        if not VARIABLE.fullmatch(name):
            yield _misnamed(name)
    if isinstance(activity.loop, MultiInstance):
        yield from _loop_faults(activity.loop)


def _mapped(node: Activity | Event) -> Iterator[str]:
    """The variables that the node's mappings write, as paths."""
    yield from (parameter.target for parameter in (*node.inputs, *node.outputs))


def _results(activity: Activity) -> Iterator[str]:
    """The variables that the activity itself writes, besides its mappings."""
    if isinstance(activity, BusinessRuleTask) and activity.decision:
        yield activity.decision.result
    if isinstance(activity, ScriptTask) and activity.script:
        yield activity.script.result
    if isinstance(activity.loop, MultiInstance):
        yield from (name for name in (activity.loop.element, activity.loop.output_collection) if name)


def _misnamed(name: str) -> str:
    if not name:
        return "isi nama variabel hasilnya (resultVariable)."
    return f"“{name}” bukan nama variabel; pakai huruf, angka dan “_”, mulai dengan huruf."


def _loop_faults(loop: MultiInstance) -> Iterator[str]:
    if loop.collection is None:
        yield "banyak putaran: isi kumpulan masukannya (inputCollection)."
    if bool(loop.output_collection) != bool(loop.output_element):
        yield "banyak putaran: outputCollection dan outputElement harus diisi keduanya atau tidak sama sekali."
