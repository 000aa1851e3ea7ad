"""Work by keyboard alone: task after task without losing one's place in the list, and one field that finds everything."""

import re

import pytest
import requests
from playwright.sync_api import expect

from tests.diagrams import diagram, end, path, start, user
from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser


@pytest.fixture
def patrol(server: str) -> str:
    """The server with three rounds to be signed."""
    drawn = diagram(
        start(), user("teken", groups="petugas_legalisir", name="Teken daftar ronda"), end(),
        path("start teken end"), id="ronda", name="Ronda kantor",
    )  # fmt: skip
    session = requests.Session()
    session.auth = ("admin", "demo")
    answer = session.post(
        f"{server}/v2/deployments", files=[("resources", ("ronda.bpmn", drawn))], timeout=60
    )
    assert answer.status_code == 200, answer.text
    for _ in range(3):
        body = {"processDefinitionId": "ronda", "variables": {}}
        begun = session.post(f"{server}/v2/process-instances", json=body, timeout=60)
        assert begun.status_code == 200, begun.text
    return server


def test_one_task_after_the_other_is_done_where_one_was(patrol: str, visit: Visit) -> None:
    page = visit("petugas_legalisir")
    page.goto("/tugas?cari=ronda&urut=nomor")
    expect(page.locator("#list .item")).to_have_count(3)
    page.keyboard.press("j")
    for left in (2, 1):
        pointed = page.locator(".item.is-pointed a")
        expect(pointed).to_be_focused()
        pointed.press("Enter")
        page.wait_for_url(re.compile(r"/tugas/\d+"))
        expect(page.locator("[data-send]")).to_be_enabled()
        expect(page.locator(".crumb a").first).to_have_attribute("href", re.compile("cari=ronda"))
        page.locator("[data-send]").press("Control+Enter")
        expect(page.get_by_text("Tugas selesai.")).to_be_visible()
        expect(page).to_have_url(re.compile("cari=ronda&urut=nomor"))
        expect(page.locator("#list .item")).to_have_count(left)


@pytest.mark.parametrize("size", SIZES)
def test_one_field_finds_everything(server: str, visit: Visit, size: str) -> None:
    page = visit("kasubag_umpeg", size)
    page.locator("[data-seek]").press("Control+k")
    field = page.get_by_role("searchbox", name="Kata, nomor atau nama")
    expect(field).to_be_focused()
    field.fill("buku penjagaan")
    found = page.locator("#seek-found a")
    expect(found.first).to_contain_text("Buku penjagaan")
    field.press("ArrowDown")
    expect(found.first).to_be_focused()
    check(page)
    found.first.press("ArrowUp")
    expect(field).to_be_focused()
    field.press("Enter")
    page.wait_for_url("**/kepegawaian/penjagaan*")
    for other in ("/cari?cari=cuti", "/bantuan"):
        page.goto(other)
        expect(page.locator("h1")).to_have_count(1)
        check(page)
