"""Gangguan in real Chromium: a job that fails in a worker, its data mended on the page, and the step tried again."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import requests
from playwright.sync_api import expect
from structlog.testing import capture_logs

from server import engine, worker
from server.app import build
from server.cli import PUBLISHER
from server.config import Config
from server.engine import Call, Handler, Handlers, Outcome, trial
from server.identity import load_actor
from tests.diagrams import diagram, end, path, service, start
from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
XSS = "<img src=x onerror=alert(1)>"
NAME = f"Kirim laporan {XSS}"
Work = Callable[[], None]


@pytest.fixture
def work(server: str, server_database: str) -> Work:
    """A case whose service task fails for want of `alamat`, and a worker beside the server that does what is due."""
    house = build(replace(Config(), database_url=server_database))

    def send(call: Call) -> Outcome:
        if not call.variables.get("alamat"):
            raise RuntimeError(f"alamat {XSS} tidak diketahui")
        return Outcome()

    handlers = Handlers((*house.engine.handlers.values(), Handler("uji.kirim", "Kirim", "after", send)))
    house = replace(house, engine=replace(house.engine, handlers=handlers))
    drawn = diagram(
        start(), service("kirim", "uji.kirim", retries=1, name=NAME), end(), path("start kirim end"),
        id="laporan", name=f"Laporan {XSS}",
    )  # fmt: skip
    house.gate.do(lambda c: engine.deploy(house.engine, c, PUBLISHER, {"l.bpmn": drawn}, trial.examine))

    def work() -> None:
        with capture_logs():
            while worker.work_once(house.gate, house.engine):
                pass

    today = house.engine.clock.today()
    admin = house.gate.ask(lambda c: load_actor(c, "admin", today))
    values = {"jumlah": 3, "catatan": XSS, "lunas": True, "rincian": {"a": [1]}}
    house.gate.do(lambda c: engine.start(house.engine, c, admin, "laporan", values))
    work()
    return work


@pytest.mark.parametrize("size", SIZES)
def test_an_incident_is_found_mended_and_tried_again(visit: Visit, work: Work, size: str) -> None:
    page = visit("admin", size)
    page.goto("/pengelolaan")
    page.get_by_role("link", name="Gangguan").click()
    page.get_by_role("heading", name="Gangguan", exact=True).wait_for()
    expect(page.locator(".items")).to_contain_text("tidak dapat dijalankan")
    check(page)
    page.locator(".item h2 a").first.click()
    page.get_by_role("heading", name="Apa yang terjadi").wait_for()
    expect(page.locator(".facts").first).to_contain_text(NAME)
    expect(page.get_by_label("catatan", exact=True)).to_have_value(XSS)
    check(page)
    address = page.url

    page.get_by_label("jumlah", exact=True).fill("1.000")
    page.get_by_role("button", name="Simpan saja").click()
    expect(page.get_by_role("alert")).to_contain_text("tanpa titik ribuan")
    expect(page.get_by_label("jumlah", exact=True), "nothing typed is lost").to_have_value("1.000")
    check(page)
    page.get_by_label("jumlah", exact=True).fill("4")
    page.get_by_label("Nama", exact=True).press_sequentially("alamat")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Isi", exact=True)).to_be_focused()
    page.keyboard.type("Jalan Melati 5")
    page.get_by_role("button", name="Simpan dan ulangi langkah").press("Enter")
    page.get_by_text("Langkahnya diulangi").wait_for()
    check(page)
    work()
    page.goto(address)
    expect(page.locator(".head .state")).to_have_text("Sudah diulangi")
    expect(page.get_by_text("Jalan Melati 5")).to_be_visible()
    check(page)
    page.get_by_role("link", name="LAPORAN").or_(page.locator(".facts a")).first.click()
    page.get_by_role("heading", name="Sampai di mana").wait_for()
    expect(page.locator(".head")).to_contain_text("Selesai")


def test_incidents_are_not_for_everybody(visit: Visit, server: str, work: Work) -> None:
    page = visit("pns")
    for path_ in ("/pengelolaan/gangguan", "/pengelolaan/gangguan/1"):
        answer = page.context.request.get(path_)
        assert (answer.status, "Tidak diizinkan" in answer.text()) == (403, True)
    asked = requests.post(f"{server}/v2/incidents/search", json={}, auth=("pns", "demo"), timeout=60)
    assert asked.json()["items"] == []
