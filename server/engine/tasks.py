"""User tasks: a person takes one, gives it back, keeps a draft, completes it.

A task is offered to a group or held by an assignee. Whoever of its group takes it becomes its assignee; nobody else may
complete it then. The same completion sent again gets the same answer.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import aliased

from server import errors, forms
from server.db import AnyRow, Change, Effect, dump_json, fetch
from server.engine import instances, officers, references
from server.engine.access import capacity, is_offered, other_rungs, visible_tasks
from server.engine.bundle import Bundle, Element
from server.engine.engine import Engine
from server.engine.record import Record
from server.engine.step import INSTANCE_COLUMNS, Step
from server.engine.tables import Draft, InstanceState, ProcessInstance, TaskState, UserTask
from server.engine.variables import Scopes
from server.identity import (
    Actor,
    Permission,
    Sought,
    UnknownPerson,
    active_of,
    find_people,
    is_active,
    load_actor,
    names_of,
    receivers,
)


class UnknownTask(errors.NotFound):
    def __init__(self, key: int, hidden: bool = False) -> None:
        super().__init__(f"Tugas {key} tidak ada, atau bukan untuk Anda.", hidden)


class TaskIsOver(errors.Conflict):
    """Somebody has completed it, or its case was cancelled."""

    def __init__(self, task: AnyRow) -> None:
        if task.state == TaskState.COMPLETED:
            super().__init__(f"Tugas “{task.name}” sudah diselesaikan oleh {task.ended_by}.")
        else:
            super().__init__(f"Tugas “{task.name}” dibatalkan bersama kasusnya.")


class TaskIsHeld(errors.Conflict):
    def __init__(self, task: AnyRow) -> None:
        super().__init__(f"Tugas “{task.name}” sedang dipegang oleh {task.assignee}.")


class CaseIsSuspended(errors.Conflict):
    def __init__(self, task: AnyRow) -> None:
        super().__init__(
            f"Kasus tugas “{task.name}” sedang dihentikan sementara; coba lagi setelah dilanjutkan."
        )


class UnknownGroup(errors.Invalid):
    def __init__(self, group: str) -> None:
        message = f"Kelompok “{group}” tidak ada; tulis peran dari roles.yaml, dengan @bidang bila dipegang per bidang."
        super().__init__(message, [errors.Problem(message, where="candidateGroups")])


class UnknownPeople(errors.Invalid):
    def __init__(self, usernames: Iterable[str]) -> None:
        named = ", ".join(f"“{each}”" for each in usernames)
        message = f"Tidak ada pengguna aktif bernama {named}; tulis nama pengguna yang terdaftar di halaman Pengguna."
        super().__init__(message, [errors.Problem(message, where="candidateUsers")])


class NotForYou(errors.Forbidden):
    def __init__(self, task: AnyRow) -> None:
        super().__init__(
            f"Tugas “{task.name}” bukan tugas Anda; mintalah pemegangnya atau pejabat yang berwenang."
        )


class NotTheirs(errors.Forbidden):
    """Whoever a task is handed over to must be able to do it."""

    def __init__(self, task: AnyRow, other: Actor) -> None:
        super().__init__(
            f"{other.name} tidak memegang peran untuk tugas “{task.name}”; pilih seorang pemegang perannya."
        )


class NotForSubject(errors.Forbidden):
    """Nobody checks or signs what they asked for themselves."""

    def __init__(self, task: AnyRow, actor: Actor) -> None:
        theirs = "bukan tugas Anda" if actor.username == task.barred else f"bukan tugas {task.barred}"
        super().__init__(
            f"Tugas “{task.name}” {theirs}: perkara sendiri diperiksa dan ditandatangani pejabat lain."
        )


class NoLongerHeld(errors.Forbidden):
    def __init__(self, task: AnyRow) -> None:
        super().__init__(
            f"Anda tidak lagi memegang peran untuk tugas “{task.name}”; tugas ini kembali kepada pemegang perannya."
        )


class ScopeTooNarrow(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Token ini tidak dibuat untuk mengerjakan tugas. Buat token dengan izin “complete”.")


def assign(
    engine: Engine, connection: Connection, actor: Actor, key: int, assignee: str, allow_override: bool = True
) -> Change[None]:
    """Gives an open task to a person. To take it oneself one must belong to its group; to give it to another needs `assign`.

    With `allow_override` False a task that somebody else holds is refused (TaskIsHeld).
    """
    task = _open(connection, actor, key)
    if task.assignee == assignee:
        return Change((), None)
    if assignee == task.barred:
        raise NotForSubject(task, actor)
    mine = assignee == actor.username and is_offered(actor, task)
    assigns = actor.may(Permission.ASSIGN, task.bidang)
    if task.assignee is not None and ((mine and not assigns) or not allow_override):
        raise TaskIsHeld(task)
    if not mine and not assigns:
        raise NotForYou(task)
    if assignee != actor.username and not is_active(connection, assignee):
        raise UnknownPerson(assignee)
    return Change(_reassigned(engine, actor, task, assignee, None), None)


def hand_over(
    engine: Engine, connection: Connection, actor: Actor, key: int, to: str, reason: str | None = None
) -> Change[None]:
    """Gives an open task to somebody who may do it. Its holder may, and who may assign.

    Raises NotForYou, NotForSubject, NotTheirs, UnknownPerson.
    """
    task = _open(connection, actor, key)
    if task.assignee == to:
        return Change((), None)
    if not _may_hand_over(actor, task):
        raise NotForYou(task)
    if to == task.barred:
        raise NotForSubject(task, actor)
    other = load_actor(connection, to, engine.clock.today(), engine.roles)
    if _is_offered_to_somebody(task) and not is_offered(other, task):
        raise NotTheirs(task, other)
    return Change(_reassigned(engine, actor, task, to, reason), None)


def successors(engine: Engine, connection: Connection, actor: Actor, key: int) -> dict[str, str]:
    """To whom the actor may hand an open task over: names by username, in the alphabet's order of names.

    Nobody where it is not theirs to give; everybody for a task of no group that names nobody.
    """
    task = _open(connection, actor, key)
    if not _may_hand_over(actor, task):
        return {}
    today, group = engine.clock.today(), task.candidate_group
    if not _is_offered_to_somebody(task):
        found = {each.username: each.name for each in find_people(connection, Sought(active=True), today)}
    else:
        whom = receivers(connection, engine.roles, group, task.bidang, task.barred, today) if group else []
        found = names_of(connection, {*whom, *active_of(connection, task.candidate_users)})
    others = {each: name for each, name in found.items() if each not in (task.assignee, task.barred)}
    return dict(sorted(others.items(), key=lambda one: one[1]))


def _is_offered_to_somebody(task: AnyRow) -> bool:
    """Whether it is for a group or for some people, rather than for one person alone."""
    return task.candidate_group is not None or bool(task.candidate_users)


def _may_hand_over(actor: Actor, task: AnyRow) -> bool:
    held = task.assignee == actor.username and _is_offered_to_somebody(task)
    own = held and not _has_lost(actor, task) and Permission.ASSIGN not in actor.withheld
    return own or actor.may(Permission.ASSIGN, task.bidang)


def _has_lost(actor: Actor, task: AnyRow) -> bool:
    """Whether the actor held the task's group and no longer does, and is not named by it either."""
    return task.candidate_group in actor.lost and actor.username not in task.candidate_users


