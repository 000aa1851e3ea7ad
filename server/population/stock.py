"""The ledger of what the office holds for printing KTP-el: blank cards, ribbons, films, cleaning kits. Rows are only added.

Each row bears the stock after it. Two rows prepared from the same stock cannot both be written: the second is a clash, and
is prepared again with the first in sight. A row that a form or program sends twice, under one `kunci`, is entered once.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select

from server import errors
from server.db import AnyRow, Change, Effect
from server.engine import Engine
from server.engine.access import visible_cases
from server.engine.tables import ProcessInstance
from server.identity import Actor, Permission, names_of
from server.population.models import StockEntry

GOODS: Final[Mapping[str, str]] = {
    "blangko": "blangko KTP-el",
    "ribbon": "ribbon printer",
    "film": "film printer",
    "cleaning_kit": "cleaning kit",
}
STOREKEEPERS: Final = "dinas"
"""The role whose holders enter what comes in, and correct what was counted."""
BIDANG: Final = "pendaftaran-penduduk"
LONGEST: Final = 500
"""Letters of a note."""
LONGEST_REASON: Final = 460
"""Of a count's, before which stands what was counted."""
LONGEST_KEY: Final = 40
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


class Counted(errors.Conflict):
    """Something was entered since the goods were counted."""

    def __init__(self, barang: str, left: int) -> None:
        super().__init__(
            f"Sejak halaman ini dibuka ada catatan baru: stok {GOODS[barang]} sekarang {left}."
            " Periksa kartu stok, hitung lagi bila perlu, lalu catat hasilnya."
        )
        self.barang, self.left = barang, left


class SameKey(errors.Conflict):
    """Another row was entered under the same key."""

    def __init__(self) -> None:
        super().__init__(
            "Formulir ini sudah dipakai untuk catatan lain. Muat ulang halamannya, lalu catat lagi."
        )


class NotForYou(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "Persediaan blangko dibuka untuk yang memegang peran Dinas dan untuk atasan Pendaftaran Penduduk."
        )


@dataclass(frozen=True)
class Movement:
    """Goods that come in (above zero) or go out (below), and why."""

    barang: str
    perubahan: int
    keterangan: str
    kecamatan: str | None = None
    case_key: int | None = None
    kunci: str | None = None


@dataclass(frozen=True)
class Sought:
    """Which rows of the ledger: all that is named must fit. Days are the office's, both included."""

    barang: str | None = None
    kecamatan: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Numbered:
    """A case by its number, and whether the reader may look at it."""

    nomor: str | None
    terlihat: bool


@dataclass(frozen=True)
class Ledger:
    """Some rows of the ledger, the newest first, and how many there are in all."""

    items: list[dict[str, Any]]
    total: int


def keeps(actor: Actor) -> bool:
    """Whether they enter what comes in and what was counted."""
    return STOREKEEPERS in actor.groups


def reads(actor: Actor) -> bool:
    """Whether the store is open to them: who keeps it, and officers over the field."""
    return keeps(actor) or Permission.SEE_ALL in actor.permissions or BIDANG in actor.sees


def must_read(actor: Actor) -> None:
    """Raises NotForYou."""
    if not reads(actor):
        raise NotForYou


def stock(connection: Connection) -> dict[str, int]:
    """What the office holds of everything."""
    last = {barang: saldo for barang, _, saldo in connection.execute(_LAST)}
    return {barang: last.get(barang, 0) for barang in GOODS}


def newest(connection: Connection) -> dict[str, int]:
    """The number of the last row of everything."""
    last = {barang: urut for barang, urut, _ in connection.execute(_LAST)}
    return {barang: last.get(barang, 0) for barang in GOODS}


def ledger(
    engine: Engine, connection: Connection, actor: Actor, sought: Sought, limit: int, offset: int = 0
) -> Ledger:
    """What moved, the newest first: `nomor` of the case that took it, whether the actor sees that case (`terlihat`), and `nama`
    of who entered it. Raises NotForYou, UnknownGoods."""
    must_read(actor)
    if sought.barang is not None and sought.barang not in GOODS:
        raise UnknownGoods(sought.barang)
    fits = [*_fits(engine, sought)]
    total = connection.execute(select(func.count()).select_from(StockEntry).where(*fits)).scalar_one()
    found = connection.execute(
        select(StockEntry.__table__).where(*fits).order_by(*_NEWEST_FIRST).limit(limit).offset(offset)
    )
    rows = [dict(row._mapping) for row in found]
    cases = numbered(connection, actor, {row["case_key"] for row in rows} - {None})
    names = names_of(connection, {row["oleh"] for row in rows})
    for row in rows:
        of_case = cases.get(row["case_key"], Numbered(None, False))
        row |= {"nomor": of_case.nomor, "terlihat": of_case.terlihat}
        row |= {"nama": names.get(row["oleh"], row["oleh"])}
    return Ledger(rows, total)


