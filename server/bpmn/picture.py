"""A diagram's drawing as SVG, without a browser: what BPMN's shapes look like, and the names in them.

Every text of the diagram is escaped. Elements carry `data-id`, so that a page can find them; `fills` colours some.
"""

from collections.abc import Iterator, Mapping
from html import escape

from server.bpmn import lettering
from server.bpmn.model import (
    Activity,
    Artifact,
    ArtifactKind,
    BoundaryEvent,
    Bounds,
    BusinessRuleTask,
    CatchEvent,
    Conditional,
    Diagram,
    Edge,
    EndEvent,
    Error,
    Escalation,
    Event,
    EventDefinition,
    Flow,
    Gateway,
    GatewayKind,
    ManualTask,
    Message,
    MultiInstance,
    Node,
    Plane,
    ReceiveTask,
    Scope,
    ScriptTask,
    SendTask,
    ServiceTask,
    Shape,
    Signal,
    StartEvent,
    SubProcess,
    SubProcessKind,
    Terminate,
    ThrowEvent,
    Timer,
    UserTask,
)

MARGIN = 20
LINE = "#22242a"

STYLE = (
    "text{font:11px Arial,Helvetica,sans-serif;fill:#22242a}"
    ".s{fill:#fff;stroke:#22242a;stroke-width:1.5}.p{fill:none;stroke:#22242a}"
    ".e{stroke-width:4}.f{fill:none;stroke:#22242a;stroke-width:1.5}.d{stroke-dasharray:4 3}.t{font-size:12px}.n{font-weight:700}"
)

TASK_SIGNS = {
    UserTask: "☺",
    ServiceTask: "⚙",
    BusinessRuleTask: "▤",
    ScriptTask: "≣",
    ManualTask: "☝",
    SendTask: "✉",
    ReceiveTask: "✉",
}
GATEWAY_SIGNS = {
    GatewayKind.EXCLUSIVE: "✕",
    GatewayKind.PARALLEL: "✚",
    GatewayKind.INCLUSIVE: "◯",
    GatewayKind.EVENT_BASED: "⬠",
    GatewayKind.COMPLEX: "✱",
}
EVENT_SIGNS: dict[type[EventDefinition], str] = {
    Timer: "◷",
    Message: "✉",
    Signal: "△",
    Error: "↯",
    Escalation: "⇧",
    Conditional: "≡",
    Terminate: "●",
}


def svg(
    diagram: Diagram,
    fills: Mapping[str, str] | None = None,
    tips: Mapping[str, str] | None = None,
    notes: Mapping[str, str] | None = None,
) -> str:
    """The first drawing of the diagram, as one `<svg>` element. `fills` gives colours (#rrggbb) by element id, of a flow
    that of its line, `tips` what an element tells when a pointer rests on it, `notes` a word that stands above it.

    A diagram without a drawing gives an empty picture; `layout.lay_out` makes one.
    """
    plane = diagram.planes[0] if diagram.planes else Plane("")
    box = _extent(plane)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{_n(box.x)} {_n(box.y)} {_n(box.width)} {_n(box.height)}" '
        f'width="{_n(box.width)}" height="{_n(box.height)}" role="img">'
    )
    return (
        head
        + _title(diagram)
        + f"<style>{STYLE}</style>{MARKER}"
        + "".join(_Artist(diagram, plane, fills or {}, tips or {}, notes or {}).pieces())
        + "</svg>"
    )


def _title(diagram: Diagram) -> str:
    """What the picture is called, for those who do not see it."""
    named = [process.name for process in diagram.processes if process.name]
    return f"<title>{escape(named[0])}</title>" if named else ""


MARKER = (
    '<defs><marker id="ujung" viewBox="0 0 10 10" refX="10" refY="5" markerUnits="userSpaceOnUse" markerWidth="12" markerHeight="12" '
    f'orient="auto"><path d="M0 0 10 5 0 10z" fill="{LINE}"/></marker></defs>'
)


def _extent(plane: Plane) -> Bounds:
    boxes = [shape.bounds for shape in plane.shapes.values()]
    labels = [shape.label for shape in plane.shapes.values()] + [edge.label for edge in plane.edges.values()]
    points = [point for edge in plane.edges.values() for point in edge.points]
    boxes += [label for label in labels if label] + [Bounds(x, y, 0, 0) for x, y in points]
    if not boxes:
        return Bounds(0, 0, 2 * MARGIN, 2 * MARGIN)
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.x + box.width for box in boxes), max(box.y + box.height for box in boxes)
    return Bounds(left - MARGIN, top - MARGIN, right - left + 2 * MARGIN, bottom - top + 2 * MARGIN)