def unassign(
    engine: Engine, connection: Connection, actor: Actor, key: int, reason: str | None = None
) -> Change[None]:
    """Gives an open task back to its group, or to those whom it names."""
    task = _open(connection, actor, key)
    if task.assignee is None:
        return Change((), None)
    if task.assignee != actor.username and not actor.may(Permission.ASSIGN, task.bidang):
        raise NotForYou(task)
    if not _is_offered_to_somebody(task):
        raise errors.Conflict(f"Tugas “{task.name}” tidak mempunyai kelompok; serahkan kepada orang lain.")
    return Change(_reassigned(engine, actor, task, None, reason), None)


def change(
    engine: Engine, connection: Connection, actor: Actor, key: int, values: Mapping[str, object]
) -> Change[None]:
    """Changes an open task's `due_at`, `follow_up_at`, `priority`, `candidate_group` or `candidate_users`; those that `values`
    leaves out stay. Raises UnknownGroup, UnknownPeople."""
    task = _open(connection, actor, key)
    if not actor.may(Permission.ASSIGN, task.bidang):
        raise NotForYou(task)
    if not values:
        return Change((), None)
    group = values.get("candidate_group")
    role, _, bidang = str(group).partition("@")
    if group is not None and (role not in engine.roles or engine.roles.group(role, bidang or None) != group):
        raise UnknownGroup(str(group))
    users: Any = values.get("candidate_users") or ()
    if unknown := sorted(set(users) - active_of(connection, users)):
        raise UnknownPeople(unknown)
    record = Record(task.process_instance_key, engine.keys, engine.clock.now(), actor.username)
    told = {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()
    }
    record.history("TASK_UPDATED", task.element_id, key, told)
    changes = [Effect(_CHANGE[name], {"_key": key, name: value}, expect=1) for name, value in values.items()]
    return Change((*changes, *record.effects(Scopes(task.process_instance_key))), None)


