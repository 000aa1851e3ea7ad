"""What the reader makes of a diagram that it accepts."""

from dataclasses import replace

import pytest

from server import bpmn
from server.bpmn import model
from server.bpmn.model import Expression
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
    job,
    lane,
    lanes,
    manual,
    many,
    message,
    node,
    parallel,
    participant,
    path,
    process,
    props,
    receive,
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


def read_node(piece: str, *beside: str) -> model.Node:
    """The node `x` of a process in which it stands between start and end."""
    found, _ = bpmn.examine(diagram(start(), piece, end(), path("start x end"), beside=beside))
    return found.processes[0].node("x")


def static(text: str) -> Expression:
    return Expression(text, feel=False)


def test_user_task_has_its_form_assignment_schedule_priority_and_mappings() -> None:
    task = read_node(
        user(
            "x",
            name="Periksa berkas",
            form="periksa",
            assignee="=pemohon",
            groups="kasubag_umpeg, sekretaris",
            users="=[atasan]",
            due='=now() + duration("PT1H")',
            priority=70,
            inputs={"berkas": "=permohonan.berkas"},
            outputs={"hasil.setuju": "=setuju"},
        )
    )
    assert task == model.UserTask(
        id="x",
        name="Periksa berkas",
        form=model.Form(id="periksa"),
        assignee=Expression("pemohon"),
        candidate_groups=static("kasubag_umpeg, sekretaris"),
        candidate_users=Expression("[atasan]"),
        due_date=Expression('now() + duration("PT1H")'),
        priority=static("70"),
        inputs=(model.Parameter(Expression("permohonan.berkas"), "berkas"),),
        outputs=(model.Parameter(Expression("setuju"), "hasil.setuju"),),
    )


def test_empty_form_definition_is_no_form() -> None:
    assert read_node(user("x", form="")) == model.UserTask(id="x", name="x")


def test_form_keeps_its_binding() -> None:
    form = zeebe("formDefinition", formId="f", bindingType="versionTag", versionTag="v1")
    task = read_node(user("x", extensions(form)))
    assert task == model.UserTask(
        id="x", name="x", form=model.Form("f", binding=model.Binding.VERSION_TAG, version_tag="v1")
    )


@pytest.mark.parametrize(
    ("said", "binding"),
    [
        (None, None),
        ("latest", model.Binding.LATEST),
        ("deployment", model.Binding.DEPLOYMENT),
        ("kemarin", None),
    ],
)
def test_binding_that_is_missing_is_told_apart_from_latest(
    said: str | None, binding: model.Binding | None
) -> None:
    assert read_node(rule("x", "d", "h", binding=said)) == model.BusinessRuleTask(
        id="x", name="x", decision=model.Decision(static("d"), "h", binding)
    )
    assert read_node(call("x", "lain", binding=said)) == model.CallActivity(
        id="x", name="x", called=model.Called(static("lain"), binding=binding)
    )


@pytest.mark.parametrize(
    ("tag", "kind"), [("endEvent", model.EndEvent), ("intermediateThrowEvent", model.ThrowEvent)]
)
def test_message_event_that_throws_has_work_and_needs_no_message(
    tag: str, kind: type[model.EndEvent]
) -> None:
    work = job("kirim", {"k": "v"}, inputs={"a": "=1"}, outputs={"b": "=2"}, retries=2)
    assert read_node(event(tag, "x", "message", extra=work)) == kind(
        id="x",
        name="x",
        definitions=(model.Message(),),
        job=model.Job(static("kirim"), static("2")),
        headers={"k": "v"},
        inputs=(model.Parameter(Expression("1"), "a"),),
        outputs=(model.Parameter(Expression("2"), "b"),),
    )


def test_service_task_has_its_type_retries_and_headers() -> None:
    assert read_node(
        service("x", "cuti.potong_saldo", retries=3, headers={"tahun": "N"})
    ) == model.ServiceTask(
        id="x", name="x", job=model.Job(static("cuti.potong_saldo"), static("3")), headers={"tahun": "N"}
    )


def test_business_rule_task_calls_its_decision() -> None:
    assert read_node(rule("x", "sisa_cuti", "sisa", binding="deployment")) == model.BusinessRuleTask(
        id="x",
        name="x",
        decision=model.Decision(static("sisa_cuti"), "sisa", model.Binding.DEPLOYMENT),
    )


