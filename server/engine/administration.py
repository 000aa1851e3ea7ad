"""Administration of people: who may, that it is kept in the audit trail, and that tasks follow when an office changes hands.

What is done stands in identity; here it gets a permission, a name, and an entry. The verbs write what they are told, in the
gate's `change`; what somebody had claimed is given back afterwards (`give_back`), as that is a step of its own.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.postgresql import insert as upsert

from server import errors, identity
from server.db import Change
from server.engine import instances, officers
from server.engine.engine import Engine
from server.engine.tables import Reader
from server.identity import (
    Actor,
    Appointment,
    Entry,
    Grant,
    Holding,
    IssuedClient,
    IssuedToken,
    NewPerson,
    Permission,
)

Answer = TypeVar("Answer")
Act = Callable[[Connection], Answer]


class NotAnAdministrator(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Mengurus pengguna hanya untuk administrator; mintalah kepada petugas TI.")


class OwnAdministration(errors.Conflict):
    """Who administers the office would lose that by their own hand, and perhaps nobody would be left who could."""

    def __init__(self) -> None:
        super().__init__(
            "Dengan itu Anda tidak lagi dapat mengurus pengguna. Mintalah administrator lain yang melakukannya."
        )


class TooWide(errors.Forbidden):
    """A program would give itself more than it has."""

    def __init__(self, scopes: Iterable[Permission]) -> None:
        super().__init__(f"Token Anda sendiri tidak memuat izin ini: {', '.join(sorted(scopes))}.")


@dataclass(frozen=True)
class Program:
    """A token or a client to be made: its name, the permissions that it reaches to, and until when it counts."""

    name: str
    scopes: tuple[Permission, ...]
    expires_at: datetime


def allow(actor: Actor) -> None:
    """Raises NotAnAdministrator."""
    if Permission.ADMINISTER not in actor.permissions:
        raise NotAnAdministrator


# --- people: all raise NotAnAdministrator, OwnAdministration, and what the verb of identity does


def add_person(
    engine: Engine, connection: Connection, actor: Actor, person: NewPerson, password: str | None = None
) -> None:
    """`password`: good for choosing another one; without one, the person comes by tokens alone."""
    now = engine.clock.now()

    def act(connection: Connection) -> None:
        identity.add_person(connection, person, now)
        if password is not None:
            identity.set_password(connection, person.username, password, now, must_change=True)

    _administer(engine, connection, actor, "user.add", person.username, act)


def change_person(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    username: str,
    facts: Mapping[str, str | None],
    active: bool | None = None,
) -> None:
    """Other `name`, `nip` or `email`; an account closed or opened again. `give_back` follows where one was closed."""

    def act(connection: Connection) -> dict[str, Any]:
        known = identity.find_person(connection, username)
        if facts:
            identity.change_person(connection, username, **facts)
        if active is not None:
            identity.set_active(connection, username, active)
        wanted = facts if active is None else {**facts, "active": active}
        return {
            name: [was, now] for name, now in sorted(wanted.items()) if (was := getattr(known, name)) != now
        }

    _administer(engine, connection, actor, "user.change", username, act, told=lambda changed: changed)


def set_password(engine: Engine, connection: Connection, actor: Actor, username: str, password: str) -> None:
    """A password that is only good for choosing another one."""
    act = partial(
        identity.set_password,
        username=username,
        password=password,
        now=engine.clock.now(),
        must_change=True,
    )
    _administer(engine, connection, actor, "user.password", username, act)


def unlock(engine: Engine, connection: Connection, actor: Actor, username: str) -> None:
    """Lets somebody log in again before the time is over."""
    _administer(
        engine, connection, actor, "user.unlock", username, partial(identity.unlock, username=username)
    )


def hold(engine: Engine, connection: Connection, actor: Actor, holding: Holding) -> int:
    """The new holding's id."""
    act = partial(identity.hold, roles=engine.roles, holding=holding)
    return _administer(engine, connection, actor, "user.role", holding.username, act, holding.told)


def end_holding(
    engine: Engine, connection: Connection, actor: Actor, username: str, holding: int, last_day: date
) -> None:
    """Says the last day of a holding or of an acting officer's span. `give_back` follows."""

    def act(connection: Connection) -> Holding:
        identity.end_holding(connection, holding, last_day, username)
        return identity.find_person(connection, username).holdings[holding]

    _administer(engine, connection, actor, "user.role.end", username, act, told=lambda ended: ended.told)


def appoint(engine: Engine, connection: Connection, actor: Actor, wanted: Appointment) -> int:
    """A Plt. or Plh.; the holding's id. `give_back` follows where the span has begun."""
    act = partial(identity.appoint, roles=engine.roles, wanted=wanted)
    told = Holding(**vars(wanted)).told
    return _administer(engine, connection, actor, "user.acting", wanted.username, act, told)


def grant(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    username: str,
    permission: Permission,
    bidang: str | None,
) -> None:
    """In one field or everywhere."""
    act = partial(
        identity.grant, roles=engine.roles, given=Grant(permission, username=username, bidang=bidang)
    )
    detail = {"permission": permission} | ({"bidang": bidang} if bidang else {})
    _administer(engine, connection, actor, "user.permission", username, act, detail)


def withdraw(engine: Engine, connection: Connection, actor: Actor, username: str, permission: str) -> None:
    """In every field."""
    act = partial(identity.withdraw_all, username=username, permission=permission)
    _administer(
        engine, connection, actor, "user.permission.end", username, act, {"permission": permission[:64]}
    )


