"""A small office with a leave book: people made on the spot, service tasks run as the engine runs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from server.app import roles_of
from server.calendar import Calendar
from server.config import Config
from server.db import Change, Keys, read, write
from server.engine.handlers import Call, Case, Handlers, Outcome
from server.identity import NewPerson, add_person
from server.personnel import NewEmployee, add_employee, handlers
from server.personnel.leave_book import Page, page
from server.personnel.models import LeaveRequest, LeaveYear

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
EIGHTEEN_DAYS = {"saldo": {"pagu": 18, "bawaan": 6}}


@dataclass
class LeaveOffice:
    """Employees, their leave book, and cases by key."""

    database: Engine

    @property
    def handlers(self) -> Handlers:
        return Handlers(handlers(Calendar(), Keys(self.database), roles_of(Config())))

    def employ(self, username: str, unit: str = "Sekretariat", since: str = "2010-01-01") -> None:
        with write(self.database) as connection:
            add_person(connection, NewPerson(username, username.title()), NOW)
            new = NewEmployee(username, "Pelaksana", unit, date.fromisoformat(since), buku_cuti_sejak=2020)
            add_employee(connection, new)

    def open_page(self, username: str, tahun: int, **columns: object) -> None:
        with write(self.database) as connection:
            connection.execute(insert(LeaveYear).values(username=username, tahun=tahun, **columns))

    def prepare(self, type_: str, case: int, username: str | None = "sari", **variables: object) -> Outcome:
        """What the service task would do, not yet written."""
        return self._with_call(case, username, variables, self.handlers[type_].run)

    def perform(self, type_: str, case: int, username: str | None = "sari", **variables: object) -> Outcome:
        outcome = self.prepare(type_, case, username, **variables)
        self.apply(outcome.effects)
        return outcome

    def undo(self, case: int, *types: str) -> None:
        """Takes work back, all of it prepared before any is written, as a cancelled case does."""
        takers = [self.handlers[type_].undo for type_ in types]
        effects = [self._with_call(case, "sari", {}, take).effects for take in takers if take]
        self.apply(effect for group in effects for effect in group)

    def ask(self, case: int, mulai: str, selesai: str, jenis: str = "tahunan", username: str = "sari") -> Any:
        """Enters a request; the facts that the service task hands to the case."""
        asked = {"jenis_cuti": jenis, "mulai": mulai, "selesai": selesai}
        return self.perform("cuti.catat_permohonan", case, username, **asked).variables["catatan_cuti"]

    def grant(self, case: int, pagu: int = 18, bawaan: int = 6, username: str = "sari") -> None:
        balance = {"saldo": {"pagu": pagu, "bawaan": bawaan}}
        self.perform("cuti.potong_saldo", case, username, penelitian_cuti=balance)

    def apply(self, effects: Any) -> None:
        with write(self.database) as connection:
            Change(tuple(effects), None).apply(connection)

    def page(self, username: str = "sari", tahun: int = 2026) -> Page:
        with read(self.database) as connection:
            return page(connection, username, tahun)

    def status(self, case: int) -> str | None:
        statement = select(LeaveRequest.status).where(LeaveRequest.case_key == case)
        with read(self.database) as connection:
            return connection.execute(statement).scalar()

    def _with_call(
        self, case: int, username: str | None, variables: dict[str, object], work: Callable[[Call], Outcome]
    ) -> Outcome:
        subject = Case(case, f"CUTI-2026-{case:04}", "pengajuan_cuti", username, "sari", NOW)
        with read(self.database) as connection:
            return work(Call(subject, "tugas", {}, variables, NOW, NOW.date(), connection, case))


@pytest.fixture
def office(engine: Engine) -> LeaveOffice:
    office = LeaveOffice(engine)
    office.employ("sari")
    return office
