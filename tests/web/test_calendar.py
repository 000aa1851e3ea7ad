"""Kalender kerja: a change is told before it is made, and made as it was told."""

import re
from datetime import date
from typing import Any

from flask.testing import FlaskClient

from server import engine, identity
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.search import USER_TASKS, search
from tests.diagrams import diagram, end, path, start, user
from tests.web.conftest import Site, post, token_of

YEAR = "/pengelolaan/kalender/2026"
PREVIEW, APPLY = "/pengelolaan/kalender/tinjau", "/pengelolaan/kalender/terapkan"
XSS = '"><img src=x onerror=alert(1)>'
PILKADA = {
    "ubah": "tambah",
    "tahun": "2026",
    "tanggal": "2026-11-30",
    "nama": "Pilkada",
    "jenis": "libur lokal",
    "dasar": "Keputusan Bupati 1/2026",
}
LOKET = {"ubah": "jam", "hal": "jam", "nama": "Loket", "mulai": "2026-11-01", "jam-senin": "08.00-12.00"}
SLOW = diagram(
    start(), user("periksa", groups="pns", properties={"langkah": "1", "waktu": "P1D"}), end(),
    path("start periksa end"), id="izin", name="Izin",
)  # fmt: skip


def wait_for_a_day(site: Site) -> None:
    """A case with a task that is due on the next working day."""
    at = site.office
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, {"izin.bpmn": SLOW}, trial.examine))
    site.do("admin", engine.start, "izin", {})


def due(site: Site) -> date:
    found: Any = site.ask("admin", search, USER_TASKS).items[0]["due_date"]
    return date.fromisoformat(str(found)[:10])


def apply(admin: FlaskClient, preview: str) -> Any:
    """Sends on what the preview keeps."""
    kept = dict(re.findall(r'<input type="hidden" name="([a-z-]+)" value="([^"]*)">', preview))
    return post(admin, APPLY, kept)


def test_a_change_is_told_with_what_it_moves_and_then_made(site: Site) -> None:
    wait_for_a_day(site)
    admin = site.client("admin")
    assert due(site) == date(2026, 11, 30)
    told = post(admin, PREVIEW, PILKADA)
    assert "Senin, 30 November 2026 menjadi hari libur: Pilkada" in told.text
    assert "<b>1 tenggat tugas</b> yang masih terbuka berubah; 1 mundur" in told.text
    assert due(site) == date(2026, 11, 30), "a preview changes nothing"
    assert "Pilkada" not in admin.get(YEAR).text
    done = apply(admin, told.text)
    assert done.headers["Location"] == f"{YEAR}?kabar=kalender&pindah=1"
    assert due(site) == date(2026, 12, 1)
    page = admin.get(done.headers["Location"]).text
    assert "1 tenggat tugas ikut pindah" in page
    assert 'free-lokal" title="Pilkada">30<' in page
    moved = {**PILKADA, "ubah": "ganti", "semula": "2026-11-30", "tanggal": "2026-12-01", "perkiraan": "1"}
    told = post(admin, PREVIEW, moved)
    assert "pindah dari Senin, 30 November 2026 ke Selasa, 1 Desember 2026" in told.text
    assert "1 maju" in told.text
    apply(admin, told.text)
    assert due(site) == date(2026, 11, 30)
    assert "is-tentative" in admin.get(YEAR).text.split('class="legend"')[0]
    again = post(admin, PREVIEW, {**PILKADA, "tanggal": "2026-12-01"})
    assert "sudah tercatat libur: Pilkada (perkiraan)" in again.text
    told = post(admin, PREVIEW, {"ubah": "hapus", "semula": "2026-12-01", "tahun": "2026"})
    assert "Tidak ada tenggat tugas yang berubah" in told.text
    apply(admin, told.text)
    assert "Pilkada" not in admin.get(YEAR).text
    kept = site.office.gate.ask(lambda c: identity.trail(c, "calendar"))
    assert [each.verb for each in kept] == ["calendar.remove_day", "calendar.move_day", "calendar.put_day"]


