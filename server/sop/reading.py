"""A spreadsheet read as an SOP's table: which columns it has, who acts in each row, what each cell says.

Any table of the official form is understood: the two rows of headings may be worded and merged as an office does it, a step
may go on over several rows. Nothing in the file is run or fetched: formulas count as the values that were stored with them,
links to other files are not followed, and a file that would unpack into too much is refused unopened.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from server import errors
from server.errors import Problem
from server.sop.shapes import acts, drawn
from server.sop.workbook import ABOUT, ID, IDENTITY, NAME, START

FILE_LIMIT: Final = 5 * 2**20
UNPACKED_LIMIT: Final = 24 * 2**20
PARTS_LIMIT: Final = 300
TAGS_LIMIT: Final = 600_000
MERGED_LIMIT: Final = 50_000
ROWS, COLUMNS = 1_000, 60
"""How far a sheet is read."""
LONGEST: Final = 4_000
"""Letters of a cell that are kept."""

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "nomor": ("no", "nomor", "no urut"),
    "nama": ("nama langkah", "langkah", "nama kegiatan", "tugas"),
    "uraian": (
        "kegiatan",
        "uraian kegiatan",
        "uraian",
        "aktivitas",
        "aktifitas",
        "uraian prosedur",
        "tahapan",
        "prosedur",
    ),
    "pelaksana": ("pelaksana", "aktor", "pelaku", "unit pelaksana"),
    "kelengkapan": (
        "kelengkapan",
        "persyaratan",
        "persyaratan/perlengkapan",
        "perlengkapan",
        "syarat",
        "input",
    ),
    "waktu": ("waktu", "waktu penyelesaian", "lama", "durasi"),
    "output": ("output", "keluaran", "hasil"),
    "keterangan": ("keterangan", "ket", "catatan"),
    "alur": ("alur", "langkah berikutnya", "lanjut ke"),
    "mutu": ("mutu baku",),
}
"""The columns by the ways in which they are headed."""
LABELS: Final = {
    **{label.casefold(): key for key, label in IDENTITY},
    NAME.casefold(): "nama",
    ID.casefold(): "id",
    START.casefold(): "dimulai",
    ABOUT.casefold(): "dokumentasi",
    "judul sop": "nama",
    "tgl pembuatan": "tanggal_pembuatan",
    "tgl. pembuatan": "tanggal_pembuatan",
    "tgl revisi": "tanggal_revisi",
    "tgl. revisi": "tanggal_revisi",
    "tgl efektif": "tanggal_efektif",
    "tgl. efektif": "tanggal_efektif",
    "peralatan/ perlengkapan": "peralatan",
    "peralatan dan perlengkapan": "peralatan",
    "peralatan": "peralatan",
    "pencatatan & pendataan": "pencatatan",
}
SYMBOL: Final = "●"
MARKS: Final = frozenset({"", "●", "•", "x", "v", "√", "✓", "✔", "■", "□", "◆", "◇", "○", "*", "ya", "1"})


TITLED: Final = re.compile(
    r"(?:sop|standar(?:d)? operasional|prosedur|mekanisme|tata cara)\b.{3}", re.IGNORECASE | re.DOTALL
)
OFFICE: Final = re.compile(
    r"(?:pemerintah|dinas|badan|kabupaten|kota|provinsi|kecamatan|sekretariat|kementerian)\b", re.IGNORECASE
)


class UnreadableWorkbook(errors.Invalid):
    """The file is no spreadsheet, is not safe to open, or has no SOP table in it."""


@dataclass(frozen=True)
class Text:
    """What a cell says, and where it stands (`Tabel!C7`)."""

    text: str
    where: str


@dataclass(frozen=True)
class Mark:
    """Somebody acts in a row: the column of the actor, the order if one is given, the name of what they do if it is."""

    actor: int
    order: int | None = None
    nama: str | None = None


@dataclass
class Baris:
    """A row of the table as it was read; `where` is its first cell."""

    nomor: int
    where: str
    tertulis: int | None = None
    """The number that the table prints."""
    texts: dict[str, Text] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)


@dataclass(frozen=True)
class Tabel:
    """A table: the headings of the actors' columns, the rows, and what stands elsewhere of the SOP's identity."""

    actors: tuple[Text, ...]
    rows: tuple[Baris, ...]
    identity: Mapping[str, str]
    has_alur: bool
    problems: tuple[Problem, ...]


def read_workbook(data: bytes) -> Tabel:
    """The first SOP table in a spreadsheet (.xlsx). Raises UnreadableWorkbook."""
    must_be_workbook(data)
    try:
        book = load_workbook(BytesIO(data), data_only=True, keep_links=False)
        drawings = drawn(data)
        sheets = [_Sheet(sheet, drawings.get(sheet.title)) for sheet in book.worksheets[:20]]
    except UNREADABLE as fault:
        raise UnreadableWorkbook(
            "Berkas ini tidak dapat dibaca sebagai lembar kerja .xlsx; simpan ulang lalu coba lagi."
        ) from fault
    for sheet in sheets:
        if heading := sheet.heading():
            return _Table(sheet, heading).read(_identity(sheets, sheet, heading))
    raise UnreadableWorkbook(
        "Tidak ada tabel SOP dalam berkas ini. Tabelnya perlu baris judul dengan sedikitnya Kegiatan dan Pelaksana; "
        "contohnya diberikan oleh “tatalaksana export sop pengajuan-cuti --xlsx”."
    )


UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    InvalidFileException,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    ArithmeticError,
    etree.XMLSyntaxError,
    NotImplementedError,
    RecursionError,
    OSError,
    RuntimeError,
)
"""What openpyxl and zipfile raise over files that are not as they should be."""


# -- before it is opened


def must_be_workbook(data: bytes) -> None:
    """Raises UnreadableWorkbook for a file that is no spreadsheet or would take too much to open."""
    if len(data) > FILE_LIMIT:
        raise UnreadableWorkbook(f"Lembar kerja lebih besar dari {FILE_LIMIT // 2**20} MiB.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > PARTS_LIMIT or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
                raise UnreadableWorkbook("Isi lembar kerja ini terlalu besar; simpan hanya tabelnya.")
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise UnreadableWorkbook("Berkas ini bukan lembar kerja .xlsx.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    _check_part(archive.read(part))
    except UNREADABLE as fault:
        raise UnreadableWorkbook("Berkas ini bukan lembar kerja .xlsx yang utuh.") from fault


def _check_part(body: bytes) -> None:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or b"\0" in body[:200]:
        raise UnreadableWorkbook(
            "Lembar kerja ini berisi XML yang tidak diterima; simpan ulang lalu coba lagi."
        )
    if body.count(b"<") > TAGS_LIMIT:
        raise UnreadableWorkbook("Isi lembar kerja ini terlalu besar; simpan hanya tabelnya.")
    merged = 0
    for found in re.finditer(rb"mergeCell\b[^>]*?\bref\s*=\s*[\"']([^\"']*)[\"']", body):
        left, top, right, bottom = range_boundaries(found[1].decode("ascii"))
        merged += (right - left + 1) * (bottom - top + 1)  # type: ignore[operator]
        if merged > MERGED_LIMIT:
            raise UnreadableWorkbook("Sel yang digabung terlalu luas; gabungkan hanya sel di dalam tabel.")


# -- a sheet


@dataclass(frozen=True)
class Heading:
    """Where a table's headings are: its first row below them, and the columns by what they hold."""

    top: int
    below: int
    columns: Mapping[str, int]
    actors: tuple[int, ...]
    """The columns of the actors."""
    named: bool
    """Whether there is one column for the actors, in which they are named."""
    unit: str = ""
    """That of the times, where their heading says it: `Waktu (menit)`."""


