"""Where everything stands: a drawing of a diagram with lanes in which no line runs through a node or along another.

`grid` says which column, row and way; here they get their measures in pixels, after bpmn-js: tasks 120 × 80, so that
"Menandatangani" fits, gateways 50, events 36.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from server.bpmn import lettering
from server.bpmn.grid import Grid, Place, Route, Side, Way, arrange, leaves
from server.bpmn.model import (
    Activity,
    Bounds,
    Diagram,
    Edge,
    EndEvent,
    Event,
    Gateway,
    Lane,
    Node,
    Plane,
    Scope,
    Shape,
    SubProcess,
)

TASK = (120, 80)
GATEWAY = (50, 50)
EVENT = (36, 36)
HEADER = 30
"""The strip with the name of a pool, lane or sub-process."""
GAP = 50
"""Between two columns; the vertical of a turn and that of an entry from the left have their tracks in it."""
TURN_TRACK, ENTRY_TRACK = 30, 15
"""How far left of the next column those tracks lie."""
PADDING = 20
"""Between a row's nodes and its edge or its channels."""
TRACK = 16
"""Height of a channel's track."""
LEAST_COLUMN, LEAST_ROW = 60, 80
ORIGIN = (160.0, 80.0)
BETWEEN_POOLS = 40
BLACK_BOX = (600, 60)

Point = tuple[float, float]


def lay_out(diagram: Diagram) -> Diagram:
    """The same diagram with one drawing, made anew: pools, lanes, nodes, flows and their labels.

    Annotations, data and message flows get no place.
    """
    drawing = _Drawing()
    x, y = ORIGIN
    pools = {participant.process: participant for participant in diagram.participants}
    for process in diagram.processes:
        pool = pools.get(process.id)
        sheet = _Sheet.of(process, pool.name if pool else None, HEADER if pool else 0)
        sheet.draw(drawing, x, y)
        if pool:
            drawing.shapes[pool.id] = Shape(Bounds(x, y, sheet.width, sheet.height))
        y += sheet.height + BETWEEN_POOLS
    for number, box in enumerate(one for one in diagram.participants if one.id not in drawing.shapes):
        top = y + number * (BLACK_BOX[1] + BETWEEN_POOLS)
        drawing.shapes[box.id] = Shape(Bounds(x, top, *BLACK_BOX))
    element = diagram.collaboration or (diagram.processes[0].id if diagram.processes else "")
    return replace(diagram, planes=(Plane(element, drawing.shapes, drawing.edges),))


@dataclass
class _Drawing:
    shapes: dict[str, Shape] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)


@dataclass
class _Box:
    """A node's measures. `left` and `right` are how far it reaches from its middle, its labels included."""

    width: float
    height: float
    left: float
    right: float
    gap: float = GAP
    x: float = 0
    y: float = 0


@dataclass
class _Band:
    """A row's measures: the height of its nodes, of the channels above and below them, and its upper edge."""

    height: float
    above: float
    below: float
    top: float = 0

    @property
    def whole(self) -> float:
        return self.above + self.below + self.height + 2 * PADDING

    @property
    def middle(self) -> float:
        return self.top + self.above + PADDING + self.height / 2


