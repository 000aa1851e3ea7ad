"""People: who they are, and which roles they hold from when to when.

Every verb works on the connection it is given and leaves the commit to its caller.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, or_, select, true, update

from server.db import AnyRow
from server.errors import Conflict, Invalid, NotFound
from server.identity.models import LoginSession, Person, RoleHolding
from server.identity.roles import Roles

_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_NIP: Final = re.compile(r"[0-9]{18}")
_EMAIL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*", re.ASCII)


class UnknownPerson(NotFound):
    def __init__(self, username: str) -> None:
        super().__init__(f"Pengguna “{username}” tidak ada atau tidak aktif.")
        self.username = username


class UsernameTaken(Conflict):
    def __init__(self, username: str) -> None:
        super().__init__(f"Nama pengguna “{username}” sudah dipakai. Pilih nama lain.")
        self.username = username


class NipTaken(Conflict):
    def __init__(self, nip: str) -> None:
        super().__init__(f"NIP {nip} sudah tercatat untuk pengguna lain.")
        self.nip = nip


class InvalidPerson(Invalid):
    """A person's data cannot be kept as they are."""


class UnknownHolding(NotFound):
    def __init__(self, holding: int) -> None:
        super().__init__("Pemegangan peran itu tidak ada.")
        self.holding = holding


@dataclass(frozen=True)
class NewPerson:
    """What is known of a person at first. `nip`: eighteen digits, of civil servants."""

    username: str
    name: str
    nip: str | None = None
    email: str | None = None


class Acting(StrEnum):
    """How an office is held by somebody whose it is not: while nobody has it, or while its holder is away."""

    PLT = "plt"
    PLH = "plh"

    @property
    def prefix(self) -> str:
        """As it stands before the office's name."""
        return f"{self.value.capitalize()}."


@dataclass(frozen=True)
class Holding:
    """A role held by a person from a day to a day, both included. `bidang` only for roles held per bidang."""

    username: str
    role: str
    bidang: str | None
    from_date: date
    to_date: date | None = None
    acting: Acting | None = None
    acts_for: str | None = None

    @property
    def group(self) -> str:
        """The role as tasks name it."""
        return self.role if self.bidang is None else f"{self.role}@{self.bidang}"

    @property
    def told(self) -> dict[str, str]:
        """As the audit trail keeps it."""
        said = {
            "role": self.group,
            "from": self.from_date,
            "to": self.to_date,
            "acting": self.acting,
            "acts_for": self.acts_for,
        }
        return {name: str(value) for name, value in said.items() if value is not None}


@dataclass(frozen=True)
class Member:
    """A person of the installation, with holdings by id: those that count on a day, or all."""

    username: str
    name: str
    active: bool
    holdings: Mapping[int, Holding]
    nip: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Sought:
    """Whom to look for: all that is named must fit. `text`: in the username, the name or the NIP."""

    text: str | None = None
    role: str | None = None
    bidang: str | None = None
    active: bool | None = None


# --- people


def anybody(connection: Connection) -> bool:
    """Whether there is any person at all."""
    return bool(connection.execute(select(exists().where(Person.username.is_not(None)))).scalar())


def is_active(connection: Connection, username: str) -> bool:
    """Whether there is such a person, and they act."""
    statement = select(Person.username).where(Person.username == username, Person.active)
    return connection.execute(statement).first() is not None


def active_of(connection: Connection, usernames: Iterable[str]) -> set[str]:
    """Those of these who are people that act."""
    wanted = sorted(set(usernames))
    if not wanted:
        return set()
    statement = select(Person.username).where(Person.username.in_(wanted), Person.active)
    return set(connection.execute(statement).scalars())


def members(connection: Connection, today: date) -> list[Member]:
    """Everybody, in the alphabet's order, those who no longer act too."""
    return find_people(connection, Sought(), today)


