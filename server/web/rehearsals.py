"""Coba dengan mesin: a draft of a procedure done by the real engine, with what its owner chooses, act by act. Nothing is kept.

The page remembers what was chosen so far; each time all of it is done anew.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from flask import render_template
from werkzeug.wrappers import Response

from server import authoring, errors
from server.authoring import Rehearsal
from server.db import dump_json
from server.engine.tables import Kind
from server.web import filters
from server.web.drafts import SECTION, WORDS
from server.web.office import ask
from server.web.pages import pages
from server.web.tasks import sent

UNREADABLE: Final = "Langkah percobaan tidak dapat dibaca. Muat ulang halaman, lalu ulangi dari awal."
LONGEST_VALUE: Final = 2000
"""Letters of one value that are shown."""
MOST: Final = 60
"""Entries of one list that are shown."""
WRITTEN: Final = {True: "ya", False: "tidak", None: "(kosong)"}
STEPS: Final = {
    "START_EVENT": "mulai",
    "END_EVENT": "selesai",
    "USER_TASK": "tugas",
    "SERVICE_TASK": "layanan",
    "BUSINESS_RULE_TASK": "tabel keputusan",
    "SCRIPT_TASK": "hitungan",
    "CALL_ACTIVITY": "prosedur lain",
    "SUB_PROCESS": "subproses",
    "RECEIVE_TASK": "menunggu pesan",
    "BOUNDARY_EVENT": "peristiwa di tepi langkah",
    "INTERMEDIATE_CATCH_EVENT": "menunggu",
    "INTERMEDIATE_THROW_EVENT": "peristiwa",
}
"""What people call the elements that a case passes."""
STATES: Final = {"COMPLETED": "selesai", "ACTIVE": "sedang di sini", "TERMINATED": "dihentikan"}


@pages.get("/rancangan/<key:draft>/jalankan")
def rehearsal(draft: int) -> str:
    """The page on which a draft is tried out."""
    opened = ask(authoring.find, draft)
    if opened.kind != Kind.PROCESS:
        raise authoring.NoProcedure
    beside = ask(authoring.beside, draft)
    return render_template("rehearsal.html", section=SECTION, draft=opened, beside=beside, kind_words=WORDS)


@pages.post("/rancangan/<key:draft>/jalankan")
def rehearse(draft: int) -> Response:
    """How things stand after what was chosen so far: in words, and what the page's script needs of it."""
    brought = sent()
    acts, together = brought.get("langkah"), brought.get("bersama", [])
    if (
        not isinstance(acts, list)
        or not all(isinstance(each, dict) for each in acts)
        or not _are_keys(together)
    ):
        raise errors.Invalid(UNREADABLE)
    began = _instant(brought.get("mulai"))
    told = ask(authoring.rehearse, draft, acts, began, None, [int(each) for each in together])
    return Response(dump_json(_shown(draft, told)), mimetype="application/json")


def _shown(draft: int, told: Rehearsal) -> dict[str, Any]:
    words = {
        "draft": draft,
        "it": told,
        "told": told.told,
        "steps": STEPS,
        "states": STATES,
        "written": _written,
        "instant": _said,
    }
    return {
        "mulai": told.began.isoformat(),
        "revisi": told.revision,
        "jadi": told.done,
        "salah": told.fault,
        "masalah": [asdict(each) for each in told.problems],
        "pilihan": _choices(told),
        "kini": list(told.told.get("live", ())),
        "lewat": list(told.told.get("passed", ())),
        "alur": list(told.told.get("flows", ())),
        "html": {
            part: render_template(f"_rehearsal_{part}.html", **words) for part in ("now", "data", "past")
        },
    }


def _choices(told: Rehearsal) -> list[dict[str, Any]]:
    """What can be done next, in the order of `_rehearsal_now.html`."""
    start = told.told.get("start")
    return [*([start] if start else []), *told.told.get("tasks", ()), *told.told.get("waits", ())]


def _written(value: object) -> str:
    """A value in a line, by the words of the office for yes, no and nothing."""
    if isinstance(value, dict):
        text = "; ".join(f"{name}: {_written(each)}" for name, each in value.items()) or "(kosong)"
    elif isinstance(value, list):
        text = ", ".join(map(_written, value[:MOST])) or "(kosong)"
    else:
        text = WRITTEN[value] if value is None or isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + " …"


def _said(text: str) -> str:
    return filters.moment(datetime.fromisoformat(text))


def _instant(text: object) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise errors.Invalid(UNREADABLE) from None
    if moment.tzinfo is None:
        raise errors.Invalid(UNREADABLE)
    return moment


def _are_keys(keys: object) -> bool:
    return isinstance(keys, list) and all(str(each).isdecimal() and len(str(each)) < 19 for each in keys)
