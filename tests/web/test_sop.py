"""Lembar SOP: an office's own spreadsheet becomes a procedure, after whoever may publish has seen what was read."""

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from server import bpmn
from server.sop import read_procedure
from tests.sop.test_office_tables import table
from tests.web.conftest import Site, post

ROWS = (
    (1, "Menyerahkan berkas", "v", None, None, "KTP", "sebentar"),
    (2, "Memeriksa berkas", None, "v"),
    (3, "Menandatangani <b>surat</b>", None, None, "v"),
)


def sent(client: FlaskClient, body: bytes = b"") -> Any:
    file = {"berkas": (BytesIO(body or table(*ROWS)), "sop.xlsx")}
    return post(client, "/mulai/impor", file, page="/mulai/impor")


def diagram_in(page: str) -> str:
    found = re.search(r'name="diagram" value="([^"]*)"', page)
    assert found
    return unescape(found[1])


@pytest.fixture
def publisher(site: Site) -> FlaskClient:
    return site.client("admin")


def test_the_door_is_for_publishers_only(site: Site, publisher: FlaskClient) -> None:
    assert "/mulai/impor" in publisher.get("/mulai").text
    pns = site.client("pns")
    assert "/mulai/impor" not in pns.get("/mulai").text
    assert pns.get("/mulai/impor").status_code == 403
    assert sent_by_pns(pns).status_code == 403


def sent_by_pns(client: FlaskClient) -> Any:
    return post(client, "/mulai/impor", {"berkas": (BytesIO(table(*ROWS)), "sop.xlsx")})


def test_what_was_read_is_shown_with_its_doubts_and_its_picture(publisher: FlaskClient) -> None:
    page = sent(publisher).text
    assert "Terbaca 3 langkah dan 3 pelaksana: Pemohon, Kepala Seksi, Kepala Dinas." in page
    assert "<td>SOP!G7</td><td>waktu “sebentar” tidak terbaca" in page
    assert "<svg " in page
    assert "<b>surat</b>" not in page


def test_it_is_published_in_the_bidang_that_was_chosen(site: Site, publisher: FlaskClient) -> None:
    values = {"diagram": diagram_in(sent(publisher).text), "aksi": "terbit"}
    refused = post(publisher, "/mulai/impor/terbit", values, page="/mulai/impor")
    assert (refused.status_code, "Pilih bidang" in refused.text) == (400, True)
    answer = post(
        publisher, "/mulai/impor/terbit", {**values, "bidang": "pencatatan-sipil"}, page="/mulai/impor"
    )
    assert answer.headers["Location"].startswith("/mulai/sop_pelayanan_legalisir_akta?")
    page = publisher.get(answer.headers["Location"]).text
    assert "sudah diterbitkan" in page
    assert "Pencatatan Sipil" in page
    again = sent(publisher).text
    assert "sudah ada. Yang ini akan menjadi versi barunya" in again


def test_it_can_be_kept_as_a_draft(publisher: FlaskClient) -> None:
    values = {"diagram": diagram_in(sent(publisher).text), "aksi": "rancangan", "bidang": "pencatatan-sipil"}
    answer = post(publisher, "/mulai/impor/terbit", values, page="/mulai/impor")
    assert (
        'name="bidang" value="pencatatan-sipil"'
        in publisher.get(f"{answer.headers['Location']}/isi").json["isi"]
    )
    again = post(publisher, "/mulai/impor/terbit", values, page="/mulai/impor")
    assert (again.status_code, "Sudah ada rancangan" in again.text) == (409, True)


def test_it_can_be_taken_along_as_a_diagram(publisher: FlaskClient) -> None:
    values = {"diagram": diagram_in(sent(publisher).text), "aksi": "unduh"}
    body = post(publisher, "/mulai/impor/terbit", values, page="/mulai/impor").data
    assert len(read_procedure(bpmn.read(body).processes[0]).rows) == 3


@pytest.mark.parametrize("body", [b"bukan", table(), b"PK\3\4"], ids=["text", "empty table", "torn"])
def test_an_unreadable_file_is_refused_in_words(publisher: FlaskClient, body: bytes) -> None:
    answer = sent(publisher, body)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("diagram", ["", "<x/>", "<bpmn"])
def test_what_comes_back_is_checked_again(publisher: FlaskClient, diagram: str) -> None:
    values = {"diagram": diagram, "bidang": "pencatatan-sipil", "aksi": "terbit"}
    answer = post(publisher, "/mulai/impor/terbit", values, page="/mulai/impor")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_a_procedure_gives_out_its_sheet_and_its_table(leave: Site) -> None:
    client = leave.client("pns")
    assert client.get("/mulai/pengajuan_cuti/sop.pdf").data.startswith(b"%PDF")
    table = client.get("/mulai/pengajuan_cuti/sop.xlsx")
    assert table.data.startswith(b"PK")
    assert "attachment" in table.headers["Content-Disposition"]
    assert client.get("/mulai/tidak_ada/sop.pdf").status_code == 404
