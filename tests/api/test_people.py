"""Users, roles and groups, as far as they can be read."""

import pytest

from tests.api.conftest import PEOPLE, Caller, Office

pytestmark = pytest.mark.both_databases


def test_people_are_found_by_name(pns: Caller) -> None:
    assert {item["username"] for item in pns.items("users")} == set(PEOPLE)
    (found,) = pns.items("users", filter={"name": {"$like": "*capil*"}})
    assert found == {"username": "kasi_capil", "name": "Kasi_Capil", "email": None}
    assert pns.get("/v2/users/kasi_capil") == found
    assert pns.call("GET", "/v2/users/entah").status_code == 404


def test_roles_come_from_the_book(pns: Caller, office: Office) -> None:
    found = pns.search("roles", page={"limit": 3}, sort=[{"field": "roleId"}])
    assert found["page"]["totalItems"] == len(office.engine.roles)
    assert pns.get("/v2/roles/pns") == {"roleId": "pns", "name": "PNS", "description": None} | {
        "name": office.engine.roles["pns"].nama
    }
    assert pns.call("GET", "/v2/roles/entah").status_code == 404


def test_groups_are_roles_where_they_are_held(pns: Caller) -> None:
    (one,) = pns.items("groups", filter={"groupId": "kepala_seksi@pencatatan-sipil"})
    assert pns.get("/v2/groups/kepala_seksi@pencatatan-sipil") == one
    of_role = pns.post("/v2/roles/kepala_seksi/groups/search", {})["items"]
    assert {"groupId": "kepala_seksi@pencatatan-sipil"} in of_role
    assert {"groupId": "kepala_seksi"} not in of_role


@pytest.mark.parametrize(
    ("url", "members"),
    [
        ("/v2/groups/kepala_seksi@pencatatan-sipil/users/search", ["kasi_capil"]),
        ("/v2/groups/kepala_seksi@piak/users/search", []),
        ("/v2/groups/pns/users/search", ["pns", "tetangga"]),
        ("/v2/roles/kepala_seksi/users/search", ["kasi_capil"]),
    ],
)
def test_members_are_those_who_hold_the_role_today(pns: Caller, url: str, members: list[str]) -> None:
    found = pns.post(url, {"sort": [{"field": "username"}]})["items"]
    assert [item["username"] for item in found] == members


@pytest.mark.parametrize("url", ["/v2/groups/pns@piak/users/search", "/v2/roles/x/users/search"])
def test_who_is_in_what_is_not_there_answers_404(pns: Caller, url: str) -> None:
    assert pns.call("POST", url, {}).status_code == 404
