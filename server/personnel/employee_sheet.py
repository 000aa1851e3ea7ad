"""Employees out of a spreadsheet: one row each, with what is known of them; all of it comes in, or nothing.

The columns are told by their headings, in any order; a new office begins with the empty sheet that `template` makes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

from openpyxl import load_workbook
from sqlalchemy import Connection, insert, select

from server import errors
from server.engine import Engine
from server.identity import Entry, NewPerson, add_person, record
from server.identity.models import Person
from server.personnel.career import Facts, check_facts, employing
from server.personnel.career_kinds import JENIS, InvalidEntry, read_entry
from server.personnel.models import CareerEntry, Employee
from server.sop.reading import UNREADABLE, must_be_workbook
from server.xlsx import table

MOST: Final = 5_000
TOLD: Final = 20
"""So many problems are named at once."""


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


def read_sheet(data: bytes, today: date) -> list[Row]:
    """The employees of a spreadsheet (.xlsx). Raises UnusableSheet with each wrong cell, and SOP's UnreadableWorkbook."""
    must_be_workbook(data)
    try:
        sheet = load_workbook(BytesIO(data), data_only=True, keep_links=False, read_only=True).worksheets[0]
        table = [
            list(row[: len(COLUMNS) + 20]) for row in sheet.iter_rows(max_row=MOST + 20, values_only=True)
        ]
    except UNREADABLE as fault:
        raise UnusableSheet("Berkas ini tidak dapat dibaca sebagai lembar kerja .xlsx.") from fault
    head, columns = _headings(table)
    problems: list[errors.Problem] = []
    rows = [
        _Reader(line, {one: row[at] for one, at in columns.items() if at < len(row)}, today, problems).row()
        for line, row in enumerate(table[head + 1 :], head + 2)
        if any(cell not in (None, "") for cell in row)
    ]
    seen: set[str] = set()
    for each in rows:
        if each.username in seen:
            problems.append(_problem(each.line, "Nama pengguna", f"“{each.username}” ada dua kali"))
        seen.add(each.username)
    _must_be_good(problems)
    if not rows:
        raise UnusableSheet("Tidak ada satu pegawai pun di bawah baris judulnya.")
    return rows


def enter(connection: Connection, engine: Engine, by: str, rows: Sequence[Row], keys: Sequence[int]) -> int:
    """Enters all, on a connection of a write transaction: new people, too. `keys`: one for each entry, drawn before.

    Raises UnusableSheet, after which nothing of the transaction may stay.
    """
    now, today, problems = engine.clock.now(), engine.clock.today(), list[errors.Problem]()
    known = {row.username: row.nip for row in connection.execute(select(Person.username, Person.nip))}
    employed = set(connection.execute(select(Employee.username)).scalars())
    drawn, entries = iter(keys), list[dict[str, Any]]()
    for row in rows:
        if row.username in employed:
            told = f"“{row.username}” sudah punya berkas; hapus barisnya, ubah datanya di halaman Pegawai"
            problems.append(_problem(row.line, "Nama pengguna", told))
            continue
        try:
            if row.username not in known:
                add_person(connection, NewPerson(row.username, row.nama, row.nip), now)
            for effect in employing(connection, row.username, row.facts, today):
                connection.execute(effect.statement, effect.parameters)  # type: ignore[call-overload]
        except errors.OfficeError as fault:
            problems.append(_problem(row.line, "Nama pengguna", fault.message))
            continue
        moment = {"dicatat_oleh": by, "dicatat_pada": now}
        entries += [
            {
                "key": next(drawn),
                "username": row.username,
                "jenis": jenis,
                "tmt": tmt,
                "isi": dict(isi),
                **moment,
            }
            for jenis, tmt, isi in row.entries
        ]
        record(connection, Entry(now, by, "career.add", f"person:{row.username}", "done"))
    _must_be_good(problems)
    if entries:
        connection.execute(insert(CareerEntry), entries)
    return len(rows)


def keys_needed(rows: Sequence[Row]) -> int:
    return sum(len(each.entries) for each in rows)


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
    problems: list[errors.Problem]

    def row(self) -> Row:
        facts = {each.name: cell for each, cell in self.cells.items() if not each.of}
        username = _text(facts.get("username")).lower()
        if not username:
            self._wrong("Nama pengguna", "belum diisi")
        began = self._day("Mulai kerja", facts.get("mulai_kerja"))
        if began is None:
            self._wrong("Mulai kerja", "belum diisi")
        born = self._day("Tanggal lahir", facts.get("tanggal_lahir"))
        read = Facts(_text(facts.get("jabatan")), _text(facts.get("unit")), began or self.today, born)
        try:
            check_facts(read, self.today)
        except InvalidEntry as fault:
            for each in fault.problems:
                self._wrong(_heading("", each.where), each.message)
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
                    self._wrong(_heading(of, each.where), each.message)
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
            self._wrong(heading, f"“{text[:30]}” bukan tanggal; tulis seperti 31-12-2020")
        return None

    def _wrong(self, heading: str, message: str) -> None:
        self.problems.append(_problem(self.line, heading, message))


def _heading(of: str, name: str | None) -> str:
    found = next((each.heading for each in COLUMNS if each.of == of and each.name == name), None)
    return found or next((each.heading for each in COLUMNS if each.of == of), COLUMNS[0].heading)


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell).strip().removeprefix("'")


def _problem(line: int, heading: str, message: str) -> errors.Problem:
    return errors.Problem(message, f"baris {line}, kolom {heading}")


def _must_be_good(problems: Sequence[errors.Problem]) -> None:
    if problems:
        listed = "\n".join(f"  - {each}" for each in problems[:TOLD])
        more = f"\n  dan {len(problems) - TOLD} hal lain" if len(problems) > TOLD else ""
        raise UnusableSheet(
            f"Tidak ada yang dimasukkan; {len(problems)} hal perlu dibetulkan:\n{listed}{more}", problems
        )
