"""The store of blank cards against what the kecamatan need: what is free, when to order again, and who is to get how many.

What is reckoned here is reckoned by the tables of dmn/blangko in force; this room hands them the facts and hands on their answer.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from server import dmn, errors
from server.db import Change
from server.engine import Engine, decisions, instances
from server.engine.access import offered_tasks, visible_tasks
from server.engine.tables import TaskState, UserTask
from server.identity import Actor, names_of
from server.population import blanks
from server.population.blanks import BLANKS, promised
from server.population.models import BlankRequest, BlankRequestStatus, StockEntry
from server.population.stock import GOODS, must_read, newest, numbered, stock

CENTRE: Final = "persediaan_pusat"
SHARING: Final = "pembagian_blangko"
PROPOSAL: Final = "usulan_blangko"
PROCESS: Final = "distribusi_blangko"
ORDER: Final = "PESAN"
DECIDED: Final = (BlankRequestStatus.DITETAPKAN, BlankRequestStatus.DISERAHKAN)


@dataclass(frozen=True)
class Held:
    """What the office holds of one kind of goods. `dijanjikan`: set for requests, not handed over; `urut`: the last row."""

    barang: str
    stok: int
    dijanjikan: int
    urut: int

    @property
    def bebas(self) -> int:
        return self.stok - self.dijanjikan


@dataclass(frozen=True)
class Said:
    """What a table says; `fault`: why it says nothing."""

    value: Mapping[str, Any]
    fault: str | None = None


@dataclass(frozen=True)
class Task:
    """The step that a request waits for; `petugas`: who has taken it; `ditawarkan`: whether the reader may do it."""

    key: int
    nama: str
    petugas: str | None
    ditawarkan: bool


@dataclass(frozen=True)
class Request:
    """A kecamatan's request. `terlihat`: whether the reader may look at the case; `tugas`: its open step, if they may.

    `laporan`: what was reported with it; `penetapan`: what was set with the cards, the proposal then, and why another number;
    `jatah`: what the tables say of it now: its share while it is undecided, its part in the office's own reorder point.
    """

    case_key: int
    nomor: str | None
    terlihat: bool
    kecamatan: str
    status: str
    laporan: Mapping[str, Any]
    blangko: int
    penetapan: Mapping[str, Any]
    diminta_pada: datetime
    ditetapkan_oleh: str | None
    ditetapkan_pada: datetime | None
    diserahkan_pada: datetime | None
    tugas: Task | None = None
    jatah: Mapping[str, Any] | None = None

    @property
    def diubah(self) -> bool:
        """Whether another number was set than the tables proposed."""
        return "usulan" in self.penetapan and self.blangko != self.penetapan["usulan"]


@dataclass(frozen=True)
class Requests:
    """Some requests, the newest first, and how many there are in all."""

    items: list[Request]
    total: int


@dataclass(frozen=True)
class Standing:
    """What the office holds, and what the tables say of it. `laporan`: the newest of each kecamatan, on which they rest;
    `menunggu`: how many requests nothing is set for."""

    barang: list[Held]
    pusat: Said
    laporan: list[Request]
    menunggu: int


@dataclass(frozen=True)
class Sharing:
    """How the free cards would be shared now among the requests that nothing is set for."""

    pembagian: Said
    permintaan: list[Request]


@dataclass(frozen=True)
class Kecamatan:
    """One that has asked: how often, what it got, when last, and its newest report."""

    nama: str
    permintaan: int
    diterima: int
    terakhir: datetime | None
    laporan: Mapping[str, Any]
    dilaporkan_pada: datetime


class NoStep(errors.Conflict):
    """No step of the case waits for whoever asks."""

    def __init__(self) -> None:
        super().__init__(
            "Tidak ada langkah permintaan ini yang menunggu Anda; mungkin orang lain sudah mengambil atau menyelesaikannya."
            " Muat ulang pembagian."
        )


class UnknownKecamatan(errors.NotFound):
    def __init__(self, kecamatan: str) -> None:
        super().__init__(f"Belum ada permintaan dari kecamatan “{kecamatan}”. Lihat daftar kecamatan.")


# --- the store


def standing(engine: Engine, connection: Connection, actor: Actor) -> Standing:
    """What there is, what is free, how long it lasts and whether to order. Raises NotForYou."""
    must_read(actor)
    said = reorder_point(engine, connection)
    each = {one["kasus"]: one for one in said.value.get("tiap") or ()}
    reports = _requests(connection, actor, _NEWEST_REPORTS.order_by(BlankRequest.kecamatan), each)
    waiting = connection.execute(_COUNT.where(BlankRequest.status == BlankRequestStatus.DIMINTA)).scalar_one()
    return Standing(held(connection), said, reports, waiting)


def held(connection: Connection) -> list[Held]:
    """What the office holds of everything."""
    there, kept, last = stock(connection), promised(connection), newest(connection)
    return [Held(barang, there[barang], kept[barang], last[barang]) for barang in GOODS]


def reorder_point(engine: Engine, connection: Connection) -> Said:
    """What the tables say of the office's own stock: its reorder point, how many days it lasts, whether to order."""
    reports = connection.execute(_NEWEST_REPORTS.order_by(BlankRequest.case_key))
    facts = {
        "stok": stock(connection)[BLANKS],
        "dijanjikan": promised(connection)[BLANKS],
        "laporan": [{"kasus": str(row.case_key), **row.laporan} for row in reports],
    }
    return _say(engine, connection, CENTRE, {"catatan_pusat": facts})


