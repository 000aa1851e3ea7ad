"""The leave book (buku penjagaan cuti): a page for each employee and year, an entry for each request.

What the days are worth is decided by the tables in dmn/cuti; here they are only kept. Every change of a page, or of an
entry for its year, raises the page's version, and a change names the version that it was computed from: of two
requests made at once, the second is a clash and is computed again with the first in sight.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Boolean, Connection, ScalarSelect, bindparam, case, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server import errors
from server.db import Effect
from server.personnel.models import LeaveRequest, LeaveStatus, LeaveYear

TAHUNAN: Final = "tahunan"
BESAR: Final = "besar"


class NoSuchRequest(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Kasus ini tidak punya permohonan cuti yang tercatat.")


class AlreadyDecided(errors.Conflict):
    """The request is no longer open."""

    def __init__(self, status: str) -> None:
        super().__init__(f"Permohonan cuti ini sudah {status}; keputusannya tidak dapat diganti di sini.")
        self.status = status


class Overdrawn(errors.Conflict):
    """The days asked are more than what is left of the year's annual leave."""

    def __init__(self, asked: int, left: int) -> None:
        super().__init__(
            f"Saldo cuti tahunan tinggal {left} hari kerja, permohonan ini {asked} hari kerja."
            " Batalkan permohonan ini, atau betulkan buku penjagaan cuti lebih dahulu."
        )
        self.asked, self.left = asked, left


@dataclass(frozen=True)
class Page:
    """A year of an employee's leave book, as `models.LeaveYear` says. Version 0: there is no page yet."""

    terpakai: int = 0
    dari_bawaan: int = 0
    ditangguhkan: int = 0
    cuti_besar: bool = False
    cuti_bersama_tidak_diberi: int = 0
    version: int = 0


@dataclass(frozen=True)
class Entry:
    """A case's request. `lama`: hari kerja for annual leave, calendar days for all other kinds."""

    username: str
    tahun: int
    jenis: str
    mulai: date
    selesai: date
    lama: int
    status: str


def page(connection: Connection, username: str, tahun: int) -> Page:
    """The year's page; an empty one where there is none."""
    row = connection.execute(_PAGE, {"username": username, "tahun": tahun}).one_or_none()
    return Page() if row is None else Page(*row)


def entry(connection: Connection, case_key: int) -> Entry:
    """The case's request. Raises NoSuchRequest."""
    row = connection.execute(_ENTRY, {"case_key": case_key}).one_or_none()
    if row is None:
        raise NoSuchRequest
    return Entry(*row)


# --- entries and bookings


def enter(
    connection: Connection, case_key: int, asked: Entry, seen: Page, now: datetime
) -> tuple[Effect, ...]:
    """Enters a case's request, anew where it has one. Raises AlreadyDecided where that one was granted.

    `seen` is the year's page, read before anything that `asked` or the facts about it were computed from.
    """
    status = connection.execute(_STATUS, {"case_key": case_key}).scalar()
    if status == LeaveStatus.DISETUJUI:
        raise AlreadyDecided(status)
    row = {"case_key": case_key, **vars(asked), "dari_bawaan": 0, "diajukan_pada": now, "diputus_pada": None}
    return (_turn(asked, seen), Effect(_ENTER, row))


def book(connection: Connection, case_key: int, pagu: int, bawaan: int, now: datetime) -> tuple[Effect, ...]:
    """Grants the case's request: books its days of annual leave, those carried over first, or marks a long leave.

    `pagu` is what the year gives in all, `bawaan` how much of it was carried over. Once granted, nothing more changes.
    Raises NoSuchRequest, AlreadyDecided, and Overdrawn where the year's days would become more than `pagu`.
    """
    asked = entry(connection, case_key)
    if asked.status == LeaveStatus.DISETUJUI:
        return ()
    _must_be_open(asked)
    seen = page(connection, asked.username, asked.tahun)
    days = asked.lama if asked.jenis == TAHUNAN else 0
    left = 0 if seen.cuti_besar else max(0, pagu - seen.terpakai)
    if days > left:
        raise Overdrawn(days, left)
    carried = min(days, max(0, bawaan - seen.dari_bawaan))
    return (
        _turn(asked, seen, days, carried, besar=asked.jenis == BESAR),
        Effect(_GRANT, {"key": case_key, "carried": carried, "now": now}, expect=1),
    )


def reject(connection: Connection, case_key: int, now: datetime) -> tuple[Effect, ...]:
    """Closes the case's request as rejected, which frees its days. Raises NoSuchRequest and AlreadyDecided."""
    asked = entry(connection, case_key)
    if asked.status == LeaveStatus.DITOLAK:
        return ()
    _must_be_open(asked)
    seen = page(connection, asked.username, asked.tahun)
    return (_turn(asked, seen), Effect(_REJECT, {"key": case_key, "now": now}, expect=1))


def _must_be_open(asked: Entry) -> None:
    if asked.status != LeaveStatus.DIAJUKAN:
        raise AlreadyDecided(asked.status)


