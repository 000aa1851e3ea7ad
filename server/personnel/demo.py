"""The demo office's employees, and what their leave book says when it opens."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, insert

from server.identity import DemoPerson, Roles, demo_people
from server.personnel.demo_careers import fill_careers
from server.personnel.employees import NewEmployee, add_employee
from server.personnel.models import (
    DisciplineCase,
    DisciplineStep,
    LeaveRequest,
    LeaveStatus,
    LeaveYear,
)

SECRETARIAT: Final = "Sekretariat"
PIAK: Final = "piak"
OF_PIAK: Final = ("staf_piak", "petugas_pusat_data", "petugas_admin_dinas")
"""Whose roles are of the whole office, and who work in this bidang."""
YEARS_KNOWN: Final = 2
FULL_YEAR: Final = 12
AWAY: Final = {
    "staf_bidang_pencatatan_sipil": 0,
    "kepala_bidang_pencatatan_sipil": 1,
    "staf_evapor": 0,
    "bendahara_pengeluaran": 1,
    "kepala_seksi_pendaftaran_penduduk": -2,
}
"""Who was granted three days, in how many weeks from now."""


def fill_demo(connection: Connection, roles: Roles, today: date) -> None:
    """Makes all people of the demo office employees, and opens their leave book. The people exist already."""
    for new in employees(roles, today):
        add_employee(connection, new)
    connection.execute(insert(LeaveYear), list(pages(roles, today)))
    fill_careers(connection, roles, today)
    _fill_discipline(connection, today)
    _fill_leave(connection, today)


def _fill_discipline(connection: Connection, today: date) -> None:
    """`staf_evapor` was warned last year and mended their ways: a case from before this system, in the register alone."""
    key, since = 1, date(today.year - 1, 9, 7)
    watched = {
        "langkah": "lisan",
        "sejak": since,
        "sampai": since + timedelta(days=21),
        "hasil": "ada_perubahan",
    }
    opened = datetime.combine(since, datetime.min.time(), UTC)
    case = {"case_key": key, "number": f"DISIPLIN-{since.year}-0001", "username": "staf_evapor"}
    connection.execute(insert(DisciplineCase), {**case, "dibuka_pada": opened, **watched})
    fact = f"Terlambat lima kali pada bulan Agustus {since.year}."
    connection.execute(insert(DisciplineStep), {"key": key, "case_key": key, **watched, "fakta": fact})


def _fill_leave(connection: Connection, today: date) -> None:
    """Leave of this year that was granted before this system came: some are away in these weeks."""
    monday = today - timedelta(days=today.weekday())
    for key, (username, weeks) in enumerate(AWAY.items(), 1):
        first = monday + timedelta(weeks=weeks)
        last = first + timedelta(days=2)
        if first.year != today.year or last.year != today.year:
            continue
        asked = {
            "username": username,
            "tahun": first.year,
            "jenis": "tahunan",
            "mulai": first,
            "selesai": last,
        }
        at = datetime.combine(first - timedelta(days=14), datetime.min.time(), UTC)
        stand = {"lama": 3, "status": LeaveStatus.DISETUJUI, "diajukan_pada": at, "diputus_pada": at}
        connection.execute(insert(LeaveRequest), {"case_key": key, **asked, **stand})
        connection.execute(insert(LeaveYear), _page(username, first.year, 3))


def employees(roles: Roles, today: date) -> Iterator[NewEmployee]:
    """Everybody's post and unit; in service since the month that the NIP names."""
    for one in demo_people(roles):
        yield NewEmployee(
            one.person.username,
            jabatan=roles[one.role].nama,
            unit=_unit(roles, one),
            mulai_kerja=_in_service_since(one),
            buku_cuti_sejak=today.year - YEARS_KNOWN,
        )


def _unit(roles: Roles, one: DemoPerson) -> str:
    bidang = one.bidang or (PIAK if one.role in OF_PIAK else None)
    return roles.bidang[bidang].nama if bidang is not None and bidang in roles.bidang else SECRETARIAT


def pages(roles: Roles, today: date) -> Iterator[dict[str, Any]]:
    """The last two years of the leave book.

    The demo employee `pns` took 4 of 12 days last year, `staf_umpeg` none in two years, `sekretaris` had 7 days postponed;
    all others took everything.
    """
    taken = {"pns": (12, 4), "staf_umpeg": (0, 0), "sekretaris": (12, 0)}
    for one in demo_people(roles):
        username = one.person.username
        two_before, before = taken.get(username, (FULL_YEAR, FULL_YEAR))
        postponed = 7 if username == "sekretaris" else 0
        yield _page(username, today.year - 2, two_before)
        yield _page(username, today.year - 1, before, postponed)


def _page(username: str, tahun: int, terpakai: int, ditangguhkan: int = 0) -> dict[str, Any]:
    return {"username": username, "tahun": tahun, "terpakai": terpakai, "ditangguhkan": ditangguhkan}


def _in_service_since(one: DemoPerson) -> date:
    nip = one.person.nip or ""
    return date(int(nip[8:12]), int(nip[12:14]), 1)
