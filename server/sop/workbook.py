"""An SOP as a spreadsheet: its identity on one sheet, its table on another. `reading` reads it back; so it is the template too."""

from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from server.identity import Roles
from server.sop.alur import written
from server.sop.chart import depths
from server.sop.procedure import Branch, Kind, Procedure, Row, Symbol
from server.sop.waktu import in_words
from server.xlsx import BORDER, HEAD, put, saved

IDENTITY: Final = (
    ("bidang", "Bidang"),
    ("kode", "Kode nomor perkara"),
    ("nomor", "Nomor SOP"),
    ("tanggal_pembuatan", "Tanggal Pembuatan"),
    ("tanggal_revisi", "Tanggal Revisi"),
    ("tanggal_efektif", "Tanggal Efektif"),
    ("disahkan_oleh", "Disahkan oleh"),
    ("dasar_hukum", "Dasar Hukum"),
    ("kualifikasi_pelaksana", "Kualifikasi Pelaksana"),
    ("keterkaitan", "Keterkaitan"),
    ("peralatan", "Peralatan/Perlengkapan"),
    ("peringatan", "Peringatan"),
    ("pencatatan", "Pencatatan dan Pendataan"),
    ("sifat", "Sifat"),
    ("pembaca", "Pembaca"),
)
"""The properties of the process, each with its label."""
IF_SAID: Final = ("sifat", "pembaca")
"""Those that a process bears only where they say something."""
NAME, ID, START, ABOUT = "Nama SOP", "Id prosedur", "Dimulai bila", "Keterangan prosedur"
BEFORE = ("No", "Nama Langkah", "Kegiatan")
AFTER = ("Kelengkapan", "Waktu", "Output", "Keterangan", "Alur")
MARK = "●"
GUIDE = (
    "Satu baris satu langkah. Tandai pelaksana dengan ● di kolomnya; bila beberapa orang, tulis urutannya dan tugasnya: "
    "“2: Paraf surat” (nomor sama = bersamaan). Kelengkapan dan output: satu hal satu baris. Waktu: “15 menit”, “2 hari”. "
    "Alur kosong = lanjut ke baris berikutnya; keputusan: pertanyaannya, lalu “jika setuju → 5” dan “jika tidak setuju → 3” "
    "pada baris sendiri-sendiri; “→ selesai: hasilnya” mengakhiri."
)


def workbook(procedure: Procedure, roles: Roles) -> bytes:
    """The spreadsheet (.xlsx) of a procedure."""
    book = Workbook()
    table = book.active
    assert isinstance(table, Worksheet)
    table.title = "Tabel"
    _write_table(table, procedure)
    _write_identity(book.create_sheet("Identitas"), procedure)
    _write_people(book.create_sheet("Pelaksana"), roles)
    return saved(book)


# -- the table


def _write_table(sheet: Worksheet, procedure: Procedure) -> None:
    titles = [*BEFORE, *(actor.nama for actor in procedure.actors), *AFTER]
    first, last = len(BEFORE) + 1, len(BEFORE) + len(procedure.actors)
    put(sheet, 1, 1, procedure.nama, bold=True).alignment = Alignment(wrap_text=False)
    put(sheet, 2, 1, GUIDE)
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=len(titles))
    sheet.row_dimensions[2].height = 48
    _head(sheet, titles, first, last)
    for offset, each in enumerate(procedure.rows):
        for column, value in enumerate(_cells(procedure, each), 1):
            put(sheet, 5 + offset, column, value).border = BORDER
    widths = (5, 24, 44, *(16 for _ in procedure.actors), 30, 12, 30, 28, 34)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "D5"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _head(sheet: Worksheet, titles: list[str], first: int, last: int) -> None:
    """Two rows, as in the official form: the actors under Pelaksana, three columns under Mutu Baku."""
    for column, title in enumerate(titles, 1):
        grouped = first <= column <= last + 3
        put(sheet, 4 if grouped else 3, column, title, bold=True)
        if not grouped:
            sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    for title, left, right in (("Pelaksana", first, last), ("Mutu Baku", last + 1, last + 3)):
        put(sheet, 3, left, title, bold=True)
        sheet.merge_cells(start_row=3, end_row=3, start_column=left, end_column=right)
    for line in sheet.iter_rows(min_row=3, max_row=4, max_col=len(titles)):
        for cell in line:
            cell.fill, cell.border = HEAD, BORDER
            cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")


def _cells(procedure: Procedure, row: Row) -> list[object]:
    marks = _marks(procedure, row)
    decisions = procedure.decisions(row)
    branches = procedure.branches(row)
    last = row.nomor == len(procedure.rows)
    plain = [Branch(None if last else row.nomor + 1)]
    alur = "" if branches == plain else written(decisions[-1].text if decisions else None, branches)
    return [
        row.nomor,
        row.nama,
        row.uraian,
        *(marks.get(column, "") for column in range(len(procedure.actors))),
        "\n".join(row.kelengkapan),
        in_words(row.waktu),
        "\n".join(row.output),
        row.keterangan,
        alur,
    ]


def _marks(procedure: Procedure, row: Row) -> dict[int, str]:
    """What stands in the columns of the actors: a mark, or the order and the tasks where several act."""
    acts = procedure.acts(row)
    if len(acts) == 1:
        return {acts[0].actor: MARK}
    order = depths(acts, list(procedure.ways))
    marks: dict[int, list[str]] = {}
    for act in acts:
        marks.setdefault(act.actor, []).append(f"{order[act.id] + 1}: {_said(act, row)}")
    return {actor: "\n".join(lines) for actor, lines in marks.items()}


def _said(act: Symbol, row: Row) -> str:
    return MARK if act.id == row.act else act.text or ""


# -- the other sheets


def _write_identity(sheet: Worksheet, procedure: Procedure) -> None:
    starts = [symbol.text for symbol in procedure.symbols if symbol.kind is Kind.START]
    lines = [
        (NAME, procedure.nama),
        (ID, procedure.id),
        *((label, _listed(procedure.identity.get(key, ""))) for key, label in IDENTITY),
        (START, starts[0] if starts else ""),
        (ABOUT, procedure.documentation or ""),
    ]
    for row, (label, value) in enumerate(lines, 1):
        put(sheet, row, 1, label, bold=True).border = BORDER
        put(sheet, row, 2, value).border = BORDER
    sheet.column_dimensions["A"].width = 28
    sheet.column_dimensions["B"].width = 90


def _listed(text: str) -> str:
    return text.replace("; ", "\n")


def _write_people(sheet: Worksheet, roles: Roles) -> None:
    """Whom the columns may name."""
    put(sheet, 1, 1, "Pelaksana yang dikenal", bold=True)
    put(sheet, 1, 2, "Sebutan lain", bold=True)
    for row, role in enumerate(roles.values(), 2):
        put(sheet, row, 1, role.nama)
        put(sheet, row, 2, ", ".join(role.printed))
    sheet.column_dimensions["A"].width = 44
    sheet.column_dimensions["B"].width = 60
