"""How far a case is, in the words of somebody who waits for it."""

from datetime import timedelta

import pytest

from server import engine as verbs
from server import tracking
from server.cli import PUBLISHER
from server.engine import trial
from server.engine.search import USER_TASKS, Query, Where, search, within
from server.tracking import words
from tests.diagrams import call, diagram, end, lane, lanes, path, start, user
from tests.tracking.conftest import ALL, LOKET, Counter

OPERATOR = "petugas_operator_pencatatan_sipil"
AKTA = {"akta": {"nomor": "3508-KM-1", "tanggal": "2026-11-27"}, "data_cocok": True}
BACK = {"persyaratan_ada": ALL[:1], "keputusan_2": "tidak_lengkap", "catatan_loket": "Boleh dari desa."}


def progress(counter: Counter, case: int, username: str = LOKET) -> tracking.Request:
    return counter.ask(username, tracking.request, case)  # type: ignore[no-any-return]


def test_a_certificate_is_told_of_from_the_counter_to_the_applicant_s_hands(counter: Counter) -> None:
    case = counter.start()
    assert counter.stages(case) == ("Menunggu Anda: lengkapi persyaratan akta kematian",)
    case = counter.apply()
    seen = [counter.stages(case)]
    asked = counter.variable(case, "persyaratan")
    checked = {
        "persyaratan_ada": [one["kode"] for one in asked],
        "keputusan_2": "lengkap",
        "bukti_diberikan": True,
    }
    for element, username, values in (
        ("langkah_2", LOKET, checked),
        ("langkah_3", OPERATOR, AKTA),
        ("langkah_3_kepala_seksi", "kepala_seksi_pencatatan_sipil", {"paraf_kasi": True}),
        ("langkah_3_kepala_bidang", "kepala_bidang_pencatatan_sipil", {"keputusan_3": "benar"}),
        ("langkah_4", "kepala_dinas", {"tanda_tangan_kepala_dinas": True}),
        (
            "langkah_5",
            "petugas_pengambilan_pencatatan_sipil",
            {
                "bukti_pengambilan_cocok": True,
                "diserahkan_kepada": "Sari",
                "tanggal_penyerahan": "2026-11-27",
            },
        ),
        ("langkah_6", LOKET, {"tanda_terima": True, "tanggal_diterima": "2026-11-27"}),
    ):
        counter.complete(case, element, username, values)
        seen.append(counter.stages(case))
    assert [stage for (stage,) in seen] == [
        "Sedang diperiksa Petugas Loket",
        "Sedang dicetak Petugas Operator",
        "Sedang dicek Kepala Seksi",
        "Sedang dicek Kepala Bidang",
        "Menunggu tanda tangan Kepala Dinas",
        "Siap diambil",
        "Siap diambil",
        "Selesai, hasilnya sudah diterima",
    ]
    assert {step.state for step in progress(counter, case).progress.steps} == {"done"}


def test_the_steps_are_those_of_the_book_done_or_to_come(counter: Counter) -> None:
    steps = progress(counter, counter.apply()).progress.steps
    assert [step.state for step in steps] == ["done", "now", *["ahead"] * 6]
    assert (steps[1].name, steps[1].role, steps[1].own) == (
        "Periksa berkas dan masukkan data",
        "Petugas Loket",
        False,
    )
    assert steps[-1].own


def test_it_is_ready_when_the_standard_times_that_are_left_are_over(counter: Counter) -> None:
    found = progress(counter, counter.apply()).progress
    assert found.ready_at == counter.clock().now() + timedelta(minutes=5 + 15 + 5 + 5)
    assert not found.late


def test_who_waits_longer_is_told_so(counter: Counter) -> None:
    case = counter.apply()
    counter.later(days=3)
    found = progress(counter, case).progress
    assert found.late
    assert found.ready_at is not None


def test_a_file_that_goes_back_waits_for_its_applicant_with_what_is_missing(counter: Counter) -> None:
    case = counter.apply()
    counter.complete(case, "langkah_2", LOKET, BACK)
    found = progress(counter, case)
    assert found.progress.stages == ("Dikembalikan, menunggu Anda lengkapi",)
    assert found.progress.ready_at is None
    assert len(found.papers.lacking) == 2
    assert found.papers.note == "Boleh dari desa."
    assert all(one.sumber.startswith("Perpres 96/2018") for one in found.papers.lacking)
    assert "Perpres 96/2018" in (found.papers.dasar or "")


def test_before_the_counter_has_looked_nothing_is_missing(counter: Counter) -> None:
    papers = progress(counter, counter.apply()).papers
    assert [one.ada for one in papers.asked] == [None] * 3
    assert papers.lacking == ()


def test_a_card_is_ready_only_when_nobody_of_the_office_has_anything_left_to_do(counter: Counter) -> None:
    loket, kasi = "petugas_loket_pendaftaran_penduduk", "kepala_seksi_pendaftaran_penduduk"
    case = counter.start("ktp_el_penerbitan", loket)
    said = {"pemohon": {"nama": "Budi"}, "tanggal_permohonan": "2026-11-27", "alasan_ktp": "rusak"}
    counter.complete(case, "langkah_1", loket, said)
    codes = [one["kode"] for one in counter.variable(case, "persyaratan")]
    counter.complete(case, "langkah_2", loket, {"persyaratan_ada": codes})
    assert counter.stages(case, loket) == ("Menunggu persetujuan Kepala Seksi",)
    counter.complete(case, "langkah_3_kepala_seksi", kasi)
    counter.complete(case, "langkah_3_kepala_bidang", "kepala_bidang_pendaftaran_penduduk")
    assert counter.stages(case, loket) == ("Sedang dikerjakan Petugas Operator",)
    card = {"nik": "3508011707900001", "tanggal": "2026-11-27", "encode": "berhasil"}
    counter.complete(case, "langkah_3", "petugas_operator_pendaftaran_penduduk", {"ktp": card})
    assert counter.stages(case, loket) == ("Siap diambil",)


