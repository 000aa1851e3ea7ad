"""The office's stock for printing KTP-el: a ledger whose rows are only added."""

from typing import Any

from server import population
from server.api.blueprint import Blueprint
from server.api.office import ask, do, office
from server.api.schemas import Instant, Key, Listed, Schema, Text, Whole, Within, Word
from server.population import GOODS

blank_stock = Blueprint(
    "blank stock",
    __name__,
    url_prefix="/api/blank-stock",
    description="The stock of blank cards, ribbons, films and cleaning kits.",
)


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


class Movement(Schema):
    """Goods that came in, above zero, or a correction after counting; with where they came from, or why."""

    barang = Word(tuple(GOODS), required=True)
    perubahan = Whole(required=True)
    keterangan = Text(required=True)


class Stock(Schema):
    """How much the office holds of each."""

    blangko = Whole(required=True)
    ribbon = Whole(required=True)
    film = Whole(required=True)
    cleaning_kit = Whole(required=True)


# --- list


@blank_stock.get("")
@blank_stock.response(200, Stock)
def get_stock() -> dict[str, int]:
    """What the office holds."""
    return office().gate.ask(population.stock)


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
    """Enter what came in, or correct the stock to what was counted; for holders of the role `dinas`."""
    return do(population.enter, body["barang"], body["perubahan"], body["keterangan"])
