"""The stock ledger: rows that are only added, each with the stock after it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from server import errors, population
from server.identity import Actor
from server.population.stock import Counted, Ledger, SameKey, Sought, UnknownGoods
from tests.population.conftest import STOREKEEPER, PopulationOffice

NOBODY = Actor("pns", "Pegawai", frozenset({"pns"}), frozenset())


def test_what_comes_in_is_added_and_corrections_are_rows_too(office: PopulationOffice) -> None:
    office.receive("blangko", 1500)
    assert office.receive("blangko", -20) == {"blangko": 1480, "ribbon": 0, "film": 0, "cleaning_kit": 0}
    rows = office.ask(lambda c: population.entries(office.house.engine, c, STOREKEEPER, "blangko"))
    assert [(row["urut"], row["perubahan"], row["saldo"], row["oleh"]) for row in rows] == [
        (2, -20, 1480, "gudang"),
        (1, 1500, 1500, "gudang"),
    ]


def test_the_stock_never_falls_below_nothing(office: PopulationOffice) -> None:
    office.receive("ribbon", 3)
    with pytest.raises(population.OutOfStock):
        office.receive("ribbon", -4)
    assert office.stock["ribbon"] == 3


@pytest.mark.both_databases
def test_of_movements_made_at_once_none_is_lost(office: PopulationOffice) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: office.receive("film", number), (10, 20, 30, 40)))
    assert office.stock["film"] == 100


def test_only_those_who_keep_the_store_enter_anything(office: PopulationOffice) -> None:
    with pytest.raises(errors.Forbidden):
        office.receive("blangko", 10, by=NOBODY)


@pytest.mark.parametrize(("barang", "perubahan"), [("kertas", 1), ("blangko", 0), ("blangko", 10**7)])
def test_a_movement_that_makes_no_sense_is_refused(
    office: PopulationOffice, barang: str, perubahan: int
) -> None:
    with pytest.raises(errors.Invalid):
        office.receive(barang, perubahan)


def enter(office: PopulationOffice, *said: Any) -> dict[str, int]:
    return office.house.gate.do(lambda c: population.enter(office.house.engine, c, STOREKEEPER, *said))


def count(office: PopulationOffice, *said: Any) -> dict[str, int]:
    return office.house.gate.do(lambda c: population.count(office.house.engine, c, STOREKEEPER, *said))


def rows(office: PopulationOffice, *sought: Any, limit: int = 10, offset: int = 0) -> Ledger:
    engine = office.house.engine
    return office.ask(lambda c: population.ledger(engine, c, STOREKEEPER, Sought(*sought), limit, offset))


@pytest.mark.both_databases
def test_a_row_that_is_sent_twice_at_once_is_entered_once(office: PopulationOffice) -> None:
    sent = ("blangko", 500, "Ditjen Dukcapil", "kunci-1")
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: enter(office, *sent), range(4)))
    assert [each["blangko"] for each in answers] == [500] * 4
    assert office.stock["blangko"] == 500
    with pytest.raises(SameKey):
        enter(office, "blangko", 700, "Ditjen Dukcapil", "kunci-1")


def test_a_count_corrects_the_stock_with_its_reason_unless_something_moved_since(
    office: PopulationOffice,
) -> None:
    office.receive("blangko", 500)
    assert count(office, "blangko", 492, 1, "cacat", "k1")["blangko"] == 492
    assert count(office, "blangko", 492, 1, "cacat", "k1")["blangko"] == 492, "the second click"
    assert rows(office).items[0]["keterangan"] == "Stok opname 492: cacat"
    with pytest.raises(Counted, match="sekarang 492"):
        count(office, "blangko", 490, 1, "hilang", "k2")
    count(office, "blangko", 492, 2, "sesuai", "k3")
    assert rows(office).total == 2, "what was counted as it stands needs no row"


def test_a_count_needs_a_reason_and_a_keeper(office: PopulationOffice) -> None:
    office.receive("blangko", 500)
    for fisik, reason in ((-1, "hilang"), (490, "  "), (490, "a" * 461)):
        with pytest.raises(errors.Invalid):
            count(office, "blangko", fisik, 1, reason)
    with pytest.raises(errors.Forbidden):
        office.house.gate.do(
            lambda c: population.count(office.house.engine, c, NOBODY, "blangko", 490, 1, "hilang")
        )
    assert office.stock["blangko"] == 500


def test_the_ledger_is_read_by_goods_and_days_of_the_office_a_page_at_a_time(
    office: PopulationOffice,
) -> None:
    for number in range(1, 4):
        office.receive("blangko", number)
    office.receive("ribbon", 9)
    found = rows(office, "blangko", limit=2, offset=1)
    assert ([each["perubahan"] for each in found.items], found.total) == ([2, 1], 3)
    today, tomorrow = date(2026, 11, 27), date(2026, 11, 28)
    assert rows(office, None, None, today, today).total == 4
    assert rows(office, None, None, tomorrow).total == 0
    assert rows(office, None, "Candipuro").total == 0
    with pytest.raises(UnknownGoods):
        rows(office, "kertas")
