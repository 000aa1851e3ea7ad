"""Tasks: seen, taken, given back, completed."""

from typing import Any

import pytest

from server.db import load_json
from tests.api.conftest import Caller, Office

TASKS = "/v2/user-tasks"


def test_a_task_is_shown_with_every_field(case: str, task: str, kasubag: Caller) -> None:
    shown = kasubag.get(f"/v2/user-tasks/{task}")
    keys = {name: shown.pop(name) for name in [*shown] if name.endswith("Key")}
    assert keys["userTaskKey"] == task
    assert keys["processInstanceKey"] == keys["rootProcessInstanceKey"] == case
    assert all(isinstance(key, str) and key.isdigit() for key in keys.values())
    assert shown == {
        "elementId": "periksa",
        "name": "periksa",
        "state": "CREATED",
        "assignee": None,
        "candidateGroups": ["kasubag_umpeg"],
        "candidateUsers": [],
        "processDefinitionId": "izin",
        "processDefinitionVersion": 1,
        "processName": "Izin keluar kantor",
        "creationDate": "2026-03-02T02:00:00.000Z",
        "completionDate": None,
        "followUpDate": None,
        "dueDate": None,
        "priority": 70,
        "externalFormReference": None,
        "customHeaders": {},
        "businessId": "IZIN-2026-0001",
        "tags": [],
        "tenantId": "<default>",
    }


def test_a_found_task_is_the_task(task: str, kasubag: Caller) -> None:
    assert kasubag.items("user-tasks") == [kasubag.get(f"/v2/user-tasks/{task}")]


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ({"candidateGroup": "kasubag_umpeg"}, 1),
        ({"candidateGroup": {"$in": ["pns", "sekretaris"]}}, 0),
        ({"candidateUser": "kasubag_umpeg"}, 0),
        ({"assignee": {"$exists": False}}, 1),
        ({"priority": {"$gte": 70, "$lt": 71}}, 1),
        ({"processInstanceVariables": [{"name": "alasan", "value": '"dinas"'}]}, 1),
        ({"processInstanceVariables": [{"name": "alasan", "value": '"lain"'}]}, 0),
        ({"localVariables": [{"name": "alasan", "value": '"dinas"'}]}, 0),
        ({"state": "CREATING"}, 0),
    ],
)
def test_tasks_are_found_by(task: str, kasubag: Caller, filter_: dict[str, Any], found: int) -> None:
    assert len(kasubag.items("user-tasks", filter=filter_)) == found


def test_a_task_is_taken_and_given_back(task: str, kasubag: Caller) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/assignment", {"assignee": "kasubag_umpeg"})
    assert kasubag.get(f"/v2/user-tasks/{task}")["assignee"] == "kasubag_umpeg"
    assert kasubag.call("DELETE", f"/v2/user-tasks/{task}/assignee").status_code == 204
    assert kasubag.get(f"/v2/user-tasks/{task}")["assignee"] is None


def test_a_held_task_is_not_taken_over_when_one_says_so(task: str, admin: Caller) -> None:
    admin.post(f"/v2/user-tasks/{task}/assignment", {"assignee": "kasubag_umpeg"})
    body = {"assignee": "sekretaris", "allowOverride": False}
    assert admin.call("POST", f"/v2/user-tasks/{task}/assignment", body).status_code == 409
    assert (
        admin.call("POST", f"/v2/user-tasks/{task}/assignment", {"assignee": "sekretaris"}).status_code == 204
    )


@pytest.mark.parametrize("body", [{}, {"assignee": None}, {"assignee": 1}, {"assignee": "x", "siapa": 1}])
def test_an_assignment_says_to_whom(task: str, kasubag: Caller, body: dict[str, Any]) -> None:
    assert kasubag.call("POST", f"/v2/user-tasks/{task}/assignment", body).status_code == 400


def test_the_form_is_the_one_that_was_published(task: str, kasubag: Caller) -> None:
    form = kasubag.get(f"/v2/user-tasks/{task}/form")
    assert form["formId"] == "pemeriksaan"
    assert load_json(form["schema"])["components"][0]["key"] == "catatan"
    assert kasubag.get(f"/v2/forms/{form['formKey']}") == form


