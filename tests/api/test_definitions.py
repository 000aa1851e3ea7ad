"""Procedures, decisions, forms and their files."""

from typing import Any

import pytest

from server.api import LIMITS
from server.db import load_json
from tests.api.conftest import FILES, IZIN, LAMA, Caller, form, read


def key_of(deployment: Any, member: str) -> str:
    """The key of the first definition of this kind."""
    shown = next(item[member] for item in deployment["deployments"] if item[member])
    key: str = next(value for name, value in shown.items() if name == f"{member}Key")
    return key


# --- deployments


def test_a_deployment_is_shown_with_every_field(published: Any) -> None:
    items = {next(name for name, value in item.items() if value): item for item in published["deployments"]}
    assert published["deploymentKey"].isdigit()
    assert items["decisionDefinition"] == {
        "processDefinition": None,
        "decisionDefinition": {
            "decisionDefinitionId": "lama",
            "decisionDefinitionKey": key_of(published, "decisionDefinition"),
            "decisionRequirementsId": "izin_tabel",
            "decisionRequirementsKey": key_of(published, "decisionRequirements"),
            "name": "Lama izin",
            "version": 1,
            "tenantId": "<default>",
        },
        "decisionRequirements": None,
        "form": None,
        "resource": None,
    }
    assert items["processDefinition"]["processDefinition"] == {
        "processDefinitionId": "izin",
        "processDefinitionKey": key_of(published, "processDefinition"),
        "processDefinitionVersion": 1,
        "resourceName": "izin.bpmn",
        "tenantId": "<default>",
    }


def test_the_same_bytes_again_change_nothing(published: Any, admin: Caller) -> None:
    again = read(admin.upload(**{name.replace(".", "__"): body for name, body in FILES.items()}))
    assert key_of(again, "processDefinition") == key_of(published, "processDefinition")
    assert [item["version"] for item in admin.items("process-definitions")] == [1]


def test_changed_bytes_are_a_new_version(published: Any, admin: Caller) -> None:
    read(admin.upload(izin__bpmn=IZIN.replace(b"Izin keluar kantor", b"Izin keluar")))
    found = admin.items("process-definitions", sort=[{"field": "version", "order": "DESC"}])
    assert [(item["version"], item["name"]) for item in found] == [
        (2, "Izin keluar"),
        (1, "Izin keluar kantor"),
    ]
    (newest,) = admin.items("process-definitions", filter={"isLatestVersion": True})
    assert newest["version"] == 2


def test_who_may_not_publish_is_told_so(pns: Caller) -> None:
    answer = pns.upload(izin__bpmn=IZIN)
    assert answer.status_code == 403


def test_all_problems_of_all_files_are_named(admin: Caller) -> None:
    answer = admin.upload(satu__bpmn=b"<x/>", dua__form=b"[", tiga__txt=b"")
    assert answer.status_code == 400
    files = {problem["where"].split(":")[0] for problem in load_json(answer.data)["problems"]}
    assert files == {"satu.bpmn", "dua.form", "tiga.txt"}
    assert admin.items("process-definitions") == []


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">&b;</definitions>"""


@pytest.mark.parametrize("name", ["bom__bpmn", "bom__dmn"])
def test_entities_in_xml_are_refused(admin: Caller, name: str) -> None:
    assert admin.upload(**{name: BOMB}).status_code == 400


def test_a_file_beyond_five_mebibytes_is_refused(admin: Caller) -> None:
    answer = admin.upload(besar__bpmn=b" " * (5 * 2**20 + 1))
    assert answer.status_code == 413
    assert "besar.bpmn" in load_json(answer.data)["detail"]


def test_an_upload_of_fifty_megabytes_is_refused(admin: Caller) -> None:
    answer = admin.upload(besar__bpmn=b" " * 50_000_000)
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"


def test_an_upload_beyond_the_limit_is_not_even_read(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "deployments.create_deployment", 1000)
    assert admin.upload(izin__bpmn=IZIN).status_code == 413


def test_a_deployment_needs_files(admin: Caller) -> None:
    assert admin.call("POST", "/v2/deployments", {"resources": []}).status_code == 415
    empty = admin.call(
        "POST", "/v2/deployments", data={"tenantId": "<default>"}, content_type="multipart/form-data"
    )
    assert empty.status_code == 400


@pytest.mark.parametrize("name", ["x" * 256 + ".bpmn", "a\nb.bpmn"])
def test_a_file_has_a_usable_name(admin: Caller, name: str) -> None:
    assert admin.upload(**{name.replace(".", "__"): IZIN}).status_code == 400


# --- process definitions


def test_a_procedure_is_shown_with_every_field(published: Any, pns: Caller) -> None:
    key = key_of(published, "processDefinition")
    shown = pns.get(f"/v2/process-definitions/{key}")
    assert shown == pns.items("process-definitions")[0]
    assert shown == {
        "processDefinitionKey": key,
        "processDefinitionId": "izin",
        "name": "Izin keluar kantor",
        "version": 1,
        "versionTag": None,
        "resourceName": "izin.bpmn",
        "hasStartForm": True,
        "state": "ACTIVE",
        "tenantId": "<default>",
    }


@pytest.mark.parametrize(
    ("filter_", "found"),
    [
        ({"hasStartForm": True}, 1),
        ({"hasStartForm": False}, 0),
        ({"name": {"$like": "*kantor"}}, 1),
        ({"resourceName": "izin.bpmn"}, 1),
        ({"versionTag": {"$exists": False}}, 1),
        ({"versionTag": "2026"}, 0),
        ({"state": "DELETED"}, 0),
    ],
)
def test_procedures_are_found_by(published: Any, pns: Caller, filter_: Any, found: int) -> None:
    assert len(pns.items("process-definitions", filter=filter_)) == found


