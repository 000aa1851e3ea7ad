"""Event sub-processes, as Camunda 8 documents them: in a process, in sub-processes, interrupting and not."""

from datetime import timedelta
from typing import Any

import pytest

from server.engine import messages, migration, modification, signals, tables
from server.engine.modification import Activation, Modification, Target
from tests.diagrams import (
    Piece,
    diagram,
    end,
    error,
    escalation,
    event,
    extensions,
    many,
    mapping,
    message,
    parallel,
    path,
    signal,
    start,
    sub,
    timer,
    user,
)
from tests.engine.conftest import ANYBODY, Office

pytestmark = pytest.mark.both_databases


def watch(id: str, kind: str, *definition: Piece, task: str, interrupting: bool = True, **said: Any) -> str:
    """An event sub-process whose event opens a task; the event's id is `<id>_mulai`."""
    begin = event("startEvent", f"{id}_mulai", kind, *definition, isInterrupting=interrupting, **said)
    way = path(f"{id}_mulai {task} {id}_habis")
    return sub(id, begin, user(task), end(f"{id}_habis"), way, triggeredByEvent="true")


def publish(office: Office, name: str, key: str, **values: object) -> None:
    office.do(lambda c: messages.publish(office.engine, c, ANYBODY, name, key, values, timedelta()))


WITHDRAWN = message("cabut", "=nomor")
WITHDRAWABLE = diagram(
    start(), user("a"), user("b"), end(), path("start a b end"),
    watch("pencabutan", "message", ref="cabut", task="arsip"), beside=WITHDRAWN,
)  # fmt: skip


def test_an_event_ends_what_is_under_way_and_its_sub_process_goes_on(office: Office) -> None:
    office.publish(proses=WITHDRAWABLE)
    one, two = office.start(nomor="1"), office.start(nomor="2")
    publish(office, "cabut", "1", alasan="pindah")
    assert (office.open(one), office.open(two)) == (["arsip"], ["a"])
    assert office.elements(one, "TERMINATED") == ["a"]
    assert office.variables(one) == {"nomor": "1", "alasan": "pindah"}
    office.complete(one, "arsip")
    office.complete(two, "a")
    publish(office, "cabut", "2")
    office.complete(two, "arsip")
    assert [office.state(case) for case in (one, two)] == ["COMPLETED"] * 2
    assert office.rows(tables.MessageSubscription) == []


def test_a_case_that_ends_waits_for_its_event_no_longer(office: Office) -> None:
    case = office.run(WITHDRAWABLE, nomor="1")
    office.complete(case, "a")
    office.complete(case, "b")
    assert office.state(case) == "COMPLETED"
    assert office.rows(tables.MessageSubscription) == []


def test_only_what_is_drawn_is_told_of(office: Office) -> None:
    case = office.run(WITHDRAWABLE, nomor="1")
    publish(office, "cabut", "1")
    rows = office.rows(tables.ElementInstance, process_instance_key=case)
    assert [(row.element_id, row.type) for row in sorted(rows, key=lambda row: row.key)] == [
        ("start", "START_EVENT"),
        ("a", "USER_TASK"),
        ("pencabutan_mulai", "START_EVENT"),
        ("pencabutan", "EVENT_SUB_PROCESS"),
        ("arsip", "USER_TASK"),
    ]
    scopes = {row.element_id: row.scope_key for row in rows}
    keys = {row.element_id: row.key for row in rows}
    assert (scopes["a"], scopes["pencabutan"], scopes["arsip"]) == (case, case, keys["pencabutan"])


def test_an_event_that_does_not_interrupt_comes_as_often_as_it_says(office: Office) -> None:
    every = timer("timeCycle", "R2/PT1H")
    case = office.run(
        diagram(
            start(), user("kerja"), end(), path("start kerja end"),
            watch("pengingat", "timer", every, task="ingat", interrupting=False),
        )
    )  # fmt: skip
    for _ in range(3):
        office.later(minutes=61)
        office.work()
    assert sorted(office.open(case)) == ["ingat", "ingat", "kerja"]
    office.complete(case, "kerja")
    office.complete(case, "ingat")
    assert office.state(case) == "ACTIVE"
    office.complete(case, "ingat")
    assert office.state(case) == "COMPLETED"


