"""Signals: broadcast by name to everybody who waits for it at that moment, and kept for nobody.

Each case that waits goes on in a step of its own, done by a worker: one that cannot go on stops no other, and becomes an
incident of its own.
"""

from collections.abc import Mapping

from sqlalchemy import Connection

from server import errors
from server.db import Change
from server.engine.engine import Engine
from server.engine.step import Step
from server.identity import Actor, Permission


def broadcast(
    engine: Engine, connection: Connection, actor: Actor, name: str, values: Mapping[str, object]
) -> Change[int]:
    """Sends a signal; its key."""
    if Permission.MESSAGE not in actor.permissions:
        raise errors.Forbidden("Menyiarkan sinyal hanya untuk petugas atau program yang berwenang.")
    if Permission.MESSAGE in actor.limits:
        raise errors.Forbidden("Sinyal sampai ke semua bidang; Anda hanya berwenang untuk sebagian.")
    step = Step(engine, connection, actor.username)
    step.broadcast(name, values)
    return Change(step.effects(), engine.keys.draw()[0])
