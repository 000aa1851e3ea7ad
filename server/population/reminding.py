"""The storekeepers are told once when the office's blank cards fall below the reorder point, and again only after they had risen."""

from typing import Any, Final

from sqlalchemy import Connection

from server.db import Change, get_setting, setting_effect
from server.engine import Engine
from server.identity import receivers
from server.notify import Occasion, Telling, tell
from server.population.blanks import BLANKS
from server.population.stock import STOREKEEPERS, newest, stock
from server.population.store import ORDER, reorder_point

LOW: Final = "blank_cards_low"
"""Whether they were below it when they were looked at last."""


def remind(engine: Engine, connection: Connection, by_mail: bool) -> Change[int]:
    """Tells of a fall that nobody was told of; how many were told of: one or none."""
    said = reorder_point(engine, connection).value
    low, was = said.get("putusan") == ORDER, bool(get_setting(connection, LOW))
    if not said or low == was:
        return Change((), 0)
    kept = setting_effect(LOW, low)
    if not low:
        return Change((kept,), 0)
    people = receivers(connection, engine.roles, STOREKEEPERS, None, None, engine.clock.today())
    now, last = engine.clock.now(), newest(connection)[BLANKS]
    telling = Telling(
        Occasion.STOCK,
        f"{BLANKS}:{last}:{now:%Y-%m-%d}",
        frozenset(people),
        None,
        now,
        about=_about(stock(connection)[BLANKS], said),
        told_as=STOREKEEPERS,
    )
    return Change((kept, *tell(engine, connection, [telling], by_mail)), 1)


def _about(left: int, said: Any) -> str:
    there, wanted = (f"{number:,}".replace(",", ".") for number in (left, said["titik"]))
    return f"Blangko KTP-el tinggal {there}, di bawah titik pesan {wanted}. Ajukan permintaan kepada Ditjen Dukcapil."
