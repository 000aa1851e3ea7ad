"""The gate: every call into the house passes here.

It knows who is calling, gives a verb its connection, opens and closes the one write transaction, and turns errors into
answers. A verb has two halves: `prepare` reads and computes outside any transaction and returns a Change; the gate applies
it in one short transaction. Where somebody else was quicker, both are done again.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

from flask import request
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from server import errors
from server.clock import Clock
from server.db import Change, Clash, for_reading, write
from server.engine import StepFault
from server.identity import Actor, Entry, Login, NotAuthenticated, TooManyAttempts, record

Answer = TypeVar("Answer")

PATIENCE = 5.0
"""Seconds for which a clashing verb is prepared again."""


class Busy(errors.Unavailable):
    """Too many change the same case at once."""

    def __init__(self) -> None:
        super().__init__("Kasus ini sedang diubah oleh banyak orang sekaligus; coba lagi sebentar lagi.")


class DatabaseAway(errors.Unavailable):
    """The database does not answer, or has no room. Nothing of the request was kept."""

    def __init__(self) -> None:
        super().__init__("Basis data sedang tidak dapat dipakai; tidak ada yang berubah. Coba lagi nanti.", 5)


@dataclass
class Gate:
    """One a process."""

    database: Engine
    clock: Clock
    login: Login
    on_step: Callable[[int], None] = lambda clashes: None
    """Told of each step that was written, with how often it had clashed before."""
    _reading: Engine = field(init=False)
    _own: threading.local = field(init=False, default_factory=threading.local)

    def __post_init__(self) -> None:
        self._reading = for_reading(self.database)

    def close(self) -> None:
        """Closes the connections of this thread and of the pool; the next question opens one anew."""
        if connection := self._own.__dict__.pop("connection", None):
            connection.close()
        self.database.dispose()

    def ask(self, question: Callable[[Connection], Answer]) -> Answer:
        """Answers from what is committed; nothing is written."""
        try:
            with self._connection() as connection:
                return question(connection)
        except DBAPIError as fault:
            raise _translated(fault) from fault

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """This thread's own, which stays open from one question to the next, until one fails."""
        connection = self._own.__dict__.pop("connection", None) or self._opened()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._own.connection = connection

    def _opened(self) -> Connection:
        """A connection for reading that takes no place in the pool."""
        connection = self._reading.connect()
        connection.detach()
        return connection

    def do(self, prepare: Callable[[Connection], Change[Answer]]) -> Answer:
        """Prepares a change and makes it so; prepares it again where it clashes, for up to five seconds."""
        until = time.monotonic() + PATIENCE
        attempt = 0
        while True:
            change = self.ask(lambda connection: self._carried_out(prepare, connection))
            if change is not None:
                if change.effects:
                    self.on_step(attempt)
                return change.answer
            attempt += 1
            if time.monotonic() > until:
                raise Busy
            time.sleep(random.uniform(0, min(0.1, 0.005 * 2**attempt)))

    def change(self, verb: Callable[[Connection], Answer]) -> Answer:
        """Does a verb that writes what it is told and computes nothing, in a write transaction of its own."""
        try:
            with write(self.database) as connection:
                return verb(connection)
        except DBAPIError as fault:
            raise _translated(fault) from fault

    def note_refusal(self, actor: Actor | None, verb: str, about: str, error: errors.OfficeError) -> None:
        """Keeps in the audit trail that somebody was refused, also where they hear that there is no such thing.

        A database that is away keeps nothing: the refusal stands all the same.
        """
        hidden = isinstance(error, errors.NotFound) and error.hidden
        if not hidden and (not isinstance(error, errors.Forbidden) or isinstance(error, NotAuthenticated)):
            return
        name = actor.username if actor else None
        entry = Entry(
            self.clock.now(), name, verb[:64], about[:200], type(error).__name__, error.message[:300]
        )
        with suppress(errors.Unavailable):
            self.change(lambda connection: record(connection, entry))

    def _carried_out(
        self, prepare: Callable[[Connection], Change[Answer]], connection: Connection
    ) -> Change[Answer] | None:
        """The change, once it is made so; None where it clashed."""
        try:
            change = prepare(connection)
            if not change.effects:
                return change
            change.carry_out(connection)
        except (Clash, IntegrityError):
            return None
        except DBAPIError as fault:
            if _is_lock_clash(fault):
                return None
            raise
        return change

    def caller(self) -> Actor:
        """Who sends the request: HTTP Basic or an API token, never a session. Raises NotAuthenticated, TooManyAttempts."""
        header = request.authorization
        if header is None:
            raise NotAuthenticated("Permintaan ini perlu nama pengguna dan kata sandi, atau token.")
        if header.type == "basic":
            name, password = header.username or "", header.password or ""
            address = request.remote_addr or "?"
            return self.ask(
                lambda c: self.login.authenticate_basic(c, name, password, address, self.clock.now())
            )
        if header.type == "bearer" and header.token:
            token = header.token
            return self.ask(lambda c: self.login.authenticate_token(c, token, self.clock.now()))
        raise NotAuthenticated("Cara masuk ini tidak dikenal; pakai HTTP Basic atau token.")


def _is_lock_clash(fault: DBAPIError) -> bool:
    """Whether the database ended the transaction only because another one was in its way."""
    state = getattr(fault.orig, "sqlstate", None)
    return state in ("40001", "40P01")


def _translated(fault: DBAPIError) -> Exception:
    return DatabaseAway() if isinstance(fault, OperationalError) else fault


STATUS: dict[type[errors.OfficeError], int] = {
    NotAuthenticated: 401,
    TooManyAttempts: 429,
    StepFault: 422,
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Conflict: 409,
    errors.Invalid: 400,
    errors.Unavailable: 503,
}


def status_of(error: errors.OfficeError) -> int:
    """The HTTP status of an error, by the nearest kind in its ancestry."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
