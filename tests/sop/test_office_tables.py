"""Tables as offices really keep them: shortened words, numbered columns, headings of sections, symbols drawn over the cells."""

import zipfile
from collections.abc import Iterable
from io import BytesIO

import pytest
from openpyxl import Workbook

from server.sop import Draft, Procedure, UnreadableWorkbook, draft, read_procedure, read_workbook
from server.sop.procedure import Branch
from tests.sop.book import ROLES

XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def table(*rows: tuple[object, ...]) -> bytes:
    """A letter's head, headings in two rows, the columns counted below them, these rows, and who signs."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "SOP"
    for line in (
        ("PEMERINTAH KABUPATEN",),
        ("DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL",),
        ("SOP PELAYANAN LEGALISIR AKTA",),
        ("NO", "URAIAN\nKEGIATAN", "PELAKSANA", None, None, "MUTU BAKU", None, None, "KET."),
        (None, None, "PEMOHON", "KASI", "KEPALA DINAS", "KELENGKAPAN", "WAKTU (menit)", "OUTPUT", None),
        tuple(range(1, 10)),
        *rows,
        (),
        (None, None, None, None, None, None, "Lumajang, 2 Januari 2026"),
    ):
        sheet.append(line)
    for area in ("A4:A5", "B4:B5", "C4:E4", "F4:H4", "I4:I5"):
        sheet.merge_cells(area)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def understood(data: bytes) -> tuple[Draft, Procedure]:
    drawn = draft(read_workbook(data), ROLES)
    return drawn, read_procedure(drawn.diagram.processes[0])


def test_shortened_words_loose_times_and_printed_numbers_are_understood() -> None:
    drawn, found = understood(
        table(
            ("A.", "Pendaftaran"),
            ("1.", "Menyerahkan berkas", "v", None, None, "- KTP\n- Akta", 5, "Berkas", None),
            ("2.", "Memeriksa", None, "v", None, None, "± 10 mnt", None, "Jika tdk lengkap dikembalikan kpd pemohon"),
            ("B.", "Pengesahan"),
            ("3.", "Memaraf", None, "v", None, None, "10-15 menit", None, "Jika tdk sesuai kembali ke no. 2"),
            ("4.", "Menandatangani", None, None, "v", None, "maks. 1 hr kerja", None, "Bila ditolak kembali ke langkah sebelumnya"),
        )
    )  # fmt: skip
    assert found.nama == "SOP PELAYANAN LEGALISIR AKTA"
    assert [row.waktu for row in found.rows] == ["PT5M", "PT10M", "PT15M", "P1D"]
    assert [found.branches(row)[-1] for row in found.rows[1:]] == [
        Branch(1, "tidak lengkap"),
        Branch(2, "tidak sesuai"),
        Branch(3, "ditolak"),
    ]
    assert found.decisions(found.rows[1])[0].text == "Lengkap?"
    assert [(problem.where, problem.message) for problem in drawn.problems] == [
        ("SOP!A7", "judul bagian “A. Pendaftaran” tidak menjadi langkah"),
        ("SOP!A10", "judul bagian “B. Pengesahan” tidak menjadi langkah"),
    ]


def test_the_numbers_of_remarks_are_those_that_the_table_prints() -> None:
    _, found = understood(
        table(
            (11, "Menyerahkan berkas", "v"),
            (12, "Memeriksa", None, "v", None, None, None, None, "Jika salah kembali ke 11"),
            (13, "Menandatangani", None, None, "v"),
        )
    )
    assert found.branches(found.rows[1])[-1] == Branch(1, "salah")


ROWS = ((1, "Menyerahkan berkas"), (2, "Memeriksa berkas"), (3, "Menandatangani"))


def with_symbols(data: bytes, shapes: Iterable[str]) -> bytes:
    """The same file with shapes drawn over its first sheet."""
    body = f'<wsDr xmlns="{XDR}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">{"".join(shapes)}</wsDr>'
    related = '<Relationships xmlns="{}"><Relationship Id="rId9" Type="{}/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for part in old.infolist():
            new.writestr(part, old.read(part))
        new.writestr("xl/drawings/drawing1.xml", body)
        new.writestr("xl/worksheets/_rels/sheet1.xml.rels", related.format(PACKAGE, OFFICE))
    return stream.getvalue()


def shape(form: str, column: int, row: int, kind: str = "", offset: int = 90_000) -> str:
    """A shape from a cell (from 1) to the beginning of the next one on the right."""
    corners = f"<from><col>{column - 1}</col><colOff>{offset}</colOff><row>{row - 1}</row><rowOff>9000</rowOff></from>"
    corners += f"<to><col>{column}</col><colOff>20000</colOff><row>{row - 1}</row><rowOff>90000</rowOff></to>"
    look = (
        f'<nvSpPr><cNvPr id="1" name="x"/><cNvSpPr {kind}/></nvSpPr><spPr><a:prstGeom prst="{form}"/></spPr>'
    )
    return f"<twoCellAnchor>{corners}<sp>{look}</sp></twoCellAnchor>"


def test_the_symbols_drawn_over_the_cells_say_who_acts() -> None:
    shapes = [
        shape("flowChartTerminator", 3, 7),
        shape("flowChartDecision", 4, 8),
        shape("rect", 5, 9),
        shape("line", 4, 7),
        shape("rect", 5, 8, 'txBox="1"'),
    ]
    drawn, found = understood(with_symbols(table(*ROWS), shapes))
    assert [[found.actors[act.actor].role for act in found.acts(row)] for row in found.rows] == [
        ["pemohon"],
        ["kepala_seksi"],
        ["kepala_dinas"],
    ]
    assert drawn.problems == ()


def group(inside: str, measures: str) -> str:
    """A group over the table's three columns of actors and its three rows."""
    place = "<from><col>2</col><colOff>0</colOff><row>6</row><rowOff>0</rowOff></from>"
    place += "<to><col>4</col><colOff>600000</colOff><row>8</row><rowOff>190500</rowOff></to>"
    return f"<twoCellAnchor>{place}<grpSp>{frame('grpSpPr', measures)}{inside}</grpSp></twoCellAnchor>"


