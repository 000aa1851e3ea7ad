"""Requests of the kecamatan for blank KTP-el cards, one a case.

How many each is to get is worked out by the tables in dmn/blangko; here the requests are kept, the facts about all that are
undecided are brought together, and what was set is held to what there is. Decisions are numbered (`ketetapan`), so that of
two made at once the second is a clash and is made again with the first in sight.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server import errors
from server.db import Effect
from server.population.models import BlankRequest, BlankRequestStatus, StockEntry
from server.population.stock import GOODS, Movement, move, stock

BLANKS: Final = "blangko"


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


def facts(connection: Connection, case_key: int, own: Mapping[str, object]) -> dict[str, Any]:
    """What dmn/blangko asks for: the reports of all requests that nothing was set for, the case's `own` among them, the cards
    that are free, and the stock of everything else."""
    undecided = {row.case_key: row.laporan for row in connection.execute(_UNDECIDED)}
    undecided[case_key] = dict(own)
    held = stock(connection)
    return {
        "permintaan": [{"kasus": str(key), **report} for key, report in sorted(undecided.items())],
        "kasus_ini": str(case_key),
        "stok_dinas": held[BLANKS] - _promised(connection, case_key),
        "stok_perlengkapan": {barang: held[barang] for barang in GOODS if barang != BLANKS},
    }


def enter(case_key: int, kecamatan: str, report: Mapping[str, object], now: datetime) -> tuple[Effect, ...]:
    """Keeps a request, anew where the case has one."""
    row = {"case_key": case_key, "kecamatan": kecamatan, "laporan": dict(report), "diminta_pada": now}
    return (Effect(_ENTER, row | {"status": BlankRequestStatus.DIMINTA, "blangko": 0, "ketetapan": None}),)


def settle(connection: Connection, case_key: int, cards: int, most: int) -> tuple[Effect, ...]:
    """Sets how many cards a request gets; `most` is what the tables allow, of the cards that are still free.

    Raises TooMany, NoRequest.
    """
    last = connection.execute(_LAST_NUMBER).scalar() or 0
    free = stock(connection)[BLANKS] - _promised(connection, case_key)
    _request(connection, case_key)
    if cards > min(most, free):
        raise TooMany(cards, max(0, min(most, free)))
    return (Effect(_SETTLE, {"key": case_key, "cards": cards, "number": last + 1}, expect=1),)


def hand_over(
    connection: Connection, case_key: int, others: Mapping[str, int], note: str, by: str, now: datetime
) -> tuple[Effect, ...]:
    """Takes what was set for a request, and the other goods given with it, out of the stock. Raises OutOfStock, NoRequest."""
    request = _request(connection, case_key)
    given = {BLANKS: request.blangko, **others}
    movements = tuple(
        Movement(barang, -given.get(barang, 0), note, request.kecamatan, case_key) for barang in GOODS
    )
    handed = {"key": case_key, "was": BlankRequestStatus.DITETAPKAN, "becomes": BlankRequestStatus.DISERAHKAN}
    return (Effect(_TURN, handed, expect=1), *move(connection, movements, by, now))


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


def _request(connection: Connection, case_key: int) -> Any:
    row = connection.execute(_OF_CASE, {"key": case_key}).one_or_none()
    if row is None:
        raise NoRequest
    return row


def _promised(connection: Connection, case_key: int) -> int:
    """Cards that were set for other requests and are not handed over."""
    return int(connection.execute(_PROMISED, {"key": case_key}).scalar_one())


def _reset(case_key: int, was: BlankRequestStatus, becomes: BlankRequestStatus) -> tuple[Effect, ...]:
    return (Effect(_TURN, {"key": case_key, "was": was, "becomes": becomes}),)


# --- statements ------------------------------------------------------------------------------------------------------

_OF_THE_CASE: Final = BlankRequest.case_key == bindparam("key")
_UNDECIDED: Final = select(BlankRequest.case_key, BlankRequest.laporan).where(
    BlankRequest.status == BlankRequestStatus.DIMINTA
)
_PROMISED: Final = select(func.coalesce(func.sum(BlankRequest.blangko), 0)).where(
    BlankRequest.status == BlankRequestStatus.DITETAPKAN, BlankRequest.case_key != bindparam("key")
)
_OF_CASE: Final = select(BlankRequest.kecamatan, BlankRequest.blangko).where(_OF_THE_CASE)
_LAST_NUMBER: Final = select(func.max(BlankRequest.ketetapan))
_new = upsert(BlankRequest)
_ENTER: Final = _new.on_conflict_do_update(
    index_elements=["case_key"],
    set_={name: value for name, value in _new.excluded.items() if name != "case_key"},
)
_SETTLE: Final = (
    update(BlankRequest)
    .where(_OF_THE_CASE, BlankRequest.status == BlankRequestStatus.DIMINTA)
    .values(status=BlankRequestStatus.DITETAPKAN, blangko=bindparam("cards"), ketetapan=bindparam("number"))
)
_TURN: Final = (
    update(BlankRequest)
    .where(_OF_THE_CASE, BlankRequest.status == bindparam("was"))
    .values(status=bindparam("becomes"))
)
_FREE: Final = (
    update(BlankRequest)
    .where(_OF_THE_CASE, BlankRequest.status == BlankRequestStatus.DIMINTA)
    .values(blangko=0, ketetapan=None)
)
_GIVEN: Final = (
    select(StockEntry.barang, StockEntry.kecamatan, func.sum(StockEntry.perubahan).label("sum"))
    .where(StockEntry.case_key == bindparam("key"))
    .group_by(StockEntry.barang, StockEntry.kecamatan)
)
