"""The diagrams say what the office's SOP book says: the same rows, people, standard times, branches and links.

SOP_BOOK names the folder of the book: `<bidang>/<id>.yaml`, one procedure a file. Without it there is nothing to compare.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from server import bpmn
from server.bpmn import model

ROOT = Path(__file__).parents[2]
BOOK = os.environ.get("SOP_BOOK")
PROCEDURES = {path.stem: path for path in sorted(Path(BOOK).glob("*/*.yaml"))} if BOOK else {}

if not PROCEDURES:
    pytestmark = pytest.mark.skip(
        "set SOP_BOOK to the folder of the SOP book to compare the diagrams with it"
    )


def test_every_procedure_of_the_book_has_its_diagram_and_no_other_is_there_but_those_they_call() -> None:
    drawn = {path.relative_to(ROOT / "bpmn").with_suffix("") for path in ROOT.glob("bpmn/*/*.bpmn")}
    called = {path for path in drawn if path.name.replace("-", "_") in _called()}
    assert drawn - called == {Path(path.parent.name, path.stem) for path in PROCEDURES.values()}


@pytest.mark.parametrize("name", PROCEDURES)
def test_the_diagram_is_headed_as_the_book(name: str) -> None:
    sop, process = _sop(name), _process(name)
    assert (process.id, process.name) == (name.replace("-", "_"), sop["title"])
    assert process.properties["bidang"] == sop["bidang"]
    columns = [actor["role"] for actor in sop["actors"]]
    assert [lane.role for lane in process.lanes][: len(columns)] == columns


@pytest.mark.parametrize("name", PROCEDURES)
def test_the_rows_are_those_of_the_book(name: str) -> None:
    rows = Rows(_process(name))
    assert [rows.row(number) for number in rows.numbers] == [_book_row(step) for step in _sop(name)["steps"]]


@pytest.mark.parametrize("name", PROCEDURES)
def test_the_steps_follow_each_other_as_in_the_book(name: str) -> None:
    rows = Rows(_process(name))
    assert [rows.following(number) for number in rows.numbers] == [
        _book_following(step) for step in _sop(name)["steps"]
    ]


@pytest.mark.parametrize("name", PROCEDURES)
def test_every_task_of_a_row_bears_its_standard_time(name: str) -> None:
    times = {step["nomor"]: step["waktu"]["iso"] for step in _sop(name)["steps"]}
    for number, tasks in Rows(_process(name)).tasks.items():
        assert {task.mutu_baku.waktu for task in tasks} == {times[number]}


# -- the book


def _sop(name: str) -> dict[str, Any]:
    sop: dict[str, Any] = yaml.safe_load(PROCEDURES[name].read_text())
    return sop


def _book_row(step: dict[str, Any]) -> dict[str, Any]:
    return {
        "nama": step["nama"],
        "role": step["role"],
        "roles": {step["role"], *step.get("dengan", [])},
        "uraian": step["uraian"],
        "kelengkapan": tuple(step["kelengkapan"]),
        "output": tuple(step["output"]),
        "keterangan": step["keterangan"],
        "lihat": step["lihat"],
    }


def _book_following(step: dict[str, Any]) -> Any:
    if "decision" not in step:
        return set(step["next"])
    branches = {branch["jika"]: (branch["ke"], branch.get("hasil")) for branch in step["next"]}
    return step["decision"], branches


# -- the diagram


BEYOND_THE_BOOK = "hukum menuntut lebih berat"
"""The branch of a decision by which the law of today leaves the book's way; the book knows no such answer."""


def _called() -> set[str]:
    """The ids of the processes that diagrams call."""
    diagrams = [bpmn.read(path.read_bytes()) for path in ROOT.glob("bpmn/*/*.bpmn")]
    nodes = [node for diagram in diagrams for process in diagram.processes for node in process.every_node()]
    return {
        node.called.process.text for node in nodes if isinstance(node, model.CallActivity) and node.called
    }


def _process(name: str) -> model.Process:
    (path,) = ROOT.glob(f"bpmn/*/{name}.bpmn")
    (process,) = bpmn.read(path.read_bytes()).executable
    return process


class Rows:
    """A diagram read back as the rows of an SOP's table."""

    def __init__(self, process: model.Process) -> None:
        self.process = process
        self.tasks: dict[int, list[model.Activity]] = {}
        for node in process.nodes.values():
            if number := _number(node):
                assert isinstance(node, model.Activity)
                self.tasks.setdefault(number, []).append(node)
        self.numbers = sorted(self.tasks)

    def row(self, number: int) -> dict[str, Any]:
        """What the tasks of a row say together; the first of the row's own role gives the row its name."""
        tasks = self.tasks[number]
        own = next(task for task in tasks if task.id == f"langkah_{number}")
        said = own.mutu_baku
        return {
            "nama": own.name,
            "role": self._role(own),
            "roles": {self._role(task) for task in tasks},
            "uraian": said.uraian,
            "kelengkapan": said.kelengkapan,
            "output": said.output,
            "keterangan": said.keterangan,
            "lihat": [one for one in own.properties.get("lihat", "").split("; ") if one],
        }

    def following(self, number: int) -> Any:
        """The rows that follow, or the question and where each answer leads: to a row, or to an end with its result."""
        last = [stop for task in self.tasks[number] for stop in self._stops(task) if _number(stop) != number]
        (decisions, rest) = _parted(last)
        if not decisions:
            return {_number(stop) for stop in rest} - {None}
        (gateway,) = {stop.id: stop for stop in decisions}.values()
        flows = [flow for flow in self.process.outgoing(gateway.id) if flow.name != BEYOND_THE_BOOK]
        return gateway.name, {flow.name: self._outcome(flow, number) for flow in flows}

    def _outcome(self, flow: model.Flow, own: int) -> tuple[int | None, str | None]:
        """The row that a branch leads to, past the second tasks of its `own` row, and the result that it names: an event's
        documentation, or its name."""
        target: model.Node = self.process.nodes[flow.target]
        result = None
        while not _is_stop(target) or (_number(target) == own and target.id != f"langkah_{own}"):
            if isinstance(target, model.ThrowEvent):
                result = target.documentation
            (flow,) = self.process.outgoing(target.id)
            target = self.process.nodes[flow.target]
        return _number(target), target.name if isinstance(target, model.EndEvent) else result

    def _stops(self, node: model.Node) -> Iterator[model.Node]:
        """The next tasks of rows, decisions and ends behind a node."""
        for flow in self.process.outgoing(node.id):
            target = self.process.nodes[flow.target]
            if _is_stop(target):
                yield target
            else:
                yield from self._stops(target)

    def _role(self, node: model.Node) -> str | None:
        return self.process.lanes_of(node.id)[0].role


def _parted(stops: Iterable[model.Node]) -> tuple[list[model.Node], list[model.Node]]:
    decisions: list[model.Node] = []
    rest: list[model.Node] = []
    for stop in stops:
        (decisions if isinstance(stop, model.Gateway) else rest).append(stop)
    return decisions, rest


def _is_stop(node: model.Node) -> bool:
    decides = isinstance(node, model.Gateway) and node.kind is model.GatewayKind.EXCLUSIVE
    return decides or isinstance(node, model.EndEvent) or _number(node) is not None


def _number(node: model.Node) -> int | None:
    said = node.properties.get("langkah")
    return int(said) if said else None
