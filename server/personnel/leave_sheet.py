"""The leave book of a year as a spreadsheet: one row an employee. Names are texts, never formulas."""

from collections.abc import Iterable
from typing import Final

from server.personnel.balances import Balance
from server.xlsx import table

TITLES: Final = (
    "No",
    "Nama",
    "NIP",
    "Jabatan",
    "Unit",
    "Sisa N-2",
    "Sisa N-1",
    "Ditangguhkan N-1",
    "Dibawa",
    "Hak N",
    "Pagu",
    "Dipakai",
    "Diajukan",
    "Sisa",
    "Keterangan",
)
WIDTHS: Final = (5, 30, 22, 30, 30, 9, 9, 13, 9, 9, 9, 9, 9, 9, 40)


def leave_sheet(tahun: int, office: str, found: Iterable[Balance]) -> bytes:
    """The spreadsheet (.xlsx)."""
    heading = f"Buku penjagaan cuti tahunan {tahun}, {office}"
    rows = (_cells(number, each) for number, each in enumerate(found, 1))
    return table(f"Cuti {tahun}", heading, tuple(zip(TITLES, WIDTHS, strict=True)), rows)


def _cells(number: int, of: Balance) -> tuple[object, ...]:
    who = of.who
    days = (of.sisa_2, of.sisa_1, of.ditangguhkan, of.bawaan, of.hak, of.pagu, of.page.terpakai, of.diajukan)
    note = of.fault or ("Cuti besar tahun ini" if of.page.cuti_besar else "")
    return (number, who.nama, who.nip, who.jabatan, who.unit, *days, of.sisa, note)
