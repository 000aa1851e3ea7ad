"""Numbers: rounding and the functions of arithmetic, in decimals of 34 digits."""

from decimal import ROUND_HALF_EVEN, Decimal, DecimalException

from server.feel.builtins.registry import builtin
from server.feel.errors import Fault
from server.feel.numbers import CONTEXT, ROUNDINGS, round_to, truncated
from server.feel.temporal import DaysTime, YearsMonths
from server.feel.values import show


def _rounded(number: Decimal, scale: Decimal, rounding: str) -> Decimal:
    return round_to(number, truncated(scale, "Jumlah desimal"), ROUNDINGS[rounding])


@builtin("decimal(n: number, scale: number) -> number")
def decimal(number: Decimal, scale: Decimal) -> Decimal:
    """The number with so many decimals, a half rounded to the even digit."""
    return round_to(number, truncated(scale, "Jumlah desimal"), ROUND_HALF_EVEN)


@builtin("floor(n: number, scale?: number) -> number")
def floor(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """The greatest number with so many decimals (none) that is not above this one."""
    return _rounded(number, scale, "floor")


@builtin("ceiling(n: number, scale?: number) -> number")
def ceiling(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal:
    """The smallest number with so many decimals (none) that is not below this one."""
    return _rounded(number, scale, "ceiling")


@builtin("round up(n: number, scale: number) -> number")
def round_up(number: Decimal, scale: Decimal) -> Decimal:
    """The number rounded away from zero."""
    return _rounded(number, scale, "up")


@builtin("round down(n: number, scale: number) -> number")
def round_down(number: Decimal, scale: Decimal) -> Decimal:
    """The number rounded towards zero."""
    return _rounded(number, scale, "down")


@builtin("round half up(n: number, scale: number) -> number")
def round_half_up(number: Decimal, scale: Decimal) -> Decimal:
    """The number rounded, a half away from zero."""
    return _rounded(number, scale, "half up")


@builtin("round half down(n: number, scale: number) -> number")
def round_half_down(number: Decimal, scale: Decimal) -> Decimal:
    """The number rounded, a half towards zero."""
    return _rounded(number, scale, "half down")


@builtin("abs(n: number | days and time duration | years and months duration) -> Any")
def abs_(value: Decimal | DaysTime | YearsMonths) -> object:
    """The number or duration without its sign."""
    return CONTEXT.abs(value) if isinstance(value, Decimal) else type(value)(abs(value.total))


@builtin("modulo(dividend: number, divisor: number) -> number")
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """What a division by whole numbers leaves, with the divisor's sign."""
    if not divisor:
        raise Fault("Pembagian dengan nol")
    try:
        rest = CONTEXT.remainder(dividend, divisor)
        return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else CONTEXT.plus(rest)
    except DecimalException:
        return _modulo_of_quotient(dividend, divisor)


def _modulo_of_quotient(dividend: Decimal, divisor: Decimal) -> Decimal:
    """By the definition of DMN 1.5 §10.3.4.5, where the quotient has more than 34 digits."""
    quotient = CONTEXT.divide(dividend, divisor)
    whole = quotient.to_integral_value(ROUNDINGS["floor"])
    return CONTEXT.subtract(dividend, CONTEXT.multiply(divisor, whole))


@builtin("sqrt(number: number) -> number")
def sqrt(number: Decimal) -> Decimal:
    """The square root."""
    if number < 0:
        raise Fault(f"Akar dari angka negatif {show(number)} tidak ada")
    return CONTEXT.sqrt(number)


@builtin("log(number: number) -> number")
def log(number: Decimal) -> Decimal:
    """The natural logarithm."""
    if number <= 0:
        raise Fault(f"Logaritma dari {show(number)} tidak ada")
    return CONTEXT.ln(number)


@builtin("exp(number: number) -> number")
def exp(number: Decimal) -> Decimal:
    """Euler's number to that power."""
    return CONTEXT.exp(number)


def _is_even(number: Decimal) -> bool | None:
    if number.adjusted() > 6200:
        return True
    if number != number.to_integral_value():
        return None
    return not CONTEXT.compare(number % 2 if number.adjusted() < 28 else _last_digit(number), Decimal(0))


def _last_digit(number: Decimal) -> Decimal:
    parts = number.as_tuple()
    return Decimal(parts.digits[-1] % 2) if parts.exponent == 0 else Decimal(0)


@builtin("odd(number: number) -> boolean")
def odd(number: Decimal) -> bool | None:
    """Whether a whole number is odd."""
    even_ = _is_even(number)
    return False if even_ is None else not even_


@builtin("even(number: number) -> boolean")
def even(number: Decimal) -> bool | None:
    """Whether a whole number is even."""
    return _is_even(number) or False
