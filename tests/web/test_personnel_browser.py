"""The Kasubag's door in real Chromium: the discipline register and the leave book, at the desk and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
PAGES = (
    "/kepegawaian",
    "/kepegawaian/disiplin",
    "/kepegawaian/disiplin/tenggat",
    "/kepegawaian/cuti",
    "/kepegawaian/cuti/permohonan",
    "/kepegawaian/cuti/kehadiran",
    "/kepegawaian/cuti/pegawai/pns",
)


@pytest.fixture
def kasubag(visit: Visit) -> Page:
    return visit("kasubag_umpeg")


def test_the_pages_are_whole_at_the_desk_and_on_a_phone(kasubag: Page) -> None:
    for path in PAGES:
        kasubag.goto(path)
        for width, height in SIZES.values():
            kasubag.set_viewport_size({"width": width, "height": height})
            expect(kasubag.locator("h1"), path).to_have_count(1)
            check(kasubag)


def test_from_what_is_late_to_the_case_and_its_ladder(kasubag: Page) -> None:
    kasubag.goto("/kepegawaian")
    expect(kasubag.get_by_text("perkara dengan tugas yang terlambat")).to_be_visible()
    kasubag.get_by_role("link", name="Disiplin").press("Enter")
    kasubag.get_by_label("Hanya yang terlambat").check()
    kasubag.get_by_role("button", name="Tampilkan").click()
    line = kasubag.locator(".item")
    expect(line).to_have_count(1)
    expect(line).to_contain_text("Peringatan lisan")
    line.get_by_role("link").first.click()
    expect(kasubag.locator("[aria-current=step]")).to_contain_text("Peringatan lisan")
    expect(kasubag.get_by_text("Masa pengawasan 15 hari kerja").first).to_be_visible()
    check(kasubag)
    kasubag.go_back()
    kasubag.get_by_text("Buka perkara baru").click()
    kasubag.get_by_label("Tentang siapa?").fill("staf_evapor")
    kasubag.locator("#orang input[value=staf_evapor]").check()
    kasubag.get_by_role("button", name="Lanjut ke isian").click()
    kasubag.get_by_role("heading", name="SOP Penanganan Disiplin Pegawai").wait_for()
    expect(kasubag.locator("input[name=untuk][value=staf_evapor]")).to_be_checked()
    check(kasubag)


def test_a_page_of_the_leave_book_is_corrected_and_read_by_its_owner(kasubag: Page, visit: Visit) -> None:
    kasubag.goto("/kepegawaian/cuti?cari=staf_umpeg")
    kasubag.locator("th.who a").click()
    kasubag.get_by_label("Cuti bersama yang tetap bekerja").fill("1")
    kasubag.get_by_label("Alasan").fill("Piket pada cuti bersama")
    kasubag.get_by_role("button", name="Simpan pembetulan").click()
    kasubag.get_by_text("Piket pada cuti bersama").wait_for()
    owner = visit("staf_umpeg", "phone")
    owner.get_by_label("Akun").click()
    owner.get_by_role("link", name="Cuti saya").click()
    expect(owner.get_by_role("heading", name="Cuti saya")).to_be_visible()
    owner.get_by_text("Mengapa sekian").click()
    expect(owner.get_by_text("Piket pada cuti bersama")).to_be_visible()
    check(owner)
