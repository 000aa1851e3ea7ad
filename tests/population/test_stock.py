"""The stock ledger: rows that are only added, each with the stock after it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from server import errors, population
from server.identity import Actor
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
