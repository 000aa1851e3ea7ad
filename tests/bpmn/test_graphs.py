"""Reachability and components, against the obvious slow way."""

from hypothesis import given
from hypothesis import strategies as st

from server.bpmn.graphs import components, reachable

Graph = dict[str, list[str]]
NODES = st.sampled_from("abcdefgh")
GRAPHS = st.fixed_dictionaries({node: st.lists(NODES, max_size=3) for node in "abcdefgh"})


def slowly(graph: Graph, start: str) -> set[str]:
    found = {start}
    while any(not set(graph[node]) <= found for node in found):
        found |= {target for node in found for target in graph[node]}
    return found


@given(GRAPHS, NODES)
def test_reachable_finds_all_and_only_what_can_be_reached(graph: Graph, start: str) -> None:
    assert reachable([start], graph.__getitem__) == slowly(graph, start)


@given(GRAPHS)
def test_two_nodes_share_a_component_when_they_reach_each_other(graph: Graph) -> None:
    found = components(graph, graph.__getitem__)
    for a in graph:
        for b in graph:
            assert (found[a] == found[b]) == (a in slowly(graph, b) and b in slowly(graph, a))


def test_long_chains_need_no_recursion() -> None:
    graph = {str(n): [str(n + 1)] for n in range(50_000)} | {"50000": []}
    assert len(set(components(graph, graph.__getitem__).values())) == 50_001