def find_people(
    connection: Connection, sought: Sought, today: date, after: str | None = None, most: int | None = None
) -> list[Member]:
    """Who fits, in the alphabet's order of usernames, from the one after `after` on."""
    statement = select(Person.__table__).where(*_fitting(sought, today)).order_by(Person.username)
    if after is not None:
        statement = statement.where(Person.username > after)
    people = connection.execute(statement.limit(most)).all()
    held: dict[str, dict[int, Holding]] = {}
    theirs = RoleHolding.username.in_([row.username for row in people]) if most is not None else true()
    statement = select(RoleHolding.__table__).where(held_on(today), theirs).order_by(RoleHolding.id)
    for row in connection.execute(statement):
        held.setdefault(row.username, {})[row.id] = holding_of(row)
    return [_member(row, held.get(row.username, {})) for row in people]


def find_person(connection: Connection, username: str) -> Member:
    """A person with all that they hold, held and will hold. Raises UnknownPerson."""
    row = connection.execute(select(Person.__table__).where(Person.username == username)).one_or_none()
    if row is None:
        raise UnknownPerson(username)
    theirs = select(RoleHolding.__table__).where(RoleHolding.username == username)
    rows = connection.execute(theirs.order_by(RoleHolding.from_date.desc(), RoleHolding.id.desc()))
    return _member(row, {each.id: holding_of(each) for each in rows})


def _member(row: AnyRow, holdings: Mapping[int, Holding]) -> Member:
    return Member(row.username, row.name, row.active, holdings, row.nip, row.email)


def _fitting(sought: Sought, today: date) -> Iterator[ColumnElement[bool]]:
    if sought.text:
        shown = (Person.username, Person.name, Person.nip)
        yield or_(*(column.icontains(sought.text, autoescape=True) for column in shown))
    if sought.active is not None:
        yield Person.active == sought.active
    if sought.role or sought.bidang:
        held = [held_on(today)]
        held += [RoleHolding.role == sought.role] if sought.role else []
        held += [RoleHolding.bidang == sought.bidang] if sought.bidang else []
        yield Person.username.in_(select(RoleHolding.username).where(*held))


def holding_of(row: AnyRow) -> Holding:
    """The holding that a row of RoleHolding's table keeps."""
    facts = {field.name: getattr(row, field.name) for field in fields(Holding)}
    return Holding(**facts | {"acting": Acting(row.acting) if row.acting else None})


def names_of(connection: Connection, usernames: Iterable[str | None]) -> dict[str, str]:
    """The names of these people, by username; what is no username is left out."""
    wanted = sorted({each for each in usernames if each})
    if not wanted:
        return {}
    rows = connection.execute(select(Person.username, Person.name).where(Person.username.in_(wanted)))
    return {row.username: row.name for row in rows}


def is_username(text: str) -> bool:
    """Whether `text` can be a username: small letters, digits and `._-`, at most 64."""
    return _USERNAME.fullmatch(text) is not None


def add_person(connection: Connection, person: NewPerson, now: datetime) -> None:
    """Raises InvalidPerson, UsernameTaken, NipTaken."""
    adding = new_person(person, now)
    if connection.execute(select(Person.username).where(Person.username == person.username)).first():
        raise UsernameTaken(person.username)
    if person.nip and connection.execute(select(Person.username).where(Person.nip == person.nip)).first():
        raise NipTaken(person.nip)
    connection.execute(insert(Person), adding)


def new_person(person: NewPerson, now: datetime) -> dict[str, Any]:
    """The row of a person whose username and NIP are nobody's. Raises InvalidPerson."""
    _check(person)
    return {**vars(person), "active": True, "account_version": 1, "created_at": now}


def change_person(connection: Connection, username: str, **facts: str | None) -> None:
    """Other `name`, `nip` or `email` of a person. Raises UnknownPerson, InvalidPerson, NipTaken."""
    known = find_person(connection, username)
    person = NewPerson(username, **{"name": known.name, "nip": known.nip, "email": known.email, **facts})  # type: ignore[arg-type]
    _check(person)
    same = select(Person.username).where(Person.nip == person.nip, Person.username != username)
    if person.nip and connection.execute(same).first():
        raise NipTaken(person.nip)
    touch_account(connection, username)
    connection.execute(update(Person).where(Person.username == username).values(**facts))


