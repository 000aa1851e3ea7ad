"""Types as typeRefs name them, and the coercions of DMN 1.5 §10.3.2.9.4."""

import pytest

from server import feel
from server.feel import types


@pytest.mark.parametrize(
    "text",
    [
        "number",
        "date and time",
        "days and time duration",
        "Any",
        "list<number>",
        "list<list<string>>",
        "context<a: number, nama ibu: list<string>>",
        "range<date>",
        "function<number, string> -> boolean",
        "function<> -> Any",
    ],
)
def test_a_type_is_written_as_it_is_read(text: str) -> None:
    assert str(types.parse(text)) == text
    assert types.parse(f"  {text} ".replace("<", " < ").replace(",", " , ")) == types.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "angka", "list<", "list<angka>", "list<number", "number number", "context<>", "function<number>"],
)
def test_what_names_no_type_is_refused(text: str) -> None:
    with pytest.raises(types.UnknownType):
        types.parse(text)


def test_a_type_of_one_s_own_is_known_by_name() -> None:
    own = {"tUmur": types.NUMBER, "ns.tNama": types.STRING}
    assert types.parse("list<tUmur>", own) == types.ListOf(types.NUMBER)
    assert feel.compile('"a" instance of ns.tNama', types=own).evaluate({}).value is True
    assert feel.compile("(function(a: tUmur) a)(1)", types=own).evaluate({}).value == 1


@pytest.mark.parametrize(
    ("text", "type_", "expected"),
    [
        ("1", "number", "1"),
        ("[1]", "number", "1"),
        ("1", "list<number>", "[1]"),
        ("1", "list", "[1]"),
        ("[1]", "Any", "[1]"),
        ("[[1]]", "list<list<number>>", "[[1]]"),
        ('@"2026-11-22"', "date and time", "2026-11-22T00:00:00Z"),
        ('[@"2026-11-22"]', "date and time", "2026-11-22T00:00:00Z"),
        ('@"2026-11-22"', "list<date and time>", "[2026-11-22T00:00:00Z]"),
        ("null", "number", "null"),
        ("[null]", "list<number>", "[null]"),
        ("{a: 1, b: 2}", "context<a: number>", "{a: 1, b: 2}"),
        ("{a: [1]}", "context<a: number>", "{a: 1}"),
        ("[]", "list<string>", "[]"),
    ],
)
def test_a_value_is_coerced_where_the_standard_says_so(text: str, type_: str, expected: str) -> None:
    value = feel.compile(text).evaluate({}).value
    assert feel.show(feel.coerce(value, types.parse(type_))) == expected


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ('"1"', "number"),
        ("[1, 2]", "number"),
        ("[]", "number"),
        ('["a"]', "number"),
        ('["a", 1]', "list<number>"),
        ('@"2026-11-22T10:00:00"', "date"),
        ("{b: 1}", "context<a: number>"),
        ("true", "number"),
        ("[[1]]", "number"),
    ],
)
def test_a_value_that_does_not_fit_is_a_misfit(text: str, type_: str) -> None:
    value = feel.compile(text).evaluate({}).value
    assert feel.coerce(value, types.parse(type_)) is feel.MISFIT
    assert not feel.conforms(value, types.parse(type_))
