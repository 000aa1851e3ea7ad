"""The short ways, conditions, index and coverage, say the same as FEEL does row by row."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server import dmn, feel
from server.dmn.conditions import condition_of
from server.dmn.program import program_of
from tests.dmn.files import table

NUMBERS = st.integers(0, 8).map(str) | st.sampled_from(["2.5", "-1", "3.0"])
TEXTS = st.sampled_from(['"a"', '"b"', '"c"', '""'])
TRUTHS = st.sampled_from(["true", "false"])
DAYS = st.sampled_from(['date("2021-08-30")', 'date("2021-08-31")', '@"2022-01-01"', "date(2023, 2, 28)"])
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "=", ""])
ENDS = st.tuples(st.sampled_from("[(]"), st.sampled_from("])["))


def ordered(ends: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Tests on values of an ordered kind."""
    one_sided = st.tuples(SIGNS, ends).map(lambda parts: f"{parts[0]} {parts[1]}")
    interval = st.tuples(ENDS, ends, ends).map(
        lambda parts: f"{parts[0][0]}{parts[1]}..{parts[2]}{parts[0][1]}"
    )
    return one_sided | interval


def cells(tests: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Cells of one to three tests, some of them negated."""
    listed = st.lists(tests, min_size=1, max_size=3).map(", ".join)
    return listed | listed.map(lambda text: f"not({text})")


CELLS = cells(ordered(NUMBERS)) | cells(ordered(DAYS)) | cells(TEXTS) | cells(TRUTHS)
VALUES = (
    st.integers(-1, 9).map(Decimal)
    | st.sampled_from([Decimal("2.5"), "a", "b", "", "z", True, False, None])
    | st.sampled_from([feel.Date(2021, 8, 30), feel.Date(2021, 9, 1), feel.Date(2023, 2, 28)])
)


@settings(max_examples=300)
@given(CELLS, VALUES)
def test_a_condition_is_met_as_feel_says(cell, value):
    tests = feel.compile_unary_tests(cell)
    condition = condition_of(tests)
    if condition is not None and type(value) is condition.kind:
        assert condition.meets(value) is (tests.test(value).value is True)


@pytest.mark.parametrize(
    "cell", ["< batas", "? > 3", "null", "[1, 2]", "now()", 'date("bukan")', "[5..1]", '1, "a"', "-"]
)
def test_a_cell_that_depends_on_more_is_no_condition(cell):
    assert condition_of(feel.compile_unary_tests(cell)) is None


RULES = st.lists(
    st.tuples(
        cells(TEXTS) | st.just("-"), cells(TRUTHS) | st.just("-"), cells(ordered(NUMBERS)) | st.just("-")
    ),
    min_size=8,
    max_size=20,
)
INPUTS = st.tuples(
    st.sampled_from(["a", "b", "z", None, 1]),
    st.sampled_from([True, False, None, 1]),
    st.integers(-1, 9) | st.none(),
)


@settings(max_examples=60)
@given(RULES, st.lists(INPUTS, min_size=1, max_size=5))
def test_the_index_finds_the_rules_that_match(rules, inputs):
    rows = [f"{' | '.join(rule)} -> {number}" for number, rule in enumerate(rules, 1)]
    definitions = dmn.read(table({"teks": "", "benar": "", "angka": ""}, rows, "RULE ORDER"))
    (compiled,) = program_of(definitions).tables
    for given_ in inputs:
        values = dict(zip(("teks", "benar", "angka"), given_, strict=True))
        found = dmn.evaluate(definitions, "d", values).value
        index, compiled.index = compiled.index, None
        assert dmn.evaluate(definitions, "d", values).value == found
        compiled.index = index


SMALL_RULES = st.lists(
    st.tuples(cells(ordered(st.integers(0, 4).map(str))) | st.just("-"), cells(TRUTHS) | st.just("-")),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100)
@given(SMALL_RULES, st.sampled_from(["UNIQUE", "FIRST"]))
def test_the_check_finds_what_evaluation_meets(rules, policy):
    rows = [f"{' | '.join(rule)} -> {number}" for number, rule in enumerate(rules, 1)]
    definitions = dmn.read(table({"n": "number:[0..4]", "b": "boolean"}, rows, policy))
    problems = [problem.message for problem in dmn.check(definitions)]
    answers = [
        dmn.evaluate(definitions, "d", {"n": number, "b": truth})
        for number in range(5)
        for truth in (True, False)
    ]
    hits = [[rule.number for rule in answer.decisions[0].rules] for answer in answers]
    plain = all(
        condition_of(feel.compile_unary_tests(cell)) for rule in rules for cell in rule if cell != "-"
    )
    if not plain:
        return
    assert any("Tidak ada aturan" in problem for problem in problems) == any(not hit for hit in hits)
    assert any("sama-sama cocok" in problem for problem in problems) == any(len(hit) > 1 for hit in hits)
    chosen = {number for hit in hits for number in hit}
    unreachable = {
        number for number in range(1, len(rules) + 1) if f"Aturan {number} tidak" in " ".join(problems)
    }
    assert unreachable == set(range(1, len(rules) + 1)) - chosen
