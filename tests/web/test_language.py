"""What templates say is Indonesian, whichever page shows it: the words between tags, in labels, and in sentences that are put in."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

from server import web
from tests.web.chromium import ENGLISH

TEMPLATES = sorted((Path(web.__file__).parent / "templates").glob("*.html"))
ALLOWED = {"word", "enter"}
"""A program, and a key of the keyboard."""

SENTENCE = re.compile(r"(?:^|\s)[A-Za-z]+ [A-Za-z]+(?:[\s.,;:?]|$)")
"""Two words, as no class or address of a page has them."""


def said(template: str) -> str:
    """The words of a template that people read or hear."""
    tokens = list(Environment().lex(template))
    text = "".join(value if kind == "data" else " " for _, kind, value in tokens)
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.S)
    labels = re.findall(r'(?:aria-label|title|placeholder|alt|data-confirm)="([^"]*)"', text)
    sentences = [value for _, kind, value in tokens if kind == "string" and SENTENCE.search(value)]
    return " ".join([re.sub(r"<[^>]*>", " ", text), *labels, *sentences])


def test_the_list_is_long_enough() -> None:
    assert len(ENGLISH) >= 500


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_speaks_english(path: Path) -> None:
    words = set(re.findall(r"[a-z]+", said(path.read_text()).lower()))
    assert words & ENGLISH - ALLOWED == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_file_field_is_one_that_the_pages_dress_or_nobody_sees(path: Path) -> None:
    """js/picks.js says in Indonesian what browsers say in a language of their own."""
    for field in re.findall(r'<input[^>]*type="file"[^>]*>', path.read_text()):
        assert re.search(r'class="(form-control|visually-hidden)', field), field
