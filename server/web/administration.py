"""Pengelolaan: the door behind which the office's own affairs are kept, each for whoever may do its verbs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from flask import render_template
from sqlalchemy import Connection

from server import errors, health
from server.engine import Engine, administration, backlog, officers
from server.identity import Actor, Permission
from server.notify import mailing
from server.web.office import actor, ask, office
from server.web.pages import pages

Answer = TypeVar("Answer")

SECTION: Final = "web.administration"


class NothingToManage(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Pengelolaan hanya untuk yang mengurus sistem ini. Mulai dari kotak tugas.")


@dataclass(frozen=True)
class Tile:
    """A way on from the first page. `urgent`: names the figure that is shown on it when it is not zero."""

    label: str
    endpoint: str
    icon: str
    told: str
    permission: Permission = Permission.ADMINISTER
    urgent: str | None = None


TILES: Final = (
    Tile(
        "Pengguna",
        "web.people",
        "person",
        "Orang-orang kantor: nama, akun, kata sandi, peran dan izin masing-masing.",
    ),
    Tile(
        "Peran dan jabatan",
        "web.posts",
        "folder",
        "Siapa memegang apa, dan ke mana tugas jabatan yang kosong.",
        urgent="vacancies",
    ),
    Tile("Plt. dan Plh.", "web.acting", "hand", "Menunjuk yang menggantikan pejabat untuk beberapa hari."),
    Tile(
        "Kalender kerja",
        "web.calendar_now",
        "clock",
        "Hari libur, cuti bersama, libur daerah, dan jam kerja kantor, Ramadan dan tiap bidang.",
    ),
    Tile(
        "Gangguan",
        "web.incident_list",
        "alert",
        "Langkah yang gagal: sebabnya, data yang perlu dibetulkan, dan mengulanginya.",
        Permission.RESOLVE,
        urgent="incidents",
    ),
    Tile(
        "Token dan program",
        "web.every_program",
        "gear",
        "Program mana yang bertindak atas nama siapa, sampai kapan, dan mencabutnya.",
    ),
    Tile(
        "Keadaan sistem",
        "web.system_standing",
        "check",
        "Basis data, pekerja, antrean, cadangan terakhir dan ruang yang tersisa.",
        urgent="needs",
    ),
    Tile(
        "Jejak audit",
        "web.audit_trail",
        "search",
        "Siapa melakukan apa dan kapan, yang ditolak, dan yang membaca perkara rahasia.",
    ),
    Tile(
        "Surel", "web.mails", "paper", "Server surel, yang menunggu, dan yang tidak terkirim.", urgent="mails"
    ),
)

SENTENCES: Final[Mapping[str, str]] = {
    "vacancies": "jabatan yang diperlukan prosedur kosong",
    "incidents": "gangguan menunggu",
    "needs": "hal perlu diperbaiki",
    "mails": "surel tidak terkirim",
}


@pages.get("/pengelolaan", endpoint="administration")
def tiles() -> str:
    """What one may manage."""
    open_ = [each for each in TILES if each.permission in actor().permissions]
    if not open_:
        raise NothingToManage
    return render_template(
        "administration.html", section=SECTION, tiles=open_, figures=ask(_figures), sentences=SENTENCES
    )


def for_administrators() -> None:
    """Stands before every page that only they may see. Raises NotAnAdministrator."""
    administration.allow(actor())


def asked(question: Callable[[Connection], Answer]) -> Answer:
    """The answer to a question that only administrators may ask."""
    for_administrators()
    return office().gate.ask(question)


def _figures(engine: Engine, connection: Connection, who: Actor) -> dict[str, int]:
    figures = {"incidents": backlog.count(engine, connection).open_incidents}
    if Permission.ADMINISTER in who.permissions:
        at = office()
        figures["needs"] = sum(said != health.UP for said in health.check(at.gate, engine).values())
        figures["mails"] = mailing.queue(connection).failed
        figures["vacancies"] = sum(bool(each.process_ids) for each in officers.missing(engine, connection))
    return figures
