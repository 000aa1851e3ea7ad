"""Where everything stands: a drawing of a diagram with lanes in which no line runs through a node or along another.

Each node has a column of its own, in the order of the flow, and stands in the row of its lane. A flow takes one of three
ways. *Straight*: along its row. *Turn*: up or down beside its source (a gateway's leaves by its tip), then along the
target's row; both only where no node of that row stands between. *Channel*: everything else (loops, detours) leaves by the
top, runs in a track of its own along the upper edge of the higher row, and comes down on the target; the flow of a
boundary event does so along the lower edge. So a vertical line always lies in the column of its source or target, and
two flows can share a line only where they share their source or their target.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from heapq import heapify, heappop, heappush

from server.bpmn import lettering
from server.bpmn.model import (
    Activity,
    BoundaryEvent,
    Bounds,
    Diagram,
    Edge,
    EndEvent,
    Event,
    Flow,
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
"""Width of the strip with the name of a pool or lane."""
GAP = 50
"""Between two columns; the vertical of a turn and that of an entry from the left have their tracks in it."""
TURN_TRACK, ENTRY_TRACK = 30, 15
"""How far left of the next column those tracks lie."""
PADDING = 20
"""Between a row's nodes and its edge or its channels."""
TRACK = 16
"""Height of a channel's track."""
LEAST_ROW = 80
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
        inside = _Field.of(process, HEADER * (_depth(process.lanes) + bool(pool)))
        inside.draw(drawing, x, y)
        if pool:
            drawing.shapes[pool.id] = Shape(Bounds(x, y, inside.width, inside.height))
        y += inside.height + BETWEEN_POOLS
    for number, box in enumerate(one for one in diagram.participants if one.id not in drawing.shapes):
        top = y + number * (BLACK_BOX[1] + BETWEEN_POOLS)
        drawing.shapes[box.id] = Shape(Bounds(x, top, *BLACK_BOX))
    element = diagram.collaboration or (diagram.processes[0].id if diagram.processes else "")
    return replace(diagram, planes=(Plane(element, drawing.shapes, drawing.edges),))


@dataclass
class _Drawing:
    shapes: dict[str, Shape] = field(default_factory=dict)
    edges: dict[str, Edge] = field(default_factory=dict)


class _Way(Enum):
    STRAIGHT = auto()
    TURN = auto()
    ABOVE = auto()
    BELOW = auto()


@dataclass
class _Place:
    """A node in the grid. `left` and `right` are how far it reaches from its middle, its label included."""

    node: Node
    column: int
    row: int
    width: float
    height: float
    inside: "_Field | None" = None
    left: float = 0
    right: float = 0
    gap: float = GAP
    x: float = 0
    y: float = 0


@dataclass
class _Route:
    flow: Flow
    source: _Place
    target: _Place
    way: _Way
    track: int = 0


@dataclass
class _Row:
    lane: Lane | None
    height: float = LEAST_ROW
    above: int = 0
    below: int = 0
    top: float = 0

    @property
    def whole(self) -> float:
        return self.height + 2 * PADDING + TRACK * (self.above + self.below)

    @property
    def middle(self) -> float:
        return self.top + TRACK * self.above + PADDING + self.height / 2


