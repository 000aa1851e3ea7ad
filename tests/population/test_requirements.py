"""What an applicant must bring: by the law of the day, by the facts, with the source of each document."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from server import dmn, errors, population
from server import engine as verbs
from server.cli import PUBLISHER
from server.config import ROOT
from server.dmn import model
from server.engine import trial
from tests.population.conftest import PopulationOffice

ORDINARY = {"keadaan_kematian": "biasa", "wna": False}
LISTS = {
    path.stem: path for path in sorted(ROOT.glob("dmn/persyaratan/*.dmn")) if path.stem != "rezim-adminduk"
}


def test_the_law_of_the_day_chooses_the_list(published: PopulationOffice) -> None:
    book = published.listed("akta_kematian", "2018-10-17", **ORDINARY)
    today = published.listed("akta_kematian", "2018-10-18", **ORDINARY)
    assert (book.rezim, today.rezim) == ("Perpres_25_2008", "Perpres_96_2018")
    assert "fotokopi_ktp_saksi_kematian" in [one.kode for one in book.requirements]
    assert [one.kode for one in today.requirements] == [
        "formulir_f_2_01",
        "fotokopi_surat_kematian_dari_dokter_atau_rumah_sakit",
        "fotokopi_kk_atau_ktp_el_yang_meninggal",
    ]


def test_an_office_that_keeps_the_books_list_for_a_service_says_so_in_the_table(
    office: PopulationOffice,
) -> None:
    house = office.house
    regime, lists = (
        (ROOT / "dmn" / "persyaratan" / name).read_bytes()
        for name in ("rezim-adminduk.dmn", "akta-kematian.dmn")
    )
    exception = b"""<rule id="pengecualian">
        <inputEntry id="pengecualian_1"><text>-</text></inputEntry>
        <inputEntry id="pengecualian_2"><text>"akta_kematian"</text></inputEntry>
        <outputEntry id="pengecualian_3"><text>"Perpres_25_2008"</text></outputEntry>
        <annotationEntry><text>Surat Kepala Dinas 470/12</text></annotationEntry>
      </rule>"""
    first = b'<rule id="rezim_adminduk_baris_1">'
    switched = regime.replace(first, exception + first)
    found = []
    for files in ({"rezim.dmn": regime, "daftar.dmn": lists}, {"rezim.dmn": switched}):
        house.gate.do(lambda c, f=files: verbs.deploy(house.engine, c, PUBLISHER, f, trial.examine))
        listed = office.listed("akta_kematian", **ORDINARY)
        found.append((listed.rezim, listed.dasar.partition(";")[0]))
    assert found == [("Perpres_96_2018", "Perpres 96/2018"), ("Perpres_25_2008", "Surat Kepala Dinas 470/12")]


def test_a_fact_decides_what_is_asked(published: PopulationOffice) -> None:
    asked = published.requirements("akta_kematian", keadaan_kematian="hilang", wna=True)
    assert asked == [
        "formulir_f_2_01",
        "fotokopi_salinan_penetapan_pengadilan",
        "fotokopi_dokumen_perjalanan_yang_meninggal",
    ]


def test_a_requirement_says_how_what_else_will_do_and_who_asks_for_it(published: PopulationOffice) -> None:
    facts = {"pernah_menikah": True, "anggota_tni_polri": "tni", "wna": False}
    book = published.listed("akta_perkawinan", "2018-03-01", **facts)
    by_code = {one.kode: one for one in book.requirements}
    assert by_code["akta_cerai"].alternatif == ("Akta kematian",)
    assert by_code["fotokopi_ktp_el_saksi"].jumlah == "2 orang"
    assert by_code["surat_izin_dari_kesatuan"].sumber.startswith("Buku SOP 2018: bagi anggota TNI")


def test_what_was_not_brought_is_lacking(published: PopulationOffice) -> None:
    listed = published.listed("akta_kematian", **ORDINARY)
    lacking = listed.lacking(["formulir_f_2_01", "fotokopi_kk_atau_ktp_el_yang_meninggal"])
    assert [one.kode for one in lacking] == ["fotokopi_surat_kematian_dari_dokter_atau_rumah_sakit"]


def test_the_questions_are_the_columns_of_the_table(published: PopulationOffice) -> None:
    asked = published.ask(lambda c: population.questions(published.house.engine, c, "akta_kematian"))
    assert asked[0] == population.Question(
        "keadaan_kematian",
        "Bagaimana keadaan kematiannya?",
        "string",
        ("biasa", "identitas_tidak_jelas", "hilang", "di_luar_negeri"),
    )
    assert (asked[1].name, asked[1].kind) == ("wna", "boolean")


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({"keadaan_kematian": "biasa"}, "wna"),
        ({"keadaan_kematian": "bahagia", "wna": False}, "keadaan_kematian"),
        ({"keadaan_kematian": "biasa", "wna": 1}, "wna"),
        ({**ORDINARY, "agama": "islam"}, "agama"),
    ],
)
def test_facts_that_are_no_answers_are_named(
    published: PopulationOffice, facts: dict[str, object], where: str
) -> None:
    with pytest.raises(population.FactsNeeded) as refused:
        published.listed("akta_kematian", **facts)
    assert [problem.where for problem in refused.value.problems] == [where]


def test_a_procedure_without_a_list_says_so(published: PopulationOffice) -> None:
    with pytest.raises(errors.NotFound):
        published.listed("pengajuan_cuti")


@pytest.mark.parametrize("name", LISTS)
def test_every_rule_names_its_source_and_every_column_asks_a_question(name: str) -> None:
    table = _table(name)
    assert [rule.id for rule in table.rules if not any(rule.annotations.values())] == []
    assert [one.id for one in table.inputs[1:] if not (one.label or "").endswith("?")] == []


@pytest.mark.parametrize("name", LISTS)
def test_a_document_has_one_code(name: str) -> None:
    codes: dict[str, set[str]] = {}
    for rule in _table(name).rules:
        codes.setdefault(rule.outputs[0].text, set()).add(rule.outputs[1].text)
    assert {code: said for code, said in codes.items() if len(said) > 1} == {}


# -- the book

BOOK = os.environ.get("SOP_BOOK")
PROCEDURES = [yaml.safe_load(path.read_text()) for path in sorted(Path(BOOK or "/-").glob("*/*.yaml"))]
ASKING = [sop for sop in PROCEDURES if sop["persyaratan"]]
needs_book = pytest.mark.skipif(
    not BOOK, reason="set SOP_BOOK to the folder of the SOP book to compare the lists with it"
)


@needs_book
def test_every_procedure_of_the_book_that_asks_for_something_has_its_list() -> None:
    assert set(LISTS) == {sop["id"] for sop in ASKING}
    assert sum(len(sop["persyaratan"]) for sop in ASKING) == 122


@needs_book
@pytest.mark.parametrize("sop", ASKING, ids=[sop["id"] for sop in ASKING])
def test_the_book_s_rows_are_the_rules_of_its_regime(sop: dict[str, Any]) -> None:
    printed = [(row["dokumen"], row["jumlah"], row["alternatif"]) for row in sop["persyaratan"]]
    assert list(_of_the_book(_table(sop["id"]))) == printed


@needs_book
@pytest.mark.parametrize("sop", ASKING, ids=[sop["id"] for sop in ASKING])
def test_what_the_book_asks_under_a_condition_is_not_asked_of_everybody(sop: dict[str, Any]) -> None:
    rules = [rule for rule in _table(sop["id"]).rules if "Perpres_96" not in rule.tests[0].text]
    for row, rule in zip(sop["persyaratan"], rules, strict=True):
        conditional = any(test.text != "-" for test in rule.tests[1:])
        assert conditional or row["syarat"] is None
        deduced = any("disimpulkan" in note or ":" in note for note in rule.annotations.values())
        assert deduced or not conditional


def _table(name: str) -> model.Table:
    definitions = dmn.read(LISTS[name].read_bytes())
    (decision,) = definitions.decisions
    assert isinstance(decision.logic, model.Table)
    return decision.logic


def _of_the_book(table: model.Table) -> Iterator[tuple[str, str | None, list[str]]]:
    for rule in table.rules:
        if "Perpres_96" not in rule.tests[0].text:
            _, document, _, number, others = (yaml.safe_load(one.text) for one in rule.outputs)
            yield document, number, others
