"""What the editor of diagrams lets one choose from: roles, fields, forms, tables, procedures and work that there are.

The fields of an SOP come from the element templates that lie with the book's diagrams, so that Camunda Modeler asks the same.
"""

import json
from pathlib import Path
from typing import Any, Final

from flask import Response, jsonify
from sqlalchemy import Connection

from server import errors, feel, letters
from server.engine import Engine, definitions
from server.engine.tables import Kind
from server.identity import Actor
from server.letters import registers
from server.letters.models import Direction
from server.web.office import ask, office
from server.web.pages import pages
from server.web.tasks import sent

LONGEST: Final = 10_000
PROPERTY_WORDS: Final = {
    "lihat": "Prosedur lain yang dapat dimulai dari sini",
    "pemeriksaan": "Boleh dikerjakan orang yang diperiksa (tidak: boleh)",
    "versi": "Versi dalam buku",
}


def choices() -> dict[str, Any]:
    """As pairs of what is written and what is read."""
    at = office()
    return {
        "roles": sorted(([each.id, each.nama] for each in at.engine.roles.values()), key=lambda one: one[1]),
        "bidang": [[each.id, each.nama] for each in at.engine.roles.bidang.values()],
        "handlers": sorted([each.type, each.title] for each in at.engine.handlers.values()),
        "elsewhere": list(at.engine.handlers.elsewhere),
        "letters": sorted(
            ([id_, title] for id_, title in letters.templates(at.config.letter_templates).titles.items()),
            key=lambda one: one[1],
        ),
        "templates": _templates(at.config.book / "bpmn" / "element-templates"),
        "property_words": PROPERTY_WORDS,
        **ask(_in_force),
    }


def _in_force(engine: Engine, connection: Connection, who: Actor) -> dict[str, Any]:
    found: dict[str, list[list[str]]] = {kind: [] for kind in Kind}
    for row in definitions.newest(connection).values():
        found[row.kind].append([row.id, row.name])
    for each in found.values():
        each.sort(key=lambda one: (one[1].casefold(), one[0]))
    return {
        "forms": [id_ for id_, _ in found[Kind.FORM]],
        "decisions": found[Kind.DECISION],
        "processes": found[Kind.PROCESS],
        "registers": [
            [each.id, each.nama]
            for each in registers.registers(connection).values()
            if each.arah is Direction.KELUAR
        ],
    }


def _templates(folder: Path) -> list[dict[str, Any]]:
    """Every element template of the book."""
    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.json")):
        found += json.loads(path.read_text())
    return found


@pages.post("/rancangan/feel")
def check_feel() -> Response:
    """What is wrong with a FEEL text, in words; nothing where it can be read."""
    text = sent().get("teks")
    if not isinstance(text, str) or len(text) > LONGEST:
        raise errors.Invalid("Ungkapan terlalu panjang.")
    try:
        feel.compile(text)
    except feel.InvalidExpression as fault:
        return jsonify(pesan=f"Belum benar: {fault.message}")
    return jsonify(pesan=None)
