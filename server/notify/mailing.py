"""The outbox: what is to go out by mail, taken by any number of workers, each mail by one of them at a time.

A mail is made of all that is due for a person, once and for ever, with a Message-ID of its own. A worker takes it for some
minutes, sends it, and writes that it is sent. A worker that dies in between has perhaps sent it: after those minutes it goes out once
more under the same Message-ID, by which the receiver's mail server knows it again. So every mail goes out at least once, and is
read once where the mail server drops what it knows.
"""

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, func, insert, literal, select, update

from server import identity
from server.db import AnyRow, Change, Effect
from server.engine import Engine
from server.engine.jobs import backoff
from server.identity import Actor, Entry
from server.notify.models import Mail, Notification

LEASE: Final = timedelta(minutes=10)
"""For how long a mail is a worker's: longer than a slow mail server takes."""

BACKOFF: Final = timedelta(minutes=1)
MOST_ATTEMPTS: Final = 30
"""With the hour that is waited for at most, about a day."""

MOST_TOGETHER: Final = 200
"""Notifications of one mail."""

KEPT: Final = timedelta(days=90)


class MailState(StrEnum):
    """`DROPPED`: nothing in it mattered any more. `FAILED`: given up; somebody may have it tried again."""

    WAITING = "WAITING"
    SENT = "SENT"
    DROPPED = "DROPPED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Queue:
    """How many mails wait and since when, and how many were given up."""

    waiting: int
    oldest: datetime | None
    failed: int


def due(engine: Engine, connection: Connection) -> bool:
    """Whether anything is to be sent: looked up before anything is written."""
    now = {"now": engine.clock.now()}
    return any(connection.execute(each, now).first() is not None for each in (_ANY_TO_MAIL, _ANY_DUE))


def take(engine: Engine, connection: Connection, key: int) -> AnyRow | None:
    """Takes the mail that has been due longest; None where no other worker left one. Counts the attempt.

    What is due for a person and in no mail yet becomes one, under this key. Written in the transaction that asks.
    """
    now = engine.clock.now()
    _gather(connection, key, now)
    return connection.execute(_LEASE, {"now": now, "until": now + LEASE}).first()


def _gather(connection: Connection, key: int, now: datetime) -> None:
    first = connection.execute(_FIRST, {"now": now}).first()
    if first is None:
        return
    if connection.execute(_GATHER, {"_username": first.username, "_now": now, "mail_key": key}).rowcount:
        row = {"key": key, "username": first.username, "state": MailState.WAITING, "attempts": 0}
        row |= {"message_id": f"{key}.{secrets.token_hex(8)}", "due_at": now, "created_at": now}
        connection.execute(insert(Mail), row)


def sent(engine: Engine, connection: Connection, mail: AnyRow) -> Change[bool]:
    """The mail server has it; False where another worker has taken it meanwhile, as this one was so slow."""
    return _ended(engine, connection, mail, MailState.SENT, None)


def dropped(engine: Engine, connection: Connection, mail: AnyRow) -> Change[bool]:
    """Nothing in it matters any more, or its reader does not act any more."""
    return _ended(engine, connection, mail, MailState.DROPPED, None)


def failed(engine: Engine, connection: Connection, mail: AnyRow, reason: str, for_good: bool) -> Change[bool]:
    """Puts it off, twice as long each time; gives it up after about a day, or at once where it can never come through."""
    if for_good or mail.attempts >= MOST_ATTEMPTS:
        return _ended(engine, connection, mail, MailState.FAILED, reason)
    if not _is_ours(connection, mail):
        return Change((), False)
    row = {"_key": mail.key, "_attempts": mail.attempts, "error": reason}
    row["due_at"] = engine.clock.now() + backoff(BACKOFF, mail.attempts)
    return Change((Effect(_PUT_OFF, row, expect=1),), True)


def try_again(engine: Engine, connection: Connection, actor: Actor) -> int:
    """All that was given up is tried once more, as from the start; how many that are. Written in the transaction that asks."""
    now = engine.clock.now()
    count = connection.execute(_TRY_AGAIN, {"due_at": now}).rowcount
    identity.record(connection, Entry(now, actor.username, "mail.retry", "mail", "done", count))
    return count


def tidy(engine: Engine, connection: Connection) -> Change[int]:
    """Forgets mails that ended long ago; how many."""
    keys = connection.execute(_OLD, {"before": engine.clock.now() - KEPT}).scalars().all()
    return Change((Effect(_DROP, [{"_key": key} for key in keys]),) if keys else (), len(keys))


