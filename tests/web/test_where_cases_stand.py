"""Perkara: where each case stands and with whom it waits; a case that was called is known by its caller's number."""

import pytest

from server import engine
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.search import INBOX, search
from tests.diagrams import call, diagram, end, path, start, user
from tests.identity.statements import counted
from tests.web.conftest import Site, begin, post

DUE = "2026-11-27T16:00:00+07:00"


@pytest.fixture
def permit(site: Site) -> Site:
    """A permit, which is examined by a procedure of its own, and one request."""
    whole = diagram(
        start(), call("uji", "uji"), user("teken", groups="sekretaris", name="Tanda tangani izin"), end(),
        path("start uji teken end"), id="izin", name="Izin",
    )  # fmt: skip
    part = diagram(
        start(), user("periksa", groups="kasubag_umpeg", name="Periksa izin", due=DUE), end(),
        path("start periksa end"), id="uji", name="Pengujian",
    )  # fmt: skip
    files, at = {"izin.bpmn": whole, "uji.bpmn": part}, site.office
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, files, trial.examine))
    site.do("admin", engine.start, "izin", {})
    return site


def test_a_case_that_was_called_is_known_by_the_number_of_its_caller(permit: Site) -> None:
    kasubag = permit.client("kasubag_umpeg")
    (task,) = permit.ask("kasubag_umpeg", search, INBOX).items
    case = task["process_instance_key"]
    assert str(case) not in kasubag.get("/tugas").text.replace(f"/perkara/{case}", "")
    for page in ("/tugas", "/tugas?cari=izin-2026-0001", f"/tugas/{task['user_task_key']}"):
        assert "IZIN-2026-0001" in kasubag.get(page).text, page
    admin = permit.client("admin")
    page = admin.get(f"/perkara/{case}").text
    assert "<h1>IZIN-2026-0001" in page
    assert "Bagian dari" in page
    assert f"/perkara/{case}" in admin.get(f"/perkara/{task['root_process_instance_key']}").text


def test_a_case_tells_with_whom_it_waits_and_who_may_do_it_is_led_there(permit: Site) -> None:
    (task,) = permit.ask("kasubag_umpeg", search, INBOX).items
    post(permit.client("kasubag_umpeg"), f"/tugas/{task['user_task_key']}/ambil")
    listed = permit.client("admin").get("/perkara").text
    assert "Hendra Wibowo: <b>Periksa izin</b>" in listed
    case = permit.client("admin").get(f"/perkara/{task['root_process_instance_key']}").text
    assert "Periksa izin" in case
    assert "Kerjakan</a>" not in case
    own = permit.client("kasubag_umpeg").get(f"/perkara/{task['process_instance_key']}").text
    assert "Kerjakan</a>" in own


@pytest.mark.both_databases
def test_cases_are_found_by_what_is_late_and_by_procedure(permit: Site) -> None:
    admin = permit.client("admin")
    assert "IZIN-2026-0001" not in admin.get("/perkara?keadaan=lewat").text
    assert "IZIN-2026-0001" not in admin.get("/perkara?keadaan=gangguan").text
    permit.time.advance(hours=8)
    admin = permit.client("admin")
    assert admin.get("/perkara?keadaan=lewat").text.count("<h2>") == 2, "the whole, and its part"
    assert admin.get("/perkara?keadaan=lewat&prosedur=izin").text.count("<h2>") == 1
    assert "Tidak ada yang cocok" in admin.get("/perkara?keadaan=COMPLETED").text


def test_a_list_of_cases_asks_as_much_however_many_there_are(leave: Site) -> None:
    admin = leave.client("admin")
    begin(leave)
    admin.get("/perkara")
    with counted(leave.office.gate.database) as one:
        admin.get("/perkara")
    for _ in range(5):
        begin(leave)
    with counted(leave.office.gate.database) as six:
        admin.get("/perkara")
    assert len(six) == len(one) > 2
