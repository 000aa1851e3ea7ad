"""Work that may hang, die or take all memory is done by a process that stands by, and harms nobody."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from server.engine import apart

pytestmark = pytest.mark.slow
LONG = 60.0


@pytest.fixture(scope="module")
def standby() -> apart.Standby:
    return apart.Standby("tests.engine.standing_by")


@pytest.mark.parametrize("deed", ["hang", "run in circles", "die", "take all memory"])
def test_work_that_comes_to_no_end_has_no_answer_and_the_next_one_has(
    standby: apart.Standby, deed: str
) -> None:
    assert standby.ask(deed.encode(), 0.3 if deed in ("hang", "run in circles") else LONG) is None
    assert standby.ask(b"abc", LONG) == b"cba"


def test_a_process_that_was_killed_is_started_anew(standby: apart.Standby) -> None:
    known = int(standby.ask(b"parent", LONG) or 0)
    os.kill(known, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(known, 0)
    assert int(standby.ask(b"parent", LONG) or 0) not in (0, known)


def test_much_is_asked_at_once_and_each_hears_its_own(standby: apart.Standby) -> None:
    asked = [bytes([65 + number]) * 300_000 + b"!" for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda request: standby.ask(request, LONG), asked)) == [
            request[::-1] for request in asked
        ]
