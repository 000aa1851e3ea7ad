"""Equality, order and membership, with FEEL's three truth values: True, False and None."""

from collections.abc import Callable, Hashable
from decimal import Decimal

from server.feel.errors import Exhausted
from server.feel.temporal import SECOND, Date, DateTime, DaysTime, Time, YearsMonths, midnight
from server.feel.values import Function, Range

MAX_COMPARISONS = 100_000

PLAIN = frozenset({str, Decimal, bool, Date, YearsMonths, DaysTime})
ORDERED = frozenset({str, Decimal, Date, YearsMonths, DaysTime})


def equal(left: object, right: object) -> bool | None:
    """FEEL's `=`: None for values of different kinds, save that anything may be compared with null."""
    kind = type(left)
    if kind is type(right) and kind in PLAIN:
        return left == right
    return _equal(left, right, [MAX_COMPARISONS])


def _equal(left: object, right: object, room: list[int]) -> bool | None:
    room[0] -= 1
    if room[0] < 0:
        raise Exhausted("Nilai yang dibandingkan terlalu besar")
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is not type(right):
        return None
    if kind in PLAIN:
        return left == right
    if isinstance(left, (Time, DateTime)):
        return _same_time(left, right)
    if isinstance(left, list):
        return _equal_lists(left, right, room)  # type: ignore[arg-type]
    if isinstance(left, dict):
        return _equal_contexts(left, right, room)  # type: ignore[arg-type]
    if isinstance(left, Range):
        return _equal_ranges(left, right, room)  # type: ignore[arg-type]
    return left is right if isinstance(left, Function) else None


def _same_time(left: Time | DateTime, right: object) -> bool:
    assert isinstance(right, (Time, DateTime))
    if (left.offset is None) != (right.offset is None):
        return False
    return _seconds(left) == _seconds(right)


def _seconds(value: Time | DateTime) -> int:
    """The number that stands for a time in comparisons: whole seconds (DMN 1.5 §10.3.2.3.4 and 6)."""
    return value.instant // SECOND


def _equal_lists(left: list[object], right: list[object], room: list[int]) -> bool | None:
    if len(left) != len(right):
        return False
    return _all(_equal(a, b, room) for a, b in zip(left, right, strict=True))


def _equal_contexts(left: dict[str, object], right: dict[str, object], room: list[int]) -> bool | None:
    if left.keys() != right.keys():
        return False
    return _all(_equal(item, right[key], room) for key, item in left.items())


def _equal_ranges(left: Range, right: Range, room: list[int]) -> bool | None:
    if left.operator != right.operator or _ends(left) != _ends(right):
        return False
    return _all((_equal(left.start, right.start, room), _equal(left.end, right.end, room)))


def _ends(value: Range) -> tuple[bool, bool]:
    return value.start_included, value.end_included


def _all(truths: object) -> bool | None:
    unknown = False
    for truth in truths:  # type: ignore[attr-defined]
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def key_of(value: object, spend: Callable[[int], None]) -> Hashable:
    """A key that two values share exactly where they are equal; `spend` is told of each part that is looked at."""
    spend(1)
    kind = type(value)
    if kind in PLAIN or value is None:
        return kind, value
    if isinstance(value, (Time, DateTime)):
        return kind, value.offset is None, _seconds(value)
    if isinstance(value, list):
        return kind, tuple(key_of(item, spend) for item in value)
    if isinstance(value, dict):
        return kind, frozenset((name, key_of(item, spend)) for name, item in value.items())
    if isinstance(value, Range):
        ends = key_of(value.start, spend), key_of(value.end, spend)
        return kind, value.operator, _ends(value), ends
    return kind, id(value)


def identical(left: object, right: object) -> bool:
    """FEEL's is(): the same kind and the same value, where `@"10:00:00Z"` is not `@"10:00:00+00:00"` written as a region."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (Time, DateTime)):
        return left == right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(identical(a, b) for a, b in zip(left, right, strict=True))
    return equal(left, right) is True


def compare(left: object, right: object) -> int | None:
    """-1, 0 or 1 for values of one ordered kind, else None. A date meets a date and time as its midnight (UTC); a time
    without offset or zone counts as meant at the other's offset (DMN 1.5 table 54)."""
    kind = type(left)
    if kind is not type(right):
        return _compare_dates(left, right)
    if kind in ORDERED:
        return (left > right) - (left < right)  # type: ignore[operator]
    if isinstance(left, (Time, DateTime)) and isinstance(right, (Time, DateTime)):
        return _compare_times(left, right)
    return None


def _compare_times(left: Time | DateTime, right: Time | DateTime) -> int:
    first, second = _seconds(left), _seconds(right)
    if left.offset is None:
        first -= right.offset or 0
    elif right.offset is None:
        second -= left.offset
    return (first > second) - (first < second)


def _compare_dates(left: object, right: object) -> int | None:
    if isinstance(left, Date) and isinstance(right, DateTime):
        return compare(midnight(left), right)
    if isinstance(left, DateTime) and isinstance(right, Date):
        return compare(left, midnight(right))
    return None


def in_range(value: object, interval: Range) -> bool | None:
    """Whether the value lies in the range; None where it cannot be compared with its ends."""
    operator = interval.operator
    if operator == "!=":
        return negate(equal(value, interval.start))
    above = True if operator in ("<", "<=") else _beyond(value, interval.start, interval.start_included)
    below = True if operator in (">", ">=") else _beyond(interval.end, value, interval.end_included)
    return None if above is None or below is None else above and below


def _beyond(greater: object, less: object, included: bool) -> bool | None:
    order = compare(greater, less)
    return None if order is None else order > 0 or (included and order == 0)


def both(left: object, right: object) -> bool | None:
    """FEEL's `and`: what is no boolean counts as unknown."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def either(left: object, right: object) -> bool | None:
    """FEEL's `or`: what is no boolean counts as unknown."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def negate(value: object) -> bool | None:
    """FEEL's `not`."""
    return not value if isinstance(value, bool) else None


def satisfies(value: object, test: object) -> bool | None:
    """FEEL's `value in test`: in a range, equal to or in one of a list's elements, or else equal."""
    if isinstance(test, Range) and not isinstance(value, Range):
        return in_range(value, test)
    if isinstance(test, list):
        return _in_list(value, test)
    return equal(value, test)


def _in_list(value: object, tests: list[object]) -> bool | None:
    if isinstance(value, list) and equal(value, tests) is True:
        return True
    return any(
        satisfies(value, test) is True
        for test in tests
        if not (isinstance(test, list) and not isinstance(value, list))
    )
