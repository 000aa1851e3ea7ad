"""The DMN TCK's own cases, from a folder of the kit's shape that the environment variable TCK names."""

import os
from pathlib import Path

import pytest

from tests.dmn import tck

FOLDER = os.environ.get("TCK", "")

# What was reached; Java functions (0076) are refused, which costs 1 % of level 3.
FLOORS = {"level-2": 1.0, "level-3": 0.988}


@pytest.mark.skipif(not FOLDER, reason="TCK names no folder of the DMN TCK")
def test_the_score_does_not_fall():
    outcomes = list(tck.run(Path(FOLDER)))
    assert outcomes, f"no test case of the kit's shape under {FOLDER}"
    for level, score in tck.scores(outcomes).items():
        assert score.passed >= FLOORS[level] * score.cases, f"{level}: {score}"
        assert score.right >= (FLOORS[level] - 0.005) * score.wanted, f"{level}: {score}"


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """A kit of one folder with one case that passes and one that fails."""
    folder = tmp_path / "compliance-level-2" / "0001-satu"
    folder.mkdir(parents=True)
    (folder / "satu.dmn").write_text(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="d" namespace="urn:d">'
        '<inputData id="n" name="n"><variable name="n" typeRef="number"/></inputData><decision id="d" name="dua kali">'
        '<informationRequirement><requiredInput href="#n"/></informationRequirement>'
        "<literalExpression><text>[n * 2, null]</text></literalExpression></decision></definitions>"
    )
    cases = "".join(
        f'<testCase id="{id_}"><inputNode name="n"><value xsi:type="xsd:decimal">1.5</value></inputNode>'
        f'<resultNode name="dua kali"><expected><list><item><value xsi:type="xsd:double">{value}</value></item>'
        '<item><value xsi:nil="true"/></item></list></expected></resultNode></testCase>'
        for id_, value in (("001", "3.000000001"), ("002", "4"))
    )
    (folder / "0001-satu-test-01.xml").write_text(
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><modelName>satu.dmn</modelName>{cases}</testCases>'
    )
    return tmp_path


def test_a_folder_without_cases_is_an_error(tmp_path):
    assert tck.main([str(tmp_path)]) == 1


def test_the_runner_ends_with_one_line_a_level(kit, capsys):
    assert tck.main([str(kit), "-v", "--csv", str(kit / "hasil.csv")]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0].startswith("0001-satu 002 dua kali: expected")
    assert shown[-1] == "level-2: 1/2 cases, 1/2 non-null results"
    first, second = (kit / "hasil.csv").read_text().splitlines()
    assert first == '"compliance-level-2/0001-satu","0001-satu-test-01","001","SUCCESS",""'
    assert second.startswith(
        '"compliance-level-2/0001-satu","0001-satu-test-01","002","ERROR","dua kali: expected'
    )
