"""The ledger of what the office holds for printing KTP-el: blank cards, ribbons, films, cleaning kits. Rows are only added.

Each row bears the stock after it. Two rows prepared from the same stock cannot both be written: the second is a clash, and
is prepared again with the first in sight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, insert, select

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import Engine
from server.engine.access import visible_cases
from server.engine.tables import ProcessInstance
from server.identity import Actor
from server.population.models import StockEntry

GOODS: Final[Mapping[str, str]] = {
    "blangko": "blangko KTP-el",
    "ribbon": "ribbon printer",
    "film": "film printer",
    "cleaning_kit": "cleaning kit",
}
STOREKEEPERS: Final = "dinas"
"""The role whose holders enter what comes in, and correct what was counted."""
LONGEST: Final = 500
LARGEST: Final = 1_000_000


class UnknownGoods(errors.NotFound):
    def __init__(self, barang: str) -> None:
        super().__init__(f"Tidak ada barang “{barang}”. Yang dicatat: {', '.join(GOODS)}.")


class OutOfStock(errors.Conflict):
    """More would go out than there is."""

    def __init__(self, barang: str, asked: int, left: int) -> None:
        super().__init__(
            f"Stok {GOODS[barang]} di Dinas tinggal {left}, sedangkan {asked} akan dikeluarkan."
            " Catat dahulu penerimaan barang, atau tetapkan jumlah yang lebih kecil."
        )
        self.barang, self.asked, self.left = barang, asked, left


@dataclass(frozen=True)
class Movement:
    """Goods that come in (above zero) or go out (below), and why."""

    barang: str
    perubahan: int
    keterangan: str
    kecamatan: str | None = None
    case_key: int | None = None


def stock(connection: Connection) -> dict[str, int]:
    """What the office holds of everything."""
    last = {barang: saldo for barang, _, saldo in connection.execute(_LAST)}
    return {barang: last.get(barang, 0) for barang in GOODS}


def entries(
    engine: Engine, connection: Connection, actor: Actor, barang: str, limit: int = 100
) -> list[dict[str, Any]]:
    """The last rows of the ledger for one kind of goods, the newest first. Raises UnknownGoods.

    Which case took something is told to those who keep the store, and to those who see the case.
    """
    if barang not in GOODS:
        raise UnknownGoods(barang)
    found = connection.execute(_ENTRIES, {"barang": barang, "limit": limit})
    rows = [dict(row._mapping) for row in found]
    if STOREKEEPERS in actor.groups:
        return rows
    cases = {row["case_key"] for row in rows} - {None}
    shown = select(ProcessInstance.key).where(ProcessInstance.key.in_(cases), visible_cases(actor))
    seen = set(connection.execute(shown).scalars())
    return [row | {"case_key": row["case_key"] if row["case_key"] in seen else None} for row in rows]


def enter(
    engine: Engine, connection: Connection, actor: Actor, barang: str, perubahan: int, keterangan: str
) -> Change[dict[str, int]]:
    """Enters goods that came in, or corrects the stock to what was counted, with the reason; the new stock.

    For those who keep the store. Raises errors.Forbidden, errors.Invalid, OutOfStock.
    """
    if STOREKEEPERS not in actor.groups:
        raise errors.Forbidden("Stok Dinas dicatat oleh pemegang peran Dinas.")
    problems = [*_problems(barang, perubahan, keterangan)]
    if problems:
        raise errors.Invalid("Catatan stok belum benar.", problems)
    moved = move(connection, (Movement(barang, perubahan, keterangan),), actor.username, engine.clock.now())
    return Change(moved, {**stock(connection), barang: stock(connection)[barang] + perubahan})


def move(
    connection: Connection, movements: tuple[Movement, ...], by: str, now: datetime
) -> tuple[Effect, ...]:
    """The rows of some movements, at most one for each kind of goods. Raises OutOfStock."""
    last = {row.barang: row for row in connection.execute(_LAST)}
    return tuple(
        Effect(_ADD, _row(movement, last.get(movement.barang), by, now))
        for movement in movements
        if movement.perubahan
    )


def _row(movement: Movement, last: AnyRow | None, by: str, now: datetime) -> dict[str, Any]:
    before, number = (last.saldo, last.urut) if last else (0, 0)
    if before + movement.perubahan < 0:
        raise OutOfStock(movement.barang, -movement.perubahan, before)
    after = {"urut": number + 1, "saldo": before + movement.perubahan}
    return vars(movement) | after | {"oleh": by, "pada": now}


def _problems(barang: str, perubahan: int, keterangan: str) -> list[errors.Problem]:
    found = []
    if barang not in GOODS:
        found.append(errors.Problem(f"harus salah satu dari: {', '.join(GOODS)}", "barang"))
    if perubahan == 0 or abs(perubahan) > LARGEST:
        found.append(errors.Problem(f"harus bukan nol, paling banyak {LARGEST}", "perubahan"))
    if not keterangan.strip() or len(keterangan) > LONGEST:
        found.append(
            errors.Problem(
                f"wajib diisi, paling banyak {LONGEST} huruf: asal barang atau sebabnya", "keterangan"
            )
        )
    return found


# --- statements ------------------------------------------------------------------------------------------------------

_newest = select(StockEntry.barang, func.max(StockEntry.urut).label("urut")).group_by(StockEntry.barang)
_newest_of = _newest.subquery()
_LAST: Final = select(StockEntry.barang, StockEntry.urut, StockEntry.saldo).join(
    _newest_of, (StockEntry.barang == _newest_of.c.barang) & (StockEntry.urut == _newest_of.c.urut)
)
_ENTRIES: Final = (
    select(StockEntry.__table__)
    .where(StockEntry.barang == bindparam("barang"))
    .order_by(StockEntry.urut.desc())
    .limit(bindparam("limit"))
)
_ADD: Final = insert(StockEntry)
