"""Applications: whose case it is, where the applicant has no account, by the code on the receipt."""

from typing import Any

from server import population
from server.api.blueprint import Blueprint
from server.api.office import ask, office
from server.api.requirements import Day
from server.api.schemas import Flag, Instant, Key, Schema, Text, Word
from server.engine import search
from server.engine.search import PROCESS_INSTANCES
from server.engine.tables import InstanceState

applications = Blueprint(
    "applications",
    __name__,
    url_prefix="/api/applications",
    description="Applications of people without an account.",
)


# --- schema


class Application(Schema):
    """An application, and how far its case is."""

    kode = Text(required=True)
    process_instance_key = Key(required=True, attribute="case_key")
    process_definition_id = Text(required=True, attribute="process_id")
    business_id = Text(required=True, allow_none=True)
    state = Word(InstanceState, required=True)
    nama = Text(required=True)
    nik = Text(required=True, allow_none=True)
    telepon = Text(required=True, allow_none=True)
    tanggal = Day(required=True)
    dicatat_oleh = Text(required=True)
    dicatat_pada = Instant(required=True)
    dibatalkan = Flag(required=True)


# --- one


@applications.get("/<kode>")
@applications.response(200, Application)
def get_application(kode: str) -> dict[str, Any]:
    """The application of a receipt, for those who may see its case."""
    found = office().gate.ask(lambda c: population.application_by_code(c, kode))
    case = ask(search.find, PROCESS_INSTANCES, found.case_key)
    return {**vars(found), "business_id": case["business_id"], "state": case["state"]}
