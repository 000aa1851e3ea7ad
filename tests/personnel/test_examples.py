"""The tables of leave, discipline, pay rise, promotion and pension answer as their worked examples say, which stand beside them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server import dmn, feel
from server.calendar import Calendar, feel_functions

TABLES = Path(__file__).parents[2] / "dmn"
AREAS = ("cuti", "disiplin", "kepegawaian")
FUNCTIONS = feel_functions(Calendar())
FILES = {
    path: dmn.read(path.read_bytes()) for area in AREAS for path in sorted((TABLES / area).glob("*.dmn"))
}


def examples() -> Iterator[Any]:
    for area in AREAS:
        for path in sorted((TABLES / area).glob("*.contoh.yaml")):
            for example in dmn.read_examples(path.read_bytes()):
                yield pytest.param(path.parent, example, id=f"{example.decision}: {example.name}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_nothing_is_wrong_with_the_tables(path: Path) -> None:
    assert dmn.check(FILES[path], FUNCTIONS) == ()


@pytest.mark.parametrize(("folder", "example"), list(examples()))
def test_the_table_answers_as_its_example(folder: Path, example: dmn.Example) -> None:
    (tables,) = (
        each for path, each in FILES.items() if path.parent == folder and example.decision in each.by_id
    )
    assert dmn.run_examples(tables, (example,), feel.DEFAULT, FUNCTIONS) == ()
