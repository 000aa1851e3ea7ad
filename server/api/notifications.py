"""What the caller was told, and how they wish to be told. Nobody reads or marks what another was told."""

from typing import Any

from flask import Response
from marshmallow import fields

from server import notify
from server.api import queries
from server.api.blueprint import Blueprint, done
from server.api.office import actor, ask, do, office
from server.api.schemas import Flag, Instant, Key, Listed, Own, Schema, Text, Within, Word
from server.engine import search
from server.engine.search import Found, Item, Query
from server.notify import NOTIFICATIONS, Channels, Occasion, Wishes

notifications = Blueprint(
    "notifications", __name__, url_prefix="/api/notifications", description="What the caller was told."
)
STATES = ("OPEN", "HELD", "DONE", "CANCELED")


# --- schema


class TimeOfDay(Own, fields.Time):
    """As HH:MM, in the office's zone."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value:%H:%M}"


class Notification(Schema):
    """`state`: HELD by somebody else, DONE or CANCELED: it no longer matters. `about`: what it is about in words, where no case is yet. `unread`: neither read nor of no use any more."""

    notification_key = Key(required=True)
    occasion = Text(required=True)
    at = Instant(required=True)
    read_at = Instant(required=True, allow_none=True)
    unread = Flag(required=True)
    state = Text(required=True)
    due_date = Instant(required=True, allow_none=True)
    process_instance_key = Key(required=True, allow_none=True)
    about = Text(required=True, allow_none=True)
    process_definition_id = Text(required=True, allow_none=True)
    process_name = Text(required=True, allow_none=True)
    business_id = Text(required=True, allow_none=True)
    case_state = Text(required=True, allow_none=True)
    user_task_key = Key(required=True, allow_none=True)
    task_name = Text(required=True, allow_none=True)
    assignee = Text(required=True, allow_none=True)
    incident_key = Key(required=True, allow_none=True)
    comment_key = Key(required=True, allow_none=True)


class NotificationFields(queries.Conditions):
    notification_key = queries.key()
    occasion = queries.word(*Occasion)
    at = queries.instant()
    unread = queries.flag()
    state = queries.word(*STATES)
    process_instance_key = queries.key()
    process_definition_id = queries.text()
    user_task_key = queries.key()


class NotificationFilter(NotificationFields):
    any_of = queries.any_of(NotificationFields)


NotificationSearch = queries.search_of(
    "Notification", NotificationFilter, "at unread occasion notification_key"
)


class Until(Schema):
    """`until`: what came later stays unread; left out, all is read."""

    until = Instant(load_default=None)


class Channel(Schema):
    occasion = Word(tuple(Occasion), required=True)
    page = Flag(required=True)
    mail = Flag(required=True)


class Preferences(Schema):
    """`digestAt`: when all mail of a working day comes at once; null: each by itself. Occasions that are left out are as for
    everybody. `email` is null where mail goes nowhere."""

    email = Text(allow_none=True)
    digest_at = TimeOfDay(required=True, allow_none=True)
    channels = Listed(Within(Channel), required=True)


# --- list


@notifications.post("/search")
@notifications.arguments(NotificationSearch, required=False)
@notifications.response(200, queries.found(Notification))
def search_notifications(query: Query) -> Found:
    """Search what you were told."""
    return ask(search.search, NOTIFICATIONS, query)


# --- one


@notifications.get("/<notification_key>")
@notifications.response(200, Notification)
def get_notification(notification_key: int) -> Item:
    """One thing that you were told."""
    return ask(search.find, NOTIFICATIONS, notification_key)


@notifications.get("/preferences")
@notifications.response(200, Preferences)
def get_preferences() -> dict[str, Any]:
    """How you wish to be told."""
    return _shown(ask(_wishes))


# --- act


@notifications.post("/<notification_key>/read")
@notifications.response(204)
def mark_read(notification_key: int) -> Response:
    """Mark one as read."""
    do(notify.mark_read, notification_key)
    return done()


@notifications.post("/read")
@notifications.arguments(Until, required=False)
@notifications.response(204)
def mark_all_read(wanted: dict[str, Any]) -> Response:
    """Mark all as read, up to a moment."""
    do(notify.mark_all_read, wanted["until"])
    return done()


@notifications.put("/preferences")
@notifications.arguments(Preferences)
@notifications.response(200, Preferences)
def put_preferences(wanted: dict[str, Any]) -> dict[str, Any]:
    """Say how you wish to be told, and at which address."""
    at, who = office(), actor()
    if "email" in wanted:
        at.gate.change(lambda c: notify.change_own_email(at.engine, c, who, wanted["email"] or None))
    channels = {
        Occasion(each["occasion"]): Channels(each["page"], each["mail"]) for each in wanted["channels"]
    }
    do(notify.keep_wishes, Wishes(None, channels, wanted["digest_at"]))
    return _shown(ask(_wishes))


def _wishes(engine: Any, connection: Any, who: Any) -> Wishes:
    return notify.wishes_of(connection, [who.username])[who.username]


def _shown(wishes: Wishes) -> dict[str, Any]:
    channels = [{"occasion": each.value, **vars(wishes.of(each))} for each in Occasion]
    return {"email": wishes.email, "digest_at": wishes.digest_at, "channels": channels}
