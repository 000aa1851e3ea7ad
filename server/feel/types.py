"""FEEL's types: reading them, whether a value conforms to one, and the coercions that DMN 1.5 §10.3.2.9.4 defines."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from server.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths, midnight
from server.feel.values import Function, Range


@dataclass(frozen=True, slots=True)
class Simple:
    """A type that has a name of its own: `Any`, `Null`, `number` …, or `context` of whatever entries."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ListOf:
    """`list<element>`"""

    element: "Type"

    def __str__(self) -> str:
        return f"list<{self.element}>"


@dataclass(frozen=True, slots=True)
class RangeOf:
    """`range<element>`"""

    element: "Type"

    def __str__(self) -> str:
        return f"range<{self.element}>"


@dataclass(frozen=True, slots=True)
class ContextOf:
    """`context<name: type, …>`: a context with at least these entries."""

    entries: tuple[tuple[str, "Type"], ...]

    def __str__(self) -> str:
        return f"context<{', '.join(f'{name}: {type_}' for name, type_ in self.entries)}>"


@dataclass(frozen=True, slots=True)
class FunctionOf:
    """`function<type, …> -> type`"""

    parameters: tuple["Type", ...]
    result: "Type"

    def __str__(self) -> str:
        return f"function<{', '.join(map(str, self.parameters))}> -> {self.result}"


Type = Simple | ListOf | RangeOf | ContextOf | FunctionOf

ANY, NULL, CONTEXT = Simple("Any"), Simple("Null"), Simple("context")
NUMBER, STRING, BOOLEAN = Simple("number"), Simple("string"), Simple("boolean")
DATE, TIME, DATE_TIME = Simple("date"), Simple("time"), Simple("date and time")
DAYS_TIME, YEARS_MONTHS = Simple("days and time duration"), Simple("years and months duration")
LIST, RANGE = Simple("list"), Simple("range")
FUNCTION = Simple("function")

NAMED: dict[str, Type] = {
    **{str(type_): type_ for type_ in (ANY, NULL, CONTEXT, NUMBER, STRING, BOOLEAN, DATE, TIME, DATE_TIME)},
    **{str(type_): type_ for type_ in (DAYS_TIME, YEARS_MONTHS, FUNCTION, LIST, RANGE)},
    "any": ANY,
    "null": NULL,
    "dateTime": DATE_TIME,
    "dayTimeDuration": DAYS_TIME,
    "yearMonthDuration": YEARS_MONTHS,
}
"""Every name of a type, those that older editors write (`dateTime`) included."""

BARE = frozenset({LIST, RANGE, CONTEXT, FUNCTION})
"""Types that lack their parameters, which `instance of` wants (DMN 1.5 table 61)."""

PYTHON: dict[str, type] = {
    "Null": type(None),
    "number": Decimal,
    "string": str,
    "boolean": bool,
    "date": Date,
    "time": Time,
    "date and time": DateTime,
    "days and time duration": DaysTime,
    "years and months duration": YearsMonths,
    "context": dict,
    "function": Function,
    "list": list,
    "range": Range,
}


