"""Numbers of letters: one a letter, none twice, none lost."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from server.db import Change, Effect, write
from server.letters import agenda, registers
from server.letters.models import Direction
from server.letters.registers import Code, Register
from tests.letters.conftest import LetterOffice, day


def numbers(office: LetterOffice, register: str = "surat_keluar") -> list[str]:
    return [row.nomor for row in office.rows(register=register)]


@pytest.mark.both_databases
def test_twenty_signers_at_once_leave_neither_gap_nor_double(office: LetterOffice) -> None:
    staf = office.actor("staf_umpeg")
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: office.enter(staf), range(40)))
    assert [row.urut for row in office.rows()] == list(range(1, 41))
    assert len({row.nomor for row in office.rows()}) == 40


def test_a_number_is_written_as_the_book_has_it(office: LetterOffice) -> None:
    assert office.enter(kode="800")["nomor"] == "800/1/427.43/2026"
    assert office.enter()["nomor"] == "400.12/2/427.43/2026"
    assert office.enter(register="nota_dinas")["nomor"] == "000/1/ND/2026"


def test_a_new_year_begins_with_one(office: LetterOffice) -> None:
    office.enter()
    office.now = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)
    assert office.enter()["nomor"] == "400.12/1/427.43/2027"


def test_the_year_is_that_of_the_office_not_of_the_world(office: LetterOffice) -> None:
    office.now = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)  # half past midnight in the office
    said = office.perform("surat.nomor", {"kode": "800"}, tujuan="BKD", hal="Usulan")
    assert said.variables["nomor_surat"] == "800/1/427.43/2027"


def test_a_letter_dated_back_is_put_behind_the_last_before_its_date(office: LetterOffice) -> None:
    for tanggal in ("2026-11-02", "2026-11-10", "2026-11-20"):
        office.enter(tanggal=day(tanggal))
    assert office.enter(tanggal=day("2026-11-12"))["nomor"] == "400.12/2a/427.43/2026"
    assert office.enter(tanggal=day("2026-11-12"))["nomor"] == "400.12/2b/427.43/2026"
    assert office.enter(tanggal=day("2026-11-20"))["nomor"] == "400.12/4/427.43/2026"
    with pytest.raises(registers.NothingBefore):
        office.enter(tanggal=day("2026-11-01"))
    assert [(row.urut, row.sisipan) for row in office.rows()] == [
        (1, ""),
        (2, ""),
        (2, "a"),
        (2, "b"),
        (3, ""),
        (4, ""),
    ]


def test_last_years_letter_takes_a_place_in_last_years_register(office: LetterOffice) -> None:
    office.enter(tanggal=day("2026-11-02"))
    office.enter(tanggal=day("2026-11-20"))
    office.now = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)
    office.enter()
    assert office.enter(tanggal=day("2026-11-10"))["nomor"] == "400.12/1a/427.43/2026"


def test_an_incoming_letter_found_late_takes_the_next_number(office: LetterOffice) -> None:
    office.receive()
    office.receive(tanggal=day("2026-11-20"))
    assert numbers(office, "surat_masuk") == ["0001", "0002"]


def test_no_letter_bears_tomorrows_date(office: LetterOffice) -> None:
    with pytest.raises(registers.NotYet):
        office.enter(tanggal=day("2026-11-28"))


def test_a_cancelled_letter_keeps_its_number_and_says_why(office: LetterOffice) -> None:
    key = office.enter()["key"]
    office.do(agenda.cancel, "kasubag_umpeg", key, "Salah alamat")
    office.enter()
    assert [(row.urut, row.keadaan, row.alasan_batal) for row in office.rows()] == [
        (1, "batal", "Salah alamat"),
        (2, "berlaku", None),
    ]
    with pytest.raises(agenda.AlreadyCancelled):
        office.do(agenda.cancel, "kasubag_umpeg", key, "Lagi")
    with pytest.raises(agenda.WrongLetter):
        office.do(agenda.cancel, "kasubag_umpeg", office.rows(urut=2)[0].key, " ")


def test_two_numbers_drawn_in_one_step_differ(office: LetterOffice) -> None:
    handler = next(each for each in office.house.engine.handlers.values() if each.type == "surat.nomor")
    first = office.call(hal="Satu")
    with office.house.gate.database.connect() as connection:
        one = handler.run(replace(first, connection=connection))
        two = handler.run(replace(office.call(hal="Dua"), connection=connection, earlier=one.effects))
    assert (one.variables["nomor_surat"], two.variables["nomor_surat"]) == (
        "400.12/1/427.43/2026",
        "400.12/2/427.43/2026",
    )


def test_a_step_taken_back_leaves_its_number_cancelled(office: LetterOffice) -> None:
    handler = office.house.engine.handlers["surat.nomor"]
    office.perform("surat.nomor", {"kode": "800"}, tujuan="BKD", hal="Usulan")
    row = office.rows()[0]
    assert handler.undo is not None
    undone = handler.undo(replace(office.call(), key=row.key))
    with write(office.house.gate.database) as connection:
        Change(undone.effects, None).apply(connection)
    assert (office.rows()[0].keadaan, office.rows()[0].nomor) == ("batal", "800/1/427.43/2026")


def test_the_letter_in_the_book_is_completed_by_the_step_that_sends_it(office: LetterOffice) -> None:
    said = office.perform(
        "surat.nomor", {"kode": "800", "penanda_tangan": "kepala_dinas"}, tujuan=["Budi", "Sri"], hal="Tugas"
    )
    entered = said.variables["agenda_keluar"]
    assert isinstance(entered, dict)
    office.perform(
        "surat.agendakan_keluar", agenda_keluar={**entered, "bukti_kirim": "Resi 77", "tanggal": "2026-11-27"}
    )
    (row,) = office.rows()
    assert (row.pihak, row.bukti_kirim, row.dikirim) == ("Budi, Sri", "Resi 77", day("2026-11-27"))
    assert row.penanda_tangan.endswith(", Kepala Dinas")


def test_an_incoming_letter_of_a_case_gets_its_number(office: LetterOffice) -> None:
    form = {
        "asal": "Camat",
        "nomor_surat": "470/1",
        "tanggal_surat": "2026-11-25",
        "hal": "Data",
        "sifat": "segera",
    }
    said = office.perform("surat.agendakan_masuk", agenda_masuk={**form, "tanggal_terima": "2026-11-26"})
    assert said.variables["agenda_masuk"] == {**form, "tanggal_terima": "2026-11-26", "nomor_agenda": "0001"}
    (row,) = office.rows()
    assert (row.pihak, row.nomor_asal, row.sifat, row.tanggal) == (
        "Camat",
        "470/1",
        "segera",
        day("2026-11-26"),
    )


# --- registers and codes


def test_a_register_is_set_for_numbers_from_then_on(office: LetterOffice) -> None:
    office.enter()
    wanted = Register(
        "surat_keluar", "Surat keluar", Direction.KELUAR, "{urut:3}/{kode}/{bulan_romawi}/{tahun}", "470"
    )
    office.house.gate.do(lambda c: _change(registers.put_register(c, wanted)))
    with pytest.raises(registers.UnknownCode):
        office.enter()
    office.house.gate.do(lambda c: _change(registers.put_code(c, Code("470", "Lama", day("2010-01-01")))))
    assert office.enter()["nomor"] == "002/470/XI/2026"


@pytest.mark.parametrize(
    "pola",
    ["{kode}/{tahun}", "{urut}/{urut}/{tahun}", "{nama}/{urut}/{tahun}", "{urut}", "{urut}/{tahun}" * 9],
)
def test_a_pattern_that_could_give_a_number_twice_is_refused(office: LetterOffice, pola: str) -> None:
    wanted = Register("surat_keluar", "Surat keluar", Direction.KELUAR, pola, "")
    with pytest.raises(registers.WrongRegister):
        office.house.gate.ask(lambda c: registers.put_register(c, wanted))


def test_a_code_holds_from_day_to_day(office: LetterOffice) -> None:
    def put(code: Code) -> None:
        office.house.gate.do(lambda c: _change(registers.put_code(c, code)))

    def held(on: date) -> Code:
        found = office.house.gate.ask(lambda c: registers.codes(c, on))
        return next(each for each in found if each.kode == "800")

    put(Code("800", "Kepegawaian baru", day("2026-06-01"), None, "Perbup 1/2026"))
    assert held(day("2026-05-31")).nama == "Kepegawaian"
    assert held(day("2026-06-01")).nama == "Kepegawaian baru"
    with pytest.raises(registers.WrongCode):
        put(Code("800", "Bentrok", day("2026-01-01"), day("2026-07-01")))
    with pytest.raises(registers.WrongCode):
        put(Code("800;DROP", "x", day("2026-01-01")))


def _change(effects: Iterable[Effect]) -> Change[None]:
    return Change(tuple(effects), None)


def test_a_pasted_list_of_codes_is_taken_whole_or_refused_line_by_line() -> None:
    day = date(2026, 1, 1)
    read = registers.read_codes(
        "800.1\tPengadaan pegawai\n800.2; Mutasi, promosi\n\n", day, "Permendagri 83/2022"
    )
    assert [(each.kode, each.nama) for each in read] == [
        ("800.1", "Pengadaan pegawai"),
        ("800.2", "Mutasi, promosi"),
    ]
    with pytest.raises(registers.WrongCode) as refusal:
        registers.read_codes("800.1;Ada\n800.1;Lagi\nsalah kode;x\n900", day, None)
    told = " ".join(each.message for each in refusal.value.problems)
    for each in ("baris 2: kode 800.1 sudah disebut", "baris 3", "baris 4"):
        assert each in told
    with pytest.raises(registers.WrongCode):
        registers.read_codes(" \n", day, None)
