"""Files of employees: entries are only added, what holds is derived, and who may do which."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server import identity
from server.app import House, build
from server.clock import Clock
from server.config import Config
from server.db import write
from server.personnel import career, nip
from server.personnel.career import Facts, File
from server.personnel.career_kinds import JENIS, InvalidEntry
from server.personnel.employees import NotAnEmployee

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)
FACTS = Facts("Pranata Komputer", "Sekretariat", date(2015, 3, 1), date(1990, 5, 6))
RANK = {"golongan": "III/b", "mkg_tahun": "9", "mkg_bulan": "1"}


@dataclass
class Office:
    house: House

    def do(self, username: str, verb: Callable[..., Any], *args: Any) -> Any:
        who, at = self._actor(username), self.house
        return at.gate.do(lambda c: verb(at.engine, c, who, *args))

    def ask(self, username: str, question: Callable[..., Any], *args: Any) -> Any:
        who, at = self._actor(username), self.house
        return at.gate.ask(lambda c: question(at.engine, c, who, *args))

    def file(self, username: str = "budi", reader: str = "staf_umpeg") -> File:
        found: File = self.ask(reader, career.file_of, username)
        return found

    def _actor(self, username: str) -> identity.Actor:
        today, roles = self.house.engine.clock.today(), self.house.engine.roles
        return self.house.gate.ask(lambda c: identity.load_actor(c, username, today, roles))


@pytest.fixture
def office(engine: Database) -> Office:
    house = build(Config(), engine, Clock(now=lambda: NOW))
    with write(engine) as connection:
        for name, role in (
            ("staf_umpeg", "staf_umpeg"),
            ("budi", "pns"),
            ("ani", "pns"),
            ("sek", "sekretaris"),
        ):
            number = "199005062015031007" if name == "budi" else None
            identity.add_person(connection, identity.NewPerson(name, name.title(), number), NOW)
            identity.hold(
                connection, house.engine.roles, identity.Holding(name, role, None, date(2026, 1, 1))
            )
        identity.give_first_grants(connection, house.engine.roles)
    at = Office(house)
    at.do("staf_umpeg", career.employ, "budi", FACTS)
    return at


def test_the_newest_entry_holds_and_one_that_begins_later_does_not_yet(office: Office) -> None:
    for tmt, golongan in (("2019-04-01", "III/a"), ("2023-04-01", "III/b"), ("2027-04-01", "III/c")):
        rank = RANK | {"golongan": golongan}
        office.do("staf_umpeg", career.note, "budi", "pangkat", date.fromisoformat(tmt), rank)
    file = office.file()
    assert file.career.isi("pangkat", "golongan") == "III/b"
    assert [each.isi["golongan"] for each in file.entries] == ["III/c", "III/b", "III/a"]


def test_a_correction_takes_the_place_of_an_entry_which_stays_to_be_read(office: Office) -> None:
    key = office.do("staf_umpeg", career.note, "budi", "pangkat", date(2023, 4, 1), RANK)
    office.do("staf_umpeg", career.correct, "budi", key, date(2022, 4, 1), RANK | {"golongan": "III/a"})
    file = office.file()
    assert (file.career.tmt("pangkat"), file.career.isi("pangkat", "golongan")) == (date(2022, 4, 1), "III/a")
    assert len(file.entries) == 2
    with pytest.raises(career.AlreadyCorrected):
        office.do("staf_umpeg", career.strike, "budi", key)


def test_an_entry_that_was_none_is_struck_out(office: Office) -> None:
    key = office.do("staf_umpeg", career.note, "budi", "pangkat", date(2023, 4, 1), RANK)
    office.do("staf_umpeg", career.strike, "budi", key)
    assert office.file().career.newest == {}


def test_the_database_itself_refuses_to_change_an_entry(office: Office) -> None:
    office.do("staf_umpeg", career.note, "budi", "pangkat", date(2023, 4, 1), RANK)
    with pytest.raises(DBAPIError, match="append-only"), write(office.house.gate.database) as connection:
        connection.execute(text("UPDATE career_entry SET tmt = '2020-01-01'"))


def test_where_an_employee_belongs_follows_the_post_that_they_hold(office: Office) -> None:
    post = {"nama": "Kasubag Keuangan", "unit": "Keuangan", "kelompok": "pengawas", "tingkat": "IV.a"}
    office.do("staf_umpeg", career.note, "budi", "jabatan", date(2026, 1, 5), post)
    later = post | {"nama": "Sekretaris", "kelompok": "administrator", "tingkat": "III.a"}
    office.do("staf_umpeg", career.note, "budi", "jabatan", date(2027, 1, 5), later)
    assert (office.file().employee.jabatan, office.file().employee.unit) == ("Kasubag Keuangan", "Keuangan")


def test_who_has_left_is_listed_no_more(office: Office) -> None:
    left = {"status": "BERHENTI", "sebab": "pindah"}
    office.do("staf_umpeg", career.note, "budi", "status", date(2026, 11, 1), left)
    assert office.ask("staf_umpeg", career.list_employees) == []
    again = {"status": "PNS"}
    office.do("staf_umpeg", career.note, "budi", "status", date(2026, 11, 20), again)
    assert len(office.ask("staf_umpeg", career.list_employees)) == 1


def test_changed_facts_leave_what_was_in_the_audit_trail(office: Office) -> None:
    changed = Facts("Analis", "Sekretariat", FACTS.mulai_kerja, FACTS.tanggal_lahir)
    office.do("staf_umpeg", career.change_facts, "budi", changed)
    (entry,) = office.house.gate.ask(lambda c: identity.trail(c, "person:budi", verb="career.change"))
    assert entry.detail == {"jabatan": ["Pranata Komputer", "Analis"]}


@pytest.mark.parametrize(
    ("jenis", "tmt", "raw", "where"),
    [
        ("pangkat", None, RANK, "tmt"),
        ("pangkat", date(2023, 4, 1), RANK | {"golongan": "V/a"}, "golongan"),
        ("pangkat", date(2023, 4, 1), RANK | {"mkg_bulan": "12"}, "mkg_bulan"),
        ("pangkat", date(2023, 4, 1), RANK | {"gaji": "1"}, "gaji"),
        ("pendidikan", date(2027, 4, 1), {"tingkat": "S1"}, "tmt"),
        ("kinerja", date(2026, 1, 1), {"tahun": "2025", "nilai": "90"}, "nilai"),
        ("kinerja", date(2026, 1, 1), {"tahun": "NaN", "predikat": "baik"}, "tahun"),
        (
            "jabatan",
            date(2026, 1, 1),
            {"nama": "x", "unit": "y", "kelompok": "pelaksana", "tingkat": "IV.a"},
            "nomor_sk",
        ),
        ("status", date(2026, 1, 1), {"status": "BERHENTI"}, "nomor_sk"),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_field(
    office: Office, jenis: str, tmt: date | None, raw: dict[str, str], where: str
) -> None:
    with pytest.raises(InvalidEntry) as refusal:
        office.do("staf_umpeg", career.note, "budi", jenis, tmt, raw)
    assert [each.where for each in refusal.value.problems] == [where]


def test_everybody_reads_their_own_file_and_nobody_elses(office: Office) -> None:
    assert office.file(reader="budi").employee.username == "budi"
    assert office.file(reader="sek").employee.username == "budi"
    with pytest.raises(NotAnEmployee):
        office.file(reader="ani")
    with pytest.raises(career.NotForYou):
        office.ask("ani", career.list_employees)


@pytest.mark.parametrize("who", ["budi", "ani", "sek"])
def test_only_keepers_write(office: Office, who: str) -> None:
    with pytest.raises(career.NotAKeeper):
        office.do(who, career.note, "budi", "pangkat", date(2023, 4, 1), RANK)
    with pytest.raises(career.NotAKeeper):
        office.do(who, career.employ, "ani", FACTS)


def test_employees_are_found_by_all_words_and_page_by_page(office: Office) -> None:
    office.do("staf_umpeg", career.employ, "ani", Facts("Arsiparis", "Umum", date(2020, 1, 1), None))
    assert [
        each.employee.username for each in office.ask("staf_umpeg", career.list_employees, "ARSIP umum")
    ] == ["ani"]
    assert [
        each.employee.username for each in office.ask("staf_umpeg", career.list_employees, "", "ani")
    ] == ["budi"]
    assert office.ask("staf_umpeg", career.list_employees, "100%") == []


@pytest.mark.parametrize(
    ("number", "status", "doubt"),
    [
        ("199005062015031007", "PNS", None),
        ("199005072015031007", "PNS", "Tanggal lahir"),
        ("199013062015031007", "PNS", "bukan tanggal lahir"),
        ("199005062015131007", "PNS", "bukan bulan"),
        ("199005062015033007", "PNS", "jenis kelamin"),
        ("199005062015041007", "PNS", "Bulan TMT CPNS"),
        ("199005062015211007", "PPPK", None),
    ],
)
def test_a_nip_is_doubted_and_never_refused(number: str, status: str, doubt: str | None) -> None:
    found = nip.doubts(number, status, FACTS.tanggal_lahir, FACTS.mulai_kerja)
    assert (doubt is None and found == ()) or doubt in " ".join(found)


def test_a_nip_of_somebody_very_young_is_doubted() -> None:
    assert nip.doubts("200505062020031007", "PNS", None, None) == (
        "Menurut NIP ia menjadi CPNS pada umur 14 tahun.",
    )


def test_every_kind_of_entry_has_its_words() -> None:
    assert all(each.label and each.tmt and each.fields for each in JENIS.values())
