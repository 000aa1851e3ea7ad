"""The five kinds of error that the house knows.

Each package subclasses them beside the code that raises. The message is in Indonesian, for the person who reads it,
and says what to do; what a program wants to know lies in attributes. Which HTTP status each becomes is the gate's
business.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input: what, where in it, and on which line of its text (1-based)."""

    message: str
    where: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        place = ", ".join(part for part in (self.where, f"baris {self.line}" if self.line else None) if part)
        return f"{place}: {self.message}" if place else self.message


class OfficeError(Exception):
    """Something that a person can be told about."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(OfficeError):
    """What was asked for does not exist, or (`hidden`) is not for the one who asks, who hears the same."""

    def __init__(self, message: str, hidden: bool = False) -> None:
        super().__init__(message)
        self.hidden = hidden


class Forbidden(OfficeError):
    """The one who asks may see it, but may not do this with it."""


class Conflict(OfficeError):
    """It cannot be done in the present state of things."""


class Invalid(OfficeError):
    """What was sent cannot be used; `problems` says where."""

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class Unavailable(OfficeError):
    """It cannot be done just now; `retry_after` says in how many seconds to try again."""

    def __init__(self, message: str, retry_after: int = 1) -> None:
        super().__init__(message)
        self.retry_after = retry_after
