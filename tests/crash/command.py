"""The command `tatalaksana` with one handler more, whose work outside the database can be counted.

`python -m tests.crash.command serve` and `… worker`. Each time the work of `uji.kirim` begins and ends, a line with the key
of the execution goes to the file WORK_LOG. LEASE_SECONDS shortens a worker's lease.
"""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from unittest import mock

from server import cli, personnel
from server.calendar import Calendar
from server.db import Keys
from server.engine import Call, Handler, Outcome, jobs
from server.identity import Roles

BEGUN, ENDED = "begun", "ended"


def send(call: Call) -> Outcome:
    """Takes as many seconds as the task's header `lama` says."""
    _note(BEGUN, call.key)
    time.sleep(float(call.headers.get("lama", 0)))
    _note(ENDED, call.key)
    return Outcome({"terkirim": call.key})


def _note(what: str, key: int) -> None:
    with Path(os.environ["WORK_LOG"]).open("a") as log:
        log.write(f"{what} {key}\n")


def noted(log: Path, what: str) -> list[int]:
    """The keys of the executions that began or ended, in order."""
    lines = (line.split() for line in log.read_text().splitlines()) if log.exists() else ()
    return [int(key) for word, key in lines if word == what]


@contextmanager
def extended() -> Iterator[None]:
    """The house as it is with the handler, in this process."""
    of_the_house = personnel.handlers
    lease = timedelta(seconds=float(os.environ.get("LEASE_SECONDS", jobs.LEASE.total_seconds())))

    def handlers(calendar: Calendar, keys: Keys, roles: Roles) -> tuple[Handler, ...]:
        return (*of_the_house(calendar, keys, roles), Handler("uji.kirim", "Kirim", "after", send))

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(personnel, "handlers", handlers))
        stack.enter_context(mock.patch.object(jobs, "LEASE", lease))
        yield


if __name__ == "__main__":
    with extended():
        cli.main()
