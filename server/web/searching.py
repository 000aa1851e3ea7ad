"""What somebody types into a search box, as a condition."""

from server.engine.search import AnyOf, Holds, Where


def mentions(words: str, *fields: str, variables: str = "process_instance_variables") -> AnyOf:
    """One of the fields, or any text of the case's data, has the words in it."""
    pattern = pattern_of(words)
    within = [(Where(name, "like", pattern),) for name in fields]
    return AnyOf((*within, (Holds(variables, None, (Where("value", "like", pattern),)),)))


def pattern_of(words: str) -> str:
    """Anything with these words in it, whatever signs they have."""
    escaped = "".join(f"\\{each}" if each in "\\*?" else each for each in words)
    return f"*{escaped}*"
