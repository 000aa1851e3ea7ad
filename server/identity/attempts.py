"""Guessing is limited: failed attempts are counted per username, per address and per whatever else is guessed, for all
processes together."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy import Connection, bindparam, case, delete, select
from sqlalchemy.dialects.postgresql import insert

from server.db import Instant
from server.errors import Unavailable
from server.identity.models import FailedLogin

WINDOW: Final = timedelta(minutes=5)
# An office stands behind one address: one person's slips must not lock out the others.
LIMITS: Final = {"user": 10, "address": 50}


class TooManyAttempts(Unavailable):
    """Too many failed attempts; nothing is tried until `retry_after` seconds have passed."""

    def __init__(self, retry_after: int) -> None:
        minutes = ceil(retry_after / 60)
        super().__init__(
            f"Terlalu banyak percobaan masuk yang gagal. Coba lagi dalam {minutes} menit.", retry_after
        )


_OVER = FailedLogin.since <= bindparam("start", type_=Instant)
_COUNTED = select(FailedLogin.subject, FailedLogin.since, FailedLogin.failures).where(
    FailedLogin.subject.in_(bindparam("subjects", expanding=True)), ~_OVER
)
_INSERT = insert(FailedLogin)
_COUNT = _INSERT.on_conflict_do_update(
    index_elements=[FailedLogin.subject],
    set_={
        "since": case((_OVER, _INSERT.excluded.since), else_=FailedLogin.since),
        "failures": case((_OVER, 1), else_=FailedLogin.failures + 1),
    },
).returning(FailedLogin.failures)
_OLD = select(FailedLogin.subject).where(_OVER).with_for_update(skip_locked=True)
_DROP_OLD = delete(FailedLogin).where(FailedLogin.subject.in_(_OLD))


def check_attempts(connection: Connection, username: str | None, address: str, now: datetime) -> bool:
    """Raises TooManyAttempts while username or address has reached its limit. True: the username has failures.

    `username` is None where nobody said one.
    """
    return f"user:{username}" in check_limits(connection, _subjects(username, address), now)


def check_limits(connection: Connection, limits: Mapping[str, int], now: datetime) -> frozenset[str]:
    """Raises TooManyAttempts while one of these subjects has reached its limit. The answer: those that have failures."""
    rows = connection.execute(_COUNTED, {"subjects": list(limits), "start": now - WINDOW}).all()
    for row in rows:
        if row.failures >= limits[row.subject]:
            raise TooManyAttempts(ceil((row.since + WINDOW - now).total_seconds()))
    return frozenset(row.subject for row in rows)


def count_failure(connection: Connection, username: str | None, address: str, now: datetime) -> bool:
    """Adds one to both counts, and drops those whose time is over. True: one of them has just reached its limit."""
    return count_towards(connection, _subjects(username, address), now)


def count_towards(connection: Connection, limits: Mapping[str, int], now: datetime) -> bool:
    """Adds one for each of these subjects, as `count_failure` does."""
    reached = False
    for subject, limit in limits.items():
        counted = {"subject": subject, "since": now, "failures": 1, "start": now - WINDOW}
        reached |= connection.execute(_COUNT, counted).scalar_one() == limit
    # Last, and past rows that somebody else is counting: it never waits while it holds our rows.
    connection.execute(_DROP_OLD, {"start": now - WINDOW})
    return reached


def forget_failures(connection: Connection, username: str) -> None:
    """A success clears the person's count; the address keeps its own."""
    forget(connection, f"user:{username}")


def forget(connection: Connection, subject: str) -> None:
    """Drops the count of one subject."""
    connection.execute(delete(FailedLogin).where(FailedLogin.subject == subject))


def locked_until(connection: Connection, username: str, now: datetime) -> datetime | None:
    """When the username may be tried again; None: now."""
    counted = {"subjects": [f"user:{username}"], "start": now - WINDOW}
    row = connection.execute(_COUNTED, counted).one_or_none()
    return row.since + WINDOW if row is not None and row.failures >= LIMITS["user"] else None


def locked_names(connection: Connection, now: datetime) -> dict[str, datetime]:
    """Every username that may not be tried now, with the time when it may again."""
    over = (FailedLogin.since > now - WINDOW, FailedLogin.failures >= LIMITS["user"])
    rows = connection.execute(
        select(FailedLogin.subject, FailedLogin.since).where(FailedLogin.subject.startswith("user:"), *over)
    )
    return {row.subject.removeprefix("user:"): row.since + WINDOW for row in rows}


def unlock(connection: Connection, username: str) -> None:
    """Lets the username be tried again before its time is over."""
    forget_failures(connection, username)


def _subjects(username: str | None, address: str) -> dict[str, int]:
    named = {} if username is None else {f"user:{username}": LIMITS["user"]}
    return named | {f"address:{address}": LIMITS["address"]}
