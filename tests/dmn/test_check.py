"""What publishing says of a table: texts, names, types, gaps, overlaps, rules that never count."""

import pytest

from server import dmn
from server.dmn import coverage
from tests.dmn.files import definitions, opened, table

HARI = {"hari": "number"}
DEFAULT = "<defaultOutputEntry><text>0</text></defaultOutputEntry>"


def said(data: bytes, **options) -> list[str]:
    return [problem.message for problem in dmn.check(dmn.read(data), **options)]


@pytest.mark.parametrize(
    ("columns", "rules", "gap"),
    [
        (HARI, ["< 3 -> 1", "> 3 -> 2"], "hari = 3"),
        (HARI, ["[1..5] -> 1", "> 5 -> 2"], "hari = 0"),
        (HARI, ["< 1.5 -> 1", "> 2 -> 2", "2 -> 3"], "hari = 1.5"),
        ({"hari": "number:[0..31]"}, ["[0..10] -> 1", "[12..31] -> 2"], "hari = 11"),
        ({"wni": "boolean"}, ["true -> 1"], "wni = false"),
        ({"asal": 'string:"desa", "kota"'}, ['"desa" -> 1'], 'asal = "kota"'),
        (
            {"tgl": "date"},
            ['< date("2021-08-31") -> 1', '> date("2021-08-31") -> 2'],
            "tgl = 2021-08-31",
        ),
        (
            {"rezim": 'string:"lama", "baru"', "hari": "number"},
            ['"lama" | - -> 1', '"baru" | < 3 -> 2'],
            'rezim = "baru", hari = 3',
        ),
        ({"lama": ""}, ['<= duration("P1Y") -> 1', '> duration("P13M") -> 2'], "lama = P1Y1M"),
    ],
)
def test_a_gap_is_told_with_an_example(columns, rules, gap):
    found = said(table(columns, rules))
    assert f"Tidak ada aturan untuk {gap}. Tambahkan aturan atau hasil bawaan." in found


@pytest.mark.parametrize(
    ("columns", "rules"),
    [
        (HARI, ["< 3 -> 1", "[3..10] -> 2", "> 10 -> 3"]),
        (HARI, ["<= 3 -> 1", "[4..10] -> 2", "]10..20] -> 3", ">= 21 -> 4"]),
        ({"asal": ""}, ['"desa" -> 1', '"kota" -> 2']),
        ({"asal": ""}, ['"desa" -> 1', 'not("desa") -> 2']),
        ({"wni": "boolean", "umur": "number"}, ["true | >= 17 -> 1", "true | < 17 -> 2", "false | - -> 3"]),
        ({"tgl": "date"}, ['<= date("2021-08-30") -> 1', '>= date("2021-08-31") -> 2']),
        ({"hari": "number", "batas": "number"}, ["< batas | - -> 1", ">= batas | - -> 2"]),
    ],
)
def test_a_complete_table_is_in_order(columns, rules):
    assert said(table(columns, rules)) == []


def test_each_gap_is_told():
    found = said(table({"hari": "number:[0..9]"}, ["[1..3] -> 1", "[5..7] -> 2"]))
    assert [message.partition(" untuk ")[2].partition(".")[0] for message in found] == [
        "hari = 0",
        "hari = 4",
        "hari = 8",
        "hari = 9",
    ]


def test_a_default_leaves_no_gap():
    assert said(table(HARI, ["< 3 -> 1"], inside=DEFAULT)) == []


def test_a_collecting_table_may_leave_gaps_and_overlap():
    assert said(table(HARI, ["< 3 -> 1", "< 5 -> 2"], "COLLECT")) == []


@pytest.mark.parametrize(
    ("policy", "rules", "overlap"),
    [
        (
            "UNIQUE",
            ["<= 3 -> 1", "[3..5] -> 1", "> 5 -> 2"],
            "Aturan 1 dan 2 sama-sama cocok untuk hari = 3.",
        ),
        ("ANY", ["<= 3 -> 1", ">= 3 -> 2"], "Aturan 1 dan 2 sama-sama cocok untuk hari = 3."),
    ],
)
def test_an_overlap_is_told_with_an_example(policy, rules, overlap):
    assert said(table(HARI, rules, policy)) == [overlap]