class _Artist:
    def __init__(
        self,
        diagram: Diagram,
        plane: Plane,
        fills: Mapping[str, str],
        tips: Mapping[str, str],
        notes: Mapping[str, str],
    ) -> None:
        self.diagram, self.plane, self.fills, self.tips, self.notes = diagram, plane, fills, tips, notes
        self.scopes: list[Scope] = [scope for process in diagram.processes for scope in process.scopes()]

    def pieces(self) -> Iterator[str]:
        """Backgrounds first, then lines, then what stands on both."""
        yield from self._swimlanes()
        yield from self._nodes(SubProcess)
        for artifact in self._artifacts():
            yield from self._artifact(artifact)
        for scope in self.scopes:
            for flow in scope.flows.values():
                yield from self._flow(flow)
        yield from self._nodes(Node)
        yield from self._noted()

    def _noted(self) -> Iterator[str]:
        for element, note in self.notes.items():
            if shape := self.plane.shapes.get(element):
                box = shape.bounds
                yield (
                    f'<text class="n" x="{_n(box.x + box.width / 2)}" y="{_n(box.y - 5)}" '
                    f'text-anchor="middle">{escape(note)}</text>'
                )

    def _swimlanes(self) -> Iterator[str]:
        named = [(one.id, one.name) for one in self.diagram.participants]
        waiting = [lane for scope in self.scopes for lane in scope.lanes]
        for lane in waiting:
            named.append((lane.id, lane.name))
            waiting += lane.lanes
        for element, name in named:
            if shape := self.plane.shapes.get(element):
                yield self._group(element, _swimlane(shape, name))

    def _nodes(self, kind: type[Node]) -> Iterator[str]:
        for scope in self.scopes:
            for node in sorted(scope.nodes.values(), key=lambda one: isinstance(one, BoundaryEvent)):
                shape = self.plane.shapes.get(node.id)
                if (
                    shape
                    and isinstance(node, kind)
                    and (kind is SubProcess or not isinstance(node, SubProcess))
                ):
                    yield self._group(node.id, _node(node, shape, self._fill(node.id)))

    def _fill(self, element: str) -> str:
        colour = self.fills.get(element)
        return f' style="fill:{escape(colour)}"' if colour else ""

    def _group(self, element: str, inside: str) -> str:
        tip = f"<title>{escape(self.tips[element])}</title>" if element in self.tips else ""
        return f'<g data-id="{escape(element)}">{tip}{inside}</g>'

    def _flow(self, flow: Flow) -> Iterator[str]:
        if edge := self.plane.edges.get(flow.id):
            colour = self.fills.get(flow.id)
            style = f' style="stroke:{escape(colour)};stroke-width:4"' if colour else ""
            yield self._group(flow.id, _line(edge, arrow=True, more=style) + _edge_label(edge, flow.name))

    def _artifacts(self) -> Iterator[Artifact]:
        yield from self.diagram.artifacts
        for scope in self.scopes:
            yield from scope.artifacts

    def _artifact(self, artifact: Artifact) -> Iterator[str]:
        if edge := self.plane.edges.get(artifact.id):
            arrow = artifact.kind is not ArtifactKind.ASSOCIATION
            yield self._group(artifact.id, _line(edge, arrow, "f d") + _edge_label(edge, artifact.text))
        elif shape := self.plane.shapes.get(artifact.id):
            yield self._group(artifact.id, _thing(artifact, shape))


def _swimlane(shape: Shape, name: str | None) -> str:
    box = shape.bounds
    x, y = box.x + 15, box.y + box.height / 2
    lines = lettering.wrapped(name or "", box.height - 10)
    turned = f' transform="rotate(-90 {_n(x)} {_n(y)})"' if shape.horizontal else ""
    return _rectangle(box, "p") + _text(lines, x, y, turned)


def _node(node: Node, shape: Shape, fill: str) -> str:
    if isinstance(node, Gateway):
        return _gateway(node, shape, fill)
    if isinstance(node, Event):
        return _event(node, shape, fill)
    assert isinstance(node, Activity)
    return _activity(node, shape, fill)


def _activity(node: Activity, shape: Shape, fill: str) -> str:
    box = shape.bounds
    begins_by_itself = isinstance(node, SubProcess) and node.kind is SubProcessKind.EVENT
    picture = _rectangle(box, "s d" if begins_by_itself else "s", f' rx="10"{fill}')
    sign = TASK_SIGNS.get(type(node))
    if sign:
        picture += _text([sign], box.x + 12, box.y + 12)
    lines = lettering.wrapped(node.name or "", box.width - 8)
    opened = isinstance(node, SubProcess) and shape.expanded
    middle = box.y + 14 if opened else box.y + box.height / 2
    picture += _text(lines, box.x + box.width / 2, middle)
    return picture + _text([_mark(node, opened)], box.x + box.width / 2, box.y + box.height - 8)


