"""Comments: what people say to one another about a case. Read and added as on the pages; never changed."""

from typing import Any

from server import notify
from server.api import queries
from server.api.blueprint import Blueprint
from server.api.cases import HistoryPage
from server.api.office import ask, do
from server.api.schemas import Instant, Key, Schema, Text
from server.engine.search import Found, Query

comments = Blueprint(
    "comments", __name__, url_prefix="/api", description="What people say to one another about a case."
)


# --- schema


class Comment(Schema):
    """`words`: null where retention has blanked them. `userTaskKey`: the task at which it was said, where it was at one."""

    comment_key = Key(required=True)
    process_instance_key = Key(required=True)
    user_task_key = Key(required=True, allow_none=True)
    task_name = Text(required=True, allow_none=True)
    at = Instant(required=True)
    by = Text(required=True)
    words = Text(required=True, allow_none=True)


class NewComment(Schema):
    """`words`: plain text, as it was typed."""

    words = Text(required=True)


class CommentMade(Schema):
    comment_key = Key(required=True)


# --- list


@comments.get("/process-instances/<process_instance_key>/comments")
@comments.arguments(HistoryPage, location="query")
@comments.response(200, queries.found(Comment))
def search_comments(query: Query, process_instance_key: int) -> Found:
    """What was said about a case, from the first on."""
    return ask(notify.search_comments, process_instance_key, query)


# --- act


@comments.post("/process-instances/<process_instance_key>/comments")
@comments.arguments(NewComment)
@comments.response(201, CommentMade)
def comment_on_case(body: dict[str, Any], process_instance_key: int) -> dict[str, int]:
    """Say something about a case under way."""
    return {"comment_key": do(notify.comment_on_case, process_instance_key, body["words"])}


@comments.post("/user-tasks/<user_task_key>/comments")
@comments.arguments(NewComment)
@comments.response(201, CommentMade)
def comment_on_task(body: dict[str, Any], user_task_key: int) -> dict[str, int]:
    """Say something at a task of a case under way."""
    return {"comment_key": do(notify.comment_on_task, user_task_key, body["words"])}
