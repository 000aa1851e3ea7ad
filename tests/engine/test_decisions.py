"""Published tables: what cannot be computed is refused; what can is read once, with the house's functions."""

import pytest

from server.engine import Unpublishable, decisions, tables
from tests.dmn.files import definitions, table
from tests.engine.conftest import ANYBODY, Office

NEXT_DAY = definitions(
    '<inputData id="m" name="mulai"><variable name="mulai" typeRef="date"/></inputData>'
    '<decision id="d" name="d"><informationRequirement><requiredInput href="#m"/></informationRequirement>'
    "<literalExpression><text>hk_setelah(mulai, 1)</text></literalExpression></decision>"
)


@pytest.mark.parametrize(
    ("rules", "where", "told"),
    [
        (["1 | - -> 1", '"dua" | - -> 2'], "aturan 2, masukan 1", "Sel ini berisi teks"),
        (["1 | [1.. -> 1"], "aturan 1, masukan 2", "Di sini"),
        (["1 | > entah -> 1"], "aturan 1, masukan 2", "Nama “entah” tidak dikenal"),
        (["1 | - -> entah + 1"], "aturan 1, hasil 1", "Nama “entah” tidak dikenal"),
    ],
)
def test_a_table_that_cannot_work_is_refused_with_row_and_column(
    office: Office, rules: list[str], where: str, told: str
) -> None:
    with pytest.raises(Unpublishable) as refusal:
        office.publish(aturan__dmn=table({"hari": "number", "jam": "number"}, rules))
    (problem,) = refusal.value.problems
    assert problem.where == f"aturan.dmn: Keputusan “d”, {where}"
    assert problem.message.startswith(told)
    assert office.rows(tables.Definition) == []


def test_a_table_with_a_gap_is_published(office: Office) -> None:
    assert office.publish(aturan__dmn=table({"hari": "number"}, ["1 -> 1"])).definitions


def test_the_house_s_functions_are_known_to_tables(office: Office) -> None:
    office.publish(hari__dmn=NEXT_DAY)
    said = office.gate.ask(
        lambda c: decisions.evaluate(office.engine, c, ANYBODY, "d", {"mulai": "2026-11-20"})
    )
    assert (said["output"], said["failure_message"]) == ("2026-11-23", None)


def test_a_file_is_read_once(office: Office) -> None:
    published = office.publish(hari__dmn=NEXT_DAY).definitions[0]
    bundles, key = office.engine.bundles, published.resource_key
    assert office.gate.ask(lambda c: bundles.decisions(c, key)) is office.gate.ask(
        lambda c: bundles.decisions(c, key)
    )