@dataclass
class _Field:
    """The grid of one scope: a process with its lanes, or the inside of a sub-process."""

    scope: Scope
    header: float
    rows: list[_Row]
    places: dict[str, _Place]
    routes: list[_Route]
    depth: int

    @classmethod
    def of(cls, scope: Scope, header: float) -> "_Field":
        """The grid of a scope whose headers take `header` pixels on the left."""
        rows = [_Row(lane) for lane in _leaves(scope.lanes)] or [_Row(None)]
        places = _places(scope, rows)
        field_ = cls(scope, header, rows, places, _routes(scope, places), _depth(scope.lanes))
        field_._measure()
        return field_

    @property
    def width(self) -> float:
        return self.header + GAP + sum(place.left + place.right + place.gap for place in self.places.values())

    @property
    def height(self) -> float:
        return sum(row.whole for row in self.rows)

    def draw(self, drawing: _Drawing, x: float, y: float) -> None:
        """Puts the scope at this corner."""
        self._settle(x, y)
        self._draw_lanes(drawing, x + self.header - HEADER * self.depth, x + self.width)
        for place in self.places.values():
            drawing.shapes[place.node.id] = _shape(place)
            self._draw_boundary_events(drawing, place)
            if place.inside:
                place.inside.draw(drawing, place.x - place.width / 2, place.y - place.height / 2 + HEADER)
        for route in self.routes:
            drawing.edges[route.flow.id] = Edge(tuple(self._points(route)), self._flow_label(route))

    # -- sizes

    def _measure(self) -> None:
        for place in self.places.values():
            row = self.rows[place.row]
            row.height = max(row.height, place.height + 2 * _hanging(self.scope, place))
            label = _own_label_width(place.node)
            beside = label / 2 if isinstance(place.node, Event) else label + 5
            place.left = max(place.width / 2, 30, beside)
            place.right = max(place.width / 2, 30, beside if isinstance(place.node, Event) else 0)
        for route in self.routes:
            width = lettering.size(route.flow.name)[0]
            if width and self._leaves_right(route):
                route.source.gap = max(route.source.gap, GAP + width)
            elif width:
                route.source.right = max(route.source.right, width + 10)
        for index, row in enumerate(self.rows):
            row.above = self._assign_tracks(index, _Way.ABOVE)
            row.below = self._assign_tracks(index, _Way.BELOW)

    def _assign_tracks(self, row: int, way: _Way) -> int:
        """Gives each flow in one channel a track in which it meets no other, the shortest nearest to the nodes."""
        routes = [route for route in self.routes if route.way is way and _channel_row(route) == row]
        tracks: list[list[tuple[int, int]]] = []
        for route in sorted(routes, key=lambda one: abs(one.source.column - one.target.column)):
            span = _span(route)
            route.track = next((i for i, taken in enumerate(tracks) if _free(span, taken)), len(tracks))
            if route.track == len(tracks):
                tracks.append([])
            tracks[route.track].append(span)
        return len(tracks)

    def _settle(self, x: float, y: float) -> None:
        for row in self.rows:
            row.top, y = y, y + row.whole
        x += self.header + GAP
        for place in self.places.values():
            place.x, place.y = x + place.left, self.rows[place.row].middle
            x += place.left + place.right + place.gap

    # -- lines

    def _points(self, route: _Route) -> list[Point]:
        target = route.target
        entry = (target.x - target.width / 2, target.y)
        out = self._exit(route)
        if route.way is _Way.STRAIGHT:
            return [out, entry]
        if route.way is _Way.TURN:
            return self._turn(route, entry)
        into = self._channel_entry(route)
        level = self._level(route)
        down = [(into[0], level), into]
        if into[1] == target.y:  # from the left
            down = [(into[0], level), into, entry]
        return [out, (out[0], level), *down]

    def _turn(self, route: _Route, entry: Point) -> list[Point]:
        out = self._exit(route)
        if out[1] != route.source.y:
            return [out, (out[0], entry[1]), entry]
        track = self._right_end(route.source) - TURN_TRACK
        return [out, (track, out[1]), (track, entry[1]), entry]

    def _right_end(self, place: _Place) -> float:
        return place.x + place.right + place.gap

    def _leaves_right(self, route: _Route) -> bool:
        if route.way is _Way.STRAIGHT:
            return True
        tips = isinstance(route.source.node, Gateway) or route.flow.source != route.source.node.id
        return route.way is _Way.TURN and not tips

    def _exit(self, route: _Route) -> Point:
        """Where a flow leaves its source."""
        place = route.source
        if route.flow.source != place.node.id:
            x = _boundary_x(self.scope, place, route.flow.source)
            return x, place.y + place.height / 2 + EVENT[1] / 2
        if route.way is _Way.ABOVE:
            return place.x + self._shift(place), place.y - place.height / 2
        if self._leaves_right(route):
            return place.x + place.width / 2, place.y
        upwards = route.target.row < place.row
        return place.x, place.y + place.height / 2 * (-1 if upwards else 1)

    def _channel_entry(self, route: _Route) -> Point:
        place = route.target
        if isinstance(place.node, Activity):
            if route.way is _Way.BELOW:
                return place.x - place.width / 2 + 15, place.y + place.height / 2
            return place.x - self._shift(place), place.y - place.height / 2
        if isinstance(place.node, EndEvent) and route.way is _Way.ABOVE:
            return place.x, place.y - place.height / 2
        return place.x - place.left - ENTRY_TRACK, place.y

    def _shift(self, place: _Place) -> float:
        """How far from the middle of its upper side lines leave and enter an activity that has both there."""
        if not isinstance(place.node, Activity):
            return 0
        above = [route for route in self.routes if route.way is _Way.ABOVE]
        leaves = any(route.source is place and route.flow.source == place.node.id for route in above)
        return 20 if leaves and any(route.target is place for route in above) else 0

    def _level(self, route: _Route) -> float:
        """The height of a channel's track."""
        row = self.rows[_channel_row(route)]
        if route.way is _Way.ABOVE:
            return row.top + TRACK * (row.above - route.track) - TRACK / 2 + 4
        return row.top + row.whole - TRACK * (row.below - route.track) + TRACK / 2 - 4

    # -- labels and shapes

    def _flow_label(self, route: _Route) -> Bounds | None:
        width, height = lettering.size(route.flow.name)
        if not width:
            return None
        x, y = out = self._exit(route)
        beside = [one for one in self.routes if one.source is route.source and self._exit(one) == out]
        earlier = sum(lettering.size(one.flow.name)[1] for one in beside[: beside.index(route)])
        if self._leaves_right(route):
            clear = x if height <= lettering.LINE else route.source.x + route.source.right
            return Bounds(clear + 5, y - 4 - earlier - height, width, height)
        upwards = y < route.source.y
        return Bounds(x + 5, y - 2 - earlier - height if upwards else y + 2 + earlier, width, height)

    def _draw_lanes(self, drawing: _Drawing, x: float, right: float) -> None:
        rows = {row.lane.id: row for row in self.rows if row.lane}
        waiting = [(lane, x) for lane in self.scope.lanes]
        for lane, left in waiting:
            held = [rows[leaf.id] for leaf in _leaves((lane,))]
            top, bottom = held[0].top, held[-1].top + held[-1].whole
            drawing.shapes[lane.id] = Shape(Bounds(left, top, right - left, bottom - top))
            waiting += [(inner, left + HEADER) for inner in lane.lanes]

    def _draw_boundary_events(self, drawing: _Drawing, place: _Place) -> None:
        for event in self.scope.boundary_events(place.node.id):
            x, y = _boundary_x(self.scope, place, event.id), place.y + place.height / 2
            width, height = lettering.size(event.name)
            label = Bounds(x + 8, y + EVENT[1] / 2 + 2, width, height) if width else None
            drawing.shapes[event.id] = Shape(Bounds(x - EVENT[0] / 2, y - EVENT[1] / 2, *EVENT), label)


