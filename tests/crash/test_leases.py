"""A worker that dies leaves its job to another."""

import pytest

from tests.crash import checker
from tests.crash.command import BEGUN, ENDED, noted
from tests.crash.conftest import Site
from tests.live import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.both_databases]


def test_a_job_of_a_killed_worker_is_repeated_with_the_same_key_when_its_lease_is_over(site: Site) -> None:
    with site.server() as server:
        site.await_server(server)
        case = site.people["andi"].start("lambat")
        with site.worker() as first:
            wait_for(lambda: noted(site.work_log, BEGUN))
            first.kill()
        assert noted(site.work_log, ENDED) == []
        with site.worker():
            wait_for(lambda: site.people["andi"].open(processInstanceKey=str(case)))
    found = checker.find(site.office)
    [job] = found.jobs[case]
    assert noted(site.work_log, BEGUN) == [job.element_instance_key] * 2
    assert noted(site.work_log, ENDED) == [job.element_instance_key]
    assert (job.state, found.variables[case]["terkirim"]) == ("COMPLETED", job.element_instance_key)
