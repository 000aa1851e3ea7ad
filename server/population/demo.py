"""The demo office's store of blank cards: goods that came in, kecamatan that asked and got, some that wait, taken through the engine.

Those that wait are the four of the worked example, with 800 cards free: too few for all, so that the office must share.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import Connection, select

from server import engine as verbs
from server.clock import Clock
from server.db import Change, get_setting, setting_effect
from server.engine import Engine
from server.engine.instances import UnknownProcess
from server.engine.tables import ProcessInstance, TaskState, UserTask
from server.identity import Actor, load_actor
from server.population.blanks import BLANKS, promised
from server.population.stock import count, enter, newest
from server.population.store import PROCESS

FILLED: Final = "demo_blank_cards"
OPERATOR, STORE = "petugas_operator_pendaftaran_penduduk", "dinas"
Do = Callable[[Callable[[Connection], Change[Any]]], Any]
Figures = tuple[str, int, int, int, int, int]

RECEIVED: Final = (
    (40, BLANKS, 1850, "Ditjen Dukcapil, BAST 470/1182"),
    (40, "ribbon", 24, "Ditjen Dukcapil, BAST 470/1182"),
    (39, "film", 12, "Ditjen Dukcapil, BAST 470/1182"),
    (39, "cleaning_kit", 10, "Pengadaan barang pakai habis"),
)
"""Working days ago, what, how much, from where."""
BEFORE: Final = (
    (30, ("Pasirian", 85, 120, 60, 14, 1)),
    (26, ("Candipuro", 30, 150, 70, 16, 2)),
    (21, ("Tempeh", 60, 90, 80, 12, 1)),
    (12, ("Kunir", 45, 70, 30, 8, 0)),
)
"""Working days ago, and the figures of requests that were handed over."""
PROMISED: Final = (3, ("Tempeh", 110, 40, 35, 11, 1))
WAITING: Final = (
    (2, ("Candipuro", 40, 320, 110, 18, 1)),
    (1, ("Pasirian", 120, 60, 40, 9, 2)),
    (1, ("Senduro", 0, 150, 150, 12, 1)),
    (0, ("Kunir", 260, 20, 15, 6, 0)),
)
"""Working days ago; kecamatan, stock, PRR, other requests, new requests a working day, spoiled of a hundred prints."""
FREE: Final = 800
COUNTED: Final = "lembar cacat dari percetakan, dikembalikan ke Ditjen Dukcapil"


def fill_demo(engine: Engine, do: Do) -> None:
    """Fills the store by the gate's `do`, once. The book is published and the people are there."""
    if not do(_mark):
        return
    store = _Store(engine, do)
    for ago, barang, many, source in RECEIVED:
        store.receive(ago, barang, many, source)
    try:
        for ago, figures in BEFORE:
            store.hand_over(ago, figures)
        store.settle(*PROMISED)
        store.count(FREE)
        for ago, figures in WAITING:
            store.ask(ago, figures)
    except UnknownProcess:  # the book of this office has no such procedure
        return


class _Store:
    """Where people of the demo office ask for cards, set and hand them over, on days gone by."""

    def __init__(self, engine: Engine, do: Do) -> None:
        self._now, self._do, self._asked = engine.clock, do, 0
        self._moment = engine.clock.now()
        clock = Clock(str(engine.clock.zone), lambda: self._moment)
        self._engine = Engine(engine.keys, engine.roles, engine.handlers, clock, engine.book)

    def receive(self, ago: int, barang: str, many: int, source: str) -> None:
        self._go_back(ago)
        self._do(lambda c: enter(self._engine, c, self._actor(c, STORE), barang, many, source))

    def count(self, free: int) -> None:
        """A count of the cards that finds what leaves so many free."""
        self._go_back(2, 15)

        def prepare(connection: Connection) -> Change[Any]:
            found, last = free + promised(connection)[BLANKS], newest(connection)[BLANKS]
            who = self._actor(connection, STORE)
            return count(self._engine, connection, who, BLANKS, found, last, COUNTED)

        self._do(prepare)

    def ask(self, ago: int, figures: Figures) -> int:
        """A request with its report."""
        self._go_back(ago)
        self._asked += 1

        def prepare(connection: Connection) -> Change[Any]:
            return verbs.start(self._engine, connection, self._actor(connection, OPERATOR), PROCESS, {}, None)

        case = int(self._do(prepare).key)
        self._finish(case, OPERATOR, {"laporan": self._report(figures)})
        return case

    def settle(self, ago: int, figures: Figures) -> int:
        """A request for which the proposal was set, on the next working day."""
        case = self.ask(ago, figures)
        self._go_back(ago - 1, 11)
        self._finish(case, STORE, {"penetapan": {}})
        return case

    def hand_over(self, ago: int, figures: Figures) -> None:
        """And the cards were handed over, on the day after that."""
        case = self.settle(ago, figures)
        self._go_back(ago - 2, 10)
        paper = {"nomor": f"470/{1200 + self._asked}", "tanggal": self._today()}
        paper |= {"yang_menyerahkan": "Petugas gudang"}
        self._finish(case, STORE, {"bast": paper, "tanda_tangan_dinas": True})
        taken = {"yang_menerima": f"Sekretaris Kecamatan {figures[0]}", "tanda_tangan_kecamatan": True}
        self._finish(case, OPERATOR, taken)

    def _report(self, figures: Figures) -> dict[str, object]:
        kecamatan, left, prr, others, daily, spoiled = figures
        return {
            "kecamatan": kecamatan,
            "nomor_surat": f"470/{20 + self._asked}/Kec.{kecamatan}",
            "tanggal_surat": self._today(),
            "tanggal_opname": self._today(),
            "stok_awal": left + 500,
            "terima": 500,
            "cetak_baik": 1000 - 10 * spoiled,
            "rusak": 10 * spoiled,
            "stok_fisik": left,
            "rusak_dikembalikan": True,
            "printer_siap": True,
            "permintaan_baru": 60 * daily,
            "hari_kerja": 60,
            "dalam_kirim": 0,
            "prr": prr,
            "non_prr": others,
            "ribbon_stok": 0,
            "film_stok": 0,
        }

    def _finish(self, case: int, username: str, values: Mapping[str, object]) -> None:
        """The one task of a case that is open."""

        def prepare(connection: Connection) -> Change[Any]:
            key = connection.execute(_OPEN.where(ProcessInstance.root_key == case)).scalar_one()
            return verbs.complete(self._engine, connection, self._actor(connection, username), key, values)

        self._do(prepare)

    def _go_back(self, ago: int, hour: int = 9) -> None:
        """To a day so many working days ago; to now, for none."""
        self._moment = self._now.now()
        if ago:
            day = self._engine.calendar.hk_sebelum(self._now.today(), ago)
            self._moment = datetime.combine(day, time(hour, 10 + self._asked), self._now.zone)

    def _today(self) -> str:
        return self._engine.clock.today().isoformat()

    def _actor(self, connection: Connection, username: str) -> Actor:
        return load_actor(connection, username, self._now.today(), self._engine.roles)


def _mark(connection: Connection) -> Change[bool]:
    if get_setting(connection, FILLED):
        return Change((), False)
    return Change((setting_effect(FILLED, True),), True)


_OPEN: Final = (
    select(UserTask.key)
    .join(ProcessInstance, ProcessInstance.key == UserTask.process_instance_key)
    .where(UserTask.state == TaskState.CREATED)
)
