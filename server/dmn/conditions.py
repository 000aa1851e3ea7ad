"""What a table's cell says, where it can be told beforehand: the values and the spans of values that meet it.

Most cells of most tables are such: `"KK"`, `"a", "b"`, `not(3)`, `[1..5]`, `>= date("2021-08-31")`. They are tested without
FEEL, found through an index, and checked for gaps and overlaps.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cached_property

from server import feel
from server.feel import syntax

# Kinds whose values compare alike in FEEL and in Python, and can be keys. Times with zones are not among them.
KINDS: tuple[type, ...] = (Decimal, str, bool, feel.Date, feel.YearsMonths, feel.DaysTime)

CONSTRUCTORS = ("date", "time", "date and time", "duration")


@dataclass(frozen=True, slots=True)
class Span:
    """The values between two, of one kind. An end that is None is open to infinity."""

    low: object
    high: object
    low_included: bool = True
    high_included: bool = True

    @property
    def point(self) -> bool:
        """Whether it is one value."""
        return self.low is not None and self.low == self.high and self.low_included and self.high_included

    @property
    def test(self) -> Callable[[object], bool]:
        """Whether a value of the same kind lies within."""
        above = _comparison(self.low, "__le__" if self.low_included else "__lt__")
        below = _comparison(self.high, "__ge__" if self.high_included else "__gt__")
        if above and below:
            return lambda value: above(value) and below(value)
        return above or below or (lambda value: True)


@dataclass(frozen=True)
class Condition:
    """A cell whose meaning is known: any of some spans of one kind, or none of them when negated."""

    kind: type
    spans: tuple[Span, ...]
    negated: bool = False

    @cached_property
    def keys(self) -> tuple[object, ...] | None:
        """The only values that meet it, when it lists them."""
        if self.negated or not all(span.point for span in self.spans):
            return None
        return tuple(span.low for span in self.spans)

    @cached_property
    def meets(self) -> Callable[[object], bool]:
        """Whether a value of its kind meets it."""
        if all(span.point for span in self.spans):
            values, negated = frozenset(span.low for span in self.spans), self.negated
            return lambda value: (value in values) is not negated
        tests = [span.test for span in self.spans]
        if len(tests) == 1 and not self.negated:
            return tests[0]
        return lambda value: any(test(value) for test in tests) is not self.negated


def _comparison(end: object, operator: str) -> Callable[[object], bool] | None:
    """An end's own comparison with a value; None for an end that is open."""
    return None if end is None else getattr(end, operator)


def condition_of(tests: feel.UnaryTests) -> Condition | None:
    """What a cell says, or None where that depends on more than the input, or is of no kind that compares plainly."""
    spans = [_span(node) for node in tests.tree.tests]
    if not spans or None in spans:
        return None
    known = [span for span in spans if span is not None]
    kinds = {type(end) for span in known for end in (span.low, span.high) if end is not None}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind not in KINDS or (kind is bool and not all(span.point for span in known)):
        return None
    return Condition(kind, tuple(known), tests.tree.negated)


class NotConstant(Exception):
    """The expression depends on more than its text."""


def constant(node: syntax.Node) -> object:
    """The value of a literal: a number, text, boolean, null, a date and the like. Raises NotConstant."""
    match node:
        case syntax.Literal():
            return node.value
        case syntax.Negation(operand=syntax.Literal(value=Decimal() as number)):
            return number.copy_negate()
        case syntax.Call(function=syntax.Name(name=name), arguments=arguments, names=None) if (
            name in CONSTRUCTORS
        ):
            return _constructed(name, [constant(argument) for argument in arguments])
    raise NotConstant


def _constructed(name: str, arguments: list[object]) -> object:
    given: Mapping[str, object] = {f"a{number}": value for number, value in enumerate(arguments)}
    value = feel.compile(f"{name}({', '.join(given)})").evaluate(given).value
    if value is None:
        raise NotConstant
    return value


def impossible(text: str, tree: syntax.Node) -> tuple[str, ...]:
    """The dates, times and durations within an expression that there are not, such as `date("2026-02-30")`, as they are written."""
    if not _CONSTRUCTED.search(text):
        return ()
    return tuple(dict.fromkeys(_impossible(tree)))


_CONSTRUCTED = re.compile(rf"\b({'|'.join(CONSTRUCTORS)})\s*\(")


def _impossible(node: object) -> Iterator[str]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, tuple):
            waiting += each
        elif isinstance(each, syntax.Node):
            waiting += [getattr(each, one.name) for one in fields(each)]
            match each:
                case syntax.Call(function=syntax.Name(name=name), arguments=arguments, names=None) if (
                    name in CONSTRUCTORS and all(_is_text(one) for one in arguments)
                ):
                    texts = [str(one.value) for one in arguments if isinstance(one, syntax.Literal)]
                    try:
                        _constructed(name, list(texts))
                    except NotConstant:
                        quoted = (f'"{one}"' for one in texts)
                        yield f"{name}({', '.join(quoted)})"


def _is_text(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Literal) and isinstance(node.value, str)


def _span(node: syntax.Node) -> Span | None:
    try:
        match node:
            case syntax.OneSided():
                return _one_sided(node.operator, constant(node.end))
            case syntax.Interval():
                low, high = constant(node.start), constant(node.end)
                if low is None or high is None or type(low) is not type(high) or low > high:  # type: ignore[operator]
                    return None
                return Span(low, high, node.start_included, node.end_included)
            case _:
                value = constant(node)
                return None if value is None else Span(value, value)
    except NotConstant:
        return None


def _one_sided(operator: str, end: object) -> Span | None:
    if end is None:
        return None
    match operator:
        case "<" | "<=":
            return Span(None, end, high_included=operator == "<=")
        case ">" | ">=":
            return Span(end, None, low_included=operator == ">=")
        case "=":
            return Span(end, end)
    return None
