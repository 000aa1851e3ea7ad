"""`+ - * / **` and the sign, over numbers, texts, temporal values and durations (DMN 1.5 tables 56 to 61)."""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, DecimalException

from server.feel.errors import Fault
from server.feel.numbers import CONTEXT, WIDE
from server.feel.temporal import (
    DAY,
    MIDNIGHT,
    SECOND,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    midnight,
)
from server.feel.values import kind_of, show

MAX_DURATION = 10**30
MAX_EXPONENT = 999_999_999


def add(left: object, right: object) -> object:
    """`left + right`. Raises Fault where it is not defined."""
    if type(left) is str and type(right) is str:
        return left + right
    if isinstance(left, (YearsMonths, DaysTime)) and isinstance(right, (Date, Time, DateTime)):
        left, right = right, left
    return _combine(left, right, 1, "+")


def subtract(left: object, right: object) -> object:
    """`left - right`. Raises Fault where it is not defined."""
    if isinstance(left, (Date, DateTime)) and isinstance(right, (Date, DateTime)):
        return _between(left, right)
    if isinstance(left, Time) and isinstance(right, Time):
        _same_clock(left, right)
        return DaysTime(left.instant - right.instant)
    return _combine(left, right, -1, "-")


def _combine(left: object, right: object, sign: int, operator: str) -> object:
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return _bounded(YearsMonths, left.total + sign * right.total)
    if isinstance(left, DaysTime) and isinstance(right, DaysTime):
        return _bounded(DaysTime, left.total + sign * right.total)
    if isinstance(right, YearsMonths) and isinstance(left, (Date, DateTime)):
        return _dated(left.plus_months(sign * right.total))
    if isinstance(right, DaysTime) and isinstance(left, (Date, Time, DateTime)):
        return _later(left, DaysTime(sign * right.total))
    raise _undefined(operator, left, right)


def _later(value: Date | Time | DateTime, duration: DaysTime) -> object:
    if isinstance(value, Time):
        return value.plus(duration)
    if isinstance(value, DateTime):
        return _dated(value.plus(duration))
    moved = _dated(DateTime(value, MIDNIGHT).plus(duration))
    assert isinstance(moved, DateTime)
    return moved.date


def _dated(value: Date | DateTime | None) -> Date | DateTime:
    if value is None:
        raise Fault("Hasilnya di luar tahun -999999999 sampai 999999999")
    return value


def _between(left: Date | DateTime, right: Date | DateTime) -> DaysTime:
    if isinstance(left, Date) and isinstance(right, Date):
        return DaysTime((left.days - right.days) * DAY)
    first = midnight(left) if isinstance(left, Date) else left
    second = midnight(right) if isinstance(right, Date) else right
    _same_clock(first, second)
    return DaysTime(first.instant - second.instant)


def _same_clock(left: Time | DateTime, right: Time | DateTime) -> None:
    if (left.offset is None) != (right.offset is None):
        raise Fault("Yang satu memakai zona waktu dan yang lain tidak, maka selisihnya tidak dapat dihitung")


def multiply(left: object, right: object) -> object:
    """`left * right`. Raises Fault where it is not defined."""
    if isinstance(left, Decimal) and isinstance(right, (YearsMonths, DaysTime)):
        left, right = right, left
    if isinstance(left, (YearsMonths, DaysTime)) and isinstance(right, Decimal):
        return _scaled(left, lambda total: WIDE.multiply(total, right))
    raise _undefined("*", left, right)


def divide(left: object, right: object) -> object:
    """`left / right`. Raises Fault where it is not defined."""
    if isinstance(left, (YearsMonths, DaysTime)) and isinstance(right, Decimal):
        if not right:
            raise Fault("Pembagian dengan nol")
        return _scaled(left, lambda total: CONTEXT.divide(total, right))
    if isinstance(left, (YearsMonths, DaysTime)) and type(left) is type(right):
        assert isinstance(right, (YearsMonths, DaysTime))
        if not right.total:
            raise Fault("Pembagian dengan durasi nol")
        return CONTEXT.divide(Decimal(left.total), Decimal(right.total))
    raise _undefined("/", left, right)


def _scaled(duration: YearsMonths | DaysTime, scale: Callable[[Decimal], Decimal]) -> object:
    if isinstance(duration, YearsMonths):
        # Whole months only: what is left over is cut off, as it is when a date's months are counted.
        return _bounded(YearsMonths, _whole(scale(Decimal(duration.total)), "ROUND_DOWN"))
    return _bounded(DaysTime, _whole(scale(Decimal(duration.total)), ROUND_HALF_EVEN))


def _whole(number: Decimal, rounding: str) -> int:
    if number.adjusted() > 40:
        raise Fault("Durasi terlalu besar")
    return int(number.to_integral_value(rounding))


def _bounded(kind: type[YearsMonths] | type[DaysTime], total: int) -> YearsMonths | DaysTime:
    if abs(total) > MAX_DURATION * SECOND:
        raise Fault("Durasi terlalu besar")
    return kind(total)


def power(left: object, right: object) -> object:
    """`left ** right` where they are no numbers: never defined."""
    raise _undefined("**", left, right)


def power_of_numbers(left: Decimal, right: Decimal) -> Decimal:
    """`left ** right`. Raises Fault for an exponent beyond ±999,999,999."""
    if abs(right) > MAX_EXPONENT:
        raise Fault(f"Pangkat {show(right)} di luar batas")
    return CONTEXT.power(left, right)


def negative(value: object) -> object:
    """`-value`. Raises Fault where it is not defined."""
    if type(value) is Decimal:
        return CONTEXT.minus(value)
    if isinstance(value, (YearsMonths, DaysTime)):
        return type(value)(-value.total)
    raise Fault(f"Tanda - tidak berlaku untuk {kind_of(value)}")


OF_NUMBERS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
    "/": CONTEXT.divide,
    "**": power_of_numbers,
}
OF_OTHERS: dict[str, Callable[[object, object], object]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def explain(error: DecimalException, operator: str) -> str:
    """What a person is told when an operation on numbers has no result."""
    if operator == "/":
        return "Pembagian dengan nol" if not _overflows(error) else "Hasil pembagian terlalu besar"
    return f"Hasil operasi {operator} terlalu besar atau tidak ada"


def _overflows(error: DecimalException) -> bool:
    return "Overflow" in type(error).__name__


def _undefined(operator: str, left: object, right: object) -> Fault:
    return Fault(f"Operator {operator} tidak berlaku untuk {kind_of(left)} dan {kind_of(right)}")
