"""The editors of tables and of forms in real Chromium: an owner changes a rule and a form, and the next case has them."""

import re

import requests
from playwright.sync_api import Locator, Page, expect

from server.config import ROOT
from tests.web.chromium import Visit, check, in_browser

pytestmark = in_browser
FEEL = frozenset({"not", "true", "and", "then", "else", "if"})
"""English that stands in cells, since it is the language of rules."""
TABLE = "dmn/cuti/penelitian-cuti.dmn"


def edit(page: Page, words: str, title: str) -> None:
    """Opens the editor of what is in force, and waits until it was examined."""
    page.goto(f"/rancangan?cari={words}")
    page.get_by_role("button", name=re.compile(f"(Ubah|Lanjutkan) {title}")).click()
    expect(page.locator("#workshop[data-ready]")).to_be_visible()
    verdict(page, "Tidak ada yang perlu diperbaiki")


def verdict(page: Page, text: str) -> None:
    expect(page.locator("[data-verdict]")).to_contain_text(text)


def write(page: Page, cell: Locator, text: str) -> None:
    """Writes into a cell as people do: it becomes an editor of its own once it is entered."""
    cell.click()
    expect(cell.locator(":focus")).to_have_count(1)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def publish(page: Page, note: str) -> None:
    page.get_by_role("link", name="Terbitkan").click()
    page.get_by_label("Apa yang berubah").fill(note)
    page.get_by_role("button", name="Terbitkan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Rancangan")


def yearly_leave(server: str) -> int:
    """What the table in force says that a year gives."""
    asked = {"decisionDefinitionId": "ketentuan_cuti", "variables": {"mulai": "2026-06-01"}}
    answer = requests.post(
        f"{server}/v2/decision-definitions/evaluation", json=asked, auth=("admin", "demo"), timeout=30
    )
    return int(re.findall(r"\d+", re.findall(r"hak_tahunan\W+\d+", answer.json()["output"])[0])[-1])


def test_an_owner_changes_a_rule_tries_it_out_and_publishes_it(visit: Visit, server: str) -> None:
    page = visit("admin")
    edit(page, "penelitian", "Penelitian permohonan cuti")
    check(page)
    page.get_by_role("button", name="Ketentuan dan pilihan kantor").click()
    cell = page.locator("td.output-cell").first
    expect(cell).to_contain_text("12")
    expect(page.locator("td.annotation").first).to_contain_text("PP 11/2017")
    check(page, FEEL)

    # a fault is marked in its cell, leads there, and is gone when it is mended
    write(page, cell, "12 +")
    verdict(page, "harus diperbaiki")
    expect(cell).to_have_css("box-shadow", re.compile("168, 32, 26"))
    page.get_by_role("button", name="Peta keputusan").click()
    page.locator("[data-findings] button").first.click()
    expect(cell.locator(":focus")).to_have_count(1)
    write(page, cell, "15")
    verdict(page, "Tidak ada yang perlu diperbaiki")
    expect(cell).to_have_css("box-shadow", "none")

    # the draft answers, and the examples that it breaks are told
    page.get_by_role("link", name="Coba tabel").click()
    page.get_by_label("Keputusan yang dicoba").select_option(label="Ketentuan dan pilihan kantor")
    page.get_by_role("button", name="Pilih").click()
    page.get_by_label("Mulai cuti").fill("2026-06-01")
    page.get_by_role("button", name="Hitung").click()
    outcome = page.get_by_role("region", name="Hasil", exact=True)
    expect(outcome).to_contain_text("15")
    expect(outcome).to_contain_text("Hak setahun: PP 11/2017")
    expect(page.get_by_role("region", name="Contoh yang tidak sesuai")).to_be_visible()
    check(page)
    page.get_by_text("Simpan masukan ini sebagai contoh").click()
    page.get_by_label("Nama contoh").fill("Lima belas hari")
    page.get_by_role("button", name="Simpan contoh").click()
    expect(page.get_by_text("Contoh sudah disimpan.")).to_be_visible()

    page.get_by_role("link", name="Bandingkan").click()
    row = page.get_by_role("region", name=re.compile("Aturan yang berbeda")).get_by_role("row").last
    expect(row.locator("del")).to_contain_text("12")
    expect(row.locator("ins")).to_contain_text("15")
    expect(page.get_by_role("heading", name="Dipakai oleh")).to_be_visible()
    check(page)
    page.set_viewport_size({"width": 360, "height": 740})
    check(page)

    assert yearly_leave(server) == 12
    publish(page, "Edaran baru")
    assert yearly_leave(server) == 15
    _restore(server)


def _restore(server: str) -> None:
    """Others use the same office."""
    files = {"resources": (TABLE, (ROOT / TABLE).read_bytes())}
    requests.post(
        f"{server}/v2/deployments", files=files, auth=("admin", "demo"), timeout=60
    ).raise_for_status()


def test_an_owner_adds_a_field_by_keyboard_tries_it_out_and_a_task_shows_it(visit: Visit) -> None:
    page = visit("admin")
    edit(page, "ijin_keluar_permohonan", "Buku ijin keluar")
    check(page)
    page.locator('.fjs-palette-field[data-field-type="number"]').press("Enter")
    expect(
        page.get_by_label("Judul isian", exact=True)
    ).to_be_attached()  # in the panel, which is the new field's now
    page.get_by_text("Umum", exact=True).click()
    page.get_by_label("Judul isian", exact=True).fill("Berapa <b>orang</b>")
    page.get_by_label("Nama data", exact=True).fill("banyak orang")
    expect(page.get_by_text("Huruf, angka dan garis bawah, dipisah titik.")).to_be_visible()
    page.get_by_label("Nama data", exact=True).fill("banyak_orang")
    verdict(page, "Tidak ada yang perlu diperbaiki")
    check(page)

    # beside it stands the form as people will see it, and the server says what it would take
    trial = page.get_by_role("region", name="Coba formulir")
    trial.get_by_label("Keperluan").fill("Ke BKD")
    trial.get_by_label("Berapa <b>orang</b>").fill("2")
    page.get_by_role("button", name="Kirim percobaan").click()
    refusal = trial.get_by_role("alert")
    expect(refusal).to_contain_text("“Tujuan” wajib diisi")
    expect(refusal).not_to_contain_text("Berapa")

    page.get_by_role("link", name="Bandingkan").click()
    expect(page.get_by_text("isian angka; nama data banyak_orang")).to_be_visible()
    check(page)
    publish(page, "Jumlah orang diperlukan")
    page.goto("/mulai/ijin_keluar")
    page.get_by_role("button", name="Mulai", exact=True).click()
    page.wait_for_url(re.compile("/tugas/"))
    expect(page.get_by_label("Berapa <b>orang</b>")).to_be_visible()
