"""Reading form-js JSON (schemaVersion up to 19) into a form, or saying everything that is wrong with it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from graphlib import CycleError, TopologicalSorter

import simplejson
from marshmallow import ValidationError

from server import errors, feel
from server.forms import nomor, schema
from server.forms.check import option_values
from server.forms.form import Form
from server.forms.model import (
    NEWEST_VERSION,
    Checkbox,
    Choice,
    Choices,
    Computed,
    Field,
    File,
    Limit,
    Moment,
    Number,
    Options,
    Rows,
    Scope,
    Switch,
    Text,
)
from server.forms.pattern import Pattern

MAX_BYTES = 2**20
MAX_DEPTH = 20
MAX_COMPONENTS = 2000

SHOWN = frozenset(
    {"text", "html", "image", "table", "documentPreview", "separator", "spacer", "iframe", "button"}
)
_PATH = re.compile(r"\w+(\.\w+)*")

Json = Mapping[str, object]
Functions = Mapping[str, feel.Function]


class Malformed(errors.Invalid):
    """The form cannot be used; each problem names the field."""

    def __init__(self, problems: Sequence[errors.Problem]) -> None:
        super().__init__(
            "Formulir tidak dapat dipakai. Perbaiki di penyunting formulir, lalu kirim lagi.", problems
        )


def read(data: bytes | Json, functions: Functions | None = None) -> Form:
    """Read a form. `functions` are host functions that its expressions may call. Raises `Malformed` with all problems."""
    document = _parse(data) if isinstance(data, bytes) else data
    reader = _Reader(functions)
    scope = reader.form(document)
    if reader.problems:
        raise Malformed(reader.problems)
    form_id, version = document.get("id"), document.get("schemaVersion")
    return Form(
        form_id if isinstance(form_id, str) else None, version if isinstance(version, int) else None, scope
    )


def _parse(data: bytes) -> Json:
    if len(data) > MAX_BYTES:
        raise Malformed([errors.Problem(f"Berkas formulir lebih besar dari {MAX_BYTES // 1024} KiB.")])
    try:
        document = simplejson.loads(data.decode("utf-8-sig"), use_decimal=True, parse_constant=_no_constant)
    except simplejson.JSONDecodeError as error:
        raise Malformed([errors.Problem("Berkas ini bukan JSON yang benar.", line=error.lineno)]) from None
    except (ValueError, RecursionError):
        raise Malformed(
            [errors.Problem("Berkas ini bukan JSON yang benar, atau terlalu bersarang.")]
        ) from None
    if not isinstance(document, dict):
        raise Malformed([errors.Problem("Berkas ini bukan formulir: isinya bukan objek JSON.")])
    return document


def _no_constant(name: str) -> object:
    raise ValueError(name)


@dataclass(frozen=True)
class _Around:
    """What a component stands in: the path so far within its data object, and the conditions of its groups."""

    path: tuple[str, ...] = ()
    hides: tuple[feel.Expression, ...] = ()
    depth: int = 0


class _Reader:
    """Reads components; gathers problems instead of stopping."""

    def __init__(self, functions: Functions | None) -> None:
        self.functions = functions
        self.problems: list[errors.Problem] = []
        self.ids: set[str] = set()
        self.count = 0

    def form(self, document: Json) -> Scope:
        version = document.get("schemaVersion")
        if version is not None and not (_is_int(version) and 1 <= version <= NEWEST_VERSION):  # type: ignore[operator]
            self.problem(
                "form", f"schemaVersion {version} tidak dikenal; yang terbaru adalah {NEWEST_VERSION}."
            )
        if document.get("type") != "default":
            self.problem("form", "type formulir harus “default”.")
        self._claim_id(document, "form")
        return self._scope(document, "form")

    def problem(self, where: str, message: str) -> None:
        self.problems.append(errors.Problem(message, where))

    # components

    def _scope(self, parent: Json, where: str, depth: int = 0) -> Scope:
        members = tuple(self._members(parent, where, _Around(depth=depth)))
        self._check_paths(members)
        return Scope(fields=members, order=self._order(members))

    def _members(self, parent: Json, where: str, around: _Around) -> Iterator[Field | Rows]:
        components = parent.get("components", [])
        if not isinstance(components, list) or not all(isinstance(one, dict) for one in components):
            self.problem(where, "components harus berupa daftar objek.")
            return
        if around.depth > MAX_DEPTH:
            self.problem(where, f"Kelompok isian bersarang lebih dari {MAX_DEPTH} tingkat.")
            return
        for component in components:
            self.count += 1
            if self.count == MAX_COMPONENTS + 1:
                self.problem(where, f"Formulir memuat lebih dari {MAX_COMPONENTS} komponen.")
            if self.count <= MAX_COMPONENTS:
                yield from self._component(component, around)

    def _component(self, component: Json, around: _Around) -> Iterator[Field | Rows]:
        kind, where = str(component.get("type")), _name(component)
        self._claim_id(component, where)
        if kind == "group":
            yield from self._members(component, where, self._inside(component, where, around))
        elif kind == "dynamiclist":
            yield from self._rows(component, where, around)
        elif kind in _FIELDS:
            yield from self._field(component, where, around)
        elif kind not in SHOWN:
            self.problem(where, f"Jenis komponen “{kind}” tidak dikenal.")

    def _claim_id(self, component: Json, where: str) -> None:
        own = component.get("id")
        if own is None:
            return
        if not isinstance(own, str):
            self.problem(where, "id harus berupa teks.")
        elif own in self.ids:
            self.problem(where, f"id “{own}” dipakai lebih dari satu komponen.")
        else:
            self.ids.add(own)

    def _inside(self, component: Json, where: str, around: _Around) -> _Around:
        path = self._path(component.get("path") or "", where, "path", optional=True)
        return _Around((*around.path, *path), self._hides(component, where, around), around.depth + 1)

    def _rows(self, component: Json, where: str, around: _Around) -> Iterator[Rows]:
        path = self._path(component.get("path") or component.get("id") or "", where, "path")
        repetitions = component.get("defaultRepetitions", 1)
        if not _is_int(repetitions) or not 0 <= repetitions <= schema.MAX_ROWS:  # type: ignore[operator]
            self.problem(where, f"defaultRepetitions harus bilangan bulat 0 sampai {schema.MAX_ROWS}.")
            repetitions = 1
        row = self._scope(component, where, around.depth + 1)
        if path:
            yield Rows(
                path=(*around.path, *path),
                label=_label(component, where),
                hides=self._hides(component, where, around),
                row=row,
                fixed=component.get("allowAddRemove") is False,
                repetitions=repetitions,  # type: ignore[arg-type]
            )

    def _field(self, component: Json, where: str, around: _Around) -> Iterator[Field]:
        path = self._path(component.get("key") or "", where, "key")
        if not path:
            return
        validate = self._entries(component, "validate", where)
        properties = self._entries(component, "properties", where)
        kind = str(component["type"])
        made = _FIELDS[kind](
            _Part(self, component, validate, properties, where),
            type=kind,
            path=(*around.path, *path),
            label=_label(component, where),
            hides=self._hides(component, where, around),
            readonly=self.switch(component, "readonly", where),
            disabled=self.switch(component, "disabled", where),
            required=self.switch(validate, "required", where),
            properties=properties,
        )
        yield self._with_default(made, component.get("defaultValue"), where)

    def _with_default(self, made: Field, default: object, where: str) -> Field:
        if default in (None, "", []):
            return made
        try:
            checked = schema.value_of(made, default)
        except ValidationError as error:
            self.problem(where, f"defaultValue tidak cocok: {' '.join(error.messages)}")
            return made
        return replace(made, default=checked)

    # parts of a component

    def _entries(self, component: Json, name: str, where: str) -> Json:
        entries = component.get(name) or {}
        if isinstance(entries, dict):
            return entries
        self.problem(where, f"{name} harus berupa objek.")
        return {}

    def _path(self, text: object, where: str, name: str, optional: bool = False) -> tuple[str, ...]:
        if optional and text == "":
            return ()
        if not isinstance(text, str) or not _PATH.fullmatch(text):
            self.problem(where, f"{name} harus terdiri atas huruf, angka dan garis bawah, dipisah titik.")
            return ()
        return tuple(text.split("."))

    def _hides(self, component: Json, where: str, around: _Around) -> tuple[feel.Expression, ...]:
        hide = self._entries(component, "conditional", where).get("hide")
        if hide in (None, False, ""):
            return around.hides
        expression = self.expression(hide, "conditional.hide", where)
        return (*around.hides, expression) if expression else around.hides

    def switch(self, part: Json, name: str, where: str) -> Switch:
        value = part.get(name)
        if value is None or value == "":
            return False
        return value if isinstance(value, bool) else self.expression(value, name, where) or False

    def expression(self, text: object, name: str, where: str) -> feel.Expression | None:
        """The compiled expression of a text that begins with `=`."""
        if not isinstance(text, str) or not text.startswith("="):
            self.problem(where, f"{name} harus berupa ungkapan FEEL yang diawali “=”.")
            return None
        try:
            return feel.compile(text[1:], functions=self.functions)
        except errors.Invalid as error:
            self.problem(where, f"{name}: {error.message}")
            return None

    # the whole of a scope

    def _check_paths(self, members: tuple[Field | Rows, ...]) -> None:
        """Two fields may not write one value, nor one of them an object and the other a part of it."""
        taken = Counter(member.path for member in members)
        for path in (path for path, times in taken.items() if times > 1):
            self.problem(".".join(path), f"Kunci “{'.'.join(path)}” dipakai lebih dari satu isian.")
        for member in members:
            if any(member.path[:n] in taken for n in range(1, len(member.path))):
                self.problem(member.key, f"Kunci “{member.key}” berada di dalam kunci isian lain.")

    def _order(self, members: tuple[Field | Rows, ...]) -> tuple[Field | Rows, ...]:
        """The members that are computed, each after those that it reads; by the first segment of their paths."""
        computed = [member for member in members if _reads(member) is not None]
        roots = {member.path[0] for member in computed}
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for member in computed:
            sorter.add(member.path[0], *((_reads(member) or frozenset()) & roots - {member.path[0]}))
        try:
            rank = {root: n for n, root in enumerate(sorter.static_order())}
        except CycleError as error:
            self.problem(error.args[1][0], f"Isian ini saling bergantung: {', '.join(error.args[1])}.")
            return ()
        return tuple(sorted(computed, key=lambda member: rank[member.path[0]]))


def _reads(member: Field | Rows) -> frozenset[str] | None:
    """The names that a member's computation reads; None where nothing is computed."""
    if isinstance(member, Rows):
        inner = [_reads(one) for one in member.row.order]
        return frozenset().union(*(names or () for names in inner)) if inner else None
    expressions = [part for part in (member.readonly, member.disabled) if isinstance(part, feel.Expression)]
    if isinstance(member, Computed):
        expressions.append(member.expression)
    return frozenset().union(*(one.names for one in expressions)) if expressions else None


