"""Messages: what reaches cases from outside, by a name and the key that says for which case it is."""

from datetime import timedelta
from typing import Any, Final

from marshmallow import validate

from server.api.blueprint import Blueprint
from server.api.office import do
from server.api.problems import NotThere
from server.api.schemas import Key, Object_, Schema, Tenanted, Text, Whole, tenant
from server.engine import messages as told

LONGEST_NAME: Final = 255
LONGEST_LIFE: Final = 10 * 365 * 24 * 3600 * 1000
"""Milliseconds: ten years."""

messages = Blueprint("messages", __name__, url_prefix="/v2/messages", description="Messages to cases.")


# --- schema


def _name(**kwargs: Any) -> Text:
    long = f"paling panjang {LONGEST_NAME} huruf"
    return Text(validate=validate.Length(max=LONGEST_NAME, error=long), **kwargs)


class Message(Tenanted):
    """`businessId` is not there: a message finds its case by the correlation key alone."""

    name = Text(
        required=True,
        validate=validate.Length(1, LONGEST_NAME, error="harus diisi, paling panjang 255 huruf"),
    )
    correlation_key = _name(load_default="")
    variables = Object_(load_default=dict, allow_none=True)
    business_id = Text(allow_none=True, load_default=None)


class Publication(Message):
    """`timeToLive`: for how many milliseconds the message is kept for who begins to wait for it later."""

    time_to_live = Whole(least=0, most=LONGEST_LIFE, load_default=0)
    message_id = _name(allow_none=True, load_default=None)


class Published(Schema):
    message_key = Key(required=True)
    tenant_id = tenant()


class Correlated(Published):
    process_instance_key = Key(required=True)


# --- act


@messages.post("/publication")
@messages.arguments(Publication)
@messages.response(200, Published)
def publish_message(body: dict[str, Any]) -> told.Correlated:
    """Publish a message; the cases that wait for it go on."""
    return do(
        told.publish,
        *_of(body),
        timedelta(milliseconds=body["time_to_live"]),
        body["message_id"] or None,
    )


@messages.post("/correlation")
@messages.arguments(Message)
@messages.response(200, Correlated)
def correlate_message(body: dict[str, Any]) -> dict[str, int]:
    """Bring a message to who waits for it now; 404 where nobody does."""
    found = do(told.correlate, *_of(body))
    return {"message_key": found.message_key, "process_instance_key": found.cases[0]}


def _of(body: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """What both say of a message."""
    if body["business_id"] is not None:
        raise NotThere("businessId pada pesan")
    return body["name"], body["correlation_key"], body["variables"] or {}
