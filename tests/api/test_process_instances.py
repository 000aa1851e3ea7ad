"""Cases: started, shown, cancelled; their passages, variables, history and incidents."""

from datetime import timedelta
from typing import Any

import pytest

from server import worker
from server.db import Keys, load_json
from tests.api.conftest import FILES, Caller, Office, read
from tests.diagrams import call, diagram, end, path, service, start, user

START = "/v2/process-instances"


def test_a_case_is_shown_with_every_field(case: str, pns: Caller) -> None:
    shown = pns.get(f"/v2/process-instances/{case}")
    assert shown.pop("processDefinitionKey").isdigit()
    assert shown == {
        "processInstanceKey": case,
        "rootProcessInstanceKey": case,
        "parentProcessInstanceKey": None,
        "parentElementInstanceKey": None,
        "processDefinitionId": "izin",
        "processDefinitionName": "Izin keluar kantor",
        "processDefinitionVersion": 1,
        "processDefinitionVersionTag": None,
        "startDate": "2026-03-02T02:00:00.000Z",
        "endDate": None,
        "suspendedDate": None,
        "state": "ACTIVE",
        "hasIncident": False,
        "businessId": "IZIN-2026-0001",
        "tags": [],
        "tenantId": "<default>",
    }


def test_a_case_starts_by_the_key_of_a_version(published: Any, pns: Caller) -> None:
    (definition,) = pns.items("process-definitions")
    key = definition["processDefinitionKey"]
    started = pns.post(START, {"processDefinitionKey": key, "variables": {"alasan": "x"}})
    assert started["processDefinitionKey"] == key


def test_a_case_starts_by_id_and_version(published: Any, pns: Caller) -> None:
    body = {"processDefinitionId": "izin", "processDefinitionVersion": 1, "variables": {"alasan": "x"}}
    assert pns.post(START, body)["processDefinitionVersion"] == 1
    assert pns.call("POST", START, body | {"processDefinitionVersion": 2}).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"processDefinitionId": "izin", "processDefinitionKey": "1"}, 400),
        ({"processDefinitionKey": 1}, 400),
        ({"processDefinitionKey": "1"}, 404),
        ({"processDefinitionId": "entah"}, 404),
        ({"processDefinitionId": "izin"}, 400),
        ({"processDefinitionId": "izin", "variables": {"alasan": "x", "lain": 1}}, 400),
        ({"processDefinitionId": "izin", "variables": {"alasan": {}}}, 400),
        ({"processDefinitionId": "izin", "variables": {"alasan": "x"}, "tenantId": "lain"}, 400),
        ({"processDefinitionId": "izin", "variables": {"alasan": "x"}, "businessId": "A-1"}, 400),
        ({"processDefinitionId": "izin", "variables": {"alasan": "x"}, "awaitCompletion": True}, 501),
        ({"processDefinitionId": "izin", "variables": {"alasan": "x"}, "tags": ["a"]}, 501),
        ({"processDefinitionId": "izin", "startInstructions": [{"elementId": "periksa"}]}, 501),
    ],
)
def test_a_start_that_cannot_be(published: Any, pns: Caller, body: dict[str, Any], status: int) -> None:
    answer = pns.call("POST", START, body)
    assert answer.status_code == status, answer.text
    assert pns.search("process-instances")["page"]["totalItems"] == 0


def test_what_clients_send_by_default_is_accepted(published: Any, pns: Caller) -> None:
    body = {
        "processDefinitionId": "izin",
        "processDefinitionVersion": -1,
        "variables": {"alasan": "x"},
        "tenantId": "<default>",
        "awaitCompletion": False,
        "requestTimeout": 0,
        "fetchVariables": [],
        "startInstructions": [],
        "operationReference": 7,
        "tags": [],
    }
    assert pns.post(START, body)["processInstanceKey"].isdigit()


def test_only_holders_of_the_first_lane_start(published: Any, office: Office) -> None:
    body = {"processDefinitionId": "izin", "variables": {"alasan": "x"}}
    assert office.caller("kasi_capil").call("POST", START, body).status_code == 403


