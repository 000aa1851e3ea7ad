"""Coba dengan mesin in real Chromium: an owner changes a condition and sees where a case would go, before anybody's case goes there."""

import re

from playwright.sync_api import Page, expect

from tests.web.chromium import Visit, check, in_browser
from tests.web.conftest import FORM

pytestmark = in_browser
CONDITION = "keputusan_2 = "
SWAPPED = {"masih_ada": "tidak_ada", "tidak_ada": "masih_ada"}
SAVE = """async ([condition, swapped]) => {
  const url = `${location.pathname}/isi`;
  const { isi, revisi } = await (await fetch(url)).json();
  const changed = isi.replace(new RegExp(`(?<=${condition}")[a-z_]+`, "g"), (value) => swapped[value]);
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": document.body.dataset.csrf };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify({ revisi, isi: changed }) });
  return (await answer.json()).revisi - revisi;
}"""
FILLED = {**FORM, "alasan": "acara keluarga", "alamat_selama_cuti": "di rumah"}
KEEP = """(acts) => sessionStorage.setItem(
  document.getElementById("rehearsal").dataset.storage, JSON.stringify({ acts, began: null }))"""


def stands(page: Page, acts: int) -> None:
    words = f"{acts} langkah dijalankan" if acts else "Siap."
    expect(page.locator("[data-state]")).to_contain_text(words)


def test_an_owner_tries_a_changed_condition_with_the_engine(visit: Visit) -> None:
    page = visit("admin")
    page.goto("/mulai/pengajuan_cuti")
    page.get_by_role("button", name="Ubah prosedur ini").click()
    page.wait_for_url(re.compile(r"/rancangan/\d+$"))
    assert page.evaluate(SAVE, [CONDITION, SWAPPED]) == 1
    page.goto(f"{page.url}/jalankan")
    stands(page, 0)
    expect(page.locator("[data-now]")).to_contain_text("Dimulai sebagai Pegawai")
    page.locator("[data-do]").click()
    stands(page, 1)

    # a form that is not filled in is refused as its task would
    page.locator("[data-do]").click()
    expect(page.locator("#form-problems")).to_contain_text("“Alasan cuti” wajib diisi")
    check(page)

    # what was chosen so far outlives a reload of the page
    page.evaluate(
        KEEP,
        [{"do": "start"}, {"do": "complete", "element": "langkah_1", "values": FILLED}],
    )
    page.reload()
    stands(page, 2)
    expect(page.locator("[data-now]")).to_contain_text("menunggu hasil")
    expect(page.get_by_label("Nama variabel 1", exact=True)).to_have_value("catatan_cuti.tahun")
    page.get_by_role("button", name="Isi hasil layanan", exact=True).click()
    stands(page, 3)

    # the changed condition decides
    page.get_by_role("radio", name="tidak ada").check()
    page.get_by_label("Penjelasan kepada PNS").fill("Sisa cuti habis")
    page.get_by_role("button", name="Selesaikan", exact=True).click()
    stands(page, 4)
    expect(page.locator("[data-past]")).to_contain_text(
        f'{CONDITION}"tidak_ada" benar (keputusan_2 = tidak_ada)'
    )
    expect(page.locator("#drawing .live")).to_have_attribute("data-element-id", "langkah_3")

    # it is kept, and done again
    page.get_by_label("Simpan langkah yang sudah dijalankan").fill("Masih ada sisa")
    page.get_by_role("button", name="Simpan skenario").click()
    expect(page.locator("[data-told]")).to_have_text("Skenario “Masih ada sisa” disimpan.")
    page.get_by_role("button", name="Jalankan semua").click()
    expect(page.locator("[data-told]")).to_have_text("1 dari 3 skenario sesuai.")
    other = page.locator("[data-scenario]").filter(has_text="Sisa cuti habis").locator("[data-played]")
    expect(other).to_contain_text("Tidak lagi lewat: Catat penolakan")
    expect(page.locator("[data-left] summary")).to_contain_text("belum dilewati skenario mana pun")
    check(page)
    page.get_by_role("button", name="Mundur satu langkah").click()
    stands(page, 3)
    page.get_by_role("button", name="Ulang dari awal").click()
    stands(page, 0)
    page.get_by_role("button", name="Buka Masih ada sisa").click()
    stands(page, 4)
    page.set_viewport_size({"width": 360, "height": 740})
    check(page)
