"""What is known about a request for leave before anybody decides: the input data `catatan_cuti` of dmn/cuti.

Only facts, out of the leave book, the list of employees and the calendar; what follows from them is the tables' business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, ScalarSelect, bindparam, func, select

from server import errors
from server.calendar import Calendar
from server.identity.models import Person
from server.personnel.employees import EmployeeRecord, employee
from server.personnel.leave_book import TAHUNAN, Page, page
from server.personnel.models import Employee, LeaveRequest, LeaveStatus


class InvalidRequest(errors.Invalid):
    """A request for leave that cannot be entered in the leave book."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message, [errors.Problem(message, where=where)])


@dataclass(frozen=True)
class Request:
    """What is asked for: `jenis` as in the leave form, from `mulai` to `selesai`, both included."""

    jenis: str
    mulai: date
    selesai: date

    @property
    def tahun(self) -> int:
        """The year whose leave it is."""
        return self.mulai.year

    @property
    def hari(self) -> int:
        """Calendar days."""
        return (self.selesai - self.mulai).days + 1


def read_request(variables: Mapping[str, object]) -> Request:
    """The request in a case's variables. Raises InvalidRequest."""
    request = Request(str(variables.get("jenis_cuti")), _day(variables, "mulai"), _day(variables, "selesai"))
    if request.selesai < request.mulai:
        raise InvalidRequest("Tanggal selesai cuti mendahului tanggal mulainya.", "selesai")
    if request.jenis == TAHUNAN and request.selesai.year != request.tahun:
        raise InvalidRequest(
            "Cuti tahunan dihitung per tahun. Ajukan permohonan tersendiri untuk tiap tahun.", "selesai"
        )
    return request


def leave_facts(
    connection: Connection, calendar: Calendar, username: str, request: Request, case_key: int
) -> dict[str, Any]:
    """The facts about an employee's request, as JSON.

    N is the year of the request, 1 and 2 are the years before it. Requests of other cases count, the case's own does not.
    Raises NotAnEmployee and calendar.YearUnknown.
    """
    who = employee(connection, username)
    return {
        "tahun": request.tahun,
        "pegawai": {"nama": who.nama, "nip": who.nip, "jabatan": who.jabatan, "unit": who.unit},
        "mulai_kerja": who.mulai_kerja.isoformat(),
        "lama_hk": calendar.jumlah_hk(request.mulai, request.selesai),
        "lama_hari": request.hari,
        **_pages(connection, who, request.tahun),
        **_others(connection, who, request, case_key),
    }


def _day(variables: Mapping[str, object], name: str) -> date:
    try:
        return date.fromisoformat(str(variables.get(name)))
    except ValueError:
        raise InvalidRequest("Isi tanggal ini.", name) from None


def _pages(connection: Connection, who: EmployeeRecord, tahun: int) -> dict[str, Any]:
    years = (tahun, tahun - 1, tahun - 2)
    return facts_of_pages({year: page(connection, who.username, year) for year in years}, who, tahun)


def facts_of_pages(pages: Mapping[int, Page], who: EmployeeRecord, tahun: int) -> dict[str, Any]:
    """What the pages of a year and of the two before it say; a year without a page is one without any leave."""
    n, before, two_before = (pages.get(year, Page()) for year in (tahun, tahun - 1, tahun - 2))
    return {
        "pakai_n": n.terpakai,
        "cuti_besar_n": n.cuti_besar,
        "cuti_bersama_tidak_diberi": n.cuti_bersama_tidak_diberi,
        "ditangguhkan": before.ditangguhkan,
        **_past("1", before, tahun - 1 >= who.buku_cuti_sejak),
        **_past("2", two_before, tahun - 2 >= who.buku_cuti_sejak),
    }


def _past(suffix: str, page: Page, known: bool) -> dict[str, Any]:
    return {
        f"tercatat_{suffix}": known,
        f"pakai_{suffix}": page.terpakai,
        f"dari_bawaan_{suffix}": page.dari_bawaan,
        f"cuti_besar_{suffix}": page.cuti_besar,
    }


def _others(connection: Connection, who: EmployeeRecord, request: Request, case_key: int) -> dict[str, int]:
    asked = {"tahun": request.tahun, "mulai": request.mulai, "selesai": request.selesai}
    row = connection.execute(
        _OTHERS, {"username": who.username, "unit": who.unit, "case_key": case_key, **asked}
    )
    return {name: int(count) for name, count in row.mappings().one().items()}


# --- statements ------------------------------------------------------------------------------------------------------


def _on_these_days() -> ColumnElement[bool]:
    return (LeaveRequest.mulai <= bindparam("selesai")) & (LeaveRequest.selesai >= bindparam("mulai"))


def _in_other_cases() -> ColumnElement[bool]:
    return (LeaveRequest.username == bindparam("username")) & (LeaveRequest.case_key != bindparam("case_key"))


def _undecided_days() -> ScalarSelect[Any]:
    return (
        select(func.coalesce(func.sum(LeaveRequest.lama), 0))
        .where(_in_other_cases(), LeaveRequest.tahun == bindparam("tahun"))
        .where(LeaveRequest.jenis == TAHUNAN, LeaveRequest.status == LeaveStatus.DIAJUKAN)
        .scalar_subquery()
    )


def _overlaps() -> ScalarSelect[Any]:
    return (
        select(func.count(LeaveRequest.case_key))
        .where(_in_other_cases(), _on_these_days())
        .where(LeaveRequest.status.in_((LeaveStatus.DIAJUKAN, LeaveStatus.DISETUJUI)))
        .scalar_subquery()
    )


def _in_the_unit() -> ScalarSelect[Any]:
    return (
        select(func.count(Employee.username))
        .join(Person, Person.username == Employee.username)
        .where(Employee.unit == bindparam("unit"), Person.active)
        .scalar_subquery()
    )


def _others_away() -> ScalarSelect[Any]:
    return (
        select(func.count(LeaveRequest.username.distinct()))
        .join(Employee, Employee.username == LeaveRequest.username)
        .where(Employee.unit == bindparam("unit"), LeaveRequest.username != bindparam("username"))
        .where(LeaveRequest.status == LeaveStatus.DISETUJUI, _on_these_days())
        .scalar_subquery()
    )


_OTHERS: Final = select(
    _undecided_days().label("diajukan_belum_putus"),
    _overlaps().label("bentrok"),
    _in_the_unit().label("pegawai_unit"),
    _others_away().label("tidak_hadir_unit"),
)
