"""What can go wrong with an expression: its text (raised to the caller), one operation of it (a null and a warning),
or the whole evaluation running past a limit (null and a warning)."""

from server.errors import Invalid, Problem


class InvalidExpression(Invalid):
    """The text is not FEEL. `text` and `position` (0-based) say where; `line` and `column` are 1-based."""

    def __init__(self, message: str, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.line, self.column = place(text, position)
        where = f"kolom {self.column}"
        super().__init__(
            f"{message} (baris {self.line}, {where})", [Problem(message, where=where, line=self.line)]
        )


class Fault(Exception):
    """An operation has no value for its operands: it gives null, and this message becomes a warning."""


class Unfit(Fault):
    """An argument is not what a function's parameter takes; another signature of the function may take it."""


class Exhausted(Exception):
    """The evaluation went past one of its limits: it ends, gives null, and this message becomes a warning."""


def place(text: str, position: int) -> tuple[int, int]:
    """The 1-based line and column of a 0-based position."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
