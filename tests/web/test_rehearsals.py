"""Coba dengan mesin: what the page's script is told of a draft, who may see it, and that nothing of it stays."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

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
    job = {"do": "job", "element": "catat_permohonan", "values": {"catatan_cuti": {}}}
    values = {"keputusan_2": "tidak_ada", "penjelasan": "habis"}
    acts = [*BEGUN, job, {"do": "complete", "element": "langkah_2", "values": values}]
    told = send(owner, f"{draft}/jalankan", {"langkah": acts, "mulai": told["mulai"]}).json
    assert (told["salah"], told["jadi"], told["kini"]) == (None, 4, ["tolak_permohonan"])
    assert "Isi hasil layanan" in told["html"]["now"]
    assert "keputusan_2 = tidak_ada" in told["html"]["past"]
    assert "Penelitian permohonan cuti" in told["html"]["data"]
    assert "<img" not in "".join(told["html"].values())


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
