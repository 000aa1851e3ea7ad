"""The SOP sheet as an HTML page: one table on one long page, the flow as SVG in its cells. Everything is escaped."""

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from server.sop.chart import Form, Side

PAGES: Final = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=False)
COLUMN, LEVEL, LINE = 96, 56, 12
"""Width of an actor's column, least height of a level, height of a line of an answer, in pixels."""
SYMBOL_WIDTH, SYMBOL_HEIGHT, DIAMOND_HEIGHT = 54, 28, 34
LETTER, NEAR = 5, SYMBOL_WIDTH * 2 // 5
"""Width of a letter of an answer; how far from a decision's middle the answers at its sides begin."""


def page(sheet: Mapping[str, Any]) -> str:
    """The page of a sheet."""
    columns = len(sheet["pelaksana"])
    rows = [
        {**row, "tinggi": _height(row), "gambar": Markup(_picture(row, columns))} for row in sheet["langkah"]
    ]
    return PAGES.get_template("lembar.html").render(sop={**sheet, "langkah": rows}, lebar=COLUMN)


def _height(row: Mapping[str, Any]) -> int:
    """So high that no answer reaches over the edge of its level."""
    reach = max((_reach(one, _lines_beside(row, one)) for one in row["jawaban"]), default=0)
    return int(row["tingkat"] * max(LEVEL, 2 * reach))


def _reach(answer: Mapping[str, Any], beside: int) -> int:
    """How far from the middle of its level an answer reaches up or down."""
    lines = LINE * len(answer["baris"])
    return _top(beside) + lines + 4 if answer["sisi"] == Side.BOTTOM else lines + 4


def _picture(row: Mapping[str, Any], columns: int) -> str:
    """The flow of a row: lines by shares of the cell, so that they fit whatever height it gets; symbols in pixels."""
    levels = row["tingkat"]
    forms = {(one["x"], one["y"]): one["bentuk"] for one in row["lambang"]}

    def at(x: float, y: float, inside: str) -> str:
        return (
            f'<svg x="{100 * x / columns:.2f}%" y="{100 * y / levels:.2f}%" overflow="visible">{inside}</svg>'
        )

    def line(x1: float, y1: float, x2: float, y2: float, look: str) -> str:
        ends = (100 * x1 / columns, 100 * y1 / levels, 100 * x2 / columns, 100 * y2 / levels)
        return '<line class="{}" x1="{:.2f}%" y1="{:.2f}%" x2="{:.2f}%" y2="{:.2f}%"/>'.format(look, *ends)

    def pieces() -> Iterator[str]:
        yield from (line(column, 0, column, levels, "kolom") for column in range(1, columns))
        yield from (line(x1, y1, x2, y2, "garis") for x1, y1, x2, y2 in row["garis"])
        yield from (at(one["x"], one["y"], _symbol(one["bentuk"])) for one in row["lambang"])
        for one in row["panah"]:
            yield at(one["x"], one["y"], _head(one["sisi"], forms[one["x"], one["y"]]))
        yield from (
            at(one["x"], one["y"], _answer(one, _lines_beside(row, one), columns)) for one in row["jawaban"]
        )

    return f'<svg class="gambar" aria-hidden="true">{"".join(pieces())}</svg>'


def _symbol(form: str) -> str:
    width, height = SYMBOL_WIDTH / 2, SYMBOL_HEIGHT / 2
    if form == Form.DIAMOND:
        tip = DIAMOND_HEIGHT / 2
        return f'<polygon class="lambang" points="{-width},0 0,{-tip} {width},0 0,{tip}"/>'
    round_ = f' rx="{height}"' if form == Form.CAPSULE else ""
    return f'<rect class="lambang" x="{-width}" y="{-height}" width="{2 * width}" height="{2 * height}"{round_}/>'


def _half_height(form: str) -> float:
    return (DIAMOND_HEIGHT if form == Form.DIAMOND else SYMBOL_HEIGHT) / 2


def _head(side: str, form: str) -> str:
    width, height = SYMBOL_WIDTH / 2, _half_height(form)
    points = {
        Side.TOP: f"-4,{-height - 8} 4,{-height - 8} 0,{-height}",
        Side.BOTTOM: f"-4,{height + 8} 4,{height + 8} 0,{height}",
        Side.LEFT: f"{-width - 8},-4 {-width - 8},4 {-width},0",
        Side.RIGHT: f"{width + 8},-4 {width + 8},4 {width},0",
    }
    return f'<polygon points="{points[Side(side)]}"/>'


def _lines_beside(row: Mapping[str, Any], answer: Mapping[str, Any]) -> int:
    """How many lines the right side of a decision has below its way out, past which the answer of the tip begins."""
    place = (answer["x"], answer["y"], Side.RIGHT, True)
    return max(
        (
            len(other["baris"])
            for other in row["jawaban"]
            if answer["sisi"] == Side.BOTTOM
            and (other["x"], other["y"], other["sisi"], other["naik"]) == place
        ),
        default=0,
    )


def _top(beside: int) -> int:
    """Where below the middle of a decision the answer of its tip begins."""
    return max(DIAMOND_HEIGHT // 2 - 2, LINE * beside)


def _answer(answer: Mapping[str, Any], beside: int, columns: int) -> str:
    """Beside its way out, moved over the symbol where the cell ends too soon."""
    lines, side = answer["baris"], answer["sisi"]
    width = LETTER * max(map(len, lines))
    if side == Side.LEFT:
        x = min(max(-NEAR, width - COLUMN * answer["x"]), 0)
    else:
        least = NEAR if side == Side.RIGHT else 4
        x = max(min(least, COLUMN * (columns - answer["x"]) - width), 0)
    if side == Side.BOTTOM:
        y = _top(beside) + LINE
    else:
        y = LINE if answer["naik"] else -4 - LINE * (len(lines) - 1)
    anchor = "end" if side == Side.LEFT else "start"
    spans = (
        f'<tspan x="{x:g}" y="{y + LINE * index}">{escape(text)}</tspan>' for index, text in enumerate(lines)
    )
    return f'<text text-anchor="{anchor}">{"".join(spans)}</text>'
