"""The marshmallow schema of a form: its shape, with a field for each value.

What depends on other values (conditions, computed limits and options) is judged after it, in `check`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from server.forms.model import Field, Rows
from server.forms.values import value_field

MAX_ROWS = 1000
MAX_NAME = 80
"""Characters of an unknown key that are repeated to the sender."""

UNKNOWN = "Formulir ini tidak memuat isian “{}”."
NOT_AN_OBJECT = "Isinya harus berupa objek JSON."
NOT_ROWS = "“{}” harus berupa daftar baris."
TOO_MANY_ROWS = "Daftar ini memuat lebih dari {} baris."


class _Strict(Schema):
    error_messages = {"unknown": UNKNOWN, "type": NOT_AN_OBJECT}


class _Rows(fields.List):
    """A list that counts before it looks."""

    def _deserialize(self, value: object, *more: Any, **options: Any) -> list[object]:
        if isinstance(value, list) and len(value) > MAX_ROWS:
            raise ValidationError(TOO_MANY_ROWS.format(MAX_ROWS))
        return super()._deserialize(value, *more, **options)


def build(members: Iterable[Field | Rows]) -> Schema:
    """The schema of a form or of a row. Unknown keys are errors; a missing key, or null, is an empty
    field."""
    tree: dict[str, object] = {}
    for member in members:
        node = tree
        for segment in member.path[:-1]:
            node = node.setdefault(segment, {})  # type: ignore[assignment]
        node[member.path[-1]] = member
    return _schema(tree)


def problems_of(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Where (`rows[0].name`) and what, for all that a schema found."""
    return _flat(error.messages, "")


def _flat(messages: object, where: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flat(inner, _place(where, key))
    elif isinstance(messages, list):
        for message in messages:
            yield where, message.format(where.rpartition(".")[2]) if message is UNKNOWN else message


def _place(where: str, key: str | int) -> str:
    if key == "_schema":
        return where
    if isinstance(key, int):
        return f"{where}[{key}]"
    return f"{where}.{key[:MAX_NAME]}" if where else key[:MAX_NAME]


def _schema(tree: Mapping[str, object]) -> Schema:
    # Names of our own: a key may be called as something in Schema is.
    named = {f"v{n}": _entry(node, key) for n, (key, node) in enumerate(tree.items())}
    return _Strict.from_dict(named)()


def _entry(node: object, key: str) -> fields.Field:
    at = {"data_key": key, "attribute": key, "allow_none": True}
    if isinstance(node, Rows):
        return _rows(node, at)
    if isinstance(node, Field):
        return value_field(node, **at)
    return fields.Nested(_schema(node), **at)  # type: ignore[arg-type]


def _rows(rows: Rows, at: Mapping[str, object]) -> fields.Field:
    row = fields.Nested(build(rows.row.fields), allow_none=True)
    return _Rows(row, error_messages={"invalid": NOT_ROWS.format(rows.label)}, **at)  # type: ignore[arg-type]