def test_one_that_interrupts_ends_those_that_do_not(office: Office) -> None:
    case = office.run(
        diagram(
            start(), user("kerja"), end(), path("start kerja end"),
            watch("pencabutan", "message", ref="cabut", task="arsip"),
            watch("tanya", "signal", ref="s", task="jawab", interrupting=False),
            beside=[WITHDRAWN, signal("s", "gempa")],
        ),
        nomor="1",
    )  # fmt: skip
    for _ in range(2):
        office.do(lambda c: signals.broadcast(office.engine, c, ANYBODY, "gempa", {}))
        office.work()
    assert sorted(office.open(case)) == ["jawab", "jawab", "kerja"]
    publish(office, "cabut", "1")
    assert office.open(case) == ["arsip"]
    office.complete(case, "arsip")
    assert office.state(case) == "COMPLETED"
    assert office.rows(tables.Timer) + office.rows(tables.MessageSubscription) == []


def test_an_error_from_deep_within_is_caught_by_the_nearest(office: Office) -> None:
    fails = event("endEvent", "gagal", "error", ref="e")
    case = office.run(
        diagram(
            start(), sub("dalam", start("s1"), user("coba"), fails, path("s1 coba gagal")), end(), path("start dalam end"),
            watch("kegagalan", "error", ref="e", task="perbaiki"), beside=error("e", "GAGAL"),
        )
    )  # fmt: skip
    office.complete(case, "coba")
    assert office.open(case) == ["perbaiki"]
    assert office.elements(case, "TERMINATED") == ["dalam", "gagal"]


def test_an_escalation_lets_the_work_go_on(office: Office) -> None:
    raised = event("intermediateThrowEvent", "naik", "escalation", ref="x")
    case = office.run(
        diagram(
            start(), raised, user("kerja"), end(), path("start naik kerja end"),
            watch("eskalasi", "escalation", ref="x", task="putuskan", interrupting=False), beside=escalation("x", "NAIK"),
        )
    )  # fmt: skip
    assert sorted(office.open(case)) == ["kerja", "putuskan"]


def test_within_a_sub_process_it_sees_and_changes_what_that_one_keeps(office: Office) -> None:
    chosen = extensions(mapping(outputs={"sebab": "=alasan"}))
    inner = sub(
        "s", start("s1"), user("kerja"), end("e1"), path("s1 kerja e1"),
        watch("pencabutan", "message", ref="cabut", task="arsip", extra=chosen),
        inputs={"sebab": "=null", "nomor_ini": "=butir"}, outputs={"hasil": "=sebab"},
    )  # fmt: skip
    case = office.run(
        diagram(start(), inner, user("sesudah"), end(), path("start s sesudah end"), beside=message("cabut", "=nomor_ini")),
        butir="7",
    )  # fmt: skip
    publish(office, "cabut", "7", alasan="pindah", lain=1)
    assert office.locals(case) == {"s": {"sebab": "pindah", "nomor_ini": "7"}}
    office.complete(case, "arsip")
    assert office.open(case) == ["sesudah"]
    assert office.variables(case) == {"butir": "7", "hasil": "pindah"}


def test_each_round_of_a_multi_instance_has_its_own(office: Office) -> None:
    inner = sub(
        "s", many("=butir", "i"), start("s1"), user("kerja"), end("e1"), path("s1 kerja e1"),
        watch("pencabutan", "message", ref="cabut", task="arsip"),
    )  # fmt: skip
    case = office.run(
        diagram(start(), inner, end(), path("start s end"), beside=message("cabut", "=i")), butir=["1", "2"]
    )
    publish(office, "cabut", "2")
    assert office.open(case) == ["kerja", "arsip"]
    office.complete(case, "kerja")
    office.complete(case, "arsip")
    assert office.state(case) == "COMPLETED"


def test_several_branches_and_starts_lie_within_what_is_watched(office: Office) -> None:
    daily = event("startEvent", "tiap", "timer", timer("timeCycle", "R/P1D"))
    office.publish(
        proses=diagram(
            start(), daily, parallel("bagi"), user("a"), user("b"), user("c"), parallel("satu"), end(),
            path("start bagi a satu end", "bagi b satu", "tiap c end"),
            watch("pencabutan", "message", ref="cabut", task="arsip"), beside=message("cabut", '=if nomor = null then "-" else nomor'),
        )
    )  # fmt: skip
    case = office.start(nomor="1")
    office.later(days=1, minutes=1)
    office.work()
    assert sorted(row.element_id for row in office.rows(tables.UserTask)) == ["a", "b", "c"]
    office.complete(case, "a")
    publish(office, "cabut", "1")
    assert office.open(case) == ["arsip"]
    office.complete(case, "arsip")
    assert office.state(case) == "COMPLETED"


def test_a_case_is_led_by_hand_within_what_is_watched_and_beside_it(office: Office) -> None:
    case = office.run(WITHDRAWABLE, nomor="1")
    begin = [Activation("b"), Activation("arsip")]
    wanted = Modification(activations=begin, endings=[Target("a")])
    office.do(lambda c: modification.modify(office.engine, c, ANYBODY, case, wanted))
    assert sorted(office.open(case)) == ["arsip", "b"]
    publish(office, "cabut", "1")
    assert office.open(case) == ["arsip", "arsip"]


