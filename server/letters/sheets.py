"""The agenda books and disposition sheets as papers: a year to print and bind or as a spreadsheet, a letter's lembar disposisi."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from server import pdf
from server.identity import Roles
from server.letters.agenda import INSTRUKSI, KEPADA, SIFAT, Item
from server.letters.letterhead import Letterhead
from server.letters.models import Direction, LetterState
from server.xlsx import put, saved

SHEET: Final = Path(__file__).with_name("lembar-disposisi.typ")
BOOK: Final = Path(__file__).with_name("buku-agenda.typ")
SECRET: Final = "(rahasia)"
COLUMNS: Final[Mapping[Direction, tuple[tuple[str, str, float], ...]]] = {
    Direction.MASUK: (
        ("No. agenda", "nomor", 1),
        ("Tgl terima", "tanggal", 1.2),
        ("Asal", "pihak", 2.4),
        ("No. surat", "nomor_asal", 1.8),
        ("Tgl surat", "tanggal_asal", 1.2),
        ("Hal", "hal", 3),
        ("Sifat", "sifat", 1),
        ("Lampiran", "lampiran", 1),
        ("Kode", "kode", 0.9),
        ("Disposisi ke", "kepada", 2),
        ("Tenggat", "tenggat", 1.2),
        ("Keterangan", "keterangan", 1.5),
    ),
    Direction.KELUAR: (
        ("No. urut", "urutan", 0.8),
        ("Nomor surat", "nomor", 2.2),
        ("Kode", "kode", 0.9),
        ("Tanggal", "tanggal", 1.2),
        ("Tujuan", "pihak", 2.4),
        ("Hal", "hal", 3),
        ("Penanda tangan", "penanda_tangan", 2),
        ("Pengolah", "pengolah", 1.6),
        ("Lampiran", "lampiran", 1),
        ("Bukti kirim", "bukti_kirim", 1.5),
        ("Keterangan", "keterangan", 1.5),
    ),
}


def book_title(arah: Direction, year: int) -> str:
    return f"Buku agenda surat {arah.value} tahun {year}"


def book_xlsx(roles: Roles, arah: Direction, year: int, items: Iterable[Item]) -> bytes:
    """A year as a spreadsheet, in the order of its numbers."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = f"Surat {arah.value} {year}"
    for column, (head, _, width) in enumerate(COLUMNS[arah], 1):
        put(sheet, 1, column, head, bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = 12 * width
    for line, row in enumerate(_lines(roles, arah, items), 2):
        for column, value in enumerate(row, 1):
            put(sheet, line, column, value)
    sheet.freeze_panes = "A2"
    return saved(book)


def book_pdf(
    head: Letterhead, roles: Roles, arah: Direction, year: int, items: Iterable[Item], at: datetime
) -> bytes:
    """A year to be printed."""
    said = {
        "judul": book_title(arah, year),
        "kepala": [name for name, _, _ in COLUMNS[arah]],
        "lebar": [width for _, _, width in COLUMNS[arah]],
        "baris": [[_told(value) for value in row] for row in _lines(roles, arah, items)],
    }
    return pdf.render(BOOK, {**_head(head, at), **said}, at)


def disposition_pdf(head: Letterhead, roles: Roles, item: Item, at: datetime) -> bytes:
    """The lembar disposisi of an incoming letter, with what has been written on it so far."""
    written = item["disposisi"]
    fields = ("nomor", "pihak", "hal", "sifat", "lampiran", "nomor_asal")
    said = {
        **{name: item[name] for name in fields},
        "tanggal": item["tanggal"].isoformat(),
        "tanggal_asal": _iso(item["tanggal_asal"]),
        "semua_sifat": list(SIFAT.items()),
        "semua_kepada": [(role, roles[role].nama if role in roles else role) for role in KEPADA],
        "semua_instruksi": list(INSTRUKSI.items()),
        "kepada": [role for each in written for role in each["kepada"]],
        "instruksi": [word for each in written for word in each["instruksi"]],
        "disposisi": [
            {
                "dari": each["dari"],
                "jabatan": each["jabatan"],
                "pada": _iso(each["pada"]),
                "kepada": [roles[role].nama if role in roles else role for role in each["kepada"]],
                "instruksi": [INSTRUKSI.get(word, word) for word in each["instruksi"]],
                "catatan": each["catatan"],
                "tenggat": _iso(each["tenggat"]),
            }
            for each in written
        ],
    }
    return pdf.render(SHEET, {**_head(head, at), **said}, at)


def _head(head: Letterhead, at: datetime) -> dict[str, Any]:
    own = {**asdict(head), "logo": list(head.logo)}
    return {**own, "kertas": "F4", "zona": "", "dicetak": at.isoformat()[:16]}


def _iso(value: date | None) -> str | None:
    return value.isoformat()[:10] if value else None


def _lines(roles: Roles, arah: Direction, items: Iterable[Item]) -> Iterator[list[Any]]:
    for item in sorted(items, key=lambda one: (one["register"], one["urut"], one["sisipan"])):
        told = {**item, "urutan": f"{item['urut']}{item['sisipan']}", "sifat": SIFAT[item["sifat"]]}
        cancelled = item["keadaan"] == LetterState.BATAL
        told["keterangan"] = (
            f"BATAL: {item['alasan_batal'] or ''}".strip(": ") if cancelled else item["catatan"]
        )
        sent = dict.fromkeys(role for each in item["disposisi"] for role in each["kepada"])
        told["kepada"] = ", ".join(roles[role].nama if role in roles else role for role in sent)
        if not item["terbuka"]:
            told["hal"] = SECRET
        yield [told.get(name) for _, name, _ in COLUMNS[arah]]


def _told(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%d-%m-%Y}" if isinstance(value, date) else str(value)
