"""Offices that change hands: claimed tasks go back to their group, and who is missing is told.

Who holds a role counts by the day. What somebody has claimed and may no longer do stops being theirs at once
(tasks.NoLongerHeld); these verbs give it back to the others, the worker's once a day, administration's whenever it ends a
holding. A row of the task changes, so that searches need no look at holdings.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    Connection,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from server import identity
from server.db import Change, Effect, Setting, get_setting
from server.engine import instances
from server.engine.engine import WORKER, Engine
from server.engine.tables import FormerHolder, ProcessGroup, TaskState, UserTask
from server.engine.trial import Head
from server.identity import Penerima, Roles, Vacancy

_LAST_ROUND = "pemegangan_diperiksa"
MOST = 500
"""Tasks that one step gives back; the worker comes again for more."""


@dataclass(frozen=True)
class Missing:
    """A role that nobody holds, and the procedures (by id) whose newest version needs it."""

    vacancy: Vacancy
    process_ids: tuple[str, ...]


def give_back(engine: Engine, connection: Connection) -> Change[int]:
    """Once a day: claimed tasks of those whose holding ended, or whom a Plh. stands in for from today on. How many."""
    today = engine.clock.today()
    last = get_setting(connection, _LAST_ROUND)
    if last == today.isoformat():
        return Change((), 0)
    since = date.fromisoformat(last) if last else date.min
    change = give_back_of(engine, connection, None, since)
    if change.answer == MOST:
        return change
    done = Effect(_ROUND, {"name": _LAST_ROUND, "value": today.isoformat()})
    return Change((*change.effects, done), change.answer)


def give_back_of(
    engine: Engine, connection: Connection, username: str | None, since: date | None = None
) -> Change[int]:
    """The same for one person, or for all. `since`: a Plh. counts who began after that day; None: none does."""
    today = engine.clock.today()
    whose = UserTask.assignee, UserTask.candidate_group
    taken = identity.no_longer_holds(*whose, today)
    if since is not None:
        taken = or_(taken, identity.is_stood_in_for(*whose, since, today))
    gone = identity.acts_no_more(UserTask.assignee)
    taken = or_(and_(taken, ~_IS_NAMED), gone)
    statement = _CLAIMED.where(taken).limit(MOST)
    if username is not None:
        statement = statement.where(UserTask.assignee == username)
    effects: list[Effect] = []
    rows = connection.execute(statement).all()
    for task in rows:
        change = {"_key": task.key, "_assignee": task.assignee}
        history = instances.note(
            engine, WORKER, task.process_instance_key, "TASK_UNASSIGNED", task.element_id, task.key
        )
        effects += [Effect(_GIVE_BACK, change, expect=1), *history]
        effects.append(former_holder(task.process_instance_key, task.assignee))
    return Change(tuple(effects), len(rows))


def former_holder(case: int, username: str) -> Effect:
    """Who has held a task of a case may still read it when the task is somebody else's."""
    return Effect(_FORMER, {"process_instance_key": case, "username": username})


def named_groups(roles: Roles, head: Head) -> Iterator[dict[str, object]]:
    """Rows of ProcessGroup: who does the tasks of a process, and who may read all its cases. Raises WrongBidang."""
    lanes = (roles.get(role) if role else roles.role_by_lane(name) for role, name in head.staffed)
    receivers = (roles[role.wakil] if role.wakil else role for role in lanes if role is not None)
    works = {roles.group(role.id, head.bidang) for role in receivers if role.penerima != Penerima.SUBJEK}
    reads = {roles.group(role, head.bidang) for role in head.readers}
    for group in sorted(works | set(head.groups)):
        yield {"process_id": head.id, "group": group, "reads": False}
    for group in sorted(reads):
        yield {"process_id": head.id, "group": group, "reads": True}


def name_groups(roles: Roles, head: Head) -> Iterator[Effect]:
    """Lets the newest version of a process say whom it needs, and nothing else."""
    yield Effect(_FORGET, {"_process_id": head.id})
    rows = list(named_groups(roles, head))
    if rows:
        yield Effect(_NAME, rows)


def missing(engine: Engine, connection: Connection) -> list[Missing]:
    """Every role of the office without a holder today, with the procedures that need it; these first."""
    needed: dict[str, list[str]] = {}
    for row in connection.execute(_NEEDED):
        needed.setdefault(row.group, []).append(row.process_id)
    found = identity.vacancies(connection, engine.roles, engine.clock.today())
    told = [Missing(each, tuple(needed.get(each.group, ()))) for each in found]
    return sorted(told, key=lambda each: not each.process_ids)


def missing_of(engine: Engine, connection: Connection, heads: Iterable[Head]) -> tuple[Missing, ...]:
    """The roles that these processes need and that nobody holds today."""
    needed: dict[str, list[str]] = {}
    for head in heads:
        for row in named_groups(engine.roles, head):
            if not row["reads"]:
                needed.setdefault(str(row["group"]), []).append(head.id)
    found = identity.vacancies(connection, engine.roles, engine.clock.today())
    return tuple(Missing(each, tuple(needed[each.group])) for each in found if each.group in needed)


_NAMES = type_coerce(UserTask.candidate_users, Text)
_IS_NAMED = and_(
    UserTask.candidate_users.is_not(None),
    _NAMES.contains(literal("|") + func.replace(UserTask.assignee, "_", "\\_") + literal("|"), escape="\\"),
)
_CLAIMED = (
    select(UserTask.key, UserTask.process_instance_key, UserTask.element_id, UserTask.assignee)
    .where(
        UserTask.state == TaskState.CREATED,
        UserTask.assignee.is_not(None),
        or_(UserTask.candidate_group.is_not(None), UserTask.candidate_users.is_not(None)),
    )
    .order_by(UserTask.key)
)
_GIVE_BACK = (
    update(UserTask)
    .where(
        UserTask.key == bindparam("_key"),
        UserTask.state == TaskState.CREATED,
        UserTask.assignee == bindparam("_assignee"),
    )
    .values(assignee=None, announced_at=None)
)
_FORMER = upsert(FormerHolder).on_conflict_do_nothing()
_INSERT_ROUND = upsert(Setting)
_ROUND = _INSERT_ROUND.on_conflict_do_update(
    index_elements=["name"], set_={"value": _INSERT_ROUND.excluded.value}
)
_FORGET = delete(ProcessGroup).where(ProcessGroup.process_id == bindparam("_process_id"))
_NAME = insert(ProcessGroup)
_NEEDED = (
    select(ProcessGroup.group, ProcessGroup.process_id)
    .where(~ProcessGroup.reads)
    .order_by(ProcessGroup.process_id)
)