def newest(office: Office) -> int:
    return max(row.key for row in office.rows(tables.Definition, kind="process", id="proses"))


def test_a_running_case_gains_an_event_sub_process_and_loses_it_again(office: Office) -> None:
    plain = diagram(
        start(), parallel("bagi"), user("a"), user("b"), user("c"), parallel("satu"), end(),
        path("start bagi a satu end", "bagi b satu", "bagi c satu"),
    )  # fmt: skip
    watched = diagram(
        start(), parallel("bagi"), user("a"), user("b"), user("c"), parallel("satu"), end(),
        path("start bagi a satu end", "bagi b satu", "bagi c satu"),
        watch("pencabutan", "message", ref="cabut", task="arsip"), beside=WITHDRAWN,
    )  # fmt: skip
    office.publish(proses=plain)
    old = newest(office)
    one, two = office.start(nomor="1"), office.start(nomor="2")
    for case in (one, two):
        office.complete(case, "a")
    office.publish(proses=watched)
    for case in (one, two):
        office.do(lambda c, case=case: migration.migrate(office.engine, c, ANYBODY, case, newest(office), {}))
    assert len(office.rows(tables.MessageSubscription)) == 2
    office.do(lambda c: migration.take_back(office.engine, c, ANYBODY, one))
    publish(office, "cabut", "1")
    assert office.open(one) == ["b", "c"]
    office.complete(two, "b")
    office.do(lambda c: migration.migrate(office.engine, c, ANYBODY, two, old, {}))
    assert office.rows(tables.MessageSubscription) == []
    for case, left in ((one, "bc"), (two, "c")):
        for task in left:
            office.complete(case, task)
        assert office.state(case) == "COMPLETED"


def stopped_beside(around: bool) -> bytes:
    """Two branches, of which one may end all, beside an event sub-process that does not interrupt."""
    work = (
        start(), parallel("bagi"), user("a"), user("b"), end("henti", terminate=True), end(),
        path("start bagi a henti", "bagi b end"),
        watch("tanya", "signal", ref="s", task="jawab", interrupting=False),
        *([watch("pencabutan", "message", ref="cabut", task="arsip")] if around else []),
    )  # fmt: skip
    return diagram(*work, beside=[signal("s", "gempa"), message("cabut", "=nomor")])


@pytest.mark.parametrize("around", [True, False])
def test_an_end_that_terminates_all_ends_what_an_event_sub_process_does_beside_it(
    office: Office, around: bool
) -> None:
    case = office.run(stopped_beside(around=around), nomor="1")
    for _ in range(2):
        office.do(lambda c: signals.broadcast(office.engine, c, ANYBODY, "gempa", {}))
        office.work()
    assert sorted(office.open(case)) == ["a", "b", "jawab", "jawab"]
    office.reopen()
    office.complete(case, "a")
    assert (office.state(case), office.open(case)) == ("COMPLETED", [])
    assert sorted(office.elements(case, "TERMINATED")) == ["b", "jawab", "jawab", "tanya", "tanya"]
    assert "henti" in office.elements(case, "COMPLETED")
    assert office.rows(tables.Timer) + office.rows(tables.MessageSubscription) == []


def test_an_end_that_terminates_a_sub_process_leaves_what_is_around_it(office: Office) -> None:
    inner = sub(
        "dalam", start("s1"), parallel("bagi"), end("h1", terminate=True), end("h2", terminate=True), path("s1 bagi h1", "bagi h2"),
        watch("tanya", "signal", ref="s", task="jawab", interrupting=False),
    )  # fmt: skip
    case = office.run(
        diagram(
            start(),
            inner,
            user("sesudah"),
            end(),
            path("start dalam sesudah end"),
            beside=signal("s", "gempa"),
        )
    )
    assert office.open(case) == ["sesudah"]
    assert office.rows(tables.Timer) == []


def test_a_case_is_migrated_to_where_an_end_terminates_all(office: Office) -> None:
    plain = diagram(start(), parallel("bagi"), user("a"), user("b"), end(), path("start bagi a end", "bagi b end"))  # fmt: skip
    case = office.run(plain, nomor="1")
    office.publish(proses=stopped_beside(around=False))
    office.do(lambda c: migration.migrate(office.engine, c, ANYBODY, case, newest(office), {}))
    office.do(lambda c: signals.broadcast(office.engine, c, ANYBODY, "gempa", {}))
    office.work()
    assert office.open(case) == ["a", "b", "jawab"]
    office.complete(case, "a")
    assert office.state(case) == "COMPLETED"
