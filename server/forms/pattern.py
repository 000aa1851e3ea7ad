"""Patterns of text fields, run by FEEL's `matches`, which ends a runaway pattern in time."""

import re
from dataclasses import dataclass

from server import errors, feel

_FOUND = feel.compile("matches(isian, pola)")
_TOKEN = re.compile(r"\\.|.", re.DOTALL)
# JavaScript's classes are ASCII, those of XPath's expressions Unicode.
_ALONE = {r"\d": "[0-9]", r"\D": "[^0-9]", r"\w": "[A-Za-z0-9_]", r"\W": "[^A-Za-z0-9_]", r"\/": "/"}
_WITHIN = {r"\d": "0-9", r"\w": "A-Za-z0-9_", r"\/": "/"}


class PatternUnusable(errors.Invalid):
    """Not a regular expression that the server can run."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Pola ini tidak dapat dipakai. {reason}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression as form-js has it, as far as XPath's know the same: no lookaround, no `\\b`."""

    text: str
    translated: str

    @classmethod
    def read(cls, text: str) -> "Pattern":
        """Raises `PatternUnusable`."""
        pattern = cls(text, _translated(text))
        found, warnings = pattern._match("")
        if found is None:
            raise PatternUnusable(warnings[0].message if warnings else "")
        return pattern

    def found_in(self, value: str) -> bool:
        """Whether it matches somewhere in the text; a match that takes too long is none."""
        return self._match(value)[0] is True

    def _match(self, value: str) -> feel.Result:
        return _FOUND.evaluate({"isian": value, "pola": self.translated})


def _translated(text: str) -> str:
    parts, within = [], False
    for token in _TOKEN.findall(text):
        parts.append((_WITHIN if within else _ALONE).get(token, token))
        within = token == "[" or (within and token != "]")
    return "".join(parts)
