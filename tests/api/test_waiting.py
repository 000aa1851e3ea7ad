"""Requests that wait: what comes meanwhile is handed over, and none waits longer than it may."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from server.api.jobs import _patience
from server.api.waiting import WaitingRoom
from server.engine import Handlers

LONG = 60.0


def always() -> bool:
    return True


def test_what_comes_while_one_waits_is_handed_over() -> None:
    answers, taken = iter([False, True, True]), iter([[], [7]])  # the first time another one was quicker
    assert WaitingRoom(look=0.001).first(LONG, lambda: next(answers), lambda: next(taken)) == [7]


def test_nothing_is_waited_for_longer_than_is_asked() -> None:
    assert WaitingRoom(look=0.001).first(0.01, lambda: False, list) == []
    assert WaitingRoom().first(0, always, lambda: [7]) == []


def waiting(room: WaitingRoom, is_there: Callable[[], bool]) -> tuple[threading.Thread, list[Any]]:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(room.first(LONG, is_there, lambda: [7])))
    thread.start()
    return thread, found


def test_who_finds_no_seat_is_answered_and_who_ends_leaves_one() -> None:
    room, came, seated = WaitingRoom(seats=1, look=0.001), threading.Event(), threading.Event()

    def look() -> bool:
        seated.set()
        return came.is_set()

    thread, found = waiting(room, look)
    assert seated.wait(LONG)
    assert room.first(LONG, always, lambda: [8]) == []
    came.set()
    thread.join(LONG)
    assert (found, room.first(LONG, always, lambda: [8])) == ([[7]], [8])


def test_who_waits_is_answered_when_the_server_ends() -> None:
    room = WaitingRoom(look=LONG)
    thread, found = waiting(room, always)
    room.close()
    thread.join(LONG)
    assert found == [[]]


@pytest.mark.parametrize(("wanted", "seconds"), [(None, 10), (0, 10), (-1, -0.001), (2500, 2.5), (10**9, 60)])
def test_how_long_is_waited_is_as_camunda_documents_it(wanted: int | None, seconds: float) -> None:
    handlers = Handlers([], ["luar.*"])
    assert _patience(handlers, "luar.kirim", wanted) == seconds
    assert _patience(handlers, "entah", wanted) == 0
