"""Tarik kembali: who completed a task takes it back, as long as nobody has gone on from there.

What followed in the same step must be tasks that nobody has claimed, drafted or been given. The case is led back to the task
with the variables of today, so that what was filled in stands in its form again.
"""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from server import errors
from server.bpmn import model
from server.db import AnyRow, Change
from server.engine.access import visible_tasks
from server.engine.engine import Engine
from server.engine.instances import why
from server.engine.modification import Modification, Move, Target, around_of, lead
from server.engine.step import INSTANCE_COLUMNS, Running, Step
from server.engine.tables import Draft, ElementInstance, InstanceState, ProcessInstance, TaskState, UserTask
from server.engine.tasks import UnknownTask
from server.identity import Actor, Permission

TAKEN_BACK = "TASK_TAKEN_BACK"


class NotYourDoing(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Hanya yang menyelesaikan tugas ini yang dapat menariknya kembali.")


class GoneOn(errors.Conflict):
    """Somebody, or the program, has worked on what followed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Tugas “{name}” tidak dapat ditarik kembali, karena langkah sesudahnya sudah dikerjakan, dipegang orang, atau "
            "tidak menunggu orang. Mintalah pemegangnya mengembalikan berkasnya."
        )


def take_back(
    engine: Engine, connection: Connection, actor: Actor, key: int, reason: str | None = None
) -> Change[None]:
    """Takes a completed task back. Raises UnknownTask, NotYourDoing, GoneOn, undoing.NotUndoable, modification.Starved."""
    task = _completed(connection, actor, key)
    if not _is_theirs(actor, task):
        raise NotYourDoing
    step = Step(engine, connection, actor.username)
    running = step.load(task)
    following = _untouched(connection, running, task)
    if not following or _is_repeated(running, task.element_id):
        raise GoneOn(task.name)
    first, *others = following
    wanted = Modification(
        endings=[Target(key=each) for each in others],
        moves=[Move(Target(key=first), task.element_id)],
        reason=str(why(reason).get("alasan", "")) or None,
    )
    return Change(lead(step, running, wanted, (TAKEN_BACK, task.element_id)), None)


def may_take_back(engine: Engine, connection: Connection, actor: Actor, key: int) -> bool:
    """Whether it may be offered: a handler on the way that cannot be undone still refuses it."""
    task = _completed(connection, actor, key)
    if not _is_theirs(actor, task):
        return False
    running = Step(engine, connection, actor.username).look(task)
    return bool(_untouched(connection, running, task)) and not _is_repeated(running, task.element_id)


def _completed(connection: Connection, actor: Actor, key: int) -> AnyRow:
    theirs = _TASK.where(UserTask.key == key, visible_tasks(actor))
    task = connection.execute(theirs).one_or_none()
    if task is None:
        raise UnknownTask(key)
    return task


def _is_theirs(actor: Actor, task: AnyRow) -> bool:
    return (
        task.state == TaskState.COMPLETED
        and task.ended_by == actor.username
        and task.case_state == InstanceState.ACTIVE
        and (task.candidate_group not in actor.lost or actor.username in task.candidate_users)
        and Permission.COMPLETE not in actor.withheld
    )


def _untouched(connection: Connection, running: Running, task: AnyRow) -> list[int]:
    """The element instances of the open tasks to which the completion led; none where anything else began or was done since."""
    case: dict[str, int | datetime] = {"case": running.key, "since": task.ended_at}
    alive = {key: element for key, element, _ in running.tokens.live()}
    begun = set(connection.execute(_BEGUN, case).scalars()) & alive.keys()
    begun = {key for key in begun if not isinstance(_node(running, alive[key]), model.SubProcess)}
    tasks = [row for row in connection.execute(_FOLLOWING, case) if row.key != task.key]
    touched = any(row.state != TaskState.CREATED or row.assignee or row.drafted for row in tasks)
    opened = {row.element_instance_key for row in tasks}
    return sorted(opened) if tasks and not touched and begun == opened else []


def _is_repeated(running: Running, element_id: str) -> bool:
    """Whether it is one of several rounds, into which no case is led back."""
    around = [element_id, *around_of(running.bundle, element_id)]
    return any(running.bundle.elements[each].rounds is not None for each in around)


def _node(running: Running, element_id: str) -> model.Node:
    return running.bundle.elements[element_id].node


_TASK = select(
    UserTask.key,
    UserTask.element_id,
    UserTask.element_instance_key,
    UserTask.name,
    UserTask.state,
    UserTask.ended_at,
    UserTask.ended_by,
    UserTask.candidate_group,
    UserTask.candidate_users,
    *INSTANCE_COLUMNS,
).join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
_SINCE = bindparam("since", type_=UserTask.created_at.type)
_BEGUN = select(ElementInstance.key).where(
    ElementInstance.process_instance_key == bindparam("case"), ElementInstance.started_at >= _SINCE
)
_FOLLOWING = select(
    UserTask.key,
    UserTask.element_instance_key,
    UserTask.state,
    UserTask.assignee,
    select(Draft.user_task_key).where(Draft.user_task_key == UserTask.key).exists().label("drafted"),
).where(UserTask.process_instance_key == bindparam("case"), UserTask.created_at >= _SINCE)
