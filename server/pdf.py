"""The one door to typst: a template of the house and data → a PDF.

What a user wrote reaches the template as JSON data only, never as markup. A template reads it with
`json(bytes(sys.inputs.data))`, takes files from its own folder alone, and has typst's own fonts, so that a document looks
the same on every machine.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import typst


def render(template: Path, data: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of a template (.typ); `at` is the time that the document says it was made."""
    pdf: bytes = typst.compile(
        str(template),
        root=str(template.parent),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(at.timestamp()),
    )
    return pdf


def render_files(files: Mapping[str, bytes], root: Path, data: Mapping[str, Any], at: datetime) -> bytes:
    """The PDF of `main.typ` among files by name, which see each other; of the machine they see the folder `root` alone."""
    named: Any = dict(files)
    pdf: bytes = typst.compile(
        named,
        root=str(root),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, default=str)},
        timestamp=int(at.timestamp()),
    )
    return pdf