class UnknownType(Exception):
    """The text names no type; `position` says where in it."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def parse(text: str, own: Mapping[str, Type] | None = None) -> Type:
    """The type that a typeRef or type expression names. Raises UnknownType. `own` adds named types."""
    type_, end = scan(text, 0, own or {})
    if text[end:].strip() or unknown_in(type_):
        raise UnknownType(f"Tipe {text.strip()!r} tidak dikenal", 0)
    return type_


_SPACE = re.compile(r"\s*")
_WORDS = re.compile(r"[^\W\d][\w.]*(?:\s+[^\W\d][\w.]*)*")
_KEY = re.compile(r"\s*([^:<>,]+?)\s*:")
MAX_DEPTH = 20


def scan(text: str, position: int, own: Mapping[str, Type], depth: int = 0) -> tuple[Type, int]:
    """The longest type written at a position of the text, and where it ends. A name that no type has is left in it (see
    `unknown_in`). Raises UnknownType where no type is written."""
    position = _skip(text, position)
    if depth > MAX_DEPTH:
        raise UnknownType("Tipe bersarang terlalu dalam", position)
    for word, reader in _GENERIC.items():
        if match := re.compile(rf"{word}\s*<").match(text, position):
            return reader(text, match.end(), own, depth + 1)
    match = _WORDS.match(text, position)
    words = match[0].split() if match else []
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        if (found := own.get(name) or NAMED.get(name)) is not None:
            return found, _end_of_words(text, position, count)
    if not words:
        raise UnknownType("Di sini harus ada nama tipe", position)
    return Simple(words[0]), position + len(words[0])


def unknown_in(type_: Type) -> str | None:
    """The first name within a type that no type has, if there is one."""
    if isinstance(type_, Simple):
        return None if type_.name in NAMED else type_.name
    parts: tuple[Type, ...]
    if isinstance(type_, ContextOf):
        parts = tuple(entry for _, entry in type_.entries)
    elif isinstance(type_, FunctionOf):
        parts = (*type_.parameters, type_.result)
    else:
        parts = (type_.element,)
    return next((name for part in parts if (name := unknown_in(part))), None)


def _end_of_words(text: str, position: int, count: int) -> int:
    for _ in range(count):
        position = _skip(text, position)
        position = re.compile(r"[\w.]+").match(text, position).end()  # type: ignore[union-attr]
    return position


def _scan_list(text: str, position: int, own: Mapping[str, Type], depth: int) -> tuple[Type, int]:
    element, position = scan(text, position, own, depth)
    return ListOf(element), _expect(text, position, ">")


def _scan_range(text: str, position: int, own: Mapping[str, Type], depth: int) -> tuple[Type, int]:
    element, position = scan(text, position, own, depth)
    return RangeOf(element), _expect(text, position, ">")


def _scan_context(text: str, position: int, own: Mapping[str, Type], depth: int) -> tuple[Type, int]:
    entries: list[tuple[str, Type]] = []
    while True:
        match = _KEY.match(text, position)
        if match is None:
            raise UnknownType("Nama entri konteks tidak ada", position)
        type_, position = scan(text, match.end(), own, depth)
        entries.append((" ".join(match[1].split()), type_))
        position = _skip(text, position)
        if text[position : position + 1] != ",":
            return ContextOf(tuple(entries)), _expect(text, position, ">")
        position += 1


def _scan_function(text: str, position: int, own: Mapping[str, Type], depth: int) -> tuple[Type, int]:
    parameters: list[Type] = []
    position = _skip(text, position)
    while text[position : position + 1] != ">":
        if parameters:
            position = _expect(text, position, ",")
        type_, position = scan(text, position, own, depth)
        parameters.append(type_)
        position = _skip(text, position)
    position = _expect(text, position + 1, "->")
    result, position = scan(text, position, own, depth)
    return FunctionOf(tuple(parameters), result), position


_GENERIC: dict[str, Callable[[str, int, Mapping[str, Type], int], tuple[Type, int]]] = {
    "list": _scan_list,
    "range": _scan_range,
    "context": _scan_context,
    "function": _scan_function,
}


def _skip(text: str, position: int) -> int:
    return _SPACE.match(text, position).end()  # type: ignore[union-attr]


def _expect(text: str, position: int, sign: str) -> int:
    position = _skip(text, position)
    if not text.startswith(sign, position):
        raise UnknownType(f"Di sini harus ada {sign!r}", position)
    return position + len(sign)


# ----------------------------------------------------------------------------------------------- values against types


def conforms(value: object, type_: Type) -> bool:
    """Whether the value is of the type. Null is of every type, other than for the operator `instance of`."""
    return value is None or instance_of(value, type_)


def instance_of(value: object, type_: Type) -> bool:
    """FEEL's `value instance of type`: null is of type Null only, but elements and entries may be null."""
    if value is None:
        return type_ == NULL
    if isinstance(type_, Simple):
        return type_ is ANY or type_.name == "Any" or type(value) is PYTHON[type_.name]
    if isinstance(type_, ListOf):
        return isinstance(value, list) and (
            type_.element == ANY or all(conforms(item, type_.element) for item in value)
        )
    if isinstance(type_, ContextOf):
        return isinstance(value, dict) and all(
            name in value and conforms(value[name], entry) for name, entry in type_.entries
        )
    if isinstance(type_, RangeOf):
        return (
            isinstance(value, Range)
            and conforms(value.start, type_.element)
            and conforms(value.end, type_.element)
        )
    return isinstance(value, Function) and _is_function_of(value, type_)


