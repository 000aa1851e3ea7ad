"""The drawing: nothing lies on anything else, however a procedure is woven."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import combinations, pairwise
from random import Random

import pytest

from server.bpmn import lay_out
from server.bpmn.lettering import wrapped
from server.bpmn.model import (
    BoundaryEvent,
    Bounds,
    Diagram,
    EndEvent,
    Flow,
    Gateway,
    GatewayKind,
    Lane,
    Node,
    Participant,
    Plane,
    Process,
    StartEvent,
    SubProcess,
    Timer,
    TimerKind,
    UserTask,
)
from server.bpmn.model import Expression as Text

NAMES = (
    "Periksa",
    "Tanda tangani blanko dan surat pengantar",
    "Perintahkan agenda dan pengiriman ke BKD",
    "Paraf",
)
LABELS = (None, None, "setuju", "tidak setuju", "berkas belum lengkap dan dikembalikan", "ya")
LATE = Timer(TimerKind.DURATION, Text("PT1H", feel=False))


def procedure(seed: int) -> Diagram:
    """A random procedure: lanes, a chain with gateways, rework, detours, ends on the way, boundary events."""
    random = Random(seed)
    size = random.randint(1, 22)
    chain: list[Node] = [StartEvent(id="start", name=random.choice((None, "Pegawai hendak cuti")))]
    for number in range(size):
        chain.append(_step(random, f"n{number}"))
    ends: list[Node] = [EndEvent(id="end", name="Selesai")]
    flows = [Flow(f"f_{a.id}", a.id, b.id, random.choice(LABELS)) for a, b in pairwise([*chain, ends[0]])]
    for node in chain[1:]:
        for number in range(
            random.choice((0, 0, 1, 2)) if isinstance(node, Gateway) else random.random() < 0.1
        ):
            target = random.choice([*chain[1:], *ends])
            if random.random() < 0.2:
                target = EndEvent(
                    id=f"end_{len(ends)}", name="Permohonan tidak diteruskan; PNS diberi penjelasan"
                )
                ends.append(target)
            flows.append(Flow(f"x_{node.id}_{number}", node.id, target.id, random.choice(LABELS)))
    guards: list[Node] = []
    for node in chain[1:]:
        if isinstance(node, UserTask) and random.random() < 0.15:
            guard = BoundaryEvent(
                id=f"b_{node.id}", attached_to=node.id, definitions=(LATE,), name="Lewat waktu"
            )
            guards.append(guard)
            flows.append(Flow(f"g_{node.id}", guard.id, random.choice([*chain[1:], *ends]).id))
    nodes = {node.id: node for node in (*chain, *ends, *guards)}
    process = Process(
        id="p",
        nodes=nodes,
        flows={flow.id: flow for flow in flows},
        lanes=tuple(_lanes(random, [*chain, *ends])),
    )
    return Diagram("d", (process,), "k", (Participant("kolam", "Prosedur", "p"),))


def _step(random: Random, name: str) -> Node:
    if random.random() < 0.35:
        return Gateway(
            id=name, kind=GatewayKind.EXCLUSIVE, name=random.choice((None, "Sisa cuti tahunan masih ada?"))
        )
    if random.random() < 0.1:
        return _sub_process(name)
    return UserTask(id=name, name=random.choice(NAMES))


def _sub_process(name: str) -> SubProcess:
    inner: list[Node] = [StartEvent(id=f"{name}s"), UserTask(id=f"{name}t"), EndEvent(id=f"{name}e")]
    flows = [Flow(f"{name}f{number}", a.id, b.id) for number, (a, b) in enumerate(pairwise(inner))]
    return SubProcess(id=name, name="Rapat", nodes={n.id: n for n in inner}, flows={f.id: f for f in flows})


def _lanes(random: Random, nodes: list[Node]) -> Iterator[Lane]:
    count = random.randint(0, 5)
    homes = {node.id: random.randrange(count) for node in nodes} if count else {}
    for number in range(count):
        held = tuple(node_id for node_id, home in homes.items() if home == number)
        inner = (
            (Lane(f"l{number}a", "Dalam", nodes=held), Lane(f"l{number}b", "Luar"))
            if random.random() < 0.2
            else ()
        )
        yield Lane(f"l{number}", "Kasubag Umum", nodes=() if inner else held, lanes=inner)


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_random_procedures_are_drawn_without_overlaps(start: int) -> None:
    for seed in range(start, start + 50):
        assert list(faults(lay_out(procedure(seed)))) == [], f"procedure({seed})"


@pytest.mark.very_slow
def test_three_thousand_random_procedures_are_drawn_without_overlaps() -> None:
    for seed in range(1000, 4000):
        assert list(faults(lay_out(procedure(seed)))) == [], f"procedure({seed})"


def faults(diagram: Diagram) -> Iterator[str]:
    """What a person would dislike in the drawing of a diagram: every overlap."""
    (plane,) = diagram.planes
    for process in diagram.processes:
        for scope in process.scopes():
            nodes = {node_id: plane.shapes[node_id].bounds for node_id in scope.nodes}
            guards = {
                node.id: node.attached_to for node in scope.nodes.values() if isinstance(node, BoundaryEvent)
            }
            yield from _nodes_on_nodes(nodes, guards)
            yield from _lines_through_nodes(scope.flows.values(), plane, nodes, guards)
            yield from _lines_on_lines(list(scope.flows.values()), plane)
            yield from _labels_on_nodes(list(scope.flows), plane, nodes)
        yield from _out_of_lane(process, plane)


def _nodes_on_nodes(nodes: dict[str, Bounds], guards: dict[str, str]) -> Iterator[str]:
    for (a, one), (b, other) in combinations(nodes.items(), 2):
        if guards.get(a) != b and guards.get(b) != a and _meet(one, other):
            yield f"{a} lies on {b}"


def _lines_through_nodes(
    flows: "Iterable[Flow]", plane: Plane, nodes: dict[str, Bounds], guards: dict[str, str]
) -> Iterator[str]:
    for flow in flows:
        own = {flow.source, flow.target}
        for segment in pairwise(plane.edges[flow.id].points):
            for node_id, box in nodes.items():
                inner = Bounds(box.x + 1, box.y + 1, box.width - 2, box.height - 2)
                if node_id not in own and node_id != guards.get(flow.source) and _meet(_box(segment), inner):
                    yield f"{flow.id} runs through {node_id}"
                if node_id in own and _meet(_box(segment), inner):
                    yield f"{flow.id} runs through its own {node_id}"


def _lines_on_lines(flows: list[Flow], plane: Plane) -> Iterator[str]:
    for one, other in combinations(flows, 2):
        if one.source == other.source or one.target == other.target:
            continue
        for a in pairwise(plane.edges[one.id].points):
            for b in pairwise(plane.edges[other.id].points):
                if _along(a, b):
                    yield f"{one.id} runs along {other.id}"


def _labels_on_nodes(flows: list[str], plane: Plane, nodes: dict[str, Bounds]) -> Iterator[str]:
    labels = {name: plane.edges[name].label for name in flows} | {
        name: plane.shapes[name].label for name in nodes
    }
    found = {name: label for name, label in labels.items() if label}
    for name, label in found.items():
        for node_id, box in nodes.items():
            if _meet(label, box):
                yield f"the label of {name} lies on {node_id}"
    for (a, one), (b, other) in combinations(found.items(), 2):
        if _meet(one, other):
            yield f"the labels of {a} and {b} meet"


def _out_of_lane(process: Process, plane: Plane) -> Iterator[str]:
    for node_id in process.nodes:
        for lane in process.lanes_of(node_id):
            if not _within(plane.shapes[node_id].bounds, plane.shapes[lane.id].bounds):
                yield f"{node_id} lies out of {lane.id}"


Segment = tuple[tuple[float, float], tuple[float, float]]


def _box(segment: Segment) -> Bounds:
    (x1, y1), (x2, y2) = segment
    return Bounds(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))


def _meet(a: Bounds, b: Bounds) -> bool:
    across = a.x < b.x + b.width and b.x < a.x + a.width
    return across and a.y < b.y + b.height and b.y < a.y + a.height


def _within(inner: Bounds, outer: Bounds) -> bool:
    across = outer.x <= inner.x and inner.x + inner.width <= outer.x + outer.width
    return across and outer.y <= inner.y and inner.y + inner.height <= outer.y + outer.height


def _along(a: Segment, b: Segment) -> bool:
    """Whether two segments, each along an axis, share more than a point."""
    one, other = _box(a), _box(b)
    if one.height == other.height == 0 and abs(one.y - other.y) < 2:
        return min(one.x + one.width, other.x + other.width) - max(one.x, other.x) > 0
    if one.width == other.width == 0 and abs(one.x - other.x) < 2:
        return min(one.y + one.height, other.y + other.height) - max(one.y, other.y) > 0
    return False


def test_lines_run_along_the_axes() -> None:
    (plane,) = lay_out(procedure(7)).planes
    for edge in plane.edges.values():
        for (x1, y1), (x2, y2) in pairwise(edge.points):
            assert x1 == x2 or y1 == y2


def test_everything_drawn_has_a_place() -> None:
    diagram = lay_out(procedure(11))
    (process,), (plane,) = diagram.processes, diagram.planes
    assert set(plane.edges) == {flow for scope in process.scopes() for flow in scope.flows}
    assert {node.id for node in process.every_node()} <= set(plane.shapes)
    assert {"kolam", *(lane.id for lane in process.lanes)} <= set(plane.shapes)
    assert plane.element == "k"


def test_same_diagram_gives_the_same_drawing_and_nothing_else_changes() -> None:
    diagram = procedure(3)
    assert lay_out(lay_out(diagram)) == lay_out(diagram)
    assert replace(lay_out(diagram), planes=()) == diagram


def test_steps_stand_in_the_order_of_the_flow_from_left_to_right() -> None:
    nodes = (EndEvent(id="end"), UserTask(id="b"), UserTask(id="a"), StartEvent(id="start"))
    flows = (Flow("1", "start", "a"), Flow("2", "a", "b"), Flow("3", "b", "end"), Flow("4", "b", "a"))
    process = Process(id="p", nodes={n.id: n for n in nodes}, flows={f.id: f for f in flows})
    (plane,) = lay_out(Diagram("d", (process,))).planes
    assert sorted(plane.shapes, key=lambda name: plane.shapes[name].bounds.x) == ["start", "a", "b", "end"]


def chain(homes: dict[str, str], *flows: tuple[str, str]) -> Plane:
    """Tasks in lanes, top to bottom in the order of the lanes' names, along these flows."""
    nodes = {name: UserTask(id=name) for name in homes}
    lanes = tuple(
        Lane(lane, nodes=tuple(name for name in homes if homes[name] == lane))
        for lane in sorted(set(homes.values()))
    )
    process = Process(
        id="p", nodes=nodes, flows={f"{a}{b}": Flow(f"{a}{b}", a, b) for a, b in flows}, lanes=lanes
    )
    (plane,) = lay_out(Diagram("d", (process,))).planes
    return plane


