"""What differs between two versions of a procedure, element by element, in words for people."""

from dataclasses import dataclass, fields, replace
from typing import Literal

from server.bpmn import model

WORDS = {
    "name": "nama",
    "form": "formulir",
    "assignee": "penerima",
    "candidate_groups": "penerima",
    "candidate_users": "penerima",
    "due_date": "tenggat",
    "follow_up_date": "tenggat",
    "properties": "mutu baku",
    "job": "pekerjaan",
    "decision": "tabel keputusan",
    "script": "ungkapan",
    "called": "proses yang dipanggil",
    "loop": "perulangan",
    "definitions": "peristiwa",
    "inputs": "pemetaan",
    "outputs": "pemetaan",
    "interrupting": "peristiwa",
    "attached_to": "tempat",
}
UNSEEN = ("template", "line", "documentation", "nodes", "flows", "lanes", "artifacts")


@dataclass(frozen=True)
class Difference:
    """An element that only one version has, or that is not the same in both; `what` says in which respect."""

    kind: Literal["changed", "removed", "added"]
    element_id: str
    name: str
    what: tuple[str, ...] = ()


def differences(old: model.Process, new: model.Process) -> tuple[Difference, ...]:
    """Changed, removed and added elements, in the order of the diagrams."""
    before = {node.id: node for node in old.every_node()}
    after = {node.id: node for node in new.every_node()}
    found = [
        Difference("changed", id_, _name(after[id_]), what)
        for id_, node in before.items()
        if id_ in after and (what := _what(old, node, new, after[id_]))
    ]
    found += [Difference("removed", id_, _name(node)) for id_, node in before.items() if id_ not in after]
    found += [Difference("added", id_, _name(node)) for id_, node in after.items() if id_ not in before]
    return tuple(found)


def _what(old: model.Process, before: model.Node, new: model.Process, after: model.Node) -> tuple[str, ...]:
    if type(before) is not type(after):
        return ("jenis",)
    told = [
        WORDS.get(field.name, "lainnya")
        for field in fields(before)
        if field.name not in UNSEEN and getattr(before, field.name) != getattr(after, field.name)
    ]
    if [(lane.role, lane.name) for lane in old.lanes_of(before.id)] != [
        (lane.role, lane.name) for lane in new.lanes_of(after.id)
    ]:
        told.append("penerima")
    if _ways(old, before) != _ways(new, after):
        told.append("alur")
    return tuple(dict.fromkeys(told))


def _ways(process: model.Process, node: model.Node) -> set[object]:
    """Where flows go to from a node, and on which condition."""
    return {replace(flow, name=None) for flow in process.scope_of(node.id).outgoing(node.id)}


def _name(node: model.Node) -> str:
    return node.name or node.id
