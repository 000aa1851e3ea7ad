"""Reading files that somebody sent, before anything else touches them: in a process of its own, under a time limit.

The readers are written so that nothing hangs them. Should a file do so all the same, or take all memory, it is the trial
that dies and not the server. What comes out is each file's head: what it defines, and what it names.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePath
from time import monotonic  # a stopwatch, not a reading of the day

from server import bpmn, dmn, errors, forms
from server.bpmn import model
from server.calendar import Calendar, feel_functions
from server.engine import apart, numbering, spiff
from server.engine.tables import Kind, member_of

SECONDS = 60.0
FILE_LIMIT = 5 * 2**20
LONGEST_TAG = 255
READERS = "pembaca"
"""The property of a confidential process that names, parted by commas, the roles that may read all its cases."""


@dataclass(frozen=True)
class Head:
    """A definition that a file brings. Pairs name an element by a sentence's beginning, for messages."""

    file: str
    kind: Kind
    id: str
    name: str
    bidang: str | None = None
    confidential: bool = False
    start_form: str | None = None
    version_tag: str | None = None
    references: list[tuple[str, str]] = field(default_factory=list)
    handlers: list[tuple[str, str]] = field(default_factory=list)
    letters: list[tuple[str, str]] = field(default_factory=list)
    """The templates of letters that its service tasks lay out."""
    lanes: list[tuple[str | None, str]] = field(default_factory=list)
    """Of each lane, the role that it names, and what it is called."""
    staffed: list[tuple[str | None, str]] = field(default_factory=list)
    """The same of those lanes by which a start or a task finds its people."""
    groups: list[str] = field(default_factory=list)
    """Groups that tasks name instead of their lane's."""
    users: list[tuple[str, str]] = field(default_factory=list)
    """People whom tasks name, each with the element."""
    number: str | None = None
    """The pattern of its cases' numbers."""
    readers: list[str] = field(default_factory=list)
    """Roles that may read all cases of a confidential process."""


@dataclass(frozen=True)
class Reading:
    """What came of reading files. `doubts`: what would work, but is hardly meant; only of files without a problem."""

    heads: list[Head]
    problems: list[errors.Problem]
    doubts: list[errors.Problem] = field(default_factory=list)


_READERS = apart.Standby("server.engine.trial")

Examined = tuple[list[Head], list[errors.Problem]]
Examine = Callable[[Mapping[str, bytes]], Examined]
Read = Callable[[Mapping[str, bytes]], Reading]


def examine_apart(files: Mapping[str, bytes]) -> Examined:
    """`examine` in a process of its own."""
    reading = read_apart(files)
    return reading.heads, reading.problems


def read_apart(files: Mapping[str, bytes]) -> Reading:
    """`read` in a process of its own."""
    sent = {name: b64encode(body).decode() for name, body in files.items()}
    began = monotonic()
    told = _READERS.ask(json.dumps(sent).encode(), SECONDS)
    if told is None:
        why = (
            "Berkas terlalu rumit untuk dibaca; pecah menjadi beberapa proses."
            if monotonic() - began >= SECONDS
            else "Berkas tidak dapat dibaca: pembaca berhenti di tengah. Periksa isinya."
        )
        return Reading([], [errors.Problem(why)])
    answer = json.loads(told)
    heads = [Head(**{**head, "kind": Kind(head["kind"])}) for head in answer["heads"]]
    problems, doubts = ([errors.Problem(**each) for each in answer[name]] for name in ("problems", "doubts"))
    return Reading(heads, problems, doubts)


def _answer(request: bytes) -> bytes:
    """What `read_apart` is told: the reading as JSON."""
    files = {name: b64decode(body) for name, body in json.loads(request).items()}
    return json.dumps(asdict(read(files))).encode()


def read(files: Mapping[str, bytes]) -> Reading:
    """`examine`, and what is doubtful in files that can be read."""
    heads, problems = examine(files)
    return Reading(heads, problems, [] if problems else [*_doubts(files)])


def examine(files: Mapping[str, bytes]) -> Examined:
    """The heads of all files, and all that is wrong with any."""
    heads: list[Head] = []
    problems: list[errors.Problem] = []
    for name, body in files.items():
        try:
            heads += _heads(name, body)
        except errors.Invalid as fault:
            problems += _placed(name, fault)
    return heads, problems


def _doubts(files: Mapping[str, bytes]) -> Iterator[errors.Problem]:
    for name, body in files.items():
        found: Iterable[errors.Problem] = ()
        if _ending(name) == ".bpmn":
            found = bpmn.doubts(bpmn.read(body))
        elif _ending(name) == ".dmn":
            found = dmn.check_tables(dmn.read(body))
        yield from (placed(name, each) for each in found)


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def _heads(name: str, body: bytes) -> Iterator[Head]:
    if len(body) > FILE_LIMIT:
        raise errors.Invalid(f"Berkas lebih besar dari {FILE_LIMIT // 2**20} MiB.")
    readers = {".bpmn": _process_heads, ".dmn": _decision_heads, ".form": _form_heads}
    reader = readers.get(_ending(name))
    if reader is None:
        raise errors.Invalid("Jenis berkas tidak dikenal; pakai .bpmn, .dmn atau .form.")
    return reader(name, body)


