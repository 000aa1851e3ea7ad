"""What looks wrong and would be taken is told first, and taken when it is sent again."""

import json

import pytest
import requests
from playwright.sync_api import expect

from server import engine as verbs
from server.cli import PUBLISHER
from server.engine import trial
from tests.diagrams import diagram, end, path, start, user
from tests.web.chromium import Visit, in_browser
from tests.web.conftest import Site, open_task, send
from tests.web.test_desk import open_newest

NIK = "3508016412900001"
"""A woman's, born on 24 December 1990."""
FORM = {
    "type": "default", "id": "warga", "schemaVersion": 19,
    "components": [
        {"type": "textfield", "key": "nik", "label": "NIK", "id": "nik", "properties": {"nomor": "nik", "kelamin": "jenis_kelamin"}},
        {"type": "radio", "key": "jenis_kelamin", "label": "Jenis kelamin", "id": "jk",
         "values": [{"label": "Laki-laki", "value": "L"}, {"label": "Perempuan", "value": "P"}]},
    ],
}  # fmt: skip
FILES = {
    "warga.bpmn": diagram(
        start(),
        user("isi", groups="pns", form="warga"),
        end(),
        path("start isi end"),
        id="warga",
        name="Data warga",
    ),
    "warga.form": json.dumps(FORM).encode(),
}


@pytest.fixture
def task(site: Site) -> int:
    at = site.office
    at.gate.do(lambda c: verbs.deploy(at.engine, c, PUBLISHER, FILES, trial.examine))
    site.do("admin", verbs.start, "warga", {})
    return open_task(site, "pns")


def test_a_doubtful_answer_is_told_and_taken_when_it_is_sent_again(site: Site, task: int) -> None:
    pns, doubtful = site.client("pns"), {"nik": NIK, "jenis_kelamin": "L"}
    told = send(pns, f"/tugas/{task}/selesai", doubtful).json
    assert told == {"doubts": [{"where": "nik", "message": "“NIK” milik perempuan."}]}
    assert open_task(site, "pns") == task
    assert "next" in send(pns, f"/tugas/{task}/selesai?yakin", doubtful).json


def test_what_is_refused_is_not_taken_however_sure_somebody_is(site: Site, task: int) -> None:
    answer = send(site.client("pns"), f"/tugas/{task}/selesai?yakin", {"nik": "12", "jenis_kelamin": "L"})
    assert answer.status_code == 400
    assert answer.json["problems"][0]["where"] == "nik"


@in_browser[1]
@in_browser[2]
@in_browser[0]
def test_the_second_click_sends_it_unless_something_has_changed(server: str, visit: Visit) -> None:
    sent = [("resources", each) for each in FILES.items()]
    assert requests.post(f"{server}/v2/deployments", files=sent, auth=("admin", "demo"), timeout=60).ok
    body = {"processDefinitionId": "warga", "variables": {}}
    assert requests.post(f"{server}/v2/process-instances", json=body, auth=("admin", "demo"), timeout=60).ok
    page = visit("pns")
    open_newest(page)
    page.get_by_label("NIK").fill(NIK)
    page.get_by_label("Laki-laki").check()
    button, told = page.locator("[data-send]"), page.locator("#form-problems")
    button.click()
    expect(told).to_contain_text("Pastikan isian berikut")
    expect(told).to_contain_text("“NIK” milik perempuan.")
    page.get_by_label("NIK").fill(NIK.replace("6412", "6411"))
    button.click()
    expect(told).to_contain_text("Pastikan isian berikut")
    button.click()
    expect(page.get_by_role("status").filter(has_text="Tugas selesai")).to_be_visible()