def test_estimates_are_marked_until_a_decree_settles_the_year(site: Site) -> None:
    admin = site.client("admin")
    assert "Masih dapat berubah" in admin.get("/pengelolaan/kalender/2027").text
    told = post(admin, PREVIEW, {"ubah": "pastikan", "tahun": "2027", "dasar": "SKB 2027"})
    assert apply(admin, told.text).status_code == 303
    page = admin.get("/pengelolaan/kalender/2027").text
    assert "Masih dapat berubah" not in page
    assert "SKB 2027" in page


def test_hours_of_the_office_of_ramadan_and_of_a_unit_are_set_and_taken_back(site: Site) -> None:
    wait_for_a_day(site)
    admin = site.client("admin")
    sample = admin.get("/pengelolaan/kalender/jam-baru?contoh=ramadan").text
    assert 'name="jam-jumat" value="08:00-11:30, 12:30-15:30"' in sample
    told = post(
        admin, PREVIEW, {**LOKET, "nama": "Libur Senin", "jam-senin": "", "jam-selasa": "08.00-12.00"}
    )
    assert "di seluruh kantor" in told.text
    assert "1 mundur" in told.text
    told = post(admin, PREVIEW, {**LOKET, "bidang": "piak"})
    assert "Tidak ada tenggat tugas yang berubah" in told.text, "the task is of another unit"
    apply(admin, told.text)
    page = admin.get(YEAR).text
    assert "Senin 08:00-12:00" in page
    key = re.search(r'name="jam" value="(\d+)"', page)
    assert key
    told = post(admin, PREVIEW, {"ubah": "hapus-jam", "jam": key[1], "tahun": "2026"})
    assert "Jam kerja “Loket” di bidang" in told.text
    apply(admin, told.text)
    assert "Loket" not in admin.get(YEAR).text


def test_what_cannot_be_is_told_and_nothing_typed_is_lost(site: Site) -> None:
    admin = site.client("admin")
    for form, told in (
        ({**PILKADA, "nama": " "}, "Isi nama hari libur"),
        ({**PILKADA, "jenis": "libur"}, "tidak dikenal"),
        ({**PILKADA, "tanggal": "besok"}, "bukan tanggal"),
        ({"ubah": "terbang", "tahun": "2026"}, "Pilih dahulu"),
        ({**LOKET, "jam-senin": "pagi"}, "bukan jam kerja"),
        ({**LOKET, "jam-senin": "12.00-08.00"}, "Senin: jamnya harus maju"),
        ({**LOKET, "sampai": "2026-10-01"}, "mendahului"),
        ({**LOKET, "bidang": "entah"}, "Bidang itu tidak ada"),
        ({"ubah": "pastikan", "tahun": "2027"}, "Isi dasar"),
    ):
        for address in (PREVIEW, APPLY):
            answer = post(admin, address, form)
            assert (answer.status_code, told in answer.text) == (400, True), (form, answer.text)
        assert "nama" not in form or not form["nama"].strip() or f'value="{form["nama"]}"' in answer.text
    for form in (
        {"ubah": "hapus", "semula": "2026-11-30"},
        {**PILKADA, "ubah": "ganti", "semula": "2026-11-30"},
        {"ubah": "hapus-jam", "jam": "9"},
    ):
        assert post(admin, PREVIEW, form).status_code == 404
    assert admin.get("/pengelolaan/kalender/1999").status_code == 400
    for page in (
        post(admin, PREVIEW, {**PILKADA, "nama": XSS, "dasar": XSS}),
        post(admin, PREVIEW, {**LOKET, "nama": XSS, "mulai": XSS}),
    ):
        assert "<img src=x" not in page.text
    apply(admin, post(admin, PREVIEW, PILKADA).text.replace('value="Pilkada"', f'value="{"<img src=x>"}"'))
    assert "<img src=x>" not in admin.get(YEAR).text


def test_the_calendar_is_changed_by_administrators_alone(site: Site) -> None:
    head = site.client("kepala_dinas")
    for page in ("/pengelolaan/kalender/2026", "/pengelolaan/kalender/jam-baru"):
        assert head.get(page).status_code == 403
    for address in (PREVIEW, APPLY):
        for form in (PILKADA, LOKET):
            assert post(head, address, form).status_code == 403
            stolen = {**form, "_token": token_of(head.get("/sandi").text)}
            assert site.client("admin").post(address, data=stolen).status_code == 403
    assert "Pilkada" not in site.client("admin").get(YEAR).text
