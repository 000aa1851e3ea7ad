"""The store against what the kecamatan need: the worked example as the tables say it, what is free, when to order, who reads it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest

from server import engine as verbs
from server import identity, population
from server.cli import PUBLISHER, book_files
from server.config import ROOT
from server.db import open_engine, write
from server.engine import trial
from server.identity import Actor, Permission
from server.population.stock import NotForYou, Sought
from tests.conftest import Copy
from tests.population.conftest import NOW, STOREKEEPER, PopulationOffice, opened

HEAD = Actor("kadis", "Kepala", frozenset({"kepala_dinas"}), frozenset({Permission.SEE_ALL}))
OF_THE_FIELD = Actor("kabid", "Kabid", frozenset(), frozenset(), sees=frozenset({"pendaftaran-penduduk"}))
OF_ANOTHER = Actor("kabid2", "Kabid", frozenset(), frozenset(), sees=frozenset({"pencatatan-sipil"}))
EXAMPLE = (
    ("A", 40, 320, 110, 18, 1),
    ("B", 120, 60, 40, 9, 2),
    ("C", 0, 150, 150, 12, 1),
    ("D", 260, 20, 15, 6, 0),
)
"""Of K-4: kecamatan, stock, PRR, other requests, new requests a working day, spoiled of a hundred."""


@pytest.fixture(scope="module")
def tables(sqlite_copy: Copy) -> Callable[[], Any]:
    """Offices with dmn/blangko published and the demo's people."""
    files = {name: body for name, body in book_files(ROOT) if name.startswith("dmn/blangko/")}

    @contextmanager
    def office() -> Iterator[PopulationOffice]:
        with sqlite_copy() as url:
            database = open_engine(url)
            made = opened(database)
            made.house.gate.do(lambda c: verbs.deploy(made.house.engine, c, PUBLISHER, files, trial.examine))
            yield made
            database.dispose()

    return office


@pytest.fixture
def store(tables: Callable[[], Any]) -> Iterator[PopulationOffice]:
    with tables() as office:
        yield office


def report(name: str, stock: int, prr: int, others: int, daily: int, spoiled: int) -> dict[str, Any]:
    printed = {"cetak_baik": 100 - spoiled, "rusak": spoiled, "permintaan_baru": 60 * daily, "hari_kerja": 60}
    return {
        "kecamatan": name,
        "stok_fisik": stock,
        "dalam_kirim": 0,
        "prr": prr,
        "non_prr": others,
        **printed,
    }


def ask(office: PopulationOffice, case: int, *figures: Any) -> None:
    admitted = {"putusan": "TERIMA", "alasan": "Laporan dapat dipakai."}
    office.perform("blangko.catat_permintaan", case, laporan=report(*figures), penerimaan_permintaan=admitted)


def settle(office: PopulationOffice, case: int, cards: int, **more: Any) -> None:
    settled = {"blangko": cards, "ribbon": 2, **more}
    proposal = {"mode": "TERBATAS", "pool": 600, "stok_dinas": 800, "alokasi": 346}
    office.perform("blangko.tetapkan", case, penetapan=settled, usulan_blangko=proposal)


def asked(office: PopulationOffice, question: Any, *args: Any, by: Actor = STOREKEEPER) -> Any:
    return office.ask(lambda c: question(office.house.engine, c, by, *args))


def test_the_store_says_what_the_tables_say_of_the_worked_example(store: PopulationOffice) -> None:
    unknown = asked(store, population.standing)
    assert (unknown.pusat.value["putusan"], unknown.pusat.value["titik"]) == ("BELUM_DIKETAHUI", None)
    store.receive("blangko", 890)
    store.receive("ribbon", 5)
    ask(store, 9, "E", 0, 0, 90, 0, 100)
    settle(store, 9, 90)
    for case, figures in enumerate(EXAMPLE, 1):
        ask(store, case, *figures)

    shared = asked(store, population.sharing)
    totals = [
        shared.pembagian.value[name] for name in ("mode", "stok_dinas", "cadangan", "pool", "total_kebutuhan")
    ]
    assert totals == ["TERBATAS", 800, 200, 600, 1076]
    rows = [
        tuple(
            each.jatah[name] for name in ("kecamatan", "kebutuhan", "lantai", "alokasi", "antrean_tertutup")
        )
        for each in shared.permintaan
    ]
    assert rows == [
        ("A", 577, 0, 346, 89),
        ("B", 74, 0, 0, 100),
        ("C", 425, 24, 254, 84),
        ("D", 0, 0, 0, 100),
    ]

    there = asked(store, population.standing)
    assert [(each.stok, each.dijanjikan, each.bebas) for each in there.barang[:2]] == [
        (890, 90, 800),
        (5, 2, 3),
    ]
    said = there.pusat.value
    told = [said[name] for name in ("putusan", "titik", "d", "prr", "bebas", "hari_stok")]
    assert told == ["PESAN", 45 * 15 + 550, 45, 550, 800, Decimal("17.8")]
    assert there.menunggu == 4


