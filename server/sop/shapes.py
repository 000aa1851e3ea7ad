"""The symbols that lie over a spreadsheet's cells: most offices draw the boxes of their flow instead of writing marks.

Of each shape only its kind and the cell that its middle lies in are taken; lines, text boxes and pictures say nothing. Reads
a file that was found fit to be opened.
"""

import posixpath
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Final

from lxml import etree
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

ACTS: Final = frozenset(
    {"rect", "roundRect", "ellipse", "diamond", "flowChartProcess", "flowChartAlternateProcess"}
    | {"flowChartPredefinedProcess", "flowChartDecision", "flowChartTerminator", "flowChartPreparation"}
    | {"flowChartManualOperation", "flowChartDocument", "flowChartInputOutput"}
)
"""The shapes that somebody's act is drawn as."""
MOST: Final = 5_000
PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
XDR: Final = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PIXEL, POINT = 9525, 12700
"""In the drawing's unit."""
COLUMN, ROW = 8.43, 15.0
"""Width in letters, height in points, where the sheet gives none."""

Cell = tuple[int, int]


def drawn(data: bytes) -> dict[str, etree._Element]:
    """The drawing of each sheet that has one, by the sheet's title."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        parts = set(archive.namelist())

        def related(part: str) -> Iterator[tuple[str, str, str]]:
            folder, name = posixpath.split(part)
            path = f"{folder}/_rels/{name}.rels"
            for each in etree.fromstring(archive.read(path), PARSER) if path in parts else ():
                target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", "")))
                yield each.get("Id", ""), each.get("Type", ""), target.lstrip("/")

        files = {id: target for id, _, target in related("xl/workbook.xml")}
        found: dict[str, etree._Element] = {}
        for sheet in etree.fromstring(archive.read("xl/workbook.xml"), PARSER).iter("{*}sheet"):
            for _, kind, target in related(files.get(sheet.get(f"{R}id", ""), "")):
                if kind.endswith("/drawing") and target in parts:
                    found[sheet.get("name", "")] = etree.fromstring(archive.read(target), PARSER)
        return found


def acts(drawing: etree._Element, sheet: Worksheet) -> Iterator[Cell]:
    """The cells (row and column from 1) that the shapes of acts lie over."""
    for anchor in list(drawing)[:MOST]:
        begin, end = anchor.find(f"{XDR}from"), anchor.find(f"{XDR}to")
        shape = anchor.find(f"{XDR}sp")
        if begin is not None and end is not None and shape is not None and _is_act(shape):
            yield tuple(_middle(axis, begin, end, sheet) for axis in ("row", "col"))  # type: ignore[misc]


def _is_act(shape: etree._Element) -> bool:
    form = shape.find(f"{XDR}spPr/{A}prstGeom")
    box = shape.find(f"{XDR}nvSpPr/{XDR}cNvSpPr")
    return form is not None and form.get("prst") in ACTS and (box is None or box.get("txBox") != "1")


def _middle(axis: str, begin: etree._Element, end: etree._Element, sheet: Worksheet) -> int:
    """The row or column in which a shape's middle lies."""
    first, start = _place(begin, axis)
    last, stop = _place(end, axis)
    if not first <= last <= first + 100:
        return first
    sizes = [_size(axis, number, sheet) for number in range(first, last + 1)]
    middle = (start + sum(sizes[:-1]) + stop) / 2
    for number, size in enumerate(sizes, first):
        if middle <= size:
            return number
        middle -= size
    return last


def _place(corner: etree._Element, axis: str) -> tuple[int, int]:
    """Which row or column, from 1, and how far in it."""
    return int(corner.findtext(f"{XDR}{axis}", "0")) + 1, int(corner.findtext(f"{XDR}{axis}Off", "0"))


def _size(axis: str, number: int, sheet: Worksheet) -> float:
    if axis == "row":
        return (sheet.row_dimensions[number].height or ROW) * POINT
    return ((sheet.column_dimensions[get_column_letter(number)].width or COLUMN) * 7 + 5) * PIXEL
