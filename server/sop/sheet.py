"""What an SOP sheet says and draws, as plain values that both its faces show: the PDF (`lembar.typ`) and the page.

The sheet is PermenPAN-RB 35/2012's: an identity page, and the table with the flow in its columns of actors. A row's flow is
given in columns and levels from the row's upper left corner, so that it fits a row of any height.
"""

from collections.abc import Iterator
from typing import Any, Final

from server.identity import Roles
from server.sop.chart import Arrow, Chart, Side, draw
from server.sop.procedure import Procedure, Row
from server.sop.waktu import in_words

LETTERS, LINES = 8, 4
"""An answer beside a decision is broken into lines of some eight letters, and into wider ones past four lines."""


BLOCKS: Final = (
    ("dasar_hukum", "Dasar Hukum"),
    ("kualifikasi_pelaksana", "Kualifikasi Pelaksana"),
    ("keterkaitan", "Keterkaitan"),
    ("peralatan", "Peralatan/Perlengkapan"),
    ("peringatan", "Peringatan"),
    ("pencatatan", "Pencatatan dan Pendataan"),
)
"""The six fields of the identity page: property of the process, title."""
HEAD: Final = (
    ("nomor", "Nomor SOP"),
    ("tanggal_pembuatan", "Tanggal Pembuatan"),
    ("tanggal_revisi", "Tanggal Revisi"),
    ("tanggal_efektif", "Tanggal Efektif"),
    ("disahkan_oleh", "Disahkan oleh"),
)


def sheet(procedure: Procedure, roles: Roles) -> dict[str, Any]:
    """The content of a procedure's sheet, as JSON."""
    said = procedure.identity
    chart = draw(procedure)
    bidang = said.get("bidang", "")
    return {
        "id": procedure.id,
        "nama": procedure.nama,
        "kantor": roles.kantor,
        "bidang": roles.bidang[bidang].nama if bidang in roles.bidang else bidang,
        "kepala": [{"judul": title, "isi": _items(said.get(key))} for key, title in HEAD],
        "kotak": [{"judul": title, "isi": _items(said.get(key))} for key, title in BLOCKS],
        "pelaksana": [actor.nama for actor in procedure.actors],
        "langkah": [_row(procedure, chart, row) for row in procedure.rows],
    }


def _items(text: str | None) -> list[str]:
    return [item.strip() for item in (text or "").split("; ") if item.strip()]


def _row(procedure: Procedure, chart: Chart, row: Row) -> dict[str, Any]:
    index = row.nomor - 1
    first, levels = chart.first[index], chart.levels[index]
    return {
        "nomor": row.nomor,
        "kegiatan": row.uraian or row.nama,
        "kelengkapan": list(row.kelengkapan),
        "waktu": in_words(row.waktu),
        "output": list(row.output),
        "keterangan": list(_remarks(procedure, row)),
        "tingkat": levels,
        "garis": sorted({line for arrow in chart.arrows for line in _within(arrow, first, levels)}),
        "lambang": [
            {"bentuk": shape.form, "x": shape.column + 0.5, "y": shape.level - first + 0.5}
            for shape in chart.shapes
            if shape.row == index
        ],
        "panah": _heads(chart, index, first),
        "jawaban": _answers(chart, index, first),
        "sambung": _crossings(chart, first + levels),
    }


def _remarks(procedure: Procedure, row: Row) -> Iterator[str]:
    """The remark, and the results that the flow itself cannot show."""
    if row.keterangan:
        yield row.keterangan
    for branch in procedure.branches(row):
        if branch.hasil and branch.label:
            yield f"Jika {branch.label}: {branch.hasil}."


def _within(arrow: Arrow, first: int, levels: int) -> Iterator[tuple[float, float, float, float]]:
    """The pieces of an arrow that lie in a row, each from left to right or from top to bottom."""
    for (x1, y1), (x2, y2) in arrow.segments:
        top, bottom = max(min(y1, y2), first), min(max(y1, y2), first + levels)
        if top < bottom or (y1 == y2 and first < y1 < first + levels):
            yield min(x1, x2), top - first, max(x1, x2), bottom - first


def _heads(chart: Chart, row: int, first: int) -> list[dict[str, Any]]:
    """Where arrows come in: the middle of the symbol, and its side."""
    places = {shape.id: shape for shape in chart.shapes if shape.row == row}
    found = dict.fromkeys(
        (arrow.way.target, arrow.entry) for arrow in chart.arrows if arrow.way.target in places
    )
    return [
        {"x": places[one].column + 0.5, "y": places[one].level - first + 0.5, "sisi": side}
        for one, side in found
    ]


def _answers(chart: Chart, row: int, first: int) -> list[dict[str, Any]]:
    """The answers of decisions, each beside its way out; `naik` where that way leads up at once. Ways that leave together have
    their answers below each other, parted by `;`.
    """
    places = {shape.id: shape for shape in chart.shapes if shape.row == row}
    found: dict[tuple[str, Side, bool], list[str]] = {}
    for arrow in chart.arrows:
        shape = places.get(arrow.way.source)
        if shape and arrow.way.label:
            (_, y), turn = arrow.points[0], arrow.points[2] if len(arrow.points) > 2 else arrow.points[1]
            up = arrow.exit in (Side.LEFT, Side.RIGHT) and turn[1] < y
            lines = found.setdefault((shape.id, arrow.exit, up), [])
            if lines:
                lines[-1] += ";"
            lines += _broken(arrow.way.label)
    return [
        {
            "x": places[one].column + 0.5,
            "y": places[one].level - first + 0.5,
            "sisi": side,
            "naik": up,
            "baris": lines,
        }
        for (one, side, up), lines in found.items()
    ]


def _broken(text: str) -> list[str]:
    most = max(LETTERS, -(-len(text) // LINES) + 2)
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _crossings(chart: Chart, edge: int) -> list[dict[str, Any]]:
    """The arrows that cross the lower edge of a row: where, and whether downwards. One for those that run together."""
    found: dict[tuple[float, bool], None] = {}
    for arrow in chart.arrows:
        for (x, y1), (other, y2) in arrow.segments:
            if x == other and min(y1, y2) < edge < max(y1, y2):
                found[x, y1 < y2] = None
    return [{"x": x, "turun": down} for x, down in sorted(found)]
