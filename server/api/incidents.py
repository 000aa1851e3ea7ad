"""Incidents: what stopped a case until somebody looks at it."""

from typing import Any, Final

from flask import Response

from server.api import queries
from server.api.blueprint import Blueprint, done
from server.api.office import ask, do
from server.api.schemas import Instant, Key, Referenced, Schema, Text, Word, tenant
from server.engine import incidents as stopped
from server.engine import search
from server.engine.search import INCIDENTS, Found, Item, Query
from server.engine.tables import IncidentState

ERROR_TYPES: Final = (
    "AD_HOC_SUB_PROCESS_NO_RETRIES",
    "CALLED_DECISION_ERROR",
    "CALLED_ELEMENT_ERROR",
    "CONDITION_ERROR",
    "DECISION_EVALUATION_ERROR",
    "EXECUTION_LISTENER_NO_RETRIES",
    "EXTRACT_VALUE_ERROR",
    "FORM_NOT_FOUND",
    "IO_MAPPING_ERROR",
    "JOB_NO_RETRIES",
    "MESSAGE_SIZE_EXCEEDED",
    "RESOURCE_NOT_FOUND",
    "SECRET_RESOLUTION_ERROR",
    "TASK_LISTENER_NO_RETRIES",
    "UNHANDLED_ERROR_EVENT",
    "UNKNOWN",
    "UNSPECIFIED",
)

incidents = Blueprint("incidents", __name__, url_prefix="/v2/incidents", description="What stopped a case.")


# --- schema


class Incident(Schema):
    incident_key = Key(required=True)
    process_instance_key = Key(required=True)
    root_process_instance_key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    element_instance_key = Key(required=True)
    element_id = Text(required=True)
    job_key = Key(required=True, allow_none=True)
    error_type = Word(ERROR_TYPES, required=True)
    error_message = Text(required=True)
    state = Word(IncidentState, required=True)
    creation_time = Instant(required=True)
    tenant_id = tenant()


class IncidentFilter(queries.Filter):
    incident_key = queries.key()
    process_instance_key = queries.key()
    process_definition_key = queries.key()
    process_definition_id = queries.text()
    element_instance_key = queries.key()
    element_id = queries.text()
    job_key = queries.key()
    error_type = queries.word(*ERROR_TYPES)
    error_message = queries.text()
    state = queries.word(*IncidentState, "MIGRATED", "PENDING", "UNKNOWN")
    creation_time = queries.instant()


IncidentSearch = queries.search_of(
    "Incident",
    IncidentFilter,
    "incident_key process_instance_key process_definition_key process_definition_id element_instance_key "
    "element_id job_key error_type state creation_time tenant_id",
)


# --- list


@incidents.post("/search")
@incidents.arguments(IncidentSearch, required=False)
@incidents.response(200, queries.found(Incident))
def search_incidents(query: Query) -> Found:
    """Search incidents."""
    return ask(search.search, INCIDENTS, query)


# --- one


@incidents.get("/<incident_key>")
@incidents.response(200, Incident)
def get_incident(incident_key: int) -> Item:
    """One incident."""
    return ask(search.find, INCIDENTS, incident_key)


# --- act


@incidents.post("/<incident_key>/resolution")
@incidents.arguments(Referenced, required=False)
@incidents.response(204)
def resolve_incident(body: dict[str, Any], incident_key: int) -> Response:
    """Try again what the incident stopped."""
    do(stopped.resolve, incident_key)
    return done()
