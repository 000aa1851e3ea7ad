"""A disk that is full and a database that goes away: clear errors meanwhile, nothing lost, and work goes on afterwards by itself."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.crash import checker
from tests.crash.conftest import Site
from tests.live import Process, wait_for

pytestmark = pytest.mark.slow

AWAY = "Basis data sedang tidak dapat dipakai; tidak ada yang berubah. Coba lagi nanti."


def start(site: Site) -> tuple[int, str]:
    """The status, and what is said where it is an error."""
    status, answer = site.people["andi"].post("/v2/process-instances", {"processDefinitionId": "badai"})
    return status, answer.get("detail", "")


def ready(site: Site) -> int:
    return site.people["andi"].call("GET", "/health/ready", None)[0]


@pytest.mark.postgres
def test_a_database_that_goes_away_is_told_and_work_goes_on_when_it_is_back(
    site: Site, request: pytest.FixtureRequest
) -> None:
    database = request.getfixturevalue("postgres_server")
    with site.server() as server, site.worker() as worker:
        site.await_server(server)
        assert start(site) == (200, "")
        database.stop(at_once=True)
        try:
            assert [start(site) for _ in range(4)] == [(503, AWAY)] * 4
            assert ready(site) == 503
            assert site.people["andi"].call("GET", "/health/live", None)[0] == 200
        finally:
            database.start()
        wait_for(lambda: ready(site) == 200)
        wait_for(lambda: start(site)[0] == 200)
        [task, *_] = site.people["andi"].open(processDefinitionId="badai")
        assert site.people["andi"].complete(int(task["userTaskKey"]), {"nomor": "1", "ulang": False}) == 204
        wait_for(lambda: site.people["andi"].open(elementId="kiri"))
        assert server.alive()
        assert worker.alive()
    site.office.house.gate.database.dispose()
    checker.check(checker.find(site.office), [], [])


def test_a_full_disk_is_told_and_work_goes_on_when_there_is_room(site: Site) -> None:
    with site.server() as server:
        site.await_server(server)
        assert start(site) == (200, "")
        with _full_disk(server):
            assert [start(site) for _ in range(4)] == [(503, AWAY)] * 4
            assert len(site.people["andi"].open(processDefinitionId="badai")) == 1, "reading goes on"
        assert [start(site) for _ in range(4)] == [(200, "")] * 4
    found = checker.find(site.office)
    checker.check(found, [], [])
    assert len(found.instances) == 5


@contextmanager
def _full_disk(server: Process) -> Iterator[None]:
    """No file of the server's processes may grow: to SQLite, the same as a disk without room."""
    limits = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in server.children()}
    assert limits
    for pid, (_, hard) in limits.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        for pid, limit in limits.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limit)
