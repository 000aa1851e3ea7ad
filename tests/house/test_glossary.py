"""GLOSSARY.md speaks of what is there: the code uses its English words."""

import ast
import re
from collections.abc import Iterator

import pytest

from server.config import ROOT

SECTIONS = re.split(r"^## ", (ROOT / "GLOSSARY.md").read_text(), flags=re.MULTILINE)
OFFICE = "Words of the office"


def rows(section: str) -> list[str]:
    """The first column of a section's table."""
    (text,) = [each for each in SECTIONS if each.startswith(section)]
    return re.findall(r"^\| (.+?) \|", text, re.MULTILINE)[2:]


def words(section: str) -> list[str]:
    """Its words; what is parted by commas are several."""
    return [word for row in rows(section) for word in row.split(", ")]


def names(source: str) -> Iterator[str]:
    """Every name that a file of Python speaks of, those of the standards' elements included."""
    for node in ast.walk(ast.parse(source)):
        for attribute in ("id", "attr", "name", "arg", "module", "value"):
            if isinstance(name := getattr(node, attribute, None), str):
                yield name


@pytest.fixture(scope="module")
def spoken() -> str:
    """All names in server/, in small letters without `_`."""
    files = (path.read_text() for path in ROOT.glob("server/**/*.py"))
    return " ".join({name.lower().replace("_", "") for text in files for name in names(text)})


@pytest.mark.parametrize("word", [*words("Running procedures"), *words("People"), *words("Rules")])
def test_the_code_uses_the_word(spoken: str, word: str) -> None:
    assert re.sub("[ -]", "", word.lower()) in spoken


def test_no_word_stands_twice() -> None:
    every = [word for section in SECTIONS[1:] for word in words(section.splitlines()[0])]
    assert sorted(word for word in set(every) if every.count(word) > 1) == []


def test_the_words_of_the_office_are_in_the_alphabets_order() -> None:
    found = rows(OFFICE)
    assert found == sorted(found, key=str.lower)