class _Sheet:
    """The texts of a sheet by row and column (from 1); a merged cell's text stands in all of it. What is drawn over an empty
    cell is its mark."""

    def __init__(self, sheet: Worksheet, drawing: etree._Element | None = None) -> None:
        self.title = sheet.title
        self.rows = min(sheet.max_row or 0, ROWS)
        self.columns = min(sheet.max_column or 0, COLUMNS)
        self.too_long = (sheet.max_row or 0) > ROWS
        self.texts: dict[tuple[int, int], str] = {}
        self.merged: dict[tuple[int, int], tuple[int, int]] = {}
        """The cells of merged ones that are not the first: where that is."""
        lines = sheet.iter_rows(max_row=max(self.rows, 1), max_col=max(self.columns, 1), values_only=True)
        for row, line in enumerate(lines, 1):
            for column, value in enumerate(line, 1):
                if text := _plain(value):
                    self.texts[row, column] = text
        for area in sheet.merged_cells.ranges:
            for row in range(area.min_row, min(area.max_row, ROWS) + 1):
                for column in range(area.min_col, min(area.max_col, COLUMNS) + 1):
                    if (row, column) != (area.min_row, area.min_col):
                        self.merged[row, column] = (area.min_row, area.min_col)
        self.symbols = (
            set() if drawing is None else {self.merged.get(cell, cell) for cell in acts(drawing, sheet)}
        )

    def text(self, row: int, column: int) -> str:
        return self.texts.get(self.merged.get((row, column), (row, column)), "")

    def own(self, row: int, column: int) -> str:
        """The text of the cell itself, nothing where it is covered by a merged one."""
        return self.texts.get((row, column), "")

    def mark(self, row: int, column: int) -> str:
        """What marks an actor's cell: its text, or the symbol over it."""
        return self.own(row, column) or (SYMBOL if (row, column) in self.symbols else "")

    def where(self, row: int, column: int) -> str:
        return f"{self.title}!{get_column_letter(column)}{row}"

    def heading(self) -> Heading | None:
        for row in range(1, self.rows + 1):
            found = {_known(self.text(row, column)) for column in range(1, self.columns + 1)}
            if "uraian" in found and found & {"pelaksana", "mutu", "waktu", "output", "kelengkapan"}:
                return self._columns(row)
        return None

    def _columns(self, top: int) -> Heading:
        columns: dict[str, int] = {}
        actors: list[int] = []
        deep = any(self._is_second(top, column) for column in range(1, self.columns + 1))
        second = top + 1 if deep else top
        for column in range(1, self.columns + 1):
            above, below = _known(self.text(top, column)), _known(self.text(second, column))
            if above == "pelaksana":
                actors.append(column)
            elif below and below not in ("pelaksana", "mutu"):
                columns.setdefault(below, column)
        named = len(actors) == 1 and (not deep or _known(self.text(second, actors[0])) == "pelaksana")
        if not actors:
            between = range(columns.get("uraian", 0) + 1, columns.get("kelengkapan", columns.get("waktu", 1)))
            actors = [
                column for column in between if self.text(second, column) and column not in columns.values()
            ]
        unit = re.search(r"\(([^)]*)\)", self.text(second, columns["waktu"])) if "waktu" in columns else None
        return Heading(top, second + 1, columns, tuple(actors), named, unit[1] if unit else "")

    def _is_second(self, top: int, column: int) -> bool:
        """Whether a column has a second heading below the first."""
        above = _known(self.text(top, column))
        return (
            above in ("pelaksana", "mutu") and bool(self.own(top + 1, column)) and not self._is_data(top + 1)
        )

    def _is_data(self, row: int) -> bool:
        return self.text(row, 1).strip(" .").isdigit() and self.text(row, 1) != self.text(row - 1, 1)


