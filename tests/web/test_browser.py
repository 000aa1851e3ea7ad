"""The pages in real Chromium over a running server: by mouse, by keyboard alone, at the desk and on a phone."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from server.config import ROOT
from server.web.assets import FOLDER
from tests import live

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {"desk": (1280, 900), "phone": (360, 740)}
LARGEST_PAGE = 150_000
ENGLISH = frozenset(Path(__file__).with_name("english.txt").read_text().split())
"""Common English words that are no Indonesian ones, too."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
    pytest.mark.skipif(not FOLDER.exists(), reason="the bundle is not built (make assets)"),
]
Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("browser")
    port = live.free_port()
    environment = {
        **live.os.environ,
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder}/office.db",
        "WEB_CONCURRENCY": "1",
    }
    with live.running(["server.cli", "serve", "--demo", "--no-worker"], environment) as process:
        live.await_port(port, process)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Visit]:
    """A page of a person who has logged in; what the console complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def opened(username: str | None = None, size: str = "desk") -> Page:
        width, height = SIZES[size]
        # axe is put into the page, which the pages' own policy would refuse.
        context = browser.new_context(
            base_url=server, locale="id-ID", viewport={"width": width, "height": height}, bypass_csp=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda told: complaints.append(told.text) if is_complaint(told) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if username:
            page.goto("/masuk")
            page.get_by_label("Nama pengguna").fill(username)
            page.get_by_label("Kata sandi", exact=True).fill("demo")
            page.get_by_role("button", name="Masuk", exact=True).click()
            page.wait_for_url(re.compile("/tugas"))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def is_complaint(told: ConsoleMessage) -> bool:
    """A connection that a test itself has cut is none."""
    return told.type == "error" and "net::ERR_FAILED" not in told.text


def check(page: Page) -> None:
    """No violation of WCAG, nothing wider than the screen, no English word."""
    page.evaluate(AXE.read_text())
    found: Any = page.evaluate(f"axe.run({{runOnly: {TAGS}}})")
    assert [
        (each["id"], [node["html"][:150] for node in each["nodes"]]) for each in found["violations"]
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    labels = page.eval_on_selector_all(
        "[aria-label], [title], [placeholder]",
        "all => all.map(e => `${e.ariaLabel} ${e.title} ${e.placeholder ?? ''}`)",
    )
    words = re.findall(r"[a-z]+", f"{page.inner_text('body')} {' '.join(labels)}".lower())
    assert ENGLISH & set(words) == set(), page.url


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
    assert page.get_by_label("Alasan cuti").input_value() == "Pernikahan adik"
    page.evaluate("localStorage.clear()")
    page.reload()
    page.get_by_text("Jenis cuti").wait_for()
    assert page.get_by_label("Alasan cuti").input_value() == "Pernikahan adik"


def test_the_inbox_is_worked_by_keyboard_alone(visit: Visit) -> None:
    page = visit("pns")
    start_leave(page)
    page.keyboard.press("Tab")
    page.goto("/tugas")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tugas/\d+"))
    page.keyboard.press("g")
    page.wait_for_url(re.compile(r"/tugas$"))
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "cari"


def test_a_page_is_small_at_first_view(visit: Visit, server: str) -> None:
    page = visit()
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(int(answer.headers.get("content-length", 0))))
    page.goto("/masuk")
    page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes) <= LARGEST_PAGE
