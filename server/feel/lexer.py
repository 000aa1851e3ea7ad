"""Tokens of an expression, read one at a time, since what a name is depends on the names in scope.

FEEL's names hold spaces and operators (`Person's age`, `Approved/Declined`); the longest name in scope that the text
goes on with is one token, whatever blanks stand between its parts.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Union

from server.feel.errors import InvalidExpression

Names = Iterable[str] | Mapping[str, Union["Names", None]]
"""Names that the lexer must know; a mapping tells the names within each, for contexts and lists of contexts."""

KEYWORDS = frozenset(
    [
        "and",
        "between",
        "else",
        "every",
        "false",
        "for",
        "function",
        "if",
        "in",
        "instance",
        "null",
        "of",
        "or",
        "return",
        "satisfies",
        "some",
        "then",
        "true",
    ]
)

_START = (
    r"A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"
_BLANK = r"\s\u180E\u200B\uFEFF"

NAME = re.compile(f"[{_START}](?<![\u1680\u180e\u2028\u2029\u3000])[{_PART}]*")
WORD = re.compile(f"[{_PART}]+")
NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
SKIPPED = re.compile(rf"(?:[{_BLANK}]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
OPERATOR = re.compile(r"\*\*|\.\.|->|<=|>=|!=|[-+*/=<>()\[\]{},:.?@]")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
# What a name being declared may hold before the sign that ends it: `start position:`, `Person's age in`.
DECLARED = re.compile(rf"[{_PART}][{_PART}{_BLANK}.'/*+\-]*")
PIECE = re.compile(f"[{_PART}]+|[^{_BLANK}]")
ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)", re.DOTALL)
ESCAPED = {'"': '"', "'": "'", "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


class Token(NamedTuple):
    """A piece of the text: its kind (`number`, `string`, `name`, `keyword`, `end`, or an operator's own sign)."""

    kind: str
    value: str
    start: int
    end: int


class Scope:
    """The names that are known at a place, on top of those known around it."""

    def __init__(self, around: "Scope | None" = None, names: Iterable[str] = ()) -> None:
        self.around = around
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Know one more name; a context's key that could not be written as a name is none."""
        pieces = tuple(PIECE.findall(name))
        if pieces and WORD.match(pieces[0]):
            found = self._by_first.setdefault(pieces[0], [])
            if (pieces, name) not in found:
                found.append((pieces, name))

    def match(self, text: str, position: int, longer_than: int = 0) -> tuple[str, int] | None:
        """The longest name in scope at a position of the text that ends beyond `longer_than`, and where it ends."""
        first = PIECE.match(text, position)
        if first is None:
            return None
        best: tuple[str, int] | None = None
        scope: Scope | None = self
        while scope is not None:
            for pieces, name in scope._by_first.get(first[0], ()):
                end = _follow(text, first.end(), pieces)
                if end > longer_than and (best is None or end > best[1]):
                    best = (name, end)
            scope = scope.around
        return best


def _follow(text: str, position: int, pieces: tuple[str, ...]) -> int:
    """Where a name ends whose first piece ends at the position; -1 when the text goes on otherwise."""
    for piece in pieces[1:]:
        match = PIECE.match(text, _skip_blanks(text, position))
        if match is None or match[0] != piece:
            return -1
        position = match.end()
    return position


_BLANKS = re.compile(f"[{_BLANK}]*")


def _skip_blanks(text: str, position: int) -> int:
    return _BLANKS.match(text, position).end()  # type: ignore[union-attr]  # matches the empty text too


class Lexer:
    """Reads tokens from a text; whoever reads says which scope holds at that place."""

    def __init__(self, text: str) -> None:
        self.text = text

    def error(self, message: str, position: int) -> InvalidExpression:
        return InvalidExpression(message, self.text, position)

    def token(self, position: int, scope: Scope) -> Token:
        """The token that starts at or after the position."""
        start = self.skip(position)
        if start >= len(self.text):
            return Token("end", "", start, start)
        return self._word(start, scope) or self._other(start)

    def skip(self, position: int) -> int:
        """The first position from here on that is neither blank nor comment."""
        end = SKIPPED.match(self.text, position).end()  # type: ignore[union-attr]
        if self.text.startswith("/*", end):
            raise self.error("Komentar /* tidak ditutup dengan */", end)
        return end

    def _word(self, start: int, scope: Scope) -> Token | None:
        plain = NAME.match(self.text, start)
        known = scope.match(self.text, start, plain.end() if plain else start)
        if known:
            return Token("name", known[0], start, known[1])
        if plain is None:
            return None
        kind = "keyword" if plain[0] in KEYWORDS else "name"
        return Token(kind, plain[0], start, plain.end())

    def _other(self, start: int) -> Token:
        char = self.text[start]
        if char == '"':
            return self._string(start)
        if number := NUMBER.match(self.text, start):
            return Token("number", number[0], start, number.end())
        if sign := OPERATOR.match(self.text, start):
            return Token(sign[0], sign[0], start, sign.end())
        raise self.error(f"Tanda {char!r} tidak dikenal", start)

    def _string(self, start: int) -> Token:
        match = STRING.match(self.text, start)
        if match is None:
            raise self.error("Teks tidak ditutup dengan tanda kutip", start)
        return Token("string", unescape(match[1]), start, match.end())

    def declared(self, position: int, before: str) -> Token | None:
        """A name that is being declared here, if the sign `before` follows it (`:`, `in`, `,` …)."""
        start = self.skip(position)
        match = DECLARED.match(self.text, start)
        if match is None:
            return None
        name, end = match[0], match.end()
        if before == "in":
            stop = re.compile(rf"[{_BLANK}]in(?![{_PART}])").search(name + " ")
            if stop is None:
                return None
            name = name[: stop.start()]
            end = start + len(name)
        elif self.text[self.skip(end) : self.skip(end) + 1] not in before:
            return None
        return Token("name", normal(name), start, end)


def normal(name: str) -> str:
    """The name with single spaces."""
    return " ".join(re.split(f"[{_BLANK}]+", name.strip()))


def unescape(text: str) -> str:
    """The text of a string literal; a pair of surrogates is one character, an unknown escape stays as it is."""
    if "\\" not in text:
        return text
    plain = ESCAPE.sub(lambda match: _unescape_one(match[1]), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescape_one(code: str) -> str:
    if code[0] in "uU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number <= 0x10FFFF else "\ufffd"
    return ESCAPED.get(code, "\\" + code)
