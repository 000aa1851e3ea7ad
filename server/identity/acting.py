"""Acting officers: somebody takes over an office for a span of days, as Plt. while nobody holds it, as Plh. while its holder
is away (UU 30/2014 ps. 14; SE BKN 1/SE/I/2021)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from server.errors import Conflict
from server.identity.models import RoleHolding
from server.identity.people import (
    Acting,
    Holding,
    InvalidPerson,
    held_on,
    hold,
    holders,
    holding_of,
)
from server.identity.roles import Jenis, Penerima, Roles


class OfficeIsHeld(Conflict):
    """A Plt. for an office that somebody holds."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"Jabatan ini dipegang {holder}. Tunjuk Plh., atau akhiri dahulu pemegangannya.")


class OfficeIsVacant(Conflict):
    """A Plh. for an office that nobody holds."""

    def __init__(self) -> None:
        super().__init__("Jabatan ini tidak ada pemegangnya pada hari itu. Tunjuk Plt.")


class OfficeIsActed(Conflict):
    """Two acting officers at a time."""

    def __init__(self, other: Holding) -> None:
        super().__init__(
            f"Pada hari-hari itu {other.username} sudah menjadi {other.acting and other.acting.prefix} di jabatan ini. "
            "Akhiri dahulu penunjukannya."
        )


@dataclass(frozen=True)
class Appointment:
    """An acting officer from a day to a day, both included. `acts_for`: whom a Plh. stands in for, where several hold it."""

    username: str
    role: str
    bidang: str | None
    acting: Acting
    from_date: date
    to_date: date
    acts_for: str | None = None


def appoint(connection: Connection, roles: Roles, wanted: Appointment) -> int:
    """The holding's id; it is ended as every other one.

    Raises UnknownPerson, UnknownRole, WrongBidang, InvalidPerson, OfficeIsHeld, OfficeIsVacant, OfficeIsActed.
    """
    roles.check_holding(wanted.role, wanted.bidang)
    role = roles[wanted.role]
    if role.jenis is not Jenis.PEGAWAI or role.penerima is not Penerima.PEMEGANG:
        raise InvalidPerson(f"Peran “{role.nama}” bukan jabatan; tidak ada Plt. atau Plh. untuknya.")
    other = connection.execute(_at_this_post(wanted, RoleHolding.acting.is_not(None))).first()
    if other is not None:
        raise OfficeIsActed(holding_of(other))
    facts = dict(vars(wanted)) | {"acts_for": _acts_for(connection, wanted)}
    return hold(connection, roles, Holding(**facts))


def acting_officers(connection: Connection, since: date) -> dict[int, Holding]:
    """The acting officers of that day and later by their holding's id, the earliest first."""
    rows = connection.execute(
        select(RoleHolding.__table__)
        .where(RoleHolding.acting.is_not(None), RoleHolding.to_date >= since)
        .order_by(RoleHolding.from_date, RoleHolding.id)
    )
    return {row.id: holding_of(row) for row in rows}


def _acts_for(connection: Connection, wanted: Appointment) -> str | None:
    """Whom a Plh. stands in for; None for a Plt."""
    own = connection.execute(
        _at_this_post(wanted, RoleHolding.acting.is_(None), held_on(wanted.from_date))
    ).all()
    active = holders(connection, wanted.role, wanted.bidang, wanted.from_date)
    officers = [row.username for row in own if row.username in active]
    if wanted.username in officers:
        raise InvalidPerson("Pemegang jabatan tidak dapat menjadi Plt. atau Plh. untuk jabatannya sendiri.")
    if wanted.acting is Acting.PLT:
        if officers:
            raise OfficeIsHeld(officers[0])
        return None
    if not officers:
        raise OfficeIsVacant
    if wanted.acts_for is None and len(officers) > 1:
        raise InvalidPerson(f"Jabatan ini dipegang {', '.join(officers)}. Sebutkan siapa yang digantikan.")
    if wanted.acts_for is not None and wanted.acts_for not in officers:
        raise InvalidPerson(f"“{wanted.acts_for}” tidak memegang jabatan ini pada hari itu.")
    return wanted.acts_for or officers[0]


def _at_this_post(wanted: Appointment, *also: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The holdings of the office on some of these days."""
    overlapping = and_(
        RoleHolding.from_date <= wanted.to_date,
        or_(RoleHolding.to_date.is_(None), RoleHolding.to_date >= wanted.from_date),
    )
    return select(RoleHolding.__table__).where(
        RoleHolding.role == wanted.role,
        RoleHolding.bidang.is_not_distinct_from(wanted.bidang),
        overlapping,
        *also,
    )