def _shape(place: _Place) -> Shape:
    bounds = Bounds(place.x - place.width / 2, place.y - place.height / 2, place.width, place.height)
    width, height = lettering.size(place.node.name)
    if not width or isinstance(place.node, Activity):
        return Shape(bounds)
    if isinstance(place.node, Gateway):
        return Shape(bounds, Bounds(place.x - 5 - width, bounds.y - 2 - height, width, height))
    return Shape(bounds, Bounds(place.x - width / 2, bounds.y + bounds.height + 4, width, height))


def _own_label_width(node: Node) -> float:
    return 0 if isinstance(node, Activity) else lettering.size(node.name)[0]


def _hanging(scope: Scope, place: _Place) -> float:
    """How far labels of boundary events hang below what the row's padding leaves."""
    heights = [lettering.size(event.name)[1] for event in scope.boundary_events(place.node.id)]
    return max(heights, default=0)


def _boundary_x(scope: Scope, place: _Place, event_id: str) -> float:
    ids = [event.id for event in scope.boundary_events(place.node.id)]
    return place.x + place.width / 2 - 25 - 45 * ids.index(event_id)


# -- the grid


def _depth(lanes: tuple[Lane, ...]) -> int:
    return 1 + max(_depth(lane.lanes) for lane in lanes) if lanes else 0


def _leaves(lanes: tuple[Lane, ...]) -> Iterator[Lane]:
    for lane in lanes:
        if lane.lanes:
            yield from _leaves(lane.lanes)
        else:
            yield lane


def _places(scope: Scope, rows: list[_Row]) -> dict[str, _Place]:
    """Every node but boundary events, in the order of the columns."""
    row_of = {node_id: index for index, row in enumerate(rows) if row.lane for node_id in row.lane.nodes}
    places: dict[str, _Place] = {}
    for column, node_id in enumerate(_ordered(scope)):
        node = scope.nodes[node_id]
        inside = _Field.of(node, 0) if isinstance(node, SubProcess) else None
        width, height = (inside.width, inside.height + HEADER) if inside else _size(node)
        places[node_id] = _Place(node, column, row_of.get(node_id, 0), width, height, inside)
    return places


