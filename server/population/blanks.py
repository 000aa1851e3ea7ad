"""Requests of the kecamatan for blank KTP-el cards, one a case.

How many each is to get is worked out by the tables in dmn/blangko; here the requests are kept, the facts about all that are
undecided are brought together, and what was set is held to what there is. Decisions are numbered (`ketetapan`), so that of
two made at once the second is a clash and is made again with the first in sight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server import errors
from server.db import AnyRow, Effect
from server.population.models import BlankRequest, BlankRequestStatus, StockEntry
from server.population.stock import GOODS, Movement, move, stock

BLANKS: Final = "blangko"
SUPPLIES: Final = tuple(barang for barang in GOODS if barang != BLANKS)


@dataclass(frozen=True)
class Settled:
    """How a number was set: by whom, when, and `said`: what goes with the cards, the proposal, and why another number."""

    said: Mapping[str, object]
    by: str
    at: datetime


class RequestHeld(errors.Invalid):
    """The report behind a request cannot be used yet; the sentence says what is to be brought in order."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Permintaan ditahan: {reason}", [errors.Problem(reason, where="laporan")])


class NoReport(errors.Invalid):
    def __init__(self) -> None:
        super().__init__("Kasus ini belum memuat laporan kecamatan. Isi langkah pertama lebih dahulu.")


