"""Examples beside a table: read from YAML, run, and told apart from what the table gives."""

from decimal import Decimal

import pytest

from server import dmn
from server.dmn.examples import matches
from tests.dmn.files import HERE, literal, opened

FILE = HERE / "kebijakan.contoh.yaml"


def example(inputs: str, expected: str, decision: str = "unik") -> bytes:
    return f"keputusan: {decision}\ncontoh:\n  - nama: satu\n    masukan: {inputs}\n    hasil: {expected}\n".encode()


def test_examples_that_hold_leave_nothing_to_say():
    examples = dmn.read_examples(FILE.read_bytes())
    assert [one.name for one in examples] == ["dua hari", "sebelas hari", "hanya yang disebut dibandingkan"]
    assert dmn.run_examples(opened("kebijakan"), examples) == ()


def test_an_example_that_fails_tells_both_results_and_its_line():
    (problem,) = dmn.run_examples(opened("kebijakan"), dmn.read_examples(example("{hari: 4}", "berat")))
    assert problem.message == "Hasilnya ringan, seharusnya berat."
    assert (problem.where, problem.line) == ("Keputusan “Unik”, contoh “satu”", 3)


def test_of_a_context_what_differs_is_told():
    example_ = example("{}", "{a: 1, b: 3}", "d")
    (problem,) = dmn.run_examples(dmn.read(literal("{a: 1, b: 2, c: 3}")), dmn.read_examples(example_))
    assert problem.message == "Hasilnya {b: 2}, seharusnya {b: 3}."


def test_an_example_that_forgets_an_input_is_told_which():
    (problem,) = dmn.run_examples(opened("kebijakan"), dmn.read_examples(example("{hri: 11}", "berat")))
    assert problem.message == "Hasilnya null, seharusnya berat (tidak diberikan: hari)."


def test_an_example_of_an_unknown_decision_is_a_problem():
    (problem,) = dmn.run_examples(opened("kebijakan"), dmn.read_examples(example("{}", "1", "gaji")))
    assert "“gaji” tidak ada" in problem.message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-11-22", "2026-11-22"),
        ("0.1", Decimal("0.1")),
        ("3", Decimal(3)),
        ("true", True),
        ('"true"', "true"),
        ("no", "no"),
        ("null", None),
        ("[1, {a: b}]", [Decimal(1), {"a": "b"}]),
        ("1:30", "1:30"),
    ],
)
def test_yaml_is_read_as_json_has_it(text, value):
    (read,) = dmn.read_examples(example(f"{{x: {text}}}", "1"))
    assert read.inputs == {"x": value}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"keputusan: [", "Bukan YAML"),
        (b"- 1", "pasangan nama dan nilai"),
        (b"keputusan: a", "daftar"),
        (b"contoh: []", "keputusan"),
        (b"keputusan: a\ncontoh: [{nama: x, masukan: {}}]", "hasil"),
        (b"keputusan: a\ncontoh: [{nama: x, masukan: 3, hasil: 1}]", "masukan"),
        (b"a: &a [1]\nkeputusan: a\ncontoh: [*a]", "Rujukan"),
        (b"[" * 3000, "Bukan YAML"),
    ],
)
def test_what_cannot_be_understood_is_refused(data, said):
    with pytest.raises(dmn.UnreadableExamples, match=said):
        dmn.read_examples(data)


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        (1, Decimal("1.0"), True),
        (True, Decimal(1), False),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "c": 2}, {"a": 1}, False),
        ([1], [1, 2], False),
        (None, None, True),
        ("1", Decimal(1), False),
    ],
)
def test_an_example_matches(expected, actual, same):
    assert matches(expected, actual) is same
