"""The pages in real Chromium over a running server: by mouse, by keyboard alone, at the desk and on a phone."""

import re
from base64 import b64encode
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.web.chromium import SIZES, Visit, check, in_browser

LARGEST_PAGE = 150_000
pytestmark = in_browser


def start_leave(page: Page) -> None:
    page.goto("/mulai/pengajuan_cuti")
    page.get_by_role("button", name="Mulai", exact=True).click()
    page.wait_for_url(re.compile(r"/tugas/\d+"))
    page.get_by_text("Jenis cuti").wait_for()


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_for_everybody_and_in_indonesian(visit: Visit, size: str) -> None:
    stranger = visit(size=size)
    stranger.goto("/masuk")
    check(stranger)
    page = visit("pns", size)
    start_leave(page)
    check(page)
    page.get_by_role("button", name="Selesaikan").click()
    page.get_by_text("Jenis cuti: wajib diisi").wait_for()
    check(page)
    for path in ("/tugas", "/mulai?cari=cuti", "/perkara", "/sandi"):
        page.goto(path)
        check(page)
    page.goto("/perkara")
    page.locator(".item h2 a").first.click()
    page.get_by_role("heading", name="Sampai di mana").wait_for()
    check(page)


def test_what_was_typed_outlives_a_lost_connection(visit: Visit) -> None:
    page = visit("pns")
    start_leave(page)
    page.context.route("**/konsep", lambda route: route.abort())
    page.get_by_label("Alasan cuti").fill("Pernikahan adik")
    page.get_by_text("aman di perangkat ini").wait_for()
    page.context.unroute("**/konsep")
    page.reload()
    page.get_by_text("Konsep tersimpan").wait_for()
    expect(page.get_by_label("Alasan cuti")).to_have_value("Pernikahan adik")
    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_text("Jenis cuti").wait_for()
    expect(page.get_by_label("Alasan cuti")).to_have_value("Pernikahan adik")


def test_markup_in_what_somebody_filled_in_is_shown_as_it_was_written(visit: Visit) -> None:
    page = visit("pns")
    start_leave(page)
    first = date(date.today().year + 1, 2, 1)
    filled = {
        "jenis_cuti": "tahunan",
        "alasan": "Pindah <img src=x> ke <b>rumah</b> baru",
        "mulai": first.isoformat(),
        "selesai": (first + timedelta(days=9)).isoformat(),
        "alamat_selama_cuti": "Jalan Melati 5",
        "telepon": "081234567890",
        "tanda_tangan_pemohon": True,
    }
    sent = page.request.post(
        f"/v2/user-tasks/{page.url.rpartition('/')[2]}/completion",
        data={"variables": filled},
        headers={"Authorization": f"Basic {b64encode(b'pns:demo').decode()}"},
    )
    assert sent.status == 204, sent.text()
    page.goto("/perkara")
    page.locator(".item h2 a").first.click()
    page.get_by_role("heading", name="Sampai di mana").wait_for()
    checker = visit("kasubag_umpeg")
    number = page.locator("h1").evaluate("h1 => h1.firstChild.data.trim()")
    checker.goto(f"/tugas?cari={number}")
    checker.locator(".item h2 a").first.click()
    checker.locator(".fjs-form").get_by_text("Pindah <img src=x> ke <b>rumah</b> baru").wait_for()
    check(checker)


def test_the_inbox_is_worked_by_keyboard_alone(visit: Visit) -> None:
    page = visit("pns")
    start_leave(page)
    page.keyboard.press("Tab")
    page.goto("/tugas")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    expect(page.get_by_role("dialog").get_by_role("button")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    page.keyboard.press("j")
    expect(page.locator(".item.is-pointed a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tugas/\d+"))
    page.keyboard.press("g")
    page.wait_for_url(re.compile(r"/tugas$"))
    page.keyboard.press("/")
    expect(page.locator("#cari")).to_be_focused()


def test_a_page_is_small_at_first_view(visit: Visit, server: str) -> None:
    page = visit()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    page.goto("/masuk")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) <= LARGEST_PAGE
