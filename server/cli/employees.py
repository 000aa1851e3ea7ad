"""`import pegawai`: the employees of an office out of a spreadsheet, all of them or none."""

from pathlib import Path

import click

from server.app import House
from server.cli.people import BY, open_house
from server.personnel import employee_sheet


@click.command(
    "pegawai", help="Memasukkan pegawai dari lembar kerja (.xlsx): semuanya, atau tidak sama sekali."
)
@click.argument("spreadsheet", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--contoh", is_flag=True, help="Menulis lembar kerja kosong ke berkas itu, untuk diisi.")
def import_employees_command(spreadsheet: Path, contoh: bool) -> None:
    """Says how many came in."""
    if contoh:
        spreadsheet.write_bytes(employee_sheet.template())
        click.echo(spreadsheet)
        return
    if not spreadsheet.is_file():
        raise click.BadParameter(f"{spreadsheet} tidak ada.")
    count = import_employees(open_house(), spreadsheet.read_bytes())
    click.echo(f"{count} pegawai dimasukkan.")


def import_employees(house: House, data: bytes) -> int:
    """How many. Raises UnusableSheet, UnreadableWorkbook; then nothing was entered."""
    rows = employee_sheet.read_sheet(data, house.engine.clock.today())
    keys = house.engine.keys.draw(max(1, employee_sheet.keys_needed(rows)))
    return house.gate.change(lambda c: employee_sheet.enter(c, house.engine, BY, rows, keys))
