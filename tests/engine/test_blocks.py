"""Parallel blocks do not multiply what a state holds, and incidents are mended by a variable."""

import json

import pytest

from server import engine as verbs
from server.engine import Handler, Outcome, incidents, tables
from tests.diagrams import diagram, end, exclusive, flow, parallel, path, service, start, user
from tests.engine.conftest import ANYBODY, Office


def block(name: str, depth: int) -> tuple[list[str], str, str]:
    """A parallel block of three branches, each one a block of its own down to `depth`; its first and last node."""
    if depth == 0:
        return [user(name)], name, name
    pieces = [parallel(f"{name}p"), parallel(f"{name}q")]
    for branch in "abc":
        inside, first, last = block(name + branch, depth - 1)
        pieces += [*inside, flow(f"{name}p", first), flow(last, f"{name}q")]
    return pieces, f"{name}p", f"{name}q"


SEQUENCE = [block(f"x{number}", 1) for number in range(3)]
IN_A_ROW = diagram(
    start(), end(), [pieces for pieces, _, _ in SEQUENCE],
    path("start x0p", "x0q x1p", "x1q x2p", "x2q end"),
)  # fmt: skip
NESTED = diagram(start(), end(), block("y", 3)[0], path("start yp", "yq end"))


@pytest.mark.parametrize(("drawn", "tasks"), [(IN_A_ROW, 9), (NESTED, 27)], ids=["in a row", "nested"])
def test_three_blocks_of_three_branches_stay_under_a_hundred_tasks(
    office: Office, drawn: bytes, tasks: int
) -> None:
    case = office.run(drawn)
    for _ in range(tasks):
        [row] = office.rows(tables.ProcessInstance, key=case)
        assert sum(len(workflow[2]) for workflow in json.loads(row.tokens)["w"]) < 100
        office.complete(case, office.open(case)[0])
    assert office.state(case) == "COMPLETED"


def test_a_condition_that_fails_behind_a_job_is_mended_by_a_variable_and_tried_again(office: Office) -> None:
    done: list[int] = []
    office.handlers.append(
        Handler("uji.kirim", "Kirim", "after", lambda call: (done.append(call.key), Outcome())[1])
    )
    office.reopen()
    case = office.run(
        diagram(
            start(), service("kirim", "uji.kirim"), exclusive("uji", default="uji_e2"), user("lanjut"), end(), end("e2"),
            path("start kirim uji", "lanjut end"), flow("uji", "lanjut", "=setuju"), flow("uji", "e2"),
        )
    )  # fmt: skip
    for _ in range(5):
        office.later(hours=2)
        office.work()
    [incident] = office.rows(tables.Incident)
    assert (incident.state, office.state(case)) == ("ACTIVE", "ACTIVE")
    assert "setuju" in incident.message
    office.do(lambda c: verbs.set_variables(office.engine, c, ANYBODY, case, {"setuju": True}))
    office.do(lambda c: incidents.resolve(office.engine, c, ANYBODY, incident.key))
    office.work()
    assert office.open(case) == ["lanjut"]
    assert len(set(done)) == 1  # the same key each time: its effect outside can be made once
    assert office.rows(tables.Incident)[0].state == "RESOLVED"