def save_draft(
    engine: Engine, connection: Connection, actor: Actor, key: int, values: Mapping[str, object]
) -> Change[None]:
    """Keeps what was typed so far; nothing of it is checked before it is sent.

    A completion at the same moment clashes with it, whichever is first, so that no draft outlives its task.
    """
    task = _open(connection, actor, key)
    _allow_work(actor, task)
    row = {"user_task_key": key, "by": actor.username, "at": engine.clock.now(), "values": dict(values)}
    known = connection.execute(_DRAFT_EXISTS, {"key": key}).first()
    kept = Effect(_UPDATE_DRAFT, {"_key": key, **row}, expect=1) if known else Effect(_INSERT_DRAFT, row)
    still_open = Effect(_STILL_OPEN, {"_key": key}, expect=1)
    case = task.process_instance_key
    brought = references.brought(values, case, actor.username)
    return Change((Effect(_RAISE_VERSION, {"_key": case}), still_open, kept, *brought), None)


def complete(
    engine: Engine, connection: Connection, actor: Actor, key: int, values: Mapping[str, object]
) -> Change[None]:
    """Completes a task with the values of its form, and takes the case on to its next stop.

    Raises UnknownTask, TaskIsOver, TaskIsHeld, NotForYou, forms.Rejected, and StepFault where the diagram cannot go on:
    then the task stays open and nothing has changed.
    """
    task = _find(connection, actor, key)
    digest = hashlib.sha256(dump_json(values).encode()).hexdigest()
    if task.state == TaskState.COMPLETED and task.ended_by == actor.username and task.answer_sha256 == digest:
        return Change((), None)
    if task.state != TaskState.CREATED:
        raise TaskIsOver(task)
    _allow_work(actor, task)
    if task.case_state == InstanceState.SUSPENDED:
        raise CaseIsSuspended(task)
    step = Step(engine, connection, actor.username)
    running = step.load(task)
    element = running.bundle.elements[task.element_id]
    held = running.execution.scopes.view(task.element_instance_key)
    documents = references.known_to(connection, actor, engine.clock.now())
    form = engine.bundles.form(connection, element, task.form_key)
    clean = _checked(engine, running.bundle, element, form, actor, values, held, documents)
    running.execution.deliver(task.element_instance_key, clean)
    acted = _capacity(engine, connection, actor, task)
    running.execution.record.history("TASK_COMPLETED", task.element_id, key, clean or None, acted)
    running.tokens.complete(task.element_instance_key)
    step.settle()
    row = {
        "_key": key,
        "ended_at": running.execution.moment.now,
        "ended_by": actor.username,
        "answer_sha256": digest,
        "capacity": acted,
    }
    drafted = [Effect(_DELETE_DRAFT, {"_key": key})] if task.draft_key else []
    running.execution.record.besides += [Effect(_COMPLETE, row, expect=1), *drafted]
    return Change(step.effects(), None)


