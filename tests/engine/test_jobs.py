"""Jobs and timers among several workers: leases, retries, and what a machine does that was off."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from server import engine as verbs
from server.db import Change
from server.engine import Call, Handler, Outcome, jobs, tables, timers, workers
from server.engine.step import Step
from tests.diagrams import boundary, diagram, end, path, service, start, timer, user
from tests.engine.conftest import ANYBODY, Office

pytestmark = pytest.mark.both_databases

SENT = diagram(start(), service("kirim", "uji.kirim"), user("lalu"), end(), path("start kirim lalu end"))


def sender(office: Office, fails: bool = False) -> None:
    def send(call: Call) -> Outcome:
        if fails:
            raise RuntimeError("pos sedang mati")
        return Outcome()

    office.handlers = [Handler("uji.kirim", "Kirim", "after", send)]
    office.reopen()


def lease(office: Office, *besides: str) -> int | None:
    """The key of the job that a worker gets now."""
    job = office.gate.change(lambda c: jobs.lease(office.engine, c, besides))
    return job.key if job else None


def test_each_worker_gets_another_job_and_the_oldest_first(office: Office) -> None:
    sender(office)
    office.publish(proses=SENT)
    for _ in range(3):
        office.start()
        office.later(seconds=1)
    expected = [row.key for row in sorted(office.rows(tables.Job), key=lambda row: row.due_at)]
    assert [lease(office) for _ in range(4)] == [*expected, None]


def test_a_worker_passes_over_jobs_of_a_type_that_it_has_enough_of(office: Office) -> None:
    sender(office)
    office.run(SENT)
    assert lease(office, "uji.kirim") is None
    assert not office.gate.ask(lambda c: jobs.due(office.engine, c, ["uji.kirim"]))
    assert lease(office, "uji.lain") is not None


def test_a_renewed_lease_keeps_a_job_from_others_for_as_long_as_it_takes(office: Office) -> None:
    sender(office)
    office.run(SENT)
    job = office.gate.change(lambda c: jobs.lease(office.engine, c))
    until = job.due_at
    for _ in range(20):
        office.now = until - timedelta(seconds=20)
        until = office.gate.change(lambda c, until=until: jobs.renew(office.engine, c, job.key, until))
        assert lease(office) is None
    office.now = until + timedelta(seconds=1)
    assert lease(office) == job.key


def test_a_lease_that_another_worker_has_taken_over_is_not_renewed(office: Office) -> None:
    sender(office)
    office.run(SENT)
    job = office.gate.change(lambda c: jobs.lease(office.engine, c))
    office.now = job.due_at + timedelta(seconds=1)
    assert lease(office) == job.key
    assert office.gate.change(lambda c: jobs.renew(office.engine, c, job.key, job.due_at)) is None


def test_a_failure_of_who_lost_the_lease_does_not_count(office: Office) -> None:
    sender(office)
    office.run(SENT)
    job = office.gate.change(lambda c: jobs.lease(office.engine, c))
    office.now = job.due_at + timedelta(seconds=1)
    lease(office)
    office.do(lambda c: jobs.fail(office.engine, c, job, "lambat"))
    [row] = office.rows(tables.Job)
    assert (row.retries, row.attempts, row.error) == (3, 2, None)


def test_attempts_are_counted_and_told_in_the_history(office: Office) -> None:
    sender(office, fails=True)
    case = office.run(SENT)
    for _ in range(4):
        office.work()
        office.later(hours=1)
    [row] = office.rows(tables.Job)
    assert (row.state, row.attempts, row.retries) == ("FAILED", 3, 0)
    assert "pos sedang mati" in row.error
    assert office.events(case)[1:] == ["JOB_FAILED", "JOB_FAILED", "JOB_FAILED", "INCIDENT_OPENED"]


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 10), (2, 20), (5, 160), (30, 3600), (1000, 3600)])
def test_a_retry_waits_twice_as_long_each_time_up_to_an_hour_and_never_at_once(
    attempt: int, seconds: int
) -> None:
    waits = {jobs.backoff(timedelta(seconds=10), attempt).total_seconds() for _ in range(200)}
    assert seconds / 2 <= min(waits) < max(waits) <= seconds
    assert len(waits) > 100


def test_a_job_whose_case_was_suspended_meanwhile_is_kept_and_the_case_stays_suspended(
    office: Office,
) -> None:
    sender(office)
    case = office.run(SENT)
    job = office.gate.change(lambda c: jobs.lease(office.engine, c))
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, case))
    office.do(lambda c: jobs.complete(office.engine, c, job, Outcome()))
    assert (office.state(case), office.rows(tables.Job)[0].state) == ("SUSPENDED", "COMPLETED")
    office.do(lambda c: verbs.resume(office.engine, c, ANYBODY, case))
    assert office.open(case) == ["lalu"]


def test_a_job_under_way_is_not_given_to_another_worker_when_its_case_is_resumed(office: Office) -> None:
    sender(office)
    case = office.run(SENT)
    lease(office)
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, case))
    office.do(lambda c: verbs.resume(office.engine, c, ANYBODY, case))
    assert lease(office) is None


# --- timers ----------------------------------------------------------------------------------------------------------

REMINDED = diagram(
    start(), user("kerja"), user("ingat"), end("e1"), end("e2"),
    boundary("lewat", "kerja", "timer", timer("timeCycle", "R/PT1H"), interrupting=False),
    path("start kerja e1", "lewat ingat e2"),
)  # fmt: skip


def test_each_worker_gets_other_timers_and_the_oldest_first(office: Office) -> None:
    office.publish(proses=REMINDED)
    cases = []
    for _ in range(timers.BATCH + 5):
        cases.append(office.start())
        office.later(seconds=1)
    office.later(hours=2)
    taken = [office.gate.change(lambda c: timers.take(office.engine, c)) for _ in range(3)]
    assert [len(each) for each in taken] == [timers.BATCH, 5, 0]
    assert [row.process_instance_key for each in taken for row in each] == cases


def test_a_cycle_that_another_worker_has_fired_meanwhile_does_not_come_early(office: Office) -> None:
    case = office.run(REMINDED)
    office.later(hours=2)
    [slow] = office.gate.change(lambda c: timers.take(office.engine, c))
    office.now += timers.TAKEN + timedelta(seconds=1)
    office.work()
    assert office.open(case).count("ingat") == 1
    assert office.do(lambda c: timers.fire(office.engine, c, slow)) is False
    office.do(lambda c: timers.fail(office.engine, c, slow, "terlambat"))
    assert office.rows(tables.Timer)[0].retries == 3
    assert office.open(case).count("ingat") == 1


def test_a_timer_that_failed_and_came_then_has_all_its_retries_again(office: Office) -> None:
    office.run(REMINDED)
    office.later(hours=2)
    [taken] = office.gate.change(lambda c: timers.take(office.engine, c))
    office.do(lambda c: timers.fail(office.engine, c, taken, "basis data penuh"))
    [row] = office.rows(tables.Timer)
    assert (row.retries, row.due_at) == (2, taken.due_at), "it keeps its rhythm"
    office.later(minutes=1)
    office.work()
    assert office.rows(tables.Timer)[0].retries == 3


def test_a_timer_that_starts_cases_is_never_given_up(office: Office) -> None:
    mulai = '<bpmn:startEvent id="mulai"><bpmn:timerEventDefinition id="d">{}</bpmn:timerEventDefinition></bpmn:startEvent>'
    office.publish(
        proses=diagram(
            mulai.format(timer("timeCycle", "R/P1D")), user("catat"), end(), path("mulai catat end")
        )
    )
    for _ in range(6):
        office.later(days=1, hours=2)
        [taken] = office.gate.change(lambda c: timers.take(office.engine, c))
        office.do(lambda c, taken=taken: timers.fail(office.engine, c, taken, "belum dapat"))
    office.later(days=1)
    office.work()
    assert len(office.rows(tables.ProcessInstance)) == 1


def test_timers_of_suspended_cases_keep_no_other_from_its_turn(office: Office) -> None:
    office.publish(proses=REMINDED)
    for _ in range(timers.BATCH):
        case = office.start()
        office.do(lambda c, case=case: verbs.suspend(office.engine, c, ANYBODY, case))
    last = office.start()
    office.later(hours=2)
    [taken] = office.gate.change(lambda c: timers.take(office.engine, c))
    assert taken.process_instance_key == last


def test_what_changes_between_two_reads_of_a_step_is_read_again(office: Office) -> None:
    """A timer's row is read, another worker takes its case on, then the case is read."""
    case = office.run(REMINDED)
    [task] = office.rows(tables.UserTask)
    office.complete(case, "kerja")
    looked = []

    def prepare(connection: Connection) -> Change[bool]:
        looked.append(connection)
        if len(looked) > 1:
            return Change((), True)
        running = Step(office.engine, connection, "uji").case(case)
        running.execution.trigger(task.element_instance_key, "lewat", {})
        return Change((), False)

    assert office.gate.do(prepare)


# --- workers as the database knows them ------------------------------------------------------------------------------


def test_a_worker_is_seen_until_it_signs_off_or_is_forgotten(office: Office) -> None:
    began = office.now
    for name in ("satu", "dua"):
        office.gate.change(
            lambda c, name=name: workers.report(office.engine, c, name, began, {"job_completed": 1})
        )
    office.later(minutes=5)
    office.gate.change(lambda c: workers.report(office.engine, c, "dua", began, {"job_completed": 7}))
    dua, satu = office.gate.ask(lambda c: workers.seen(office.engine, c))
    assert (dua.seen_at, dict(dua.counts)) == (office.now, {"job_completed": 7})
    assert satu.seen_at == began
    office.gate.change(lambda c: workers.sign_off(office.engine, c, "dua"))
    assert [each.name for each in office.gate.ask(lambda c: workers.seen(office.engine, c))] == ["satu"]
    office.later(days=2)
    office.gate.change(lambda c: workers.report(office.engine, c, "tiga", office.now, {}))
    assert [each.name for each in office.gate.ask(lambda c: workers.seen(office.engine, c))] == ["tiga"]
