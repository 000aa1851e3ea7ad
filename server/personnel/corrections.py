"""Corrections of the leave book: what its keeper writes into a page by hand, with the reason.

What requests have booked is no matter of correction: a page says how many days were taken besides them, before this system or
outside it. A correction names the version of the page that it was made of, and is refused where that has changed since.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update

from server import errors
from server.db import Change, Effect
from server.engine import Engine
from server.identity import Actor, Entry, recording
from server.personnel.balances import EARLIEST, LATEST, employee_for, may_correct, supposing
from server.personnel.employees import EmployeeRecord
from server.personnel.leave_book import BESAR, OPEN, TAHUNAN, Page, page
from server.personnel.models import LeaveRequest, LeaveStatus, LeaveYear

CORRECT: Final = "leave.correct"
MOST_DAYS: Final = 366
MOST_POSTPONED: Final = 24
MOST_WORKED: Final = 31
LONGEST: Final = 500
"""Characters of a reason."""


class NotTheKeeper(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "Buku penjagaan cuti dibetulkan Kasubag Umum dan Kepegawaian; miliknya sendiri oleh atasannya."
        )


class PageHasChanged(errors.Conflict):
    """Somebody else has changed the page, or a request was made or decided, since it was looked at."""

    def __init__(self) -> None:
        super().__init__(
            "Halaman ini berubah sejak Anda membukanya. Lihat yang berlaku sekarang, lalu betulkan lagi bila masih perlu."
        )


class WrongCorrection(errors.Invalid):
    """A correction that no page can hold; `where` names its field."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message, [errors.Problem(message, where=where)])


@dataclass(frozen=True)
class Booked:
    """What requests have made of a page: days granted, of those carried over, and whether a long leave was."""

    terpakai: int
    dari_bawaan: int
    cuti_besar: bool


@dataclass(frozen=True)
class Correction:
    """What a page is to say. `terpakai` and `dari_bawaan`: besides what requests have booked; `version`: of the page it was made of."""

    terpakai: int
    dari_bawaan: int
    ditangguhkan: int
    cuti_besar: bool
    cuti_bersama_tidak_diberi: int
    version: int
    alasan: str


def booked(connection: Connection, username: str, tahun: int) -> Booked:
    """What granted requests have booked in a year."""
    row = connection.execute(_BOOKED, {"username": username, "tahun": tahun}).one()
    long = connection.execute(_LONG, {"username": username, "tahun": tahun}).first() is not None
    return Booked(int(row[0]), int(row[1]), long)


def correct(
    engine: Engine, connection: Connection, actor: Actor, username: str, tahun: int, wanted: Correction
) -> Change[Page]:
    """Writes a page of the leave book. Raises NotYours, NotTheKeeper, PageHasChanged, WrongCorrection."""
    who = employee_for(engine, connection, actor, username)
    if not EARLIEST <= tahun <= LATEST:
        raise WrongCorrection(f"Tahunnya {EARLIEST} sampai {LATEST}.", "tahun")
    if not may_correct(actor, username):
        raise NotTheKeeper
    seen, by_requests = page(connection, username, tahun), booked(connection, username, tahun)
    if seen.version != wanted.version:
        raise PageHasChanged
    _check(wanted, by_requests)
    becomes = Page(
        by_requests.terpakai + wanted.terpakai,
        by_requests.dari_bawaan + wanted.dari_bawaan,
        wanted.ditangguhkan,
        wanted.cuti_besar or by_requests.cuti_besar,
        wanted.cuti_bersama_tidak_diberi,
        seen.version + 1,
    )
    held = _must_cover_requests(engine, connection, who, tahun, seen, becomes)
    detail = {"reason": wanted.alasan.strip(), "before": _told(seen), "after": _told(becomes)}
    entry = Entry(engine.clock.now(), actor.username, CORRECT, object_of(username, tahun), "done", detail)
    return Change((_write(username, tahun, seen, becomes), *held, recording(entry)), becomes)


def object_of(username: str, tahun: int) -> str:
    """What the audit trail calls a page."""
    return f"leave:{username}:{tahun}"


