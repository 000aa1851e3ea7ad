"""What each type of field takes: the marshmallow field of its values, and the sentences about one that does
not fit.

Values come out as plain JSON: a number as int or Decimal, a date or time as the ISO text that came.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Context, Decimal

from marshmallow import ValidationError, fields

from server.forms import nomor
from server.forms.model import (
    DOCUMENT,
    Bounded,
    Checkbox,
    Choice,
    Choices,
    Computed,
    Document,
    Field,
    File,
    Moment,
    Number,
    Text,
)

MAX_DIGITS = 34
"""FEEL's numbers have 34 digits (DMN 1.5 §10.3.2.3.1)."""
MAX_CHOSEN = 1000
MAX_FILES = 50

# PostgreSQL stores no NUL in JSON, and half a surrogate pair is no UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63}){1,8}", re.ASCII | re.IGNORECASE
)
_PHONE = re.compile(r"(\+|00)[1-9]\d{6,14}", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_ID = re.compile(r"[\w.-]{1,100}", re.ASCII)
_ZONE = r"(Z|[+-]\d\d:\d\d)?"
_TIME = r"\d\d:\d\d(:\d\d(\.\d{1,6})?)?"
_MOMENTS: dict[str, tuple[re.Pattern[str], Callable[[str], object], str]] = {
    "date": (re.compile(r"\d{4}-\d\d-\d\d", re.ASCII), date.fromisoformat, "tanggal, misalnya 2026-03-16"),
    "time": (re.compile(_TIME + _ZONE, re.ASCII), time.fromisoformat, "jam, misalnya 07:30"),
    "datetime": (
        re.compile(rf"\d{{4}}-\d\d-\d\dT{_TIME}{_ZONE}", re.ASCII),
        datetime.fromisoformat,
        "tanggal dan jam, misalnya 2026-03-16T07:30",
    ),
}
_EXACT = Context(prec=100)


def value_field(field: Field, **more: object) -> fields.Field:
    """The marshmallow field for a form field's values; one that takes anything where nothing is taken from
    the client."""
    if isinstance(field, Computed) or field.readonly is True or field.disabled is True:
        return fields.Raw(**more)  # type: ignore[arg-type]
    return next(made for kind, made in _KINDS.items() if isinstance(field, kind))(field, **more)


class _Value(fields.Field):
    """A marshmallow field that knows its form field."""

    def __init__(self, form_field: Field, **at: object) -> None:
        super().__init__(**at)  # type: ignore[arg-type]
        self.form_field = form_field
        self.said = f"“{form_field.label}”"

    def wrong(self, sentence: str) -> ValidationError:
        return ValidationError(f"{self.said} {sentence}.")


class _Text(_Value):
    form_field: Text

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        if not isinstance(value, str):
            raise self.wrong("harus berupa teks")
        if _UNSTORABLE.search(value):
            raise self.wrong("memuat karakter yang tidak dapat disimpan; ketik ulang isinya")
        if value and (problems := list(self._problems(value))):
            raise ValidationError(problems)
        return value

    def _problems(self, value: str) -> Iterator[str]:
        field = self.form_field
        if field.pattern and (message := _pattern_problem(field, value)):
            yield message
        if field.format == "email" and not _EMAIL.fullmatch(value):
            yield f"{self.said} harus berupa alamat surel, misalnya nama@contoh.go.id."
        if field.format == "phone" and not _PHONE.fullmatch(value):
            yield f"{self.said} harus berupa nomor telepon internasional, misalnya +6281234567890."
        if field.nomor and not nomor.KINDS[field.nomor][0](value):
            yield f"{self.said} bukan {nomor.KINDS[field.nomor][1]} yang benar."
        if not field.limits_are_computed:
            yield from outside(field, value, field.minimum, field.maximum)


class _Number(_Value):
    form_field: Number

    def _deserialize(self, value: object, *_: object, **__: object) -> int | Decimal | str | None:
        if value == "":
            return None
        number = self._number(value)
        if problems := list(self._problems(number)):
            raise ValidationError(problems)
        if self.form_field.as_text:
            return value if isinstance(value, str) else _written(number)
        return int(number) if self.form_field.decimal_digits == 0 else number

    def _number(self, value: object) -> int | Decimal:
        if isinstance(value, str) and self.form_field.as_text and _NUMBER.fullmatch(value[:100]):
            value = Decimal(value)
        elif isinstance(value, float):
            value = Decimal(repr(value))
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise self.wrong("harus berupa angka")
        if not is_writable(value):
            raise self.wrong(f"paling banyak {MAX_DIGITS} angka")
        return value

    def _problems(self, number: int | Decimal) -> Iterator[str]:
        field = self.form_field
        digits = field.decimal_digits
        if digits is not None and _decimals(number) > digits:
            rule = f"paling banyak {digits} angka di belakang koma" if digits else "harus bilangan bulat"
            yield f"{self.said} {rule}."
        if field.increment and _EXACT.remainder(number, field.increment):
            yield f"{self.said} harus kelipatan {_said_number(field.increment)}."
        if not field.limits_are_computed:
            yield from outside(field, number, field.minimum, field.maximum)


class _Moment(_Value):
    form_field: Moment

    def _deserialize(self, value: object, *_: object, **__: object) -> str | None:
        if value == "":
            return None
        shape, parse, example = _MOMENTS[self.form_field.subtype]
        if isinstance(value, str) and shape.fullmatch(value):
            with suppress(ValueError):
                parse(value)
                return value
        raise self.wrong(f"harus berupa {example}")


class _Checkbox(_Value):
    def _deserialize(self, value: object, *_: object, **__: object) -> bool:
        if value is True or value is False:
            return value
        raise self.wrong("harus dicentang atau tidak")


class _Choice(_Value):
    form_field: Choice

    def __init__(self, form_field: Choice, **at: object) -> None:
        super().__init__(form_field, **at)
        values = form_field.options.values
        self.offers = None if values is None else offering(values)

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        if value == "":
            return None
        if self.offers and (message := not_offered(self.form_field, value, self.offers)):
            raise ValidationError(message)
        return value


class _Choices(_Choice):
    def _deserialize(self, value: object, *_: object, **__: object) -> list[object]:
        if not isinstance(value, list):
            raise self.wrong("harus berupa daftar pilihan")
        if len(value) > MAX_CHOSEN or _repeats(value):
            raise self.wrong("memuat pilihan yang sama dua kali")
        if self.offers and (message := not_offered(self.form_field, value, self.offers)):
            raise ValidationError(message)
        return value


class _File(_Value):
    def _deserialize(self, value: object, *_: object, **__: object) -> list[Document]:
        """References as they were sent; whether there are such documents is judged later."""
        if value in ("", None):
            return []
        if not isinstance(value, list) or not all(map(_is_reference, value)):
            raise self.wrong("harus berupa rujukan berkas yang sudah diunggah")
        if len(value) > MAX_FILES:
            raise self.wrong(f"memuat lebih dari {MAX_FILES} berkas")
        return value


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _is_reference(value: object) -> bool:
    return isinstance(value, dict) and DOCUMENT in value and _is_id(value.get("documentId"))


_KINDS: dict[type[Field], type[_Value]] = {
    Text: _Text,
    Number: _Number,
    Moment: _Moment,
    Checkbox: _Checkbox,
    Choices: _Choices,
    Choice: _Choice,
    File: _File,
}


def outside(field: Bounded, value: object, low: object, high: object) -> Iterator[str]:
    """What is wrong with a text's length or a number's size; nothing while the field is empty."""
    if value == "":
        return
    is_text = isinstance(field, Text)
    size = Decimal(len(str(value).strip()) if is_text else value)  # type: ignore[arg-type]
    least, most, unit = (
        ("paling sedikit", "paling banyak", " huruf") if is_text else ("paling kecil", "paling besar", "")
    )
    if low is not None and size < low:  # type: ignore[operator]
        yield f"“{field.label}” {least} {_said_number(low)}{unit}."
    if high is not None and size > high:  # type: ignore[operator]
        yield f"“{field.label}” {most} {_said_number(high)}{unit}."


def option_values(offered: object) -> Iterator[object]:
    """The values of a list of options: plain values, or objects of label and value; what is neither is no
    option."""
    for option in offered if isinstance(offered, list) else ():
        value = option.get("value") if isinstance(option, dict) else option
        if value is not None and value != "":
            yield value


def offering(values: Iterable[object]) -> Callable[[object], bool]:
    """Whether a value is one of these, as JSON compares: true is not 1."""
    offered = list(values)
    texts = frozenset(value for value in offered if isinstance(value, str))
    others = [value for value in offered if not isinstance(value, str)]
    return lambda value: (
        value in texts if isinstance(value, str) else any(_same(value, one) for one in others)
    )


def not_offered(field: Choice, value: object, offers: Callable[[object], bool]) -> str | None:
    """The sentence about a value that is not among the options; None where it is."""
    chosen = value if isinstance(field, Choices) and isinstance(value, list) else [value]
    if all(offers(one) for one in chosen):
        return None
    return f"“{field.label}” harus dipilih dari pilihan yang tersedia."


def is_writable(number: int | Decimal) -> bool:
    """Whether FEEL can hold the number without loss, and without a text of a million zeros."""
    if isinstance(number, int):
        return abs(number) < 10**MAX_DIGITS
    return number.is_finite() and number.adjusted() < MAX_DIGITS and _exponent(number) >= -MAX_DIGITS


def _pattern_problem(field: Text, value: str) -> str | None:
    assert field.pattern is not None
    if field.pattern.found_in(value):
        return None
    return field.pattern_message or f"“{field.label}” tidak sesuai dengan pola {field.pattern.text}."


def _same(a: object, b: object) -> bool:
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def _repeats(values: list[object]) -> bool:
    texts = [value for value in values if isinstance(value, str)]
    others = [value for value in values if not isinstance(value, str)]
    return len(set(texts)) < len(texts) or any(_same(a, b) for n, a in enumerate(others) for b in others[:n])


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def _decimals(number: int | Decimal) -> int:
    return (
        0 if isinstance(number, int) else max(0, -_exponent(_EXACT.create_decimal(number).normalize(_EXACT)))
    )


def _written(number: object) -> str:
    return format(number, "f") if isinstance(number, Decimal) else str(number)


def _said_number(number: object) -> str:
    return _written(number).replace(".", ",")
