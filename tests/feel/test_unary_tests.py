"""The cells of decision tables."""

import pytest

from server import feel
from server.feel import InvalidExpression

VARIABLES = {"batas": 5, "pilihan": ["a", "b"], "ya": True, "rentang": [1, 2]}


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("-", 1, True),
        ("-", None, True),
        ("", None, True),
        ("5", 5, True),
        ("5", 6, False),
        ("-5", -5, True),
        ('"a"', "a", True),
        ('"a", "b"', "b", True),
        ('"a", "b"', "c", False),
        ('not("a", "b")', "c", True),
        ('not("a", "b")', "a", False),
        ("not(5)", None, True),
        ("not(< 5)", None, None),
        ("< 5", 4, True),
        ("<= 5", 5, True),
        ("> 5, < 3", 2, True),
        ("= 5", 5, True),
        ("!= 5", 5, False),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("]1..5[", 1, False),
        ("(1..5]", 5, True),
        ("[1..2], [4..5]", 4, True),
        ("not([1..2])", 3, True),
        ("< batas", 4, True),
        ("[1..batas]", 5, True),
        ("batas", 5, True),
        ("batas + 1", 6, True),
        ("pilihan", "b", True),
        ("pilihan", "c", False),
        ("pilihan", ["a", "b"], True),
        ('["a", "b"]', "b", True),
        ("[[1..2], [4..5]]", 4, True),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("not(true)", False, True),
        ("true", None, False),
        ("ya", True, True),
        ("ya", False, False),
        ("batas > 3", "apa saja", True),
        ("batas > 3", None, True),
        ("batas > 9", "apa saja", False),
        ("? > 3", 4, True),
        ("? > 3 and ? < 5", 4, True),
        ('contains(?, "b")', "abc", True),
        ('not(contains(?, "b"))', "abc", False),
        ('not(contains(?, "b")) and ? != "x"', "acc", True),
        ("every x in ? satisfies x > 1", [2, 3], True),
        ("count(?) > 1", [2, 3], True),
        ("?.umur >= 17", {"umur": 20}, True),
        ("null", None, True),
        ("null", 1, False),
        ("5", None, False),
        ("< 5", None, None),
        ("< 5", "a", None),
        ('"5"', 5, None),
        ('"5", 5', 5, True),
        ("abs(-5)", 5, True),
        ("today() > today()", 5, False),
        ('date("2026-11-22")', None, False),
        ("if ya then 1 else 2", 1, True),
        ("some x in rentang satisfies x = ?", 2, True),
        ("{a: 1}", {"a": 1}, True),
    ],
)
def test_a_cell_tells_of_a_value(cell: str, value: object, expected: bool | None) -> None:
    result = feel.compile_unary_tests(cell).test(value, VARIABLES)
    assert result.value is expected, result.warnings
    assert (result.value is None) <= bool(result.warnings)


def test_a_date_cell_tests_typed_values() -> None:
    cell = feel.compile_unary_tests('[@"2026-01-01"..@"2026-12-31"]')
    assert cell.test(feel.Date(2026, 11, 22)).value is True
    assert cell.test(feel.Date(2027, 1, 1)).value is False


@pytest.mark.parametrize("cell", ["<", "1,", ",", "not(1", "1 2", "-,1", "[1..2", "not()", "< 5 and > 3"])
def test_what_is_no_cell_is_refused(cell: str) -> None:
    with pytest.raises(InvalidExpression):
        feel.compile_unary_tests(cell)


def test_the_input_is_no_free_name() -> None:
    assert feel.compile_unary_tests("? > batas").names == {"batas"}
