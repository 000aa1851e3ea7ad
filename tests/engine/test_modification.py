"""A case led elsewhere by hand, as Camunda 8 documents modification, and what this house adds."""

import pytest

from server import engine as verbs
from server.db import load_json
from server.engine import Call, Handler, Outcome, modification, tables
from server.engine.modification import Activation, Modification, Move, Names, Starved, Target, Unmodifiable
from server.engine.spiff import Ambiguous, NoRound, NotAround
from server.engine.undoing import NotUndoable
from server.errors import Conflict, Forbidden
from server.identity import Permission
from tests.diagrams import (
    boundary,
    call,
    diagram,
    end,
    exclusive,
    flow,
    inclusive,
    many,
    parallel,
    path,
    service,
    start,
    sub,
    timer,
    user,
)
from tests.engine.conftest import ANYBODY, Office, person

pytestmark = pytest.mark.both_databases


def modify(office: Office, case: int, **said: object) -> None:
    office.do(lambda c: modification.modify(office.engine, c, ANYBODY, case, Modification(**said)))  # type: ignore[arg-type]


def move(office: Office, case: int, source: str, target: str, **said: object) -> None:
    modify(office, case, moves=[Move(Target(source), target, **said)])  # type: ignore[arg-type]


LINE = diagram(start(), user("a"), user("b"), user("c"), end(), path("start a b c end"))


def test_a_case_goes_on_from_where_it_was_led_ahead(office: Office) -> None:
    case = office.run(LINE)
    move(office, case, "a", "c")
    assert office.open(case) == ["c"]
    assert office.elements(case, "TERMINATED") == ["a"]
    assert office.rows(tables.UserTask, element_id="a")[0].state == "CANCELED"
    office.complete(case, "c")
    assert office.state(case) == "COMPLETED"


def test_a_case_goes_through_what_it_is_led_back_to_with_the_variables_of_today(office: Office) -> None:
    case = office.run(LINE)
    office.complete(case, "a", nilai=1)
    office.complete(case, "b", nilai=2)
    move(office, case, "c", "a")
    assert office.variables(case) == {"nilai": 2}
    for element in "abc":
        office.complete(case, element)
    assert office.state(case) == "COMPLETED"


def test_the_history_says_who_led_the_case_where_and_why(office: Office) -> None:
    case = office.run(LINE)
    names = Names({"nilai": 7})
    modify(office, case, moves=[Move(Target("a"), "b", [names])], reason="Berkas a sudah ada")
    [line] = office.rows(tables.History, process_instance_key=case, event="MODIFIED")
    [kept] = office.rows(tables.HistoryValues, history_key=line.key)
    told = load_json(kept.values)
    assert line.actor == "penguji"
    assert (told["reason"], told["ended"], told["activated"]) == ("Berkas a sudah ada", ["a"], ["b"])
    assert office.variables(case) == {"nilai": 7}


FORK = diagram(
    start(), parallel("bagi"), user("a"), user("b"), user("b2"), parallel("temu"), user("c"), end(),
    path("start bagi a temu c end", "bagi b b2 temu"),
)  # fmt: skip


def test_branches_that_are_not_named_stay(office: Office) -> None:
    case = office.run(FORK)
    office.complete(case, "b")
    move(office, case, "b2", "b")
    assert sorted(office.open(case)) == ["a", "b"]
    for element in ("b", "a", "b2", "c"):
        office.complete(case, element)
    assert office.state(case) == "COMPLETED"


def test_a_branch_that_is_led_to_the_join_is_waited_for_no_more(office: Office) -> None:
    case = office.run(FORK)
    move(office, case, "b", "temu")
    assert office.open(case) == ["a"]
    office.complete(case, "a")
    assert office.open(case) == ["c"]
    office.complete(case, "c")
    assert office.state(case) == "COMPLETED"


def test_a_branch_that_waits_at_the_join_is_forgotten_where_the_case_is_led_back_before_the_block(
    office: Office,
) -> None:
    case = office.run(FORK)
    office.complete(case, "a")
    move(office, case, "b", "bagi")
    for element in ("a", "b", "b2", "c"):
        office.complete(case, element)
    assert office.state(case) == "COMPLETED"


def test_a_join_that_is_begun_when_nobody_else_comes_is_passed(office: Office) -> None:
    case = office.run(FORK)
    office.complete(case, "a")
    move(office, case, "b", "temu")
    assert office.open(case) == ["c"]
    office.complete(case, "c")
    assert office.state(case) == "COMPLETED"


