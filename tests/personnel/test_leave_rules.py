"""What the leave tables say in whole, and where an office may change them; examples are in test_examples."""

from pathlib import Path
from typing import Any

import pytest

from server import dmn

FOLDER = Path(__file__).parents[2] / "dmn" / "cuti"
TABLES = (FOLDER / "penelitian-cuti.dmn").read_bytes()
CUTI = dmn.read(TABLES)


def facts(**changed: object) -> dict[str, object]:
    """What the leave book says of somebody who took nothing, and of a request for five working days."""
    years = {f"{name}_{year}": 0 for name in ("pakai", "dari_bawaan") for year in (1, 2)}
    flags = {"tercatat_1": True, "tercatat_2": True, "cuti_besar_1": False, "cuti_besar_2": False}
    request = {"lama_hk": 5, "lama_hari": 5, "pakai_n": 0, "diajukan_belum_putus": 0, "cuti_besar_n": False}
    others = {"ditangguhkan": 0, "cuti_bersama_tidak_diberi": 0, "bentrok": 0, "pegawai_unit": 10}
    since = {"mulai_kerja": "2010-01-01", "tidak_hadir_unit": 0}
    return {**years, **flags, **request, **others, **since, **changed}


@pytest.mark.parametrize(
    ("pakai_1", "pakai_2", "bawaan"),
    [(4, 12, 6), (4, 4, 12), (0, 0, 12), (9, 10, 5), (12, 8, 4)],
)
def test_an_office_may_count_the_rest_of_both_years(pakai_1: int, pakai_2: int, bawaan: int) -> None:
    both_years = dmn.read(TABLES.replace(b'<text>"KETAT"</text>', b'<text>"BERJENJANG"</text>'))
    inputs = {"mulai": "2026-06-08", "catatan_cuti": facts(pakai_1=pakai_1, pakai_2=pakai_2)}
    found = dmn.evaluate(both_years, "ketentuan_cuti", inputs).value
    assert isinstance(found, dict)
    assert found["metode_sisa"] == "BERJENJANG"
    assert dmn.evaluate(both_years, "bawaan_cuti", inputs).value == {"bawaan": bawaan, "batas": 24}


def test_the_decision_of_the_diagram_tells_all_that_its_form_shows() -> None:
    inputs = {
        "jenis_cuti": "tahunan",
        "mulai": "2026-06-08",
        "selesai": "2026-06-12",
        "catatan_cuti": facts(pakai_1=4, pakai_2=12),
    }
    evaluation = dmn.evaluate(CUTI, "penelitian_cuti", inputs)
    found: Any = evaluation.value
    assert evaluation.warnings == ()
    assert set(found) == {"hak", "saldo", "syarat", "saran", "penjelasan"}
    assert (found["saldo"]["sisa_setelah"], found["saran"]) == (13, "BUAT_SURAT_PENGANTAR")


def test_every_kind_of_the_leave_form_has_a_row() -> None:
    inputs = {"mulai": "2026-06-08", "sebab_sakit": "sakit", "keperluan_cuti_besar": "lainnya", "anak_ke": 1}
    kinds = ("tahunan", "besar", "sakit", "melahirkan", "alasan_penting", "cltn")
    for jenis in kinds:
        asked = {**inputs, "jenis_cuti": jenis, "catatan_cuti": facts()}
        assert dmn.evaluate(CUTI, "hak_cuti", asked).value is not None, jenis
