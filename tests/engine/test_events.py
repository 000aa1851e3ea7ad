"""Timers, messages, errors, escalations and called processes, as Camunda 8 documents them."""

from datetime import UTC, datetime, timedelta

import pytest

from server.engine import BpmnError, Call, Handler, Outcome, incidents, messages, tables, timers
from server.engine.execution import StepFault, Uncaught
from server.engine.messages import AlreadyPublished, NobodyWaits
from server.errors import Conflict
from tests.diagrams import (
    call,
    definition,
    diagram,
    element,
    end,
    event,
    exclusive,
    extensions,
    flow,
    link,
    many,
    mapping,
    node,
    parallel,
    path,
    service,
    start,
    sub,
    timer,
    user,
    zeebe,
)
from tests.engine.conftest import ANYBODY, Office

pytestmark = pytest.mark.both_databases


def boundary(id: str, kind: str, *inside: str, on: str, interrupting: bool = True) -> str:
    return event("boundaryEvent", id, kind, *inside, attachedToRef=on, cancelActivity=interrupting)


def message(name: str, key: str | None = "=nomor") -> str:
    """A message beside the process; its id is its name."""
    inside = extensions(zeebe("subscription", correlationKey=key)) if key else ""
    return element("bpmn:message", inside, id=f"m_{name}", name=name)


def error(code: str) -> str:
    return element("bpmn:error", id=f"err_{code}", errorCode=code, name=code)


def escalation(code: str) -> str:
    return element("bpmn:escalation", id=f"esc_{code}", escalationCode=code, name=code)


def on_message(tag: str, id: str, name: str, **attributes: object) -> str:
    return node(tag, id, definition("message", messageRef=f"m_{name}"), **attributes)


def waits(office: Office) -> int:
    return len(office.rows(tables.Timer)) + len(office.rows(tables.MessageSubscription))


# --- timers ----------------------------------------------------------------------------------------------------------


def reminded(kind: str, value: str, interrupting: bool) -> bytes:
    return diagram(
        start(), user("kerja"), user("ingat"), end("e1"), end("e2"),
        boundary("lewat", "timer", timer(kind, value), on="kerja", interrupting=interrupting),
        path("start kerja e1", "lewat ingat e2"),
    )  # fmt: skip


def test_an_intermediate_timer_waits_its_time(office: Office) -> None:
    case = office.run(
        diagram(
            start(), event("intermediateCatchEvent", "tunggu", "timer", timer("timeDuration", "P1DT1H")), user("lalu"), end(),
            path("start tunggu lalu end"),
        )
    )  # fmt: skip
    office.later(days=1, minutes=59)
    office.work()
    assert office.open(case) == []
    office.later(minutes=2)
    office.work()
    assert office.open(case) == ["lalu"]
    assert waits(office) == 0
    assert "TIMER_TRIGGERED" in office.events(case)


def test_a_timer_may_be_reckoned_from_variables(office: Office) -> None:
    tunggu = event("intermediateCatchEvent", "tunggu", "timer", timer("timeDate", "=batas"))
    case = office.run(
        diagram(start(), tunggu, user("lalu"), end(), path("start tunggu lalu end")),
        batas="2026-03-05T08:00:00+07:00",
    )
    assert office.rows(tables.Timer)[0].due_at == datetime(2026, 3, 5, 1, tzinfo=UTC)
    office.later(days=4)
    office.work()
    assert office.open(case) == ["lalu"]


def test_an_interrupting_timer_ends_its_task(office: Office) -> None:
    case = office.run(reminded("timeDuration", "PT1H", interrupting=True))
    office.later(hours=2)
    office.work()
    assert office.open(case) == ["ingat"]
    assert office.elements(case, "TERMINATED") == ["kerja"]
    assert office.rows(tables.UserTask, element_id="kerja")[0].state == "CANCELED"


def test_a_timer_that_does_not_interrupt_leaves_its_task_open(office: Office) -> None:
    case = office.run(reminded("timeDuration", "PT1H", interrupting=False))
    office.later(hours=2)
    office.work()
    assert sorted(office.open(case)) == ["ingat", "kerja"]
    office.complete(case, "kerja")
    office.complete(case, "ingat")
    assert office.state(case) == "COMPLETED"


