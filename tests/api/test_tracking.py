"""Receipts and tracking over the API; what they say is held to account in tests/tracking."""

import re
from io import BytesIO

from pypdf import PdfReader
from sqlalchemy import update
from werkzeug.test import TestResponse

from server.db import write
from server.engine import tables
from tests.api.conftest import Caller, Office


def text_of(answer: TestResponse) -> str:
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
    pages = PdfReader(BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_a_receipt_is_printed_with_the_number_and_without_a_code_where_nobody_can_be_asked(
    case: str, pns: Caller
) -> None:
    told = text_of(pns.call("POST", f"/api/process-instances/{case}/receipt"))
    assert "IZIN-2026-0001" in told
    assert "Kode lacak" not in told


def test_a_birth_date_gives_it_a_code(case: str, pns: Caller) -> None:
    wanted = {"tanggalLahir": "1990-07-01", "kertas": "A4", "ganti": True}
    told = text_of(pns.call("POST", f"/api/process-instances/{case}/receipt", wanted))
    assert re.search(r"(\w{4}-){3}\w{4}", told)
    assert "tanggal lahir pemohon" in told
    assert "http://localhost/lacak" in told


def test_what_cannot_be_is_refused_in_words(case: str, pns: Caller) -> None:
    path = f"/api/process-instances/{case}/receipt"
    for wanted in ({"kertas": "A9"}, {"tanggalLahir": "2099-01-01"}, {"tanggalLahir": "kemarin"}):
        assert pns.call("POST", path, wanted).status_code == 400


def test_an_application_is_told_of_as_its_applicant_sees_it(case: str, pns: Caller) -> None:
    found = pns.get(f"/api/process-instances/{case}/tracking")
    assert found["stages"] == ["Sedang diperiksa Kasubag Umum dan Kepegawaian"]
    assert found["layanan"] == "Izin keluar kantor"
    assert [step["state"] for step in found["steps"]] == ["now", "ahead"]
    assert found["documents"] == []


def test_without_a_list_nothing_is_missing(case: str, pns: Caller) -> None:
    assert pns.call("GET", f"/api/process-instances/{case}/shortage-letter").status_code == 409


def test_a_confidential_case_has_no_receipt_whoever_asks(office: Office, case: str, pns: Caller) -> None:
    with write(office.gate.database) as connection:
        connection.execute(update(tables.ProcessInstance).values(confidential=True))
    for method, name in (("POST", "receipt"), ("GET", "tracking"), ("GET", "shortage-letter")):
        assert pns.call(method, f"/api/process-instances/{case}/{name}").status_code == 409
        assert (
            office.caller("tetangga").call(method, f"/api/process-instances/{case}/{name}").status_code == 404
        )
