"""The flow of an SOP drawn through the columns of its table, from top to bottom, in the symbols of PermenPAN-RB 35/2012.

A capsule begins and ends, a box is an act, a diamond decides, and arrows lead on. A column is one wide and a level one high,
both counted from 0; a row of the table has as many levels as it needs to set one symbol below the other. What acts at the
same time shares a level. Which way an arrow takes is searched for: the one with the fewest turns and crossings that neither
runs through a symbol nor along another arrow.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum, auto
from itertools import pairwise

from server.sop.procedure import Kind, Procedure, Symbol, Way

HALF_WIDTH, HALF_HEIGHT = 0.3, 0.3
"""How far a symbol reaches from its middle, at the least height of a level."""
TRACKS = (0.05, 0.1, 0.15)
"""How far from the edges of columns and levels arrows may run; the first is too near for a line along the rule of a row."""
NEAR = 0.03
"""Lines nearer than this are one line to the eye."""
BEND, LENGTH, CROSSING, UNUSUAL, FAULT = 1.0, 0.12, 0.7, 0.6, 100.0
"""What each costs in the search for a way."""

Point = tuple[float, float]
Segment = tuple[Point, Point]


class Form(StrEnum):
    CAPSULE = auto()
    BOX = auto()
    DIAMOND = auto()


class Side(StrEnum):
    TOP = auto()
    RIGHT = auto()
    BOTTOM = auto()
    LEFT = auto()


@dataclass(frozen=True)
class Shape:
    """A symbol at its place; its middle is half a column and half a level further."""

    id: str
    form: Form
    column: int
    level: int
    row: int

    @property
    def middle(self) -> Point:
        return self.column + 0.5, self.level + 0.5


@dataclass(frozen=True)
class Arrow:
    """A line from the middle of one shape to the middle of another, that leaves and enters them by these sides."""

    way: Way
    points: tuple[Point, ...]
    exit: Side
    entry: Side

    @property
    def segments(self) -> list[Segment]:
        return list(pairwise(self.points))


@dataclass(frozen=True)
class Chart:
    """`levels`: how many each row has; `first`: the level with which each begins."""

    columns: int
    levels: tuple[int, ...]
    shapes: tuple[Shape, ...]
    arrows: tuple[Arrow, ...]

    @property
    def first(self) -> tuple[int, ...]:
        return tuple(sum(self.levels[:row]) for row in range(len(self.levels)))


def draw(procedure: Procedure) -> Chart:
    """The chart of a procedure."""
    symbols, ways = _merged(procedure)
    shapes, levels = _placed(symbols, ways, len(procedure.rows))
    exits = Counter(way.source for way in ways)
    router = _Router({shape.id: shape for shape in shapes}, len(procedure.actors), exits)
    for way in sorted(ways, key=router.rank):
        router.route(way)
    order = {way: index for index, way in enumerate(ways)}
    arrows = sorted(router.arrows, key=lambda arrow: order[arrow.way])
    return Chart(len(procedure.actors), levels, tuple(shapes), tuple(arrows))


# -- symbols


def _merged(procedure: Procedure) -> tuple[list[tuple[Symbol, Form]], list[Way]]:
    """The symbols with their forms. The act that a decision is about is drawn as its diamond, the first and the last act
    as capsules, where nothing else leads there.
    """
    forms = {symbol.id: FORMS[symbol.kind] for symbol in procedure.symbols}
    ways = list(procedure.ways)
    for symbol in procedure.symbols:
        if symbol.kind is Kind.DECISION:
            before = _only([way for way in ways if way.target == symbol.id])
            act = procedure.by_id[before.source] if before else symbol
            alone = len([way for way in ways if way.source == act.id]) == 1
            if (
                before
                and act.kind is Kind.ACT
                and alone
                and (act.actor, act.row) == (symbol.actor, symbol.row)
            ):
                ways = [_from(way, symbol.id, act.id) for way in ways if way is not before]
                forms[act.id] = Form.DIAMOND
                del forms[symbol.id]
    for symbol in procedure.symbols:
        if symbol.kind in (Kind.START, Kind.END):
            mine = _only([way for way in ways if symbol.id in (way.source, way.target)])
            other = (mine.target if symbol.kind is Kind.START else mine.source) if mine else symbol.id
            alone = symbol.kind is Kind.START or len([way for way in ways if way.source == other]) == 1
            if mine and alone and forms[other] in (Form.BOX, Form.CAPSULE) and not mine.label:
                ways.remove(mine)
                forms[other] = Form.CAPSULE
                del forms[symbol.id]
    return [(symbol, forms[symbol.id]) for symbol in procedure.symbols if symbol.id in forms], ways


FORMS = {
    Kind.START: Form.CAPSULE,
    Kind.ACT: Form.BOX,
    Kind.DECISION: Form.DIAMOND,
    Kind.END: Form.CAPSULE,
}


def _only(ways: list[Way]) -> Way | None:
    return ways[0] if len(ways) == 1 else None


def _from(way: Way, old: str, new: str) -> Way:
    source = new if way.source == old else way.source
    target = new if way.target == old else way.target
    return replace(way, source=source, target=target)


def _placed(
    symbols: list[tuple[Symbol, Form]], ways: list[Way], rows: int
) -> tuple[list[Shape], tuple[int, ...]]:
    """The shapes, and how many levels each row has: within a row each symbol stands below what leads to it."""
    shapes: list[Shape] = []
    levels: list[int] = []
    for row in range(rows):
        members = [(symbol, form) for symbol, form in symbols if symbol.row == row]
        deep = depths([symbol for symbol, _ in members], ways)
        first = sum(levels)
        shapes += [
            Shape(symbol.id, form, symbol.actor, first + deep[symbol.id], row) for symbol, form in members
        ]
        levels.append(1 + max(deep.values(), default=0))
    return shapes, tuple(levels)


RANKS = {Kind.START: 0, Kind.ACT: 1, Kind.DECISION: 2, Kind.END: 3}


def depths(members: list[Symbol], ways: list[Way]) -> dict[str, int]:
    """How deep each symbol of a row stands; two in one column never equally deep. Rework within the row is left aside."""
    ordered = sorted(enumerate(members), key=lambda pair: (RANKS[pair[1].kind], pair[0]))
    depths: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    for _, symbol in ordered:
        above = [depths[way.source] for way in ways if way.target == symbol.id and way.source in depths]
        depth = 1 + max(above, default=-1)
        while (depth, symbol.actor) in taken:
            depth += 1
        taken.add((depth, symbol.actor))
        depths[symbol.id] = depth
    return depths


# -- arrows


@dataclass(frozen=True)
class Line:
    """A piece of an arrow: `axis` 0 is vertical and `at` its x, 1 is horizontal and `at` its y."""

    arrow: Arrow
    axis: int
    at: float
    low: float
    high: float


def _lines(arrow: Arrow) -> list[Line]:
    found = []
    for (x1, y1), (x2, y2) in arrow.segments:
        if x1 == x2:
            found.append(Line(arrow, 0, x1, min(y1, y2), max(y1, y2)))
        else:
            found.append(Line(arrow, 1, y1, min(x1, x2), max(x1, x2)))
    return found


@dataclass
class _Router:
    shapes: Mapping[str, Shape]
    columns: int
    exits: Mapping[str, int]
    """How many ways leave each shape."""
    arrows: list[Arrow] = field(default_factory=list)
    laid: tuple[list[Line], list[Line]] = field(default_factory=lambda: ([], []))
    """The vertical and the horizontal pieces of the arrows that are laid already."""

    def rank(self, way: Way) -> tuple[bool, int, int]:
        """The order in which ways are laid: those that lead on first, short ones before long ones."""
        source, target = self.shapes[way.source], self.shapes[way.target]
        return target.level < source.level, abs(target.level - source.level), source.level

    def route(self, way: Way) -> None:
        best: Arrow | None = None
        lowest = float("inf")
        candidates = [(self._plain_cost(arrow), n, arrow) for n, arrow in enumerate(self._candidates(way))]
        for plain, _, arrow in sorted(candidates):
            if plain >= lowest:
                break
            cost = plain + self._conflicts(arrow, lowest - plain)
            if cost < lowest:
                best, lowest = arrow, cost
        assert best is not None
        self.arrows.append(best)
        for line in _lines(best):
            self.laid[line.axis].append(line)

    # -- candidates

    def _candidates(self, way: Way) -> Iterator[Arrow]:
        source, target = self.shapes[way.source], self.shapes[way.target]
        for points in self._lines(source, target):
            line = _straightened(points)
            if len(line) > 1:
                yield Arrow(way, line, _side(line[0], line[1]), _side(line[-1], line[-2]))

    def _lines(self, source: Shape, target: Shape) -> Iterator[list[Point]]:
        """Every line worth trying: straight, with one turn, through a gap between levels, through a channel beside columns."""
        (x1, y1), (x2, y2) = source.middle, target.middle
        if source.column == target.column or source.level == target.level:
            yield [(x1, y1), (x2, y2)]
        if source.column != target.column:
            yield [(x1, y1), (x2, y1), (x2, y2)]
        below, above = self._gaps(source.level + 1, -1), self._gaps(target.level, 1)
        if target.level > source.level:
            for gap in (*above, *below):
                yield [(x1, y1), (x1, gap), (x2, gap), (x2, y2)]
        for x in self._channels():
            yield [(x1, y1), (x, y1), (x, y2), (x2, y2)]
            for gap in above:
                yield [(x1, y1), (x, y1), (x, gap), (x2, gap), (x2, y2)]
            for gap in below:
                yield [(x1, y1), (x1, gap), (x, gap), (x, y2), (x2, y2)]
                for other in above:
                    yield [(x1, y1), (x1, gap), (x, gap), (x, other), (x2, other), (x2, y2)]

    def _gaps(self, edge: int, direction: int) -> list[float]:
        return [edge + direction * track for track in TRACKS[1:]]

    def _channels(self) -> list[float]:
        sides = (*TRACKS, *(1 - track for track in reversed(TRACKS)))
        return [column + side for column in range(self.columns) for side in sides]

    # -- what a line costs

    def _plain_cost(self, arrow: Arrow) -> float:
        """What it costs where nothing else is drawn."""
        points = arrow.points
        length = sum(abs(x1 - x2) + abs(y1 - y2) for (x1, y1), (x2, y2) in arrow.segments)
        cost = BEND * (len(points) - 2) + LENGTH * length
        if arrow.exit is Side.TOP or arrow.entry is Side.BOTTOM:
            cost += 10 * UNUSUAL
        if self.exits[arrow.way.target] > 2 and arrow.entry in (Side.LEFT, Side.RIGHT):
            cost += 10 * UNUSUAL
        diamond = self.shapes[arrow.way.source].form is Form.DIAMOND
        back = points[-1][1] <= points[0][1]
        if diamond and (back == (arrow.exit is Side.BOTTOM)):
            cost += UNUSUAL
        return cost

    def _conflicts(self, arrow: Arrow, most: float) -> float:
        """What it costs beside all that is drawn already; no more than `most` is counted exactly."""
        cost = 0.0
        for shape in self.shapes.values():
            cost += FAULT * _runs_through(arrow, shape)
        for one in _lines(arrow):
            for other in self.laid[one.axis]:
                if (
                    abs(one.at - other.at) < NEAR
                    and min(one.high, other.high) - max(one.low, other.low) > NEAR
                ):
                    cost += 0 if _may_share(arrow, other.arrow) else self._fault(arrow, other.arrow)
            for other in self.laid[1 - one.axis]:
                if one.low <= other.at <= one.high and other.low <= one.at <= other.high:
                    cost += 0 if _may_share(arrow, other.arrow) else CROSSING
            if cost >= most:
                break
        return cost

    def _fault(self, one: Arrow, other: Arrow) -> float:
        """Of more than three answers some must leave a diamond by the same side."""
        crowded = one.way.source == other.way.source and self.exits[one.way.source] > 3
        return 2 * BEND if crowded else FAULT


def _straightened(points: list[Point]) -> tuple[Point, ...]:
    """Without points that change nothing."""
    line: list[Point] = []
    for point in points:
        if line and line[-1] == point:
            continue
        if len(line) > 1 and (
            line[-2][0] == line[-1][0] == point[0] or line[-2][1] == line[-1][1] == point[1]
        ):
            line.pop()
        line.append(point)
    return tuple(line)


def _side(middle: Point, towards: Point) -> Side:
    if middle[0] == towards[0]:
        return Side.BOTTOM if towards[1] > middle[1] else Side.TOP
    return Side.RIGHT if towards[0] > middle[0] else Side.LEFT


def _may_share(one: Arrow, other: Arrow) -> bool:
    """Whether two arrows may run on one line: to the same target, or from the same source with no answers to tell apart."""
    if one.way.target == other.way.target:
        return one.way.source != other.way.source or not (one.way.label and other.way.label)
    return one.way.source == other.way.source and not (one.way.label or other.way.label)


def _runs_through(arrow: Arrow, shape: Shape) -> bool:
    """Whether it crosses a shape, or its own ones elsewhere than where it begins and ends."""
    segments = arrow.segments
    if shape.id == arrow.way.source:
        segments = segments[1:]
    if shape.id == arrow.way.target:
        segments = segments[:-1]
    x, y = shape.middle
    reach_x, reach_y = HALF_WIDTH + NEAR, HALF_HEIGHT + NEAR
    return any(
        min(x1, x2) < x + reach_x
        and max(x1, x2) > x - reach_x
        and min(y1, y2) < y + reach_y
        and max(y1, y2) > y - reach_y
        for (x1, y1), (x2, y2) in segments
    )


def faults(chart: Chart) -> Iterator[str]:
    """What a reader would stumble over: symbols on each other, arrows through symbols or along other arrows."""
    places: dict[tuple[int, int], str] = {}
    for shape in chart.shapes:
        if below := places.get((shape.column, shape.level)):
            yield f"{shape.id} stands on {below}"
        places[shape.column, shape.level] = shape.id
    shapes = {shape.id: shape for shape in chart.shapes}
    exits = Counter(arrow.way.source for arrow in chart.arrows)
    for index, arrow in enumerate(chart.arrows):
        router = _Router(shapes, chart.columns, exits)
        for other in chart.arrows[:index]:
            for line in _lines(other):
                router.laid[line.axis].append(line)
        if router._conflicts(arrow, float("inf")) >= FAULT:
            yield f"{arrow.way.source} → {arrow.way.target} runs through a symbol or along another arrow"
