"""Decisions, requirements, services, imports, types at the boundary, and the way a decision was reached."""

from decimal import Decimal

import pytest

from server import dmn, feel
from tests.dmn.files import definitions, imported, literal, opened, table

PEGAWAI = {"nama lengkap": "Budi", "golongan": "III/a", "tanggal lahir": "1968-02-29", "anak": []}
GIVEN = {"Pegawai": PEGAWAI, "Hari ini": "2026-11-22", "Jabatan": "Pelaksana", "Angka": [1, Decimal("2.5")]}


@pytest.fixture(scope="module")
def kebutuhan() -> dmn.Definitions:
    return opened("kebutuhan")


@pytest.mark.parametrize(
    ("decision", "inputs", "value"),
    [
        ("umur", GIVEN, Decimal(58)),
        ("Umur", GIVEN, Decimal(58)),
        ("usia_pensiun", GIVEN, True),
        ("usia_pensiun", {**GIVEN, "Jabatan": "Kepala Dinas"}, False),
        ("surat", GIVEN, "Yth. Budi, pensiun"),
        ("surat", {**GIVEN, "lama": {"Jabatan": "Kepala Dinas"}}, "Yth. Budi, 58"),
        ("jumlah", GIVEN, Decimal("3.5")),
        ("jumlah", {"Angka": 7}, Decimal(7)),
        ("hitung", {"Lepas": 5}, Decimal(120)),
        ("layanan", {"Angka": [1, 2], "Umur": 40}, {"total": Decimal(3), "umur": Decimal(40)}),
        ("pakai_layanan", {}, [Decimal(3), Decimal(41)]),
        ("gabung", {"kiri": "a", "kanan": "b"}, "a b"),
        ("kosong", {}, None),
    ],
)
def test_value_of_a_decision(kebutuhan, decision, inputs, value):
    assert dmn.evaluate(kebutuhan, decision, inputs).value == value


def test_a_required_decision_is_evaluated_once(kebutuhan):
    names = [trace.name for trace in dmn.evaluate(kebutuhan, "surat", GIVEN).decisions]
    assert names.index("Umur") < names.index("Usia pensiun") < names.index("Surat")
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("decision", "inputs", "said"),
    [
        ("salah_tipe", {}, "“bukan angka” bukan number, jadi null"),
        ("tanpa_syarat", GIVEN, "Umur"),
        ("umur", {**GIVEN, "Hari ini": "kemarin"}, "“kemarin” bukan date, jadi null"),
        ("umur", {**GIVEN, "Pegawai": {**PEGAWAI, "golongan": "V/z"}}, '"III/a", "III/b", "IV/a"'),
        ("jumlah", {"Angka": [1, "dua"]}, "bukan tAngka"),
        ("hitung", {"Lepas": 1000}, "terlalu dalam"),
    ],
)
def test_what_cannot_be_computed_is_null_and_says_why(kebutuhan, decision, inputs, said):
    answer = dmn.evaluate(kebutuhan, decision, inputs)
    assert answer.value is None
    assert said in " ".join(str(warning) for warning in answer.warnings)


def test_a_decision_sees_only_what_it_requires(kebutuhan):
    assert dmn.evaluate(kebutuhan, "tanpa_syarat", {**GIVEN, "Umur": 3}).value is None


def test_a_missing_entry_of_a_typed_input_is_null(kebutuhan):
    answer = dmn.evaluate(kebutuhan, "umur", {**GIVEN, "Pegawai": {"tanggal lahir": "2000-01-01"}})
    assert answer.value == Decimal(26)


def test_temporal_results_are_iso_texts():
    answer = dmn.evaluate(dmn.read(literal('[date("2026-11-22"), duration("P1Y"), 1.50]')), "d", {})
    assert answer.value == ["2026-11-22", "P1Y", Decimal("1.5")]


def test_a_number_keeps_its_34_digits():
    answer = dmn.evaluate(dmn.read(literal("-1234567890123456789012345678901234")), "d", {})
    assert answer.value == Decimal("-1234567890123456789012345678901234")


