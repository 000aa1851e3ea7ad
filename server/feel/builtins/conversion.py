"""Conversion: numbers, texts, dates, times and durations from one another."""

import re
from decimal import Decimal

from server.feel.builtins.registry import builtin
from server.feel.environment import Run
from server.feel.errors import Fault
from server.feel.numbers import integer, parse_number, truncated
from server.feel.temporal import (
    MAX_OFFSET,
    MIDNIGHT,
    SECOND,
    UTC_ZONE,
    Date,
    DateTime,
    DaysTime,
    Duration,
    Time,
    YearsMonths,
    Zone,
    at_instant,
    in_zone,
    parse_date,
    parse_date_time,
    parse_duration,
    parse_time,
    parse_zone,
)
from server.feel.values import show


def _required(value: object, text: str, what: str) -> object:
    if value is None:
        raise Fault(f"{text[:60]!r} bukan {what}")
    return value


# ------------------------------------------------------------------------------------------------------------- date


@builtin("date(from: string | date | date and time) -> date")
def date(from_: str | Date | DateTime) -> object:
    """The date that a text writes (`2026-11-22`), or the date of a date and time."""
    if isinstance(from_, DateTime):
        return from_.date
    return from_ if isinstance(from_, Date) else _required(parse_date(from_), from_, "tanggal")


@builtin("date(year: number, month: number, day: number) -> date")
def date_of(year: Decimal, month: Decimal, day: Decimal) -> object:
    """The date of a year, month and day."""
    made = Date.of(integer(year, "Tahun"), integer(month, "Bulan"), integer(day, "Hari"))
    if made is None:
        raise Fault(f"Tanggal {show(year)}-{show(month)}-{show(day)} tidak ada")
    return made


# ---------------------------------------------------------------------------------------------------- date and time


@builtin("date and time(from: string | date and time | date) -> date and time")
def date_and_time(from_: str | DateTime | Date) -> object:
    """The date and time that a text writes (`2026-11-22T10:30:00+07:00`)."""
    if isinstance(from_, DateTime):
        return from_
    if isinstance(from_, Date):
        return DateTime(from_, MIDNIGHT)
    return _required(parse_date_time(from_), from_, "tanggal dan jam")


@builtin("date and time(date: date | date and time, time: time) -> date and time")
def date_and_time_of(day: Date | DateTime, time: Time) -> DateTime:
    """The date and time of a date and a time."""
    return DateTime(day if isinstance(day, Date) else day.date, time)


@builtin("date and time(date: date and time, timezone: string) -> date and time")
def date_and_time_in_zone(moment: DateTime, timezone: str) -> object:
    """The same instant on the clock of another zone (`Asia/Jakarta`)."""
    zone = parse_zone(f"@{timezone}")
    if zone is None:
        raise Fault(f"Zona waktu {timezone} tidak dikenal")
    return _required(at_instant(moment.instant, zone), str(moment), "tanggal dan jam")


# ------------------------------------------------------------------------------------------------------------- time


@builtin("time(from: string | time | date and time | date) -> time")
def time(from_: str | Time | DateTime | Date) -> object:
    """The time that a text writes (`10:30:00@Asia/Jakarta`), or the time of a date and time."""
    if isinstance(from_, DateTime):
        return from_.time
    if isinstance(from_, Date):
        return in_zone(MIDNIGHT, UTC_ZONE)
    return from_ if isinstance(from_, Time) else _required(parse_time(from_), from_, "jam")


@builtin("time(hour: number, minute: number, second: number, offset?: days and time duration?) -> time")
def time_of(hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None = None) -> object:
    """The time of an hour, minute and second, at an offset from UTC."""
    whole = truncated(second, "Detik")
    nano = truncated((second - whole) * SECOND)
    zone = None if offset is None else _zone_of(offset)
    made = None
    if second >= 0:
        made = Time.of(integer(hour, "Pukul"), integer(minute, "Menit"), whole, nano, zone)
    if made is None:
        raise Fault(f"Jam {show(hour)}:{show(minute)}:{show(second)} tidak ada")
    return made


def _zone_of(offset: DaysTime) -> Zone:
    if abs(offset.total) > MAX_OFFSET * SECOND:
        raise Fault(f"Selisih waktu {offset} lebih dari 14 jam")
    seconds = abs(offset.total) // SECOND
    return Zone(offset=-seconds if offset.total < 0 else seconds)


# --------------------------------------------------------------------------------------------------------- duration


@builtin("duration(from: string | days and time duration | years and months duration) -> Any")
def duration(from_: str | Duration) -> object:
    """The duration that a text writes (`P1Y2M`, `P1DT2H`)."""
    return _required(parse_duration(from_), from_, "durasi") if isinstance(from_, str) else from_


@builtin(
    "years and months duration(from: date | date and time, to: date | date and time) -> years and months duration"
)
def years_and_months_duration(from_: Date | DateTime, to: Date | DateTime) -> YearsMonths:
    """The whole months from one date to another."""
    start = from_ if isinstance(from_, DateTime) else DateTime(from_, MIDNIGHT)
    end = to if isinstance(to, DateTime) else DateTime(to, MIDNIGHT)
    months = (end.date.year - start.date.year) * 12 + end.date.month - start.date.month
    behind = (end.date.day, end.time.nanos) < (start.date.day, start.time.nanos)
    ahead = (end.date.day, end.time.nanos) > (start.date.day, start.time.nanos)
    if months > 0 and behind:
        months -= 1
    elif months < 0 and ahead:
        months += 1
    return YearsMonths(months)


# ----------------------------------------------------------------------------------------------- numbers and texts


@builtin("number(from: string | number) -> number")
def number(from_: str | Decimal) -> object:
    """The number that a text writes."""
    return from_ if isinstance(from_, Decimal) else _parsed(from_, from_)


@builtin("number(from: string, grouping separator: string?, decimal separator: string?) -> number")
def number_with_separators(from_: str, grouping: str | None, decimal: str | None) -> object:
    """The number that a text writes with its own separators: `number("1.234,5", ".", ",")`."""
    if (
        grouping not in (None, " ", ",", ".")
        or decimal not in (None, ",", ".")
        or grouping == decimal is not None
    ):
        raise Fault(
            "Pemisah ribuan harus spasi, koma atau titik, pemisah desimal titik atau koma, dan keduanya berbeda"
        )
    text = from_.replace(grouping, "") if grouping else from_
    return _parsed(text.replace(decimal, ".") if decimal else text, from_)


_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def _parsed(text: str, original: str) -> object:
    return _required(parse_number(text) if _NUMBER.fullmatch(text) else None, original, "angka")


@builtin("string(from: Any) -> string")
def string(run: Run, from_: object) -> str | None:
    """The value as a text; null stays null."""
    run.spend(10)
    return None if from_ is None else show(from_, limit=run.limits.text)
