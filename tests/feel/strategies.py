"""Random expressions: texts of FEEL's own pieces, most of which make no sense, and trees that always do."""

from hypothesis import strategies as st

from server.feel.builtins import BUILTINS

PIECES = (
    *[
        "1",
        "0",
        "-1",
        "2.5",
        "34",
        "1e30",
        ".5",
        "true",
        "false",
        "null",
        "x",
        "y",
        "item",
        "partial",
        "?",
        "a.b",
    ],
    *(
        '"teks"',
        '""',
        '"a\\nb"',
        '@"2026-11-22"',
        '@"P1D"',
        '@"P1Y"',
        '@"10:00:00"',
        '@"2026-11-22T10:00:00Z"',
    ),
    *[
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "..",
        "->",
        "@",
    ],
    *[
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "not",
        "between",
        "instance",
        "of",
        "function",
        "external",
    ],
    *("list<number>", "date and time", "/* c */", "//", "\n", '"', "\\", "🐎"),
    *sorted(BUILTINS),
)

texts = st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join) | st.text(max_size=60)

scalars = st.sampled_from(
    (
        *["0", "1", "-1", "2", "3.5", "100", "null", "true", "false", "x", "y"],
        *('"a"', '"b c"', '""', '@"2026-11-22"', '@"2024-02-29"', '@"P1D"', '@"PT1H"', '@"P1Y2M"'),
        *(
            '@"10:00:00"',
            '@"10:00:00+07:00"',
            '@"2026-11-22T10:00:00"',
            '@"2026-11-22T10:00:00@Asia/Jakarta"',
        ),
        *("[1..5]", "(1..5)", "(< 3)", "[]", "{}", '"(a+)+$"', "function(a) a", "function(a, b) a < b"),
    )
)


FORMS = (
    *(
        f"({{0}}) {sign} ({{1}})"
        for sign in ["+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in"]
    ),
    *(f"{name}({{0}})" for name in BUILTINS),
    *(f"{name}({{0}}, {{1}})" for name in BUILTINS),
    *(f"{name}({{0}}, {{1}}, {{2}})" for name in BUILTINS),
    *(f"({{0}}).{name}" for name in ("k", "year", "start", "days", "time offset")),
    "[{0}, {1}, {2}]",
    "{{k: {0}, m: {1}}}",
    "({0})[{1}]",
    "[{0}..{1}]",
    "if {0} then {1} else {2}",
    "for x in {0} return {1}",
    "for x in {0}, y in 1..3 return [x, partial, {1}]",
    "some x in {0} satisfies {1}",
    "every x in {0} satisfies {1}",
    "({0}) between ({1}) and ({2})",
    "({0}) instance of list<number>",
    "-({0})",
)


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    """An expression that is well formed, whatever it may mean."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(scalars)
    form = draw(st.sampled_from(FORMS))
    return form.format(*(draw(expressions(depth - 1)) for _ in range(3)))
