"""`import pegawai`: what a spreadsheet changes in the files of employees, all of it or nothing."""

from pathlib import Path

import click

from server.app import House
from server.cli.people import BY, open_house
from server.personnel import employee_sheet, employee_upload
from server.personnel.employee_upload import Fate, Plan


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
    done = import_employees(open_house(), spreadsheet.read_bytes())
    counts = [len(done.of(fate)) for fate in Fate]
    click.echo("{} pegawai dimasukkan, {} berubah, {} sama.".format(*counts))


def import_employees(house: House, data: bytes) -> Plan:
    """What was done. Raises UnusableSheet, UnreadableWorkbook; then nothing was."""
    return house.gate.do(lambda c: employee_upload.bring_in(house.engine, c, BY, data))
