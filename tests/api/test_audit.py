"""What is kept of who was refused, and of who read a confidential case."""

from server.db import read
from server.identity import Entry, Wanted, look_up
from tests.api.conftest import Caller, Office
from tests.api.test_visibility import one_task


def entries(office: Office, **wanted: str) -> list[Entry]:
    with read(office.gate.database) as connection:
        return [found.entry for found in look_up(connection, Wanted(**wanted))]  # type: ignore[arg-type]


def test_a_refusal_is_kept(task: str, pns: Caller, office: Office) -> None:
    pns.call("POST", f"/v2/user-tasks/{task}/completion", {"variables": {"catatan": "x"}})
    (entry,) = entries(office, actor="pns")
    assert (entry.verb, entry.object, entry.outcome) == (
        "complete_user_task",
        f"/v2/user-tasks/{task}/completion",
        "NotForSubject",
    )


def test_a_key_that_is_not_for_the_asker_is_kept_and_one_that_is_not_there_is_not(
    case: str, office: Office
) -> None:
    stranger = office.caller("tetangga")
    assert stranger.call("GET", f"/v2/process-instances/{case}").status_code == 404
    assert stranger.call("GET", "/v2/process-instances/1").status_code == 404
    assert stranger.call("POST", f"/v2/process-instances/{case}/cancellation").status_code == 404
    assert [entry.outcome for entry in entries(office, actor="tetangga")] == ["UnknownInstance", "Unseen"]


def test_every_reading_of_a_confidential_case_is_kept(admin: Caller, pns: Caller, office: Office) -> None:
    assert admin.upload(rahasia__bpmn=one_task("rahasia", sifat="rahasia")).status_code == 200
    assert admin.upload(terbuka__bpmn=one_task("terbuka")).status_code == 200
    key = pns.post("/v2/process-instances", {"processDefinitionId": "rahasia"})["processInstanceKey"]
    pns.post("/v2/process-instances", {"processDefinitionId": "terbuka"})
    pns.get(f"/v2/process-instances/{key}")
    pns.items("user-tasks")
    pns.get(f"/api/process-instances/{key}/history")
    read_ = [(entry.actor, entry.object, entry.detail) for entry in entries(office, verb="read")]
    assert read_ == [
        ("pns", f"case:{key}", "Riwayat"),
        ("pns", f"case:{key}", "Kasus"),
        ("pns", f"case:{key}", "Tugas"),
        ("pns", f"case:{key}", "Kasus"),
    ]