def queue(connection: Connection) -> Queue:
    """What waits just now."""
    counts: Counter[str] = Counter()
    oldest = None
    for row in connection.execute(_COUNTS):
        counts[row.state] = row.mails
        oldest = row.oldest if row.state == MailState.WAITING else oldest
    return Queue(counts[MailState.WAITING], oldest, counts[MailState.FAILED])


def given_up(connection: Connection) -> list[AnyRow]:
    """The mails that were given up last, with why."""
    return list(connection.execute(_GIVEN_UP))


def _ended(
    engine: Engine, connection: Connection, mail: AnyRow, state: MailState, reason: str | None
) -> Change[bool]:
    if not _is_ours(connection, mail):
        return Change((), False)
    row = {"_key": mail.key, "_attempts": mail.attempts, "state": state, "error": reason}
    return Change((Effect(_END, row | {"ended_at": engine.clock.now()}, expect=1),), True)


def _is_ours(connection: Connection, mail: AnyRow) -> bool:
    known = connection.execute(_STATE, {"key": mail.key}).one_or_none()
    return known is not None and (known.state, known.attempts) == (MailState.WAITING, mail.attempts)


# --- statements

_INSTANT: Any = Mail.due_at.type
_TO_MAIL = (
    Notification.mail_key.is_(None),
    Notification.mail_due_at.is_not(None),
    Notification.mail_due_at <= bindparam("now", type_=_INSTANT),
)
_ANY_TO_MAIL = select(literal(1)).select_from(Notification).where(*_TO_MAIL).limit(1)
_FIRST = (
    select(Notification.username)
    .where(*_TO_MAIL)
    .order_by(Notification.mail_due_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_TOGETHER = (
    select(Notification.key)
    .where(
        Notification.username == bindparam("_username"),
        Notification.mail_key.is_(None),
        Notification.mail_due_at <= bindparam("_now", type_=_INSTANT),
    )
    .order_by(Notification.at)
    .limit(MOST_TOGETHER)
)
_GATHER = (
    update(Notification)
    .where(Notification.key.in_(_TOGETHER), Notification.mail_key.is_(None))
    .values(mail_key=bindparam("mail_key"))
)
_DUE = (Mail.state == MailState.WAITING, Mail.due_at <= bindparam("now", type_=_INSTANT))
_ANY_DUE = select(literal(1)).select_from(Mail).where(*_DUE).limit(1)
_OLDEST = select(Mail.key).where(*_DUE).order_by(Mail.due_at).limit(1).with_for_update(skip_locked=True)
_LEASE = (
    update(Mail)
    .where(Mail.key.in_(select(_OLDEST.cte("oldest").c.key)))
    .values(due_at=bindparam("until", type_=_INSTANT), attempts=Mail.attempts + 1)
    .returning(Mail.key, Mail.username, Mail.message_id, Mail.attempts, Mail.created_at)
)
_STATE = select(Mail.state, Mail.attempts).where(Mail.key == bindparam("key"))
_OURS = (
    Mail.key == bindparam("_key"),
    Mail.state == MailState.WAITING,
    Mail.attempts == bindparam("_attempts"),
)
_END = (
    update(Mail)
    .where(*_OURS)
    .values(state=bindparam("state"), error=bindparam("error"), ended_at=bindparam("ended_at"))
)
_PUT_OFF = update(Mail).where(*_OURS).values(due_at=bindparam("due_at"), error=bindparam("error"))
_TRY_AGAIN = (
    update(Mail)
    .where(Mail.state == MailState.FAILED)
    .values(state=MailState.WAITING, attempts=0, due_at=bindparam("due_at"), ended_at=None)
)
_OLD = select(Mail.key).where(
    Mail.state.in_((MailState.SENT, MailState.DROPPED, MailState.FAILED)),
    Mail.ended_at < bindparam("before", type_=_INSTANT),
)
_DROP = delete(Mail).where(Mail.key == bindparam("_key"))
_COUNTS = (
    select(Mail.state, func.count().label("mails"), func.min(Mail.created_at).label("oldest"))
    .where(Mail.state.in_((MailState.WAITING, MailState.FAILED)))
    .group_by(Mail.state)
)
_GIVEN_UP = (
    select(Mail.key, Mail.username, Mail.attempts, Mail.ended_at, Mail.error)
    .where(Mail.state == MailState.FAILED)
    .order_by(Mail.ended_at.desc())
    .limit(50)
)
