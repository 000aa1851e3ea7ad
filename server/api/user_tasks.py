"""User tasks: what people have to do."""

from typing import Any, Final

from flask import Response
from marshmallow import EXCLUDE, fields, validate

from server import engine
from server.api import queries
from server.api.blueprint import Blueprint, done
from server.api.forms import Form
from server.api.office import ask, do
from server.api.schemas import (
    Fixed,
    Flag,
    Instant,
    Key,
    Listed,
    Object_,
    Schema,
    Text,
    Whole,
    Within,
    Word,
    nothing,
    tenant,
)
from server.api.variables import FoundVariable, Truncation, shown
from server.engine import search
from server.engine.search import USER_TASKS, Found, Item, Query, ShownForm
from server.engine.tables import TaskState

MOST_CANDIDATES: Final = 100

user_tasks = Blueprint("user tasks", __name__, url_prefix="/v2/user-tasks", description="Tasks of people.")


# --- schema


class UserTask(Schema):
    user_task_key = Key(required=True)
    element_instance_key = Key(required=True)
    element_id = Text(required=True)
    name = Text(required=True, allow_none=True)
    state = Word(TaskState, required=True)
    assignee = Text(required=True, allow_none=True)
    candidate_groups = fields.Function(
        lambda task: [task["candidate_group"]] if task["candidate_group"] else [],
        required=True,
        metadata={"type": "array", "items": {"type": "string"}},
    )
    candidate_users = Listed(Text(), required=True, attribute="candidate_user")
    process_instance_key = Key(required=True)
    root_process_instance_key = Key(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    process_definition_version = Whole(required=True)
    process_name = Text(required=True, allow_none=True)
    creation_date = Instant(required=True)
    completion_date = Instant(required=True, allow_none=True)
    follow_up_date = Instant(required=True, allow_none=True)
    due_date = Instant(required=True, allow_none=True)
    priority = Whole(required=True, least=0, most=100)
    form_key = Key(required=True, allow_none=True)
    external_form_reference: Fixed = nothing()
    custom_headers = Object_(required=True)
    business_id = Text(required=True, allow_none=True)
    tags = Fixed((), type="array", items={"type": "string"})
    tenant_id = tenant()


class UserTaskFields(queries.Filter):
    user_task_key = queries.key()
    element_instance_key = queries.key()
    element_id = queries.text()
    name = queries.text()
    state = queries.word(*TaskState, "CREATING", "ASSIGNING", "UPDATING", "COMPLETING", "CANCELING", "FAILED")
    assignee = queries.text()
    candidate_group = queries.text()
    candidate_user = queries.text()
    process_instance_key = queries.key()
    process_definition_key = queries.key()
    process_definition_id = queries.text()
    creation_date = queries.instant()
    completion_date = queries.instant()
    follow_up_date = queries.instant()
    due_date = queries.instant()
    priority = queries.number()
    business_id = queries.text()
    process_instance_variables = queries.ByVariables()
    local_variables = queries.ByVariables()


class UserTaskFilter(UserTaskFields):
    any_of = queries.any_of(UserTaskFields)


UserTaskSearch = queries.search_of(
    "UserTask",
    UserTaskFilter,
    "creation_date completion_date follow_up_date due_date priority name business_id",
)


class TaskVariableFilter(queries.Filter):
    name = queries.text()


TaskVariableSearch = queries.search_of(
    "TaskVariable", TaskVariableFilter, "name value variable_key scope_key process_instance_key tenant_id"
)


class Completion(Schema):
    """`variables`: exactly the fields of the task's form that can be filled in."""

    variables = Object_(load_default=None, allow_none=True)
    action = Text(allow_none=True)


class Assignment(Schema):
    """`allowOverride` false: refused where somebody else holds the task."""

    assignee = Text(required=True)
    allow_override = Flag(load_default=True, allow_none=True)
    action = Text(allow_none=True)


class InstantOrNone(Instant):
    """A point in time; an empty text takes it away."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return "" if value == "" else super()._deserialize(value, attr, data, **kwargs)


class Changeset(Schema):
    """What is left out or null stays. A task is offered to one group at most, and to any number of people."""

    class Meta:
        unknown = EXCLUDE

    due_date = InstantOrNone(allow_none=True)
    follow_up_date = InstantOrNone(allow_none=True)
    priority = Whole(least=0, most=100, allow_none=True)
    candidate_groups = Listed(
        Text(), allow_none=True, validate=validate.Length(max=1, error="paling banyak satu kelompok")
    )
    candidate_users = Listed(
        Text(),
        allow_none=True,
        validate=validate.Length(max=MOST_CANDIDATES, error=f"paling banyak {MOST_CANDIDATES} orang"),
    )


class Update(Schema):
    changeset = Within(Changeset, allow_none=True, load_default=None)
    action = Text(allow_none=True)


# --- list


@user_tasks.post("/search")
@user_tasks.arguments(UserTaskSearch, required=False)
@user_tasks.response(200, queries.found(UserTask))
def search_user_tasks(query: Query) -> Found:
    """Search tasks."""
    return ask(search.search, USER_TASKS, query)


@user_tasks.post("/<user_task_key>/variables/search")
@user_tasks.arguments(TaskVariableSearch, required=False)
@user_tasks.arguments(Truncation, location="query")
@user_tasks.response(200, queries.found(FoundVariable))
def search_user_task_variables(query: Query, truncation: dict[str, bool], user_task_key: int) -> Found:
    """The variables that a task sees, of all its scopes."""
    return shown(ask(search.task_variables, user_task_key, query), truncation)


@user_tasks.post("/<user_task_key>/effective-variables/search")
@user_tasks.arguments(TaskVariableSearch, required=False)
@user_tasks.arguments(Truncation, location="query")
@user_tasks.response(200, queries.found(FoundVariable))
def search_effective_variables(query: Query, truncation: dict[str, bool], user_task_key: int) -> Found:
    """The variables that a task sees, of each name the innermost."""
    return shown(ask(search.task_variables, user_task_key, query, innermost=True), truncation)


# --- one


@user_tasks.get("/<user_task_key>")
@user_tasks.response(200, UserTask)
def get_user_task(user_task_key: int) -> Item:
    """One task."""
    return ask(search.find, USER_TASKS, user_task_key)


@user_tasks.get("/<user_task_key>/form")
@user_tasks.response(200, Form)
@user_tasks.alt_response(204, description="The task has no form.", success=True)
def get_user_task_form(user_task_key: int) -> ShownForm | Response:
    """The form of a task: published, or generated from its row in the SOP."""
    return ask(search.task_form, user_task_key) or done()


# --- act


@user_tasks.post("/<user_task_key>/completion")
@user_tasks.arguments(Completion, required=False)
@user_tasks.response(204)
def complete_user_task(body: dict[str, Any], user_task_key: int) -> Response:
    """Complete a task. The same completion sent again gets the same answer."""
    do(engine.complete, user_task_key, body["variables"] or {})
    return done()


@user_tasks.post("/<user_task_key>/assignment")
@user_tasks.arguments(Assignment)
@user_tasks.response(204)
def assign_user_task(body: dict[str, Any], user_task_key: int) -> Response:
    """Take a task, or give it to somebody."""
    do(engine.assign, user_task_key, body["assignee"], body["allow_override"] is not False)
    return done()


@user_tasks.delete("/<user_task_key>/assignee")
@user_tasks.response(204)
def unassign_user_task(user_task_key: int) -> Response:
    """Give a task back to its group."""
    do(engine.unassign, user_task_key)
    return done()


@user_tasks.patch("/<user_task_key>")
@user_tasks.arguments(Update, required=False)
@user_tasks.response(204)
def update_user_task(body: dict[str, Any], user_task_key: int) -> Response:
    """Change the dates or the priority of a task, or to whom it is offered."""
    changes = {name: value for name, value in (body["changeset"] or {}).items() if value is not None}
    if "candidate_groups" in changes:
        groups = changes.pop("candidate_groups")
        changes["candidate_group"] = groups[0] if groups else None
    named = {_COLUMNS.get(name, name): value if value != "" else None for name, value in changes.items()}
    do(engine.change, user_task_key, named)
    return done()


_COLUMNS: Final = {"due_date": "due_at", "follow_up_date": "follow_up_at"}