@pytest.mark.parametrize("other_has_come", [True, False])
def test_a_branch_is_not_ended_where_its_join_would_wait_for_ever(
    office: Office, other_has_come: bool
) -> None:
    case = office.run(FORK)
    if other_has_come:
        office.complete(case, "a")
    with pytest.raises(Starved, match="temu"):
        modify(office, case, endings=[Target("b")])
    assert "b" in office.open(case)


def test_an_inclusive_join_goes_on_when_the_branch_it_waits_for_is_ended(office: Office) -> None:
    case = office.run(
        diagram(
            start(), inclusive("bagi"), user("a"), user("b"), inclusive("temu"), user("c"), end(),
            flow("bagi", "a", "=true"), flow("bagi", "b", "=true"), path("start bagi", "a temu c end", "b temu"),
        )
    )  # fmt: skip
    office.complete(case, "a")
    modify(office, case, endings=[Target("b")])
    assert office.open(case) == ["c"]


def test_a_gateway_that_is_begun_chooses_by_the_variables_of_today(office: Office) -> None:
    case = office.run(
        diagram(
            start(), user("a"), exclusive("pilih", default="pilih_c"), user("b"), user("c"), end(), end("e2"),
            path("start a pilih", "b end", "c e2"), flow("pilih", "b", "=ya"), flow("pilih", "c"),
        )
    )  # fmt: skip
    move(office, case, "a", "pilih", names=[Names({"ya": True})])
    assert office.open(case) == ["b"]


def test_a_case_in_which_all_is_ended_is_ended(office: Office) -> None:
    case = office.run(LINE)
    key = office.task(case, "a").element_instance_key
    modify(office, case, endings=[Target(key=key)])
    assert office.state(case) == "TERMINATED"


BORDERED = diagram(
    start(), user("a"), user("b"), user("c"), user("lambat"), end(), end("e2"),
    boundary("lewat", "b", "timer", timer("timeDuration", "P1D"), interrupting=False),
    path("start a b c end", "lewat lambat e2"),
)  # fmt: skip


def test_events_on_the_border_of_what_is_begun_and_ended_come_and_go(office: Office) -> None:
    case = office.run(BORDERED)
    move(office, case, "a", "b")
    assert [row.event_id for row in office.rows(tables.Timer)] == ["lewat"]
    office.later(days=2)
    office.work()
    assert sorted(office.open(case)) == ["b", "lambat"]
    move(office, case, "b", "a")
    assert sorted(office.open(case)) == ["a", "lambat"]
    assert office.rows(tables.Timer) == []
    for element in ("a", "b", "c", "lambat"):
        office.complete(case, element)
    assert office.state(case) == "COMPLETED"


NESTED = diagram(
    start(), user("a"), user("z"), end(),
    sub("luar", start("s1"), end("e1"), user("b"),
        sub("dalam", start("s2"), end("e2"), user("c"), user("d"), path("s2 c d e2"), inputs={"kunci": "=nomor"}),
        path("s1 b dalam e1")),
    path("start a luar z end"),
)  # fmt: skip


def test_scopes_around_what_is_begun_are_opened_without_their_start(office: Office) -> None:
    case = office.run(NESTED, nomor=7)
    names = [Names({"tambahan": 1}, "dalam"), Names({"lain": 2}, "luar")]
    move(office, case, "a", "d", names=names)
    assert office.open(case) == ["d"]
    assert office.locals(case) == {"luar": {"lain": 2}, "dalam": {"kunci": 7, "tambahan": 1}}
    assert office.elements(case, "ACTIVE") == ["luar", "dalam", "d"]
    office.complete(case, "d")
    office.complete(case, "z")
    assert office.state(case) == "COMPLETED"


def test_a_scope_that_runs_is_kept_when_another_element_of_it_is_begun(office: Office) -> None:
    case = office.run(NESTED, nomor=7)
    office.complete(case, "a")
    modify(office, case, activations=[Activation("c")])
    assert office.open(case) == ["b", "c"]
    assert office.elements(case).count("luar") == 1
    move(office, case, "c", "d")
    assert office.elements(case).count("dalam") == 1
    modify(office, case, endings=[Target("b")])
    office.complete(case, "d")
    assert office.open(case) == ["z"]


def test_a_scope_ends_with_the_last_that_ran_in_it(office: Office) -> None:
    case = office.run(NESTED, nomor=7)
    office.complete(case, "a")
    office.complete(case, "b")
    move(office, case, "c", "z")
    assert office.elements(case, "TERMINATED") == ["luar", "dalam", "c"]
    office.complete(case, "z")
    assert office.state(case) == "COMPLETED"