def test_business_rule_task_may_be_a_job() -> None:
    task = read_node(service("x", "hitung", tag="businessRuleTask"))
    assert task == model.BusinessRuleTask(id="x", name="x", job=model.Job(static("hitung")))


def test_script_task_has_a_feel_expression_and_a_result() -> None:
    assert read_node(script("x", "= 1 + 1", "dua")) == model.ScriptTask(
        id="x", name="x", script=model.Script(Expression("1 + 1"), "dua")
    )


@pytest.mark.parametrize(("piece", "kind"), [(task("x"), model.Task), (manual("x"), model.ManualTask)])
def test_undefined_and_manual_tasks_are_read_as_such(piece: str, kind: type[model.Activity]) -> None:
    assert read_node(piece) == kind(id="x", name="x")


def test_call_activity_and_what_it_propagates() -> None:
    assert read_node(call("x", "lain", everything_back=False)) == model.CallActivity(
        id="x", name="x", called=model.Called(static("lain"), all_child_variables=False)
    )


def test_receive_task_waits_for_a_message_with_a_correlation_key() -> None:
    assert read_node(receive("x", "m"), message("m", "=nomor", name="surat")) == model.ReceiveTask(
        id="x", name="x", message=model.Message(static("surat"), Expression("nomor"))
    )


def test_multi_instance_has_its_collections_and_its_end() -> None:
    loop = many(
        "=pegawai", "seorang", sequential=True, output="nilai", each="=skor", until="=count(nilai) > 2"
    )
    assert read_node(user("x", loop)) == model.UserTask(
        id="x",
        name="x",
        loop=model.MultiInstance(
            sequential=True,
            collection=Expression("pegawai"),
            element="seorang",
            output_collection="nilai",
            output_element=Expression("skor"),
            completion=Expression("count(nilai) > 2"),
        ),
    )


@pytest.mark.parametrize(
    ("kind", "inside", "attributes", "expected"),
    [
        ("timer", timer("timeDate", "2026-01-05T08:00:00+07:00"), {}, model.Timer(model.TimerKind.DATE, static("2026-01-05T08:00:00+07:00"))),
        ("timer", timer("timeDuration", "=batas"), {}, model.Timer(model.TimerKind.DURATION, Expression("batas"))),
        ("timer", timer("timeCycle", "R3/PT1H"), {}, model.Timer(model.TimerKind.CYCLE, static("R3/PT1H"))),
        ("signal", "", {"signalRef": "s"}, model.Signal(static("sinyal"))),
        ("error", "", {"errorRef": "e"}, model.Error(static("E-1"))),
        ("error", "", {}, model.Error()),
        ("escalation", "", {"escalationRef": "k"}, model.Escalation(static("K-1"))),
        ("conditional", element("bpmn:condition", text("=saldo < 1")), {}, model.Conditional(Expression("saldo < 1"))),
        ("link", "", {"name": "lanjut"}, model.Link("lanjut")),
        ("compensate", "", {"activityRef": "x"}, model.Compensate("x")),
        ("cancel", "", {}, model.Cancel()),
        ("terminate", "", {}, model.Terminate()),
    ],
)  # fmt: skip
def test_event_definitions(
    kind: str, inside: str, attributes: dict[str, str], expected: model.EventDefinition
) -> None:
    roots = (
        element("bpmn:signal", id="s", name="sinyal")
        + element("bpmn:error", id="e", errorCode="E-1")
        + element("bpmn:escalation", id="k", escalationCode="K-1")
    )
    read = read_node(node("intermediateCatchEvent", "x", definition(kind, inside, **attributes)), roots)
    assert read == model.CatchEvent(id="x", name="x", definitions=(expected,))


def test_boundary_event_knows_its_activity_and_whether_it_interrupts() -> None:
    late = event(
        "boundaryEvent",
        "x",
        "timer",
        timer("timeDuration", "PT1H"),
        attachedToRef="a",
        cancelActivity="false",
    )
    found, _ = bpmn.examine(diagram(start(), user("a"), late, end(), path("start a end", "x end")))
    process = found.processes[0]
    (read,) = process.boundary_events("a")
    assert (read.attached_to, read.interrupting) == ("a", False)