def test_only_the_newest_report_of_a_kecamatan_counts_and_it_has_one_name(store: PopulationOffice) -> None:
    ask(store, 1, "Candi Puro", 0, 100, 0, 10, 0)
    store.receive("blangko", 800)
    settle(store, 1, 0, ubah=True, alasan="printer dipindahkan")
    ask(store, 2, "  kecamatan candi  PURO ", 0, 40, 0, 4, 0)
    there = asked(store, population.standing)
    assert [(each.kecamatan, each.case_key) for each in there.laporan] == [("Candi Puro", 2)]
    assert there.pusat.value["titik"] == 4 * 15 + 40
    (one,) = asked(store, population.kecamatan)
    assert (one.nama, one.permintaan) == ("Candi Puro", 2)
    first = asked(store, population.requests, ["ditetapkan"]).items[0]
    assert first.diubah
    assert first.penetapan["alasan"] == "printer dipindahkan"


def test_goods_promised_to_one_are_not_proposed_for_another(store: PopulationOffice) -> None:
    store.receive("blangko", 800)
    store.receive("ribbon", 3)
    ask(store, 1, *EXAMPLE[0])
    settle(store, 1, 100)
    facts = store.prepare("blangko.kumpulkan", 1).variables["catatan_blangko"]
    assert facts["stok_perlengkapan"]["ribbon"] == 3  # type: ignore[index]
    ask(store, 2, *EXAMPLE[1])
    facts = store.prepare("blangko.kumpulkan", 2).variables["catatan_blangko"]
    assert (facts["stok_dinas"], facts["stok_perlengkapan"]["ribbon"]) == (700, 1)  # type: ignore[index]


@pytest.mark.parametrize("question", ["standing", "sharing", "requests", "kecamatan"])
def test_the_store_is_open_to_its_keeper_and_the_heads_of_its_field(
    office: PopulationOffice, question: str
) -> None:
    for reader in (STOREKEEPER, HEAD, OF_THE_FIELD):
        asked(office, getattr(population, question), by=reader)
    for other in (OF_ANOTHER, Actor("pns", "Pegawai", frozenset({"pns"}), frozenset())):
        with pytest.raises(NotForYou):
            asked(office, getattr(population, question), by=other)
        with pytest.raises(NotForYou):
            asked(office, population.ledger, Sought(), 10, by=other)


def test_the_keepers_are_told_once_of_each_fall_below_the_reorder_point(store: PopulationOffice) -> None:
    engine = store.house.engine
    with write(store.house.gate.database) as connection:
        identity.fill_demo(connection, engine.roles, "demo", NOW)

    def look() -> int:
        return store.house.gate.do(lambda c: population.remind(engine, c, by_mail=False))

    def told() -> list[str]:
        who = "SELECT about FROM notification WHERE username = 'dinas' AND occasion = 'persediaan'"
        return store.ask(lambda c: [row[0] for row in c.exec_driver_sql(who)])

    assert look() == 0, "nobody has reported"
    store.receive("blangko", 200)
    ask(store, 1, "A", 0, 40, 0, 10, 0)
    assert look() == 0, "200 are above 190"
    store.receive("blangko", -20)
    assert [look(), look()] == [1, 0]
    assert told() == [
        "Blangko KTP-el tinggal 180, di bawah titik pesan 190. Ajukan permintaan kepada Ditjen Dukcapil."
    ]
    store.receive("blangko", 100)
    assert look() == 0
    store.receive("blangko", -100)
    assert look() == 1
    assert len(told()) == 2
