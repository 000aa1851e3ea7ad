"""The office's stock for printing KTP-el, a ledger whose rows are only added; and the requests of the kecamatan for it."""

from typing import Any, Final

from server import population
from server.api.blueprint import Blueprint
from server.api.calendar import Day
from server.api.office import ask, do, office
from server.api.schemas import (
    Instant,
    Key,
    Listed,
    Object_,
    Schema,
    Text,
    Whole,
    WholeText,
    Within,
    Word,
)
from server.population import GOODS
from server.population.models import BlankRequestStatus
from server.population.stock import LARGEST, LONGEST_KEY, Ledger, Sought
from server.population.store import Kecamatan, Requests, Sharing, Standing

blank_stock = Blueprint(
    "blank stock",
    __name__,
    url_prefix="/api/blank-stock",
    description="The stock of blank cards, ribbons, films and cleaning kits.",
)
blank_requests = Blueprint(
    "blank requests",
    __name__,
    url_prefix="/api/blank-requests",
    description="What the kecamatan ask for, and how the cards are to be shared; for who keeps the store and their superiors.",
)
MOST: Final = 200


# --- schema


class StockEntry(Schema):
    """A row of the ledger: what came in or went out, and what there was after it."""

    urut = Whole(required=True)
    perubahan = Whole(required=True)
    saldo = Whole(required=True)
    keterangan = Text(required=True)
    kecamatan = Text(required=True, allow_none=True)
    process_instance_key = Key(required=True, allow_none=True, attribute="case_key")
    oleh = Text(required=True)
    pada = Instant(required=True)


class Entries(Schema):
    barang = Word(tuple(GOODS), required=True)
    saldo = Whole(required=True)
    entries = Listed(Within(StockEntry), required=True)


class LedgerRow(StockEntry):
    """`nomor`: of the case that took it; `nama`: of who entered it."""

    barang = Word(tuple(GOODS), required=True)
    nomor = Text(required=True, allow_none=True)
    nama = Text(required=True)


class Rows(Schema):
    """`totalItems`: how many there are in all; `items` are those from `offset` on."""

    items = Listed(Within(LedgerRow), required=True)
    total_items = Whole(required=True, attribute="total")


class LedgerSearch(Schema):
    """All that is named must fit. `since`, `until`: days, both included."""

    barang = Word(tuple(GOODS), load_default=None)
    kecamatan = Text(load_default=None)
    since = Day(load_default=None)
    until = Day(load_default=None)
    limit = WholeText(least=1, most=MOST, load_default=MOST)
    offset = WholeText(least=0, load_default=0)


class Movement(Schema):
    """Goods that came in, above zero, or a correction, with where they came from, or why.

    `kunci`: a word of the sender's own; sent again under it, the same movement is entered once.
    """

    barang = Word(tuple(GOODS), required=True)
    perubahan = Whole(required=True)
    keterangan = Text(required=True)
    kunci = Text(load_default=None, metadata={"maxLength": LONGEST_KEY})


class Count(Schema):
    """What was counted. `urut`: the last row of these goods that whoever counted has seen; where there is another by now, nothing
    is written (409). `kunci`: as of a movement."""

    barang = Word(tuple(GOODS), required=True)
    fisik = Whole(least=0, most=LARGEST, required=True)
    urut = Whole(least=0, required=True)
    alasan = Text(required=True)
    kunci = Text(load_default=None, metadata={"maxLength": LONGEST_KEY})


class Stock(Schema):
    """How much the office holds of each."""

    blangko = Whole(required=True)
    ribbon = Whole(required=True)
    film = Whole(required=True)
    cleaning_kit = Whole(required=True)


class Held(Schema):
    """`dijanjikan`: set for requests and not handed over; `bebas`: the rest; `urut`: the last row of the ledger."""

    barang = Word(tuple(GOODS), required=True)
    stok = Whole(required=True)
    dijanjikan = Whole(required=True)
    bebas = Whole(required=True)
    urut = Whole(required=True)


class Asked(Schema):
    """A request. `laporan`: what was reported with it; `penetapan`: what was set with the cards, the proposal then, and why another
    number; `jatah`: what the tables say of it now. `userTaskKey`: its open step, if you see it."""

    process_instance_key = Key(required=True, attribute="case_key")
    nomor = Text(required=True, allow_none=True)
    kecamatan = Text(required=True)
    status = Word(BlankRequestStatus, required=True)
    laporan = Object_(required=True)
    blangko = Whole(required=True)
    penetapan = Object_(required=True)
    jatah = Object_(required=True, allow_none=True)
    diminta_pada = Instant(required=True)
    ditetapkan_oleh = Text(required=True, allow_none=True)
    ditetapkan_pada = Instant(required=True, allow_none=True)
    diserahkan_pada = Instant(required=True, allow_none=True)
    user_task_key = Key(required=True, allow_none=True, attribute="tugas.key", dump_default=None)


