"""Start events that nobody clicks: the timers, messages and signals by which a process's newest version begins cases."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from server import bpmn, errors, feel
from server.bpmn import model
from server.db import Effect
from server.engine import schedule
from server.engine.engine import Engine
from server.engine.execution import TIMER_RETRIES
from server.engine.tables import Definition, Kind, MessageSubscription, Timer


def effects(engine: Engine, process_id: str, definition_key: int, body: bytes) -> Iterator[Effect]:
    """Ends what the older versions of a process wait for, and begins what the new one in `body` does."""
    yield Effect(_DELETE_TIMERS, {"process_id": process_id})
    yield Effect(_DELETE_SUBSCRIPTIONS, {"process_id": process_id})
    for node in bpmn.read(body).process(process_id).nodes.values():
        if isinstance(node, model.StartEvent) and node.definition is not None:
            yield _awaited(engine, process_id, definition_key, node)


def _awaited(engine: Engine, process_id: str, definition_key: int, start: model.StartEvent) -> Effect:
    row: dict[str, Any] = {
        "key": engine.keys.draw()[0],
        "definition_key": definition_key,
        "event_id": start.id,
    }
    match start.definition:
        case model.Timer(kind, value):
            due = schedule.first(kind, _constant(engine, start, value), engine.clock.now(), engine.clock.zone)
            when = {
                "due_at": due.due_at,
                "repetitions": due.repetitions,
                "interval": due.interval,
                "retries": TIMER_RETRIES,
            }
            return Effect(insert(Timer), row | when)
        case model.Message(name, _):
            message = {"process_id": process_id, "message_name": _constant(engine, start, name)}
            message["created_at"] = engine.clock.now()
            return Effect(insert(MessageSubscription), row | message)
        case model.Signal(name):
            signal = {"due_at": None, "signal_name": _constant(engine, start, name)}
            return Effect(insert(Timer), row | signal | {"repetitions": 1, "retries": TIMER_RETRIES})
    raise errors.Invalid(f"Peristiwa awal {start.id} tidak dapat ditunggu.")


def _constant(engine: Engine, start: model.StartEvent, written: model.Expression) -> object:
    """The value of a text before any case and its variables exist."""
    if not written.feel:
        return written.text
    result = feel.compile(written.text, functions=engine.functions).evaluate({}, engine.environment)
    if result.value is None:
        message = f"“={written.text}” harus dapat dihitung tanpa variabel, karena belum ada kasus."
        raise errors.Invalid(message, [errors.Problem(message, where=start.id)])
    return feel.to_json(result.value)


_VERSIONS = select(Definition.key).where(
    Definition.kind == Kind.PROCESS, Definition.id == bindparam("process_id")
)
_DELETE_TIMERS = delete(Timer).where(Timer.definition_key.in_(_VERSIONS))
_DELETE_SUBSCRIPTIONS = delete(MessageSubscription).where(MessageSubscription.definition_key.in_(_VERSIONS))
