"""FEEL numbers: decimals of 34 digits, rounded half even (IEEE 754-2008 decimal128), never NaN or infinite."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Context,
    Decimal,
    DecimalException,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)

from server.feel.errors import Fault

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)

# Quantizing to a scale may need more digits than a result may keep.
WIDE = Context(prec=7000, Emin=-20000, Emax=20000, traps=[InvalidOperation, DivisionByZero, Overflow])

ROUNDINGS = {
    "ceiling": ROUND_CEILING,
    "floor": ROUND_FLOOR,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "half up": ROUND_HALF_UP,
    "half down": ROUND_HALF_DOWN,
    "half even": ROUND_HALF_EVEN,
}

SCALES = range(-6111, 6177)


def parse_number(text: str) -> Decimal | None:
    """The number a text writes, rounded to 34 digits; None when it writes none or is too large."""
    try:
        number = CONTEXT.create_decimal(text)
    except DecimalException:
        return None
    return number if number.is_finite() else None


def integer(number: Decimal, what: str = "Angka") -> int:
    """The number as a Python integer. Raises Fault when it is not whole or absurdly large."""
    if number.adjusted() > 30:
        raise Fault(f"{what} terlalu besar")
    if number != number.to_integral_value():
        raise Fault(f"{what} {show_number(number)} bukan bilangan bulat")
    return int(number)


def truncated(number: Decimal, what: str = "Angka") -> int:
    """The number's whole part as a Python integer. Raises Fault when it is absurdly large."""
    if number.adjusted() > 30:
        raise Fault(f"{what} terlalu besar")
    return int(number)


def round_to(number: Decimal, scale: int, rounding: str) -> Decimal:
    """The number with at most `scale` digits after the point (before it, when negative)."""
    if scale not in SCALES:
        raise Fault(f"Jumlah desimal {scale} di luar batas")
    if -number.as_tuple().exponent <= scale:  # type: ignore[operator]  # finite numbers have integer exponents
        return number
    rounded = number.quantize(Decimal((0, (1,), -scale)), rounding=rounding, context=WIDE)
    return CONTEXT.plus(rounded)


def show_number(number: Decimal) -> str:
    """The number in plain decimal notation without trailing zeros: equal numbers have one text."""
    if not number:
        return "0"
    if abs(number.adjusted()) > 6200:
        return str(number)
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros or a positive exponent."""
    if not number:
        return Decimal(0)
    exponent = number.as_tuple().exponent
    if exponent == 0 or abs(number.adjusted()) > 6200:
        return number
    return Decimal(show_number(number))