def test_a_host_function_is_seen_everywhere():
    lusa = feel.Function("lusa", ("hari",), lambda hari: hari + 2)
    answer = dmn.evaluate(dmn.read(literal("lusa(1)")), "d", {}, functions={"lusa": lusa})
    assert answer.value == Decimal(3)


def test_an_unknown_decision_is_refused_by_name(kebutuhan):
    with pytest.raises(dmn.NoSuchDecision, match=r"“Gaji” tidak ada .* “Umur”"):
        dmn.evaluate(kebutuhan, "Gaji", {})


def test_the_trace_of_a_table_tells_inputs_rules_and_the_law():
    answer = dmn.evaluate(opened("kebijakan"), "unik", {"hari": 5})
    (trace,) = answer.decisions
    assert (trace.id, trace.name, trace.kind, trace.value) == ("unik", "Unik", "DECISION_TABLE", "ringan")
    assert trace.inputs == (dmn.InputSeen("kolom_hari", "Hari tidak masuk", Decimal(5)),)
    (rule,) = trace.rules
    assert (rule.id, rule.number, rule.annotations) == ("u2", 2, {"Dasar hukum": "PP 94/2021 ps. 10"})
    assert rule.outputs == (dmn.OutputGiven("hasil_jenis", "Jenis", "ringan"),)


def test_a_description_is_an_annotation_where_the_editor_knows_no_columns():
    (trace,) = dmn.evaluate(opened("kebijakan"), "unik", {"hari": 11}).decisions
    assert trace.rules[0].annotations["description"] == "PP 94/2021 ps. 11"


def test_ten_thousand_parentheses_in_a_text_are_null_with_a_warning():
    answer = dmn.evaluate(dmn.read(literal("(" * 10_000 + "1" + ")" * 10_000)), "d", {})
    assert answer.value is None
    assert answer.warnings


def test_a_long_chain_of_decisions_is_evaluated():
    links = "".join(
        f'<decision id="d{n}" name="d{n}"><informationRequirement><requiredDecision href="#d{n - 1}"/></informationRequirement>'
        f"<literalExpression><text>d{n - 1} + 1</text></literalExpression></decision>"
        for n in range(1, 1500)
    )
    first = '<decision id="d0" name="d0"><literalExpression><text>0</text></literalExpression></decision>'
    answer = dmn.evaluate(dmn.read(definitions(first + links)), "d1499", {})
    assert answer.value == Decimal(1499)


LAW = """
<itemDefinition name="tHari"><typeRef>number</typeRef><allowedValues><text>[0..31]</text></allowedValues></itemDefinition>
<businessKnowledgeModel id="tingkat" name="tingkat">
  <variable name="tingkat"/>
  <encapsulatedLogic>
    <decisionTable hitPolicy="FIRST">
      <input><inputExpression typeRef="tHari"><text>jumlah hari</text></inputExpression></input><output/>
      <rule><inputEntry><text>&gt; 10</text></inputEntry><outputEntry><text>"berat"</text></outputEntry></rule>
      <rule><inputEntry><text>-</text></inputEntry><outputEntry><text>"ringan"</text></outputEntry></rule>
    </decisionTable>
  </encapsulatedLogic>
</businessKnowledgeModel>
"""


@pytest.mark.parametrize(
    ("call", "value"),
    [
        ("tingkat(11)", "berat"),
        ("tingkat(jumlah hari: 3)", "ringan"),
        ("tingkat(40)", None),
        ('tingkat("11")', None),
        ("tingkat(1, 2)", None),
        ("tingkat([11])", "berat"),
    ],
)
def test_a_table_without_parameters_takes_its_inputs_for_them(call, value):
    decision = (
        '<decision id="d" name="d"><knowledgeRequirement><requiredKnowledge href="#tingkat"/></knowledgeRequirement>'
        f"<literalExpression><text>{call}</text></literalExpression></decision>"
    )
    answer = dmn.evaluate(dmn.read(definitions(LAW + decision)), "d", {})
    assert answer.value == value
    assert bool(answer.warnings) is (value is None)


