"""The labels in what the office has drawn can be read: no line runs through one, and none hangs over a lane's edge."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from server import bpmn
from server.bpmn.model import Bounds, Diagram, Plane, Process

ROOT = Path(__file__).parents[2]
DIAGRAMS = [path.relative_to(ROOT) for path in sorted(ROOT.glob("bpmn/**/*.bpmn"))]
SLACK = 4
"""How far a line may come into a label's box, whose letters do not fill it."""


@pytest.mark.parametrize("path", DIAGRAMS, ids=str)
def test_no_line_runs_through_a_label(path: Path) -> None:
    assert [
        f"{flow} runs through the label of {name}"
        for process, plane in drawings(path)
        for name, label in labels(process, plane)
        for flow in process.flows
        for line in pairwise(plane.edges[flow].points)
        if crosses(line, label)
    ] == []


@pytest.mark.parametrize("path", DIAGRAMS, ids=str)
def test_no_label_hangs_over_the_edge_of_a_lane(path: Path) -> None:
    assert [
        f"the label of {name} lies across the edge of {lane.id}"
        for process, plane in drawings(path)
        for name, label in labels(process, plane)
        for lane in process.lanes
        for edge in edges(plane.shapes[lane.id].bounds)
        if label.y < edge < label.y + label.height
    ] == []


def drawings(path: Path) -> Iterator[tuple[Process, Plane]]:
    diagram: Diagram = bpmn.read((ROOT / path).read_bytes())
    (plane,) = diagram.planes
    yield from ((process, plane) for process in diagram.processes)


def labels(process: Process, plane: Plane) -> Iterator[tuple[str, Bounds]]:
    drawn = [(node, plane.shapes[node].label) for node in process.nodes]
    drawn += [(flow, plane.edges[flow].label) for flow in process.flows]
    yield from ((name, label) for name, label in drawn if label)


def edges(lane: Bounds) -> tuple[float, float]:
    return lane.y, lane.y + lane.height


def crosses(line: tuple[tuple[float, float], tuple[float, float]], label: Bounds) -> bool:
    """Whether a line along an axis comes further into a label than SLACK."""
    (left, right), (top, bottom) = (sorted(ends) for ends in zip(*line, strict=True))
    across = left < label.x + label.width - SLACK and right > label.x + SLACK
    return across and top < label.y + label.height - SLACK and bottom > label.y + SLACK
