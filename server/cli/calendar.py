"""`calendar …`: the office's days and hours, by whoever has its machine."""

from collections.abc import Callable, Iterator
from datetime import datetime

import click
from sqlalchemy import Connection

from server import calendar as office_calendar
from server.app import House
from server.calendar import JENIS, RAMADAN_WEEK, WEEKDAYS, Holiday, Hours, Week
from server.cli.people import open_house
from server.engine import due_dates
from server.identity import Actor, Permission

BY = Actor("sistem", "Sistem", frozenset(), frozenset({Permission.ADMINISTER}))
DAY = click.DateTime(["%Y-%m-%d"])


@click.group("calendar", help="Kalender kantor: hari libur dan jam kerja.")
def calendar_group() -> None:
    """Everything below is a subcommand."""


@calendar_group.command("list", help="Hari libur sebuah tahun; bawaan: tahun ini.")
@click.argument("year", type=int, required=False)
def list_command(year: int | None) -> None:
    for line in listed(open_house(), year):
        click.echo(line)


@calendar_group.command("add", help="Menetapkan hari libur, atau menyebut ulang namanya, jenisnya, dasarnya.")
@click.argument("day", type=DAY)
@click.argument("name")
@click.option("--jenis", type=click.Choice(JENIS), default="libur lokal", show_default=True)
@click.option("--dasar", help="Nomor keputusan yang menetapkannya.")
@click.option("--perkiraan", is_flag=True, help="Tanggalnya belum ditetapkan.")
def add_command(day: datetime, name: str, jenis: str, dasar: str | None, perkiraan: bool) -> None:
    holiday = Holiday(day.date(), name, jenis, perkiraan, dasar)
    _change("put_day", f"{day:%Y-%m-%d} {name}", lambda c, now: office_calendar.put_day(c, holiday, now))


@calendar_group.command("remove", help="Menjadikan hari libur hari biasa.")
@click.argument("day", type=DAY)
def remove_command(day: datetime) -> None:
    _change("remove_day", f"{day:%Y-%m-%d}", lambda c, now: office_calendar.remove_day(c, day.date(), now))


@calendar_group.command("move", help="Memindahkan hari libur ke tanggal lain.")
@click.argument("day", type=DAY)
@click.argument("to", type=DAY)
def move_command(day: datetime, to: datetime) -> None:
    said = f"{day:%Y-%m-%d} ke {to:%Y-%m-%d}"
    _change("move_day", said, lambda c, now: office_calendar.move_day(c, day.date(), to.date(), now))


@calendar_group.command("settle", help="Menyatakan tanggal perkiraan sebuah tahun sudah ditetapkan.")
@click.argument("year", type=int)
@click.argument("dasar")
def settle_command(year: int, dasar: str) -> None:
    _change("settle_year", f"{year} {dasar}", lambda c, now: office_calendar.settle_year(c, year, dasar, now))


@calendar_group.command("hours", help="Jam kerja yang ditetapkan kantor, yang didahulukan di atas.")
def hours_command() -> None:
    for line in listed_hours(open_house()):
        click.echo(line)


@calendar_group.command("set-hours", help="Menetapkan jam kerja kantor, atau sebuah bidang dengan --unit.")
@click.argument("name")
@click.option("--from", "first", type=DAY, required=True, help="Hari pertama.")
@click.option("--to", "last", type=DAY, help="Hari terakhir; bawaan: sampai ada perubahan.")
@click.option("--unit", help="Bidang yang berjam kerja sendiri.")
@click.option("--ramadan", is_flag=True, help="Jam kerja Ramadan menurut Perpres 21/2023.")
@click.option(
    "--day",
    "days",
    multiple=True,
    metavar="HARI=JAM",
    help="Misalnya senin=07:30-12:00,13:00-16:00; berulang.",
)
def set_hours_command(
    name: str, first: datetime, last: datetime | None, unit: str | None, ramadan: bool, days: tuple[str, ...]
) -> None:
    hours = Hours(name, week_of(days, ramadan), first.date(), last and last.date(), unit)
    _change("set_hours", name, lambda c, now: office_calendar.set_hours(c, hours, now))


@calendar_group.command("remove-hours", help="Mencabut jam kerja menurut nomornya.")
@click.argument("id", type=int)
def remove_hours_command(id: int) -> None:
    _change("remove_hours", str(id), lambda c, now: office_calendar.remove_hours(c, id, now))


@calendar_group.command("recount", help="Menghitung ulang tenggat tugas yang belum selesai.")
def recount_command() -> None:
    house = open_house()
    _tell(due_dates.recount_open(house.engine, house.gate.do))


# --- what the commands do --------------------------------------------------------------------------------------------


def change(house: House, verb: str, what: str, act: Callable[[Connection, datetime], None]) -> int:
    """Changes the calendar; how many open tasks have another due date now."""
    house.gate.change(lambda c: due_dates.change_calendar(house.engine, c, BY, verb, what, act))
    return due_dates.recount_open(house.engine, house.gate.do)


def listed(house: House, year: int | None = None) -> Iterator[str]:
    """A line for each free day. Raises YearUnknown."""
    year = year or house.engine.clock.today().year
    for each in house.gate.ask(lambda connection: office_calendar.list_year(connection, year)):
        weekday = WEEKDAYS[each.tanggal.weekday()]
        basis = f" ({each.dasar})" if each.dasar else ""
        yield f"{each.tanggal}  {weekday:<7} {each.jenis:<15} {each}{basis}"


def listed_hours(house: House) -> Iterator[str]:
    for each in house.gate.ask(office_calendar.list_hours):
        until = each.to_date or "seterusnya"
        yield f"{each.id}  {each.name} · {each.unit or 'seluruh kantor'} · {each.from_date} sampai {until}"
        yield from (f"   {day}: {spans}" for day, spans in office_calendar.told_week(each.week).items())


def week_of(days: tuple[str, ...], ramadan: bool) -> Week:
    """The week that the options tell. Raises InvalidHours."""
    if ramadan and not days:
        return RAMADAN_WEEK
    named = {name: spans for name, _, spans in (day.partition("=") for day in days)}
    return office_calendar.read_week(named)


def _change(verb: str, what: str, act: Callable[[Connection, datetime], None]) -> None:
    _tell(change(open_house(), verb, what, act))


def _tell(moved: int) -> None:
    click.echo(
        f"Dicatat. Tenggat {moved} tugas bergeser." if moved else "Dicatat. Tidak ada tenggat yang bergeser."
    )
