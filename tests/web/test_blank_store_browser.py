"""The store of blank cards in real Chromium: whole at the desk and on a phone, and goods taken in by keyboard."""

from playwright.sync_api import expect

from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
PAGES = ("/blangko/kecamatan?nama=Candipuro", "/blangko/pembagian", "/blangko")


def test_the_pages_are_whole_and_goods_come_in_by_keyboard(visit: Visit) -> None:
    keeper = visit("dinas")
    for path in PAGES:
        keeper.goto(path)
        for width, height in SIZES.values():
            keeper.set_viewport_size({"width": width, "height": height})
            expect(keeper.locator("h1")).to_have_count(1)
            check(keeper)
    keeper.get_by_label("Jumlah yang diterima").fill("500")
    source = keeper.get_by_label("Dari mana, dengan surat apa")
    source.fill("Ditjen Dukcapil, BAST 470/1300")
    source.press("Enter")
    expect(keeper.get_by_text("Barang yang diterima sudah dicatat")).to_be_visible()
    expect(keeper.get_by_text("BAST 470/1300")).to_be_visible()
    keeper.goto("/blangko/pembagian")
    keeper.get_by_text("Mengapa sekian").click()
    expect(keeper.get_by_text("Target 617")).to_be_visible()
    keeper.get_by_role("button", name="Tetapkan bagi Kunir").click()
    expect(keeper.get_by_role("heading", name="Tetapkan jumlah blangko dan perlengkapan")).to_be_visible()
