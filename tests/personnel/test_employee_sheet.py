"""Employees out of a spreadsheet: all or none, and every wrong cell named with its row and column."""

from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine as Database

from server.app import House, build
from server.cli.employees import import_employees
from server.clock import Clock
from server.config import Config
from server.personnel.career import careers, read_entries
from server.personnel.employee_sheet import COLUMNS, UnusableSheet, template
from server.personnel.employee_upload import Fate
from server.sop.reading import UnreadableWorkbook

GOOD: dict[str, Any] = {
    "Nama pengguna": "budi",
    "NIP": "199005062015031007",
    "Nama": "Budi",
    "Jabatan": "Analis",
    "Unit kerja": "Umum",
    "Mulai kerja": date(2015, 3, 1),
    "Status": "pns",
    "Golongan ruang": "III/b",
    "TMT pangkat": "01-03-2023",
    "MKG tahun": 8,
    "Kelompok jabatan": "Pelaksana",
    "TMT jabatan": "2020-01-02",
    "Pendidikan": "S1",
    "Tanggal lulus": date(2012, 7, 20),
    "Kinerja tahun lalu": "Baik",
}


@pytest.fixture
def house(engine: Database) -> House:
    return build(Config(), engine, Clock(now=lambda: datetime(2026, 11, 27, 2, tzinfo=UTC)))


def sheet(*rows: dict[str, Any]) -> bytes:
    """The template, filled in."""
    book = load_workbook(BytesIO(template()))
    at: Any = book.active
    places = {cell.value: cell.column for cell in at[3]}
    for line, row in enumerate(rows, 4):
        for heading, value in row.items():
            at.cell(line, places[heading], value)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_an_office_comes_in_whole(house: House) -> None:
    second = GOOD | {"Nama pengguna": "ani", "NIP": None, "Nama": "Ani"}
    assert len(import_employees(house, sheet(GOOD, second)).of(Fate.NEW)) == 2
    listed = house.gate.ask(lambda c: careers(c, date(2026, 11, 27)))
    (ani, budi) = listed
    assert (ani.employee.nama, budi.employee.nip) == ("Ani", "199005062015031007")
    assert budi.employee.tanggal_lahir == date(1990, 5, 6)
    assert {jenis: budi.career.tmt(jenis) for jenis in ("status", "pangkat", "jabatan", "pendidikan")} == {
        "status": date(2015, 3, 1),
        "pangkat": date(2023, 3, 1),
        "jabatan": date(2020, 1, 2),
        "pendidikan": date(2012, 7, 20),
    }
    assert budi.career.isi("kinerja", "tahun") == 2025


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"Golongan ruang": "V/a"}, "baris 5, kolom Golongan ruang"),
        ({"TMT pangkat": "kemarin"}, "baris 5, kolom TMT pangkat"),
        ({"Mulai kerja": None}, "baris 5, kolom Mulai kerja: belum diisi"),
        ({"Jabatan": None}, "baris 5, kolom Jabatan"),
        ({"Nama pengguna": "budi"}, "baris 5, kolom Nama pengguna: “budi” ada dua kali"),
        ({"Nama pengguna": "tidak boleh"}, "baris 5, kolom Nama pengguna"),
        ({"NIP": "199005062015031007"}, "baris 5, kolom NIP"),
        ({"Kinerja tahun lalu": "hebat"}, "baris 5, kolom Kinerja tahun lalu"),
    ],
)
def test_one_wrong_cell_is_named_and_nothing_comes_in(house: House, wrong: dict[str, Any], told: str) -> None:
    second = GOOD | {"Nama pengguna": "ani", "NIP": None} | wrong
    with pytest.raises(UnusableSheet) as refusal:
        import_employees(house, sheet(GOOD, second))
    assert told in refusal.value.message
    assert house.gate.ask(lambda c: careers(c, None)) == []


def entries_of(house: House) -> list[tuple[str, str, bool]]:
    found = house.gate.ask(lambda c: read_entries(c, ["budi"])).get("budi", [])
    return sorted((each.jenis, each.tmt.isoformat(), each.holds) for each in found)


def test_who_has_a_file_is_not_entered_again(house: House) -> None:
    import_employees(house, sheet(GOOD))
    before = entries_of(house)
    again = import_employees(house, sheet(GOOD))
    assert [each.fate for each in again.rows] == [Fate.SAME]
    assert entries_of(house) == before


def test_of_who_has_a_file_the_sheet_changes_what_it_says_and_nothing_else(house: House) -> None:
    import_employees(house, sheet(GOOD))
    raised = {"Unit kerja": "Keuangan", "Golongan ruang": "III/c", "TMT pangkat": "01-03-2027"}
    silent = {"Tanggal lahir": None, "Kinerja tahun lalu": None, "Pendidikan": None, "Tanggal lulus": None}
    changed = import_employees(house, sheet(GOOD | raised | silent | {"MKG tahun": 12}))
    (row,) = changed.rows
    assert (row.fate, row.facts) == (Fate.CHANGED, {"unit": ("Umum", "Keuangan")})
    assert [(each.jenis, each.corrects is None) for each in row.entries] == [
        ("pangkat", True),
        ("jabatan", False),
    ]
    wrong = import_employees(house, sheet(GOOD | {"Unit kerja": "Keuangan", "MKG tahun": 9}))
    (entry,) = wrong.rows[0].entries
    assert entry.corrects is not None
    assert ("pangkat", "2023-03-01", False) in entries_of(house)
    listed = house.gate.ask(lambda c: careers(c, date(2026, 11, 27)))
    assert (listed[0].employee.unit, listed[0].employee.tanggal_lahir) == ("Keuangan", date(1990, 5, 6))


def test_somebody_elses_nip_keeps_a_file_untouched(house: House) -> None:
    import_employees(house, sheet(GOOD))
    with pytest.raises(UnusableSheet, match="baris 4, kolom NIP: “budi” tercatat dengan NIP"):
        import_employees(house, sheet(GOOD | {"NIP": "198005062015031007"}))


def test_what_is_no_such_sheet_is_refused_in_words(house: House) -> None:
    with pytest.raises(UnreadableWorkbook):
        import_employees(house, b"bukan lembar kerja")
    with pytest.raises(UnusableSheet, match="Tidak ada satu pegawai pun"):
        import_employees(house, template())


def test_the_template_has_every_column_once() -> None:
    assert len({each.heading for each in COLUMNS}) == len(COLUMNS)
