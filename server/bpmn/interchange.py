"""BPMN's diagram interchange → where the elements stand in the drawing."""

from math import isfinite

from lxml import etree

from server.bpmn.extensions import truth
from server.bpmn.markup import BPMNDI, DC, DI
from server.bpmn.model import Bounds, Edge, Plane, Shape
from server.errors import Problem

Element = etree._Element

FARTHEST = 1e6
"""Pixels from the origin. Places are kept to a hundredth of a pixel."""


def planes(root: Element) -> tuple[tuple[Plane, ...], list[Problem]]:
    """The drawings of a file, and a problem for each place that is none (its shape or point is left out)."""
    reader = _Reader()
    return tuple(reader.plane(one) for one in root.iter(f"{{{BPMNDI}}}BPMNPlane")), reader.problems


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def plane(self, element: Element) -> Plane:
        shapes = {_name(one): self._shape(one) for one in element.iterchildren(f"{{{BPMNDI}}}BPMNShape")}
        edges = {_name(one): self._edge(one) for one in element.iterchildren(f"{{{BPMNDI}}}BPMNEdge")}
        return Plane(
            _name(element),
            {name: shape for name, shape in shapes.items() if name and shape},
            {name: edge for name, edge in edges.items() if name and edge.points},
        )

    def _shape(self, element: Element) -> Shape | None:
        bounds = self._bounds(element)
        expanded = truth(element.get("isExpanded"), default=True)
        horizontal = truth(element.get("isHorizontal"), default=True)
        return None if bounds is None else Shape(bounds, self._label(element), expanded, horizontal)

    def _edge(self, element: Element) -> Edge:
        points = [self._numbers(one, "x", "y") for one in element.iterchildren(f"{{{DI}}}waypoint")]
        return Edge(tuple((point[0], point[1]) for point in points if point), self._label(element))

    def _label(self, element: Element) -> Bounds | None:
        found = element.find(f"{{{BPMNDI}}}BPMNLabel")
        return None if found is None else self._bounds(found)

    def _bounds(self, element: Element) -> Bounds | None:
        found = element.find(f"{{{DC}}}Bounds")
        numbers = None if found is None else self._numbers(found, "x", "y", "width", "height")
        return Bounds(*numbers) if numbers else None

    def _numbers(self, element: Element, *names: str) -> list[float] | None:
        try:
            numbers = [round(float(element.get(name, "")), 2) for name in names]
        except ValueError:
            numbers = []
        if numbers and all(isfinite(number) and abs(number) < FARTHEST for number in numbers):
            return numbers
        message = "Letak gambar bukan angka; simpan ulang dari penyunting diagram."
        self.problems.append(Problem(message, line=element.sourceline))
        return None


def _name(element: Element) -> str:
    return element.get("bpmnElement", "")
