"""Variables of cases, as JSON text."""

from dataclasses import replace
from typing import Any

from server.api import queries
from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import Flag, Key, Schema, Text, Word, tenant
from server.engine import search
from server.engine.search import SHOWN_OF_VALUE, VARIABLES, Found, Item, Query

variables = Blueprint("variables", __name__, url_prefix="/v2/variables", description="Variables of cases.")


# --- schema


class Variable(Schema):
    """`value` is JSON text."""

    variable_key = Key(required=True)
    scope_key = Key(required=True)
    process_instance_key = Key(required=True)
    root_process_instance_key = Key(required=True)
    name = Text(required=True)
    value = Text(required=True)
    tenant_id = tenant()


class FoundVariable(Variable):
    is_truncated = Flag(required=True)


class Truncation(Schema):
    """Whether long values are cut in the answer."""

    truncate_values = Word(("true", "false"), load_default="true")


class VariableFilter(queries.Filter):
    variable_key = queries.key()
    scope_key = queries.key()
    process_instance_key = queries.key()
    name = queries.text()
    value = queries.text()
    is_truncated = queries.flag()


VariableSearch = queries.search_of(
    "Variable", VariableFilter, "name value variable_key scope_key process_instance_key tenant_id"
)


# --- list


@variables.post("/search")
@variables.arguments(VariableSearch, required=False)
@variables.arguments(Truncation, location="query")
@variables.response(200, queries.found(FoundVariable))
def search_variables(query: Query, truncation: dict[str, Any]) -> Found:
    """Search variables of cases."""
    return shown(ask(search.search, VARIABLES, query), truncation)


def shown(found: Found, truncation: dict[str, Any]) -> Found:
    """The found variables, long values cut unless the caller wants them whole."""
    if truncation["truncate_values"] == "false":
        return replace(found, items=[{**item, "is_truncated": False} for item in found.items])
    return replace(found, items=[{**item, "value": item["value"][:SHOWN_OF_VALUE]} for item in found.items])


# --- one


@variables.get("/<variable_key>")
@variables.response(200, Variable)
def get_variable(variable_key: int) -> Item:
    """One variable, whole."""
    return ask(search.find, VARIABLES, variable_key)
