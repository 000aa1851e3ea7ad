"""An office with some of the book published, its people at their desks, and applicants who follow their cases from outside."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from server import engine as verbs
from server import identity, letters, personnel, tracking
from server.app import House, build
from server.cli import PUBLISHER, book_files
from server.clock import Clock
from server.config import ROOT, Config
from server.db import load_json, open_engine, write
from server.engine import trial
from server.engine.search import USER_TASKS, VARIABLES, Query, Where, search, within
from server.identity import Actor, load_actor
from tests.conftest import Copy

NOW = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
"""A Friday, nine o'clock in Jakarta."""
BASE = "https://dukcapil.example"
BORN = "01-07-1990"
"""Sari's birthday, as her NIK holds it."""
LOKET = "petugas_loket_pencatatan_sipil"
SARI = {
    "pemohon": {"nama": "Sari Dewi", "nik": "3508014107900001"},
    "tanggal_permohonan": "2026-11-27",
    "hubungan_pelapor": "keluarga",
    "jenazah": {"nama": "Slamet", "tanggal_kematian": "2026-11-20", "tempat_kematian": "Lumajang"},
    "keadaan_kematian": "biasa",
    "wna": False,
}
ALL = ["formulir_f_2_01", "fotokopi_surat_kematian_dokter", "fotokopi_kk_ktp_jenazah"]
PUBLISHED = re.compile(
    r"bpmn/pencatatan-sipil/akta-kematian|bpmn/pendaftaran-penduduk/(ktp-el-penerbitan|kk-hilang|distribusi)"
    r"|bpmn/umum-kepegawaian/(pengajuan-cuti|.*disiplin)|dmn/|forms/"
)
ADDRESSES = (f"10.0.{n // 250}.{n % 250}" for n in count())


@dataclass
class Counter:
    """The house, and what happens at its counter and outside. Each question comes from an address of its own."""

    house: House
    now: datetime = NOW
    addresses: Iterator[str] = field(default_factory=lambda: ADDRESSES)

    def clock(self) -> Clock:
        return Clock(now=lambda: self.now)

    def actor(self, username: str) -> Actor:
        return self.house.gate.ask(
            lambda c: load_actor(c, username, self.now.date(), self.house.engine.roles)
        )

    def do(self, username: str, verb: Any, *args: Any) -> Any:
        who, at = self.actor(username), self.house
        return at.gate.do(lambda c: verb(at.engine, c, who, *args))

    def ask(self, username: str, question: Any, *args: Any) -> Any:
        who, at = self.actor(username), self.house
        return at.gate.ask(lambda c: question(at.engine, c, who, *args))

    def start(self, process: str = "akta_kematian", username: str = LOKET, subject: str | None = None) -> int:
        return int(self.do(username, verbs.start, process, {}, subject).key)

    def complete(
        self, case: int, element: str, username: str, values: Mapping[str, object] | None = None
    ) -> None:
        open_ = within(
            Query((Where("state", "eq", "CREATED"),)), process_instance_key=case, element_id=element
        )
        (task,) = self.ask("admin", search, USER_TASKS, open_).items
        self.do(username, verbs.complete, task["user_task_key"], values or {})

    def apply(self, **applicant: Any) -> int:
        """A death certificate that somebody has applied for, as far as the counter's check."""
        case = self.start()
        self.complete(case, "langkah_1", LOKET, {**SARI, "pemohon": {**SARI["pemohon"], **applicant}})
        return case

    def receipt(
        self, case: int, username: str = LOKET, born: date | None = None, renew: bool = False
    ) -> letters.Receipt:
        said, _ = self.do(username, tracking.receipt, case, tracking.Wish(BASE, born, renew))
        return said  # type: ignore[no-any-return]

    def code(self, case: int, username: str = LOKET, **wish: Any) -> str:
        code = self.receipt(case, username, **wish).kode
        assert code is not None
        return code

    def follow(self, code: str, answer: str = BORN, address: str | None = None) -> tracking.Request:
        at, whence = self.house, address or next(self.addresses)
        return at.gate.ask(lambda c: tracking.follow(at.engine, c, code, answer, whence)).request

    def stages(self, case: int, username: str = LOKET) -> tuple[str, ...]:
        found: tracking.Request = self.ask(username, tracking.request, case)
        return found.progress.stages

    def variable(self, case: int, name: str) -> Any:
        found = self.ask("admin", search, VARIABLES, within(Query(), process_instance_key=case, name=name))
        return load_json(found.items[0]["value"])

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(scope="session")
def tracking_office(sqlite_copy: Copy) -> Iterator[Counter]:
    with sqlite_copy() as url:
        database = open_engine(url)
        counter = Counter(build(Config(), database))
        counter.house = build(Config(demo=True), database, counter.clock())
        house = counter.house
        with write(database) as connection:
            identity.fill_demo(connection, house.engine.roles, "demo", NOW)
            personnel.fill_demo(connection, house.engine.roles, NOW.date())
        files = {name: body for name, body in book_files(ROOT) if PUBLISHED.match(name)}
        house.gate.do(lambda c: verbs.deploy(house.engine, c, PUBLISHER, files, trial.examine))
        yield counter
        database.dispose()


@pytest.fixture
def counter(tracking_office: Counter) -> Counter:
    """One office for all tests, each with cases of its own, at nine o'clock."""
    tracking_office.now = NOW
    return tracking_office
