"""What clients ask of the installation."""

from tests.api.conftest import Caller, Office


def test_the_status_is_told_to_anybody(office: Office) -> None:
    answer = office.anybody().call("GET", "/v2/status")
    assert (answer.status_code, answer.data) == (204, b"")


def test_the_licence_is_told_to_anybody(office: Office) -> None:
    assert office.anybody().get("/v2/license") == {
        "validLicense": True,
        "licenseType": "unknown",
        "isCommercial": False,
        "expiresAt": None,
    }


def test_the_topology_is_one_broker_where_the_caller_found_it(pns: Caller) -> None:
    shown = pns.call("GET", "http://kantor.example:8000/v2/topology").get_json()
    (broker,) = shown["brokers"]
    assert (broker["host"], broker["port"]) == ("kantor.example", 8000)
    assert shown["gatewayVersion"].startswith("8.10")
    assert broker["partitions"] == [
        {"partitionId": 1, "role": "leader", "health": "healthy", "state": "active"}
    ]


def test_the_caller_learns_who_they_are(kasubag: Caller) -> None:
    shown = kasubag.get("/v2/authentication/me")
    assert (shown["username"], shown["displayName"]) == ("kasubag_umpeg", "Kasubag_Umpeg")
    assert shown["groups"] == ["kasubag_umpeg"]
    assert [tenant["tenantId"] for tenant in shown["tenants"]] == ["<default>"]
