"""Reading form-js JSON (schemaVersion up to 19) into a form, or saying everything that is wrong with it."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

import simplejson
from marshmallow import ValidationError

from server import errors, feel
from server.forms import nomor, schema, values
from server.forms.form import Form
from server.forms.model import (
    NEWEST_VERSION,
    Checkbox,
    Choice,
    Choices,
    Computed,
    Field,
    File,
    Moment,
    Number,
    Rows,
    Scope,
    Text,
)
from server.forms.part import Functions, Json, Part

MAX_BYTES = 2**20
MAX_DEPTH = 20
MAX_COMPONENTS = 2000
SHOWN = frozenset(
    {"text", "html", "image", "table", "documentPreview", "separator", "spacer", "iframe", "button"}
)
"""Components that hold no value."""


class Malformed(errors.Invalid):
    """The form cannot be used; each problem names the field."""

    def __init__(self, problems: Sequence[errors.Problem]) -> None:
        super().__init__(
            "Formulir tidak dapat dipakai. Perbaiki di penyunting formulir, lalu kirim lagi.", problems
        )


def read(data: bytes | Json, functions: Functions | None = None) -> Form:
    """Read a form. `functions` are the host's, for its expressions. Raises `Malformed` with all problems."""
    form = Part(parsed(data) if isinstance(data, bytes) else data, "form", [], functions)
    if form.json.get("type") != "default":
        form.refuse("type formulir harus “default”.")
    version = form.whole("schemaVersion", 1, NEWEST_VERSION)
    scope = _Reader(form).scope(form, depth=0)
    if form.problems:
        raise Malformed(form.problems)
    return Form(form.text("id"), version, scope)


def title(data: bytes) -> str | None:
    """What a form calls itself: the heading with which it begins. Raises Malformed."""
    components = parsed(data).get("components")
    for each in components if isinstance(components, list) else ():
        text = each.get("text") if isinstance(each, dict) and each.get("type") == "text" else None
        if isinstance(text, str) and (heading := _HEADING.match(text)):
            return heading[1].strip()
    return None


def version_tag(data: bytes) -> str | None:
    """What the form's owner calls this version of it (versionTag). Raises Malformed."""
    tag = parsed(data).get("versionTag")
    return tag if isinstance(tag, str) and tag else None


_HEADING = re.compile(r"\s*#{1,3}\s+(\S[^\n]*)")


def parsed(data: bytes) -> Json:
    """The JSON object of a form's file. Raises Malformed."""
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


@dataclass(frozen=True, slots=True)
class _Around:
    """What a component stands in: the path so far within its data object, and the conditions of its
    groups."""

    path: tuple[str, ...] = ()
    hides: tuple[feel.Expression, ...] = ()
    depth: int = 0


@dataclass(slots=True)
class _Reader:
    """Walks the components of one form."""

    form: Part
    ids: set[object] = field(default_factory=set)
    count: int = 0

    def scope(self, parent: Part, depth: int) -> Scope:
        """The fields within a form or a dynamic list."""
        members = tuple(self._members(parent, _Around(depth=depth)))
        _check_paths(members, parent)
        return Scope(fields=members, order=_order(members, parent))

    def _members(self, parent: Part, around: _Around) -> Iterator[Field | Rows]:
        components = parent.json.get("components", [])
        if not isinstance(components, list) or not all(isinstance(one, dict) for one in components):
            parent.refuse("components harus berupa daftar objek.")
        elif around.depth > MAX_DEPTH:
            parent.refuse(f"Kelompok isian bersarang lebih dari {MAX_DEPTH} tingkat.")
        elif self.count + len(components) > MAX_COMPONENTS:
            parent.refuse(f"Formulir memuat lebih dari {MAX_COMPONENTS} komponen.")
        else:
            self.count += len(components)
            for component in components:
                yield from self._component(parent.component(component), around)

    def _component(self, part: Part, around: _Around) -> Iterator[Field | Rows]:
        kind = str(part.json.get("type"))
        self._claim_id(part)
        if kind == "group":
            yield from self._members(part, _inside(part, around))
        elif kind == "dynamiclist":
            yield from self._rows(part, around)
        elif kind in _MAKERS:
            yield from _field(part, kind, around)
        elif kind not in SHOWN:
            part.refuse(f"Jenis komponen “{kind}” tidak dikenal.")

    def _claim_id(self, part: Part) -> None:
        own = part.text("id")
        if own is None:
            if part.json.get("id") is not None:
                part.refuse("id harus berupa teks.")
        elif own in self.ids:
            part.refuse(f"id “{own}” dipakai lebih dari satu komponen.")
        self.ids.add(own)

    def _rows(self, part: Part, around: _Around) -> Iterator[Rows]:
        path = part.path("path" if part.json.get("path") or not part.json.get("id") else "id")
        inside = _inside(replace(part, json={**part.json, "path": ""}), around)
        row = self.scope(part, inside.depth)
        repetitions = part.whole("defaultRepetitions", 0, schema.MAX_ROWS, default=1)
        if path:
            yield Rows(
                path=(*around.path, *path),
                label=part.label(),
                hides=inside.hides,
                row=row,
                fixed=part.json.get("allowAddRemove") is False,
                repetitions=repetitions or 0,
            )


