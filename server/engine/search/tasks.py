"""User tasks, and what a person sees of one: its form, its variables, the draft."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true
from sqlalchemy.orm import aliased

from server.engine.access import offered_tasks, offered_to_own_groups, visible_tasks
from server.engine.engine import Engine
from server.engine.search.cases import APPLICANT, NUMBER, VARIABLES, joined
from server.engine.search.catalogue import ShownForm, shown_form
from server.engine.search.listing import TENANT_COLUMN, Listing, chosen, find, search
from server.engine.search.query import Condition, Found, Item, Query, within
from server.engine.tables import (
    Definition,
    Draft,
    ElementInstance,
    ProcessInstance,
    TaskState,
    UserTask,
    Variable,
)
from server.identity import Actor

MANY: Final = 1000


def _everybody(actor: Actor) -> ColumnElement[bool]:
    return true()


USER_TASKS: Final = Listing(
    word="Tugas",
    key="user_task_key",
    source=joined(UserTask, ProcessInstance.key == UserTask.process_instance_key).join(
        Definition.__table__, Definition.key == UserTask.definition_key
    ),
    fields={
        "user_task_key": UserTask.key,
        "element_instance_key": UserTask.element_instance_key,
        "element_id": UserTask.element_id,
        "name": UserTask.name,
        "state": UserTask.state,
        "assignee": UserTask.assignee,
        "candidate_group": UserTask.candidate_group,
        "candidate_user": UserTask.candidate_users,
        "process_instance_key": UserTask.process_instance_key,
        "root_process_instance_key": ProcessInstance.root_key,
        "process_definition_key": UserTask.definition_key,
        "process_definition_id": UserTask.process_id,
        "process_definition_version": Definition.version,
        "process_name": Definition.name,
        "creation_date": UserTask.created_at,
        "completion_date": UserTask.ended_at,
        "follow_up_date": UserTask.follow_up_at,
        "due_date": UserTask.due_at,
        "priority": UserTask.priority,
        "form_key": UserTask.form_key,
        "custom_headers": UserTask.headers,
        "capacity": UserTask.capacity,
        "business_id": ProcessInstance.business_id,
        "case_state": ProcessInstance.state,
        "bundle_key": ProcessInstance.bundle_key,
        "tenant_id": TENANT_COLUMN,
    },
    visible=visible_tasks,
    alone=UserTask.__table__,
    surely=offered_to_own_groups,
    variables={
        place: and_(
            Variable.process_instance_key == UserTask.process_instance_key, Variable.scope_key == scope
        )
        for place, scope in (
            ("process_instance_variables", UserTask.process_instance_key),
            ("local_variables", UserTask.element_instance_key),
        )
    },
)

INBOX: Final = replace(
    USER_TASKS,
    fields={**USER_TASKS.fields, "applicant": APPLICANT, "number": NUMBER},
    visible=offered_tasks,
)
"""The tasks that one may work on, or might if nobody else had taken them. `applicant`: the name of the case's own person; `number`: of
the case, or of the one that called it."""

VARIABLES_OF_TASK: Final = replace(VARIABLES, visible=_everybody)
"""For scopes of a task that the actor was found to see; whose case they may not see beyond it."""


def task_form(engine: Engine, connection: Connection, actor: Actor, key: int) -> ShownForm | None:
    """The form of a user task; None for a task without one. Raises Unseen."""
    task = find(engine, connection, actor, USER_TASKS, key)
    if task["form_key"] is not None:
        return shown_form(connection, task["form_key"])
    element = engine.bundles.get(connection, task["bundle_key"]).elements[task["element_id"]]
    if element.form is None or element.form.written is None:
        return None
    version = task["process_definition_version"]
    return ShownForm(task["process_definition_key"], element.id, version, element.form.written)


def task_variables(
    engine: Engine, connection: Connection, actor: Actor, key: int, query: Query, innermost: bool = False
) -> Found:
    """The variables that a task sees, of all its scopes. `innermost`: of each name only the one that hides the others."""
    task = find(engine, connection, actor, USER_TASKS, key)
    scopes = _scopes_of(connection, task)
    kept = within(query, process_instance_key=task["process_instance_key"], scope_key=scopes)
    if innermost:
        kept = within(kept, variable_key=_innermost(connection, scopes))
    return search(engine, connection, actor, VARIABLES_OF_TASK, kept)


def draft_of(engine: Engine, connection: Connection, actor: Actor, key: int) -> Mapping[str, object]:
    """What was saved of a task's form by those who may work on it; empty where nothing was. Raises Unseen."""
    find(engine, connection, actor, USER_TASKS, key)
    own = select(Draft.values).join(UserTask, UserTask.key == Draft.user_task_key)
    return connection.execute(own.where(UserTask.key == key, offered_tasks(actor))).scalar() or {}


@dataclass(frozen=True)
class OpenTask:
    """A task that somebody has to do before its case goes on."""

    key: int
    name: str
    assignee: str | None
    group: str | None
    since: datetime
    due: datetime | None


def open_tasks(connection: Connection, actor: Actor, cases: Iterable[int]) -> dict[int, list[OpenTask]]:
    """Where these cases stand: their open tasks and those of cases that they have called, the most urgent first, as far as the
    actor may see them. That they were read is noted by who reads the cases."""
    case = aliased(ProcessInstance)
    columns = (case.key.label("first"), case.key, case.confidential)
    family = select(*columns).where(case.key.in_(list(cases))).cte(recursive=True)
    called = select(family.c.first, ProcessInstance.key, ProcessInstance.confidential)
    as_open = or_(~ProcessInstance.confidential, family.c.confidential)
    family = family.union_all(called.where(ProcessInstance.parent_key == family.c.key, as_open))
    task = (UserTask.key, UserTask.name, UserTask.assignee, UserTask.candidate_group)
    statement = (
        select(family.c.first, *task, UserTask.created_at, UserTask.due_at)
        .join(UserTask, UserTask.process_instance_key == family.c.key)
        .where(UserTask.state == TaskState.CREATED, visible_tasks(actor))
        .order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.key)
        .limit(MANY)
    )
    found: dict[int, list[OpenTask]] = {}
    for first, *row in connection.execute(statement):
        found.setdefault(first, []).append(OpenTask(*row))
    return found


def _scopes_of(connection: Connection, task: Item) -> list[int]:
    """The element instance of a task and all around it, from the inside out; the process instance last."""
    scopes = [task["element_instance_key"]]
    while scopes[-1] != task["process_instance_key"]:
        outer = select(ElementInstance.scope_key).where(ElementInstance.key == scopes[-1])
        scopes.append(connection.execute(outer).scalar_one())
    return scopes


def _innermost(connection: Connection, scopes: list[int]) -> list[int]:
    rows = connection.execute(
        select(Variable.key, Variable.name, Variable.scope_key).where(
            Variable.process_instance_key == scopes[-1], Variable.scope_key.in_(scopes)
        )
    )
    outwards = sorted(rows, key=lambda row: scopes.index(row.scope_key), reverse=True)
    return list({row.name: row.key for row in outwards}.values())


def procedures_offering(
    connection: Connection, actor: Actor, conditions: Iterable[Condition] = ()
) -> dict[str, str]:
    """The procedures, by name, of tasks in the actor's inbox; where there are very many tasks, of some."""
    some = chosen(actor, INBOX, conditions).with_only_columns(UserTask.definition_key).limit(MANY)
    named = select(Definition.id, Definition.name).where(Definition.key.in_(some))
    found = connection.execute(named.order_by(Definition.name, Definition.key))
    return {row.id: row.name for row in found}