@dataclass(frozen=True)
class _Part:
    """What the makers of fields read from: the component, its `validate` and its `properties`."""

    reader: _Reader
    component: Json
    validate: Json
    properties: Json
    where: str

    def limit(self, name: str) -> Limit:
        value = self.validate.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.startswith("="):
            return self.reader.expression(value, name, self.where)
        return self.number(value, name)

    def number(self, value: object, name: str) -> Decimal | None:
        if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool):
            with suppress(InvalidOperation):
                number = Decimal(value)
                if schema.is_writable(number):
                    return number
        self.reader.problem(self.where, f"{name} harus berupa angka.")
        return None

    def pattern(self) -> Pattern | None:
        text = self.validate.get("pattern")
        if not isinstance(text, str) or not text:
            return None
        try:
            return Pattern.read(text)
        except errors.Invalid as error:
            self.reader.problem(self.where, f"pattern: {error.message}")
            return None

    def options(self) -> Options:
        """In form-js's order of precedence: valuesKey, values, valuesExpression."""
        key, values, expression = (
            self.component.get(name) for name in ("valuesKey", "values", "valuesExpression")
        )
        if isinstance(key, str) and key:
            return Options(variable=key)
        if isinstance(values, list):
            return Options(values=tuple(option_values(values)))
        if expression is not None:
            return Options(expression=self.reader.expression(expression, "valuesExpression", self.where))
        self.reader.problem(self.where, "Pilihannya belum ditentukan.")
        return Options(values=())

    def word(self, part: Json, name: str, words: Sequence[str]) -> str | None:
        value = part.get(name)
        if value is None or value in words:
            return value  # type: ignore[return-value]
        self.reader.problem(self.where, f"{name} “{value}” tidak dikenal; pilihannya {', '.join(words)}.")
        return None


