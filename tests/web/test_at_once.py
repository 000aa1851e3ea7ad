"""Two people at the same tasks in real Chromium: what one has signed, the other does not sign again, and is told who did."""

import re
from dataclasses import replace

import requests
from playwright.sync_api import Page, expect

from server.app import build
from server.config import Config
from server.identity import Holding, hold
from tests.diagrams import diagram, end, path, start, user
from tests.web.chromium import Visit, check, in_browser

pytestmark = in_browser
CASES = 4


def offered(server: str, database: str) -> None:
    """Cases whose one task, a paraf, is offered to two people, neither of whom sees other people's cases."""
    house = build(replace(Config(), database_url=database))
    second = Holding("staf_keuangan", "staf_evapor", None, house.engine.clock.today())
    house.gate.change(lambda c: hold(c, house.engine.roles, second))
    drawn = diagram(
        start(), user("paraf", groups="staf_evapor", name="Paraf nota dinas"), end(),
        path("start paraf end"), id="nota", name="Nota dinas",
    )  # fmt: skip
    admin = ("admin", "demo")
    sent = [("resources", ("nota.bpmn", drawn))]
    deployed = requests.post(f"{server}/v2/deployments", files=sent, auth=admin, timeout=60)
    assert deployed.status_code == 200, deployed.text
    for _ in range(CASES):
        body = {"processDefinitionId": "nota", "variables": {}}
        begun = requests.post(f"{server}/v2/process-instances", json=body, auth=admin, timeout=60)
        assert begun.status_code == 200, begun.text


def tick_all(page: Page) -> None:
    """To the list that asks once more."""
    page.goto("/tugas?urut=terbaru")
    boxes = page.locator(".item", has_text="Paraf nota dinas").locator("input[type=checkbox]")
    expect(boxes).to_have_count(CASES)
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="Setujui atau paraf").click()
    page.get_by_role("heading", name=f"{CASES} tugas akan Anda setujui").wait_for()


def counted(page: Page) -> tuple[int, int]:
    """How many the page says that one has done oneself, and how many somebody else."""
    page.get_by_role("heading", name=re.compile("disetujui atau diparaf|dikerjakan rekan")).wait_for()
    told = page.locator("h1").inner_text()
    mine, theirs = (re.search(rf"(\d+) {words}", told) for words in ("disetujui", "sudah dikerjakan rekan"))
    assert "belum selesai" not in told
    return int(mine[1]) if mine else 0, int(theirs[1]) if theirs else 0


def test_nothing_is_signed_twice_and_the_second_is_told_who_was_first(
    visit: Visit, server: str, server_database: str
) -> None:
    offered(server, server_database)
    first, second = visit("staf_evapor"), visit("staf_keuangan", "phone")
    for page in (first, second):
        tick_all(page)
    for page in (first, second):
        page.evaluate("document.querySelector('main form').requestSubmit()")
    (one, left), (two, over) = counted(first), counted(second)
    assert (one + two, left + over) == (CASES, CASES)
    slower = first if left else second
    expect(slower.locator(".items")).to_contain_text(re.compile("Sudah diselesaikan|Sedang dipegang"))
    for page in (first, second):
        check(page)
    query = {"filter": {"processDefinitionId": "nota"}}
    found = requests.post(f"{server}/v2/user-tasks/search", json=query, auth=("admin", "demo"), timeout=60)
    assert [each["state"] for each in found.json()["items"]] == ["COMPLETED"] * CASES
    for page in (first, second):
        page.goto("/tugas")
        expect(page.get_by_text("Paraf nota dinas")).to_have_count(0)
