"""The seniority list and the reminder book as files: spreadsheets, and the list as an office prints it, on F4 across."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Final

from server import pdf
from server.calendar import words
from server.letters import Letterhead
from server.personnel.career_kinds import DIKLAT, PANGKAT, PENDIDIKAN, level_words
from server.personnel.reminder_book import KINDS, PUTUSAN, Due
from server.personnel.seniority import Seat
from server.xlsx import table

TEMPLATE: Final = Path(__file__).with_name("duk.typ")
LIST_COLUMNS: Final = (
    ("No.", 6),
    ("Nama", 28),
    ("NIP", 22),
    ("Pangkat, golongan", 26),
    ("TMT pangkat", 14),
    ("Jabatan", 32),
    ("TMT jabatan", 14),
    ("Masa kerja tahun", 10),
    ("Masa kerja bulan", 10),
    ("Latihan jabatan", 20),
    ("Lulus latihan", 14),
    ("Pendidikan", 24),
    ("Lulus pendidikan", 14),
    ("Usia", 8),
    ("Catatan mutasi", 30),
)
BOOK_COLUMNS: Final = (
    ("Jenis", 24),
    ("Nama", 28),
    ("NIP", 22),
    ("Golongan", 10),
    ("Jabatan", 30),
    ("Unit", 26),
    ("TMT", 14),
    ("Berkas keluar sebelum", 16),
    ("Putusan", 20),
    ("Alasan", 50),
    ("Dasar", 34),
    ("Perkara", 20),
)


def seniority_pdf(head: Letterhead, seats: Sequence[Seat], on: date, at: datetime) -> bytes:
    """The list under the letterhead, on F4 across; the headings come again on every page."""
    data = {
        **asdict(head),
        "logo": list(head.logo),
        "tanggal": words.day(on),
        "baris": [[str(each) for each in _printed(seat)] for seat in seats],
    }
    return pdf.render(TEMPLATE, data, at)


def seniority_workbook(seats: Iterable[Seat], on: date) -> bytes:
    rows = (_cells(seat) for seat in seats)
    return table("DUK", f"Daftar urut kepangkatan, keadaan {words.day(on)}", LIST_COLUMNS, rows)


def book_workbook(found: Iterable[Due], on: date) -> bytes:
    """The reminder book as its reader sees it."""
    rows = (
        [
            KINDS[each.jenis],
            each.nama,
            each.nip or "",
            each.golongan or "",
            each.jabatan,
            each.unit,
            _short(each.tmt),
            _short(each.usul),
            PUTUSAN.get(each.putusan, each.putusan),
            " ".join(each.alasan),
            each.dasar or "",
            (each.perkara.number or "ada") if each.perkara else "",
        ]
        for each in found
    )
    return table("Buku penjagaan", f"Buku penjagaan, keadaan {words.day(on)}", BOOK_COLUMNS, rows)


def training_words(level: str | None) -> str:
    return DIKLAT[level] if level else ""


def _cells(seat: Seat) -> list[object]:
    years, months = seat.masa_kerja
    return [
        seat.nomor,
        seat.employee.nama,
        seat.employee.nip or "",
        f"{PANGKAT[seat.golongan]}, {seat.golongan}" if seat.golongan else "",
        _short(seat.tmt_pangkat),
        f"{seat.jabatan}, {level_words(seat.tingkat)}" if seat.tingkat else seat.jabatan,
        _short(seat.tmt_jabatan),
        years,
        months,
        training_words(seat.diklat),
        _short(seat.lulus_diklat),
        " ".join(filter(None, (PENDIDIKAN[seat.pendidikan] if seat.pendidikan else "", seat.jurusan))),
        _short(seat.lulus_pendidikan),
        seat.usia if seat.usia is not None else "",
        seat.catatan,
    ]


def _printed(seat: Seat) -> list[object]:
    """As `_cells`, with the NIP below the name, and each day below what began on it."""
    number, name, nip, rank, ranked, post, posted, years, months, *rest = _cells(seat)
    trained, trained_on, schooled, schooled_on, age, note = rest
    return [
        number,
        name,
        nip,
        rank,
        ranked,
        post,
        posted,
        f"{years} / {months}",
        trained,
        trained_on,
        schooled,
        schooled_on,
        age,
        note,
    ]


def _short(day: date | None) -> str:
    return f"{day:%d-%m-%Y}" if day else ""
