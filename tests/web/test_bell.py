"""The bell, its page and one's wishes in real Chromium: at the desk and on a phone, by mouse and by keyboard alone."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
import requests
from playwright.sync_api import expect

from server import worker
from server.app import build
from server.config import Config
from tests.diagrams import diagram, end, path, start, user
from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
XSS = "<img src=x onerror=alert(1)>"


@pytest.fixture
def tell(server: str, server_database: str) -> Callable[[], None]:
    """Starts a case whose task waits for the archivist, and lets a worker tell of it."""
    drawn = diagram(
        start(), user("simpan", groups="staf_umpeg", name=f"Arsipkan {XSS}"), end(), path("start simpan end"),
        id="arsip", name=f"Arsip {XSS}",
    )  # fmt: skip
    sent = [("resources", ("arsip.bpmn", drawn))]
    answer = requests.post(f"{server}/v2/deployments", files=sent, auth=("admin", "demo"), timeout=60)
    assert answer.status_code == 200, answer.text
    house = build(replace(Config(), database_url=server_database))

    def tell() -> None:
        body = {"processDefinitionId": "arsip", "variables": {}}
        begun = requests.post(f"{server}/v2/process-instances", json=body, auth=("admin", "demo"), timeout=60)
        assert begun.status_code == 200, begun.text
        while worker.work_once(house.gate, house.engine):
            pass

    return tell


@pytest.mark.parametrize("size", SIZES)
def test_what_one_is_told_is_for_everybody(visit: Visit, tell: Callable[[], None], size: str) -> None:
    tell()
    page = visit("staf_umpeg", size)
    expect(page.locator(".bell")).to_contain_text("belum dibaca")
    page.locator(".bell").click()
    page.get_by_role("heading", name="Pemberitahuan", exact=True).wait_for()
    expect(page.get_by_role("link", name=f"Tugas baru: Arsipkan {XSS}").first).to_be_visible()
    check(page)
    page.get_by_role("link", name="Pilihan").click()
    page.get_by_role("heading", name="Pilihan pemberitahuan").wait_for()
    check(page)
    page.get_by_label("Lewat tenggat: lewat surel").uncheck()
    page.get_by_label("Satu per satu, begitu terjadi").check()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Pilihan Anda sudah disimpan").wait_for()
    expect(page.get_by_label("Lewat tenggat: lewat surel")).not_to_be_checked()
    page.goto("/pemberitahuan")
    page.get_by_role("button", name="Tandai semua sudah dibaca").click()
    page.get_by_text("Semua pemberitahuan sudah ditandai dibaca").wait_for()
    expect(page.locator(".bell")).to_have_text("Pemberitahuan")
    stranger = visit("pns", size)
    stranger.goto("/pemberitahuan")
    check(stranger)
    admin = visit("admin", size)
    admin.goto("/pengelolaan/surel")
    check(admin)


def test_the_bell_rings_by_itself_and_leads_to_the_task_by_keyboard_alone(
    visit: Visit, tell: Callable[[], None]
) -> None:
    page = visit("staf_umpeg")
    page.clock.install()
    page.goto("/mulai")
    before = page.locator(".bell").text_content() or ""
    tell()
    page.clock.run_for(31_000)
    expect(page.locator(".bell")).not_to_have_text(before)
    page.locator(".bell").press("Enter")
    page.wait_for_url(re.compile("/pemberitahuan$"))
    page.keyboard.press("j")
    expect(page.locator(".item.is-pointed a").first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tugas/\d+$"))
    page.goto("/pemberitahuan")
    page.locator(".day").filter(has_text="Sudah dibaca").first.wait_for()
