"""What the office has drawn is clean: nothing lies on anything else, and every lane names a role of the office."""

from pathlib import Path

import pytest

from server import bpmn
from server.identity import read_roles
from tests.bpmn.test_layout import faults

ROOT = Path(__file__).parents[2]
DIAGRAMS = [path.relative_to(ROOT) for path in sorted(ROOT.glob("bpmn/**/*.bpmn"))]


@pytest.mark.parametrize("path", DIAGRAMS, ids=str)
def test_nothing_lies_on_anything_else(path: Path) -> None:
    assert list(faults(bpmn.read((ROOT / path).read_bytes()))) == []


def test_drawn_anew_the_book_is_about_as_narrow_and_as_clean_as_it_is() -> None:
    widths: list[tuple[float, ...]] = []
    for path in DIAGRAMS:
        drawn = bpmn.read((ROOT / path).read_bytes())
        anew = bpmn.lay_out(drawn)
        assert list(faults(anew)) == [], path
        widths += [tuple(_width(diagram) for diagram in (drawn, anew))]
    before, after = (sum(side) for side in zip(*widths, strict=True))
    assert after < 1.1 * before


def _width(diagram: bpmn.Diagram) -> float:
    return max(shape.bounds.x + shape.bounds.width for shape in diagram.planes[0].shapes.values())


@pytest.mark.parametrize("path", DIAGRAMS, ids=str)
def test_every_lane_is_a_role_of_the_office(path: Path) -> None:
    roles = read_roles((ROOT / "bpmn" / "roles.yaml").read_bytes())
    lanes = [lane for process in bpmn.read((ROOT / path).read_bytes()).processes for lane in process.lanes]
    assert [(lane.role, lane.name) for lane in lanes if lane.role not in roles] == []
    assert [lane.name for lane in lanes] == [roles[lane.role or ""].nama for lane in lanes]