def test_an_ancestor_says_that_scopes_begin_anew(office: Office) -> None:
    case = office.run(NESTED, nomor=7)
    office.complete(case, "a")
    modify(office, case, activations=[Activation("b", ancestor=case)])
    assert office.elements(case, "ACTIVE") == ["luar", "b", "luar", "b"]
    with pytest.raises(Ambiguous) as told:
        modify(office, case, activations=[Activation("c")])
    modify(office, case, activations=[Activation("c", ancestor=told.value.keys[0])])
    with pytest.raises(NotAround):
        modify(office, case, activations=[Activation("z", ancestor=told.value.keys[0])])
    assert office.open(case) == ["b", "b", "c"]


ROUNDS = diagram(
    start(), user("a"), user("z"), end(),
    sub("putaran", many("=[1, 2, 3]", "butir"), start("s1"), end("e1"), user("b"), user("c"), path("s1 b c e1")),
    path("start a putaran z end"),
)  # fmt: skip


def test_a_step_is_led_on_within_its_round(office: Office) -> None:
    case = office.run(ROUNDS)
    with pytest.raises(NoRound):
        move(office, case, "a", "c")
    office.complete(case, "a")
    key = office.task(case, "b").element_instance_key
    modify(office, case, moves=[Move(Target(key=key), "c")])
    assert office.open(case) == ["b", "b", "c"]
    office.complete(case, "c")
    modify(office, case, endings=[Target(key=office.task(case, "b").element_instance_key)])
    office.complete(case, "b")
    office.complete(case, "c")
    assert office.open(case) == ["z"]


def test_moving_a_body_moves_once_for_all_its_rounds(office: Office) -> None:
    case = office.run(ROUNDS)
    office.complete(case, "a")
    move(office, case, "putaran", "z")
    assert office.open(case) == ["z"]
    office.complete(case, "z")
    assert office.state(case) == "COMPLETED"


# --- work on the way back --------------------------------------------------------------------------------------------


def worker_of(office: Office, type_: str, undoable: bool, when: str = "inside") -> list[str]:
    """A handler that notes when it works and when it is undone."""
    log: list[str] = []

    def run(call: Call) -> Outcome:
        log.append(f"+{call.element_id}")
        return Outcome()

    def undo(call: Call) -> Outcome:
        log.append(f"-{call.element_id}")
        return Outcome()

    office.handlers.append(Handler(type_, type_, when, run, undo if undoable else None))  # type: ignore[arg-type]
    office.reopen()
    return log


WORKING = diagram(
    start(), user("a"), service("catat", "uji.catat"), user("b"), service("hitung", "uji.catat"), user("c"), end(),
    path("start a catat b hitung c end"),
)  # fmt: skip


def test_work_on_the_way_back_is_taken_back_the_latest_first_and_once(office: Office) -> None:
    log = worker_of(office, "uji.catat", undoable=True)
    case = office.run(WORKING)
    office.complete(case, "a")
    office.complete(case, "b")
    move(office, case, "c", "b")
    assert log == ["+catat", "+hitung", "-hitung"]
    office.complete(case, "b")
    move(office, case, "c", "a")
    assert log[3:] == ["+hitung", "-hitung", "-catat"]
    office.cancel(case)
    assert len(log) == 6
    assert office.events(case).count("WORK_UNDONE") == 3


def test_a_way_back_over_work_that_cannot_be_taken_back_is_refused(office: Office) -> None:
    worker_of(office, "uji.catat", undoable=False, when="after")
    case = office.run(WORKING)
    office.complete(case, "a")
    office.work()
    office.complete(case, "b")
    office.work()
    with pytest.raises(NotUndoable, match="hitung"):
        move(office, case, "c", "b")
    assert office.open(case) == ["c"]
    modify(office, case, activations=[Activation("b")])  # a token more, and none led back


def test_work_of_another_branch_and_on_the_way_ahead_stays(office: Office) -> None:
    log = worker_of(office, "uji.catat", undoable=True)
    case = office.run(
        diagram(
            start(), user("a"), parallel("bagi"), service("kiri", "uji.catat"), user("b"), user("c"), user("d"),
            parallel("temu"), end(), path("start a bagi kiri b temu end", "bagi c d temu"),
        )
    )  # fmt: skip
    office.complete(case, "a")
    office.complete(case, "c")
    move(office, case, "d", "c")
    move(office, case, "c", "d")
    assert log == ["+kiri"]
    move(office, case, "b", "kiri")
    assert log == ["+kiri", "-kiri", "+kiri"]


