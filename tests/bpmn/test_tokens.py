"""The plain BPMN: SpiffWorkflow's parser reads it, moves the tokens as drawn, and never sees a text of the diagram."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from server import bpmn
from server.bpmn.rules import MAX_NODES
from tests.diagrams import (
    diagram,
    end,
    event,
    exclusive,
    flow,
    inclusive,
    lane,
    lanes,
    manual,
    many,
    parallel,
    path,
    rule,
    script,
    service,
    start,
    sub,
    task,
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


def walk(data: bytes, answers: Answers) -> list[str]:
    """The ids of the activities in the order in which they are done, one at a time."""
    process = bpmn.read(data).processes[0]
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(bpmn.plain(process))
    workflow = BpmnWorkflow(
        parser.get_spec(process.id), parser.get_subprocess_specs(process.id), script_engine=answers
    )
    done = []
    workflow.do_engine_steps()
    while ready := workflow.get_tasks(state=TaskState.READY, manual=True):
        done.append(ready[0].task_spec.bpmn_id)
        ready[0].run()
        workflow.do_engine_steps()
    assert workflow.completed
    return done


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


def test_ids_with_dots_and_dashes_and_letters_of_any_script() -> None:
    data = diagram(start("mulai.1"), user("tugas-é.2"), end("akhir_3"), path("mulai.1 tugas-é.2 akhir_3"))
    assert walk(data, Answers()) == ["tugas-é.2"]


def test_biggest_scope_is_not_too_deep_for_the_parser() -> None:
    steps = [f"t{number}" for number in range(MAX_NODES - 2)]
    data = diagram(start(), *map(user, steps), end(), path(f"start {' '.join(steps)} end"))
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


CHAIN = ["start", "a", "p", "b", "x", "i", "end"]
STEPS = st.sampled_from(CHAIN)
EXTRA = st.lists(st.tuples(STEPS, STEPS, st.sampled_from([None, "=1"])), max_size=5)


@settings(max_examples=400, deadline=None)
@given(EXTRA, st.booleans())
def test_every_diagram_that_is_accepted_can_be_parsed(
    extra: list[tuple[str, str, str | None]], default: bool
) -> None:
    def main(step: str) -> str | None:
        return (
            f"{step}_{CHAIN[CHAIN.index(step) + 1]}"
            if default and any(step == one for one, _, _ in extra)
            else None
        )

    steps = [
        start(), user("a", default=main("a")), parallel("p"), task("b"), exclusive("x", default=main("x")),
        inclusive("i", default=main("i")), end(), path(" ".join(CHAIN)),
    ]  # fmt: skip
    drawn = [
        flow(source, target, condition, id=f"f{n}") for n, (source, target, condition) in enumerate(extra)
    ]
    read, problems = bpmn.examine(diagram(*steps, *drawn))
    if not problems:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str(bpmn.plain(read.processes[0]))
        assert set(parser.get_spec("proses").task_specs) >= set(CHAIN)
