"""Drafts over REST: the same verbs as on the pages."""

from typing import Any

from server.db import load_json
from tests.api.conftest import IZIN, Caller


def test_a_draft_is_opened_saved_examined_and_published(published: Any, admin: Caller) -> None:
    key = admin.post("/api/drafts", {"kind": "process", "id": "izin"})["draftKey"]
    draft = admin.get(f"/api/drafts/{key}")
    assert (draft["content"], draft["revision"], draft["baseKey"]) == (IZIN.decode(), 1, draft["inForceKey"])
    text = draft["content"].replace("Izin keluar kantor", "Izin keluar")
    saved = admin.call("PUT", f"/api/drafts/{key}", {"revision": 1, "content": text})
    assert load_json(saved.data)["revision"] == 2
    assert admin.call("PUT", f"/api/drafts/{key}", {"revision": 1, "content": ""}).status_code == 409
    found = admin.post(
        f"/api/drafts/{key}/examination", {"content": text.replace('"pemeriksaan"', '"entah"')}
    )
    assert [(one["where"], one["draftKey"]) for one in found["items"] if one["refused"]] == [("periksa", key)]
    assert [one["draftKey"] for one in admin.post("/api/drafts/search")["items"]] == [key]
    chosen = {"drafts": [{"draftKey": key, "revision": 2}], "note": "Nama lebih pendek"}
    (deployed,) = admin.post("/api/drafts/publication", chosen)["deployments"]
    assert deployed["processDefinition"]["processDefinitionVersion"] == 2
    assert admin.call("GET", f"/api/drafts/{key}").status_code == 404


def test_drafts_are_no_business_of_others(published: Any, admin: Caller, pns: Caller) -> None:
    key = admin.post("/api/drafts", {"kind": "process", "id": "izin"})["draftKey"]
    assert pns.post("/api/drafts/search")["items"] == []
    assert pns.call("GET", f"/api/drafts/{key}").status_code == 404
    assert pns.call("POST", "/api/drafts", {"kind": "process", "id": "izin"}).status_code == 403
    assert pns.call("POST", f"/api/drafts/{key}/discard", {"revision": 1}).status_code == 404
    assert admin.call("POST", f"/api/drafts/{key}/discard", {"revision": 1}).status_code == 204


def test_a_draft_is_rehearsed_by_the_real_engine(published: Any, admin: Caller, pns: Caller) -> None:
    key = admin.post("/api/drafts", {"kind": "process", "id": "izin"})["draftKey"]
    begin = {"do": "start", "values": {"alasan": "sakit"}}
    check: dict[str, Any] = {"do": "complete", "element": "periksa"}
    told = admin.post(f"/api/drafts/{key}/trial", {"acts": [begin, check]})
    assert (told["done"], told["problems"], told["live"]) == (1, [], ["periksa"])
    assert [each["where"] for each in told["fault"]["problems"]] == ["catatan"]
    good = {**check, "values": {"catatan": "baik"}}
    told = admin.post(f"/api/drafts/{key}/trial", {"acts": [begin, good], "began": told["began"]})
    assert (told["fault"], [each["element"] for each in told["tasks"]]) == (None, ["setujui"])
    assert admin.items("process-instances") == []
    assert pns.call("POST", f"/api/drafts/{key}/trial").status_code == 404
    assert admin.call("POST", f"/api/drafts/{key}/trial", {"acts": [{"do": "entah"}]}).status_code == 400


def test_scenarios_are_kept_and_done_again(published: Any, admin: Caller, pns: Caller) -> None:
    key = admin.post("/api/drafts", {"kind": "process", "id": "izin"})["draftKey"]
    shelf = f"/api/drafts/{key}/scenarios"
    acts = [
        {"do": "start", "values": {"alasan": "sakit"}},
        {"do": "complete", "element": "periksa", "values": {"catatan": "baik"}},
    ]
    scenario = admin.post(shelf, {"name": "Baik", "acts": acts})["scenarioKey"]
    assert admin.call("POST", shelf, {"name": "Baik", "acts": acts}).status_code == 409
    (kept,) = admin.get(shelf)["items"]
    assert (kept["name"], kept["way"]["open"], kept["keptBy"]) == ("Baik", ["setujui"], "admin")
    played = admin.post(f"{shelf}/trial")
    assert (played["passed"], [each["verdict"] for each in played["items"]]) == (True, ["same"])
    text = admin.get(f"/api/drafts/{key}")["content"].replace('"setujui"', '"sahkan"')
    admin.call("PUT", f"/api/drafts/{key}", {"revision": 1, "content": text})
    played = admin.post(f"{shelf}/trial", {"scenarioKey": scenario})
    assert (played["passed"], [each["verdict"] for each in played["items"]]) == (False, ["other_way"])
    admin.post(f"{shelf}/{scenario}/acceptance")
    assert admin.post(f"{shelf}/trial")["passed"] is True
    assert pns.call("GET", shelf).status_code == 404
    assert admin.call("POST", f"{shelf}/{scenario}/discard").status_code == 204
    assert admin.get(shelf)["items"] == []
