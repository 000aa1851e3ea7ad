"""Discipline cases: what the service tasks write of the rung that each has reached, its watch, and how that ended.

What the law demands and how long a watch lasts is decided by the tables in dmn/disiplin; here it is only kept. Who may read
it, and what is due, is the business of `register`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from server import errors
from server.db import AnyRow, Effect
from server.identity import Roles, superiors
from server.personnel.career import career_of, read_entries
from server.personnel.career_kinds import PANGKAT
from server.personnel.employees import employee
from server.personnel.models import DisciplineCase, DisciplineStep

EVALUASI: Final = "evaluasi"
LAST_RUNG: Final = "tunda_kp"
PUNISHMENTS: Final = ("tunda_kgb", "tunda_kp")
"""Rungs whose term blocks the periodic pay rise and promotion (Peraturan BKN 6/2022 art. 55)."""
RUNGS: Final = ("lisan", "sp_1", "sp_2", "sp_3", "tidak_puas", "tunda_kgb", LAST_RUNG)
"""The ladder of the SOP book, from below."""


class NobodyExamined(errors.Invalid):
    """A discipline case without the employee whom it is about, or about the one who opens it."""

    def __init__(self) -> None:
        super().__init__(
            "Perkara disiplin menyebut pegawai yang diperiksa. Mulailah kasusnya atas nama (subjek) pegawai itu."
        )


class NoSuchCase(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Perkara disiplin {key} tidak ada, atau bukan untuk Anda.")


class NotWatched(errors.Invalid):
    """A rung was to be noted whose watch nobody has computed."""

    def __init__(self) -> None:
        super().__init__(
            "Masa pengawasan belum dihitung dalam kasus ini. Pasang tabel “masa_pengawasan” sebelum langkah ini."
        )


# --- what the service tasks write


def opened(
    connection: Connection,
    roles: Roles,
    case_key: int,
    number: str | None,
    username: str,
    now: datetime,
    today: date,
) -> tuple[dict[str, Any], tuple[Effect, ...]]:
    """Opens a case about an employee; what is known of the person, of their superiors and of earlier cases. Raises NotAnEmployee."""
    who = employee(connection, username)
    past = list(connection.execute(_PAST, {"username": username, "case_key": case_key}))
    serving = any(row.langkah == LAST_RUNG and row.sampai and row.sampai >= today for row in past)
    rung = LAST_RUNG if serving else EVALUASI
    facts = {
        "perkara_disiplin": {
            "pegawai": {
                "nama": who.nama,
                "nip": who.nip,
                "pangkat": _rank(connection, username, today),
                "jabatan": who.jabatan,
                "unit": who.unit,
            },
            "atasan": [
                vars(each) for each in superiors(connection, roles, username, today, who.jabatan, who.unit)
            ],
            "riwayat": [_told(row) for row in past],
        },
        "langkah": rung,
    }
    row = {"case_key": case_key, "number": number, "username": username, "dibuka_pada": now}
    return facts, (Effect(_NOTE_CASE, row | {"langkah": rung, "sejak": today}),)


def rung_reached(
    connection: Connection, case_key: int, key: int, langkah: str, watch: object
) -> tuple[Effect, ...]:
    """Notes a rung with its watch, `{sejak, sampai}` as the table gives it. Raises NoSuchCase, NotWatched."""
    _must_be_known(connection, case_key)
    since, until = _span(watch)
    days = {"langkah": langkah, "sejak": since, "sampai": until}
    return (
        Effect(_NOTE_STEP, {"key": key, "case_key": case_key, **days}),
        Effect(_REACH, {"_case": case_key, **days}),
    )


def watch_moved(case_key: int, key: int, watch: object) -> tuple[Effect, ...]:
    """Notes until when the rung that was noted under `key` is watched, by a changed calendar. Raises NotWatched."""
    _, until = _span(watch)
    return (
        Effect(_MOVE_STEP, {"_key": key, "sampai": until}),
        Effect(_MOVE_CASE, {"_case": case_key, "_key": key, "sampai": until}),
    )


def watch_ended(connection: Connection, case_key: int, hasil: str, facts: str | None) -> tuple[Effect, ...]:
    """Notes how the watch of the case's present rung ended, and the new facts that were found in it. Raises NoSuchCase."""
    _must_be_known(connection, case_key)
    return (
        Effect(_END_STEP, {"_case": case_key, "hasil": hasil, "fakta": facts}),
        Effect(_END_CASE, {"_case": case_key, "hasil": hasil}),
    )