def test_sub_process_is_a_scope_of_its_own() -> None:
    inner = sub(
        "luar",
        start("s1"),
        sub("dalam", start("s2"), end("e2"), path("s2 e2")),
        end("e1"),
        path("s1 dalam e1"),
    )
    (process,) = bpmn.read(diagram(start(), inner, end(), path("start luar end"))).processes
    assert [getattr(scope, "id", None) for scope in process.scopes()] == ["proses", "luar", "dalam"]
    assert [node.id for node in process.every_node()] == [
        "start",
        "luar",
        "end",
        "s1",
        "dalam",
        "e1",
        "s2",
        "e2",
    ]
    assert process.flow("s2_e2").target == "e2"
    assert process.scope_of("e2") is process.node("dalam")


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        (sub("x", triggeredByEvent="true"), model.SubProcessKind.EVENT),
        (sub("x", tag="transaction"), model.SubProcessKind.TRANSACTION),
        (sub("x", tag="adHocSubProcess"), model.SubProcessKind.AD_HOC),
    ],
)
def test_kinds_of_sub_processes(piece: str, kind: model.SubProcessKind) -> None:
    assert read_node(piece) == model.SubProcess(id="x", name="x", kind=kind)


def test_flows_have_names_conditions_and_a_default() -> None:
    (process,) = bpmn.read(
        diagram(
            start(),
            exclusive("g", default="g_end"),
            end(),
            path("start g"),
            flow("g", "end"),
            flow("g", "g", "= x > 1", name="lagi"),
        )
    ).processes
    assert process.flow("g_g") == model.Flow("g_g", "g", "g", "lagi", Expression("x > 1"))
    gateway = process.node("g")
    assert isinstance(gateway, model.Gateway)
    assert gateway.default == "g_end"


def test_feel_language_of_a_condition_may_be_named() -> None:
    (process,) = bpmn.read(
        diagram(start(), exclusive("g"), end(), path("start g"), flow("g", "end", "=ya", language="FEEL"))
    ).processes
    assert process.flow("g_end").condition == Expression("ya")


def test_node_lies_in_its_innermost_lane_and_those_around() -> None:
    inner = lane("Staf", "staf_umpeg", "a")
    around = lanes(lane("Umpeg", None, "start a", inner), lane("Pimpinan", "kepala_dinas", "end"))
    (process,) = bpmn.read(diagram(around, start(), user("a"), end(), path("start a end"))).processes
    assert [(one.name, one.role) for one in process.lanes_of("a")] == [
        ("Staf", "staf_umpeg"),
        ("Umpeg", None),
    ]
    assert [one.name for one in process.lanes_of("start")] == ["Umpeg"]
    assert process.lanes[0].nodes == ("start",)


def test_node_in_a_sub_process_lies_in_the_lanes_of_the_sub_process() -> None:
    inner = sub("s", start("s1"), user("a"), end("e1"), path("s1 a e1"))
    around = lanes(lane("Staf", "staf_umpeg", "start s end"))
    (process,) = bpmn.read(diagram(around, start(), inner, end(), path("start s end"))).processes
    assert [one.role for one in process.lanes_of("a")] == ["staf_umpeg"]


def test_mutu_baku_is_read_from_the_properties_of_a_task() -> None:
    row = {
        "langkah": "2",
        "uraian": "Kasubag melihat sisa cuti.",
        "kelengkapan": "Blanko cuti; Buku penjagaan; ",
        "waktu": "PT45M",
        "output": "Konsep surat",
        "keterangan": "",
    }
    read = read_node(user("x", properties=row))
    assert isinstance(read, model.Activity)
    assert read.mutu_baku == model.MutuBaku(
        "2", "Kasubag melihat sisa cuti.", ("Blanko cuti", "Buku penjagaan"), "PT45M", ("Konsep surat",), None
    )


def test_process_has_properties_documentation_and_a_version_tag() -> None:
    about = element("bpmn:documentation", "Menurut buku.")
    extra = extensions(props({"bidang": "keuangan", "sifat": "rahasia"}), zeebe("versionTag", value="2026"))
    (process,) = bpmn.read(diagram(about, extra, start(), end(), path("start end"), name="Gaji")).processes
    assert (process.name, process.documentation, process.version_tag) == ("Gaji", "Menurut buku.", "2026")
    assert process.properties == {"bidang": "keuangan", "sifat": "rahasia"}


