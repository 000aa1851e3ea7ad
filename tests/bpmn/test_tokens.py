"""The plain BPMN: SpiffWorkflow's parser reads it, moves the tokens as drawn, and never sees a text of the diagram."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from server import bpmn
from server.bpmn.markup import tag
from server.bpmn.rules import MAX_NODES
from tests.diagrams import (
    boundary,
    call,
    catch,
    diagram,
    end,
    error,
    escalation,
    event,
    event_based,
    exclusive,
    flow,
    inclusive,
    job,
    lane,
    lanes,
    manual,
    many,
    message,
    parallel,
    path,
    receive,
    rule,
    script,
    service,
    start,
    sub,
    task,
    timer,
    user,
)

SPLIT = parallel("pecah")
JOIN = parallel("gabung")


class Answers(PythonScriptEngine):
    """Answers what SpiffWorkflow asks for: true for the flows named, and a number of rounds."""

    def __init__(self, true: str = "", rounds: int = 0, enough: int = 99) -> None:
        super().__init__()
        self.true, self.rounds, self.enough = true.split(), rounds, enough
        self.asked: list[str] = []

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        self.asked.append(expression)
        if task.task_spec.name == f"{expression} [child]":
            return len(task.parent.internal_data["merged"]) >= self.enough
        return self.rounds if task.task_spec.name == expression else expression in self.true

    def execute(self, task: Any, script: str, external_context: Any = None) -> Any:
        raise AssertionError("nothing is executed")


def walk(data: bytes, answers: Answers, *signals: str) -> list[str]:
    """The ids of the activities in the order in which they are done, one at a time; before the first, signals come."""
    workflow = begin(data, answers)
    for signal in signals:
        waiting = workflow.get_next_task(spec_name=signal, state=TaskState.WAITING)
        workflow.catch(BpmnEvent(waiting.task_spec.event_definition))
        workflow.do_engine_steps()
    done = []
    while ready := workflow.get_tasks(state=TaskState.READY, manual=True):
        done.append(ready[0].task_spec.bpmn_id)
        ready[0].run()
        workflow.do_engine_steps()
    assert workflow.completed
    return done


def begin(data: bytes, answers: Answers) -> BpmnWorkflow:
    """The case when it first waits."""
    process = bpmn.read(data).processes[0]
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(bpmn.plain(process))
    specs = parser.get_spec(process.id), parser.get_subprocess_specs(process.id)
    workflow = BpmnWorkflow(*specs, script_engine=answers)
    workflow.do_engine_steps()
    return workflow


def test_every_activity_waits_as_a_user_task() -> None:
    works = [user("a"), service("b", "t"), rule("c", "d"), script("e", "=1"), manual("f"), task("g")]
    line = path("start a b c e f g end")
    assert walk(diagram(start(), *works, end(), line), Answers()) == ["a", "b", "c", "e", "f", "g"]


def test_exclusive_gateway_asks_for_the_id_of_the_flow() -> None:
    data = diagram(
        start(), exclusive("x", default="x_b"), user("a"), user("b"), end(),
        path("start x b end", "a end"), flow("x", "a", "=saldo > 1"),
    )  # fmt: skip
    answers = Answers("x_a")
    assert walk(data, answers) == ["a"]
    assert answers.asked == ["x_a"]
    assert walk(data, Answers()) == ["b"]


def test_parallel_and_inclusive_gateways() -> None:
    block = (
        start(),
        SPLIT,
        user("a"),
        user("b"),
        JOIN,
        user("c"),
        end(),
        path("start pecah a gabung c end", "pecah b gabung"),
    )
    assert walk(diagram(*block), Answers()) == ["a", "b", "c"]
    chosen = (
        start(), inclusive("x", default="x_c"), user("a"), user("b"), user("c"), inclusive("y"), end(),
        path("start x c y end", "a y", "b y"), flow("x", "a", "=1"), flow("x", "b", "=2"),
    )  # fmt: skip
    assert walk(diagram(*chosen), Answers("x_a x_b")) == ["a", "b"]
    assert walk(diagram(*chosen), Answers()) == ["c"]


def test_flows_out_of_a_task_are_taken_by_their_conditions() -> None:
    data = diagram(
        start(), user("x", default="x_d"), user("a"), user("b"), user("d"), end(),
        path("start x d end", "a end", "b end"), flow("x", "a", "=1"), flow("x", "b", "=2"),
    )  # fmt: skip
    assert walk(data, Answers("x_a x_b")) == ["x", "a", "b"]
    assert walk(data, Answers()) == ["x", "d"]


def test_unconditional_flows_out_of_a_task_are_all_taken() -> None:
    data = diagram(start(), user("x"), user("a"), user("b"), end(), path("start x a end", "x b end"))
    assert walk(data, Answers()) == ["x", "a", "b"]


def test_terminating_end_ends_the_rest() -> None:
    data = diagram(
        start(),
        SPLIT,
        user("a"),
        user("b"),
        end("henti", terminate=True),
        end(),
        path("start pecah a henti", "pecah b end"),
    )
    assert walk(data, Answers()) == ["a"]


def test_embedded_sub_process_runs_inside() -> None:
    inner = sub(
        "s",
        start("s1"),
        user("a"),
        sub("t", start("t1"), user("b"), end("t2"), path("t1 b t2")),
        end("s2"),
        path("s1 a t s2"),
    )
    assert walk(diagram(start(), inner, user("c"), end(), path("start s c end")), Answers()) == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize("sequential", [True, False])
def test_several_instances_ask_for_their_number_by_id(sequential: bool) -> None:
    data = diagram(start(), user("a", many("=orang", "x", sequential=sequential)), end(), path("start a end"))
    answers = Answers(rounds=3)
    assert walk(data, answers) == ["a", "a", "a"]
    assert answers.asked == ["a"]


@pytest.mark.parametrize("sequential", [True, False])
def test_several_instances_end_early_by_id(sequential: bool) -> None:
    loop = many("=orang", "x", sequential=sequential, until="=cukup")
    data = diagram(start(), user("a", loop), end(), path("start a end"))
    assert walk(data, Answers(rounds=3, enough=2)) == ["a", "a"]


def test_sub_process_in_several_instances() -> None:
    inner = sub("s", many("=orang", "x"), start("s1"), user("a"), end("s2"), path("s1 a s2"))
    assert walk(diagram(start(), inner, end(), path("start s end")), Answers(rounds=2)) == ["a", "a"]


def test_none_intermediate_event_is_passed() -> None:
    data = diagram(
        start(), event("intermediateThrowEvent", "x", None), user("a"), end(), path("start x a end")
    )
    assert walk(data, Answers()) == ["a"]


HOUR = timer("timeDuration", "PT1H")
SURAT = message("surat", "=nomor")


def test_what_calls_sends_and_waits_is_a_user_task() -> None:
    works = [
        call("a", "lain"),
        service("b", "t", tag="sendTask"),
        receive("c", "surat"),
        catch("d", "timer", HOUR),
        event("intermediateThrowEvent", "e", "message", extra=job("t")),
        event("intermediateThrowEvent", "f", "escalation", ref="k"),
    ]
    data = diagram(start(), *works, end(), path("start a b c d e f end"), beside=SURAT + escalation("k"))
    assert walk(data, Answers()) == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize(
    "last",
    [
        event("endEvent", "x", "message", extra=job("t")),
        event("endEvent", "x", "error", ref="g"),
        event("endEvent", "x", "escalation", ref="k"),
    ],
)
def test_end_that_does_something_is_a_user_task_before_an_end(last: str) -> None:
    data = diagram(start(), last, path("start x"), beside=error("g") + escalation("k"))
    assert walk(data, Answers()) == ["x"]
    assert ends(data) == {"x__end"}


def ends(data: bytes) -> set[str]:
    root = etree.fromstring(bpmn.plain(bpmn.read(data).processes[0]))
    return {str(element.get("id")) for element in root.iter(tag("endEvent"))}


def guarded(*borders: str, on: str = "") -> bytes:
    """A process in which `a` has events on its border: `x` leads to `b`."""
    steps = start(), on or user("a"), *borders, user("b"), end()
    return diagram(*steps, path("start a end", "x b end"), beside=SURAT + error("g") + escalation("k"))


@pytest.mark.parametrize(
    ("kind", "inside", "ref"),
    [
        ("timer", HOUR, None),
        ("message", "", "surat"),
        ("error", "", "g"),
        ("error", "", None),
        ("escalation", "", "k"),
    ],
)
def test_event_on_a_border_waits_for_its_own_signal(kind: str, inside: str, ref: str | None) -> None:
    data = guarded(boundary("x", "a", kind, inside, ref=ref))
    assert walk(data, Answers()) == ["a"]
    assert walk(data, Answers(), "x") == ["b"]


def test_event_that_does_not_interrupt_leaves_the_activity() -> None:
    data = guarded(boundary("x", "a", "timer", HOUR, interrupting=False))
    assert sorted(walk(data, Answers(), "x")) == ["a", "b"]


def test_one_of_several_events_on_a_border() -> None:
    data = guarded(
        boundary("x", "a", "timer", HOUR), boundary("y", "a", "message", ref="surat") + path("y end")
    )
    assert walk(data, Answers(), "x") == ["b"]
    assert walk(data, Answers(), "y") == []


@pytest.mark.parametrize(
    "on",
    [
        call("a", "lain"),
        receive("a", "surat"),
        user("a", many("=orang", "x")),
        sub("a", start("s"), user("c"), end("e"), path("s c e")),
    ],
    ids=["call", "receive", "rounds", "sub-process"],
)
def test_event_on_the_border_of_any_activity(on: str) -> None:
    assert walk(guarded(boundary("x", "a", "timer", HOUR), on=on), Answers(rounds=2), "x") == ["b"]


def test_event_on_a_border_within_a_sub_process() -> None:
    pieces = start("s"), user("a"), boundary("x", "a", "timer", HOUR), user("b"), end("e")
    inner = sub("luar", *pieces, path("s a e", "x b e"))
    assert walk(diagram(start(), inner, end(), path("start luar end")), Answers(), "x") == ["b"]


def test_event_on_a_border_may_lead_back() -> None:
    data = diagram(
        start(), user("a"), boundary("x", "a", "timer", HOUR), user("b"), end(), path("start a end", "x b a")
    )
    assert walk(data, Answers(), "x") == ["b", "a"]


CHOICE = (
    start(), event_based("x"), catch("t", "timer", HOUR), receive("r", "surat"), user("a"), user("b"), end(),
    path("start x t a end", "x r b end"),
)  # fmt: skip


def test_event_based_gateway_waits_and_asks_which_event_came() -> None:
    data = diagram(*CHOICE, beside=SURAT)
    assert bpmn.triggers(bpmn.read(data).processes[0]) == {"x_t": "t", "x_r": "r"}
    assert walk(data, Answers("x_t")) == ["x", "t", "a"]
    assert walk(data, Answers("x_r")) == ["x", "r", "b"]


BEGUN = (
    start(form="f"), event("startEvent", "pagi", "timer", timer("timeCycle", "R/P1D")),
    event("startEvent", "tiba", "message", ref="surat"), user("a"), user("b"), end(),
    path("start a end", "pagi b end", "tiba b"),
)  # fmt: skip


def test_one_of_several_start_events_begins() -> None:
    data = diagram(*BEGUN, beside=SURAT)
    flows = {start: flow for flow, start in bpmn.triggers(bpmn.read(data).processes[0]).items()}
    assert set(flows) == {"start", "pagi", "tiba"}
    assert walk(data, Answers(flows["start"])) == ["a"]
    assert walk(data, Answers(flows["pagi"])) == ["b"]
    assert walk(data, Answers(flows["tiba"])) == ["b"]


def test_one_start_event_of_any_kind_is_a_plain_one() -> None:
    begun = event("startEvent", "pagi", "timer", timer("timeCycle", "R/P1D"))
    data = diagram(begun, user("a"), end(), path("pagi a end"))
    assert bpmn.triggers(bpmn.read(data).processes[0]) == {}
    assert walk(data, Answers()) == ["a"]


ROLES = (
    "end",
    "end_",
    "end__in",
    "chosen",
    "chosen__in",
    "begin",
    "begin_",
    "signal",
    "split",
    "split__in",
    "start",
    "in",
)


def test_what_is_not_drawn_steps_aside_for_what_is() -> None:
    drawn = [f"{id_}__{role}" for id_ in ("x", "e", "tiba", "proses") for role in ROLES]
    data = diagram(
        start(), event("startEvent", "tiba", "message", ref="surat"), user("a"), boundary("b", "a", "timer", HOUR),
        event_based("x"), catch("t", "timer", HOUR), catch("u", "timer", HOUR), event("endEvent", "e", "error", ref="g"),
        *map(user, drawn), path(f"start {' '.join(drawn)} a x t e", "x u e", "b e", "tiba a"), beside=SURAT + error("g"),
    )  # fmt: skip
    process = bpmn.read(data).processes[0]
    root = etree.fromstring(bpmn.plain(process))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    began = next(flow for flow, begun in bpmn.triggers(process).items() if begun == "start")
    assert walk(data, Answers(f"{began} x_t")) == [*drawn, "a", "x", "t", "e"]


def test_plain_form_of_the_normalised_process_is_the_same() -> None:
    for data in (diagram(*BEGUN, beside=SURAT), diagram(*CHOICE, path("a b"), beside=SURAT)):
        process = bpmn.read(data).processes[0]
        normal = bpmn.normalised(process)
        assert (bpmn.plain(normal), bpmn.triggers(normal)) == (bpmn.plain(process), bpmn.triggers(process))


def test_ids_with_dots_and_dashes_and_letters_of_any_script() -> None:
    data = diagram(start("mulai.1"), user("tugas-é.2"), end("akhir_3"), path("mulai.1 tugas-é.2 akhir_3"))
    assert walk(data, Answers()) == ["tugas-é.2"]


def test_biggest_scope_is_not_too_deep_for_the_parser() -> None:
    steps = [f"t{number}" for number in range(MAX_NODES - 2)]
    data = diagram(start(), *map(user, steps), end(), path(f"start {' '.join(steps)} end"))
    assert walk(data, Answers()) == steps


def test_biggest_scope_may_be_watched_over() -> None:
    steps = [f"t{number}" for number in range(MAX_NODES - 4)]
    watches = [
        sub(f"w{way}", event("startEvent", f"s{way}", "timer", HOUR, isInterrupting=way), end(f"e{way}"),
            path(f"s{way} e{way}"), triggeredByEvent="true")
        for way in ("true", "false")
    ]  # fmt: skip
    data = diagram(start(), *map(user, steps), end(), path(f"start {' '.join(steps)} end"), *watches)
    assert walk(data, Answers()) == steps


def test_no_text_of_the_diagram_is_in_it() -> None:
    secret = "RAHASIA"
    data = diagram(
        lanes(lane(secret, secret, "start a s x b c end")),
        start(name=secret, form=secret),
        user(
            "a",
            many("=RAHASIA", secret, until="=RAHASIA"),
            name=secret,
            form=secret,
            inputs={secret: "=RAHASIA"},
        ),
        sub(
            "s",
            start("s1", name=secret),
            script("e", "=RAHASIA", secret),
            end("s2"),
            path("s1 e s2"),
            name=secret,
        ),
        exclusive("x", default="x_c", name=secret),
        rule("b", secret, secret, name=secret),
        service("c", secret, headers={secret: secret}),
        end(name=secret),
        path("start a s x c end", "b end"),
        flow("x", "b", "=RAHASIA", name=secret),
        name=secret,
    )
    plain = bpmn.plain(bpmn.read(data).processes[0])
    assert secret.encode() not in plain
    root = etree.fromstring(plain)
    ids = {element.get("id") for element in root.iter()}
    texts = {element.text for element in root.iter() if element.text}
    names = {element.get("name") for element in root.iter() if element.get("name")}
    assert texts | names <= ids


def test_no_text_of_an_event_is_in_it() -> None:
    secret = "RAHASIA"
    data = diagram(
        start(), event("startEvent", "s", "message", ref="pesan", name=secret), call("a", secret, name=secret),
        boundary("b", "a", "error", ref="galat", name=secret), catch("c", "timer", timer("timeDuration", "=RAHASIA"), name=secret),
        event("endEvent", "e", "message", ref="pesan", extra=job(secret, {secret: secret}), name=secret),
        path("start a c e", "s a", "b e"),
        beside=message("pesan", "=RAHASIA", name=secret) + error("galat", secret),
    )  # fmt: skip
    assert secret.encode() not in bpmn.plain(bpmn.read(data).processes[0])


CHAIN = ["start", "a", "p", "b", "x", "i", "g", "t", "end"]
STEPS = st.sampled_from(CHAIN)
EXTRA = st.lists(st.tuples(STEPS, STEPS, st.sampled_from([None, "=1"])), max_size=5)


@settings(max_examples=400)
@given(EXTRA, st.booleans(), st.sampled_from(["a", "b", "x", "end"]))
def test_every_diagram_that_is_accepted_can_be_parsed(
    extra: list[tuple[str, str, str | None]], default: bool, border: str
) -> None:
    def main(step: str) -> str | None:
        return (
            f"{step}_{CHAIN[CHAIN.index(step) + 1]}"
            if default and any(step == one for one, _, _ in extra)
            else None
        )

    steps = [
        start(), event("startEvent", "lain", "message", ref="surat"), user("a", default=main("a")),
        boundary("tepi", "a", "timer", HOUR), parallel("p"), task("b"), boundary("pesan", "b", "message", ref="surat"),
        exclusive("x", default=main("x")), inclusive("i", default=main("i")), event_based("g"), catch("t", "timer", HOUR),
        receive("r", "surat"), event("endEvent", "end", "error", ref="galat"),
        path(" ".join(CHAIN), "lain b", f"tepi {border}", "pesan i", "g r p"),
    ]  # fmt: skip
    drawn = [
        flow(source, target, condition, id=f"f{n}") for n, (source, target, condition) in enumerate(extra)
    ]
    read, problems = bpmn.examine(diagram(*steps, *drawn, beside=SURAT + error("galat")))
    if not problems:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(bpmn.plain(read.processes[0]))
        assert set(parser.get_spec("proses").task_specs) >= set(CHAIN)
