"""Pages about employees: files, the reminder book, the seniority list; for the right people, and for the wrong ones."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from server import engine as verbs
from server.cli import PUBLISHER
from server.config import ROOT
from server.engine import trial
from server.personnel import career, reminder_book
from server.personnel.employee_sheet import template
from server.personnel.reminder_book import Due
from tests.web.conftest import Site, post

FILES = [
    *ROOT.glob("dmn/kepegawaian/*.dmn"),
    ROOT / "bpmn/umum-kepegawaian/kenaikan-gaji-berkala.bpmn",
    ROOT / "forms/umum-kepegawaian/usulan-kgb.form",
    ROOT / "forms/umum-kepegawaian/sk-kgb.form",
    ROOT / "forms/bersama/konsep-surat.form",
    ROOT / "forms/bersama/agenda-surat-keluar.form",
]


@pytest.fixture
def careers(site: Site) -> Site:
    """A site with the tables of careers and the procedure of the pay rise."""
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in FILES}
    at = site.office
    at.gate.do(lambda c: verbs.deploy(at.engine, c, PUBLISHER, files, trial.examine))
    return site


def due(site: Site, jenis: str = "kgb") -> Due:
    found = site.ask("kasubag_umpeg", reminder_book.book).due
    return next(each for each in found if each.jenis == jenis and each.is_ready)


def test_the_book_shows_what_is_due_and_starts_it_once(careers: Site) -> None:
    row, kasubag = due(careers), careers.client("kasubag_umpeg")
    page = kasubag.get(f"/kepegawaian/penjagaan?jenis=kgb&cari={row.username}").text
    assert row.nama in page
    assert "Siap diusulkan" in page or "Terlambat diusulkan" in page
    form = {"pegawai": row.username, "jenis": "kgb", "tmt": row.tmt}
    first = post(kasubag, "/kepegawaian/penjagaan", form)
    assert first.status_code == 303
    assert "/tugas/" in first.location
    again = post(kasubag, "/kepegawaian/penjagaan", form)
    assert "kabar=sudah-diusulkan" in again.location
    assert (
        "Sedang diusulkan" in kasubag.get(f"/kepegawaian/penjagaan?keadaan=berjalan&cari={row.username}").text
    )


def test_what_is_not_due_is_refused_in_words(careers: Site) -> None:
    form = {"pegawai": "pns", "jenis": "kgb", "tmt": "2001-01-01"}
    answer = post(careers.client("kasubag_umpeg"), "/kepegawaian/penjagaan", form)
    assert answer.status_code == 409
    assert "tidak ada yang jatuh tempo pada tanggal itu lagi" in answer.text


def test_lists_are_for_who_keeps_the_files_and_for_superiors(careers: Site) -> None:
    every = ("penjagaan", "penjagaan.xlsx", "pegawai", "duk", "duk.pdf", "duk.xlsx")
    readers, others = ("kasubag_umpeg", "staf_umpeg", "kepala_dinas"), ("pns", "kepala_bidang_piak")
    for name in (*readers, *others):
        client, expected = careers.client(name), 200 if name in readers else 403
        assert {path: client.get(f"/kepegawaian/{path}").status_code for path in every} == dict.fromkeys(
            every, expected
        ), name
        keeps = name in readers[:2]
        assert client.get("/kepegawaian/pegawai-baru").status_code == (200 if keeps else 403)


def test_ones_own_file_is_read_and_not_written(careers: Site) -> None:
    pns = careers.client("pns")
    page = pns.get("/kepegawaian/saya").text
    assert "Yang akan datang" in page
    assert "Catat riwayat" not in page
    assert pns.get("/kepegawaian/pegawai/sekretaris").status_code == 404
    form = {"jenis": "pangkat", "tmt": "2026-01-01", "golongan": "IV/e", "mkg_tahun": "1", "mkg_bulan": "0"}
    assert post(pns, "/kepegawaian/pegawai/pns/riwayat", form).status_code == 403


def test_an_sk_is_noted_from_the_row_with_its_facts_filled_in(careers: Site) -> None:
    row, staf = due(careers), careers.client("staf_umpeg")
    page = staf.get(f"/kepegawaian/pegawai/{row.username}?catat=kgb").text
    assert f'id="tmt-baru-kgb" name="tmt" value="{row.tmt}"' in page
    form = {"jenis": "kgb", "tmt": row.tmt, "mkg_tahun": str(row.rincian["mkg_baru"]), "mkg_bulan": "0"}
    assert post(staf, f"/kepegawaian/pegawai/{row.username}/riwayat", form).status_code == 303
    assert row.username not in {
        each.username for each in careers.ask("staf_umpeg", reminder_book.book).due if each.jenis == "kgb"
    }


def test_an_entry_is_added_corrected_and_struck_out_on_the_page(careers: Site) -> None:
    staf, place = careers.client("staf_umpeg"), "/kepegawaian/pegawai/pns"
    form = {"jenis": "ujian", "tmt": "2026-01-05", "ujian": "upkp", "nomor_sk": "<b>7</b>"}
    assert post(staf, f"{place}/riwayat", form).status_code == 303
    page = staf.get(place).text
    assert "<b>7</b>" not in page
    wrong = post(staf, f"{place}/riwayat", form | {"tmt": ""})
    assert wrong.status_code == 400
    assert "Tanggal lulus belum diisi" in wrong.text
    newest = careers.ask("staf_umpeg", career.file_of, "pns").career.newest["ujian"]
    changed = {"tmt": "2026-01-06", "ujian": "ujian_dinas_1", "nomor_sk": ""}
    assert post(staf, f"{place}/riwayat/{newest.key}", changed).status_code == 303
    assert post(staf, f"{place}/riwayat/{newest.key}/coret").status_code == 409
    assert "Ujian Dinas Tingkat I" in staf.get(place).text


def test_a_file_is_opened_for_somebody_who_has_none(careers: Site) -> None:
    staf = careers.client("staf_umpeg")
    assert "Administrator Sistem" in staf.get("/kepegawaian/pegawai-baru").text
    form = {
        "pengguna": "admin",
        "jabatan": "Pranata Komputer",
        "unit": "Sekretariat",
        "mulai_kerja": "2020-01-01",
    }
    assert post(staf, "/kepegawaian/pegawai-baru", form).status_code == 303
    assert post(staf, "/kepegawaian/pegawai-baru", form).status_code == 409


def test_no_cell_of_a_spreadsheet_begins_a_formula(careers: Site) -> None:
    staf = careers.client("staf_umpeg")
    form = {"jabatan": "=1+1", "unit": "@SUM(A1)", "mulai_kerja": "2013-06-01", "tanggal_lahir": "1989-06-18"}
    post(staf, "/kepegawaian/pegawai/pns", form)
    for path in ("/kepegawaian/penjagaan.xlsx", "/kepegawaian/duk.xlsx"):
        sheet: Any = load_workbook(BytesIO(staf.get(path).data)).active
        cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert [cell.value for cell in cells if cell.data_type == "f" or cell.value[0] in "=+-@"] == []
        assert any("Kartika Handayani" in cell.value for cell in cells)


def test_the_seniority_list_is_printed_on_f4_across(careers: Site) -> None:
    body = careers.client("kasubag_umpeg").get("/kepegawaian/duk.pdf").data
    pages = PdfReader(BytesIO(body)).pages
    width, height = (round(float(each) / 72 * 25.4) for each in pages[0].mediabox[2:])
    assert (width, height) == (330, 215)
    assert "Bagus Prasetyo" in pages[0].extract_text()
    assert "Masa kerja" in pages[-1].extract_text()


def test_the_door_tells_how_much_is_due(careers: Site) -> None:
    page = careers.client("kasubag_umpeg").get("/kepegawaian").text
    assert "Buku penjagaan" in page
    assert "siap diusulkan" in page or "terlambat diusulkan" in page


PLACE = "/kepegawaian/pegawai-lembar"
HEADINGS = ("Nama pengguna", "NIP", "Nama", "Jabatan", "Unit kerja", "Mulai kerja")


def sheet(*rows: tuple[object, ...]) -> tuple[BytesIO, str]:
    book = load_workbook(BytesIO(template()))
    at: Any = book.active
    places = {cell.value: cell.column for cell in at[3]}
    for line, row in enumerate(rows, 4):
        for heading, value in zip(HEADINGS, row, strict=True):
            at.cell(line, places[heading], value)
    stream = BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream, "pegawai.xlsx"


def send(client: Any, *rows: tuple[object, ...]) -> Any:
    return post(client, PLACE, {"berkas": sheet(*rows)}, content_type="multipart/form-data")


def known(site: Site, username: str) -> Any:
    return site.ask("kasubag_umpeg", career.file_of, username).employee


def test_a_sheet_shows_what_it_would_change_and_exactly_that_is_applied(site: Site) -> None:
    keeper, who = site.client("staf_umpeg"), known(site, "pns")
    row = (who.username, who.nip, who.nama, who.jabatan, "Unit <b>baru</b>", who.mulai_kerja)
    new = ("orang.baru", None, "Orang Baru", "+Analis", "Umum", "01-03-2020")
    wrong = ("staf_piak", "199001012015011999", "X", "Analis", "Umum", "kemarin")
    sent = send(keeper, row, new, wrong)
    assert sent.status_code == 303
    page = keeper.get(sent.location).text
    for told in (
        "Unit &lt;b&gt;baru&lt;/b&gt;",
        "Baris 6, kolom Mulai kerja",
        "Terapkan 2 pegawai",
        "Orang Baru",
    ):
        assert told in page, told
    digest = page.partition('name="sidik" value="')[2][:64]
    assert known(site, "pns").unit == who.unit  # nothing yet

    other = site.client("kasubag_umpeg")
    assert other.get(sent.location).status_code == 404  # another's sheet
    facts = career.Facts(who.jabatan, "Di antaranya", who.mulai_kerja, who.tanggal_lahir)
    site.do("staf_umpeg", career.change_facts, "pns", facts)
    late = post(keeper, sent.location, {"sidik": digest})
    assert late.status_code == 409
    assert "periksa pratinjau yang baru" in late.text
    assert "Di antaranya menjadi" in late.text
    digest = late.text.partition('name="sidik" value="')[2][:64]
    assert post(keeper, sent.location, {"sidik": digest}).status_code == 303
    assert known(site, "pns").unit == "Unit <b>baru</b>"
    assert known(site, "orang.baru").jabatan == "+Analis"
    assert post(keeper, sent.location, {"sidik": digest}).status_code == 404  # once

    again = keeper.get(send(keeper, row, new).location).text
    assert "Semua isi lembar ini sudah tercatat" in again


def test_no_sheet_and_no_keeper_are_refused_in_words(site: Site) -> None:
    keeper = site.client("staf_umpeg")
    for body in ({}, {"berkas": (BytesIO(b"bukan"), "x.xlsx")}):
        refused = post(keeper, PLACE, dict(body), content_type="multipart/form-data")
        assert refused.status_code == 400
        assert "alert-danger" in refused.text
    assert keeper.get(f"{PLACE}/contoh.xlsx").data[:2] == b"PK"
    assert keeper.get(f"{PLACE}/tidak-ada").status_code == 404
    for name in ("sekretaris", "pns"):
        client = site.client(name)
        assert client.get(PLACE).status_code == 403
        assert send(client, ("x", None, "X", "A", "U", "01-03-2020")).status_code == 403


def test_who_has_no_door_is_led_back_to_their_tasks(site: Site) -> None:
    own = site.client("pns").get("/kepegawaian/saya").text
    crumb = own.partition('class="crumb"')[2].partition("</p>")[0]
    assert 'href="/tugas"' in crumb
    assert "/kepegawaian" not in crumb
