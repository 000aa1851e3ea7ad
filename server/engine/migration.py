"""A running case, moved to another version of its procedure, as Camunda 8 migrates an instance.

Element instances keep their keys, and with them drafts, claims, due times, timers, attempts and variables; what has its id in
both versions, or is mapped, stays where it is. `plan` tells beforehand what becomes of each live element. What the case was is
kept, so that a migration can be taken back while nothing has happened since.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from server import errors
from server.bpmn import model
from server.db import AnyRow, Base, Change, Effect, Instant, dump_json, load_json
from server.engine import instances
from server.engine.access import visible_cases
from server.engine.bundle import Bundle, Catch, Element, Message
from server.engine.changes import Difference, differences
from server.engine.engine import Engine
from server.engine.execution import Execution
from server.engine.modification import Starved, drawn_around
from server.engine.spiff import Tokens
from server.engine.step import SELECT, UNDER_WAY, Running, Step
from server.engine.tables import (
    Definition,
    ElementInstance,
    Incident,
    IncidentState,
    InstanceState,
    Job,
    JobState,
    KeptState,
    Kind,
    MessageSubscription,
    ProcessInstance,
    TaskState,
    Timer,
    UserTask,
)
from server.identity import Actor, Permission

To = Mapping[str, str]


class Unmigratable(errors.Invalid):
    """The case cannot be moved like this; each problem names an element."""

    def __init__(self, problems: Sequence[errors.Problem]) -> None:
        super().__init__("Kasus tidak dapat dipindahkan ke versi itu: " + problems[0].message, problems)


class NotRevocable(errors.Conflict):
    """There is no migration that could be taken back, or the case has gone on since."""


@dataclass(frozen=True)
class Fate:
    """What becomes of a live element: where it goes, in how many cases, and the events that it waits for."""

    element_id: str
    name: str
    target_id: str | None
    cases: int
    problem: str | None = None
    kept_events: tuple[str, ...] = ()
    dropped_events: tuple[str, ...] = ()
    new_events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What a migration of all running cases of one version to another would mean."""

    source_key: int
    target_key: int
    cases: int
    differences: tuple[Difference, ...]
    fates: tuple[Fate, ...]


@dataclass(frozen=True)
class Version:
    """A version of a procedure and how many cases of it are under way."""

    definition_key: int
    version: int
    cases: int


# --- asking ----------------------------------------------------------------------------------------------------------


def versions(engine: Engine, connection: Connection, actor: Actor, process_id: str) -> list[Version]:
    """Every version of a procedure, the newest first, with its running cases that the actor sees."""
    cases = func.count(ProcessInstance.key)
    running = (ProcessInstance.definition_key == Definition.key) & _is_running(actor)
    statement = (
        select(Definition.key, Definition.version, cases)
        .outerjoin(ProcessInstance, running)
        .where(Definition.kind == Kind.PROCESS, Definition.id == process_id)
        .group_by(Definition.key, Definition.version)
        .order_by(Definition.version.desc())
    )
    return [Version(*row) for row in connection.execute(statement)]


def running_cases(engine: Engine, connection: Connection, actor: Actor, definition_key: int) -> list[int]:
    """The keys of a version's running cases that the actor sees, the oldest first."""
    statement = select(ProcessInstance.key).where(
        ProcessInstance.definition_key == definition_key, _is_running(actor)
    )
    return list(connection.execute(statement.order_by(ProcessInstance.key)).scalars())


def plan(
    engine: Engine, connection: Connection, actor: Actor, source_key: int, target_key: int, to: To
) -> Plan:
    """What changed between two versions, and what would become of each element that is live in a running case."""
    old = _bundle(engine, connection, source_key)
    _allow(actor, old.bidang)
    new = _bundle(engine, connection, target_key)
    _check_versions(old, new, to)
    live = live_elements(engine, connection, actor, source_key)
    fates = tuple(_fate(old, new, element_id, cases, to) for element_id, cases in live)
    cases = len(running_cases(engine, connection, actor, source_key))
    return Plan(source_key, target_key, cases, differences(old.process, new.process), fates)


