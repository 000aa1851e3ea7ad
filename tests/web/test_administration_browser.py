"""Pengelolaan in real Chromium: every page at the desk and on a phone, and a person's way through it by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.chromium import SIZES, Visit, check, in_browser

pytestmark = in_browser
PAGES = (
    "/pengelolaan",
    "/pengelolaan/pengguna",
    "/pengelolaan/pengguna?cari=entah",
    "/pengelolaan/pengguna-baru",
    "/pengelolaan/pengguna/kepala_seksi_piak",
    "/pengelolaan/peran",
    "/pengelolaan/plt",
    "/pengelolaan/kalender/2027",
    "/pengelolaan/kalender/jam-baru?contoh=ramadan",
    "/pengelolaan/gangguan",
    "/pengelolaan/jejak",
    "/pengelolaan/sistem",
    "/pengelolaan/program",
    "/program",
)


def by_keyboard(page: Page, name: str, role: str = "button") -> None:
    """Goes to a control with the tabulator and presses it."""
    wanted = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return page.keyboard.press("Enter")
    raise AssertionError(f"the tabulator does not come to {name}")


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_for_everybody_and_in_indonesian(visit: Visit, size: str) -> None:
    page = visit("admin", size)
    for path in PAGES:
        page.goto(path)
        expect(page.locator("h1")).to_have_count(1)
        for fold in page.locator("details.fold").all()[:2]:
            fold.evaluate("each => { each.open = true; }")
        check(page)
    page.goto("/pengelolaan/kalender/2027")
    form = page.locator("section", has=page.get_by_role("heading", name="Tambah hari libur"))
    form.get_by_label("Tanggal").fill("2027-08-16")
    form.get_by_label("Nama").fill("Hari jadi kabupaten")
    form.get_by_role("button", name="Tinjau").click()
    page.get_by_role("heading", name="Tinjau perubahan").wait_for()
    check(page)


@pytest.mark.parametrize("width", [1280, 800])
def test_however_many_doors_there_are_they_leave_room_for_the_name_of_the_office(
    visit: Visit, width: int
) -> None:
    page = visit("admin")
    page.set_viewport_size({"width": width, "height": 700})
    name, doors, me = (page.locator(where).bounding_box() for where in (".brand", ".doors", ".me"))
    assert name
    assert doors
    assert me
    assert name["x"] >= 0
    assert me["x"] + me["width"] <= width
    assert max(name["y"] + name["height"], me["y"] + me["height"]) <= doors["y"] + 1


def test_the_wrong_person_sees_no_door_and_a_page_that_says_so(visit: Visit) -> None:
    page = visit("pns")
    expect(page.get_by_role("link", name="Pengelolaan")).to_have_count(0)
    for path in ("/pengelolaan", "/pengelolaan/pengguna/admin", "/program/admin"):
        answer = page.context.request.get(path)
        assert answer.status == 403
        assert "Tidak diizinkan" in answer.text()
    page.goto("/program")
    check(page)


def test_somebody_is_added_and_given_a_role_by_keyboard_alone(visit: Visit) -> None:
    page = visit("admin")
    by_keyboard(page, "Pengelolaan", "link")
    page.wait_for_url("**/pengelolaan")
    by_keyboard(page, "Pengguna", "link")
    page.wait_for_url("**/pengguna")
    by_keyboard(page, "Pengguna baru", "link")
    expect(page.get_by_label("Nama pengguna", exact=True)).to_be_focused()
    page.keyboard.type("rina.wati")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Nama lengkap")).to_be_focused()
    page.keyboard.type("Rina Wati")
    by_keyboard(page, "Simpan")
    page.get_by_role("heading", name="Kata sandi sementara").wait_for()
    check(page)
    password = page.locator("code").inner_text()
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", password)
    by_keyboard(page, "Selesai", "link")
    page.get_by_role("heading", name="Rina Wati").wait_for()
    post = page.get_by_label("Peran atau jabatan")
    names = post.locator("option").all_inner_texts()
    # Letters would do it too, where each comes within a second of the one before.
    for _ in range(names.index("Staf Umum dan Kepegawaian")):
        post.press("ArrowDown")
    expect(post.locator("option:checked")).to_have_text("Staf Umum dan Kepegawaian")
    by_keyboard(page, "Beri peran")
    page.get_by_text("Peran sudah diberikan").wait_for()
    expect(page.get_by_text("Staf Umum dan Kepegawaian").first).to_be_visible()
    check(page)
    stranger = visit()
    stranger.goto("/masuk")
    stranger.get_by_label("Nama pengguna").fill("rina.wati")
    stranger.get_by_label("Kata sandi", exact=True).fill(password)
    stranger.get_by_role("button", name="Masuk", exact=True).click()
    stranger.get_by_text("Kata sandi Anda hanya sementara").wait_for()
    check(stranger)


def test_a_token_is_made_and_revoked_on_a_phone(visit: Visit) -> None:
    page = visit("kasubag_umpeg", "phone")
    page.goto("/program")
    page.get_by_label("Nama", exact=True).fill("Skrip laporan")
    page.get_by_label("Menyelesaikan tugas").check()
    # a second click while the first is on its way sends nothing
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    page.route("**/program/*", lambda route: (page.wait_for_timeout(600), route.continue_()))
    twice = "button => { button.click(); setTimeout(() => button.click(), 200); }"
    page.get_by_role("button", name="Buat", exact=True).evaluate(twice)
    page.get_by_text("tidak dapat dilihat lagi").wait_for()
    assert len(sent) == 1
    check(page)
    page.get_by_role("link", name="Selesai").click()
    page.once("dialog", lambda question: question.accept())
    page.get_by_role("button", name="Cabut Skrip laporan").click()
    page.get_by_text("Sudah dicabut").wait_for()
    check(page)