def _plain(value: object) -> str:
    """A cell's value as a text."""
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()[:LONGEST]
    text = "".join(letter for letter in text if letter.isprintable() or letter == "\n")
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _known(text: str) -> str | None:
    said = " ".join(text.casefold().split()).strip(" .:")
    said = re.sub(r"\s*\([^)]*\)$", "", re.sub(r"\s*/\s*", "/", said))
    return next((key for key, words in HEADINGS.items() if said in words), None)


# -- the table


class _Table:
    def __init__(self, sheet: _Sheet, heading: Heading) -> None:
        self.sheet, self.heading = sheet, heading
        self.problems: list[Problem] = []
        self.named: dict[str, int] = {}
        """The actors of a table that names them in one column."""
        self.actors: list[Text] = []
        if not heading.named:
            self.actors = [self._actor(column) for column in heading.actors]

    def read(self, identity: Mapping[str, str]) -> Tabel:
        rows: list[Baris] = []
        for row in range(self.heading.below, self.sheet.rows + 1):
            if self._is_empty(row):
                if rows and (self._is_empty(row + 1) or self._goes_on(row + 1)):
                    break
                continue
            if self._is_count(row) or self._is_section(row):
                continue
            if self._goes_on(row):
                for before in rows[-1:]:
                    self._add(before, row)
            else:
                rows.append(Baris(len(rows) + 1, self.sheet.where(row, 1), self._printed(row)))
                self._add(rows[-1], row)
        if self.sheet.too_long:
            self.problems.append(Problem(f"hanya {ROWS} baris pertama yang dibaca", self.sheet.title))
        if not rows:
            raise UnreadableWorkbook(f"Tabel SOP di lembar “{self.sheet.title}” tidak berisi langkah.")
        known = "alur" in self.heading.columns
        return Tabel(tuple(self.actors), tuple(rows), identity, known, tuple(self.problems))

    def _actor(self, column: int) -> Text:
        row = self.heading.below - 1
        return Text(" ".join(self.sheet.text(row, column).split()), self.sheet.where(row, column))

    def _cells(self, row: int) -> Iterator[tuple[str, int]]:
        yield from self.heading.columns.items()
        yield from (("pelaksana", column) for column in self.heading.actors)

    def _is_empty(self, row: int) -> bool:
        return not any(self.sheet.own(row, column) for _, column in self._cells(row))

    def _said(self, row: int) -> dict[str, str]:
        found = ((key, self.sheet.own(row, column)) for key, column in self.heading.columns.items())
        return {key: text for key, text in found if text}

    def _printed(self, row: int) -> int | None:
        number = self._said(row).get("nomor", "").strip(" .)")
        return int(number) if re.fullmatch(r"[0-9]{1,4}", number) else None

    def _is_count(self, row: int) -> bool:
        """Whether a row below the headings counts the columns."""
        texts = [self.sheet.own(row, column).strip("() .") for _, column in self._cells(row)]
        said = [text for text in texts if text]
        return row == self.heading.below and len(said) > 2 and all(text.isdigit() for text in said)

    def _is_section(self, row: int) -> bool:
        """Whether a row heads those below it: `A. Pendaftaran`. It is told, and is no step."""
        said = self._said(row)
        if self._printed(row) or self._has_marks(row) or not said.keys() <= {"nomor", "uraian", "nama"}:
            return False
        if not re.fullmatch(r"[A-Z]|[IVX]+|[a-z]", said.get("nomor", "").strip(" .)")):
            return False
        title = " ".join(" ".join(said.values()).split())
        self.problems.append(
            Problem(f"judul bagian “{title}” tidak menjadi langkah", self.sheet.where(row, 1))
        )
        return True

    def _goes_on(self, row: int) -> bool:
        """Whether a row of the sheet belongs to the step above it: it has no number and no activity of its own."""
        columns = self.heading.columns
        said = [self.sheet.own(row, columns[key]) for key in ("nomor", "uraian", "nama") if key in columns]
        return not any(said) or ("nomor" in columns and not said[0] and not self._has_marks(row))

    def _has_marks(self, row: int) -> bool:
        return any(self.sheet.mark(row, column) for column in self.heading.actors)

    def _add(self, baris: Baris, row: int) -> None:
        """What a row of the sheet says of a step."""
        for key, column in self.heading.columns.items():
            text = self.sheet.own(row, column) or self._shared(key, row, column, baris)
            if key == "waktu" and re.fullmatch(r"[0-9.,]+", text):
                text = f"{text} {self.heading.unit}".strip()
            if text and key != "nomor":
                before = baris.texts.get(key)
                joined = f"{before.text}\n{text}" if before else text
                baris.texts[key] = Text(joined, before.where if before else self.sheet.where(row, column))
        for index, column in enumerate(self.heading.actors):
            if self.heading.named:
                baris.marks += self._names(self.sheet.own(row, column), row, column)
            elif text := self.sheet.mark(row, column):
                baris.marks += _marks(index, text)

    def _shared(self, key: str, row: int, column: int, baris: Baris) -> str:
        """The text of a merged cell that reaches over several steps. A time is not repeated: it is that of all together."""
        origin = self.sheet.merged.get((row, column))
        if origin is None or origin[1] != column or key == "nomor" or origin[0] < self.heading.below:
            return ""
        if key in baris.texts or self._goes_on(row):
            return ""
        text = self.sheet.text(row, column)
        if key == "waktu" and text:
            self.problems.append(
                Problem(
                    "waktu beberapa langkah digabung; hanya dicatat pada langkah pertama",
                    self.sheet.where(row, column),
                )
            )
            return ""
        return text

    def _names(self, text: str, row: int, column: int) -> list[Mark]:
        """The actors that a cell names."""
        found = []
        for name in filter(None, (part.strip(" -•") for part in re.split(r"[\n;,]|→| dan ", text))):
            key = name.casefold()
            if key not in self.named:
                self.named[key] = len(self.actors)
                self.actors.append(Text(name, self.sheet.where(row, column)))
            found.append(Mark(self.named[key]))
        return found


