"""Following a case from outside: a code and one fact, and nothing for whoever lacks either."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from server import tracking
from server.db import write
from server.identity import audit
from server.identity.attempts import WINDOW
from server.identity.models import Person
from server.tracking.codes import digest, new_code
from server.tracking.following import CLOSED, OF_ADDRESS, OF_CODE, network_of
from server.tracking.models import TrackingCode
from server.tracking.proof import is_right, letter_of, proof_of
from tests.tracking.conftest import BORN, LOKET, NOW, Counter

REPORT = {
    "kecamatan": "Tempeh", "nomor_surat": "470/12/XI/2026", "tanggal_surat": "2026-11-26", "tanggal_opname": "2026-11-26",
    "stok_awal": 141, "terima": 0, "cetak_baik": 99, "rusak": 1, "stok_fisik": 41, "rusak_dikembalikan": True,
    "printer_siap": True, "permintaan_baru": 1080, "hari_kerja": 60, "dalam_kirim": 0, "prr": 320, "non_prr": 110,
    "ribbon_stok": 0, "film_stok": 0,
}  # fmt: skip


def test_code_and_fact_together_open_the_case(counter: Counter) -> None:
    case = counter.apply()
    found = counter.follow(counter.code(case))
    assert (found.case_key, found.pemohon, found.layanan) == (case, "Sari Dewi", "Penerbitan Akta Kematian")


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_code_may_be_typed_in_any_way(counter: Counter, typed: Any) -> None:
    assert counter.follow(typed(counter.code(counter.apply())))


@pytest.mark.parametrize(
    "answer",
    ["0001", "02-07-1990", "", "3508", "٠١٠٧٩٠", "010790' OR 1=1", "0107900001", "1 7", "01-07-19900"],
)
def test_a_wrong_fact_opens_nothing(counter: Counter, answer: str) -> None:
    with pytest.raises(tracking.NotRecognised):
        counter.follow(counter.code(counter.apply()), answer)


def test_a_wrong_code_and_a_wrong_fact_are_answered_alike_after_the_same_work(counter: Counter) -> None:
    code = counter.code(counter.apply())
    answers = [refused(counter, code, "0002"), refused(counter, new_code(), BORN), refused(counter, "", "")]
    assert answers[0] == answers[1] == answers[2]


def refused(counter: Counter, code: str, answer: str) -> tuple[str, list[str]]:
    """The message, and the statements that it took."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    database = counter.house.gate.database
    event.listen(database, "before_cursor_execute", note)
    try:
        with pytest.raises(tracking.NotRecognised) as told:
            counter.follow(code, answer)
    finally:
        event.remove(database, "before_cursor_execute", note)
    assert sent
    return told.value.message, sent


def test_nothing_in_the_database_gives_a_code_away(counter: Counter) -> None:
    code = counter.code(counter.apply())
    database = counter.house.gate.database
    kept = open(str(database.url.database), "rb").read() + open(f"{database.url.database}-wal", "rb").read()  # noqa: SIM115
    for text in (code, code.replace("-", "")):
        assert text.encode() not in kept


def test_after_some_wrong_facts_a_code_rests_for_whoever_asks(counter: Counter) -> None:
    code = counter.code(counter.apply())
    for _ in range(OF_CODE):
        with pytest.raises(tracking.NotRecognised):
            counter.follow(code, "0002")
    with pytest.raises(tracking.TooManyQuestions) as told:
        counter.follow(code)
    assert told.value.retry_after == WINDOW.total_seconds()
    counter.later(seconds=WINDOW.total_seconds())
    assert counter.follow(code)


def test_a_code_that_too_much_was_guessed_of_is_dead_until_there_is_a_new_receipt(counter: Counter) -> None:
    case = counter.apply()
    code = counter.code(case)
    for _ in range(CLOSED):
        with pytest.raises(tracking.NotRecognised):
            counter.follow(code, "0002")
        counter.later(seconds=WINDOW.total_seconds())
    with pytest.raises(tracking.NotRecognised):
        counter.follow(code)
    assert counter.follow(counter.code(case))


