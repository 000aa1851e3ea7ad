"""Fills in a form of the book's own as somebody in a hurry does: what it demands, and nothing else."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from server import feel, forms

NUMBERS = {
    "nik": "3508014107900001",
    "kk": "3508011011180001",
    "nip": "198501012010011001",
    "nip_pppk": "198501012021211001",
}
CODES = ("3508014107900001", "350801410790001")
"""What a pattern may ask for: 16 digits, 15 digits."""
TRIES = 6


def filled(
    form: forms.Form,
    variables: Mapping[str, object],
    environment: feel.Environment,
    chosen: Mapping[str, object],
) -> dict[str, Any]:
    """Values that the form accepts where these are `chosen`; as near as it gets, where it accepts none."""
    data: dict[str, Any] = {}
    for name, value in chosen.items():
        _put(data, name, value)
    fields = {one.key: one for one in form.fields}
    for _ in range(TRIES):
        try:
            form.check(data, variables, environment)
            return data
        except forms.Rejected as refused:
            for problem in refused.problems:
                _mend(data, problem, fields, _value(data, variables, environment))
    return data


def _mend(data: dict[str, Any], problem: Any, fields: Mapping[str, Any], value: Callable[[Any], Any]) -> None:
    where = str(problem.where)
    row, _, within = where.partition("[")
    if within:
        inside = {one.key: one for one in fields[row].row.fields}
        _put(data[row][0], within.partition("].")[2], value(inside[within.partition("].")[2]]))
    elif "sedang tidak tampil" in problem.message:
        _put(data, where, None)
    else:
        _put(data, where, value(fields[where]))


def _value(
    data: Mapping[str, object], variables: Mapping[str, object], environment: feel.Environment
) -> Callable[[Any], Any]:
    def of(field: Any) -> Any:
        match field:
            case forms.Rows():
                return [{}]
            case forms.Text(pattern=pattern):
                code = pattern and next(code for code in CODES if pattern.found_in(code))
                return code or NUMBERS.get(field.nomor or "", "Uji")
            case forms.Number():
                return int(field.minimum) if isinstance(field.minimum, int | Decimal) else 1
            case forms.Moment():
                now = environment.clock.now() + timedelta(minutes=1)
                return {"date": environment.clock.today().isoformat(), "time": "08:00"}.get(
                    field.subtype, now.isoformat()
                )
            case forms.Checkbox():
                return True
        offered = list(_offered(field, {**variables, **data}, environment))
        return offered[:1] if isinstance(field, forms.Choices) else offered[0]

    return of


def _offered(field: Any, seen: Mapping[str, object], environment: feel.Environment) -> Iterator[object]:
    options: Iterable[object] = field.options.values or ()
    if field.options.expression:
        options = feel.to_json(field.options.expression.evaluate(seen, environment).value)  # type: ignore[assignment]
    for option in options:
        yield option.get("value") if isinstance(option, dict) else option


def _put(data: dict[str, Any], path: str, value: object) -> None:
    *outer, last = path.split(".")
    for name in outer:
        data = data.setdefault(name, {})
    if value is None:
        data.pop(last, None)
    else:
        data[last] = value
