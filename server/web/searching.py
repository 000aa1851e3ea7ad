"""What somebody types into a search box, as a condition."""

from server.engine.search import AnyOf, Holds, Where


def mentions(words: str, *fields: str, variables: str = "process_instance_variables") -> AnyOf:
    """One of the fields, or any text of the case's data, has the words in it."""
    escaped = "".join(f"\\{each}" if each in "\\*?" else each for each in words)
    pattern = f"*{escaped}*"
    within = [(Where(name, "like", pattern),) for name in fields]
    return AnyOf((*within, (Holds(variables, None, (Where("value", "like", pattern),)),)))
