"""What a case has done, taken back: when it is cancelled, and when it is led back to an earlier step.

A handler says how its work is taken back. Work that was taken back is marked in the history, so that it is not again.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam, exists, select

from server import errors
from server.bpmn import model
from server.bpmn.ways import between, lies_ahead, ways
from server.db import AnyRow, Effect
from server.engine.bundle import Element
from server.engine.step import SELECT, Running, Step
from server.engine.tables import ElementInstance, History, InstanceState, ProcessInstance

UNDONE = "WORK_UNDONE"


class NotUndoable(errors.Conflict):
    """The way back leads over work that cannot be taken back."""

    def __init__(self, target: str, done: Element) -> None:
        self.element_id = done.id
        super().__init__(
            f"Kasus ini tidak dapat dikembalikan ke “{target}”: langkah “{done.name}” sudah dikerjakan dan tidak dapat "
            "ditarik kembali. Pilih langkah sesudahnya."
        )


@dataclass(frozen=True)
class _Done:
    """One piece of work of a case or of one that it called."""

    running: Running
    element: Element
    key: int


def of_all(step: Step, running: Running) -> Iterator[Effect]:
    """Takes back all inside work of a case and of those that it called, the latest first, where its handler says how."""
    for done in _work(step, running, running, lambda row: True):
        if done.element.handler is not None and done.element.handler.undo is not None:
            yield from _undone(step, running, done)


def of_way_back(step: Step, running: Running, ended: Iterable[str], target: str) -> Iterator[Effect]:
    """Takes back the work between `target` and the elements that are ended, since the case was last at `target`.

    Nothing where the case is led ahead. Raises NotUndoable.
    """
    process = running.bundle.normal
    net = ways(process)
    starts = [node.id for node in process.nodes.values() if isinstance(node, model.StartEvent)]
    back = [each for each in ended if not lies_ahead(net, starts, each, target)]
    if not back:
        return
    passages = list(step.connection.execute(_PASSAGES, {"case": running.key}))
    origins = [target] if any(row.element_id == target for row in passages) else []
    origins = origins or [source for source, targets in net.items() if target in targets]
    since = max((row.key for row in passages if row.element_id in origins), default=None)
    if since is None:
        return
    passed: set[str] = set()
    for origin in origins:
        for each in back:
            passed |= between(net, origin, each)
    name = running.bundle.elements[target].name
    for done in _work(step, running, running, lambda row: _lies_behind(row, since, passed, back)):
        if done.element.handler is None or done.element.handler.undo is None:
            raise NotUndoable(name, done.element)
        yield from _undone(step, running, done)


def _work(
    step: Step, outermost: Running, running: Running, wanted: Callable[[AnyRow], bool]
) -> Iterator[_Done]:
    """What was done by handlers and not taken back, the latest first."""
    case = {"case": running.key, "outermost": outermost.key, "event": UNDONE}
    for row in step.connection.execute(_BEGUN, case).all():
        element = running.bundle.elements.get(row.element_id)
        if element is None or not wanted(row):
            continue
        if element.call is not None:
            for called in step.connection.execute(_CALLED, {"caller": row.key}).all():
                inner = step.look(step.connection.execute(SELECT, {"key": called.key}).one())
                yield from _work(step, outermost, inner, lambda row: True)
        elif getattr(element.node, "job", None) is not None and row.state == InstanceState.COMPLETED:
            yield _Done(running, element, row.key)


def _lies_behind(row: AnyRow, since: int, passed: Collection[str], ended: Collection[str]) -> bool:
    """Whether an element instance was passed since then, or is ended now."""
    over = row.state == InstanceState.COMPLETED or row.element_id in ended
    return over and row.key >= since and row.element_id in passed


def _undone(step: Step, outermost: Running, done: _Done) -> Iterator[Effect]:
    handler = done.element.handler
    assert handler is not None
    assert handler.undo is not None
    done.running.execution.resume(done.key, done.element.id, done.running.key)
    step.read_names(done.running.execution.scopes, done.key)
    yield from handler.undo(done.running.execution.call(done.key)).effects
    outermost.execution.record.history(UNDONE, done.element.id, done.key)


_PASSAGES = select(ElementInstance.key, ElementInstance.element_id).where(
    ElementInstance.process_instance_key == bindparam("case")
)
_BEGUN = (
    select(ElementInstance.key, ElementInstance.element_id, ElementInstance.state)
    .where(
        ElementInstance.process_instance_key == bindparam("case"),
        ElementInstance.state != InstanceState.TERMINATED,
        ~exists().where(
            History.process_instance_key.in_((bindparam("case"), bindparam("outermost"))),
            History.event == bindparam("event"),
            History.subject_key == ElementInstance.key,
        ),
    )
    .order_by(ElementInstance.ended_at.desc(), ElementInstance.key.desc())
)
_CALLED = select(ProcessInstance.key).where(ProcessInstance.parent_element_key == bindparam("caller"))