def _is_function_of(function: Function, type_: FunctionOf) -> bool:
    return any(_matches_signature(signature, type_) for signature in (function, *function.overloads))


def _matches_signature(function: Function, type_: FunctionOf) -> bool:
    count = len(type_.parameters)
    if not (function.least <= count and (count <= len(function.parameters) or function.variadic)):
        return False
    takes = [parameter for parameter in function.types[:count] if isinstance(parameter, Type)]
    result = function.result if isinstance(function.result, Type) else type_.result
    return all(is_subtype(given, taken) for given, taken in zip(type_.parameters, takes, strict=False)) and (
        is_subtype(result, type_.result)
    )


def is_subtype(type_: Type, of: Type) -> bool:
    """Whether every value of `type_` is one of `of` (DMN 1.5 §10.3.2.9.3: conformance)."""
    if of == ANY or type_ in (of, NULL):
        return True
    if of in BARE:
        return of == BARE_OF.get(type(type_))
    if isinstance(type_, (ListOf, RangeOf)) and type(type_) is type(of):
        return is_subtype(type_.element, of.element)
    if isinstance(type_, ContextOf):
        return isinstance(of, ContextOf) and _has_entries(type_, of)
    if isinstance(type_, FunctionOf) and isinstance(of, FunctionOf):
        return (
            len(type_.parameters) == len(of.parameters)
            and all(is_subtype(b, a) for a, b in zip(type_.parameters, of.parameters, strict=True))
            and is_subtype(type_.result, of.result)
        )
    return False


BARE_OF: dict[type, Type] = {ListOf: LIST, RangeOf: RANGE, ContextOf: CONTEXT, FunctionOf: FUNCTION}


def _has_entries(type_: ContextOf, of: ContextOf) -> bool:
    own = dict(type_.entries)
    return all(name in own and is_subtype(own[name], wanted) for name, wanted in of.entries)


class Misfit:
    """The mark of a value that cannot become one of a type."""


MISFIT = Misfit()


def coerce(value: object, type_: Type) -> object:
    """The value as one of the type, by the coercions of DMN 1.5: itself where it conforms; a singleton list's element;
    a single value as a list; a date as date and time (midnight UTC). MISFIT where none of them helps."""
    if conforms(value, type_):
        return value
    if not isinstance(value, list) and (type_ == LIST or isinstance(type_, ListOf)):
        element = coerce(value, type_.element) if isinstance(type_, ListOf) else value
        return MISFIT if element is MISFIT else [element]
    if isinstance(value, list):
        return _coerce_list(value, type_)
    if type_ == DATE_TIME and isinstance(value, Date):
        return midnight(value)
    if isinstance(type_, ContextOf) and isinstance(value, dict):
        return _coerce_entries(value, type_)
    return MISFIT


def _coerce_list(value: list[object], type_: Type) -> object:
    if isinstance(type_, ListOf):
        items = [coerce(item, type_.element) if not isinstance(item, list) else item for item in value]
        return items if MISFIT not in items and conforms(items, type_) else MISFIT
    return coerce(value[0], type_) if len(value) == 1 and not isinstance(value[0], list) else MISFIT


def _coerce_entries(value: dict[str, object], type_: ContextOf) -> object:
    fitted = dict(value)
    for name, entry in type_.entries:
        if name not in value or (item := coerce(value[name], entry)) is MISFIT:
            return MISFIT
        fitted[name] = item
    return fitted
