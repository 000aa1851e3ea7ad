"""The worker: does what is due, by itself, whoever asked for it. Any number of workers may run beside each other.

Timers and messages have one thread, jobs have some of their own, mails and figures have one each, so that a slow job or mail server
delays no timer. While they work, the worker keeps the leases of its jobs, and says in the database that it is there.
"""

import os
import random
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import structlog

from server import errors, files, log, monitoring, notify, personnel, population
from server.db import AnyRow
from server.engine import BpmnError, Engine, due_dates, jobs, messages, officers, timers, workers
from server.gate import Busy, DatabaseAway, Gate
from server.notify import Post, Refused, compose, mailing
from server.personnel import deadlines

IDLE_SECONDS = 1.0
REPORT_SECONDS = 10.0
JOBS_AT_ONCE = 4
TIDY = timedelta(hours=1)
STOCK = timedelta(minutes=10)
"""How often the store of blank cards is looked at."""

logger = structlog.get_logger(__name__)


def run(gate: Gate, engine: Engine, stop: threading.Event, post: Post | None = None) -> None:
    """Works until `stop` is set and what is under way is done. A database that is away is waited for.

    `post`: the mail server, where the office has one.
    """
    worker = Worker(gate, engine, post)
    duties = [worker.do_what_came_due, worker.measure, *[worker.do_a_job] * JOBS_AT_ONCE]
    duties += [worker.do_a_mail] if post else []
    threads = [threading.Thread(target=_repeat, args=(stop, duty)) for duty in duties]
    for thread in threads:
        thread.start()
    pause = min(REPORT_SECONDS, jobs.LEASE.total_seconds() / 3)
    while under_way := [thread for thread in threads if thread.is_alive()]:
        _attempt(worker.report)
        if stop.is_set():
            under_way[0].join(pause)
        else:
            stop.wait(pause)
    _attempt(worker.sign_off)


def work_once(gate: Gate, engine: Engine, post: Post | None = None) -> int:
    """Does what is due now, in this thread; how much that was."""
    worker = Worker(gate, engine, post)
    return worker.do_what_came_due() + worker.do_a_job() + worker.do_a_mail() + worker.measure()


def _repeat(stop: threading.Event, duty: Callable[[], int]) -> None:
    while not stop.is_set():
        if not _attempt(duty):
            stop.wait(IDLE_SECONDS * random.uniform(0.5, 1))


def _attempt(duty: Callable[[], int]) -> int:
    try:
        return duty()
    except errors.Unavailable as fault:
        logger.warning("worker waits", reason=type(fault).__name__)
    except Exception as fault:
        logger.error("worker stumbled", exc_info=fault)
    return 0


