"""XPath's regular expressions (F&O §7.6), matched within a time limit.

elementpath turns the pattern into Python's syntax; the `regex` package matches it, because unlike `re` it can be told
when to give up.
"""

import re
from functools import lru_cache

import regex  # type: ignore[import-untyped, unused-ignore]
from elementpath.regex import RegexError, translate_pattern

from server.feel.environment import Run
from server.feel.errors import Exhausted, Fault

MAX_PATTERN = 2_000
FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": 0, "q": 0}


class Pattern:
    """A compiled pattern; each way to use it raises Exhausted past the time that a match may take."""

    def __init__(self, compiled: "regex.Pattern[str]", run: Run) -> None:
        self._compiled = compiled
        self._run = run

    def found_in(self, text: str) -> bool:
        """Whether the pattern matches anywhere in the text."""
        with _Watch(self._run, text) as seconds:
            return self._compiled.search(text, timeout=seconds) is not None

    def matches(self, text: str) -> list["regex.Match[str]"]:
        """All matches, from left to right."""
        with _Watch(self._run, text) as seconds:
            return list(self._compiled.finditer(text, timeout=seconds))

    @property
    def groups(self) -> int:
        """How many groups the pattern has."""
        return int(self._compiled.groups)

    @property
    def matches_nothing(self) -> bool:
        """Whether the pattern matches the empty text, with which there is nothing to replace or split at."""
        return self.found_in("")


class _Watch:
    """Time for one match, taken from what is left of the evaluation's."""

    def __init__(self, run: Run, text: str) -> None:
        self._run = run
        run.spend(10 + (len(text) >> 6))
        run.check_time()

    def __enter__(self) -> float:
        return self._run.limits.pattern_seconds

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if isinstance(error, TimeoutError):
            raise Exhausted("Pola teks terlalu rumit untuk teks ini; sederhanakan polanya") from None


def compile_pattern(run: Run, pattern: str, flags: str | None) -> Pattern:
    """The pattern, ready to match. Raises Fault where pattern or flags are not XPath's."""
    compiled = _compiled(pattern, flags or "")
    if compiled is None:
        raise Fault(f"Pola {pattern[:80]!r} dengan tanda {flags or ''!r} bukan pola XPath yang benar")
    return Pattern(compiled, run)


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> "regex.Pattern[str] | None":
    if len(pattern) > MAX_PATTERN or not set(flags) <= set(FLAGS):
        return None
    bits = 0
    for flag in flags:
        bits |= FLAGS[flag]
    try:
        return regex.compile(_translated(pattern, flags, bits), bits | regex.V0)
    except (RegexError, regex.error, re.error, ValueError, OverflowError, RecursionError):
        return None


def _translated(pattern: str, flags: str, bits: int) -> str:
    if "q" in flags:
        return regex.escape(pattern)
    if "x" in flags:
        pattern = _without_blanks(pattern)
    if _refers_wrongly(pattern):
        raise ValueError(pattern)
    python_bits = (re.DOTALL if "s" in flags else 0) | (re.MULTILINE if "m" in flags else 0)
    return translate_pattern(pattern, python_bits, "1.1")


def _without_blanks(pattern: str) -> str:
    """The pattern without white space outside of character classes, as the flag `x` wants it."""
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


_PIECES = re.compile(r"\\(?:(?P<reference>[0-9]+)|.)|(?P<sign>[\[\]()])|.", re.DOTALL)


def _refers_wrongly(pattern: str) -> bool:
    """Whether a back-reference stands in a character class, or names a group that is not closed before it."""
    opened = depth = 0
    closed: set[int] = set()
    stack: list[int] = []
    for piece in _PIECES.finditer(pattern):
        sign, reference = piece["sign"], piece["reference"]
        if reference is not None and (depth or not _is_closed(reference, closed)):
            return True
        if sign == "[" or (sign == "]" and depth):
            depth += 1 if sign == "[" else -1
        elif sign == "(" and not depth:
            capturing = not pattern.startswith("(?", piece.start())
            opened += capturing
            stack.append(opened if capturing else 0)
        elif sign == ")" and not depth and stack:
            closed.add(stack.pop())
    return False


def _is_closed(reference: str, closed: set[int]) -> bool:
    return reference[0] != "0" and int(reference[0]) in closed
