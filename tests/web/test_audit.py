"""Jejak audit: found by who, what, when, result and case; a page at a time; for administrators."""

import json
import re
from html import unescape

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
        assert f"perkara {number[1]}" in row
        assert "meminta yang bukan haknya" in row
        assert "atau bukan untuk Anda" in row
        assert str(case) not in row
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


def test_every_detail_is_said_in_words(site: Site) -> None:
    """What the verbs keep, as they keep it; the last ones as earlier versions did."""
    said = {
        ("user.change", '{"name": ["Sari", "Sari Dewi"], "email": [null, "sari@contoh.go.id"], "active": [true, false]}'):
            "nama: “Sari” menjadi “Sari Dewi”; alamat surel: (kosong) menjadi “sari@contoh.go.id”; akun: terbuka menjadi ditutup",
        ("user.role", '{"role": "kepala_seksi@pencatatan-sipil", "from": "2026-01-05", "to": "2026-12-31"}'):
            "Kepala Seksi, Pelayanan Pencatatan Sipil, mulai 5 Jan 2026, sampai 31 Des 2026",
        ("user.acting", '{"acting": "plh", "role": "sekretaris", "acts_for": "sekretaris", "from": "2026-01-05"}'):
            "Plh. Sekretaris, menggantikan ",
        ("user.permission", '{"permission": "cancel", "bidang": "keuangan"}'):
            "Membatalkan dan menghentikan perkara, di bidang Keuangan",
        ("user.token", '{"name": "Skrip", "scopes": ["complete", "start"], "until": "2027-01-01"}'):
            "“Skrip”, izin: Menyelesaikan tugas, Memulai prosedur apa pun, sampai 1 Jan 2027",
        ("user.token.end", '{"name": "Skrip"}'): "“Skrip”",
        ("user.add", '"https://sso.contoh.go.id"'): "dikenal lewat SSO https://sso.contoh.go.id",
        ("login", '{"address": "10.0.0.7", "openid": "iss of the answer"}'): "dari 10.0.0.7, lewat SSO",
        ("client.token", '{"address": "10.0.0.7"}'): "dari 10.0.0.7",
        ("case.reader", '"kepala_dinas"'): "",
        ("read", '"Kasus"'): "yang dibaca: perkara",
        ("publish.files", '{"deployment": "7", "note": "Nama baru, sesuai edaran"}'): "catatan: Nama baru, sesuai edaran",
        ("mail.retry", "3"): "3 surel",
        ("calendar.move_day", '"2026-12-24 ke 2026-12-28"'): "24 Des 2026 ke 28 Des 2026",
        ("calendar.remove_hours", '"4"'): "nomor 4",
        ("user.change", '["email", "nip"]'): "alamat surel, NIP",
        ("user.role.end", '"12 2026-12-31"'): "",
        ("user.acting", '"plt kepala_dinas 2026-01-05..2026-02-05"'): "Plt. Kepala Dinas, mulai 5 Jan 2026, sampai 5 Feb 2026",
        ("user.permission", '"see_all"'): "Melihat semua perkara",
        ("user.token", '["start"]'): "Memulai prosedur apa pun",
    }  # fmt: skip
    entries = [Entry(NOW, "admin", verb, "person:pns", "done", json.loads(kept)) for verb, kept in said]
    site.office.gate.change(lambda c: identity.record_all(c, entries))
    page = site.client("admin").get(TRAIL).text
    shown = unescape(page)
    for words in said.values():
        assert words in shown
    assert not re.search(r"[{}\[\]]|null|see_all|kepala_dinas|@pencatatan", " ".join(rows(page)))


def test_what_was_published_is_named(site: Site) -> None:
    about = "process:cuti_uji, requirements:saldo_uji, form:isian_uji, form:lagi"
    entry = Entry(NOW, "admin", "publish.files", about, "done", {"deployment": "7", "note": None})
    site.office.gate.change(lambda c: identity.record_all(c, [entry]))
    page = unescape(site.client("admin").get(f"{TRAIL}?apa=terbit").text)
    assert "prosedur cuti_uji, tabel saldo_uji, formulir isian_uji dan lain-lain" in page
