"""`user …`: the people of an installation, by whoever has its machine: the first of them, and every one that lost a password.

Passwords come from the terminal or from standard input, never from the command line, where others could read them.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TypeVar

import click
from sqlalchemy import Connection

from server import errors, identity, migrations
from server.app import House, build
from server.cli.told import settings
from server.identity import Entry, Grant, Holding, Member, NewPerson, Permission

Answer = TypeVar("Answer")

BY = "sistem"
"""Whom the audit trail names for what is done at the machine itself."""


class NotHeld(errors.NotFound):
    def __init__(self, username: str, role: str) -> None:
        super().__init__(f"“{username}” hari ini tidak memegang peran {role}.")


@click.group("user", help="Orang-orang instalasi ini: menambah, kata sandi, peran, token, daftar.")
def user_group() -> None:
    """Everything below is a subcommand."""


DAY = click.DateTime(["%Y-%m-%d"])
PERMISSIONS = click.Choice([permission.value for permission in Permission])


@user_group.command("add", help="Menambah orang; kata sandinya ditanyakan atau dibaca dari masukan standar.")
@click.argument("username")
@click.option("--name", required=True, help="Nama lengkap.")
@click.option("--nip", help="Delapan belas angka.")
@click.option("--email")
@click.option(
    "--role", "roles", multiple=True, metavar="PERAN[@BIDANG]", help="Boleh berulang; mulai hari ini."
)
@click.option("--all-permissions", is_flag=True, help="Semua izin, seperti bagi pengurus pertama.")
@click.option("--no-password", is_flag=True, help="Tanpa kata sandi; hanya dengan token.")
def add_command(
    username: str,
    name: str,
    nip: str | None,
    email: str | None,
    roles: tuple[str, ...],
    all_permissions: bool,
    no_password: bool,
) -> None:
    """A person, in one step with password, roles and permissions."""
    house = open_house()
    password = None if no_password else read_password()
    add(house, NewPerson(username, name, nip, email), password, roles, Permission if all_permissions else ())
    click.echo(f"{username} ditambahkan.")


@user_group.command("password", help="Mengganti kata sandi; yang lama langsung tidak berlaku.")
@click.argument("username")
def password_command(username: str) -> None:
    house = open_house()
    change_password(house, username, read_password())
    click.echo(f"Kata sandi {username} diganti.")


@user_group.command("role", help="Memberi peran, atau mengakhirinya dengan --end.")
@click.argument("username")
@click.argument("role", metavar="PERAN[@BIDANG]")
@click.option("--from", "first", type=DAY, help="Hari pertama; bawaan: hari ini.")
@click.option("--to", "last", type=DAY, help="Hari terakhir; bawaan: sampai ada perubahan.")
@click.option(
    "--end", type=DAY, help="Mengakhiri peran yang sedang dipegang, dengan hari ini sebagai hari terakhirnya."
)
def role_command(
    username: str, role: str, first: datetime | None, last: datetime | None, end: datetime | None
) -> None:
    house = open_house()
    if end:
        end_role(house, username, role, end.date())
    else:
        give_role(house, username, role, first and first.date(), last and last.date())
    click.echo(f"Peran {role} bagi {username} dicatat.")


@user_group.command("token", help="Membuat token API; ditampilkan sekali ini saja.")
@click.argument("username")
@click.option("--name", required=True, help="Program yang memakainya.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="Masa berlaku.")
@click.option(
    "--permission", "permissions", multiple=True, type=PERMISSIONS, help="Boleh berulang; bawaan: semua."
)
def token_command(username: str, name: str, days: int, permissions: tuple[str, ...]) -> None:
    """The token alone on standard output, so that it can be kept in a file."""
    scopes = [Permission(each) for each in permissions] or list(Permission)
    click.echo(issue(open_house(), username, name, days, scopes))


@user_group.command("list", help="Semua orang dengan peran mereka hari ini.")
def list_command() -> None:
    for line in listed(open_house()):
        click.echo(line)


# --- what the commands do --------------------------------------------------------------------------------------------


def open_house() -> House:
    """The house on a database that the server has prepared. Raises migrations.OlderSchema, NewerSchema."""
    house = build(settings())
    migrations.check(house.gate.database)
    return house


def read_password() -> str:
    """Asked for twice at a terminal, otherwise the first line of standard input."""
    if sys.stdin.isatty():
        password: str = click.prompt("Kata sandi", hide_input=True, confirmation_prompt="Sekali lagi")
        return password
    return sys.stdin.readline().rstrip("\r\n")


def add(
    house: House,
    person: NewPerson,
    password: str | None,
    roles: Iterable[str] = (),
    permissions: Iterable[Permission] = (),
) -> None:
    """A person with all that they begin with, or nothing at all. Raises what each part does, such as UsernameTaken."""
    now, known = house.engine.clock.now(), house.engine.roles

    def act(connection: Connection) -> None:
        identity.add_person(connection, person, now)
        if password is not None:
            identity.set_password(connection, person.username, password, now)
        for role in roles:
            identity.hold(connection, known, _holding(person.username, role, now.date()))
        for permission in permissions:
            identity.grant(connection, known, Grant(permission, username=person.username))

    _do(house, "user.add", person.username, act)


def change_password(house: House, username: str, password: str) -> None:
    """Raises WeakPassword, UnknownPerson."""
    now = house.engine.clock.now()
    _do(house, "user.password", username, lambda c: identity.set_password(c, username, password, now))


def give_role(
    house: House, username: str, role: str, first: date | None = None, last: date | None = None
) -> None:
    """`role` or `role@bidang`, from today where no first day is named. Raises UnknownRole, WrongBidang, UnknownPerson."""
    holding = _holding(username, role, first or house.engine.clock.today(), last)
    _do(house, "user.role", username, lambda c: identity.hold(c, house.engine.roles, holding), role)


def end_role(house: House, username: str, role: str, last_day: date) -> None:
    """Whoever holds the role today does so until that day. Raises NotHeld."""

    def act(connection: Connection) -> None:
        members = identity.members(connection, house.engine.clock.today())
        mine = next((each.holdings for each in members if each.username == username), {})
        held = [key for key, holding in mine.items() if _group(holding) == role]
        if not held:
            raise NotHeld(username, role)
        for key in held:
            identity.end_holding(connection, key, last_day)

    _do(house, "user.role.end", username, act, role)


def issue(house: House, username: str, name: str, days: int, scopes: Iterable[Permission]) -> str:
    """A new token's text. Raises UnknownPerson, InvalidToken."""
    now = house.engine.clock.now()
    ends = now + timedelta(days=days)
    issued = _do(
        house,
        "user.token",
        username,
        lambda c: identity.issue_token(c, username, name, scopes, now, ends),
        name,
    )
    return issued.text


def listed(house: House) -> Iterator[str]:
    """A line for each person."""
    today = house.engine.clock.today()
    members = house.gate.ask(lambda connection: identity.members(connection, today))
    width = max((len(each.username) for each in members), default=0)
    return (_line(each, width) for each in members)


def _line(member: Member, width: int) -> str:
    roles = ", ".join(_group(holding) for holding in member.holdings.values())
    state = "" if member.active else " (tidak aktif)"
    return f"{member.username.ljust(width)}  {member.name}{state}  {roles}".rstrip()


def _holding(username: str, role: str, first: date, last: date | None = None) -> Holding:
    name, _, bidang = role.partition("@")
    return Holding(username, name, bidang or None, first, last)


def _group(holding: Holding) -> str:
    return f"{holding.role}@{holding.bidang}" if holding.bidang else holding.role


def _do(
    house: House, verb: str, username: str, act: Callable[[Connection], Answer], detail: str | None = None
) -> Answer:
    """One write transaction, with an entry in the audit trail."""

    def noted(connection: Connection) -> Answer:
        answer = act(connection)
        entry = Entry(house.engine.clock.now(), BY, verb, f"person:{username}", "done", detail)
        identity.record(connection, entry)
        return answer

    return house.gate.change(noted)
