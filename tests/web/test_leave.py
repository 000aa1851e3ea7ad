"""The leave book on pages: whose pages one sees, what its keeper writes into them, the spreadsheet."""

from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import insert, update

from server.identity.models import Person
from server.personnel.models import LeaveRequest
from tests.web.conftest import NOW, Site, post

XSS = '"><img src=x onerror=alert(1)>'
BOOK = "/kepegawaian/cuti"
OWN = "/kepegawaian/cuti/pegawai/pns"
CORRECTION = {
    "tahun": "2026",
    "versi": "0",
    "terpakai": "3",
    "dari_bawaan": "0",
    "ditangguhkan": "0",
    "cuti_bersama_tidak_diberi": "0",
    "alasan": XSS,
}


def ask_for(site: Site, username: str, case: int, status: str = "diajukan") -> None:
    asked: dict[str, Any] = {
        "case_key": case,
        "username": username,
        "tahun": 2026,
        "jenis": "tahunan",
        "lama": 3,
    }
    days = {"mulai": date(2026, 12, 1), "selesai": date(2026, 12, 3), "diajukan_pada": NOW, "status": status}
    site.office.gate.change(lambda c: c.execute(insert(LeaveRequest), {**asked, **days}))


def test_an_employee_finds_their_own_leave_and_nobody_elses(leave: Site) -> None:
    pns = leave.client("pns")
    assert f'href="{OWN}"' in pns.get("/tugas").text
    assert pns.get(BOOK).headers["Location"] == OWN
    page = pns.get(OWN)
    assert page.status_code == 200
    assert "hari kerja tersisa" in page.text
    assert "Betulkan buku" not in page.text
    assert pns.get("/kepegawaian/cuti/pegawai/sekretaris").status_code == 404
    assert pns.get(f"{BOOK}.xlsx").status_code == 404
    assert post(pns, OWN, CORRECTION).status_code == 403
    assert OWN in pns.get("/mulai/pengajuan_cuti").text


def test_the_kasubag_corrects_a_page_and_the_second_to_do_so_is_told(leave: Site) -> None:
    kasubag = leave.client("kasubag_umpeg")
    assert "Betulkan buku" in kasubag.get(OWN).text
    assert post(kasubag, OWN, CORRECTION).status_code == 303
    page = kasubag.get(OWN).text
    assert "0 menjadi 3" in page
    assert "<img src=x" not in page
    again = post(kasubag, OWN, {**CORRECTION, "terpakai": "4"})
    assert again.status_code == 409
    assert "berubah sejak Anda membukanya" in again.text
    wrong = post(kasubag, OWN, {**CORRECTION, "versi": "1", "terpakai": "banyak"})
    assert wrong.status_code == 400
    trail = leave.client("admin").get("/pengelolaan/jejak?jenis=cuti").text
    assert "membetulkan buku penjagaan cuti" in trail


def test_lists_are_searched_paged_and_written_as_a_spreadsheet_without_formulas(leave: Site) -> None:
    leave.office.gate.change(
        lambda c: c.execute(update(Person).where(Person.username == "pns").values(name="=1+1"))
    )
    staf = leave.client("staf_umpeg")
    first, second = staf.get(BOOK).text, staf.get(f"{BOOK}?hal=2").text
    assert "1–25 dari" in first
    assert "26–" in second
    assert OWN in staf.get(f"{BOOK}?cari=%3D1%2B1").text
    sheet = load_workbook(BytesIO(staf.get(f"{BOOK}.xlsx").data)).active
    names = [row[1].value for row in sheet.iter_rows(min_row=4)]
    assert "'=1+1" in names
    assert len(names) > 25


def test_requests_and_who_is_away_are_shown_to_who_decides(leave: Site) -> None:
    ask_for(leave, "pns", 901)
    ask_for(leave, "pptk", 902, "disetujui")
    sekretaris = leave.client("sekretaris")
    assert "1 permohonan cuti belum diputus" in sekretaris.get("/kepegawaian").text
    asked = sekretaris.get(f"{BOOK}/permohonan").text
    assert (OWN in asked, "pegawai/pptk" in asked) == (True, False)
    assert "pegawai/pptk" in sekretaris.get(f"{BOOK}/permohonan?keadaan=semua").text
    month = sekretaris.get(f"{BOOK}/kehadiran?bulan=2026-12").text
    assert "2<span" in month.replace("\n", "")
    assert "Semua hadir" in sekretaris.get(f"{BOOK}/kehadiran?bulan=2027-03").text
    for odd in ("bulan=x", "bulan=0000-13", "tahun=99999", "hal=-1"):
        assert sekretaris.get(f"{BOOK}/kehadiran?{odd}").status_code == 200, odd
        assert sekretaris.get(f"{BOOK}?{odd}").status_code == 200, odd