def test_who_is_right_at_last_begins_anew(counter: Counter) -> None:
    code = counter.code(counter.apply())
    for _ in range(CLOSED // (OF_CODE - 1) + 1):
        for _ in range(OF_CODE - 1):
            with pytest.raises(tracking.NotRecognised):
                counter.follow(code, "0002")
        assert counter.follow(code)


def test_an_address_that_asks_too_often_is_refused_whatever_it_asks(counter: Counter) -> None:
    code, address = counter.code(counter.apply()), "2001:db8:1:2::9"
    for number in range(OF_ADDRESS - 1):
        with pytest.raises(tracking.NotRecognised):
            counter.follow(new_code(), BORN, f"2001:db8:1:2::{number:x}")
    assert counter.follow(code, address=address)
    with pytest.raises(tracking.TooManyQuestions):
        counter.follow(code, address=address)
    assert counter.follow(code)


@pytest.mark.parametrize(
    ("address", "network"),
    [("10.1.2.3", "10.1.2.3"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("?", "?")],
)
def test_a_household_is_one_address(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_new_receipt_leaves_the_old_one_good_unless_it_is_to_replace_it(counter: Counter) -> None:
    case = counter.apply()
    first, second = counter.code(case), counter.code(case)
    assert counter.follow(first).case_key == counter.follow(second).case_key == case
    third = counter.code(case, renew=True)
    for old in (first, second):
        with pytest.raises(tracking.NotRecognised):
            counter.follow(old)
    assert counter.follow(third)


def test_a_confidential_case_is_never_shown_whatever_code_there_is(counter: Counter) -> None:
    case = counter.start("penanganan_disiplin", "kasubag_umpeg", "pns")
    with pytest.raises(tracking.NoRequest):
        counter.receipt(case, "kasubag_umpeg")
    code = new_code()
    row = {"sha256": digest(code), "case_key": case, "issued_by": "x"}
    with write(counter.house.gate.database) as connection:
        nip = connection.execute(select(Person.nip).where(Person.username == "pns")).scalar_one()
        connection.execute(insert(TrackingCode), row | {"issued_at": NOW, "failures": 0})
    with pytest.raises(tracking.NotRecognised):
        counter.follow(code, nip)


def test_every_attempt_is_in_the_audit_trail_and_no_code(counter: Counter) -> None:
    case = counter.apply()
    code = counter.code(case)
    counter.follow(code, address="10.9.9.9")
    with pytest.raises(tracking.NotRecognised):
        counter.follow(code, "0002", "10.9.9.8")
    trail = counter.house.gate.ask(lambda c: audit.trail(c, f"case:{case}"))
    assert [(each.verb, each.outcome, each.actor) for each in trail] == [
        ("tracking.follow", "NotRecognised", None),
        ("tracking.follow", "done", None),
        ("tracking.issue", "done", "petugas_loket_pencatatan_sipil"),
    ]
    assert trail[0].detail == {"address": "10.9.9.8"}


@pytest.mark.parametrize(
    ("known", "asks", "right"),
    [
        (
            ("3508014107900001", "197707032001071031", "0812345678", None),
            "NIK",
            ["01-07-1990", "3508 0141 0790 0001"],
        ),
        (("3508011707900001", None, None, None), "NIK", ["170790", "17 Juli 1990", "17/7/90"]),
        (("3508019907900001", None, None, None), "NIK", ["3508019907900001"]),
        ((None, "197707032001071031", "0812345678", None), "NIP", ["3-7-1977", "197707032001071031"]),
        (("", None, "+62 812-345-678", None), "telepon", ["5678"]),
        (("belum ada", None, "-", date(1990, 7, 1)), "tanggal lahir", ["01-07-1990", "1 Jul 1990"]),
    ],
)
def test_the_fact_is_the_first_that_the_office_knows(known: Any, asks: str, right: list[str]) -> None:
    proof = proof_of(*known)
    assert proof is not None
    assert asks in proof.asks
    assert all(is_right(proof, answer) for answer in right)
    assert not any(is_right(proof, answer) for answer in ("", "0001", "1031", "01-08-1990", "1977"))


def test_of_whom_nothing_is_known_nothing_is_right() -> None:
    assert proof_of(None, None, None, None) is None
    assert not is_right(None, "")


def test_a_code_has_more_than_sixty_random_bits_and_no_letter_that_is_taken_for_another() -> None:
    codes = {new_code() for _ in range(2000)}
    assert len(codes) == 2000
    letters = set("".join(codes)) - {"-"}
    assert len(letters) ** 16 > 2**60
    assert not letters & set("01ILOU")
    assert {len(code) for code in codes} == {19}


def test_a_code_survives_a_new_process(counter: Counter) -> None:
    code = counter.code(counter.apply())
    kept = counter.house.gate.ask(lambda c: c.execute(select(TrackingCode.sha256)).scalars().all())
    assert digest(code) in kept


def test_a_kecamatan_follows_its_request_by_the_number_of_its_letter(counter: Counter) -> None:
    operator = "petugas_operator_pendaftaran_penduduk"
    case = counter.start("distribusi_blangko", operator)
    counter.complete(case, "langkah_1", operator, {"laporan": REPORT})
    said = counter.receipt(case, operator)
    assert (said.pemohon, said.fakta) == ("Kecamatan Tempeh", "nomor surat permintaan pemohon")
    assert said.kode
    for answer in ("470/12/XI/2026", "470 12 xi 2026", "470122026"):
        assert counter.follow(said.kode, answer).case_key == case
    for wrong in ("470/13/XI/2026", "47012", ""):
        with pytest.raises(tracking.NotRecognised):
            counter.follow(said.kode, wrong)


@pytest.mark.parametrize("number", ["12", "-/-", None, 470])
def test_a_letter_s_number_that_anybody_would_guess_proves_nothing(number: Any) -> None:
    assert proof_of(None, None, None, None, letter_of({"nomor_surat": number})) is None


def test_who_applies_is_recorded_nowhere_in_some_procedures(counter: Counter) -> None:
    assert not counter.ask(LOKET, tracking.request, counter.start()).nobody_recorded