def _text(part: _Part, **common: object) -> Field:
    kind = part.word(part.validate, "validationType", ("email", "phone", "custom", ""))
    message = part.validate.get("patternErrorMessage")
    return Text(
        minimum=part.limit("minLength"),
        maximum=part.limit("maxLength"),
        pattern=part.pattern(),
        pattern_message=message if isinstance(message, str) and message else None,
        nomor=part.word(part.properties, "nomor", tuple(nomor.KINDS)),
        format=kind if kind in ("email", "phone") else None,  # type: ignore[arg-type]
        **common,  # type: ignore[arg-type]
    )


def _number(part: _Part, **common: object) -> Field:
    digits, increment = part.component.get("decimalDigits"), part.component.get("increment")
    if digits is not None and not (_is_int(digits) and 0 <= digits <= schema.MAX_DIGITS):  # type: ignore[operator]
        part.reader.problem(part.where, "decimalDigits harus bilangan bulat yang tidak negatif.")
        digits = None
    step = None if increment in (None, "") else part.number(increment, "increment")
    return Number(
        minimum=part.limit("min"),
        maximum=part.limit("max"),
        decimal_digits=digits,  # type: ignore[arg-type]
        increment=step or None,
        as_text=part.component.get("serializeToString") is True,
        **common,  # type: ignore[arg-type]
    )


