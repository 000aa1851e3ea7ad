"""XPath's regular expressions (F&O §7.6, XML Schema part 2 appendix F) translated to those of the `regex` package.

The whole syntax is read here, so that what XPath does not know (look-ahead, named groups, POSIX classes) is refused, and so
that a pattern's size is known before it is compiled: counted quantifiers within one another multiply.
"""

import re

MAX_LENGTH = 1_000
MAX_NESTING = 40
MAX_SIZE = 5_000

CATEGORIES = frozenset(
    kind + detail
    for kind, details in {
        "L": "ultmo",
        "M": "nce",
        "N": "dlo",
        "P": "cdseifo",
        "Z": "slp",
        "S": "mcko",
        "C": "cfon",
    }.items()
    for detail in ("", *details)
)
BLOCK = re.compile(r"Is[A-Za-z0-9-]+")
CONTROLS = {"n": "\\n", "r": "\\r", "t": "\\t"}
LITERAL = frozenset("\\|.?*+(){}-[]^$")
META = frozenset("\\?*+{}()[]|")

_INITIAL = (
    r":A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_NAME = _INITIAL + r"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040"
CLASSES = {
    "s": r"[ \t\n\r]",
    "d": r"\p{Nd}",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "i": f"[{_INITIAL}]",
    "c": f"[{_NAME}]",
    "S": r"[^ \t\n\r]",
    "D": r"\P{Nd}",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "I": f"[^{_INITIAL}]",
    "C": f"[^{_NAME}]",
}


class BadPattern(Exception):
    """The pattern is not XPath's, or too large."""


def translate(pattern: str, flags: str) -> str:
    """The pattern for `regex` in its version 1 syntax. Raises BadPattern."""
    made = _Translator(pattern, flags).whole()
    # One character at a time has its other case: `ss` is not one of `ß`.
    return f"(?-f:{made})" if "i" in flags else made


class _Translator:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._text = _without_blanks(pattern) if "x" in flags else pattern
        self._at = 0
        self._dot = r"(?s:.)" if "s" in flags else r"[^\n\r]"
        lines = "m" in flags
        # A line break at the very end of the text begins no further line.
        self._start = r"(?:\A|(?<=\n)(?!\Z))" if lines else r"\A"
        self._end = r"(?=\n|\Z)" if lines else r"\Z"
        self._opened = 0
        self._closed: set[int] = set()
        self._nesting = 0

    def whole(self) -> str:
        made, size = self._alternatives()
        if self._at < len(self._text) or size > MAX_SIZE:
            raise BadPattern
        return made

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        char = self._peek()
        if not char:
            raise BadPattern
        self._at += 1
        return char

    def _take_if(self, sign: str) -> bool:
        found = self._text.startswith(sign, self._at)
        self._at += len(sign) if found else 0
        return found

    def _alternatives(self) -> tuple[str, int]:
        """Branches up to the end or a closing bracket, and their size: characters with counted ones as often as counted.
        The `regex` package unrolls those, and a pattern of some 100,000 would overflow its stack."""
        branches, size = [], 0
        while True:
            pieces = []
            while self._peek() and self._peek() not in "|)":
                piece, length = self._piece()
                pieces.append(piece)
                size += length
            branches.append("".join(pieces))
            if not self._take_if("|"):
                return "|".join(branches), size + len(branches)

    def _piece(self) -> tuple[str, int]:
        atom, size = self._atom()
        quantifier, times = self._quantifier()
        if size * times > MAX_SIZE:
            raise BadPattern
        return atom + quantifier, size * times

    def _quantifier(self) -> tuple[str, int]:
        if self._peek() and self._peek() in "?*+":
            sign, times = self._take(), 1
        elif self._peek() == "{":
            sign, times = self._count()
        else:
            return "", 1
        return sign + ("?" if self._take_if("?") else ""), times

    def _count(self) -> tuple[str, int]:
        match = re.compile(r"\{([0-9]{1,5})(,([0-9]{1,5})?)?\}").match(self._text, self._at)
        if match is None or (match[3] and int(match[3]) < int(match[1])):
            raise BadPattern
        self._at = match.end()
        return match[0], max(int(match[3] or match[1]), 1)

    def _atom(self) -> tuple[str, int]:
        char = self._take()
        if char == "(":
            return self._group()
        if char == "[":
            return self._class(), 1
        if char == "\\":
            return self._escape(), 1
        if char in META:
            raise BadPattern
        anchors = {".": self._dot, "^": self._start, "$": self._end}
        return anchors.get(char) or _plain(char), 1

    def _group(self) -> tuple[str, int]:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise BadPattern
        capturing = not self._take_if("?:")
        self._opened += capturing
        number = self._opened
        inner, size = self._alternatives()
        if not self._take_if(")"):
            raise BadPattern
        if capturing:
            self._closed.add(number)
        self._nesting -= 1
        return f"({'' if capturing else '?:'}{inner})", size

    def _escape(self) -> str:
        if self._peek() in "123456789" and self._peek():
            return self._reference()
        return self._escaped_class() or self._escaped_char()

    def _reference(self) -> str:
        """A back-reference to a group that is closed before it; further digits belong to it while there are so many."""
        number = self._take()
        if int(number) not in self._closed:
            raise BadPattern
        while self._peek().isdigit() and int(number + self._peek()) in self._closed:
            number += self._take()
        return f"(?:\\{number})"

    def _escaped_class(self) -> str | None:
        char = self._peek()
        if char in ("p", "P"):
            self._take()
            return self._property(char)
        return CLASSES[self._take()] if char in CLASSES else None

    def _property(self, sign: str) -> str:
        match = re.compile(r"\{([^}]*)\}").match(self._text, self._at)
        if match is None:
            raise BadPattern
        self._at = match.end()
        name = match[1]
        if BLOCK.fullmatch(name):
            return f"\\{sign}{{Block={name[2:]}}}"
        if name not in CATEGORIES:
            raise BadPattern
        return f"\\{sign}{{{name}}}"

    def _escaped_char(self) -> str:
        char = self._take()
        if char not in LITERAL and char not in CONTROLS:
            raise BadPattern
        return CONTROLS.get(char) or _plain(char)

    def _class(self) -> str:
        """What stands between brackets, as a set; `-[` takes another set away from it."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise BadPattern
        negated = self._take_if("^")
        parts: list[str] = []
        taken = ""
        while not self._take_if("]"):
            if parts and self._take_if("-["):
                taken = self._class()
                if not self._take_if("]"):
                    raise BadPattern
                break
            parts.append(self._range())
        if not parts:
            raise BadPattern
        self._nesting -= 1
        made = f"[{'^' if negated else ''}{''.join(parts)}]"
        return f"[{made}--{taken}]" if taken else made

    def _range(self) -> str:
        if self._peek() == "\\":
            self._take()
            if whole := self._escaped_class():
                return whole
            first = self._escaped_char()
        else:
            first = self._single()
        following = self._text[self._at : self._at + 2]
        if following[:1] != "-" or following in ("-]", "-["):
            return first
        self._take()
        last = self._escaped_char() if self._take_if("\\") else self._single()
        if _code(last) < _code(first):
            raise BadPattern
        return f"{first}-{last}"

    def _single(self) -> str:
        char = self._take()
        if char in "[]\\":
            raise BadPattern
        return _plain(char)


def _plain(char: str) -> str:
    """A character that stands for itself, within sets too."""
    return (
        char
        if char.isalnum()
        else f"\\{char}"
        if char.isascii() and char.isprintable()
        else f"\\U{ord(char):08x}"
    )


def _code(written: str) -> int:
    controls = {"\\n": 10, "\\r": 13, "\\t": 9}
    if written.startswith("\\U"):
        return int(written[2:], 16)
    return controls.get(written) or ord(written[-1])


def _without_blanks(pattern: str) -> str:
    """The pattern without white space outside of brackets, as the flag `x` wants it."""
    kept: list[str] = []
    depth, escaped = 0, False
    for char in pattern:
        if depth == 0 and char in " \t\n\r":
            continue
        kept.append(char)
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        else:
            depth += (char == "[") - (char == "]")
    return "".join(kept)
