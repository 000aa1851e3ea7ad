"""Attachments on the pages of tasks and cases and in fields of forms: who may add, read and remove one, and what is refused."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from server import engine, files
from server.cli import PUBLISHER
from server.engine import trial
from tests.diagrams import diagram, end, path, start, user
from tests.web.conftest import FORM, Site, begin, case_of, open_task, post, send, token_of

PDF = b"%PDF-1.7\n" + b"x" * 2000
NAME = "KTP <img src=x onerror=alert(1)>.pdf"


def attach(client: FlaskClient, path: str, *sent: tuple[bytes, str], **headers: str) -> Any:
    token = token_of(client.get("/sandi").text)
    data = {"berkas": [(BytesIO(body), name) for body, name in sent], "_token": token}
    return client.post(path, data=data, content_type="multipart/form-data", headers=headers)


def papers(site: Site, case: int, username: str = "pns") -> list[dict[str, Any]]:
    return [dict(each) for each in site.ask(username, engine.documents.of_case, case)]


@pytest.fixture
def task(leave: Site) -> int:
    return begin(leave)


def test_a_file_of_a_task_is_read_as_an_attachment_by_who_sees_the_case(leave: Site, task: int) -> None:
    case, pns = case_of(leave), leave.client("pns")
    assert attach(pns, f"/tugas/{task}/lampiran", (PDF, NAME)).status_code == 303
    (paper,) = papers(leave, case)
    page = pns.get(f"/tugas/{task}").text
    assert "KTP &lt;img" in page
    assert "<img src=x" not in page
    assert "2 KB" in page
    answer = pns.get(f"/lampiran/{paper['document_id']}")
    assert answer.data == PDF
    assert answer.content_type == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert leave.client("kasubag_umpeg").get(f"/lampiran/{paper['document_id']}").data == PDF
    assert leave.client("staf_umpeg").get(f"/lampiran/{paper['document_id']}").status_code == 404


@pytest.mark.parametrize(
    ("body", "name", "sentence"),
    [
        (b"MZ", "a.exe", "jenisnya tidak diterima"),
        (b"<script>alert(1)</script>", "surat.pdf", "isinya bukan pdf"),
        (b"<svg onload=alert(1)>", "a.svg", "jenisnya tidak diterima"),
        (b"", "a.txt", "isinya kosong"),
        (b"x" * (files.LARGEST + 1), "a.txt", "lebih besar dari 10 MB"),
        (PDF, "a" * 300 + ".pdf", "namanya kosong, terlalu panjang"),
    ],
)
def test_what_is_not_taken_is_told_at_the_place(
    leave: Site, task: int, body: bytes, name: str, sentence: str
) -> None:
    pns, case = leave.client("pns"), case_of(leave)
    answer = attach(pns, f"/tugas/{task}/lampiran", (body, name), (PDF, "benar.pdf"))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Yang dikerjakan" in answer.text
    assert [each["name"] for each in papers(leave, case)] == ["benar.pdf"]
    told = attach(pns, f"/perkara/{case}/lampiran", (body, name), Accept="application/json")
    assert (told.status_code, sentence in told.json["message"]) == (422, True)


def test_an_attachment_is_removed_by_who_added_it_while_the_task_is_open(leave: Site, task: int) -> None:
    case, pns, chief = case_of(leave), leave.client("pns"), leave.client("kasubag_umpeg")
    attach(pns, f"/tugas/{task}/lampiran", (PDF, "a.pdf"), (PDF, "b.pdf"))
    first, second = (f"/lampiran/{each['document_id']}/hapus" for each in papers(leave, case))
    assert post(chief, first).status_code == 403
    assert post(leave.client("staf_umpeg"), first).status_code == 404
    back = post(pns, first, {"kembali": f"/tugas/{task}"}).headers["Location"]
    assert back == f"/tugas/{task}?kabar=dihapus"
    assert send(pns, f"/tugas/{task}/selesai", FORM).status_code == 200
    assert "Hapus" not in pns.get(f"/perkara/{case}/lampiran").text
    assert post(pns, second).status_code == 409
    assert len(papers(leave, case)) == 1
    history = chief.get(f"/perkara/{case}").text
    assert "menghapus lampiran" in history


def test_a_closed_case_takes_no_more_papers(leave: Site, task: int) -> None:
    case, pns = case_of(leave), leave.client("pns")
    assert attach(pns, f"/perkara/{case}/lampiran", (PDF, "a.pdf")).status_code == 303
    assert post(pns, f"/perkara/{case}/batal", {"alasan": "keliru"}).status_code == 303
    assert attach(pns, f"/perkara/{case}/lampiran", (PDF, "b.pdf")).status_code == 409
    assert attach(pns, f"/tugas/{task}/lampiran", (PDF, "b.pdf")).status_code == 404
    assert "Pilih berkas" not in pns.get(f"/perkara/{case}").text


def test_nobody_attaches_to_what_is_not_theirs_or_without_a_form_of_ours(leave: Site, task: int) -> None:
    case, stranger = case_of(leave), leave.client("staf_umpeg")
    for place in (f"/tugas/{task}/lampiran", f"/perkara/{case}/lampiran"):
        assert attach(stranger, place, (PDF, "a.pdf")).status_code == 404
        assert stranger.get(place).status_code == 404
        forged = {"berkas": (BytesIO(PDF), "a.pdf"), "_token": "0" * 64}
        assert leave.client("pns").post(place, data=forged).status_code == 403
    assert stranger.get("/lampiran/tidak-ada").status_code == 404
    assert papers(leave, case) == []


def test_removing_leads_back_to_no_other_server(leave: Site, task: int) -> None:
    pns = leave.client("pns")
    attach(pns, f"/tugas/{task}/lampiran", (PDF, "a.pdf"))
    (paper,) = papers(leave, case_of(leave))
    answer = post(pns, f"/lampiran/{paper['document_id']}/hapus", {"kembali": "//jahat.example"})
    assert answer.headers["Location"] == "/tugas?kabar=dihapus"


# --- a field of a form


UPLOAD = {
    "type": "default",
    "id": "unggah",
    "schemaVersion": 19,
    "components": [
        {
            "type": "filepicker",
            "key": "bukti",
            "label": "Bukti",
            "id": "unggah_bukti",
            "accept": ".pdf,image/*",
            "multiple": True,
            "validate": {"required": True},
        }
    ],
}


@pytest.fixture
def upload(site: Site) -> Site:
    at = site.office
    drawn = diagram(
        start(), user("kirim", groups="pns", form="unggah"), user("lihat", groups="kasubag_umpeg"), end(),
        path("start kirim lihat end"), id="unggah", name="Unggah",
    )  # fmt: skip
    book = {"unggah.bpmn": drawn, "unggah.form": json.dumps(UPLOAD).encode()}
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, book, trial.examine))
    site.do("admin", engine.start, "unggah", {})
    return site


def picked(client: FlaskClient, body: bytes = PDF, name: str = "bukti.pdf") -> Any:
    return attach(client, "/lampiran", (body, name), Accept="application/json").json


def test_a_file_of_a_form_becomes_a_paper_of_its_case(upload: Site) -> None:
    task, pns = open_task(upload, "pns"), upload.client("pns")
    case = case_of(upload)
    reference = picked(pns)
    lie = {**reference, "metadata": {"fileName": "lain.exe", "contentType": "text/html"}}
    assert send(pns, f"/tugas/{task}/selesai", {"bukti": [lie]}).status_code == 200
    kasubag = upload.client("kasubag_umpeg")
    page = kasubag.get(f"/tugas/{open_task(upload, 'kasubag_umpeg')}").text
    assert f'<a href="/lampiran/{reference["documentId"]}">bukti.pdf</a>' in page
    assert kasubag.get(f"/lampiran/{reference['documentId']}").data == PDF
    assert [each["name"] for each in papers(upload, case)] == ["bukti.pdf"]
    assert post(pns, f"/lampiran/{reference['documentId']}/hapus").status_code == 409


def test_a_file_of_a_draft_is_kept_and_comes_back(upload: Site) -> None:
    task, pns = open_task(upload, "pns"), upload.client("pns")
    reference = picked(pns)
    assert send(pns, f"/tugas/{task}/konsep", {"bukti": [reference]}).status_code == 204
    assert reference["documentId"] in pns.get(f"/tugas/{task}").text
    assert post(pns, f"/lampiran/{reference['documentId']}/hapus").status_code == 409
    assert send(pns, f"/tugas/{task}/konsep", {"bukti": []}).status_code == 204
    assert post(pns, f"/lampiran/{reference['documentId']}/hapus").status_code == 303


@pytest.mark.parametrize("values", [{}, {"bukti": ["files::a"]}, {"bukti": "x"}])
def test_a_file_field_that_is_not_filled_rightly_is_told_at_the_field(
    upload: Site, values: dict[str, Any]
) -> None:
    answer = send(upload.client("pns"), f"/tugas/{open_task(upload, 'pns')}/selesai", values)
    assert (answer.status_code, [each["where"] for each in answer.json["problems"]]) == (400, ["bukti"])


def test_another_ones_file_cannot_be_brought_by_a_form(upload: Site) -> None:
    foreign = picked(upload.client("admin"))
    task, pns = open_task(upload, "pns"), upload.client("pns")
    answer = send(pns, f"/tugas/{task}/selesai", {"bukti": [foreign]})
    assert "sudah tidak ada" in answer.json["problems"][0]["message"]
    assert pns.get(f"/lampiran/{foreign['documentId']}").status_code == 404


def test_a_file_of_another_kind_than_the_field_asks_for_is_refused(upload: Site) -> None:
    pns = upload.client("pns")
    answer = send(
        pns, f"/tugas/{open_task(upload, 'pns')}/selesai", {"bukti": [picked(pns, b"a,b", "a.csv")]}
    )
    assert "tidak menerima “a.csv”" in answer.json["problems"][0]["message"]
