"""Out and in again: every procedure as a spreadsheet, and back as a diagram."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from server import bpmn
from server.sop import Draft, Procedure, draft, read_procedure, read_workbook, workbook
from server.sop.procedure import Branch
from tests.bpmn.test_layout import faults
from tests.diagrams import diagram, end, path, start, user
from tests.sop.book import NAMES, ROLES, of, procedure


def back(data: bytes) -> Draft:
    return draft(read_workbook(data), ROLES)


def told(found: Procedure) -> Any:
    """All that must survive: identity, actors, rows with their mutu baku, who acts in each, questions and branches."""
    rows = [
        (
            replace(row, act=""),
            sorted((act.text, act.actor) for act in found.acts(row)),
            [one.text for one in found.decisions(row)][-1:],
            sorted(found.branches(row), key=str),
        )
        for row in found.rows
    ]
    return found.id, found.nama, found.actors, {k: v for k, v in found.identity.items() if v}, rows


@pytest.mark.parametrize("name", NAMES)
def test_out_and_in_again_gives_the_same_procedure(name: str) -> None:
    drawn = back(workbook(procedure(name), ROLES))
    assert drawn.problems == ()
    again = bpmn.read(bpmn.write(drawn.diagram)).executable[0]
    assert told(read_procedure(again)) == told(procedure(name))
    assert list(faults(drawn.diagram)) == []


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_no_cell_begins_as_a_formula_does(sign: str) -> None:
    risky = f"{sign}HYPERLINK(1)"
    facts = {"langkah": "1", "uraian": risky, "kelengkapan": risky, "keterangan": risky}
    sent = of(
        diagram(
            start(),
            user("a", name=risky, properties=facts),
            end(name="Selesai"),
            path("start a end"),
            name=risky,
        )
    )
    data = workbook(sent, ROLES)
    cells = [cell for sheet in load_workbook(BytesIO(data)) for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f" or str(cell.value or "").startswith(sign)]
    assert read_procedure(back(data).diagram.processes[0]).rows[0].uraian == risky


def office_table(*rows: tuple[object, ...], heads: bool = True) -> bytes:
    """A table as an office keeps it: two rows of headings, columns of actors, no column for the flow."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["SOP Surat Keterangan"])
    sheet.append([])
    if heads:
        sheet.append(["NO.", "Uraian Kegiatan", "Pelaksana", None, None, "Mutu Baku", None, None, "Ket"])
        sheet.append([None, None, "Pemohon", "Kasi", "Kadis", "Persyaratan", "Waktu", "Keluaran", None])
        for area in ("A3:A4", "B3:B4", "C3:E3", "F3:H3", "I3:I4"):
            sheet.merge_cells(area)
    for row in rows:
        sheet.append(row)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_an_offices_own_table_is_understood() -> None:
    drawn = back(
        office_table(
            (1, "Pemohon mengajukan permohonan", "v", None, None, "1. KTP\n2. KK", "5 menit", "Berkas", None),
            (
                2,
                "Kasi memeriksa berkas",
                None,
                "v",
                None,
                "Berkas",
                "1 jam",
                "Paraf",
                "Jika tidak lengkap kembali ke 1",
            ),
            (3, "Kepala Dinas menandatangani", None, None, "v", "Surat", "1 hari", "Surat", None),
        )
    )
    found = read_procedure(drawn.diagram.processes[0])
    assert drawn.problems == ()
    assert found.nama == "SOP Surat Keterangan"
    assert [actor.role for actor in found.actors] == ["pemohon", "kepala_seksi", "kepala_dinas"]
    assert [row.waktu for row in found.rows] == ["PT5M", "PT1H", "P1D"]
    assert found.rows[0].kelengkapan == ("KTP", "KK")
    assert found.branches(found.rows[1]) == [Branch(3, "lengkap"), Branch(1, "tidak lengkap")]


def test_a_step_may_go_on_over_several_rows_and_merged_cells() -> None:
    drawn = back(
        office_table(
            (1, "Pemohon mengajukan permohonan", "v", None, None, "KTP", "5 menit", "Berkas", None),
            (None, None, None, None, None, "KK", None, None, None),
            (2, "Kasi memeriksa", None, "v", None, "Berkas", "1 jam", "Paraf", None),
        )
    )
    assert [row.kelengkapan for row in read_procedure(drawn.diagram.processes[0]).rows] == [
        ("KTP", "KK"),
        ("Berkas",),
    ]


def test_what_is_not_understood_is_told_with_its_cell_and_drawn_all_the_same() -> None:
    drawn = back(
        office_table(
            (1, "Pemohon mengajukan", "v", None, None, None, "sebentar", None, None),
            (2, "Kasi memeriksa", None, None, None, None, "1 jam", None, "Jika salah kembali ke 9"),
        )
    )
    problems = {problem.where: problem.message for problem in drawn.problems}
    assert "sebentar" in problems["Sheet!G5"]
    assert "ditandai" in problems["Sheet!A6"]
    assert "langkah 9" in problems["Sheet!I6"]
    assert len(read_procedure(drawn.diagram.processes[0]).rows) == 2


def test_an_unknown_actor_gets_a_lane_and_is_told_with_what_to_write() -> None:
    data = office_table((1, "Menerima tamu", "v", None, None, None, None, None, None))
    book = load_workbook(BytesIO(data))
    book.worksheets[0]["C4"] = "Staf"
    stream = BytesIO()
    book.save(stream)
    drawn = back(stream.getvalue())
    (problem,) = drawn.problems
    assert problem.where == "Sheet!C4"
    assert "“Staf Keuangan”" in problem.message
    assert drawn.diagram.processes[0].lanes[0].name == "Staf"