def test_rules_that_agree_may_overlap_under_any():
    assert said(table(HARI, ["<= 3 -> 1", ">= 3 -> 1"], "ANY")) == []


def test_a_rule_behind_others_never_counts_under_first():
    rules = ["< 5 -> 1", ">= 5 -> 2", "3 -> 3", "- -> 4"]
    found = said(table(HARI, rules, "FIRST"))
    assert [message.partition(":")[0] for message in found] == [
        "Aturan 3 tidak pernah terpilih",
        "Aturan 4 tidak pernah terpilih",
    ]


def test_a_rule_behind_a_more_important_one_never_counts_under_priority():
    order = '<outputValues><text>"berat", "ringan"</text></outputValues>'
    found = said(
        table(HARI, ['> 5 -> "ringan"', '> 3 -> "berat"', '- -> "ringan"'], "PRIORITY", inside=order)
    )
    assert found == ["Aturan 1 tidak pernah terpilih: aturan yang lebih diutamakan sudah mencakup semuanya."]


def test_a_rule_outside_the_allowed_values_never_counts():
    found = said(table({"hari": "number:[0..31]"}, ["[0..31] -> 1", "> 40 -> 2"]))
    assert "Aturan 2 tidak pernah terpilih: tidak ada nilai yang boleh yang cocok." in found


@pytest.mark.parametrize(
    ("data", "message", "where"),
    [
        (
            table(HARI, ["< 3 dan -> 1", ">= 3 -> 2"]),
            "yang ada 'dan'",
            "Keputusan “d”, aturan 1, masukan 1",
        ),
        (
            table(HARI, ['"tiga" -> 1', "- -> 2"], "FIRST"),
            "berisi teks",
            "Keputusan “d”, aturan 1, masukan 1",
        ),
        (
            table({"asal": 'string:"desa", "kota"'}, ['"dessa" -> 1', "- -> 2"], "FIRST"),
            'Nilai "dessa" tidak termasuk yang boleh untuk kolom “asal”',
            "Keputusan “d”, aturan 1, masukan 1",
        ),
        (
            table(HARI, ["- -> true"], output=' typeRef="string"'),
            "berisi boolean",
            "Keputusan “d”, aturan 1, hasil 1",
        ),
        (
            table(
                HARI, ['- -> "rignan"'], inside='<outputValues><text>"ringan", "berat"</text></outputValues>'
            ),
            'Nilai "rignan" tidak termasuk yang boleh',
            "Keputusan “d”, aturan 1, hasil 1",
        ),
        (
            definitions(
                '<decision id="d" name="d"><decisionTable><input><inputExpression><text/></inputExpression></input>'
                "<output/></decisionTable></decision>"
            ),
            "Kolom ini belum menyebut apa yang diuji.",
            "Keputusan “d”, kolom masukan 1 “1”",
        ),
        (table(HARI, ["- -> gaji"]), "Nama “gaji” tidak dikenal di sini", "Keputusan “d”, aturan 1, hasil 1"),
        (
            definitions('<decision id="d" name="d"><variable name="d" typeRef="tGaji"/></decision>'),
            "Tipe “tGaji” tidak dikenal",
            None,
        ),
    ],
)
def test_a_problem_names_its_place(data, message, where):
    problem = dmn.check(dmn.read(data))[0]
    assert message in problem.message
    assert problem.where == where


def test_host_functions_are_known():
    assert said(table(HARI, ["- -> hk_setelah(hari, 2)"]), functions=["hk_setelah"]) == []
    assert said(table(HARI, ["- -> hk_setelah(hari, 2)"])) != []


@pytest.mark.parametrize("name", ["kotak", "kebutuhan"])
def test_names_within_boxes_and_requirements_are_known(name):
    messages = [problem.message for problem in dmn.check(opened(name))]
    assert [message for message in messages if "tidak dikenal" in message] == (
        ["Nama “Umur” tidak dikenal di sini. Hubungkan data masukan atau keputusan yang memberikannya."]
        if name == "kebutuhan"
        else []
    )


def test_a_large_table_is_checked_in_time():
    rules = [f'"k{n % 50}" | [{n * 10}..{n * 10 + 9}] -> {n}' for n in range(1000)]
    found = said(table({"kunci": "", "nilai": "number"}, rules))
    assert not [message for message in found if message.startswith("Aturan")]


