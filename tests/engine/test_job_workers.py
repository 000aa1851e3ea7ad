"""Jobs that other programs take and do, as Camunda 8 documents them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from server.engine import incidents, job_workers, jobs, tables
from server.engine.execution import StepFault
from server.engine.job_workers import JobIsOver, LeaseIsOver, Taken, UnknownJob
from server.errors import Forbidden, Invalid
from server.identity import Permission
from tests.diagrams import (
    boundary,
    diagram,
    end,
    error,
    exclusive,
    extensions,
    flow,
    mapping,
    path,
    props,
    service,
    start,
    user,
)
from tests.engine.conftest import ANYBODY, Office, person

pytestmark = pytest.mark.both_databases

SENT = diagram(
    start(), service("kirim", "luar.kirim", headers={"tujuan": "siak"}), user("lalu"), user("gagal"), end(), end("e2"),
    boundary("tolak", "kirim", "error", ref="e", extra=extensions(mapping(outputs={"sebab": "=alasan"}))),
    path("start kirim lalu end", "tolak gagal e2"), extensions(props({"bidang": "dafduk"})), beside=error("e", "DITOLAK"),
)  # fmt: skip


def take(
    office: Office, type_: str = "luar.kirim", most: int = 10, who: Any = ANYBODY, *names: str
) -> list[Taken]:
    engine, minute = office.engine, timedelta(minutes=1)
    keys = office.gate.change(lambda c: job_workers.take(engine, c, who, type_, "penguji", minute, most))
    return office.gate.ask(lambda c: job_workers.taken(engine, c, who, keys, names))


def tell(office: Office, verb: Any, key: int, *said: Any, who: Any = ANYBODY, **more: Any) -> None:
    office.do(lambda c: verb(office.engine, c, who, key, *said, **more))


def test_a_program_takes_a_job_with_what_it_needs_and_the_case_goes_on_with_its_answer(
    office: Office,
) -> None:
    case = office.run(SENT, nomor="1", rahasia="x")
    assert not office.gate.ask(lambda c: jobs.due(office.engine, c)), "the house's own workers leave it alone"
    [job] = take(office, "luar.kirim", 10, ANYBODY, "nomor")
    assert (job.headers, job.variables, job.row.worker) == ({"tujuan": "siak"}, {"nomor": "1"}, "penguji")
    tell(office, job_workers.complete, job.row.key, {"resi": "R-1"})
    assert office.open(case) == ["lalu"]
    assert office.variables(case)["resi"] == "R-1"
    [done] = [row for row in office.rows(tables.History) if row.event == "JOB_COMPLETED"]
    assert done.actor == ANYBODY.username
    with pytest.raises(JobIsOver):
        tell(office, job_workers.complete, job.row.key, {})


def test_nobody_else_is_handed_a_job_before_its_time_is_over(office: Office) -> None:
    office.publish(proses=SENT)
    for _ in range(3):
        office.start()
        office.later(seconds=1)
    first = take(office, most=2)
    assert len(first) == 2
    assert len(take(office)) == 1
    assert take(office) == []
    office.later(minutes=2)
    again = take(office)
    assert [each.lease for each in again] == ["2", "2", "2"]
    with pytest.raises(LeaseIsOver):
        tell(office, job_workers.complete, first[0].row.key, {}, first[0].lease)
    tell(office, job_workers.complete, again[0].row.key, {}, again[0].lease)


def test_a_failure_is_tried_again_after_its_pause_and_then_becomes_an_incident(office: Office) -> None:
    case = office.run(SENT)
    [job] = take(office)
    pause = timedelta(minutes=5)
    tell(office, job_workers.fail, job.row.key, 1, "siak mati", pause, {"kode": 503})
    assert office.locals(case) == {"kirim": {"kode": 503}}
    assert take(office) == []
    office.later(minutes=6)
    [job] = take(office)
    tell(office, job_workers.fail, job.row.key, 0, "siak masih mati", timedelta())
    [incident] = office.rows(tables.Incident)
    assert "siak masih mati" in incident.message
    assert take(office) == []
    with pytest.raises(JobIsOver):
        tell(office, job_workers.complete, job.row.key, {})
    tell(office, job_workers.change, job.row.key, 2)
    office.do(lambda c: incidents.resolve(office.engine, c, ANYBODY, incident.key))
    [job] = take(office)
    tell(office, job_workers.complete, job.row.key, {})
    assert office.open(case) == ["lalu"]


def test_an_error_of_the_business_goes_to_who_catches_it_else_to_an_incident(office: Office) -> None:
    office.publish(proses=SENT)
    one, two = office.start(), office.start()
    first, second = take(office)
    tell(office, job_workers.throw, first.row.key, "DITOLAK", "NIK salah", {"alasan": "NIK", "lain": 1})
    assert (office.open(one), office.variables(one)) == (["gagal"], {"sebab": "NIK"})
    tell(office, job_workers.throw, second.row.key, "ENTAH", "tidak tahu")
    [incident] = office.rows(tables.Incident, process_instance_key=two)
    assert "ENTAH" in incident.message


def test_who_needs_longer_says_so(office: Office) -> None:
    office.run(SENT)
    [job] = take(office)
    tell(office, job_workers.change, job.row.key, timeout=timedelta(hours=1))
    office.later(minutes=30)
    assert take(office) == []


def test_a_case_that_cannot_go_on_keeps_its_job(office: Office) -> None:
    choice = [exclusive("x", default="x_end"), flow("x", "b", "=lunas")]
    case = office.run(
        diagram(
            start(),
            service("kirim", "luar.kirim"),
            *choice,
            user("b"),
            end(),
            path("start kirim x end", "b end"),
        )
    )
    [job] = take(office)
    with pytest.raises(StepFault):
        tell(office, job_workers.complete, job.row.key, {"lunas": "ya"})
    tell(office, job_workers.complete, job.row.key, {"lunas": True})
    assert office.open(case) == ["b"]


def test_jobs_of_a_cancelled_case_are_over(office: Office) -> None:
    case = office.run(SENT)
    [job] = take(office)
    office.cancel(case)
    with pytest.raises(JobIsOver):
        tell(office, job_workers.complete, job.row.key, {})


def test_only_who_may_in_its_bidang_works_and_only_on_what_is_other_programs_work(office: Office) -> None:
    office.run(SENT)
    with pytest.raises(Forbidden):
        take(office, who=person("budi"))
    capil = {Permission.WORK: frozenset({"capil"})}
    elsewhere = replace(person("budi", may=(Permission.WORK,)), limits=capil)
    assert take(office, who=elsewhere) == []
    [job] = take(office)
    with pytest.raises(UnknownJob):
        tell(office, job_workers.complete, job.row.key, {}, who=elsewhere)


def test_a_type_that_nobody_does_is_refused_when_it_is_published(office: Office) -> None:
    with pytest.raises(Invalid) as refusal:
        office.publish(proses=diagram(start(), service("k", "lain.kirim"), end(), path("start k end")))
    assert "JOB_TYPES" in refusal.value.problems[0].message
