"""What the tables of pay rise, promotion and pension say in whole, and where an office may change them; examples are in test_examples."""

from pathlib import Path
from typing import Any

import pytest

from server import dmn
from server.calendar import Calendar, feel_functions

FOLDER = Path(__file__).parents[2] / "dmn" / "kepegawaian"
FUNCTIONS = feel_functions(Calendar())
FILES = {path.stem: dmn.read(path.read_bytes()) for path in sorted(FOLDER.glob("*.dmn"))}


PAY: dict[str, object] = {
    "status": "PNS",
    "golongan": "III/a",
    "tmt_terakhir": "2025-02-01",
    "mkg_terakhir": 48,
    "skor_1": 4,
    "skor_2": 4,
    "hukuman": None,
    "hukuman_sampai": None,
    "tanggal": "2026-11-27",
}


@pytest.mark.parametrize(
    ("golongan", "first", "last"),
    [("I/a", 2, 26), ("I/d", 3, 27), ("II/a", 1, 33), ("II/d", 3, 33), ("III/b", 2, 32), ("IV/e", 2, 32)],
)
def test_pay_rises_at_each_step_of_the_annex_until_the_last(golongan: str, first: int, last: int) -> None:
    steps, months = [], 0
    while (step := _pay(golongan=golongan, mkg_terakhir=months)["rincian"]["mkg_baru"]) is not None:
        steps.append(int(step))
        months = int(step) * 12
    assert steps == list(range(first, last + 1, 2))


def test_an_office_may_ask_for_a_better_rating() -> None:
    body = (FOLDER / "kenaikan-gaji-berkala.dmn").read_bytes()
    cell = b'<outputEntry id="ketentuan_kgb_baris_1_keluaran_1">\n          <text>3</text>'
    assert cell in body
    stricter = dmn.read(body.replace(cell, cell.replace(b"3</text>", b"4</text>")))
    assert _pay(skor_1=3)["putusan"] == "USULKAN"
    assert _pay(stricter, skor_1=3)["putusan"] == "TUNDA"


def _pay(tables: dmn.Definitions = FILES["kenaikan-gaji-berkala"], **facts: object) -> Any:
    return dmn.evaluate(tables, "kgb_berikutnya", PAY | facts, functions=FUNCTIONS).value
