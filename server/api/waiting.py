"""Requests that wait for something to come: a few at once, as each holds a thread of its server process; none for ever."""

import select
import socket
import threading
from collections.abc import Callable
from time import monotonic  # a stopwatch, not a reading of the day
from typing import Final, TypeVar

Found = TypeVar("Found")

SEATS: Final = 4
"""Requests that wait at once in one server process, which has as many threads more."""
LOOK: Final = 0.25
"""Seconds after which a request that waits looks again."""


class WaitingRoom:
    """One a process. Who finds no seat is not kept waiting."""

    def __init__(self, seats: int = SEATS, look: float = LOOK) -> None:
        self._seats = threading.BoundedSemaphore(seats)
        self._look = look
        self._closed = threading.Event()

    def first(
        self,
        seconds: float,
        is_there: Callable[[], bool],
        take: Callable[[], list[Found]],
        is_gone: Callable[[], bool] = lambda: False,
    ) -> list[Found]:
        """What can be taken first within the seconds; nothing where nothing came, somebody else was quicker to the end, or who
        asked is gone."""
        if seconds <= 0 or not self._seats.acquire(blocking=False):
            return []
        try:
            until = monotonic() + seconds
            while (left := until - monotonic()) > 0 and not self._closed.wait(min(self._look, left)):
                if is_gone():
                    return []
                if is_there() and (found := take()):
                    return found
            return []
        finally:
            self._seats.release()

    def close(self) -> None:
        """The server ends: who waits is answered now."""
        self._closed.set()


def has_hung_up(connection: socket.socket | None) -> bool:
    """Whether who asked has closed the connection, so that an answer would reach nobody; False where that cannot be known."""
    if connection is None or not select.select([connection], [], [], 0)[0]:
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True
