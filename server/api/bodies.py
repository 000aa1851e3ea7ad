"""Request bodies: JSON, read strictly and once.

Stricter than the grammar where two readers could understand two things, or where the database could not keep it: a name
twice in one object, NaN, numbers beyond any use, texts that are no Unicode.
"""

from collections.abc import Iterator
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

import simplejson
from flask import request

from server import errors
from server.api.problems import Refusal

JSON_LIMIT: Final = 2 * 2**20
DEPTH_LIMIT: Final = 100
DIGITS: Final = 400
MAGNITUDE: Final = 6144
"""The largest exponent of an IEEE 754 decimal128, which is FEEL's number."""


class Unreadable(errors.Invalid):
    """The body is no JSON that can be worked with."""

    def __init__(self, what: str, line: int | None = None) -> None:
        super().__init__(f"Isi permintaan tidak dapat dibaca: {what}.", [errors.Problem(what, line=line)])


def read_json() -> Any:
    """The JSON of the request at hand; an empty body is an empty object. Raises Unreadable, or Refusal for other types."""
    body = request.get_data(cache=False)
    if not body:
        return {}
    if not request.is_json:
        raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Kirim isi permintaan sebagai application/json.")
    return parse(body)


def parse(body: bytes) -> Any:
    """The value of a JSON text; numbers are int or Decimal. Raises Unreadable."""
    try:
        value = _DECODER.decode(body.decode())
    except UnicodeDecodeError as fault:
        raise Unreadable(f"bukan UTF-8 pada byte {fault.start}") from None
    except simplejson.JSONDecodeError as fault:
        place = f"baris {fault.lineno}, kolom {fault.colno}"
        raise Unreadable(f"bukan JSON yang benar pada {place}", fault.lineno) from None
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    except (ValueError, ArithmeticError):
        raise Unreadable(_TOO_LONG) from None
    if body.count(b"[") + body.count(b"{") > DEPTH_LIMIT or b"\\u" in body:
        _look_through(value)
    return value


_TOO_DEEP: Final = f"bersarang lebih dari {DEPTH_LIMIT} tingkat"
_TOO_LONG: Final = "ada angka yang terlalu panjang"


def _look_through(value: object) -> None:
    """Refuses what is nested too deep, and texts that no database keeps."""
    level = [value]
    for _ in range(DEPTH_LIMIT + 1):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return
    raise Unreadable(_TOO_DEEP)


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    elif isinstance(value, list):
        yield from value
    elif isinstance(value, str) and ("\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        raise Unreadable("ada teks dengan tanda yang bukan Unicode atau tanda kosong (\\u0000)")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"nama “{twice}” ada dua kali dalam satu objek")
    return made


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if len(text) > DIGITS or abs(number.adjusted()) > MAGNITUDE:
        raise Unreadable(_TOO_LONG)
    return number


_DECODER: Final = simplejson.JSONDecoder(parse_float=_number, object_pairs_hook=_object)
