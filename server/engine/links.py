"""Links between procedures: where a step's remark names another one (`lihat`), a case of that is started with this case as its
origin. A link is no call: neither case waits for the other.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, exists, insert, or_, select

from server import errors
from server.bpmn import model
from server.db import Effect
from server.engine.access import is_named, sees_case, visible_cases
from server.engine.bundle import Bundle
from server.engine.engine import Engine
from server.engine.tables import CaseOrigin, ProcessInstance, UserTask
from server.identity import Actor

LIHAT = "lihat"


class UnknownOrigin(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Kasus asal {key} tidak ada, atau bukan untuk Anda.")


def linked(node: model.Node) -> list[str]:
    """The ids of the processes that a step names: `lihat` holds those of SOPs, parted by `; `."""
    named = node.properties.get(LIHAT, "") if isinstance(node, model.Activity) else ""
    return [one.strip().replace("-", "_") for one in named.split(";") if one.strip()]


def leads(engine: Engine, connection: Connection, actor: Actor, origin: int, process_id: str) -> bool:
    """Whether somebody does, or did, a step of a case that names a process: they may start it, whoever else does its first
    step. Raises UnknownOrigin for a case that they may not see."""
    row = connection.execute(
        select(ProcessInstance.bundle_key).where(ProcessInstance.key == origin, sees_case(actor, origin))
    ).first()
    if row is None:
        raise UnknownOrigin(origin)
    bundle = engine.bundles.get(connection, row.bundle_key)
    steps = list(_naming(bundle, process_id))
    theirs = or_(
        UserTask.assignee == actor.username,
        UserTask.candidate_group.in_(actor.groups),
        is_named(actor.username),
    )
    statement = select(
        exists().where(UserTask.process_instance_key == origin, UserTask.element_id.in_(steps), theirs)
    )
    return bool(steps and connection.execute(statement).scalar())


def effect(case: int, origin: int) -> Effect:
    """Keeps where a new case comes from."""
    return Effect(_INSERT, {"key": case, "origin_key": origin})


def origin_of(connection: Connection, actor: Actor, case: int) -> int | None:
    """The case that one was started from, if the actor may see that."""
    return connection.execute(_ORIGIN.where(visible_cases(actor)), {"case": case}).scalar()


def begun_from(connection: Connection, actor: Actor, case: int) -> list[int]:
    """The cases that were started from one, as far as the actor may see them; the oldest first."""
    return list(connection.execute(_BEGUN.where(visible_cases(actor)), {"case": case}).scalars())


def _naming(bundle: Bundle, process_id: str) -> Iterator[str]:
    for element_id, element in bundle.elements.items():
        if process_id in linked(element.node):
            yield element_id


_INSERT = insert(CaseOrigin)
_ORIGIN = (
    select(CaseOrigin.origin_key)
    .join(ProcessInstance, ProcessInstance.key == CaseOrigin.origin_key)
    .where(CaseOrigin.key == bindparam("case"))
)
_BEGUN = (
    select(CaseOrigin.key)
    .join(ProcessInstance, ProcessInstance.key == CaseOrigin.key)
    .where(CaseOrigin.origin_key == bindparam("case"))
    .order_by(CaseOrigin.key)
    .limit(100)
)