class NoRequest(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Kasus ini tidak punya permintaan blangko yang tercatat.")


class TooMany(errors.Conflict):
    """More cards than may be given."""

    def __init__(self, asked: int, most: int) -> None:
        super().__init__(
            f"{asked} blangko melebihi yang dapat dibagikan sekarang, yaitu {most}. Tetapkan jumlah yang lebih kecil."
        )
        self.asked, self.most = asked, most


def facts(
    connection: Connection, case_key: int | None = None, own: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """What dmn/blangko asks for: the reports of all requests that nothing was set for, the case's `own` among them, and of each
    kind of goods what is free: neither handed over nor promised to another."""
    undecided = {row.case_key: row.laporan for row in connection.execute(_UNDECIDED)}
    if case_key is not None and own is not None:
        undecided[case_key] = dict(own)
    held, kept = stock(connection), promised(connection, case_key)
    free = {barang: held[barang] - kept[barang] for barang in GOODS}
    return {
        "permintaan": [{"kasus": str(key), **report} for key, report in sorted(undecided.items())],
        "kasus_ini": None if case_key is None else str(case_key),
        "stok_dinas": free[BLANKS],
        "stok_perlengkapan": {barang: max(0, free[barang]) for barang in GOODS if barang != BLANKS},
    }


def promised(connection: Connection, but: int | None = None) -> dict[str, int]:
    """What was set for requests, other than those of the case `but`, and is not handed over."""
    kept = dict.fromkeys(GOODS, 0)
    for row in connection.execute(_SET):
        if row.case_key != but:
            kept[BLANKS] += row.blangko
            for barang in SUPPLIES:
                kept[barang] += whole((row.penetapan or {}).get(barang))
    return kept


def spelled(connection: Connection, kecamatan: str) -> str:
    """The name of a kecamatan as it was written the first time, so that one has one name: blanks, capitals and a leading
    “Kecamatan” make no other."""
    name = " ".join(kecamatan.split())
    for lead in ("kecamatan ", "kec. ", "kec "):
        if name.casefold().startswith(lead):
            name = name[len(lead) :]
    known = connection.execute(_NAMES).scalars()
    return next((each for each in known if each.casefold() == name.casefold()), name)


def enter(case_key: int, kecamatan: str, report: Mapping[str, object], now: datetime) -> tuple[Effect, ...]:
    """Keeps a request, anew where the case has one."""
    row = {"case_key": case_key, "kecamatan": kecamatan, "laporan": dict(report), "diminta_pada": now}
    return (Effect(_ENTER, row | {"status": BlankRequestStatus.DIMINTA, "blangko": 0, "ketetapan": None}),)


def settle(
    connection: Connection, case_key: int, cards: int, most: int, settled: Settled
) -> tuple[Effect, ...]:
    """Sets how many cards a request gets; `most` is what the tables allow, of the cards that are still free.

    Raises TooMany, NoRequest.
    """
    last = connection.execute(_LAST_NUMBER).scalar() or 0
    free = stock(connection)[BLANKS] - promised(connection, case_key)[BLANKS]
    request(connection, case_key)
    if cards > min(most, free):
        raise TooMany(cards, max(0, min(most, free)))
    number = {"key": case_key, "cards": cards, "number": last + 1}
    how = {"said": dict(settled.said), "by": settled.by, "at": settled.at}
    return (Effect(_SETTLE, {**number, **how}, expect=1),)


def hand_over(
    connection: Connection, case_key: int, others: Mapping[str, int], note: str, by: str, now: datetime
) -> tuple[Effect, ...]:
    """Takes what was set for a request, and the other goods given with it, out of the stock. Raises OutOfStock, NoRequest."""
    asked = request(connection, case_key)
    given = {BLANKS: asked.blangko, **others}
    movements = tuple(
        Movement(barang, -given.get(barang, 0), note, asked.kecamatan, case_key) for barang in GOODS
    )
    handed = {"key": case_key, "was": BlankRequestStatus.DITETAPKAN, "at": now}
    return (Effect(_HAND_OVER, handed, expect=1), *move(connection, movements, by, now))


def take_back(connection: Connection, case_key: int, by: str, now: datetime) -> tuple[Effect, ...]:
    """Brings what was handed over back into the stock, by rows of its own."""
    given = connection.execute(_GIVEN, {"key": case_key}).all()
    movements = tuple(
        Movement(row.barang, -row.sum, "Penyerahan dibatalkan", row.kecamatan, case_key) for row in given
    )
    return (
        *_reset(case_key, BlankRequestStatus.DISERAHKAN, BlankRequestStatus.DITETAPKAN),
        *move(connection, movements, by, now),
    )


def unsettle(case_key: int) -> tuple[Effect, ...]:
    """Makes a request undecided again."""
    return (
        *_reset(case_key, BlankRequestStatus.DITETAPKAN, BlankRequestStatus.DIMINTA),
        Effect(_FREE, {"key": case_key}),
    )


def withdraw(case_key: int) -> tuple[Effect, ...]:
    """Takes an undecided request out of those to be served."""
    return _reset(case_key, BlankRequestStatus.DIMINTA, BlankRequestStatus.DIBATALKAN)


def whole(value: object) -> int:
    """A number of goods, as a form or table gives it; none where it gives none."""
    return int(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else 0


def request(connection: Connection, case_key: int) -> AnyRow:
    """That of a case. Raises NoRequest."""
    row = connection.execute(_OF_CASE, {"key": case_key}).one_or_none()
    if row is None:
        raise NoRequest
    return row


def _reset(case_key: int, was: BlankRequestStatus, becomes: BlankRequestStatus) -> tuple[Effect, ...]:
    return (Effect(_TURN, {"key": case_key, "was": was, "becomes": becomes}),)


# --- statements ------------------------------------------------------------------------------------------------------

_OF_THE_CASE: Final = BlankRequest.case_key == bindparam("key")
_UNDECIDED: Final = select(BlankRequest.case_key, BlankRequest.laporan).where(
    BlankRequest.status == BlankRequestStatus.DIMINTA
)
_SET: Final = select(BlankRequest.case_key, BlankRequest.blangko, BlankRequest.penetapan).where(
    BlankRequest.status == BlankRequestStatus.DITETAPKAN
)
_NAMES: Final = (
    select(BlankRequest.kecamatan).group_by(BlankRequest.kecamatan).order_by(func.min(BlankRequest.case_key))
)
_OF_CASE: Final = select(
    BlankRequest.kecamatan, BlankRequest.blangko, BlankRequest.laporan, BlankRequest.status
).where(_OF_THE_CASE)
_LAST_NUMBER: Final = select(func.max(BlankRequest.ketetapan))
_new = upsert(BlankRequest)
_ENTER: Final = _new.on_conflict_do_update(
    index_elements=["case_key"],
    set_={name: value for name, value in _new.excluded.items() if name != "case_key"},
)
_SETTLE: Final = (
    update(BlankRequest)
    .where(_OF_THE_CASE, BlankRequest.status == BlankRequestStatus.DIMINTA)
    .values(
        status=BlankRequestStatus.DITETAPKAN,
        blangko=bindparam("cards"),
        ketetapan=bindparam("number"),
        penetapan=bindparam("said"),
        ditetapkan_oleh=bindparam("by"),
        ditetapkan_pada=bindparam("at"),
    )
)
_TURN: Final = (
    update(BlankRequest)
    .where(_OF_THE_CASE, BlankRequest.status == bindparam("was"))
    .values(status=bindparam("becomes"), diserahkan_pada=None)
)
_HAND_OVER: Final = (
    update(BlankRequest)
    .where(_OF_THE_CASE, BlankRequest.status == bindparam("was"))
    .values(status=BlankRequestStatus.DISERAHKAN, diserahkan_pada=bindparam("at"))
)
_FREE: Final = (
    update(BlankRequest)
    .where(_OF_THE_CASE, BlankRequest.status == BlankRequestStatus.DIMINTA)
    .values(blangko=0, ketetapan=None, penetapan=None, ditetapkan_oleh=None, ditetapkan_pada=None)
)
_GIVEN: Final = (
    select(StockEntry.barang, StockEntry.kecamatan, func.sum(StockEntry.perubahan).label("sum"))
    .where(StockEntry.case_key == bindparam("key"))
    .group_by(StockEntry.barang, StockEntry.kecamatan)
)
