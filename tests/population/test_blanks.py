"""Requests for blank cards: held, set, handed over; never more than there is, and every card in the ledger."""

from typing import Any

import pytest

from server import population
from server.db import Clash
from server.identity import Actor
from tests.population.conftest import STOREKEEPER, PopulationOffice

ADMITTED = {"putusan": "TERIMA", "alasan": "Laporan dapat dipakai."}
REPORT = {"kecamatan": "Candipuro", "stok_fisik": 10}
PROPOSAL = {"mode": "TERBATAS", "pool": 600, "stok_dinas": 800}


def ask(office: PopulationOffice, case: int) -> Any:
    return office.perform("blangko.catat_permintaan", case, laporan=REPORT, penerimaan_permintaan=ADMITTED)[
        "catatan_blangko"
    ]


def settle(office: PopulationOffice, case: int, cards: int, proposal: Any = PROPOSAL, **more: Any) -> None:
    settled = {"blangko": cards, "ribbon": 1, **more}
    office.perform("blangko.tetapkan", case, penetapan=settled, usulan_blangko=proposal)


def hand_over(office: PopulationOffice, case: int, **others: int) -> None:
    office.perform("blangko.serahkan", case, penetapan=others, bast={"nomor": "470/12"})


@pytest.fixture
def stocked(office: PopulationOffice) -> PopulationOffice:
    office.receive("blangko", 800)
    office.receive("ribbon", 5)
    return office


def test_a_report_that_cannot_be_used_holds_the_request(stocked: PopulationOffice) -> None:
    held = {"putusan": "TAHAN", "alasan": "opname lebih dari 7 hari; minta opname baru."}
    with pytest.raises(population.RequestHeld, match="minta opname baru"):
        stocked.prepare("blangko.catat_permintaan", 1, laporan=REPORT, penerimaan_permintaan=held)


def test_the_facts_hold_every_undecided_request_and_the_cards_that_are_free(
    stocked: PopulationOffice,
) -> None:
    ask(stocked, 1)
    ask(stocked, 2)
    settle(stocked, 1, 300)
    facts = ask(stocked, 3)
    assert [one["kasus"] for one in facts["permintaan"]] == ["2", "3"]
    assert (facts["kasus_ini"], facts["stok_dinas"]) == ("3", 500)


def test_never_more_is_set_than_the_pool(stocked: PopulationOffice) -> None:
    ask(stocked, 1)
    with pytest.raises(population.TooMany):
        settle(stocked, 1, 601)
    settle(stocked, 1, 600)


def test_in_an_emergency_all_free_cards_may_be_given_and_no_more(stocked: PopulationOffice) -> None:
    ask(stocked, 1)
    halted = {"mode": "HENTI", "pool": 0, "stok_dinas": 800}
    with pytest.raises(population.TooMany):
        settle(stocked, 1, 1, halted)
    with pytest.raises(population.TooMany):
        settle(stocked, 1, 801, halted, darurat=True)
    settle(stocked, 1, 50, halted, darurat=True)


def test_cards_promised_to_one_are_not_set_for_another(stocked: PopulationOffice) -> None:
    ask(stocked, 1)
    ask(stocked, 2)
    settle(stocked, 1, 500)
    with pytest.raises(population.TooMany):
        settle(stocked, 2, 301)


def test_of_two_decisions_prepared_at_once_the_second_clashes(stocked: PopulationOffice) -> None:
    ask(stocked, 1)
    ask(stocked, 2)
    prepared = [
        stocked.prepare("blangko.tetapkan", case, penetapan={"blangko": 500}, usulan_blangko=PROPOSAL)
        for case in (1, 2)
    ]
    stocked.apply(prepared[0].effects)
    with pytest.raises(Exception, match="UNIQUE"):
        stocked.apply(prepared[1].effects)


def test_what_is_handed_over_leaves_the_stock_with_its_record(stocked: PopulationOffice) -> None:
    ask(stocked, 1)
    settle(stocked, 1, 250)
    hand_over(stocked, 1, ribbon=2)
    assert stocked.stock == {"blangko": 550, "ribbon": 3, "film": 0, "cleaning_kit": 0}
    (last, _) = stocked.ask(lambda c: population.entries(stocked.house.engine, c, STOREKEEPER, "blangko"))
    assert (last["kecamatan"], last["keterangan"], last["case_key"]) == ("Candipuro", "BAST 470/12", 1)


def test_what_was_handed_over_once_is_not_handed_over_again(stocked: PopulationOffice) -> None:
    ask(stocked, 1)
    settle(stocked, 1, 250)
    hand_over(stocked, 1)
    with pytest.raises(Clash):
        hand_over(stocked, 1)
    assert stocked.stock["blangko"] == 550


def test_taken_back_goods_come_in_by_rows_of_their_own(stocked: PopulationOffice) -> None:
    ask(stocked, 1)
    settle(stocked, 1, 250)
    hand_over(stocked, 1)
    stocked.undo("blangko.serahkan", 1)
    changes = [
        row["perubahan"]
        for row in stocked.ask(lambda c: population.entries(stocked.house.engine, c, STOREKEEPER, "blangko"))
    ]
    assert (stocked.stock["blangko"], changes) == (800, [250, -250, 800])


def test_which_case_took_something_is_not_for_everybody(stocked: PopulationOffice) -> None:
    ask(stocked, 1)
    settle(stocked, 1, 250)
    hand_over(stocked, 1)
    anybody = Actor("pns", "Pegawai", frozenset({"pns"}), frozenset())
    (last, _) = stocked.ask(lambda c: population.entries(stocked.house.engine, c, anybody, "blangko"))
    assert (last["perubahan"], last["case_key"]) == (-250, None)
