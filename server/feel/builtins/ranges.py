"""How points and ranges lie to one another (DMN 1.5 §10.3.4.7), after the interval operators of HL7's CQL.

A one-sided range reaches to infinity at its open side. Where two endpoints cannot be compared the answer is null.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from server.feel import logic, syntax
from server.feel.builtins.registry import builtin
from server.feel.errors import Fault, InvalidExpression
from server.feel.lexer import Scope
from server.feel.parser import parse
from server.feel.temporal import (
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
)
from server.feel.values import Range, kind_of

Point = Decimal | str | Date | Time | DateTime | DaysTime | YearsMonths


class _End:
    """One end of a range: where it lies, and whether the range holds that point."""

    def __init__(self, interval: Range, is_start: bool) -> None:
        if interval.operator == "!=":
            raise Fault("Rentang (!= …) tidak mempunyai ujung")
        self.is_start = is_start
        self.point = interval.start if is_start else interval.end
        self.included = interval.start_included if is_start else interval.end_included
        self.unbounded = interval.operator in (("<", "<=") if is_start else (">", ">="))

    def order(self, other: "_End") -> int:
        """Whether this end lies before (-1), at (0) or after (1) the other. Raises Fault where that is unknown."""
        if self.unbounded or other.unbounded:
            mine, theirs = self._infinity(), other._infinity()
            return (mine > theirs) - (mine < theirs)
        return _order(self.point, other.point)

    def order_to(self, point: object) -> int:
        """The same for a point."""
        return self._infinity() if self.unbounded else _order(self.point, point)

    def _infinity(self) -> int:
        return 0 if not self.unbounded else -1 if self.is_start else 1


def _order(left: object, right: object) -> int:
    order = logic.compare(left, right)
    if order is None:
        raise Fault(f"{kind_of(left).capitalize()} dan {kind_of(right)} tidak dapat dibandingkan")
    return order


def _start(interval: Range) -> _End:
    return _End(interval, is_start=True)


def _end(interval: Range) -> _End:
    return _End(interval, is_start=False)


# ---------------------------------------------------------------------------------------------------- before, after


@builtin("before(point1: point, point2: point) -> boolean")
def before(first: Point, second: Point) -> bool:
    """Whether the first lies before the second, wholly where it is a range."""
    return _order(first, second) < 0


@builtin("before(point: point, range: range) -> boolean")
def before_range(point: Point, interval: Range) -> bool:
    """The same for a point and a range."""
    start = _start(interval)
    order = start.order_to(point)
    return order > 0 or (order == 0 and not start.included)


@builtin("before(range: range, point: point) -> boolean")
def range_before(interval: Range, point: Point) -> bool:
    """The same for a range and a point."""
    end = _end(interval)
    order = end.order_to(point)
    return order < 0 or (order == 0 and not end.included)


@builtin("before(range1: range, range2: range) -> boolean")
def range_before_range(first: Range, second: Range) -> bool:
    """The same for two ranges."""
    end, start = _end(first), _start(second)
    order = end.order(start)
    return order < 0 or (order == 0 and not (end.included and start.included))


@builtin("after(point1: point, point2: point) -> boolean")
def after(first: Point, second: Point) -> bool:
    """Whether the first lies after the second, wholly where it is a range."""
    return _order(first, second) > 0


@builtin("after(point: point, range: range) -> boolean")
def after_range(point: Point, interval: Range) -> object:
    """The same for a point and a range."""
    return range_before(interval, point)


@builtin("after(range: range, point: point) -> boolean")
def range_after(interval: Range, point: Point) -> object:
    """The same for a range and a point."""
    return before_range(point, interval)


@builtin("after(range1: range, range2: range) -> boolean")
def range_after_range(first: Range, second: Range) -> object:
    """The same for two ranges."""
    return range_before_range(second, first)


# ---------------------------------------------------------------------------------------------------------- meeting


@builtin("meets(range1: range, range2: range) -> boolean")
def meets(first: Range, second: Range) -> bool:
    """Whether the first ends at the very point where the second starts."""
    end, start = _end(first), _start(second)
    return end.order(start) == 0 and end.included and start.included


@builtin("met by(range1: range, range2: range) -> boolean")
def met_by(first: Range, second: Range) -> object:
    """Whether the first starts at the very point where the second ends."""
    return meets(second, first)


# ------------------------------------------------------------------------------------------------------ overlapping


def _reaches(end: _End, start: _End) -> bool:
    """Whether an end lies behind a start, or at it with both holding the point."""
    order = end.order(start)
    return order > 0 or (order == 0 and end.included and start.included)


def _starts_earlier(first: _End, second: _End) -> bool:
    order = first.order(second)
    return order < 0 or (order == 0 and first.included and not second.included)


def _ends_no_later(first: _End, second: _End) -> bool:
    order = first.order(second)
    return order < 0 or (order == 0 and (not first.included or second.included))


def _starts_no_earlier(first: _End, second: _End) -> bool:
    order = first.order(second)
    return order > 0 or (order == 0 and (not first.included or second.included))


@builtin("overlaps(range1: range, range2: range) -> boolean")
def overlaps(first: Range, second: Range) -> bool:
    """Whether the two have a point in common."""
    return _reaches(_end(first), _start(second)) and _reaches(_end(second), _start(first))


@builtin("overlaps before(range1: range, range2: range) -> boolean")
def overlaps_before(first: Range, second: Range) -> bool:
    """Whether they overlap, and the first starts earlier and ends no later."""
    return (
        _starts_earlier(_start(first), _start(second))
        and _reaches(_end(first), _start(second))
        and _ends_no_later(_end(first), _end(second))
    )


@builtin("overlaps after(range1: range, range2: range) -> boolean")
def overlaps_after(first: Range, second: Range) -> object:
    """Whether they overlap, and the first starts later and ends no earlier."""
    return overlaps_before(second, first)


# -------------------------------------------------------------------------------------------------- ends and starts


@builtin("finishes(point: point, range: range) -> boolean")
def finishes(point: Point, interval: Range) -> bool:
    """Whether the first ends where the range ends, and lies within it."""
    end = _end(interval)
    return end.included and end.order_to(point) == 0


@builtin("finishes(range1: range, range2: range) -> boolean")
def range_finishes(first: Range, second: Range) -> bool:
    """The same for two ranges."""
    ends = _end(first), _end(second)
    same_end = ends[0].included == ends[1].included and ends[0].order(ends[1]) == 0
    return same_end and _starts_no_earlier(_start(first), _start(second))


@builtin("finished by(range: range, point: point) -> boolean")
def finished_by(interval: Range, point: Point) -> object:
    """Whether the range ends where the second ends, and holds it."""
    return finishes(point, interval)


@builtin("finished by(range1: range, range2: range) -> boolean")
def range_finished_by(first: Range, second: Range) -> object:
    """The same for two ranges."""
    return range_finishes(second, first)


@builtin("starts(point: point, range: range) -> boolean")
def starts(point: Point, interval: Range) -> bool:
    """Whether the first starts where the range starts, and lies within it."""
    start = _start(interval)
    return start.included and start.order_to(point) == 0


@builtin("starts(range1: range, range2: range) -> boolean")
def range_starts(first: Range, second: Range) -> bool:
    """The same for two ranges."""
    starts_ = _start(first), _start(second)
    same_start = starts_[0].included == starts_[1].included and starts_[0].order(starts_[1]) == 0
    return same_start and _ends_no_later(_end(first), _end(second))


@builtin("started by(range: range, point: point) -> boolean")
def started_by(interval: Range, point: Point) -> object:
    """Whether the range starts where the second starts, and holds it."""
    return starts(point, interval)


@builtin("started by(range1: range, range2: range) -> boolean")
def range_started_by(first: Range, second: Range) -> object:
    """The same for two ranges."""
    return range_starts(second, first)


# --------------------------------------------------------------------------------------------- within, and the same


@builtin("includes(range: range, point: point) -> boolean")
def includes(interval: Range, point: Point) -> bool:
    """Whether the range holds the point, or all of another range."""
    start, end = _start(interval), _end(interval)
    above, below = start.order_to(point), end.order_to(point)
    return (above < 0 or (above == 0 and start.included)) and (below > 0 or (below == 0 and end.included))


@builtin("includes(range1: range, range2: range) -> boolean")
def range_includes(first: Range, second: Range) -> bool:
    """The same for two ranges."""
    return _starts_no_earlier(_start(second), _start(first)) and _ends_no_later(_end(second), _end(first))


@builtin("during(point: point, range: range) -> boolean")
def during(point: Point, interval: Range) -> object:
    """Whether the point, or all of the first range, lies within the range."""
    return includes(interval, point)


@builtin("during(range1: range, range2: range) -> boolean")
def range_during(first: Range, second: Range) -> object:
    """The same for two ranges."""
    return range_includes(second, first)


@builtin("coincides(point1: point, point2: point) -> boolean")
def coincides(first: Point, second: Point) -> bool:
    """Whether the two are the same point, or the same range."""
    return _order(first, second) == 0


@builtin("coincides(range1: range, range2: range) -> boolean")
def range_coincides(first: Range, second: Range) -> bool:
    """The same for two ranges."""
    ends = ((_start(first), _start(second)), (_end(first), _end(second)))
    return all(one.order(other) == 0 and one.included == other.included for one, other in ends)


# ----------------------------------------------------------------------------------------------------- from a text


@builtin("range(from: string) -> range")
def range_(text: str) -> Range:
    """The range that a text writes, with literals at its ends: `range("[1..10)")`, `range("(..10]")`."""
    match = _RANGE.fullmatch(text)
    low, high = _split(match["ends"]) if match else ("", "")
    if match is None or not (low or high):
        raise _no_range(text)
    closed = match["opening"] == "[", match["closing"] == "]"
    if not low or not high:
        return _one_sided(text, low, high, closed)
    start, end = _constant(low), _constant(high)
    if type(start) is not type(end) or logic.compare(start, end) not in (-1, 0):
        raise Fault(f"Ujung-ujung rentang {text[:60]!r} tidak sejenis atau terbalik")
    return Range(start, end, *closed)


_RANGE = re.compile(r"\s*(?P<opening>[\[(\]])(?P<ends>.*)(?P<closing>[\])\[])\s*", re.DOTALL)


def _split(ends: str) -> tuple[str, str]:
    """Both ends of what stands between the brackets; dots within quotation marks do not part them."""
    parts = re.split(r"(\"(?:[^\"\\]|\\.)*\")|(\.\.)", ends)
    places = [place for place, part in enumerate(parts) if part == ".."]
    if len(places) != 1:
        return "", ""
    low, high = parts[: places[0]], parts[places[0] + 1 :]
    return "".join(filter(None, low)).strip(), "".join(filter(None, high)).strip()


def _one_sided(text: str, low: str, high: str, closed: tuple[bool, bool]) -> Range:
    """`(..10]` or `[10..)`: the open side must be one that holds no end."""
    if closed[0 if not low else 1]:
        raise _no_range(text)
    if low:
        return Range(_constant(low), None, closed[0], False, ">=" if closed[0] else ">")
    return Range(None, _constant(high), False, closed[1], "<=" if closed[1] else "<")


def _no_range(text: str) -> Fault:
    return Fault(f"{text[:60]!r} bukan rentang dengan nilai langsung di ujungnya")


_PARSERS: dict[str, Callable[[str], object]] = {
    "date": parse_date,
    "time": parse_time,
    "date and time": parse_date_time,
    "duration": parse_duration,
}

_SCOPE = Scope(names=_PARSERS)


def _constant(text: str) -> object:
    """The value of an endpoint that is a literal, or a temporal function of one text."""
    try:
        node = parse(text, around=_SCOPE)
    except InvalidExpression:
        raise _no_range(text) from None
    value = _literal(node)
    if value is None:
        raise _no_range(text)
    return value


def _literal(node: syntax.Node) -> object:
    if isinstance(node, syntax.Literal):
        return node.value
    if isinstance(node, syntax.Negation):
        value = _literal(node.operand)
        return -value if isinstance(value, Decimal) else None
    if isinstance(node, syntax.Call) and isinstance(node.function, syntax.Name) and len(node.arguments) == 1:
        text, parser = _literal(node.arguments[0]), _PARSERS.get(node.function.name)
        return parser(text) if parser and isinstance(text, str) else None
    return None