def numbered(connection: Connection, actor: Actor, keys: Collection[int]) -> dict[int, Numbered]:
    """Cases by their numbers, and whether the actor may look at them."""
    if not keys:
        return {}
    seen = visible_cases(actor).label("terlihat")
    found = select(ProcessInstance.key, ProcessInstance.business_id, seen)
    rows = connection.execute(found.where(ProcessInstance.key.in_(keys)))
    return {row.key: Numbered(row.business_id or str(row.key), bool(row.terlihat)) for row in rows}


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
    engine: Engine,
    connection: Connection,
    actor: Actor,
    barang: str,
    perubahan: int,
    keterangan: str,
    kunci: str | None = None,
) -> Change[dict[str, int]]:
    """Enters goods that came in, or corrects the stock by a number, with the reason; the new stock.

    For those who keep the store. Sent again under the same `kunci` it changes nothing.
    Raises errors.Forbidden, errors.Invalid, OutOfStock, SameKey.
    """
    _must_keep(actor)
    problems = [*_problems(barang, keterangan, kunci)]
    if perubahan == 0 or abs(perubahan) > LARGEST:
        problems.append(errors.Problem(f"harus bukan nol, paling banyak {LARGEST}", "perubahan"))
    if problems:
        raise errors.Invalid(_told(problems), problems)
    return _moving(engine, connection, actor, Movement(barang, perubahan, keterangan.strip(), kunci=kunci))


def count(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    barang: str,
    fisik: int,
    urut: int,
    alasan: str,
    kunci: str | None = None,
) -> Change[dict[str, int]]:
    """Brings the stock to what was counted, with the reason; the new stock. `urut`: the last row that whoever counted has seen.

    What was counted as it stands in the ledger needs no row. For those who keep the store.
    Raises errors.Forbidden, errors.Invalid, Counted, SameKey.
    """
    _must_keep(actor)
    problems = [*_problems(barang, alasan, kunci, LONGEST_REASON)]
    if not 0 <= fisik <= LARGEST:
        problems.append(errors.Problem(f"harus dari 0 sampai {LARGEST}", "fisik"))
    if problems:
        raise errors.Invalid(_told(problems), problems)
    note = f"Stok opname {fisik}: {alasan.strip()}"
    known = _known(connection, kunci)
    if known is not None:
        if (known.barang, known.keterangan) != (barang, note):
            raise SameKey
        return Change((), stock(connection))
    left = stock(connection)[barang]
    if newest(connection)[barang] != urut:
        raise Counted(barang, left)
    return _moving(engine, connection, actor, Movement(barang, fisik - left, note, kunci=kunci))


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


def _moving(
    engine: Engine, connection: Connection, actor: Actor, movement: Movement
) -> Change[dict[str, int]]:
    known = _known(connection, movement.kunci)
    if known is not None:
        of = (known.barang, known.perubahan, known.keterangan)
        if of != (movement.barang, movement.perubahan, movement.keterangan):
            raise SameKey
        return Change((), stock(connection))
    held = stock(connection)
    moved = move(connection, (movement,), actor.username, engine.clock.now())
    return Change(moved, {**held, movement.barang: held[movement.barang] + movement.perubahan})


def _known(connection: Connection, kunci: str | None) -> AnyRow | None:
    """The row that was entered under this key."""
    return connection.execute(_OF_KEY, {"kunci": kunci}).one_or_none() if kunci else None


def _must_keep(actor: Actor) -> None:
    if not keeps(actor):
        raise errors.Forbidden("Stok Dinas dicatat oleh pemegang peran Dinas.")


def _fits(engine: Engine, sought: Sought) -> Iterator[ColumnElement[bool]]:
    zone = engine.clock.zone
    if sought.barang:
        yield StockEntry.barang == sought.barang
    if sought.kecamatan:
        yield StockEntry.kecamatan == sought.kecamatan
    if sought.since:
        yield StockEntry.pada >= datetime.combine(sought.since, time.min, zone)
    if sought.until and sought.until < date.max:
        yield StockEntry.pada < datetime.combine(sought.until + timedelta(days=1), time.min, zone)


def _row(movement: Movement, last: AnyRow | None, by: str, now: datetime) -> dict[str, Any]:
    before, number = (last.saldo, last.urut) if last else (0, 0)
    if before + movement.perubahan < 0:
        raise OutOfStock(movement.barang, -movement.perubahan, before)
    after = {"urut": number + 1, "saldo": before + movement.perubahan}
    return vars(movement) | after | {"oleh": by, "pada": now}


def _problems(
    barang: str, keterangan: str, kunci: str | None, most: int = LONGEST
) -> Iterator[errors.Problem]:
    if barang not in GOODS:
        yield errors.Problem(f"harus salah satu dari: {', '.join(GOODS)}", "barang")
    if not keterangan.strip() or len(keterangan) > most:
        yield errors.Problem(
            f"wajib diisi, paling banyak {most} huruf: asal barang atau sebabnya", "keterangan"
        )
    if kunci is not None and not 0 < len(kunci) <= LONGEST_KEY:
        yield errors.Problem(f"harus 1 sampai {LONGEST_KEY} huruf", "kunci")


def _told(problems: Sequence[errors.Problem]) -> str:
    return f"Catatan stok belum benar. {'; '.join(map(str, problems))}."


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
_NEWEST_FIRST: Final = (StockEntry.pada.desc(), StockEntry.barang, StockEntry.urut.desc())
_OF_KEY: Final = select(StockEntry.barang, StockEntry.perubahan, StockEntry.keterangan).where(
    StockEntry.kunci == bindparam("kunci")
)
_ADD: Final = insert(StockEntry)
