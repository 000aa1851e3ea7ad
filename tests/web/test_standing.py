"""Keadaan sistem: the same answers that machines get, in words, for administrators."""

from datetime import timedelta

from sqlalchemy import Connection

from server import db
from server.engine import workers
from server.web import filters
from tests.web.conftest import NOW, Site

PAGE = "/pengelolaan/sistem"


def test_an_administrator_sees_what_is_missing_and_what_waits(site: Site) -> None:
    at, admin = site.office, site.client("admin")
    page = admin.get(PAGE).text
    assert "Basis data belum disiapkan" in page, "the tests' tables were made without a migration"
    assert "Tidak ada pekerja yang terdaftar" in page
    assert "Belum diketahui" in page
    assert "hal perlu diperbaiki" in admin.get("/pengelolaan").text

    def note(connection: Connection) -> None:
        workers.report(at.engine, connection, "mesin:1:ab", NOW, {"job_completed": 1200})
        db.put_setting(connection, db.BACKED_UP, (NOW - timedelta(days=3)).isoformat())

    at.gate.change(note)
    site.time.advance(seconds=30)
    page = admin.get(PAGE, headers={"HX-Request": "true"}).text
    assert page.startswith("<p"), "only the part that refreshes itself"
    assert "terakhir memberi kabar 30 detik lalu" in page
    assert "pekerjaan selesai 1.200" in page
    assert "24 Nov 2026 pukul 09.00 (3 hari lalu)" in page
    assert "SQLite" in page
    site.time.advance(minutes=2)
    assert "Hilang" in admin.get(PAGE).text


def test_it_is_for_nobody_else(site: Site) -> None:
    assert site.client("kepala_dinas").get(PAGE).status_code == 403


def test_spans_and_sizes_are_told_in_their_greatest_unit() -> None:
    spans = [timedelta(seconds=59), timedelta(minutes=61), timedelta(hours=49), timedelta(seconds=-5)]
    assert [filters.elapsed(each) for each in spans] == ["59 detik", "1 jam", "2 hari", "0 detik"]
    assert [filters.room(each) for each in (900, 3_600_000, 71_640_000_000)] == ["1 kB", "3,6 MB", "71,6 GB"]