def give_back(
    engine: Engine,
    do: Callable[[Callable[[Connection], Change[int]]], int],
    username: str | None,
    since: date | None = None,
) -> int:
    """By the gate's `do`: what somebody (None: anybody) had claimed and may not do any more returns to its group; how much.
    `since`: the first day of a Plh., where it is one who takes over."""
    before = None if since is None else since - timedelta(days=1)
    return do(lambda connection: officers.give_back_of(engine, connection, username, before))


# --- programs, one's own or, for administrators, anybody's; who came with a token makes none that reaches further
# --- all raise NotAnAdministrator, TooWide, and what the verb of identity does


def issue_token(
    engine: Engine, connection: Connection, actor: Actor, username: str, program: Program
) -> IssuedToken:
    return _issue(engine, connection, actor, "user.token", username, program, identity.issue_token)


def register_client(
    engine: Engine, connection: Connection, actor: Actor, username: str, program: Program
) -> IssuedClient:
    return _issue(engine, connection, actor, "user.client", username, program, identity.register_client)


def revoke_token(engine: Engine, connection: Connection, actor: Actor, username: str, token: int) -> None:
    act = partial(identity.revoke_token, username=username, token=token, now=engine.clock.now())
    names = {each.id: each.name for each in identity.tokens_of(connection, username)}
    _manage_programs(engine, connection, actor, "user.token.end", username, act, {"name": names.get(token)})


def revoke_client(engine: Engine, connection: Connection, actor: Actor, username: str, client: str) -> None:
    act = partial(identity.revoke_client, username=username, client=client, now=engine.clock.now())
    names = {each.id: each.name for each in identity.clients_of(connection, username)}
    _manage_programs(engine, connection, actor, "user.client.end", username, act, {"name": names.get(client)})


# --- one's own sessions


def end_own_session(engine: Engine, connection: Connection, actor: Actor, session: int) -> None:
    """Raises UnknownSession."""
    known = identity.sessions_of(connection, actor.username, engine.clock.now())
    identity.end_session(connection, actor.username, session)
    detail = next(
        ({"agent": each.agent, "address": each.address} for each in known if each.id == session), None
    )
    _keep(engine, connection, actor, "session.end", f"person:{actor.username}", detail)


def end_other_sessions(engine: Engine, connection: Connection, actor: Actor, this: int) -> None:
    known = identity.sessions_of(connection, actor.username, engine.clock.now())
    identity.end_sessions(connection, actor.username, this)
    others = sum(each.id != this for each in known)
    _keep(engine, connection, actor, "session.end_others", f"person:{actor.username}", others)


# --- readers of one case


def name_reader(engine: Engine, connection: Connection, actor: Actor, case: int, username: str) -> None:
    """Lets somebody read one case, also a confidential one. For who may read it themselves and administers."""
    _about_case(connection, actor, case)
    if not identity.is_active(connection, username):
        raise identity.UnknownPerson(username)
    row = {"username": username, "process_instance_key": case, "by": actor.username, "at": engine.clock.now()}
    connection.execute(upsert(Reader).on_conflict_do_nothing(), row)
    _keep(engine, connection, actor, "case.reader", f"case:{case}", username)


def withdraw_reader(engine: Engine, connection: Connection, actor: Actor, case: int, username: str) -> None:
    """Ends that. Who was not named is no error."""
    _about_case(connection, actor, case)
    theirs = delete(Reader).where(Reader.process_instance_key == case, Reader.username == username)
    connection.execute(theirs)
    _keep(engine, connection, actor, "case.reader.end", f"case:{case}", username)


def _about_case(connection: Connection, actor: Actor, case: int) -> None:
    if not instances.sees(connection, actor, case):
        raise instances.UnknownInstance(case)
    allow(actor)


def _administer(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    verb: str,
    username: str,
    act: Act[Answer],
    detail: Any = None,
    told: Callable[[Answer], Any] | None = None,
) -> Answer:
    """`detail`: what is kept of it, or `told` by what came of it."""
    allow(actor)
    answer = act(connection)
    if username == actor.username and not _still_administers(engine, connection, username):
        raise OwnAdministration
    _keep(engine, connection, actor, verb, f"person:{username}", told(answer) if told else detail)
    return answer


def _still_administers(engine: Engine, connection: Connection, username: str) -> bool:
    if not identity.is_active(connection, username):
        return False
    today = identity.load_actor(connection, username, engine.clock.today())
    return Permission.ADMINISTER in today.permissions


def _manage_programs(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    verb: str,
    username: str,
    act: Act[Answer],
    detail: Mapping[str, Any],
) -> Answer:
    if username != actor.username:
        allow(actor)
    if wide := actor.withheld & frozenset(detail.get("scopes", ())):
        raise TooWide(wide)
    answer = act(connection)
    _keep(engine, connection, actor, verb, f"person:{username}", detail)
    return answer


def _issue(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    verb: str,
    username: str,
    program: Program,
    issue: Callable[..., Answer],
) -> Answer:
    facts = (username, program.name, program.scopes, engine.clock.now(), program.expires_at)
    until = program.expires_at.astimezone(engine.clock.zone).date().isoformat()
    detail = {"name": program.name, "scopes": sorted(program.scopes), "until": until}
    return _manage_programs(engine, connection, actor, verb, username, lambda c: issue(c, *facts), detail)


def _keep(
    engine: Engine, connection: Connection, actor: Actor, verb: str, about: str, detail: Any = None
) -> None:
    identity.record(connection, Entry(engine.clock.now(), actor.username, verb, about, "done", detail))
