"""The closures of operators: arithmetic, comparison, logic, and the tests of `in` and of a table's cells."""

import operator
from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from server.feel import arithmetic, logic
from server.feel.errors import Fault
from server.feel.frames import RUN, Code, Frame, local, nothing
from server.feel.values import Range, kind_of, show

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

# ------------------------------------------------------------------------------------------------------- arithmetic


def negation(operand: Code, at: int) -> Code:
    """`-operand`"""

    def negate(frame: Frame) -> object:
        try:
            return arithmetic.negative(operand(frame))
        except Fault as fault:
            return nothing(frame, fault, at)

    return negate


def calculation(sign: str, left: Code, right: Code, at: int) -> Code:
    """`left sign right` with one of `+ - * / **`."""
    of_numbers, of_others = arithmetic.OF_NUMBERS[sign], arithmetic.OF_OTHERS[sign]

    def calculate(frame: Frame) -> object:
        a, b = left(frame), right(frame)
        try:
            if type(a) is Decimal and type(b) is Decimal:
                return of_numbers(a, b)
            value = of_others(a, b)
        except Fault as fault:
            return nothing(frame, fault, at)
        except DecimalException as error:
            return nothing(frame, arithmetic.explain(error, sign), at)
        if type(value) is str:
            frame[RUN].check_text(len(value))
        return value

    return calculate


# ------------------------------------------------------------------------------------------------------- comparison


def comparison(sign: str, left: Code, right: Code, at: int) -> Code:
    """`left sign right` with one of `= != < <= > >=`."""
    if sign in ("=", "!="):
        return _equality(left, right, at, wanted=sign == "=")
    order = _ordering(sign)
    return lambda frame: order(frame, left(frame), right(frame), at)


def _equality(left: Code, right: Code, at: int, wanted: bool) -> Code:
    def equal(frame: Frame) -> object:
        a, b = left(frame), right(frame)
        truth = logic.equal(a, b)
        if truth is None:
            return nothing(frame, _cannot(a, "disamakan dengan", b), at)
        return truth is wanted

    return equal


def _ordering(sign: str) -> Callable[[Frame, object, object, int], bool | None]:
    test = ORDERS[sign]

    def compare(frame: Frame, a: object, b: object, at: int) -> bool | None:
        if type(a) is Decimal and type(b) is Decimal:
            return test(a, b)
        order = logic.compare(a, b)
        if order is None:
            return nothing(frame, _cannot(a, "dibandingkan dengan", b), at)
        return test(order, 0)

    return compare


def between(value: Code, low: Code, high: Code, at: int) -> Code:
    """`value between low and high`"""
    not_less, not_greater = _ordering(">="), _ordering("<=")

    def check(frame: Frame) -> object:
        middle = value(frame)
        return logic.both(
            not_less(frame, middle, low(frame), at), not_greater(frame, middle, high(frame), at)
        )

    return check


def _cannot(left: object, deed: str, right: object) -> str:
    return f"{kind_of(left).capitalize()} tidak dapat {deed} {kind_of(right)}"


# ------------------------------------------------------------------------------------------------------------ logic


def junction(sign: str, operands: tuple[tuple[Code, int], ...]) -> Code:
    """All operands, each with its position, joined by `and` or `or`; the first that decides is the last evaluated."""
    decided = sign == "or"

    def join(frame: Frame) -> object:
        value: bool | None = not decided
        for operand, at in operands:
            truth = operand(frame)
            if truth is decided:
                return decided
            if type(truth) is not bool:
                value = None
                if truth is not None:
                    nothing(frame, f"Operand {sign} harus boolean, bukan {kind_of(truth)}", at)
        return value

    return join


# ----------------------------------------------------------------------------------------------------------- ranges


