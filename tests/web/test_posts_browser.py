"""An office that nobody holds, in real Chromium: where its tasks go meanwhile, and the way to a Plt."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
OFFICE = "Kasubag Keuangan"
HOLDER = "/pengelolaan/pengguna/kasubag_keuangan"


@pytest.fixture
def empty(visit: Visit) -> Iterator[Page]:
    """The administrator's page, while the only holder of an office has no account."""
    page = visit("admin")
    page.goto(HOLDER)
    page.once("dialog", lambda question: question.accept())
    page.get_by_role("button", name="Tutup akun").click()
    page.get_by_text("Akun ditutup. Tugas yang dipegangnya").wait_for()
    yield page
    page.goto(HOLDER)
    page.get_by_role("button", name="Buka akun").click()
    page.get_by_text("Akun dibuka lagi").wait_for()


def test_an_empty_office_says_where_its_tasks_go_and_leads_to_a_plt(empty: Page) -> None:
    for width, height in SIZES.values():
        empty.set_viewport_size({"width": width, "height": height})
        empty.goto("/pengelolaan/peran")
        seat = empty.locator(".item", has=empty.get_by_role("heading", name=OFFICE))
        expect(seat).to_contain_text("Tugasnya sekarang ke Sekretaris")
        expect(seat.get_by_text("Kosong", exact=True)).to_be_visible()
        check(empty)
    seat.get_by_role("link", name=f"Tunjuk Plt. {OFFICE}").press("Enter")
    empty.get_by_role("heading", name="Plt. dan Plh.").wait_for()
    expect(empty.get_by_label("Jabatan", exact=True)).to_have_value("kasubag_keuangan")
    check(empty)
    empty.get_by_label("Siapa yang ditunjuk").fill("bukan_siapa_siapa")
    empty.get_by_label("Hari terakhir", exact=True).fill(empty.get_by_label("Hari pertama").input_value())
    empty.get_by_role("button", name="Tunjuk", exact=True).click()
    expect(empty.get_by_role("alert")).to_contain_text("tidak ditemukan")
    check(empty)
    empty.get_by_label("Siapa yang ditunjuk").fill("kasubag_evapor")
    empty.get_by_role("button", name="Tunjuk", exact=True).click()
    empty.get_by_text("Penunjukan sudah dicatat").wait_for()
    empty.goto("/pengelolaan/peran")
    expect(seat).to_contain_text("Plt. ")
    expect(seat.get_by_text("Kosong", exact=True)).to_have_count(0)
    check(empty)


def test_offices_are_not_for_everybody(visit: Visit) -> None:
    page = visit("pns")
    for path in ("/pengelolaan/peran", "/pengelolaan/plt"):
        answer = page.context.request.get(path)
        assert (answer.status, "Tidak diizinkan" in answer.text()) == (403, True)


def test_a_person_without_a_role_is_told_what_to_do(visit: Visit) -> None:
    admin = visit("admin")
    admin.goto("/pengelolaan/pengguna-baru")
    admin.get_by_label("Nama pengguna").fill("tamu.baru")
    admin.get_by_label("Nama lengkap").fill("Tamu Baru")
    admin.get_by_role("button", name="Simpan").click()
    admin.get_by_role("heading", name="Kata sandi sementara").wait_for()
    first = admin.locator("code").inner_text()
    admin.get_by_role("link", name="Selesai").click()
    admin.locator("main").get_by_text("Belum memegang peran").wait_for()
    check(admin)
    page = visit(size="phone")
    page.goto("/masuk")
    page.get_by_label("Nama pengguna").fill("tamu.baru")
    page.get_by_label("Kata sandi", exact=True).fill(first)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.get_by_text("Kata sandi Anda hanya sementara").wait_for()
    page.get_by_label("Kata sandi sekarang").fill(first)
    page.get_by_label("Kata sandi baru", exact=True).fill("melati-kuning-37")
    page.get_by_label("Ulangi kata sandi baru").fill("melati-kuning-37")
    page.get_by_role("button", name="Ganti", exact=True).click()
    page.locator(".empty-state").wait_for()
    check(page)
    for path in ("/mulai", "/perkara", "/pemberitahuan"):
        page.goto(path)
        page.locator("h1").wait_for()
        check(page)
