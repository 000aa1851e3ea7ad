"""Letters for programs: the same verbs as the pages."""

import pytest

from tests.api.conftest import Caller, Office

LETTER = {
    "register": "surat_masuk",
    "tanggal": "2020-01-02",
    "pihak": "Camat",
    "hal": "Data",
    "nomorAsal": "470/1",
}


def test_a_letter_is_entered_found_and_cancelled(kasubag: Caller, pns: Caller) -> None:
    made = kasubag.call("POST", "/api/letters", LETTER)
    assert made.status_code == 201
    key = made.json["letterKey"]
    (found,) = kasubag.get("/api/letters?text=camat&tahun=2020")["items"]
    assert (found["letterKey"], found["nomor"], found["hal"], found["terbuka"]) == (key, "0001", "Data", True)
    sheet = kasubag.call("GET", f"/api/letters/{key}/disposition-sheet")
    assert sheet.data.startswith(b"%PDF-")
    assert pns.get("/api/letters?tahun=2020")["items"] == []
    for method, path, body in (
        ("GET", f"/api/letters/{key}", None),
        ("GET", f"/api/letters/{key}/disposition-sheet", None),
        ("GET", f"/api/letters/{key}/document", None),
    ):
        assert pns.call(method, path, body).status_code == 404
    assert pns.call("POST", "/api/letters", LETTER).status_code == 403
    assert pns.call("POST", f"/api/letters/{key}/cancellation", {"alasan": "x"}).status_code == 403
    assert kasubag.call("POST", f"/api/letters/{key}/cancellation", {"alasan": "Salah"}).status_code == 204
    assert kasubag.get(f"/api/letters/{key}")["keadaan"] == "batal"
    assert kasubag.call("POST", f"/api/letters/{key}/cancellation", {"alasan": "Lagi"}).status_code == 409


@pytest.mark.parametrize(
    "wrong", [{"register": "x"}, {"tanggal": "2999-01-01"}, {"hal": ""}, {"sifat": "x"}, {"kode": "\0"}]
)
def test_what_cannot_be_entered_is_told(kasubag: Caller, wrong: dict[str, str]) -> None:
    assert kasubag.call("POST", "/api/letters", LETTER | wrong).status_code in (400, 404)


def test_registers_and_codes_are_told(kasubag: Caller, office: Office) -> None:
    names = {each["id"] for each in kasubag.get("/api/letters/registers")["items"]}
    assert {"surat_masuk", "surat_keluar", "surat_tugas", "sk"} <= names
    assert "800" in {each["kode"] for each in kasubag.get("/api/letters/codes")["items"]}
    assert kasubag.call("GET", "/api/letters?text=%00").status_code == 400


def test_the_office_brings_its_own_registers_and_codes_and_finds_letters_by_class(
    kasubag: Caller, pns: Caller
) -> None:
    own = {"nama": "Surat edaran", "arah": "keluar", "pola": "{kode}/{urut}/SE/{tahun}", "kode": "800"}
    assert pns.call("PUT", "/api/letters/registers/surat_edaran", own).status_code == 403
    assert kasubag.call("PUT", "/api/letters/registers/surat_edaran", own).status_code == 204
    wrong = kasubag.call("PUT", "/api/letters/registers/surat_edaran", own | {"pola": "{kode}"})
    assert wrong.status_code == 400
    code = {"kode": "800.1.2", "nama": "Mutasi", "mulai": "2020-01-01"}
    assert pns.call("POST", "/api/letters/codes", {"items": [code]}).status_code == 403
    assert kasubag.call("POST", "/api/letters/codes", {"items": [code, code]}).status_code == 400
    assert kasubag.call("POST", "/api/letters/codes", {"items": [code]}).status_code == 204
    letter = LETTER | {"kode": "800.1.2"}
    made = kasubag.call("POST", "/api/letters", letter)
    assert made.status_code == 201, made.text
    book = f"/api/letters?arah={'keluar' if 'keluar' in LETTER['register'] else 'masuk'}&tahun={LETTER['tanggal'][:4]}"
    assert [each["kode"] for each in kasubag.get(f"{book}&kode=800.1")["items"]] == ["800.1.2"]
    assert kasubag.get(f"{book}&kode=800.10")["items"] == []