def test_tasks_that_go_on_down_the_lanes_stand_below_each_other() -> None:
    plane = chain({"a": "1", "b": "2", "c": "3", "d": "1"}, ("a", "b"), ("b", "c"), ("c", "d"))
    left = {name: plane.shapes[name].bounds.x for name in "abcd"}
    assert left["a"] == left["b"] == left["c"] < left["d"]
    assert len(plane.edges["ab"].points) == 2


def test_a_task_has_a_column_of_its_own_where_rework_needs_the_room_above_it() -> None:
    plane = chain({"a": "1", "b": "2", "c": "1"}, ("a", "b"), ("b", "c"), ("c", "b"))
    assert plane.shapes["a"].bounds.x < plane.shapes["b"].bounds.x


def test_pools_stand_below_each_other() -> None:
    processes = tuple(Process(id=f"p{n}", nodes={f"s{n}": StartEvent(id=f"s{n}")}) for n in (1, 2))
    pools = tuple(Participant(f"k{n}", None, f"p{n}") for n in (1, 2))
    (plane,) = lay_out(Diagram("d", processes, "k", pools)).planes
    upper, lower = plane.shapes["k1"].bounds, plane.shapes["k2"].bounds
    assert upper.y + upper.height < lower.y


def test_rework_and_the_way_on_leave_a_gateway_by_different_sides() -> None:
    nodes = (
        StartEvent(id="start"),
        UserTask(id="a"),
        Gateway(id="g", kind=GatewayKind.EXCLUSIVE),
        EndEvent(id="end"),
    )
    flows = (
        Flow("1", "start", "a"),
        Flow("2", "a", "g"),
        Flow("back", "g", "a", "tidak"),
        Flow("on", "g", "end", "ya"),
    )
    lanes = (Lane("atas", nodes=("end",)), Lane("bawah", nodes=("start", "a", "g")))
    process = Process(id="p", nodes={n.id: n for n in nodes}, flows={f.id: f for f in flows}, lanes=lanes)
    (plane,) = lay_out(Diagram("d", (process,))).planes
    assert plane.edges["back"].points[0] != plane.edges["on"].points[0]


def test_names_of_lanes_and_pools_fit_in_their_strips() -> None:
    name = "Kepala Dinas Kependudukan dan Pencatatan Sipil Kabupaten"
    nodes = {"start": StartEvent(id="start")}
    process = Process(id="p", nodes=nodes, lanes=(Lane("lajur", name, nodes=("start",)),))
    pool = Participant("kolam", f"{name}, {name}", "p")
    (plane,) = lay_out(Diagram("d", (process,), "k", (pool,))).planes
    for strip, title in (("lajur", name), ("kolam", pool.name)):
        assert len(wrapped(title or "", plane.shapes[strip].bounds.height - 10)) <= 2


def test_black_boxes_stand_below_the_pools() -> None:
    process = Process(id="p", nodes={"start": StartEvent(id="start")})
    pools = (Participant("warga", "Warga"), Participant("kolam", None, "p"))
    (plane,) = lay_out(Diagram("d", (process,), "k", pools)).planes
    assert plane.shapes["warga"].bounds.y > plane.shapes["kolam"].bounds.y
