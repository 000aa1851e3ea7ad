"""The register of discipline cases. Confidential: who may not see a case is told that there is none, and each read is noted."""

from typing import Any

from marshmallow import fields

from server.api.blueprint import Blueprint
from server.api.office import actor, office
from server.api.schemas import Flag, Instant, Key, Listed, Own, Schema, Text, Within, Word
from server.personnel import discipline as register

discipline = Blueprint(
    "discipline", __name__, url_prefix="/api/discipline", description="Discipline cases; confidential."
)


# --- schema


class Day(Own, fields.Date):
    pass


class Waiting(Schema):
    """An open task. `terlambat`: its due date, which the law or the watch sets, has passed."""

    nama = Text(required=True)
    sejak = Instant(required=True)
    tenggat = Instant(required=True, allow_none=True)
    kelompok = Text(required=True, allow_none=True)
    petugas = Text(required=True, allow_none=True)
    terlambat = Flag(required=True)


class Step(Schema):
    langkah = Text(required=True)
    sejak = Day(required=True)
    sampai = Day(required=True, allow_none=True)
    hasil = Text(required=True, allow_none=True)
    fakta = Text(required=True, allow_none=True)


class DisciplineCase(Schema):
    """`langkah`: the rung reached, `sejak` a day, watched `sampai` a day; `menunggu`: what is due, the most urgent first."""

    case_key = Key(required=True)
    number = Text(required=True, allow_none=True)
    username = Text(required=True)
    nama = Text(required=True)
    nip = Text(required=True, allow_none=True)
    unit = Text(required=True)
    langkah = Text(required=True)
    sejak = Day(required=True)
    sampai = Day(required=True, allow_none=True)
    hasil = Text(required=True, allow_none=True)
    terbuka = Flag(required=True)
    dibuka_pada = Instant(required=True)
    menunggu = Listed(Within(Waiting), required=True)


class DisciplineFile(DisciplineCase):
    riwayat = Listed(Within(Step), required=True)


class DisciplineCases(Schema):
    items = Listed(Within(DisciplineCase), required=True)


class Which(Schema):
    state = Word(("open", "all"), load_default="open")


# --- list


@discipline.get("")
@discipline.arguments(Which, location="query")
@discipline.response(200, DisciplineCases)
def get_discipline_cases(which: dict[str, Any]) -> dict[str, Any]:
    """Discipline cases that you may see, the most urgent first."""
    at, who = office(), actor()
    now = at.engine.clock.now()
    return {"items": at.gate.change(lambda c: register.track(c, who, now, which["state"] == "open"))}


# --- one


@discipline.get("/<case_key>")
@discipline.response(200, DisciplineFile)
def get_discipline_case(case_key: int) -> register.Tracked:
    """One discipline case with all its rungs."""
    at, who = office(), actor()
    now = at.engine.clock.now()
    return at.gate.change(lambda c: register.one(c, who, now, case_key))
