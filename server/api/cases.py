"""This office's own additions to cases and tasks: drafts and the history."""

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, post_load

from server import engine
from server.api import queries
from server.api.blueprint import Blueprint, done
from server.api.office import ask, do
from server.api.schemas import Instant, Key, Object_, Schema, Text, WholeText
from server.db import load_json
from server.engine import search
from server.engine.search import HISTORY, PROCESS_INSTANCES, Found, Query

cases = Blueprint("cases", __name__, url_prefix="/api", description="Additions to Camunda's API.")


# --- schema


class Draft(Schema):
    """What was typed into a task's form and not yet sent; nothing of it has been checked."""

    variables = Object_(required=True)


class HistoryLine(Schema):
    """`values`: what was sent, null where nothing was or where retention has blanked it; `digest`: its SHA-256.

    `capacity`: as what the actor acted, where not simply as a holder of the task's group; `title` is for people.
    """

    history_key = Key(required=True)
    at = Instant(required=True)
    actor = Text(required=True)
    event = Text(required=True)
    element_id = Text(required=True, allow_none=True)
    subject_key = Key(required=True, allow_none=True)
    digest = Text(required=True, allow_none=True)
    capacity = Object_(required=True, allow_none=True)
    values = fields.Function(
        lambda line: load_json(line["values"]) if line["values"] else None,
        required=True,
        metadata={"type": "object", "nullable": True},
    )


class HistoryPage(Schema):
    """Which page of the history. Loads as a Query."""

    limit = WholeText(least=1, most=queries.LARGEST_PAGE, load_default=queries.DEFAULT_LIMIT)
    after = Text(load_default=None)

    @post_load
    def make_query(self, values: Mapping[str, Any], **kwargs: Any) -> Query:
        return Query(sort=(("at", False),), **values)


# --- list


@cases.get("/process-instances/<process_instance_key>/history")
@cases.arguments(HistoryPage, location="query")
@cases.response(200, queries.found(HistoryLine))
def search_history(query: Query, process_instance_key: int) -> Found:
    """What happened in a case, from its start on."""
    ask(search.find, PROCESS_INSTANCES, process_instance_key)
    return ask(search.search, HISTORY, search.within(query, process_instance_key=process_instance_key))


# --- one


@cases.get("/user-tasks/<user_task_key>/draft")
@cases.response(200, Draft)
def get_draft(user_task_key: int) -> dict[str, Any]:
    """The draft of a task; empty where there is none."""
    return {"variables": ask(search.draft_of, user_task_key)}


# --- act


@cases.put("/user-tasks/<user_task_key>/draft")
@cases.arguments(Draft)
@cases.response(204)
def put_draft(body: dict[str, Any], user_task_key: int) -> Response:
    """Keep what was typed so far."""
    do(engine.save_draft, user_task_key, body["variables"])
    return done()
