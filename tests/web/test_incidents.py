"""Gangguan: what stopped a case is shown to who may try again, its data mended, and the step repeated."""

import re

import pytest
from structlog.testing import capture_logs

from server import engine, identity, worker
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.search import INCIDENTS, VARIABLES, Query, search, within
from server.identity import Grant, Permission
from tests.diagrams import diagram, end, event, exclusive, flow, parallel, path, start, timer, user
from tests.web.conftest import Site, post, token_of

XSS = '"><img src=x onerror=alert(1)>'
LIST = "/pengelolaan/gangguan"


@pytest.fixture
def stopped(site: Site) -> tuple[Site, str]:
    """A case whose condition cannot be told, as `setuju` is missing; its incident's page."""
    tunggu = event("intermediateCatchEvent", "tunggu", "timer", timer("timeDuration", "PT1H"))
    drawn = diagram(
        start(), parallel("bagi"), user("isi", groups="pns"), end("e0"), tunggu, exclusive("uji", default="uji_e2"),
        end("e1"), end("e2"), path("start bagi isi e0", "bagi tunggu uji"), flow("uji", "e1", "=setuju and biaya > 5"),
        flow("uji", "e2"), id="uji_coba", name="Uji coba",
    )  # fmt: skip
    at = site.office
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, {"uji.bpmn": drawn}, trial.examine))
    values = {"biaya": 10, "catatan": XSS, "lunas": True, "rincian": {"a": [1]}}
    site.do("admin", engine.start, "uji_coba", values)
    with capture_logs():
        for _ in range(5):
            site.time.advance(minutes=90)
            while worker.work_once(at.gate, at.engine):
                pass
    (found,) = site.ask("admin", search, INCIDENTS).items
    return site, f"{LIST}/{found['incident_key']}"


def data(site: Site) -> dict[str, str]:
    return {each["name"]: each["value"] for each in site.ask("admin", search, VARIABLES).items}


def fields(page: str) -> dict[str, str]:
    """The names of the fields of the case's data, by the data's own."""
    return {name: field for field, name in re.findall(r'for="(isi-\d+)">(\w+)', page)}


def test_an_incident_is_read_mended_and_tried_again(stopped: tuple[Site, str]) -> None:
    site, page = stopped
    admin = site.client("admin")
    listed, shown = admin.get(LIST).text, admin.get(page).text
    assert "Uji coba" in listed
    assert "gangguan menunggu" in admin.get("/pengelolaan").text
    assert "setuju" in shown
    assert "<img src=x" not in listed + shown
    field = fields(shown)
    form = {
        f"isi-{field['biaya'][4:]}": "12,5",
        f"semula-{field['biaya'][4:]}": "10",
        f"isi-{field['catatan'][4:]}": "lain",
        f"semula-{field['catatan'][4:]}": "lain",
        f"isi-{field['lunas'][4:]}": "tidak",
        f"semula-{field['lunas'][4:]}": "ya",
        "nama-baru": "setuju",
        "jenis-baru": "ya",
        "isi-baru": "ya",
    }
    for wrong, told in (
        ({"isi-baru": "mungkin"}, "tidak terbaca"),
        ({f"isi-{field['biaya'][4:]}": "1.000"}, "tanpa titik"),
    ):
        answer = post(admin, f"{page}/data", {**form, **wrong})
        assert (answer.status_code, told in answer.text) == (400, True)
    assert post(admin, f"{page}/data", {**form, "ulang": "1"}).headers["Location"] == f"{LIST}?kabar=diulangi"
    assert data(site)["biaya"] == "12.5"
    assert data(site)["lunas"] == "false"
    assert "onerror" in data(site)["catatan"], "what was not typed over stays"
    while worker.work_once(site.office.gate, site.office.engine):
        pass
    (left,) = site.ask("admin", search, INCIDENTS).items
    assert left["state"] == "RESOLVED"
    assert "Tidak ada langkah yang terganggu" in admin.get(LIST).text
    assert f'href="{page}"' in admin.get(f"{LIST}?keadaan=selesai").text


def test_incidents_are_for_who_may_try_again_in_cases_that_they_see(stopped: tuple[Site, str]) -> None:
    site, page = stopped
    for username in ("kepala_dinas", "pns"):
        client = site.client(username)
        assert "Pengelolaan</span>" not in client.get("/tugas").text
        for path_ in ("/pengelolaan", LIST, page):
            assert client.get(path_).status_code == 403, path_
        assert post(client, f"{page}/data", {"ulang": "1"}).status_code == 403
        assert post(client, f"{page}/ulang").status_code == (403 if username == "kepala_dinas" else 404)
    roles = site.office.engine.roles
    for username, permission in (("staf_umpeg", Permission.RESOLVE), ("kepala_dinas", Permission.RESOLVE)):
        given = Grant(permission, username=username)
        site.office.gate.change(lambda c, given=given: identity.grant(c, roles, given))
    blind, head = site.client("staf_umpeg"), site.client("kepala_dinas")
    assert "Tidak ada langkah yang terganggu" in blind.get(LIST).text
    assert blind.get(page).status_code == 404
    shown = head.get(page).text
    assert "Ulangi langkah" in shown
    assert "Simpan saja" not in shown, "mending the data is another permission"
    assert 'href="/pengelolaan/pengguna"' not in head.get("/pengelolaan").text
    key = int(page.rpartition("/")[2])
    case = site.ask("admin", search, INCIDENTS, within(Query(), incident_key=key)).items[0]
    mended = {"nama-baru": "setuju", "jenis-baru": "ya", "isi-baru": "ya"}
    assert case["state"] == "ACTIVE"
    assert post(head, f"{page}/data", mended).status_code == 403
    assert "setuju" not in data(site)
    stolen = token_of(head.get("/sandi").text)
    assert site.client("admin").post(f"{page}/ulang", data={"_token": stolen}).status_code == 403
    assert post(head, f"{page}/ulang").status_code == 303
