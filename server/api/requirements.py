"""What an applicant must bring: the facts that decide, and the list that follows from them."""

from datetime import date
from typing import Any

from marshmallow import fields

from server import population
from server.api.blueprint import Blueprint
from server.api.office import office
from server.api.schemas import Listed, Object_, Own, Schema, Text, Within, Word
from server.population.requirements import KINDS

requirements = Blueprint(
    "requirements",
    __name__,
    url_prefix="/api/requirements",
    description="Requirement lists of population services.",
)


# --- schema


class Day(Own, fields.Date):
    default_error_messages = {"invalid": "harus berupa tanggal, misalnya 2026-03-16"}


class Question(Schema):
    """A fact of the applicant that decides; `kind` string has its possible answers."""

    name = Text(required=True)
    question = Text(required=True)
    kind = Word(tuple(KINDS), required=True)
    answers = Listed(Text(), required=True)


class Questions(Schema):
    process_definition_id = Text(required=True)
    facts = Listed(Within(Question), required=True)


class Requirement(Schema):
    """A document, how it is handed in, and where it is asked for."""

    kode = Text(required=True)
    dokumen = Text(required=True)
    bentuk = Text(required=True)
    jumlah = Text(required=True, allow_none=True)
    alternatif = Listed(Text(), required=True)
    sumber = Text(required=True)


class Facts(Schema):
    """The answers, the day of the application (today, where none is given), and the codes of what was brought, if known."""

    facts = Object_(load_default=dict)
    tanggal = Day(load_default=None, allow_none=True)
    brought = Listed(Text(), load_default=None, allow_none=True)


class RequirementList(Schema):
    """`lacking`: what was not brought; null where that was not asked."""

    process_definition_id = Text(required=True, attribute="process_id")
    tanggal = Day(required=True)
    rezim = Text(required=True)
    dasar = Text(required=True)
    requirements = Listed(Within(Requirement), required=True)
    lacking = Listed(Within(Requirement), required=True, allow_none=True)


# --- one


@requirements.get("/<process_definition_id>")
@requirements.response(200, Questions)
def get_questions(process_definition_id: str) -> dict[str, Any]:
    """The facts that decide what is to be brought."""
    at = office()
    facts = at.gate.ask(lambda c: population.questions(at.engine, c, process_definition_id))
    return {"process_definition_id": process_definition_id, "facts": facts}


# --- act


@requirements.post("/<process_definition_id>")
@requirements.arguments(Facts, required=False)
@requirements.response(200, RequirementList)
def list_requirements(body: dict[str, Any], process_definition_id: str) -> dict[str, Any]:
    """What an applicant of whom these facts hold must bring."""
    at = office()
    day: date = body["tanggal"] or at.engine.clock.today()
    found = at.gate.ask(
        lambda c: population.requirements(at.engine, c, process_definition_id, body["facts"], day)
    )
    brought = body["brought"]
    return {**vars(found), "lacking": None if brought is None else found.lacking(brought)}