def live_elements(
    engine: Engine, connection: Connection, actor: Actor, definition_key: int
) -> list[tuple[str, int]]:
    """Where the running cases of a version stand that the actor sees, and how many at each."""
    statement = (
        select(ElementInstance.element_id, func.count(func.distinct(ProcessInstance.key)))
        .join(ProcessInstance, ProcessInstance.key == ElementInstance.process_instance_key)
        .where(
            ProcessInstance.definition_key == definition_key,
            ElementInstance.state == InstanceState.ACTIVE,
            _is_running(actor),
        )
        .group_by(ElementInstance.element_id)
        .order_by(ElementInstance.element_id)
    )
    return [(element_id, cases) for element_id, cases in connection.execute(statement)]


def _is_running(actor: Actor) -> Any:
    return ProcessInstance.state.in_(UNDER_WAY) & visible_cases(actor)


def _fate(old: Bundle, new: Bundle, element_id: str, cases: int, to: To) -> Fate:
    name = old.elements[element_id].name
    problem = next((each.message for each in _stands_against(old, new, element_id, to)), None)
    if problem is not None:
        return Fate(element_id, name, None, cases, problem)
    target = to.get(element_id, element_id)
    before = {
        to.get(catch.event_id, catch.event_id): catch.event_id for catch in old.elements[element_id].catches
    }
    after = {catch.event_id for catch in new.elements[target].catches}
    return Fate(
        element_id,
        name,
        target,
        cases,
        kept_events=tuple(sorted(before.keys() & after)),
        dropped_events=tuple(sorted(before[event] for event in before.keys() - after)),
        new_events=tuple(sorted(after - before.keys())),
    )


# --- moving ----------------------------------------------------------------------------------------------------------


def migrate(
    engine: Engine, connection: Connection, actor: Actor, key: int, target_key: int, to: To
) -> Change[None]:
    """Moves a case to another version of its procedure, in one step. Elements that are not mapped keep their id.

    Raises UnknownInstance, InstanceIsOver, UnknownProcess, Unmigratable, spiff.Unplaceable, Starved.
    """
    row = _running_row(connection, actor, key)
    step = Step(engine, connection, actor.username)
    old = step.look(row)
    bundle = _bundle(engine, connection, target_key)
    _check_versions(old.bundle, bundle, to)
    live = dict.fromkeys(element for _, element in _drawn(old))
    problems = [problem for element in live for problem in _stands_against(old.bundle, bundle, element, to)]
    if problems:
        raise Unmigratable(problems)
    starved = old.tokens.starved()
    new = _moved(step, old, bundle, to)
    before = _before(step, old, row)
    follow = tuple(_follow(step, old, new, to))
    new.tokens.tidy()
    if new_starved := new.tokens.starved() - {to.get(each, each) for each in starved}:
        raise Starved(new_starved)
    new.tokens.advance()
    step.settle()
    told = {
        "from": row_version(connection, old.bundle),
        "to": row_version(connection, bundle),
        "mapping": dict(to),
    }
    new.execution.record.history("MIGRATED", None, key, told)
    bound: dict[str, Any] = {"_key": key, "bundle_key": bundle.key}
    bound |= {"definition_key": bundle.definition_key, "bidang": bundle.bidang}
    bound |= {"confidential": bundle.confidential}
    before["given"] = [
        {"_key": given["_key"], "_assignee": given["assignee"], "assignee": given["_assignee"]}
        for effect in follow
        if effect.statement is _GIVE
        for given in effect.rows
    ]
    before["after"] = new.tokens.dump().decode()
    kept = {"process_instance_key": key, "before": dump_json(before)}
    return Change(
        (
            *step.effects(),
            Effect(_BIND, bound),
            *follow,
            Effect(_FORGET, {"_case": key}),
            Effect(insert(KeptState), kept),
        ),
        None,
    )