def test_types_of_types_that_explode_are_refused():
    doubling = "".join(
        f'<itemDefinition name="t{n}"><itemComponent name="a"><typeRef>t{n + 1}</typeRef></itemComponent>'
        f'<itemComponent name="b"><typeRef>t{n + 1}</typeRef></itemComponent></itemDefinition>'
        for n in range(30)
    )
    chain = "".join(
        f'<itemDefinition name="c{n}"><typeRef>c{n + 1}</typeRef></itemDefinition>' for n in range(2000)
    )
    body = doubling + chain + '<decision id="d" name="d"><variable name="d" typeRef="t0"/></decision>'
    assert any(message.endswith("terlalu besar.") for message in said(definitions(body)))


def test_a_type_within_itself_is_in_order():
    tree = (
        '<itemDefinition name="tUnit"><itemComponent name="nama"><typeRef>string</typeRef></itemComponent>'
        '<itemComponent name="anak" isCollection="true"><typeRef>tUnit</typeRef></itemComponent></itemDefinition>'
        '<decision id="d" name="d"><variable name="d" typeRef="tUnit"/><literalExpression>'
        '<text>{nama: "dinas", anak: [{nama: "seksi", anak: []}]}</text></literalExpression></decision>'
    )
    assert said(definitions(tree)) == []
    value = dmn.evaluate(dmn.read(definitions(tree)), "d", {}).value
    assert value == {"nama": "dinas", "anak": [{"nama": "seksi", "anak": []}]}


def test_what_cannot_work_is_told_apart_from_what_is_hardly_meant():
    definitions = dmn.read(table(HARI, ["< 3 dan -> 1", "> 3 -> 2"]))
    assert all("Tidak ada aturan" not in problem.message for problem in dmn.check_texts(definitions))
    assert dmn.check(definitions) == (*dmn.check_texts(definitions), *dmn.check_tables(definitions))


def test_ten_thousand_parentheses_in_a_cell_are_a_problem_of_that_cell():
    file = table(HARI, ["(" * 10_000 + "1" + ")" * 10_000 + " -> 1", "2 -> 2"])
    problem = dmn.check(dmn.read(file))[0]
    assert problem.where == "Keputusan “d”, aturan 1, masukan 1"
    assert dmn.evaluate(dmn.read(file), "d", {"hari": 2}).value == 2


def test_names_that_may_be_entries_of_untyped_lists_are_no_strangers():
    rules = ["- -> count(hari[umur > 3 and item.batas = 1])"]
    assert said(table({"hari": ""}, rules)) == []


def test_a_check_that_was_cut_short_says_so(monkeypatch):
    monkeypatch.setattr("server.dmn.coverage.MAX_STEPS", 3)
    found = said(table({"a": "number", "b": "number"}, ["< 3 | < 3 -> 1", "> 3 | > 3 -> 2", "3 | 3 -> 3"]))
    assert (
        "Tabel terlalu besar untuk diperiksa sampai habis; celah dan tumpang tindih lain mungkin ada."
        in found
    )


@pytest.mark.parametrize("cell", ['< date("2017-04-")', '[date("2026-02-30")..date("2026-03-01")]'])
def test_a_date_that_there_is_not_is_told_at_its_cell(cell: str) -> None:
    found = dmn.check_texts(dmn.read(table({"tgl": "date"}, [f"{cell} -> 1"])))

    assert [(each.where or "")[-21:] for each in found] == [", aturan 1, masukan 1"]
    assert found[0].message.startswith('Tidak ada tanggal, waktu atau lama seperti date("')


def test_the_walk_of_one_long_column_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "MAX_STEPS", 1000)
    seen: list[object] = []
    holds = coverage._Walk._holds

    def counted(walk: coverage._Walk, rule: int, column: int, value: object) -> bool:
        seen.append(rule)
        return holds(walk, rule, column, value)

    monkeypatch.setattr(coverage._Walk, "_holds", counted)

    found = said(table(HARI, [f"{day} -> 1" for day in range(200)]))

    assert any("terlalu besar untuk diperiksa" in message for message in found)
    assert len(seen) <= 1000
