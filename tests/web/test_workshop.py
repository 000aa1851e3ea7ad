"""The workshop in real Chromium: an owner changes a procedure without seeing XML, and nobody's work is lost."""

import re
import subprocess
from base64 import b64encode
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from server import bpmn
from server.bpmn.model import Expression
from server.config import ROOT
from tests.diagrams import diagram, end, exclusive, flow, lane, lanes, path, rule, service, start, user
from tests.web.chromium import Visit, check, in_browser

pytestmark = in_browser
DIAGRAMS = sorted(ROOT.glob("bpmn/**/*.bpmn"))


def edit(page: Page, process_id: str) -> None:
    """Opens the editor of a procedure, and waits until its draft is there and was examined."""
    page.goto(f"/mulai/{process_id}")
    page.get_by_role("button", name="Ubah prosedur ini").click()
    settled(page)


def settled(page: Page) -> None:
    expect(page.locator("#workshop[data-ready]")).to_be_visible()
    expect(page.locator("[data-verdict]")).to_contain_text(re.compile("diterbitkan"))


def choose(page: Page, element: str) -> None:
    page.get_by_label("Unsur", exact=True).select_option(label=element)


def saved(page: Page) -> None:
    expect(page.locator("#saved-state")).to_contain_text(re.compile("Tersimpan|Semua perubahan"))


def test_an_owner_changes_a_procedure_and_publishes_it(visit: Visit) -> None:
    page = visit("admin")
    edit(page, "surat_tugas")
    check(page)
    task = (
        page.get_by_label("Unsur", exact=True).locator("option", has_text="Tugas pengguna").first.inner_text()
    )
    choose(page, task)
    page.get_by_label("Nama", exact=True).fill("Siapkan <b>surat</b> tugas")
    page.get_by_label("Waktu: jumlah").fill("2")
    page.get_by_label("Waktu", exact=True).select_option("jam")
    lanes = page.get_by_label("Lajur", exact=True)
    home = lanes.input_value()
    lanes.select_option(index=0 if lanes.locator("option").first.get_attribute("value") != home else 1)
    lane = lanes.locator("option:checked").inner_text()
    saved(page)
    expect(page.locator(".djs-container b")).to_have_count(0)

    # a fault is told where it is, and gone when it is mended
    choose(
        page, page.get_by_label("Unsur", exact=True).locator("option", has_text="Mulai:").first.inner_text()
    )
    page.locator("[data-undo]").focus()
    choose(page, "Tugas pengguna: Siapkan <b>surat</b> tugas")
    page.get_by_label("Nomor baris").fill("")
    expect(page.locator("[data-verdict]")).to_contain_text("periksa lagi")
    page.get_by_role("button", name=re.compile("belum punya nomor langkah")).click()
    expect(page.locator(".mark-doubt")).to_have_count(1)
    page.get_by_label("Nomor baris").fill("1")
    page.get_by_label("Nama", exact=True).focus()
    expect(page.locator(".mark-doubt")).to_have_count(0)
    saved(page)

    # what was saved is still there in a new visit
    page.reload()
    settled(page)
    choose(page, "Tugas pengguna: Siapkan <b>surat</b> tugas")
    expect(page.get_by_label("Waktu: jumlah")).to_have_value("2")

    page.get_by_role("link", name="Bandingkan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bandingkan")
    row = page.get_by_role("row").filter(has_text="lajur")
    expect(row).to_contain_text(lane)
    expect(page.get_by_role("row").filter(has_text="waktu")).to_contain_text("2 jam")
    check(page)
    page.get_by_role("link", name="Terbitkan").click()
    page.get_by_label("Apa yang berubah").fill("Waktu sesuai edaran")
    check(page)
    page.get_by_role("button", name="Terbitkan").click()
    expect(page.get_by_role("status").filter(has_text="sudah diterbitkan")).to_be_visible()
    expect(page.locator("ol.way")).to_contain_text("Siapkan <b>surat</b> tugas")
    page.get_by_role("link", name="Riwayat versi").click()
    expect(page.get_by_role("row").filter(has_text="Versi 2")).to_contain_text("Waktu sesuai edaran")
    check(page)