@dataclass
class _Sheet:
    """One scope drawn: a process with its lanes, or the inside of a sub-process."""

    grid: Grid
    header: float
    boxes: dict[str, _Box]
    bands: list[_Band]
    inside: dict[str, "_Sheet"]
    both_on_top: set[str]
    """Activities that flows leave and enter by the top."""

    @classmethod
    def of(cls, scope: Scope, name: str | None = None, header: float = 0) -> "_Sheet":
        """The measures of a scope in a pool of this name, whose strip is `header` wide."""
        grid = arrange(scope)
        inside = {
            one.node.id: cls.of(one.node) for one in grid.places.values() if isinstance(one.node, SubProcess)
        }
        boxes = {node_id: _box(place.node, inside.get(node_id)) for node_id, place in grid.places.items()}
        bands = [_Band(LEAST_ROW, TRACK * row.above, TRACK * row.below) for row in grid.rows]
        above = [route for route in grid.routes if route.way is Way.ABOVE]
        both = {one.source.node.id for one in above} & {one.target.node.id for one in above}
        sheet = cls(grid, header + HEADER * _depth(scope.lanes), boxes, bands, inside, both)
        sheet._make_room(name)
        sheet._even_columns()
        return sheet

    @property
    def width(self) -> float:
        columns = {place.column: self.boxes[node_id] for node_id, place in self.grid.places.items()}
        return self.header + GAP + sum(box.left + box.right + box.gap for box in columns.values())

    @property
    def height(self) -> float:
        return sum(band.whole for band in self.bands)

    def draw(self, drawing: _Drawing, x: float, y: float) -> None:
        """Puts the scope at this corner."""
        self._settle(x, y)
        lanes = self.grid.scope.lanes
        self._draw_lanes(drawing, lanes, x + self.header - HEADER * _depth(lanes), x + self.width)
        for node_id, place in self.grid.places.items():
            self._draw_node(drawing, place.node, self.boxes[node_id])
        labelled: Counter[tuple[int, Side]] = Counter()
        for route in self.grid.routes:
            edge = Edge(
                tuple(self._points(route)), self._label(route, labelled[route.source.column, route.side])
            )
            drawing.edges[route.flow.id] = edge
            labelled[route.source.column, route.side] += int(edge.label.height) if edge.label else 0

    # -- measures

    def _make_room(self, name: str | None) -> None:
        """Widens columns for the labels of flows, heightens rows for their nodes and for the names of lanes and pool."""
        for route in self.grid.routes:
            width = lettering.size(route.flow.name)[0]
            box = self.boxes[route.source.node.id]
            if width and route.side is Side.RIGHT:
                box.gap = max(box.gap, GAP + width)
            elif width:
                box.right = max(box.right, width + 10)
        for node_id, place in self.grid.places.items():
            band = self.bands[place.row]
            room = max(self._hanging(node_id), self._stacked(place) - PADDING)
            band.height = max(band.height, self.boxes[node_id].height + 2 * room)
        for lane in _inner_first(self.grid.scope.lanes):
            _heighten([self.bands[number] for number in self._rows(lane)], lane.name)
        _heighten(self.bands, name)

    def _even_columns(self) -> None:
        """Gives the nodes of a column the same room."""
        columns: dict[int, list[_Box]] = {}
        for node_id, place in self.grid.places.items():
            columns.setdefault(place.column, []).append(self.boxes[node_id])
        for boxes in columns.values():
            left, right = max(box.left for box in boxes), max(box.right for box in boxes)
            gap = max(box.gap for box in boxes)
            for box in boxes:
                box.left, box.right, box.gap = left, right, gap

    def _hanging(self, node_id: str) -> float:
        """How far labels of boundary events hang below the row's padding."""
        events = self.grid.scope.boundary_events(node_id)
        return max((lettering.size(event.name)[1] for event in events), default=0)

    def _stacked(self, place: Place) -> float:
        """How high the labels of the flows are that leave a node by its top or bottom: they stand clear of the channels."""
        heights: Counter[Side] = Counter()
        for route in self.grid.routes:
            if route.source == place and not route.guarded and route.side is not Side.RIGHT:
                heights[route.side] += int(lettering.size(route.flow.name)[1])
        return max(heights.values(), default=0)

    def _rows(self, lane: Lane) -> list[int]:
        inner = {leaf.id for leaf in leaves((lane,))}
        return [number for number, row in enumerate(self.grid.rows) if row.lane and row.lane.id in inner]

    def _settle(self, x: float, y: float) -> None:
        for band in self.bands:
            band.top, y = y, y + band.whole
        x += self.header + GAP
        column, beside = -1, x
        for node_id, place in self.grid.places.items():
            box = self.boxes[node_id]
            if place.column != column:
                column, x = place.column, beside
                beside = x + box.left + box.right + box.gap
            box.x, box.y = x + box.left, self.bands[place.row].middle

    # -- flows

    def _points(self, route: Route) -> list[Point]:
        box = self.boxes[route.target.node.id]
        out, entry = self._exit(route), (box.x - box.width / 2, box.y)
        if route.way is Way.DROP:
            edge = box.height / 2 * (-1 if route.side is Side.BOTTOM else 1)
            return [out, (box.x, box.y + edge)]
        if route.way is Way.STRAIGHT:
            return [out, entry]
        if route.way is Way.TURN and route.side is Side.RIGHT:
            source = self.boxes[route.source.node.id]
            track = source.x + source.right + source.gap - TURN_TRACK
            return [out, (track, out[1]), (track, entry[1]), entry]
        if route.way is Way.TURN:
            return [out, (out[0], entry[1]), entry]
        into, level = self._channel_entry(route), self._level(route)
        line = [out, (out[0], level), (into[0], level), into]
        return [*line, entry] if into[1] == box.y else line

    def _exit(self, route: Route) -> Point:
        """Where a flow leaves its source."""
        box = self.boxes[route.source.node.id]
        if route.guarded:
            return self._boundary_x(route.source.node, route.flow.source), box.y + box.height / 2 + EVENT[
                1
            ] / 2
        if route.side is Side.RIGHT:
            return box.x + box.width / 2, box.y
        if route.side is Side.BOTTOM:
            return box.x, box.y + box.height / 2
        return box.x + self._shift(route.source), box.y - box.height / 2

    def _channel_entry(self, route: Route) -> Point:
        """Where a flow out of a channel comes to its target: on its top or bottom, or into the gap left of it."""
        box, node = self.boxes[route.target.node.id], route.target.node
        if isinstance(node, Activity) and route.way is Way.BELOW:
            return box.x - box.width / 2 + 15, box.y + box.height / 2
        if isinstance(node, Activity) or (isinstance(node, EndEvent) and route.way is Way.ABOVE):
            return box.x - self._shift(route.target), box.y - box.height / 2
        return box.x - box.left - ENTRY_TRACK, box.y

    def _shift(self, place: Place) -> float:
        """How far from the middle of its upper side lines leave and enter an activity that has both there."""
        return 20 if isinstance(place.node, Activity) and place.node.id in self.both_on_top else 0

    def _level(self, route: Route) -> float:
        """The height of the flow's track."""
        band = self.bands[route.channel]
        if route.way is Way.ABOVE:
            return band.top + band.above - TRACK * route.track - TRACK / 2 + 4
        return band.top + band.whole - band.below + TRACK * route.track + TRACK / 2 - 4

    def _label(self, route: Route, taken: float) -> Bounds | None:
        """Beside the exit, past the labels (`taken` pixels) of other flows there."""
        width, height = lettering.size(route.flow.name)
        if not width:
            return None
        x, y = self._exit(route)
        if route.side is Side.RIGHT:
            box = self.boxes[route.source.node.id]
            clear = x if height <= lettering.LINE else box.x + box.right
            return Bounds(clear + 5, y - 4 - taken - height, width, height)
        return Bounds(
            x + 5, y - 2 - taken - height if route.side is Side.TOP else y + 2 + taken, width, height
        )

    # -- shapes

    def _draw_lanes(self, drawing: _Drawing, lanes: tuple[Lane, ...], x: float, right: float) -> None:
        for lane in lanes:
            bands = [self.bands[number] for number in self._rows(lane)]
            height = sum(band.whole for band in bands)
            drawing.shapes[lane.id] = Shape(Bounds(x, bands[0].top, right - x, height))
            self._draw_lanes(drawing, lane.lanes, x + HEADER, right)

    def _draw_node(self, drawing: _Drawing, node: Node, box: _Box) -> None:
        left, top = box.x - box.width / 2, box.y - box.height / 2
        drawing.shapes[node.id] = Shape(Bounds(left, top, box.width, box.height), _node_label(node, box))
        if node.id in self.inside:
            self.inside[node.id].draw(drawing, left, top + HEADER)
        for event in self.grid.scope.boundary_events(node.id):
            x, y = self._boundary_x(node, event.id), top + box.height
            width, height = lettering.size(event.name)
            label = Bounds(x + 8, y + EVENT[1] / 2 + 2, width, height) if width else None
            drawing.shapes[event.id] = Shape(Bounds(x - EVENT[0] / 2, y - EVENT[1] / 2, *EVENT), label)

    def _boundary_x(self, node: Node, event_id: str) -> float:
        """The middle of a boundary event: from the right end of the lower side to the left."""
        box = self.boxes[node.id]
        ids = [event.id for event in self.grid.scope.boundary_events(node.id)]
        return box.x + box.width / 2 - 25 - 45 * ids.index(event_id)


