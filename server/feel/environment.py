"""What an evaluation happens in: the clock, the limits, and the run that counts against them and collects warnings."""

from dataclasses import dataclass, field
from time import thread_time
from typing import NamedTuple

from server.clock import Clock
from server.feel.errors import Exhausted, place


@dataclass(frozen=True)
class Limits:
    """How far one evaluation may go before it ends with a warning."""

    steps: int = 1_000_000
    """Rounds of loops, calls, and elements that built-ins walk over."""
    depth: int = 100
    """Calls of user-defined functions within one another."""
    items: int = 200_000
    """Elements of a list that one operation makes."""
    text: int = 1_000_000
    """Characters of a text that one operation makes."""
    seconds: float = 1.0
    """The processor's time for the whole evaluation: others at work on the machine do not count."""
    pattern_seconds: float = 0.05
    """Time for one match of a regular expression."""


@dataclass(frozen=True)
class Environment:
    """The clock that today() and now() read, and the limits."""

    clock: Clock = field(default_factory=Clock)
    limits: Limits = field(default_factory=Limits)


DEFAULT = Environment()


class Warning_(NamedTuple):
    """Why a part of an expression gave null: the message (Indonesian), where it starts in the text (0-based), and
    that place's line and column (1-based)."""

    message: str
    position: int
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.message} (baris {self.line}, kolom {self.column})"


class Result(NamedTuple):
    """The value of an expression, and why parts of it, or all of it, are null."""

    value: object
    warnings: tuple[Warning_, ...] = ()


MAX_WARNINGS = 50
CHECK_EVERY = 1000


class Run:
    """One evaluation: its environment, what it has spent of its limits, and its warnings."""

    depth = 0
    """Calls of user-defined functions within one another, just now."""
    muted = False
    """While True, warnings are not kept."""
    _spent = 0
    _check_at = CHECK_EVERY
    _deadline: float | None = None
    _warnings: list[Warning_] | None = None

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.converted: dict[int, tuple[object, object]] = {}
        """JSON values that have been made FEEL values, by id: what was given, and what it became."""

    @property
    def limits(self) -> Limits:
        return self.environment.limits

    def warn(self, message: str, text: str, position: int) -> None:
        """Keep a warning about a place in a text once; after the fiftieth no more are kept."""
        if self.muted:
            return
        line, column = place(text, position)
        warning = Warning_(message, position, line, column)
        if self._warnings is None:
            self._warnings = [warning]
        elif len(self._warnings) < MAX_WARNINGS and warning not in self._warnings:
            self._warnings.append(warning)

    @property
    def warnings(self) -> tuple[Warning_, ...]:
        return tuple(self._warnings) if self._warnings else ()

    def spend(self, steps: int) -> None:
        """Count steps; raises Exhausted when they or the time are used up."""
        self._spent += steps
        if self._spent > self._check_at:
            self._check_at = self._spent + CHECK_EVERY
            if self._spent > self.limits.steps:
                raise Exhausted(f"Perhitungan terlalu panjang: lebih dari {self.limits.steps} langkah")
            self.check_time()

    def check_time(self) -> None:
        """Raises Exhausted when the time that was worked since the first check is used up."""
        if self._deadline is None:
            self._deadline = thread_time() + self.limits.seconds
        elif thread_time() > self._deadline:
            raise Exhausted(f"Perhitungan terlalu lama: lebih dari {self.limits.seconds:g} detik")

    def check_items(self, count: int) -> None:
        """Raises Exhausted before a list of so many elements is made; spends a step for each."""
        if count > self.limits.items:
            raise Exhausted(f"Daftar terlalu besar: lebih dari {self.limits.items} unsur")
        self.spend(count)

    def check_text(self, length: int) -> None:
        """Raises Exhausted before a text of so many characters is made."""
        if length > self.limits.text:
            raise Exhausted(f"Teks terlalu panjang: lebih dari {self.limits.text} huruf")
        self.spend(length >> 6)
