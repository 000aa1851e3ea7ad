"""What is refused, and that the sentence names the element and says what to do."""

import pytest

from server import bpmn
from tests.diagrams import (
    boundary,
    call,
    catch,
    collaboration,
    definition,
    definitions,
    diagram,
    element,
    end,
    error,
    escalation,
    event,
    event_based,
    exclusive,
    extensions,
    flow,
    inclusive,
    job,
    lane,
    lanes,
    link,
    many,
    mapping,
    message,
    node,
    parallel,
    participant,
    path,
    process,
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

Case = tuple[str, bytes, str, str]


def around(piece: str, *more: str, beside: str = "") -> bytes:
    """A process in which the node `x` stands between start and end."""
    return diagram(start(), piece, *more, end(), path("start x end"), beside=beside)


def guarded(kind: str, *inside: str) -> bytes:
    """A process with the boundary event `x`."""
    late = event("boundaryEvent", "x", kind, *inside, attachedToRef="a")
    return diagram(start(), user("a"), late, end(), path("start a end", "x end"))


def beside_work(
    event_id: str, kind: str | None, *definition: str, inside: str = "", beside: object = "", **said: object
) -> bytes:
    """A process with the task `kerja`, and beside it the event sub-process `x` that begins with this event."""
    begin = event("startEvent", event_id, kind, *definition, **said)
    watch = sub("x", begin, end("e"), path(f"{event_id} e"), inside, triggeredByEvent="true")
    return diagram(start(), user("kerja"), end(), path("start kerja end"), watch, beside)


def choice(*pieces: str, default: str | None = None) -> bytes:
    """A process with the exclusive gateway `x`, which leads to a and b."""
    return diagram(
        start(),
        exclusive("x", default=default),
        task("a"),
        task("b"),
        end(),
        path("start x", "a end", "b end"),
        *pieces,
    )


def inside(*pieces: str) -> bytes:
    """A process with the sub-process `x` of these pieces."""
    return around(sub("x", *pieces))


HOUR = timer("timeDuration", "PT1H")
SURAT = message("surat", "=nomor")
MAPPED = extensions(mapping(outputs={"a": "=1"}))

CAMUNDA_7 = extensions(element("camunda:taskListener", event="create"))
SPIFF = extensions(element("spiffworkflow:preScript", "import os"))

STRUCTURE: list[Case] = [
    ("no start event", diagram(task("x"), end(), path("x end")), "proses", "tambahkan satu peristiwa mulai"),
    ("two start events", diagram(start(), start("x"), end(), path("start end", "x end")), "x", "sudah ada peristiwa mulai lain"),
    ("no end event", diagram(start(), task("x"), path("start x")), "proses", "satu peristiwa akhir"),
    ("nothing into a task", diagram(start(), task("x"), end(), path("start end", "x end")), "x", "tidak ada alur masuk"),
    ("nothing out of a task", diagram(start(), parallel("g"), task("x"), end(), path("start g end", "g x")), "x", "ke peristiwa akhir"),
    ("nothing out of a start", diagram(start("x"), start("y"), end(), path("y end")), "x", "tidak ada alur keluar"),
    ("nothing out of a gateway", diagram(start(), exclusive("x"), end(), path("start x")), "x", "tidak ada alur keluar"),
    ("nothing out of a boundary event", diagram(start(), user("a"), boundary("x", "a", "error"), end(), path("start a end")), "x", "tidak ada alur keluar"),
    ("a loop of its own", diagram(start(), end(), task("x"), task("y"), path("start end", "x y x")), "x", "tidak dapat dicapai"),
    ("no way to an end", diagram(start(), exclusive("g", default="g_x"), task("x"), task("y"), end(), path("start g", "g x", "x y x"), flow("g", "end", "=ya")), "x", "tidak ada jalan ke peristiwa akhir (x, y)"),
    ("flow to nowhere", around(task("x"), flow("x", "hilang", id="f")), "f", "menunjuk “hilang”, yang tidak ada"),
    ("flow from nowhere", around(task("x"), flow("hilang", "x", id="f")), "f", "menunjuk “hilang”, yang tidak ada"),
    ("flow into a sub-process", around(sub("x", start("s"), task("a"), end("e"), path("s a e")), flow("x", "a", id="f")), "f", "menembus batas subproses ke “a”"),
    ("flow out of a sub-process", around(sub("x", start("s"), end("e"), path("s e"), flow("s", "end", id="f"))), "f", "menembus batas subproses ke “end”"),
    ("flow into a start event", around(task("x"), flow("x", "start", id="f")), "f", "tidak boleh masuk ke Peristiwa mulai"),
    ("flow out of an end event", around(task("x"), flow("end", "x", id="f")), "f", "tidak boleh keluar dari Peristiwa akhir"),
    ("flow into a boundary event", diagram(start(), user("a"), event("boundaryEvent", "x", "error", attachedToRef="a"), end(), path("start a end", "x end"), flow("start", "x", id="f")), "f", "tidak boleh masuk ke Peristiwa tepi"),
    ("boundary event on a gateway", diagram(start(), exclusive("g"), event("boundaryEvent", "x", "error", attachedToRef="g"), end(), path("start g end", "x end")), "x", "harus menempel pada tugas"),
    ("boundary event on nothing", diagram(start(), event("boundaryEvent", "x", "error", attachedToRef="hilang"), end(), path("start end", "x end")), "x", "harus menempel pada tugas"),
    ("two lanes", diagram(lanes(lane("A", None, "x"), lane("B", None, "x")), start(), task("x"), end(), path("start x end")), "x", "ada di dua lajur"),
    ("sub-process without start", inside(task("a"), end("e"), path("a e")), "x", "tambahkan satu peristiwa mulai polos"),
    ("sub-process with two starts", inside(start("s"), start("t"), end("e"), path("s e", "t e")), "t", "sudah ada peristiwa mulai lain"),
    ("sub-process without end", inside(start("s"), task("a"), path("s a")), "x", "satu peristiwa akhir"),
    ("sub-process begun by a timer", inside(event("startEvent", "s", "timer", timer("timeDuration", "PT1H")), end("e"), path("s e")), "s", "harus polos"),
    ("form at a sub-process's start", inside(start("s", form="f"), end("e"), path("s e")), "s", "pindahkan ke tugas"),
    ("join of its own loop", diagram(start(), parallel("x"), task("a"), exclusive("g", default="g_end"), end(), path("start x a g end"), flow("g", "x", "=lagi")), "x", "pakai gerbang eksklusif"),
    ("too many nodes", diagram(start(), *(task(f"t{i}") for i in range(300)), end(), path("start " + " ".join(f"t{i}" for i in range(300)) + " end")), "proses", "bagi dengan subproses"),
]  # fmt: skip

CHOICES: list[Case] = [
    ("no condition", choice(flow("x", "a", "=ya"), flow("x", "b")), "x_b", "beri syarat"),
    ("no conditions at all", choice(flow("x", "a"), flow("x", "b")), "x_a", "beri syarat"),
    ("inclusive without condition", diagram(start(), inclusive("x"), end(), end("lain"), path("start x end", "x lain")), "x_end", "beri syarat"),
    ("default of another", choice(flow("x", "a", "=ya"), flow("x", "b", "=tidak"), default="start_x"), "x", "alur default “start_x” tidak keluar dari sini"),
    ("default with condition", choice(flow("x", "a", "=ya"), flow("x", "b", "=tidak"), default="x_b"), "x_b", "alur default tidak boleh bersyarat"),
    ("default without conditions beside", diagram(start(), task("x", default="x_b"), task("a"), task("b"), end(), path("start x", "x a end", "x b end")), "x", "hapus tanda defaultnya"),
    ("condition out of a parallel gateway", diagram(start(), parallel("x"), end(), end("lain"), path("start x end"), flow("x", "lain", "=ya")), "x_lain", "tidak boleh bersyarat"),
    ("condition out of a start event", diagram(start(), end(), flow("start", "end", "=ya")), "start_end", "tidak boleh bersyarat"),
    ("default of a parallel gateway", diagram(start(), parallel("x", default="x_end"), end(), end("lain"), path("start x end", "x lain")), "x", "hapus tanda default"),
]  # fmt: skip

IDS: list[Case] = [
    ("Start", diagram(start("Start"), end(), path("Start end")), "Start", "dipakai mesin sendiri"),
    ("End", diagram(start(), task("End"), end(), path("start End end")), "End", "dipakai mesin sendiri"),
    ("EndJoin", diagram(start(), task("proses.EndJoin"), end(), path("start proses.EndJoin end")), "proses.EndJoin", "ganti idnya"),
    ("BoundaryEventSplit", diagram(start(), task("a.BoundaryEventSplit"), end(), path("start a.BoundaryEventSplit end")), "a.BoundaryEventSplit", "ganti idnya"),
    ("blank", diagram(start(), task("a b"), end(), flow("start", "a b", id="f1"), flow("a b", "end", id="f2")), "a b", "tanpa spasi"),
    ("first a digit", diagram(start(), task("1a"), end(), path("start"), flow("start", "1a", id="f1"), flow("1a", "end", id="f2")), "1a", "mulai dengan huruf"),
    ("of a process", diagram(start(), end(), path("start end"), id="pro ses"), "pro ses", "tanpa spasi"),
    ("of a flow", diagram(start(), end(), flow("start", "end", id="a[1]")), "a[1]", "ganti idnya"),
    ("doubled node", diagram(start(), task("x"), task("x"), end(), path("start x end")), "x", "dipakai lebih dari sekali"),
    ("doubled by a flow", diagram(start(), task("x"), end(), path("start x end"), flow("start", "x", id="x")), "x", "dipakai lebih dari sekali"),
    ("doubled between processes", definitions(process(start(), end(), path("start end")), process(start(), end("e"), path("start e"), id="lain")), "start", "dipakai lebih dari sekali"),
    ("none", diagram(start(), element("bpmn:task", name="Tanpa"), end(), path("start end")), "proses", "bpmn:task “Tanpa” tidak punya id"),
]  # fmt: skip

NOT_RUN: list[Case] = [
    ("link start", diagram(event("startEvent", "x", "link"), end(), path("x end")), "x", "hanya ada sebagai peristiwa antara"),
    ("link without name", around(event("intermediateThrowEvent", "x", "link")), "x", "beri tautannya nama"),
    ("link goes nowhere", diagram(start(), link("x", "l"), path("start x")), "x", "gambar pasangannya"),
    ("link comes from nowhere", diagram(start(), end(), link("x", "l", caught=True), end("e"), path("start end", "x e")), "x", "gambar pasangannya"),
    ("link caught twice", diagram(start(), link("a", "l"), link("b", "l", caught=True), link("x", "l", caught=True), end(), end("e"), path("start a", "b end", "x e")), "x", "sudah ditangkap"),
    ("flow out of a link", diagram(start(), link("a", "l"), link("b", "l", caught=True), end(), path("start a end", "b end")), "a_end", "tidak boleh keluar"),
    ("flow into a link", diagram(start(), link("a", "l"), link("b", "l", caught=True), end(), user("c"), path("start c b end", "c a")), "c_b", "tidak boleh masuk"),
    ("endless by a link", diagram(start(), user("c"), link("a", "l"), link("b", "l", caught=True), path("start c a", "b c")), "start", "tidak ada jalan ke peristiwa akhir"),
    ("compensation throw", around(event("intermediateThrowEvent", "x", "compensate")), "x", "kompensasi tidak didukung"),
    ("compensation boundary", guarded("compensate"), "x", "kompensasi tidak didukung"),
    ("compensation task", around(task("x", isForCompensation="true")), "x", "kompensasi tidak didukung"),
    ("complex gateway", around(node("complexGateway", "x")), "x", "pakai gerbang eksklusif, paralel, atau inklusif"),
    ("event sub-process with loop", beside_work("s", "timer", timer("timeDuration", "PT1H"), inside=many("=[1]", "i")), "x", "tidak boleh berputar"),
    ("event sub-process without event", beside_work("s", None), "x", "tepat satu peristiwa mulai yang berjenis"),
    ("event sub-process with form", beside_work("s", "timer", timer("timeDuration", "PT1H"), extra=extensions(zeebe("formDefinition", formId="f"))), "s", "formulir mulai"),
    ("event sub-process on a flow", beside_work("s", "timer", timer("timeDuration", "PT1H"), beside=path("kerja x")), "kerja_x", "tidak punya alur masuk"),
    ("event on an event sub-process", beside_work("s", "timer", timer("timeDuration", "PT1H"), beside=[boundary("b", "x", "timer", timer("timeDuration", "PT1H")), end("eb"), path("b eb")]), "b", "tidak boleh menempel"),
    ("cycle that interrupts", beside_work("s", "timer", timer("timeCycle", "R/PT1H")), "s", "perulangan"),
    ("error that does not interrupt", beside_work("s", "error", isInterrupting="false"), "s", "galat selalu menghentikan"),
    ("input mapping of its event", beside_work("s", "timer", timer("timeDuration", "PT1H"), extra=extensions(mapping({"a": "=b"}))), "s", "pemetaan masukan"),
    ("error start of a process", diagram(event("startEvent", "s", "error"), end(), path("s end")), "s", "jenis peristiwa ini tidak dapat dijalankan"),
    ("two that take the same", beside_work("s", "escalation", beside=sub("y", event("startEvent", "s2", "escalation"), end("e2"), path("s2 e2"), triggeredByEvent="true")), "s2", "menunggu hal yang sama"),
    ("transaction", around(sub("x", start("s"), end("e"), path("s e"), tag="transaction")), "x", "pakai subproses biasa"),
    ("ad hoc", around(sub("x", task("a"), tag="adHocSubProcess")), "x", "ad hoc tidak didukung"),
    ("bare catch", around(event("intermediateCatchEvent", "x", None)), "x", "tidak dapat dijalankan"),
    ("signal without name", around(catch("x", "signal", ref="s"), beside=element("bpmn:signal", id="s")), "x", "sinyal yang bernama"),
    ("conditional", around(event("intermediateCatchEvent", "x", "conditional", element("bpmn:condition", text("=a")))), "x", "periksa syaratnya di gerbang eksklusif"),
    ("two definitions", around(node("intermediateThrowEvent", "x", definition("escalation"), definition("link"))), "x", "pecah menjadi beberapa"),
    ("standard loop", around(task("x", element("bpmn:standardLoopCharacteristics", loopMaximum=3))), "x", "pengulangan standar tidak didukung"),
    ("start quantity", around(task("x", startQuantity="2")), "x", "startQuantity selain 1"),
    ("mapping on an event", around(event("intermediateThrowEvent", "x", None, extra=MAPPED)), "x", "pindahkan ke tugas"),
    ("work of a none event", around(event("intermediateThrowEvent", "x", None, extra=job("t"))), "x", "pindahkan jenis pekerjaannya"),
    ("unknown element", diagram(start(), end(), path("start end"), element("bpmn:callChoreography", id="x")), "x", "tidak dikenal"),
    ("performer", around(user("x", element("bpmn:potentialOwner", id="p"))), "x", "pakai lajur"),
]  # fmt: skip

CONTENT: list[Case] = [
    ("service without type", around(service("x", None)), "x", "isi jenis pekerjaannya"),
    ("rule without decision", around(node("businessRuleTask", "x")), "x", "pilih tabel keputusannya"),
    ("rule with two", around(rule("x", "d", "h")).replace(b"<zeebe:calledDecision", b'<zeebe:taskDefinition type="t"/><zeebe:calledDecision'), "x", "hapus salah satunya"),
    ("rule without result", around(rule("x", "d", "")), "x", "isi nama variabel hasil"),
    ("computed decision", around(rule("x", "=pilih")), "x", "tulis namanya tanpa “=”"),
    ("computed type", around(service("x", "=jenis")), "x", "tulis namanya tanpa “=”"),
    ("script without expression", around(node("scriptTask", "x")), "x", "isi ungkapan FEEL"),
    ("script in another language", around(node("scriptTask", "x", element("bpmn:script", "import os"), scriptFormat="python")), "x", "tulis ungkapan FEEL"),
    ("call without process", around(call("x", None)), "x", "pilih proses yang dipanggil"),
    ("receive without message", around(node("receiveTask", "x")), "x", "pilih pesan yang ditunggu"),
    ("message that is not there", around(node("receiveTask", "x", messageRef="hilang")), "x", "menunjuk “hilang”"),
    ("timer without time", guarded("timer"), "x", "isi tepat satu waktu"),
    ("mapped event that is no path", around(catch("x", "timer", HOUR, extra=extensions(mapping(outputs={"a b": "=1"})))), "x", "“a b” bukan nama variabel"),
    ("computed process of the deployment", around(call("x", "=pilih", binding="deployment")), "x", "deployment butuh proses yang tetap"),
    ("two candidate groups", around(user("x", groups="sekretaris, kasubag_umpeg")), "x", "hanya boleh satu kelompok"),
    ("rounds without collection", around(user("x", many(None))), "x", "isi kumpulan masukannya"),
    ("rounds with half an output", around(user("x", many("=a", output="b"))), "x", "harus diisi keduanya"),
    ("mutu baku without duration", around(user("x", properties={"waktu": "15 menit"})), "x", "tulis seperti PT45M"),
    ("embedded form", around(user("x", extensions(zeebe("formDefinition", formKey="camunda-forms:bpmn:f")))), "x", "rujuk berkas .form dengan formId"),
    ("form of somebody else", around(user("x", extensions(zeebe("formDefinition", externalReference="https://x")))), "x", "rujuk berkas .form dengan formId"),
    ("computed form", around(user("x", form="=pilih")), "x", "tulis id formulirnya tanpa “=”"),
    ("computed start form", diagram(start(form="=pilih"), end(), path("start end")), "start", "tulis id formulirnya tanpa “=”"),
    ("cardinality", around(user("x", many("=a").replace("</bpmn:multi", "<bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multi"))), "x", "loopCardinality tidak dijalankan"),
    ("behavior", around(user("x", many("=a").replace("isSequential=", 'behavior="One" isSequential='))), "x", "behavior selain All"),
    ("result that is no name", around(script("x", "=1", "dua kata")), "x", "“dua kata” bukan nama variabel"),
    ("target that is no path", around(user("x", outputs={"a..b": "=1"})), "x", "“a..b” bukan nama variabel"),
    ("priority", around(user("x", priority=101)), "x", "angka 0 sampai 100"),
    ("retries", around(service("x", "t", retries="banyak")), "x", "jumlah percobaan (retries): “banyak” harus berupa angka"),
    ("no retries", around(service("x", "t", retries="0")), "x", "angka mulai dari 1"),
    ("due date without zone", around(user("x", due="2026-01-05")), "x", "waktu dengan zona"),
]  # fmt: skip

EXPRESSIONS: list[Case] = [
    ("condition without =", choice(flow("x", "a", "setuju"), flow("x", "b"), default="x_b"), "x_a", "harus ditulis sebagai FEEL"),
    ("JUEL condition", choice(flow("x", "a", "${setuju}"), flow("x", "b"), default="x_b"), "x_a", "tulis FEEL yang diawali “=”"),
    ("condition in JavaScript", choice(flow("x", "a", "a === b", language="javascript"), flow("x", "b"), default="x_b"), "x_a", "bahasa javascript tidak dijalankan"),
    ("condition in Python", choice(flow("x", "a", "=__import__('os').system('ls')"), flow("x", "b"), default="x_b"), "x_a", "bukan FEEL yang benar"),
    ("broken condition", choice(flow("x", "a", "=1 +"), flow("x", "b"), default="x_b"), "x_a", "syarat: “=1 +” bukan FEEL yang benar"),
    ("deep condition", choice(flow("x", "a", "=" + "(" * 10_000 + "1" + ")" * 10_000), flow("x", "b"), default="x_b"), "x_a", "syarat"),
    ("broken assignee", around(user("x", assignee="=a b")), "x", "penanggung jawab (assignee)"),
    ("JUEL assignee", around(user("x", assignee="${initiator}")), "x", "tulis FEEL"),
    ("broken due date", around(user("x", due="=now( + 1")), "x", "batas waktu (dueDate)"),
    ("broken input", around(user("x", inputs={"a.b": "=if"})), "x", "masukan “a.b”"),
    ("broken output", around(user("x", outputs={"c": "={"})), "x", "keluaran “c”"),
    ("broken script", around(script("x", "=1 2")), "x", "naskah"),
    ("static script", around(script("x", "print(1)")), "x", "harus ditulis sebagai FEEL"),
    ("static collection", around(user("x", many("pegawai"))), "x", "kumpulan masukan (inputCollection)"),
    ("broken completion", around(user("x", many("=a", until="=)"))), "x", "syarat selesai (completionCondition)"),
    ("broken expression within a sub-process", inside(start("s"), user("a", due="=("), end("e"), path("s a e")), "a", "batas waktu (dueDate)"),
]  # fmt: skip

FOREIGN: list[Case] = [
    ("execution listener", around(user("x", extensions(zeebe("executionListeners", zeebe("executionListener", type="t"))))), "x", "zeebe:executionListeners"),
    ("task listener", around(user("x", extensions(zeebe("taskListeners", zeebe("taskListener", type="t"))))), "x", "zeebe:taskListeners"),
    ("embedded forms", diagram(extensions(zeebe("userTaskForm", "{}", id="f")), start(), end(), path("start end")), "proses", "simpan sebagai berkas .form"),
    ("in the wrong place", around(user("x", extensions(zeebe("script", expression="=1", resultVariable="a")))), "x", "zeebe:script tidak berlaku di sini"),
    ("unknown", around(user("x", extensions(zeebe("teleport")))), "x", "zeebe:teleport tidak dijalankan"),
    ("input without target", around(user("x", extensions(zeebe("ioMapping", zeebe("input", source="=1"))))), "x", "zeebe:input tanpa target"),
    ("unknown binding", around(rule("x", "d", binding="kemarin")), "x", "bindingType “kemarin” tidak dikenal"),
    ("binding without tag", around(rule("x", "d", binding="versionTag")), "x", "butuh versionTag"),
    ("Camunda 7 listener", around(user("x", CAMUNDA_7)), "x", "“taskListener” milik Camunda 7"),
    ("Camunda 7 attribute", around(user("x", camunda__assignee="budi")), "x", "“assignee” milik Camunda 7"),
    ("SpiffWorkflow script", around(user("x", SPIFF)), "x", "“preScript” milik SpiffWorkflow"),
    ("listener in the inside of a loop", around(user("x", element("bpmn:multiInstanceLoopCharacteristics", extensions(zeebe("teleport"))))), "x", "zeebe:teleport tidak dijalankan"),
]  # fmt: skip


def twice(kind: str, *roots: str) -> bytes:
    """A process whose activity `a` has the boundary events `y` and `x` of one kind, which refer to two roots."""
    borders = [boundary(one, "a", kind, ref=ref) for one, ref in zip("yx", ("satu", "dua"), strict=True)]
    return diagram(
        start(), user("a"), *borders, end(), path("start a end", "y end", "x end"), beside="".join(roots)
    )


def begun(*starts: str) -> bytes:
    """A process begun by these events."""
    ids = [one.split('id="', 1)[1].partition('"')[0] for one in starts]
    return diagram(*starts, end(), *(path(f"{one} end") for one in ids), beside=SURAT)


def gateway_to(a: str, b: str = "") -> bytes:
    """An event-based gateway that leads to `a` and `b`."""
    targets = [a, b or catch("b", "timer", HOUR)]
    return diagram(start(), event_based("x"), *targets, end(), path("start x a end", "x b end"), beside=SURAT)


EVENTS: list[Case] = [
    ("catch without message", around(catch("x", "message")), "x", "pilih pesan yang bernama"),
    ("boundary without message", guarded("message"), "x", "pilih pesan yang bernama"),
    ("start without message", begun(event("startEvent", "x", "message")), "x", "pilih pesan yang bernama"),
    ("receive of a message without name", around(receive("x", "m"), beside=element("bpmn:message", id="m")), "x", "pilih pesan yang bernama"),
    ("catch without key", around(catch("x", "message", ref="surat"), beside=message("surat")), "x", "isi kunci pesannya (correlationKey)"),
    ("boundary without key", diagram(start(), user("a"), boundary("x", "a", "message", ref="surat"), end(), path("start a end", "x end"), beside=message("surat")), "x", "isi kunci pesannya"),
    ("receive without key", around(receive("x", "surat"), beside=message("surat")), "x", "isi kunci pesannya"),
    ("static key", around(receive("x", "surat"), beside=message("surat", "nomor")), "x", "kunci pesan (correlationKey): “nomor” harus ditulis sebagai FEEL"),
    ("broken message name", around(receive("x", "m"), beside=message("m", "=nomor", name="=(")), "x", "nama pesan: “=(” bukan FEEL"),
    ("throw without work", around(event("intermediateThrowEvent", "x", "message", ref="surat"), beside=SURAT), "x", "isi jenis pekerjaan yang mengirim pesannya"),
    ("end without work", diagram(start(), event("endEvent", "x", "message"), path("start x")), "x", "isi jenis pekerjaan yang mengirim pesannya"),
    ("send without work", around(service("x", None, tag="sendTask")), "x", "isi jenis pekerjaannya"),
    ("terminate with work", diagram(start(), event("endEvent", "x", "terminate", extra=job("t")), path("start x")), "x", "hanya peristiwa pesan yang mengerjakan"),
    ("error end without code", diagram(start(), event("endEvent", "x", "error"), path("start x")), "x", "isi kode galatnya (errorCode)"),
    ("escalation end without code", diagram(start(), event("endEvent", "x", "escalation"), path("start x")), "x", "isi kode eskalasinya"),
    ("escalation throw without code", around(event("intermediateThrowEvent", "x", "escalation")), "x", "isi kode eskalasinya"),
    ("error that does not interrupt", diagram(start(), user("a"), boundary("x", "a", "error", interrupting=False), end(), path("start a end", "x end")), "x", "galat selalu menghentikan langkahnya"),
    ("computed code of a catch", diagram(start(), user("a"), boundary("x", "a", "error", ref="e"), end(), path("start a end", "x end"), beside=error("e", "=kode")), "x", "tulis kodenya tanpa “=”"),
    ("one error twice", twice("error", error("satu", "E"), error("dua", "E")), "x", "menunggu hal yang sama dengan Peristiwa tepi “y” (y)"),
    ("one escalation twice", twice("escalation", escalation("satu", "E"), escalation("dua", "E")), "x", "menunggu hal yang sama"),
    ("every error twice", diagram(start(), user("a"), boundary("y", "a", "error"), boundary("x", "a", "error"), end(), path("start a end", "y end", "x end")), "x", "menunggu hal yang sama"),
    ("one message twice on a border", twice("message", message("satu", "=a", name="M"), message("dua", "=b", name="M")), "x", "menunggu hal yang sama"),
    ("one message by a task and its border", diagram(start(), receive("a", "surat"), boundary("x", "a", "message", ref="surat"), end(), path("start a end", "x end"), beside=SURAT), "x", "menunggu hal yang sama dengan Tugas terima"),
    ("one message at two starts", begun(event("startEvent", "y", "message", ref="surat"), event("startEvent", "x", "message", ref="surat")), "x", "menunggu hal yang sama"),
    ("form at a message start", begun(event("startEvent", "x", "message", ref="surat", extra=extensions(zeebe("formDefinition", formId="f")))), "x", "pindahkan ke tugas pertama"),
    ("two none starts beside a message", begun(start("y"), start("x"), event("startEvent", "z", "message", ref="surat")), "x", "sudah ada peristiwa mulai lain"),
    ("message start in a sub-process", inside(start("s"), event("startEvent", "t", "message"), end("e"), path("s e", "t e")), "t", "peristiwa mulai subproses harus polos"),
    ("mapping on a start", begun(event("startEvent", "x", "message", ref="surat", extra=MAPPED)), "x", "pemetaan masukan dan keluaran tidak dijalankan di sini"),
    ("mapping on a none end", diagram(start(), event("endEvent", "x", None, extra=MAPPED), path("start x")), "x", "pemetaan masukan dan keluaran tidak dijalankan di sini"),
    ("output of an error", diagram(start(), event("endEvent", "x", "error", ref="e", extra=MAPPED), path("start x"), beside=error("e")), "x", "pemetaan keluaran tidak dijalankan pada galat"),
    ("instantiating receive", around(receive("x", "surat", instantiate=True), beside=SURAT), "x", "gambar peristiwa mulai"),
    ("instantiating gateway", around(event_based("x", instantiate=True)), "x", "gambar peristiwa mulai"),
]  # fmt: skip

TIMERS: list[Case] = [
    ("cycle to wait", around(catch("x", "timer", timer("timeCycle", "R/P1D"))), "x", "pakai tanggal atau lama"),
    ("cycle that interrupts", guarded("timer", timer("timeCycle", "R/P1D")), "x", "pakai tanggal atau lama"),
    ("duration at a start", begun(event("startEvent", "x", "timer", HOUR)), "x", "pakai tanggal (timeDate) atau perulangan (timeCycle)"),
    ("date that is none", around(catch("x", "timer", timer("timeDate", "2026-02-30T08:00:00+07:00"))), "x", "bukan tanggal dan waktu menurut ISO 8601"),
    ("duration that is none", guarded("timer", timer("timeDuration", "3 hari")), "x", "pewaktu: “3 hari” bukan lama menurut ISO 8601"),
    ("cron", begun(event("startEvent", "x", "timer", timer("timeCycle", "0 0 8 * * MON"))), "x", "jadwal cron tidak dibaca; tulis seperti R/P1D"),
    ("cycle in no time", begun(event("startEvent", "x", "timer", timer("timeCycle", "R/PT0S"))), "x", "bukan perulangan"),
    ("broken time", guarded("timer", timer("timeDuration", "=1 +")), "x", "pewaktu: “=1 +” bukan FEEL"),
    ("JUEL time", guarded("timer", timer("timeDuration", "${lama}")), "x", "tulis FEEL yang diawali “=”"),
]  # fmt: skip

EVENT_GATEWAYS: list[Case] = [
    ("one way", around(event_based("x")), "x", "paling sedikit dua alur keluar"),
    ("to a task", diagram(start(), event_based("x"), task("a"), task("b"), end(), path("start x a end", "x b end")), "x", "hanya boleh diikuti peristiwa menunggu"),
    ("shared target", diagram(start(), parallel("g"), event_based("x"), event("intermediateCatchEvent", "a", "timer", timer("timeDuration", "PT1H")), end(), path("start g x a end", "g a")), "a", "hanya boleh ada satu alur masuk"),
    ("two flows to one target", diagram(start(), event_based("x"), catch("a", "timer", HOUR), end(), path("start x a end"), flow("x", "a", id="lagi")), "a", "hanya boleh ada satu alur masuk"),
    ("condition", diagram(start(), event_based("x"), catch("a", "timer", HOUR), catch("b", "timer", HOUR), end(), path("start x a end", "b end"), flow("x", "b", "=ya")), "x_b", "tidak boleh bersyarat"),
    ("default", diagram(start(), event_based("x", default="x_a"), catch("a", "timer", HOUR), catch("b", "timer", HOUR), end(), path("start x a end", "x b end")), "x", "hapus tanda default"),
    ("guarded target", gateway_to(receive("a", "surat") + boundary("c", "a", "timer", HOUR) + path("c end")), "a", "tidak boleh ada peristiwa tepi"),
    ("target in rounds", gateway_to(receive("a", "surat", many("=orang"))), "a", "tidak boleh berputar"),
    ("one message twice behind a gateway", gateway_to(receive("a", "surat"), catch("b", "message", ref="surat")), "b", "menunggu hal yang sama dengan Tugas terima"),
]  # fmt: skip

FILES: list[Case] = [
    ("no process", definitions(), None, "tidak memuat proses"),
    ("only a black box", definitions(collaboration(participant("warga"))), None, "tidak memuat proses"),
    ("an empty process", definitions(process()), None, "tidak memuat proses"),
    ("a drawing out of numbers", definitions(process(start(), end(), path("start end")), element("bpmndi:BPMNDiagram", element("bpmndi:BPMNPlane", element("bpmndi:BPMNShape", element("dc:Bounds", x="NaN", y=0, width=1, height=1), bpmnElement="start"), bpmnElement="proses"))), None, "Letak gambar bukan angka"),
]  # fmt: skip

CASES = [
    *STRUCTURE,
    *CHOICES,
    *IDS,
    *NOT_RUN,
    *CONTENT,
    *EXPRESSIONS,
    *FOREIGN,
    *EVENTS,
    *TIMERS,
    *EVENT_GATEWAYS,
    *FILES,
]


@pytest.mark.parametrize(
    ("data", "where", "words"),
    [case[1:] for case in CASES],
    ids=[case[0].replace(" ", "-") for case in CASES],
)
def test_refused_by_name(data: bytes, where: str | None, words: str) -> None:
    with pytest.raises(bpmn.Refused) as refusal:
        bpmn.read(data)
    told = [
        problem for problem in refusal.value.problems if problem.where == where and words in problem.message
    ]
    assert told, [str(problem) for problem in refusal.value.problems]


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    data = diagram(start(), user("a", assignee="${x}"), service("b", None), path("start a b")).replace(
        b"<bpmn:", b"\n<bpmn:"
    )
    with pytest.raises(bpmn.Refused) as refusal:
        bpmn.read(data)
    assert [problem.where for problem in refusal.value.problems] == ["proses", "a", "b", "b"]
    assert refusal.value.message == "Diagram ditolak: 4 hal perlu diperbaiki."


def test_sentence_names_the_element_by_kind_name_and_id() -> None:
    with pytest.raises(bpmn.Refused) as refusal:
        bpmn.read(around(service("x", None, name="Potong\n saldo")))
    assert (
        refusal.value.message
        == "Tugas layanan “Potong saldo” (x): isi jenis pekerjaannya (zeebe:taskDefinition type)."
    )


def test_problems_of_processes_that_are_only_drawn_do_not_matter() -> None:
    drawn = process(user("sendiri", assignee="${x}"), id="luar", isExecutable="false")
    bpmn.read(definitions(process(start(), end(), path("start end")), drawn))


def test_parallel_join_that_lies_whole_within_a_loop_is_accepted() -> None:
    bpmn.read(
        diagram(
            start(),
            exclusive("masuk"),
            parallel("pecah"),
            task("a"),
            task("b"),
            parallel("gabung"),
            exclusive("lagi", default="lagi_end"),
            end(),
            path("start masuk pecah a gabung lagi end", "pecah b gabung"),
            flow("lagi", "masuk", "=ulang"),
        )
    )


ACCEPTED: dict[str, bytes] = {
    "several timers behind a gateway": gateway_to(catch("a", "timer", timer("timeDuration", "=lama"))),
    "receive task behind a gateway": gateway_to(receive("a", "surat")),
    "only a timer begins it": begun(event("startEvent", "x", "timer", timer("timeCycle", "R/P1D"))),
    "a date begins it": begun(event("startEvent", "x", "timer", timer("timeDate", "2026-03-02T08:00:00+07:00"))),
    "people, a timer and messages begin it": begun(start(form="f"), event("startEvent", "t", "timer", timer("timeCycle", "=ulang")), event("startEvent", "m", "message", ref="surat")),
    "cycle that does not interrupt": diagram(start(), user("a"), boundary("x", "a", "timer", timer("timeCycle", "R3/PT1H"), interrupting=False), end(), path("start a end", "x end")),
    "every error beside one by code": diagram(start(), user("a"), boundary("x", "a", "error", ref="e"), boundary("y", "a", "error"), end(), path("start a end", "x end", "y end"), beside=error("e")),
    "error and escalation of one code": diagram(start(), user("a"), boundary("x", "a", "error", ref="e"), boundary("y", "a", "escalation", ref="k"), end(), path("start a end", "x end", "y end"), beside=error("e", "K") + escalation("k", "K")),
    "computed code of a throw": diagram(start(), event("endEvent", "x", "error", ref="e"), path("start x"), beside=error("e", "=kode")),
    "mapped catch event": around(catch("x", "message", ref="surat", extra=MAPPED), beside=SURAT),
    "mapped message end": diagram(start(), event("endEvent", "x", "message", extra=job("t", {"k": "v"}, outputs={"a": "=1"})), path("start x")),
    "call of a computed process in rounds": around(call("x", "=proses", many("=orang", "seorang"))),
    "decision of the newest version": around(rule("x", "d", binding="latest")),
    "one group": around(user("x", groups="sekretaris")),
    "computed groups": around(user("x", groups="=kelompok")),
}  # fmt: skip


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=[name.replace(" ", "-") for name in ACCEPTED])
def test_accepted(data: bytes) -> None:
    bpmn.read(data)


def test_listeners_that_are_empty_change_nothing() -> None:
    bpmn.read(around(user("x", extensions(zeebe("taskListeners")))))


def test_harmless_attributes_of_camunda_7_are_let_through() -> None:
    bpmn.read(diagram(start(), end(), path("start end"), camunda__historyTimeToLive="P30D"))


def test_what_can_be_read_of_a_refused_diagram_can_be_shown() -> None:
    read, problems = bpmn.examine(around(node("complexGateway", "x")))
    assert read.processes[0].node("x").name == "x"
    assert [problem.where for problem in problems] == ["x"]