def test_the_rules_hit_within_a_knowledge_model_are_told_by_the_decision():
    decision = (
        '<decision id="d" name="d"><knowledgeRequirement><requiredKnowledge href="#tingkat"/></knowledgeRequirement>'
        "<literalExpression><text>tingkat(11)</text></literalExpression></decision>"
    )
    (trace,) = dmn.evaluate(dmn.read(definitions(LAW + decision)), "d", {}).decisions
    assert [(rule.number, rule.outputs[0].value) for rule in trace.rules] == [(1, "berat")]


def test_an_import_without_a_name_is_seen_as_ones_own():
    body = (
        '<import name="" namespace="urn:uji:lama" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
        '<decision id="d" name="d"><variable name="d" typeRef="tBatas"/>'
        '<informationRequirement><requiredDecision href="urn:uji:lama#batas_usia"/></informationRequirement>'
        "<literalExpression><text>Batas usia + 1</text></literalExpression></decision>"
    )
    assert dmn.evaluate(dmn.read(definitions(body), imported), "d", {"Jabatan": "Pengawas"}).value == Decimal(
        59
    )


def test_the_time_for_a_whole_evaluation_is_limited():
    slow = '<decision id="d" name="d"><for iteratorVariable="i"><in><literalExpression><text>[1..100000]</text></literalExpression></in>'
    rest = "<return><literalExpression><text>sum([i, i + 1])</text></literalExpression></return></for></decision>"
    environment = feel.Environment(limits=feel.Limits(seconds=0.2))
    answer = dmn.evaluate(dmn.read(definitions(slow + rest)), "d", {}, environment)
    assert answer.value is None
    assert "terlalu lama" in " ".join(str(warning) for warning in answer.warnings)


CAMUNDA = """
<decision id="d" name="d"><decisionTable hitPolicy="FIRST">
  <input><inputExpression typeRef="date"><text>tanggal</text></inputExpression></input>
  <input><inputExpression typeRef="number"><text>umur</text></inputExpression></input>
  <output name="hasil" typeRef="string"/>
  <rule><inputEntry><text>&gt;= date("2021-08-31")</text></inputEntry><inputEntry><text>&gt; 17</text></inputEntry>
    <outputEntry><text>"baru " + catatan</text></outputEntry></rule>
  <rule><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>
    <outputEntry><text>"lama"</text></outputEntry></rule>
</decisionTable></decision>
"""


def test_a_file_without_input_data_takes_what_it_names():
    given = {"tanggal": "2021-09-01", "umur": 18, "catatan": "sekali"}
    answer = dmn.evaluate(dmn.read(definitions(CAMUNDA)), "d", given)
    assert answer.value == "baru sekali"
    assert not answer.warnings


def test_an_untyped_input_has_the_type_of_the_column_that_names_it():
    file = table({"tanggal": "date"}, ['> date("2021-08-31") -> 1', "- -> 2"], "FIRST")
    assert dmn.evaluate(dmn.read(file), "d", {"tanggal": "2021-09-01"}).value == Decimal(1)


def test_an_input_that_is_not_given_is_told():
    answer = dmn.evaluate(opened("kebijakan"), "urut_aturan", {})
    assert (answer.missing, answer.warnings) == (("hari",), ())
    assert dmn.evaluate(opened("kebijakan"), "urut_aturan", {"hari": None}).missing == ()


def test_a_service_sees_no_inputs_but_its_own():
    body = """
    <inputData id="a" name="a"/><inputData id="b" name="b"/>
    <decision id="x" name="x"><informationRequirement><requiredInput href="#a"/></informationRequirement>
      <informationRequirement><requiredInput href="#b"/></informationRequirement>
      <literalExpression><text>[a, b]</text></literalExpression></decision>
    <decisionService id="satu" name="satu"><outputDecision href="#x"/><inputData href="#a"/></decisionService>
    <decisionService id="dua" name="dua"><outputDecision href="#x"/></decisionService>
    <decision id="d" name="d"><knowledgeRequirement><requiredKnowledge href="#satu"/></knowledgeRequirement>
      <knowledgeRequirement><requiredKnowledge href="#dua"/></knowledgeRequirement>
      <literalExpression><text>[satu(1), dua(1, 2)]</text></literalExpression></decision>
    """
    answer = dmn.evaluate(dmn.read(definitions(body)), "d", {"a": 8, "b": 9})
    assert answer.value == [[Decimal(1), None], [Decimal(1), Decimal(2)]]


