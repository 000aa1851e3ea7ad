"""What a diagram says that would run, but that people will hardly have meant: for the editor's list, never a reason to refuse."""

from collections.abc import Iterator

from server.bpmn.model import Diagram, Gateway, GatewayKind, Process, UserTask
from server.bpmn.words import problem
from server.errors import Problem

_DECIDING = (GatewayKind.EXCLUSIVE, GatewayKind.INCLUSIVE)


def doubts(diagram: Diagram) -> tuple[Problem, ...]:
    """In the order of the file; each names an element by its id."""
    found = [each for process in diagram.executable for each in (*_tasks(process), *_ways(process))]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: one.line or 0))


def _tasks(process: Process) -> Iterator[Problem]:
    tasks = [node for node in process.every_node() if isinstance(node, UserTask)]
    numbered = any(task.mutu_baku.langkah for task in tasks)
    for task in tasks:
        if not task.name:
            yield problem(task, "belum bernama; tulis apa yang dikerjakan.")
        if numbered and not task.mutu_baku.langkah:
            yield problem(task, "belum punya nomor langkah, sehingga menjadi baris tersendiri di lembar SOP.")


def _ways(process: Process) -> Iterator[Problem]:
    for node in process.every_node():
        if isinstance(node, Gateway) and node.kind in _DECIDING:
            ways = process.scope_of(node.id).outgoing(node.id)
            if len(ways) > 1:
                yield from (
                    problem(way, "belum bernama; tulis jawaban yang memilihnya, misalnya “Lengkap”.")
                    for way in ways
                    if not way.name
                )
