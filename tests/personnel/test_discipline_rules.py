"""What the tables of discipline say in whole, and where an office may change them; examples are in test_examples."""

from pathlib import Path
from typing import Any

import pytest

from server import dmn
from server.calendar import Calendar, feel_functions

FOLDER = Path(__file__).parents[2] / "dmn" / "disiplin"
FUNCTIONS = feel_functions(Calendar())
FILES = {path.stem: dmn.read(path.read_bytes()) for path in sorted(FOLDER.glob("*.dmn"))}


def judged(**changed: object) -> Any:
    facts = {"tanggal_perbuatan": "2026-06-30", "menit_tmk": 0, "tmk_berturut": 0, "dampak": "tidak_ada"}
    beside = {"jabatan_terhukum": "pelaksana", "langkah": "sp_1", "menit_baru": 0, "menit_dasar": 0}
    found = {"hari_tmk_baru": 0, "temuan_baru": 0, "masa_habis": False, "golongan": None}
    inputs = {**facts, **beside, **found, **changed}
    return dmn.evaluate(FILES["penilaian-disiplin"], "penilaian_disiplin", inputs, functions=FUNCTIONS).value


@pytest.mark.parametrize("langkah", ["evaluasi", "lisan", "sp_1", "sp_2", "sp_3", "tidak_puas", "tunda_kgb"])
@pytest.mark.parametrize("hari", [0, 2, 3, 6, 7, 10, 11, 13, 14, 16, 17, 20, 21, 24, 25, 27, 28, 60])
def test_the_ladder_never_lowers_or_delays_what_the_law_demands(langkah: str, hari: int) -> None:
    rank = {"lisan": 1, "sp_1": 2, "sp_2": 2, "sp_3": 2, "tidak_puas": 3, "tunda_kgb": 4, "tunda_kp": 5}
    found = judged(langkah=langkah, hari_tmk_tercatat=hari, hari_tmk_baru=1)
    assert rank.get(found["langkah_berikut"], 9) >= found["hukum"]["rank"]
    if found["hukum"]["rank"] == 2 and found["langkah_berikut"].startswith("sp"):
        assert found["sebagai_teguran_tertulis"]


@pytest.mark.parametrize("langkah", ["lisan", "sp_1", "sp_2", "sp_3", "tidak_puas", "tunda_kgb"])
@pytest.mark.parametrize("habis", [True, False])
def test_no_rung_follows_without_a_new_fact(langkah: str, habis: bool) -> None:
    found = judged(langkah=langkah, hari_tmk_tercatat=1, masa_habis=habis)
    assert found["tindakan"] == ("SELESAI" if habis else "TUNGGU")


def test_an_office_may_let_pay_be_cut_once_the_law_allows_it() -> None:
    body = (FOLDER / "penilaian-disiplin.dmn").read_bytes()
    before, row, rest = body.partition(b'<rule id="ketentuan_disiplin_baris_1">')
    allowed = dmn.read(before + row + rest.replace(b"<text>false</text>", b"<text>true</text>", 1))
    inputs = {"tanggal_perbuatan": "2026-06-30", "hari_tmk_tercatat": 12, "menit_tmk": 0, "tmk_berturut": 0}
    assert dmn.evaluate(allowed, "hukuman_efektif", inputs).value == "potong_tukin_6_bulan"
