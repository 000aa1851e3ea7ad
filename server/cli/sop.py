"""`export` and `import`: procedures of the book as SOP sheets and spreadsheets, and spreadsheets as diagrams."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from server import bpmn, errors, sop
from server.app import roles_of
from server.cli.told import settings
from server.clock import Clock
from server.config import Config
from server.identity import Roles


class NoSuchProcedure(errors.NotFound):
    def __init__(self, name: str, root: Path) -> None:
        super().__init__(
            f"Tidak ada prosedur “{name}” dalam {root / 'bpmn'}. Sebutkan id-nya, misalnya pengajuan-cuti."
        )


OUTPUT = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Berkas hasilnya."
)
PAPER = click.option(
    "--kertas",
    type=click.Choice([paper.value for paper in sop.Paper]),
    default=sop.Paper.F4,
    help="Ukuran kertas.",
)


@click.group("export", help="Membuat lembar SOP (PDF, HTML, XLSX) dan buku SOP dari diagram.")
def export_group() -> None:
    """Everything below is a subcommand."""


@export_group.command("sop", help="Lembar SOP sebuah prosedur, misalnya pengajuan-cuti.")
@click.argument("name", metavar="ID")
@click.option("--pdf", "form", flag_value="pdf", default=True, help="PDF (bawaan).")
@click.option("--html", "form", flag_value="html", help="Halaman HTML.")
@click.option("--xlsx", "form", flag_value="xlsx", help="Lembar kerja, yang dapat diimpor kembali.")
@PAPER
@OUTPUT
def export_sop_command(name: str, form: str, kertas: str, output: Path | None) -> None:
    """Writes the file, by default named as the procedure, and says where."""
    config = settings()
    path = output or Path(f"{name}.{form}")
    path.write_bytes(exported(config, name, form, sop.Paper(kertas)))
    click.echo(path)


@export_group.command("book", help="Seluruh buku SOP sebagai satu PDF, dengan sampul dan daftar isi.")
@PAPER
@OUTPUT
def export_book_command(kertas: str, output: Path | None) -> None:
    """Writes the file and says where."""
    config = settings()
    path = output or Path("buku-sop.pdf")
    procedures = [each.procedure for each in drawn(config.book) if each.procedure.numbered]
    path.write_bytes(sop.book_pdf(procedures, roles_of(config), Clock(config.zone).now(), sop.Paper(kertas)))
    click.echo(path)


@click.group("import", help="Membuat diagram dari lembar kerja.")
def import_group() -> None:
    """Everything below is a subcommand."""


@import_group.command("sop", help="Membaca tabel SOP dari lembar kerja (.xlsx) dan membuat diagramnya.")
@click.argument("spreadsheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@OUTPUT
def import_sop_command(spreadsheet: Path, output: Path | None) -> None:
    """Writes the diagram beside the spreadsheet unless told otherwise; what was not understood goes to standard error."""
    found = imported(spreadsheet.read_bytes(), roles_of(settings()))
    path = output or spreadsheet.with_suffix(".bpmn")
    if path.exists() and output is None:
        raise errors.Conflict(f"{path} sudah ada; sebutkan berkas lain dengan -o.")
    path.write_bytes(bpmn.write(found.diagram))
    click.echo(path)
    for problem in found.problems:
        click.echo(f"  - {problem}", err=True)
    if found.problems:
        click.echo(f"{len(found.problems)} hal tidak terbaca; periksa diagramnya.", err=True)


@dataclass(frozen=True)
class Drawn:
    """A procedure of the book's folder, and the file that it is drawn in."""

    path: Path
    procedure: sop.Procedure


def drawn(root: Path) -> Iterator[Drawn]:
    """The procedures of a book's folder. Raises bpmn.Refused."""
    for path in sorted((root / "bpmn").rglob("*.bpmn")):
        yield from (Drawn(path, sop.read_procedure(one)) for one in bpmn.read(path.read_bytes()).executable)


def exported(config: Config, name: str, form: str, paper: sop.Paper = sop.Paper.F4) -> bytes:
    """A procedure of the book's folder as `pdf`, `html` or `xlsx`. Raises NoSuchProcedure."""
    procedure, roles = _named(config.book, name), roles_of(config)
    if form == "html":
        return sop.sheet_page(procedure, roles).encode()
    if form == "xlsx":
        return sop.workbook(procedure, roles)
    return sop.sheet_pdf(procedure, roles, Clock(config.zone).now(), paper)


def imported(data: bytes, roles: Roles) -> sop.Draft:
    """The diagram of a spreadsheet. Raises sop.UnreadableWorkbook."""
    return sop.draft(sop.read_workbook(data), roles)


def _named(root: Path, name: str) -> sop.Procedure:
    """By the id of its process or the name of its file."""
    paths = [path for path in sorted((root / "bpmn").rglob("*.bpmn")) if path.stem == name.replace("_", "-")]
    for path in paths:
        return sop.read_procedure(bpmn.read(path.read_bytes()).executable[0])
    for each in drawn(root):
        if each.procedure.id == name:
            return each.procedure
    raise NoSuchProcedure(name, root)
