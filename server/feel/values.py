"""The values of FEEL, and their way from and to JSON.

Null, booleans, numbers, texts, lists and contexts are Python's None, bool, Decimal, str, list and dict; what Python
lacks is here and in `temporal`. Values are never changed once made.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from server.feel.errors import Exhausted
from server.feel.numbers import CONTEXT, plain, show_number
from server.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths, from_python


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of ordered values. `operator` is that of a one-sided one: `(< 10)` has no start (None), `(>= 10)` no
    end; `(= 10)` and `(!= 10)` have 10 as both. An interval whose end is null, `[1..null]`, contains nothing that could be told."""

    start: object
    end: object
    start_included: bool = True
    end_included: bool = True
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """A function value: a built-in, one that the host gives, or one written in FEEL.

    `call` gets FEEL values by position and gives a FEEL value, or raises Fault with what is wrong with them (Indonesian).
    The first `required` parameters must be given (None: all). `call` gets the current Run first when `wants_run`.
    A host function is `Function("hk_setelah", ("tanggal", "hari"), hk_setelah)`.
    """

    name: str
    parameters: tuple[str, ...]
    call: Callable[..., object]
    required: int | None = None
    wants_run: bool = False
    types: tuple["object", ...] = ()
    """The parameters' types (feel.types.Type); empty: anything."""
    variadic: bool = False
    """The last parameter takes any number of arguments, as a list."""
    overloads: tuple["Function", ...] = ()
    """Other ways to call a function of this name, tried in order."""
    result: object = None
    """The type of the result (feel.types.Type), or None when it is not told."""

    @property
    def least(self) -> int:
        """How many arguments must be given."""
        return len(self.parameters) if self.required is None else self.required

    def __repr__(self) -> str:
        return f"function {self.name}({', '.join(self.parameters)})"


PLAIN_KINDS = frozenset({str, Decimal, bool, type(None)})


def from_json(value: object) -> object:
    """The FEEL value of a JSON value (numbers as int or Decimal). FEEL values, and Python's dates, may stand among it.

    Raises TypeError for anything else.
    """
    kind = type(value)
    if kind in PLAIN_KINDS:
        return _finite(value) if kind is Decimal else value
    if kind is int:
        return Decimal(value)  # type: ignore[arg-type]
    if kind is list or kind is tuple:
        return [from_json(item) for item in value]  # type: ignore[attr-defined]
    if kind is dict or isinstance(value, Mapping):
        return {str(key): from_json(item) for key, item in value.items()}  # type: ignore[attr-defined]
    return _from_other(value)


def _from_other(value: object) -> object:
    if isinstance(value, (Date, Time, DateTime, YearsMonths, DaysTime, Range, Function)):
        return value
    if isinstance(value, date):
        return from_python(value)
    if isinstance(value, float):
        return _finite(CONTEXT.create_decimal(repr(value)))
    if isinstance(value, (str, int, Decimal)):
        return str(value) if isinstance(value, str) else Decimal(value)
    raise TypeError(f"{type(value).__name__} is no FEEL value")


def _finite(value: object) -> object:
    return value if value.is_finite() else None  # type: ignore[attr-defined]


def to_json(value: object) -> object:
    """The JSON value of a FEEL value: temporal values as ISO texts, ranges as their FEEL text, functions as null."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, Function):
        return None
    return show(value)


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "angka",
    str: "teks",
    Date: "tanggal",
    Time: "jam",
    DateTime: "tanggal dan jam",
    YearsMonths: "durasi tahun dan bulan",
    DaysTime: "durasi hari dan jam",
    list: "daftar",
    dict: "konteks",
    Range: "rentang",
    Function: "fungsi",
}


def kind_of(value: object) -> str:
    """What a person calls this kind of value."""
    return KINDS.get(type(value), "nilai asing")


MAX_SHOWN = 1_000_000


def show(value: object, limit: int = MAX_SHOWN) -> str:
    """The value as FEEL's string() writes it. Raises Exhausted beyond so many characters."""
    if isinstance(value, str):
        return value
    parts: list[str] = []
    _show(value, parts, [limit])
    return "".join(parts)


def _show(value: object, parts: list[str], room: list[int]) -> None:
    if isinstance(value, list):
        _show_items("[", [(None, item) for item in value], "]", parts, room)
    elif isinstance(value, dict):
        _show_items("{", list(value.items()), "}", parts, room)
    elif isinstance(value, Range):
        _show_range(value, parts, room)
    else:
        text = _show_scalar(value)
        parts.append(text)
        room[0] -= len(text) + 1
        if room[0] < 0:
            raise Exhausted("Teks terlalu panjang")


def _show_items(
    opening: str, items: list[tuple[str | None, object]], closing: str, parts: list[str], room: list[int]
) -> None:
    parts.append(opening)
    for index, (key, item) in enumerate(items):
        room[0] -= 2
        parts.append(", " if index else "")
        if key is not None:
            parts.append(f"{key if _is_plain(key) else _quote(key)}: ")
        _show(item, parts, room)
    parts.append(closing)


def _show_range(value: Range, parts: list[str], room: list[int]) -> None:
    if value.operator:
        parts.append(f"({value.operator}")
        _show(value.start if value.end is None else value.end, parts, room)
        parts.append(")")
        return
    parts.append("[" if value.start_included else "(")
    _show(value.start, parts, room)
    parts.append("..")
    _show(value.end, parts, room)
    parts.append("]" if value.end_included else ")")


def _show_scalar(value: object) -> str:
    if isinstance(value, str):
        return _quote(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return show_number(value)
    return str(value) if not isinstance(value, Function) else repr(value)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(key: str) -> bool:
    return bool(key) and not any(char in key for char in '"{}[](),:')