def test_a_task_that_is_done_in_time_ends_its_timer(office: Office) -> None:
    case = office.run(reminded("timeDuration", "PT1H", interrupting=True))
    office.complete(case, "kerja")
    assert waits(office) == 0
    office.later(hours=2)
    office.work()
    assert office.state(case) == "COMPLETED"


def test_a_cycle_comes_as_often_as_it_says(office: Office) -> None:
    case = office.run(reminded("timeCycle", "R2/PT1H", interrupting=False))
    for expected in (["ingat", "kerja"], ["ingat", "ingat", "kerja"], ["ingat", "ingat", "kerja"]):
        office.later(minutes=61)
        office.work()
        assert sorted(office.open(case)) == expected


def test_a_missed_cycle_comes_once_and_keeps_its_rhythm(office: Office) -> None:
    case = office.run(reminded("timeCycle", "R/PT1H", interrupting=False))
    due = office.rows(tables.Timer)[0].due_at
    office.later(days=30, minutes=10)
    office.work()
    assert office.open(case).count("ingat") == 1
    assert (office.rows(tables.Timer)[0].due_at - due) % timedelta(hours=1) == timedelta()
    assert office.rows(tables.Timer)[0].due_at > office.now


def test_two_workers_fire_a_timer_once(office: Office) -> None:
    case = office.run(reminded("timeDuration", "PT1H", interrupting=False))
    office.later(hours=2)
    [one] = office.gate.change(lambda c: timers.take(office.engine, c))
    assert office.gate.change(lambda c: timers.take(office.engine, c)) == []
    for _ in range(2):
        office.do(lambda c: timers.fire(office.engine, c, one))
    assert office.open(case).count("ingat") == 1


def test_a_timer_whose_step_fails_becomes_an_incident_and_is_tried_again(office: Office) -> None:
    tunggu = event("intermediateCatchEvent", "tunggu", "timer", timer("timeDuration", "PT1H"))
    case = office.run(
        diagram(
            start(), parallel("bagi"), user("isi"), end("e0"), tunggu, exclusive("uji", default="uji_e2"), end("e1"), end("e2"),
            path("start bagi isi e0", "bagi tunggu uji"), flow("uji", "e1", "=setuju"), flow("uji", "e2"),
        )
    )  # fmt: skip
    for _ in range(5):
        office.later(hours=2)
        office.work()
    [incident] = office.rows(tables.Incident)
    assert (incident.state, incident.element_id, office.state(case)) == ("ACTIVE", "tunggu", "ACTIVE")
    assert "setuju" in incident.message
    office.complete(case, "isi", setuju=True)
    office.do(lambda c: incidents.resolve(office.engine, c, ANYBODY, incident.key))
    office.work()
    assert office.state(case) == "COMPLETED"


def test_a_process_is_started_by_its_timer_in_its_newest_version_only(office: Office) -> None:
    def daily(name: str) -> bytes:
        mulai = event("startEvent", "tiap_hari", "timer", timer("timeCycle", "R/P1D"))
        return diagram(mulai, user("catat", name=name), end(), path("tiap_hari catat end"))

    office.publish(proses=daily("Lama"))
    office.publish(proses=daily("Baru"))
    assert waits(office) == 1
    office.later(days=1, minutes=1)
    office.work()
    assert [row.name for row in office.rows(tables.UserTask)] == ["Baru"]
    assert office.rows(tables.ProcessInstance)[0].started_by == "sistem"
    with pytest.raises(Conflict, match="pewaktu"):
        office.start()
    office.later(days=1)
    office.work()
    assert len(office.rows(tables.ProcessInstance)) == 2


def test_people_start_a_process_that_a_timer_starts_too(office: Office) -> None:
    tiap = event("startEvent", "tiap_hari", "timer", timer("timeCycle", "R/P1D"))
    office.publish(
        proses=diagram(start(), tiap, user("a"), user("b"), end(), path("start a end", "tiap_hari b end"))
    )
    assert office.open(office.start()) == ["a"]
    office.later(days=1, minutes=1)
    office.work()
    assert sorted(row.element_id for row in office.rows(tables.UserTask)) == ["a", "b"]


# --- links -----------------------------------------------------------------------------------------------------------


