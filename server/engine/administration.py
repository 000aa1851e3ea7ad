"""Administration of people: who may, that it is kept in the audit trail, and that tasks follow when an office changes hands.

What is done stands in identity; here it gets a permission, a name, and an entry. The verbs write what they are told, in the
gate's `change`; what somebody had claimed is given back afterwards (officers.give_back_of), as that is a step of its own.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert as upsert

from server import errors, identity
from server.engine import instances
from server.engine.engine import Engine
from server.engine.tables import Reader
from server.identity import Actor, Entry, Permission

Answer = TypeVar("Answer")
Act = Callable[[Connection], Answer]


class NotAnAdministrator(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Mengurus pengguna hanya untuk administrator; mintalah kepada petugas TI.")


class TooWide(errors.Forbidden):
    """A program would give itself more than it has."""

    def __init__(self, scopes: Iterable[Permission]) -> None:
        super().__init__(f"Token Anda sendiri tidak memuat izin ini: {', '.join(sorted(scopes))}.")


def allow(actor: Actor) -> None:
    """Raises NotAnAdministrator."""
    if Permission.ADMINISTER not in actor.permissions:
        raise NotAnAdministrator


def administer(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    verb: str,
    about: str,
    act: Act[Answer],
    detail: Any = None,
) -> Answer:
    """Does `act` for an administrator. Raises NotAnAdministrator, and what the act does."""
    allow(actor)
    return _kept(engine, connection, actor, verb, about, act, detail)


def manage_programs(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    verb: str,
    username: str,
    act: Act[Answer],
    scopes: Iterable[Permission] = (),
) -> Answer:
    """Does `act` with tokens or clients of one's own, or as an administrator with anybody's.

    Who came with a token makes none that reaches further. Raises NotAnAdministrator, TooWide.
    """
    if username != actor.username:
        allow(actor)
    if wide := actor.withheld & frozenset(scopes):
        raise TooWide(wide)
    return _kept(engine, connection, actor, verb, f"person:{username}", act, sorted(scopes) or None)


def name_reader(engine: Engine, connection: Connection, actor: Actor, case: int, username: str) -> None:
    """Lets somebody read one case, also a confidential one. For who may read it themselves and administers."""
    _about_case(connection, actor, case)
    if not identity.is_active(connection, username):
        raise identity.UnknownPerson(username)
    row = {"username": username, "process_instance_key": case, "by": actor.username, "at": engine.clock.now()}

    def act(connection: Connection) -> None:
        connection.execute(upsert(Reader).on_conflict_do_nothing(), row)

    administer(engine, connection, actor, "case.reader", f"case:{case}", act, username)


def withdraw_reader(engine: Engine, connection: Connection, actor: Actor, case: int, username: str) -> None:
    """Ends that. Who was not named is no error."""
    _about_case(connection, actor, case)
    theirs = delete(Reader).where(Reader.process_instance_key == case, Reader.username == username)

    def act(connection: Connection) -> None:
        connection.execute(theirs)

    administer(engine, connection, actor, "case.reader.end", f"case:{case}", act, username)


def _about_case(connection: Connection, actor: Actor, case: int) -> None:
    if not instances.sees(connection, actor, case):
        raise instances.UnknownInstance(case)
    allow(actor)


def _kept(
    engine: Engine, connection: Connection, actor: Actor, verb: str, about: str, act: Act[Answer], detail: Any
) -> Answer:
    answer = act(connection)
    entry = Entry(engine.clock.now(), actor.username, verb, about, "done", detail)
    identity.record(connection, entry)
    return answer
