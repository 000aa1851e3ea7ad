"""The requirement graph of a DMN file: references that lead nowhere, ids that stand twice, circles."""

from collections import Counter
from collections.abc import Iterator

from server.dmn.model import (
    BusinessKnowledge,
    Decision,
    DecisionService,
    Definitions,
    Element,
    InputData,
    Ref,
)
from server.errors import Problem

KINDS: dict[type, str] = {
    InputData: "Data masukan",
    Decision: "Keputusan",
    BusinessKnowledge: "Model pengetahuan",
    DecisionService: "Layanan keputusan",
}


def label(element: Element) -> str:
    """What a person calls an element."""
    return f"{KINDS[type(element)]} “{element.name}”"


def problems(definitions: Definitions) -> Iterator[Problem]:
    """Everything that keeps the graph of one file from being evaluated."""
    yield from _twice(definitions)
    yield from _dangling(definitions)
    yield from _circles(definitions)


def _twice(definitions: Definitions) -> Iterator[Problem]:
    count = Counter(element.id for element in definitions.elements)
    for element in definitions.elements:
        if count[element.id] > 1:
            yield Problem(f"Id “{element.id}” dipakai lebih dari sekali.", label(element), element.line)


def _dangling(definitions: Definitions) -> Iterator[Problem]:
    for element in definitions.elements:
        for ref in _required(element):
            if definitions.find(ref) is None:
                target = ref.id if ref.namespace == definitions.namespace else f"{ref.namespace}#{ref.id}"
                yield Problem(f"Membutuhkan “{target}”, yang tidak ada.", label(element), element.line)


def _circles(definitions: Definitions) -> Iterator[Problem]:
    """One problem for each element from which a walk along the requirements of this file comes back to itself."""
    done: set[str] = set()
    for element in definitions.elements:
        path = _circle_from(element, definitions, done)
        if path:
            names = " → ".join(f"“{step.name}”" for step in path)
            yield Problem(f"Kebutuhan berputar: {names}.", label(path[0]), path[0].line)


def _circle_from(start: Element, definitions: Definitions, done: set[str]) -> list[Element]:
    """Depth first without recursion, since a file may hold a chain of any length."""
    trail: dict[str, Element] = {}
    waiting: list[Element | None] = [start]
    while waiting:
        element = waiting.pop()
        if element is None:
            done.add(trail.popitem()[0])
        elif element.id in trail:
            done.update(trail)
            steps = list(trail.values())
            return [*steps[list(trail).index(element.id) :], element]
        elif element.id not in done:
            trail[element.id] = element
            waiting.append(None)
            waiting.extend(_own(definitions, element))
    return []


def _own(definitions: Definitions, element: Element) -> list[Element]:
    refs = (ref for ref in _required(element) if ref.namespace == definitions.namespace)
    return [found for ref in refs if (found := definitions.by_id.get(ref.id))]


def _required(element: Element) -> tuple[Ref, ...]:
    return () if isinstance(element, InputData) else element.requirements
