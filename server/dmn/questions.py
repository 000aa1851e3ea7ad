"""What a decision must be told before it can answer: its input data, with their types and the answers that can be offered.

For who tries a table out by hand. What the file says is taken together: an input's own type, the columns that test it, the
entries that are read from it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property

from server import feel
from server.dmn.conditions import condition_of
from server.dmn.evaluate import Invocable, find
from server.dmn.model import (
    BusinessKnowledge,
    DecisionService,
    Definitions,
    Element,
    InputData,
    Literal,
    Ref,
    Table,
)
from server.dmn.program import Program, program_of
from server.dmn.types import Type
from server.feel.types import ContextOf, ListOf

MAX_DEPTH = 4
ANYTHING = "Any"


@dataclass(frozen=True)
class Question:
    """One thing to be told. `kind`: FEEL's name of its type, `Any` where nothing says it; `answers`: the only texts or numbers that
    are allowed, where the file lists them; `parts`: the entries that are read from it."""

    name: str
    label: str
    kind: str
    description: str | None = None
    answers: tuple[object, ...] = ()
    parts: tuple["Question", ...] = ()


def questions(definitions: Definitions, decision: str) -> tuple[Question, ...]:
    """What a decision, service or knowledge model asks for, in the order of the file. Raises NoSuchDecision."""
    element = find(definitions, decision)
    asking = _Asking(program_of(definitions))
    if isinstance(element, BusinessKnowledge):
        parameters = element.logic.parameters if element.logic else ()
        return tuple(asking.question(item.name, item.type_ref, None) for item in parameters)
    if definitions.takes_anything:
        return tuple(asking.question(name, None, None) for name in asking.free_names(element))
    inputs = set(asking.inputs_of(element))
    return tuple(
        asking.question(one.variable.name, one.variable.type_ref, one.description)
        for one in asking.every_input()
        if one in inputs
    )


@dataclass(frozen=True)
class _Column:
    label: str | None
    type_ref: str | None
    answers: tuple[object, ...]


@dataclass(frozen=True)
class _Asking:
    program: Program

    def question(self, name: str, type_ref: str | None, description: str | None) -> Question:
        type_ = self.program.types.find(type_ref)
        return self._question(name, name, type_, description, MAX_DEPTH)

    def _question(self, path: str, name: str, type_: Type, description: str | None, depth: int) -> Question:
        column = self._columns.get(path)
        if type_.free and column:
            type_ = self.program.types.find(column.type_ref)
        answers = _answers(type_) or (column.answers if column else ())
        parts: tuple[Question, ...] = ()
        if depth and isinstance(type_.shape, ContextOf):
            parts = tuple(
                self._question(f"{path}.{entry}", entry, inner, None, depth - 1)
                for entry, inner in type_.entries.items()
            )
        elif depth and type_.free:
            read = self._read_from.get(path, ())
            parts = tuple(
                self._question(f"{path}.{entry}", entry, self.program.types.find(None), None, depth - 1)
                for entry in read
            )
        label = (column and column.label) or _plain(name)
        return Question(name, label, _kind(type_), description, answers, parts)

    def inputs_of(self, element: Element) -> Iterator[InputData]:
        """The input data that an element needs, however far."""
        waiting: list[Ref] = (
            [need.ref for need in self.program.taken_by(element)]
            if isinstance(element, DecisionService)
            else list(getattr(element, "requirements", ()))
        )
        seen: set[Ref] = set()
        while waiting:
            ref = waiting.pop()
            found = self.program.definitions.find(ref)
            if ref in seen or found is None:
                continue
            seen.add(ref)
            if isinstance(found, InputData):
                yield found
            else:
                waiting += found.requirements

    def every_input(self) -> Iterator[InputData]:
        for home in self.program.definitions.family.values():
            yield from home.inputs

    def free_names(self, element: Invocable) -> list[str]:
        """The names that nothing gives, in a file that declares no input data."""
        findings = self.program.compile_all()
        return list(dict.fromkeys(stranger.name for stranger in findings.strangers))

    @cached_property
    def _texts(self) -> list[str]:
        return [literal.text for one in self.program.definitions.elements for literal in _literals(one)]

    @cached_property
    def _read_from(self) -> Mapping[str, list[str]]:
        """The entries that the file's expressions read from names, one level deep."""
        found: dict[str, dict[str, None]] = {}
        for text in self._texts:
            for base, entry in _PATH.findall(_QUOTED.sub('""', text)):
                found.setdefault(base, {})[entry] = None
        return {base: sorted(entries) for base, entries in found.items()}

    @cached_property
    def _columns(self) -> Mapping[str, _Column]:
        """What the first column that tests a name says of it."""
        found: dict[str, _Column] = {}
        for one in self.program.definitions.decisions:
            for column in one.logic.inputs if isinstance(one.logic, Table) else ():
                answers = _listed(column.values.text) if column.values else ()
                said = _Column(column.label, column.expression.type_ref, answers)
                before = found.setdefault(column.expression.text.strip(), said)
                if answers and not before.answers:
                    found[column.expression.text.strip()] = said
        return found


_PATH = re.compile(r"(?<![\w.])([^\W\d]\w*)\.([^\W\d]\w*)")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def _literals(part: object) -> Iterator[Literal]:
    """Every FEEL text within a part of the model."""
    waiting = [part]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Literal):
            yield each
        elif isinstance(each, tuple | list):
            waiting += each
        elif is_dataclass(each):
            waiting += [getattr(each, one.name) for one in fields(each)]


def _answers(type_: Type) -> tuple[object, ...]:
    found = (_listed(allowed.text) for allowed in type_.tests)
    return next((answers for answers in found if answers), ())


def _listed(text: str) -> tuple[object, ...]:
    """The values that unary tests list, as JSON; none where they say anything else."""
    try:
        condition = condition_of(feel.compile_unary_tests(text))
    except feel.InvalidExpression:
        return ()
    keys = condition.keys if condition else None
    return tuple(feel.to_json(key) for key in keys or ())


def _kind(type_: Type) -> str:
    if isinstance(type_.shape, ListOf):
        return "list"
    return "context" if isinstance(type_.shape, ContextOf) else str(type_.shape)


def _plain(name: str) -> str:
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