def _box(node: Node, inside: _Sheet | None) -> _Box:
    width, height = (inside.width, inside.height + HEADER) if inside else _size(node)
    label = 0 if isinstance(node, Activity) else lettering.size(node.name)[0]
    middle = max(width, LEAST_COLUMN) / 2
    if isinstance(node, Event):  # its label hangs below its middle
        return _Box(width, height, max(middle, label / 2), max(middle, label / 2))
    return _Box(width, height, max(middle, label + 5), middle)


def _size(node: Node) -> tuple[float, float]:
    if isinstance(node, Gateway):
        return GATEWAY
    return EVENT if isinstance(node, Event) else TASK


def _node_label(node: Node, box: _Box) -> Bounds | None:
    """A gateway's stands left of its upper tip, where no flow leaves; an event's hangs below; an activity's is in it."""
    width, height = lettering.size(node.name)
    if not width or isinstance(node, Activity):
        return None
    if isinstance(node, Gateway):
        return Bounds(box.x - 5 - width, box.y - box.height / 2 - 2 - height, width, height)
    return Bounds(box.x - width / 2, box.y + box.height / 2 + 4, width, height)


def _depth(lanes: tuple[Lane, ...]) -> int:
    return 1 + max(_depth(lane.lanes) for lane in lanes) if lanes else 0


def _inner_first(lanes: tuple[Lane, ...]) -> Iterator[Lane]:
    for lane in lanes:
        yield from _inner_first(lane.lanes)
        yield lane


def _heighten(bands: list[_Band], name: str | None) -> None:
    """Makes rows high enough for a name, in two lines, that stands on its side in the strip before them."""
    lacking = lettering.size(name)[0] + 10 - sum(band.whole for band in bands)
    for band in bands if lacking > 0 else ():
        band.height += lacking / len(bands)
