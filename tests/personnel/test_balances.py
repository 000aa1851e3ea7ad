"""The leave book as it is read and corrected, over the tables in force: by whom, in how many statements, against whom at once."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import insert

from server import engine as verbs
from server.app import House, build
from server.cli import PUBLISHER
from server.clock import Clock
from server.config import ROOT, Config
from server.db import write
from server.engine import trial
from server.identity import (
    Holding,
    NewPerson,
    add_person,
    give_first_grants,
    hold,
    load_actor,
    read_roles,
    trail,
)
from server.personnel import NewEmployee, add_employee, balances, corrections
from server.personnel.balances import Balance, NotYours, Sought
from server.personnel.corrections import Correction, NotTheKeeper, PageHasChanged, WrongCorrection
from server.personnel.models import LeaveRequest, LeaveYear
from tests.identity.statements import counted

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
ROLES = read_roles((ROOT / "bpmn" / "roles.yaml").read_bytes())
PEOPLE = {
    "kasubag": ("kasubag_umpeg", None, "Sekretariat"),
    "sekretaris": ("sekretaris", None, "Sekretariat"),
    "staf": ("staf_umpeg", None, "Sekretariat"),
    "kabid": ("kepala_bidang", "pencatatan-sipil", "Pelayanan Pencatatan Sipil"),
    "sari": ("pns", None, "Pelayanan Pencatatan Sipil"),
    "budi": ("pns", None, "Sekretariat"),
}


class Leave:
    """A house of six with the tables of leave."""

    def __init__(self, database: Database) -> None:
        self.house: House = build(Config(), database, Clock(now=lambda: NOW))
        with write(database) as connection:
            for username, (role, bidang, unit) in PEOPLE.items():
                add_person(connection, NewPerson(username, username.title()), NOW)
                hold(connection, ROLES, Holding(username, role, bidang, date(2026, 1, 1)))
                add_employee(connection, NewEmployee(username, "Pelaksana", unit, date(2010, 1, 1), 2020))
            give_first_grants(connection, ROLES)
        files = {str(path.relative_to(ROOT)): path.read_bytes() for path in ROOT.glob("dmn/cuti/*.dmn")}
        self.house.gate.do(lambda c: verbs.deploy(self.house.engine, c, PUBLISHER, files, trial.examine))

    def actor(self, username: str) -> Any:
        return self.house.gate.ask(lambda c: load_actor(c, username, NOW.date(), ROLES))

    def ask(self, username: str, question: Callable[..., Any], *args: Any, **more: Any) -> Any:
        who = self.actor(username)
        return self.house.gate.ask(lambda c: question(self.house.engine, c, who, *args, **more))

    def put(self, table: Any, **values: object) -> None:
        with write(self.house.gate.database) as connection:
            connection.execute(insert(table), values)

    def page(self, username: str, tahun: int, **values: object) -> None:
        self.put(LeaveYear, username=username, tahun=tahun, **values)

    def request(self, case: int, status: str = "diajukan", lama: int = 5, **values: object) -> None:
        days = {"tahun": 2026, "mulai": date(2026, 6, 8), "selesai": date(2026, 6, 12), "jenis": "tahunan"}
        asked = {"username": "sari", "diajukan_pada": NOW, "status": status, "lama": lama}
        self.put(LeaveRequest, case_key=case, **{**asked, **days, **values})

    def of(self, username: str, tahun: int = 2026) -> Balance:
        (found,) = self.ask("kasubag", balances.history, username, [tahun])
        return found  # type: ignore[no-any-return]

    def correct(
        self, by: str, username: str = "sari", tahun: int = 2026, version: int = 0, **said: Any
    ) -> None:
        plain = {"terpakai": 0, "dari_bawaan": 0, "ditangguhkan": 0, "cuti_besar": False}
        worked = {"cuti_bersama_tidak_diberi": 0, "alasan": "Buku lama"}
        wanted = Correction(**{**plain, **worked, "version": version, **said})  # type: ignore[arg-type]
        who = self.actor(by)
        self.house.gate.do(lambda c: corrections.correct(self.house.engine, c, who, username, tahun, wanted))


@pytest.fixture
def leave(engine: Database) -> Leave:
    return Leave(engine)


@pytest.mark.both_databases
def test_a_balance_says_what_the_tables_say_of_all_three_years(leave: Leave) -> None:
    leave.page("sari", 2024, terpakai=12)
    leave.page("sari", 2025, terpakai=4)
    leave.page("sari", 2026, terpakai=3, dari_bawaan=3)
    leave.request(1)
    found = leave.of("sari")
    assert (found.hak, found.bawaan, found.pagu, found.diajukan, found.sisa) == (12, 6, 18, 5, 10)
    assert (found.sisa_1, found.sisa_2) == (8, 0)
    assert any(rule.annotations for part in found.why for rule in part.rules)


def test_days_postponed_by_the_official_are_carried_in_full(leave: Leave) -> None:
    leave.page("sari", 2025, terpakai=5, ditangguhkan=7)
    assert (leave.of("sari").ditangguhkan, leave.of("sari").bawaan) == (7, 7)


def test_the_number_of_statements_does_not_grow_with_the_employees(leave: Leave) -> None:
    def statements() -> int:
        with counted(leave.house.gate._reading) as asked:
            found = leave.ask("kasubag", balances.balances, 2026, Sought(), 1000)
        assert found.total == len(found.items)
        return len(asked)

    statements()
    few = statements()
    with write(leave.house.gate.database) as connection:
        for number in range(30):
            add_person(connection, NewPerson(f"p{number}", f"Pegawai {number}"), NOW)
            new = NewEmployee(f"p{number}", "Pelaksana", "Sekretariat", date(2010, 1, 1), 2020)
            add_employee(connection, new)
    assert 0 < statements() == few


@pytest.mark.parametrize(
    ("username", "seen"),
    [
        ("kasubag", 6),
        ("staf", 6),
        ("sekretaris", 6),
        ("kabid", 2),
        ("sari", 1),
    ],
)
def test_the_book_is_read_by_its_keepers_by_heads_their_fields_and_by_each_their_own(
    leave: Leave, username: str, seen: int
) -> None:
    assert leave.ask(username, balances.balances, 2026).total == seen


def test_a_stranger_is_told_that_there_is_no_such_page(leave: Leave) -> None:
    for username in ("sari", "kabid"):
        with pytest.raises(NotYours):
            leave.ask(username, balances.history, "budi", [2026])
    assert leave.ask("budi", balances.history, "budi", [2026])[0].who.username == "budi"


def test_the_book_is_searched_by_name_and_unit(leave: Leave) -> None:
    assert leave.ask("kasubag", balances.balances, 2026, Sought("SAR")).total == 1
    assert leave.ask("kasubag", balances.balances, 2026, Sought(unit="Sekretariat")).total == 4
    assert leave.ask("kasubag", balances.balances, 2026, Sought("%")).total == 0


@pytest.mark.both_databases
def test_who_is_away_is_told_by_unit_with_the_share_that_should_stay(leave: Leave) -> None:
    leave.request(1)
    leave.request(2, "ditolak", username="kabid")
    (unit,) = leave.ask("kabid", balances.attendance, date(2026, 6, 1), date(2026, 6, 30))
    assert (unit.pegawai, unit.absent_on(date(2026, 6, 9)), unit.absent_on(date(2026, 6, 15))) == (2, 1, 0)
    assert not unit.is_thin_on(date(2026, 6, 9))
    leave.request(3, "disetujui", username="kabid")
    (unit,) = leave.ask("kabid", balances.attendance, date(2026, 6, 1), date(2026, 6, 30))
    assert unit.is_thin_on(date(2026, 6, 9))


# --- corrections


def test_a_correction_stands_beside_what_requests_have_booked_and_is_kept_with_its_reason(
    leave: Leave,
) -> None:
    leave.page("sari", 2026, terpakai=5, version=4)
    leave.request(1, "disetujui")
    leave.correct("kasubag", version=4, terpakai=2)
    assert leave.of("sari").page.terpakai == 7
    (entry,) = leave.house.gate.ask(lambda c: trail(c, corrections.object_of("sari", 2026)))
    assert (entry.actor, entry.verb, entry.detail["reason"]) == ("kasubag", "leave.correct", "Buku lama")
    assert (entry.detail["before"]["terpakai"], entry.detail["after"]["terpakai"]) == (5, 7)


@pytest.mark.both_databases
def test_of_two_who_correct_a_page_at_once_the_second_is_told(leave: Leave) -> None:
    leave.correct("kasubag", terpakai=2)
    with pytest.raises(PageHasChanged):
        leave.correct("kasubag", terpakai=3)
    leave.correct("kasubag", terpakai=3, version=1)
    assert leave.of("sari").page.terpakai == 3


def test_only_the_keeper_corrects_and_their_own_page_who_stands_above(leave: Leave) -> None:
    for username in ("staf", "kabid", "sari"):
        with pytest.raises(NotTheKeeper):
            leave.correct(username, terpakai=1)
    with pytest.raises(NotTheKeeper):
        leave.correct("kasubag", "kasubag", terpakai=1)
    leave.correct("sekretaris", "kasubag", terpakai=1)
    assert leave.of("kasubag").page.terpakai == 1


@pytest.mark.parametrize(
    "said",
    [
        {"alasan": " "},
        {"alasan": "x" * 501},
        {"terpakai": -1},
        {"terpakai": 400},
        {"terpakai": 1, "dari_bawaan": 2},
        {"ditangguhkan": 25},
        {"cuti_bersama_tidak_diberi": 99},
    ],
)
def test_what_no_page_can_hold_is_refused(leave: Leave, said: dict[str, Any]) -> None:
    with pytest.raises(WrongCorrection):
        leave.correct("kasubag", **said)
    assert leave.of("sari").page.version == 0


@pytest.mark.both_databases
def test_a_correction_leaves_no_year_with_less_than_its_requests_use(leave: Leave) -> None:
    leave.page("sari", 2025, terpakai=12)
    leave.page("sari", 2026, version=1)
    leave.request(1, lama=12)
    with pytest.raises(WrongCorrection, match="2026 kurang 1 hari"):
        leave.correct("kasubag", version=1, terpakai=1)
    leave.correct("kasubag", tahun=2025, version=1, terpakai=12, ditangguhkan=3)
    assert leave.of("sari").page.version == 2  # whoever looked at it before is told


def test_a_long_leave_that_was_granted_is_not_taken_out_by_hand(leave: Leave) -> None:
    leave.page("sari", 2026, cuti_besar=True, version=2)
    leave.request(1, "disetujui", jenis="besar")
    with pytest.raises(WrongCorrection):
        leave.correct("kasubag", version=2, cuti_besar=False)
    leave.correct("kasubag", version=2, cuti_besar=True, ditangguhkan=1)
    assert leave.of("sari").page.cuti_besar
