"""Cases led by hand, in Camunda's words."""

from typing import Any

import pytest

from tests.api.conftest import Caller

START = "/v2/process-instances"


def modification(case: str) -> str:
    return f"/v2/process-instances/{case}/modification"


def open_tasks(caller: Caller, case: str) -> list[str]:
    tasks = caller.items("user-tasks", filter={"processInstanceKey": case, "state": "CREATED"})
    return [task["elementId"] for task in tasks]


def test_a_case_is_modified_in_camundas_words(case: str, admin: Caller) -> None:
    admin.post(
        modification(case),
        {
            "activateInstructions": [
                {
                    "elementId": "setujui",
                    "ancestorElementInstanceKey": "-1",
                    "variableInstructions": [{"variables": {"catatan": "baik"}, "scopeId": ""}],
                }
            ],
            "terminateInstructions": [{"elementId": "periksa"}],
            "operationReference": 7,
            "reason": "berkas lengkap",
        },
    )
    assert open_tasks(admin, case) == ["setujui"]
    history = admin.get(f"/api/process-instances/{case}/history")["items"]
    assert [line["values"]["reason"] for line in history if line["event"] == "MODIFIED"] == ["berkas lengkap"]


@pytest.mark.parametrize("by_key", [True, False])
@pytest.mark.parametrize(
    "scope", [None, {"ancestorScopeType": "sourceParent"}, {"ancestorScopeType": "inferred"}]
)
def test_a_step_is_moved(case: str, task: str, admin: Caller, by_key: bool, scope: Any) -> None:
    key = admin.get(f"/v2/user-tasks/{task}")["elementInstanceKey"]
    source = {"sourceType": "byId", "sourceElementId": "periksa"}
    if by_key:
        source = {"sourceType": "byKey", "sourceElementInstanceKey": key}
    wanted = {"sourceElementInstruction": source, "targetElementId": "setujui"}
    admin.post(
        modification(case),
        {"moveInstructions": [wanted | ({"ancestorScopeInstruction": scope} if scope else {})]},
    )
    assert open_tasks(admin, case) == ["setujui"]


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, "tidak ada langkah"),
        ({"terminateInstructions": [{}]}, 400, "salah satu"),
        ({"activateInstructions": [{"elementId": "hantu"}]}, 400, "hantu"),
        ({"activateInstructions": [{"elementId": "setujui", "ancestorElementInstanceKey": "1"}]}, 400, "melingkupi"),
        ({"moveInstructions": [{"targetElementId": "setujui"}]}, 400, "wajib"),
    ],
)  # fmt: skip
def test_a_modification_that_cannot_be(
    case: str, admin: Caller, body: dict[str, Any], status: int, told: str
) -> None:
    answer = admin.call("POST", modification(case), body)
    assert answer.status_code == status
    assert told in answer.text
    assert open_tasks(admin, case) == ["periksa"]


def test_who_may_not_is_told_so_and_who_does_not_see_is_not_told(
    case: str, pns: Caller, kasubag: Caller
) -> None:
    body = {"terminateInstructions": [{"elementId": "periksa"}]}
    assert pns.call("POST", modification(case), body).status_code == 403
    assert kasubag.call("POST", modification("4711"), body).status_code == 404


def test_a_case_is_started_where_it_stands_on_paper(published: Any, admin: Caller) -> None:
    body = {
        "processDefinitionId": "izin",
        "startInstructions": [{"elementId": "putusan"}],
        "variables": {"catatan": "baik"},
        "reason": "berkas kertas",
    }
    started = admin.post(START, body)
    case = started["processInstanceKey"]
    assert open_tasks(admin, case) == ["setujui"]
    assert admin.call("POST", START, body | {"startInstructions": [{"elementId": "x"}]}).status_code == 400
