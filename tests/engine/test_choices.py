"""Every option of a task's form is taken by exactly one flow, or the diagram is not published."""

from typing import Any

import pytest

from server import bpmn, feel, forms
from server.bpmn import model
from server.engine import Unpublishable, choices
from tests.diagrams import diagram, end, exclusive, flow, path, script, user
from tests.engine.conftest import Office, form

YES, NO = '=keputusan_4 = "setuju"', '=keputusan_4 = "tidak"'
OPTIONS = ["setuju", "tidak"]


def drawn(*conditions: str | None, form: str | None = "periksa", between: str = "", **more: Any) -> bytes:
    """A task of step 4, a gateway, and a flow for each condition; the one without is the default."""
    default = f"g_e{conditions.index(None)}" if None in conditions else None
    return diagram(
        user("periksa", form=form, properties={"langkah": "4"}, **more),
        "<bpmn:startEvent id='start'/>", exclusive("g", name="Disetujui?", default=default), between,
        *(end(f"e{n}") for n in range(len(conditions))),
        path("start periksa hitung g" if between else "start periksa g"),
        *(flow("g", f"e{n}", condition) for n, condition in enumerate(conditions)),
    )  # fmt: skip


def decides(*options: object, **more: Any) -> bytes:
    return form("periksa", {"type": "radio", "key": "keputusan_4", "values": list(options), **more})


REQUIRED = {"validate": {"required": True}}


def told(body: bytes, of: bytes | None = None) -> list[str]:
    (process,) = bpmn.read(body).executable
    own_forms = {"periksa": forms.read(of)} if of else {}
    return [problem.message for problem in choices.unclear(process, own_forms, {})]


def test_options_that_each_take_one_flow_are_well() -> None:
    assert told(drawn(YES, NO), decides(*OPTIONS, **REQUIRED)) == []


def test_an_option_that_no_flow_takes_is_named_with_its_task_and_gateway() -> None:
    (message,) = told(drawn(YES, NO), decides(*OPTIONS, "ragu", **REQUIRED))
    for part in ("“periksa” (periksa)", "pilihan “ragu” (keputusan_4)", "tidak ditempuh", "“Disetujui?” (g)"):
        assert part in message


def test_an_option_that_two_flows_take_is_named_with_both() -> None:
    (message,) = told(drawn(YES, NO, '=keputusan_4 != "tidak"'), decides(*OPTIONS, **REQUIRED))
    assert "pilihan “setuju”" in message
    assert "g_e0, g_e2" in message


def test_a_default_flow_takes_what_no_other_does() -> None:
    assert told(drawn(YES, None), decides(*OPTIONS, "ragu", **REQUIRED)) == []


@pytest.mark.parametrize(
    ("rest", "problems"),
    [
        (['=keputusan_4 = "tidak" and nilai > 5', '=nilai <= 5 and keputusan_4 = "tidak"'], 0),
        (['=keputusan_4 = "tidak" and nilai > 5'], 1),
        (['=keputusan_4 = "tidak"', '=nilai > 5 and keputusan_4 = "tidak"'], 1),
        (['=not(keputusan_4 = "setuju" or nilai > 5)', '=nilai > 5 and keputusan_4 in ("tidak", "ragu")'], 0),
    ],
    ids=["two that part it", "only under a condition", "always, and under a condition", "or, not and in"],
)
def test_what_else_a_condition_reads_may_be_true_or_not(rest: list[str], problems: int) -> None:
    assert len(told(drawn(YES, *rest), decides(*OPTIONS, **REQUIRED))) == problems


def test_a_decision_that_may_be_left_open_needs_a_way_for_it() -> None:
    (message,) = told(drawn(YES, NO), decides(*OPTIONS))
    assert "boleh diselesaikan tanpa memilih keputusan_4" in message
    assert told(drawn(YES, None), decides(*OPTIONS)) == []


def test_options_that_the_form_computes_are_known_where_it_lists_them() -> None:
    listed = '=if berat then [{label: "Rujuk", value: "rujuk"}] else ["setuju", "tidak"]'
    computed = {"values": None, "valuesExpression": listed, **REQUIRED}
    (message,) = told(drawn(YES, NO), decides(**computed))
    assert "pilihan “rujuk”" in message
    assert told(drawn(YES, NO), decides(**{**computed, "valuesExpression": "=daftar"})) == []


def test_a_tick_goes_two_ways() -> None:
    tick = form("periksa", {"type": "checkbox", "key": "keputusan_4"})
    assert told(drawn("=keputusan_4", "=not(keputusan_4)"), tick) == []
    ticked, left = told(drawn("=keputusan_4", "=nilai"), tick)
    assert "“true” (keputusan_4) ditempuh lebih dari satu" in ticked
    assert "“false” (keputusan_4) hanya ditempuh" in left


