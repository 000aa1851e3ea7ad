"""Coba dengan mesin: what the page's script is told of a draft, who may see it, and that nothing of it stays."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from server import feel
from server.db import Base, read
from tests.web.conftest import FORM, Site, send
from tests.web.test_drafts import content, opened

BEGUN: list[dict[str, Any]] = [{"do": "start"}, {"do": "complete", "element": "langkah_1", "values": FORM}]


@pytest.fixture
def owner(leave: Site) -> FlaskClient:
    return leave.client("admin")


def test_it_tells_what_is_open_what_has_been_and_why(owner: FlaskClient) -> None:
    draft = opened(owner)
    page = owner.get(f"{draft}/jalankan").text
    assert "Coba dengan mesin: Prosedur Pengajuan Cuti" in page
    assert f'href="{draft}/jalankan"' in owner.get(draft).text
    told = send(owner, f"{draft}/jalankan", {"langkah": []}).json
    assert "Perkara belum dimulai" in told["html"]["now"]
    (wait,) = send(owner, f"{draft}/jalankan", {"langkah": BEGUN}).json["pilihan"]
    assert wait["example"]["catatan_cuti"]["lama_hk"] == 1
    job = {"do": "job", "element": "catat_permohonan", "values": wait["example"]}
    values = {"keputusan_2": "tidak_ada", "penjelasan": "habis"}
    acts = [*BEGUN, job, {"do": "complete", "element": "langkah_2", "values": values}]
    told = send(owner, f"{draft}/jalankan", {"langkah": acts, "mulai": told["mulai"]}).json
    assert (told["salah"], told["jadi"], told["kini"]) == (None, 4, ["tolak_permohonan"])
    assert "Isi hasil layanan" in told["html"]["now"]
    assert "keputusan_2 = tidak_ada" in told["html"]["past"]
    assert "Penelitian permohonan cuti" in told["html"]["data"]
    assert "<img" not in "".join(told["html"].values())


def test_examples_of_what_handlers_give_can_be_read(leave: Site) -> None:
    engine = leave.office.engine
    seen = {"mulai": "2026-12-01", "selesai": "2026-12-02", "agenda_masuk": {"asal": "BKN"}, "laporan": {}}
    for handler in filter(lambda each: each.example, engine.handlers.values()):
        found = feel.compile(handler.example, functions=engine.functions).evaluate(seen, engine.environment)
        assert (type(found.value), list(found.warnings)) == (dict, []), handler.type


def test_a_wrong_answer_is_told_by_field(owner: FlaskClient) -> None:
    acts = [BEGUN[0], {"do": "complete", "element": "langkah_1", "values": {**FORM, "jenis_cuti": "entah"}}]
    told = send(owner, f"{opened(owner)}/jalankan", {"langkah": acts}).json
    assert told["jadi"] == 1
    assert [each["where"] for each in told["salah"]["problems"]] == ["jenis_cuti"]
    assert [each["element"] for each in told["pilihan"]] == ["langkah_1"]


def test_another_draft_counts_where_it_is_chosen(owner: FlaskClient) -> None:
    draft, form = opened(owner), opened(owner, "form", "pengajuan_cuti_permohonan")
    key = form.rpartition("/")[2]
    assert f'value="{key}" checked' in owner.get(f"{draft}/jalankan").text
    changed = content(owner, form)["isi"].replace("Alasan cuti", "Sebab cuti")
    send(owner, f"{form}/isi", {"revisi": 1, "isi": changed})
    for together, label in (([], "Alasan cuti"), ([key], "Sebab cuti")):
        told = send(owner, f"{draft}/jalankan", {"langkah": BEGUN[:1], "bersama": together}).json
        assert label in told["pilihan"][0]["form"]
    assert owner.get(f"{form}/jalankan").status_code == 404
    assert owner.get(f"{form}/jalankan?prosedur=pengajuan_cuti").headers["Location"] == f"{draft}/jalankan"


def test_a_form_is_tried_with_the_procedure_in_force(owner: FlaskClient) -> None:
    form = opened(owner, "form", "pengajuan_cuti_permohonan")
    door = f"{form}/jalankan?prosedur=pengajuan_cuti"
    assert f'href="{door}"' in owner.get(form).text
    page = owner.get(door).text
    assert "versi 1 yang berlaku, dengan rancangan formulir" in page
    changed = content(owner, form)["isi"].replace("Alasan cuti", "Sebab cuti")
    send(owner, f"{form}/isi", {"revisi": 1, "isi": changed})
    asked = {"langkah": BEGUN[:1], "prosedur": "pengajuan_cuti"}
    assert "Sebab cuti" in send(owner, f"{form}/jalankan", asked).json["pilihan"][0]["form"]
    diagram = owner.get(f"{form}/jalankan/diagram?prosedur=pengajuan_cuti").json["isi"]
    assert 'id="pengajuan_cuti"' in diagram
    for other in ("", "?prosedur=hukuman_disiplin"):
        assert owner.get(f"{form}/jalankan{other}").status_code == 404
        assert owner.get(f"{form}/jalankan/diagram{other}").status_code == 404


def test_it_begins_when_it_is_told_to(owner: FlaskClient) -> None:
    draft = opened(owner)
    told = send(owner, f"{draft}/jalankan", {"langkah": BEGUN[:1], "mulai": "2026-12-31T15:30"}).json
    assert told["mulai_setempat"] == "2026-12-31T15:30"
    assert "waktu percobaan 31 Des 2026 pukul 15.30" in told["html"]["now"]
    later = {"do": "wait", "until": "2027-01-04T09:00"}
    told = send(owner, f"{draft}/jalankan", {"langkah": [*BEGUN[:1], later], "mulai": told["mulai"]}).json
    assert "waktu percobaan 4 Jan 2027 pukul 09.00" in told["html"]["now"]


def test_a_scenario_is_kept_done_again_and_shows_another_way(leave: Site, owner: FlaskClient) -> None:
    draft = opened(owner)
    shelf = f"{draft}/skenario"
    job = {"do": "job", "element": "catat_permohonan", "values": {"catatan_cuti": {}}}
    values = {"keputusan_2": "tidak_ada", "penjelasan": "habis"}
    acts = [*BEGUN, job, {"do": "complete", "element": "langkah_2", "values": values}]
    kept = send(owner, shelf, {"langkah": acts, "nama": "<b>Sisa habis</b>"}).json
    assert "&lt;b&gt;Sisa habis" in kept["html"]
    assert send(owner, shelf, {"langkah": acts, "nama": "<b>Sisa habis</b>"}).status_code == 409
    one = f"{shelf}/{kept['kunci']}"
    assert "1 skenario" in owner.get(f"{draft}/terbit").text
    assert owner.get(one).json["langkah"] == acts
    told = send(owner, f"{one}/jalankan", {"langkah": []}).json
    assert (told["sesuai"], "Sesuai" in told["html"]) == (True, True)
    assert "tolak_permohonan" in told["lewat"]
    text = content(owner, draft)["isi"]
    swapped = re.sub(
        '(?<=keputusan_2 = ")(tidak|masih)_ada',
        lambda found: {"tidak": "masih_ada", "masih": "tidak_ada"}[found[1]],
        text,
    )
    send(owner, f"{draft}/isi", {"revisi": 1, "isi": swapped})
    told = send(owner, f"{one}/jalankan", {"langkah": []}).json
    assert not told["sesuai"]
    assert "Menempuh jalan lain" in told["html"]
    assert "Tidak lagi lewat: Catat penolakan" in told["html"]
    assert send(owner, f"{one}/terima", {"langkah": []}).json["sesuai"]
    pns = leave.client("pns")
    assert pns.get(one).status_code == 404
    assert send(pns, f"{one}/hapus", {"langkah": []}).status_code == 404
    assert "Belum ada skenario" in send(owner, f"{one}/hapus", {"langkah": []}).json["html"]
    assert owner.get(one).status_code == 404


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"langkah": [1]},
        {"langkah": [], "bersama": ["x"]},
        {"langkah": [], "mulai": "kemarin"},
        {"langkah": [], "mulai": "1900-01-01T00:00:00Z"},
        {"langkah": [{"do": "start"}] * 501},
    ],
)
def test_what_cannot_be_read_is_refused(owner: FlaskClient, values: Any) -> None:
    assert send(owner, f"{opened(owner)}/jalankan", values).status_code == 400


def test_nobody_else_may_and_nothing_is_written(leave: Site, owner: FlaskClient) -> None:
    draft, pns = opened(owner), leave.client("pns")
    before = rows(leave)
    assert send(owner, f"{draft}/jalankan", {"langkah": BEGUN}).json["jadi"] == 2
    assert rows(leave) == before
    assert pns.get(f"{draft}/jalankan").status_code == 404
    assert send(pns, f"{draft}/jalankan", {"langkah": []}).status_code == 404


def rows(site: Site) -> dict[str, int]:
    with read(site.office.gate.database) as connection:
        tables = Base.metadata.sorted_tables
        return {each.name: connection.scalar(select(func.count()).select_from(each)) or 0 for each in tables}