def _check(wanted: Correction, by_requests: Booked) -> None:
    if not wanted.alasan.strip():
        raise WrongCorrection("Tulis alasannya; jejak audit menyimpannya.", "alasan")
    if len(wanted.alasan) > LONGEST:
        raise WrongCorrection(f"Alasannya paling panjang {LONGEST} huruf.", "alasan")
    for name, most in _MOST.items():
        if not 0 <= getattr(wanted, name) <= most:
            raise WrongCorrection(f"{_LABELS[name]}: isi angka 0 sampai {most}.", name)
    if wanted.dari_bawaan > wanted.terpakai:
        raise WrongCorrection(
            "Yang diambil dari sisa tahun sebelumnya tidak dapat lebih banyak daripada yang dipakai.",
            "dari_bawaan",
        )
    if by_requests.cuti_besar and not wanted.cuti_besar:
        raise WrongCorrection(
            "Cuti besar tahun ini dicatat oleh permohonan yang disetujui; batalkan perkaranya bila keliru.",
            "cuti_besar",
        )


def _must_cover_requests(
    engine: Engine, connection: Connection, who: EmployeeRecord, tahun: int, seen: Page, becomes: Page
) -> list[Effect]:
    """No year may come to have fewer days than its requests have used or reserved; the later ones stand still until it is written."""
    asked = connection.execute(_YEARS_ASKED, {"username": who.username, "least": tahun, "most": tahun + 2})
    years = [row.tahun for row in asked]
    if not years:
        return []
    before = supposing(engine, connection, who, years, {tahun: seen})
    after = supposing(engine, connection, who, years, {tahun: becomes})
    for was, now in zip(before, after, strict=True):
        if now.sisa is not None and now.sisa < min(0, was.sisa or 0):
            raise WrongCorrection(
                f"Dengan pembetulan ini cuti {now.tahun} kurang {-now.sisa} hari kerja dari yang sudah disetujui atau"
                " sedang diajukan. Batalkan permohonannya lebih dahulu, atau periksa angkanya.",
                "terpakai",
            )
    later = [(year, page(connection, who.username, year).version) for year in years if year > tahun]
    return [
        Effect(_HOLD, {"of": who.username, "year": year, "seen": version}, expect=1)
        for year, version in later
    ]


def _write(username: str, tahun: int, seen: Page, becomes: Page) -> Effect:
    values = _told(becomes)
    if seen.version == 0:
        return Effect(OPEN, {"username": username, "tahun": tahun, **values}, expect=1)
    return Effect(_CORRECT, {"of": username, "year": tahun, "seen": seen.version, **values}, expect=1)


def _told(of: Page) -> dict[str, Any]:
    return {name: value for name, value in vars(of).items() if name != "version"}


# --- statements and words --------------------------------------------------------------------------------------------

_LABELS: Final = {
    "terpakai": "Dipakai di luar permohonan",
    "dari_bawaan": "Di antaranya dari sisa tahun sebelumnya",
    "ditangguhkan": "Ditangguhkan pejabat",
    "cuti_bersama_tidak_diberi": "Cuti bersama yang tetap bekerja",
}
_MOST: Final = {
    "terpakai": MOST_DAYS,
    "dari_bawaan": MOST_DAYS,
    "ditangguhkan": MOST_POSTPONED,
    "cuti_bersama_tidak_diberi": MOST_WORKED,
}
_OF_PAGE: Final = (
    LeaveRequest.username == bindparam("username"),
    LeaveRequest.tahun == bindparam("tahun"),
    LeaveRequest.status == LeaveStatus.DISETUJUI,
)
_BOOKED: Final = select(
    func.coalesce(func.sum(LeaveRequest.lama), 0), func.coalesce(func.sum(LeaveRequest.dari_bawaan), 0)
).where(*_OF_PAGE, LeaveRequest.jenis == TAHUNAN)
_LONG: Final = select(LeaveRequest.case_key).where(*_OF_PAGE, LeaveRequest.jenis == BESAR).limit(1)
_YEARS_ASKED: Final = (
    select(LeaveRequest.tahun)
    .distinct()
    .where(
        LeaveRequest.username == bindparam("username"),
        LeaveRequest.jenis == TAHUNAN,
        LeaveRequest.status.in_((LeaveStatus.DIAJUKAN, LeaveStatus.DISETUJUI)),
        LeaveRequest.tahun.between(bindparam("least"), bindparam("most")),
    )
    .order_by(LeaveRequest.tahun)
)
_HOLD: Final = (
    update(LeaveYear)
    .where(
        LeaveYear.username == bindparam("of"),
        LeaveYear.tahun == bindparam("year"),
        LeaveYear.version == bindparam("seen"),
    )
    .values(version=LeaveYear.version + 1)
)
_CORRECT: Final = _HOLD.values(**{name: bindparam(name) for name in (*_MOST, "cuti_besar")})
