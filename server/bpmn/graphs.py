"""Questions about directed graphs, each answered in time linear in the graph's size and without recursion."""

from collections.abc import Callable, Iterable

Successors = Callable[[str], Iterable[str]]


def reachable(starts: Iterable[str], successors: Successors) -> set[str]:
    """The starts and everything that can be reached from them."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        for node in successors(waiting.pop()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def components(nodes: Iterable[str], successors: Successors) -> dict[str, int]:
    """For each node the number of its strongly connected component: two nodes that reach each other share it.

    Tarjan's algorithm with a stack of its own.
    """
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    component: dict[str, int] = {}
    path: list[str] = []
    for root in nodes:
        if root in order:
            continue
        order[root] = lowest[root] = len(order)
        path.append(root)
        work = [(root, iter(list(successors(root))))]
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                _close(node, order, lowest, component, path)
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[node])
            elif following not in order:
                order[following] = lowest[following] = len(order)
                path.append(following)
                work.append((following, iter(list(successors(following)))))
            elif following not in component:
                lowest[node] = min(lowest[node], order[following])
    return component


def _close(
    node: str, order: dict[str, int], lowest: dict[str, int], component: dict[str, int], path: list[str]
) -> None:
    """Where the node is the first of its component, take that component off the path."""
    if lowest[node] != order[node]:
        return
    while True:
        member = path.pop()
        component[member] = order[node]
        if member == node:
            return
