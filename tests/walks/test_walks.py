"""Every procedure is walked through every branch to its end, by the people of the office."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from server import bpmn, errors
from tests.walks.conftest import ROOT, Office

WALKS = [yaml.safe_load(path.read_text()) for path in sorted(Path(__file__).parent.glob("*.yaml"))]


def walks() -> Iterator[Any]:
    for procedure in WALKS:
        for walk in procedure["jalan"]:
            yield pytest.param(procedure, walk, id=f"{procedure['proses']}: {walk['nama']}")


def take(office: Office, procedure: dict[str, Any], walk: dict[str, Any]) -> int:
    """Goes the whole way, from the same day on; at each task the values that its form must refuse are tried first."""
    office.first_day()
    case = office.start(procedure["proses"], procedure["pemohon"], procedure.get("subjek"))
    for step in steps(walk["langkah"]):
        if "maju" in step:
            office.later(step["maju"])
            continue
        for refused in step.get("ditolak", ()):
            with pytest.raises(errors.Invalid):
                office.complete(case, step["tugas"], step["oleh"], refused)
        office.complete(case, step["tugas"], step["oleh"], step["isian"])
    return case


def steps(listed: list[Any]) -> Iterator[dict[str, Any]]:
    """The steps of a walk, those of its shared parts in their place."""
    for each in listed:
        if isinstance(each, list):
            yield from steps(each)
        else:
            yield each


def at(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[name]
    return value


@pytest.mark.parametrize(("procedure", "walk"), list(walks()))
def test_the_walk_ends_where_it_should(
    office: Office, procedure: dict[str, Any], walk: dict[str, Any]
) -> None:
    case = take(office, procedure, walk)
    assert (office.state(case), office.passed(case)[-1]) == ("COMPLETED", walk["akhir"])
    variables = office.variables(case)
    expected = walk.get("variabel", {})
    assert {path: at(variables, path) for path in expected} == expected


@pytest.mark.parametrize("procedure", WALKS, ids=[procedure["proses"] for procedure in WALKS])
def test_the_walks_of_a_procedure_take_each_of_its_flows(office: Office, procedure: dict[str, Any]) -> None:
    """Also those of the processes that it calls and nobody else starts."""
    taken = set()
    for walk in procedure["jalan"]:
        for each in office.with_called(take(office, procedure, walk)):
            taken |= set(pairwise(office.passed(each)))
    assert {flow for process in own(procedure) for flow in flows(process)} - taken == set()


def own(procedure: dict[str, Any]) -> list[str]:
    """The processes whose flows a file of walks answers for."""
    return [procedure["proses"], *procedure.get("memanggil", ())]


def flows(process_id: str) -> set[tuple[str, str]]:
    """From which element to which the sequence flows of a process lead."""
    for path in ROOT.glob("bpmn/**/*.bpmn"):
        for process in bpmn.read(path.read_bytes()).processes:
            if process.id == process_id:
                return {(flow.source, flow.target) for flow in process.flows.values()}
    raise LookupError(process_id)