def test_a_task_without_a_form_has_no_content(task: str, kasubag: Caller, office: Office) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
    sekretaris = office.caller("sekretaris")
    (last,) = sekretaris.items("user-tasks", filter={"elementId": "setujui"})
    assert last["dueDate"] == "2026-03-05T10:00:00.000Z"
    assert sekretaris.call("GET", f"/v2/user-tasks/{last['userTaskKey']}/form").status_code == 204


def test_a_completed_task_says_when_and_by_whom(task: str, kasubag: Caller) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
    shown = kasubag.get(f"/v2/user-tasks/{task}")
    assert (shown["state"], shown["assignee"]) == ("COMPLETED", "kasubag_umpeg")
    assert shown["completionDate"] == "2026-03-02T02:00:00.000Z"


def test_the_same_completion_again_gets_the_same_answer(task: str, kasubag: Caller) -> None:
    for _ in range(2):
        answer = kasubag.call("POST", f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
        assert answer.status_code == 204
    other = {"variables": {"catatan": "lain"}}
    assert kasubag.call("POST", f"/v2/user-tasks/{task}/completion", other).status_code == 409


@pytest.mark.parametrize(
    ("variables", "where"),
    [
        ({}, "catatan"),
        (None, "catatan"),
        ({"catatan": 7}, "catatan"),
        ({"catatan": "baik", "lain": 1}, "lain"),
    ],
)
def test_a_completion_takes_exactly_the_form(task: str, kasubag: Caller, variables: Any, where: str) -> None:
    answer = kasubag.call("POST", f"/v2/user-tasks/{task}/completion", {"variables": variables})
    assert answer.status_code == 400
    assert [problem["where"] for problem in load_json(answer.data)["problems"]] == [where]
    assert kasubag.get(f"/v2/user-tasks/{task}")["state"] == "CREATED"


@pytest.mark.parametrize("body", [{"variables": []}, {"variables": "x"}, {"values": {}}])
def test_a_completion_of_another_shape_is_refused(task: str, kasubag: Caller, body: Any) -> None:
    assert kasubag.call("POST", f"/v2/user-tasks/{task}/completion", body).status_code == 400


def test_somebody_elses_task_is_not_completed(task: str, pns: Caller) -> None:
    answer = pns.call("POST", f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
    assert answer.status_code == 403
    assert "bukan tugas Anda" in load_json(answer.data)["detail"]


def test_the_task_of_a_cancelled_case_is_over(case: str, task: str, admin: Caller, kasubag: Caller) -> None:
    admin.post(f"/v2/process-instances/{case}/cancellation")
    answer = kasubag.call("POST", f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
    assert answer.status_code == 409
    assert admin.get(f"/v2/user-tasks/{task}")["state"] == "CANCELED"


# --- variables


def test_a_task_sees_the_variables_around_it(case: str, task: str, kasubag: Caller) -> None:
    found = kasubag.post(f"/v2/user-tasks/{task}/variables/search")["items"]
    assert {item["name"]: item["value"] for item in found} == {"alasan": '"dinas"', "lama": "2.5"}
    assert {item["scopeKey"] for item in found} == {case}


def test_a_tasks_variables_are_filtered(task: str, kasubag: Caller) -> None:
    body = {"filter": {"name": {"$like": "al*"}}, "sort": [{"field": "name"}]}
    assert [
        item["name"] for item in kasubag.post(f"/v2/user-tasks/{task}/variables/search", body)["items"]
    ] == ["alasan"]


# --- drafts


def test_a_draft_is_kept_and_shown_to_the_group(task: str, kasubag: Caller, pns: Caller) -> None:
    draft = f"/api/user-tasks/{task}/draft"
    assert kasubag.get(draft) == {"variables": {}}
    assert kasubag.call("PUT", draft, {"variables": {"catatan": ["belum", 1]}}).status_code == 204
    assert kasubag.get(draft) == {"variables": {"catatan": ["belum", 1]}}
    assert pns.get(draft) == {"variables": {}}


def test_a_draft_is_gone_with_the_completion(task: str, kasubag: Caller) -> None:
    kasubag.call("PUT", f"/api/user-tasks/{task}/draft", {"variables": {"catatan": "x"}})
    kasubag.post(f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
    assert kasubag.get(f"/api/user-tasks/{task}/draft") == {"variables": {}}


@pytest.mark.parametrize("body", [{}, {"variables": None}, {"variables": [1]}])
def test_a_draft_is_an_object(task: str, kasubag: Caller, body: Any) -> None:
    assert kasubag.call("PUT", f"/api/user-tasks/{task}/draft", body).status_code == 400


# --- changed by who assigns


def test_a_task_is_put_off_and_offered_to_another_group(task: str, admin: Caller, office: Office) -> None:
    changes = {
        "dueDate": "2026-03-09T10:00:00+07:00",
        "followUpDate": "2026-03-04T10:00:00Z",
        "priority": 0,
        "candidateGroups": ["sekretaris"],
        "candidateUsers": ["pns"],
    }
    assert admin.call("PATCH", f"{TASKS}/{task}", {"changeset": changes}).status_code == 204
    shown = office.caller("sekretaris").get(f"{TASKS}/{task}")
    assert (shown["dueDate"], shown["followUpDate"]) == (
        "2026-03-09T03:00:00.000Z",
        "2026-03-04T10:00:00.000Z",
    )
    assert (shown["priority"], shown["candidateGroups"]) == (0, ["sekretaris"])
    assert shown["candidateUsers"] == ["pns"]
    wanted = {"candidateUser": {"$in": ["pns"]}, "priority": {"$lt": 1}}
    assert office.caller("pns").post(f"{TASKS}/search", {"filter": wanted})["items"] == [shown]
    lines = admin.get(f"/api/process-instances/{shown['processInstanceKey']}/history")["items"]
    assert (lines[-1]["event"], lines[-1]["values"]["candidate_group"]) == ("TASK_UPDATED", "sekretaris")


def test_an_empty_text_takes_a_date_away_and_null_leaves_it(task: str, admin: Caller) -> None:
    admin.call("PATCH", f"{TASKS}/{task}", {"changeset": {"dueDate": "2026-03-09T10:00:00Z"}})
    admin.call("PATCH", f"{TASKS}/{task}", {"changeset": {"dueDate": None, "priority": 90}})
    assert admin.get(f"{TASKS}/{task}")["dueDate"] == "2026-03-09T10:00:00.000Z"
    admin.call("PATCH", f"{TASKS}/{task}", {"changeset": {"dueDate": ""}})
    assert admin.get(f"{TASKS}/{task}")["dueDate"] is None
    assert admin.get(f"{TASKS}/{task}")["priority"] == 90


@pytest.mark.parametrize(
    ("changeset", "status"),
    [
        ({"priority": 101}, 400),
        ({"dueDate": "besok"}, 400),
        ({"candidateGroups": ["sekretaris", "pns"]}, 400),
        ({"candidateGroups": ["entah"]}, 400),
        ({"candidateGroups": ["sekretaris@piak"]}, 400),
        ({"candidateGroups": ["kepala_seksi"]}, 400),
        ({"candidateUsers": ["entah"]}, 400),
        ({"assignee": "pns"}, 204),
        (None, 204),
    ],
)
def test_a_change_that_cannot_be(task: str, admin: Caller, changeset: Any, status: int) -> None:
    before = admin.get(f"{TASKS}/{task}")
    assert admin.call("PATCH", f"{TASKS}/{task}", {"changeset": changeset}).status_code == status
    assert admin.get(f"{TASKS}/{task}") == before


def test_who_does_not_assign_changes_no_task(task: str, pns: Caller) -> None:
    assert pns.call("PATCH", f"{TASKS}/{task}", {"changeset": {"priority": 1}}).status_code == 403
