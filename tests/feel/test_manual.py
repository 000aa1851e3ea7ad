"""docs/feel.md lists every built-in, as it is declared."""

import re
from pathlib import Path

from server import feel
from server.feel.builtins import SIGNATURES

MANUAL = (Path(__file__).parents[2] / "docs" / "feel.md").read_text(encoding="utf-8")


def test_every_built_in_stands_in_the_manual_as_it_is_declared() -> None:
    rows = re.findall(
        r"^\| `(.+ -> .+)` \| (.+) \|$", MANUAL.partition("## Built-in functions")[2], re.MULTILINE
    )
    declared = [(signature.replace("|", "\\|"), line) for _, signature, line in SIGNATURES]
    assert sorted(rows) == sorted(declared)


def test_every_name_of_the_door_stands_in_the_manual() -> None:
    door = MANUAL.partition("### Names")[0]
    assert [name for name in feel.__all__ if not re.search(rf"\b{name}\b", door)] == []
