"""A running server and people before real Chromium, for the tests that look at pages as people do.

BROWSER_SLOWNESS=6 makes the browser six times as slow as it is, and every answer late, each by another time and scripts most of all,
to find what a test or a page does not wait for. A test that fails so says the BROWSER_SEED with which the times are the same again.
"""

import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Route, expect

from server.config import ROOT
from server.web.assets import FOLDER
from tests import live
from tests.conftest import CHROMIUM

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PATIENCE = 60_000
"""Milliseconds that a page has for whatever a test waits for: a machine under load is no fault, and waiting costs only where
something is wrong."""
SLOWNESS = float(os.environ.get("BROWSER_SLOWNESS", "1"))
SEED = os.environ.get("BROWSER_SEED") or str(random.randrange(1000))
LATE, LATER = (50, 400), (300, 1500)
"""Milliseconds that answers, and those that are scripts, take longer where the browser is slow."""
SIZES = {"desk": (1280, 900), "phone": (360, 740)}
ENGLISH = frozenset(Path(__file__).with_name("english.txt").read_text().split())
"""Common English words that are neither Indonesian nor in the SOP book."""

in_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine (apt-get install chromium)"),
    pytest.mark.skipif(not FOLDER.exists(), reason="the bundle is not built (make assets)"),
]
"""The marks of such tests: `pytestmark = in_browser`."""
Visit = Callable[..., Page]

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def server_database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the running server's database, for who works beside it."""
    return f"sqlite:///{tmp_path_factory.mktemp('browser')}/office.db"


@pytest.fixture(scope="session")
def server(server_database: str) -> Iterator[str]:
    port = live.free_port()
    environment = {
        **os.environ,
        "PORT": str(port),
        "DATABASE_URL": server_database,
        "WEB_CONCURRENCY": "1",
    }
    with live.running(["server.cli", "serve", "--demo", "--no-worker"], environment) as process:
        live.await_answer(port, process)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Visit]:
    """A page of a person who has logged in; what the console complains of fails the test."""
    complaints: list[str] = []
    pages = []

    def opened(username: str | None = None, size: str = "desk") -> Page:
        page = open_page(browser, server, size)
        pages.append(page)
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
    for page in pages:
        page.context.close()
    assert complaints == []


def open_page(browser: Browser, server: str, size: str = "desk") -> Page:
    """A page of a browser that knows nobody yet."""
    width, height = SIZES[size]
    # axe is put into the page, which the pages' own policy would refuse.
    # A colour that is on its way to another is not the one whose contrast counts.
    context = browser.new_context(
        base_url=server,
        locale="id-ID",
        viewport={"width": width, "height": height},
        bypass_csp=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    if SLOWNESS > 1:
        slow_down(page)
    return page


def slow_down(page: Page) -> None:
    print(f"BROWSER_SLOWNESS={SLOWNESS:g} BROWSER_SEED={SEED}")
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWNESS})
    times = random.Random(SEED)

    def answer_late(route: Route) -> None:
        with suppress(Error):  # the page has been left meanwhile
            page.wait_for_timeout(times.uniform(*LATER if route.request.resource_type == "script" else LATE))
            route.fallback()

    page.context.route("**/*", answer_late)


def is_complaint(told: ConsoleMessage) -> bool:
    """A connection that a test itself has cut is none, nor is an answer that tells what is wrong with an input."""
    return told.type == "error" and re.search(r"net::ERR_FAILED|status of (400|409|422)", told.text) is None


def check(page: Page, allowed: frozenset[str] = frozenset()) -> None:
    """No violation of WCAG, nothing wider than the screen, no English word but those that are `allowed`."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    found: Any = page.evaluate(f"axe.run({{runOnly: {TAGS}}})")
    violations = [
        (each["id"], [node["html"][:150] for node in each["nodes"]]) for each in found["violations"]
    ]
    assert violations == [], f"{page.url}: {violations}"
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    labels = page.eval_on_selector_all(
        "[aria-label], [title]:not(.bjs-powered-by), [placeholder]",  # that sign of bpmn.io stays as it is
        "all => all.map(e => `${e.ariaLabel} ${e.title} ${e.placeholder ?? ''}`)",
    )
    english = sorted(ENGLISH & words(f"{page.inner_text('body')} {' '.join(labels)}") - allowed)
    assert not english, f"{page.url} says {english}"


def words(text: str) -> set[str]:
    """The words of a text in small letters; a token that was drawn by chance, which may hold any of them, is none."""
    runs = re.findall(r"[\w-]+", text.lower())
    return {word for run in runs if not re.search(r"[\d_]", run) for word in run.split("-")}
