"""The receipt and the letter about missing documents as PDFs: what stands on them, and that nothing of it is ever run."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from server.config import Config
from server.letters import (
    Letterhead,
    Office,
    Paper,
    Receipt,
    Shortage,
    Wanted,
    letterhead,
    receipt_pdf,
    shortage_pdf,
)

AT = datetime(2026, 11, 27, 9, 15, tzinfo=ZoneInfo("Asia/Jakarta"))
HEAD = Letterhead(
    "Dinas Dukcapil", "Pemerintah Kabupaten Lumajang", "Jalan Utara 7", "(0334) 881", "Lumajang"
)
OPEN = Office((("Senin–Kamis", "07.30–16.00"),), ((date(2026, 12, 9), "Pilkada"),))
HOSTILE = '#panic("x") ] $ \\ <script>alert(1)</script> "; @kop /* http://x'
SIZES = {Paper.F4: (215, 330), Paper.A4: (210, 297), Paper.A5: (148, 210)}


def wanted(name: str, ada: bool | None = None, *others: str) -> Wanted:
    return Wanted(name, "fotokopi", "1 lembar", others, "Perpres 96/2018", ada)


RECEIPT = Receipt(
    nomor="AKTA-KMT-2026-0001",
    prosedur="Penerbitan Akta Kematian",
    pemohon="Sari Dewi",
    diterima=AT,
    siap=AT + timedelta(hours=2),
    dokumen=(wanted("Formulir F-2.01", True), wanted("Surat kematian", False, "dari kepala desa")),
    lampiran=("ktp.jpg",),
    petugas="Wahyu Utomo",
    kode_pengambilan="CVPVHJ4N86",
    kode="K7QM-3XTD-9WPB-A2FH",
    alamat_lacak="https://dukcapil.example/lacak",
    tautan="https://dukcapil.example/lacak?kode=K7QM-3XTD-9WPB-A2FH",
    fakta="tanggal lahir pemohon, atau NIK-nya",
)
LETTER = Shortage(
    nomor="AKTA-KMT-2026-0001",
    prosedur="Penerbitan Akta Kematian",
    pemohon="Sari Dewi",
    tanggal=AT,
    diterima=AT,
    kurang=(wanted("Surat kematian", False, "dari kepala desa"),),
    catatan="Boleh dari kepala desa.",
    dasar="Perpres 96/2018",
    petugas="Wahyu Utomo",
    nip="197707032001071031",
    jabatan="Petugas Loket",
    alamat_lacak="https://dukcapil.example/lacak",
)


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(pdf)).pages]


def whole(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def without_blanks(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("paper", Paper)
def test_a_receipt_is_one_page_of_the_paper_that_was_asked_for(paper: Paper) -> None:
    (page,) = PdfReader(BytesIO(receipt_pdf(HEAD, OPEN, RECEIPT, paper, AT))).pages
    size = tuple(round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height))
    assert size == SIZES[paper]


def test_a_receipt_says_what_the_applicant_has_to_know() -> None:
    told = whole(receipt_pdf(HEAD, OPEN, RECEIPT, Paper.A5, AT))
    for text in (
        "PEMERINTAH KABUPATEN LUMAJANG DINAS DUKCAPIL Jalan Utara 7",
        "AKTA-KMT-2026-0001",
        "Diterima Jumat, 27 November 2026, pukul 09.15 WIB",
        "Seharusnya siap Jumat, 27 November 2026, pukul 11.15 WIB",
        "Surat kematian fotokopi, 1 lembar atau: dari kepala desa belum ada",
        "Masih kurang.",
        "K7QM-3XTD-9WPB-A2FH",
        "https://dukcapil.example/lacak",
        "Sebutkan juga tanggal lahir pemohon, atau NIK-nya.",
        "Tutup: Rabu, 9 Desember 2026 (Pilkada).",
    ):
        assert text in told


def test_a_receipt_without_a_code_sends_to_the_counter() -> None:
    plain = replace(RECEIPT, petugas=None, kode=None, alamat_lacak=None, tautan=None, fakta=None, siap=None)
    told = whole(receipt_pdf(HEAD, OPEN, plain, Paper.A5, AT))
    assert "ditanyakan di loket" in told
    assert "Kode lacak" not in told
    assert "Petugas" not in told


def test_a_long_list_goes_on_on_the_next_page() -> None:
    many = replace(RECEIPT, dokumen=tuple(wanted(f"Dokumen ke-{n}", n % 2 == 0) for n in range(40)))
    printed = pages(receipt_pdf(HEAD, OPEN, many, Paper.A5, AT))
    assert len(printed) > 1
    assert f"Halaman 2 dari {len(printed)}" in printed[1]
    assert all(f"Dokumen ke-{n} " in " ".join(printed) for n in range(40))


def test_the_letter_lists_what_is_missing_and_says_how_to_bring_it() -> None:
    told = whole(shortage_pdf(HEAD, OPEN, LETTER, Paper.F4, AT))
    for text in (
        "Lumajang, 27 November 2026",
        "Hal : Pemberitahuan kekurangan berkas",
        "Yth. Sdr. Sari Dewi",
        "1 Surat kematian fotokopi, 1 lembar atau: dari kepala desa Perpres 96/2018",
        "Catatan petugas: Boleh dari kepala desa.",
        "a.n. Kepala Dinas Dukcapil, Petugas Loket,",
        "NIP 197707032001071031",
    ):
        assert text in told


@pytest.mark.parametrize("paper", Paper)
def test_whatever_somebody_wrote_is_printed_as_it_is(paper: Paper) -> None:
    head = Letterhead(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    opening = Office(((HOSTILE, HOSTILE),), ((date(2026, 12, 9), HOSTILE),))
    evil = Wanted(HOSTILE, HOSTILE, HOSTILE, (HOSTILE,), HOSTILE, False)
    texts = {"nomor": HOSTILE, "prosedur": HOSTILE, "pemohon": HOSTILE, "petugas": HOSTILE}
    receipt = replace(RECEIPT, **texts, dokumen=(evil,), lampiran=(HOSTILE,), kode_pengambilan=HOSTILE)
    letter = replace(LETTER, **texts, kurang=(evil,), catatan=HOSTILE, dasar=HOSTILE, jabatan=HOSTILE)
    for pdf in (
        receipt_pdf(head, opening, receipt, paper, AT),
        shortage_pdf(head, opening, letter, paper, AT),
    ):
        assert without_blanks('#panic("x")]$\\<script>alert(1)</script>') in without_blanks(whole(pdf))
        assert not any("/AA" in page or "/JS" in page for page in PdfReader(BytesIO(pdf)).pages)


def test_the_letterhead_is_that_of_the_settings(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
    )
    head = letterhead(Config(office="Dinas X", address="Jalan Y", logo=logo))
    assert (head.kantor, head.alamat, head.logo_format) == ("Dinas X", "Jalan Y", "svg")
    assert "JALAN" not in whole(receipt_pdf(head, OPEN, RECEIPT, Paper.A4, AT))


@pytest.mark.parametrize("name", ["tidak-ada.png", "logo.exe", "logo.png", "logo.svg"])
def test_a_logo_that_is_no_picture_is_left_out(tmp_path: Path, name: str) -> None:
    for each in ("logo.exe", "logo.png", "logo.svg"):
        (tmp_path / each).write_bytes(b"MZ")
    assert letterhead(Config(logo=tmp_path / name)).logo == b""
