"""Employees in a spreadsheet: one row each, with what is known of them. What becomes of them is the business of `employee_upload`.

The columns are told by their headings, in any order; a new office begins with the empty sheet that `template` makes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

from openpyxl import load_workbook

from server import errors
from server.personnel.career import Facts, check_facts
from server.personnel.career_kinds import JENIS, InvalidEntry, read_entry
from server.sop.reading import UNREADABLE, must_be_workbook
from server.xlsx import table

MOST: Final = 5_000


class UnusableSheet(errors.Invalid):
    """The spreadsheet has no such table, or rows that cannot be; nothing was entered."""


@dataclass(frozen=True)
class Column:
    """A heading. `of`: the kind of entry and its field, or a fact (`""`); `tmt` is the day of the entry."""

    heading: str
    of: str
    name: str
    width: int = 18


COLUMNS: Final = (
    Column("Nama pengguna", "", "username"),
    Column("NIP", "", "nip", 22),
    Column("Nama", "", "nama", 28),
    Column("Jabatan", "", "jabatan", 28),
    Column("Unit kerja", "", "unit", 24),
    Column("Tanggal lahir", "", "tanggal_lahir"),
    Column("Mulai kerja", "", "mulai_kerja"),
    Column("Status", "status", "status"),
    Column("TMT status", "status", "tmt"),
    Column("Golongan ruang", "pangkat", "golongan"),
    Column("TMT pangkat", "pangkat", "tmt"),
    Column("MKG tahun", "pangkat", "mkg_tahun"),
    Column("MKG bulan", "pangkat", "mkg_bulan"),
    Column("Kelompok jabatan", "jabatan", "kelompok"),
    Column("Eselon atau jenjang", "jabatan", "tingkat"),
    Column("TMT jabatan", "jabatan", "tmt"),
    Column("TMT KGB", "kgb", "tmt"),
    Column("MKG saat KGB tahun", "kgb", "mkg_tahun"),
    Column("MKG saat KGB bulan", "kgb", "mkg_bulan"),
    Column("Pendidikan", "pendidikan", "tingkat"),
    Column("Jurusan", "pendidikan", "jurusan"),
    Column("Tanggal lulus", "pendidikan", "tmt"),
    Column("Kinerja tahun lalu", "kinerja-1", "predikat", 20),
    Column("Kinerja dua tahun lalu", "kinerja-2", "predikat", 22),
)
NEEDED: Final = ("Nama pengguna", "Jabatan", "Unit kerja", "Mulai kerja")


@dataclass(frozen=True)
class Row:
    """An employee as a row has them. `line`: that of the sheet."""

    line: int
    username: str
    nip: str | None
    nama: str
    facts: Facts
    entries: Sequence[tuple[str, date, Mapping[str, Any]]] = field(default_factory=tuple)


def template() -> bytes:
    """The empty sheet."""
    columns = [(each.heading, each.width) for each in COLUMNS]
    return table("Pegawai", "Satu baris satu pegawai; tanggal ditulis 31-12-2020", columns, ())


def read_sheet(data: bytes, today: date) -> tuple[list[Row], list[errors.Problem]]:
    """The employees of a spreadsheet (.xlsx) whose rows are good, and each wrong cell of the others.

    Raises UnusableSheet where there is no such table, and SOP's UnreadableWorkbook.
    """
    must_be_workbook(data)
    try:
        sheet = load_workbook(BytesIO(data), data_only=True, keep_links=False, read_only=True).worksheets[0]
        table = [
            list(row[: len(COLUMNS) + 20]) for row in sheet.iter_rows(max_row=MOST + 20, values_only=True)
        ]
    except UNREADABLE as fault:
        raise UnusableSheet("Berkas ini tidak dapat dibaca sebagai lembar kerja .xlsx.") from fault
    head, columns = _headings(table)
    good: dict[str, Row] = {}
    problems: list[errors.Problem] = []
    lines = [
        (line, row)
        for line, row in enumerate(table[head + 1 :], head + 2)
        if any(cell not in (None, "") for cell in row)
    ]
    if not lines:
        raise UnusableSheet("Tidak ada satu pegawai pun di bawah baris judulnya.")
    for line, cells in lines:
        reader = _Reader(line, {one: cells[at] for one, at in columns.items() if at < len(cells)}, today)
        found = reader.row()
        if found.username in good:
            reader.wrong("Nama pengguna", f"“{found.username}” ada dua kali")
        if reader.problems:
            problems += reader.problems
        else:
            good[found.username] = found
    return list(good.values()), problems


def problem(line: int, heading: str, message: str) -> errors.Problem:
    """What is wrong in a row of the sheet, in the column of that heading."""
    return errors.Problem(message, f"baris {line}, kolom {heading}")


def _headings(table: Sequence[Sequence[object]]) -> tuple[int, dict[Column, int]]:
    """The row of the headings, and where each column stands. Raises UnusableSheet."""
    by_heading = {each.heading.casefold(): each for each in COLUMNS}
    for place, row in enumerate(table[:20]):
        found = {
            by_heading[name]: at
            for at, cell in enumerate(row)
            if (name := str(cell or "").strip().casefold()) in by_heading
        }
        if len(found) >= len(NEEDED):
            missing = [name for name in NEEDED if name not in {each.heading for each in found}]
            if missing:
                raise UnusableSheet(f"Kolom yang belum ada: {', '.join(missing)}. Tambahkan judulnya.")
            return place, found
    raise UnusableSheet(f"Tidak ada baris judul. Perlu sedikitnya kolom {', '.join(NEEDED)}.")


@dataclass
class _Reader:
    """Reads a row, and collects what is wrong in it by the heading of its column."""

    line: int
    cells: Mapping[Column, object]
    today: date
    problems: list[errors.Problem] = field(default_factory=list)

    def row(self) -> Row:
        facts = {each.name: cell for each, cell in self.cells.items() if not each.of}
        username = _text(facts.get("username")).lower()
        if not username:
            self.wrong("Nama pengguna", "belum diisi")
        began = self._day("Mulai kerja", facts.get("mulai_kerja"))
        if began is None and not _text(facts.get("mulai_kerja")):
            self.wrong("Mulai kerja", "belum diisi")
        born = self._day("Tanggal lahir", facts.get("tanggal_lahir"))
        read = Facts(_text(facts.get("jabatan")), _text(facts.get("unit")), began or self.today, born)
        try:
            check_facts(read, self.today)
        except InvalidEntry as fault:
            for each in fault.problems:
                self.wrong(_heading("", each.where), each.message)
        nip, name = _text(facts.get("nip")) or None, _text(facts.get("nama"))
        return Row(self.line, username, nip, name or username, read, tuple(self._entries(read)))

    def _entries(self, facts: Facts) -> Iterator[tuple[str, date, Mapping[str, Any]]]:
        for of in dict.fromkeys(each.of for each in COLUMNS if each.of):
            raw = {
                each.name: cell
                for each, cell in self.cells.items()
                if each.of == of and cell not in (None, "")
            }
            if not raw:
                continue
            jenis, _, years = of.partition("-")
            tmt = self._day(_heading(of, "tmt"), raw.pop("tmt", None))
            if jenis == "kinerja":
                year = self.today.year - int(years)
                raw["tahun"], tmt = year, min(date(year + 1, 1, 15), self.today)
            if jenis == "status":
                tmt = tmt or facts.mulai_kerja
            if jenis == "jabatan":
                raw |= {"nama": facts.jabatan, "unit": facts.unit}
            if jenis in ("pangkat", "kgb"):
                raw.setdefault("mkg_bulan", 0)
            try:
                isi = read_entry(JENIS[jenis], tmt, raw, self.today)
            except InvalidEntry as fault:
                for each in fault.problems:
                    self.wrong(_heading(of, each.where), each.message)
            else:
                assert tmt is not None, "read_entry refuses an entry without a day"
                yield jenis, tmt, isi

    def _day(self, heading: str, cell: object) -> date | None:
        if isinstance(cell, datetime):
            return cell.date()
        if isinstance(cell, date):
            return cell
        text = _text(cell)
        for pattern in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
            with suppress(ValueError):
                return datetime.strptime(text, pattern).date()
        if text:
            self.wrong(heading, f"“{text[:30]}” bukan tanggal; tulis seperti 31-12-2020")
        return None

    def wrong(self, heading: str, message: str) -> None:
        self.problems.append(problem(self.line, heading, message))


def _heading(of: str, name: str | None) -> str:
    found = next((each.heading for each in COLUMNS if each.of == of and each.name == name), None)
    return found or next((each.heading for each in COLUMNS if each.of == of), COLUMNS[0].heading)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip().removeprefix("'")
