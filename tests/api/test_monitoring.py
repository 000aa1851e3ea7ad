"""The figures for programs: the same verbs as the pages."""

from typing import Any

import pytest

from server import monitoring
from tests.api.conftest import Caller, Office

ROUTES = (
    "/timeliness",
    "/months",
    "/late",
    "/running",
    "/workload",
    "/setbacks",
    "/outcomes",
    "/procedures/izin/steps",
)


@pytest.fixture
def head(office: Office) -> Caller:
    return office.caller("admin")


@pytest.mark.parametrize("route", ROUTES)
def test_it_is_for_who_oversees(published: Any, head: Caller, pns: Caller, route: str) -> None:
    assert head.call("GET", f"/api/monitoring{route}").status_code == 200
    assert pns.call("GET", f"/api/monitoring{route}").status_code == 403


def test_a_case_is_in_the_figures_once_it_has_ended(case: str, office: Office, head: Caller) -> None:
    assert [each["processInstanceKey"] for each in head.get("/api/monitoring/running")["items"]] == [case]
    assert head.get("/api/monitoring/workload")["all"]["many"] == 1
    head.call("POST", f"/v2/process-instances/{case}/cancellation", {})
    office.gate.do(lambda connection: monitoring.measure(office.engine, connection))
    (found,) = head.get("/api/monitoring/timeliness")["items"]
    assert (found["processDefinitionId"], found["canceled"], found["running"]) == ("izin", 1, 0)
    assert head.get("/api/monitoring/setbacks")["canceled"][0]["processInstanceKey"] == case
    assert head.get("/api/monitoring/outcomes")["items"][0]["endId"] is None


@pytest.mark.parametrize(
    "asked", ["from=2026-02-31", "from=2026-03-02&to=2026-03-01", "bidang=%00", "from=0001-01-01"]
)
def test_what_cannot_be_asked_is_told(head: Caller, asked: str) -> None:
    assert head.call("GET", f"/api/monitoring/timeliness?{asked}").status_code == 400


def test_a_procedure_that_is_not_there_is_not_found(head: Caller) -> None:
    assert head.call("GET", "/api/monitoring/procedures/tidak_ada/steps").status_code == 404
    assert head.call("GET", "/api/monitoring/procedures/%00/steps").status_code == 404
