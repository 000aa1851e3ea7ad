"""Comments: what people say to one another about a case, beside its forms. They are only added.

The words are personal and lie apart from who said them and when, bound by their digest, as in the history. A comment is read by
who sees the case, and by those to whom an open task of it is offered.
"""

import hashlib
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select
from sqlalchemy.orm import aliased

from server import errors
from server.db import Change, Effect
from server.engine import Engine
from server.engine.access import offered_within, visible_cases
from server.engine.search import Found, Item, Listing, Query, search, within
from server.engine.tables import InstanceState, ProcessInstance, UserTask
from server.identity import Actor
from server.notify.models import LONGEST, Comment, CommentWords

MOST: Final = 200
"""Comments of one case that are shown."""


class NoWords(errors.Invalid):
    def __init__(self) -> None:
        message = "Tulis dahulu komentarnya."
        super().__init__(message, [errors.Problem(message, where="words")])


class TooLong(errors.Invalid):
    def __init__(self, length: int) -> None:
        message = f"Komentar paling panjang {LONGEST} huruf; yang ini {length}. Singkatkan, atau lampirkan sebagai berkas."
        super().__init__(message, [errors.Problem(message, where="words")])


class CaseIsClosed(errors.Conflict):
    def __init__(self) -> None:
        super().__init__("Perkara ini sudah selesai atau dibatalkan; tidak dapat dikomentari lagi.")


class UnknownCase(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Perkara {key} tidak ada, atau bukan untuk Anda.")


def comment_on_case(
    engine: Engine, connection: Connection, actor: Actor, case: int, words: str
) -> Change[int]:
    """Says something about a case under way; the comment's key. Raises UnknownCase, CaseIsClosed, NoWords, TooLong."""
    return _said(engine, connection, actor, case, None, words)


def comment_on_task(
    engine: Engine, connection: Connection, actor: Actor, task: int, words: str
) -> Change[int]:
    """The same at a task of it, open or over."""
    case = connection.execute(_CASE_OF_TASK, {"task": task}).scalar()
    if case is None:
        raise UnknownCase(task)
    return _said(engine, connection, actor, case, task, words)


def comments_of(engine: Engine, connection: Connection, actor: Actor, case: int) -> list[Item]:
    """What was said about a case that the actor may read, the latest first."""
    asked = within(Query(sort=(("at", True), ("comment_key", True)), limit=MOST), process_instance_key=case)
    return list(search(engine, connection, actor, COMMENTS, asked).items)


def search_comments(engine: Engine, connection: Connection, actor: Actor, case: int, query: Query) -> Found:
    """A page of what was said about a case that the actor may read. Raises UnknownCase."""
    _state_of(connection, actor, case)
    return search(engine, connection, actor, COMMENTS, within(query, process_instance_key=case))


def _said(
    engine: Engine, connection: Connection, actor: Actor, case: int, task: int | None, words: str
) -> Change[int]:
    if _state_of(connection, actor, case) not in (InstanceState.ACTIVE, InstanceState.SUSPENDED):
        raise CaseIsClosed
    words = words.replace("\r\n", "\n").replace("\0", "").strip()
    if not words:
        raise NoWords
    if len(words) > LONGEST:
        raise TooLong(len(words))
    (key,) = engine.keys.draw()
    digest = hashlib.sha256(words.encode()).hexdigest()
    about = {"process_instance_key": case, "user_task_key": task}
    row = {"key": key, **about, "at": engine.clock.now(), "by": actor.username, "digest": digest}
    kept = {"comment_key": key, "process_instance_key": case, "words": words}
    return Change((Effect(_INSERT, row), Effect(_INSERT_WORDS, kept)), key)


def _state_of(connection: Connection, actor: Actor, case: int) -> str:
    state = connection.execute(_STATE.where(ProcessInstance.key == case, _readable(actor))).scalar()
    if state is None:
        raise UnknownCase(case)
    return str(state)


def _readable(actor: Actor) -> ColumnElement[bool]:
    return or_(visible_cases(actor), offered_within(actor, ProcessInstance.key))


_TASK: Final = aliased(UserTask)

COMMENTS: Final = Listing(
    word="Komentar",
    key="comment_key",
    source=Comment.__table__.join(
        ProcessInstance.__table__, ProcessInstance.key == Comment.process_instance_key
    )
    .outerjoin(CommentWords.__table__, CommentWords.comment_key == Comment.key)
    .outerjoin(_TASK, _TASK.key == Comment.user_task_key),
    fields={
        "comment_key": Comment.key,
        "process_instance_key": Comment.process_instance_key,
        "user_task_key": Comment.user_task_key,
        "task_name": _TASK.name,
        "at": Comment.at,
        "by": Comment.by,
        "words": CommentWords.words,
    },
    visible=_readable,
)
_STATE = select(ProcessInstance.state)
_CASE_OF_TASK = select(UserTask.process_instance_key).where(UserTask.key == bindparam("task"))
_INSERT = insert(Comment)
_INSERT_WORDS = insert(CommentWords)
