"""What hosts rely on: values in and out, warnings with their place, host functions, the clock."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from server import feel
from server.clock import Clock
from server.errors import Invalid
from server.feel import Environment, Fault, Function, InvalidExpression

NOON = datetime(2026, 11, 22, 5, 0, 0, tzinfo=UTC)
FIXED = Environment(clock=Clock("Asia/Jakarta", now=lambda: NOON))


def result(text: str, variables: Mapping[str, object] | None = None, **options: object) -> feel.Result:
    return feel.compile(text, **options).evaluate(variables or {})  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------- values in and out


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        (1, "1"),
        (Decimal("1.50"), "1.5"),
        (True, "true"),
        (None, "null"),
        ("a", "a"),
        ([1, [2, None]], "[1, [2, null]]"),
        ((1, 2), "[1, 2]"),
        ({"a": {"b": 1}}, "{a: {b: 1}}"),
        (date(2026, 11, 22), "2026-11-22"),
        (datetime(2026, 11, 22, 10, 0, tzinfo=ZoneInfo("Asia/Jakarta")), "2026-11-22T10:00:00@Asia/Jakarta"),
        (datetime(2026, 11, 22, 10, 0, 0, 500), "2026-11-22T10:00:00.0005"),
        (NOON, "2026-11-22T05:00:00Z"),
        (0.1, "0.1"),
        (Decimal("NaN"), "null"),
        (feel.Date(2026, 11, 22), "2026-11-22"),
    ],
)
def test_json_and_python_values_become_feel_values(given: object, shown: str) -> None:
    assert feel.show(feel.from_json(given)) == shown
    assert feel.show(result("x", {"x": given}).value) == shown


def test_a_value_of_another_kind_is_null_with_a_warning() -> None:
    value, warnings = result("x = null", {"x": object()})
    assert value is True
    assert "x" in warnings[0].message
    with pytest.raises(TypeError):
        feel.from_json(object())


@pytest.mark.parametrize(
    ("text", "json"),
    [
        ("1.50", Decimal("1.5")),
        ("3.0", Decimal(3)),
        ("1e3", Decimal(1000)),
        ('@"2026-11-22"', "2026-11-22"),
        ('@"PT90M"', "PT1H30M"),
        ("[1..5)", "[1..5)"),
        ("function(a) a", None),
        ("{a: [true, null]}", {"a": [True, None]}),
    ],
)
def test_feel_values_become_json(text: str, json: object) -> None:
    written = feel.to_json(result(text).value)
    assert (written, str(written)) == (json, str(json))


def test_a_boolean_is_no_number() -> None:
    assert result("x = 1", {"x": True}).value is None
    assert result("x + 1", {"x": True}).value is None
    assert result("list contains([1], x)", {"x": True}).value is False


# ------------------------------------------------------------------------------------------------------------ warnings


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("1 + tidakada", "Nama tidakada tidak dikenal", 1, 5),
        ("tidakada(1)", "Fungsi tidakada tidak dikenal", 1, 1),
        ("1 +\n  abs()", "Fungsi abs tidak menerima 0 argumen", 2, 3),
        ("abs(x: 1)", "Fungsi abs tidak punya parameter bernama x", 1, 1),
        ("string length(5)", "Parameter string dari fungsi string length harus string, bukan angka", 1, 1),
        ('"a" < 1', "Teks tidak dapat dibandingkan dengan angka", 1, 5),
        ('1 = "a"', "Angka tidak dapat disamakan dengan teks", 1, 3),
        ('1 + "a"', "Operator + tidak berlaku untuk angka dan teks", 1, 3),
        ("1 / 0", "Pembagian dengan nol", 1, 3),
        ("{a: 1}.b", "Konteks tidak mempunyai entri b", 1, 7),
        ("[1, 2][3]", "Indeks 3 di luar daftar yang berisi 2 unsur", 1, 7),
        ("if 1 then 2 else 3", "Syarat if harus boolean, bukan angka", 1, 4),
        ("1 and true", "Operand and harus boolean, bukan angka", 1, 1),
        ('date("besok")', "'besok' bukan tanggal", 1, 1),
        ("9 ** 99999999", "Hasil operasi ** terlalu besar atau tidak ada", 1, 3),
    ],
)
def test_a_warning_says_what_is_wrong_and_where(text: str, message: str, line: int, column: int) -> None:
    warning = result(text).warnings[0]
    assert (warning.message, warning.line, warning.column) == (message, line, column)
    assert str(warning) == f"{message} (baris {line}, kolom {column})"


def test_the_same_warning_comes_once() -> None:
    assert len(result("for i in 1..1000 return tidakada").warnings) == 1


def test_asking_whether_something_is_there_gives_no_warning() -> None:
    assert result("is defined(tidakada.a)") == (False, ())
    assert result('get or else(tidakada, "-")') == ("-", ())


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("1 +", 1, 4), ("a\n  b", 2, 3), ("[1, 2", 1, 6), ('"a', 1, 1), ("a § b", 1, 3), ("{a 1}", 1, 2)],
)
def test_a_text_that_is_not_feel_is_refused_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(InvalidExpression) as refusal:
        feel.compile(text)
    error = refusal.value
    assert isinstance(error, Invalid)
    assert (error.line, error.column) == (line, column)
    assert error.problems[0].line == line


# -------------------------------------------------------------------------------------------------------- host functions


def add_days(day: feel.Date, days: Decimal) -> object:
    moved = feel.Date.from_days(day.days + int(days))
    if moved is None:
        raise Fault("terlalu jauh")
    return moved


HOST = {
    "hk_setelah": Function(
        "hk_setelah", ("tanggal", "hari"), add_days, types=(feel.types.DATE, feel.types.NUMBER)
    )
}


def test_a_host_function_is_called_with_feel_values() -> None:
    for text in ('hk_setelah(@"2026-11-22", 2)', 'hk_setelah(hari: 2, tanggal: @"2026-11-22")'):
        assert result(text, functions=HOST).value == feel.Date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hk_setelah(1, 2)", "Parameter tanggal dari fungsi hk_setelah harus date, bukan angka"),
        ('hk_setelah(@"2026-11-22")', "Fungsi hk_setelah tidak menerima 1 argumen"),
        ('hk_setelah(@"999999999-12-31", 1)', "terlalu jauh"),
    ],
)
def test_a_host_function_that_refuses_gives_null(text: str, message: str) -> None:
    value, warnings = result(text, functions=HOST)
    assert (value, warnings[0].message) == (None, message)


def test_a_parameter_of_a_host_function_may_be_left_out() -> None:
    half = Function("bagi", ("a", "b"), lambda a, b=Decimal(2): a / b, required=1)
    assert result("bagi(8) + bagi(8, 4)", functions={"bagi": half}).value == 6


# ----------------------------------------------------------------------------------------------------------- the clock


def test_today_and_now_are_the_office_s() -> None:
    assert feel.show(feel.compile("today()").evaluate({}, FIXED).value) == "2026-11-22"
    assert feel.show(feel.compile("now()").evaluate({}, FIXED).value) == "2026-11-22T12:00:00@Asia/Jakarta"


# ------------------------------------------------------------------------------------------------------------ pureness


def test_what_is_given_is_not_changed() -> None:
    given = {"x": [3, 1, 2], "c": {"a": 1}}
    for text in ("sort(x)", "append(x, 4)", 'context put(c, "a", 2)', "reverse(x)"):
        result(text, given)
    assert given == {"x": [3, 1, 2], "c": {"a": 1}}


def test_an_expression_can_be_evaluated_again() -> None:
    expression = feel.compile("for i in x return i + n")
    assert expression.evaluate({"x": [1], "n": 1}).value == [2]
    assert expression.evaluate({"x": [5], "n": 2}).value == [7]


@pytest.mark.parametrize("text", ['"a"', '"a \\"b\\" \\u00e9"', '""', "12", "1.50", ".5", "2e3"])
def test_a_plain_literal_is_what_the_expression_gives(text: str) -> None:
    assert feel.plain_literal(text) == feel.compile(text).evaluate({}).value


@pytest.mark.parametrize("text", ["", "a", '"a" + "b"', '"a', "1 2", "-1", "true", " 1", '["a"]'])
def test_what_is_more_than_a_literal_is_no_plain_one(text: str) -> None:
    assert feel.plain_literal(text) is None


def test_a_number_that_is_a_name_is_no_plain_literal() -> None:
    assert feel.plain_literal("12", ["12"]) is None