def frame(element: str, measures: str, form: str = "") -> str:
    names = ("off x y", "ext cx cy", "chOff x y", "chExt cx cy")
    numbers = iter(measures.split())
    parts = [
        f'<a:{name} {one}="{next(numbers)}" {other}="{next(numbers)}"/>'
        for name, one, other in (each.split() for each in names[: len(measures.split()) // 2])
    ]
    return f"<{element}><a:xfrm>{''.join(parts)}</a:xfrm>{form}</{element}>"


def within(form: str, measures: str) -> str:
    return f"<sp>{frame('spPr', measures, f'<a:prstGeom prst={chr(34)}{form}{chr(34)}/>')}</sp>"


def test_symbols_of_a_group_say_who_acts_too() -> None:
    decided = within("flowChartDecision", "140 140 20 20")
    inner = f"<grpSp>{frame('grpSpPr', '1100 1100 100 100 100 100 100 100')}{decided}</grpSp>"
    shapes = [
        within("flowChartTerminator", "1010 1010 80 80"),
        inner,
        within("rect", "1210 1210 80 80"),
        within("line", "1100 1050 100 10"),
    ]
    drawn, found = understood(
        with_symbols(table(*ROWS), [group("".join(shapes), "0 0 300 300 1000 1000 300 300")])
    )
    assert [[found.actors[act.actor].role for act in found.acts(row)] for row in found.rows] == [
        ["pemohon"],
        ["kepala_seksi"],
        ["kepala_dinas"],
    ]
    assert drawn.problems == ()


@pytest.mark.parametrize(
    "symbol", ["<twoCellAnchor", shape("rect", 3, 7).replace("<col>2</col>", "<col>x</col>")]
)
def test_a_broken_drawing_is_refused_in_words(symbol: str) -> None:
    with pytest.raises(UnreadableWorkbook):
        understood(with_symbols(table(*ROWS), [symbol]))
