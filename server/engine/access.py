"""Who may see what, as conditions of SQL: a search never finds, and a key never opens, what is not for its asker.

A case is seen by its subject, its starter, whoever holds or held one of its tasks, and holders of the permission for its
bidang; a confidential one only by its own people and the holders of its tasks. A task is seen by those who see its case and
by those to whom it is offered.
"""

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from server.engine.tables import ProcessInstance, UserTask
from server.identity import Actor, Permission


def visible_cases(actor: Actor) -> ColumnElement[bool]:
    """The condition on ProcessInstance."""
    held = select(UserTask.process_instance_key).where(
        or_(UserTask.assignee == actor.username, UserTask.ended_by == actor.username)
    )
    return or_(
        ProcessInstance.subject == actor.username,
        ProcessInstance.started_by == actor.username,
        ProcessInstance.key.in_(held),
        and_(~ProcessInstance.confidential, _overseen(actor)),
    )


def visible_tasks(actor: Actor) -> ColumnElement[bool]:
    """The condition on UserTask joined with its ProcessInstance."""
    return or_(offered_tasks(actor), UserTask.ended_by == actor.username, visible_cases(actor))


def offered_tasks(actor: Actor) -> ColumnElement[bool]:
    """Tasks that the actor may work on: their own, and those of their groups."""
    return or_(
        UserTask.assignee == actor.username,
        UserTask.candidate_group.in_(sorted(actor.groups)),
    )


def _overseen(actor: Actor) -> ColumnElement[bool]:
    """Cases of the fields that the actor oversees."""
    if Permission.SEE_ALL in actor.permissions:
        return true()
    if not actor.sees:
        return false()
    return ProcessInstance.bidang.in_(sorted(actor.sees))
