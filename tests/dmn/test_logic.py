"""Boxed expressions (DMN 1.5 §10.2.2)."""

from decimal import Decimal

import pytest

from server import dmn
from tests.dmn.files import opened


@pytest.fixture(scope="module")
def kotak() -> dmn.Definitions:
    return opened("kotak")


@pytest.mark.parametrize(
    ("decision", "value"),
    [
        ("konteks", {"dua kali": Decimal(6), "empat kali": None, "teks": "6"}),
        ("konteks_hasil", Decimal(7)),
        ("daftar", [Decimal(3), ["x"]]),
        ("relasi", [{"nama": "Budi", "umur": Decimal(40)}, {"nama": "Siti", "umur": None}]),
        ("fungsi", Decimal(36)),
        ("syarat", "kecil"),
        ("saring", [{"nama": "Budi", "umur": Decimal(40)}]),
        ("ulang_daftar", [Decimal(1), Decimal(5), Decimal(11)]),
        ("ada", True),
        ("semua", False),
    ],
)
def test_boxed_expression(kotak, decision, value):
    assert dmn.evaluate(kotak, decision, {"n": 3}).value == value


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ("fungsi_luar", "Fungsi luar (Java) tidak didukung"),
        ("saring_salah", "tidak menghasilkan benar atau salah"),
        ("semua_salah", "tidak menghasilkan benar atau salah"),
    ],
)
def test_what_a_box_cannot_give_is_null_and_says_why(kotak, decision, said):
    answer = dmn.evaluate(kotak, decision, {})
    assert answer.value is None
    assert said in " ".join(str(warning) for warning in answer.warnings)


def test_a_boxed_conditional_on_another_truth(kotak):
    assert dmn.evaluate(kotak, "syarat", {"n": 11}).value == "besar"
