"""Prosedur terkait: where a step's remark names another procedure, a case of that is started from the case at hand."""

import re

import pytest

from server import engine
from server.cli import PUBLISHER
from server.engine import links, trial
from server.engine.instances import NotAStarter
from server.engine.search import INBOX, PROCESS_INSTANCES, search
from tests.diagrams import diagram, end, lane, lanes, path, start, user
from tests.web.conftest import Site, send

LETTER = diagram(
    lanes(lane("Kepala Dinas", "kepala_dinas", "start tanda_tangan end")),
    start(),
    user("tanda_tangan", name="Tanda tangani surat"),
    end(),
    path("start tanda_tangan end"),
    id="pengagendaan_surat_keluar",
    name="Prosedur Pengagendaan Surat Keluar",
)
REPORT = diagram(
    lanes(
        lane("Pegawai", "pns", "start lapor"),
        lane("Kasubag", "kasubag_umpeg", "agenda end"),
    ),
    start(),
    user("lapor", name="Buat laporan"),
    user("agenda", name="Perintahkan agenda", properties={"lihat": "pengagendaan-surat-keluar; tidak-ada"}),
    end(),
    path("start lapor agenda end"),
    id="laporan",
    name="Laporan",
)


@pytest.fixture
def reported(site: Site) -> tuple[Site, int, int]:
    """A case whose linking step waits for the Kasubag: the case and the task."""
    files = {"surat.bpmn": LETTER, "laporan.bpmn": REPORT}
    site.office.gate.do(lambda c: engine.deploy(site.office.engine, c, PUBLISHER, files, trial.examine))
    site.do("pns", engine.start, "laporan", {})
    (first,) = site.ask("pns", search, INBOX).items
    site.do("pns", engine.complete, first["user_task_key"], {})
    (task,) = site.ask("kasubag_umpeg", search, INBOX).items
    return site, task["process_instance_key"], task["user_task_key"]


def test_a_step_offers_the_procedure_that_its_remark_names(reported: tuple[Site, int, int]) -> None:
    site, case, task = reported
    kasubag = site.client("kasubag_umpeg")
    assert "Ambil tugas ini dahulu untuk memulainya" in kasubag.get(f"/tugas/{task}").text
    site.do("kasubag_umpeg", engine.assign, task, "kasubag_umpeg")
    address = f"/mulai/pengagendaan_surat_keluar?asal={case}"
    assert f'href="{address}"' in kasubag.get(f"/tugas/{task}").text
    page = kasubag.get(address).text
    assert "Berasal dari perkara" in page
    begin = re.search(r'data-send-url="([^"]+)"', page)
    assert begin
    answer = send(kasubag, begin[1], {})
    assert answer.status_code == 201, answer.text
    (begun,) = site.ask("kepala_dinas", search, INBOX).items
    assert f"/perkara/{begun['process_instance_key']}" in kasubag.get(f"/perkara/{case}").text
    assert f"/perkara/{case}" in kasubag.get(f"/perkara/{begun['process_instance_key']}").text


def test_without_the_case_it_is_started_by_those_of_its_first_lane_alone(
    reported: tuple[Site, int, int],
) -> None:
    site, case, _ = reported
    with pytest.raises(NotAStarter):
        site.do("kasubag_umpeg", engine.start, "pengagendaan_surat_keluar", {})
    with pytest.raises(NotAStarter):
        site.do("pns", engine.start, "pengagendaan_surat_keluar", {}, None, case)
    assert site.client("pns").get("/mulai/pengagendaan_surat_keluar").text.count("data-send-url") == 0


def test_a_case_that_one_may_not_see_is_no_origin(reported: tuple[Site, int, int]) -> None:
    site, case, _ = reported
    with pytest.raises(links.UnknownOrigin):
        site.do("petugas_kebersihan", engine.start, "pengagendaan_surat_keluar", {}, None, case)
    stranger = site.client("petugas_kebersihan")
    assert stranger.get(f"/mulai/pengagendaan_surat_keluar?asal={case}").status_code == 404
    assert stranger.get("/mulai/pengagendaan_surat_keluar?asal=bukan").status_code == 200
    assert len(site.ask("admin", search, PROCESS_INSTANCES).items) == 1
