"""Many people complete at the same moment, over HTTP and through several server processes."""

from collections.abc import Iterator

import pytest

from server.db import dump_json
from tests.bench.client import fire, request
from tests.crash import checker
from tests.crash.clients import at_once
from tests.crash.conftest import Site
from tests.crash.procedures import BRANCHES

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

CLIENTS = 20


@pytest.fixture
def served(site: Site) -> Iterator[Site]:
    with site.server() as server:
        site.await_server(server)
        yield site


def _first_task(site: Site) -> tuple[int, int]:
    case = site.people["andi"].start("badai")
    [task] = site.people["andi"].open(processInstanceKey=str(case))
    return case, int(task["userTaskKey"])


def _next_elements(site: Site, case: int) -> list[str]:
    return [task["elementId"] for task in site.people["andi"].open(processInstanceKey=str(case))]


def test_one_completion_sent_twenty_times_at_once_and_hundreds_of_times_after_has_one_effect(
    served: Site,
) -> None:
    """`make soak` sends ten thousand."""
    case, task = _first_task(served)
    andi = served.people["andi"]
    answer: dict[str, object] = {"nomor": "satu", "ulang": True}
    statuses = at_once((andi, task, answer) for _ in range(CLIENTS))
    assert set(statuses) == {204}
    body = dump_json({"variables": answer}).encode()
    sent = request("POST", f"/v2/user-tasks/{task}/completion", body, andi.token)
    assert fire(("127.0.0.1", andi.port), [sent] * 300, connections=32).statuses == {204}
    found = checker.find(served.office)
    checker.check(found, [], [case])
    assert [row.event for row in found.history[case]] == ["STARTED", "TASK_COMPLETED"]
    assert _next_elements(served, case) == ["isi"]


def test_of_two_people_with_different_answers_one_wins(served: Site) -> None:
    case, task = _first_task(served)
    names = ["andi", "budi"] * (CLIENTS // 2)
    statuses = at_once((served.people[name], task, {"nomor": name, "ulang": True}) for name in names)
    found = checker.find(served.office)
    checker.check(found, [], [case])
    winner = found.variables[case]["nomor"]
    assert [status == 204 for status in statuses] == [name == winner for name in names]
    assert set(statuses) == {204, 409}
    assert _next_elements(served, case) == ["isi"]


def test_twenty_branches_of_one_case_are_completed_at_once_without_a_conflict(served: Site) -> None:
    andi = served.people["andi"]
    case = andi.start("kipas")
    tasks = [int(task["userTaskKey"]) for task in andi.open(processInstanceKey=str(case))]
    assert len(tasks) == BRANCHES
    statuses = at_once((andi, task, {}) for task in tasks)
    assert set(statuses) == {204}
    found = checker.find(served.office)
    checker.check(found, [], [case])
    assert found.instances[case].case_state == "COMPLETED"