def take_back(engine: Engine, connection: Connection, actor: Actor, key: int) -> Change[None]:
    """Takes the last migration of a case back, where nothing has happened since. Raises NotRevocable."""
    row = _running_row(connection, actor, key)
    kept = connection.execute(_KEPT, {"key": key}).one_or_none()
    if kept is None:
        raise NotRevocable("Kasus ini tidak sedang dalam versi yang dapat dikembalikan.")
    before = load_json(kept.before)
    if bytes(row.tokens).decode() != before["after"]:
        raise NotRevocable(
            "Sejak perpindahan versinya kasus ini sudah berjalan; pindahkan lagi ke versi lama."
        )
    instance: dict[str, Any] = {"_key": key, "_version": row.version, "version": row.version + 1}
    instance |= before["instance"] | {"tokens": before["tokens"].encode()}
    effects = [Effect(_RESTORE, instance, expect=1), Effect(_FORGET, {"_case": key})]
    for table in _FOLLOWING:
        effects += [Effect(_SET[table], each) for each in before[table.__name__]]
    effects += [Effect(_GIVE, each) for each in before["given"]]
    for table in _WAITING:
        effects.append(Effect(_CLEAR[table], {"_case": key}))
        rows = [_typed(table, each) for each in before[table.__name__]]
        effects += [Effect(insert(table), rows)] if rows else []
    history = instances.note(engine, actor.username, key, "MIGRATION_TAKEN_BACK", None, key)
    return Change((*effects, *history), None)


def row_version(connection: Connection, bundle: Bundle) -> int:
    """The number of a bundle's version."""
    return int(
        connection.execute(
            select(Definition.version).where(Definition.key == bundle.definition_key)
        ).scalar_one()
    )


def _running_row(connection: Connection, actor: Actor, key: int) -> AnyRow:
    row = connection.execute(SELECT, {"key": key}).one_or_none()
    if row is None or not instances.sees(connection, actor, key):
        raise instances.UnknownInstance(key, hidden=row is not None)
    _allow(actor, row.bidang)
    if row.case_state not in UNDER_WAY:
        raise instances.InstanceIsOver(key)
    return row


def _allow(actor: Actor, bidang: str | None) -> None:
    if not actor.may(Permission.MODIFY, bidang):
        raise errors.Forbidden("Memindahkan kasus ke versi lain hanya untuk pejabat yang berwenang.")


def _bundle(engine: Engine, connection: Connection, definition_key: int) -> Bundle:
    return engine.bundles.get(connection, instances.newest_bundle(connection, definition_key).bundle_key)


def _check_versions(old: Bundle, new: Bundle, to: To) -> None:
    if old.process.id != new.process.id:
        raise errors.Invalid(
            f"Versi tujuan adalah prosedur lain ({new.process.id}); pilih versi dari {old.process.id}."
        )
    problems = [
        errors.Problem(f"Langkah {name} tidak ada di versi {which}.", name)
        for names, bundle, which in ((to.keys(), old, "asal"), (to.values(), new, "tujuan"))
        for name in names
        if name not in bundle.elements
    ]
    if problems:
        raise Unmigratable(problems)


def _stands_against(old: Bundle, new: Bundle, element_id: str, to: To) -> Iterator[errors.Problem]:
    """Why a live element cannot go on in another version."""
    element = old.elements[element_id]
    target = new.elements.get(to.get(element_id, element_id))
    if target is None:
        yield errors.Problem(
            f"“{element.name}” tidak ada lagi di versi tujuan; petakan ke langkah lain.", element_id
        )
    elif target.type != element.type or _loop(target) != _loop(element):
        yield errors.Problem(f"“{element.name}” dan “{target.name}” tidak sejenis.", element_id)
    elif [to.get(each, each) for each in drawn_around(old, element_id)] != drawn_around(new, target.id):
        yield errors.Problem(f"“{target.name}” terletak di subproses lain.", element_id)


def _loop(element: Element) -> tuple[bool, bool]:
    """Whether it is done several times, and one after the other."""
    loop = getattr(element.node, "loop", None)
    return isinstance(loop, model.MultiInstance), isinstance(loop, model.MultiInstance) and loop.sequential


def _moved(step: Step, old: Running, bundle: Bundle, to: To) -> Running:
    """The case in its new version, ready to go on."""
    execution = Execution(old.execution.case, bundle, old.execution.scopes, old.execution.moment, step)
    tokens = execution.tokens = Tokens.moved(old.tokens, bundle.net, execution, to)
    for key, element_id, scope in tokens.live():
        execution.resume(key, element_id, scope)
    return step.take_up(replace(old, bundle=bundle, execution=execution, tokens=tokens))


def _drawn(running: Running) -> list[tuple[int, str]]:
    """The live elements that are drawn: they have rows."""
    live = running.tokens.live()
    return [(key, element_id) for key, element_id, _ in live if running.bundle.elements[element_id].drawn]


# --- the rows of live elements ---------------------------------------------------------------------------------------