def test_of_two_owners_neither_loses_anything(visit: Visit) -> None:
    first, second = visit("admin"), visit("admin")
    for page in (first, second):
        edit(page, "presensi")
    with first.expect_response(re.compile("/isi$")) as answer:
        first.get_by_label("Nama prosedur").fill("Presensi pertama")
    assert answer.value.ok
    second.get_by_label("Nama prosedur").fill("Presensi kedua")
    conflict = second.locator("#conflict")
    expect(conflict).to_be_visible()
    expect(conflict).to_contain_text("sudah disimpan")
    check(second)
    conflict.get_by_role("button", name="Simpan punya saya").click()
    saved(second)
    expect(conflict).to_be_hidden()

    # without a connection the work stays on the device, and comes back with the page
    def cut(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.continue_()

    second.route(re.compile("/isi$"), cut)
    second.get_by_label("Nama prosedur").fill("Presensi tanpa sambungan")
    expect(second.locator("#saved-state")).to_contain_text("aman di perangkat ini")
    second.reload()
    settled(second)
    expect(second.get_by_label("Nama prosedur")).to_have_value("Presensi tanpa sambungan")
    second.unroute(re.compile("/isi$"))
    second.get_by_label("Nama prosedur").fill("Presensi lagi")
    saved(second)


def test_the_editor_on_a_phone_shows_and_changes_properties(visit: Visit) -> None:
    page = visit("admin", "phone")
    edit(page, "duk")
    choose(
        page, page.get_by_label("Unsur", exact=True).locator("option", has_text="Lajur:").first.inner_text()
    )
    expect(page.get_by_label("Peran", exact=True)).to_be_visible()
    check(page)
    page.goto("/rancangan")
    check(page)


@pytest.fixture(scope="module")
def modeler(browser: Browser) -> Any:
    """A blank page with the modeler as the pages have it."""
    script = subprocess.run(
        ["node", str(ROOT / "tests/web/modeler.mjs")], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    page = browser.new_page()
    page.set_content('<div id="canvas" style="height: 600px"></div>')
    page.add_script_tag(content=script)
    page.evaluate("window.modeler = workshop.makeModeler('#canvas')")
    yield page
    page.close()


SAVE = """async (text) => {
    const { warnings } = await modeler.importXML(text);
    return [(await modeler.saveXML({ format: true })).xml, warnings.map((each) => each.message)];
}"""


def test_every_procedure_of_the_book_is_saved_as_it_was(modeler: Page) -> None:
    changed = []
    for file in DIAGRAMS:
        body = file.read_bytes()
        text, warnings = modeler.evaluate(SAVE, body.decode())
        if warnings or meaning(text.encode()) != meaning(body):
            changed.append((file.name, warnings))
    assert changed == []
    assert len(DIAGRAMS) >= 79


def meaning(body: bytes) -> Any:
    """What a diagram says, and where it stands; the order of things in a file says nothing."""
    diagram = bpmn.read(body)
    return replace(diagram, processes=tuple(replace(each, line=None) for each in diagram.processes))


STRANGE = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
 xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:x="urn:lain" id="d" targetNamespace="uji"><bpmn:process id="p" isExecutable="true">
 <bpmn:startEvent id="s" x:tanda="7"><bpmn:extensionElements><x:catatan warna="biru"><x:isi>dalam</x:isi></x:catatan></bpmn:extensionElements></bpmn:startEvent></bpmn:process>
 <bpmndi:BPMNDiagram id="g"><bpmndi:BPMNPlane id="b" bpmnElement="p"><bpmndi:BPMNShape id="t" bpmnElement="s"><dc:Bounds x="1" y="1" width="36" height="36"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"""


def test_what_the_editor_does_not_know_is_kept(modeler: Page) -> None:
    text, _ = modeler.evaluate(SAVE, STRANGE)
    assert 'x:tanda="7"' in text
    assert re.search(r'<x:catatan warna="biru">\s*<x:isi>dalam</x:isi>', text)


SAMPLE = bpmn.write(
    bpmn.lay_out(
        bpmn.read(
            diagram(
                lanes(
                    lane("Kasi", "kepala_seksi", "periksa hitung nomor"),
                    lane("Loket", "petugas_loket", "mulai putusan selesai ulang"),
                ),
                start("mulai"),
                user("periksa", properties={"langkah": "1", "entah": "tetap"}),
                rule("hitung", "lama_izin", "lama"),
                service("nomor", "surat.nomor"),
                exclusive("putusan", default="putusan_selesai"),
                user("ulang"),
                end("selesai"),
                path("mulai periksa hitung nomor putusan selesai"),
                flow("putusan", "ulang", "=lama > 2"),
                flow("ulang", "periksa"),
                id="contoh_penyunting",
                name="Contoh",
            )
        )
    )
)


def put_in_a_step(page: Page, name: str) -> None:
    page.get_by_role("button", name="Sisipkan langkah sesudah ini").click()
    expect(page.get_by_label("Nama", exact=True)).to_be_focused()
    page.get_by_label("Nama", exact=True).fill(name)


def wire_a_letter(page: Page) -> None:
    choose(page, "Tugas otomatis: nomor")
    page.get_by_label("Surat yang dibuat").select_option("surat-tugas")
    page.get_by_label("Penanda tangan").select_option("kepala_dinas")
    page.get_by_label("Hal", exact=True).fill("Surat tugas")


def stands_behind_the_table_and_makes_a_letter(process: bpmn.model.Process) -> None:
    letter: Any = process.node("nomor")
    assert letter.headers == {"surat": "surat-tugas", "penanda_tangan": "kepala_dinas"}
    assert [(each.target, each.source.text) for each in letter.inputs] == [("hal", "Surat tugas")]
    assert [each.name for each in behind(process, "hitung")] == ["Cek ulang"]
    assert [each.id for each in behind(process, behind(process, "hitung")[0].id)] == ["nomor"]


def behind(process: bpmn.model.Process, node_id: str) -> list[bpmn.model.Node]:
    return [process.node(each.target) for each in process.outgoing(node_id)]


def offer(page: Page) -> None:
    """Says to whom the chosen task is offered, and how much it presses."""
    page.get_by_text("Penerima dan tenggat").click()
    page.get_by_label("Penerima", exact=True).select_option("kelompok")
    page.get_by_label("Kelompok", exact=True).fill("kasubag_umpeg")
    page.get_by_label("Orang calon", exact=True).fill("=[pemohon]")
    page.get_by_label("Prioritas", exact=True).fill("80")


def test_what_the_panel_writes_is_what_the_reader_reads(visit: Visit) -> None:
    page = visit("admin")
    new = {"kind": "process", "id": "contoh_penyunting", "title": "Contoh", "content": SAMPLE.decode()}
    sign = {"Authorization": "Basic " + b64encode(b"admin:demo").decode()}
    key = page.request.post("/api/drafts", data=new, headers=sign).json()["draftKey"]
    page.goto(f"/rancangan/{key}")
    expect(page.locator("#workshop[data-ready]")).to_be_visible()
    page.get_by_label("Bidang", exact=True).select_option("piak")
    page.get_by_label("Tanda versi", exact=True).fill("2026-1")
    page.get_by_text("Identitas SOP").click()
    page.get_by_label("Dasar hukum").fill("UU 24/2013\n\n Perpres 96/2018 ")
    choose(page, "Lajur: Loket")
    page.get_by_label("Peran", exact=True).select_option("sekretaris")
    choose(page, "Tugas pengguna: periksa")
    page.get_by_label("Kelengkapan").fill("KTP\nKK")
    page.get_by_text("Formulir", exact=True).click()
    page.get_by_label("Formulir yang diisi").select_option("pengajuan_cuti_permohonan")
    offer(page)
    page.get_by_label("Tenggat").fill("=hari_ini(")
    expect(page.locator(".feel-verdict", has_text="Belum benar")).to_be_visible()
    page.get_by_label("Tenggat").fill('=now() + duration("P1D")')
    page.get_by_text("Data masuk dan keluar").click()
    page.get_by_role("group", name="Masuk").get_by_role("button", name="Tambah").click()
    page.get_by_label("Isi", exact=True).fill("=1 + 1")
    choose(page, "Tugas aturan: hitung")
    page.get_by_label("Versi tabel").select_option("versionTag")
    page.get_by_label("Tanda versinya").fill("2026")
    put_in_a_step(page, "Cek ulang")
    wire_a_letter(page)
    choose(page, "Alur: putusan_ulang (dari putusan)")
    page.get_by_label("Nama", exact=True).fill("ulangi")
    page.get_by_label("Syarat (FEEL)").fill('lama > 3 and status = "x<y"')
    page.get_by_label("Nama", exact=True).focus()
    saved(page)
    stored = page.request.get(f"/api/drafts/{key}", headers=sign).json()["content"]
    process = bpmn.read(stored.encode()).processes[0]
    task: Any = process.node("periksa")
    assert process.properties == {"bidang": "piak", "dasar_hukum": "UU 24/2013; Perpres 96/2018"}
    assert [each.role for each in process.lanes_of("putusan")] == ["sekretaris"]
    assert task.properties == {"langkah": "1", "entah": "tetap", "kelengkapan": "KTP; KK"}
    assert (task.candidate_users, task.priority) == (Expression("[pemohon]"), Expression("80", feel=False))
    assert process.version_tag == "2026-1"
    assert (task.form.id, task.candidate_groups.text) == ("pengajuan_cuti_permohonan", "kasubag_umpeg")
    assert (task.due_date.feel, task.due_date.text) == (True, 'now() + duration("P1D")')
    assert [(each.target, each.source.text) for each in task.inputs] == [("nama", "1 + 1")]
    table: Any = process.node("hitung")
    assert (table.decision.id.text, table.decision.tag) == ("lama_izin", "2026")
    stands_behind_the_table_and_makes_a_letter(process)
    way = process.flow("putusan_ulang")
    assert (way.name, way.condition and way.condition.text) == ("ulangi", 'lama > 3 and status = "x<y"')
