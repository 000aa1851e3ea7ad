"""The demo office's scenarios: how a request for leave goes where days are left, and where none are."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from server import feel
from server.authoring import rehearsal, scenarios
from server.authoring.rehearsing import in_force
from server.authoring.standing import NotInForce
from server.db import Change, get_setting, setting_effect
from server.engine import Engine
from server.identity import load_actor

FILLED: Final = "demo_scenarios"
OWNER: Final = "admin"
PROCESS: Final = "pengajuan_cuti"
ENTERED: Final = "cuti.catat_permohonan"
BEGAN: Final = "2026-12-01T08:00:00"
ASKED: Final[dict[str, Any]] = {
    "jenis_cuti": "tahunan",
    "alasan": "Pernikahan adik",
    "mulai": "2026-12-14",
    "selesai": "2026-12-15",
    "alamat_selama_cuti": "Jalan Melati 5",
    "telepon": "081234567890",
    "tanda_tangan_pemohon": True,
}
LEFT: Final = ("Sisa cuti masih ada", 0, {"keputusan_2": "masih_ada"})
NONE_LEFT: Final = ("Sisa cuti habis", 12, {"keputusan_2": "tidak_ada", "penjelasan": "Sisa cuti habis"})


def fill_demo(engine: Engine, do: Callable[[Callable[[Connection], Change[Any]]], Any]) -> None:
    """Keeps them by the gate's `do`, once. The book is published and the people are there."""
    do(lambda connection: _kept(engine, connection))


def _kept(engine: Engine, connection: Connection) -> Change[None]:
    if get_setting(connection, FILLED):
        return Change((), None)
    effects = [setting_effect(FILLED, True)]
    try:
        of = in_force(connection, PROCESS)
    except NotInForce:  # the book of this office has no such procedure
        return Change(tuple(effects), None)
    owner = load_actor(connection, OWNER, engine.clock.today(), engine.roles)
    began = datetime.fromisoformat(BEGAN).replace(tzinfo=engine.clock.zone)
    for name, used, answer in (LEFT, NONE_LEFT):
        acts = _acts(engine, used, answer)
        kept = scenarios.record(engine, connection, owner, of, name, acts, began, ask=rehearsal.answer)
        effects += kept.effects
    return Change(tuple(effects), None)


def _acts(engine: Engine, used: int, answer: dict[str, Any]) -> list[dict[str, Any]]:
    example = feel.compile(engine.handlers[ENTERED].example, functions=engine.functions)
    given: Any = feel.to_json(example.evaluate(ASKED, engine.environment).value)
    given["catatan_cuti"]["pakai_n"] = used
    return [
        {"do": "start"},
        {"do": "complete", "element": "langkah_1", "values": ASKED},
        {"do": "job", "element": "catat_permohonan", "values": given},
        {"do": "complete", "element": "langkah_2", "values": answer},
    ]
