"""A new procedure is one that runs, drawn, from the first moment on."""

import pytest

from server import bpmn
from server.authoring.blank import NoLanes, blank_procedure, identifier
from server.engine import trial
from tests.engine.conftest import ROLES


def test_a_new_procedure_would_be_published_as_it_is() -> None:
    body = blank_procedure(
        ROLES, "surat_baru", "Surat <baru>", "keuangan", ["pns", "sekretaris", "pns", "entah"]
    )
    heads, problems = trial.examine({"surat_baru.bpmn": body})
    assert problems == []
    assert (heads[0].id, heads[0].name, heads[0].bidang) == ("surat_baru", "Surat <baru>", "keuangan")
    diagram = bpmn.read(body)
    assert [lane.role for lane in diagram.processes[0].lanes] == ["pns", "sekretaris"]
    assert bpmn.doubts(diagram) == ()
    assert diagram.planes[0].shapes


@pytest.mark.parametrize("chosen", [[], ["entah"], list(ROLES)[:13]])
def test_it_needs_somebody_who_acts(chosen: list[str]) -> None:
    with pytest.raises(NoLanes):
        blank_procedure(ROLES, "baru", "Baru", "keuangan", chosen)


@pytest.mark.parametrize(
    ("title", "id_"),
    [("Surat Tugas (baru)", "surat_tugas_baru"), ("3 Dokumen", "prosedur_3_dokumen"), ("—", "prosedur")],
)
def test_an_id_is_made_of_the_name(title: str, id_: str) -> None:
    assert identifier(title) == id_
