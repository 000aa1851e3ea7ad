"""Administration of people by the API."""

from base64 import b64encode
from typing import Any

import pytest
from sqlalchemy import update

from server.db import load_json, write
from server.engine.tables import ProcessInstance
from tests.api.conftest import Caller, Office, read


@pytest.fixture
def rina(admin: Caller) -> str:
    admin.post("/api/people", {"username": "rina", "name": "Rina Wati", "nip": "199003152015012002"})
    return "rina"


def change(caller: Caller, method: str, url: str, body: Any = None) -> Any:
    return read(caller.call(method, url, body))


def test_people_are_found_by_name_nip_role_and_state_page_by_page(admin: Caller, rina: str) -> None:
    found = admin.get("/api/people?text=wati")["items"]
    assert [each["username"] for each in found] == [rina]
    assert [each["username"] for each in admin.get("/api/people?text=19900315")["items"]] == [rina]
    assert [each["username"] for each in admin.get("/api/people?role=pns")["items"]] == ["pns", "tetangga"]
    assert admin.get("/api/people?active=false")["items"] == []
    names, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"/api/people?limit=3&after={cursor}")
        names += [each["username"] for each in page["items"]]
        cursor = page["endCursor"]
    assert names == sorted(names)
    assert len(names) == 7


def test_a_person_is_changed_and_closed(admin: Caller, rina: str, office: Office) -> None:
    change(
        admin,
        "PATCH",
        f"/api/people/{rina}",
        {"name": "Rina W.", "email": "rina@contoh.go.id", "active": False},
    )
    told = admin.get(f"/api/people/{rina}")
    assert (told["name"], told["email"], told["active"], told["nip"]) == (
        "Rina W.",
        "rina@contoh.go.id",
        False,
        "199003152015012002",
    )
    assert admin.call("PATCH", f"/api/people/{rina}", {"nip": "12"}).status_code == 400
    assert admin.call("GET", "/api/people/nobody").status_code == 404


def test_a_password_from_administration_is_only_good_for_choosing_another(
    admin: Caller, rina: str, office: Office
) -> None:
    change(admin, "PUT", f"/api/people/{rina}/password", {"password": "gunung merapi biru"})
    told = admin.get(f"/api/people/{rina}")
    assert (told["hasPassword"], told["mustChangePassword"]) == (True, True)
    basic = b64encode(b"rina:gunung merapi biru").decode()
    answer = office.app.test_client().get("/v2/topology", headers={"Authorization": f"Basic {basic}"})
    assert answer.status_code == 403
    assert "sementara" in load_json(answer.data)["detail"]


def test_a_role_is_given_and_ended(admin: Caller, rina: str) -> None:
    body = {"role": "kepala_seksi", "bidang": "piak", "fromDate": "2026-01-01"}
    key = admin.post(f"/api/people/{rina}/holdings", body)["id"]
    assert admin.get("/api/people?role=kepala_seksi&bidang=piak")["items"][0]["username"] == rina
    assert (
        admin.call("PUT", f"/api/people/pns/holdings/{key}/to-date", {"toDate": "2026-02-01"}).status_code
        == 404
    )
    change(admin, "PUT", f"/api/people/{rina}/holdings/{key}/to-date", {"toDate": "2026-02-01"})
    assert admin.get(f"/api/people/{rina}")["holdings"][0]["toDate"] == "2026-02-01"
    assert admin.get("/api/people?role=kepala_seksi&bidang=piak")["items"] == []


def test_an_ended_holdings_claims_return_at_once(admin: Caller, task: str, kasubag: Caller) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/assignment", {"assignee": "kasubag_umpeg"})
    change(admin, "PATCH", "/api/people/kasubag_umpeg", {"active": False})
    assert admin.get(f"/v2/user-tasks/{task}")["assignee"] is None


