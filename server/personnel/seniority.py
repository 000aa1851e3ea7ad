"""The seniority list (daftar urut kepangkatan, DUK): everybody who serves here as a PNS, by the six keys of PP 15/1979.

Who comes first is the higher in rank; of equal rank who has held it longer; then by post, years of service, training, education, age.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from server.engine import Engine
from server.identity import Actor
from server.personnel.career import Career, Listed, Noted, careers, must_read
from server.personnel.career_kinds import DIKLAT, GOLONGAN, KELOMPOK, PENDIDIKAN, TINGKAT
from server.personnel.employees import EmployeeRecord

LISTED: Final = ("PNS", "CPNS")
POSTS: Final = tuple((kelompok, tingkat) for kelompok in KELOMPOK for tingkat in (None, *TINGKAT[kelompok]))
"""From the lowest to the highest; a group without its level stands below all of its levels."""


@dataclass(frozen=True)
class Seat:
    """A line of the list. `masa_kerja`: years and months of service on the day of the list."""

    nomor: int
    employee: EmployeeRecord
    golongan: str | None
    tmt_pangkat: date | None
    jabatan: str
    kelompok: str | None
    tingkat: str | None
    tmt_jabatan: date | None
    masa_kerja: tuple[int, int]
    diklat: str | None
    lulus_diklat: date | None
    pendidikan: str | None
    jurusan: str | None
    lulus_pendidikan: date | None
    usia: int | None
    catatan: str
    """What has changed in the year of the list."""


def seniority(engine: Engine, connection: Connection, actor: Actor, on: date | None = None) -> list[Seat]:
    """The list as of a day, today where none is named. Raises NotForYou."""
    must_read(actor)
    day = on or engine.clock.today()
    serving = [each for each in careers(connection, day) if each.career.isi("status", "status") in LISTED]
    return [_seat(number, each, day) for number, each in enumerate(sorted(serving, key=_order), 1)]


def _order(listed: Listed) -> tuple[Any, ...]:
    """Lower comes first: ranks are counted from the highest, days from the earliest; what is not known comes last."""
    who, career = listed.employee, listed.career
    trained, schooled = _highest(career, "diklat", DIKLAT), _highest(career, "pendidikan", PENDIDIKAN)
    post = (career.isi("jabatan", "kelompok"), career.isi("jabatan", "tingkat"))
    return (
        _from_the_top(GOLONGAN, career.isi("pangkat", "golongan")),
        career.tmt("pangkat") or date.max,
        _from_the_top(POSTS, post),
        career.tmt("jabatan") or date.max,
        who.mulai_kerja,
        _from_the_top(tuple(DIKLAT), trained.isi["tingkat"] if trained else None),
        trained.tmt if trained else date.max,
        _from_the_top(tuple(PENDIDIKAN), schooled.isi["tingkat"] if schooled else None),
        schooled.tmt if schooled else date.max,
        who.tanggal_lahir or date.max,
        who.username,
    )


def _from_the_top(ranks: tuple[Any, ...], rank: Any) -> int:
    return len(ranks) - ranks.index(rank) if rank in ranks else len(ranks) + 1


def _highest(career: Career, jenis: str, ranks: Any) -> Noted | None:
    """The highest of a kind, of equals the earliest."""
    order = list(ranks)
    found = career.every.get(jenis, ())
    return min(found, key=lambda each: (-order.index(each.isi["tingkat"]), each.tmt), default=None)


def _seat(number: int, listed: Listed, day: date) -> Seat:
    who, career = listed.employee, listed.career
    trained, schooled = _highest(career, "diklat", DIKLAT), _highest(career, "pendidikan", PENDIDIKAN)
    return Seat(
        nomor=number,
        employee=who,
        golongan=career.isi("pangkat", "golongan"),
        tmt_pangkat=career.tmt("pangkat"),
        jabatan=career.isi("jabatan", "nama") or who.jabatan,
        kelompok=career.isi("jabatan", "kelompok"),
        tingkat=career.isi("jabatan", "tingkat"),
        tmt_jabatan=career.tmt("jabatan"),
        masa_kerja=divmod(_months(who.mulai_kerja, day), 12),
        diklat=trained.isi["tingkat"] if trained else None,
        lulus_diklat=trained.tmt if trained else None,
        pendidikan=schooled.isi["tingkat"] if schooled else None,
        jurusan=schooled.isi["jurusan"] if schooled else None,
        lulus_pendidikan=schooled.tmt if schooled else None,
        usia=_months(who.tanggal_lahir, day) // 12 if who.tanggal_lahir else None,
        catatan=_changes(career, day),
    )


def _months(since: date, day: date) -> int:
    """Whole months from one day to another."""
    months = (day.year - since.year) * 12 + day.month - since.month
    return max(0, months - (day.day < since.day))


def _changes(career: Career, day: date) -> str:
    """What began in the year of the list: a rank, a post, a status."""
    words = {"pangkat": "naik ke", "jabatan": "menjadi", "status": "berstatus"}
    names = {"pangkat": "golongan", "jabatan": "nama", "status": "status"}
    said = [
        f"{words[jenis]} {found.isi[names[jenis]]} {found.tmt:%d-%m-%Y}"
        for jenis in words
        if (found := career.newest.get(jenis)) is not None and found.tmt.year == day.year
    ]
    return "; ".join(said)
