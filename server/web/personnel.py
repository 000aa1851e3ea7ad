"""Kepegawaian: the door to what the office keeps of its employees, with what is urgent in each part."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from flask import render_template
from sqlalchemy import Connection

from server import errors
from server.engine import Engine
from server.identity import Actor
from server.personnel import balances, career, register, reminder_book
from server.web.office import ask
from server.web.pages import pages

SECTION: Final = "web.personnel"


class NothingToKeep(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Kepegawaian hanya untuk yang mengurusnya dan untuk atasan. Mulai dari kotak tugas.")


@dataclass(frozen=True)
class Urgent:
    """So many of something; `late`: it should have been done already."""

    count: int
    words: str
    late: bool = False


Urgency = Callable[[Engine, Connection, Actor], Iterable[Urgent]]


def nothing_urgent(_engine: Engine, _connection: Connection, _who: Actor) -> Iterable[Urgent]:
    return ()


@dataclass(frozen=True)
class Tile:
    """A way on from the first page, for whom it concerns, with what is urgent behind it."""

    label: str
    endpoint: str
    icon: str
    told: str
    concerns: Callable[[Engine, Connection, Actor], bool]
    urgency: Urgency = nothing_urgent


def _discipline_urgency(engine: Engine, connection: Connection, who: Actor) -> Iterator[Urgent]:
    found = register.urgent(engine, connection, who)
    yield Urgent(found.terlambat, "perkara dengan tugas yang terlambat", late=True)
    yield Urgent(found.segera, "perkara dengan tugas yang jatuh tempo dalam 7 hari")
    yield Urgent(found.habis, "masa pengawasan berakhir dalam 14 hari")


def _reads_files(_engine: Engine, _connection: Connection, who: Actor) -> bool:
    return career.reads_files(who)


def _due_urgency(engine: Engine, connection: Connection, who: Actor) -> Iterator[Urgent]:
    ready = [
        each
        for each in reminder_book.book(engine, connection, who).due
        if each.is_ready and each.jenis != "mpp"
    ]
    late = sum(each.usul is not None and each.usul < engine.clock.today() for each in ready)
    yield Urgent(late, "yang terlambat diusulkan", late=True)
    yield Urgent(len(ready) - late, "yang siap diusulkan")


def _leave_urgency(engine: Engine, connection: Connection, who: Actor) -> Iterator[Urgent]:
    yield Urgent(balances.count_undecided(engine, connection, who), "permohonan cuti belum diputus")


TILES: Final = (
    Tile(
        "Disiplin",
        "web.discipline",
        "alert",
        "Setiap perkara disiplin: langkahnya, masa pengawasannya, dan yang jatuh tempo menurut hukum.",
        lambda engine, connection, who: register.sees_any(connection, who),
        _discipline_urgency,
    ),
    Tile(
        "Cuti",
        "web.leave_book",
        "clock",
        "Buku penjagaan cuti: saldo setiap pegawai, permohonan, dan siapa yang tidak hadir.",
        lambda engine, connection, who: balances.reads_others(who),
        _leave_urgency,
    ),
    Tile(
        "Buku penjagaan",
        "web.reminder_pages",
        "clock",
        "Siapa yang sudah waktunya naik gaji berkala, naik pangkat, pensiun atau mengambil masa persiapan pensiun.",
        _reads_files,
        _due_urgency,
    ),
    Tile(
        "Pegawai",
        "web.employees",
        "people",
        "Berkas tiap pegawai: data, pangkat, jabatan, pendidikan, latihan dan penilaian kinerjanya.",
        _reads_files,
    ),
    Tile(
        "Daftar urut kepangkatan",
        "web.seniority_list",
        "chart",
        "DUK menurut PP 15/1979, untuk dibaca, dicetak dan diunduh.",
        _reads_files,
    ),
)
"""In the order in which they are shown."""


@pages.get("/kepegawaian", endpoint="personnel")
def tiles() -> str:
    """What one may look after, and what is urgent in it."""
    shown = ask(_shown)
    if not shown:
        raise NothingToKeep
    return render_template("personnel.html", section=SECTION, tiles=shown)


def _shown(engine: Engine, connection: Connection, who: Actor) -> list[tuple[Tile, list[Urgent]]]:
    return [
        (tile, [each for each in tile.urgency(engine, connection, who) if each.count])
        for tile in TILES
        if tile.concerns(engine, connection, who)
    ]
