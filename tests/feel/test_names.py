"""Names hold spaces and operators; the longest that is in scope counts."""

from collections.abc import Mapping

import pytest

from server import feel
from server.feel import InvalidExpression, Names


def value(text: str, variables: Mapping[str, object], names: Names | None = None) -> object:
    result = feel.compile(text, variables.keys() if names is None else names).evaluate(variables)
    assert not result.warnings
    return feel.to_json(result.value)


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ("Person's age + 1", {"Person's age": 4}, 5),
        ("Approved/Declined", {"Approved/Declined": "A"}, "A"),
        ("Profit and loss > 1", {"Profit and loss": 2}, True),
        ("a-b", {"a-b": 7, "a": 5, "b": 1}, 7),
        ("a - b", {"a-b": 7, "a": 5, "b": 1}, 7),
        ("(a)-(b)", {"a-b": 7, "a": 5, "b": 1}, 4),
        ("a-b", {"a": 5, "b": 1}, 4),
        ("nama   ibu\n kandung", {"nama ibu kandung": "X"}, "X"),
        ("nama ibu + nama", {"nama": "A", "nama ibu": "B"}, "BA"),
        ("namaku", {"nama": "A", "namaku": "B"}, "B"),
        ("date", {"date": "x"}, "x"),
        ("count + count([1, 2])", {"count": 5}, 7),
        ("if in house then 1 else 2", {"in house": True}, 1),
        ("tanggal lahir in (tanggal lahir)", {"tanggal lahir": 3}, True),
        ("usia 17 tahun", {"usia 17 tahun": True}, True),
        ("100% gratis", {"100% gratis": True}, True),
    ],
)
def test_the_longest_name_in_scope_counts(text: str, variables: dict[str, object], expected: object) -> None:
    names = [name for name in variables if name != "count"]
    assert value(text, variables, names) == expected


def test_a_nested_name_is_known_after_a_dot_and_in_a_filter() -> None:
    names: Names = {"Data Pemohon": {"Gaji Bulanan": {"Gaji Pokok": None}}, "Daftar": {"Nomor KK": None}}
    variables = {
        "Data Pemohon": {"Gaji Bulanan": {"Gaji Pokok": 3}},
        "Daftar": [{"Nomor KK": 1}, {"Nomor KK": 2}],
    }
    assert value("Data Pemohon.Gaji Bulanan.Gaji Pokok * 2", variables, names) == 6
    assert value("Daftar[Nomor KK > 1].Nomor KK", variables, names) == [2]
    assert value("for d in Daftar return d.Nomor KK", variables, names) == [1, 2]


def test_an_unknown_name_of_several_words_is_refused() -> None:
    with pytest.raises(InvalidExpression) as refusal:
        feel.compile("nama ibu = 1")
    assert (refusal.value.line, refusal.value.column) == (1, 6)
    assert "'ibu'" in refusal.value.message


def test_a_declared_name_hides_a_built_in() -> None:
    expression = feel.compile("today()", names=["today"])
    result = expression.evaluate({"today": 1})
    assert result.value is None
    assert "bukan fungsi" in result.warnings[0].message


def test_names_are_those_that_an_expression_reads_from_outside() -> None:
    text = "{a: x, b: a + y, c: function(z) z + count(q)}[item.a > w and i.j = (for k in l return k)]"
    assert feel.compile(text).names == {"x", "y", "q", "w", "i", "l"}


def test_a_name_in_a_filter_may_be_an_entry_and_is_not_required() -> None:
    expression = feel.compile("permohonan[status = baru and (some x in daftar satisfies x = jenis)] + batas")
    assert expression.required == {"permohonan", "batas"}
    assert expression.names == {"permohonan", "batas", "status", "baru", "daftar", "jenis"}
    assert feel.compile_unary_tests("? > batas").required == {"batas"}


def test_a_built_in_is_no_free_name_unless_it_is_declared() -> None:
    assert feel.compile("count(x)").names == {"x"}
    assert feel.compile("date", names=["date"]).names == {"date"}


def test_only_variables_that_are_needed_are_looked_up() -> None:
    class Lazy(dict[str, object]):
        def __missing__(self, key: str) -> object:
            raise AssertionError(key)

        def __contains__(self, key: object) -> bool:
            assert key in ("a", "b")
            return True

    lazy = Lazy(a=True, b=1)
    assert feel.compile("if a then b else c").evaluate(lazy).value == 1
    assert feel.compile("a or c").evaluate(lazy).value is True


def test_a_function_sees_the_variables_of_the_expression_that_made_it() -> None:
    made = feel.compile("function(x) x + n").evaluate({"n": 10}).value
    result = feel.compile("f(1) + n").evaluate({"f": made, "n": 1})
    assert result.value == 12
