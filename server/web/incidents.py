"""Gangguan: what stopped a case until somebody looks at it; the data to mend, and trying again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from server import engine, errors
from server.db import dump_json, load_json
from server.engine import Engine, incidents, search
from server.engine.search import CASES, INCIDENTS, VARIABLES, Found, Item, Query, Where, within
from server.gate import status_of
from server.identity import Actor, Permission
from server.web import fields
from server.web.administration import SECTION
from server.web.office import actor, ask, do
from server.web.pages import pages

PAGE: Final = 25
MOST: Final = 300
STATES: Final = {"aktif": ("Menunggu", "ACTIVE"), "selesai": ("Sudah diulangi", "RESOLVED")}
KINDS: Final = {"teks": "Teks", "angka": "Angka", "ya": "Ya atau tidak", "json": "Lain-lain (JSON)"}
BOOLEANS: Final = {"ya": True, "tidak": False}

THOUSANDS: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{3})+")
"""As an Indonesian writes a great number; JSON would read another one."""


class MayNotResolve(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Gangguan hanya untuk petugas yang boleh mengulangi langkah. Hubungi petugas TI.")


@dataclass(frozen=True)
class Datum:
    """A variable of the case, as a field: `kind` is a key of KINDS, `typed` what the field holds. `inner`: of one step alone."""

    key: int
    scope: int
    name: str
    kind: str
    typed: str
    inner: bool


@dataclass(frozen=True)
class File:
    """An incident with its case. `step`: the name of what failed."""

    incident: Item
    case: Item
    step: str
    data: list[Datum]
    may_resolve: bool
    may_mend: bool


@pages.get("/pengelolaan/gangguan")
def incident_list() -> str:
    """The incidents of the cases that one may see, the newest first."""
    _allow()
    state = request.args.get("keadaan", "aktif")
    state = state if state in STATES else "aktif"
    number = min(max(request.args.get("hal", 1, type=int), 1), 400)
    found, cases = ask(_found, STATES[state][1], number)
    return render_template(
        "incidents.html",
        section=SECTION,
        found=found,
        cases=cases,
        states=STATES,
        state=state,
        page=number,
        page_size=PAGE,
    )


@pages.get("/pengelolaan/gangguan/<key:incident>")
def incident(incident: int) -> str:
    """One incident, with what may be mended."""
    return _page(incident)


@pages.post("/pengelolaan/gangguan/<key:incident>/ulang")
def retry_incident(incident: int) -> Response:
    """Tries again what it stopped."""
    do(incidents.resolve, incident)
    return redirect(url_for("web.incident_list", kabar="diulangi"), HTTPStatus.SEE_OTHER)


@pages.post("/pengelolaan/gangguan/<key:incident>/data")
def mend_case(incident: int) -> Response | tuple[str, int]:
    """Writes what was changed of the case's data, and tries again where that was asked for."""
    _allow()
    file = ask(_file, incident)
    try:
        for scope, values in _changed(file).items():
            do(engine.set_variables, scope, values, True)
        if name := fields.text("nama-baru"):
            added = _read(fields.text("jenis-baru"), request.form.get("isi-baru", ""), name)
            do(engine.set_variables, file.case["process_instance_key"], {name: added}, True)
    except (errors.Invalid, errors.Conflict) as refusal:
        return _page(incident, refusal.message), status_of(refusal)
    if request.form.get("ulang"):
        return retry_incident(incident)
    return redirect(url_for("web.incident", incident=incident, kabar="disimpan"), HTTPStatus.SEE_OTHER)


def _allow() -> None:
    if Permission.RESOLVE not in actor().permissions:
        raise MayNotResolve


def _page(key: int, message: str | None = None) -> str:
    _allow()
    return render_template(
        "incident.html", section=SECTION, file=ask(_file, key), kinds=KINDS, states=STATES, message=message
    )


def _found(
    engine: Engine, connection: Connection, who: Actor, state: str, page: int
) -> tuple[Found, dict[int, Item]]:
    query = Query((Where("state", "eq", state),), (("creation_time", True),), PAGE, (page - 1) * PAGE)
    found = search.search(engine, connection, who, INCIDENTS, query)
    keys = [each["process_instance_key"] for each in found.items]
    cases = search.search(
        engine, connection, who, CASES, within(Query(limit=PAGE), process_instance_key=keys)
    )
    return found, {each["process_instance_key"]: each for each in cases.items}


def _file(engine: Engine, connection: Connection, who: Actor, key: int) -> File:
    found = search.find(engine, connection, who, INCIDENTS, key)
    case = search.find(engine, connection, who, CASES, found["process_instance_key"])
    bundle = engine.bundles.get(connection, case["bundle_key"])
    element = bundle.elements.get(found["element_id"])
    asked = within(Query(limit=MOST), process_instance_key=case["process_instance_key"])
    variables = search.search(engine, connection, who, VARIABLES, asked).items
    is_open = found["state"] == "ACTIVE"
    return File(
        incident=found,
        case=case,
        step=(element.node.name if element else None) or found["element_id"],
        data=[_datum(each, case) for each in sorted(variables, key=lambda one: str(one["name"]))],
        may_resolve=is_open and who.may(Permission.RESOLVE, bundle.bidang),
        may_mend=is_open and who.may(Permission.CHANGE_VARIABLES, bundle.bidang),
    )


def _datum(row: Item, case: Item) -> Datum:
    value = load_json(row["value"])
    kind, typed = _typed(value)
    inner = row["scope_key"] != case["process_instance_key"]
    return Datum(row["variable_key"], row["scope_key"], row["name"], kind, typed, inner)


def _typed(value: object) -> tuple[str, str]:
    """The kind of field for a value, and what it holds."""
    if isinstance(value, bool):
        return "ya", "ya" if value else "tidak"
    if isinstance(value, str):
        return "teks", value
    if isinstance(value, int | Decimal):
        return "angka", dump_json(value)
    return "json", dump_json(value)


def _changed(file: File) -> Mapping[int, dict[str, Any]]:
    """By scope, what was typed over; a field that still holds what the page was made with says nothing. Raises Invalid."""
    changed: dict[int, dict[str, Any]] = {}
    for datum in file.data:
        typed, shown = request.form.get(f"isi-{datum.key}"), request.form.get(f"semula-{datum.key}")
        if typed is not None and _plain(typed) != _plain(shown or ""):
            kind = request.form.get(f"jenis-{datum.key}", datum.kind)
            changed.setdefault(datum.scope, {})[datum.name] = _read(kind, _plain(typed), datum.name)
    return changed


def _plain(text: str) -> str:
    """Browsers send the ends of lines in their own way."""
    return text.replace("\r\n", "\n")


def _read(kind: str, typed: str, name: str) -> object:
    """What was typed, as a value of its kind. Raises Invalid."""
    if kind == "teks":
        return typed
    if kind == "ya" and typed.strip().lower() in BOOLEANS:
        return BOOLEANS[typed.strip().lower()]
    if kind == "angka" and THOUSANDS.fullmatch(typed.strip()):
        raise errors.Invalid(f"Tulis angka “{name[:60]}” tanpa titik ribuan.")
    if kind in ("angka", "json"):
        try:
            value = load_json(typed.strip().replace(",", ".") if kind == "angka" else typed)
        except (ValueError, RecursionError):
            value = errors
        if value is not errors and (kind == "json" or _typed(value)[0] == "angka"):
            return value
    raise errors.Invalid(
        f"Isi “{name[:60]}” tidak terbaca sebagai {KINDS.get(kind, 'teks').lower()}. Perbaiki dahulu."
    )