def _inside(part: Part, around: _Around) -> _Around:
    path = part.path("path") if part.json.get("path") else ()
    return _Around((*around.path, *path), _hides(part, around), around.depth + 1)


def _hides(part: Part, around: _Around) -> tuple[feel.Expression, ...]:
    hide = part.hide()
    return (*around.hides, hide) if hide else around.hides


def _field(part: Part, kind: str, around: _Around) -> Iterator[Field]:
    path = part.path("key")
    if not path:
        return
    made = _MAKERS[kind](
        part,
        type=kind,
        path=(*around.path, *path),
        label=part.label(),
        hides=_hides(part, around),
        readonly=part.switch("readonly"),
        disabled=part.switch("disabled"),
        required=part.within("validate").switch("required"),
        properties=part.within("properties").json,
    )
    yield _with_default(made, part)


def _with_default(made: Field, part: Part) -> Field:
    default = part.json.get("defaultValue")
    if default in (None, "", []):
        return made
    try:
        return replace(made, default=values.value_field(made).deserialize(default))
    except ValidationError as error:
        part.refuse(f"defaultValue tidak cocok: {' '.join(map(str, error.messages))}")
        return made


# What each type has of its own. `common` is what all fields have.


def _text(part: Part, **common: object) -> Field:
    validate = part.within("validate")
    kind = validate.word("validationType", ("email", "phone", "custom"))
    return Text(
        minimum=validate.limit("minLength"),
        maximum=validate.limit("maxLength"),
        pattern=validate.pattern("pattern"),
        pattern_message=validate.text("patternErrorMessage"),
        format=kind if kind in ("email", "phone") else None,  # type: ignore[arg-type]
        nomor=part.within("properties").word("nomor", tuple(nomor.KINDS)),
        **common,  # type: ignore[arg-type]
    )


def _number(part: Part, **common: object) -> Field:
    validate = part.within("validate")
    return Number(
        minimum=validate.limit("min"),
        maximum=validate.limit("max"),
        decimal_digits=part.whole("decimalDigits", 0, values.MAX_DIGITS),
        increment=part.number("increment") or None,
        as_text=part.json.get("serializeToString") is True,
        **common,  # type: ignore[arg-type]
    )


def _moment(part: Part, **common: object) -> Field:
    subtype = part.word("subtype", ("date", "time", "datetime")) or "date"
    not_past = subtype != "time" and part.json.get("disallowPassedDates") is True
    return Moment(subtype=subtype, not_past=not_past, **common)  # type: ignore[arg-type]


def _checkbox(part: Part, **common: object) -> Field:
    return Checkbox(**common)  # type: ignore[arg-type]


def _choice(part: Part, **common: object) -> Field:
    return Choice(options=part.options(), **common)  # type: ignore[arg-type]


def _choices(part: Part, **common: object) -> Field:
    return Choices(options=part.options(), **common)  # type: ignore[arg-type]


def _file(part: Part, **common: object) -> Field:
    accept, multiple = part.text("accept"), part.switch("multiple")
    return File(accept=accept, multiple=multiple, **common)  # type: ignore[arg-type]


def _computed(part: Part, **common: object) -> Field:
    expression = part.expression("expression") or feel.compile("null")
    return Computed(expression=expression, **common)  # type: ignore[arg-type]


_MAKERS: dict[str, Callable[..., Field]] = {
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


# The fields of one data object together.


def _check_paths(members: Sequence[Field | Rows], part: Part) -> None:
    """Two fields may not write one value, nor one of them an object and the other a part of it."""
    taken = Counter(member.path for member in members)
    for key in (".".join(path) for path, times in taken.items() if times > 1):
        replace(part, name=key).refuse(f"Kunci “{key}” dipakai lebih dari satu isian.")
    for member in members:
        if any(member.path[:n] in taken for n in range(1, len(member.path))):
            replace(part, name=member.key).refuse(f"Kunci “{member.key}” berada di dalam kunci isian lain.")


def _order(members: Sequence[Field | Rows], part: Part) -> tuple[Field | Rows, ...]:
    """The members that are computed, each after those that it reads; by the first segment of their paths."""
    reads = [(member, names) for member in members if (names := _reads(member)) is not None]
    roots = {member.path[0] for member, _ in reads}
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for member, names in reads:
        sorter.add(member.path[0], *(names & roots - {member.path[0]}))
    try:
        rank = {root: n for n, root in enumerate(sorter.static_order())}
    except CycleError as error:
        part.refuse(f"Isian ini saling bergantung: {', '.join(error.args[1])}.")
        return ()
    return tuple(sorted((member for member, _ in reads), key=lambda member: rank[member.path[0]]))


def _reads(member: Field | Rows) -> frozenset[str] | None:
    """The names that a member's computation reads; None where nothing is computed."""
    if isinstance(member, Rows):
        inner = [_reads(one) or frozenset() for one in member.row.order]
        return frozenset[str]().union(*inner) if inner else None
    expressions = [part for part in (member.readonly, member.disabled) if isinstance(part, feel.Expression)]
    if isinstance(member, Computed):
        expressions.append(member.expression)
    return frozenset[str]().union(*(one.names for one in expressions)) if expressions else None
