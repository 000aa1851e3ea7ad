"""A case from its deployment to its end, over HTTP alone."""

from typing import Any

from tests.api.conftest import Caller, Office


def test_a_case_runs_from_deployment_to_its_end(published: Any, office: Office) -> None:
    pns, kasubag, sekretaris = map(office.caller, ("pns", "kasubag_umpeg", "sekretaris"))
    started = pns.post(
        "/v2/process-instances", {"processDefinitionId": "izin", "variables": {"alasan": "sakit"}}
    )
    case = started["processInstanceKey"]
    (task,) = kasubag.items("user-tasks", filter={"state": "CREATED"})
    assert task["elementId"] == "periksa"
    kasubag.post(f"/v2/user-tasks/{task['userTaskKey']}/assignment", {"assignee": "kasubag_umpeg"})
    kasubag.post(f"/v2/user-tasks/{task['userTaskKey']}/completion", {"variables": {"catatan": "baik"}})
    (last,) = sekretaris.items("user-tasks", filter={"state": "CREATED"})
    sekretaris.post(f"/v2/user-tasks/{last['userTaskKey']}/completion")
    assert pns.get(f"/v2/process-instances/{case}")["state"] == "COMPLETED"


def test_deployment_names_every_definition(published: Any) -> None:
    members = [{name for name, value in item.items() if value} for item in published["deployments"]]
    assert sorted(map(sorted, members)) == [
        ["decisionDefinition"],
        ["decisionRequirements"],
        ["form"],
        ["form"],
        ["processDefinition"],
    ]


def test_a_start_is_answered_with_the_case_number(published: Any, pns: Caller) -> None:
    started = pns.post(
        "/v2/process-instances", {"processDefinitionId": "izin", "variables": {"alasan": "sakit"}}
    )
    assert started["businessId"] == "IZIN-2026-0001"
    assert started["processDefinitionVersion"] == 1
