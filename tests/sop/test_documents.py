"""SOP sheets as PDF and as a page."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO

import pytest
from pypdf import PdfReader

from server.sop import Paper, book_pdf, sheet_page, sheet_pdf
from server.sop.sheet import sheet
from tests.diagrams import diagram, end, path, start, user
from tests.sop.book import NAMES, ROLES, of, procedure

AT = datetime(2026, 3, 2, tzinfo=UTC)


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def test_the_first_page_is_the_identity_and_the_table_follows() -> None:
    first, *table = pages(sheet_pdf(procedure("pengajuan-cuti"), ROLES, AT))
    for title in ("Nomor SOP", "Tanggal Efektif", "Disahkan oleh", "Dasar Hukum", "Pencatatan dan Pendataan"):
        assert title in first
    assert "Pelaksana" in table[0]
    assert "Mutu Baku" in table[0]
    assert "PNS mengisi blanko permohonan cuti dan menandatanganinya." in " ".join(table)
    assert "45 menit" in table[0]


@pytest.mark.parametrize(("paper", "size"), [(Paper.F4, (330, 215)), (Paper.A4, (297, 210))])
def test_it_lies_on_the_paper_of_the_office(paper: Paper, size: tuple[int, int]) -> None:
    box = PdfReader(BytesIO(sheet_pdf(procedure("ijin-keluar"), ROLES, AT, paper))).pages[0].mediabox
    assert tuple(round(float(side) / 72 * 25.4) for side in (box.width, box.height)) == size


def test_no_word_of_a_table_is_lost_and_each_page_says_whose_it_is() -> None:
    found = procedure("penanganan-disiplin")
    printed = pages(sheet_pdf(found, ROLES, AT))
    assert len(printed) > 3
    assert all("(lanjutan)" in page for page in printed[2:])
    letters = "".join("".join(printed).split())
    for row in found.rows:
        for text in (row.uraian or "", *row.kelengkapan, *row.output):
            assert "".join(text.split()) in letters


@pytest.mark.slow
def test_the_book_has_a_cover_and_contents_with_page_numbers() -> None:
    printed = pages(book_pdf([procedure(name) for name in NAMES], ROLES, AT))
    assert f"{len(NAMES)} prosedur · dicetak 2 Maret 2026" in printed[0]
    for number, page in enumerate(printed, 1):
        if "Nama SOP Prosedur Pengajuan Cuti" in page:
            assert f"{number}" in printed[1].split("Prosedur Pengajuan Cuti")[1][:200]
            break
    else:
        pytest.fail("the sheet is not in the book")


HOSTILE = '#panic("x") ] $ \\ <script>alert(1)</script> "; DROP'


def hostile(name: str = HOSTILE, uraian: str = HOSTILE) -> bytes:
    facts = {"langkah": "1", "uraian": uraian, "kelengkapan": HOSTILE, "waktu": "P1D"}
    return diagram(start(), user("a", name=name, properties=facts), end(), path("start a end"), name=HOSTILE)


def test_what_a_user_wrote_is_data_in_the_pdf() -> None:
    printed = "".join("".join(pages(sheet_pdf(of(hostile()), ROLES, AT))).split())
    assert '#panic("x")]' in printed


def test_what_a_user_wrote_is_text_in_the_page() -> None:
    tags: list[str] = []

    class Seen(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.append(tag)

    Seen().feed(sheet_page(of(hostile()), ROLES))
    assert "script" not in tags
    assert "svg" in tags


def test_a_row_that_is_longer_than_a_page_still_fits_on_one() -> None:
    printed = pages(sheet_pdf(of(hostile(uraian="sangat panjang " * 700 + "TAMAT")), ROLES, AT))
    assert len(printed) == 2
    assert "TAMAT" in printed[1]


def test_answers_that_leave_a_decision_together_do_not_hide_each_other() -> None:
    (row,) = (row for row in sheet(procedure("penanganan-disiplin"), ROLES)["langkah"] if row["nomor"] == 11)
    below = [" ".join(one["baris"]) for one in row["jawaban"] if one["sisi"] == "bottom"]
    assert below == [
        "belum membaik selama masa pengawasan: penundaan kenaikan gaji berkala; "
        "tetap belum membaik selama masa pembinaan: penundaan kenaikan pangkat"
    ]


def test_an_answer_on_the_page_moves_over_its_decision_where_the_cell_ends() -> None:
    page = sheet_page(procedure("penanganan-disiplin"), ROLES)
    (x,) = re.findall(r'<text text-anchor="end"><tspan x="([^"]+)" y="[^"]+">penundaan<', page)
    assert -20 < float(x) <= 0
