"""Server and worker die again and again under load; nothing is lost, nothing is done twice, every case goes on."""

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from tests.crash import checker
from tests.crash.clients import Crowd
from tests.crash.command import BEGUN, noted
from tests.crash.conftest import Site
from tests.crash.procedures import FIELDS
from tests.live import Process, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]

KILLS = 10
ENOUGH = 10 * KILLS
"""Acknowledged steps, among which the kills came."""
CLIENTS = 6
MOST_CASES = 60
SEED = 7


def test_every_acknowledged_step_outlives_ten_kills_and_every_case_goes_on(site: Site) -> None:
    names = ["andi", "budi"] * (CLIENTS // 2)
    crowd = Crowd([site.people[name] for name in names], MOST_CASES, SEED)
    with crowd.at_work():
        for pause in _pauses():
            _serve_and_kill(site, crowd, pause)
    found = checker.find(site.office)
    checker.check(found, crowd.completions, crowd.cases)
    assert len(crowd.completions) > ENOUGH
    assert set(crowd.answers) <= {204, 409, 503}
    with _served(site):
        wait_for(lambda: _finish_what_is_open(site))
    ended = checker.find(site.office)
    checker.check(ended, crowd.completions, crowd.cases)
    assert set(checker.states(ended)) == {"COMPLETED"}
    sent = {row.element_instance_key for rows in ended.jobs.values() for row in rows}
    assert sent == set(noted(site.work_log, BEGUN))


def _pauses() -> Iterator[float]:
    chance = random.Random(SEED)
    yield from (chance.uniform(0.2, 3.0) for _ in range(KILLS))


def _serve_and_kill(site: Site, crowd: Crowd, pause: float) -> None:
    """At a random moment; on a slow machine a little later, when some steps were acknowledged."""
    before = len(crowd.completions)
    with ExitStack() as stack:
        server, worker = _start(site, stack)
        time.sleep(pause)
        with suppress(TimeoutError):
            wait_for(lambda: len(crowd.completions) > min(before + 10, ENOUGH))
        server.kill()
        worker.kill()


@contextmanager
def _served(site: Site) -> Iterator[None]:
    with ExitStack() as stack:
        _start(site, stack)
        yield


def _start(site: Site, stack: ExitStack) -> tuple[Process, Process]:
    server, worker = stack.enter_context(site.server()), stack.enter_context(site.worker())
    site.await_server(server)
    return server, worker


def _finish_what_is_open(site: Site) -> bool:
    """Completes all open tasks; whether no case was left."""
    andi = site.people["andi"]
    for task in andi.open(processDefinitionId="badai"):
        answer: dict[str, object] = {FIELDS[task["elementId"]]: "akhir"}
        if task["elementId"] == "isi":
            answer["ulang"] = False
        assert andi.complete(int(task["userTaskKey"]), answer) == 204
    status, answer = andi.post("/v2/process-instances/search", {"filter": {"state": "ACTIVE"}})
    assert status == 200
    return not answer["items"]
