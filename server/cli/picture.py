"""`picture`: a diagram as it is drawn, for documents and for those without a modeler."""

from pathlib import Path

import click

from server import bpmn


@click.command("picture", help="Menggambar diagram BPMN sebagai SVG ke keluaran standar.")
@click.argument("diagram", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def picture_command(diagram: Path) -> None:
    """A diagram with problems is drawn all the same, as far as it can be read."""
    click.echo(picture(diagram.read_bytes()))


def picture(data: bytes) -> str:
    """A diagram's file as an SVG file, on white. Raises bpmn.Refused where there is no BPMN in it."""
    diagram, _ = bpmn.examine(data)
    drawn = bpmn.svg(diagram if diagram.planes else bpmn.lay_out(diagram))
    return drawn.replace("<svg ", '<svg style="background:#fff" ', 1)
