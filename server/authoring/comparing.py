"""Two states of a procedure, side by side: what was added, removed, changed or moved, in words for people.

What differs is the engine's to say (`engine.changes`); here is what stood there before, and what stands there now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from server import bpmn, errors
from server.bpmn import model
from server.engine.changes import differences

What = Literal["added", "removed", "changed", "moved"]
MOVED: Final = 40
"""Pixels by which something must have been moved for people to notice."""
PROPERTY_WORDS: Final = {
    "langkah": "nomor baris",
    "uraian": "uraian",
    "kelengkapan": "kelengkapan",
    "waktu": "waktu",
    "output": "output",
    "keterangan": "keterangan",
    "role": "peran",
    "sifat": "sifat",
    "bidang": "bidang",
}
HEADER_WORDS: Final = {
    "surat": "surat yang dibuat",
    "kode": "kode klasifikasi",
    "penanda_tangan": "penanda tangan",
    "pengolah": "unit pengolah",
}


@dataclass(frozen=True)
class Detail:
    """One thing that is not the same; None: it was not there, or is not any more. `kind`: how the values are to be shown."""

    label: str
    before: str | None
    after: str | None
    kind: Literal["text", "duration", "feel"] = "text"


@dataclass(frozen=True)
class Alteration:
    """An element that is in one state only, or not the same in both."""

    what: What
    element_id: str
    title: str
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """Two states, and what differs; of `flows` by their ids, which are told with the element that they leave."""

    before: model.Diagram
    after: model.Diagram
    alterations: tuple[Alteration, ...]
    flows: Mapping[str, What]

    def of(self, *what: What) -> dict[str, Alteration]:
        """By element."""
        return {each.element_id: each for each in self.alterations if each.what in what}


def compare(before: bytes, after: bytes) -> Comparison:
    """What differs between two files of a procedure, as far as they can be read. Raises bpmn.Refused."""
    old, new = bpmn.examine(before)[0], bpmn.examine(after)[0]
    found: list[Alteration] = []
    for process in new.processes:
        was = next((each for each in old.processes if each.id == process.id), None)
        found += _process(was or model.Process(id=process.id), process)
    gone = {each.id for each in old.processes} - {each.id for each in new.processes}
    found += [Alteration("removed", each.id, bpmn.called(each)) for each in old.processes if each.id in gone]
    seen = {each.element_id for each in found}
    found += [each for each in _moved(old, new) if each.element_id not in seen]
    return Comparison(old, new, tuple(found), dict(_flows(old, new)))


def _flows(old: model.Diagram, new: model.Diagram) -> Iterator[tuple[str, What]]:
    before, after = (
        {flow.id: flow for one in each.processes for scope in one.scopes() for flow in scope.flows.values()}
        for each in (old, new)
    )
    for id_ in dict.fromkeys([*before, *after]):
        if id_ not in before or id_ not in after:
            yield id_, "added" if id_ in after else "removed"
        elif any(
            getattr(before[id_], part) != getattr(after[id_], part)
            for part in ("source", "target", "name", "condition")
        ):
            yield id_, "changed"


def silenced(before: bytes, after: bytes) -> Iterator[errors.Problem]:
    """References that asked for the newest version and no longer say which: as Camunda's Modeler writes them, which leaves out what is
    its default, while silence means here the version that the case began with. Raises bpmn.Refused."""
    old, new = bpmn.examine(before)[0], bpmn.examine(after)[0]
    were = {node.id: node for process in old.processes for node in process.every_node()}
    for process in new.processes:
        for node in process.every_node():
            for kind, word in (("form", "formulir"), ("decision", "tabel keputusan"), ("called", "prosedur")):
                was, now = getattr(were.get(node.id), kind, None), getattr(node, kind, None)
                if was and now and was.binding is model.Binding.LATEST and now.binding is None:
                    message = (
                        f"{bpmn.called(node)}: {word} yang terbaru tidak lagi diminta, sehingga perkara memakai versi saat dimulai. "
                        "Camunda Modeler menghapus tulisan itu; pilih lagi “Yang terbaru” bila itu yang dimaksud."
                    )
                    yield errors.Problem(message, node.id)


def _process(old: model.Process, new: model.Process) -> Iterator[Alteration]:
    if details := (*_texts(old, new), *_properties(old.properties, new.properties)):
        yield Alteration("changed", new.id, bpmn.called(new), details)
    yield from _lanes(old, new)
    before = {node.id: node for node in old.every_node()}
    after = {node.id: node for node in new.every_node()}
    for each in differences(old, new):
        node = after.get(each.element_id) or before[each.element_id]
        details = ()
        if each.kind == "changed":
            details = tuple(_node(old, before[each.element_id], new, node))
            untold = each.what if not details else (what for what in each.what if what in UNTOLD)
            details += tuple(Detail(what, None, None) for what in untold)
        yield Alteration(each.kind, each.element_id, bpmn.called(node), details)


def _texts(old: model.Process, new: model.Process) -> Iterator[Detail]:
    yield from _detail("nama", old.name, new.name)
    yield from _detail("penjelasan", old.documentation, new.documentation)


def _lanes(old: model.Process, new: model.Process) -> Iterator[Alteration]:
    before = {lane.id: lane for scope in old.scopes() for lane in scope.lanes}
    after = {lane.id: lane for scope in new.scopes() for lane in scope.lanes}
    for id_, lane in after.items():
        if id_ not in before:
            yield Alteration("added", id_, bpmn.called(lane))
        elif details := (
            *_detail("nama", before[id_].name, lane.name),
            *_properties(before[id_].properties, lane.properties),
        ):
            yield Alteration("changed", id_, bpmn.called(lane), details)
    for id_, lane in before.items():
        if id_ not in after:
            yield Alteration("removed", id_, bpmn.called(lane))


def _node(old: model.Process, before: Any, new: model.Process, after: Any) -> Iterator[Detail]:
    if type(before) is not type(after):
        yield Detail("jenis", bpmn.called(before), bpmn.called(after))
        return
    yield from _detail("nama", before.name, after.name)
    yield from _detail("lajur", _home(old, before), _home(new, after))
    yield from _properties(before.properties, after.properties)
    yield from _references(before, after)
    yield from _properties(getattr(before, "headers", {}), getattr(after, "headers", {}), HEADER_WORDS)
    for name, word in FEEL:
        yield from _detail(
            word, _text(getattr(before, name, None)), _text(getattr(after, name, None)), "feel"
        )
    yield from _detail("data masuk", _mapped(before, "inputs"), _mapped(after, "inputs"), "feel")
    yield from _detail("data keluar", _mapped(before, "outputs"), _mapped(after, "outputs"), "feel")
    yield from _detail("peristiwa", _awaited(before), _awaited(after), "feel")
    yield from _ways(old, new, after.id)


SAID: Final = "yang berlaku saat perkara dimulai"
UNTOLD: Final = ("perulangan", "tempat")
"""Respects in which an element may differ and of which nothing more is told."""
FEEL: Final = (
    ("assignee", "penerima"),
    ("candidate_groups", "kelompok"),
    ("candidate_users", "orang calon"),
    ("due_date", "tenggat"),
    ("follow_up_date", "tindak lanjut"),
    ("priority", "prioritas"),
)


def _which(reference: Any) -> str:
    """Which version a reference asks for."""
    if reference.tag:
        return f"yang bertanda “{reference.tag}”"
    return "yang terbaru saat dipakai" if reference.binding is model.Binding.LATEST else SAID


def _references(before: Any, after: Any) -> Iterator[Detail]:
    for name, word in (("form", "formulir"), ("decision", "tabel"), ("called", "prosedur")):
        old, new = getattr(before, name, None), getattr(after, name, None)
        if old and new:
            yield from _detail(f"versi {word}", *(_which(each) for each in (old, new)))
    for name, word, of in (
        ("form", "formulir", lambda one: one.id),
        ("decision", "tabel keputusan", lambda one: one.id.text),
        ("job", "pekerjaan", lambda one: one.type.text),
        ("called", "prosedur yang dipanggil", lambda one: one.process.text),
        ("script", "yang dihitung", lambda one: one.expression.text),
    ):
        old, new = getattr(before, name, None), getattr(after, name, None)
        yield from _detail(word, of(old) if old else None, of(new) if new else None)


def _ways(old: model.Process, new: model.Process, node_id: str) -> Iterator[Detail]:
    before = {one.id: one for one in old.scope_of(node_id).outgoing(node_id)}
    after = {one.id: one for one in new.scope_of(node_id).outgoing(node_id)}
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    if len(gone) == len(come) == 1:  # drawn anew, it is the same way for people
        after[gone.pop()] = after.pop(come.pop())
    for id_ in dict.fromkeys([*before, *after]):
        was, now = before.get(id_), after.get(id_)
        one = now or was
        assert one is not None
        called = f" “{one.name}”" if one.name else ""
        yield from _detail(f"jalan{called} menuju", _target(old, was), _target(new, now))
        word = f"jalan{called or f' ke “{_target(new, now) or _target(old, was)}”'}"
        old_text, new_text = (_text(each.condition) if each else None for each in (was, now))
        yield from _detail(f"{word}, syarat", old_text, new_text, "feel")
        if was and now:
            yield from _detail(f"{word}, nama", was.name, now.name)


def _target(process: model.Process, flow: model.Flow | None) -> str | None:
    if flow is None:
        return None
    node = next((one for one in process.every_node() if one.id == flow.target), None)
    return node.name or bpmn.called(node) if node else flow.target


def _home(process: model.Process, node: model.Node) -> str | None:
    lane = next(iter(process.lanes_of(node.id)), None)
    return (lane.name or lane.id) if lane else None


def _mapped(node: Any, which: str) -> str | None:
    found = (f"{one.target} = {one.source.text}" for one in getattr(node, which, ()))
    return "; ".join(found) or None


def _awaited(node: Any) -> str | None:
    found = []
    for one in getattr(node, "definitions", ()):
        value = getattr(one, "value", None) or getattr(one, "name", None) or getattr(one, "code", None)
        found.append(_text(value) if isinstance(value, model.Expression) else str(value or ""))
    return "; ".join(filter(None, found)) or None


def _properties(
    before: Mapping[str, str], after: Mapping[str, str], words: Mapping[str, str] = PROPERTY_WORDS
) -> Iterator[Detail]:
    for name in dict.fromkeys([*before, *after]):
        word = words.get(name, name.replace("_", " "))
        kind: Any = "duration" if name == "waktu" else "text"
        yield from _detail(word, before.get(name) or None, after.get(name) or None, kind)


def _text(expression: model.Expression | None) -> str | None:
    return None if expression is None else f"{'=' if expression.feel else ''}{expression.text}"


def _detail(label: str, before: str | None, after: str | None, kind: Any = "text") -> Iterator[Detail]:
    if before != after:
        yield Detail(label, before, after, kind)


def _moved(old: model.Diagram, new: model.Diagram) -> Iterator[Alteration]:
    """What stands elsewhere in the drawing, and is otherwise the same."""
    if not old.planes or not new.planes:
        return
    before, after = old.planes[0].shapes, new.planes[0].shapes
    for process in new.processes:
        for node in process.every_node():
            if node.id in before and node.id in after:
                was, now = before[node.id].bounds, after[node.id].bounds
                if abs(was.x - now.x) > MOVED or abs(was.y - now.y) > MOVED:
                    yield Alteration("moved", node.id, bpmn.called(node))
