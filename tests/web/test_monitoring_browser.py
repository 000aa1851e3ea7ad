"""Pantauan as the head of the office uses it: charts with their tables, the heat on a diagram, and on a phone."""

import re

from playwright.sync_api import expect

from tests.web.chromium import Visit, check, in_browser

pytestmark = in_browser


def test_the_head_finds_what_is_late_and_why(visit: Visit) -> None:
    page = visit("kepala_dinas")
    page.get_by_role("link", name="Pantauan").click()
    expect(page.get_by_role("heading", name="Perlu perhatian")).to_be_visible()
    chart = page.get_by_role("img", name=re.compile("Perkara selesai dan bagian"))
    expect(chart).to_be_visible()
    # Drawn, not only its place: Chart.js paints some time after the page has come.
    drawn = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(each => each)"
    page.wait_for_function(f"c => c.width && ({drawn})(c)", arg=chart.element_handle())
    expect(page.get_by_role("region", name="Angka per bulan").get_by_role("row")).to_have_count(4)
    check(page)

    page.get_by_role("navigation", name="Pantauan").get_by_role("link", name="Ketepatan waktu").click()
    table = page.get_by_role("region", name="Ketepatan waktu tiap prosedur")
    expect(table.get_by_role("row").nth(5)).to_be_visible()
    check(page)

    table.get_by_role("link", name=re.compile("Akta Perkawinan")).click()
    page.get_by_label("Yang ditunjukkan diagram").select_option("seluruhnya")
    page.get_by_role("button", name="Tampilkan").nth(1).click()
    expect(page.locator(".legend")).to_contain_text("Sejak datang sampai selesai")
    heat = page.locator(".diagram text.n")
    expect(heat.first).to_contain_text(re.compile("menit|jam|hari"))
    expect(page.locator(".diagram [style*='#e58423'], .diagram [fill='#e58423']")).not_to_have_count(0)
    check(page)

    page.get_by_role("region", name="Perkara yang selesai terlambat").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Riwayat")).to_be_visible()


def test_on_a_phone_nothing_is_wider_than_the_screen(visit: Visit) -> None:
    page = visit("kepala_dinas", "phone")
    for path in ("/pantauan", "/pantauan/beban", "/pantauan/akta_perkawinan?ukuran=menunggu"):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        check(page)
    page.goto("/pantauan/beban")
    page.get_by_role("region", name="Tugas terbuka tiap peran").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tugas terbuka")
    expect(page.get_by_role("listitem").first).to_be_visible()
    check(page)
