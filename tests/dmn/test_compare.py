"""What differs between two versions of a file of decisions."""

from pathlib import Path

import pytest

from server import dmn
from server.config import ROOT
from server.dmn.compare import Kind

TEXT = (ROOT / "dmn/cuti/penelitian-cuti.dmn").read_text()
BEFORE = dmn.read(TEXT.encode())


def differences(text: str) -> dict[str, dmn.Difference]:
    return {each.name: each for each in dmn.compare(BEFORE, dmn.read(text.encode()))}


def rule(number: int) -> str:
    start = TEXT.index(f'<rule id="hak_cuti_baris_{number}">')
    return TEXT[start : TEXT.index("</rule>", start) + len("</rule>")]


@pytest.mark.parametrize("path", sorted((ROOT / "dmn").rglob("*.dmn")), ids=lambda path: path.stem)
def test_a_file_does_not_differ_from_itself(path: Path) -> None:
    body = path.read_bytes()
    assert dmn.compare(dmn.read(body), dmn.read(body)) == ()


def test_a_changed_cell_is_told_with_what_it_was() -> None:
    found = differences(TEXT.replace("<text>12</text>", "<text>15</text>", 1))

    (row,) = found["Keputusan “Ketentuan dan pilihan kantor”"].changed_rows
    assert (row.kind, row.before, row.after) == (Kind.CHANGED, 1, 1)
    assert [(cell.before, cell.after) for cell in row.cells if cell.kind is not Kind.SAME] == [("12", "15")]


def test_a_changed_annotation_is_a_changed_cell() -> None:
    found = differences(TEXT.replace("PP 24/1976; SE BAKN", "PP 24/1976, SE BAKN"))

    (row,) = found["Keputusan “Rezim cuti”"].changed_rows
    assert row.cells[-1].kind is Kind.CHANGED


def test_a_row_that_is_gone_stands_where_it_stood_and_the_rest_is_the_same() -> None:
    (row,) = differences(TEXT.replace(rule(6), ""))["Keputusan “Jenis dan hak cuti”"].changed_rows

    assert (row.kind, row.before, row.after) == (Kind.REMOVED, 6, None)


def test_of_rows_in_another_order_only_the_one_that_was_moved_is_told() -> None:
    moved = TEXT.replace(rule(3), "").replace(rule(1), rule(3) + rule(1))

    (row,) = differences(moved)["Keputusan “Jenis dan hak cuti”"].changed_rows
    assert (row.kind, row.moved, row.before, row.after) == (Kind.SAME, True, 3, 1)


def test_rows_without_ids_are_the_same_when_they_say_the_same() -> None:
    bare = TEXT.replace(' id="hak_cuti_baris_3"', "").replace(' id="hak_cuti_baris_4"', "")

    assert differences(bare) == {}


def test_what_is_no_matter_of_rows_is_told_in_words() -> None:
    found = differences(TEXT.replace('hitPolicy="UNIQUE"', 'hitPolicy="FIRST"', 1))

    assert found["Keputusan “Rezim cuti”"].said == ("Aturan yang dipakai: satu menjadi pertama.",)


def test_the_type_of_an_input_is_told() -> None:
    found = differences(TEXT.replace('name="anak_ke" typeRef="number"', 'name="anak_ke" typeRef="string"'))

    assert found["Data masukan “anak_ke”"].said == ("Jenis: “number” menjadi “string”.",)


def test_ten_thousand_rows_are_compared_at_once() -> None:
    def table(first: int) -> bytes:
        rules = "".join(
            f"<rule><inputEntry><text>{number}</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
            for number in range(first, first + 10_000)
        )
        return (
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n"><decision id="a" name="a">'
            '<decisionTable><input id="i"><inputExpression><text>x</text></inputExpression></input><output id="o" name="o"/>'
            f"{rules}</decisionTable></decision></definitions>"
        ).encode()

    (found,) = dmn.compare(dmn.read(table(0)), dmn.read(table(1)))
    assert [row.kind for row in found.changed_rows] == [Kind.REMOVED, Kind.ADDED]
