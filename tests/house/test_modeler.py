"""What the office draws opens in bpmn-js, dmn-js and Camunda Modeler: their own readers find nothing to complain of."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server import letters

ROOT = Path(__file__).parents[2]
FILES = [
    str(path.relative_to(ROOT))
    for pattern in ("bpmn/**/*.bpmn", "dmn/**/*.dmn", "bpmn/element-templates/*.json")
    for path in sorted(ROOT.glob(pattern))
]


def complaints(*files: str) -> dict[str, list[str]]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js on this machine: install Node 20.12 or newer")
    if not (ROOT / "node_modules" / "bpmn-moddle").is_dir():
        pytest.skip("node_modules is missing: run npm ci --ignore-scripts --no-audit --no-fund")
    script = Path(__file__).with_name("moddle.mjs")
    result = subprocess.run(
        [node, "--no-warnings", script, *files], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    found: dict[str, list[str]] = json.loads(result.stdout)
    return found


def test_every_diagram_table_and_template_is_read_without_a_warning() -> None:
    assert {file: found for file, found in complaints(*FILES).items() if found} == {}


def test_a_warning_of_the_reader_is_seen(tmp_path: Path) -> None:
    broken = tmp_path / "broken.bpmn"
    diagram = (ROOT / "bpmn/umum-kepegawaian/pengajuan-cuti.bpmn").read_text()
    broken.write_text(diagram.replace('targetRef="catat_permohonan"', 'targetRef="tidak_ada"'))
    assert any("tidak_ada" in complaint for complaint in complaints(str(broken))[str(broken)])


def test_a_breach_of_the_lint_rules_is_seen(tmp_path: Path) -> None:
    unnamed = tmp_path / "unnamed.bpmn"
    diagram = (ROOT / "bpmn/umum-kepegawaian/pengajuan-cuti.bpmn").read_text()
    unnamed.write_text(diagram.replace('name="Jalani cuti"', 'name=""'))
    found = complaints(str(unnamed))[str(unnamed)]
    assert found == ["label-required: langkah_10: Element is missing label/name"]


def test_every_template_that_a_diagram_names_ships_with_the_diagrams() -> None:
    shipped = json.loads((ROOT / "bpmn/element-templates/sop.json").read_text())
    known = {(template["id"], str(template["version"])) for template in shipped}
    applied = re.compile(r'zeebe:modelerTemplate="([^"]*)" zeebe:modelerTemplateVersion="([^"]*)"')
    named = {found for path in ROOT.glob("bpmn/**/*.bpmn") for found in applied.findall(path.read_text())}
    assert named <= known


def test_the_letters_that_a_modeler_offers_are_those_that_come_with_the_program() -> None:
    shipped = json.loads((ROOT / "bpmn/element-templates/sop.json").read_text())
    (asked,) = [
        each
        for template in shipped
        for each in template["properties"]
        if each["binding"] == {"type": "zeebe:taskHeader", "key": "surat"}
    ]
    assert {each["value"]: each["name"] for each in asked["choices"]} == letters.templates().titles
