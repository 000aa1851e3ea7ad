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


def page(sheet: Mapping[str, Any]) -> str:
    """The page of a sheet."""
    columns = len(sheet["pelaksana"])
    rows = [
        {**row, "tinggi": _height(row), "gambar": Markup(_picture(row, columns))} for row in sheet["langkah"]
    ]
    return PAGES.get_template("lembar.html").render(sop={**sheet, "langkah": rows}, lebar=COLUMN)


def _height(row: Mapping[str, Any]) -> int:
    lines = max((len(answer["baris"]) for answer in row["jawaban"]), default=1)
    return int(row["tingkat"] * (LEVEL + (lines - 1) * LINE))


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
        yield from (at(one["x"], one["y"], _answer(one)) for one in row["jawaban"])

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


def _answer(answer: Mapping[str, Any]) -> str:
    lines, side = answer["baris"], answer["sisi"]
    if side in (Side.LEFT, Side.RIGHT):
        x = SYMBOL_WIDTH * 2 // 5 * (1 if side == Side.RIGHT else -1)
        y = LINE if answer["naik"] else -4 - LINE * (len(lines) - 1)
    else:
        x, y = 4, DIAMOND_HEIGHT // 2 + LINE - 2
    anchor = "end" if side == Side.LEFT else "start"
    spans = (
        f'<tspan x="{x}" y="{y + LINE * index}">{escape(text)}</tspan>' for index, text in enumerate(lines)
    )
    return f'<text text-anchor="{anchor}">{"".join(spans)}</text>'
