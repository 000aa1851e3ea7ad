"""`user …`: the people of an installation, by whoever has its machine: the first of them, and every one that lost a password.

Passwords come from the terminal or from standard input, never from the command line, where others could read them.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import click
from sqlalchemy import Connection

from server import errors, identity, migrations
from server.app import House, build
from server.cli.told import settings
from server.db import dump_json
from server.engine import officers
from server.identity import Acting, Appointment, Entry, Grant, Holding, Member, NewPerson, Permission, Wanted

Answer = TypeVar("Answer")

BY = "sistem"
"""Whom the audit trail names for what is done at the machine itself."""


class NotHeld(errors.NotFound):
    def __init__(self, username: str, role: str) -> None:
        super().__init__(f"“{username}” hari ini tidak memegang peran {role}.")


@click.group(
    "user", help="Orang-orang instalasi ini: kata sandi, peran, Plt. dan Plh., token, klien, jejak audit."
)
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


@user_group.command("acting", help="Menunjuk Plt. atau Plh. untuk beberapa hari.")
@click.argument("username")
@click.argument("role", metavar="PERAN[@BIDANG]")
@click.argument("acting", type=click.Choice([each.value for each in Acting]))
@click.option("--from", "first", type=DAY, help="Hari pertama; bawaan: hari ini.")
@click.option("--to", "last", type=DAY, required=True, help="Hari terakhir.")
@click.option("--for", "acts_for", help="Pejabat yang digantikan, bila ada beberapa.")
def acting_command(
    username: str, role: str, acting: str, first: datetime | None, last: datetime, acts_for: str | None
) -> None:
    house = open_house()
    appoint(house, username, role, Acting(acting), first and first.date(), last.date(), acts_for)
    click.echo(f"{username} menjadi {Acting(acting).prefix} {role}.")


@user_group.command("vacancies", help="Jabatan tanpa pemegang, dan prosedur yang membutuhkannya.")
def vacancies_command() -> None:
    for line in told_vacancies(open_house()):
        click.echo(line)


@user_group.command("client", help="Mendaftarkan klien OAuth; rahasianya ditampilkan sekali ini saja.")
@click.argument("username")
@click.option("--name", required=True, help="Program yang memakainya.")
@click.option("--days", type=click.IntRange(1, 3650), default=365, show_default=True, help="Masa berlaku.")
@click.option(
    "--permission", "permissions", multiple=True, type=PERMISSIONS, help="Boleh berulang; bawaan: semua."
)
def client_command(username: str, name: str, days: int, permissions: tuple[str, ...]) -> None:
    """As lines that a shell can read, under the names that Camunda's clients look for."""
    scopes = [Permission(each) for each in permissions] or list(Permission)
    client = register(open_house(), username, name, days, scopes)
    click.echo(f"CAMUNDA_CLIENT_ID={client.id}\nCAMUNDA_CLIENT_SECRET={client.secret}")


@user_group.command("programs", help="Token dan klien seseorang; --revoke mencabut satu di antaranya.")
@click.argument("username")
@click.option("--revoke", metavar="ID", help="Nomor token atau nama klien.")
def programs_command(username: str, revoke: str | None) -> None:
    house = open_house()
    if revoke:
        revoke_program(house, username, revoke)
        click.echo(f"{revoke} dicabut.")
    for line in told_programs(house, username):
        click.echo(line)


@user_group.command("unlock", help="Membuka lagi nama yang terkunci karena salah kata sandi.")
@click.argument("username")
def unlock_command(username: str) -> None:
    house = open_house()
    _do(house, "user.unlock", username, lambda c: identity.unlock(c, username))
    click.echo(f"{username} dapat masuk lagi.")


@user_group.command("close", help="Menutup akun, atau membukanya lagi dengan --open.")
@click.argument("username")
@click.option("--open", "again", is_flag=True)
def close_command(username: str, again: bool) -> None:
    house = open_house()
    set_active(house, username, again)
    click.echo(f"Akun {username} {'dibuka' if again else 'ditutup'}.")


