"""Several flows out of a node become the gateway that BPMN means by them."""

import pytest

from server import bpmn
from server.bpmn.model import Activity, Expression, Gateway, GatewayKind, Process
from tests.diagrams import diagram, end, exclusive, flow, path, start, sub, task, user


def normal(*pieces: str) -> Process:
    return bpmn.normalised(bpmn.read(diagram(*pieces)).processes[0])


def gateway_after(process: Process, node_id: str) -> Gateway:
    (out,) = process.scope_of(node_id).outgoing(node_id)
    gateway = process.node(out.target)
    assert isinstance(gateway, Gateway)
    return gateway


def test_unconditional_flows_become_a_parallel_gateway() -> None:
    process = normal(start(), task("x"), task("b"), end(), path("start x end", "x b end"))
    gateway = gateway_after(process, "x")
    assert (gateway.id, gateway.kind, gateway.synthetic) == ("x__split", GatewayKind.PARALLEL, True)
    assert [(out.id, out.condition) for out in process.outgoing("x__split")] == [
        ("x_end", None),
        ("x_b", None),
    ]


def test_conditional_flows_become_an_inclusive_gateway_with_the_default() -> None:
    process = normal(
        start(),
        task("x", default="x_end"),
        task("b"),
        end(),
        path("start x end", "b end"),
        flow("x", "b", "=ya"),
    )
    gateway = gateway_after(process, "x")
    assert (gateway.kind, gateway.default) == (GatewayKind.INCLUSIVE, "x_end")
    assert process.flow("x_b").condition == Expression("ya")
    assert process.flow("x_end").condition is None
    x = process.node("x")
    assert isinstance(x, Activity)
    assert x.default is None


def test_unconditional_flow_beside_a_conditional_one_is_always_taken() -> None:
    process = normal(
        start(), task("x"), task("b"), end(), path("start x end", "b end"), flow("x", "b", "=ya")
    )
    assert process.flow("x_end").condition == Expression("true")


def test_single_conditional_flow_is_a_choice_too() -> None:
    process = normal(start(), task("x"), end(), path("start x"), flow("x", "end", "=ya"))
    assert gateway_after(process, "x").kind is GatewayKind.INCLUSIVE


def test_start_event_with_several_flows_begins_all() -> None:
    process = normal(start(), end("a"), end("b"), path("start a", "start b"))
    assert gateway_after(process, "start").kind is GatewayKind.PARALLEL


def test_nodes_in_sub_processes_are_normalised_too() -> None:
    inner = sub("s", start("s1"), user("x"), end("e1"), end("e2"), path("s1 x e1", "x e2"))
    process = normal(start(), inner, end(), path("start s end"))
    assert gateway_after(process, "x").id == "x__split"


def test_synthetic_ids_are_unique() -> None:
    taken = task("x__split")
    process = normal(start(), task("x"), taken, end(), path("start x end", "x x__split end"))
    assert gateway_after(process, "x").id == "x__split_"
    assert process.node("x__split").name == "x__split"


@pytest.mark.parametrize(
    "pieces",
    [
        (start(), user("a"), end(), path("start a end")),
        (
            start(),
            exclusive("g", default="g_a"),
            end("a"),
            end("b"),
            path("start g a"),
            flow("g", "b", "=ya"),
        ),
    ],
)
def test_what_is_explicit_stays_as_it_is(pieces: tuple[str, ...]) -> None:
    assert normal(*pieces) == bpmn.read(diagram(*pieces)).processes[0]


def test_normalising_again_changes_nothing() -> None:
    process = normal(start(), task("x"), task("b"), end(), path("start x end", "x b end"))
    assert bpmn.normalised(process) == process