def test_a_link_goes_on_where_it_is_caught_in_its_own_scope(office: Office) -> None:
    def pair(name: str) -> list[str]:
        return [link(f"ke_{name}", "sambung"), link(f"dari_{name}", "sambung", caught=True)]

    case = office.run(
        diagram(
            start(), user("a"), user("b"), exclusive("lagi", default="lagi_s"), end(), pair("luar"), link("ulang", "sambung"),
            sub("s", start("s1"), user("c"), user("d"), end("e1"), pair("dalam"), path("s1 c ke_dalam", "dari_dalam d e1")),
            path("start a ke_luar", "dari_luar b lagi", "s end"), flow("lagi", "s"), flow("lagi", "ulang", "=ulang"),
        )
    )  # fmt: skip
    office.complete(case, "a", ulang=True)
    office.complete(case, "b", ulang=True)
    office.complete(case, "b", ulang=False)
    office.complete(case, "c")
    office.complete(case, "d")
    assert office.state(case) == "COMPLETED"
    types = {
        row.element_id: row.type for row in office.rows(tables.ElementInstance, process_instance_key=case)
    }
    assert (types["ke_luar"], types["dari_luar"]) == ("INTERMEDIATE_THROW_EVENT", "INTERMEDIATE_CATCH_EVENT")


# --- messages --------------------------------------------------------------------------------------------------------


def publish(
    office: Office, name: str, key: str, ttl: timedelta = timedelta(), id: str | None = None, **values: object
):
    return office.do(lambda c: messages.publish(office.engine, c, ANYBODY, name, key, values, ttl, id))


RECEIVING = diagram(
    start(), node("receiveTask", "terima", messageRef="m_balasan"), user("lanjut"), end(), path("start terima lanjut end"),
    beside=message("balasan"),
)  # fmt: skip


def test_a_message_reaches_the_case_of_its_key(office: Office) -> None:
    office.publish(proses=RECEIVING)
    one, two = office.start(nomor="A-1"), office.start(nomor="A-2")
    assert publish(office, "balasan", "A-2", isi="ya").cases == (two,)
    assert (office.open(one), office.open(two)) == ([], ["lanjut"])
    assert office.variables(two) == {"nomor": "A-2", "isi": "ya"}
    assert publish(office, "balasan", "A-3").cases == ()


def test_a_message_is_kept_for_who_begins_to_wait_later(office: Office) -> None:
    office.publish(proses=RECEIVING)
    publish(office, "balasan", "A-1", timedelta(hours=1), isi="ya")
    case = office.start(nomor="A-1")
    office.work()
    assert office.open(case) == ["lanjut"]
    assert office.variables(case)["isi"] == "ya"


def test_a_message_reaches_one_case_of_a_process_only(office: Office) -> None:
    office.publish(proses=RECEIVING)
    publish(office, "balasan", "A-1", timedelta(hours=1))
    cases = [office.start(nomor="A-1") for _ in range(2)]
    office.work()
    assert sorted(office.open(case) for case in cases) == [[], ["lanjut"]]


def test_a_message_does_not_outlive_its_time(office: Office) -> None:
    office.publish(proses=RECEIVING)
    publish(office, "balasan", "A-1", timedelta(hours=1))
    office.later(hours=2)
    case = office.start(nomor="A-1")
    office.work()
    assert office.open(case) == []
    assert office.rows(tables.Message) == []


def test_a_message_with_the_id_of_one_that_is_kept_is_refused(office: Office) -> None:
    office.publish(proses=RECEIVING)
    publish(office, "balasan", "A-1", timedelta(hours=1), "pos-7")
    with pytest.raises(AlreadyPublished):
        publish(office, "balasan", "A-1", timedelta(hours=1), "pos-7")


def test_a_correlation_that_reaches_nobody_is_told(office: Office) -> None:
    with pytest.raises(NobodyWaits):
        office.do(lambda c: messages.correlate(office.engine, c, ANYBODY, "balasan", "A-1", {}))


def test_a_wait_without_a_key_stops_the_step(office: Office) -> None:
    office.publish(proses=RECEIVING)
    with pytest.raises(StepFault, match="korelasi"):
        office.start()


def test_a_message_on_the_border_comes_again_where_it_does_not_interrupt(office: Office) -> None:
    case = office.run(
        diagram(
            start(), user("kerja"), user("catat"), end("e1"), end("e2"), path("start kerja e1", "kabar catat e2"),
            on_message("boundaryEvent", "kabar", "info", attachedToRef="kerja", cancelActivity=False),
            beside=message("info"),
        ),
        nomor=7,
    )  # fmt: skip
    for _ in range(2):
        publish(office, "info", "7")
    assert sorted(office.open(case)) == ["catat", "catat", "kerja"]


