"""Signals, in Camunda's words."""

from server import worker
from tests.api.conftest import Caller, Office, read
from tests.diagrams import catch, diagram, end, path, signal, start


def test_a_signal_is_broadcast(office: Office, admin: Caller, pns: Caller) -> None:
    drawn = diagram(
        start(),
        catch("tunggu", "signal", ref="gempa"),
        end(),
        path("start tunggu end"),
        beside=signal("gempa"),
    )
    read(admin.upload(proses__bpmn=drawn))
    case = admin.post("/v2/process-instances", {"processDefinitionId": "proses"})["processInstanceKey"]
    body = {"signalName": "gempa", "variables": {"skala": 5}}
    assert pns.call("POST", "/v2/signals/broadcast", body).status_code == 403
    answer = admin.post("/v2/signals/broadcast", body)
    assert answer["signalKey"].isdigit()
    assert answer["tenantId"] == "<default>"
    while worker.work_once(office.gate, office.engine):
        pass
    assert admin.get(f"/v2/process-instances/{case}")["state"] == "COMPLETED"


def test_a_signal_without_a_name_is_refused(admin: Caller) -> None:
    assert admin.call("POST", "/v2/signals/broadcast", {"variables": {}}).status_code == 400