def doubts(
    engine: Engine, connection: Connection, actor: Actor, key: int, values: Mapping[str, object]
) -> tuple[errors.Problem, ...]:
    """What of the values for a task looks wrong and would be taken all the same; to be made sure of before it is completed."""
    task = _open(connection, actor, key)
    running = Step(engine, connection, actor.username).look(task)
    element = running.bundle.elements[task.element_id]
    form = engine.bundles.form(connection, element, task.form_key)
    if form is None:
        return ()
    held = running.execution.scopes.view(task.element_instance_key)
    return form.doubts(values, held, engine.environment)


def _find(connection: Connection, actor: Actor, key: int) -> AnyRow:
    found = fetch(connection, _SELECT, {"key": key, "actor": actor.username})
    if not found:
        raise UnknownTask(key)
    task: AnyRow = found[0]
    offered = task.assignee == actor.username or is_offered(actor, task)
    if not (offered or _sees(connection, actor, key)):
        raise UnknownTask(key, hidden=True)
    return task


def _sees(connection: Connection, actor: Actor, key: int) -> bool:
    statement = (
        select(UserTask.key)
        .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
        .where(UserTask.key == key, visible_tasks(actor))
    )
    return connection.execute(statement).first() is not None


def _open(connection: Connection, actor: Actor, key: int) -> AnyRow:
    task = _find(connection, actor, key)
    if task.state != TaskState.CREATED:
        raise TaskIsOver(task)
    return task


def _allow_work(actor: Actor, task: AnyRow) -> None:
    """Only the assignee works on a task; where there is none, those to whom it is offered; where there is no group, who may.

    Never the subject of the case where the task checks what they asked for, and no longer who has lost the task's group.
    """
    if Permission.COMPLETE in actor.withheld:
        raise ScopeTooNarrow
    if task.barred == actor.username:
        raise NotForSubject(task, actor)
    if task.assignee == actor.username:
        if _has_lost(actor, task):
            raise NoLongerHeld(task)
        return
    nobodys = task.assignee is None and not _is_offered_to_somebody(task)
    if nobodys and actor.may(Permission.COMPLETE, task.bidang):
        return
    if not is_offered(actor, task):
        raise NotForYou(task)
    if task.assignee is not None:
        raise TaskIsHeld(task)


def _capacity(engine: Engine, connection: Connection, actor: Actor, task: AnyRow) -> dict[str, Any] | None:
    """As what the actor completes the task, and as what else they have had a hand in the same check."""
    own = capacity(engine.roles, actor, task.candidate_group, task.bidang, task.barred)
    rungs = other_rungs(engine.roles, actor, task.candidate_group, task.bidang) if task.acted_before else []
    if not rungs:
        return own
    done = connection.execute(
        _DONE_BY, {"case": task.process_instance_key, "actor": actor.username, "groups": rungs}
    ).scalars()
    also = [engine.roles.title(str(group)) for group in done]
    return {**(own or {}), "alsoAs": also} if also else own


def _checked(
    engine: Engine,
    bundle: Bundle,
    element: Element,
    form: forms.Form | None,
    actor: Actor,
    values: Mapping[str, object],
    variables: Mapping[str, object],
    documents: forms.Documents,
) -> dict[str, object]:
    if form is not None:
        return form.check(values, variables, engine.environment, documents)
    if values and not (bundle.foreign and actor.may(Permission.CHANGE_VARIABLES, bundle.bidang)):
        raise errors.Invalid(
            f"Tugas “{element.name}” tidak mempunyai isian; kirim `variables` kosong.",
            [errors.Problem("tidak diminta oleh tugas ini", where=name) for name in values],
        )
    return dict(values)


