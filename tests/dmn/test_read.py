"""Files that are read, and files that are refused by name."""

import pytest

from server import dmn
from server.dmn.boxed import MAX_DEPTH
from server.dmn.xml import VERSIONS
from tests.dmn.files import definitions, imported, opened

NOTHING = '<decision id="a" name="A"/>'


@pytest.mark.parametrize("namespace", VERSIONS)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_every_version_is_read(scheme, namespace):
    assert dmn.read(definitions(NOTHING, f"{scheme}://{namespace}")).decisions[0].name == "A"


def test_types_of_dmn_1_1_lose_their_prefix():
    old = opened("lama")
    assert old.inputs[0].variable.type_ref == "string"
    assert old.decisions[0].variable.type_ref == "tBatas"


def test_extensions_of_editors_are_passed_over():
    body = '<decision id="a" name="A"><extensionElements><x xmlns="urn:x"/></extensionElements><z:y xmlns:z="urn:z"/></decision>'
    assert dmn.read(definitions(body)).decisions[0].logic is None


def table(
    attributes: str = "",
    rule: str = "<inputEntry><text>-</text></inputEntry><outputEntry><text>1</text></outputEntry>",
):
    return (
        f'<decision id="a" name="A"><decisionTable {attributes}><input><inputExpression><text>x</text></inputExpression></input>'
        f"<output/><rule>{rule}</rule></decisionTable></decision>"
    )


def required(id_: str, other: str) -> str:
    return (
        f'<decision id="{id_}" name="{id_.upper()}"><informationRequirement><requiredDecision href="#{other}"/>'
        "</informationRequirement></decision>"
    )


def nested(depth: int) -> str:
    return f'<decision id="a" name="A">{"<list>" * depth}{"</list>" * depth}</decision>'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (NOTHING + NOTHING, "Id “a” dipakai lebih dari sekali"),
        (required("a", "b"), "Keputusan “A”, baris 1: Membutuhkan “b”, yang tidak ada"),
        (required("a", "a"), "Kebutuhan berputar: “A” → “A”"),
        (
            required("a", "b") + required("b", "c") + required("c", "a"),
            "Kebutuhan berputar: “A” → “B” → “C” → “A”",
        ),
        (table('hitPolicy="SEMUA"'), "Kebijakan tabel “SEMUA” tidak dikenal"),
        (table('hitPolicy="COLLECT" aggregation="RATA"'), "Agregasi “RATA” tidak dikenal"),
        (
            table(rule="<outputEntry><text>1</text></outputEntry>"),
            "aturan 1, baris 1: Baris ini berisi 0 sel masukan",
        ),
        (nested(MAX_DEPTH + 1), "bersarang"),
        (
            '<import name="x" namespace="urn:x" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>',
            "urn:x",
        ),
        (
            '<import name="d" namespace="urn:uji:d" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>',
            "Impor berputar",
        ),
    ],
)
def test_a_file_that_cannot_be_evaluated_is_refused(body, said):
    with pytest.raises(dmn.Unreadable, match="Berkas DMN") as refusal:
        dmn.read(definitions(body), imported)
    assert said in str(refusal.value)
    assert refusal.value.problems


def test_all_problems_are_told_at_once():
    with pytest.raises(dmn.Unreadable) as refusal:
        dmn.read(
            definitions(
                required("a", "x") + required("b", "y") + table('hitPolicy="Z"').replace('"a"', '"c"')
            )
        )
    assert len(refusal.value.problems) == 3


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Bukan XML"),
        (b"<definitions", "Bukan XML"),
        (b"<definitions/>", "Akar berkas"),
        (definitions("", "urn:lain"), "Akar berkas"),
        (b"\x00\xff\xfe", "Bukan XML"),
        (
            b'<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
            + definitions('<decision id="a" name="&e;"/>'),
            "",
        ),
        (f'<!DOCTYPE d [<!ENTITY e0 "x">{BOMB}]>'.encode() + definitions("&e9;"), ""),
        (b"<!DOCTYPE d>" + definitions(""), "DOCTYPE"),
        (definitions("<a>" * 5000 + "</a>" * 5000), "Bukan XML"),
    ],
)
def test_hostile_or_broken_bytes_are_refused(data, said):
    with pytest.raises(dmn.Unreadable, match=said or None):
        dmn.read(data)
