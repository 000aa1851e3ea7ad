"""Attachments: sent, read by who may, part of a case, dropped when nobody has them."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import func, select

from server import files, worker
from server.db import dump_json, load_json, read
from server.files.models import Content, Piece
from tests.api.conftest import Caller, Office
from tests.api.conftest import read as good
from tests.diagrams import catch, diagram, end, message, path, start, user

pytestmark = pytest.mark.both_databases

URL = "/v2/documents"
PDF = b"%PDF-1.7\n" + b"x" * (files.contents.PIECE + 7)
ASING = diagram(start(), user("kerja"), end(), path("start kerja end"), id="asing")


def send(caller: Caller, body: bytes = PDF, name: str = "surat.pdf", query: str = "", **metadata: Any) -> Any:
    data = {"file": (BytesIO(body), name)}
    said = {"metadata": dump_json(metadata)} if metadata else {}
    return caller.call("POST", URL + query, data=data | said)


def count(office: Office, table: Any) -> int:
    with read(office.gate.database) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_document_is_told_and_sent_back_as_it_came(office: Office, pns: Caller) -> None:
    kept = good(send(pns, customProperties={"jenis": "surat"}))
    assert kept["camunda.document.type"] == "camunda"
    assert kept["metadata"] == {
        "contentType": "application/pdf",
        "fileName": "surat.pdf",
        "size": len(PDF),
        "expiresAt": None,
        "processDefinitionId": None,
        "processInstanceKey": None,
        "customProperties": {"jenis": "surat"},
    }
    answer = pns.call("GET", f"{URL}/{kept['documentId']}?contentHash={kept['contentHash']}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == "attachment; filename=surat.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert pns.call("GET", f"{URL}/{kept['documentId']}?contentHash=lain").status_code == 400


def test_the_same_content_is_kept_once(office: Office, pns: Caller, kasubag: Caller) -> None:
    first, second = good(send(pns)), good(send(kasubag, name="lain.pdf"))
    assert first["documentId"] != second["documentId"]
    assert (count(office, Content), count(office, Piece)) == (1, 2)


def test_nobody_reads_what_another_sent(pns: Caller, kasubag: Caller, admin: Caller) -> None:
    id = good(send(pns))["documentId"]
    for stranger in (kasubag, admin):
        assert stranger.call("GET", f"{URL}/{id}").status_code == 404
        assert stranger.call("DELETE", f"{URL}/{id}").status_code == 404


def test_a_document_of_a_case_is_read_by_who_sees_the_case(case: str, pns: Caller, kasubag: Caller) -> None:
    id = good(send(pns, processInstanceKey=case))["documentId"]
    assert kasubag.call("GET", f"{URL}/{id}").status_code == 200
    assert pns.call("DELETE", f"{URL}/{id}").status_code == 409


def test_a_document_for_a_case_that_one_may_not_see(case: str, office: Office) -> None:
    answer = send(office.caller("tetangga"), processInstanceKey=case)
    assert answer.status_code == 404


def test_a_document_becomes_a_part_of_the_case_whose_data_name_it(admin: Caller) -> None:
    good(admin.upload(asing__bpmn=ASING))
    first, second = good(send(admin)), good(send(admin))
    started = {"processDefinitionId": "asing", "variables": {"lampiran": [first]}}
    case = admin.post("/v2/process-instances", started)["processInstanceKey"]
    (task,) = admin.items("user-tasks")
    admin.post(f"/v2/user-tasks/{task['userTaskKey']}/completion", {"variables": {"surat": second}})
    for kept in (first, second):
        assert admin.call("DELETE", f"{URL}/{kept['documentId']}").status_code == 409
    assert case


def test_a_document_in_a_draft_waits_as_long_as_the_draft(office: Office, task: str, kasubag: Caller) -> None:
    kept = good(send(kasubag))
    kasubag.call("PUT", f"/api/user-tasks/{task}/draft", {"variables": {"catatan": [kept]}})
    office.time.now += timedelta(days=3)
    office.gate.do(lambda connection: files.clean(connection, office.time.now))
    assert count(office, files.Document) == 1


def test_a_document_in_a_message_that_is_waited_for_later_reaches_its_case(
    office: Office, admin: Caller
) -> None:
    kept = good(send(admin))
    body = {"name": "kabar", "correlationKey": "1", "timeToLive": 60_000, "variables": {"surat": kept}}
    admin.post("/v2/messages/publication", body)
    waits = diagram(
        start(), catch("tiba", "message", ref="kabar"), user("kerja"), end(), path("start tiba kerja end"),
        id="tunggu", beside=message("kabar", key='="1"'),
    )  # fmt: skip
    good(admin.upload(tunggu__bpmn=waits))
    admin.post("/v2/process-instances", {"processDefinitionId": "tunggu"})
    worker.work_once(office.gate, office.engine)
    assert [item["elementId"] for item in admin.items("user-tasks")] == ["kerja"]
    assert admin.call("DELETE", f"{URL}/{kept['documentId']}").status_code == 409


def test_a_reference_to_anothers_document_opens_nothing(admin: Caller, pns: Caller) -> None:
    good(admin.upload(asing__bpmn=ASING))
    foreign = good(send(pns))
    admin.post("/v2/process-instances", {"processDefinitionId": "asing", "variables": {"x": foreign}})
    assert admin.call("GET", f"{URL}/{foreign['documentId']}").status_code == 404


def test_what_one_sent_by_mistake_is_taken_back(pns: Caller) -> None:
    id = good(send(pns))["documentId"]
    assert pns.call("DELETE", f"{URL}/{id}").status_code == 204
    assert pns.call("GET", f"{URL}/{id}").status_code == 404


def test_several_are_kept_each_by_itself(pns: Caller) -> None:
    data = {
        "files": [(BytesIO(PDF), "a.pdf"), (BytesIO(b"MZ"), "b.exe")],
        "metadataList": [dump_json({}), dump_json({"fileName": "c.exe"})],
    }
    answer = pns.call("POST", f"{URL}/batch", data=data)
    told = load_json(answer.data)
    assert answer.status_code == 207
    assert [each["metadata"]["fileName"] for each in told["createdDocuments"]] == ["a.pdf"]
    assert [(each["fileName"], each["status"]) for each in told["failedDocuments"]] == [("c.exe", 400)]


@pytest.mark.parametrize(
    ("body", "name", "query", "metadata", "status"),
    [
        (b"MZ", "a.exe", "", {}, 400),
        (b"x" * (files.LARGEST + 1), "a.txt", "", {}, 413),
        (PDF, "a" * 256 + ".pdf", "", {}, 400),
        (PDF, "a.pdf", "?storeId=lain", {}, 400),
        (PDF, "a.pdf", "?documentId=../etc", {}, 400),
        (PDF, "a.pdf", "", {"expiresAt": "besok"}, 400),
        (PDF, "a.pdf", "", {"processInstanceKey": "1"}, 404),
    ],
)
def test_a_document_that_cannot_be(
    pns: Caller, body: bytes, name: str, query: str, metadata: dict[str, Any], status: int
) -> None:
    assert send(pns, body, name, query, **metadata).status_code == status


def test_an_id_of_ones_own_is_used_once(pns: Caller) -> None:
    assert good(send(pns, query="?documentId=surat-1"))["documentId"] == "surat-1"
    assert send(pns, query="?documentId=surat-1").status_code == 409


def test_an_expired_document_is_gone(office: Office, pns: Caller) -> None:
    id = good(send(pns, expiresAt="2026-03-02T03:00:00Z"))["documentId"]
    assert pns.call("GET", f"{URL}/{id}").status_code == 200
    office.time.now += timedelta(hours=1)
    assert pns.call("GET", f"{URL}/{id}").status_code == 404


def test_what_no_case_has_is_dropped_after_a_day(office: Office, case: str, pns: Caller) -> None:
    kept = good(send(pns, processInstanceKey=case))["documentId"]
    good(send(pns, b"%PDF-lain"))
    office.time.now += timedelta(days=1)
    for _ in range(2):
        office.gate.do(lambda connection: files.clean(connection, office.time.now))
    assert (count(office, files.Document), count(office, Content), count(office, Piece)) == (1, 1, 2)
    assert office.caller("pns").call("GET", f"{URL}/{kept}").data == PDF