def _check(person: NewPerson) -> None:
    if not is_username(person.username):
        raise InvalidPerson(
            "Nama pengguna hanya boleh berisi huruf kecil, angka, titik, garis bawah dan tanda hubung, paling banyak 64."
        )
    if not person.name.strip():
        raise InvalidPerson("Isi nama orangnya.")
    if person.email is not None and (len(person.email) > 254 or not _EMAIL.fullmatch(person.email)):
        raise InvalidPerson("Alamat surel tidak benar; tulis seperti nama@contoh.go.id.")
    if person.nip is not None and not _NIP.fullmatch(person.nip):
        raise InvalidPerson("NIP terdiri dari 18 angka.")


def set_active(connection: Connection, username: str, active: bool) -> None:
    """Lets a person act again, or no longer: their sessions end. Raises UnknownPerson."""
    touch_everybody(connection, username)
    connection.execute(delete(LoginSession).where(LoginSession.username == username))
    connection.execute(update(Person).where(Person.username == username).values(active=active))


def touch_account(connection: Connection, username: str) -> None:
    """Makes whatever is remembered of the account stale, in every process. Raises UnknownPerson."""
    if touch_accounts(connection, Person.username == username) == 0:
        raise UnknownPerson(username)


def touch_accounts(connection: Connection, whose: ColumnElement[bool]) -> int:
    """The same for all people whom the condition picks; how many they are."""
    return connection.execute(
        update(Person).where(whose).values(account_version=Person.account_version + 1)
    ).rowcount


def touch_everybody(connection: Connection, first: str) -> None:
    """The same for all, where `first` holds or can hold something else now: to whom tasks come depends on it.

    Raises UnknownPerson.
    """
    touch_account(connection, first)
    touch_accounts(connection, Person.username != first)


# --- holdings


def hold(connection: Connection, roles: Roles, holding: Holding) -> int:
    """The holding's id. Raises UnknownPerson, UnknownRole, WrongBidang, InvalidPerson (days the wrong way round)."""
    roles.check_holding(holding.role, holding.bidang)
    if holding.to_date is not None and holding.to_date < holding.from_date:
        raise InvalidPerson("Hari terakhir memegang peran tidak boleh sebelum hari pertamanya.")
    touch_everybody(connection, holding.username)
    return connection.execute(insert(RoleHolding).returning(RoleHolding.id), vars(holding)).scalar_one()


def end_holding(connection: Connection, holding: int, last_day: date, of: str | None = None) -> None:
    """The person (`of`, where it is told) holds the role until `last_day`. Raises UnknownHolding, InvalidPerson."""
    row = connection.execute(select(RoleHolding.__table__).where(RoleHolding.id == holding)).one_or_none()
    if row is None or of not in (None, row.username):
        raise UnknownHolding(holding)
    if last_day < row.from_date:
        raise InvalidPerson("Hari terakhir memegang peran tidak boleh sebelum hari pertamanya.")
    connection.execute(update(RoleHolding).where(RoleHolding.id == holding).values(to_date=last_day))
    touch_everybody(connection, row.username)


def holders(connection: Connection, role: str, bidang: str | None, today: date) -> list[str]:
    """Usernames of the active people who hold the role today, in the alphabet's order."""
    same_bidang = RoleHolding.bidang.is_(None) if bidang is None else RoleHolding.bidang == bidang
    query = (
        select(Person.username)
        .join(RoleHolding, RoleHolding.username == Person.username)
        .where(Person.active, RoleHolding.role == role, same_bidang, held_on(today))
        .distinct()
        .order_by(Person.username)
    )
    return list(connection.execute(query).scalars())


def held_on(today: date | ColumnElement[date]) -> ColumnElement[bool]:
    """The condition that a RoleHolding counts on the day."""
    return and_(
        RoleHolding.from_date <= today, or_(RoleHolding.to_date.is_(None), RoleHolding.to_date >= today)
    )
