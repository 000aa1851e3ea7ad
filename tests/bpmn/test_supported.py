"""The table of what the engine runs speaks of every element there is, and `plain` knows all that runs."""

import pytest
from SpiffWorkflow.spiff.parser import SpiffBpmnParser

from server import bpmn
from server.bpmn.model import SubProcessKind
from server.bpmn.reader import DEFINITIONS, NODES
from server.bpmn.supported import ELEMENTS, RUNS
from server.bpmn.words import NOUNS
from tests.diagrams import (
    catch,
    diagram,
    end,
    error,
    escalation,
    event,
    event_based,
    job,
    link,
    message,
    node,
    path,
    signal,
    start,
    sub,
    timer,
    user,
    zeebe,
)
from tests.diagrams import extensions as inside

EVENTS = [tag for tag in NODES if tag.endswith("Event")]
KINDS = {tag for tag in NODES if tag not in EVENTS} | {str(kind) for kind in SubProcessKind}
TYPED = {f"{tag}:{name.removesuffix('EventDefinition').title()}" for tag in EVENTS for name in DEFINITIONS}
NONSENSE = {
    "startEvent:Error", "startEvent:Escalation", "startEvent:Terminate",
    "intermediateCatchEvent:Error", "intermediateCatchEvent:Escalation", "intermediateCatchEvent:Terminate",
    "intermediateThrowEvent:Error", "intermediateThrowEvent:Timer", "intermediateThrowEvent:Terminate",
    "boundaryEvent:Terminate", "endEvent:Timer",
}  # fmt: skip
"""Events that BPMN does not know, or only at the start of an event sub-process."""


def test_table_names_every_kind_of_element() -> None:
    assert set(ELEMENTS) >= KINDS
    assert TYPED - set(ELEMENTS) == NONSENSE
    assert set(EVENTS) - set(ELEMENTS) == {"intermediateCatchEvent", "boundaryEvent"}


def test_every_kind_has_a_noun() -> None:
    assert {kind.partition(":")[0] for kind in ELEMENTS} <= set(NOUNS)


def test_every_refusal_says_what_to_do() -> None:
    for kind, reason in ELEMENTS.items():
        assert reason == RUNS or (";" in reason and reason.endswith(".")), kind


CONTENT = {
    "serviceTask": inside(zeebe("taskDefinition", type="t")),
    "sendTask": inside(zeebe("taskDefinition", type="t")),
    "businessRuleTask": inside(zeebe("calledDecision", decisionId="d", resultVariable="h")),
    "scriptTask": inside(zeebe("script", expression="=1", resultVariable="h")),
    "callActivity": inside(zeebe("calledElement", processId="lain")),
}
ROOTS = message("pesan", key="=nomor") + error("galat") + escalation("eskalasi") + signal("sinyal")
REFS = {"message": "pesan", "error": "galat", "escalation": "eskalasi", "signal": "sinyal"}


def typed(tag: str, kind: str, **attributes: str) -> str:
    """The event `x`, of any tag and kind that runs."""
    when = timer("timeDate", "2026-03-02T08:00:00+07:00") if kind == "timer" else ""
    work = job("t") if kind == "message" and tag in ("endEvent", "intermediateThrowEvent") else ""
    return event(tag, "x", kind or None, when, ref=REFS.get(kind), extra=work, **attributes)


def around(kind: str) -> list[str]:
    """The pieces of a process with an element of this kind, `x`."""
    tag, _, name = kind.partition(":")
    name = name.lower()
    if tag == "startEvent":
        return [typed(tag, name), end(), path("x end")]
    if tag == "endEvent":
        return [start(), typed(tag, name), path("start x")]
    if tag == "boundaryEvent":
        return [start(), user("a"), typed(tag, name, attachedToRef="a"), end(), path("start a end", "x end")]
    if tag == "eventBasedGateway":
        waits = [catch("a", "message", ref="pesan"), catch("b", "timer", timer("timeDuration", "PT1H"))]
        return [start(), event_based("x"), *waits, end(), path("start x a end", "x b end")]
    if tag == "subProcess":
        return [start(), sub("x", start("s"), end("e"), path("s e")), end(), path("start x end")]
    if tag == "eventSubProcess":
        begin = event("startEvent", "s", "timer", timer("timeDuration", "PT1H"))
        watch = sub("x", begin, end("e"), path("s e"), triggeredByEvent="true")
        return [start(), end(), path("start end"), watch]
    if name == "link":
        thrown, caught = ("x", "y") if tag == "intermediateThrowEvent" else ("y", "x")
        ends = [link(thrown, "l"), link(caught, "l", caught=True)]
        return [start(), *ends, end(), path(f"start {thrown}", f"{caught} end")]
    piece = (
        typed(tag, name)
        if name
        else node(tag, "x", CONTENT.get(tag, ""), messageRef="pesan" if tag == "receiveTask" else None)
    )
    return [start(), piece, end(), path("start x end")]


@pytest.mark.parametrize("kind", [kind for kind, reason in ELEMENTS.items() if reason == RUNS])
def test_what_runs_has_a_plain_form(kind: str) -> None:
    (process,) = bpmn.read(diagram(*around(kind), beside=ROOTS)).processes
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(bpmn.plain(process))
    assert "x" in parser.get_spec("proses").task_specs


@pytest.mark.parametrize("kind", sorted(NONSENSE))
def test_events_that_make_no_sense_are_refused(kind: str) -> None:
    _, problems = bpmn.examine(diagram(*around(kind), beside=ROOTS))
    assert any("pilih jenis lain" in problem.message for problem in problems)
