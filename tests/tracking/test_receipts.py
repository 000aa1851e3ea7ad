"""Receipts and the letter about what is missing: who gets one, of which case, and what it says."""

from datetime import date

import pytest

from server import letters, tracking
from server.identity import audit
from tests.tracking.conftest import ALL, BASE, LOKET, Counter

STRANGER = "staf_umpeg"
BACK = {"persyaratan_ada": ALL[:1], "keputusan_2": "tidak_lengkap", "catatan_loket": "Boleh dari desa."}


def test_a_receipt_has_the_case_the_applicant_and_the_way_to_follow_it(counter: Counter) -> None:
    said = counter.receipt(counter.apply())
    assert said.nomor.startswith("AKTA-KMT-2026-")
    assert (said.pemohon, said.prosedur) == ("Sari Dewi", "Penerbitan Akta Kematian")
    assert said.tautan == f"{BASE}/lacak?kode={said.kode}"
    assert said.fakta == "tanggal lahir pemohon, atau NIK-nya"
    assert said.dokumen[0].dokumen == "Formulir F-2.01"


def test_nobody_gets_a_receipt_of_a_case_that_is_not_theirs(counter: Counter) -> None:
    case = counter.apply()
    for question, more in ((tracking.request, ()), (tracking.shortage, (BASE,))):
        with pytest.raises(tracking.UnknownRequest):
            counter.ask(STRANGER, question, case, *more)
        with pytest.raises(tracking.UnknownRequest):
            counter.ask(LOKET, question, 1, *more)
    with pytest.raises(tracking.UnknownRequest):
        counter.receipt(case, STRANGER)


def test_an_employee_who_prints_their_own_receipt_is_no_officer_on_it(counter: Counter) -> None:
    assert counter.receipt(counter.start("pengajuan_cuti", "pns"), "pns").petugas is None
    assert counter.receipt(counter.apply()).petugas == counter.actor(LOKET).name


def test_who_is_offered_a_task_prints_one_too(counter: Counter) -> None:
    case = counter.apply()
    assert counter.receipt(case, "kepala_seksi_pencatatan_sipil").nomor


def test_before_the_applicant_is_written_down_there_is_no_receipt(counter: Counter) -> None:
    with pytest.raises(tracking.NobodyYet):
        counter.receipt(counter.start())


def test_an_applicant_of_whom_nothing_is_known_gets_a_code_with_their_birth_date(counter: Counter) -> None:
    case = counter.apply(nik="", telepon="")
    assert counter.receipt(case).kode is None
    code = counter.code(case, born=date(1990, 7, 1))
    assert counter.follow(code, "01-07-1990").case_key == case
    assert counter.receipt(case).kode is not None


@pytest.mark.parametrize("born", [date(2026, 11, 28), date(1890, 1, 1)])
def test_a_birth_date_that_cannot_be_is_refused(counter: Counter, born: date) -> None:
    with pytest.raises(tracking.WrongBirthDate):
        counter.receipt(counter.apply(nik=""), born=born)


def test_the_letter_lists_what_the_counter_did_not_find(counter: Counter) -> None:
    case = counter.apply()
    counter.code(case)
    with pytest.raises(tracking.NothingMissing):
        counter.do(LOKET, tracking.shortage, case, BASE)
    counter.complete(case, "langkah_2", LOKET, BACK)
    said, opening = counter.do(LOKET, tracking.shortage, case, BASE)
    assert [one.dokumen for one in said.kurang] == [
        "Fotokopi surat kematian dari dokter atau rumah sakit",
        "Fotokopi KK atau KTP-el yang meninggal",
    ]
    entries = counter.house.gate.ask(lambda c: audit.trail(c, f"case:{case}"))
    assert [(each.actor, each.verb) for each in entries] == [
        (LOKET, "paper.shortage"),
        (LOKET, "tracking.issue"),
    ]
    assert (said.jabatan, said.catatan, said.alamat_lacak) == (
        "Petugas Loket",
        "Boleh dari desa.",
        f"{BASE}/lacak",
    )
    assert opening.jam == (
        ("Senin–Kamis", "07.30–12.00 dan 13.00–16.00"),
        ("Jumat", "07.30–11.30 dan 13.00–16.30"),
    )


def test_a_near_holiday_is_named(counter: Counter) -> None:
    counter.later(days=20)
    opening = tracking.opening(counter.house.engine, "pencatatan-sipil")
    assert isinstance(opening, letters.Office)
    assert date(2026, 12, 25) in [day for day, _ in opening.tutup]
