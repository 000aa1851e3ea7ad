"""The pages for applicants, and the papers that the counter prints: what each says to whom, and what it hides."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import delete

from server import engine
from server.config import Config
from server.db import write
from server.engine.search import INBOX, Query, Where, search
from server.identity.attempts import WINDOW
from server.identity.models import FailedLogin
from server.tracking.following import OF_CODE
from server.web.office import EXTENSION, Office
from tests.tracking.conftest import BORN, LOKET, SARI, Counter
from tests.web.conftest import Site, Time, bundle, post

XSS = "</script><img src=x onerror=alert(1)>"
BACK = {"persyaratan_ada": ["formulir_f_2_01"], "keputusan_2": "tidak_lengkap", "catatan_loket": XSS}
WRONG = "Kode dan data pemohon tidak cocok"


@pytest.fixture
def counter(tracking_office: Counter, app: Flask, tmp_path: Path) -> Site:
    """An office with the death certificate and its requirement list, which all tests here share; nobody has guessed yet."""
    house = tracking_office.house
    with write(house.gate.database) as connection:
        connection.execute(delete(FailedLogin))
    app.extensions[EXTENSION] = Office(house.gate, house.engine, Config(), bundle(tmp_path))
    return Site(app, app.extensions[EXTENSION], Time())


def apply(site: Site, **applicant: Any) -> tuple[int, int]:
    """A death certificate that waits for the counter's check: the case and its task."""
    case = site.do(LOKET, engine.start, "akta_kematian", {}).key
    site.do(LOKET, engine.complete, task_of(site), {**SARI, "pemohon": {**SARI["pemohon"], **applicant}})
    return case, task_of(site)


def task_of(site: Site) -> int:
    newest = Query((Where("state", "eq", "CREATED"),), (("user_task_key", True),), 1)
    return int(site.ask(LOKET, search, INBOX, newest).items[0]["user_task_key"])


def text_of(answer: Any) -> str:
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
    pages = PdfReader(BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def code_of(site: Site, case: int, **form: str) -> str:
    told = text_of(post(site.client(LOKET), f"/perkara/{case}/tanda-terima", form))
    found = re.search(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}", told)
    assert found, told
    return found[0]


def follow(site: Site, code: str, answer: str = BORN) -> Any:
    return post(site.client(), "/lacak", {"kode": code, "fakta": answer}, page="/lacak")


def test_an_applicant_without_an_account_is_named_where_their_case_is_listed(counter: Site) -> None:
    case, task = apply(counter, nama="Wulan <i>Sari</i>")
    client = counter.client(LOKET)
    for page in ("/tugas", "/tugas?cari=Wulan", "/perkara", "/perkara?cari=wulan", f"/perkara/{case}"):
        assert "Wulan &lt;i&gt;Sari" in client.get(page).text, page
    assert f"/tugas/{task}" in client.get("/tugas?cari=wulan").text
    assert f"/tugas/{task}" not in client.get("/tugas?cari=orang+lain").text


def test_the_receipt_leads_an_applicant_without_an_account_to_their_case(counter: Site) -> None:
    case, _ = apply(counter)
    code = code_of(counter, case)
    form = counter.client().get("/lacak", query_string={"kode": code}).text
    assert f'value="{code}"' in form
    page = follow(counter, code)
    assert page.status_code == 200
    for text in (
        "Sedang diperiksa Petugas Loket",
        "Sari Dewi",
        "AKTA-KMT-2026-",
        "Perkiraan siap",
        "Senin–Kamis",
    ):
        assert text in page.text
    assert "3508014107900001" not in page.text
    assert "Wahyu" not in page.text


def test_a_wrong_code_and_a_wrong_fact_get_the_same_page(counter: Site) -> None:
    case, _ = apply(counter)
    code = code_of(counter, case)
    fact, unknown = follow(counter, code, "0002"), follow(counter, "2222-2222-2222-2222")
    assert (fact.status_code, unknown.status_code) == (422, 422)
    assert WRONG in fact.text
    assert plain(fact.text, code) == plain(unknown.text, "2222-2222-2222-2222")


def plain(page: str, code: str) -> str:
    """A page without the token of its own and the code that was typed."""
    return re.sub(r"[0-9a-f]{64}", "", page).replace(code, "")


def test_what_is_missing_in_the_form_is_said_before_anything_is_counted(counter: Site) -> None:
    for form in ({}, {"kode": "x"}, {"fakta": "1"}):
        page = post(counter.client(), "/lacak", form, page="/lacak")
        assert page.status_code == 422
        assert "Isi kode lacak dan data pemohon." in page.text


def test_too_many_attempts_are_told_when_to_come_again(counter: Site) -> None:
    case, _ = apply(counter)
    code = code_of(counter, case)
    for _ in range(OF_CODE):
        assert follow(counter, code, "0002").status_code == 422
    refused = follow(counter, code)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) == WINDOW.total_seconds()
    assert "Coba lagi dalam 5 menit" in refused.text