# --- requests


def sharing(engine: Engine, connection: Connection, actor: Actor) -> Sharing:
    """The allocation as the tables propose it now. Raises NotForYou."""
    must_read(actor)
    said = _say(engine, connection, SHARING, {"catatan_blangko": blanks.facts(connection)})
    shares = {each["kasus"]: each for each in said.value.get("jatah") or ()}
    undecided = _ALL.where(BlankRequest.status == BlankRequestStatus.DIMINTA).order_by(BlankRequest.case_key)
    return Sharing(said, _requests(connection, actor, undecided, shares))


def freshen(engine: Engine, connection: Connection, actor: Actor, case_key: int) -> Change[Task]:
    """Hands the case the proposal as it is now, before whoever is offered its step decides; that step.

    A request for which a number is set keeps what it has. Raises NotForYou, NoRequest, NoStep.
    """
    must_read(actor)
    asked = blanks.request(connection, case_key)
    task = _tasks(connection, actor, [case_key]).get(case_key)
    if task is None or not task.ditawarkan:
        raise NoStep
    if asked.status != BlankRequestStatus.DIMINTA:
        return Change((), task)
    facts = blanks.facts(connection, case_key, asked.laporan)
    said = _say(engine, connection, PROPOSAL, {"catatan_blangko": facts})
    if said.fault:
        return Change((), task)
    fresh = {"catatan_blangko": facts, "usulan_blangko": dict(said.value)}
    return Change(instances.hand_facts(engine, connection, actor, case_key, fresh).effects, task)


def requests(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    statuses: Collection[str] = tuple(BlankRequestStatus),
    kecamatan: str | None = None,
    limit: int = 100,
    offset: int = 0,
) -> Requests:
    """Requests, those newest that were set or asked for last. Raises NotForYou."""
    must_read(actor)
    fits: list[ColumnElement[bool]] = [BlankRequest.status.in_(sorted(statuses))]
    if kecamatan is not None:
        fits.append(BlankRequest.kecamatan == kecamatan)
    total = connection.execute(_COUNT.where(*fits)).scalar_one()
    moment = func.coalesce(BlankRequest.ditetapkan_pada, BlankRequest.diminta_pada)
    found = (
        _ALL.where(*fits).order_by(moment.desc(), BlankRequest.case_key.desc()).limit(limit).offset(offset)
    )
    return Requests(_requests(connection, actor, found), total)


def kecamatan(engine: Engine, connection: Connection, actor: Actor) -> list[Kecamatan]:
    """All that have asked for cards, by name. Raises NotForYou."""
    must_read(actor)
    newest_of = {row.kecamatan: row for row in connection.execute(_NEWEST_REPORTS)}
    return [
        Kecamatan(
            row.kecamatan,
            row.permintaan,
            int(row.diterima),
            row.terakhir,
            newest_of[row.kecamatan].laporan,
            newest_of[row.kecamatan].diminta_pada,
        )
        for row in connection.execute(_EACH)
    ]


