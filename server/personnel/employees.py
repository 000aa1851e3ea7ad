"""Employees: what the office keeps of a person in its service."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select

from server import errors
from server.identity.models import Person
from server.personnel.models import Employee


class NotAnEmployee(errors.NotFound):
    def __init__(self, username: str, hidden: bool = False) -> None:
        super().__init__(
            f"Data kepegawaian untuk “{username[:64]}” belum ada, atau bukan untuk Anda."
            " Minta Kasubag Umum dan Kepegawaian mencatatnya lebih dahulu.",
            hidden,
        )
        self.username = username


@dataclass(frozen=True)
class EmployeeRecord:
    """An employee with the name and NIP of the person."""

    username: str
    nama: str
    nip: str | None
    jabatan: str
    unit: str
    mulai_kerja: date
    buku_cuti_sejak: int
    tanggal_lahir: date | None = None


@dataclass(frozen=True)
class NewEmployee:
    """What is to be known of a person (who exists) as an employee. The fields are those of `models.Employee`."""

    username: str
    jabatan: str
    unit: str
    mulai_kerja: date
    buku_cuti_sejak: int
    tanggal_lahir: date | None = None


def employee(connection: Connection, username: str) -> EmployeeRecord:
    """The employee. Raises NotAnEmployee."""
    row = connection.execute(_EMPLOYEE, {"username": username}).one_or_none()
    if row is None:
        raise NotAnEmployee(username)
    return EmployeeRecord(*row)


def add_employee(connection: Connection, new: NewEmployee) -> None:
    """Puts a person on the list of employees."""
    connection.execute(insert(Employee), vars(new))


EMPLOYEES: Final[Any] = (
    select(
        Employee.username,
        Person.name,
        Person.nip,
        Employee.jabatan,
        Employee.unit,
        Employee.mulai_kerja,
        Employee.buku_cuti_sejak,
        Employee.tanggal_lahir,
    )
    .select_from(Employee)
    .join(Person, Person.username == Employee.username)
)
"""Everybody, each row an EmployeeRecord."""
_EMPLOYEE: Final = EMPLOYEES.where(Employee.username == bindparam("username"))
