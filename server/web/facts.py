"""A case's data as people read them: labels of the forms that asked for them, values in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from server.engine.bundle import Bundle
from server.engine.references import MARK
from server.web import filters
from server.web.pages import is_document_id

CHOICES: Final = ("radio", "select", "checklist", "taglist")
"""Fields whose options an expression may give: of those the label is not known here, but the value is written for people, too."""
LONGEST: Final = 60
"""Entries of one value that are shown."""


@dataclass(frozen=True)
class Fact:
    """One line. `parts`: the entries of a value that is a list or an object; `document`: the id of what was attached."""

    label: str
    text: str
    parts: tuple["Fact", ...] = ()
    document: str | None = None


@dataclass(frozen=True)
class Facts:
    """`said`: what people have filled in; `found`: what the program has worked out."""

    said: tuple[Fact, ...]
    found: tuple[Fact, ...]


def facts_of(bundle: Bundle, values: Mapping[str, Any], forms: Mapping[str, Any]) -> Facts:
    """The variables of a case; `forms`: the labels of fields and options by variable (see `labels_of`)."""
    said = [
        _fact(_label(forms, name), value, forms.get(name)) for name, value in values.items() if name in forms
    ]
    found = [_fact(_plain(name), value, None) for name, value in values.items() if name not in forms]
    return Facts(tuple(said), tuple(found))


def facts_of_form(schema: str, values: Mapping[str, Any]) -> tuple[Fact, ...]:
    """Values by variable, in the words of the form (form-js JSON) that asks for them."""
    known = labels_of(iter([schema]))
    return tuple(
        _fact(_label(known, name) if name in known else _plain(name), value, known.get(name))
        for name, value in values.items()
    )


def labels_of(schemas: Iterator[str]) -> dict[str, dict[str, Any]]:
    """The fields of forms (form-js JSON) by the variable that they write: a group or list with a path is one, with its own within."""
    known: dict[str, dict[str, Any]] = {}
    for schema in schemas:
        for name, field in _fields(json.loads(schema)):
            known.setdefault(name, field)
    return known


def _fields(parent: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for component in parent.get("components", ()):
        if name := component.get("key") or component.get("path"):
            yield str(name).split(".")[0], component
        else:
            yield from _fields(component)


def _label(forms: Mapping[str, Any], name: str) -> str:
    field = forms[name]
    return str(field.get("label") or field.get("dateLabel") or field.get("timeLabel") or _plain(name))


def _plain(name: str) -> str:
    text = name.replace("_", " ").strip()
    return text[:1].upper() + text[1:]


def _fact(label: str, value: Any, field: Mapping[str, Any] | None) -> Fact:
    if _is_document(value):
        return Fact(label, str(value["metadata"]["fileName"]), document=value["documentId"])
    if isinstance(value, dict):
        inner = dict(_fields(field or {}))
        pairs = list(value.items())[:LONGEST]
        parts = [
            _fact(_label(inner, name) if name in inner else _plain(str(name)), each, inner.get(name))
            for name, each in pairs
        ]
        return Fact(label, "", tuple(parts))
    if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        rows = [_fact(str(number), each, field) for number, each in enumerate(value[:LONGEST], 1)]
        return Fact(label, "", tuple(rows))
    if isinstance(value, list):
        return Fact(label, ", ".join(said(each, field) for each in value[:LONGEST]) or "–")
    return Fact(label, said(value, field))


def _is_document(value: Any) -> bool:
    """A reference as our own forms write it; the page asks again whether it may be read."""
    told = value.get("metadata") if isinstance(value, dict) and MARK in value else None
    return isinstance(told, dict) and "fileName" in told and is_document_id(value.get("documentId"))


def said(value: Any, field: Mapping[str, Any] | None = None) -> str:
    """A plain value in words."""
    for option in (field or {}).get("values") or ():
        if option.get("value") == value:
            return str(option.get("label"))
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, int | Decimal | float):
        return filters.number(value)
    if (field or {}).get("type") in CHOICES:
        return str(value).replace("_", " ")
    return _day(str(value)) or str(value)


def _day(text: str) -> str | None:
    """A text that is a day or an instant."""
    try:
        if len(text) == 10 and text[4] == "-":
            return filters.day(date.fromisoformat(text))
        if len(text) > 15 and text[10] == "T":
            return filters.moment(datetime.fromisoformat(text))
    except ValueError:
        pass
    return None
