"""The worker: does what is due, by itself, whoever asked for it. Any number of workers may run beside each other."""

import threading

import structlog

from server import errors
from server.db import AnyRow
from server.engine import Engine, jobs
from server.gate import Gate

IDLE_SECONDS = 1.0

log = structlog.get_logger(__name__)


def run(gate: Gate, engine: Engine, stop: threading.Event) -> None:
    """Works until `stop` is set. A database that is away is waited for."""
    while not stop.is_set():
        try:
            worked = work_once(gate, engine)
        except errors.Unavailable as fault:
            log.warning("worker waits", reason=fault.message)
            worked = 0
        if not worked:
            stop.wait(IDLE_SECONDS)


def work_once(gate: Gate, engine: Engine) -> int:
    """Does the jobs that are due now; how many were taken."""
    due = gate.do(lambda connection: jobs.lease(engine, connection))
    for job in due:
        _work_on(gate, engine, job)
    return len(due)


def _work_on(gate: Gate, engine: Engine, job: AnyRow) -> None:
    try:
        outcome = gate.ask(lambda connection: jobs.perform(engine, connection, job))
        gate.do(lambda connection: jobs.complete(engine, connection, job, outcome))
    except errors.Unavailable:
        raise
    except Exception as fault:
        log.warning("job failed", job=job.key, type=job.type, exc_info=fault)
        reason = (
            fault.message if isinstance(fault, errors.OfficeError) else f"{type(fault).__name__}: {fault}"
        )
        gate.do(lambda connection: jobs.fail(engine, connection, job, reason))
