"""The store of blank cards on pages: who has its door, what comes in and was counted, how cards would be shared, the ledger."""

import re
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert

from server import population
from server.population.models import BlankRequest
from server.population.stock import Sought
from tests.web.conftest import NOW, Site, post

ROOM = "/blangko"
XSS = '=1+1"><img src=x onerror=alert(1)>'
PAGES = ("", "/pembagian", "/kartu-stok", "/kecamatan")


def received(many: str, key: str = "k1", barang: str = "blangko", note: str = XSS) -> dict[str, str]:
    return {"barang": barang, "jumlah": many, "keterangan": note, "kunci": key}


def counted(many: str, seen: int, key: str = "k2") -> dict[str, str]:
    return {"barang": "blangko", "fisik": many, "urut_blangko": str(seen), "alasan": XSS, "kunci": key}


def asked_for(site: Site, case: int, kecamatan: str, status: str, **more: Any) -> None:
    report = {"kecamatan": kecamatan, "stok_fisik": 40, "prr": 320, "non_prr": 110, "permintaan_baru": 1080}
    row = {"case_key": case, "kecamatan": kecamatan, "status": status, "blangko": 0, "diminta_pada": NOW}
    row |= {"laporan": report | {"hari_kerja": 60, "cetak_baik": 990, "rusak": 10, "nomor_surat": XSS}}
    site.office.gate.change(lambda c: c.execute(insert(BlankRequest), row | more))


@pytest.mark.parametrize("who", ["dinas", "kepala_dinas", "kepala_seksi_pendaftaran_penduduk"])
def test_the_door_is_open_to_the_keeper_and_the_heads_of_the_field(site: Site, who: str) -> None:
    client = site.client(who)
    assert f'href="{ROOM}"' in client.get("/tugas").text
    for path in PAGES:
        page = client.get(ROOM + path)
        assert page.status_code == 200, page.text
        assert page.text.count("<h1>") == 1
    keeps = "Catat penerimaan" in client.get(ROOM).text
    assert keeps == (who == "dinas")
    if not keeps:
        assert post(client, f"{ROOM}/terima", received("5")).status_code == 403
        assert post(client, f"{ROOM}/hitung", counted("5", 0)).status_code == 403


def test_others_find_no_door_and_no_page(site: Site) -> None:
    client = site.client("kepala_seksi_pencatatan_sipil")
    assert f'href="{ROOM}"' not in client.get("/tugas").text
    for path in (*PAGES, "/kartu-stok.xlsx", "/kecamatan?nama=Candipuro"):
        assert client.get(ROOM + path).status_code == 403
    assert post(client, f"{ROOM}/terima", received("5")).status_code == 403


def test_an_office_without_reports_or_tables_is_told_what_is_missing(site: Site) -> None:
    page = site.client("dinas").get(ROOM).text
    assert "titik pesan belum diketahui" in page
    assert "belum diterbitkan" in page
    assert "Kartu stok masih kosong" in page
    assert "Usulan tidak dapat dihitung" in site.client("dinas").get(f"{ROOM}/pembagian").text


def test_goods_are_received_once_and_corrected_after_a_count(site: Site) -> None:
    keeper = site.client("dinas")
    for _ in range(2):
        assert post(keeper, f"{ROOM}/terima", received("500")).status_code == 303
    page = keeper.get(ROOM).text
    assert "+500" in page
    assert "<img src=x" not in page
    assert site.office.gate.ask(population.stock)["blangko"] == 500
    again = post(keeper, f"{ROOM}/terima", received("700"))
    assert again.status_code == 409
    assert "sudah dipakai untuk catatan lain" in again.text

    late = post(keeper, f"{ROOM}/hitung", counted("490", 0))
    assert late.status_code == 409
    assert "stok blangko KTP-el sekarang 500" in late.text
    assert 'value="490"' in late.text, "what was typed stays"
    assert 'name="urut_blangko" value="1"' in late.text
    assert post(keeper, f"{ROOM}/hitung", counted("490", 1)).status_code == 303
    assert site.office.gate.ask(population.stock)["blangko"] == 490
    for wrong in (received("0"), received("banyak"), received("5", note=""), received("5", barang="kertas")):
        refused = post(keeper, f"{ROOM}/terima", wrong)
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text


def test_the_ledger_is_filtered_paged_and_written_as_a_spreadsheet_without_formulas(site: Site) -> None:
    for number in range(1, 53):
        site.do("dinas", population.enter, "film", number, XSS)
    site.do("dinas", population.enter, "ribbon", 7, "Ditjen Dukcapil")
    reader = site.client("kepala_dinas")
    first = reader.get(f"{ROOM}/kartu-stok?barang=film").text
    assert first.count("<tr><td>") == 50
    assert "1–50 dari 52" in first
    assert reader.get(f"{ROOM}/kartu-stok?barang=film&hal=2").text.count("<tr><td>") == 2
    assert "Tidak ada yang cocok" in reader.get(f"{ROOM}/kartu-stok?dari=2026-11-28").text
    assert "bukan tanggal" in reader.get(f"{ROOM}/kartu-stok?dari=kemarin").text
    book = reader.get(f"{ROOM}/kartu-stok.xlsx?barang=film")
    sheet = load_workbook(BytesIO(book.data)).active
    assert sheet is not None
    assert sheet.max_row == 3 + 52
    assert sheet["F4"].value == f"'{XSS}"
    assert sheet["F4"].data_type == "s"
    assert site.ask("kepala_dinas", population.ledger, Sought("ribbon"), 10).total == 1


def test_what_was_set_and_handed_over_stands_with_who_and_why(site: Site) -> None:
    settled = {"usulan": 346, "ribbon": 1, "mode": "TERBATAS", "alasan": XSS}
    by = {
        "ditetapkan_oleh": "dinas",
        "ditetapkan_pada": NOW,
        "penetapan": settled,
        "ketetapan": 1,
        "blangko": 300,
    }
    asked_for(site, 1, "Candipuro", "ditetapkan", **by)
    asked_for(site, 2, XSS, "diserahkan", diserahkan_pada=NOW, **(by | {"ketetapan": 2}))
    asked_for(site, 3, "Candipuro", "dibatalkan")
    for case in (4, 5):
        asked_for(site, case, "Senduro", "diminta")
    client = site.client("dinas")
    page = client.get(f"{ROOM}/pembagian").text
    assert "2 permintaan menunggu" in page
    assert re.search(r"Usulan 346, diubah: =1\+1&#34;&gt;&lt;img", page)
    assert "<img src=x" not in page
    one = client.get(f"{ROOM}/kecamatan?nama=Candipuro")
    assert "1.080 dalam 60 hari" in one.text
    assert "Dibatalkan" in one.text
    assert client.get(f"{ROOM}/kecamatan", query_string={"nama": XSS}).status_code == 200
    assert "<img src=x" not in client.get(f"{ROOM}/kecamatan").text
    assert client.get(f"{ROOM}/kecamatan?nama=Nirwana").status_code == 404
    gone = post(client, f"{ROOM}/pembagian/1", page=f"{ROOM}/pembagian")
    assert gone.status_code == 409
    assert "Muat ulang pembagian" in gone.text
    assert post(client, f"{ROOM}/pembagian/99").status_code == 404
    assert post(site.client("pns"), f"{ROOM}/pembagian/1").status_code == 403