def _marks(actor: int, text: str) -> Iterator[Mark]:
    for line in filter(None, (part.strip() for part in text.split("\n"))):
        found = re.fullmatch(r"(?:(\d{1,2})\s*[:.)]\s*)?(.*)", line)
        assert found
        said = found[2].strip()
        nama = None if said.casefold() in MARKS or len(said) < 4 else said
        yield Mark(actor, int(found[1]) if found[1] else None, nama)


# -- the identity


def _identity(sheets: list[_Sheet], table: _Sheet, heading: Heading) -> dict[str, str]:
    """What stands beside (or below) the labels of the identity page, on any sheet, above the table on its own."""
    found: dict[str, str] = {}
    for sheet in sheets:
        last = heading.top - 1 if sheet is table else sheet.rows
        for row, column in sorted(sheet.texts):
            key = LABELS.get(" ".join(sheet.texts[row, column].casefold().split()).strip(" :"))
            if key and row <= last and (said := _beside(sheet, row, column)):
                found.setdefault(key, said)
    if "nama" not in found and (title := _title(table, heading)):
        found["nama"] = title
    return found


def _title(table: _Sheet, heading: Heading) -> str | None:
    """What stands above the table and is named as an SOP is, or else the first line that names no office."""
    above = [table.texts[place] for place in sorted(table.texts) if place[0] < heading.top]
    named = [text for text in above if TITLED.match(text.strip())]
    return next(iter([*named, *(text for text in above if not OFFICE.match(text.strip()))]), None)


def _beside(sheet: _Sheet, row: int, column: int) -> str:
    for other in range(column + 1, sheet.columns + 1):
        text = sheet.own(row, other).strip(": ")
        if text:
            return "" if _is_label(text) else text
    below = sheet.own(row + 1, column)
    return "" if _is_label(below) else below


def _is_label(text: str) -> bool:
    return " ".join(text.casefold().split()).strip(" :") in LABELS