class Standing_(Schema):
    """`pusat`: what the table persediaan_pusat says: reorder point (`titik`), days of cover, whether to order (`putusan`); with
    why it says nothing (`sebab`). `laporan`: the newest of each kecamatan; `menunggu`: requests that nothing is set for."""

    barang = Listed(Within(Held), required=True)
    pusat = Object_(required=True, attribute="pusat.value")
    sebab = Text(required=True, allow_none=True, attribute="pusat.fault")
    laporan = Listed(Within(Asked), required=True)
    menunggu = Whole(required=True)


class Sharing_(Schema):
    """`pembagian`: what the table pembagian_blangko says of all requests that nothing is set for; `sebab`: why it says nothing."""

    pembagian = Object_(required=True, attribute="pembagian.value")
    sebab = Text(required=True, allow_none=True, attribute="pembagian.fault")
    permintaan = Listed(Within(Asked), required=True)


class Requests_(Schema):
    """`totalItems`: how many there are in all; `items` are those from `offset` on."""

    items = Listed(Within(Asked), required=True)
    total_items = Whole(required=True, attribute="total")


class RequestSearch(Schema):
    """All that is named must fit."""

    status = Word(BlankRequestStatus, load_default=None)
    kecamatan = Text(load_default=None)
    limit = WholeText(least=1, most=MOST, load_default=MOST)
    offset = WholeText(least=0, load_default=0)


class Kecamatan_(Schema):
    """`permintaan`: how many; `diterima`: cards handed over, `terakhir` a moment; `laporan`: the newest."""

    nama = Text(required=True)
    permintaan = Whole(required=True)
    diterima = Whole(required=True)
    terakhir = Instant(required=True, allow_none=True)
    laporan = Object_(required=True)
    dilaporkan_pada = Instant(required=True)


class AllKecamatan(Schema):
    items = Listed(Within(Kecamatan_), required=True)


class Proposed(Schema):
    """The step in which the cards are set."""

    user_task_key = Key(required=True)


# --- list


@blank_stock.get("")
@blank_stock.response(200, Stock)
def get_stock() -> dict[str, int]:
    """What the office holds."""
    return office().gate.ask(population.stock)


@blank_stock.get("/standing")
@blank_stock.response(200, Standing_)
def get_standing() -> Standing:
    """What is in stock, promised and free, how long it lasts, and whether to order; for who keeps the store and their superiors."""
    return ask(population.standing)


@blank_stock.get("/ledger")
@blank_stock.arguments(LedgerSearch, location="query")
@blank_stock.response(200, Rows)
def get_ledger(asked: dict[str, Any]) -> Ledger:
    """Rows of the ledger, the newest first; for who keeps the store and their superiors."""
    sought = Sought(asked["barang"], asked["kecamatan"], asked["since"], asked["until"])
    return ask(population.ledger, sought, asked["limit"], asked["offset"])


@blank_requests.get("")
@blank_requests.arguments(RequestSearch, location="query")
@blank_requests.response(200, Requests_)
def get_blank_requests(asked: dict[str, Any]) -> Requests:
    """Requests, the newest first."""
    statuses = (asked["status"],) if asked["status"] else tuple(BlankRequestStatus)
    return ask(population.requests, statuses, asked["kecamatan"], asked["limit"], asked["offset"])


@blank_requests.get("/sharing")
@blank_requests.response(200, Sharing_)
def get_sharing() -> Sharing:
    """How the free cards would be shared now among the requests that nothing is set for, by the tables in force."""
    return ask(population.sharing)


@blank_requests.get("/kecamatan")
@blank_requests.response(200, AllKecamatan)
def get_kecamatan() -> dict[str, list[Kecamatan]]:
    """Every kecamatan that has asked, with its newest report and what it got."""
    return {"items": ask(population.kecamatan)}


# --- one


@blank_stock.get("/<barang>")
@blank_stock.response(200, Entries)
def get_entries(barang: str) -> dict[str, Any]:
    """The last hundred rows of the ledger for one kind of goods, the newest first."""
    found = ask(population.entries, barang)
    return {"barang": barang, "saldo": found[0]["saldo"] if found else 0, "entries": found}


# --- act


@blank_stock.post("")
@blank_stock.arguments(Movement)
@blank_stock.response(200, Stock)
def enter_stock(body: dict[str, Any]) -> dict[str, int]:
    """Enter what came in, or correct the stock by a number; for holders of the role `dinas`."""
    return do(population.enter, body["barang"], body["perubahan"], body["keterangan"], body["kunci"])


@blank_stock.post("/counts")
@blank_stock.arguments(Count)
@blank_stock.response(200, Stock)
def count_stock(body: dict[str, Any]) -> dict[str, int]:
    """Bring the stock to what was counted, with the reason; for holders of the role `dinas`."""
    counted = (body["barang"], body["fisik"], body["urut"], body["alasan"], body["kunci"])
    return do(population.count, *counted)


@blank_requests.put("/<process_instance_key>/proposal")
@blank_requests.response(200, Proposed)
def put_proposal(process_instance_key: int) -> dict[str, int]:
    """Hand the case the proposal as it is now, before its cards are set; for whoever is offered that step."""
    return {"user_task_key": do(population.freshen, process_instance_key).key}
