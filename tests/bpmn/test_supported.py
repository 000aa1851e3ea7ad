"""The table of what the engine runs speaks of every element there is, and `plain` knows all that runs."""

import pytest

from server import bpmn
from server.bpmn.model import SubProcessKind
from server.bpmn.reader import DEFINITIONS, NODES
from server.bpmn.supported import ELEMENTS, RUNS
from server.bpmn.words import NOUNS
from tests.diagrams import definition, diagram, end, flow, node, path, start, sub, zeebe
from tests.diagrams import extensions as inside

EVENTS = [tag for tag in NODES if tag.endswith("Event")]
KINDS = {tag for tag in NODES if tag not in EVENTS} | {str(kind) for kind in SubProcessKind}
TYPED = {f"{tag}:{name.removesuffix('EventDefinition').title()}" for tag in EVENTS for name in DEFINITIONS}


def test_table_names_every_kind_of_element() -> None:
    assert set(ELEMENTS) >= KINDS
    assert TYPED - set(ELEMENTS) == {f"{tag}:Terminate" for tag in EVENTS if tag != "endEvent"}
    assert set(EVENTS) - set(ELEMENTS) == {"intermediateCatchEvent", "boundaryEvent"}


def test_every_kind_has_a_noun() -> None:
    assert {kind.partition(":")[0] for kind in ELEMENTS} <= set(NOUNS)


def test_every_refusal_says_what_to_do() -> None:
    for kind, reason in ELEMENTS.items():
        assert reason == RUNS or (";" in reason and reason.endswith(".")), kind


CONTENT = {
    "serviceTask": zeebe("taskDefinition", type="t"),
    "businessRuleTask": zeebe("calledDecision", decisionId="d", resultVariable="h"),
    "scriptTask": zeebe("script", expression="=1", resultVariable="h"),
}


@pytest.mark.parametrize("kind", [kind for kind, reason in ELEMENTS.items() if reason == RUNS])
def test_what_runs_has_a_plain_form(kind: str) -> None:
    tag, _, event = kind.partition(":")
    if tag == "startEvent":
        pieces = [start("x"), end(), path("x end")]
    elif tag == "endEvent":
        pieces = [start(), node(tag, "x", definition(event.lower()) if event else ""), path("start x")]
    elif tag == "subProcess":
        pieces = [start(), sub("x", start("s"), end("e"), path("s e")), end(), path("start x end")]
    else:
        pieces = [
            start(),
            node(tag, "x", inside(CONTENT.get(tag, ""))),
            end(),
            path("start"),
            flow("start", "x"),
            flow("x", "end"),
        ]
    (process,) = bpmn.read(diagram(*pieces)).processes
    assert b'id="x"' in bpmn.plain(process)
