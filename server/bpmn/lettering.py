"""How much room a name takes in a drawing: words wrapped into lines, and their size in pixels."""

LINE = 14
"""Height of a line of text."""
LETTER = 6
"""Width of a letter, on average."""
LEAST = 48
"""What a label is wrapped to at the narrowest."""


def wrapped(text: str, width: float) -> list[str]:
    """The text in lines of at most `width` pixels; a longer word has a line of its own."""
    most = max(1, int(width / LETTER))
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def size(text: str | None, lines: int = 2) -> tuple[float, float]:
    """Width and height of a label in at most `lines` lines; nothing for no text."""
    if not text or not text.strip():
        return 0, 0
    width = max(LEAST, len(text) * LETTER / lines)
    while len(wrapped(text, width)) > lines and width < len(text) * LETTER:
        width += LETTER
    found = wrapped(text, width)
    return max(len(line) for line in found) * LETTER + 2, len(found) * LINE
