"""Bandingkan: a draft beside what is in force, or two versions beside each other: the pictures, and what differs in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import render_template
from sqlalchemy import Connection

from server import authoring, bpmn, errors
from server.authoring import Comparison, What
from server.engine import Engine, search
from server.engine.tables import Kind
from server.identity import Actor
from server.web.drafts import SECTION
from server.web.office import ask
from server.web.pages import pages

LOOKS: Final = {
    "added": ("#d8f0df", "ditambah"),
    "removed": ("#fbdcd8", "dihapus"),
    "changed": ("#fff0c9", "diubah"),
    "moved": ("#dce9f8", "dipindah"),
}
LINES: Final = {"added": "#1e7a43", "removed": "#b3261e", "changed": "#9a6700"}
"""Of flows, whose colours must be seen on a thin line."""
MOST_MOVED: Final = 6
"""Elements that are coloured because they were moved; where more were, somebody has made room."""
WORDS: Final = {"added": "Ditambah", "removed": "Dihapus", "changed": "Diubah", "moved": "Dipindah di gambar"}


@dataclass(frozen=True)
class Side:
    """One of the two: what it is called, by whom and when it was made, and its picture."""

    title: str
    by: str | None
    at: datetime | None
    note: str | None
    picture: str = ""
    first: str | None = None
    """The element that differs first, from which the picture is shown."""


@pages.get("/rancangan/<key:draft>/bandingkan")
def compare_draft(draft: int) -> str:
    """A draft beside what is in force."""
    opened = ask(authoring.find, draft)
    if opened.kind != Kind.PROCESS or opened.in_force is None:
        raise errors.NotFound("Belum ada versi yang berlaku untuk dibandingkan.")
    base = ask(_file, opened.in_force.definition_key)
    now = Side("Rancangan ini", opened.changed_by, opened.changed_at, None)
    return _page(opened.title, base, (now, opened.body), draft=opened)


@pages.get("/mulai/<process_id>/versi/<int:version>/banding/<int:other>")
def compare_versions(process_id: str, version: int, other: int) -> str:
    """Two published versions of a procedure; the older one first."""
    first, second = sorted((version, other))
    sides = [ask(_file, ask(search.version_key, process_id, each)) for each in (first, second)]
    return _page(process_id, sides[0], sides[1], process_id=process_id)


def compared(before: bytes, after: bytes) -> Comparison | None:
    """What differs; None where one of the two cannot be read."""
    try:
        return authoring.compare(before, after)
    except bpmn.Refused:
        return None


def _page(title: str, before: tuple[Side, bytes], after: tuple[Side, bytes], **more: object) -> str:
    comparison = compared(before[1], after[1])
    sides = []
    if comparison:
        shown: tuple[tuple[What, ...], ...] = (("removed", "changed", "moved"), ("added", "changed", "moved"))
        for (side, _), diagram, what in zip(
            (before, after), (comparison.before, comparison.after), shown, strict=True
        ):
            looks = _looks(comparison, what)
            lines = {each: LINES[look] for each, look in comparison.flows.items() if look in what}
            picture = bpmn.svg(
                diagram,
                {each: LOOKS[look][0] for each, look in looks.items()} | lines,
                notes={each: LOOKS[look][1] for each, look in looks.items()},
            )
            sides.append(
                Side(side.title, side.by, side.at, side.note, picture, next(iter([*looks, *lines]), None))
            )
    return render_template(
        "comparing.html",
        section=SECTION if "draft" in more else "web.catalogue",
        title=title,
        comparison=comparison,
        sides=sides,
        words=WORDS,
        looks=LOOKS,
        **{"draft": None, "process_id": None, **more},
    )


def _looks(comparison: Comparison, shown: tuple[What, ...]) -> dict[str, What]:
    """What is coloured, by element; what was moved comes last."""
    moved = comparison.of("moved")
    told = comparison.of(*(each for each in shown if each != "moved"))
    return {each: one.what for each, one in (told | (moved if len(moved) <= MOST_MOVED else {})).items()}


def _file(engine: Engine, connection: Connection, who: Actor, definition_key: int) -> tuple[Side, bytes]:
    file = search.find_file(engine, connection, who, definition_key)
    row = authoring.published(connection, [file.key])[file.key]
    return Side(f"Versi {file.version}", row.by, row.at, row.note), file.body
