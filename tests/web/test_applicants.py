"""Applicants in real Chromium: at the desk and on a phone, by keyboard alone, without JavaScript, on paper."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, Route
from pypdf import PdfReader

from tests.tracking.conftest import BORN, LOKET, SARI
from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
BACK = {
    "persyaratan_ada": ["formulir_f_2_01"],
    "keputusan_2": "tidak_lengkap",
    "catatan_loket": "Dari desa boleh.",
}


@pytest.fixture
def application(server: str) -> tuple[str, str]:
    """A death certificate that the counter is about to check: its case, and its task."""
    case = send(server, "/v2/process-instances", {"processDefinitionId": "akta_kematian"})[
        "processInstanceKey"
    ]
    send(server, f"/v2/user-tasks/{task_of(server, case)}/completion", {"variables": SARI})
    return case, task_of(server, case)


def send(server: str, path: str, body: dict[str, Any]) -> Any:
    answer = requests.post(server + path, json=body, auth=(LOKET, "demo"), timeout=20)
    assert answer.ok, answer.text
    return answer.json() if answer.content else None


def task_of(server: str, case: str) -> str:
    open_ = {"filter": {"state": "CREATED", "processInstanceKey": case}}
    return str(send(server, "/v2/user-tasks/search", open_)["items"][0]["userTaskKey"])


def printed(page: Page, button: str) -> str:
    """The text of the PDF behind a button, which opens beside the page."""
    bodies: list[bytes] = []

    def pass_on(route: Route) -> None:
        answer = route.fetch()
        bodies.append(answer.body())
        route.fulfill(content_type="text/plain", body="")  # the browser's own viewer takes seconds to load

    papers = re.compile("/(tanda-terima|surat-kekurangan)")
    page.context.route(papers, pass_on)
    with page.context.expect_page() as beside:
        page.get_by_text(button, exact=True).click()
    beside.value.wait_for_url(papers)
    beside.value.close()
    page.context.unroute(papers)
    return " ".join(" ".join(each.extract_text().split()) for each in PdfReader(BytesIO(bodies[0])).pages)


def code_in(text: str) -> str:
    found = re.search(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}", text)
    assert found, text
    return found[0]


@pytest.mark.parametrize("size", SIZES)
def test_from_the_receipt_to_what_is_missing(
    visit: Visit, server: str, application: tuple[str, str], size: str
) -> None:
    case, task = application
    counter = visit(LOKET, size)
    counter.goto(f"/tugas/{task}")
    counter.get_by_text("Pilihan").click()
    check(counter)
    receipt = printed(counter, "Cetak tanda terima")
    assert "TANDA TERIMA PERMOHONAN" in receipt
    applicant = visit(size=size)
    applicant.goto(f"/lacak?kode={code_in(receipt)}")
    check(applicant)
    applicant.get_by_label("Data pemohon").fill("9999")
    applicant.get_by_role("button", name="Lihat").click()
    applicant.get_by_role("alert").get_by_text("tidak cocok").wait_for()
    check(applicant)
    applicant.get_by_label("Data pemohon").fill(BORN)
    applicant.get_by_role("button", name="Lihat").click()
    applicant.get_by_role("heading", name="Sedang diperiksa Petugas Loket").wait_for()
    check(applicant)
    send(server, f"/v2/user-tasks/{task}/completion", {"variables": BACK})
    applicant.get_by_role("link", name="Lacak permohonan").click()
    applicant.get_by_label("Data pemohon").fill(BORN)
    applicant.get_by_role("button", name="Lihat").click()
    applicant.get_by_role("heading", name="Yang masih kurang").wait_for()
    check(applicant)
    counter.goto(f"/perkara/{case}")
    assert "Pemberitahuan kekurangan berkas" in printed(counter, "Surat kekurangan berkas")


@pytest.mark.parametrize("size", SIZES)
def test_anybody_finds_what_to_bring_by_keyboard_alone(visit: Visit, size: str) -> None:
    page = visit(size=size)
    page.goto("/persyaratan")
    check(page)
    page.get_by_role("link", name="Penerbitan Akta Kematian").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/akta_kematian")
    check(page)
    page.get_by_role("button", name="Tampilkan yang harus dibawa").focus()
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    check(page)
    page.keyboard.press("Tab")
    page.get_by_role("radio", name="Biasa").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Yang harus dibawa").wait_for()
    check(page)
    page.goto("/persyaratan/kk_tambah_anggota?tampil=1&umur=abc")
    page.get_by_text("Tulis dengan angka").first.wait_for()
    check(page)


def test_without_javascript_and_on_paper(
    browser: Browser, server: str, application: tuple[str, str], tmp_path: Path
) -> None:
    case, _ = application
    answer = requests.post(
        f"{server}/api/process-instances/{case}/receipt", json={}, auth=(LOKET, "demo"), timeout=20
    )
    code = code_in(PdfReader(BytesIO(answer.content)).pages[0].extract_text())
    context = browser.new_context(
        base_url=server, java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto("/lacak")
    page.get_by_label("Kode lacak").fill(code.lower().replace("-", " "))
    page.get_by_label("Data pemohon").fill(BORN)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sedang diperiksa Petugas Loket").wait_for()
    assert page.get_by_role("button", name="Cetak").count() == 0
    paper = " ".join(each.extract_text() for each in PdfReader(BytesIO(page.pdf(format="A4"))).pages)
    assert "Sedang diperiksa Petugas Loket" in paper
    assert "Tanda tangani kutipan dan register akta" in paper
    assert "Persyaratan" not in paper
    context.close()