@user_group.command("audit", help="Jejak audit, yang terbaru dulu.")
@click.option("--by", "actor", help="Oleh siapa.")
@click.option("--verb", help="Misalnya user.role, login, read.")
@click.option("--about", "object", help="Misalnya person:budi atau case:*.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, show_default=True)
def audit_command(actor: str | None, verb: str | None, object: str | None, most: int) -> None:
    for line in told_audit(open_house(), Wanted(actor, verb, object), most):
        click.echo(line)


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
    act = partial(identity.hold, roles=house.engine.roles, holding=holding)
    _do(house, "user.role", username, act, holding.told)


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

    _do(house, "user.role.end", username, act, {"role": role, "to": last_day.isoformat()})
    _give_back(house, username)


def appoint(
    house: House,
    username: str,
    role: str,
    acting: Acting,
    first: date | None,
    last: date,
    acts_for: str | None = None,
) -> None:
    """A Plt. or Plh. of `role` or `role@bidang`. Raises what identity.appoint does."""
    today, (name, _, bidang) = house.engine.clock.today(), role.partition("@")
    wanted = Appointment(username, name, bidang or None, acting, first or today, last, acts_for)
    act = partial(identity.appoint, roles=house.engine.roles, wanted=wanted)
    _do(house, "user.acting", username, act, Holding(**vars(wanted)).told)
    if wanted.from_date <= today:
        _give_back(house, None, wanted.from_date - timedelta(days=1))


def set_active(house: House, username: str, active: bool) -> None:
    """Closes an account, whose claimed tasks return, or opens it. Raises UnknownPerson."""
    verb = "user.open" if active else "user.close"
    _do(house, verb, username, lambda c: identity.set_active(c, username, active))
    _give_back(house, username)


def told_vacancies(house: House) -> Iterator[str]:
    """A line for each role that nobody holds."""
    for each in house.gate.ask(lambda c: officers.missing(house.engine, c)):
        to = each.vacancy.receiver
        goes = (
            f"tugasnya ke {house.engine.roles.title(to)}" if to else "tidak ada atasan yang menerima tugasnya"
        )
        more = f" dan {len(each.process_ids) - 5} lagi" if len(each.process_ids) > 5 else ""
        needed = ", ".join(each.process_ids[:5]) + more or "belum dibutuhkan prosedur mana pun"
        yield f"{house.engine.roles.title(each.vacancy.group)} ({each.vacancy.group}): {goes}; {needed}"


def register(
    house: House, username: str, name: str, days: int, scopes: Iterable[Permission]
) -> identity.IssuedClient:
    """A new OAuth client. Raises UnknownPerson, InvalidToken."""
    now = house.engine.clock.now()
    ends = now + timedelta(days=days)
    act = partial(
        identity.register_client, username=username, name=name, scopes=scopes, now=now, expires_at=ends
    )
    return _do(house, "user.client", username, act, {"name": name})


def revoke_program(house: House, username: str, program: str) -> None:
    """A token by its number, a client by its name. Raises UnknownToken, UnknownClient."""
    now = house.engine.clock.now()

    def act(connection: Connection) -> None:
        if program.isascii() and program.isdigit():
            identity.revoke_token(connection, username, int(program), now)
        else:
            identity.revoke_client(connection, username, program, now)

    _do(house, "user.program.end", username, act, program)


def told_programs(house: House, username: str) -> Iterator[str]:
    """A line for each token and client of a person that still counts."""
    now = house.engine.clock.now()
    tokens = house.gate.ask(lambda c: identity.tokens_of(c, username))
    clients = house.gate.ask(lambda c: identity.clients_of(c, username))
    programs: list[identity.Token | identity.Client] = [*tokens, *clients]
    for each in programs:
        if each.revoked_at is None and each.expires_at > now:
            yield f"{each.id}  {each.name}  sampai {each.expires_at.date()}"


def told_audit(house: House, wanted: Wanted, most: int) -> Iterator[str]:
    """A line for each entry, the newest first."""
    zone = house.engine.clock.zone
    for found in house.gate.ask(lambda c: identity.look_up(c, wanted, most=most)):
        entry = found.entry
        said = entry.detail if isinstance(entry.detail, str) else dump_json(entry.detail)
        detail = "" if entry.detail is None else f"  {said}"
        at = entry.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        yield f"{at}  {entry.actor or '-'}  {entry.verb}  {entry.object or '-'}  {entry.outcome}{detail}"


def issue(house: House, username: str, name: str, days: int, scopes: Iterable[Permission]) -> str:
    """A new token's text. Raises UnknownPerson, InvalidToken."""
    now = house.engine.clock.now()
    ends = now + timedelta(days=days)
    issued = _do(
        house,
        "user.token",
        username,
        lambda c: identity.issue_token(c, username, name, scopes, now, ends),
        {"name": name},
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


def _give_back(house: House, username: str | None, since: date | None = None) -> None:
    """What somebody claimed who no longer may, or whom an acting officer stands in for."""
    house.gate.do(lambda c: officers.give_back_of(house.engine, c, username, since))


def _do(
    house: House, verb: str, username: str, act: Callable[[Connection], Answer], detail: Any = None
) -> Answer:
    """One write transaction, with an entry in the audit trail."""

    def noted(connection: Connection) -> Answer:
        answer = act(connection)
        entry = Entry(house.engine.clock.now(), BY, verb, f"person:{username}", "done", detail)
        identity.record(connection, entry)
        return answer

    return house.gate.change(noted)
