"""What is not for the caller is not there."""

from typing import Any

import pytest

from tests.api.conftest import Caller, Office
from tests.diagrams import diagram, end, extensions, lane, lanes, path, props, start, user

OF_CASES = [
    ("process-instances", "processInstanceKey"),
    ("user-tasks", "userTaskKey"),
    ("variables", "variableKey"),
    ("element-instances", "elementInstanceKey"),
    ("decision-instances", "decisionEvaluationInstanceKey"),
]


@pytest.mark.parametrize(("what", "key"), OF_CASES)
def test_a_strangers_search_finds_nothing_and_a_key_opens_nothing(
    case: str, pns: Caller, office: Office, what: str, key: str
) -> None:
    mine = pns.items(what)[0][key]
    for name in ("tetangga", "kasi_capil"):
        stranger = office.caller(name)
        assert stranger.search(what)["page"]["totalItems"] == 0
        assert stranger.call("GET", f"/v2/{what}/{mine}").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v2/user-tasks/{task}/form"),
        ("POST", "/v2/user-tasks/{task}/variables/search"),
        ("POST", "/v2/user-tasks/{task}/effective-variables/search"),
        ("POST", "/v2/user-tasks/{task}/completion"),
        ("DELETE", "/v2/user-tasks/{task}/assignee"),
        ("GET", "/api/user-tasks/{task}/draft"),
        ("GET", "/api/process-instances/{case}/history"),
        ("POST", "/v2/process-instances/{case}/cancellation"),
        ("POST", "/v2/process-instances/{case}/incidents/search"),
    ],
)
def test_a_stranger_reaches_nothing_of_a_case(
    case: str, task: str, office: Office, method: str, path: str
) -> None:
    stranger = office.caller("tetangga")
    assert stranger.call(method, path.format(case=case, task=task)).status_code == 404


def test_who_is_offered_a_task_sees_it_but_not_its_case(case: str, task: str, kasubag: Caller) -> None:
    assert kasubag.get(f"/v2/user-tasks/{task}")["userTaskKey"] == task
    assert kasubag.call("GET", f"/v2/process-instances/{case}").status_code == 404


def test_who_holds_or_held_a_task_sees_the_case(case: str, task: str, kasubag: Caller) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/assignment", {"assignee": "kasubag_umpeg"})
    assert kasubag.get(f"/v2/process-instances/{case}")["state"] == "ACTIVE"
    kasubag.post(f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
    assert kasubag.get(f"/v2/process-instances/{case}")["state"] == "ACTIVE"


def test_who_sees_all_sees_the_case(case: str, office: Office) -> None:
    assert office.caller("sekretaris").get(f"/v2/process-instances/{case}")["state"] == "ACTIVE"


def one_task(process: str, **properties: str) -> bytes:
    return diagram(
        extensions(props(properties)),
        lanes(lane("Pegawai", "pns", "start isi end")),
        start(),
        user("isi"),
        end(),
        path("start isi end"),
        id=process,
    )


@pytest.fixture
def of_fields(admin: Caller, pns: Caller) -> dict[str, str]:
    """Cases of two fields and a confidential one, by process."""
    diagrams = {
        "capil": one_task("capil", bidang="pencatatan-sipil"),
        "umum": one_task("umum", bidang="umum-kepegawaian"),
        "rahasia": one_task("rahasia", bidang="pencatatan-sipil", sifat="rahasia"),
    }
    answer = admin.upload(**{f"{name}__bpmn": body for name, body in diagrams.items()})
    assert answer.status_code == 200, answer.text
    return {
        name: pns.post("/v2/process-instances", {"processDefinitionId": name})["processInstanceKey"]
        for name in diagrams
    }


def seen(caller: Caller) -> set[Any]:
    return {item["processDefinitionId"] for item in caller.items("process-instances")}


def test_a_field_is_seen_by_its_own_officers(of_fields: dict[str, str], office: Office) -> None:
    assert seen(office.caller("kasi_capil")) == {"capil"}
    assert seen(office.caller("kasubag_umpeg")) == {"umum"}


def test_a_confidential_case_is_seen_by_its_own_people_only(
    of_fields: dict[str, str], office: Office
) -> None:
    assert seen(office.caller("sekretaris")) == {"capil", "umum"}
    assert seen(office.caller("admin")) == {"capil", "umum"}
    assert seen(office.caller("pns")) == {"capil", "umum", "rahasia"}


def test_a_filter_by_variables_tells_nothing_of_others_cases(case: str, office: Office) -> None:
    stranger = office.caller("tetangga")
    guess = {"variables": [{"name": "alasan", "value": '"dinas"'}]}
    assert stranger.search("process-instances", filter=guess)["page"]["totalItems"] == 0
