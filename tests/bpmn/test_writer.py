"""What is written can be read again, and says the same."""

from pathlib import Path

import pytest
from lxml import etree

from server import bpmn
from server.bpmn.model import Diagram
from tests.bpmn.test_layout import procedure
from tests.diagrams import (
    call,
    collaboration,
    definition,
    definitions,
    diagram,
    element,
    end,
    event,
    exclusive,
    extensions,
    flow,
    inclusive,
    job,
    lane,
    lanes,
    manual,
    many,
    mapping,
    message,
    node,
    parallel,
    participant,
    path,
    process,
    props,
    rule,
    script,
    service,
    start,
    sub,
    task,
    text,
    timer,
    user,
    zeebe,
)

ROOTS = (
    message("m", "=nomor", name="surat")
    + element("bpmn:signal", id="s", name="=sinyal")
    + element("bpmn:error", id="e", errorCode="E-1")
    + element("bpmn:escalation", id="k", escalationCode="K-1")
)

WHOLE = definitions(
    collaboration(
        participant("kolam", "proses", "Cuti & libur"),
        participant("warga"),
        element("bpmn:messageFlow", id="mf", sourceRef="warga", targetRef="start"),
    ),
    process(
        element("bpmn:documentation", "Menurut buku.\n\nBab dua."),
        extensions(zeebe("versionTag", value="2"), props({"bidang": "umum", "kosong": ""})),
        lanes(lane("A", "staf", "start g", lane("Dalam", "kasi", "a b")), lane("B", None, "c end")),
        start(form="permohonan"),
        user(
            "a", many("=orang", "x", sequential=True, output="h", each="=x.nilai", until="=count(h) > 1"),
            element("bpmn:documentation", "Cara <b>kerja</b>"),
            form="f", assignee="=x", groups="a, b", users="=[x]", due="=now()", priority=70,
            inputs={"i": "=1", "j.k": "tetap"}, outputs={"o": "=2"}, properties={"langkah": "1", "waktu": "PT1H"},
            zeebe__modelerTemplate="langkah", zeebe__modelerTemplateVersion="2",
        ),
        exclusive("g", default="g_c"), inclusive("i"), parallel("p"),
        service("b", "t", headers={"k": "v"}, retries=3, outputs={"z": "=y"}), rule("c", "d", "h", binding="deployment"),
        rule("c2", "d", "h", binding="latest"), rule("c3", "d", "h"),
        script("d", "=1", "satu"), call("v", "lain", binding="latest", everything_down=False, everything_back=False), manual("l"), task("t", default="t_t"),
        node("receiveTask", "r", messageRef="m"), service("kirim", "surat", tag="sendTask"),
        event("boundaryEvent", "tepi", "timer", timer("timeDuration", "=lama"), attachedToRef="a", cancelActivity="false"),
        *(event("intermediateCatchEvent", f"c{n}", None, "").replace("></bpmn:inter", f">{inside}</bpmn:inter") for n, inside in enumerate((
            definition("message", messageRef="m"), definition("signal", signalRef="s"), definition("error", errorRef="e"),
            definition("escalation", escalationRef="k"), definition("error"), definition("link", name="ke"),
            definition("conditional", element("bpmn:condition", text("=a < b"))), definition("cancel"),
            definition("compensate", activityRef="a"), definition("timer", timer("timeCycle", "R/P1D")),
            extensions(mapping(outputs={"a": "=b"})),
        ))),
        sub("luar", start("s1"), sub("peristiwa", event("startEvent", "s2", "signal", isInterrupting="false"), triggeredByEvent="true"), end("e1"), path("s1 e1"), element("bpmn:textAnnotation", element("bpmn:text", "Catatan"), id="cat2")),
        sub("tx", tag="transaction"), sub("adhoc", tag="adHocSubProcess"), task("ulang", element("bpmn:standardLoopCharacteristics", element("bpmn:loopCondition", "=x"), loopMaximum=3, testBefore="true")),
        event("intermediateThrowEvent", "lempar", "message", ref="m", extra=job("t", {"k": "v"}, outputs={"a": "=b"})),
        event("endEvent", "selesai", "message", extra=job("t", {"k": "v"}, retries=2)),
        end(terminate=True), path("start a g c end"), flow("g", "b", '=x > 1 and y = "<&>"', name="lebih & baik"),
        element("bpmn:textAnnotation", element("bpmn:text", "Catatan"), id="cat"),
        element("bpmn:association", id="as", sourceRef="a", targetRef="cat"),
        element("bpmn:dataObject", id="dob") + element("bpmn:dataObjectReference", id="dor", name="Berkas", dataObjectRef="dob"),
        element("bpmn:dataStoreReference", id="dsr", name="Arsip"), element("bpmn:group", id="grup"),
        task("d2", element("bpmn:dataInputAssociation", element("bpmn:sourceRef", "dor"), id="dia"), element("bpmn:dataOutputAssociation", element("bpmn:targetRef", "dsr"), id="doa")),
        name="Cuti",
    ),
    ROOTS,
    element("bpmndi:BPMNDiagram", element("bpmndi:BPMNPlane",
        element("bpmndi:BPMNShape", element("dc:Bounds", x=1, y=2.5, width=3, height=4), element("bpmndi:BPMNLabel", element("dc:Bounds", x=1, y=2, width=3, height=4)), bpmnElement="start"),
        element("bpmndi:BPMNShape", element("dc:Bounds", x=1, y=2, width=3, height=4), bpmnElement="luar", isExpanded="false"),
        element("bpmndi:BPMNShape", element("dc:Bounds", x=1, y=2, width=3, height=4), bpmnElement="kolam", isHorizontal="false"),
        element("bpmndi:BPMNEdge", element("di:waypoint", x=0, y=0), element("di:waypoint", x=9, y=0), bpmnElement="start_a"),
        bpmnElement="kolaborasi")),
)  # fmt: skip


def again(read: Diagram) -> Diagram:
    return bpmn.examine(bpmn.write(read))[0]


def test_everything_in_the_model_is_written() -> None:
    read, _ = bpmn.examine(WHOLE)
    assert again(read) == read


@pytest.mark.parametrize("seed", range(20))
def test_drawn_procedures_are_written(seed: int) -> None:
    drawn = bpmn.lay_out(procedure(seed))
    assert bpmn.write(again(drawn)) == bpmn.write(drawn)


def test_written_file_follows_the_schema_of_bpmn() -> None:
    spiff = pytest.importorskip("SpiffWorkflow.bpmn.parser.BpmnParser")
    schema = etree.XMLSchema(etree.parse(spiff.XSD_PATH))
    for data in (bpmn.write(bpmn.lay_out(procedure(5))), bpmn.write(bpmn.lay_out(bpmn.examine(WHOLE)[0]))):
        schema.validate(etree.fromstring(data))
        assert [str(error) for error in schema.error_log] == []


def test_written_file_says_for_whom_it_is() -> None:
    root = etree.fromstring(bpmn.write(bpmn.read(diagram(start(), end(), path("start end")))))
    modeler = "{http://camunda.org/schema/modeler/1.0}executionPlatform"
    assert (root.get(modeler), root.get(modeler + "Version")) == ("Camunda Cloud", "8.10.0")


def test_diagrams_of_the_office_are_written_as_they_were_read() -> None:
    for file in sorted(Path("bpmn").rglob("*.bpmn")):
        read = bpmn.read(file.read_bytes())
        assert again(read) == read, file
