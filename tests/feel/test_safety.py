"""Whatever is written, an evaluation ends soon, with a value or with null and a warning."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

import pytest
from hypothesis import given, settings

from server import feel
from server.feel import Environment, InvalidExpression, Limits
from tests.feel.apart import VARIABLES, evaluate, seconds_of
from tests.feel.strategies import expressions, texts

T = TypeVar("T")
SMALL = Environment(limits=Limits(steps=20_000, seconds=1.0))


def within(seconds: float, call: Callable[[], T]) -> T:
    """What the call returns, which takes no more of its thread's time."""
    start = time.thread_time()
    result = call()
    assert time.thread_time() - start < seconds
    return result


@pytest.fixture(scope="module")
def apart() -> Iterator[Executor]:
    """A process of its own: what other tests left in this one is no work of an expression."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        yield process


@settings(max_examples=500)
@given(texts)
def test_a_random_text_is_refused_or_has_a_value(text: str) -> None:
    with suppress(InvalidExpression):
        feel.to_json(within(2, lambda: feel.compile(text).evaluate(VARIABLES, SMALL)).value)


@settings(max_examples=300)
@given(texts)
def test_a_random_cell_is_refused_or_has_a_truth(text: str) -> None:
    with suppress(InvalidExpression):
        tests = feel.compile_unary_tests(text)
        for value in (None, 3, "a", True, [1], {"k": 2}):
            within(2, partial(tests.test, value, VARIABLES, SMALL))


@settings(max_examples=500)
@given(expressions())
def test_a_random_expression_has_a_value(text: str) -> None:
    result = within(2, lambda: feel.compile(text).evaluate(VARIABLES, SMALL))
    feel.to_json(result.value)
    feel.show(result.value)


RUNAWAY = {
    "power": "9 ** 99999999",
    "power of a fraction": "1.000000001 ** 99999999.5",
    "nested powers": "9 ** 9 ** 9 ** 9 ** 9",
    "pattern": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$")',
    "pattern with a long quantifier": 'matches("' + "a" * 200 + '", "(a?){200}a{200}")',
    "pattern that unrolls": 'matches("a", "' + "((?:a|a){100}){100}" * 40 + '")',
    "pattern for replacing": 'replace("' + "a" * 3000 + '", "(a|aa)+$b|(.*)*c", "x")',
    "backtracking by back-reference": 'matches("' + "ab" * 500 + '", "(.*)(.*)(.*)\\1\\2\\3x")',
    "huge loop": "count(for i in 1..1000000000000 return i)",
    "nested loops": "count(for a in 1..100000, b in 1..100000 return a)",
    "loop that never fits": "some a in 1..1000000000, b in 1..1000000000 satisfies a + b = -1",
    "doubling texts": 'for i in 1..200 return if i = 1 then "aaaaaaaaaa" else partial[-1] + partial[-1]',
    "doubling lists": "for i in 1..200 return if i = 1 then [1] else concatenate(partial[-1], partial[-1])",
    "list of lists of lists": "for i in 1..200 return [partial[-1], partial[-1]]",
    "deep list": "for i in 1..2000 return [partial[-1]]",
    "text of a doubled list": "string(for i in 1..60 return [partial[-1], partial[-1]])",
    "equality of doubled lists": (
        "{a: for i in 1..60 return [partial[-1], partial[-1]], "
        "b: for i in 1..60 return [partial[-1], partial[-1]], r: a = b}.r"
    ),
    "distinct of doubled lists": "distinct values(for i in 1..60 return [partial[-1], partial[-1]])",
    "flattening a doubled list": "count(flatten(for i in 1..60 return [partial[-1], partial[-1]]))",
    "endless recursion": "{f: function(n) f(n + 1), r: f(1)}.r",
    "branching recursion": "{f: function(n) if n = 0 then 1 else f(n - 1) + f(n - 1), r: f(60)}.r",
    "joining": 'string join(for i in 1..100000 return "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbb")',
    "replacing every letter": 'replace(string join(for i in 1..9999 return "aaaaaaaaaa"), "a", "'
    + "b" * 900
    + '")',
    "rounding far": "round up(1e6000, 6000)",
    "number as text": "string length(string(1e6144))",
    "huge range": "count([1..1000000000000])",
    "huge index": "[1,2][1e6000]",
    "huge date": "date(1e3000, 1, 1)",
    "huge duration": '@"P999999999Y" * 1e6000',
    "long days": 'date("0001-01-01") + duration("P9999999999999999999999D")',
    "huge exp": "exp(1e6000)",
    "huge modulo": "modulo(1e6000, 3)",
    "sort with a slow order": (
        "count(sort(for i in 1..5000 return -i, function(a, b) (every k in 1..500 satisfies true) and a < b))"
    ),
}


@pytest.mark.parametrize("text", RUNAWAY.values(), ids=RUNAWAY.keys())
def test_an_expression_that_would_run_away_ends(apart: Executor, text: str) -> None:
    assert apart.submit(seconds_of, text).result() < 3.0


@pytest.mark.parametrize("text", [RUNAWAY["power"], RUNAWAY["pattern"]])
def test_power_and_pattern_come_back_at_once(text: str) -> None:
    within(0.1, lambda: evaluate(text))


def test_a_pattern_that_backtracks_ends_with_a_warning() -> None:
    text = RUNAWAY["pattern with a long quantifier"]
    result = within(0.2, lambda: evaluate(text))
    assert result.value is None
    assert "Pola" in result.warnings[-1].message


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "[" * 10_000 + "1" + "]" * 10_000,
        "-" * 10_000 + "1",
        "if a then " * 3_000 + "1" + " else 2" * 3_000,
        "1" + " + 1" * 5_000,
        "a" + ".a" * 5_000,
        "x" + "[1]" * 5_000,
        "f" + "()" * 5_000,
        "1 in (" * 2_000 + "1" + ")" * 2_000,
        "[1.." * 5_000,
        "{a:" * 5_000,
        "function(a: " + "list<" * 5_000,
        "not(" * 5_000 + ")" * 5_000,
        '"' + "a" * 200_000 + '"',
    ],
    ids=lambda text: text[:12],
)
def test_a_text_that_is_too_deep_or_too_long_is_refused(text: str) -> None:
    with pytest.raises(InvalidExpression):
        feel.compile(text)


def test_many_conditions_in_a_row_are_no_depth() -> None:
    assert evaluate(" or ".join(["x = 1"] * 2_000) + " or x = 3").value is True


@pytest.mark.parametrize(
    ("limits", "text", "word"),
    [
        (Limits(steps=100), "for i in 1..1000 return i", "langkah"),
        (Limits(seconds=0.05), "every a in 1..1000000 satisfies true", "detik"),
        (Limits(items=50), "for i in 1..100 return i", "unsur"),
        (Limits(text=50), 'string join(for i in 1..30 return "aa")', "huruf"),
        (Limits(depth=5), "{f: function(n) if n = 0 then 0 else f(n - 1), r: f(9)}.r", "tingkat"),
    ],
)
def test_each_limit_says_which_it_is(limits: Limits, text: str, word: str) -> None:
    result = evaluate(text, Environment(limits=limits))
    assert result.value is None
    assert word in result.warnings[-1].message


def test_no_expression_reaches_python() -> None:
    for text in ("x.__class__", '"".join', "{}.keys", "x.real", "__import__", "a.b.upper"):
        assert evaluate(text).value is None
