"""Signals, as Camunda 8 documents them."""

import pytest

from server import engine as verbs
from server.engine import signals, tables
from server.errors import Forbidden
from tests.diagrams import (
    boundary,
    catch,
    diagram,
    end,
    event,
    event_based,
    exclusive,
    extensions,
    flow,
    mapping,
    parallel,
    path,
    signal,
    start,
    timer,
    user,
)
from tests.engine.conftest import ANYBODY, Office, person

pytestmark = pytest.mark.both_databases

BEACON = signal("s", "gempa")
WAITING = diagram(
    start(), catch("tunggu", "signal", ref="s"), user("lanjut"), end(), path("start tunggu lanjut end"), beside=BEACON
)  # fmt: skip


def broadcast(office: Office, name: str = "gempa", **values: object) -> None:
    office.do(lambda c: signals.broadcast(office.engine, c, ANYBODY, name, values))
    office.work()


def test_a_signal_reaches_every_case_that_waits_and_is_kept_for_nobody(office: Office) -> None:
    office.publish(proses=WAITING)
    broadcast(office)
    cases = [office.start() for _ in range(3)]
    broadcast(office, "banjir")
    assert [office.open(case) for case in cases] == [[], [], []]
    broadcast(office, skala=5)
    assert [office.open(case) for case in cases] == [["lanjut"]] * 3
    assert office.variables(cases[0]) == {"skala": 5}
    assert "SIGNAL_RECEIVED" in office.events(cases[0])
    assert office.rows(tables.Timer) == []


@pytest.mark.parametrize(("interrupting", "times"), [(True, 1), (False, 2)])
def test_a_signal_on_the_border_comes_again_where_it_does_not_interrupt(
    office: Office, interrupting: bool, times: int
) -> None:
    case = office.run(
        diagram(
            start(), user("kerja"), user("tanggap"), end(), end("e2"), path("start kerja end", "tiba tanggap e2"),
            boundary("tiba", "kerja", "signal", ref="s", interrupting=interrupting), beside=BEACON,
        )
    )  # fmt: skip
    for _ in range(2):
        broadcast(office)
    assert sorted(office.open(case)) == sorted(["tanggap"] * times + ([] if interrupting else ["kerja"]))
    if not interrupting:
        office.complete(case, "kerja")
    assert office.rows(tables.Timer) == []


def test_a_signal_starts_a_case_each_time_in_the_newest_version_only(office: Office) -> None:
    for name in ("Lama", "Baru"):
        mulai = event("startEvent", "mulai", "signal", ref="s")
        office.publish(proses=diagram(mulai, user("a", name=name), end(), path("mulai a end"), beside=BEACON))
    for _ in range(2):
        broadcast(office, skala=3)
    assert [row.name for row in office.rows(tables.UserTask)] == ["Baru", "Baru"]
    assert office.variables(office.rows(tables.ProcessInstance)[0].key) == {"skala": 3}


@pytest.mark.parametrize("tag", ["intermediateThrowEvent", "endEvent"])
def test_a_case_sends_a_signal_with_what_its_event_maps_to_others_and_to_itself(
    office: Office, tag: str
) -> None:
    office.publish(lain=WAITING.replace(b'id="proses"', b'id="lain"'))
    other = office.start("lain")
    siar = event(tag, "siar", "signal", ref="s", extra=extensions(mapping({"skala": "=kekuatan"})))
    last = [end("e1"), flow("siar", "e1")] if tag == "intermediateThrowEvent" else []
    case = office.run(
        diagram(
            start(), parallel("bagi"), user("a"), siar, last, catch("dengar", "signal", ref="s"), user("b"), end(),
            path("start bagi a siar", "bagi dengar b end"), beside=BEACON,
        ),
        kekuatan=7,
    )  # fmt: skip
    office.complete(case, "a")
    office.work()
    assert (office.open(case), office.open(other)) == (["b"], ["lanjut"])
    assert office.variables(other) == {"skala": 7}


def test_a_branch_that_begins_to_wait_in_the_same_step_hears_what_is_sent_after_it(office: Office) -> None:
    case = office.run(
        diagram(
            start(), parallel("bagi"), catch("dengar", "signal", ref="s"), user("b"), end(), end("e"),
            event("intermediateThrowEvent", "siar", "signal", ref="s"),
            path("start bagi dengar b end", "bagi siar e"), beside=BEACON,
        )
    )  # fmt: skip
    office.work()
    assert office.open(case) == ["b"]


def test_behind_an_event_based_gateway_a_signal_may_be_the_first(office: Office) -> None:
    case = office.run(
        diagram(
            start(), event_based("pilih"), catch("tiba", "signal", ref="s"), user("a"), user("b"), end(), end("e2"),
            catch("sehari", "timer", timer("timeDuration", "P1D")),
            path("start pilih tiba a end", "pilih sehari b e2"), beside=BEACON,
        )
    )  # fmt: skip
    broadcast(office)
    assert office.open(case) == ["a"]
    assert office.rows(tables.Timer) == []


def test_one_case_that_cannot_go_on_stops_no_other_and_a_suspended_one_hears_later(office: Office) -> None:
    office.publish(
        proses=diagram(
            start(), catch("tunggu", "signal", ref="s"), exclusive("uji", default="uji_e2"), user("a"), end(), end("e2"),
            path("start tunggu uji", "a end"), flow("uji", "a", "=siap"), flow("uji", "e2"), beside=BEACON,
        )
    )  # fmt: skip
    sick, well, asleep = office.start(), office.start(siap=True), office.start(siap=True)
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, asleep))
    broadcast(office)
    for _ in range(5):
        office.later(hours=2)
        office.work()
    assert (office.open(well), office.open(asleep), office.state(sick)) == (["a"], [], "ACTIVE")
    assert [row.process_instance_key for row in office.rows(tables.Incident)] == [sick]
    office.do(lambda c: verbs.resume(office.engine, c, ANYBODY, asleep))
    office.work()
    assert office.open(asleep) == ["a"]


def test_two_signals_at_once_do_not_stumble_over_a_case_that_the_first_took_on(office: Office) -> None:
    case = office.run(WAITING)
    for _ in range(2):
        office.do(lambda c: signals.broadcast(office.engine, c, ANYBODY, "gempa", {}))
    office.work()
    assert office.open(case) == ["lanjut"]
    assert office.rows(tables.Incident) == office.rows(tables.Timer) == []


def test_broadcasting_is_for_those_who_may(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(lambda c: signals.broadcast(office.engine, c, person("siapa"), "gempa", {}))