@pytest.mark.parametrize(
    ("text", "type_ref", "value"),
    [
        ('["a"]', "string", "a"),
        ("1", "tAngka", [Decimal(1)]),
        ('"a"', "tAngka", None),
        ("[[1]]", "tAngka", None),
        ('date("2026-11-22")', "date and time", "2026-11-22T00:00:00Z"),
        ('date and time("2026-11-22T10:00:00")', "date", None),
        ("{a: 1}", "tPasangan", None),
        ('{a: 1, b: "x", c: true}', "tPasangan", {"a": Decimal(1), "b": "x", "c": True}),
        ("[1, 2, 3]", "tPendek", None),
        ("[1, 2]", "tPendek", [Decimal(1), Decimal(2)]),
        ("[1, 20]", "tPendek", None),
        ("5", "integer", Decimal(5)),
    ],
)
def test_a_value_is_bound_to_a_typed_variable(text, type_ref, value):
    types = (
        '<itemDefinition name="tAngka" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
        '<itemDefinition name="tPasangan"><itemComponent name="a"><typeRef>number</typeRef></itemComponent>'
        '<itemComponent name="b"><typeRef>string</typeRef></itemComponent></itemDefinition>'
        '<itemDefinition name="tPendek" isCollection="true"><typeRef>number</typeRef>'
        "<allowedValues><text>[0..10]</text></allowedValues>"
        "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>"
    )
    decision = (
        f'<decision id="d" name="d"><variable name="d" typeRef="{type_ref}"/>'
        f"<literalExpression><text>{text}</text></literalExpression></decision>"
    )
    assert dmn.evaluate(dmn.read(definitions(types + decision)), "d", {}).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("function(a: number) a + 1", Decimal(3)),
        ("function(a) a + 1", Decimal(3)),
        ("function() 1", None),
        ("1", None),
    ],
)
def test_a_function_is_bound_to_a_function_type_that_takes_as_many_arguments(text, value):
    types = (
        '<itemDefinition name="tF"><functionItem outputTypeRef="number"><parameters name="a" typeRef="number"/>'
        "</functionItem></itemDefinition>"
    )
    context = (
        '<decision id="d" name="d"><context><contextEntry><variable name="f" typeRef="tF"/>'
        f"<literalExpression><text>{text}</text></literalExpression></contextEntry>"
        "<contextEntry><literalExpression><text>f(2)</text></literalExpression></contextEntry></context></decision>"
    )
    assert dmn.evaluate(dmn.read(definitions(types + context)), "d", {}).value == value


def test_what_an_import_holds_is_seen_under_its_name():
    """Input data, types, knowledge models and services of another file, and a table of its own type."""
    body = """
    <import name="k" namespace="urn:uji:kebutuhan" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
    <decision id="d" name="d"><variable name="d" typeRef="k.tAngka"/>
      <informationRequirement><requiredInput href="urn:uji:kebutuhan#in_angka"/></informationRequirement>
      <knowledgeRequirement><requiredKnowledge href="urn:uji:kebutuhan#faktorial"/></knowledgeRequirement>
      <knowledgeRequirement><requiredKnowledge href="urn:uji:kebutuhan#layanan"/></knowledgeRequirement>
      <list>
        <literalExpression><text>sum(k.Angka)</text></literalExpression>
        <invocation><literalExpression><text>k.faktorial</text></literalExpression>
          <binding><parameter name="n"/><literalExpression><text>4</text></literalExpression></binding></invocation>
        <literalExpression><text>k.Layanan(k.Angka, 7).umur</text></literalExpression>
      </list></decision>
    """
    answer = dmn.evaluate(dmn.read(definitions(body), imported), "d", {"k": {"Angka": [1, 2]}})
    assert answer.value == [Decimal(3), Decimal(24), Decimal(7)]
    assert not answer.warnings
