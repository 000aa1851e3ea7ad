"""Rancangan: what an owner changes is in force when it is published, and not before."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from server import engine
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.trial import FILE_LIMIT
from tests.diagrams import diagram, end, path, start, user
from tests.web.conftest import XSS, Site, post, send


@pytest.fixture
def owner(leave: Site) -> FlaskClient:
    return leave.client("admin")


def opened(client: FlaskClient, kind: str = "process", id_: str = "pengajuan_cuti") -> str:
    """The address of a draft."""
    answer = post(client, "/rancangan/buka", {"jenis": kind, "id": id_})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def content(client: FlaskClient, draft: str) -> Any:
    return client.get(f"{draft}/isi").json


def test_the_door_is_for_owners_only(leave: Site, owner: FlaskClient) -> None:
    assert "/rancangan" in owner.get("/tugas").text
    assert "Ubah prosedur ini" in owner.get("/mulai/pengajuan_cuti").text
    draft, pns = opened(owner), leave.client("pns")
    assert "/rancangan" not in pns.get("/tugas").text
    assert "Ubah prosedur ini" not in pns.get("/mulai/pengajuan_cuti").text
    assert pns.get("/rancangan").status_code == 403
    for page in ("", "/isi", "/terbit"):
        assert pns.get(draft + page).status_code == 404
    for deed in ("/isi", "/periksa"):
        assert send(pns, draft + deed, {"revisi": 1, "isi": ""}).status_code == 404
    for deed in ("/buang", "/terbit"):
        assert post(pns, draft + deed, {"revisi": "1", "catatan": "x"}).status_code in (403, 404)
    assert post(pns, "/rancangan/buka", {"jenis": "process", "id": "pengajuan_cuti"}).status_code == 403


def test_what_is_saved_comes_back_and_a_later_saving_is_told(owner: FlaskClient) -> None:
    draft = opened(owner)
    text = content(owner, draft)["isi"].replace("Jalani cuti", "Jalani cuti Anda")
    assert send(owner, f"{draft}/isi", {"revisi": 1, "isi": text}).json["revisi"] == 2
    assert content(owner, draft)["isi"] == text
    late = send(owner, f"{draft}/isi", {"revisi": 1, "isi": "punya saya"})
    assert (late.status_code, late.json["revisi"], late.json["oleh"]) == (409, 2, "admin")
    assert content(owner, draft)["isi"] == text


@pytest.mark.parametrize(
    "values", [{}, {"revisi": "1", "isi": ""}, {"revisi": 1}, {"revisi": 1, "isi": 5}, []]
)
def test_what_no_editor_sends_is_refused(owner: FlaskClient, values: Any) -> None:
    assert send(owner, f"{opened(owner)}/isi", values).status_code == 400


def test_what_is_too_large_is_refused_in_words(owner: FlaskClient) -> None:
    answer = send(owner, f"{opened(owner)}/isi", {"revisi": 1, "isi": "x" * (FILE_LIMIT + 1)})
    assert (answer.status_code, "MiB" in answer.json["message"]) == (400, True)


def test_names_in_a_draft_are_shown_and_never_run(owner: FlaskClient) -> None:
    draft = opened(owner)
    hostile = XSS.replace("<", "&lt;").replace(">", "&gt;")
    text = content(owner, draft)["isi"].replace("Jalani cuti", hostile)
    broken = text.replace('formId="pengajuan_cuti_permohonan"', f'formId="{hostile}"')
    assert send(owner, f"{draft}/isi", {"revisi": 1, "isi": broken}).status_code == 200
    for page in ("", "/terbit"):
        assert "<img src=x" not in owner.get(draft + page).text
    found = send(owner, f"{draft}/periksa", {})
    assert found.content_type == "application/json"


def test_a_diagram_that_nobody_has_drawn_is_laid_out_for_its_editor(site: Site) -> None:
    undrawn = diagram(start(), user("isi"), end(), path("start isi end"), id="polos", name="Polos")
    at, client = site.office, site.client("admin")
    at.gate.do(lambda c: engine.deploy(at.engine, c, PUBLISHER, {"polos.bpmn": undrawn}, trial.examine))
    shown = content(client, opened(client, id_="polos"))
    assert (shown["revisi"], "BPMNShape" in shown["isi"]) == (1, True)


def test_a_published_draft_is_in_force(leave: Site, owner: FlaskClient) -> None:
    draft = opened(owner)
    text = content(owner, draft)["isi"].replace("Jalani cuti", "Jalani cuti tahunan")
    send(owner, f"{draft}/isi", {"revisi": 1, "isi": text})
    assert post(owner, f"{draft}/terbit", {"revisi": "1", "catatan": "Nama"}).status_code == 409
    assert post(owner, f"{draft}/terbit", {"revisi": "2", "catatan": ""}).status_code == 400
    answer = post(owner, f"{draft}/terbit", {"revisi": "2", "catatan": "Nama lebih jelas"})
    assert answer.status_code == 303, answer.text
    assert "Jalani cuti tahunan" in leave.client("pns").get("/mulai/pengajuan_cuti").text
    assert owner.get(draft).status_code == 404


def test_a_discarded_draft_changes_nothing(owner: FlaskClient) -> None:
    draft = opened(owner)
    assert post(owner, f"{draft}/buang", {"revisi": "9"}).status_code == 409
    assert post(owner, f"{draft}/buang", {"revisi": "1"}).status_code == 303
    assert owner.get(draft).status_code == 404


def test_a_new_procedure_is_drawn_in_a_bidang_of_ones_own(leave: Site, owner: FlaskClient) -> None:
    assert leave.client("pns").get("/rancangan/baru").status_code == 403
    wanted = {"nama": f"Surat {XSS}", "bidang": "keuangan", "peran": ["pns", "sekretaris"]}
    answer = post(owner, "/rancangan/baru", wanted)
    assert answer.status_code == 303, answer.text
    page = owner.get(answer.headers["Location"]).text
    assert "<img src=x" not in page
    assert 'name="langkah" value="2"' in content(owner, answer.headers["Location"])["isi"]
    for wrong in ({"nama": ""}, {"bidang": "entah"}, {"peran": []}, {}):
        assert post(owner, "/rancangan/baru", wanted | wrong).status_code in (400, 409)