def test_work_between_task_and_gateway_changes_nothing_unless_it_writes_the_decision() -> None:
    wrong = decides("ragu", **REQUIRED)
    assert len(told(drawn(YES, NO, between=script("hitung", "=1", "nilai")), wrong)) == 1
    assert told(drawn(YES, NO, between=script("hitung", '="setuju"', "keputusan_4")), wrong) == []


def test_a_made_form_asks_once_what_several_flows_compare() -> None:
    body = drawn(
        YES, '=keputusan_4 = "tidak_setuju" and n = 1', '=keputusan_4 = "tidak_setuju" and n != 1', form=None
    )
    (process,) = bpmn.read(body).executable
    node = process.node("periksa")
    assert isinstance(node, model.UserTask)
    decision = choices.asked(process, node, {})
    assert decision is not None
    assert decision.options == {"setuju": "g_e0", "tidak_setuju": "tidak setuju"}
    assert told(body) == []


def test_an_answer_that_leads_to_the_step_again_sends_the_work_back() -> None:
    body = diagram(
        "<bpmn:startEvent id='start'/>", user("ketik", properties={"langkah": "3"}),
        user("periksa", properties={"langkah": "4"}), exclusive("g"), user("paraf", properties={"langkah": "5"}), end(),
        path("start ketik periksa g"), flow("g", "paraf", YES), flow("g", "ketik", NO), path("paraf end"),
    )  # fmt: skip
    (process,) = bpmn.read(body).executable
    node = process.node("periksa")
    assert isinstance(node, model.UserTask)
    decision = choices.asked(process, node, {})
    assert decision is not None
    assert decision.back == ["tidak"]
    steps = ("ketik", "periksa", "paraf")
    assert [choices.is_sent_back_to(process, process.node(one)) for one in steps] == [True, False, False]


@pytest.mark.parametrize("conditions", [(YES, YES), ("=keputusan_4 > 3", "=keputusan_4 <= 3")])
def test_a_made_form_that_cannot_ask_is_refused(conditions: tuple[str, str]) -> None:
    assert told(drawn(*conditions, form=None)) != []


def test_a_gateway_that_asks_something_else_is_none_of_the_tasks_business() -> None:
    assert told(drawn("=nilai > 3", None), decides(*OPTIONS, **REQUIRED)) == []


def test_publishing_refuses_it_and_a_new_form_for_a_published_process_too(office: Office) -> None:
    office.publish(proses=drawn(YES, NO), periksa__form=decides(*OPTIONS, **REQUIRED))
    for files in (
        {"periksa__form": decides("ragu", **REQUIRED)},
        {"proses": drawn(YES, '=keputusan_4 = "ya"')},
    ):
        with pytest.raises(Unpublishable) as refused:
            office.publish(**files)
        assert all("(periksa)" in problem.message for problem in refused.value.problems)
        assert all(str(problem.where).endswith(": periksa") for problem in refused.value.problems)


@pytest.mark.both_databases
def test_a_task_that_starts_again_asks_its_decision_anew(office: Office) -> None:
    again = diagram(
        "<bpmn:startEvent id='start'/>", user("periksa", properties={"langkah": "4"}), exclusive("g"),
        user("ketik", properties={"langkah": "3"}), end(),
        path("start periksa g"), path("ketik periksa"), flow("g", "end", YES), flow("g", "ketik", NO),
    )  # fmt: skip
    case = office.run(again)
    assert "keputusan_4" not in office.variables(case)
    office.complete(case, "periksa", keputusan_4="tidak", catatan_perbaikan="Ulangi.")
    assert office.variables(case)["keputusan_4"] == "tidak"
    office.complete(case, "ketik")
    assert office.variables(case)["keputusan_4"] is None
    with pytest.raises(forms.Rejected):
        office.complete(case, "periksa")
    office.complete(case, "periksa", keputusan_4="setuju")
    assert office.state(case) == "COMPLETED"


def test_a_part_of_an_expression_reads_its_own_names() -> None:
    whole = feel.compile('a = 1 and b = "x"')
    assert isinstance(whole.tree, feel.syntax.Logic)
    first, second = (feel.part(whole, operand) for operand in whole.tree.operands)
    assert (first.names, second.names) == ({"a"}, {"b"})
    assert (first.evaluate({"a": 1}).value, second.evaluate({"b": "y"}).value) == (True, False)
