"""What expressions give, by family: in cases/*.txt each line is an expression, `=>`, and an expression of its value; `!`
stands for a null that a warning explains."""

from pathlib import Path

import pytest

from server import feel
from server.feel.logic import identical

CASES = [
    pytest.param(*line.rsplit(" => ", 1), id=f"{path.stem}: {line}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_an_expression_has_its_value(text: str, expected: str) -> None:
    value, warnings = feel.compile(text).evaluate({})
    if expected == "!":
        assert (value, bool(warnings)) == (None, True)
        return
    wanted = feel.compile(expected).evaluate({}).value
    assert identical(value, wanted), f"{feel.show(value)} {warnings}"
