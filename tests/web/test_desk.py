"""Working on tasks and cases in real Chromium: papers, fields that the server refuses, comments, handing over, many at once."""

import json
import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.diagrams import diagram, end, path, start, user
from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
NIK = "3512014107900003"
XSS = "<img src=x onerror=alert(1)>"
FORM = {
    "type": "default",
    "id": "unggah",
    "schemaVersion": 19,
    "components": [
        {
            "type": "textfield",
            "key": "nik",
            "label": "NIK",
            "id": "unggah_nik",
            "properties": {"nomor": "nik"},
        },
        {"type": "filepicker", "key": "bukti", "label": "Bukti", "id": "unggah_bukti", "multiple": True},
    ],
}


@pytest.fixture(scope="session")
def office(server: str) -> str:
    """The server with a procedure whose form asks for a number and a file."""
    drawn = diagram(
        start(), user("kirim", groups="pns", form="unggah", name="Kirim bukti"), end(),
        path("start kirim end"), id="unggah", name="Unggah bukti",
    )  # fmt: skip
    approved = diagram(
        start(), user("paraf", groups="pns", name="Paraf konsep surat"), end(),
        path("start paraf end"), id="konsep", name="Konsep surat",
    )  # fmt: skip
    book = {"unggah.bpmn": drawn, "unggah.form": json.dumps(FORM), "konsep.bpmn": approved}
    sent = [("resources", each) for each in book.items()]
    answer = requests.post(f"{server}/v2/deployments", files=sent, auth=("admin", "demo"), timeout=60)
    assert answer.status_code == 200, answer.text
    return server


def begin(office: str, process: str) -> str:
    """A new case of pns's; its key."""
    body = {"processDefinitionId": process, "variables": {}}
    answer = requests.post(f"{office}/v2/process-instances", json=body, auth=("admin", "demo"), timeout=60)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["processInstanceKey"])


def open_newest(page: Page) -> None:
    page.goto("/tugas?urut=terbaru")
    page.locator(".item h2 a").first.click()
    page.wait_for_url(re.compile(r"/tugas/\d+"))


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    file = tmp_path / f"{XSS}.pdf"
    file.write_bytes(b"%PDF-1.7\n" + b"x" * 5000)
    return file


