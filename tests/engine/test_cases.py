"""Cases: numbers, cancelling, jobs of workers, loops, restarts."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from server import engine as verbs
from server.engine import Call, Effect, Handler, Outcome, incidents, jobs, tables
from server.engine.instances import InstanceIsOver, UnknownInstance
from server.engine.spiff import Endless
from server.errors import Forbidden, Invalid
from server.identity import Permission
from tests.diagrams import diagram, end, exclusive, flow, parallel, path, script, service, start, sub, user
from tests.engine.conftest import ANYBODY, Office, person

pytestmark = pytest.mark.both_databases

ONE = diagram(start(), user("tugas"), end(), path("start tugas end"))


def test_cases_are_numbered_by_procedure_and_year_without_gaps(office: Office) -> None:
    office.publish(proses=ONE)
    for _ in range(3):
        office.start()
    office.now = office.now.replace(year=2027)
    office.start()
    numbers = sorted(row.business_id for row in office.rows(tables.ProcessInstance))
    assert numbers == ["PROSES-2026-0001", "PROSES-2026-0002", "PROSES-2026-0003", "PROSES-2027-0001"]


def test_a_refused_start_takes_no_number(office: Office) -> None:
    office.publish(proses=ONE)
    with pytest.raises(Invalid):
        office.start(actor=person("eka", may=(Permission.START,)), apa=1)
    office.start()
    assert [row.business_id for row in office.rows(tables.ProcessInstance)] == ["PROSES-2026-0001"]


def test_a_cancelled_case_has_no_open_task_and_stays_cancelled(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            parallel("bagi"),
            user("a"),
            sub("dalam", start("ds"), user("b"), end("de"), path("ds b de")),
            parallel("temu"),
            end(),
            path("start bagi a temu end", "bagi dalam temu"),
        )
    )
    office.cancel(case)
    office.cancel(case)
    assert office.open(case) == []
    assert office.state(case) == "TERMINATED"
    assert sorted(office.elements(case, "TERMINATED")) == ["a", "b", "dalam"]
    assert office.events(case) == ["STARTED", "CANCELED"]


def test_a_task_of_a_cancelled_case_is_over(office: Office) -> None:
    case = office.run(ONE)
    task = office.task(case, "tugas")
    office.cancel(case)
    from server.engine.tasks import TaskIsOver

    with pytest.raises(TaskIsOver, match="dibatalkan"):
        office.do(lambda c: verbs.complete(office.engine, c, ANYBODY, task.key, {}))


def test_a_finished_case_is_not_cancelled(office: Office) -> None:
    case = office.run(ONE)
    office.complete(case, "tugas")
    with pytest.raises(InstanceIsOver):
        office.cancel(case)


def test_a_case_is_cancelled_by_its_starter_or_who_may(office: Office) -> None:
    case = office.run(ONE)
    with pytest.raises(UnknownInstance):
        office.cancel(case, person("asing"))
    with pytest.raises(Forbidden):
        office.cancel(case, person("lihat", may=(Permission.SEE_ALL,)))
    office.cancel(case, person("bos", may=(Permission.SEE_ALL, Permission.CANCEL)))


def test_a_loop_that_waits_for_nobody_ends_with_an_error(office: Office) -> None:
    round_ = diagram(
        start(),
        user("isi"),
        script("tambah", "=n + 1", "n"),
        exclusive("lagi", default="lagi_end"),
        end(),
        path("start isi tambah lagi"),
        flow("lagi", "tambah", "=n > 0"),
        flow("lagi", "end"),
    )
    case = office.run(round_)
    with pytest.raises(Endless):
        office.complete(case, "isi", n=1)
    assert office.open(case) == ["isi"]


def test_a_long_loop_that_ends_is_run(office: Office) -> None:
    round_ = diagram(
        start(),
        script("tambah", "=n + 1", "n"),
        exclusive("lagi", default="lagi_akhir"),
        user("akhir"),
        end(),
        path("start tambah lagi", "akhir end"),
        flow("lagi", "tambah", "=n < 500"),
        flow("lagi", "akhir"),
    )
    case = office.run(round_, n=0)
    assert office.variables(case) == {"n": 500}


def test_a_state_does_not_grow_with_rework(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            parallel("bagi"),
            user("tunggu"),
            user("kerja"),
            exclusive("cukup", default="cukup_temu"),
            parallel("temu"),
            end(),
            path("start bagi tunggu temu", "bagi kerja cukup", "temu end"),
            flow("cukup", "kerja", "=ulang"),
            flow("cukup", "temu"),
        )
    )
    sizes = []
    for _ in range(30):
        office.complete(case, "kerja", ulang=True)
        sizes.append(len(office.rows(tables.ProcessInstance, key=case)[0].tokens))
    assert max(sizes[5:]) <= sizes[5]
    assert sizes[5] < 2000


def test_a_parallel_block_in_a_loop_joins_each_round_anew(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            exclusive("masuk"),
            parallel("bagi"),
            user("a"),
            user("b"),
            parallel("temu"),
            exclusive("lagi", default="lagi_end"),
            end(),
            path("start masuk bagi a temu lagi", "bagi b temu"),
            flow("lagi", "masuk", "=ulang"),
            flow("lagi", "end"),
        )
    )
    for _ in range(3):
        office.complete(case, "b", ulang=True)
        assert office.open(case) == ["a"]
        office.complete(case, "a")
        assert sorted(office.open(case)) == ["a", "b"]
    office.complete(case, "a")
    office.complete(case, "b", ulang=False)
    assert office.state(case) == "COMPLETED"


def test_a_terminate_end_ends_all_branches(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            parallel("bagi"),
            user("a"),
            user("b"),
            end("selesai", terminate=True),
            end("e2"),
            path("start bagi a selesai", "bagi b e2"),
        )
    )
    office.complete(case, "a")
    assert office.open(case) == []
    assert office.state(case) == "COMPLETED"
    assert office.elements(case, "TERMINATED") == ["b"]


# --- handlers --------------------------------------------------------------------------------------------------------

WORK = diagram(
    start(),
    user("awal"),
    service("kerja", "uji.kerja", headers={"nada": "sopan"}),
    user("akhir"),
    end(),
    path("start awal kerja akhir end"),
)


def _note(call: Call) -> tuple[Effect, ...]:
    row = {
        "user_task_key": call.key,
        "by": call.headers["nada"],
        "at": call.now,
        "values": dict(call.variables),
    }
    return (Effect(insert(tables.Draft), row, expect=1),)


def test_inside_work_lands_with_its_step(office: Office) -> None:
    office.handlers = [
        Handler("uji.kerja", "Kerja", "inside", lambda call: Outcome({"hasil": 7}, _note(call)))
    ]
    office.reopen()
    case = office.run(WORK)
    office.complete(case, "awal", x=1)
    assert office.variables(case) == {"x": 1, "hasil": 7}
    assert [(row.by, row.values) for row in office.rows(tables.Draft)] == [("sopan", {"x": 1})]
    assert office.open(case) == ["akhir"]


def test_inside_work_that_fails_leaves_the_task_open(office: Office) -> None:
    def refuse(call: Call) -> Outcome:
        raise Invalid("Saldo tidak cukup.")

    office.handlers = [Handler("uji.kerja", "Kerja", "inside", refuse)]
    office.reopen()
    case = office.run(WORK)
    with pytest.raises(Invalid, match="Saldo"):
        office.complete(case, "awal")
    assert office.open(case) == ["awal"]


def test_cancelling_takes_inside_work_back(office: Office) -> None:
    undone = []
    handler = Handler(
        "uji.kerja",
        "Kerja",
        "inside",
        lambda call: Outcome(),
        lambda call: Outcome(effects=(undone.append(call.key), ())[1]),
    )
    office.handlers = [handler]
    office.reopen()
    case = office.run(WORK)
    office.complete(case, "awal")
    office.cancel(case)
    assert len(undone) == 1


@pytest.fixture
def attempts(office: Office) -> list[int]:
    """The keys with which the after handler was called; it fails while `office.broken`."""
    calls: list[int] = []

    def work(call: Call) -> Outcome:
        calls.append(call.key)
        if len(calls) in broken:
            raise RuntimeError("pos sedang mati")
        return Outcome({"terkirim": True})

    broken: set[int] = set()
    office.broken = broken  # type: ignore[attr-defined]
    office.handlers = [Handler("uji.kerja", "Kirim", "after", work)]
    office.reopen()
    return calls


def test_after_work_is_done_by_a_worker_once_the_step_is_kept(office: Office, attempts: list[int]) -> None:
    case = office.run(WORK)
    office.complete(case, "awal")
    assert (attempts, office.open(case)) == ([], [])
    office.work()
    assert len(attempts) == 1
    assert office.variables(case) == {"terkirim": True}
    assert office.open(case) == ["akhir"]


def test_after_work_that_fails_is_tried_again_later_with_the_same_key(
    office: Office, attempts: list[int]
) -> None:
    office.broken.add(1)  # type: ignore[attr-defined]
    case = office.run(WORK)
    office.complete(case, "awal")
    office.work()
    assert office.open(case) == []
    office.later(seconds=11)
    office.work()
    assert office.open(case) == ["akhir"]
    assert len(attempts) == 2
    assert len(set(attempts)) == 1


def test_after_work_without_retries_becomes_an_incident_that_a_person_resolves(
    office: Office, attempts: list[int]
) -> None:
    office.broken.update({1, 2, 3})  # type: ignore[attr-defined]
    case = office.run(WORK)
    office.complete(case, "awal")
    for _ in range(5):
        office.work()
        office.later(minutes=10)
    [incident] = office.rows(tables.Incident)
    assert (incident.state, len(attempts)) == ("ACTIVE", 3)
    assert "kerja" in incident.message
    assert "pos sedang mati" in incident.message
    assert office.state(case) == "ACTIVE"
    office.do(lambda c: incidents.resolve(office.engine, c, ANYBODY, incident.key))
    office.work()
    assert office.open(case) == ["akhir"]
    assert office.rows(tables.Incident)[0].state == "RESOLVED"


def test_a_job_of_a_worker_that_died_is_taken_by_another_after_its_lease(
    office: Office, attempts: list[int]
) -> None:
    case = office.run(WORK)
    office.complete(case, "awal")
    assert office.gate.change(lambda c: jobs.lease(office.engine, c))
    office.work()
    assert attempts == []
    office.now += jobs.LEASE + timedelta(seconds=1)
    office.work()
    assert office.open(case) == ["akhir"]


def test_a_job_of_a_cancelled_case_is_not_done(office: Office, attempts: list[int]) -> None:
    case = office.run(WORK)
    office.complete(case, "awal")
    office.cancel(case)
    office.work()
    assert attempts == []


# --- suspended cases, variables set from outside ---------------------------------------------------------------------


def test_a_suspended_case_waits_until_it_is_resumed(office: Office, attempts: list[int]) -> None:
    from server.engine.tasks import CaseIsSuspended

    case = office.run(WORK)
    for verb in (verbs.suspend, verbs.suspend):
        office.do(lambda c, verb=verb: verb(office.engine, c, ANYBODY, case))
    with pytest.raises(CaseIsSuspended):
        office.complete(case, "awal")
    office.do(lambda c: verbs.resume(office.engine, c, ANYBODY, case))
    office.complete(case, "awal")
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, case))
    office.work()
    assert (attempts, office.state(case)) == ([], "SUSPENDED")
    office.do(lambda c: verbs.resume(office.engine, c, ANYBODY, case))
    office.work()
    assert office.open(case) == ["akhir"]


def test_a_suspended_case_can_be_cancelled(office: Office) -> None:
    case = office.run(ONE)
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, case))
    office.cancel(case)
    assert office.state(case) == "TERMINATED"


def test_variables_are_set_from_outside_by_who_may(office: Office) -> None:
    case = office.run(ONE, a=1)
    with pytest.raises(Forbidden):
        office.do(
            lambda c: verbs.set_variables(
                office.engine, c, person("bos", may=(Permission.SEE_ALL,)), case, {"a": 2}
            )
        )
    office.do(lambda c: verbs.set_variables(office.engine, c, ANYBODY, case, {"a": 2, "b": 3}))
    task = office.task(case, "tugas")
    office.do(
        lambda c: verbs.set_variables(
            office.engine, c, ANYBODY, task.element_instance_key, {"a": 9}, local=True
        )
    )
    assert office.variables(case) == {"a": 2, "b": 3}
    assert office.locals(case) == {"tugas": {"a": 9}}