def _moment(part: _Part, **common: object) -> Field:
    subtype = part.word(part.component, "subtype", ("date", "time", "datetime")) or "date"
    not_past = subtype != "time" and part.component.get("disallowPassedDates") is True
    return Moment(subtype=subtype, not_past=not_past, **common)  # type: ignore[arg-type]


def _checkbox(part: _Part, **common: object) -> Field:
    return Checkbox(**common)  # type: ignore[arg-type]


def _choice(part: _Part, **common: object) -> Field:
    return Choice(options=part.options(), **common)  # type: ignore[arg-type]


def _choices(part: _Part, **common: object) -> Field:
    return Choices(options=part.options(), **common)  # type: ignore[arg-type]


def _file(part: _Part, **common: object) -> Field:
    accept = part.component.get("accept")
    multiple = part.reader.switch(part.component, "multiple", part.where)
    return File(accept=accept if isinstance(accept, str) else None, multiple=multiple, **common)  # type: ignore[arg-type]


def _computed(part: _Part, **common: object) -> Field:
    expression = part.reader.expression(part.component.get("expression"), "expression", part.where)
    return Computed(expression=expression or feel.compile("null"), **common)  # type: ignore[arg-type]


_FIELDS: dict[str, Callable[..., Field]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "datetime": _moment,
    "checkbox": _checkbox,
    "radio": _choice,
    "select": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "filepicker": _file,
    "expression": _computed,
}


def _name(component: Json) -> str:
    """What a problem calls a component: its key, path or id."""
    return next(
        (str(component[name]) for name in ("key", "path", "id") if component.get(name)),
        str(component.get("type")),
    )


def _label(component: Json, where: str) -> str:
    """The label that people see; the key where the label is computed."""
    label = next((component[name] for name in ("label", "dateLabel", "timeLabel") if component.get(name)), "")
    plain = isinstance(label, str) and label.strip() and not label.startswith("=") and "{{" not in label
    return str(label).strip() if plain else where


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