def test_start_event_may_have_a_form() -> None:
    (process,) = bpmn.read(diagram(start(form="permohonan"), end(), path("start end"))).processes
    assert process.start is not None
    assert process.start.form == model.Form("permohonan")


SMALL = (start(), end(), path("start end"))
OTHER = (start("mulai"), end("akhir"), path("mulai akhir"))


def test_black_boxes_and_message_flows_are_only_drawn() -> None:
    line = element("bpmn:messageFlow", id="pesan", sourceRef="start", targetRef="warga")
    pools = collaboration(participant("kolam", "proses"), participant("warga"), line)
    read = bpmn.read(definitions(pools, process(*SMALL)))
    assert [(one.id, one.process) for one in read.participants] == [("kolam", "proses"), ("warga", None)]
    assert read.artifacts == (
        model.Artifact("pesan", model.ArtifactKind.MESSAGE_FLOW, source="start", target="warga"),
    )


def test_processes_not_marked_executable_beside_one_that_is_are_only_drawn() -> None:
    drawn = process(task("sendiri"), id="luar", isExecutable="false")
    read = bpmn.read(definitions(process(*SMALL), drawn))
    assert [one.id for one in read.executable] == ["proses"]


def test_without_any_mark_every_process_is_executable() -> None:
    read = bpmn.read(
        definitions(process(*SMALL, isExecutable=None), process(*OTHER, id="lain", isExecutable="false"))
    )
    assert [one.id for one in read.executable] == ["proses", "lain"]


def test_several_executable_processes_are_read() -> None:
    read = bpmn.read(definitions(process(*SMALL), process(*OTHER, id="lain")))
    assert [one.id for one in read.executable] == ["proses", "lain"]
    assert read.process("lain").node("akhir").id == "akhir"


@pytest.mark.parametrize(
    "piece",
    [
        element("bpmn:textAnnotation", element("bpmn:text", "catatan"), id="catatan"),
        element("bpmn:dataObject", id="d") + element("bpmn:dataObjectReference", id="r", dataObjectRef="d"),
        element("bpmn:dataStoreReference", id="arsip", name="Arsip"),
        element("bpmn:group", id="grup"),
        task("x", element("bpmn:ioSpecification"), name="tanpa jenis") + path("g x akhir"),
        extensions(element("bpmn:apa_pun")),
        element("bpmn:association", id="garis", sourceRef="g", targetRef="start"),
    ],
)
def test_what_is_only_drawn_or_passed_through_is_accepted(piece: str) -> None:
    bpmn.read(diagram(start(), parallel("g"), end(), end("akhir"), path("start g end", "g akhir"), piece))


def test_several_end_events_and_several_flows_into_a_task_are_accepted() -> None:
    bpmn.read(
        diagram(
            start(),
            exclusive("g", default="g_a"),
            user("a"),
            end(),
            end("batal", terminate=True),
            path("start g", "g a end"),
            flow("g", "a", "=x", id="lagi"),
            flow("g", "batal", "=y"),
        )
    )


def test_drawing_is_kept_with_labels() -> None:
    box = element("dc:Bounds", x=10, y=20.5, width=100, height=80)
    label = element("bpmndi:BPMNLabel", element("dc:Bounds", x=1, y=2, width=3, height=4))
    line = element("di:waypoint", x=0, y=0) + element("di:waypoint", x=5, y=0)
    plane = element(
        "bpmndi:BPMNPlane",
        element("bpmndi:BPMNShape", box, label, id="a_di", bpmnElement="start"),
        element("bpmndi:BPMNEdge", line, id="f_di", bpmnElement="start_end"),
        bpmnElement="proses",
    )
    read = bpmn.read(definitions(process(*SMALL), element("bpmndi:BPMNDiagram", plane)))
    assert read.planes == (
        model.Plane(
            "proses",
            {"start": model.Shape(model.Bounds(10, 20.5, 100, 80), model.Bounds(1, 2, 3, 4))},
            {"start_end": model.Edge(((0, 0), (5, 0)))},
        ),
    )


def test_elements_know_their_line() -> None:
    written = diagram(start(), end(), path("start end")).replace(b"<bpmn:", b"\n<bpmn:")
    process = bpmn.read(written).processes[0]
    assert (process.line, process.node("start").line, process.flow("start_end").line) == (3, 4, 6)
    assert replace(process.node("start"), line=None) == process.node("start")
