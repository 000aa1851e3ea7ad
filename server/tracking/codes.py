"""Tracking codes: sixteen letters without any that is taken for another, in groups of four. 78 random bits."""

import secrets
from hashlib import sha256
from typing import Final

from server.population import LETTERS

GROUPS: Final = 4
GROUP: Final = 4
LONGEST: Final = 60
"""Characters that are looked at, however a code is typed."""


def new_code() -> str:
    """A code as people write it: `K7QM-3XTD-9WPB-A2FH`."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def digest(code: str) -> bytes:
    """The SHA-256 under which a code is kept, however it was typed. Random codes need neither salt nor a slow hash."""
    typed = "".join(each for each in code[:LONGEST].upper() if each.isascii() and each.isalnum())
    return sha256(typed.encode()).digest()
