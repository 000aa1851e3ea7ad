"""The reminder book: what is due for whom, what holds it up, and the one case that is started for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import event, insert

from server import engine as verbs
from server import identity, personnel
from server.app import House, build
from server.cli import PUBLISHER
from server.clock import Clock
from server.config import ROOT, Config
from server.db import write
from server.engine import trial
from server.engine.search import Query, search
from server.engine.tables import ProcessInstance
from server.notify import NOTIFICATIONS
from server.personnel import career, reminder_book
from server.personnel.career import Facts
from server.personnel.models import DisciplineCase, DisciplineStep
from server.personnel.reminder_book import Due
from server.personnel.seniority import seniority

FILES = [
    *ROOT.glob("dmn/kepegawaian/*.dmn"),
    ROOT / "bpmn/umum-kepegawaian/kenaikan-gaji-berkala.bpmn",
    ROOT / "forms/umum-kepegawaian/usulan-kgb.form",
    ROOT / "forms/umum-kepegawaian/sk-kgb.form",
    ROOT / "forms/bersama/konsep-surat.form",
    ROOT / "forms/bersama/agenda-surat-keluar.form",
]
ENTRIES: list[tuple[str, str, dict[str, object]]] = [
    ("status", "2015-03-01", {"status": "PNS"}),
    ("pangkat", "2023-03-01", {"golongan": "III/c", "mkg_tahun": 8, "mkg_bulan": 0}),
    ("jabatan", "2020-01-02", {"nama": "Analis", "unit": "Umum", "kelompok": "pelaksana"}),
    ("pendidikan", "2012-07-20", {"tingkat": "S1"}),
    ("kgb", "2025-03-01", {"mkg_tahun": 10, "mkg_bulan": 0}),
    ("kinerja", "2025-01-15", {"tahun": 2024, "predikat": "baik"}),
    ("kinerja", "2026-01-15", {"tahun": 2025, "predikat": "baik"}),
]


@dataclass
class Present:
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 27, 2, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    house: House
    time: Present

    def do(self, username: str, verb: Callable[..., Any], *args: Any) -> Any:
        who, at = self.actor(username), self.house
        return at.gate.do(lambda c: verb(at.engine, c, who, *args))

    def ask(self, username: str, question: Callable[..., Any], *args: Any) -> Any:
        who, at = self.actor(username), self.house
        return at.gate.ask(lambda c: question(at.engine, c, who, *args))

    def actor(self, username: str) -> identity.Actor:
        today, roles = self.house.engine.clock.today(), self.house.engine.roles
        return self.house.gate.ask(lambda c: identity.load_actor(c, username, today, roles))

    def book(self, reader: str = "kasubag_umpeg") -> list[tuple[str, str, date | None, str]]:
        return [(each.username, each.jenis, each.tmt, each.putusan) for each in self.found(reader)]

    def found(self, reader: str = "kasubag_umpeg") -> list[Due]:
        found: list[Due] = self.ask(reader, reminder_book.book).due
        return found

    def at(self, day: str) -> None:
        self.time.now = datetime.fromisoformat(f"{day}T02:00:00+00:00")

    def employ(self, username: str, born: str = "1990-05-06", entries: Any = ENTRIES) -> None:
        facts = Facts("Analis", "Umum", date(2015, 3, 1), date.fromisoformat(born))
        self.do("staf_umpeg", career.employ, username, facts)
        for jenis, tmt, raw in entries:
            self.do("staf_umpeg", career.note, username, jenis, date.fromisoformat(tmt), raw)

    def punish(self, username: str, langkah: str, until: date) -> None:
        case = {"case_key": 7, "number": "D-7", "username": username, "dibuka_pada": self.time.now}
        rung = {"langkah": langkah, "sejak": date(2026, 6, 1), "sampai": until}
        with write(self.house.gate.database) as connection:
            connection.execute(insert(DisciplineCase), {**case, **rung})
            connection.execute(insert(DisciplineStep), {"key": 7, "case_key": 7, **rung})


@pytest.fixture
def office(engine: Database) -> Office:
    time = Present()
    house = build(Config(), engine, Clock(now=time))
    with write(engine) as connection:
        for name in ("kasubag_umpeg", "staf_umpeg", "sekretaris", "kepala_dinas", "budi", "ani"):
            role = name if name in house.engine.roles else "pns"
            identity.add_person(connection, identity.NewPerson(name, name.title()), time.now)
            held = identity.Holding(name, role, None, date(2020, 1, 1))
            identity.hold(connection, house.engine.roles, held)
        identity.give_first_grants(connection, house.engine.roles)
    files = {str(path.relative_to(ROOT)): path.read_bytes() for path in FILES}
    house.gate.do(lambda c: verbs.deploy(house.engine, c, PUBLISHER, files, trial.examine))
    office = Office(house, time)
    office.employ("budi")
    return office


KGB = date(2027, 3, 1)


@pytest.mark.parametrize(
    ("day", "listed"), [("2026-09-30", False), ("2026-10-01", True), ("2027-06-01", True)]
)
def test_a_pay_rise_stands_in_the_book_five_months_ahead_and_until_it_is_noted(
    office: Office, day: str, listed: bool
) -> None:
    office.at(day)
    assert (("budi", "kgb", KGB, "USULKAN") in office.book()) is listed


def test_a_noted_pay_rise_leaves_the_book_though_it_begins_later(office: Office) -> None:
    given = {"mkg_tahun": 12, "mkg_bulan": 0}
    office.do("staf_umpeg", career.note, "budi", "kgb", KGB, given)
    assert office.book() == [("budi", "kp", KGB, "USULKAN")]


def test_a_birthday_on_the_29th_of_february_and_on_the_first_of_a_month(office: Office) -> None:
    office.employ("ani", "1968-02-29", ENTRIES[:3])
    office.at("2025-06-01")
    (due,) = [each for each in office.ask("ani", reminder_book.due_of, "ani") if each.jenis == "pensiun"]
    assert (due.tmt, due.rincian["tanggal_bup"]) == (date(2026, 3, 1), "2026-02-28")
    changed = Facts("Analis", "Umum", date(2015, 3, 1), date(1968, 3, 1))
    office.do("staf_umpeg", career.change_facts, "ani", changed)
    (due,) = [each for each in office.ask("ani", reminder_book.due_of, "ani") if each.jenis == "pensiun"]
    assert due.tmt == date(2026, 4, 1)


def test_who_retires_is_reminded_of_at_each_stage_of_the_table(office: Office) -> None:
    office.employ("ani", "1969-11-27", ENTRIES[:3])
    (due,) = [each for each in office.found() if each.jenis == "pensiun"]
    assert [each.tanggal for each in due.ingatkan][:3] == [
        date(2026, 6, 1),
        date(2026, 9, 1),
        date(2026, 12, 1),
    ]
    assert due.alasan[1].startswith("Kumpulkan berkas")


def test_a_punishment_that_is_served_on_the_day_holds_it_up_and_only_the_keeper_reads_why(
    office: Office,
) -> None:
    office.punish("budi", "tunda_kgb", date(2027, 6, 1))
    (kgb, kp) = office.found()
    assert [(kgb.putusan, kgb.held_by), (kp.putusan, kp.held_by)] == [("TUNDA", (7,)), ("BLOKIR", (7,))]
    for reader in ("staf_umpeg", "sekretaris"):
        assert {(each.putusan, each.alasan, each.dasar) for each in office.found(reader)} == {
            ("TERTAHAN", (reminder_book.HELD,), None)
        }
    own = office.ask("budi", reminder_book.due_of, "budi")
    assert {each.putusan for each in own if each.jenis in ("kgb", "kp")} == {"TERTAHAN"}
    with pytest.raises(reminder_book.NotDue):
        office.do("kasubag_umpeg", reminder_book.begin, "budi", "kgb", KGB)


def test_a_punishment_that_ends_before_the_day_holds_no_pay_rise_up(office: Office) -> None:
    office.punish("budi", "tunda_kgb", date(2027, 2, 28))
    assert [each.putusan for each in office.found()] == ["USULKAN", "BLOKIR"]


def test_missing_ratings_are_asked_for_instead_of_guessed(office: Office) -> None:
    office.employ("ani", entries=ENTRIES[:5])
    assert {each.putusan for each in office.found() if each.username == "ani"} == {"LENGKAPI"}


def test_who_serves_under_a_contract_is_counted_beside_the_book(office: Office) -> None:
    office.employ("ani", entries=[("status", "2022-03-01", {"status": "PPPK"}), *ENTRIES[1:]])
    found = office.ask("kasubag_umpeg", reminder_book.book)
    assert (found.pppk, {each.username for each in found.due}) == (1, {"budi"})


def test_a_case_is_started_once_with_the_employee_as_its_subject(office: Office) -> None:
    first = office.do("kasubag_umpeg", reminder_book.begin, "budi", "kgb", KGB)
    again = office.do("kasubag_umpeg", reminder_book.begin, "budi", "kgb", KGB)
    assert (first.again, again.again, again.key) == (False, True, first.key)
    row = office.house.gate.ask(lambda c: c.execute(ProcessInstance.__table__.select()).one())
    assert (row.key, row.subject, row.process_id) == (first.key, "budi", "kenaikan_gaji_berkala")
    (due,) = [each for each in office.found() if each.jenis == "kgb"]
    assert due.perkara is not None
    assert due.perkara.is_open
    assert due.perkara.number == first.number


def test_of_two_who_start_at_the_same_moment_the_second_finds_the_first_ones_case(office: Office) -> None:
    who, at = office.actor("kasubag_umpeg"), office.house
    between: list[Any] = []

    def late(connection: Any) -> Any:
        prepared = reminder_book.begin(at.engine, connection, who, "budi", "kgb", KGB)
        if not between:
            between.append(office.do("kasubag_umpeg", reminder_book.begin, "budi", "kgb", KGB))
        return prepared

    second = at.gate.do(late)
    assert (second.key, second.again) == (between[0].key, True)


def test_after_a_cancelled_case_another_may_be_started(office: Office) -> None:
    first = office.do("kasubag_umpeg", reminder_book.begin, "budi", "kgb", KGB)
    office.do("kasubag_umpeg", verbs.cancel, first.key)
    second = office.do("kasubag_umpeg", reminder_book.begin, "budi", "kgb", KGB)
    assert (second.again, second.key == first.key) == (False, False)


def test_a_case_that_somebody_started_elsewhere_is_found(office: Office) -> None:
    started = office.do("kasubag_umpeg", verbs.start, "kenaikan_gaji_berkala", {}, "budi")
    begun = office.do("kasubag_umpeg", reminder_book.begin, "budi", "kgb", KGB)
    assert (begun.key, begun.again) == (started.key, True)


def test_what_is_not_due_on_that_day_is_not_started(office: Office) -> None:
    for jenis, tmt in (("kgb", date(2027, 4, 1)), ("pensiun", date(2048, 6, 1))):
        with pytest.raises(reminder_book.NotDue):
            office.do("kasubag_umpeg", reminder_book.begin, "budi", jenis, tmt)


def test_who_keeps_no_files_reads_no_book_and_starts_nothing(office: Office) -> None:
    with pytest.raises(career.NotForYou):
        office.found("ani")
    with pytest.raises(career.NotAKeeper):
        office.do("sekretaris", reminder_book.begin, "budi", "kgb", KGB)
    assert office.ask("ani", reminder_book.may_begin) == frozenset()
    assert office.ask("kasubag_umpeg", reminder_book.may_begin) == {"kgb"}


def test_the_seniority_list_goes_by_its_six_keys(office: Office) -> None:
    office.employ("ani", "1991-05-06")
    order = lambda: [each.employee.username for each in office.ask("sekretaris", seniority)]  # noqa: E731
    assert order() == ["budi", "ani"]  # of equals the older
    raised: list[tuple[str, str, dict[str, object]]] = [
        ("pendidikan", "2020-07-20", {"tingkat": "S2"}),
        ("diklat", "2021-07-20", {"tingkat": "pkp"}),
        (
            "jabatan",
            "2022-01-02",
            {"nama": "Kasubag", "unit": "Umum", "kelompok": "pengawas", "tingkat": "IV.a"},
        ),
        ("pangkat", "2024-03-01", {"golongan": "III/d", "mkg_tahun": 9, "mkg_bulan": 0}),
    ]
    for number, (jenis, tmt, raw) in enumerate(raised):
        name = ("ani", "budi")[number % 2]
        office.do("staf_umpeg", career.note, name, jenis, date.fromisoformat(tmt), raw)
        assert order()[0] == name, jenis


def test_five_hundred_employees_are_read_in_a_few_statements(office: Office) -> None:
    counted: list[str] = []
    database = office.house.gate.database
    event.listen(
        database, "before_cursor_execute", lambda c, cursor, statement, *rest: counted.append(statement)
    )
    office.found()
    few, counted[:] = len(counted), []
    office.employ("ani")
    counted.clear()
    office.found()
    assert len(counted) <= few


def test_the_keeper_is_told_once_of_each_step_and_nobody_else_is(office: Office) -> None:
    office.employ("ani", "1969-11-27", ENTRIES[:3])
    at = office.house
    for day in ("2026-11-30", "2026-12-01", "2026-12-02", "2027-01-15"):
        office.at(day)
        at.gate.do(lambda c: personnel.remind(at.engine, c, by_mail=False))
        at.gate.do(lambda c: personnel.remind(at.engine, c, by_mail=False))
    found = office.ask("kasubag_umpeg", search, NOTIFICATIONS, Query()).items
    assert sorted(each["about"] for each in found) == [
        "Ani: kenaikan pangkat, TMT 1 Maret 2027. Usulkan kenaikan pangkat.",
        "Ani: pensiun, TMT 1 Desember 2027. Kirim berkas pensiun ke BKD; masa persiapan pensiun boleh dimulai.",
        "Budi: kenaikan gaji berkala, TMT 1 Maret 2027. Usulkan kenaikan gaji berkala.",
        "Budi: kenaikan pangkat, TMT 1 Maret 2027. Usulkan kenaikan pangkat.",
    ]
    assert {each["occasion"] for each in found} == {"penjagaan"}
    for name in ("staf_umpeg", "budi", "sekretaris"):
        assert not office.ask(name, search, NOTIFICATIONS).items
