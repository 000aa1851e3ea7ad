"""Sesi saya: where somebody is logged in, in plain words; one's own sessions alone are shown and ended."""

import re

import pytest
from playwright.sync_api import expect

from server import identity
from server.identity import audit
from server.web.devices import device
from tests.web.chromium import SIZES, Visit, check, in_browser
from tests.web.conftest import Site, post

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (WINDOWS, "Chrome di komputer Windows"),
        (f"{WINDOWS} Edg/130.0", "Edge di komputer Windows"),
        (IPHONE, "Safari di iPhone"),
        (ANDROID, "Samsung Internet di ponsel atau tablet Android"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Firefox di komputer Linux",
        ),
        ("<script>", "Peramban lain"),
        ("", "Peramban lain"),
    ],
)
def test_a_browser_is_told_in_plain_words(agent: str, told: str) -> None:
    assert device(agent) == told


def ids(site: Site, username: str) -> list[int]:
    now = site.office.engine.clock.now()
    return [each.id for each in site.office.gate.ask(lambda c: identity.sessions_of(c, username, now))]


def test_one_ends_ones_own_sessions_and_nobody_elses(site: Site) -> None:
    here, there, elsewhere = (site.client("pns") for _ in range(3))
    stranger = site.client("sekretaris")
    mine = ids(site, "pns")
    page = here.get("/sesi").text
    assert page.count("Sesi ini") == 1
    assert page.count(">Akhiri<") == 2
    assert post(stranger, f"/sesi/{mine[0]}/akhiri").status_code == 404
    assert ids(site, "pns") == mine
    ended = re.search(r"/sesi/(\d+)/akhiri", page)
    assert ended
    assert post(here, ended[0]).status_code == 303
    assert sorted(each.get("/tugas").status_code for each in (there, elsewhere)) == [200, 303]
    assert post(here, ended[0]).status_code == 404, "twice is said, and ends nothing else"
    assert post(here, "/sesi/akhiri-lain").status_code == 303
    assert len(ids(site, "pns")) == 1
    assert here.get("/tugas").status_code == 200
    assert stranger.get("/tugas").status_code == 200
    entries = site.office.gate.ask(lambda c: audit.trail(c, "person:pns"))
    assert [each.verb for each in entries[:2]] == ["session.end_others", "session.end"]
    trail = site.client("admin").get("/pengelolaan/jejak?apa=sesi").text
    assert "mengakhiri sesi" in trail
    assert "1 sesi" in trail
    assert here.post("/sesi/akhiri-lain").status_code == 403, "without the session's own token"


class TestInChromium:
    pytestmark = in_browser

    @pytest.mark.parametrize("size", SIZES)
    def test_another_session_is_ended_by_keyboard_alone(self, visit: Visit, size: str) -> None:
        other, page = visit("petugas_kebersihan"), visit("petugas_kebersihan", size)
        other.goto("/sandi")  # which has no list that would fetch itself anew, and be refused
        page.locator("details.me summary").press("Enter")
        page.get_by_role("link", name="Sesi saya").press("Enter")
        page.get_by_role("heading", name="Sesi saya").wait_for()
        expect(page.locator(".plain-list li").first).to_contain_text("Sesi ini")
        check(page)
        page.once("dialog", lambda question: question.accept())
        page.get_by_role("button", name="Akhiri semua sesi lain").press("Enter")
        page.get_by_text("Semua sesi lain sudah diakhiri").wait_for()
        expect(page.get_by_text("Anda tidak sedang masuk di tempat lain")).to_be_visible()
        check(page)
        other.goto("/tugas")
        expect(other.get_by_label("Nama pengguna")).to_be_visible()