def _mark(node: Activity, opened: bool) -> str:
    """The signs at the lower edge of an activity."""
    folded = "⊞" if isinstance(node, SubProcess) and not opened else ""
    if isinstance(node.loop, MultiInstance):
        return ("☰" if node.loop.sequential else "⦀") + folded
    return ("↻" if node.loop else "") + folded


def _gateway(node: Gateway, shape: Shape, fill: str) -> str:
    box = shape.bounds
    x, y = box.x + box.width / 2, box.y + box.height / 2
    corners = f"{_n(x)},{_n(box.y)} {_n(box.x + box.width)},{_n(y)} {_n(x)},{_n(box.y + box.height)} {_n(box.x)},{_n(y)}"
    picture = f'<polygon class="s" points="{corners}"{fill}/>' + _text(
        [GATEWAY_SIGNS[node.kind]], x, y, ' class="t"'
    )
    return picture + _outer_label(node.name, shape)


def _event(node: Event, shape: Shape, fill: str) -> str:
    box = shape.bounds
    x, y, radius = box.x + box.width / 2, box.y + box.height / 2, box.width / 2
    look = "s e" if isinstance(node, EndEvent) else "s"
    if isinstance(node, BoundaryEvent | StartEvent) and not node.interrupting:
        look += " d"
    picture = _circle(x, y, radius, look, fill)
    if isinstance(node, CatchEvent | ThrowEvent | BoundaryEvent):
        picture += _circle(x, y, radius - 3, look.replace("s", "p", 1))
    if node.definition:
        picture += _text([EVENT_SIGNS.get(type(node.definition), "?")], x, y, ' class="t"')
    return picture + _outer_label(node.name, shape)


def _circle(x: float, y: float, radius: float, look: str, more: str = "") -> str:
    return f'<circle class="{look}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"{more}/>'


def _thing(artifact: Artifact, shape: Shape) -> str:
    box = shape.bounds
    if artifact.kind is ArtifactKind.ANNOTATION:
        bracket = f"M{_n(box.x + 10)} {_n(box.y)}H{_n(box.x)}V{_n(box.y + box.height)}h10"
        lines = lettering.wrapped(artifact.text or "", box.width - 10)
        return f'<path class="p" d="{bracket}"/>' + _text(
            lines, box.x + box.width / 2, box.y + box.height / 2
        )
    dashed = "p d" if artifact.kind is ArtifactKind.GROUP else "s"
    return _rectangle(box, dashed) + _outer_label(artifact.text, shape)


def _outer_label(name: str | None, shape: Shape) -> str:
    box = shape.bounds
    width, height = lettering.size(name)
    beneath = Bounds(box.x + box.width / 2 - width / 2, box.y + box.height + 4, width, height)
    return _label(name, shape.label or beneath)


def _edge_label(edge: Edge, name: str | None) -> str:
    return _label(name, edge.label) if edge.label else ""


def _label(name: str | None, box: Bounds) -> str:
    lines = lettering.wrapped(name or "", max(box.width, 30))
    return _text(lines, box.x + box.width / 2, box.y + box.height / 2)


def _line(edge: Edge, arrow: bool, look: str = "f", more: str = "") -> str:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in edge.points)
    return f'<polyline class="{look}" points="{points}"{MARKED if arrow else ""}{more}/>'


MARKED = ' marker-end="url(#ujung)"'


def _rectangle(box: Bounds, look: str, more: str = "") -> str:
    size = f'width="{_n(box.width)}" height="{_n(box.height)}"'
    return f'<rect class="{look}" x="{_n(box.x)}" y="{_n(box.y)}" {size}{more}/>'


def _text(lines: list[str], x: float, y: float, more: str = "") -> str:
    """Lines of text around a middle point."""
    if not any(lines):
        return ""
    first = y - (len(lines) - 1) * lettering.LINE / 2 + 4
    spans = (
        f'<tspan x="{_n(x)}" y="{_n(first + index * lettering.LINE)}">{escape(line)}</tspan>'
        for index, line in enumerate(lines)
    )
    return f'<text text-anchor="middle"{more}>{"".join(spans)}</text>'


def _n(number: float) -> str:
    """A coordinate, short."""
    return f"{number:.1f}".removesuffix(".0")