def test_the_subject_sees_the_case(published: Any, admin: Caller, office: Office) -> None:
    body = {"processDefinitionId": "izin", "variables": {"alasan": "x"}, "subject": "tetangga"}
    key = admin.post(START, body)["processInstanceKey"]
    assert office.caller("tetangga").get(f"{START}/{key}")["processInstanceKey"] == key


def test_a_cancelled_case_is_terminated(case: str, admin: Caller) -> None:
    for _ in range(2):
        answer = admin.call("POST", f"{START}/{case}/cancellation", {"operationReference": 1})
        assert answer.status_code == 204
    shown = admin.get(f"{START}/{case}")
    assert (shown["state"], shown["endDate"]) == ("TERMINATED", "2026-03-02T02:00:00.000Z")


# --- called cases


@pytest.fixture
def family(admin: Caller) -> list[str]:
    """A case, the one it calls, and the one that that one calls."""
    files = {
        "a__bpmn": diagram(start(), call("panggil", "b"), end(), path("start panggil end"), id="a"),
        "b__bpmn": diagram(start(), call("panggil", "c"), end(), path("start panggil end"), id="b"),
        "c__bpmn": diagram(start(), user("kerja"), end(), path("start kerja end"), id="c"),
    }
    read(admin.upload(**files))
    admin.post(START, {"processDefinitionId": "a"})
    return [item["processInstanceKey"] for item in admin.items("process-instances")]


def test_everything_in_called_cases_names_the_root(family: list[str], admin: Caller) -> None:
    cases = admin.items("process-instances")
    assert [item["parentProcessInstanceKey"] for item in cases] == [None, *family[:2]]
    for what in ("process-instances", "element-instances", "user-tasks"):
        assert {item["rootProcessInstanceKey"] for item in admin.items(what)} == {family[0]}


# --- passages and variables


def test_the_passages_of_a_case_are_listed(case: str, pns: Caller) -> None:
    found = pns.items("element-instances", filter={"processInstanceKey": case})
    assert [(item["elementId"], item["type"], item["state"]) for item in found] == [
        ("start", "START_EVENT", "COMPLETED"),
        ("nilai", "BUSINESS_RULE_TASK", "COMPLETED"),
        ("periksa", "USER_TASK", "ACTIVE"),
    ]
    one = pns.get(f"/v2/element-instances/{found[-1]['elementInstanceKey']}")
    assert one == found[-1]
    assert (one["elementName"], one["hasIncident"], one["incidentKey"]) == ("periksa", False, None)


def test_variables_are_json_text(case: str, pns: Caller) -> None:
    found = pns.items("variables", filter={"processInstanceKey": case}, sort=[{"field": "name"}])
    assert [(item["name"], item["value"]) for item in found] == [("alasan", '"dinas"'), ("lama", "2.5")]
    one = pns.get(f"/v2/variables/{found[0]['variableKey']}")
    assert one == {name: value for name, value in found[0].items() if name != "isTruncated"}


def test_long_values_are_cut_unless_asked_for_whole(published: Any, pns: Caller) -> None:
    long = "x" * 9000
    pns.post(START, {"processDefinitionId": "izin", "variables": {"alasan": long}})
    wanted = {"filter": {"isTruncated": True}}
    (cut,) = pns.post("/v2/variables/search", wanted)["items"]
    assert (len(cut["value"]), cut["isTruncated"]) == (8191, True)
    (whole,) = pns.post("/v2/variables/search?truncateValues=false", wanted)["items"]
    assert (whole["value"], whole["isTruncated"]) == (f'"{long}"', False)
    assert pns.get(f"/v2/variables/{cut['variableKey']}")["value"] == f'"{long}"'


# --- history