CALLED = {
    "dalam.bpmn": diagram(
        lanes(lane("Staf", "staf_umpeg", "start teliti"), lane("Kepala Dinas", "kepala_dinas", "ttd end")),
        start(), user("teliti", name="Teliti berkas"), user("ttd", name="Tanda tangani surat"), end(),
        path("start teliti ttd end"), id="dalam", name="Surat dalam",
    ),
    "tengah.bpmn": diagram(start(), call("panggil", "dalam"), end(), path("start panggil end"), id="tengah"),
    "luar.bpmn": diagram(
        lanes(lane("Pegawai", "pns", "start ajukan"), lane("Staf", "staf_umpeg", "panggil serahkan end")),
        start(), user("ajukan", name="Ajukan surat"), call("panggil", "tengah"), user("serahkan", name="Serahkan surat"), end(),
        path("start ajukan panggil serahkan end"), id="luar", name="Surat luar",
    ),
}  # fmt: skip


def complete_called(counter: Counter, element: str, username: str) -> None:
    """The open task of this element, in whichever case it is."""
    open_ = within(Query((Where("state", "eq", "CREATED"),)), element_id=element)
    (task,) = counter.ask("admin", search, USER_TASKS, open_).items
    counter.do(username, verbs.complete, task["user_task_key"], {})


def test_what_happens_in_a_called_case_is_the_stage_of_who_waits_for_it(counter: Counter) -> None:
    counter.house.gate.do(lambda c: verbs.deploy(counter.house.engine, c, PUBLISHER, CALLED, trial.examine))
    case = counter.start("luar", "pns")
    counter.complete(case, "ajukan", "pns")
    assert counter.stages(case, "pns") == ("Sedang diteliti Staf Umum dan Kepegawaian",)
    steps = progress(counter, case, "pns").progress.steps
    assert [(step.name, step.state) for step in steps] == [
        ("Ajukan surat", "done"),
        ("Teliti berkas", "now"),
        ("Tanda tangani surat", "ahead"),
        ("Serahkan surat", "ahead"),
    ]
    complete_called(counter, "teliti", "staf_umpeg")
    assert counter.stages(case, "pns") == ("Menunggu tanda tangan Kepala Dinas",)
    complete_called(counter, "ttd", "kepala_dinas")
    assert counter.stages(case, "pns") == ("Sedang dikerjakan Staf Umum dan Kepegawaian",)


def test_a_stopped_or_cancelled_case_says_so(counter: Counter) -> None:
    case = counter.apply()
    counter.do("kepala_bidang_pencatatan_sipil", verbs.suspend, case)
    assert counter.stages(case) == ("Dihentikan sementara. Tanyakan di loket.",)
    counter.do("kepala_bidang_pencatatan_sipil", verbs.cancel, case)
    assert counter.stages(case) == ("Dibatalkan",)


def test_a_procedure_that_ends_in_the_office_names_what_goes_on(counter: Counter) -> None:
    loket = "petugas_loket_pendaftaran_penduduk"
    case = counter.start("kk_hilang", loket)
    said = {
        "pemohon": {"nama": "Budi"},
        "tanggal_permohonan": "2026-11-27",
        "keadaan_kk": "hilang",
        "wna": False,
    }
    counter.complete(case, "langkah_1", loket, said)
    counter.complete(case, "langkah_2", loket, {"persyaratan_ada": [], "catatan_kekurangan": "Menyusul."})
    assert progress(counter, case, loket).lanjutan is None
    proof = {"tanggal_janji": "2026-12-04", "bukti_diterima_oleh": "Budi"}
    counter.complete(case, "langkah_3", loket, proof)
    found = progress(counter, case, loket)
    assert found.progress.stages == ("Selesai",)
    assert (
        found.lanjutan == "SOP Entri dan Cetak Kartu Keluarga; SOP Pengambilan Dokumen Pendaftaran Penduduk"
    )


def test_an_employee_follows_their_own_leave(counter: Counter) -> None:
    case = counter.start("pengajuan_cuti", "pns")
    found = counter.follow(counter.code(case, "pns"), nip_of(counter, "pns"))
    assert found.layanan == "Pengajuan Cuti"
    assert found.progress.stages == ("Menunggu Anda: ajukan permohonan cuti",)
    assert found.progress.ready_at is not None


def nip_of(counter: Counter, username: str) -> str:
    found: tracking.Request = counter.ask(
        username, tracking.request, counter.start("pengajuan_cuti", username)
    )
    assert found.nip is not None
    return found.nip


@pytest.mark.parametrize(
    ("task", "stage"),
    [
        ("Periksa berkas dan masukkan data", "Sedang diperiksa Kepala Seksi"),
        ("Entri, cetak, dan sahkan SKPLN", "Sedang dientri Kepala Seksi"),
        ("Setujui pencetakan KTP-el", "Menunggu persetujuan Kepala Seksi"),
        ("Perintahkan pengiriman ke BKD", "Menunggu perintah Kepala Seksi"),
        ("Paraf KK", "Menunggu paraf Kepala Seksi"),
        ("Tanda tangani KK", "Menunggu tanda tangan Kepala Seksi"),
        ("Memeriksa berkas", "Sedang dikerjakan Kepala Seksi"),
        ("", "Sedang dikerjakan Kepala Seksi"),
    ],
)
def test_a_task_is_told_as_what_happens_to_the_file(task: str, stage: str) -> None:
    assert words.stage(task, "Kepala Seksi") == stage
