"""Skenario: rehearsals that an owner keeps beside the procedure, and has done again with the draft at hand.

All of it happens on the page of the rehearsal, whose script asks here and puts in what is answered.
"""

from typing import Any, Final

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from server import authoring, errors
from server.authoring import scenarios
from server.authoring.scenarios import Played
from server.db import dump_json
from server.web.office import ask, do
from server.web.pages import pages
from server.web.rehearsals import Brought, brought, words_of, written
from server.web.tasks import sent

VERDICTS: Final = {
    "same": ("state-done", "Sesuai"),
    "other_values": ("state-stopped", "Jalannya sama, datanya lain"),
    "other_way": ("state-late", "Menempuh jalan lain"),
    "stopped": ("state-late", "Terhenti"),
    "unrunnable": ("state-late", "Tidak dapat dijalankan"),
    "not_run": ("", "Belum dijalankan"),
}
"""How it went, with the look of the words."""
STATES: Final = {"COMPLETED": "selesai", "TERMINATED": "dihentikan", "ACTIVE": "berjalan"}


# --- one


@pages.get("/rancangan/<key:draft>/skenario/<key:scenario>")
def scenario(draft: int, scenario: int) -> Response:
    """What a scenario does, for the page to go on from there."""
    kept = ask(scenarios.scenarios, draft, request.args.get("prosedur"))
    found = next((each for each in kept if each.key == scenario), None)
    if found is None:
        raise authoring.UnknownScenario
    told = {"langkah": found.acts, "mulai": found.began.isoformat(), "nama": found.name}
    return Response(dump_json(told), mimetype="application/json")


# --- act


@pages.post("/rancangan/<key:draft>/skenario")
def keep_scenario(draft: int) -> Response:
    """Keeps what was chosen so far under a name."""
    values = sent()
    it, name = brought(values), values.get("nama")
    if not isinstance(name, str):
        raise errors.Invalid("Beri skenario ini nama.")
    wanted = (it.acts, it.began, it.process, it.together, values.get("ganti") is True)
    key = do(scenarios.keep, draft, name, *wanted)
    return jsonify(kunci=str(key), html=_list(draft, it))


@pages.post("/rancangan/<key:draft>/skenario/<key:scenario>/jalankan")
def play_scenario(draft: int, scenario: int) -> Response:
    """A scenario done again with the draft: whether it goes the same way, in words."""
    return _played(draft, scenario, brought(sent()))


@pages.post("/rancangan/<key:draft>/skenario/<key:scenario>/terima")
def accept_scenario(draft: int, scenario: int) -> Response:
    """The way that it goes now is the right one from now on."""
    it = brought(sent())
    do(scenarios.accept, draft, scenario, it.process, it.together)
    return _played(draft, scenario, it)


@pages.post("/rancangan/<key:draft>/skenario/<key:scenario>/hapus")
def drop_scenario(draft: int, scenario: int) -> Response:
    """Takes a scenario away."""
    it = brought(sent())
    do(scenarios.drop, draft, scenario, it.process)
    return jsonify(html=_list(draft, it))


def _played(draft: int, scenario: int, it: Brought) -> Response:
    (told,) = ask(scenarios.play, draft, it.process, it.together, scenario)
    look, word = VERDICTS[told.verdict]
    words = {"it": told, "look": look, "word": word, "written": written, "states": STATES}
    return jsonify(
        sesuai=told.verdict == "same",
        html=render_template("_scenario_played.html", **words),
        **_passed(told),
    )


def _passed(told: Played) -> dict[str, Any]:
    """What of the drawing the case has passed."""
    scene = told.rehearsal.told if told.rehearsal else {}
    return {"lewat": list(scene.get("passed", ())), "alur": list(scene.get("flows", ()))}


def _list(draft: int, it: Brought) -> str:
    kept = ask(scenarios.scenarios, draft, it.process)
    return render_template("_scenarios.html", **words_of(kept))
