"""Message subscriptions: which messages are waited for, and which have come."""

from server.api import queries
from server.api.blueprint import Blueprint
from server.api.office import ask
from server.api.schemas import Fixed, Instant, Key, Schema, Text, Whole, Word, nothing, tenant
from server.engine import search
from server.engine.search import (
    CORRELATED_MESSAGE_SUBSCRIPTIONS,
    MESSAGE_SUBSCRIPTIONS,
    Found,
    Query,
)

STATES = ("CORRELATED", "CREATED", "DELETED", "MIGRATED")
TYPES = ("START_EVENT", "PROCESS_EVENT")

message_subscriptions = Blueprint(
    "message subscriptions", __name__, url_prefix="/v2", description="Messages that are waited for."
)


# --- schema


class MessageSubscription(Schema):
    """Only of those that still wait; the others are correlated message subscriptions."""

    message_subscription_key = Key(required=True)
    message_subscription_type = Word(TYPES, required=True)
    message_subscription_state = Word(STATES, required=True)
    last_updated_date = Instant(required=True)
    message_name = Text(required=True)
    correlation_key = Text(required=True, allow_none=True)
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    process_definition_name = Text(required=True, allow_none=True)
    process_definition_version = Whole(required=True)
    process_instance_key = Key(required=True, allow_none=True)
    root_process_instance_key = Key(required=True, allow_none=True)
    element_id = Text(required=True)
    element_instance_key = Key(required=True, allow_none=True)
    business_id = Text(required=True, allow_none=True)
    tool_name: Fixed = nothing()
    tool_properties = Fixed({}, type="object", additionalProperties={"type": "string"})
    inbound_connector_type: Fixed = nothing()
    tenant_id = tenant()


class MessageSubscriptionFilter(queries.Filter):
    message_subscription_key = queries.key()
    message_subscription_type = queries.word(*TYPES)
    message_subscription_state = queries.word(*STATES)
    last_updated_date = queries.instant()
    message_name = queries.text()
    correlation_key = queries.text()
    process_definition_key = queries.key()
    process_definition_id = queries.text()
    process_definition_name = queries.text()
    process_definition_version = queries.number()
    process_instance_key = queries.key()
    element_id = queries.text()
    element_instance_key = queries.key()
    business_id = queries.text()
    tool_name = queries.text()
    inbound_connector_type = queries.text()


MessageSubscriptionSearch = queries.search_of(
    "MessageSubscription",
    MessageSubscriptionFilter,
    "message_subscription_key message_subscription_type message_subscription_state last_updated_date message_name "
    "correlation_key process_definition_id process_definition_name process_definition_version "
    "process_instance_key element_id element_instance_key tool_name inbound_connector_type tenant_id",
)


class CorrelatedMessageSubscription(Schema):
    subscription_key = Key(required=True)
    message_key = Key(required=True)
    message_name = Text(required=True)
    correlation_key = Text(required=True, allow_none=True)
    correlation_time = Instant(required=True)
    process_definition_key = Key(required=True)
    process_definition_id = Text(required=True)
    process_instance_key = Key(required=True)
    root_process_instance_key = Key(required=True)
    element_id = Text(required=True)
    element_instance_key = Key(required=True, allow_none=True)
    business_id = Text(required=True, allow_none=True)
    partition_id = Whole(required=True)
    tenant_id = tenant()


class CorrelatedMessageSubscriptionFilter(queries.Filter):
    subscription_key = queries.key()
    message_key = queries.key()
    message_name = queries.text()
    correlation_key = queries.text()
    correlation_time = queries.instant()
    process_definition_key = queries.key()
    process_definition_id = queries.text()
    process_instance_key = queries.key()
    element_id = queries.text()
    element_instance_key = queries.key()
    business_id = queries.text()
    partition_id = queries.number()


CorrelatedMessageSubscriptionSearch = queries.search_of(
    "CorrelatedMessageSubscription",
    CorrelatedMessageSubscriptionFilter,
    "subscription_key message_key message_name correlation_key correlation_time process_definition_key "
    "process_definition_id process_instance_key element_id element_instance_key business_id partition_id tenant_id",
)


# --- list


@message_subscriptions.post("/message-subscriptions/search")
@message_subscriptions.arguments(MessageSubscriptionSearch, required=False)
@message_subscriptions.response(200, queries.found(MessageSubscription))
def search_message_subscriptions(query: Query) -> Found:
    """Search messages that cases, and the starts of cases, wait for."""
    return ask(search.search, MESSAGE_SUBSCRIPTIONS, query)


@message_subscriptions.post("/correlated-message-subscriptions/search")
@message_subscriptions.arguments(CorrelatedMessageSubscriptionSearch, required=False)
@message_subscriptions.response(200, queries.found(CorrelatedMessageSubscription))
def search_correlated_message_subscriptions(query: Query) -> Found:
    """Search messages that have reached a case."""
    return ask(search.search, CORRELATED_MESSAGE_SUBSCRIPTIONS, query)