def _reassigned(
    engine: Engine, actor: Actor, task: AnyRow, assignee: str | None, reason: str | None
) -> tuple[Effect, ...]:
    """Only from the assignee it was read with: of two people who claim at once, one is told that the other has it."""
    event = "TASK_ASSIGNED" if assignee else "TASK_UNASSIGNED"
    to_another = {"assignee": assignee} if assignee not in (None, actor.username) else {}
    history = instances.note(
        engine,
        actor.username,
        task.process_instance_key,
        event,
        task.element_id,
        task.key,
        capacity(engine.roles, actor, task.candidate_group, task.bidang, task.barred),
        (to_another | instances.why(reason)) or None,
    )
    change = {"_key": task.key, "_assignee": task.assignee, "assignee": assignee}
    handed = assignee != actor.username
    return (
        Effect(_HAND_OVER if handed else _ASSIGN, change, expect=1),
        *history,
        *([officers.former_holder(task.process_instance_key, task.assignee)] if task.assignee else ()),
    )


ANNOUNCED = ("due_at", "candidate_group", "candidate_users")
"""What people are told of a task: where it changes, they are told anew."""
_OTHER = aliased(UserTask)
_SELECT = (
    select(
        UserTask.key,
        UserTask.element_instance_key,
        UserTask.element_id,
        UserTask.name,
        UserTask.state,
        UserTask.candidate_group,
        UserTask.candidate_users,
        UserTask.assignee,
        UserTask.ended_by,
        UserTask.answer_sha256,
        UserTask.barred,
        UserTask.form_key,
        Draft.user_task_key.label("draft_key"),
        select(_OTHER.key)
        .where(
            _OTHER.process_instance_key == UserTask.process_instance_key,
            _OTHER.ended_by == bindparam("actor"),
            _OTHER.candidate_group != UserTask.candidate_group,
        )
        .exists()
        .label("acted_before"),
        *INSTANCE_COLUMNS,
    )
    .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
    .outerjoin(Draft, Draft.user_task_key == UserTask.key)
    .where(UserTask.key == bindparam("key"))
)
_COMPLETE = (
    update(UserTask)
    .where(UserTask.key == bindparam("_key"), UserTask.state == TaskState.CREATED)
    .values(
        state=TaskState.COMPLETED,
        ended_at=bindparam("ended_at"),
        ended_by=bindparam("ended_by"),
        assignee=bindparam("ended_by"),
        answer_sha256=bindparam("answer_sha256"),
        capacity=bindparam("capacity"),
    )
)
_ASSIGN = (
    update(UserTask)
    .where(
        UserTask.key == bindparam("_key"),
        UserTask.state == TaskState.CREATED,
        UserTask.assignee.is_not_distinct_from(bindparam("_assignee")),
    )
    .values(assignee=bindparam("assignee"))
)
_HAND_OVER = _ASSIGN.values(announced_at=None)
_CHANGE = {
    name: update(UserTask)
    .where(UserTask.key == bindparam("_key"), UserTask.state == TaskState.CREATED)
    .values({name: bindparam(name), **({"announced_at": None} if name in ANNOUNCED else {})})
    for name in ("due_at", "follow_up_at", "priority", "candidate_group", "candidate_users")
}
_DONE_BY = (
    select(UserTask.candidate_group)
    .where(
        UserTask.process_instance_key == bindparam("case"),
        UserTask.state == TaskState.COMPLETED,
        UserTask.ended_by == bindparam("actor"),
        UserTask.candidate_group.in_(bindparam("groups", expanding=True)),
    )
    .distinct()
    .order_by(UserTask.candidate_group)
)
_DELETE_DRAFT = delete(Draft).where(Draft.user_task_key == bindparam("_key"))
_DRAFT_EXISTS = select(Draft.user_task_key).where(Draft.user_task_key == bindparam("key"))
_INSERT_DRAFT = insert(Draft)
_STILL_OPEN = (
    update(UserTask)
    .where(UserTask.key == bindparam("_key"), UserTask.state == TaskState.CREATED)
    .values(state=TaskState.CREATED)
)
_RAISE_VERSION = (
    update(ProcessInstance)
    .where(ProcessInstance.key == bindparam("_key"))
    .values(version=ProcessInstance.version + 1)
)
_UPDATE_DRAFT = (
    update(Draft)
    .where(Draft.user_task_key == bindparam("_key"))
    .values(by=bindparam("by"), at=bindparam("at"), values=bindparam("values"))
)
