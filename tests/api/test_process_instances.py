"""Cases: started, shown, cancelled; their passages, variables, history and incidents."""

from datetime import timedelta
from typing import Any

import pytest

from server import worker
from server.db import Keys, load_json
from tests.api.conftest import FILES, Caller, Office, read
from tests.diagrams import call, diagram, end, manual, parallel, path, service, start, user

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
        ({"processDefinitionId": "izin", "startInstructions": [{"elementId": "periksa"}]}, 403),
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


def test_the_incidents_of_called_cases_are_their_callers_too(office: Office, admin: Caller) -> None:
    calls = diagram(start(), call("panggil", "rusak"), end(), path("start panggil end"), id="atas")
    read(admin.upload(rusak__bpmn=BROKEN, atas__bpmn=calls))
    top = admin.post(START, {"processDefinitionId": "atas"})["processInstanceKey"]
    for _ in range(3):
        office.time.now += timedelta(hours=1)
        worker.work_once(office.gate, office.engine)
    (found,) = admin.post(f"{START}/{top}/incidents/search")["items"]
    assert (found["processDefinitionId"], found["rootProcessInstanceKey"]) == ("rusak", top)


def test_a_called_case_knows_the_way_up(family: list[str], admin: Caller) -> None:
    above = admin.get(f"{START}/{family[2]}/call-hierarchy")
    assert [item["processInstanceKey"] for item in above] == family


# --- suspended


def test_a_suspended_case_waits_until_it_is_resumed(case: str, task: str, admin: Caller) -> None:
    assert admin.call("POST", f"{START}/{case}/suspension", {"operationReference": 1}).status_code == 204
    shown = admin.get(f"{START}/{case}")
    assert (shown["state"], shown["suspendedDate"]) == ("SUSPENDED", "2026-03-02T02:00:00.000Z")
    assert admin.items("process-instances", filter={"suspendedDate": {"$exists": True}}) == [shown]
    assert admin.call("POST", f"{START}/{case}/resumption").status_code == 204
    shown = admin.get(f"{START}/{case}")
    assert (shown["state"], shown["suspendedDate"]) == ("ACTIVE", None)


def test_only_who_may_suspends(case: str, pns: Caller) -> None:
    assert pns.call("POST", f"{START}/{case}/suspension").status_code == 403


# --- passages and variables


def test_the_flows_that_were_taken_are_told(case: str, task: str, kasubag: Caller, pns: Caller) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "ulang"}})
    items = pns.get(f"{START}/{case}/sequence-flows")["items"]
    assert {item["elementId"] for item in items} == {
        "start_nilai",
        "nilai_periksa",
        "periksa_putusan",
        "putusan_periksa",
    }
    assert items[0]["sequenceFlowId"] == f"{case}_{items[0]['elementId']}"


def test_both_flows_into_a_join_were_taken(admin: Caller) -> None:
    both = diagram(
        start(), parallel("bagi"), manual("a"), manual("b"), parallel("kumpul"), end(),
        path("start bagi a kumpul end", "bagi b kumpul"), id="dua",
    )  # fmt: skip
    read(admin.upload(dua__bpmn=both))
    case = admin.post(START, {"processDefinitionId": "dua"})["processInstanceKey"]
    taken = {item["elementId"] for item in admin.get(f"{START}/{case}/sequence-flows")["items"]}
    assert {"a_kumpul", "b_kumpul", "bagi_a", "bagi_b", "kumpul_end"} <= taken


def test_passages_are_counted_by_element(case: str, task: str, kasubag: Caller, pns: Caller) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "ulang"}})
    counted = {
        item.pop("elementId"): item
        for item in pns.get(f"{START}/{case}/statistics/element-instances")["items"]
    }
    assert counted["periksa"] == {"active": 1, "incidents": 0, "completed": 1, "canceled": 0}
    assert counted["start"] == {"active": 0, "incidents": 0, "completed": 1, "canceled": 0}


