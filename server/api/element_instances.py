"""Element instances: passages of a case through its diagram."""

from typing import Final

from server.api import queries
from server.api.blueprint import Blueprint
from server.api.incidents import Incident, IncidentSearch
from server.api.office import ask
from server.api.schemas import Flag, Instant, Key, Schema, Text, Word, tenant
from server.engine import search
from server.engine.search import ELEMENT_INSTANCES, INCIDENTS, Found, Item, Query
from server.engine.tables import InstanceState

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
    state = Word(InstanceState, required=True)
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
    state = queries.word(*InstanceState)
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