def test_a_message_starts_a_case_and_no_second_one_while_it_runs(office: Office) -> None:
    mulai = on_message("startEvent", "mulai", "lapor")
    office.publish(
        proses=diagram(mulai, user("baca"), end(), path("mulai baca end"), beside=message("lapor", None))
    )
    [case] = publish(office, "lapor", "K-1", isi="banjir").cases
    assert office.variables(case) == {"isi": "banjir"}
    assert publish(office, "lapor", "K-1").cases == ()
    assert len(publish(office, "lapor", "K-2").cases) == 1
    office.complete(case, "baca")
    assert len(publish(office, "lapor", "K-1").cases) == 1


def test_behind_an_event_based_gateway_the_first_event_decides(office: Office) -> None:
    office.publish(
        proses=diagram(
            start(), node("eventBasedGateway", "pilih"), on_message("intermediateCatchEvent", "jawab", "balasan"),
            event("intermediateCatchEvent", "sehari", "timer", timer("timeDuration", "P1D")),
            event("intermediateCatchEvent", "seminggu", "timer", timer("timeDuration", "P7D")),
            user("a"), user("b"), user("c"), end(), end("e2"), end("e3"),
            path("start pilih jawab a end", "pilih sehari b e2", "pilih seminggu c e3"), beside=message("balasan"),
        )
    )  # fmt: skip
    answered, late = office.start(nomor=1), office.start(nomor=2)
    publish(office, "balasan", "1")
    assert office.open(answered) == ["a"]
    office.later(days=1, hours=1)
    office.work()
    assert office.open(late) == ["b"]
    assert waits(office) == 0


# --- errors and escalations ------------------------------------------------------------------------------------------


def failing(office: Office, when: str) -> None:
    def work(call: Call) -> Outcome:
        raise BpmnError(str(call.variables["kode"]))

    office.handlers = [Handler("uji.kerja", "Kerja", when, work)]  # type: ignore[arg-type]
    office.reopen()


HANDLED = diagram(
    start(), user("isi"), service("kerja", "uji.kerja"), user("baik"), user("habis"), user("lain"), end(), end("e2"), end("e3"),
    node("boundaryEvent", "x1", definition("error", errorRef="err_HABIS"), attachedToRef="kerja"),
    node("boundaryEvent", "x2", definition("error"), attachedToRef="kerja"),
    path("start isi kerja baik end", "x1 habis e2", "x2 lain e3"), beside=error("HABIS"),
)  # fmt: skip


@pytest.mark.parametrize("when", ["inside", "after"])
@pytest.mark.parametrize(("code", "task"), [("HABIS", "habis"), ("LAIN", "lain")])
def test_an_error_of_a_handler_is_caught_by_its_code_or_by_any(
    office: Office, when: str, code: str, task: str
) -> None:
    failing(office, when)
    case = office.run(HANDLED)
    office.complete(case, "isi", kode=code)
    office.work()
    assert office.open(case) == [task]


def test_an_error_end_ends_its_sub_process_and_goes_on_at_the_border(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            sub(
                "dalam", start("ds"), parallel("bagi"), user("a"), user("b"), end("de"),
                node("endEvent", "gagal", definition("error", errorRef="err_TOLAK")),
                path("ds bagi a gagal", "bagi b de"),
            ),
            user("ditolak"), end(), end("e2"),
            node("boundaryEvent", "x", definition("error", errorRef="err_TOLAK"), attachedToRef="dalam"),
            path("start dalam end", "x ditolak e2"), beside=error("TOLAK"),
        )
    )  # fmt: skip
    office.complete(case, "a")
    assert office.open(case) == ["ditolak"]
    assert {"b", "dalam"} <= set(office.elements(case, "TERMINATED"))


def test_an_error_that_nobody_catches_keeps_the_task_open(office: Office) -> None:
    case = office.run(
        diagram(
            start(), user("a"), node("endEvent", "gagal", definition("error", errorRef="err_X")), path("start a gagal"),
            beside=error("X"),
        )
    )  # fmt: skip
    with pytest.raises(Uncaught, match="X"):
        office.complete(case, "a")
    assert office.open(case) == ["a"]


