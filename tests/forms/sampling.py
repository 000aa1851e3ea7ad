"""Answers and variables for a form, drawn from what it asks: its options and limits, and the values that its expressions compare."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from server import feel, forms
from server.feel import syntax

NUMBERS = {
    "nik": "3508014107900001",
    "kk": "3508011011180001",
    "nip": "198501012010011001",
    "nip_pppk": "198501012021211001",
}
DAYS = ("2026-11-20", "2026-11-27", "2026-12-01", "2026-12-14", "2015-05-12")


def sample(form: forms.Form, schema: Any, draw: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    """Variables that a case may hold, and what somebody fills in; both JSON."""
    own = {field.path[0] for field in form.fields}
    variables: dict[str, Any] = {}
    for path, values in compared(schema).items():
        if path[0] not in own:
            _put(variables, path, [] if [] in values else draw.choice([*values, None]))
    for field in form.fields:
        if isinstance(field, forms.Field) and not isinstance(field, forms.File) and draw.random() < 0.2:
            _put(variables, field.path, answer(field, draw, variables))
    answers: dict[str, Any] = {}
    for field in form.fields:
        if isinstance(field, forms.Rows):
            _put(answers, field.path, [_row(field.row, draw) for _ in range(field.repetitions)])
        else:
            _put(answers, field.path, answer(field, draw, {**variables, **answers}))
    return variables, answers


def answer(field: forms.Field, draw: random.Random, seen: Mapping[str, object]) -> Any:
    """Something that a browser lets somebody enter, right or wrong. A text of blanks is left out: form-js takes it for an
    answer, the server does not."""
    match field:
        case forms.Text():
            if field.nomor:
                return draw.choice([NUMBERS[field.nomor], ""])
            return draw.choice(["", "Uji coba", "1", "x" * 500])
        case forms.Number():
            edges = [one for one in (field.minimum, field.maximum) if isinstance(one, int | Decimal)]
            around = [int(one) + step for one in edges for step in (-1, 0, 1)]
            return draw.choice([None, 0, 1, 7, *around])
        case forms.Moment():
            day = draw.choice(DAYS)
            return draw.choice(
                [None, {"date": day, "time": "08:30", "datetime": f"{day}T08:30"}[field.subtype]]
            )
        case forms.Checkbox():
            return draw.choice([True, False])
        case forms.Choices():
            offered = list(_offered(field, seen))
            return draw.sample(offered, draw.randint(0, min(2, len(offered))))
        case forms.Choice():
            return draw.choice([*_offered(field, seen), None])
    return None


def compared(schema: Any) -> dict[tuple[str, ...], list[Any]]:
    """The values with which the expressions of a form compare each path."""
    found: dict[tuple[str, ...], list[Any]] = {}
    for text in _expressions(schema):
        try:
            tree = feel.compile(text, functions=None).tree
        except feel.InvalidExpression:
            continue
        for path, value in _comparisons(tree):
            found.setdefault(path, [])
            if value not in found[path]:
                found[path].append(value)
    # What is compared with a text is no truth value: the two sides differ on such comparisons, and no case holds them.
    return {
        path: [
            one for one in values if one is not True or not any(isinstance(other, str) for other in values)
        ]
        for path, values in found.items()
    }


def _row(scope: forms.Scope, draw: random.Random) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for field in scope.fields:
        if isinstance(field, forms.Field):
            _put(row, field.path, answer(field, draw, {}))
    return row


def _offered(field: forms.Choice, seen: Mapping[str, object]) -> Iterator[Any]:
    options: Any = field.options.values or ()
    if field.options.expression:
        options = feel.to_json(field.options.expression.evaluate(seen).value)
    for option in options if isinstance(options, list | tuple) else ():
        yield option.get("value") if isinstance(option, dict) else option


def _expressions(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("="):
        yield value[1:]
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _expressions(inner)


def _comparisons(tree: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    match tree:
        case syntax.Comparison(_, _, left, syntax.Literal(_, value)) if path := _path(left):
            plain = value is None or isinstance(value, str | bool | Decimal)
            yield path, float(value) if isinstance(value, Decimal) else value if plain else None
        case syntax.In(_, left, tests) if path := _path(left):
            yield from (
                (path, one.value)
                for one in tests
                if isinstance(one, syntax.Literal) and isinstance(one.value, str)
            )
        case syntax.Filter(_, base, condition) if path := _path(base):
            yield path, []
            yield from _comparisons(condition)
            return
        case syntax.Path() | syntax.Name() if path := _path(tree):
            yield path, True
    if is_dataclass(tree):
        for each in fields(tree):
            inner = () if (type(tree), each.name) == (syntax.Call, "function") else getattr(tree, each.name)
            for part in inner if isinstance(inner, tuple) else (inner,):
                yield from _comparisons(part)


def _path(tree: Any) -> tuple[str, ...]:
    if isinstance(tree, syntax.Name):
        return (tree.name,)
    if isinstance(tree, syntax.Path) and (base := _path(tree.base)):
        return (*base, tree.name)
    return ()


def _put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        inner = data.get(name)
        data[name] = inner = inner if isinstance(inner, dict) else {}
        data = inner
    if not isinstance(data.get(path[-1]), dict):
        data[path[-1]] = value