def test_a_form_that_is_not_ours_is_refused(counter: Site) -> None:
    assert counter.client().post("/lacak", data={"kode": "x", "fakta": "1"}).status_code == 403


def test_whatever_somebody_wrote_is_shown_and_never_run(counter: Site) -> None:
    case, task = apply(counter, nama=XSS)
    code = code_of(counter, case)
    site = counter.client(LOKET)
    counter.do(LOKET, engine.complete, task, BACK)
    letter = text_of(site.get(f"/perkara/{case}/surat-kekurangan"))
    assert "<img src=x onerror=alert(1)>" in letter
    for page in (
        follow(counter, code).text,
        counter.client().get("/lacak", query_string={"kode": XSS}).text,
        follow(counter, XSS, XSS).text,
        counter.client().get("/persyaratan", query_string={"cari": XSS}).text,
        counter.client().get("/persyaratan/akta_kematian", query_string={"tampil": "1", "wna": XSS}).text,
        site.get(f"/perkara/{case}").text,
    ):
        assert "<img src=x" not in page


def test_a_returned_file_shows_what_is_missing_to_its_applicant_and_as_a_letter(counter: Site) -> None:
    case, task = apply(counter)
    code = code_of(counter, case)
    assert "Surat kekurangan berkas" not in counter.client(LOKET).get(f"/perkara/{case}").text
    counter.do(LOKET, engine.complete, task, {**BACK, "catatan_loket": "Boleh dari desa."})
    page = follow(counter, code).text
    for text in (
        "Dikembalikan, menunggu Anda lengkapi",
        "Fotokopi KK atau KTP-el yang meninggal",
        "Boleh dari desa.",
    ):
        assert text in page
    assert "Surat kekurangan berkas" in counter.client(LOKET).get(f"/perkara/{case}").text
    letter = text_of(counter.client(LOKET).get(f"/perkara/{case}/surat-kekurangan?kertas=A4"))
    assert "Yth. Sdr. Sari Dewi" in letter


def test_the_counter_is_offered_a_receipt_where_it_works(counter: Site) -> None:
    case, task = apply(counter)
    assert "Cetak tanda terima" in counter.client(LOKET).get(f"/tugas/{task}").text
    assert "Cetak tanda terima" in counter.client(LOKET).get(f"/perkara/{case}").text
    counter.do(LOKET, engine.start, "akta_kematian", {})
    assert "setelah pemohon dicatat" in counter.client(LOKET).get(f"/tugas/{task_of(counter)}").text


def test_an_employee_is_offered_the_receipt_of_their_own_request(counter: Site) -> None:
    counter.do("pns", engine.start, "pengajuan_cuti", {})
    newest = Query((Where("state", "eq", "CREATED"),), (("user_task_key", True),), 1)
    task = counter.ask("pns", search, INBOX, newest).items[0]["user_task_key"]
    assert "Cetak tanda terima" in counter.client("pns").get(f"/tugas/{task}").text


def test_a_scanned_receipt_leads_people_of_the_office_to_the_case(counter: Site) -> None:
    case, task = apply(counter)
    code = code_of(counter, case)
    scanned = {"kode": code}
    assert f'href="/tugas/{task}' in counter.client(LOKET).get("/lacak", query_string=scanned).text
    overseer = counter.client("kepala_seksi_pencatatan_sipil").get("/lacak", query_string=scanned).text
    assert f'href="/perkara/{case}"' in overseer
    for stranger in (counter.client("staf_umpeg"), counter.client()):
        assert "Anda petugas" not in stranger.get("/lacak", query_string=scanned).text