@pytest.mark.parametrize("size", SIZES)
def test_papers_are_dropped_picked_and_removed(
    visit: Visit, office: str, size: str, pdf: Path, tmp_path: Path
) -> None:
    begin(office, "unggah")
    page = visit("pns", size)
    open_newest(page)
    program = tmp_path / "program.exe"
    program.write_bytes(b"MZ")
    page.locator("#berkas").set_input_files([pdf, program])
    expect(page.locator("[data-refused]")).to_contain_text("“program.exe” tidak dapat dilampirkan")
    expect(page.get_by_role("link", name=pdf.name)).to_be_visible()
    check(page)
    page.evaluate(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["Nama,NIK"], "daftar.csv"));
            document.querySelector("[data-attach]").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
        }"""
    )
    expect(page.get_by_role("link", name="daftar.csv")).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("link", name="daftar.csv").click()
    assert got.value.path().read_text() == "Nama,NIK"
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Hapus lampiran daftar.csv").click()
    page.get_by_text("Lampiran sudah dihapus").wait_for()
    expect(page.get_by_role("link", name="daftar.csv")).to_have_count(0)


def test_what_the_server_refuses_is_told_at_the_field_and_nothing_typed_is_lost(
    visit: Visit, office: str, pdf: Path
) -> None:
    begin(office, "unggah")
    page = visit("pns")
    open_newest(page)
    page.get_by_label("NIK").fill("123")
    page.keyboard.press("Tab")
    page.locator("[data-form] input[type=file]").set_input_files(pdf)
    page.get_by_text("Konsep tersimpan").wait_for()
    page.get_by_role("button", name="Selesaikan").click()
    problem = page.get_by_role("alert").get_by_role("link", name="bukan NIK")
    expect(problem).to_be_visible()
    expect(page.locator(".fjs-form-field-error")).to_contain_text("bukan NIK")
    check(page)
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    expect(problem).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("NIK")).to_be_focused()
    expect(page.get_by_label("NIK")).to_have_value("123")
    page.get_by_label("NIK").fill(NIK)
    expect(page.locator(".fjs-form-field-error")).to_have_count(0)
    page.get_by_text("Konsep tersimpan").wait_for()
    page.reload()
    expect(page.locator(".fjs-filepicker-container")).to_contain_text(pdf.name)
    page.get_by_role("button", name="Selesaikan").dblclick()  # sends it once
    page.wait_for_url(re.compile(r"/tugas\?urut=terbaru$"))
    page.goto("/perkara")
    page.locator(".item h2 a").first.click()
    expect(page.locator(".papers").get_by_role("link", name=pdf.name)).to_be_visible()
    expect(page.locator(".facts").get_by_role("link", name=pdf.name)).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_a_comment_and_a_task_handed_over_by_keyboard_alone(visit: Visit, office: str, size: str) -> None:
    begin(office, "unggah")
    page = visit("pns", size)
    open_newest(page)
    page.get_by_role("button", name="Ambil", exact=True).click()
    page.get_by_text("Tugas sekarang Anda pegang").wait_for()
    page.wait_for_load_state()
    page.get_by_label("Tulis komentar").press_sequentially(XSS)
    page.reload()
    expect(page.get_by_label("Tulis komentar")).to_have_value(XSS)
    page.get_by_label("Tulis komentar").press("Tab")
    expect(page.get_by_role("button", name="Kirim komentar")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("Komentar sudah dikirim").wait_for()
    page.wait_for_load_state()
    expect(page.locator(".comments")).to_contain_text(XSS)
    expect(page.get_by_label("Tulis komentar")).to_have_value("")

    page.locator("summary", has_text="Serahkan kepada orang lain").press("Enter")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/penerus" in request.url else None)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Cari penerima")).to_be_focused()
    page.keyboard.type("staf_umpeg")
    expect(page.locator(".person")).to_have_count(1)
    assert "_token" not in asked[-1]
    page.keyboard.press("Tab")
    expect(page.locator(".person input")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    why = page.locator("form", has=page.get_by_label("Cari penerima")).get_by_label("Alasan")
    expect(why).to_be_focused()
    page.keyboard.type("Sedang dinas luar")
    check(page)
    expect(why).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Serahkan", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("Tugas sudah diserahkan").wait_for()
    receiver = visit("staf_umpeg", size)
    open_newest(receiver)
    expect(receiver.locator(".comments")).to_contain_text(XSS)
    receiver.locator("summary", has_text="Kembalikan ke kelompok").click()
    check(receiver)
    receiver.get_by_label("Alasan").first.fill("Bukan saya")
    receiver.get_by_role("button", name="Kembalikan", exact=True).click()
    receiver.get_by_text("Tugas sudah dikembalikan").wait_for()


def test_several_are_approved_at_once_by_keyboard_alone(visit: Visit, office: str) -> None:
    for process in ("konsep", "konsep", "unggah"):
        begin(office, process)
    page = visit("pns")
    page.goto("/tugas?urut=terbaru")
    for number in range(3):
        page.keyboard.press("j")
        expect(page.locator(".item").nth(number).locator("a").first).to_be_focused()
        page.keyboard.press("x")
    page.get_by_role("button", name="Setujui atau paraf").press("Enter")
    page.get_by_role("heading", name="2 tugas akan Anda setujui").wait_for()
    expect(page.get_by_role("heading", name="1 tugas harus dibuka")).to_be_visible()
    check(page)
    page.set_viewport_size({"width": 360, "height": 740})
    check(page)
    page.get_by_role("button", name="Ya, setujui").press("Enter")
    page.get_by_role("heading", name="2 disetujui atau diparaf").wait_for()
    check(page)


@pytest.mark.parametrize("size", SIZES)
def test_an_applicant_is_found_and_named_by_keyboard_alone(visit: Visit, size: str) -> None:
    page = visit("kasubag_umpeg", size)
    page.goto("/mulai/pengajuan_cuti")
    page.get_by_label("Cari pemohon").press_sequentially("staf_umpeg")
    expect(page.locator("#orang .person")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("[name=untuk]:checked")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#orang input")).to_be_checked()
    check(page)
    page.get_by_role("button", name="Mulai", exact=True).press("Enter")
    page.get_by_text("Perkara sudah dimulai").wait_for()
    receiver = visit("staf_umpeg", size)
    open_newest(receiver)
    expect(receiver.get_by_role("heading", name="Ajukan permohonan cuti")).to_be_visible()
