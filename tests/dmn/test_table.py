"""Hit policies, defaults, priorities and aggregations of decision tables (DMN 1.5 §8.2.10)."""

from decimal import Decimal

import pytest

from server import dmn
from tests.dmn.files import opened


@pytest.fixture(scope="module")
def kebijakan() -> dmn.Definitions:
    return opened("kebijakan")


@pytest.mark.parametrize(
    ("table", "hari", "value", "rules"),
    [
        ("unik", 2, "tidak ada", [1]),
        ("unik", 3, "ringan", [2]),
        ("unik", Decimal("10.5"), "berat", [3]),
        ("mana_saja", 7, "ya", [1, 2]),
        ("mana_saja", 30, None, []),
        ("prioritas", 10, {"tingkat": "sedang", "lama": Decimal(9), "catatan": "c"}, [3]),
        ("prioritas", 1, {"tingkat": "ringan", "lama": Decimal(12), "catatan": "a"}, [1]),
        ("pertama", 1, "satu", [1]),
        ("pertama", 4, "dua", [2]),
        ("pertama", 9, "bawaan", []),
        ("urut_aturan", 3, ["b", "a"], [1, 2]),
        ("urut_aturan", 2, ["b"], [1]),
        ("urut_hasil", 9, ["a", "b", "c"], [2, 3, 1]),
        ("kumpul", 3, ["KK", "KTP"], [1, 2]),
        ("kumpul", 0, None, []),
        ("jumlah", 3, Decimal("16.5"), [1, 2]),
        ("banyak", 3, Decimal(2), [1, 2]),
        ("terkecil", 3, Decimal(14), [1, 2]),
        ("terbesar", 3, "2026-03-01", [1, 2]),
        ("terbatas", 31, "ada", [1]),
    ],
)
def test_hit_policy(kebijakan, table, hari, value, rules):
    answer = dmn.evaluate(kebijakan, table, {"hari": hari})
    assert answer.value == value
    assert [rule.number for rule in answer.decisions[-1].rules] == rules
    assert not answer.warnings


@pytest.mark.parametrize(
    ("table", "hari", "said"),
    [
        ("unik", 10, "aturan 2 dan 3 cocok sekaligus"),
        ("mana_saja", 1, "hasilnya berbeda"),
        ("terbatas", 32, "di luar nilai"),
        ("salah", 7, "Isi sel bukan FEEL"),
        ("kumpul", "tiga", "“tiga” bukan number"),
    ],
)
def test_a_breach_is_null_and_says_why(kebijakan, table, hari, said):
    answer = dmn.evaluate(kebijakan, table, {"hari": hari})
    assert answer.value is None
    assert said in " ".join(str(warning) for warning in answer.warnings)


def test_a_breach_of_a_unique_table_tells_all_rules_that_matched(kebijakan):
    answer = dmn.evaluate(kebijakan, "unik", {"hari": 10})
    assert [rule.number for rule in answer.decisions[-1].rules] == [2, 3]


def test_a_cell_that_is_no_feel_leaves_the_other_rules_alone(kebijakan):
    assert dmn.evaluate(kebijakan, "salah", {"hari": 1}).value == "kecil"
