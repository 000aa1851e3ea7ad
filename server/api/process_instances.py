"""Process instances: cases."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from marshmallow import ValidationError, validates_schema

from server import engine
from server.api import queries
from server.api.blueprint import Blueprint, done
from server.api.element_instances import PASSAGE_STATES, ElementStatistics
from server.api.incidents import Incident, IncidentSearch
from server.api.office import ask, do
from server.api.problems import NotThere
from server.api.schemas import (
    Fixed,
    Flag,
    Instant,
    Key,
    Listed,
    Object_,
    Referenced,
    Schema,
    Tenanted,
    Text,
    Whole,
    Within,
    Word,
    tenant,
)
from server.engine import search
from server.engine.search import PROCESS_INSTANCES, Found, Item, Query
from server.engine.tables import InstanceState

NEWEST: Final = -1

process_instances = Blueprint(
    "process instances", __name__, url_prefix="/v2/process-instances", description="Cases."
)


# --- schema


class ProcessInstance(Schema):
    process_instance_key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    process_definition_name = Text(required=True, allow_none=True)
    process_definition_version = Whole(required=True)
    process_definition_version_tag = Text(required=True, allow_none=True)
    root_process_instance_key = Key(required=True)
    parent_process_instance_key = Key(required=True, allow_none=True)
    parent_element_instance_key = Key(required=True, allow_none=True)
    start_date = Instant(required=True)
    end_date = Instant(required=True, allow_none=True)
    suspended_date = Instant(required=True, allow_none=True)
    state = Word(InstanceState, required=True)
    has_incident = Flag(required=True)
    business_id = Text(required=True, allow_none=True)
    tags = Fixed((), type="array", items={"type": "string"})
    tenant_id = tenant()


class ProcessInstanceFields(queries.Filter):
    process_instance_key = queries.key()
    parent_process_instance_key = queries.key()
    parent_element_instance_key = queries.key()
    process_definition_key = queries.key()
    process_definition_id = queries.text()
    process_definition_name = queries.text()
    process_definition_version = queries.number()
    process_definition_version_tag = queries.text()
    start_date = queries.instant()
    end_date = queries.instant()
    suspended_date = queries.instant()
    state = queries.word(*InstanceState)
    has_incident = queries.flag()
    business_id = queries.text()
    variables = queries.ByVariables()
    element_id = queries.text()
    element_instance_state = queries.word(*PASSAGE_STATES)
    has_element_instance_incident = queries.flag()
    error_message = queries.text()
    has_retries_left = queries.flag()
    batch_operation_id = queries.text()
    batch_operation_key = queries.text()


class ProcessInstanceFilter(ProcessInstanceFields):
    any_of = queries.any_of(ProcessInstanceFields)


ProcessInstanceSearch = queries.search_of(
    "ProcessInstance",
    ProcessInstanceFilter,
    "process_instance_key parent_process_instance_key parent_element_instance_key process_definition_key "
    "process_definition_id process_definition_name "
    "process_definition_version process_definition_version_tag start_date end_date suspended_date state has_incident "
    "business_id tenant_id",
)


class StartInstruction(Schema):
    """The case begins before this element."""

    element_id = Text(required=True)


class Start(Tenanted, Referenced):
    """A start, by the key of a version or by the process's id and version (-1: the newest).

    `variables` are those of the start form, no others. `subject` is this server's own: the username of the person whom the
    case is about, where that is not the caller. So is `originProcessInstanceKey`: the case from whose step (`lihat`) this one is started. A case's businessId is given by the server.

    With `startInstructions` the case begins in the midst of its diagram, as of one that is under way on paper: `variables` are
    then the case's, and `reason` (this server's own too) is kept in its history.
    """

    process_definition_key = Key()
    process_definition_id = Text()
    process_definition_version = Whole(least=NEWEST, load_default=NEWEST)
    variables = Object_(load_default=dict, allow_none=True)
    subject = Text(allow_none=True, load_default=None)
    origin_process_instance_key = Key(allow_none=True, load_default=None)
    await_completion = Flag(load_default=False)
    fetch_variables = Listed(Text(), allow_none=True)
    request_timeout = Whole(least=0)
    start_instructions = Listed(Within(StartInstruction))
    reason = Text(allow_none=True, load_default=None)
    runtime_instructions = Listed(Object_())
    tags = Listed(Text())
    business_id = Text(allow_none=True)

    @validates_schema
    def check_named_once(self, values: Mapping[str, object], **kwargs: Any) -> None:
        if len(values.keys() & {"process_definition_key", "process_definition_id"}) != 1:
            raise ValidationError("sebutkan processDefinitionId atau processDefinitionKey, salah satu")

    @validates_schema
    def check_number_is_ours(self, values: Mapping[str, object], **kwargs: Any) -> None:
        if values.get("business_id") is not None:
            raise ValidationError("nomor kasus diberikan oleh server; kosongkan", "businessId")


class Started(Schema):
    process_instance_key = Key(required=True, attribute="key")
    process_definition_key = Key(required=True, attribute="definition_key")
    process_definition_id = Text(required=True, attribute="process_id")
    process_definition_version = Whole(required=True, attribute="version")
    business_id = Text(required=True, allow_none=True)
    variables = Fixed({}, type="object")
    tags = Fixed((), type="array", items={"type": "string"})
    tenant_id = tenant()


class SequenceFlow(Schema):
    sequence_flow_id = Text(required=True)
    element_id = Text(required=True)
    process_instance_key = Key(required=True)
    root_process_instance_key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    tenant_id = tenant()


class SequenceFlows(Schema):
    items = Listed(Within(SequenceFlow), required=True)


class Ancestor(Schema):
    process_instance_key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_name = Text(required=True)


# --- list


@process_instances.post("/search")
@process_instances.arguments(ProcessInstanceSearch, required=False)
@process_instances.response(200, queries.found(ProcessInstance))
def search_process_instances(query: Query) -> Found:
    """Search cases."""
    return ask(search.search, PROCESS_INSTANCES, query)


@process_instances.post("/<process_instance_key>/incidents/search")
@process_instances.arguments(IncidentSearch, required=False)
@process_instances.response(200, queries.found(Incident))
def search_process_instance_incidents(query: Query, process_instance_key: int) -> Found:
    """Search the incidents of a case and of those that it called."""
    return ask(search.search_incidents_of_case, process_instance_key, query)


@process_instances.get("/<process_instance_key>/sequence-flows")
@process_instances.response(200, SequenceFlows)
def get_sequence_flows(process_instance_key: int) -> dict[str, Any]:
    """The sequence flows that a case has taken."""
    return {"items": ask(search.sequence_flows, process_instance_key)}


@process_instances.get("/<process_instance_key>/statistics/element-instances")
@process_instances.response(200, ElementStatistics)
def get_process_instance_statistics(process_instance_key: int) -> dict[str, Any]:
    """How often a case has entered each element."""
    return {"items": ask(search.statistics_of_case, process_instance_key)}


@process_instances.get("/<process_instance_key>/call-hierarchy")
@process_instances.response(200, Ancestor(many=True))
def get_call_hierarchy(process_instance_key: int) -> list[Item]:
    """The cases from the one that nobody called down to this one."""
    return ask(search.call_hierarchy, process_instance_key)


# --- one


@process_instances.get("/<process_instance_key>")
@process_instances.response(200, ProcessInstance)
def get_process_instance(process_instance_key: int) -> Item:
    """One case."""
    return ask(search.find, PROCESS_INSTANCES, process_instance_key)


# --- act


@process_instances.post("")
@process_instances.arguments(Start)
@process_instances.response(200, Started)
def create_process_instance(body: dict[str, Any]) -> engine.Started:
    """Start a case."""
    for name in ("runtime_instructions", "tags", "await_completion"):
        if body.get(name):
            raise NotThere(f"{Start().fields[name].data_key} pada POST /v2/process-instances")
    process, values, subject = _process_of(body), body["variables"] or {}, body["subject"]
    at = [instruction["element_id"] for instruction in body.get("start_instructions") or ()]
    if at:
        return do(engine.modification.start_at, process, at, values, subject, body["reason"])
    return do(engine.start, process, values, subject, body["origin_process_instance_key"])


@process_instances.post("/<process_instance_key>/cancellation")
@process_instances.arguments(Referenced, required=False)
@process_instances.response(204)
def cancel_process_instance(body: dict[str, Any], process_instance_key: int) -> Response:
    """Cancel a case; its open tasks are closed."""
    do(engine.cancel, process_instance_key)
    return done()


@process_instances.post("/<process_instance_key>/suspension")
@process_instances.arguments(Referenced, required=False)
@process_instances.response(204)
def suspend_process_instance(body: dict[str, Any], process_instance_key: int) -> Response:
    """Let a case and all that it called wait until it is resumed."""
    do(engine.suspend, process_instance_key)
    return done()


@process_instances.post("/<process_instance_key>/resumption")
@process_instances.arguments(Referenced, required=False)
@process_instances.response(204)
def resume_process_instance(body: dict[str, Any], process_instance_key: int) -> Response:
    """Let a suspended case go on."""
    do(engine.resume, process_instance_key)
    return done()


def _process_of(body: dict[str, Any]) -> str | int:
    """What the engine starts: a process by id, or one version by key."""
    version = body["process_definition_version"]
    if "process_definition_key" in body:
        return int(body["process_definition_key"])
    if version == NEWEST:
        return str(body["process_definition_id"])
    return ask(search.version_key, body["process_definition_id"], version)
