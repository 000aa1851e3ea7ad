"""Worked examples of a decision, kept beside its table as YAML that an official can read, and run at publishing.

    keputusan: hukuman_absen
    contoh:
      - nama: 12 hari menurut aturan lama
        masukan: {rezim: PP_53_2010, hari_tmk: 12}
        hasil: {tingkat: ringan}

A file may hold several such parts after `---`. Entries of a result that an example does not name are not compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import yaml

from server import errors, feel
from server.dmn.errors import NoSuchDecision
from server.dmn.evaluate import NO_FUNCTIONS, Evaluation, evaluate, find
from server.dmn.model import Definitions
from server.errors import Problem
from server.feel import Function

MAX_BYTES = 1_000_000
NOT_YAML = "Bukan YAML yang benar; periksa jorokan, titik dua, kurung dan tanda kutip di sekitarnya."


class UnreadableExamples(errors.Invalid):
    """The file of examples cannot be understood; `problems` says where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"Berkas contoh tidak dapat dipakai. {problem}", [problem])


@dataclass(frozen=True)
class Example:
    """What a decision should give for some inputs, in JSON; `line` is where it stands in its file."""

    decision: str
    name: str
    inputs: Mapping[str, object]
    expected: object
    line: int


def read_examples(data: bytes) -> tuple[Example, ...]:
    """The examples of a YAML file. Raises UnreadableExamples."""
    if len(data) > MAX_BYTES:
        raise UnreadableExamples(Problem(f"Berkas lebih besar dari {MAX_BYTES} byte."))
    try:
        loader = _Loader(data)
        parts = []
        while loader.check_node():
            if (part := loader.get_node()) is not None:
                parts.append(part)
        return tuple(example for part in parts for example in _examples(part, loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise UnreadableExamples(Problem(NOT_YAML, line=line)) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise UnreadableExamples(Problem(NOT_YAML)) from error


def run_examples(
    definitions: Definitions,
    examples: tuple[Example, ...],
    environment: feel.Environment = feel.DEFAULT,
    functions: Mapping[str, Function] = NO_FUNCTIONS,
) -> tuple[Problem, ...]:
    """Evaluate every example; a problem for each whose result is another than expected."""
    found = (_run(definitions, example, environment, functions) for example in examples)
    return tuple(problem for problem in found if problem)


def _run(
    definitions: Definitions,
    example: Example,
    environment: feel.Environment,
    functions: Mapping[str, Function],
) -> Problem | None:
    try:
        name = find(definitions, example.decision).name
    except NoSuchDecision as error:
        return Problem(error.message, f"Contoh “{example.name}”", example.line)
    answer = evaluate(definitions, example.decision, example.inputs, environment, functions)
    if matches(example.expected, answer.value):
        return None
    return Problem(_mismatch(example, answer), f"Keputusan “{name}”, contoh “{example.name}”", example.line)


def _mismatch(example: Example, answer: Evaluation) -> str:
    """What differs: of contexts the entries alone; and what may be behind it."""
    expected, actual = example.expected, answer.value
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        wrong = {
            key for key, value in expected.items() if key not in actual or not matches(value, actual[key])
        }
        expected, actual = (
            {key: side.get(key) for key in expected if key in wrong} for side in (expected, actual)
        )
    why = [f"tidak diberikan: {name}" for name in answer.missing] + [
        str(each) for each in answer.warnings[:1]
    ]
    because = f" ({'; '.join(why)})" if why else ""
    return f"Hasilnya {_shown(actual)}, seharusnya {_shown(expected)}{because}."


def _shown(value: object) -> str:
    return feel.show(feel.from_json(value))


def matches(expected: object, actual: object) -> bool:
    """Whether a result is as an example says: what it names of a context, everything else exactly."""
    if isinstance(expected, Mapping):
        return isinstance(actual, Mapping) and all(
            key in actual and matches(value, actual[key]) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(matches(one, other) for one, other in zip(expected, actual, strict=True))
        )
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    return expected == actual


def _examples(part: yaml.Node, loader: "_Loader") -> Iterator[Example]:
    entries = _entries(part)
    listed = entries.get("contoh")
    decision = loader.text(entries.get("keputusan"), "keputusan", part)
    if not isinstance(listed, yaml.SequenceNode):
        raise _refused("“contoh” harus berupa daftar", part)
    for node in listed.value:
        said = _entries(node)
        inputs = loader.value(said.get("masukan"))
        if "hasil" not in said or not isinstance(inputs, dict):
            raise _refused("Setiap contoh memerlukan “masukan” (nama: nilai) dan “hasil”", node)
        name = loader.text(said.get("nama"), "nama", node)
        yield Example(decision, name, inputs, loader.value(said["hasil"]), node.start_mark.line + 1)


def _entries(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _refused("Di sini harus ada pasangan nama dan nilai", node)
    return {str(key.value): value for key, value in node.value}


def _refused(message: str, node: yaml.Node) -> UnreadableExamples:
    return UnreadableExamples(Problem(message, line=node.start_mark.line + 1))


class _Loader(yaml.SafeLoader):
    """YAML as JSON has it: numbers exact, dates as texts, only true and false as truths, nothing said by reference."""

    yaml_implicit_resolvers = {
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if not tag.endswith((":timestamp", ":bool", ":merge"))
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            line = self.peek_event().start_mark.line + 1
            raise UnreadableExamples(
                Problem("Rujukan (*) tidak dipakai di sini; tulislah nilainya.", line=line)
            )
        return super().compose_node(parent, index)

    def value(self, node: yaml.Node | None) -> object:
        """The JSON value of a node."""
        if isinstance(node, yaml.MappingNode):
            return {str(key.value): self.value(value) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        return self._scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def text(self, node: yaml.Node | None, what: str, around: yaml.Node) -> str:
        """The text of a node that must be there."""
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise _refused(f"“{what}” belum diisi", around)
        return str(node.value).strip()

    def _scalar(self, node: yaml.ScalarNode) -> object:
        text, kind = str(node.value), node.tag.rpartition(":")[2]
        if node.style is None and text in ("true", "false"):
            return text == "true"
        if kind in ("int", "float"):
            return _number(text)
        return None if kind == "null" else text


def _number(text: str) -> Decimal | str:
    """The number that a text writes; what YAML alone takes for one (0x1F, 1:30, .inf) stays a text."""
    try:
        number = Decimal(text.replace("_", ""))
    except InvalidOperation:
        return text
    return number if number.is_finite() else text
