"""Who may see what and work on what: as conditions of SQL, so that a search never finds, and a key never opens, what is not
for its asker; and the same of one task at hand.

A case is seen by its subject, its starter, whoever holds or held one of its tasks, and holders of the permission for its
bidang; a confidential one only by its starter, the holders of its tasks, and named people. A task is seen by those who see
its case and by those to whom it is offered.

A task is offered to its group, and to the people whom it names. What its group cannot do, because nobody holds it or because the
task is about its only holder, is offered to the next higher officer (identity.succession).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    exists,
    false,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased

from server.engine.tables import FormerHolder, ProcessGroup, ProcessInstance, Reader, TaskState, UserTask
from server.files import Document
from server.identity import Actor, Permission, Roles


def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """The condition on ProcessInstance."""
    return or_(
        ProcessInstance.key.in_(_own_cases(actor)), and_(~ProcessInstance.confidential, _overseen(actor))
    )


def sees_case(actor: Actor, key: Any) -> ColumnElement[bool]:
    """The same of the one case of this key: for rows that are few, each of which is looked up by itself."""
    case = aliased(ProcessInstance)
    tables = (case, aliased(UserTask), aliased(FormerHolder), aliased(Reader))
    own = (part.where(of_case == key).exists() for part, of_case in _parts(actor, *tables))
    overseen = select(case.key).where(case.key == key, ~case.confidential, _overseen(actor, case))
    return or_(*own, overseen.exists())


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """The condition on UserTask, which needs no join: an inbox is read in the order of one of the table's own indexes."""
    conditions = [offered_tasks(actor), UserTask.process_instance_key.in_(_own_cases(actor))]
    if oversees(actor):
        case = ProcessInstance.key == UserTask.process_instance_key
        overseen = select(ProcessInstance.key).where(case, ~ProcessInstance.confidential, _overseen(actor))
        conditions.append(overseen.correlate(UserTask).exists())
    return or_(*conditions)


def oversees(actor: Actor) -> bool:
    """Whether they see whole fields of the office, rather than cases in which they have a part."""
    return Permission.SEE_ALL in actor.permissions or bool(actor.sees)


def overseen(actor: Actor, rows: Any, case_key: Any) -> ColumnElement[bool]:
    """Of rows that say of what `bidang` they are and whether they are `confidential`: those of the fields that the actor
    oversees, and of confidential cases (by the column of their key) those in which they have a part."""
    part = select(ProcessInstance.key).where(
        ProcessInstance.confidential, ProcessInstance.key.in_(_own_cases(actor))
    )
    return or_(
        and_(~rows.confidential, _overseen(actor, rows)),
        and_(rows.confidential, case_key.in_(part.correlate(None))),
    )


def visible_documents(actor: Actor) -> ColumnElement[bool]:
    """The condition on Document beside the ProcessInstance of which it is a part, if it is of one."""
    offered = offered_within(actor, Document.process_instance_key)
    return or_(Document.created_by == actor.username, visible_cases(actor), offered)


def offered_within(actor: Actor, case: Any) -> ColumnElement[bool]:
    """Whether an open task of the case with this key is offered to the actor, who may not see it as a whole."""
    open_ = and_(UserTask.process_instance_key == case, UserTask.state == TaskState.CREATED)
    return exists().where(open_, offered_tasks(actor))


def offered_tasks(actor: Actor) -> ColumnElement[bool]:
    """Tasks that the actor may work on, or might if nobody else had taken them: a condition on UserTask alone."""
    mine = UserTask.assignee == actor.username
    if actor.lost:
        group = UserTask.candidate_group
        mine = and_(mine, or_(group.is_(None), group.not_in(sorted(actor.lost)), is_named(actor.username)))
    offered = or_(*_received(actor), is_named(actor.username))
    return or_(mine, and_(offered, UserTask.barred.is_distinct_from(actor.username)))


def is_named(username: str) -> ColumnElement[bool]:
    """Whether a task names a person among those to whom it is offered."""
    names = UserTask.candidate_users
    return and_(names.is_not(None), type_coerce(names, Text).contains(f"|{username}|", autoescape=True))


def is_offered(actor: Actor, task: Any) -> bool:
    """Whether a task at hand is offered to the actor, who may take it unless somebody else has."""
    named = actor.username in task.candidate_users and actor.username != task.barred
    return named or actor.receives(task.candidate_group, task.bidang, task.barred)


def offered_to_own_groups(actor: Actor) -> ColumnElement[bool]:
    """A part of `offered_tasks`."""
    mine = UserTask.candidate_group.in_(sorted(actor.groups))
    return and_(mine, UserTask.barred.is_distinct_from(actor.username))


