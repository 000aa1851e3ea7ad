"""What differs between two versions of a file of decisions: table by table, row by row and cell by cell, for people to read.

Rows are the same when they have the same id, as editors keep it, or else say the same; columns likewise, or by their name.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest
from typing import TypeVar

from server.dmn.model import (
    Definitions,
    Element,
    FunctionDefinition,
    Input,
    InputData,
    Item,
    ItemDefinition,
    Literal,
    Output,
    Rule,
    Table,
    parts,
)
from server.dmn.requirements import label

One = TypeVar("One")


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class CellPair:
    """A cell before and after; None where its row or column was or is not there."""

    before: str | None
    after: str | None

    @property
    def kind(self) -> Kind:
        if self.before == self.after:
            return Kind.SAME
        if self.before is None:
            return Kind.ADDED
        return Kind.REMOVED if self.after is None else Kind.CHANGED


@dataclass(frozen=True)
class ColumnPair:
    """A column of either version. `role`: input, output or annotation."""

    role: str
    name: str
    kind: Kind


@dataclass(frozen=True)
class RowPair:
    """A rule of either version, with its number in each. `moved`: only its place among the others is another."""

    kind: Kind
    before: int | None
    after: int | None
    cells: tuple[CellPair, ...]
    moved: bool = False


@dataclass(frozen=True)
class Difference:
    """What differs in one element. `said`: what is no matter of rows, in words; a table's `rows` are all of them, in their order."""

    name: str
    kind: Kind
    said: tuple[str, ...] = ()
    columns: tuple[ColumnPair, ...] = ()
    rows: tuple[RowPair, ...] = ()

    @property
    def changed_rows(self) -> tuple[RowPair, ...]:
        return tuple(row for row in self.rows if row.kind is not Kind.SAME or row.moved)


