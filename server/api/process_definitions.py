"""Process definitions: versions of procedures."""

from typing import Any

from flask import Response

from server.api import queries
from server.api.blueprint import Blueprint, done
from server.api.element_instances import ElementStatistics
from server.api.forms import Form
from server.api.office import ask
from server.api.process_instances import ProcessInstanceFilter
from server.api.schemas import Flag, Key, Schema, Text, Whole, Within, Word, tenant
from server.engine import search
from server.engine.search import PROCESS_DEFINITIONS, Found, Item, Query, ShownForm

process_definitions = Blueprint(
    "process definitions",
    __name__,
    url_prefix="/v2/process-definitions",
    description="Versions of procedures.",
)


# --- schema


class ProcessDefinition(Schema):
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    name = Text(required=True, allow_none=True)
    version = Whole(required=True)
    version_tag = Text(required=True, allow_none=True)
    resource_name = Text(required=True)
    has_start_form = Flag(required=True)
    state = Word(("ACTIVE",), required=True)
    tenant_id = tenant()


class ProcessDefinitionFilter(queries.Filter):
    process_definition_key = queries.key()
    process_definition_id = queries.text()
    name = queries.text()
    version = queries.number()
    version_tag = queries.text()
    resource_name = queries.text()
    state = queries.word("ACTIVE", "DRAINING", "DELETED")
    has_start_form = queries.flag()
    is_latest_version = queries.flag()


ProcessDefinitionSearch = queries.search_of(
    "ProcessDefinition",
    ProcessDefinitionFilter,
    "process_definition_key process_definition_id name version version_tag resource_name tenant_id",
)


class Statistics(Schema):
    """Of which cases, as in their search."""

    filter = Within(ProcessInstanceFilter, load_default=())


# --- list


@process_definitions.post("/search")
@process_definitions.arguments(ProcessDefinitionSearch, required=False)
@process_definitions.response(200, queries.found(ProcessDefinition))
def search_process_definitions(query: Query) -> Found:
    """Search procedures and their versions."""
    return ask(search.search, PROCESS_DEFINITIONS, query)


@process_definitions.post("/<process_definition_key>/statistics/element-instances")
@process_definitions.arguments(Statistics, required=False)
@process_definitions.response(200, ElementStatistics)
def get_process_definition_statistics(body: dict[str, Any], process_definition_key: int) -> dict[str, Any]:
    """How often the cases of a version have entered each element."""
    ask(search.find, PROCESS_DEFINITIONS, process_definition_key)
    of_version = search.Where("process_definition_key", "eq", process_definition_key)
    return {"items": ask(search.element_statistics, [of_version, *body["filter"]])}


# --- one


@process_definitions.get("/<process_definition_key>")
@process_definitions.response(200, ProcessDefinition)
def get_process_definition(process_definition_key: int) -> Item:
    """One version of a procedure."""
    return ask(search.find, PROCESS_DEFINITIONS, process_definition_key)


@process_definitions.get("/<process_definition_key>/xml")
@process_definitions.response(200, {"type": "string"}, content_type="text/xml")
def get_process_definition_xml(process_definition_key: int) -> Response:
    """The diagram, byte for byte as it was published."""
    ask(search.find, PROCESS_DEFINITIONS, process_definition_key)
    return Response(ask(search.find_file, process_definition_key).body, content_type="text/xml")


@process_definitions.get("/<process_definition_key>/form")
@process_definitions.response(200, Form)
@process_definitions.alt_response(204, description="It starts without a form.", success=True)
def get_start_form(process_definition_key: int) -> ShownForm | Response:
    """The form with which a case is started."""
    return ask(search.start_form, process_definition_key) or done()
