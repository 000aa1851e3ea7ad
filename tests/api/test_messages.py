"""Messages, published and correlated, and who waits for them."""

from typing import Any

import pytest

from tests.api.conftest import Caller, read
from tests.diagrams import catch, diagram, end, event, message, path, start, user

pytestmark = pytest.mark.both_databases

START = "/v2/process-instances"
BAYAR = diagram(
    start(), catch("dibayar", "message", ref="bayar"), user("catat"), end(), path("start dibayar catat end"),
    id="tagihan", beside=message("bayar", key="=nomor"),
)  # fmt: skip
LAPOR = diagram(
    event("startEvent", "mulai", "message", ref="lapor"), user("baca"), end(), path("mulai baca end"),
    id="laporan", beside=message("lapor"),
)  # fmt: skip


@pytest.fixture
def waiting(admin: Caller) -> str:
    """A case that waits for the message `bayar` with the key A-1."""
    read(admin.upload(tagihan__bpmn=BAYAR, laporan__bpmn=LAPOR))
    case = admin.post(START, {"processDefinitionId": "tagihan", "variables": {"nomor": "A-1"}})
    key: str = case["processInstanceKey"]
    return key


def test_a_published_message_lets_its_case_go_on(waiting: str, admin: Caller) -> None:
    body = {"name": "bayar", "correlationKey": "A-1", "variables": {"jumlah": 7}, "timeToLive": 0}
    published = admin.post("/v2/messages/publication", body)
    assert published == {"messageKey": published["messageKey"], "tenantId": "<default>"}
    (task,) = admin.items("user-tasks")
    assert (task["elementId"], task["processInstanceKey"]) == ("catat", waiting)
    assert [item["value"] for item in admin.items("variables", filter={"name": "jumlah"})] == ["7"]


def test_a_correlated_message_names_the_case(waiting: str, admin: Caller) -> None:
    found = admin.post("/v2/messages/correlation", {"name": "bayar", "correlationKey": "A-1"})
    assert found["processInstanceKey"] == waiting
    assert found["messageKey"].isdigit()


def test_a_message_for_nobody_answers_404(waiting: str, admin: Caller) -> None:
    answer = admin.call("POST", "/v2/messages/correlation", {"name": "bayar", "correlationKey": "A-2"})
    assert answer.status_code == 404


def test_the_same_message_twice_within_its_life_answers_409(waiting: str, admin: Caller) -> None:
    body = {"name": "x", "correlationKey": "1", "messageId": "satu", "timeToLive": 60_000}
    admin.post("/v2/messages/publication", body)
    assert admin.call("POST", "/v2/messages/publication", body).status_code == 409


def test_who_may_not_send_messages_is_told_so(waiting: str, pns: Caller) -> None:
    answer = pns.call("POST", "/v2/messages/publication", {"name": "bayar", "correlationKey": "A-1"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"name": ""}, 400),
        ({"name": "x" * 256}, 400),
        ({"name": "x", "timeToLive": -1}, 400),
        ({"name": "x", "timeToLive": 10**15}, 400),
        ({"name": "x", "variables": []}, 400),
        ({"name": "x", "tenantId": "lain"}, 400),
        ({"name": "x", "businessId": "A"}, 501),
    ],
)
def test_a_message_that_cannot_be(admin: Caller, body: dict[str, Any], status: int) -> None:
    assert admin.call("POST", "/v2/messages/publication", body).status_code == status


# --- who waits


def test_who_waits_is_listed(waiting: str, admin: Caller) -> None:
    starting, within = admin.items("message-subscriptions", sort=[{"field": "messageName", "order": "DESC"}])
    assert (within["messageName"], within["correlationKey"]) == ("bayar", "A-1")
    assert (within["messageSubscriptionType"], within["messageSubscriptionState"]) == (
        "PROCESS_EVENT",
        "CREATED",
    )
    assert (within["processInstanceKey"], within["rootProcessInstanceKey"]) == (waiting, waiting)
    assert (starting["messageSubscriptionType"], starting["processInstanceKey"]) == ("START_EVENT", None)
    assert (starting["processDefinitionId"], starting["processDefinitionVersion"]) == ("laporan", 1)


def test_only_ones_own_cases_are_seen_to_wait(waiting: str, pns: Caller) -> None:
    assert [item["messageName"] for item in pns.items("message-subscriptions")] == ["lapor"]


def test_what_has_come_is_listed_after_the_message_is_gone(waiting: str, admin: Caller, pns: Caller) -> None:
    sent = admin.post("/v2/messages/publication", {"name": "bayar", "correlationKey": "A-1"})
    (known,) = admin.items("correlated-message-subscriptions")
    assert (known["messageKey"], known["messageName"]) == (sent["messageKey"], "bayar")
    assert (known["correlationKey"], known["elementId"]) == ("A-1", "dibayar")
    assert known["processInstanceKey"] == waiting
    assert pns.items("correlated-message-subscriptions") == []
    assert admin.items("message-subscriptions", filter={"processInstanceKey": waiting}) == []


def test_a_message_starts_a_case(waiting: str, admin: Caller) -> None:
    sent = admin.post("/v2/messages/correlation", {"name": "lapor", "correlationKey": ""})
    shown = admin.get(f"{START}/{sent['processInstanceKey']}")
    assert shown["processDefinitionId"] == "laporan"
