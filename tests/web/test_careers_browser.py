"""Careers in real Chromium: what is due is found, its procedure started, and shown as running; every page at the desk and on a phone."""

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
PAGES = (
    "/kepegawaian/penjagaan",
    "/kepegawaian/penjagaan?cari=entah",
    "/kepegawaian/pegawai",
    "/kepegawaian/pegawai/pns?catat=kp",
    "/kepegawaian/pegawai-baru",
    "/kepegawaian/duk",
    "/kepegawaian/saya",
)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_for_everybody_and_in_indonesian(visit: Visit, size: str) -> None:
    page = visit("kasubag_umpeg", size)
    for path in PAGES:
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        for fold in page.locator("details.fold").all()[:3]:
            fold.evaluate("each => { each.open = true; }")
        _picture(page, path, size)
        check(page)


def test_what_is_due_is_started_from_the_book_and_shown_as_running(visit: Visit) -> None:
    page = visit("kasubag_umpeg")
    page.goto("/kepegawaian/penjagaan?jenis=kgb&keadaan=siap")
    row = page.locator("li.item", has=page.get_by_role("button", name=re.compile("^Mulai"))).first
    name = row.get_by_role("heading").inner_text()
    row.get_by_role("button", name=re.compile("^Mulai")).click()
    page.get_by_role("heading", level=1, name="Periksa buku penjagaan kenaikan berkala").wait_for()
    page.goto("/kepegawaian/penjagaan?jenis=kgb&keadaan=berjalan")
    running = page.locator("li.item", has=page.get_by_role("heading", name=name, exact=True)).first
    running.get_by_text("Sedang diusulkan").wait_for()
    running.get_by_role("link", name=re.compile("^KGB-")).click()
    page.get_by_text(name).first.wait_for()
    check(page)


def _picture(page: Page, path: str, size: str) -> None:
    """For who wants to look: into the folder that CAREER_PICTURES names."""
    if folder := os.environ.get("CAREER_PICTURES"):
        name = re.sub(r"\W+", "-", path).strip("-")
        page.screenshot(path=f"{folder}/{size}-{name}.png", full_page=True)
