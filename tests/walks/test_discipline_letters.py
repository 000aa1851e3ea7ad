"""A surat peringatan from its draft to the letter that was signed: numbered, confidential, and another one for each rung."""

from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from server import errors, letters
from server.db import read
from server.files import piece
from server.letters import agenda, documents
from server.letters.letterhead import Letterhead
from server.letters.models import Direction, Letter
from tests.walks.conftest import Office
from tests.walks.test_penanganan_disiplin import WATCHES, Ladder

STATIONERY = letters.Stationery(Letterhead("Dinas Contoh"), letters.templates(), "https://contoh.go.id")


def known(office: Office, who: str, case: int) -> documents.CaseLetters:
    house, actor = office.house, office.actor(who)
    return house.gate.ask(lambda c: documents.of_case(house.engine, c, actor, case))


def printed(office: Office, who: str, key: int) -> str:
    house, actor = office.house, office.actor(who)
    digest = house.gate.do(lambda c: documents.final(house.engine, c, actor, STATIONERY, key))
    with read(house.gate.database) as connection:
        body = piece(connection, digest, 0)
    pages = PdfReader(BytesIO(body or b"")).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def rows(office: Office, case: int) -> list[Any]:
    return sorted(office.rows(Letter, case_key=case), key=lambda row: int(row.key))


def test_each_warning_in_writing_is_a_numbered_confidential_letter(one_office: Office) -> None:
    office = one_office
    office.first_day()
    ladder = Ladder(office)
    assert known(office, "kasubag_umpeg", ladder.case).drafts == ()
    ladder.warn()
    ladder.observe(absent=1)
    ladder.decide("belum_ada_perubahan")
    assert known(office, "kasubag_umpeg", ladder.case).drafts == ("surat-peringatan",)

    ladder.rise("sp_1")
    (first,) = rows(office, ladder.case)
    assert (first.surat, first.hal, first.sifat) == ("surat-peringatan", "Surat peringatan I", "rahasia")
    assert known(office, "kasubag_umpeg", ladder.case).drafts == ()
    text = printed(office, "kasubag_umpeg", first.key)
    person = office.variables(ladder.case)["perkara_disiplin"]["pegawai"]["nama"]
    for each in (person, "Alpa lagi.", first.nomor, "SURAT PERINGATAN I", "Peringatan lisan tanggal"):
        assert each in text
    assert_nobody_else_is_told(office, ladder, first)

    office.later(WATCHES["sp_1"])
    ladder.observe(absent=1)
    ladder.decide("belum_ada_perubahan")
    assert known(office, "kasubag_umpeg", ladder.case).drafts == ("surat-peringatan",)
    ladder.rise("sp_2")
    second = rows(office, ladder.case)[-1]
    assert (second.hal, second.keadaan) == ("Surat peringatan II", "berlaku")
    assert f"Surat peringatan I Nomor {first.nomor}" in printed(office, "kasubag_umpeg", second.key)


def assert_nobody_else_is_told(office: Office, ladder: Ladder, row: Any) -> None:
    """The agenda tells who keeps the books the number alone, and whom it is about or a stranger nothing."""
    house = office.house
    for who in (ladder.subject, "staf_keuangan", "staf_umpeg"):
        with pytest.raises(errors.NotFound):
            printed(office, who, row.key)
        assert known(office, who, ladder.case) == documents.CaseLetters()
    staf = office.actor("staf_umpeg")
    seen = house.gate.ask(lambda c: agenda.search(house.engine, c, staf, agenda.Sought(Direction.KELUAR)))
    (line,) = [each for each in seen.items if each["nomor"] == row.nomor]
    assert (line["hal"], line["pihak"]) == (None, None)


def test_summons_and_record_of_an_examination_are_numbered_letters_of_the_case(one_office: Office) -> None:
    office = one_office
    office.first_day()
    ladder = Ladder(office)
    ladder.warn()
    ladder.observe(absent=11)
    ladder.decide("hukum_menuntut_lebih_berat")

    def drafts() -> tuple[str, ...]:
        (task,) = office.open_tasks(ladder.case)
        return known(office, "kasubag_umpeg", task.process_instance_key).drafts

    assert drafts() == ("surat-panggilan",)
    summons = {"tempat_pemeriksaan": "Ruang rapat", "nama_pemeriksa": "Kasi\nKabid"}
    ladder.superior("panggil_1", tanggal_pemeriksaan=ladder.today(), **summons)
    assert rows(office, ladder.case) == []  # too near: it is asked for again, and no number is lost
    ladder.superior("panggil_1", tanggal_pemeriksaan="2026-06-30", **summons)
    with pytest.raises(errors.Invalid, match="belum tiba"):
        ladder.kasubag("serahkan_panggilan_1", **{**ladder.handed(), "tanggal_diserahkan": "2026-06-29"})
    refused = {"penerimaan": "menolak", "saksi_penyerahan": "Ani\nBudi"}
    ladder.kasubag("serahkan_panggilan_1", **{**ladder.handed(), **refused})
    assert drafts() == ("berita-acara-pemeriksaan",)
    ladder.superior("periksa_1", hadir="tidak_hadir")
    assert drafts() == ("surat-panggilan",)
    ladder.superior("panggil_2", tanggal_pemeriksaan="2026-07-09", tempat_pemeriksaan="Ruang rapat")
    ladder.kasubag("serahkan_panggilan_2", **ladder.handed())
    signing = {"menolak_tanda_tangan": True, "saksi_penolakan": "Citra"}
    ladder.superior("periksa_2", hadir="hadir", berita_acara="Tanya jawab.", **signing)
    assert drafts() == ()

    found = rows(office, ladder.case)
    assert [(row.hal, row.sifat) for row in found] == [
        ("Surat panggilan I", "rahasia"),
        ("Berita acara ketidakhadiran pada panggilan I", "rahasia"),
        ("Surat panggilan II", "rahasia"),
        ("Berita acara pemeriksaan", "rahasia"),
    ]
    first, absent, second, record = (printed(office, "kasubag_umpeg", row.key) for row in found)
    assert "30 Juni 2026" in first
    assert "Tahun 2021 pasal 26" in first
    assert f"I Nomor {found[0].nomor}" in absent
    assert "ayat (4)" in second
    for each in ("Tanya jawab.", "Kabid", "menolak menandatangani", "Citra", found[3].nomor):
        assert each in record
    boss = office.variables(ladder.case)["perkara_disiplin"]["atasan"][0]
    assert {row.penanda_tangan for row in found} == {f"{boss['nama']}, {boss['jabatan']}"}
    told = office.ask("kasubag_umpeg", "GET", f"/api/discipline/{ladder.case}")["surat"]
    handed = [
        each["penyerahan"] and (each["penyerahan"]["penerimaan"], each["penyerahan"]["saksi"])
        for each in told
    ]
    assert handed == [("menolak", ["Ani", "Budi"]), None, ("ditandatangani", []), ("menolak", ["Citra"])]
    assert_nobody_else_is_told(office, ladder, found[3])
    called = office.open_tasks(ladder.case)[0].process_instance_key
    issued = known(office, "kasubag_umpeg", called).issued
    assert [each.nomor for each in issued] == [row.nomor for row in found]
