"""How a token can come from one element of a process to another, in and out of sub-processes and over their borders."""

from collections.abc import Iterable, Mapping

from server.bpmn.graphs import reachable
from server.bpmn.model import EndEvent, Process, Scope, StartEvent, SubProcess

Ways = Mapping[str, tuple[str, ...]]


def ways(process: Process) -> Ways:
    """From each element those to which a token goes next."""
    found: dict[str, list[str]] = {node.id: [] for node in process.every_node()}
    for scope in process.scopes():
        for flow in scope.flows.values():
            found[flow.source].append(flow.target)
        for node in scope.nodes.values():
            borders = [event.id for event in scope.boundary_events(node.id)]
            found[node.id] += borders
            if isinstance(node, SubProcess):
                _join_inside(found, scope, node, borders)
    return {node: tuple(targets) for node, targets in found.items()}


def between(ways: Ways, start: str, end: str) -> set[str]:
    """All that a token can pass on a way from `start` to `end`, both of them included; nothing where there is no way."""
    behind = reachable([start], lambda node: ways[node])
    back: dict[str, list[str]] = {}
    for source, targets in ways.items():
        for target in targets:
            back.setdefault(target, []).append(source)
    return behind & reachable([end], lambda node: back.get(node, ())) if end in behind else set()


def lies_ahead(ways: Ways, starts: Iterable[str], here: str, there: str) -> bool:
    """Whether `there` comes after `here` on a way that leads back nowhere."""
    forward = onward(ways, starts)
    return here != there and there in reachable([here], lambda node: forward[node])


def ahead_of(ways: Ways, starts: Iterable[str], here: Iterable[str]) -> set[str]:
    """All that comes after one of these elements on a way that leads back nowhere, and they themselves."""
    forward = onward(ways, starts)
    return reachable(here, lambda node: forward.get(node, ()))


def onward(ways: Ways, starts: Iterable[str]) -> Ways:
    """The ways without those that lead back to where a token already came by: they end, whichever is taken."""
    forward: dict[str, list[str]] = {node: [] for node in ways}
    seen: set[str] = set()
    for start in starts:
        seen.add(start)
        path = {start: iter(ways[start])}
        while path:
            node, rest = next(reversed(path.items()))
            following = next(rest, None)
            if following is None:
                del path[node]
            elif following not in path:
                forward[node].append(following)
                if following not in seen:
                    seen.add(following)
                    path[following] = iter(ways[following])
    return {node: tuple(targets) for node, targets in forward.items()}


def _join_inside(found: dict[str, list[str]], scope: Scope, inner: SubProcess, borders: list[str]) -> None:
    """Connects a sub-process with what it holds: in by its start, out behind its ends and over its border."""
    after = [flow.target for flow in scope.outgoing(inner.id)]
    for node in inner.nodes.values():
        if isinstance(node, StartEvent):
            found[inner.id].append(node.id)
        found[node.id] += borders
        if isinstance(node, EndEvent):
            found[node.id] += after
