"""The stock ledger as a spreadsheet: one row a movement, the newest first."""

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, Final

from server.calendar import words
from server.population.stock import GOODS
from server.xlsx import table

COLUMNS: Final = (
    ("Waktu", 24),
    ("Barang", 18),
    ("Masuk", 9),
    ("Keluar", 9),
    ("Sisa", 9),
    ("Keterangan", 50),
    ("Kecamatan", 20),
    ("Perkara", 22),
    ("Dicatat oleh", 28),
)


def ledger_workbook(heading: str, rows: Iterable[Mapping[str, Any]], zone: tzinfo) -> bytes:
    """The spreadsheet (.xlsx)."""
    return table("Kartu stok", heading, COLUMNS, (_cells(row, zone) for row in rows))


def _cells(row: Mapping[str, Any], zone: tzinfo) -> tuple[object, ...]:
    change = row["perubahan"]
    moved = (change if change > 0 else None, -change if change < 0 else None, row["saldo"])
    when = words.moment(row["pada"].astimezone(zone))
    return (
        when,
        GOODS[row["barang"]],
        *moved,
        row["keterangan"],
        row["kecamatan"],
        row["nomor"],
        row["nama"],
    )
