"""Expressions and decisions tried out at the terminal."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:k="urn:k" id="denda" name="Denda" namespace="uji">
  <inputData id="hari" name="hari"><variable name="hari" typeRef="number"/></inputData>
  <decision id="denda_terlambat" name="Denda terlambat">
    <variable name="denda"/>
    <informationRequirement><requiredInput href="#hari"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input label="Hari"><inputExpression typeRef="number"><text>hari</text></inputExpression></input>
      <output name="rupiah"/>
      <annotation name="Dasar"/>
      <rule><inputEntry><text>&lt;= 60</text></inputEntry><outputEntry><text>0</text></outputEntry>
        <annotationEntry><text>UU 24/2013</text></annotationEntry></rule>
      <rule><inputEntry><text>&gt; 60</text></inputEntry><outputEntry><text>50000</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>"""


def call(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=input)


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "denda.dmn"
    path.write_text(TABLE)
    return str(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2", "3"),
        ("= 1 + 2", "3"),
        ("0.1 + 0.2", "0.3"),
        ('date("2026-01-31") + duration("P1M")', "2026-02-28"),
        ("pemohon.tanggal lahir", "1990-05-01"),
        ("anak[usia kini > 5].nama", '["Ani"]'),
        ('jumlah_hk(date("2026-06-05"), date("2026-06-08"))', "2"),
    ],
)
def test_an_expression_is_computed(tmp_path: Path, text: str, value: str) -> None:
    context = tmp_path / "data.json"
    family = [{"nama": "Ani", "usia kini": 7}, {"nama": "Adi", "usia kini": 2}]
    context.write_text(json.dumps({"pemohon": {"tanggal lahir": "1990-05-01"}, "anak": family}))
    answer = call("feel", text, "--context", str(context))
    assert (answer.exit_code, answer.stdout.strip()) == (0, value)


def test_what_has_no_value_is_null_with_a_warning() -> None:
    answer = call("feel", "entah(1)")
    assert (answer.stdout, answer.exit_code) == ("null\n", 0)
    assert "Fungsi entah tidak dikenal" in answer.stderr


def test_a_text_that_is_no_feel_ends_with_status_1() -> None:
    answer = call("feel", "1 +")
    assert (answer.stdout, answer.exit_code) == ("", 1)
    assert "baris 1, kolom 4" in answer.stderr


def test_numbers_of_a_context_are_read_digit_for_digit() -> None:
    answer = call("feel", "x", "--context", "-", input='{"x": 0.1234567890123456789012345}')
    assert answer.stdout == "0.1234567890123456789012345\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [("[1]", "isinya bukan objek"), ('{"a": }', "baris 1, kolom 7"), ("", "baris 1, kolom 1")],
)
def test_a_context_that_is_no_object_is_refused(text: str, why: str) -> None:
    answer = call("feel", "x", "--context", "-", input=text)
    assert answer.exit_code == 1
    assert why in answer.stderr


def test_a_decision_tells_its_value_the_rule_and_the_law(table: str) -> None:
    answer = call("decide", table, "--input", "-", input='{"hari": 12}')
    assert answer.stderr == ""
    assert answer.stdout.splitlines() == [
        "0",
        "",
        "Denda terlambat (denda_terlambat) = 0",
        "  masukan Hari = 12",
        "  aturan 1: rupiah = 0",
        "    Dasar: UU 24/2013",
    ]


def test_a_decision_without_its_input_says_which(table: str) -> None:
    answer = call("decide", table)
    assert answer.stdout.startswith("null\n")
    assert answer.stderr == "Tidak diberikan, jadi null: hari\n"


def test_a_decision_that_is_not_there_is_told_with_those_that_are(table: str) -> None:
    answer = call("decide", table, "--decision", "cukai")
    assert answer.exit_code == 1
    assert "Yang ada: “Denda terlambat”" in answer.stderr


def test_of_several_answers_one_must_be_named(tmp_path: Path) -> None:
    two = tmp_path / "dua.dmn"
    second = (
        '<decision id="kedua" name="Kedua"><literalExpression><text>1</text></literalExpression></decision>'
    )
    two.write_text(TABLE.replace("</definitions>", second + "</definitions>"))
    answer = call("decide", str(two))
    assert answer.exit_code == 1
    assert "denda_terlambat, kedua" in answer.stderr
