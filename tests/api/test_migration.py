"""Cases moved to another version, in Camunda's words and the office's own."""

from typing import Any

import pytest

from tests.api.conftest import IZIN, Caller, read


def versions(caller: Caller) -> list[str]:
    found = caller.items("process-definitions", sort=[{"field": "version"}])
    return [each["processDefinitionKey"] for each in found]


@pytest.fixture
def newer(case: str, admin: Caller) -> str:
    """A second version, in which `periksa` is called `teliti`."""
    read(admin.upload(izin__bpmn=IZIN.replace(b'"periksa"', b'"teliti"').replace(b">periksa<", b">teliti<")))
    return versions(admin)[-1]


def body(target: str, **mapping: str) -> dict[str, Any]:
    instructions = [{"sourceElementId": a, "targetElementId": b} for a, b in mapping.items()]
    return {"targetProcessDefinitionKey": target, "mappingInstructions": instructions}


def test_a_case_is_migrated_and_taken_back(case: str, task: str, newer: str, admin: Caller) -> None:
    admin.post(
        f"/v2/process-instances/{case}/migration", body(newer, periksa="teliti") | {"operationReference": 3}
    )
    assert admin.get(f"/v2/process-instances/{case}")["processDefinitionVersion"] == 2
    assert admin.get(f"/v2/user-tasks/{task}")["elementId"] == "teliti"
    admin.post(f"/api/process-instances/{case}/migration-undo")
    assert admin.get(f"/v2/process-instances/{case}")["processDefinitionVersion"] == 1
    assert admin.get(f"/v2/user-tasks/{task}")["elementId"] == "periksa"
    assert admin.call("POST", f"/api/process-instances/{case}/migration-undo").status_code == 409


def test_a_plan_tells_and_all_cases_of_a_version_are_moved(case: str, newer: str, admin: Caller) -> None:
    old = versions(admin)[0]
    plan = admin.post(f"/api/process-definitions/{old}/migration-plan", body(newer))
    assert plan["cases"] == 1
    assert [(each["elementId"], each["targetId"]) for each in plan["fates"]] == [("periksa", None)]
    refused = admin.post(f"/api/process-definitions/{old}/migration", body(newer))["items"]
    assert "petakan" in refused[0]["problem"]
    moved = admin.post(f"/api/process-definitions/{old}/migration", body(newer, periksa="teliti"))["items"]
    assert moved == [{"processInstanceKey": case, "problem": None}]


def test_a_migration_that_cannot_be(case: str, newer: str, admin: Caller, pns: Caller) -> None:
    url = f"/v2/process-instances/{case}/migration"
    assert admin.call("POST", url, body(newer)).status_code == 400
    assert admin.call("POST", url, body(newer, hantu="teliti")).status_code == 400
    assert admin.call("POST", url, body("4711")).status_code == 404
    assert admin.call("POST", url, {}).status_code == 400
    assert pns.call("POST", url, body(newer, periksa="teliti")).status_code == 403
