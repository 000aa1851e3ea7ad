"""Messages: published by name and correlation key, for the cases that wait for them and those that they start.

A message reaches at most one case of each process. With a time to live it is kept for who begins to wait later: a worker
brings such pairs together, so that a message and a waiting case that are written at the same moment do not miss each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, bindparam, delete, exists, insert, or_, select

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import instances, references
from server.engine.engine import WORKER, Engine
from server.engine.step import Step
from server.engine.tables import (
    InstanceState,
    Message,
    MessageCorrelation,
    MessageSubscription,
    ProcessInstance,
)
from server.identity import Actor, Permission

BATCH = 20


class AlreadyPublished(errors.Conflict):
    def __init__(self, message_id: str) -> None:
        super().__init__(f"Pesan dengan messageId “{message_id}” sudah diterbitkan dan masih berlaku.")


class NobodyWaits(errors.NotFound):
    def __init__(self, name: str) -> None:
        super().__init__(f"Tidak ada kasus yang menunggu pesan “{name}” dengan kunci korelasi itu.")


@dataclass(frozen=True)
class Correlated:
    """The answer: the message's key, and the cases that it reached."""

    message_key: int
    cases: tuple[int, ...]


def publish(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    name: str,
    correlation_key: str,
    values: Mapping[str, object],
    time_to_live: timedelta = timedelta(),
    message_id: str | None = None,
) -> Change[Correlated]:
    """Publishes a message; one with a time to live waits that long for who wants it. Raises AlreadyPublished."""
    _allow(actor)
    now = engine.clock.now()
    named = {"name": name, "correlation_key": correlation_key, "message_id": message_id, "now": now}
    if message_id is not None and connection.execute(_SAME, named).first():
        raise AlreadyPublished(message_id)
    step = Step(engine, connection, actor.username)
    key = engine.keys.draw()[0]
    reached, effects = _deliver(step, key, _waiting(connection, name, correlation_key), values)
    _allow_reaching(actor, (step.case(case).bundle.bidang for case in reached), bool(time_to_live))
    row = {"key": key, "name": name, "correlation_key": correlation_key, "message_id": message_id}
    row |= {"values": dict(values), "published_at": now, "published_by": actor.username}
    kept = Effect(insert(Message), row | {"expires_at": now + time_to_live})
    return Change((kept, *effects), Correlated(key, reached))


def correlate(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    name: str,
    correlation_key: str,
    values: Mapping[str, object],
) -> Change[Correlated]:
    """Brings a message to who waits for it now. Raises NobodyWaits."""
    change = publish(engine, connection, actor, name, correlation_key, values)
    if not change.answer.cases:
        raise NobodyWaits(name)
    return change


def match(engine: Engine, connection: Connection) -> Change[int]:
    """Brings one kept message to a case that began to wait for it later; 1, or 0 where there is none. Drops those that expired."""
    now = engine.clock.now()
    dropped = Effect(_DROP, {"now": now})
    pair = connection.execute(_PAIR, {"now": now}).first()
    if pair is None:
        return Change((dropped,) if connection.execute(_EXPIRED, {"now": now}).first() else (), 0)
    step = Step(engine, connection, WORKER)
    (case,), effects = _deliver(step, pair.message_key, [pair], pair.message_values)
    brought = references.brought(pair.message_values, case, pair.published_by)
    return Change((*effects, *brought), 1)


def _allow(actor: Actor) -> None:
    if Permission.MESSAGE not in actor.permissions:
        raise errors.Forbidden("Menerbitkan pesan hanya untuk petugas atau program yang berwenang.")


def _allow_reaching(actor: Actor, fields: Iterable[str | None], waits: bool) -> None:
    """Who may send to some fields alone reaches no case of another, now or later."""
    if waits and Permission.MESSAGE in actor.limits:
        raise errors.Forbidden(
            "Pesan yang disimpan hanya untuk petugas atau program yang berwenang bagi semua bidang; kirim tanpa timeToLive."
        )
    for bidang in fields:
        if not actor.may(Permission.MESSAGE, bidang):
            raise errors.Forbidden(
                f"Pesan ini sampai ke perkara bidang {bidang or '-'}, di luar wewenang Anda."
            )


def _waiting(connection: Connection, name: str, correlation_key: str) -> list[AnyRow]:
    """The subscriptions that a message reaches: of each process the case that waits longest, or else its start event."""
    chosen: dict[str, AnyRow] = {}
    for row in connection.execute(_SUBSCRIPTIONS, {"name": name, "correlation_key": correlation_key}):
        chosen.setdefault(row.process_id, row)
    return [
        row
        for row in chosen.values()
        if row.definition_key is None
        or not (correlation_key and _runs(connection, row, name, correlation_key))
    ]