def received(engine: Engine, connection: Connection, actor: Actor, kecamatan: str) -> dict[str, int]:
    """What a kecamatan was handed over of everything, less what came back. Raises NotForYou."""
    must_read(actor)
    found = {row.barang: -int(row.sum) for row in connection.execute(_RECEIVED, {"kecamatan": kecamatan})}
    return {barang: found.get(barang, 0) for barang in GOODS}


def _requests(
    connection: Connection,
    actor: Actor,
    statement: Select[Any],
    shares: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Request]:
    rows = connection.execute(statement).all()
    keys = [row.case_key for row in rows]
    cases, tasks = numbered(connection, actor, keys), _tasks(connection, actor, keys)
    names = names_of(connection, {row.ditetapkan_oleh for row in rows} - {None})
    return [
        Request(
            row.case_key,
            cases[row.case_key].nomor if row.case_key in cases else None,
            row.case_key in cases and cases[row.case_key].terlihat,
            row.kecamatan,
            row.status,
            row.laporan,
            row.blangko,
            row.penetapan or {},
            row.diminta_pada,
            names.get(row.ditetapkan_oleh, row.ditetapkan_oleh),
            row.ditetapkan_pada,
            row.diserahkan_pada,
            tasks.get(row.case_key),
            (shares or {}).get(str(row.case_key)),
        )
        for row in rows
    ]


def _tasks(connection: Connection, actor: Actor, keys: Collection[int]) -> dict[int, Task]:
    """The open step of each case, where the reader may look at it."""
    if not keys:
        return {}
    open_ = (UserTask.state == TaskState.CREATED, UserTask.process_instance_key.in_(keys))
    columns = (UserTask.key, UserTask.name, UserTask.assignee, UserTask.process_instance_key)
    offered = offered_tasks(actor).label("ditawarkan")
    rows = connection.execute(select(*columns, offered).where(*open_, visible_tasks(actor))).all()
    names = names_of(connection, {row.assignee for row in rows} - {None})
    return {
        row.process_instance_key: Task(
            row.key,
            row.name or "",
            names.get(row.assignee, row.assignee),
            bool(row.ditawarkan) and row.assignee in (None, actor.username),
        )
        for row in rows
    }


def _say(engine: Engine, connection: Connection, decision: str, facts: Mapping[str, object]) -> Said:
    """What the newest version of a decision says of these facts today."""
    try:
        tables = decisions.newest(engine, connection, decision)
    except decisions.UnknownDecision:
        return Said({}, f"Tabel {decision} belum diterbitkan; terbitkan dmn/blangko dari buku kantor.")
    asked = {**facts, "tanggal_penerimaan": engine.clock.today().isoformat()}
    found = dmn.evaluate(tables, decision, asked, engine.environment, engine.functions)
    if isinstance(found.value, Mapping):
        return Said(found.value)
    return Said({}, "; ".join(map(str, found.warnings)) or "Tabelnya tidak memberi jawaban.")


# --- statements ------------------------------------------------------------------------------------------------------

_ALL: Final = select(BlankRequest.__table__)
_COUNT: Final = select(func.count()).select_from(BlankRequest)
_newest = (
    select(func.max(BlankRequest.case_key))
    .where(BlankRequest.status != BlankRequestStatus.DIBATALKAN)
    .group_by(BlankRequest.kecamatan)
)
_NEWEST_REPORTS: Final = _ALL.where(BlankRequest.case_key.in_(_newest))
_RECEIVED: Final = (
    select(StockEntry.barang, func.sum(StockEntry.perubahan).label("sum"))
    .where(StockEntry.kecamatan == bindparam("kecamatan"))
    .group_by(StockEntry.barang)
)
_handed = BlankRequest.status == BlankRequestStatus.DISERAHKAN
_EACH: Final = (
    select(
        BlankRequest.kecamatan,
        func.count().label("permintaan"),
        func.coalesce(func.sum(BlankRequest.blangko).filter(_handed), 0).label("diterima"),
        func.max(BlankRequest.diserahkan_pada).label("terakhir"),
    )
    .where(BlankRequest.status != BlankRequestStatus.DIBATALKAN)
    .group_by(BlankRequest.kecamatan)
    .order_by(BlankRequest.kecamatan)
)
