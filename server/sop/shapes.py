"""The symbols that lie over a spreadsheet's cells: most offices draw the boxes of their flow instead of writing marks.

Of each shape only its kind and the cell that its middle lies in are taken, also of those in groups; lines, text boxes and
pictures say nothing. Reads a file that was found fit to be opened.
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
LONGEST: Final = 200
"""Rows or columns that one shape or group may lie over."""
PARSER: Final = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
XDR: Final = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PIXEL, POINT = 9525, 12700
"""In the drawing's unit."""
COLUMN, ROW = 8.43, 15.0
"""Width in letters, height in points, where the sheet gives none."""

Cell = tuple[int, int]
Frame = tuple[float, float, float, float]
"""Left, top, width and height, as shares of something larger."""
WHOLE: Final[Frame] = (0.0, 0.0, 1.0, 1.0)


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
    """The cells (row and column from 1) that the shapes of acts lie over; groups of shapes are looked into."""
    shapes = 0
    for anchor in drawing:
        begin, end = anchor.find(f"{XDR}from"), anchor.find(f"{XDR}to")
        for across, down in _acts(anchor, WHOLE) if begin is not None and end is not None else ():
            shapes += 1
            if shapes > MOST:
                return
            assert begin is not None
            assert end is not None
            yield _cell("row", begin, end, down, sheet), _cell("col", begin, end, across, sheet)


def _acts(parent: etree._Element, frame: Frame) -> Iterator[tuple[float, float]]:
    """Where within an anchor, as shares of its width and height, the shapes of acts below an element have their middle.

    `frame`: what part of the anchor the element fills.
    """
    left, top, width, height = frame
    for shape in parent.iterchildren(f"{XDR}sp", f"{XDR}grpSp"):
        own = _within(parent, shape)
        inside = (left + own[0] * width, top + own[1] * height, own[2] * width, own[3] * height)
        if shape.tag == f"{XDR}grpSp":
            yield from _acts(shape, inside)
        elif _is_act(shape):
            yield inside[0] + inside[2] / 2, inside[1] + inside[3] / 2


def _within(parent: etree._Element, shape: etree._Element) -> Frame:
    """What part of a group one of its shapes fills; all of an anchor, which has no measures of its own."""
    measures = parent.find(f"{XDR}grpSpPr/{A}xfrm")
    place = shape.find(f"{{*}}grpSpPr/{A}xfrm" if shape.tag == f"{XDR}grpSp" else f"{{*}}spPr/{A}xfrm")
    if measures is None or place is None:
        return WHOLE
    left, top = _pair(measures, "chOff", "x", "y")
    width, height = _pair(measures, "chExt", "cx", "cy")
    x, y = _pair(place, "off", "x", "y")
    cx, cy = _pair(place, "ext", "cx", "cy")
    return (x - left) / (width or 1), (y - top) / (height or 1), cx / (width or 1), cy / (height or 1)


def _pair(measures: etree._Element, name: str, one: str, other: str) -> tuple[int, int]:
    found = measures.find(f"{A}{name}")
    return (0, 0) if found is None else (int(found.get(one, "0")), int(found.get(other, "0")))


def _is_act(shape: etree._Element) -> bool:
    form = shape.find(f"{XDR}spPr/{A}prstGeom")
    box = shape.find(f"{XDR}nvSpPr/{XDR}cNvSpPr")
    return form is not None and form.get("prst") in ACTS and (box is None or box.get("txBox") != "1")


def _cell(axis: str, begin: etree._Element, end: etree._Element, share: float, sheet: Worksheet) -> int:
    """The row or column in which a point lies that is so far from the beginning of an anchor to its end."""
    first, start = _place(begin, axis)
    last, stop = _place(end, axis)
    if not first <= last <= first + LONGEST:
        return first
    sizes = [_size(axis, number, sheet) for number in range(first, last + 1)]
    point = start + (sum(sizes[:-1]) + stop - start) * share
    for number, size in enumerate(sizes, first):
        if point <= size:
            return number
        point -= size
    return last


def _place(corner: etree._Element, axis: str) -> tuple[int, int]:
    """Which row or column, from 1, and how far in it."""
    return int(corner.findtext(f"{XDR}{axis}", "0")) + 1, int(corner.findtext(f"{XDR}{axis}Off", "0"))


def _size(axis: str, number: int, sheet: Worksheet) -> float:
    if axis == "row":
        return (sheet.row_dimensions[number].height or ROW) * POINT
    return ((sheet.column_dimensions[get_column_letter(number)].width or COLUMN) * 7 + 5) * PIXEL