def _follow(step: Step, old: Running, new: Running, to: To) -> Iterator[Effect]:
    """What the rows of live elements say in the new version."""
    known = {key: (element_id, old.bundle.elements[element_id]) for key, element_id, _ in old.tokens.live()}
    live = {key: new.bundle.elements[element_id] for key, element_id, _ in new.tokens.live()}
    for key, element_id in _drawn(new):
        element = live[key]
        changed = {"_key": key, "element_id": element_id, "name": element.node.name, "type": element.type}
        yield Effect(_SET[ElementInstance], changed)
    for key, (_, before) in known.items():
        if key in live:
            yield from _follow_events(step, new, key, before, live[key], to)
        else:
            yield from (Effect(_LEAVE[table], {"_key": key}) for table in _WAITING)
    for task in _rows(step.connection, UserTask, old.key):
        changed, assignee = _task_now(old, new, task, known, to)
        yield Effect(_SET[UserTask], changed)
        if assignee != task.assignee:
            given = {"_key": task.key, "_assignee": task.assignee, "assignee": assignee}
            yield Effect(_GIVE, given, expect=1)
    for table in (Job, Incident):
        for row in _rows(step.connection, table, old.key):
            there = {"_key": row.key, "element_id": to.get(row.element_id, row.element_id)}
            yield Effect(_SET[table], there)


def _task_now(
    old: Running, new: Running, task: AnyRow, known: Mapping[int, tuple[str, Element]], to: To
) -> tuple[dict[str, Any], str | None]:
    """An open task as the new version draws it, and its assignee: who has claimed it keeps it."""
    old_id, drawn = known[task.element_instance_key]
    element = new.bundle.elements[to.get(old_id, old_id)]
    assert isinstance(element.node, model.UserTask)
    changed = {
        "_key": task.key,
        "definition_key": new.bundle.definition_key,
        "element_id": element.id,
        "name": element.name,
        "form_key": element.form.key if element.form else None,
        "headers": element.node.headers,
        **{name: getattr(task, name) for name in (*_RECEIVING, "bidang")},
    }
    key, assignee = task.element_instance_key, task.assignee
    if _receivers(drawn) != _receivers(element):
        given = new.execution.receivers(element, key)
        if assignee in (None, old.execution.receivers(drawn, key)["assignee"]):
            assignee = given["assignee"]
        changed |= {name: given[name] for name in _RECEIVING}
        changed["bidang"] = new.bundle.bidang
    return changed, assignee


def _receivers(element: Element) -> tuple[object, ...]:
    assigned = element.assigned
    if assigned is None:
        return ()
    said = (assigned.assignee, assigned.group, assigned.users)
    texts = (text.text if text else None for text in said)
    return (*texts, assigned.role, assigned.subject_first, assigned.checks)


def _follow_events(
    step: Step, new: Running, key: int, old: Element, element: Element, to: To
) -> Iterator[Effect]:
    """Timers and subscriptions that have their event in the new version stay as they are; others go, new ones begin."""
    waited: dict[str, AnyRow] = {}
    for table in _WAITING:
        for row in step.connection.execute(_WAITS[table], {"key": key}):
            event = to.get(row.event_id, row.event_id)
            if any(catch.event_id == event and _table_of(catch) is table for catch in element.catches):
                waited[event] = row
                yield Effect(_RENAME[table], {"_key": row.key, "event_id": event})
            else:
                yield Effect(_DROP[table], {"_key": row.key})
    had = {(to.get(catch.event_id, catch.event_id), _table_of(catch)) for catch in old.catches}
    new.execution.arm(
        key,
        [
            catch
            for catch in element.catches
            if catch.event_id not in waited and (catch.event_id, _table_of(catch)) not in had
        ],
    )


def _table_of(catch: Catch) -> type[Base]:
    return MessageSubscription if isinstance(catch.event, Message) else Timer