def test_the_history_tells_who_did_what(case: str, task: str, kasubag: Caller, pns: Caller) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
    lines = pns.get(f"/api/process-instances/{case}/history")["items"]
    assert [(line["actor"], line["event"], line["values"]) for line in lines] == [
        ("pns", "STARTED", {"alasan": "dinas"}),
        ("kasubag_umpeg", "TASK_COMPLETED", {"catatan": "baik"}),
    ]


def test_the_history_is_read_page_by_page(case: str, admin: Caller) -> None:
    admin.post(f"{START}/{case}/cancellation")
    history = f"/api/process-instances/{case}/history"
    first = admin.get(f"{history}?limit=1")
    second = admin.get(f"{history}?limit=1&after={first['page']['endCursor']}")
    assert [page["items"][0]["event"] for page in (first, second)] == ["STARTED", "CANCELED"]
    assert first["page"]["totalItems"] == 2


def test_the_history_is_told_in_the_order_of_time_whichever_process_wrote_it(
    office: Office, admin: Caller, pns: Caller
) -> None:
    earlier_block = Keys(office.gate.database)
    earlier_block.draw()
    read(admin.upload(**{name.replace(".", "__"): body for name, body in FILES.items()}))
    case = pns.post(START, {"processDefinitionId": "izin", "variables": {"alasan": "x"}})[
        "processInstanceKey"
    ]
    office.time.now += timedelta(minutes=1)
    office.engine.keys = earlier_block
    admin.post(f"{START}/{case}/cancellation")
    lines = admin.get(f"/api/process-instances/{case}/history")["items"]
    assert [line["event"] for line in lines] == ["STARTED", "CANCELED"]


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=99999", "entah=1"])
def test_a_page_of_history_that_makes_no_sense(case: str, pns: Caller, query: str) -> None:
    assert pns.call("GET", f"/api/process-instances/{case}/history?{query}").status_code == 400


# --- incidents

BROKEN = diagram(start(), service("cetak", "uji.gagal"), end(), path("start cetak end"), id="rusak")


@pytest.fixture
def incident(office: Office, admin: Caller) -> dict[str, Any]:
    """What is left of a case whose job failed as often as it may."""
    assert admin.upload(rusak__bpmn=BROKEN).status_code == 200
    admin.post(START, {"processDefinitionId": "rusak"})
    for _ in range(3):
        office.time.now += timedelta(hours=1)
        worker.work_once(office.gate, office.engine)
    found: list[dict[str, Any]] = admin.items("incidents")
    return found[0]


def test_an_incident_is_shown_where_it_happened(incident: dict[str, Any], admin: Caller) -> None:
    case, element = incident["processInstanceKey"], incident["elementInstanceKey"]
    assert (incident["state"], incident["errorType"]) == ("ACTIVE", "JOB_NO_RETRIES")
    assert "printer terbakar" in incident["errorMessage"]
    assert admin.get(f"/v2/incidents/{incident['incidentKey']}") == incident
    assert admin.post(f"{START}/{case}/incidents/search")["items"] == [incident]
    assert admin.post(f"/v2/element-instances/{element}/incidents/search")["items"] == [incident]
    assert [
        item["processInstanceKey"] for item in admin.items("process-instances", filter={"hasIncident": True})
    ] == [case]
    (passage,) = admin.items("element-instances", filter={"hasIncident": True})
    assert passage["incidentKey"] == incident["incidentKey"]


def test_a_resolved_incident_is_closed(incident: dict[str, Any], admin: Caller) -> None:
    key = incident["incidentKey"]
    assert admin.call("POST", f"/v2/incidents/{key}/resolution").status_code == 204
    assert admin.get(f"/v2/incidents/{key}")["state"] == "RESOLVED"
    assert admin.items("process-instances", filter={"hasIncident": True}) == []


def test_who_may_not_resolve_is_told_so(incident: dict[str, Any], office: Office) -> None:
    answer = office.caller("sekretaris").call("POST", f"/v2/incidents/{incident['incidentKey']}/resolution")
    assert answer.status_code == 403
    assert "berwenang" in load_json(answer.data)["detail"]