def _runs(connection: Connection, start: AnyRow, name: str, correlation_key: str) -> bool:
    """Whether a case that such a message started is still under way: it starts no second one."""
    asked = {"process_id": start.process_id, "name": name, "correlation_key": correlation_key}
    return connection.execute(_RUNNING, asked).first() is not None


def _deliver(
    step: Step, message_key: int, subscriptions: Iterable[AnyRow], values: Mapping[str, object]
) -> tuple[tuple[int, ...], tuple[Effect, ...]]:
    """Triggers the subscribed events; the cases reached, and what is to be written."""
    now = step.engine.clock.now()
    reached = [(row, _trigger(step, message_key, row, values)) for row in subscriptions]
    step.settle()
    for subscription, case in reached:
        known = {name: getattr(subscription, name) for name in _CORRELATED_AS}
        own = {"message_key": message_key, "process_instance_key": case, "at": now}
        step.besides.append(Effect(insert(MessageCorrelation), own | known))
    return tuple(case for _, case in reached), step.effects()


def _trigger(step: Step, message_key: int, row: AnyRow, values: Mapping[str, object]) -> int:
    """Triggers one event; the case that it belongs to, or that it began."""
    if row.definition_key is not None:
        return instances.open_by_event(step, row.definition_key, row.event_id, values).key
    running = step.case(row.process_instance_key)
    running.execution.record.history("MESSAGE_CORRELATED", row.event_id, message_key, dict(values) or None)
    running.execution.trigger(row.element_instance_key, row.event_id, values)
    return running.key


_CORRELATED_AS = (
    "subscription_key",
    "process_id",
    "element_instance_key",
    "event_id",
    "message_name",
    "correlation_key",
)
_ROW = (
    MessageSubscription.key.label("subscription_key"),
    MessageSubscription.process_id,
    MessageSubscription.process_instance_key,
    MessageSubscription.element_instance_key,
    MessageSubscription.definition_key,
    MessageSubscription.event_id,
    MessageSubscription.message_name,
    MessageSubscription.correlation_key,
)
_AWAKE = or_(
    MessageSubscription.definition_key.is_not(None),
    exists().where(
        ProcessInstance.key == MessageSubscription.process_instance_key,
        ProcessInstance.state == InstanceState.ACTIVE,
    ),
)
_SUBSCRIPTIONS = (
    select(*_ROW)
    .where(
        _AWAKE,
        MessageSubscription.message_name == bindparam("name"),
        (MessageSubscription.correlation_key == bindparam("correlation_key"))
        | MessageSubscription.definition_key.is_not(None),
    )
    .order_by(MessageSubscription.definition_key.is_not(None), MessageSubscription.key)
)
_CORRELATED = exists().where(
    MessageCorrelation.message_key == Message.key,
    MessageCorrelation.process_id == MessageSubscription.process_id,
)
_NOW = bindparam("now", type_=Message.expires_at.type)
_PAIR = (
    select(
        Message.key.label("message_key"), Message.values.label("message_values"), Message.published_by, *_ROW
    )
    .join(
        MessageSubscription,
        (MessageSubscription.message_name == Message.name)
        & (MessageSubscription.correlation_key == Message.correlation_key),
    )
    .where(Message.expires_at > _NOW, ~_CORRELATED, _AWAKE)
    .order_by(Message.key, MessageSubscription.key)
    .limit(1)
)
_RUNNING = (
    select(ProcessInstance.key)
    .join(MessageCorrelation, MessageCorrelation.process_instance_key == ProcessInstance.key)
    .join(Message, Message.key == MessageCorrelation.message_key)
    .where(
        ProcessInstance.state == InstanceState.ACTIVE,
        ProcessInstance.process_id == bindparam("process_id"),
        Message.name == bindparam("name"),
        Message.correlation_key == bindparam("correlation_key"),
    )
)
_SAME = select(Message.key).where(
    Message.name == bindparam("name"),
    Message.correlation_key == bindparam("correlation_key"),
    Message.message_id == bindparam("message_id"),
    Message.expires_at > _NOW,
)
_UNUSED = ~exists().where(
    MessageCorrelation.message_key == Message.key,
    MessageCorrelation.process_instance_key == ProcessInstance.key,
    ProcessInstance.state == InstanceState.ACTIVE,
)
_EXPIRED = select(Message.key).where(Message.expires_at <= _NOW, _UNUSED).limit(1)
_DROP = delete(Message).where(Message.expires_at <= _NOW, _UNUSED)
