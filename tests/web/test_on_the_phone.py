"""What a head of office with a phone sees first, in real Chromium: the tasks, the days in words, and where a case stands."""

import json
import re

import requests
from playwright.sync_api import expect

from tests.diagrams import diagram, end, lane, lanes, path, start, user
from tests.web.chromium import Visit, check, in_browser

pytestmark = in_browser
STEPS = [f"t{number}" for number in range(1, 9)]
FORM = {
    "type": "default",
    "id": "ajakan",
    "schemaVersion": 19,
    "components": [
        {"type": "textfield", "key": "hari", "label": "Hari", "id": "f1", "disabled": True},
        {"type": "text", "text": "Hadir {{hari}}, nomor 470-12-2026.", "id": "f2"},
    ],
}
LONG = diagram(
    lanes(lane("Bendahara", "bendahara_pengeluaran", f"start {' '.join(STEPS)} end")),
    start(name="Mulai"), *(user(each, name=f"Langkah {each}", form="ajakan" if each == "t7" else None) for each in STEPS), end(name="Selesai"),
    path(f"start {' '.join(STEPS)} end"), id="panjang", name="Prosedur panjang",
)  # fmt: skip


def test_the_phone_shows_what_matters_first(visit: Visit, server: str) -> None:
    as_holder, as_admin = ("bendahara_pengeluaran", "demo"), ("admin", "demo")
    book = [("resources", ("p.bpmn", LONG)), ("resources", ("ajakan.form", json.dumps(FORM)))]
    sent = requests.post(f"{server}/v2/deployments", files=book, auth=as_admin, timeout=60)
    assert sent.status_code == 200, sent.text
    begun = {"processDefinitionId": "panjang", "variables": {"hari": "2026-12-15"}}
    case = requests.post(f"{server}/v2/process-instances", json=begun, auth=as_admin, timeout=60).json()
    query = {"filter": {"processInstanceKey": case["processInstanceKey"], "state": "CREATED"}}
    for _ in STEPS[:6]:
        found = requests.post(f"{server}/v2/user-tasks/search", json=query, auth=as_admin, timeout=60).json()
        task = found["items"][0]["userTaskKey"]
        done = requests.post(
            f"{server}/v2/user-tasks/{task}/completion", json={"variables": {}}, auth=as_holder, timeout=60
        )
        assert done.status_code in (200, 204), done.text

    page = visit("bendahara_pengeluaran", "phone")
    door = page.get_by_role("button", name="Saring dan urutkan")
    expect(door).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_label("Urutkan")).to_be_hidden()
    first = page.locator(".item").first.element_handle()
    # the first task stands on the first screen
    page.wait_for_function("item => item.getBoundingClientRect().top < 400", arg=first)
    door.press("Enter")
    page.get_by_label("Urutkan").select_option(label="Terbaru")
    check(page)
    page.get_by_role("button", name="Tampilkan").click()
    page.wait_for_url(re.compile("urut=terbaru"))
    expect(page.get_by_label("Urutkan")).to_be_visible()

    page.locator(".item h2 a").first.click()
    expect(page.get_by_text("Hadir 15 Desember 2026, nomor 470-12-2026.")).to_be_visible()
    check(page)
    page.goto(f"/perkara/{case['processInstanceKey']}")
    expect(page.locator('.diagram [data-id="t7"]')).to_be_in_viewport()
    page.wait_for_function("document.querySelector('.diagram').scrollLeft > 0")
    check(page)
