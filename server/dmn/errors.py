"""What can be wrong with a DMN file, and with what is asked of it."""

from collections.abc import Sequence

from server import errors
from server.errors import Problem


class Unreadable(errors.Invalid):
    """The file is not a DMN file that can be used; `problems` says where."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        shown = "; ".join(str(problem) for problem in problems[:3])
        rest = f" (dan {len(problems) - 3} masalah lain)" if len(problems) > 3 else ""
        super().__init__(f"Berkas DMN tidak dapat dipakai. {shown}{rest}", problems)


class NoSuchDecision(errors.NotFound):
    """The file has no decision, service or knowledge model of that id or name."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        listed = ", ".join(f"“{one}”" for one in known) or "tidak ada"
        super().__init__(f"Keputusan “{name}” tidak ada di berkas ini. Yang ada: {listed}.")
        self.name = name