def make_range(low: object, high: object, start_included: bool, end_included: bool) -> Range:
    """The interval between two values. Raises Fault where they are of two kinds or in the wrong order."""
    if low is not None and high is not None:
        order = logic.compare(low, high) if type(low) is type(high) else None
        if order is None:
            raise Fault(f"Rentang dari {kind_of(low)} sampai {kind_of(high)} tidak ada")
        if order > 0:
            raise Fault(f"Awal rentang {show(low)} lebih besar daripada akhirnya {show(high)}")
    return Range(low, high, start_included, end_included)


def interval(low: Code, high: Code, start_included: bool, end_included: bool, at: int) -> Code:
    """`[low..high]` and its open forms."""

    def make(frame: Frame) -> object:
        try:
            return make_range(low(frame), high(frame), start_included, end_included)
        except Fault as fault:
            return nothing(frame, fault, at)

    return make


ONE_SIDED: dict[str, Callable[[object], Range]] = {
    "<": lambda end: Range(None, end, False, False, "<"),
    "<=": lambda end: Range(None, end, False, True, "<="),
    ">": lambda end: Range(end, None, False, False, ">"),
    ">=": lambda end: Range(end, None, True, False, ">="),
    "=": lambda end: Range(end, end, True, True, "="),
    "!=": lambda end: Range(end, end, False, False, "!="),
}


# ------------------------------------------------------------------------------------------------------ unary tests


def any_of(tests: tuple[Code, ...]) -> Code:
    """FEEL's `or` over unary tests."""
    if len(tests) == 1:
        return tests[0]

    def test(frame: Frame) -> bool | None:
        value: bool | None = False
        for one in tests:
            truth = one(frame)
            if truth is True:
                return True
            if truth is None:
                value = None
        return value

    return test


def one_sided_test(sign: str, slot: int, end: Code, at: int) -> Code:
    """`< end`, of the value at a slot."""
    return comparison(sign, local(slot), end, at)


def input_test(code: Code, slot: int) -> Code:
    """A test that names the input value itself: its truth tells; a value that it computes is compared."""

    def test(frame: Frame) -> object:
        value = code(frame)
        if isinstance(value, bool) or value is None:
            return value
        return logic.satisfies(frame[slot], value)

    return test


def test_of(code: Code, slot: int, at: int) -> Code:
    """Whether the value at a slot equals, lies in, or is among what the code gives."""

    def test(frame: Frame) -> object:
        return _satisfies(frame, frame[slot], code(frame), at)

    return test


def test_of_constant(wanted: object, slot: int, at: int) -> Code:
    """The same for a value that is known beforehand."""
    kind = type(wanted)
    if (
        isinstance(wanted, Range)
        and not wanted.operator
        and type(wanted.start) is type(wanted.end) is Decimal
    ):
        return _test_of_numbers(wanted, slot, at)

    def test(frame: Frame) -> object:
        value = frame[slot]
        if type(value) is kind and kind in logic.PLAIN:
            return value == wanted
        return _satisfies(frame, value, wanted, at)

    return test


def _test_of_numbers(wanted: Range, slot: int, at: int) -> Code:
    low, high = wanted.start, wanted.end
    above = ORDERS[">=" if wanted.start_included else ">"]
    below = ORDERS["<=" if wanted.end_included else "<"]

    def test(frame: Frame) -> object:
        value = frame[slot]
        if type(value) is Decimal:
            return above(value, low) and below(value, high)
        return _satisfies(frame, value, wanted, at)

    return test


def cell_test(code: Code, slot: int, at: int, of_null: bool) -> Code:
    """The same in a table's cell, where a computed boolean decides by itself if the input is none: `age > 18` in the
    column of a text. `of_null` tells whether it does so for a null input too."""

    def test(frame: Frame) -> object:
        value, wanted = frame[slot], code(frame)
        if type(wanted) is bool and type(value) is not bool and (of_null or value is not None):
            return wanted
        return _satisfies(frame, value, wanted, at)

    return test


def _satisfies(frame: Frame, value: object, wanted: object, at: int) -> bool | None:
    truth = logic.satisfies(value, wanted)
    if truth is None:
        nothing(frame, _cannot(value, "dicocokkan dengan", wanted), at)
    return truth