def capacity(
    roles: Roles, actor: Actor, group: str | None, bidang: str | None, barred: str | None
) -> dict[str, Any] | None:
    """As what the actor does a task of `group`, where not simply as one of those who hold it, in words that stay true.

    title: such as “Plt. Kepala Dinas”; acting: plt or plh; standsFor: the group whose task came up to a higher officer.
    """
    if group is None:
        return None
    if group in actor.acting:
        return {"title": _title(roles, actor, group), "acting": actor.acting[group].value, "group": group}
    if group in actor.groups or not actor.receives(group, bidang, barred):
        return None
    own = roles.nearest_above(group, actor.groups, bidang)
    told: dict[str, Any] = {"title": f"{_title(roles, actor, own)} untuk {roles.title(group)}"}
    told |= {"standsFor": group, "group": own}
    acting = actor.acting.get(own or "")
    return told | ({"acting": acting.value} if acting else {})


def _title(roles: Roles, actor: Actor, group: str | None) -> str:
    """An officer's title with the actor's Plt. or Plh. before it."""
    if group is None:
        return actor.name
    acting = actor.acting.get(group)
    return f"{acting.prefix} {roles.title(group)}" if acting else roles.title(group)


def other_rungs(roles: Roles, actor: Actor, group: str | None, bidang: str | None) -> list[str]:
    """The groups whose tasks the actor may do, too, and that stand above or below `group`: rungs of one check."""
    if group is None:
        return []
    reached = actor.groups | {stand.group for stand in actor.stands}
    return sorted(other for other in reached - {group} if roles.is_rung(group, other, bidang))


def _received(actor: Actor) -> Iterator[ColumnElement[bool]]:
    """By whose group: the actor's own, and those that they stand above."""
    group, bidang, barred = UserTask.candidate_group, UserTask.bidang, UserTask.barred
    everywhere = {stand.group for stand in actor.stands if stand.any_bidang and stand.subject is None}
    yield group.in_(sorted(actor.groups | everywhere))
    of_bidang = [each for each in actor.stands if not each.any_bidang and each.subject is None]
    yield from _any_of((group, bidang), [(each.group, each.bidang) for each in of_bidang])
    about = [each for each in actor.stands if each.any_bidang and each.subject is not None]
    yield from _any_of((group, barred), [(each.group, each.subject) for each in about])
    both = [each for each in actor.stands if not each.any_bidang and each.subject is not None]
    yield from _any_of((group, bidang, barred), [(each.group, each.bidang, each.subject) for each in both])


def _any_of(
    columns: tuple[Any, ...], wanted: Sequence[tuple[str | None, ...]]
) -> Iterator[ColumnElement[bool]]:
    """The rows with one of these combinations; a NULL is compared by itself, as SQL knows no equal for it."""
    whole = sorted(tuple(each) for each in wanted if None not in each)
    if whole:
        yield tuple_(*columns).in_(whole)
    for each in wanted:
        if None in each:
            yield and_(
                *(column.is_not_distinct_from(value) for column, value in zip(columns, each, strict=True))
            )


def _own_cases(actor: Actor) -> Any:
    """The cases that the actor sees for a part in them: each found by an index, and few beside those that an officer oversees."""
    parts = _parts(actor, ProcessInstance, UserTask, FormerHolder, Reader)
    return union_all(*(part for part, _ in parts))


def _parts(actor: Actor, case: Any, task: Any, former: Any, reader: Any) -> Iterator[tuple[Select[Any], Any]]:
    """The keys of cases by what part the actor has in them, as starter, subject, holder of a task or reader, each with its
    column. A completed task keeps its assignee."""
    me = actor.username
    by_process = select(ProcessGroup.process_id).where(
        ProcessGroup.reads, ProcessGroup.group.in_(sorted(actor.groups))
    )
    yield select(case.key).where(case.started_by == me), case.key
    yield select(case.key).where(case.subject == me, ~case.confidential), case.key
    yield select(task.process_instance_key).where(task.assignee == me), task.process_instance_key
    yield select(former.process_instance_key).where(former.username == me), former.process_instance_key
    others = case.subject.is_distinct_from(me)
    yield select(case.key).where(case.confidential, case.process_id.in_(by_process), others), case.key
    yield select(reader.process_instance_key).where(reader.username == me), reader.process_instance_key


def _overseen(actor: Actor, case: Any = ProcessInstance) -> ColumnElement[bool]:
    """Cases of the fields that the actor oversees."""
    if Permission.SEE_ALL in actor.permissions:
        return true()
    if not actor.sees:
        return false()
    of_field: ColumnElement[bool] = case.bidang.in_(sorted(actor.sees))
    return of_field
