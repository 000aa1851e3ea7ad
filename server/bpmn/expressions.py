"""The expressions of a diagram: that each that must be FEEL is, and that each FEEL text can be parsed."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from server import feel
from server.bpmn.model import (
    Conditional,
    Decision,
    Diagram,
    Expression,
    Flow,
    Job,
    Message,
    MultiInstance,
    Node,
    Process,
    Script,
    UserTask,
)
from server.bpmn.words import problem
from server.errors import Problem

MUST_BE_FEEL = {
    (Flow, "condition"),
    (Conditional, "condition"),
    (Message, "correlation_key"),
    (MultiInstance, "collection"),
    (MultiInstance, "output_element"),
    (MultiInstance, "completion"),
    (Script, "expression"),
}

MUST_BE_STATIC = {(Job, "type"), (Decision, "id")}
"""What publishing has to know beforehand: an instance keeps the definitions that it started with."""

INSTANT = r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)"
STATIC_FORMS = {
    (UserTask, "priority"): (r"\d\d?|100", "angka 0 sampai 100"),
    (UserTask, "due_date"): (INSTANT, "waktu dengan zona seperti 2026-01-05T08:00:00+07:00"),
    (UserTask, "follow_up_date"): (INSTANT, "waktu dengan zona seperti 2026-01-05T08:00:00+07:00"),
    (Job, "retries"): (r"[1-9]\d{0,2}", "angka mulai dari 1"),
}
"""What a static text has to look like, and how that is called."""

WORDS = {
    "condition": "syarat",
    "assignee": "penanggung jawab (assignee)",
    "candidate_groups": "kelompok calon (candidateGroups)",
    "candidate_users": "orang calon (candidateUsers)",
    "due_date": "batas waktu (dueDate)",
    "follow_up_date": "tanggal tindak lanjut (followUpDate)",
    "priority": "prioritas",
    "collection": "kumpulan masukan (inputCollection)",
    "output_element": "unsur keluaran (outputElement)",
    "completion": "syarat selesai (completionCondition)",
    "correlation_key": "kunci pesan (correlationKey)",
    "name": "nama pesan",
    "value": "pewaktu",
    "code": "kode",
    "retries": "jumlah percobaan (retries)",
    "expression": "naskah",
    "inputs": "masukan",
    "outputs": "keluaran",
    "job": "jenis pekerjaan",
    "decision": "keputusan",
    "called": "proses yang dipanggil",
}
"""How a field of the model is called in a sentence; the inner name counts before the outer one."""

TEMPLATES = ("${", "#{", "{{", "{%")
MAX_TEXT = 20_000

Field = tuple[type, str]
Place = tuple[str, Field, Expression]
"""A word for where it stands, the field of the model that holds it, the expression."""


def check(diagram: Diagram) -> Iterator[Problem]:
    """Every problem of the expressions of the diagram's executable processes."""
    for process in diagram.executable:
        for element in _elements(process):
            for word, field, expression in _places(element):
                fault = _fault(expression, field)
                if fault:
                    yield problem(element, f"{word}: {fault}")


def _elements(process: Process) -> Iterator[Node | Flow]:
    for scope in process.scopes():
        yield from scope.nodes.values()
        yield from scope.flows.values()


def _places(holder: object, around: str = "ungkapan") -> Iterator[Place]:
    """The expressions in the fields of a node, a flow or one of their parts."""
    assert is_dataclass(holder)
    for field in fields(holder):
        value = getattr(holder, field.name)
        word = WORDS.get(field.name, around)
        if isinstance(value, Expression):
            yield word, (type(holder), field.name), value
        for part in value if isinstance(value, tuple) else (value,):
            if is_dataclass(part) and not isinstance(part, Expression):
                yield from _places(part, _target(part, word))


def _target(part: object, word: str) -> str:
    target = getattr(part, "target", None)
    return f"{word} “{target}”" if target else word


def _fault(expression: Expression, field: Field) -> str | None:
    if not expression.feel:
        return _static_fault(expression.text, field)
    if field in MUST_BE_STATIC:
        return f"“={_short(expression.text)}” dihitung saat berjalan, padahal harus tetap; tulis namanya tanpa “=”."
    if len(expression.text) > MAX_TEXT:
        return f"terlalu panjang ({len(expression.text)} huruf, batasnya {MAX_TEXT})."
    try:
        feel.compile(expression.text)
    except feel.InvalidExpression as error:
        return f"“={_short(expression.text)}” bukan FEEL yang benar: {error.message}"
    return None


def _static_fault(text: str, field: Field) -> str | None:
    if text.startswith(TEMPLATES):
        return f"“{_short(text)}” tidak dijalankan; tulis FEEL yang diawali “=”."
    if field in MUST_BE_FEEL:
        return f"“{_short(text)}” harus ditulis sebagai FEEL yang diawali “=”."
    pattern, form = STATIC_FORMS.get(field, ("(?s:.*)", ""))
    return (
        None
        if re.fullmatch(pattern, text, re.ASCII)
        else f"“{_short(text)}” harus berupa {form}, atau FEEL yang diawali “=”."
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
