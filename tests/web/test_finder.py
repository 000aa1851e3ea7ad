"""Cari: one field for everything that is open to somebody, and nothing else; and the guide."""

import pytest

from tests.web.conftest import FORM, XSS, Site, begin, send


def test_everything_that_fits_stands_side_by_side(leave: Site) -> None:
    send(leave.client("pns"), f"/tugas/{begin(leave)}/selesai", FORM)
    found = leave.client("kasubag_umpeg").get("/cari?cari=CUTI").text
    for kind in ("Halaman", "Prosedur", "Tugas Anda", "Perkara"):
        assert f'aria-label="{kind}"' in found, kind
    for title in ("Teliti sisa cuti tahunan", "CUTI-2026-0001", "Prosedur Pengajuan Cuti", "Cuti saya"):
        assert title in found, title


@pytest.mark.parametrize(
    ("username", "words", "found"),
    [
        ("pns", "0001", True),
        ("kasubag_umpeg", "kartika handay", True),
        ("staf_umpeg", "0001", False),
        ("petugas_legalisir", "kartika", False),
        ("pns", "jejak audit", False),
        ("admin", "jejak audit", True),
        ("pns", "persediaan blangko", False),
    ],
)
def test_nobody_finds_what_is_not_open_to_them(leave: Site, username: str, words: str, found: bool) -> None:
    begin(leave)
    page = leave.client(username).get("/cari", query_string={"cari": words}).text
    assert ("Tidak ada yang cocok" not in page) is found


@pytest.mark.parametrize("words", [XSS, "%", "_", "*", "?", "\\", "\0", "a" * 5000])
def test_whatever_is_typed_is_only_looked_for(leave: Site, words: str) -> None:
    begin(leave)
    answer = leave.client("admin").get("/cari", query_string={"cari": words})
    assert answer.status_code == 200
    assert XSS not in answer.text
    assert "CUTI-2026-0001" not in answer.text


def test_the_dialog_gets_what_was_found_alone(leave: Site) -> None:
    answer = leave.client("pns").get("/cari?cari=cuti", headers={"HX-Request": "true"}).text
    assert "<h1>" not in answer
    assert "Prosedur Pengajuan Cuti" in answer


def test_the_guide_tells_of_the_pages_that_one_has(site: Site) -> None:
    own, owner = site.client("pns").get("/bantuan").text, site.client("admin").get("/bantuan").text
    assert "mengerjakan tugas" in own
    assert "menyiapkan kantor baru" not in own
    assert "menyiapkan kantor baru" in owner
    assert "Jejak" not in own.split("Halaman-halaman Anda")[1]
