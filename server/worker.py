"""The worker: does what is due, by itself, whoever asked for it. Any number of workers may run beside each other."""

import threading

import structlog

from server import errors
from server.db import AnyRow
from server.engine import BpmnError, Engine, jobs, messages, timers
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
    """Does what is due now; how much that was."""
    timers_due = gate.do(lambda connection: timers.take(engine, connection))
    for timer in timers_due:
        _fire(gate, engine, timer)
    jobs_due = gate.do(lambda connection: jobs.lease(engine, connection))
    for job in jobs_due:
        _work_on(gate, engine, job)
    matched = gate.do(lambda connection: messages.match(engine, connection))
    return len(timers_due) + len(jobs_due) + matched


def _fire(gate: Gate, engine: Engine, timer: AnyRow) -> None:
    try:
        gate.do(lambda connection: timers.fire(engine, connection, timer))
    except errors.Unavailable:
        raise
    except Exception as fault:
        log.warning("timer failed", timer=timer.key, exc_info=fault)
        reason = _reason(fault)
        gate.do(lambda connection: timers.fail(engine, connection, timer, reason))


def _work_on(gate: Gate, engine: Engine, job: AnyRow) -> None:
    try:
        outcome = gate.ask(lambda connection: jobs.perform(engine, connection, job))
        gate.do(lambda connection: jobs.complete(engine, connection, job, outcome))
    except errors.Unavailable:
        raise
    except Exception as fault:
        log.warning("job failed", job=job.key, type=job.type, exc_info=fault)
        _give_up(gate, engine, job, fault)


def _give_up(gate: Gate, engine: Engine, job: AnyRow, fault: Exception) -> None:
    """Hands an error of the business to the diagram; whatever else failed becomes a retry, then an incident."""
    reason = _reason(fault)
    if isinstance(fault, BpmnError):
        try:
            code = fault.code
            gate.do(lambda connection: jobs.throw(engine, connection, job, code))
        except errors.Invalid as uncaught:
            reason = uncaught.message
        else:
            return
    gate.do(lambda connection: jobs.fail(engine, connection, job, reason))


def _reason(fault: Exception) -> str:
    return fault.message if isinstance(fault, errors.OfficeError) else f"{type(fault).__name__}: {fault}"
