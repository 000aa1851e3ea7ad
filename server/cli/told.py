"""Errors in words: what a person at a terminal is told when a command cannot go on."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from server import errors
from server.config import Config, from_environment
from server.db import database_url


class WrongSetting(errors.Invalid):
    """A variable of the environment cannot be used."""


class DatabaseUnusable(errors.Unavailable):
    """The database cannot be opened, read or written; the driver's own words say why."""

    def __init__(self, url: str, fault: OperationalError) -> None:
        shown = database_url(url).render_as_string()
        reason = next(iter(str(fault.orig).splitlines()), "")
        super().__init__(
            f"Basis data {shown} tidak dapat dipakai: {reason}. Periksa DATABASE_URL, apakah servernya hidup, "
            "hak tulis atas berkas dan foldernya, dan ruang kosong di cakramnya."
        )


def settings(demo: bool = False) -> Config:
    """The settings of the environment. Raises WrongSetting."""
    try:
        config = from_environment(demo=demo)
        database_url(config.database_url).get_dialect()
    except ValueError as fault:
        raise WrongSetting(str(fault)) from fault
    except (ArgumentError, NoSuchModuleError) as fault:
        message = (
            "DATABASE_URL tidak dapat dibaca; tulis seperti sqlite:////var/lib/kantor.db atau postgresql://…"
        )
        raise WrongSetting(message) from fault
    return config


@contextmanager
def told() -> Iterator[None]:
    """An error that a person can be told about ends the program with its message and status 1."""
    try:
        yield
    except errors.OfficeError as fault:
        cause = fault.__cause__
        _tell(_unusable(cause) if isinstance(cause, OperationalError) else fault)
        sys.exit(1)
    except OperationalError as fault:
        _tell(_unusable(fault))
        sys.exit(1)
    except OSError as fault:
        click.echo(f"{fault.filename or 'Sistem'}: {fault.strerror or fault}.", err=True)
        sys.exit(1)


def _tell(fault: errors.OfficeError) -> None:
    click.echo(fault.message, err=True)
    for problem in getattr(fault, "problems", ()):
        if problem.message not in fault.message:
            click.echo(f"  - {problem}", err=True)


def _unusable(fault: OperationalError) -> DatabaseUnusable:
    return DatabaseUnusable(os.environ.get("DATABASE_URL") or Config().database_url, fault)
