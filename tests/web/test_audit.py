"""Jejak audit: found by who, what, when, result and case; a page at a time; for administrators."""

import re

from server import engine, identity
from server.cli import PUBLISHER
from server.engine import trial
from server.identity import Entry
from tests.diagrams import diagram, end, path, start, user
from tests.web.conftest import NOW, Site, post

TRAIL = "/pengelolaan/jejak"
XSS = "<img src=x onerror=alert(1)>"


def rows(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>|\s+", " ", row) for row in re.findall(r"<tr><td>.*?</tr>", page, re.DOTALL)]


def test_the_trail_is_searched_by_who_what_when_result_and_case(site: Site) -> None:
    at = site.office
    drawn = diagram(
        start(), user("periksa", groups="pns"), end(), path("start periksa end"), id="izin", name="Izin"
    )
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, {"izin.bpmn": drawn}, trial.examine))
    case = site.do("admin", engine.start, "izin", {}).key
    assert site.client("staf_umpeg").get(f"/perkara/{case}").status_code == 404
    post(site.client(), "/masuk", {"username": "pns", "password": "salah"}, page="/masuk")
    site.time.advance(days=1)
    admin = site.client("admin")
    post(admin, "/pengelolaan/pengguna/pns/peran", {"jabatan": "sekretaris", "mulai": "2026-12-01"})
    (first, *_) = rows(admin.get(TRAIL).text)
    assert "Administrator Sistem" in first
    assert "memberi peran" in first

    def found(**asked: str) -> list[str]:
        return rows(admin.get(TRAIL, query_string=asked).text)

    assert len(found(siapa="admin")) == len(found(siapa="administrator sistem")) == 2
    assert [
        ("kata sandi salah" in row.lower(), "masuk" in row) for row in found(apa="masuk", hasil="ditolak")
    ] == [(True, True)]
    assert len(found(apa="pengguna")) == 1
    number = re.search(r"<h1>(IZIN-2026-\d+)", admin.get(f"/perkara/{case}").text)
    assert number
    for typed in (number[1].lower(), str(case)):
        (row,) = found(nomor=typed)
        assert "Ditolak" in row
        assert f"/perkara/{case}" in row
    assert len(found(dari="2026-11-28", siapa="admin")) == 2
    assert found(dari="2026-11-29") == []
    assert "memberi peran" not in " ".join(found(sampai="2026-11-27"))
    assert len(found(objek="person:pns")) == 2
    for asked, told in (
        ({"nomor": "CUTI-1"}, "Tidak ada perkara bernomor"),
        ({"dari": "kemarin"}, "bukan tanggal"),
    ):
        answer = admin.get(TRAIL, query_string=asked)
        assert (answer.status_code, told in answer.text) == (400, True)


def test_a_long_trail_is_read_page_by_page_and_shows_no_markup(site: Site) -> None:
    entries = [Entry(NOW, XSS, XSS, f"{XSS}{n}", XSS, {"a": XSS}) for n in range(120)]
    site.office.gate.change(lambda c: identity.record_all(c, entries))
    admin = site.client("admin")
    seen, address, pages = [], f"{TRAIL}?hasil=ditolak&siapa={XSS}", 0
    while address:
        page = admin.get(address).text
        assert "<img src=x" not in page
        seen += rows(page)
        following = re.search(r'href="([^"]*)">Lebih lama', page)
        address, pages = following[1].replace("&amp;", "&") if following else "", pages + 1
    assert (len(seen), len(set(seen)), pages) == (120, 120, 3)
    head = site.client("kepala_dinas")
    assert head.get(TRAIL).status_code == 403