def _size(node: Node) -> tuple[float, float]:
    if isinstance(node, Gateway):
        return GATEWAY
    return EVENT if isinstance(node, Event) else TASK


def _ordered(scope: Scope) -> list[str]:
    """The nodes in the order of the flow, loops left aside; where that leaves a choice, in the order of the file."""
    number = {node_id: index for index, node_id in enumerate(_hosts(scope))}
    following = _forward(scope, list(number))
    left = dict.fromkeys(number, 0)
    for targets in following.values():
        for target in targets:
            left[target] += 1
    ready = [(number[node_id], node_id) for node_id, count in left.items() if not count]
    heapify(ready)
    order = []
    while ready:
        _, node_id = heappop(ready)
        order.append(node_id)
        for target in following[node_id]:
            left[target] -= 1
            if not left[target]:
                heappush(ready, (number[target], target))
    return order


def _hosts(scope: Scope) -> list[str]:
    return [node_id for node_id, node in scope.nodes.items() if not isinstance(node, BoundaryEvent)]


def _forward(scope: Scope, nodes: list[str]) -> dict[str, list[str]]:
    """The flows that do not lead back, from node to node; those of a boundary event are its activity's."""
    targets = {node_id: list(_targets(scope, node_id)) for node_id in nodes}
    following: dict[str, list[str]] = {node_id: [] for node_id in nodes}
    begun: set[str] = set()
    path: set[str] = set()
    entries = sorted(nodes, key=lambda node_id: bool(scope.incoming(node_id)))
    for entry in entries:
        work = [] if entry in begun else [(entry, iter(targets[entry]))]
        while work:
            node_id, rest = work[-1]
            if node_id not in begun:
                begun.add(node_id)
                path.add(node_id)
            target = next(rest, None)
            if target is None:
                path.discard(node_id)
                work.pop()
            elif target not in path:
                following[node_id].append(target)
                if target not in begun:
                    work.append((target, iter(targets[target])))
    return following


def _targets(scope: Scope, node_id: str) -> Iterator[str]:
    for source in (node_id, *(event.id for event in scope.boundary_events(node_id))):
        for flow in scope.outgoing(source):
            if flow.target in scope.nodes and not isinstance(scope.nodes[flow.target], BoundaryEvent):
                yield flow.target


# -- the ways of the flows


def _routes(scope: Scope, places: dict[str, _Place]) -> list[_Route]:
    rows: dict[int, list[int]] = {}
    for place in places.values():
        rows.setdefault(place.row, []).append(place.column)
    routes: dict[tuple[str, str], _Route] = {}
    twins: list[_Route] = []
    for flow in scope.flows.values():
        if _drawn(scope, flow, places):
            route = _route(scope, flow, places, rows)
            if routes.setdefault((flow.source, flow.target), route) is not route:
                twins.append(replace(route, way=_Way.BELOW if route.way is _Way.BELOW else _Way.ABOVE))
    return [*routes.values(), *twins]


def _drawn(scope: Scope, flow: Flow, places: dict[str, _Place]) -> bool:
    return flow.target in places and _host(scope, flow.source) in places


def _host(scope: Scope, node_id: str) -> str:
    node = scope.nodes.get(node_id)
    return node.attached_to if isinstance(node, BoundaryEvent) else node_id


def _route(scope: Scope, flow: Flow, places: dict[str, _Place], rows: dict[int, list[int]]) -> _Route:
    source, target = places[_host(scope, flow.source)], places[flow.target]
    columns = rows[target.row]
    between = bisect_right(columns, target.column - 1) - bisect_right(columns, source.column)
    ahead = target.column > source.column and not between
    if flow.source != source.node.id:
        way = _Way.TURN if ahead and target.row > source.row else _Way.BELOW
    elif not ahead:
        way = _Way.ABOVE
    else:
        way = _Way.STRAIGHT if target.row == source.row else _Way.TURN
    return _Route(flow, source, target, way)


def _channel_row(route: _Route) -> int:
    choose = min if route.way is _Way.ABOVE else max
    return choose(route.source.row, route.target.row)


def _span(route: _Route) -> tuple[int, int]:
    """The columns that a flow in a channel runs along."""
    first, last = sorted((route.source.column, route.target.column))
    return first, last


def _free(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return all(span[1] < first or last < span[0] for first, last in taken)