class Worker:
    """What a worker has in hand, and how much it has done; its threads share it."""

    def __init__(self, gate: Gate, engine: Engine, post: Post | None = None) -> None:
        self.gate = gate
        self.engine = engine
        self.post = post
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._started_at = engine.clock.now()
        self._offices_of: date | None = None
        self._careers_of: date | None = None
        self._deadlines_of: date | None = None
        self._tidied_at: datetime | None = None
        self._stock_at: datetime | None = None
        self._measured_since: datetime | None = None
        self._done: Counter[str] = Counter()
        self._held: dict[int, datetime] = {}
        self._types: Counter[str] = Counter()
        self._lock = threading.Lock()
        gate.on_step = self._stepped

    # --- timers and messages

    def do_what_came_due(self) -> int:
        """Fires a round of timers, brings a kept message to who began to wait for it, and counts due dates again after a
        change of the calendar; how much that was."""
        taken = self._take_timers()
        for timer in taken:
            self._fire(timer)
        matched = self.gate.do(lambda connection: messages.match(self.engine, connection))
        recounted = self.gate.do(lambda connection: due_dates.catch_up(self.engine, connection))
        self._warn()
        return (
            len(taken)
            + matched
            + recounted
            + self._tell()
            + self._give_back()
            + self._tell_of_careers()
            + self._tell_of_stock()
            + self._tidy()
        )

    def _tell(self) -> int:
        """Tells people of what has come up and of what is due; how much was looked at."""
        by_mail = self.post is not None
        announced = self.gate.do(lambda connection: notify.announce(self.engine, connection, by_mail))
        return announced + self.gate.do(lambda connection: notify.remind(self.engine, connection, by_mail))

    def _warn(self) -> None:
        """Once a working day, of the deadlines of discipline cases. That is no work of which more could be left."""
        today = self.engine.clock.today()
        if self._deadlines_of == today or not deadlines.is_time(self.engine):
            return
        by_mail = self.post is not None
        self.gate.do(lambda connection: deadlines.remind(self.engine, connection, by_mail))
        self._deadlines_of = today

    def _tidy(self) -> int:
        """Once an hour, documents that no case has, contents that no document has, and what people were told long ago; how
        many were dropped."""
        now = self.engine.clock.now()
        if self._tidied_at is not None and now - self._tidied_at < TIDY:
            return 0
        dropped = self.gate.do(lambda connection: files.clean(connection, now))
        dropped += self.gate.do(lambda connection: notify.tidy(self.engine, connection))
        dropped += self.gate.do(lambda connection: mailing.tidy(self.engine, connection))
        if not dropped:
            self._tidied_at = now
        return dropped

    def _give_back(self) -> int:
        """Once a day, what somebody has claimed whose office has ended; how much that was."""
        today = self.engine.clock.today()
        if self._offices_of == today:
            return 0
        given = self.gate.do(lambda connection: officers.give_back(self.engine, connection))
        if not given:
            self._offices_of = today
        return given

    def _tell_of_careers(self) -> int:
        """Once a day, who is due for a pay rise, a promotion or pension; that makes no more work."""
        today = self.engine.clock.today()
        if self._careers_of == today:
            return 0
        by_mail = self.post is not None
        self.gate.do(lambda connection: personnel.remind(self.engine, connection, by_mail))
        self._careers_of = today
        return 0

    def _tell_of_stock(self) -> int:
        """Every ten minutes, that the blank cards have fallen below the reorder point; that makes no more work."""
        now = self.engine.clock.now()
        if self._stock_at is not None and now - self._stock_at < STOCK:
            return 0
        by_mail = self.post is not None
        self.gate.do(lambda connection: population.remind(self.engine, connection, by_mail))
        self._stock_at = now
        return 0

    def _take_timers(self) -> list[AnyRow]:
        if not self.gate.ask(lambda connection: timers.due(self.engine, connection)):
            return []
        return self.gate.change(lambda connection: timers.take(self.engine, connection))

    def _fire(self, timer: AnyRow) -> None:
        log.about(timer=str(timer.key))
        try:
            fired = self.gate.do(lambda connection: timers.fire(self.engine, connection, timer))
        except (DatabaseAway, Busy):
            raise
        except Exception as fault:
            logger.warning("timer failed", exc_info=fault)
            reason = _reason(fault)
            self.gate.do(lambda connection: timers.fail(self.engine, connection, timer, reason))
            self._count("timer_failed")
        else:
            self._count("timer_fired", fired)

    # --- figures

    def measure(self) -> int:
        """Writes down how long cases took that have ended, and counts them again after a change of the calendar; how many."""
        since = self._measured_since
        done = self.gate.do(lambda connection: monitoring.measure(self.engine, connection, since))
        self._measured_since = done.since
        again = self.gate.do(lambda connection: monitoring.count_again(self.engine, connection))
        return done.measured + again

    # --- jobs

    def do_a_job(self) -> int:
        """Does the job that waits longest; 1, or 0 where none does."""
        job = self._lease()
        if job is None:
            return 0
        try:
            self._work_on(job)
        finally:
            with self._lock:
                del self._held[job.key]
                self._types[job.type] -= 1
        return 1

    def _lease(self) -> AnyRow | None:
        """A job of a type that does not already keep all other threads: one system that hangs must not stop the rest."""
        with self._lock:
            crowded = [type_ for type_, count in self._types.items() if count >= JOBS_AT_ONCE - 1]
            if not self.gate.ask(lambda connection: jobs.due(self.engine, connection, crowded)):
                return None
            job = self.gate.change(lambda connection: jobs.lease(self.engine, connection, crowded))
            if job is not None:
                self._held[job.key] = job.due_at
                self._types[job.type] += 1
            return job

    def _work_on(self, job: AnyRow) -> None:
        log.about(job=str(job.key), type=job.type)
        log.concern(job.process_instance_key)
        try:
            outcome = self.gate.ask(lambda connection: jobs.perform(self.engine, connection, job))
            self.gate.do(lambda connection: jobs.complete(self.engine, connection, job, outcome))
        except (DatabaseAway, Busy):
            raise
        except Exception as fault:
            logger.warning("job failed", exc_info=fault)
            self._give_up(job, fault)
            self._count("job_failed")
        else:
            self._count("job_completed")

    def _give_up(self, job: AnyRow, fault: Exception) -> None:
        """Hands an error of the business to the diagram; whatever else failed becomes a retry, then an incident."""
        reason = _reason(fault)
        if isinstance(fault, BpmnError):
            try:
                code = fault.code
                self.gate.do(lambda connection: jobs.throw(self.engine, connection, job, code))
            except errors.Invalid as uncaught:
                reason = uncaught.message
            else:
                return
        self.gate.do(lambda connection: jobs.fail(self.engine, connection, job, reason))

    # --- mails

    def do_a_mail(self) -> int:
        """Sends the mail that waits longest; 1, or 0 where none does, or where the mail server takes none."""
        if self.post is None or not self.gate.ask(lambda connection: mailing.due(self.engine, connection)):
            return 0
        key = self.engine.keys.draw()[0]
        mail = self.gate.change(lambda connection: mailing.take(self.engine, connection, key))
        return self._send(self.post, mail) if mail is not None else 0

    def _send(self, post: Post, mail: AnyRow) -> int:
        log.about(mail=str(mail.key))
        try:
            message = self.gate.ask(lambda connection: compose(self.engine, connection, post, mail))
            if message is not None:
                post.send(message)
        except (DatabaseAway, Busy):
            raise
        except Exception as fault:
            logger.warning("mail failed", exc_info=fault)
            told = (_reason(fault), isinstance(fault, Refused))
            self.gate.do(lambda connection: mailing.failed(self.engine, connection, mail, *told))
            self._count("mail_failed")
            return 0
        end = mailing.dropped if message is None else mailing.sent
        self.gate.do(lambda connection: end(self.engine, connection, mail))
        self._count("mail_dropped" if message is None else "mail_sent")
        return 1

    # --- being there

    def report(self) -> int:
        """Keeps the leases of the jobs in hand, and says that the worker is there."""
        for key in list(self._held):
            self._renew(key)
        told = (self.name, self._started_at, dict(self._done))
        self.gate.change(lambda connection: workers.report(self.engine, connection, *told))
        return 1

    def _renew(self, key: int) -> None:
        until = self._held.get(key)
        if until is None:
            return
        renewed = self.gate.change(lambda connection: jobs.renew(self.engine, connection, key, until))
        with self._lock:
            if renewed and key in self._held:
                self._held[key] = renewed

    def sign_off(self) -> int:
        self.gate.change(lambda connection: workers.sign_off(self.engine, connection, self.name))
        return 1

    def _stepped(self, clashes: int) -> None:
        self._count("step")
        self._count("clash", clashes)

    def _count(self, what: str, times: int = 1) -> None:
        if times:
            with self._lock:
                self._done[what] += times


def _reason(fault: Exception) -> str:
    return fault.message if isinstance(fault, errors.OfficeError) else f"{type(fault).__name__}: {fault}"
