"""Coba dengan mesin: a draft of a procedure done by the real engine, with what its owner chooses, act by act. Nothing is kept.

The page remembers what was chosen so far; each time all of it is done anew.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from flask import jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server import authoring, errors
from server.authoring import Rehearsal, Standing, scenarios
from server.db import dump_json
from server.engine.tables import Kind
from server.identity import names_of
from server.web import filters
from server.web.drafts import SECTION, WORDS
from server.web.office import ask, office
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


@dataclass(frozen=True)
class Brought:
    """What the page's script brings: acts so far, when they begin, the drafts that count with this one, and the procedure in force with
    which a draft of something else is tried."""

    acts: list[dict[str, Any]]
    began: datetime | None
    together: list[int]
    process: str | None


# --- one


@pages.get("/rancangan/<key:draft>/jalankan")
def rehearsal(draft: int) -> Response | str:
    """The page on which a draft is tried out. `prosedur`: with which procedure, where the draft is none."""
    opened, process = ask(authoring.find, draft), request.args.get("prosedur")
    beside, standing = ask(authoring.beside, draft, process), None
    if opened.kind != Kind.PROCESS:
        standing = ask(authoring.tried_with, draft, process)
        own = next((each for each in beside if (each.kind, each.id) == (Kind.PROCESS, process)), None)
        if own is not None:
            return redirect(url_for("web.rehearsal", draft=own.key))
    kept = ask(scenarios.scenarios, draft, process)
    return render_template(
        "rehearsal.html",
        section=SECTION,
        draft=opened,
        standing=standing,
        process=standing.id if standing else None,
        title=standing.title if standing else opened.title,
        beside=beside,
        kind_words=WORDS,
        content_url=_content_url(draft, standing),
        zone=office().engine.clock.now().astimezone(office().engine.clock.zone).tzname(),
        **words_of(kept),
    )


def words_of(kept: list[scenarios.Scenario]) -> dict[str, Any]:
    """What the list of scenarios needs."""
    return {"scenarios": kept, "names": office().gate.ask(lambda c: names_of(c, {one.by for one in kept}))}


@pages.get("/rancangan/<key:draft>/jalankan/diagram")
def rehearsed_diagram(draft: int) -> Response:
    """The diagram in force with which a draft of something else is tried."""
    standing = ask(authoring.tried_with, draft, request.args.get("prosedur"))
    body = office().gate.ask(lambda c: authoring.body_of(c, standing.resource_key))
    return jsonify(isi=authoring.text_of(body))


# --- act


@pages.post("/rancangan/<key:draft>/jalankan")
def rehearse(draft: int) -> Response:
    """How things stand after what was chosen so far: in words, and what the page's script needs of it."""
    it = brought(sent())
    told = ask(authoring.rehearse, draft, it.acts, it.began, None, it.together, process=it.process)
    return Response(dump_json(_shown(draft, told)), mimetype="application/json")


def brought(values: dict[str, Any]) -> Brought:
    """What was sent, read. Raises Invalid."""
    acts, together = values.get("langkah"), values.get("bersama", [])
    process = values.get("prosedur")
    if (
        not isinstance(acts, list)
        or not all(isinstance(each, dict) for each in acts)
        or not _are_keys(together)
        or not isinstance(process, str | None)
    ):
        raise errors.Invalid(UNREADABLE)
    return Brought(acts, _instant(values.get("mulai")), [int(each) for each in together], process)


def _content_url(draft: int, standing: Standing | None) -> str:
    if standing is None:
        return url_for("web.content", draft=draft)
    return url_for("web.rehearsed_diagram", draft=draft, prosedur=standing.id)


def _shown(draft: int, told: Rehearsal) -> dict[str, Any]:
    words = {
        "draft": draft,
        "it": told,
        "told": told.told,
        "steps": STEPS,
        "states": STATES,
        "written": written,
        "instant": _said,
        "local": local,
    }
    return {
        "mulai": told.began.isoformat(),
        "mulai_setempat": local(told.began.isoformat()),
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


def written(value: object) -> str:
    """A value in a line, by the words of the office for yes, no and nothing."""
    if isinstance(value, dict):
        text = "; ".join(f"{name}: {written(each)}" for name, each in value.items()) or "(kosong)"
    elif isinstance(value, list):
        text = ", ".join(map(written, value[:MOST])) or "(kosong)"
    else:
        text = WRITTEN[value] if value is None or isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + " …"


def _said(text: str) -> str:
    return filters.moment(datetime.fromisoformat(text))


def local(text: str) -> str:
    """A moment in the office's zone, as a field of a page takes it."""
    return f"{datetime.fromisoformat(text).astimezone(office().engine.clock.zone):%Y-%m-%dT%H:%M}"


def _instant(text: object) -> datetime | None:
    """A moment; without a zone in the office's."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise errors.Invalid(UNREADABLE) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=office().engine.clock.zone)


def _are_keys(keys: object) -> bool:
    return isinstance(keys, list) and all(str(each).isdecimal() and len(str(each)) < 19 for each in keys)
