"""A demo office: invented people, named after their roles, who all have one password that everybody knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Final

from sqlalchemy import Connection, exists, insert, select

from server.db import get_setting, put_setting
from server.errors import Conflict
from server.identity.grants import Grant, give_first_grants, grant
from server.identity.models import Credential, Person
from server.identity.passwords import hash_password
from server.identity.people import Holding, NewPerson, add_person, hold
from server.identity.permissions import Permission
from server.identity.roles import Role, Roles

ADMIN: Final = NewPerson("admin", "Administrator Sistem")
EVERYBODY: Final = "pns"
_MARK: Final = "demo"

_MEN: Final = (
    "Bagus",
    "Hendra",
    "Joko",
    "Arif",
    "Wahyu",
    "Slamet",
    "Rizal",
    "Yusuf",
    "Teguh",
    "Imam",
    "Fajar",
)
_WOMEN: Final = (
    "Sri",
    "Dewi",
    "Ratna",
    "Lestari",
    "Nur",
    "Endang",
    "Wulan",
    "Siti",
    "Kartika",
    "Indah",
    "Maya",
)
_LAST: Final = (
    "Prasetyo",
    "Wibowo",
    "Hidayat",
    "Santoso",
    "Kurniawan",
    "Setiawan",
    "Utomo",
    "Saputra",
    "Firmansyah",
)
_LAST_OF_WOMEN: Final = (
    "Wahyuni",
    "Handayani",
    "Puspitasari",
    "Rahmawati",
    "Susanti",
    "Kusumawati",
    "Anggraini",
)


class NotEmpty(Conflict):
    """A demo fills only an empty database."""

    def __init__(self) -> None:
        super().__init__(
            "Basis data sudah berisi pengguna. Data contoh hanya dapat diisikan ke basis data kosong."
        )


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo office; `role` (and `bidang`) is what they are named after."""

    person: NewPerson
    role: str
    bidang: str | None


def demo_people(roles: Roles) -> list[DemoPerson]:
    """One person for each role that is held in the office, and for each bidang where the role is held per bidang."""
    return [
        DemoPerson(_invent(number, role, bidang), role.id, bidang)
        for number, (role, bidang) in enumerate(roles.posts())
    ]


def fill_demo(connection: Connection, roles: Roles, password: str, now: datetime) -> None:
    """The demo office's people, roles and permissions in an empty database, which it marks. Raises NotEmpty."""
    if connection.execute(select(exists().where(Person.username.is_not(None)))).scalar():
        raise NotEmpty
    people = demo_people(roles)
    for person in (ADMIN, *(one.person for one in people)):
        add_person(connection, person, now)
    for holding in chain.from_iterable(_holdings(one, date(now.year, 1, 1)) for one in people):
        hold(connection, roles, holding)
    give_first_grants(connection, roles)
    for permission in Permission:
        grant(connection, roles, Grant(permission, username=ADMIN.username))
    _set_passwords(connection, [ADMIN.username, *(one.person.username for one in people)], password, now)
    put_setting(connection, _MARK, True)


def is_demo(connection: Connection) -> bool:
    """Whether the database was filled as a demo."""
    return bool(get_setting(connection, _MARK))


def _invent(number: int, role: Role, bidang: str | None) -> NewPerson:
    username = role.id if bidang is None else f"{role.id}_{bidang.replace('-', '_')}"
    woman = number % 2 == 1
    first, last = (_WOMEN, _LAST_OF_WOMEN) if woman else (_MEN, _LAST)
    place = number // 2
    return NewPerson(
        username,
        f"{first[place % len(first)]} {last[place % len(last)]}",
        _nip(number, woman),
        f"{username}@contoh.go.id",
    )


def _nip(number: int, woman: bool) -> str:
    """Birthday, month of appointment, sex and serial number, as BKN writes them (Perka BKN 22/2007)."""
    born = date(1972 + number % 25, 1 + number % 12, 1 + number % 28)
    return f"{born:%Y%m%d}{born.year + 24}{1 + number % 12:02}{2 if woman else 1}{1 + number:03}"


def _holdings(one: DemoPerson, since: date) -> Iterator[Holding]:
    yield Holding(one.person.username, one.role, one.bidang, since)
    if one.role != EVERYBODY:
        yield Holding(one.person.username, EVERYBODY, None, since)


def _set_passwords(connection: Connection, usernames: list[str], password: str, now: datetime) -> None:
    argon2id = hash_password(password)
    shared = {"argon2id": argon2id, "demo": True, "must_change": False, "changed_at": now}
    connection.execute(insert(Credential), [{"username": username, **shared} for username in usernames])
