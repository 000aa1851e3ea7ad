"""Element instances: passages of a case through its diagram."""

from typing import Any, Final

from flask import Response

from server import engine
from server.api import queries
from server.api.blueprint import Blueprint, done
from server.api.incidents import Incident, IncidentSearch
from server.api.office import ask, do
from server.api.schemas import (
    Flag,
    Instant,
    Key,
    Listed,
    Object_,
    Referenced,
    Schema,
    Text,
    Whole,
    Within,
    Word,
    tenant,
)
from server.engine import search
from server.engine.search import ELEMENT_INSTANCES, INCIDENTS, Found, Item, Query

TYPES: Final = (
    "SUB_PROCESS",
    "EVENT_SUB_PROCESS",
    "START_EVENT",
    "INTERMEDIATE_CATCH_EVENT",
    "INTERMEDIATE_THROW_EVENT",
    "BOUNDARY_EVENT",
    "END_EVENT",
    "SERVICE_TASK",
    "RECEIVE_TASK",
    "USER_TASK",
    "MANUAL_TASK",
    "TASK",
    "EXCLUSIVE_GATEWAY",
    "INCLUSIVE_GATEWAY",
    "PARALLEL_GATEWAY",
    "EVENT_BASED_GATEWAY",
    "MULTI_INSTANCE_BODY",
    "CALL_ACTIVITY",
    "BUSINESS_RULE_TASK",
    "SCRIPT_TASK",
    "SEND_TASK",
    "PROCESS",
    "AD_HOC_SUB_PROCESS",
    "AD_HOC_SUB_PROCESS_INNER_INSTANCE",
    "SEQUENCE_FLOW",
    "UNSPECIFIED",
    "UNKNOWN",
)

PASSAGE_STATES: Final = ("ACTIVE", "COMPLETED", "TERMINATED")

element_instances = Blueprint(
    "element instances",
    __name__,
    url_prefix="/v2/element-instances",
    description="Passages of cases through their diagrams.",
)


# --- schema


class ElementInstance(Schema):
    element_instance_key = Key(required=True)
    process_instance_key = Key(required=True)
    root_process_instance_key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    element_id = Text(required=True)
    element_name = Text(required=True)
    type = Word(TYPES, required=True)
    state = Word(PASSAGE_STATES, required=True)
    start_date = Instant(required=True)
    end_date = Instant(required=True, allow_none=True)
    has_incident = Flag(required=True)
    incident_key = Key(required=True, allow_none=True)
    tenant_id = tenant()


class ElementInstanceFields(queries.Filter):
    element_instance_key = queries.key()
    process_instance_key = queries.key()
    process_definition_key = queries.key()
    process_definition_id = queries.text()
    element_instance_scope_key = queries.key()
    element_id = queries.text()
    element_name = queries.text()
    type = queries.word(*TYPES)
    state = queries.word(*PASSAGE_STATES)
    start_date = queries.instant()
    end_date = queries.instant()
    has_incident = queries.flag()
    incident_key = queries.key()


class ElementInstanceFilter(ElementInstanceFields):
    any_of = queries.any_of(ElementInstanceFields)


ElementInstanceSearch = queries.search_of(
    "ElementInstance",
    ElementInstanceFilter,
    "element_instance_key process_instance_key process_definition_key process_definition_id element_id "
    "element_name type state start_date end_date incident_key tenant_id",
)


class ElementCount(Schema):
    """How many passages through an element are under way, stopped by an incident, over, or were ended."""

    element_id = Text(required=True)
    active = Whole(required=True)
    incidents = Whole(required=True)
    completed = Whole(required=True)
    canceled = Whole(required=True)


class ElementStatistics(Schema):
    items = Listed(Within(ElementCount), required=True)


class NewVariables(Referenced):
    """`local`: written into this very scope; otherwise each goes to the nearest scope that has its name."""

    variables = Object_(required=True)
    local = Flag(load_default=False)


# --- list


@element_instances.post("/search")
@element_instances.arguments(ElementInstanceSearch, required=False)
@element_instances.response(200, queries.found(ElementInstance))
def search_element_instances(query: Query) -> Found:
    """Search passages of cases through their elements."""
    return ask(search.search, ELEMENT_INSTANCES, query)


@element_instances.post("/<element_instance_key>/incidents/search")
@element_instances.arguments(IncidentSearch, required=False)
@element_instances.response(200, queries.found(Incident))
def search_element_instance_incidents(query: Query, element_instance_key: int) -> Found:
    """Search the incidents of an element instance."""
    ask(search.find, ELEMENT_INSTANCES, element_instance_key)
    return ask(search.search, INCIDENTS, search.within(query, element_instance_key=element_instance_key))


# --- one


@element_instances.get("/<element_instance_key>")
@element_instances.response(200, ElementInstance)
def get_element_instance(element_instance_key: int) -> Item:
    """One passage of a case through an element."""
    return ask(search.find, ELEMENT_INSTANCES, element_instance_key)


# --- act


@element_instances.put("/<element_instance_key>/variables")
@element_instances.arguments(NewVariables)
@element_instances.response(204)
def set_variables(body: dict[str, Any], element_instance_key: int) -> Response:
    """Set variables of a case, seen from an element instance or from the case itself."""
    do(engine.set_variables, element_instance_key, body["variables"], body["local"])
    return done()
