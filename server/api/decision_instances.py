"""Decision instances: evaluations of decisions in cases.

A search lists the decisions that cases asked for; those that were evaluated on the way are found by their own number.
"""

from server import errors
from server.api import queries
from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import (
    Instant,
    Key,
    Listed,
    Schema,
    Text,
    Unusable,
    Whole,
    Within,
    Word,
    key_of,
    tenant,
)
from server.api.traces import JsonText, MatchedRule, SeenInput
from server.engine import search
from server.engine.search import DECISION_INSTANCES, Found, Item, Query

decision_instances = Blueprint(
    "decision instances",
    __name__,
    url_prefix="/v2/decision-instances",
    description="Evaluations of decisions in cases.",
)


# --- schema


class DecisionInstance(Schema):
    decision_evaluation_instance_key = Text(required=True)
    decision_evaluation_key = Key(required=True)
    decision_definition_key = Key(required=True)
    decision_definition_id = Text(required=True)
    decision_definition_name = Text(required=True)
    decision_definition_type = Text(required=True)
    decision_definition_version = Whole(required=True)
    root_decision_definition_key = Key(required=True)
    element_instance_key = Key(required=True, allow_none=True)
    process_instance_key = Key(required=True, allow_none=True)
    root_process_instance_key = Key(required=True)
    process_definition_key = Key(required=True, allow_none=True)
    business_id = Text(required=True, allow_none=True)
    evaluation_date = Instant(required=True)
    evaluation_failure = Text(required=True, allow_none=True)
    result = JsonText(required=True)
    state = Word(("EVALUATED",), required=True)
    tenant_id = tenant()


class WholeDecisionInstance(DecisionInstance):
    evaluated_inputs = Listed(Within(SeenInput), required=True)
    matched_rules = Listed(Within(MatchedRule), required=True)


class DecisionInstanceFilter(queries.Filter):
    decision_evaluation_key = queries.key()
    decision_definition_key = queries.key()
    decision_definition_id = queries.text()
    decision_definition_name = queries.text()
    decision_definition_version = queries.number()
    root_decision_definition_key = queries.key()
    decision_requirements_key = queries.key()
    element_instance_key = queries.key()
    process_instance_key = queries.key()
    process_definition_key = queries.key()
    business_id = queries.text()
    evaluation_date = queries.instant()
    evaluation_failure = queries.text()
    state = queries.word("EVALUATED", "FAILED", "UNSPECIFIED", "UNKNOWN")


DecisionInstanceSearch = queries.search_of(
    "DecisionInstance",
    DecisionInstanceFilter,
    "decision_evaluation_key decision_definition_key decision_definition_id decision_definition_name "
    "decision_definition_version root_decision_definition_key element_instance_key process_instance_key "
    "process_definition_key business_id evaluation_date evaluation_failure state tenant_id",
)


# --- list


@decision_instances.post("/search")
@decision_instances.arguments(DecisionInstanceSearch, required=False)
@decision_instances.response(200, queries.found(DecisionInstance))
def search_decision_instances(query: Query) -> Found:
    """Search evaluations of decisions."""
    return ask(search.search, DECISION_INSTANCES, query)


# --- one


@decision_instances.get("/<evaluated>")
@decision_instances.response(200, WholeDecisionInstance)
def get_decision_instance(evaluated: str) -> Item:
    """One evaluated decision, with what it saw and which rules were hit."""
    evaluation, _, index = (key_of(part) if part != "-" else None for part in evaluated.partition("-"))
    if evaluation is None or index is None:
        raise Unusable((errors.Problem("harus berbentuk <kunci>-<nomor>", "decisionEvaluationInstanceKey"),))
    return ask(search.find_evaluated, evaluation, index)