def _before(step: Step, old: Running, row: AnyRow) -> dict[str, Any]:
    """All that a migration changes, as JSON."""
    elements = [
        {
            "_key": key,
            "element_id": element_id,
            "name": old.bundle.elements[element_id].node.name,
            "type": old.bundle.elements[element_id].type,
        }
        for key, element_id in _drawn(old)
    ]
    followed = {
        table.__name__: [
            {"_key": each.key, **{column: getattr(each, column) for column in columns}}
            for each in _rows(step.connection, table, old.key)
        ]
        for table, columns in _FOLLOWING.items()
        if table is not ElementInstance
    }
    waiting = {
        table.__name__: [_plain(each) for each in _rows(step.connection, table, old.key)]
        for table in _WAITING
    }
    instance = {
        "bundle_key": old.bundle.key,
        "definition_key": old.bundle.definition_key,
        "bidang": old.bundle.bidang,
        "confidential": old.bundle.confidential,
    }
    tokens = {"tokens": bytes(row.tokens).decode(), "instance": instance}
    return {**tokens, ElementInstance.__name__: elements, **followed, **waiting}


def _plain(row: AnyRow) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row._mapping.items()
    }


def _typed(table: type[Base], row: Mapping[str, Any]) -> dict[str, Any]:
    instants = {column.name for column in table.__table__.columns if isinstance(column.type, Instant)}
    return {
        name: datetime.fromisoformat(value) if name in instants and value else value
        for name, value in row.items()
    }


def _rows(connection: Connection, table: type[Base], case: int) -> Iterable[AnyRow]:
    """A case's rows of a table that speak of live elements."""
    return connection.execute(_LIVE[table], {"case": case}).all()


_RECEIVING = ("candidate_group", "candidate_users", "barred")
"""To whom a task is offered, and to whom not."""
_FOLLOWING: dict[type[Base], tuple[str, ...]] = {
    ElementInstance: ("element_id", "name", "type"),
    UserTask: (
        "definition_key",
        "element_id",
        "name",
        "form_key",
        "headers",
        *_RECEIVING,
        "bidang",
    ),
    Job: ("element_id",),
    Incident: ("element_id",),
}
"""What rows say of the version, by table."""
_TOLD_ANEW: dict[type[Base], dict[str, None]] = {UserTask: {"announced_at": None}}
"""Whoever receives a task in the new version is told of it."""
_WAITING: tuple[Any, ...] = (Timer, MessageSubscription)
_OPEN: dict[Any, Callable[[], Any]] = {
    UserTask: lambda: UserTask.state == TaskState.CREATED,
    Job: lambda: Job.state.in_((JobState.CREATED, JobState.FAILED)),
    Incident: lambda: Incident.state == IncidentState.ACTIVE,
    Timer: lambda: Timer.element_instance_key.is_not(None),
    MessageSubscription: lambda: MessageSubscription.element_instance_key.is_not(None),
}
_LIVE = {
    table: select(table.__table__).where(table.process_instance_key == bindparam("case"), is_open())
    for table, is_open in _OPEN.items()
}
_WAITS = {
    table: select(table.key, table.event_id).where(table.element_instance_key == bindparam("key"))
    for table in _WAITING
}
_RENAME = {
    table: update(table).where(table.key == bindparam("_key")).values(event_id=bindparam("event_id"))
    for table in _WAITING
}
_DROP = {table: delete(table).where(table.key == bindparam("_key")) for table in _WAITING}
_LEAVE = {table: delete(table).where(table.element_instance_key == bindparam("_key")) for table in _WAITING}
_CLEAR = {table: delete(table).where(table.process_instance_key == bindparam("_case")) for table in _WAITING}
_SET = {
    table: update(table)
    .where(table.__table__.c.key == bindparam("_key"))
    .values({column: bindparam(column) for column in columns} | _TOLD_ANEW.get(table, {}))
    for table, columns in _FOLLOWING.items()
}
_GIVE = (
    update(UserTask)
    .where(UserTask.key == bindparam("_key"), UserTask.assignee.is_not_distinct_from(bindparam("_assignee")))
    .values(assignee=bindparam("assignee"))
)
_BOUND = ("bundle_key", "definition_key", "bidang", "confidential")
_BIND = (
    update(ProcessInstance)
    .where(ProcessInstance.key == bindparam("_key"))
    .values({column: bindparam(column) for column in _BOUND})
)
_RESTORE = (
    update(ProcessInstance)
    .where(ProcessInstance.key == bindparam("_key"), ProcessInstance.version == bindparam("_version"))
    .values({column: bindparam(column) for column in (*_BOUND, "tokens", "version")})
)
_KEPT = select(KeptState.before).where(KeptState.process_instance_key == bindparam("key"))
_FORGET = delete(KeptState).where(KeptState.process_instance_key == bindparam("_case"))
