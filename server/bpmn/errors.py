"""What this room raises."""

from collections.abc import Iterable

from server.errors import Invalid, Problem


class Refused(Invalid):
    """The diagram cannot be run as it is; `problems` names each element and what to do about it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = tuple(problems)
        message = (
            found[0].message if len(found) == 1 else f"Diagram ditolak: {len(found)} hal perlu diperbaiki."
        )
        super().__init__(message, found)