def test_an_escalation_that_does_not_interrupt_lets_both_go_on(office: Office) -> None:
    case = office.run(
        diagram(
            start(),
            sub(
                "dalam", start("ds"), user("a"), node("intermediateThrowEvent", "lapor", definition("escalation", escalationRef="esc_L")),
                user("b"), end("de"), path("ds a lapor b de"),
            ),
            user("atasan"), end(), end("e2"),
            node("boundaryEvent", "x", definition("escalation", escalationRef="esc_L"), attachedToRef="dalam", cancelActivity=False),
            path("start dalam end", "x atasan e2"), beside=escalation("L"),
        )
    )  # fmt: skip
    office.complete(case, "a")
    assert sorted(office.open(case)) == ["atasan", "b"]


# --- called processes ------------------------------------------------------------------------------------------------

CALLED = diagram(start(), user("kerja"), end(), path("start kerja end"), id="anak")


def calling(*pieces: str, **options: object) -> bytes:
    inside = extensions(zeebe("calledElement", processId="anak", **options), *pieces)
    return diagram(
        start(), user("awal"), node("callActivity", "panggil", inside), user("akhir"), end(), path("start awal panggil akhir end")
    )  # fmt: skip


def child_of(office: Office, case: int) -> int:
    [child] = office.rows(tables.ProcessInstance, parent_key=case, state="ACTIVE")
    return int(child.key)


def test_a_called_process_is_a_case_of_its_own_that_gives_its_variables_back(office: Office) -> None:
    office.publish(proses=calling(), anak=CALLED)
    case = office.start()
    office.complete(case, "awal", a=1)
    child = child_of(office, case)
    assert office.variables(child) == {"a": 1}
    office.complete(child, "kerja", b=2)
    assert office.state(child) == "COMPLETED"
    assert office.variables(case) == {"a": 1, "b": 2}
    assert office.open(case) == ["akhir"]


def test_mappings_choose_what_goes_in_and_comes_out(office: Office) -> None:
    office.publish(
        proses=calling(mapping({"x": "=a + 1"}, {"y": "=b * 2"}), propagateAllParentVariables=False),
        anak=CALLED,
    )
    case = office.start()
    office.complete(case, "awal", a=1)
    child = child_of(office, case)
    assert office.variables(child) == {"x": 2}
    office.complete(child, "kerja", b=21)
    assert office.variables(case) == {"a": 1, "y": 42}


def test_a_called_process_that_waits_for_nobody_ends_in_the_same_step(office: Office) -> None:
    from tests.diagrams import script

    office.publish(
        proses=calling(),
        anak=diagram(start(), script("s", "=a * 2", "b"), end(), path("start s end"), id="anak"),
    )
    case = office.start()
    office.complete(case, "awal", a=4)
    assert office.open(case) == ["akhir"]
    assert office.variables(case) == {"a": 4, "b": 8}


def test_cancelling_the_caller_cancels_what_it_called(office: Office) -> None:
    office.publish(proses=calling(), anak=CALLED)
    case = office.start()
    office.complete(case, "awal")
    child = child_of(office, case)
    with pytest.raises(Conflict, match="dipanggil"):
        office.cancel(child)
    office.cancel(case)
    assert (office.state(child), office.open(child)) == ("TERMINATED", [])


def test_an_error_in_a_called_process_is_caught_at_the_callers_border(office: Office) -> None:
    child = diagram(
        start(), user("kerja"), node("endEvent", "gagal", definition("error", errorRef="err_G")), path("start kerja gagal"),
        id="anak", beside=error("G"),
    )  # fmt: skip
    parent = diagram(
        start(), call("panggil", "anak"), user("akhir"), user("gagal2"), end(), end("e2"),
        node("boundaryEvent", "x", definition("error", errorRef="err_G"), attachedToRef="panggil"),
        path("start panggil akhir end", "x gagal2 e2"), beside=error("G"),
    )  # fmt: skip
    office.publish(proses=parent, anak=child)
    case = office.start()
    called = child_of(office, case)
    office.complete(called, "kerja")
    assert office.state(called) == "TERMINATED"
    assert office.open(case) == ["gagal2"]


def test_a_case_keeps_the_version_of_the_process_that_it_calls(office: Office) -> None:
    office.publish(proses=calling(), anak=CALLED)
    old = office.start()
    office.publish(anak=CALLED.replace(b'name="kerja"', b'name="Kerja baru"'))
    new = office.start()
    for case in (old, new):
        office.complete(case, "awal")
    assert [office.task(child_of(office, case), "kerja").name for case in (old, new)] == [
        "kerja",
        "Kerja baru",
    ]


