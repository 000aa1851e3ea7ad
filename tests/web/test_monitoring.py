"""Pantauan: pages for who oversees, and what they take home."""

from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from server import engine as verbs
from server import identity, monitoring
from server.identity import Grant, Permission
from tests.web.conftest import Site, begin

PAGES = (
    "/pantauan",
    "/pantauan/ketepatan",
    "/pantauan/beban",
    "/pantauan/kendala",
    "/pantauan/tugas",
    "/pantauan/pengajuan_cuti",
)
FILES = (
    "/pantauan/ketepatan.xlsx",
    "/pantauan/beban.xlsx",
    "/pantauan/pengajuan_cuti/langkah.xlsx",
    "/pantauan/laporan.pdf",
)


@pytest.fixture
def canceled(leave: Site) -> Site:
    """A case under way, and one that was cancelled with a reason that would be a formula."""
    begin(leave)
    case = leave.do("pns", verbs.start, "pengajuan_cuti", {}).key
    leave.do("kepala_dinas", verbs.cancel, case, "=2+3 <b>salah</b>")
    at = leave.office
    at.gate.do(lambda connection: monitoring.measure(at.engine, connection))
    return leave


@pytest.mark.parametrize("path", [*PAGES, *FILES])
def test_it_is_for_nobody_but_who_oversees(leave: Site, path: str) -> None:
    assert leave.client("pns").get(path).status_code == 403
    assert leave.client().get(path).status_code == 303
    assert leave.client("kepala_dinas").get(path).status_code == 200


def test_another_fields_procedure_is_not_there(leave: Site) -> None:
    head = leave.client("kepala_bidang_piak")
    assert head.get("/pantauan").status_code == 200
    assert head.get("/pantauan/pengajuan_cuti").status_code == 404
    assert leave.client("kepala_dinas").get("/pantauan/tidak_ada").status_code == 404


def test_the_door_stands_for_those_alone(leave: Site) -> None:
    assert "Pantauan</span>" in leave.client("kepala_dinas").get("/tugas").text
    assert "Pantauan</span>" not in leave.client("pns").get("/tugas").text


def test_what_befell_cases_is_told_and_escaped(canceled: Site) -> None:
    page = canceled.client("kepala_dinas").get("/pantauan/kendala").text
    assert "=2+3 &lt;b&gt;salah" in page
    assert "Dibatalkan dalam periode ini: 1" in page


def test_a_number_leads_to_the_tasks_behind_it(canceled: Site) -> None:
    head = canceled.client("kepala_dinas")
    assert (
        "/pantauan/tugas?prosedur=pengajuan_cuti&amp;langkah=langkah_1"
        in head.get("/pantauan/pengajuan_cuti").text
    )
    assert "Ajukan permohonan cuti" in head.get("/pantauan/tugas?langkah=langkah_1").text
    assert "Tidak ada tugas" in head.get("/pantauan/tugas?langkah=langkah_2").text


def test_a_number_leads_to_the_cases_behind_it(canceled: Site) -> None:
    head = canceled.client("kepala_dinas")
    there = "/perkara?prosedur=pengajuan_cuti&keadaan=TERMINATED&dari=2026-09-01&sampai=2026-11-27"
    assert there.replace("&", "&amp;") in head.get("/pantauan/ketepatan").text
    assert "CUTI-2026-0002" in head.get(there).text
    assert "CUTI-2026-0001" not in head.get(there).text
    for elsewhere in ("dari=2026-11-28", "sampai=2026-11-26", "prosedur=lain"):
        assert "CUTI-2026-0002" not in head.get(f"/perkara?{elsewhere}").text
    assert "CUTI-2026-0002" in head.get("/perkara?dari=kemarin&sampai=9999-12-31&prosedur=%00").text


def test_what_one_person_holds_is_for_who_may_assign(leave: Site) -> None:
    assert leave.client("kepala_dinas").get("/pantauan/tugas?petugas=pns").status_code == 200
    at, given = leave.office, Grant(Permission.SEE_ALL, username="pns")
    at.gate.change(lambda connection: identity.grant(connection, at.engine.roles, given))
    watcher = leave.client("pns")
    assert watcher.get("/pantauan/beban").status_code == 200
    assert watcher.get("/pantauan/tugas?petugas=sekretaris").status_code == 403


@pytest.mark.parametrize("asked", ["dari=2026-13-40", "dari=2026-11-01&sampai=2026-10-01", "dari=1990-01-01"])
def test_a_period_that_cannot_be_is_told_and_the_last_months_shown(leave: Site, asked: str) -> None:
    page = leave.client("kepala_dinas").get(f"/pantauan/ketepatan?{asked}")
    assert page.status_code == 200
    assert "Yang tampil adalah tiga bulan terakhir" in page.text


def test_no_cell_of_a_spreadsheet_is_a_formula(canceled: Site) -> None:
    body = canceled.client("kepala_dinas").get("/pantauan/ketepatan.xlsx").data
    book = load_workbook(BytesIO(body))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert "'=2+3 <b>salah</b>" in [cell.value for cell in cells]
    assert book.sheetnames[:3] == ["Ketepatan waktu", "Per bulan", "Hasil akhir"]


def test_the_report_names_field_service_and_signer(canceled: Site) -> None:
    body = canceled.client("kepala_dinas").get("/pantauan/laporan.pdf").data
    text = PdfReader(BytesIO(body)).pages[0].extract_text()
    for said in (
        "LAPORAN KETEPATAN WAKTU LAYANAN",
        "Umum dan Kepegawaian",
        "Prosedur Pengajuan Cuti",
        "Kepala Dinas",
    ):
        assert said in text
