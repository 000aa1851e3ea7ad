"""The demo office's employees."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select

from server.db import read, write
from server.identity import fill_demo as fill_people
from server.identity import read_roles
from server.identity.models import Person
from server.personnel import employee, fill_demo
from server.personnel.leave_book import page
from server.personnel.models import Employee

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
ROLES = read_roles((Path(__file__).parents[2] / "bpmn" / "roles.yaml").read_bytes())


def test_everybody_of_the_demo_office_but_its_administrator_is_an_employee(engine: Engine) -> None:
    with write(engine) as connection:
        fill_people(connection, ROLES, "demo", NOW)
        fill_demo(connection, ROLES, NOW.date())
    with read(engine) as connection:
        people = connection.execute(select(func.count(Person.username))).scalar_one()
        employees = connection.execute(select(func.count(Employee.username))).scalar_one()
        pns = employee(connection, "pns")
        taken = page(connection, "pns", 2025).terpakai
    assert employees == people - 1
    assert (pns.unit, taken) == ("Sekretariat", 4)
    assert pns.mulai_kerja.year < 2024