def _turn(asked: Entry, seen: Page, days: int = 0, carried: int = 0, besar: bool = False) -> Effect:
    """Moves the year's page on from the version that was seen; opens it where there was none."""
    if seen.version == 0:
        new = {"username": asked.username, "tahun": asked.tahun, "terpakai": days, "dari_bawaan": carried}
        return Effect(OPEN, {**new, "cuti_besar": besar}, expect=1)
    moved = {"days": days, "carried": carried, "besar": besar}
    return Effect(_TURN, {"of": asked.username, "year": asked.tahun, "seen": seen.version, **moved}, expect=1)


# --- taking back: in SQL alone, because a cancelled case takes back several bookings in one step


def withdraw(case_key: int) -> tuple[Effect, ...]:
    """Takes an undecided request out of the book."""
    return _reset(case_key, LeaveStatus.DIAJUKAN, LeaveStatus.DIBATALKAN)


def reopen(case_key: int) -> tuple[Effect, ...]:
    """Makes a rejected request undecided again."""
    return _reset(case_key, LeaveStatus.DITOLAK, LeaveStatus.DIAJUKAN)


def release(case_key: int) -> tuple[Effect, ...]:
    """Gives the days of a granted request back and makes it undecided again."""
    return (
        Effect(_RELEASE, {"key": case_key}),
        *_reset(case_key, LeaveStatus.DISETUJUI, LeaveStatus.DIAJUKAN),
    )


def _reset(case_key: int, was: LeaveStatus, becomes: LeaveStatus) -> tuple[Effect, ...]:
    return (
        Effect(_TOUCH, {"key": case_key, "was": was}),
        Effect(_RESET, {"key": case_key, "was": was, "becomes": becomes}),
    )


# --- statements ------------------------------------------------------------------------------------------------------


def columns(table: Any, record: type) -> list[Any]:
    """Of a table, in the order of a record's fields."""
    return [getattr(table, each.name) for each in fields(record)]


_PAGE: Final = select(*columns(LeaveYear, Page)).where(
    LeaveYear.username == bindparam("username"), LeaveYear.tahun == bindparam("tahun")
)
_ENTRY: Final = select(*columns(LeaveRequest, Entry)).where(LeaveRequest.case_key == bindparam("case_key"))
_STATUS: Final = select(LeaveRequest.status).where(LeaveRequest.case_key == bindparam("case_key"))

_new_request = upsert(LeaveRequest)
_ENTER: Final = _new_request.on_conflict_do_update(
    index_elements=["case_key"],
    set_={name: value for name, value in _new_request.excluded.items() if name != "case_key"},
)
# On PostgreSQL the rows of an INSERT are counted only where that is asked for.
OPEN: Final = upsert(LeaveYear).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_TURN: Final = (
    update(LeaveYear)
    .where(LeaveYear.username == bindparam("of"), LeaveYear.tahun == bindparam("year"))
    .where(LeaveYear.version == bindparam("seen"))
    .values(
        terpakai=LeaveYear.terpakai + bindparam("days"),
        dari_bawaan=LeaveYear.dari_bawaan + bindparam("carried"),
        cuti_besar=or_(LeaveYear.cuti_besar, bindparam("besar", type_=Boolean)),
        version=LeaveYear.version + 1,
    )
)

_OF_THE_CASE: Final = LeaveRequest.case_key == bindparam("key")
_GRANT: Final = (
    update(LeaveRequest)
    .where(_OF_THE_CASE, LeaveRequest.status == LeaveStatus.DIAJUKAN)
    .values(status=LeaveStatus.DISETUJUI, dari_bawaan=bindparam("carried"), diputus_pada=bindparam("now"))
)
_REJECT: Final = (
    update(LeaveRequest)
    .where(_OF_THE_CASE, LeaveRequest.status == LeaveStatus.DIAJUKAN)
    .values(status=LeaveStatus.DITOLAK, diputus_pada=bindparam("now"))
)
_RESET: Final = (
    update(LeaveRequest)
    .where(_OF_THE_CASE, LeaveRequest.status == bindparam("was"))
    .values(status=bindparam("becomes"), dari_bawaan=0, diputus_pada=None)
)


def _page_of_the_case(status: Any) -> Any:
    return exists().where(
        _OF_THE_CASE,
        LeaveRequest.status == status,
        LeaveRequest.username == LeaveYear.username,
        LeaveRequest.tahun == LeaveYear.tahun,
    )


def _days_of_the_case(column: Any) -> Any:
    annual = select(column).where(_OF_THE_CASE, LeaveRequest.jenis == TAHUNAN)
    return func.coalesce(annual.scalar_subquery(), 0)


def _kind_of_the_case() -> ScalarSelect[str]:
    return select(LeaveRequest.jenis).where(_OF_THE_CASE).scalar_subquery()


_TOUCH: Final = (
    update(LeaveYear).where(_page_of_the_case(bindparam("was"))).values(version=LeaveYear.version + 1)
)
_RELEASE: Final = (
    update(LeaveYear)
    .where(_page_of_the_case(LeaveStatus.DISETUJUI))
    .values(
        terpakai=LeaveYear.terpakai - _days_of_the_case(LeaveRequest.lama),
        dari_bawaan=LeaveYear.dari_bawaan - _days_of_the_case(LeaveRequest.dari_bawaan),
        cuti_besar=case((_kind_of_the_case() == BESAR, False), else_=LeaveYear.cuti_besar),
    )
)