def test_processes_call_one_another_over_several_levels(office: Office) -> None:
    middle = diagram(start(), call("tengah", "anak"), end(), path("start tengah end"), id="ibu")
    top = diagram(
        start(), call("atas", "ibu"), user("akhir"), end(), path("start atas akhir end"), id="proses"
    )
    office.publish(proses=top, ibu=middle, anak=CALLED)
    case = office.start()
    lowest = child_of(office, child_of(office, case))
    office.complete(lowest, "kerja", hasil=1)
    assert office.open(case) == ["akhir"]
    assert office.variables(case) == {"hasil": 1}


def test_processes_that_call_one_another_in_a_circle_are_stopped(office: Office) -> None:
    one = diagram(start(), call("p", "dua"), end(), path("start p end"), id="satu")
    two = diagram(start(), call("p", "satu"), end(), path("start p end"), id="dua")
    office.publish(satu=one, dua=two)
    from server.engine.step import TooManyCalls

    with pytest.raises(TooManyCalls):
        office.start("satu")
    assert office.rows(tables.ProcessInstance) == []


def test_a_process_is_called_once_for_each_item(office: Office) -> None:
    parent = diagram(
        start(), call("panggil", "anak", many("=orang", "seorang", output="semua", each="=hasil")), user("akhir"), end(),
        path("start panggil akhir end"),
    )  # fmt: skip
    office.publish(proses=parent, anak=CALLED)
    case = office.start(orang=["ani", "budi"])
    children = office.rows(tables.ProcessInstance, parent_key=case)
    assert len(children) == 2
    for number, child in enumerate(sorted(children, key=lambda row: row.key)):
        office.complete(child.key, "kerja", hasil=number)
    assert office.open(case) == ["akhir"]


# --- what once went wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sequential", [True, False])
def test_an_event_ends_all_rounds_of_a_sub_process(office: Office, sequential: bool) -> None:
    inner = sub(
        "dalam", many("=[1, 2]", "n", sequential=sequential), start("ds"), user("a"), end("de"), path("ds a de"),
    )  # fmt: skip
    case = office.run(
        diagram(
            start(), inner, user("lanjut"), user("lewat2"), end(), end("e2"),
            boundary("lewat", "timer", timer("timeDuration", "PT1H"), on="dalam"),
            path("start dalam lanjut end", "lewat lewat2 e2"),
        )
    )  # fmt: skip
    office.later(hours=2)
    office.work()
    assert office.open(case) == ["lewat2"]
    office.complete(case, "lewat2")
    assert office.state(case) == "COMPLETED"


def test_a_state_does_not_grow_with_events_that_do_not_interrupt(office: Office) -> None:
    case = office.run(reminded("timeCycle", "R/PT1H", interrupting=False))
    sizes = []
    for _ in range(12):
        office.later(minutes=61)
        office.work()
        office.complete(case, "ingat")
        sizes.append(len(office.rows(tables.ProcessInstance, key=case)[0].tokens))
    assert max(sizes[2:]) <= sizes[2]
    office.complete(case, "kerja")
    assert office.state(case) == "COMPLETED"


def test_an_exact_code_is_caught_before_a_catch_all_that_was_drawn_first(office: Office) -> None:
    failing(office, "inside")
    case = office.run(
        diagram(
            start(), user("isi"), service("kerja", "uji.kerja"), user("semua"), user("habis"), end(), end("e2"), end("e3"),
            node("boundaryEvent", "x1", definition("error"), attachedToRef="kerja"),
            node("boundaryEvent", "x2", definition("error", errorRef="err_HABIS"), attachedToRef="kerja"),
            path("start isi kerja end", "x1 semua e2", "x2 habis e3"), beside=error("HABIS"),
        )
    )  # fmt: skip
    office.complete(case, "isi", kode="HABIS")
    assert office.open(case) == ["habis"]


def test_a_job_is_tried_as_often_as_its_diagram_says(office: Office) -> None:
    def work(call: Call) -> Outcome:
        raise RuntimeError("mati")

    office.handlers = [Handler("uji.kerja", "Kerja", "after", work)]
    office.reopen()
    case = office.run(
        diagram(start(), service("kerja", "uji.kerja", retries="1"), end(), path("start kerja end"))
    )
    office.work()
    assert len(office.rows(tables.Incident, process_instance_key=case)) == 1
