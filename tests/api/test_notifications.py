"""Notifications by program: one's own alone, marked as read, and one's wishes."""

from typing import Any

import pytest

from server import worker
from server.identity import audit
from tests.api.conftest import Caller, Office

CHANNEL = {"occasion": "terlambat", "page": False, "mail": True}


@pytest.fixture
def told(office: Office, case: str) -> Office:
    """An office whose Kasubag was told of the task of a case."""
    worker.work_once(office.gate, office.engine)
    return office


def search(caller: Caller, **filter: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.post("/api/notifications/search", {"filter": filter})["items"]
    return found


def test_what_one_was_told_is_found_and_read(told: Office, case: str, kasubag: Caller) -> None:
    (item,) = search(kasubag, unread=True)
    assert (item["occasion"], item["state"], item["processInstanceKey"]) == ("baru", "OPEN", case)
    key = item["notificationKey"]
    assert kasubag.get(f"/api/notifications/{key}") == item
    kasubag.post(f"/api/notifications/{key}/read")
    assert search(kasubag, unread=True) == []
    assert search(kasubag)[0]["readAt"] is not None


def test_all_is_marked_as_read_up_to_a_moment(told: Office, kasubag: Caller) -> None:
    kasubag.post("/api/notifications/read", {"until": "2026-03-01T00:00:00Z"})
    assert len(search(kasubag, unread=True)) == 1
    kasubag.post("/api/notifications/read")
    assert search(kasubag, unread=True) == []


def test_nobody_reads_what_another_was_told(told: Office, kasubag: Caller, admin: Caller) -> None:
    key = search(kasubag)[0]["notificationKey"]
    assert search(admin) == []
    assert admin.call("GET", f"/api/notifications/{key}").status_code == 404
    assert admin.call("POST", f"/api/notifications/{key}/read").status_code == 404


def test_one_says_how_to_be_told_and_where(told: Office, kasubag: Caller) -> None:
    wanted = {"email": "umpeg@contoh.go.id", "digestAt": "15:30", "channels": [CHANNEL]}
    answer = kasubag.call("PUT", "/api/notifications/preferences", wanted)
    assert answer.status_code == 200
    kept = kasubag.get("/api/notifications/preferences")
    assert (kept["email"], kept["digestAt"]) == ("umpeg@contoh.go.id", "15:30")
    assert CHANNEL in kept["channels"]
    assert {"occasion": "baru", "page": True, "mail": True} in kept["channels"]
    trail = told.gate.ask(lambda c: audit.trail(c, "person:kasubag_umpeg", verb="user.email"))
    assert [entry.actor for entry in trail] == ["kasubag_umpeg"]


@pytest.mark.parametrize(
    "wrong", [{"email": "tanpa at"}, {"digestAt": "25:00"}, {"channels": [{**CHANNEL, "occasion": "entah"}]}]
)
def test_wrong_wishes_are_refused(told: Office, kasubag: Caller, wrong: dict[str, Any]) -> None:
    wanted = {"digestAt": None, "channels": []} | wrong
    assert kasubag.call("PUT", "/api/notifications/preferences", wanted).status_code == 400
    assert kasubag.get("/api/notifications/preferences")["digestAt"] == "07:30"
