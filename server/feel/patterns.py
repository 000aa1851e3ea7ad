"""XPath's regular expressions, matched within a time limit: unlike Python's `re`, the `regex` package can be told when
to give up.
"""

from functools import lru_cache

import regex

from server.feel.environment import Run
from server.feel.errors import Exhausted, Fault
from server.feel.xpath_patterns import MAX_LENGTH, BadPattern, translate

FLAGS = frozenset("smixq")


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
        with_flags = f" dengan tanda '{flags}'" if flags else ""
        raise Fault(f"'{pattern[:80]}'{with_flags} bukan pola XPath yang benar, atau terlalu besar")
    return Pattern(compiled, run)


@lru_cache(maxsize=512)
def _compiled(pattern: str, flags: str) -> "regex.Pattern[str] | None":
    if len(pattern) > MAX_LENGTH or not set(flags) <= FLAGS:
        return None
    bits = regex.V1 | (regex.IGNORECASE if "i" in flags else 0)
    try:
        return regex.compile(regex.escape(pattern) if "q" in flags else translate(pattern, flags), bits)
    except (BadPattern, regex.error):
        return None
