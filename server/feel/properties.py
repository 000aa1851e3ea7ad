"""`value.name`: a context's entries, and the properties of temporal values, durations and ranges (DMN 1.5 table 65)."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from server.feel.errors import Fault
from server.feel.temporal import SECOND, Date, DateTime, DaysTime, Time, YearsMonths
from server.feel.values import Range, kind_of

Property = Callable[..., object]


def _offset(value: Time | DateTime) -> DaysTime | None:
    return None if value.offset is None else DaysTime(value.offset * SECOND)


def _second(value: Time) -> Decimal:
    return Decimal(value.second) + Decimal(value.nanos % SECOND).scaleb(-9).normalize()


def _duration_second(value: DaysTime) -> Decimal:
    return Decimal(value.parts[3]) + Decimal(value.parts[4]).scaleb(-9).normalize()


def _region(value: Time) -> str | None:
    return value.zone.region if value.zone else None


OF_DATE: Mapping[str, Property] = {
    "year": lambda value: Decimal(value.year),
    "month": lambda value: Decimal(value.month),
    "day": lambda value: Decimal(value.day),
    "weekday": lambda value: Decimal(value.weekday),
}
OF_TIME: Mapping[str, Property] = {
    "hour": lambda value: Decimal(value.hour),
    "minute": lambda value: Decimal(value.minute),
    "second": _second,
    "timezone": _region,
}

PROPERTIES: Mapping[type, Mapping[str, Property]] = {
    Date: OF_DATE,
    Time: {**OF_TIME, "time offset": _offset},
    DateTime: {
        **{name: (lambda value, of=of: of(value.date)) for name, of in OF_DATE.items()},
        **{name: (lambda value, of=of: of(value.time)) for name, of in OF_TIME.items()},
        "time offset": _offset,
    },
    YearsMonths: {
        "years": lambda value: Decimal(value.years),
        "months": lambda value: Decimal(value.months),
    },
    DaysTime: {
        "days": lambda value: Decimal(value.parts[0]),
        "hours": lambda value: Decimal(value.parts[1]),
        "minutes": lambda value: Decimal(value.parts[2]),
        "seconds": _duration_second,
    },
    Range: {
        "start": lambda value: value.start,
        "end": lambda value: value.end,
        "start included": lambda value: value.start_included,
        "end included": lambda value: value.end_included,
    },
}


def get_property(value: object, name: str) -> object:
    """The entry or property of that name; of a list, the list of its elements'. Raises Fault where there is none."""
    if isinstance(value, list):
        return [_of_element(item, name) for item in value]
    if isinstance(value, dict):
        if name not in value:
            raise Fault(f"Konteks tidak mempunyai entri {name}")
        return value[name]
    property_ = PROPERTIES.get(type(value), {}).get(name)
    if property_ is None:
        raise Fault(f"{kind_of(value).capitalize()} tidak mempunyai {name}")
    return property_(value)


def _of_element(item: object, name: str) -> object:
    try:
        return get_property(item, name)
    except Fault:
        return None
