"""Reads a database after the storm against the ledger: what is lost, what is there twice, what is half done, what is stuck."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from server.db import read
from server.engine import tables
from tests.crash import checker
from tests.crash.checker import Findings
from tests.crash.command import BEGUN, noted
from tests.crash.conftest import Site
from tests.soak.crowd import Done, Ledger
from tests.soak.procedure import NEXT

Rows = list[Row[Any]]


@dataclass(frozen=True)
class Verdict:
    """Sentences, one for each thing that is wrong."""

    lost: list[str]
    doubled: list[str]
    torn: list[str]
    """Tables that do not agree with one another."""
    stuck: list[str]

    @property
    def good(self) -> bool:
        return not (self.lost or self.doubled or self.torn or self.stuck)


def judge(site: Site, ledger: Ledger) -> Verdict:
    site.office.house.gate.database.dispose()  # of connections from before PostgreSQL went down
    found = checker.find(site.office)
    kept = _Kept(site, found)
    return Verdict(
        lost=[*_lost(kept, ledger), *_work_not_done(site, found)],
        doubled=[*_doubled(kept), *_started_twice(found, ledger)],
        torn=[sentence for case in found.instances for sentence in _torn(kept, case)],
        stuck=[
            f"case {case} is {row.case_state}"
            for case, row in found.instances.items()
            if row.case_state not in ("COMPLETED", "TERMINATED")
        ],
    )


class _Kept:
    """The database's rows as the questions here need them."""

    def __init__(self, site: Site, found: Findings) -> None:
        self.found = found
        self.tasks = {task.key: task for tasks in found.tasks.values() for task in tasks}
        self.told: Counter[tuple[str, Any, int | None]] = Counter(
            (row.event, row.actor, row.subject_key) for rows in found.history.values() for row in rows
        )
        self.sent = {
            (row.event, row.subject_key): found.values[row.key]
            for rows in found.history.values()
            for row in rows
            if row.digest
        }
        with read(site.office.house.gate.database) as connection:
            self.timers = _waiting(connection.execute(select(tables.Timer.__table__)).all())
            self.messages = _waiting(connection.execute(select(tables.MessageSubscription.__table__)).all())
            self.drafts = {
                row.user_task_key: row.values for row in connection.execute(select(tables.Draft.__table__))
            }


def _waiting(rows: Any) -> dict[int, set[int]]:
    """The element instances that wait, by case."""
    found: dict[int, set[int]] = {}
    for row in rows:
        if row.process_instance_key is not None:
            found.setdefault(row.process_instance_key, set()).add(row.element_instance_key)
    return found


# --- lost ------------------------------------------------------------------------------------------------------------


def _lost(kept: _Kept, ledger: Ledger) -> Iterator[str]:
    for done in ledger.done:
        if not _is_there(kept, done):
            yield f"{done.verb} of {done.key} by {done.who} was acknowledged: {done.told}"


def _is_there(kept: _Kept, done: Done) -> bool:
    match done.verb:
        case "start":
            return done.key in kept.found.instances
        case "complete":
            task = kept.tasks[done.key]
            ended = (task.state, task.ended_by) == ("COMPLETED", done.who)
            return ended and kept.sent.get(("TASK_COMPLETED", done.key)) == done.told
        case "claim":
            return kept.told["TASK_ASSIGNED", done.who, done.key] >= 1
        case "draft":
            return kept.tasks[done.key].state != "CREATED" or done.key in kept.drafts
        case "set variable":
            name, value = done.told
            return kept.found.variables.get(done.key, {}).get(name) == value
        case "cancel":
            return kept.found.instances[done.key].case_state == "TERMINATED"
        case "suspend":
            # By this person or, a moment before, by another.
            return any(row.event == "SUSPENDED_BY_PERSON" for row in kept.found.history[done.key])
        case "resume":
            return any(
                row.event == "ACTIVE_BY_PERSON" or row.event == "CANCELED"
                for row in kept.found.history[done.key]
            )
        case "message":
            over = kept.found.instances[done.key].case_state == "TERMINATED"
            return over or kept.found.variables[done.key].get("kabar") == done.told
    raise ValueError(done.verb)


def _work_not_done(site: Site, found: Findings) -> Iterator[str]:
    """Each job that is completed was done at least once: its handler's own log says so."""
    begun = set(noted(site.work_log, BEGUN))
    for rows in found.jobs.values():
        for job in rows:
            if job.state == "COMPLETED" and job.element_instance_key not in begun:
                yield f"job {job.key} was never done"


# --- doubled ---------------------------------------------------------------------------------------------------------

ONCE = {
    "TASK_COMPLETED",
    "JOB_COMPLETED",
    "TIMER_TRIGGERED",
    "CANCELED",
    "STARTED",
}
"""What comes once for each task, job, timer and case."""


def _doubled(kept: _Kept) -> Iterator[str]:
    counted: Counter[tuple[str, int | None]] = Counter()
    for (event, _, subject), count in kept.told.items():
        counted[event, subject] += count
    for (event, subject), count in counted.items():
        if event in ONCE and count > 1:
            yield f"{event} of {subject} stands {count} times in the history"


def _started_twice(found: Findings, ledger: Ledger) -> Iterator[str]:
    most = len(ledger.of("start")) + ledger.unknown_starts
    if len(found.instances) > most:
        yield f"{len(found.instances)} cases, of at most {most} starts"
    numbers = Counter(row.business_id for row in found.instances.values())
    yield from (f"number {number} was given {count} times" for number, count in numbers.items() if count > 1)


# --- torn ------------------------------------------------------------------------------------------------------------


def _torn(kept: _Kept, case: int) -> Iterator[str]:
    found = kept.found
    active = {row.key for row in found.elements[case] if row.state == "ACTIVE"}
    if found.live[case] != active and found.instances[case].case_state != "TERMINATED":
        yield f"case {case}: tokens and element instances differ"
    held = {row.element_instance_key for row in found.tasks[case] if row.state == "CREATED"}
    held |= {row.element_instance_key for row in found.jobs[case] if row.state in ("CREATED", "FAILED")}
    held |= kept.timers.get(case, set()) | kept.messages.get(case, set())
    if held != active:
        yield f"case {case}: {sorted(active ^ held)} stand in one table and not in the other"
    if found.instances[case].case_state != "TERMINATED":
        yield from _flows(case, found.elements[case])
    done = Counter(task.key for task in found.tasks[case] if task.state == "COMPLETED")
    told = Counter(row.subject_key for row in found.history[case] if row.event == "TASK_COMPLETED")
    if done != told:
        yield f"case {case}: tasks and history differ"
    if set(kept.drafts) & set(done):
        yield f"case {case}: a draft outlived its task"


def _flows(case: int, elements: Rows) -> Iterator[str]:
    """Each element that ended has led to each of its next ones, once."""
    ended = Counter(row.element_id for row in elements if row.state == "COMPLETED")
    came = Counter((row.source_id, row.element_id) for row in elements)
    for element, following in NEXT.items():
        if [came[element, one] for one in following] != [ended[element]] * len(following):
            yield f"case {case}: {element} ended {ended[element]} times, then {dict(came)}"
    if came["putusan", "isi"] + came["putusan", "kirim"] != ended["putusan"]:
        yield f"case {case}: the gateway and its flows differ"
