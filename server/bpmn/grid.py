"""The plan of a drawing before it has measures: which column and row each node stands in, and which way each flow takes.

The nodes stand in the rows of their lanes, in columns in the order of the flow: a task that follows another in a further lane
straight above or below it where no line needs the room, each other node in a column of its own. A flow takes one of five
ways. DROP: straight up or down to the next node of its column. STRAIGHT: along its row. TURN: up or down beside its source, then along the target's row; both only where no node of
that row stands between. ABOVE, everything else (loops, detours): out of the top, along a track of its own in the channel
at the upper edge of the higher row, and down on the target. BELOW: so the flow of a boundary event, along the lower edge.
A vertical line thus always lies in the column of its source or target, and two flows can share a line only where they
share their source or their target.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from heapq import heapify, heappop, heappush
from itertools import pairwise

from server.bpmn.model import Activity, BoundaryEvent, Flow, Gateway, Lane, Node, Scope, SubProcess


class Way(Enum):
    DROP = auto()
    STRAIGHT = auto()
    TURN = auto()
    ABOVE = auto()
    BELOW = auto()


class Side(Enum):
    """Where a flow leaves its source."""

    RIGHT = auto()
    TOP = auto()
    BOTTOM = auto()


@dataclass(frozen=True)
class Place:
    node: Node
    column: int
    row: int


@dataclass(frozen=True)
class Route:
    """The way of a flow. `source` is the activity for a flow out of its boundary event; `track` counts from the nodes."""

    flow: Flow
    source: Place
    target: Place
    way: Way
    side: Side
    track: int = 0

    @property
    def guarded(self) -> bool:
        """Whether the flow leaves from a boundary event."""
        return self.flow.source != self.source.node.id

    @property
    def channel(self) -> int:
        """The row in whose channel the flow runs, if it takes one."""
        rows = (self.source.row, self.target.row)
        return min(rows) if self.way is Way.ABOVE else max(rows)

    @property
    def span(self) -> tuple[int, int]:
        """The first and last column that the flow runs along."""
        columns = (self.source.column, self.target.column)
        return min(columns), max(columns)


@dataclass(frozen=True)
class Row:
    """The innermost lane, or None where a scope has no lanes; how many tracks its two channels have."""

    lane: Lane | None
    above: int = 0
    below: int = 0


@dataclass(frozen=True)
class Grid:
    scope: Scope
    rows: tuple[Row, ...]
    places: dict[str, Place]
    """By node id, in the order of the columns; boundary events have none."""
    routes: tuple[Route, ...]


def arrange(scope: Scope) -> Grid:
    """The plan of a process, or of the inside of a sub-process."""
    lanes = list(leaves(scope.lanes))
    row_of = {node_id: number for number, lane in enumerate(lanes) for node_id in lane.nodes}
    order = in_order(scope)
    below = _stacked(scope, order, row_of)
    while True:
        places = _placed(scope, order, row_of, below)
        routes = _tracked(_sided(_routes(scope, places)))
        crowded = _crowded(routes, places, below)
        if not crowded:
            break
        below -= crowded
    rows = tuple(Row(lane, *_tracks(routes, number)) for number, lane in enumerate(lanes or [None]))
    return Grid(scope, rows, places, tuple(routes))


def leaves(lanes: Iterable[Lane]) -> Iterator[Lane]:
    """The innermost lanes, from top to bottom."""
    for lane in lanes:
        if lane.lanes:
            yield from leaves(lane.lanes)
        else:
            yield lane


# -- columns


def _placed(scope: Scope, order: list[str], row_of: dict[str, int], below: set[str]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    column = -1
    for node_id in order:
        column += node_id not in below
        places[node_id] = Place(scope.nodes[node_id], column, row_of.get(node_id, 0))
    return places


def _stacked(scope: Scope, order: list[str], row_of: dict[str, int]) -> set[str]:
    """The tasks that may stand in the column of the one before them: all of a column go on in one direction."""
    number = {node_id: index for index, node_id in enumerate(order)}
    found: set[str] = set()
    direction = 0
    for before, node_id in pairwise(order):
        step = row_of.get(node_id, 0) - row_of.get(before, 0)
        goes_on = before not in found or step * direction > 0
        if step and goes_on and _follows_alone(scope, before, node_id, number):
            found.add(node_id)
            direction = step
    return found


def _follows_alone(scope: Scope, before: str, node_id: str, number: dict[str, int]) -> bool:
    """Whether one task leads to another, without a label, and to nothing else, and only rework leads there beside it."""
    pair = (scope.nodes[before], scope.nodes[node_id])
    plain = all(isinstance(node, Activity) and not isinstance(node, SubProcess) for node in pair)
    guarded = scope.boundary_events(before) or scope.boundary_events(node_id)
    leads = [(flow.target, flow.name) for flow in scope.outgoing(before)] == [(node_id, None)]
    others = [_host(scope, flow.source) for flow in scope.incoming(node_id) if flow.source != before]
    return plain and leads and not guarded and all(number.get(one, -1) > number[node_id] for one in others)


def _crowded(routes: list[Route], places: dict[str, Place], below: set[str]) -> set[str]:
    """Those of `below` that must have a column of their own, as a line of a channel would run through a node of their column
    or along a DROP.
    """
    members: dict[int, list[Place]] = {}
    for place in places.values():
        members.setdefault(place.column, []).append(place)
    upward = {route.source.node.id for route in routes if route.way is Way.DROP and route.side is Side.TOP}
    reached = {
        route.target.node.id for route in routes if route.way is Way.DROP and route.side is Side.BOTTOM
    }
    crowded: set[str] = set()
    for route in routes:
        if route.way not in (Way.ABOVE, Way.BELOW):
            continue
        for end in (route.source, route.target):
            rows = range(min(route.channel, end.row), max(route.channel, end.row) + 1)
            others = [one for one in members[end.column] if one is not end]
            touches = end.node.id in upward or (end is route.source and end.node.id in reached)
            in_the_way = any(one.row in rows for one in others)
            if others and (in_the_way or touches or route.way is Way.BELOW):
                own = {end.node.id} & below
                crowded |= own or {one.node.id for one in others} & below
    return crowded


def in_order(scope: Scope) -> list[str]:
    """The nodes in the order of the flow, loops left aside; where that leaves a choice, in the order of the file."""
    hosts = [node_id for node_id, node in scope.nodes.items() if not isinstance(node, BoundaryEvent)]
    number = {node_id: index for index, node_id in enumerate(hosts)}
    following = _forward(scope, hosts)
    missing = dict.fromkeys(hosts, 0)
    for target in (target for targets in following.values() for target in targets):
        missing[target] += 1
    ready = [(number[node_id], node_id) for node_id, count in missing.items() if not count]
    heapify(ready)
    order = []
    while ready:
        _, node_id = heappop(ready)
        order.append(node_id)
        for target in following[node_id]:
            missing[target] -= 1
            if not missing[target]:
                heappush(ready, (number[target], target))
    return order


def _forward(scope: Scope, nodes: list[str]) -> dict[str, list[str]]:
    """The flows that do not lead back, from node to node, found by walking in depth from where nothing leads to."""
    targets = {node_id: list(_targets(scope, node_id)) for node_id in nodes}
    following: dict[str, list[str]] = {node_id: [] for node_id in nodes}
    begun: set[str] = set()
    path: set[str] = set()
    for entry in sorted(nodes, key=lambda node_id: bool(scope.incoming(node_id))):
        work = [] if entry in begun else [(entry, iter(targets[entry]))]
        while work:
            node_id, rest = work[-1]
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
    """Where the flows of a node lead, and those of its boundary events."""
    for source in (node_id, *(event.id for event in scope.boundary_events(node_id))):
        for flow in scope.outgoing(source):
            if not isinstance(scope.nodes.get(flow.target, None), BoundaryEvent | None):
                yield flow.target


# -- ways


def _routes(scope: Scope, places: dict[str, Place]) -> list[Route]:
    """The ways of the flows; of two between the same nodes the second takes a channel."""
    rows: dict[int, list[int]] = {}
    number = {node_id: index for index, node_id in enumerate(places)}
    for place in places.values():
        rows.setdefault(place.row, []).append(place.column)
    routes: dict[tuple[str, str], Route] = {}
    twins: list[Route] = []
    for flow in scope.flows.values():
        source, target = places.get(_host(scope, flow.source)), places.get(flow.target)
        if source and target:
            follows = number[flow.target] == number[source.node.id] + 1
            route = _route(flow, source, target, rows[target.row], follows)
            if routes.setdefault((flow.source, flow.target), route) is not route:
                way = Way.BELOW if route.guarded else Way.ABOVE
                twins.append(replace(route, way=way, side=_side(route, way)))
    return [*routes.values(), *twins]


def _host(scope: Scope, node_id: str) -> str:
    node = scope.nodes.get(node_id)
    return node.attached_to if isinstance(node, BoundaryEvent) else node_id


def _route(flow: Flow, source: Place, target: Place, columns: list[int], follows: bool) -> Route:
    between = bisect_right(columns, target.column - 1) - bisect_right(columns, source.column)
    ahead = target.column > source.column and not between
    if source.column == target.column and follows:
        side = Side.BOTTOM if target.row > source.row else Side.TOP
        return Route(flow, source, target, Way.DROP, side)
    route = Route(flow, source, target, Way.TURN, Side.RIGHT)
    if route.guarded:
        way = Way.TURN if ahead and target.row > source.row else Way.BELOW
    elif not ahead:
        way = Way.ABOVE
    else:
        way = Way.STRAIGHT if target.row == source.row else Way.TURN
    return replace(route, way=way, side=_side(route, way))


def _side(route: Route, way: Way) -> Side:
    if route.guarded or way is Way.BELOW:
        return Side.BOTTOM
    if way is Way.ABOVE:
        return Side.TOP
    if way is Way.TURN and isinstance(route.source.node, Gateway):
        return Side.TOP if route.target.row < route.source.row else Side.BOTTOM
    return Side.RIGHT


def _sided(routes: list[Route]) -> list[Route]:
    """Where two flows would leave a gateway by one tip, one that turns leaves by the right, if nothing else does."""
    taken: dict[tuple[int, Side], int] = {}
    for route in routes:
        taken[route.source.column, route.side] = taken.get((route.source.column, route.side), 0) + 1
    sided = []
    for route in routes:
        tip, right = (route.source.column, route.side), (route.source.column, Side.RIGHT)
        crowded = route.way is Way.TURN and not route.guarded and taken[tip] > 1 and right not in taken
        if crowded and isinstance(route.source.node, Gateway):
            taken[tip] -= 1
            taken[right] = 1
            route = replace(route, side=Side.RIGHT)
        sided.append(route)
    return sided


# -- channels


def _tracked(routes: list[Route]) -> list[Route]:
    """Gives each flow in a channel a track in which it meets no other, the shortest nearest to the nodes."""
    taken: dict[tuple[Way, int], list[list[tuple[int, int]]]] = {}
    numbers: dict[str, int] = {}
    for route in sorted(routes, key=lambda one: one.span[1] - one.span[0]):
        if route.way in (Way.ABOVE, Way.BELOW):
            numbers[route.flow.id] = _track(route.span, taken.setdefault((route.way, route.channel), []))
    return [replace(route, track=numbers.get(route.flow.id, 0)) for route in routes]


def _track(span: tuple[int, int], tracks: list[list[tuple[int, int]]]) -> int:
    for number, taken in enumerate(tracks):
        if all(span[1] < first or last < span[0] for first, last in taken):
            taken.append(span)
            return number
    tracks.append([span])
    return len(tracks) - 1


def _tracks(routes: list[Route], row: int) -> tuple[int, int]:
    """How many tracks the channels above and below a row need."""
    above = [route.track + 1 for route in routes if route.way is Way.ABOVE and route.channel == row]
    below = [route.track + 1 for route in routes if route.way is Way.BELOW and route.channel == row]
    return max(above, default=0), max(below, default=0)
