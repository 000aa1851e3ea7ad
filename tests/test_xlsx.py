"""What users wrote is text in a spreadsheet, whatever it begins with."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from server import xlsx


def cell(value: object) -> object:
    made = xlsx.table("Uji", "Uji", (("Isi", 20),), ((value,),))
    read = load_workbook(BytesIO(made))["Uji"]["A4"]
    assert read.data_type != "f"
    return read.value


@pytest.mark.parametrize("first", [*xlsx.RISKY, "\t=", "\r+"])
def test_no_text_is_a_formula(first: str) -> None:
    assert str(cell(f"{first}1+1")).startswith("'")


def test_numbers_and_days_stay_what_they_are() -> None:
    assert (cell(12), cell(0), cell(0.5)) == (12, 0, 0.5)
    assert str(cell(date(2026, 11, 27)))[:10] == "2026-11-27"


def test_what_cannot_be_printed_is_left_out() -> None:
    assert cell("Budi\x00\u202e Santoso\nKasubag") == "Budi Santoso\nKasubag"