def test_passages_are_counted_over_the_cases_one_may_see(case: str, pns: Caller, office: Office) -> None:
    url = f"/v2/process-definitions/{pns.items('process-definitions')[0]['processDefinitionKey']}"
    url += "/statistics/element-instances"
    pns.post(START, {"processDefinitionId": "izin", "variables": {"alasan": "x"}})
    counted = {item["elementId"]: item["active"] for item in pns.post(url)["items"]}
    assert counted["periksa"] == 2
    chosen = pns.post(url, {"filter": {"processInstanceKey": case}})["items"]
    assert {item["elementId"]: item["active"] for item in chosen}["periksa"] == 1
    assert office.caller("tetangga").post(url)["items"] == []


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ({"elementId": "periksa"}, True),
        ({"elementId": "periksa", "elementInstanceState": "ACTIVE"}, True),
        ({"elementId": "start", "elementInstanceState": "ACTIVE"}, False),
        ({"elementId": "periksa", "hasElementInstanceIncident": False}, True),
        ({"hasElementInstanceIncident": True}, False),
        ({"errorMessage": {"$like": "*"}}, False),
        ({"hasRetriesLeft": True}, False),
        ({"batchOperationKey": "1"}, False),
        ({"$or": [{"elementId": "setujui"}, {"elementId": "periksa"}]}, True),
    ],
)
def test_cases_are_found_by_where_they_are(
    case: str, pns: Caller, filter_: dict[str, Any], found: bool
) -> None:
    assert [item["processInstanceKey"] for item in pns.items("process-instances", filter=filter_)] == (
        [case] if found else []
    )


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


# --- variables set from outside


def test_the_data_of_a_foreign_diagram_are_set_by_who_may(admin: Caller, pns: Caller) -> None:
    loop = diagram(start(), user("kerja"), end(), path("start kerja end"), id="asing")
    read(admin.upload(asing__bpmn=loop))
    case = admin.post(START, {"processDefinitionId": "asing", "variables": {"a": 1}})["processInstanceKey"]
    (passage,) = admin.items("element-instances", filter={"elementId": "kerja"})
    url = f"/v2/element-instances/{passage['elementInstanceKey']}/variables"
    assert admin.call("PUT", url, {"variables": {"a": 2, "b": [1]}}).status_code == 204
    assert admin.call("PUT", url, {"variables": {"a": 3}, "local": True}).status_code == 204
    values = {(item["name"], item["scopeKey"]): item["value"] for item in admin.items("variables")}
    assert values == {("a", case): "2", ("b", case): "[1]", ("a", passage["elementInstanceKey"]): "3"}
    assert pns.call("PUT", url, {"variables": {"a": 4}}).status_code == 404


def test_the_data_of_the_offices_own_procedures_come_from_their_forms(office: Office, admin: Caller) -> None:
    own = diagram(
        start(), user("kerja", properties={"langkah": "1"}), end(), path("start kerja end"), id="sendiri"
    )
    read(admin.upload(sendiri__bpmn=own))
    for body in ({"variables": {"a": 1}}, {"variables": {}}):
        sent = admin.call("POST", START, {"processDefinitionId": "sendiri"} | body)
        assert sent.status_code == (400 if body["variables"] else 200)
    case = admin.items("process-instances")[0]["processInstanceKey"]
    answer = admin.call("PUT", f"/v2/element-instances/{case}/variables", {"variables": {"a": 1}})
    assert answer.status_code == 403
    (task,) = admin.items("user-tasks")
    sent = admin.call("POST", f"/v2/user-tasks/{task['userTaskKey']}/completion", {"variables": {"a": 1}})
    assert sent.status_code == 400


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


def test_the_job_behind_an_incident_is_shown(incident: dict[str, Any], admin: Caller, pns: Caller) -> None:
    (job,) = admin.items("jobs", filter={"jobKey": incident["jobKey"]})
    assert (job["type"], job["state"], job["retries"]) == ("uji.gagal", "FAILED", 0)
    assert (job["elementId"], job["kind"], job["customHeaders"]) == ("cetak", "BPMN_ELEMENT", {})
    assert "printer terbakar" in job["errorMessage"]
    assert pns.items("jobs") == []
    found = admin.items("process-instances", filter={"errorMessage": {"$like": "*printer*"}})
    assert [item["processInstanceKey"] for item in found] == [incident["processInstanceKey"]]


def test_a_resolved_incident_is_closed(incident: dict[str, Any], admin: Caller) -> None:
    key = incident["incidentKey"]
    assert admin.call("POST", f"/v2/incidents/{key}/resolution").status_code == 204
    assert admin.get(f"/v2/incidents/{key}")["state"] == "RESOLVED"
    assert admin.items("process-instances", filter={"hasIncident": True}) == []


def test_who_may_not_resolve_is_told_so(incident: dict[str, Any], office: Office) -> None:
    answer = office.caller("sekretaris").call("POST", f"/v2/incidents/{incident['incidentKey']}/resolution")
    assert answer.status_code == 403
    assert "berwenang" in load_json(answer.data)["detail"]
