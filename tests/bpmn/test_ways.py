"""Ways through a diagram, in and out of sub-processes and over their borders."""

import pytest

from server.bpmn import read
from server.bpmn.ways import between, lies_ahead, ways
from tests.diagrams import boundary, diagram, end, error, exclusive, flow, path, start, sub, user

PROCESS = (
    read(
        diagram(
            start(), user("a"), exclusive("ulang", default="ulang_dalam"), user("lain"), user("b"), user("gagal"), end(), end("e3"),
            sub("dalam", start("s"), user("c"), user("d"), end("e"), path("s c d e")),
            boundary("galat", "dalam", "error", ref="putus"),
            path("start a ulang", "dalam b end", "galat gagal e3", "lain a"), flow("ulang", "dalam"), flow("ulang", "lain", "=x"),
            beside=error("putus"),
        )
    ).process("proses")
)  # fmt: skip
WAYS = ways(PROCESS)


@pytest.mark.parametrize(
    ("start", "end", "passed"),
    [
        ("c", "b", {"c", "d", "e", "b"}),
        ("a", "gagal", {"a", "ulang", "lain", "dalam", "s", "c", "d", "e", "galat", "gagal"}),
        ("b", "a", set()),
        ("a", "a", {"a", "ulang", "lain"}),
    ],
)
def test_what_lies_between(start: str, end: str, passed: set[str]) -> None:
    assert between(WAYS, start, end) - {"e"} == passed - {"e"}


@pytest.mark.parametrize(
    ("here", "there", "ahead"),
    [("a", "d", True), ("d", "a", False), ("lain", "a", False), ("c", "gagal", True), ("a", "a", False)],
)
def test_what_lies_ahead_in_spite_of_a_loop(here: str, there: str, ahead: bool) -> None:
    assert lies_ahead(WAYS, ["start"], here, there) is ahead
