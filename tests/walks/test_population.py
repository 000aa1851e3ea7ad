"""What the death certificate and the distribution of blank cards keep, from the counter's form to the end."""

from typing import Any

import pytest

from server import errors, population
from server.engine import tables
from server.population.models import BlankRequest
from tests.walks.conftest import Office

LOKET = "petugas_loket_pencatatan_sipil"
OPERATOR = "petugas_operator_pendaftaran_penduduk"
APPLICATION = {
    "pemohon": {"nama": "Sari Dewi", "nik": "3508014107900001"},
    "tanggal_permohonan": "2026-06-01",
    "hubungan_pelapor": "keluarga",
    "jenazah": {"nama": "Slamet", "tanggal_kematian": "2026-05-30", "tempat_kematian": "Lumajang"},
    "keadaan_kematian": "biasa",
    "wna": False,
}
REPORT = {
    "kecamatan": "A",
    "nomor_surat": "470/1",
    "tanggal_surat": "2026-05-29",
    "tanggal_opname": "2026-05-29",
    "stok_awal": 141,
    "terima": 0,
    "cetak_baik": 99,
    "rusak": 1,
    "stok_fisik": 41,
    "rusak_dikembalikan": True,
    "printer_siap": True,
    "permintaan_baru": 1080,
    "hari_kerja": 60,
    "dalam_kirim": 0,
    "prr": 320,
    "non_prr": 110,
    "ribbon_stok": 0,
    "film_stok": 0,
}
BAST = {
    "bast": {"nomor": "470/12", "tanggal": "2026-06-01", "yang_menyerahkan": "Gudang"},
    "tanda_tangan_dinas": True,
}


def receive(office: Office, barang: str, count: int) -> None:
    actor, engine = office.actor("dinas"), office.house.engine
    office.house.gate.do(lambda c: population.enter(engine, c, actor, barang, count, "Dari Ditjen Dukcapil"))


def stock(office: Office) -> dict[str, int]:
    return office.house.gate.ask(population.stock)


def request(office: Office, **report: Any) -> int:
    case = office.start("distribusi_blangko", OPERATOR)
    office.complete(case, "langkah_1", OPERATOR, {"laporan": {**REPORT, **report}})
    return case


def test_what_is_missing_goes_back_with_the_file(office: Office) -> None:
    case = office.start("akta_kematian", LOKET)
    office.complete(case, "langkah_1", LOKET, APPLICATION)
    back = {"persyaratan_ada": ["formulir_f_2_01"], "keputusan_2": "tidak_lengkap", "catatan_loket": "?"}
    office.complete(case, "langkah_2", LOKET, back)
    assert office.variables(case)["persyaratan_kurang"] == [
        "Fotokopi surat kematian dari dokter atau rumah sakit",
        "Fotokopi KK atau KTP-el yang meninggal",
    ]
    assert office.task(case, "langkah_1").candidate_group == "petugas_loket@pencatatan-sipil"


def test_the_counter_records_the_applicant_who_is_nobody_s_subject(office: Office) -> None:
    case = office.start("akta_kematian", LOKET)
    office.complete(case, "langkah_1", LOKET, APPLICATION)
    kept = office.house.gate.ask(lambda c: population.application(c, case))
    assert kept is not None
    assert (kept.nama, kept.dicatat_oleh) == ("Sari Dewi", LOKET)
    assert office.variables(case)["permohonan"]["kode"] == kept.kode
    assert office.rows(tables.ProcessInstance, key=case)[0].subject is None
    assert office.task(case, "langkah_2").candidate_group == "petugas_loket@pencatatan-sipil"


def test_cards_are_set_by_the_newest_proposal_and_leave_the_stock_when_both_have_signed(
    office: Office,
) -> None:
    receive(office, "blangko", 800)
    receive(office, "ribbon", 5)
    case = request(office)
    assert office.variables(case)["usulan_blangko"]["alokasi"] == 576
    office.complete(case, "langkah_2", "dinas", {"penetapan": {}})
    office.complete(case, "langkah_3", "dinas", BAST)
    assert stock(office)["blangko"] == 800
    received = {"yang_menerima": "Camat", "tanda_tangan_kecamatan": True}
    office.complete(case, "langkah_3_kecamatan", OPERATOR, received)
    assert stock(office) == {"blangko": 224, "ribbon": 3, "film": 0, "cleaning_kit": 0}

    receive(office, "blangko", 576)
    first = request(office)
    second = request(
        office, kecamatan="C", stok_awal=100, stok_fisik=0, permintaan_baru=720, prr=150, non_prr=150
    )
    assert office.variables(first)["usulan_blangko"]["alokasi"] == 576, "reckoned when it was alone"
    office.complete(first, "langkah_2", "dinas", {"penetapan": {}})
    seen = office.variables(first)
    assert seen["jumlah_semula"] == 576
    proposed = seen["usulan_blangko"]["alokasi"]
    assert proposed < 576
    office.complete(first, "langkah_2", "dinas", {"penetapan": {}})
    assert office.task(first, "langkah_3")

    left = 600 - proposed
    more = {"ubah": True, "pengganti": left + 1, "alasan": "Camat meminta"}
    with pytest.raises(errors.Conflict, match="melebihi yang dapat dibagikan"):
        office.complete(second, "langkah_2", "dinas", {"penetapan": more})
    there = office.ask("dinas", "GET", "/api/blank-stock/standing")
    assert [there["barang"][0][name] for name in ("stok", "dijanjikan", "bebas")] == [
        800,
        proposed,
        800 - proposed,
    ]
    assert there["pusat"]["putusan"] == "PESAN"
    assert {each["kecamatan"]: each["status"] for each in there["laporan"]} == {
        "A": "ditetapkan",
        "C": "diminta",
    }
    with pytest.raises(errors.Forbidden):
        office.ask(OPERATOR, "PUT", f"/api/blank-requests/{second}/proposal")
    step = office.ask("dinas", "PUT", f"/api/blank-requests/{second}/proposal")
    assert step == {"userTaskKey": str(office.task(second, "langkah_2").key)}
    (shared,) = office.ask("dinas", "GET", "/api/blank-requests/sharing")["permintaan"]
    assert office.variables(second)["usulan_blangko"]["pool"] == left
    assert office.variables(second)["usulan_blangko"]["alokasi"] == shared["jatah"]["alokasi"]
    with pytest.raises(errors.Invalid, match="paling besar"):
        office.complete(second, "langkah_2", "dinas", {"penetapan": more})
    office.complete(second, "langkah_2", "dinas", {"penetapan": more | {"pengganti": left - 80}})
    moved = office.ask("dinas", "GET", "/api/blank-stock/ledger?barang=blangko&limit=2")
    assert [(each["perubahan"], each["saldo"]) for each in moved["items"]] == [(576, 800), (-576, 224)]
    known = {"barang": "blangko", "urut": moved["items"][0]["urut"]}
    said = office.ask("dinas", "POST", "/api/blank-stock/counts", {**known, "fisik": 799, "alasan": "cacat"})
    assert said["blangko"] == 799
    (row,) = office.rows(BlankRequest, case_key=second)
    assert (row.blangko, row.ditetapkan_oleh, row.penetapan["alasan"]) == (
        left - 80,
        "dinas",
        "Camat meminta",
    )
