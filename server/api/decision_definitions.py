"""Decision definitions: versions of tables and other decisions."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import ValidationError, validates_schema

from server.api import queries
from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import (
    Key,
    Listed,
    Object_,
    Schema,
    Tenanted,
    Text,
    Whole,
    Within,
    tenant,
)
from server.api.traces import JsonText, MatchedRule, SeenInput
from server.engine import decisions, search
from server.engine.search import DECISION_DEFINITIONS, Found, Item, Query

decision_definitions = Blueprint(
    "decision definitions",
    __name__,
    url_prefix="/v2/decision-definitions",
    description="Versions of decisions.",
)


# --- schema


class DecisionDefinition(Schema):
    decision_definition_key = Key(required=True)
    decision_definition_id = Text(required=True)
    name = Text(required=True)
    version = Whole(required=True)
    decision_requirements_key = Key(required=True)
    decision_requirements_id = Text(required=True)
    decision_requirements_name = Text(required=True)
    decision_requirements_version = Whole(required=True)
    version_tag = Text(required=True, allow_none=True)
    tenant_id = tenant()


class DecisionDefinitionFilter(queries.Filter):
    version_tag = queries.text()
    decision_definition_key = queries.key()
    decision_definition_id = queries.text()
    name = queries.text()
    version = queries.number()
    decision_requirements_key = queries.key()
    decision_requirements_id = queries.text()
    decision_requirements_name = queries.text()
    decision_requirements_version = queries.number()
    is_latest_version = queries.flag()


DecisionDefinitionSearch = queries.search_of(
    "DecisionDefinition",
    DecisionDefinitionFilter,
    "decision_definition_key decision_definition_id name version decision_requirements_key "
    "decision_requirements_id decision_requirements_name decision_requirements_version tenant_id",
)


class EvaluationRequest(Tenanted):
    """A decision by the key of a version, or the newest by id."""

    decision_definition_key = Key()
    decision_definition_id = Text()
    variables = Object_(load_default=dict, allow_none=True)

    @validates_schema
    def check_named_once(self, values: Mapping[str, object], **kwargs: Any) -> None:
        if len(values.keys() & {"decision_definition_key", "decision_definition_id"}) != 1:
            raise ValidationError("sebutkan decisionDefinitionId atau decisionDefinitionKey, salah satu")


class EvaluatedDecision(Schema):
    decision_evaluation_instance_key = Text(required=True)
    decision_definition_key = Key(required=True)
    decision_definition_id = Text(required=True)
    decision_definition_name = Text(required=True)
    decision_definition_version = Whole(required=True)
    decision_definition_type = Text(required=True)
    output = JsonText(required=True)
    evaluated_inputs = Listed(Within(SeenInput), required=True)
    matched_rules = Listed(Within(MatchedRule), required=True)
    tenant_id = tenant()


class Evaluation(Schema):
    decision_evaluation_key = Key(required=True)
    decision_instance_key = Key(required=True, dump_only=True, attribute="decision_evaluation_key")
    decision_definition_key = Key(required=True)
    decision_definition_id = Text(required=True)
    decision_definition_name = Text(required=True)
    decision_definition_version = Whole(required=True)
    decision_requirements_key = Key(required=True)
    decision_requirements_id = Text(required=True)
    output = JsonText(required=True)
    evaluated_decisions = Listed(Within(EvaluatedDecision), required=True)
    failed_decision_definition_id = Text(required=True, allow_none=True)
    failure_message = Text(required=True, allow_none=True)
    tenant_id = tenant()


# --- list


@decision_definitions.post("/search")
@decision_definitions.arguments(DecisionDefinitionSearch, required=False)
@decision_definitions.response(200, queries.found(DecisionDefinition))
def search_decision_definitions(query: Query) -> Found:
    """Search decisions and their versions."""
    return ask(search.search, DECISION_DEFINITIONS, query)


# --- one


@decision_definitions.get("/<decision_definition_key>")
@decision_definitions.response(200, DecisionDefinition)
def get_decision_definition(decision_definition_key: int) -> Item:
    """One version of a decision."""
    return ask(search.find, DECISION_DEFINITIONS, decision_definition_key)


@decision_definitions.get("/<decision_definition_key>/xml")
@decision_definitions.response(200, {"type": "string"}, content_type="text/xml")
def get_decision_definition_xml(decision_definition_key: int) -> Response:
    """The file of a decision, byte for byte as it was published."""
    ask(search.find, DECISION_DEFINITIONS, decision_definition_key)
    return Response(ask(search.find_file, decision_definition_key).body, content_type="text/xml")


# --- act


@decision_definitions.post("/evaluation")
@decision_definitions.arguments(EvaluationRequest)
@decision_definitions.response(200, Evaluation)
def evaluate_decision(body: dict[str, Any]) -> dict[str, Any]:
    """Evaluate a decision outside any case."""
    key = body.get("decision_definition_key")
    named: str | int = body["decision_definition_id"] if key is None else key
    return ask(decisions.evaluate, named, body["variables"] or {})
