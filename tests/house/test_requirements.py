"""The requirement list of a procedure is one table: what it says on the day of the application is what whoever takes the papers
ticks off."""

from pathlib import Path

import pytest
import simplejson

from server import bpmn
from server.bpmn import model

ROOT = Path(__file__).parents[2]
LISTS = sorted(path.stem for path in ROOT.glob("dmn/persyaratan/*.dmn") if path.stem != "rezim-adminduk")
FORMS = {
    form["id"]: form for form in (simplejson.loads(path.read_text()) for path in ROOT.glob("forms/*/*.form"))
}


@pytest.mark.parametrize("name", LISTS)
def test_the_list_of_the_day_is_what_is_ticked_off(name: str) -> None:
    (path,) = ROOT.glob(f"bpmn/*/{name}.bpmn")
    (process,) = bpmn.read(path.read_bytes()).executable
    asked = [
        node.decision.id.text
        for node in process.nodes.values()
        if isinstance(node, model.BusinessRuleTask) and node.decision
    ]
    assert {"rezim_adminduk", f"persyaratan_{process.id}"} <= set(asked)
    assert any(
        component["type"] == "checklist" and "for p in persyaratan " in component.get("valuesExpression", "")
        for node in process.nodes.values()
        if isinstance(node, model.UserTask) and node.form and node.form.id
        for component in FORMS[node.form.id]["components"]
    )
