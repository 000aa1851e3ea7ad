"""Masuk lewat penyedia: the whole way through a real OpenID Connect provider, in real Chromium."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

from server import identity
from server.config import ROOT
from server.db import open_engine, read
from tests import live
from tests.web.chromium import check, in_browser, open_page

pytestmark = [
    *in_browser,
    pytest.mark.skipif(not (ROOT / "node_modules" / "oidc-provider").exists(), reason="no node_modules"),
]
NODE = shutil.which("node") or str(ROOT / ".venv" / "bin" / "node")


class Site:
    """The office's server and its provider; `database` is the office's."""

    def __init__(self, office: str, provider: str, database: str, process: live.Process) -> None:
        self.office, self.provider, self.database, self.process = office, provider, database, process

    def logins(self) -> list[tuple[str | None, str | None, str]]:
        engine = open_engine(self.database)
        with read(engine) as connection:
            found = identity.look_up(connection, identity.Wanted(verb="login"))
        engine.dispose()
        return [(each.entry.actor, each.entry.object, each.entry.outcome) for each in found]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("openid")
    port, other = live.free_port(), live.free_port()
    office, provider = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{other}"
    database = f"sqlite:///{folder}/office.db"
    environment = {
        **live.os.environ,
        "PORT": str(port),
        "DATABASE_URL": database,
        "WEB_CONCURRENCY": "1",
        "OIDC_ISSUER": provider,
        "OIDC_CLIENT_ID": "tatalaksana",
        "OIDC_CLIENT_SECRET": "rahasia antara dua server",
        "OIDC_NAME": "SSO Pemda",
    }
    script = [str(Path(__file__).with_name("provider.mjs")), str(other)]
    back = [f"{office}/masuk/openid/kembali", f"{office}/masuk?kabar=keluar"]
    with (
        live.running(["server.cli", "serve", "--demo", "--no-worker"], environment) as process,
        provider_of([*script, *back]) as sso,
    ):
        live.await_answer(port, process)
        live.await_port(other, sso)
        yield Site(office, provider, database, sso)


@contextmanager
def provider_of(script: list[str]) -> Iterator[live.Process]:
    """Its process is killed with what it has started: Node may come as a program that starts the real one."""
    process = live.Process(script, live.os.environ, [NODE, "--no-warnings"])
    try:
        yield process
    finally:
        if process.alive():
            process.kill()


def enter(page: Page, username: str) -> None:
    """From our login page to the provider's, and through it."""
    page.get_by_role("link", name="Masuk lewat SSO Pemda").click()
    page.locator("[name=login]").fill(username)
    page.locator("[name=password]").fill("apa saja")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_a_known_person_enters_through_the_provider_and_leaves_both(site: Site, browser: Browser) -> None:
    page = open_page(browser, site.office, "phone")
    page.goto("/perkara")
    page.wait_for_url("**/masuk?lanjut=**")
    check(page)
    enter(page, "kasubag_umpeg")
    page.wait_for_url(re.compile(f"{site.office}/perkara$"))
    assert site.logins()[0] == ("kasubag_umpeg", "person:kasubag_umpeg", "done")
    (session,) = [each for each in page.context.cookies(site.office) if each["name"] == "sesi"]
    assert session["httpOnly"]
    assert not [each for each in page.context.cookies(site.office) if each["name"] == "pintu"]
    page.locator(".me summary").click()
    page.get_by_role("button", name="Keluar").click()
    page.get_by_text("Anda sudah keluar").wait_for()
    check(page)
    page.get_by_role("link", name="Keluar juga dari SSO Pemda").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    page.wait_for_url(f"{site.office}/masuk**")
    page.get_by_role("link", name="Masuk lewat SSO Pemda").click()
    page.locator("[name=login]").wait_for()
    page.context.close()


def test_who_is_unknown_here_is_told_what_to_ask_for(site: Site, browser: Browser) -> None:
    page = open_page(browser, site.office)
    page.goto("/masuk")
    enter(page, "orang.lain")
    page.get_by_text("SSO Pemda mengenal Anda dengan nama pengguna “orang.lain”").wait_for()
    check(page)
    assert site.logins()[0] == (None, "person:?", "Stranger")
    page.goto("/tugas")
    page.wait_for_url("**/masuk?lanjut=**")
    page.context.close()


def test_an_answer_that_no_login_of_this_browser_asked_for_opens_nothing(site: Site) -> None:
    back = f"{site.office}/masuk/openid/kembali"
    client = requests.Session()
    logins = len(site.logins())
    for asked in ({}, {"code": "x"}, {"code": "x", "state": "y"}, {"error": "access_denied"}):
        answer = client.get(back, params=asked)
        assert answer.status_code == 403
        assert "Mulai lagi dari halaman ini" in answer.text
    assert len(site.logins()) == logins, "anybody's page could make a browser send that"
    left = client.get(
        f"{site.office}/masuk/openid", params={"lanjut": "https://jahat.example"}, allow_redirects=False
    )
    assert (left.status_code, left.headers["Location"].startswith(f"{site.provider}/auth?")) == (303, True)
    for needed in ("code_challenge_method=S256", "response_type=code", "state=", "nonce=", "code_challenge="):
        assert needed in left.headers["Location"]
    assert "HttpOnly" in left.headers["Set-Cookie"]
    assert "SameSite=Lax" in left.headers["Set-Cookie"]
    state = re.search(r"[?&]state=([^&]+)", left.headers["Location"])
    assert state
    answer = client.get(back, params={"state": state[1], "error": "access_denied"})
    assert "dibatalkan" in answer.text
    answer = client.get(back, params={"state": state[1], "code": "karangan"})
    assert (answer.status_code, "terputus" in answer.text) == (403, True)
    assert site.logins()[0][2] == "NotFinished"


def test_a_provider_that_is_down_is_told_and_passwords_go_on(site: Site) -> None:
    assert requests.get(f"{site.office}/masuk/openid", allow_redirects=False).status_code == 303
    site.process.kill()
    restarted = requests.get(f"{site.office}/masuk")
    assert "Masuk lewat SSO Pemda" in restarted.text
    state = requests.Session()
    left = state.get(f"{site.office}/masuk/openid", allow_redirects=False)
    known = re.search(r"[?&]state=([^&]+)", left.headers["Location"])
    assert known
    answer = state.get(f"{site.office}/masuk/openid/kembali", params={"state": known[1], "code": "x"})
    assert (answer.status_code, "SSO Pemda tidak menjawab" in answer.text) == (503, True)
