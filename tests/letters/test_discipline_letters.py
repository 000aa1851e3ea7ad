"""The letters of discipline as pages: what the case knows stands on them, what it does not know is a line to write on."""

from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from server import letters
from server.letters.letterhead import Letterhead

AT = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
HEAD = Letterhead("Dinas Dukcapil", "Pemerintah Kabupaten Lumajang", kota="Lumajang")
HOSTILE = '#panic("x") ] $ \\ <script>alert(1)</script> "; @kop /* http://x'
SIGNED = {
    "nomor": "800/12/427.43/2026",
    "tanggal": "2026-11-27",
    "tanda": {"awalan": "", "jabatan": "Kepala Dinas", "sebagai": "", "nama": "Hadi Santoso", "nip": ""},
    "konsep": False,
}
RUNGS = {
    "sp_1": "surat-peringatan",
    "sp_2": "surat-peringatan",
    "sp_3": "surat-peringatan",
    "tidak_puas": "pernyataan-tidak-puas",
    "tunda_kgb": "sk-hukuman",
    "tunda_kp": "sk-hukuman",
}
SAYS = {
    "sp_1": ("SURAT PERINGATAN I ", "dilanjutkan dengan surat peringatan II."),
    "sp_2": (
        "SURAT PERINGATAN II ",
        "Surat sebelumnya Nomor 800/3 tanggal 1 Oktober 2026",
        "peringatan III.",
    ),
    "sp_3": ("SURAT PERINGATAN III ", "dilanjutkan dengan pernyataan tidak puas secara tertulis."),
    "tidak_puas": ("PERNYATAAN TIDAK PUAS SECARA TERTULIS", "hari kerja ke-15", "upaya administratif"),
    "tunda_kgb": ("PENUNDAAN KENAIKAN GAJI BERKALA", "Nomor 20 Tahun 2023", "ke-15", "Tembusan"),
    "tunda_kp": ("PENUNDAAN KENAIKAN PANGKAT", "Nomor 94 Tahun 2021", "upaya administratif"),
}


def known(rung: str, **other: Any) -> dict[str, Any]:
    return {
        "penilaian": {"langkah_berikut": rung, "rezim": "PP_94_2021", "pejabat": "kepala_dinas"},
        "perkara_disiplin": {
            "pegawai": {"nama": "Siti Aminah", "nip": "198001012005012001", "jabatan": "Staf", "unit": "Umum"}
        },
        "uraian_fakta": "Tidak masuk 2 November 2026.\nTerlambat 3 November 2026.",
        "tanggal_perbuatan": "2026-11-03",
        "isi_surat": "Wajib menaati jam kerja.",
        "agenda_keluar": {"hal": "Surat sebelumnya", "nomor": "800/3", "tanggal": "2026-10-01"},
        "laporan_pemeriksaan": "Terbukti.",
        "pasal_dilanggar": "pasal 4 huruf f",
        "tenggat": {"berlaku": {"n": 15, "satuan": "hari kerja"}},
        **other,
    }


@cache
def templates() -> letters.Templates:
    return letters.templates()


def told(surat: str, **said: Any) -> str:
    pages = PdfReader(BytesIO(templates().render(surat, said, HEAD, AT))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("rung", RUNGS)
def test_each_rung_has_its_letter_with_person_facts_number_and_consequence(rung: str) -> None:
    text = told(RUNGS[rung], perkara=known(rung), **SIGNED)
    for each in (
        "Siti Aminah",
        "198001012005012001",
        "Terlambat 3 November 2026",
        "800/12/427.43/2026",
        "RAHASIA",
        "Wajib menaati jam kerja.",
        "Hadi Santoso",
        "Tanda terima",
        *SAYS[rung],
    ):
        assert each in text


@pytest.mark.parametrize("surat", sorted(set(RUNGS.values())))
def test_what_a_case_does_not_know_is_left_as_a_line(surat: str) -> None:
    for perkara in (
        None,
        {},
        dict.fromkeys(known("sp_1")),
        known("lain", perkara_disiplin={"pegawai": None}),
    ):
        text = told(surat, perkara=perkara, konsep=True)
        assert "....." in text
        assert "none" not in text


@pytest.mark.parametrize("value", [HOSTILE, 7, True, [HOSTILE], {"hal": HOSTILE, "n": HOSTILE}])
@pytest.mark.parametrize("rung", RUNGS)
def test_whatever_stands_in_the_case_is_printed_and_never_run(rung: str, value: Any) -> None:
    for name in known(rung):
        told(RUNGS[rung], perkara=known(rung, **{name: value}), **SIGNED)
    text = told(RUNGS[rung], perkara=known(rung, uraian_fakta=HOSTILE, isi_surat=HOSTILE), **SIGNED)
    assert '#panic("x")' in text


def test_where_another_officer_must_punish_the_decision_is_a_draft_for_that_one() -> None:
    law = {"langkah_berikut": "tunda_kp", "pejabat": "bupati", "penandatangan_tidak_sesuai": True}
    text = told("sk-hukuman", perkara=known("tunda_kp", penilaian=law), **SIGNED)
    assert "RANCANGAN KEPUTUSAN BUPATI" in text
    assert "BUPATI," in text
    assert "Hadi Santoso" not in text