def _span(watch: object) -> tuple[date, date]:
    """From when to when a watch lasts, as the table gives it."""
    if not isinstance(watch, Mapping):
        raise NotWatched
    try:
        since, until = (date.fromisoformat(str(watch.get(name))) for name in ("sejak", "sampai"))
    except ValueError:
        raise NotWatched from None
    return since, until


def _must_be_known(connection: Connection, case_key: int) -> None:
    if connection.execute(_KNOWN, {"case_key": case_key}).first() is None:
        raise NoSuchCase(case_key)


def serving_until(connection: Connection, username: str, today: date) -> date | None:
    """Until when an employee serves a postponement, which blocks pay rise and promotion; None where none is served."""
    rows = connection.execute(_SERVING, {"username": username, "today": today})
    return max((row.sampai for row in rows), default=None)


def _rank(connection: Connection, username: str, today: date) -> str | None:
    """As letters name it: Penata, III/c."""
    golongan = career_of(read_entries(connection, [username]).get(username, ()), today).isi(
        "pangkat", "golongan"
    )
    return f"{PANGKAT[golongan]}, {golongan}" if golongan else None


def _told(row: AnyRow) -> dict[str, Any]:
    return {
        "perkara": row.number,
        "langkah": row.langkah,
        "sejak": row.sejak.isoformat(),
        "sampai": row.sampai.isoformat() if row.sampai else None,
        "hasil": row.hasil,
    }


# --- statements ------------------------------------------------------------------------------------------------------

_NOTE_CASE: Final = insert(DisciplineCase)
_NOTE_STEP: Final = insert(DisciplineStep)
_KNOWN: Final = select(DisciplineCase.case_key).where(DisciplineCase.case_key == bindparam("case_key"))
_PAST: Final = (
    select(
        DisciplineCase.number,
        DisciplineStep.langkah,
        DisciplineStep.sejak,
        DisciplineStep.sampai,
        DisciplineStep.hasil,
    )
    .join(DisciplineCase, DisciplineCase.case_key == DisciplineStep.case_key)
    .where(DisciplineCase.username == bindparam("username"), DisciplineCase.case_key != bindparam("case_key"))
    .order_by(DisciplineStep.sejak.desc(), DisciplineStep.key.desc())
    .limit(50)
)
_REACH: Final = (
    update(DisciplineCase)
    .where(DisciplineCase.case_key == bindparam("_case"))
    .values(langkah=bindparam("langkah"), sejak=bindparam("sejak"), sampai=bindparam("sampai"), hasil=None)
)
_MOVE_STEP: Final = (
    update(DisciplineStep)
    .where(DisciplineStep.key == bindparam("_key"), DisciplineStep.hasil.is_(None))
    .values(sampai=bindparam("sampai"))
)
_MOVE_CASE: Final = (
    update(DisciplineCase)
    .where(
        DisciplineCase.case_key == bindparam("_case"),
        select(DisciplineStep.key)
        .where(DisciplineStep.case_key == DisciplineCase.case_key)
        .order_by(DisciplineStep.key.desc())
        .limit(1)
        .scalar_subquery()
        == bindparam("_key"),
    )
    .values(sampai=bindparam("sampai"))
)
_END_STEP: Final = (
    update(DisciplineStep)
    .where(DisciplineStep.case_key == bindparam("_case"), DisciplineStep.hasil.is_(None))
    .values(hasil=bindparam("hasil"), fakta=bindparam("fakta"))
)
_END_CASE: Final = (
    update(DisciplineCase)
    .where(DisciplineCase.case_key == bindparam("_case"))
    .values(hasil=bindparam("hasil"))
)
_SERVING: Final = (
    select(DisciplineStep.sampai)
    .join(DisciplineCase, DisciplineCase.case_key == DisciplineStep.case_key)
    .where(DisciplineCase.username == bindparam("username"), DisciplineStep.langkah.in_(PUNISHMENTS))
    .where(DisciplineStep.sampai >= bindparam("today"))
)