def _process_heads(name: str, body: bytes) -> Iterator[Head]:
    for process in bpmn.read(body).executable:
        normal = bpmn.normalised(process)
        spiff.read_net(bpmn.plain(normal), normal.id)
        yield Head(
            file=name,
            kind=Kind.PROCESS,
            id=process.id,
            name=process.name or process.id,
            bidang=process.properties.get("bidang") or None,
            confidential=process.properties.get("sifat") == "rahasia",
            start_form=process.start.form.id if process.start and process.start.form else None,
            version_tag=_tag(process.version_tag),
            references=sorted(_references(process)),
            handlers=sorted(_handlers(process)),
            letters=sorted(_letters(process)),
            lanes=[(lane.role, lane.name or lane.id) for scope in process.scopes() for lane in scope.lanes],
            staffed=sorted(_staffed(process), key=str),
            groups=sorted(_groups(process)),
            users=sorted(_users(process)),
            number=process.properties.get(numbering.PATTERN) or None,
            readers=[role.strip() for role in process.properties.get(READERS, "").split(",") if role.strip()],
        )


def _staffed(process: model.Process) -> set[tuple[str | None, str]]:
    """The innermost lanes of the start and of the tasks that say nothing else themselves."""
    first = [process.start] if process.start else []
    tasks = [node for node in process.every_node() if isinstance(node, model.UserTask)]
    by_lane = [each for each in tasks if not (each.candidate_groups or each.candidate_users or each.assignee)]
    lanes = (next(iter(process.lanes_of(node.id)), None) for node in (*first, *by_lane))
    return {(lane.role, lane.name or lane.id) for lane in lanes if lane is not None}


def _groups(process: model.Process) -> set[str]:
    tasks = (node for node in process.every_node() if isinstance(node, model.UserTask))
    return {
        node.candidate_groups.text
        for node in tasks
        if node.candidate_groups and not node.candidate_groups.feel
    }


def _users(process: model.Process) -> Iterator[tuple[str, str]]:
    for node in process.every_node():
        named = node.candidate_users if isinstance(node, model.UserTask) else None
        if named and not named.feel:
            yield from ((username, _called(node)) for username in model.names(named.text))


def _references(process: model.Process) -> Iterator[tuple[str, str]]:
    """The forms, decisions and processes that a process names (`member_of`), and the element that does."""
    for node in process.every_node():
        if isinstance(node, model.UserTask | model.StartEvent) and node.form and node.form.id:
            yield member_of(Kind.FORM, node.form.id, node.form.tag), _called(node)
        if isinstance(node, model.BusinessRuleTask) and node.decision:
            yield member_of(Kind.DECISION, node.decision.id.text, node.decision.tag), _called(node)
        if isinstance(node, model.CallActivity) and node.called and not node.called.process.feel:
            yield member_of(Kind.PROCESS, node.called.process.text, node.called.tag), _called(node)


def _tag(text: str | None) -> str | None:
    """What a file calls its version."""
    if text is not None and len(text) > LONGEST_TAG:
        raise errors.Invalid(
            f"Tanda versi (versionTag) paling panjang {LONGEST_TAG} huruf; pakai yang lebih pendek."
        )
    return text


def _handlers(process: model.Process) -> Iterator[tuple[str, str]]:
    for node in process.every_node():
        job = getattr(node, "job", None)
        if job is not None:
            yield job.type.text, _called(node)


def _letters(process: model.Process) -> Iterator[tuple[str, str]]:
    for node in process.every_node():
        named = getattr(node, "headers", {}).get("surat")
        if getattr(node, "job", None) is not None and named:
            yield named, _called(node)


def _called(node: model.Node) -> str:
    return f"“{node.name or node.id}” ({node.id})"


HOST_FUNCTIONS = frozenset(feel_functions(Calendar()))
"""The names of what every expression may call beside FEEL's own."""


def _decision_heads(name: str, body: bytes) -> Iterator[Head]:
    definitions = dmn.read(body)
    if faults := dmn.check_texts(definitions, HOST_FUNCTIONS):
        raise errors.Invalid("Ada isi tabel yang tidak dapat dihitung.", faults)
    yield Head(file=name, kind=Kind.REQUIREMENTS, id=definitions.id, name=definitions.name)
    for decision in definitions.decisions:
        tag = _tag(decision.version_tag)
        yield Head(file=name, kind=Kind.DECISION, id=decision.id, name=decision.name, version_tag=tag)


def _form_heads(name: str, body: bytes) -> Iterator[Head]:
    form = forms.read(body)
    if not form.id:
        raise errors.Invalid("Formulir tidak mempunyai id; beri id di penyunting formulir.")
    title, tag = forms.title(body) or form.id, _tag(forms.version_tag(body))
    yield Head(file=name, kind=Kind.FORM, id=form.id, name=title[:255], version_tag=tag)


def _placed(name: str, fault: errors.Invalid) -> Iterator[errors.Problem]:
    for problem in fault.problems or (errors.Problem(fault.message),):
        yield placed(name, problem)


def placed(name: str, problem: errors.Problem) -> errors.Problem:
    """A problem, with the name of its file before the place in it."""
    return replace(problem, where=f"{name}: {problem.where}" if problem.where else name)


if __name__ == "__main__":
    apart.serve(_answer)