def test_where_nothing_is_known_the_counter_is_asked_for_the_birth_date(counter: Site) -> None:
    case, _ = apply(counter, nik="", telepon="")
    assert "Tanggal lahir pemohon" in counter.client(LOKET).get(f"/perkara/{case}").text
    code = code_of(counter, case, tanggal_lahir="1990-07-01")
    assert follow(counter, code, "01-07-1990").status_code == 200
    wrong = post(counter.client(LOKET), f"/perkara/{case}/tanda-terima", {"tanggal_lahir": "kemarin"})
    assert wrong.status_code == 400


@pytest.mark.parametrize("who", ["staf_umpeg", "petugas_loket_pendaftaran_penduduk"])
def test_nobody_prints_papers_of_a_case_that_is_not_theirs(counter: Site, who: str) -> None:
    case, _ = apply(counter)
    stranger = counter.client(who)
    assert post(stranger, f"/perkara/{case}/tanda-terima").status_code == 404
    assert stranger.get(f"/perkara/{case}/surat-kekurangan").status_code == 404
    assert post(stranger, "/perkara/1/tanda-terima").status_code == 404
    assert counter.client().get(f"/perkara/{case}/surat-kekurangan").status_code == 303


def test_a_confidential_case_has_no_receipt(counter: Site) -> None:
    case = counter.do("kasubag_umpeg", engine.start, "penanganan_disiplin", {}, "pns").key
    kasubag = counter.client("kasubag_umpeg")
    assert "Cetak tanda terima" not in kasubag.get(f"/perkara/{case}").text
    assert post(kasubag, f"/perkara/{case}/tanda-terima").status_code == 409


def test_services_for_citizens_are_listed_for_anybody(counter: Site) -> None:
    page = counter.client().get("/persyaratan").text
    assert "/persyaratan/akta_kematian" in page
    assert "distribusi_blangko" not in page
    found = counter.client().get("/persyaratan?cari=KTP").text
    assert "ktp_el_penerbitan" in found
    assert "akta_kematian" not in found
    assert "Tidak ada yang cocok" in counter.client().get("/persyaratan?cari=xyz").text


def test_a_list_follows_from_the_answers(counter: Site) -> None:
    stranger = counter.client()
    asked = stranger.get("/persyaratan/akta_kematian").text
    assert "Bagaimana keadaan kematiannya?" in asked
    assert "Yang harus dibawa" not in asked.replace("Tampilkan yang harus dibawa", "")
    listed = stranger.get("/persyaratan/akta_kematian?tampil=1&keadaan_kematian=biasa&wna=tidak").text
    for text in ("Formulir F-2.01", "formulir, diisi", "atau: ", "Perpres 96/2018"):
        assert text in listed
    assert "perlu dicocokkan" not in listed


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("tampil=1", "Jawab pertanyaan ini."),
        ("tampil=1&keadaan_kematian=entah&wna=tidak", "Jawaban ini tidak dapat dipakai."),
        ("tampil=1&keadaan_kematian=biasa&wna=1", "Jawaban ini tidak dapat dipakai."),
    ],
)
def test_an_answer_that_is_missing_or_none_is_told_at_its_question(
    counter: Site, query: str, told: str
) -> None:
    page = counter.client().get(f"/persyaratan/akta_kematian?{query}").text
    assert told in page
    assert 'id="daftar"' not in page


@pytest.mark.parametrize(
    "process", ["entah", "pengajuan_cuti", "distribusi_blangko", "penanganan_disiplin", "%00", "%25", "a%2Fb"]
)
def test_who_has_no_list_has_no_page(counter: Site, process: str) -> None:
    assert counter.client().get(f"/persyaratan/{process}").status_code == 404


def test_an_office_without_lists_says_so(site: Site) -> None:
    assert "Belum ada daftar persyaratan" in site.client().get("/persyaratan").text
