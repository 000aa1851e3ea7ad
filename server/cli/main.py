"""The command and its subcommands, with the names and helps that people see."""

from typing import Any

import click

from server.cli.backup import backup_command, restore_command
from server.cli.book import publish_command
from server.cli.calendar import calendar_group
from server.cli.check import check_command
from server.cli.employees import import_employees_command
from server.cli.evaluate import decide_command, feel_command
from server.cli.people import user_group
from server.cli.picture import picture_command
from server.cli.serve import serve_command, worker_command
from server.cli.sop import export_group, import_group
from server.cli.told import told


class Command(click.Group):
    """A group whose errors are told to the person instead of shown as traces."""

    def invoke(self, ctx: click.Context) -> Any:
        with told():
            return super().invoke(ctx)


@click.group(
    cls=Command,
    help="Menjalankan buku SOP sebuah kantor. Pengaturan dibaca dari lingkungan (docs/operations.md).",
)
def main() -> None:
    """Everything below is a subcommand."""


import_group.add_command(import_employees_command)
for command in (
    serve_command,
    worker_command,
    publish_command,
    check_command,
    user_group,
    backup_command,
    restore_command,
    calendar_group,
    feel_command,
    decide_command,
    picture_command,
    export_group,
    import_group,
):
    main.add_command(command)