def compare(before: Definitions, after: Definitions) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the later file; what is gone comes last."""
    old = {one.id: one for one in before.elements}
    found = [_element(old.pop(one.id, None), one) for one in after.elements]
    gone = [Difference(label(one), Kind.REMOVED) for one in old.values()]
    return tuple(each for each in (*_file(before, after), *found, *gone) if each is not None)


def _file(before: Definitions, after: Definitions) -> Iterator[Difference]:
    said = [*_words("Nama", before.name, after.name)]
    old = {item.name: item for item in before.items}
    for item in after.items:
        was = old.pop(item.name, None)
        if was is None:
            said.append(f"Jenis “{item.name}” ditambahkan.")
        elif _unlined(was) != _unlined(item):
            said.append(f"Jenis “{item.name}” diubah: {_typed(was)} menjadi {_typed(item)}.")
    said += [f"Jenis “{name}” dihapus." for name in old]
    if said:
        yield Difference("Berkas", Kind.CHANGED, tuple(said))


def _unlined(item: ItemDefinition) -> ItemDefinition:
    allowed = item.allowed and replace(item.allowed, line=None)
    constraint = item.constraint and replace(item.constraint, line=None)
    parts_ = tuple(map(_unlined, item.components))
    return replace(item, line=None, components=parts_, allowed=allowed, constraint=constraint)


def _typed(item: ItemDefinition) -> str:
    base = item.type_ref or "/".join(part.name for part in item.components) or "apa saja"
    return f"{base} ({item.allowed.text})" if item.allowed else base


def _element(before: Element | None, after: Element) -> Difference | None:
    if before is None:
        return _added(after)
    said = [
        *_words("Nama", before.name, after.name),
        *_item(before.variable, after.variable),
        *_words("Keterangan", getattr(before, "description", None), getattr(after, "description", None)),
        *_words("Pertanyaan", getattr(before, "question", None), getattr(after, "question", None)),
        *_required(before, after),
    ]
    old, new = _logic(before), _logic(after)
    if isinstance(old, Table) and isinstance(new, Table):
        said += _table_words(old, new)
        columns, rows = _tables(old, new)
        changed = said or any(row.kind is not Kind.SAME or row.moved for row in rows)
        changed = changed or any(column.kind is not Kind.SAME for column in columns)
        return Difference(label(after), Kind.CHANGED, tuple(said), columns, rows) if changed else None
    was, now = _told(old), _told(new)
    if was != now:
        said += [
            f"{name}: {_quoted(one)} menjadi {_quoted(other)}."
            for name, one, other in _lines(was, now)
            if one != other
        ]
    return Difference(label(after), Kind.CHANGED, tuple(said)) if said else None


def _added(element: Element) -> Difference:
    logic = _logic(element)
    if not isinstance(logic, Table):
        return Difference(label(element), Kind.ADDED)
    columns, rows = _tables(replace(logic, inputs=(), outputs=(), rules=()), logic)
    return Difference(label(element), Kind.ADDED, (), columns, rows)


def _logic(element: Element) -> object:
    logic = getattr(element, "logic", None)
    return logic.body if isinstance(logic, FunctionDefinition) and isinstance(logic.body, Table) else logic


def _item(before: Item, after: Item) -> Iterator[str]:
    yield from _words("Nama hasil", before.name, after.name)
    yield from _words("Jenis", before.type_ref or "apa saja", after.type_ref or "apa saja")


def _words(what: str, before: str | None, after: str | None) -> Iterator[str]:
    if (before or "") != (after or ""):
        yield f"{what}: {_quoted(before)} menjadi {_quoted(after)}."


def _quoted(text: str | None) -> str:
    return f"“{text}”" if text else "kosong"


def _required(before: Element, after: Element) -> Iterator[str]:
    if isinstance(before, InputData) or isinstance(after, InputData):
        return
    old, new = ({ref.id for ref in one.requirements} for one in (before, after))
    yield from (f"Sekarang memakai “{id_}”." for id_ in sorted(new - old))
    yield from (f"Tidak lagi memakai “{id_}”." for id_ in sorted(old - new))


def _told(logic: object) -> list[tuple[str, str]]:
    """Boxed expressions as named texts, in their order."""
    if logic is None:
        return []
    if isinstance(logic, Literal):
        return [("Ungkapan", logic.text)]
    if isinstance(logic, Table):
        return [("Tabel", f"{len(logic.rules)} aturan")]
    return [("Ungkapan", text) for text in _texts(logic)]


def _texts(boxed: object) -> Iterator[str]:
    for one in parts(boxed):  # type: ignore[arg-type]
        yield from [one.text] if isinstance(one, Literal) else _texts(one)
    if isinstance(boxed, Table):
        for rule in boxed.rules:
            yield " | ".join(cell.text for cell in (*rule.tests, *rule.outputs))


def _lines(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> Iterator[tuple[str, str | None, str | None]]:
    for number, (old, new) in enumerate(zip_longest(before, after), 1):
        name = (new or old or ("Ungkapan", ""))[0]
        many = max(len(before), len(after)) > 1
        yield f"{name} {number}" if many else name, old and old[1], new and new[1]


# --- tables


def _table_words(before: Table, after: Table) -> Iterator[str]:
    if (before.policy, before.aggregation) != (after.policy, after.aggregation):
        yield f"Aturan yang dipakai: {_policy(before)} menjadi {_policy(after)}."
    for was, now in _paired(before.inputs, after.inputs, _column_keys):
        if was is not None and now is not None:
            yield from _column_words(f"Kolom masukan “{_name(now)}”", was, now)
    for one, other in _paired(before.outputs, after.outputs, _column_keys):
        if one is not None and other is not None:
            yield from _column_words(f"Kolom hasil “{_name(other)}”", one, other)


def _policy(table: Table) -> str:
    added = f" ({table.aggregation.name.lower()})" if table.aggregation else ""
    return POLICIES[table.policy.name] + added


POLICIES = {
    "UNIQUE": "satu",
    "FIRST": "pertama",
    "PRIORITY": "prioritas",
    "ANY": "sama",
    "COLLECT": "semua",
    "RULE_ORDER": "urutan aturan",
    "OUTPUT_ORDER": "urutan hasil",
}


def _column_words(what: str, before: Input | Output, after: Input | Output) -> Iterator[str]:
    yield from _words(f"{what}, judul", _name(before), _name(after))
    if isinstance(before, Input) and isinstance(after, Input):
        yield from _words(f"{what}, yang diuji", before.expression.text, after.expression.text)
        yield from _words(f"{what}, jenis", before.expression.type_ref, after.expression.type_ref)
    elif isinstance(before, Output) and isinstance(after, Output):
        yield from _words(f"{what}, nama", before.name, after.name)
        yield from _words(f"{what}, jenis", before.type_ref, after.type_ref)
        yield from _words(f"{what}, hasil bawaan", _text(before.default), _text(after.default))
    yield from _words(f"{what}, nilai yang boleh", _text(before.values), _text(after.values))


def _text(literal: Literal | None) -> str | None:
    return literal.text if literal else None


def _column_keys(column: Input | Output) -> tuple[object, object]:
    return column.id, _name(column)


def _name(column: Input | Output) -> str:
    own = column.expression.text if isinstance(column, Input) else column.name
    return column.label or own or "tanpa nama"


@dataclass(frozen=True)
class _Side:
    """One version of a table: where the cell of each pair of columns lies in its rules; None where it has no such column."""

    inputs: tuple[int | None, ...]
    outputs: tuple[int | None, ...]
    notes: tuple[str | None, ...]

    def cells(self, rule: Rule) -> list[str | None]:
        return [
            *(None if place is None else rule.tests[place].text for place in self.inputs),
            *(None if place is None else rule.outputs[place].text for place in self.outputs),
            *(None if name is None else rule.annotations.get(name, "") for name in self.notes),
        ]


def _tables(before: Table, after: Table) -> tuple[tuple[ColumnPair, ...], tuple[RowPair, ...]]:
    inputs = _paired(before.inputs, after.inputs, _column_keys)
    outputs = _paired(before.outputs, after.outputs, _column_keys)
    notes = _paired(_notes(before), _notes(after), lambda name: (None, name))
    columns = [
        *(ColumnPair("input", _name(new or old), _kind(old, new)) for old, new in inputs),  # type: ignore[arg-type]
        *(ColumnPair("output", _name(new or old), _kind(old, new)) for old, new in outputs),  # type: ignore[arg-type]
        *(ColumnPair("annotation", new or old or "", _kind(old, new)) for old, new in notes),
    ]
    sides = [
        _Side(
            tuple(_place(table.inputs, pair[at]) for pair in inputs),
            tuple(_place(table.outputs, pair[at]) for pair in outputs),
            tuple(pair[at] for pair in notes),
        )
        for at, table in enumerate((before, after))
    ]
    return tuple(columns), _rows(before.rules, after.rules, sides[0], sides[1])


def _place(columns: Sequence[object], column: object) -> int | None:
    return next((at for at, one in enumerate(columns) if one is column), None)


def _notes(table: Table) -> list[str]:
    return list(dict.fromkeys(name for rule in table.rules for name in rule.annotations))


def _kind(before: object, after: object) -> Kind:
    if before is None:
        return Kind.ADDED
    return Kind.REMOVED if after is None else Kind.SAME


def _rows(before: Sequence[Rule], after: Sequence[Rule], old: _Side, new: _Side) -> tuple[RowPair, ...]:
    left = [(rule.id, tuple(old.cells(rule))) for rule in before]
    right = [(rule.id, tuple(new.cells(rule))) for rule in after]
    pairs = _matched(left, right)
    kept = _in_order([one for one, other in pairs if one is not None and other is not None])
    blank = (None,) * len([*new.inputs, *new.outputs, *new.notes])
    found = []
    for one, other in pairs:
        was, now = blank if one is None else left[one][1], blank if other is None else right[other][1]
        cells = tuple(CellPair(a, b) for a, b in zip(was, now, strict=True))
        kind = _kind(one, other)
        if kind is Kind.SAME and was != now:
            kind = Kind.CHANGED
        moved = one is not None and other is not None and one not in kept
        found.append(
            RowPair(
                kind,
                None if one is None else one + 1,
                None if other is None else other + 1,
                cells,
                moved,
            )
        )
    return tuple(found)


def _in_order(places: Sequence[int]) -> set[int]:
    """As many of these as stand in rising order: what is left has been moved."""
    ends: list[int] = []
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        at = bisect_left(tails, place)
        before[place] = ends[at - 1] if at else None
        tails[at : at + 1] = [place]
        ends[at : at + 1] = [place]
    kept: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept


Keys = tuple[object, object]


def _paired(
    before: Sequence[One], after: Sequence[One], keys: Callable[[One], Keys]
) -> list[tuple[One | None, One | None]]:
    """Those of both sides that are the same; what is gone stands where it stood."""
    pairs = _matched([keys(one) for one in before], [keys(one) for one in after])
    return [
        (None if one is None else before[one], None if other is None else after[other])
        for one, other in pairs
    ]


def _matched(left: Sequence[Keys], right: Sequence[Keys]) -> list[tuple[int | None, int | None]]:
    """The places of what is the same on both sides, by the first key or else by the second."""
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for which in (0, 1):
        free: dict[object, list[int]] = {}
        for at in reversed(range(len(left))):
            if at not in taken and left[at][which] is not None:
                free.setdefault(left[at][which], []).append(at)
        for at, keys in enumerate(right):
            if at not in partner and (there := free.get(keys[which])):
                partner[at] = there.pop()
                taken.add(partner[at])
    pairs: list[tuple[int | None, int | None]] = []
    gone = [at for at in range(len(left)) if at not in taken]
    for at in range(len(right)):
        mine = partner.get(at)
        while gone and mine is not None and gone[0] < mine:
            pairs.append((gone.pop(0), None))
        pairs.append((mine, at))
    return [*pairs, *((at, None) for at in gone)]