def test_an_acting_officer_is_appointed_and_does_the_tasks(
    admin: Caller, task: str, kasubag: Caller, office: Office
) -> None:
    kasubag.post(f"/v2/user-tasks/{task}/assignment", {"assignee": "kasubag_umpeg"})
    body = {"username": "tetangga", "role": "kasubag_umpeg", "acting": "plh"}
    body |= {"fromDate": "2026-03-02", "toDate": "2026-03-06"}
    key = admin.post("/api/acting-officers", body)["id"]
    (listed,) = admin.get("/api/acting-officers")["items"]
    assert (listed["id"], listed["actsFor"], listed["acting"]) == (key, "kasubag_umpeg", "plh")
    acting = office.caller("tetangga")
    acting.post(f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "baik"}})
    case = admin.get(f"/v2/user-tasks/{task}")["processInstanceKey"]
    lines = admin.get(f"/api/process-instances/{case}/history")["items"]
    (done,) = [line for line in lines if line["event"] == "TASK_COMPLETED"]
    assert done["capacity"] == {
        "title": "Plh. Kasubag Umum dan Kepegawaian",
        "acting": "plh",
        "group": "kasubag_umpeg",
    }
    assert admin.call("POST", "/api/acting-officers", body).status_code == 409


def test_vacancies_name_the_procedures_that_need_them(admin: Caller, published: Any) -> None:
    change(admin, "PATCH", "/api/people/sekretaris", {"active": False})
    first = admin.get("/api/vacancies")["items"][0]
    assert (first["group"], first["receiver"], first["processDefinitionIds"]) == (
        "sekretaris",
        None,
        ["izin"],
    )


def test_publishing_tells_which_roles_are_vacant(admin: Caller, published: Any) -> None:
    assert published["vacantRoles"] == []


def test_permissions_are_given_and_taken_back(admin: Caller, office: Office) -> None:
    stranger = office.caller("tetangga")
    change(admin, "PUT", "/api/people/tetangga/permissions", {"permission": "administer"})
    assert stranger.get("/api/vacancies")
    change(admin, "DELETE", "/api/people/tetangga/permissions/administer")
    assert stranger.call("GET", "/api/vacancies").status_code == 403


def test_tokens_and_clients_are_ones_own_business_and_the_administrators(
    admin: Caller, pns: Caller, office: Office
) -> None:
    token = pns.post("/api/people/pns/tokens", {"name": "skrip", "scopes": ["start"], "days": 3})
    own = Caller(office.app.test_client(), token["token"])
    assert own.get("/v2/authentication/me")["username"] == "pns"
    assert (
        own.call("POST", "/api/people/pns/tokens", {"name": "lebih", "scopes": ["cancel"]}).status_code == 403
    )
    client = pns.post("/api/people/pns/clients", {"name": "gerbang"})
    assert [each["id"] for each in admin.get("/api/people/pns/clients")["items"]] == [client["clientId"]]
    change(admin, "DELETE", f"/api/people/pns/clients/{client['clientId']}")
    change(pns, "DELETE", f"/api/people/pns/tokens/{token['id']}")
    assert own.call("GET", "/v2/topology").status_code == 401
    assert office.caller("tetangga").call("GET", "/api/people/pns/tokens").status_code == 403


def test_a_locked_name_is_told_and_unlocked(admin: Caller, rina: str, office: Office) -> None:
    basic = b64encode(b"rina:salah").decode()
    for _ in range(10):
        office.app.test_client().get("/v2/topology", headers={"Authorization": f"Basic {basic}"})
    assert admin.get(f"/api/people/{rina}")["lockedUntil"]
    change(admin, "POST", f"/api/people/{rina}/unlock")
    assert admin.get(f"/api/people/{rina}")["lockedUntil"] is None


def test_a_reader_is_named_for_a_confidential_case(
    admin: Caller, pns: Caller, case: str, office: Office
) -> None:
    reader = office.caller("kasi_capil")
    assert reader.call("GET", f"/v2/process-instances/{case}").status_code == 404
    url = f"/api/process-instances/{case}/readers/kasi_capil"
    assert pns.call("PUT", url).status_code == 403
    change(admin, "PUT", url)
    assert reader.get(f"/v2/process-instances/{case}")["state"] == "ACTIVE"
    with write(office.gate.database) as connection:
        connection.execute(update(ProcessInstance).values(confidential=True))
    assert reader.get(f"/v2/process-instances/{case}")["processInstanceKey"] == case


def test_what_was_done_stands_in_the_audit_trail(admin: Caller, rina: str, office: Office) -> None:
    change(admin, "POST", f"/api/people/{rina}/unlock")
    entries = admin.get(f"/api/audit?object=person:{rina}")["items"]
    assert [(each["actor"], each["verb"]) for each in entries] == [
        ("admin", "user.unlock"),
        ("admin", "user.add"),
    ]
    older = admin.get(f"/api/audit?object=person:{rina}&before={entries[0]['id']}&limit=1")["items"]
    assert [each["verb"] for each in older] == ["user.add"]