def test_the_other_way_out_of_a_decision_takes_back_the_work_of_the_first(office: Office) -> None:
    log = worker_of(office, "uji.catat", undoable=True)
    case = office.run(
        diagram(
            start(), user("a"), exclusive("pilih", default="pilih_b"), service("tolak", "uji.catat"), user("b"), user("c"),
            exclusive("temu"), user("d"), end(), flow("pilih", "tolak", "=tolak"), flow("pilih", "b"),
            path("start a pilih", "tolak c temu d end", "b temu"),
        )
    )  # fmt: skip
    office.complete(case, "a", tolak=True)
    move(office, case, "c", "b")
    assert log == ["+tolak", "-tolak"]


def test_work_of_a_called_case_is_taken_back_too(office: Office) -> None:
    log = worker_of(office, "uji.catat", undoable=True)
    office.publish(
        anak=diagram(start(), service("catat", "uji.catat"), end(), path("start catat end"), id="anak")
    )
    case = office.run(
        diagram(start(), user("a"), call("panggil", "anak"), user("b"), end(), path("start a panggil b end"))
    )
    office.complete(case, "a")
    move(office, case, "b", "a")
    assert log == ["+catat", "-catat"]


def test_the_case_that_was_called_ends_with_its_call(office: Office) -> None:
    office.publish(anak=diagram(start(), user("kerja"), end(), path("start kerja end"), id="anak"))
    case = office.run(
        diagram(start(), call("panggil", "anak"), user("b"), end(), path("start panggil b end"))
    )
    move(office, case, "panggil", "b")
    [child] = office.rows(tables.ProcessInstance, process_id="anak")
    assert child.state == "TERMINATED"
    assert office.open(case) == ["b"]


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "tidak ada langkah"),
        ({"activations": [Activation("hantu")]}, "hantu"),
        ({"activations": [Activation("start")]}, "peristiwa mulai"),
        ({"activations": [Activation("lewat")]}, "peristiwa tepi"),
        ({"endings": [Target("c")]}, "sedang tidak berjalan"),
        ({"endings": [Target(key=4711)]}, "4711"),
        ({"activations": [Activation("c", [Names({"x": 1}, "a")])]}, "melingkupi"),
        ({"activations": [Activation("c", [Names({"x": 1}, "c")])]}, "tidak mempunyai data sendiri"),
    ],
)
def test_instructions_that_cannot_be_followed_are_told(
    office: Office, said: dict[str, object], told: str
) -> None:
    case = office.run(BORDERED)
    with pytest.raises(Unmodifiable, match=told):
        modify(office, case, **said)
    assert office.open(case) == ["a"]


def test_leading_a_case_needs_its_permission_and_one_more_for_variables(office: Office) -> None:
    case = office.run(LINE)
    for actor, names in (
        (person("kepala", may=(Permission.SEE_ALL, Permission.CANCEL)), ()),
        (person("kepala", may=(Permission.SEE_ALL, Permission.MODIFY)), (Names({"x": 1}),)),
    ):
        wanted = Modification(moves=[Move(Target("a"), "b", names)])
        with pytest.raises(Forbidden):
            office.do(lambda c, a=actor, w=wanted: modification.modify(office.engine, c, a, case, w))


def test_a_case_that_is_over_is_led_nowhere_and_a_suspended_one_stays_so(office: Office) -> None:
    case = office.run(LINE)
    office.do(lambda c: verbs.suspend(office.engine, c, ANYBODY, case))
    move(office, case, "a", "b")
    assert office.state(case) == "SUSPENDED"
    office.cancel(case)
    with pytest.raises(Conflict):
        move(office, case, "b", "c")


# --- starting in the midst -------------------------------------------------------------------------------------------


def start_at(office: Office, *elements: str, **values: object) -> int:
    return office.do(
        lambda c: modification.start_at(
            office.engine, c, ANYBODY, "proses", elements, values, None, "berkas kertas"
        )
    ).key


def test_a_case_of_paper_begins_where_it_stands(office: Office) -> None:
    office.publish(proses=NESTED)
    case = start_at(office, "c", nomor=7)
    assert office.open(case) == ["c"]
    assert office.elements(case) == ["luar", "dalam", "c"]
    assert office.locals(case) == {"dalam": {"kunci": 7}}
    [line] = office.rows(tables.HistoryValues, process_instance_key=case)
    assert load_json(line.values)["reason"] == "berkas kertas"
    for element in ("c", "d", "z"):
        office.complete(case, element)
    assert office.state(case) == "COMPLETED"


def test_a_case_begins_in_all_its_branches_or_not_at_all(office: Office) -> None:
    office.publish(proses=FORK)
    with pytest.raises(Starved):
        start_at(office, "b2")
    case = start_at(office, "a", "b2")
    for element in ("a", "b2", "c"):
        office.complete(case, element)
    assert office.state(case) == "COMPLETED"