def test_the_diagram_comes_back_byte_for_byte(published: Any, pns: Caller) -> None:
    key = key_of(published, "processDefinition")
    answer = pns.call("GET", f"/v2/process-definitions/{key}/xml")
    assert (answer.data, answer.mimetype) == (IZIN, "text/xml")


def test_the_start_form_is_shown(published: Any, pns: Caller) -> None:
    shown = pns.get(f"/v2/process-definitions/{key_of(published, 'processDefinition')}/form")
    assert (shown["formId"], shown["version"], shown["tenantId"]) == ("permohonan", 1, "<default>")
    assert shown["schema"].encode() == form("permohonan", "alasan")


def test_a_key_of_another_kind_is_not_found(published: Any, pns: Caller) -> None:
    key = key_of(published, "decisionDefinition")
    for path in ("process-definitions", "forms", "decision-requirements"):
        assert pns.call("GET", f"/v2/{path}/{key}").status_code == 404


# --- decisions


def test_a_decision_is_shown_with_every_field(published: Any, pns: Caller) -> None:
    key = key_of(published, "decisionDefinition")
    shown = pns.get(f"/v2/decision-definitions/{key}")
    assert shown == pns.items("decision-definitions")[0]
    assert shown == {
        "decisionDefinitionKey": key,
        "decisionDefinitionId": "lama",
        "name": "Lama izin",
        "version": 1,
        "decisionRequirementsKey": key_of(published, "decisionRequirements"),
        "decisionRequirementsId": "izin_tabel",
        "decisionRequirementsName": "Tabel izin",
        "decisionRequirementsVersion": 1,
        "versionTag": None,
        "tenantId": "<default>",
    }


@pytest.mark.parametrize("kind", ["decisionDefinition", "decisionRequirements"])
def test_the_table_comes_back_byte_for_byte(published: Any, pns: Caller, kind: str) -> None:
    path = {"decisionDefinition": "decision-definitions", "decisionRequirements": "decision-requirements"}[
        kind
    ]
    assert pns.call("GET", f"/v2/{path}/{key_of(published, kind)}/xml").data == LAMA


def test_a_decision_is_evaluated_and_explained(published: Any, pns: Caller) -> None:
    body = {"decisionDefinitionId": "lama", "variables": {"alasan": "sakit"}}
    said = pns.post("/v2/decision-definitions/evaluation", body)
    assert (said["output"], said["failureMessage"]) == ("8", None)
    (one,) = said["evaluatedDecisions"]
    assert one["decisionDefinitionType"] == "DECISION_TABLE"
    assert one["evaluatedInputs"] == [{"inputId": "masuk", "inputName": "Alasan", "inputValue": '"sakit"'}]
    (rule,) = one["matchedRules"]
    assert (rule["ruleId"], rule["ruleIndex"]) == ("sakit", 1)
    assert rule["evaluatedOutputs"][0]["outputValue"] == "8"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"decisionDefinitionId": "entah"}, 404),
        ({"decisionDefinitionKey": "1"}, 404),
        ({"decisionDefinitionKey": "0"}, 404),
        ({"decisionDefinitionId": "lama", "decisionDefinitionKey": "1"}, 400),
        ({"decisionDefinitionId": "lama", "variables": []}, 400),
    ],
)
def test_an_evaluation_that_cannot_be(published: Any, pns: Caller, body: Any, status: int) -> None:
    assert pns.call("POST", "/v2/decision-definitions/evaluation", body).status_code == status


def test_an_evaluation_needs_the_permission(published: Any, office: Any) -> None:
    answer = office.caller("kasi_capil").call(
        "POST", "/v2/decision-definitions/evaluation", {"decisionDefinitionId": "lama"}
    )
    assert answer.status_code == 403


def test_evaluations_of_cases_are_kept(case: str, pns: Caller) -> None:
    (found,) = pns.items("decision-instances", filter={"processInstanceKey": case})
    whole = pns.get(f"/v2/decision-instances/{found['decisionEvaluationInstanceKey']}")
    assert found["result"] == "2.5"
    assert found["businessId"] == "IZIN-2026-0001"
    assert whole["matchedRules"][0]["ruleId"] == "lain"
    assert {name: whole[name] for name in found} == found


@pytest.mark.parametrize(
    ("key", "status"), [("1-1", 404), ("1", 400), ("a-b", 400), ("1-2-3", 400), ("-", 400)]
)
def test_an_evaluation_that_is_not_there(case: str, pns: Caller, key: str, status: int) -> None:
    assert pns.call("GET", f"/v2/decision-instances/{key}").status_code == status


def test_an_evaluation_has_no_more_decisions_than_it_had(case: str, pns: Caller) -> None:
    (found,) = pns.items("decision-instances")
    assert pns.call("GET", f"/v2/decision-instances/{found['decisionEvaluationKey']}-2").status_code == 404


# --- files


@pytest.mark.parametrize("kind", ["processDefinition", "decisionRequirements", "form"])
def test_a_file_is_found_by_the_key_of_what_it_defines(published: Any, pns: Caller, kind: str) -> None:
    shown = pns.get(f"/v2/resources/{key_of(published, kind)}")
    content = pns.call("GET", f"/v2/resources/{shown['resourceKey']}/content")
    assert content.data == FILES[shown["resourceName"]]
    binary = pns.call("GET", f"/v2/resources/{shown['resourceKey']}/content/binary")
    assert (binary.data, binary.mimetype) == (content.data, "application/octet-stream")
