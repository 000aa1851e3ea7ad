"""The book of SOPs over the API."""

from io import BytesIO

import pytest

from server import bpmn
from tests.api.conftest import Caller, read

pytestmark = pytest.mark.usefixtures("published")


def test_the_catalogue_tells_of_every_published_procedure(pns: Caller) -> None:
    (entry,) = pns.get("/api/sop")["items"]
    assert (entry["processId"], entry["nama"], entry["version"]) == ("izin", "Izin keluar kantor", 1)
    assert entry["pemula"] == ["kasubag_umpeg"]
    assert entry["langkah"] == 2


def test_anybody_who_has_logged_in_reads_a_sheet(pns: Caller) -> None:
    pdf = pns.call("GET", "/api/sop/izin.pdf?kertas=A4")
    assert (pdf.status_code, pdf.content_type) == (200, "application/pdf")
    assert pdf.data.startswith(b"%PDF")
    page = pns.call("GET", "/api/sop/izin.html")
    assert page.content_type.startswith("text/html")
    assert "Izin keluar kantor" in page.text
    assert page.headers.getlist("Content-Security-Policy") == [
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    ]


def test_a_sheet_bears_the_day_on_which_it_was_published(pns: Caller) -> None:
    assert "2 Maret 2026" in pns.call("GET", "/api/sop/izin.html").text


def test_a_procedure_that_is_not_published_is_not_found(pns: Caller) -> None:
    assert pns.call("GET", "/api/sop/entah.pdf").status_code == 404


def test_a_spreadsheet_that_was_taken_out_comes_back_as_a_diagram(pns: Caller) -> None:
    sheet = pns.call("GET", "/api/sop/izin.xlsx").data
    sent = {"file": (BytesIO(sheet), "izin.xlsx")}
    found = read(pns.call("POST", "/api/sop/import", data=sent, content_type="multipart/form-data"))
    assert found["processId"] == "izin"
    assert [task for task in ("nilai", "periksa", "setujui") if task in found["diagram"]]
    assert bpmn.examine(found["diagram"].encode())[0].processes[0].name == "Izin keluar kantor"


def test_what_is_no_spreadsheet_is_refused_in_words(pns: Caller) -> None:
    sent = {"file": (BytesIO(b"halo"), "izin.xlsx")}
    answer = pns.call("POST", "/api/sop/import", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "lembar kerja" in answer.text
