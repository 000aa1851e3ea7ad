"""Counting working days in FEEL: `hk_setelah`, `hk_sebelum`, `jumlah_hk` as host functions."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from server import errors, feel
from server.calendar.days import WorkingDays


def feel_functions(calendar: WorkingDays) -> Mapping[str, feel.Function]:
    """The host functions over a calendar, by name.

    A day is a date, a date and time (its date) or ISO text of a date, as variables hold it; a number of days
    is whole. What they cannot count is null, with a warning.
    """
    return {
        "hk_setelah": feel.Function(
            "hk_setelah",
            ("tanggal", "n"),
            lambda day, n: _counted(calendar.hk_setelah, _day(day), _whole(n)),
            result=feel.types.DATE,
        ),
        "hk_sebelum": feel.Function(
            "hk_sebelum",
            ("tanggal", "n"),
            lambda day, n: _counted(calendar.hk_sebelum, _day(day), _whole(n)),
            result=feel.types.DATE,
        ),
        "jumlah_hk": feel.Function(
            "jumlah_hk",
            ("mulai", "selesai"),
            lambda a, b: _counted(calendar.jumlah_hk, _day(a), _day(b)),
            result=feel.types.NUMBER,
        ),
    }


def _counted(count: Callable[..., date | int], *arguments: object) -> object:
    try:
        return feel.from_json(count(*arguments))
    except errors.Invalid as error:
        raise feel.Fault(error.message) from None


def _day(value: object) -> date:
    if isinstance(value, feel.DateTime):
        value = value.date
    text = str(value) if isinstance(value, (feel.Date, str)) else ""
    try:
        return date.fromisoformat(text[:10] if len(text) > 10 and text[10] == "T" else text)
    except ValueError:
        raise feel.Fault(f"Hari kerja dihitung dari tanggal, bukan {feel.show(value)}") from None


def _whole(value: object) -> int:
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 10**9:
        return int(value)
    raise feel.Fault(f"Banyaknya hari kerja harus bilangan bulat, bukan {feel.show(value)}")
