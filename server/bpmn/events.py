"""What events, and tasks that send or receive, must say: a time that can come, a message and its key, a code, a job.

As Camunda 8 wants it; what two events would both take is refused, as nobody could tell which of them does.
"""

from collections.abc import Iterable, Iterator

from server.bpmn.model import (
    NOTHING,
    Activity,
    BoundaryEvent,
    CatchEvent,
    Diagram,
    EndEvent,
    Error,
    Escalation,
    Event,
    EventDefinition,
    Gateway,
    GatewayKind,
    Message,
    Node,
    Process,
    ReceiveTask,
    Scope,
    Signal,
    StartEvent,
    SubProcess,
    ThrowEvent,
    Timer,
    TimerKind,
)
from server.bpmn.times import IS_READABLE
from server.bpmn.words import called, problem
from server.errors import Problem


def check(diagram: Diagram) -> Iterator[Problem]:
    """Every problem of this kind in the diagram's executable processes."""
    for process in diagram.executable:
        for scope in process.scopes():
            for node, acting in scope.acting():
                yield from (problem(node, message) for message in _faults(acting))
            for rivals in _rivals(scope):
                yield from _doubled(rivals)


def _faults(node: Node) -> Iterator[str]:
    match node:
        case ReceiveTask(message=Message() as message):
            yield from _awaited_faults(message)
        case StartEvent():
            yield from _start_faults(node)
        case CatchEvent(definition=Message() as message):
            yield from _awaited_faults(message)
        case BoundaryEvent():
            yield from _boundary_faults(node)
        case EndEvent() | ThrowEvent():
            yield from _thrown_faults(node)
    if isinstance(node, Event) and isinstance(node.definition, Timer):
        yield from _timer_faults(node, node.definition)


# -- each kind of event


def _awaited_faults(message: Message) -> Iterator[str]:
    if message.name == NOTHING:
        yield "pilih pesan yang bernama."
    elif message.correlation_key is None:
        yield "isi kunci pesannya (correlationKey), yang memberi tahu pesan itu untuk kasus yang mana."


def _start_faults(event: StartEvent) -> Iterator[str]:
    if isinstance(event.definition, Message) and event.definition.name == NOTHING:
        yield "pilih pesan yang bernama."
    if event.definition and event.form:
        yield "formulir mulai hanya tampil di peristiwa mulai polos; pindahkan ke tugas pertama."


def _boundary_faults(event: BoundaryEvent) -> Iterator[str]:
    match event.definition:
        case Message() as message:
            yield from _awaited_faults(message)
        case Error(code) | Escalation(code) if code and code.feel:
            yield f"kode “={code.text}” dihitung saat berjalan, padahal harus tetap; tulis kodenya tanpa “=”."
    if isinstance(event.definition, Error) and not event.interrupting:
        yield "galat selalu menghentikan langkahnya; pilih peristiwa yang menyela, atau pakai eskalasi."


def _thrown_faults(event: EndEvent | ThrowEvent) -> Iterator[str]:
    match event.definition:
        case Message() if event.job is None:
            yield "isi jenis pekerjaan yang mengirim pesannya (zeebe:taskDefinition type)."
        case Error(code=None):
            yield "isi kode galatnya (errorCode)."
        case Escalation(code=None):
            yield "isi kode eskalasinya (escalationCode)."
    if event.job and not isinstance(event.definition, Message):
        yield "hanya peristiwa pesan yang mengerjakan sesuatu; pindahkan jenis pekerjaannya ke tugas layanan."


# -- timers

_CYCLES = "perulangan (timeCycle) hanya berlaku di peristiwa mulai, dan di peristiwa tepi atau mulai subproses peristiwa yang tidak menyela; pakai tanggal atau lama."
_DURATIONS = "lama (timeDuration) tidak berlaku di peristiwa mulai; pakai tanggal (timeDate) atau perulangan (timeCycle)."
_FORMS = {
    TimerKind.DATE: "bukan tanggal dan waktu menurut ISO 8601; tulis seperti 2026-03-02T08:00:00+07:00.",
    TimerKind.DURATION: "bukan lama menurut ISO 8601; tulis seperti PT45M atau P14D.",
    TimerKind.CYCLE: "bukan perulangan menurut ISO 8601, dan jadwal cron tidak dibaca; "
    "tulis seperti R/P1D, R3/PT1H, atau R/2026-03-02T08:00:00+07:00/P1W.",
}


def _timer_faults(event: Event, timer: Timer) -> Iterator[str]:
    again = isinstance(event, StartEvent) or (isinstance(event, BoundaryEvent) and not event.interrupting)
    if timer.kind is TimerKind.CYCLE and not again:
        yield _CYCLES
    elif timer.kind is TimerKind.DURATION and isinstance(event, StartEvent):
        yield _DURATIONS
    elif not timer.value.feel and not IS_READABLE[timer.kind](timer.value.text):
        yield f"pewaktu: “{timer.value.text[:60]}” {_FORMS[timer.kind]}"


# -- two that would take the same


def _rivals(scope: Scope) -> Iterator[Iterable[Node]]:
    """Nodes of which one alone may take what comes: on a border, behind an event-based gateway, at the beginning."""
    if isinstance(scope, Process):
        yield [node for node in scope.nodes.values() if isinstance(node, StartEvent)]
    inner = (node.trigger for node in scope.nodes.values() if isinstance(node, SubProcess))
    yield [trigger for trigger in inner if trigger]
    for node in scope.nodes.values():
        if isinstance(node, Activity):
            yield node, *scope.boundary_events(node.id)
        elif isinstance(node, Gateway) and node.kind is GatewayKind.EVENT_BASED:
            targets = (flow.target for flow in scope.outgoing(node.id))
            yield [scope.nodes[target] for target in targets if target in scope.nodes]


def _doubled(rivals: Iterable[Node]) -> Iterator[Problem]:
    seen: dict[EventDefinition, Node] = {}
    for node in rivals:
        taken = _taken(node)
        first = node if taken is None else seen.setdefault(taken, node)
        if first is not node:
            yield problem(
                node, f"menunggu hal yang sama dengan {called(first)}; ganti, atau hapus salah satunya."
            )


def _taken(node: Node) -> EventDefinition | None:
    """What a node takes away from the others, where it is known beforehand."""
    match node:
        case ReceiveTask(message=Message(name)) | Event(definition=Message(name)) if name != NOTHING:
            return Message(name)
        case BoundaryEvent(definition=Error() | Escalation() as definition):
            return definition
        case StartEvent(definition=Error() | Escalation() as definition):
            return definition
        case Event(definition=Signal() as signal):
            return signal
    return None
