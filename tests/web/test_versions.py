"""Riwayat versi: who published what and why, old versions taken up again, and cases moved to the newest."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import XSS, Site, begin, case_of, post, send
from tests.web.test_drafts import content, opened


@pytest.fixture
def owner(leave: Site) -> FlaskClient:
    return leave.client("admin")


def published(client: FlaskClient, old: str, new: str, **form: str) -> Any:
    """Publishes the leave procedure with another text in it."""
    draft = opened(client)
    text = content(client, draft)["isi"].replace(old, new)
    assert send(client, f"{draft}/isi", {"revisi": 1, "isi": text}).status_code == 200
    return post(client, f"{draft}/terbit", {"revisi": "2", "catatan": f"Nama {XSS}", **form})


def test_the_history_tells_who_published_what_and_why(leave: Site, owner: FlaskClient) -> None:
    published(owner, "Jalani cuti", "Jalani cuti tahunan")
    page = leave.client("pns").get("/mulai/pengajuan_cuti/versi").text
    assert "<img src=x" not in page
    assert "Nama &lt;/script&gt;" in page
    assert "Administrator Sistem" in page
    assert "Jadikan rancangan" not in page
    compared = leave.client("pns").get("/mulai/pengajuan_cuti/versi/2/banding/1").text
    assert "Jalani cuti tahunan" in compared
    assert "Diubah" in compared
    assert leave.client("pns").get("/mulai/pengajuan_cuti/versi/1").status_code == 200
    assert leave.client("pns").get("/mulai/pengajuan_cuti/versi/9").status_code == 404
    assert leave.client("pns").get("/mulai/entah/versi").status_code == 404


def test_an_old_version_is_taken_up_again(leave: Site, owner: FlaskClient) -> None:
    published(owner, "Jalani cuti", "Jalani cuti tahunan")
    answer = post(owner, "/mulai/pengajuan_cuti/versi/1/rancangan")
    assert "Jalani cuti tahunan" not in content(owner, answer.headers["Location"])["isi"]
    assert post(owner, "/mulai/pengajuan_cuti/versi/1/rancangan").status_code == 409
    assert post(leave.client("pns"), "/mulai/pengajuan_cuti/versi/1/rancangan").status_code == 403


def test_cases_stay_until_they_are_moved_and_can_be_taken_back(leave: Site, owner: FlaskClient) -> None:
    begin(leave)
    case = case_of(leave)
    answer = published(owner, "Jalani cuti", "Jalani cuti tahunan", perkara="biarkan")
    assert "/versi" in answer.headers["Location"]
    page = owner.get("/mulai/pengajuan_cuti/versi").text
    assert "1 perkara berjalan pada versi 1" in page
    assert "tetap di langkah ini" in page
    assert post(leave.client("pns"), "/mulai/pengajuan_cuti/versi/1/pindah").status_code == 403
    assert "dipindahkan ke versi 2" in post(owner, "/mulai/pengajuan_cuti/versi/1/pindah").text
    assert "Jalani cuti tahunan" in leave.client("pns").get(f"/perkara/{case}").text
    back = {"perkara": str(case)}
    assert "Dikembalikan" in post(owner, "/mulai/pengajuan_cuti/versi/kembali", back).text
    assert "Jalani cuti tahunan" not in leave.client("pns").get(f"/perkara/{case}").text


def test_publishing_says_where_cases_stand_and_moves_them(leave: Site, owner: FlaskClient) -> None:
    begin(leave)
    draft = opened(owner)
    page = owner.get(f"{draft}/terbit").text
    assert "Ajukan permohonan cuti</b>: 1 perkara" in page
    assert "tidak ada lagi" not in page
    answer = published(owner, "Jalani cuti", "Jalani cuti tahunan", perkara="pindah")
    assert answer.status_code == 200
    assert "dipindahkan ke versi 2" in answer.text


def test_a_draft_is_compared_with_what_is_in_force(owner: FlaskClient) -> None:
    draft = opened(owner)
    text = content(owner, draft)["isi"].replace("Jalani cuti", "Jalani cuti tahunan")
    send(owner, f"{draft}/isi", {"revisi": 1, "isi": text})
    for page in ("/bandingkan", "/terbit"):
        assert "Jalani cuti tahunan" in owner.get(draft + page).text
    send(owner, f"{draft}/isi", {"revisi": 2, "isi": "rusak"})
    assert "tidak dapat dibaca" in owner.get(f"{draft}/bandingkan").text
    assert "Harus diperbaiki" in owner.get(f"{draft}/terbit").text
