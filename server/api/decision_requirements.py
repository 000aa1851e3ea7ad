"""Decision requirements: DMN files, as versions."""

from flask import Response

from server.api import queries
from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import Key, Schema, Text, Whole, tenant
from server.engine import search
from server.engine.search import DECISION_REQUIREMENTS, Found, Item, Query

decision_requirements = Blueprint(
    "decision requirements",
    __name__,
    url_prefix="/v2/decision-requirements",
    description="Files of decisions, as versions.",
)


# --- schema


class DecisionRequirements(Schema):
    decision_requirements_key = Key(required=True)
    decision_requirements_id = Text(required=True)
    decision_requirements_name = Text(required=True)
    version = Whole(required=True)
    resource_name = Text(required=True)
    tenant_id = tenant()


class DecisionRequirementsFilter(queries.Filter):
    decision_requirements_key = queries.key()
    decision_requirements_id = queries.text()
    decision_requirements_name = queries.text()
    version = queries.number()
    resource_name = queries.text()


DecisionRequirementsSearch = queries.search_of(
    "DecisionRequirements",
    DecisionRequirementsFilter,
    "decision_requirements_key decision_requirements_id decision_requirements_name version tenant_id",
)


# --- list


@decision_requirements.post("/search")
@decision_requirements.arguments(DecisionRequirementsSearch, required=False)
@decision_requirements.response(200, queries.found(DecisionRequirements))
def search_decision_requirements(query: Query) -> Found:
    """Search files of decisions."""
    return ask(search.search, DECISION_REQUIREMENTS, query)


# --- one


@decision_requirements.get("/<decision_requirements_key>")
@decision_requirements.response(200, DecisionRequirements)
def get_decision_requirements(decision_requirements_key: int) -> Item:
    """One version of a file of decisions."""
    return ask(search.find, DECISION_REQUIREMENTS, decision_requirements_key)


@decision_requirements.get("/<decision_requirements_key>/xml")
@decision_requirements.response(200, {"type": "string"}, content_type="text/xml")
def get_decision_requirements_xml(decision_requirements_key: int) -> Response:
    """The file, byte for byte as it was published."""
    ask(search.find, DECISION_REQUIREMENTS, decision_requirements_key)
    return Response(ask(search.find_file, decision_requirements_key).body, content_type="text/xml")
