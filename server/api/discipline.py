"""The register of discipline cases. Confidential: who may not see a case is told that there is none, and each read is noted."""

from datetime import timedelta
from typing import Any, Final

from flask import Response
from marshmallow import fields

from server.api.blueprint import Blueprint, done
from server.api.office import ask, do, office
from server.api.schemas import (
    Flag,
    Instant,
    Key,
    Listed,
    Own,
    Schema,
    Text,
    Whole,
    WholeText,
    Within,
    Word,
)
from server.letters import deliveries
from server.personnel import register
from server.personnel.appeals import Noted, appeals, note
from server.personnel.discipline import EVALUASI, RUNGS

MOST: Final = 100
"""Cases of one answer: each that is read is noted."""

discipline = Blueprint(
    "discipline", __name__, url_prefix="/api/discipline", description="Discipline cases; confidential."
)


# --- schema


class Day(Own, fields.Date):
    pass


class Law(Schema):
    """The rule that sets a due date: what it demands, by which article (`dasar`), until which day."""

    apa = Text(required=True)
    dasar = Text(required=True)
    batas = Day(required=True)


class Waiting(Schema):
    """An open task. `terlambat`: its due date has passed; `hukum`: the rule that sets it, if one does."""

    user_task_key = Key(required=True)
    nama = Text(required=True)
    sejak = Instant(required=True)
    tenggat = Instant(required=True, allow_none=True)
    kelompok = Text(required=True, allow_none=True)
    petugas = Text(required=True, allow_none=True)
    terlambat = Flag(required=True)
    hukum = Within(Law, required=True, allow_none=True)


class Step(Schema):
    langkah = Text(required=True)
    sejak = Day(required=True)
    sampai = Day(required=True, allow_none=True)
    hasil = Text(required=True, allow_none=True)
    fakta = Text(required=True, allow_none=True)


class DisciplineCase(Schema):
    """`langkah`: the rung reached, `sejak` a day, watched `sampai` a day; `menunggu`: what is due, the most urgent first.

    `sisaHari`, `sisaHariKerja`: what is left of a watch that is under way, in calendar and in working days.
    """

    case_key = Key(required=True)
    number = Text(required=True, allow_none=True)
    username = Text(required=True)
    nama = Text(required=True)
    nip = Text(required=True, allow_none=True)
    unit = Text(required=True)
    langkah = Text(required=True)
    sejak = Day(required=True)
    sampai = Day(required=True, allow_none=True)
    hasil = Text(required=True, allow_none=True)
    terbuka = Flag(required=True)
    dibuka_pada = Instant(required=True)
    sisa_hari = Whole(required=True, allow_none=True)
    sisa_hari_kerja = Whole(required=True, allow_none=True)
    menunggu = Listed(Within(Waiting), required=True)


class Appeal(Schema):
    """A way that is open against a decision of a rung. `sesudah`: from what it is counted, the receipt (diterima) or another way,
    which `batas` supposes to be taken on its last day while `dugaan`; `batas` is null where nobody knows from when. `ditempuh`: when it
    was taken or answered; `sisaHariKerja`: what is left of one that is running, negative once it is over."""

    langkah = Text(required=True)
    kejadian = Text(required=True)
    apa = Text(required=True)
    siapa = Text(required=True)
    n = Whole(required=True)
    satuan = Text(required=True)
    sesudah = Text(required=True)
    diterima = Day(required=True, allow_none=True)
    batas = Day(required=True, allow_none=True)
    dasar = Text(required=True)
    dugaan = Flag(required=True)
    ditempuh = Day(required=True, allow_none=True)
    catatan = Text(required=True, allow_none=True)
    sisa_hari_kerja = Whole(required=True, allow_none=True)


class AppealToNote(Schema):
    """That a way of `upaya` was taken or answered on a day; `diterima`: that a decision of another officer was received."""

    langkah = Text(required=True)
    kejadian = Text(required=True)
    tanggal = Day(required=True)
    catatan = Text(load_default=None, allow_none=True)


class HandedOver(Schema):
    """How a letter reached the employee: `tanggal`, the day on which it did, from which the next step is counted."""

    tanggal = Day(required=True)
    penerimaan = Word(tuple(deliveries.KINDS), required=True)
    diserahkan_oleh = Text(required=True)
    saksi = Listed(Text(), required=True)
    dikirim = Day(required=True, allow_none=True)
    bukti = Text(required=True, allow_none=True)
    catatan = Text(required=True, allow_none=True)
    dicatat_oleh = Text(required=True)
    dicatat_pada = Instant(required=True)


class SentLetter(Schema):
    """A letter of the case; `penyerahan` is null where it has not been handed over, or need not be."""

    letter_key = Key(required=True, attribute="key")
    nomor = Text(required=True)
    tanggal = Day(required=True)
    hal = Text(required=True)
    penanda_tangan = Text(required=True, allow_none=True)
    batal = Flag(required=True)
    penyerahan = Within(HandedOver, required=True, allow_none=True)


class DisciplineFile(DisciplineCase):
    """`upaya`: what the employee may still do against each punishment, by when, and by which law; `surat`: the letters of the case."""

    surat = Listed(Within(SentLetter), required=True)
    riwayat = Listed(Within(Step), required=True)
    upaya = Listed(Within(Appeal), required=True)


class DisciplineCases(Schema):
    """`totalItems`: how many there are in all; `items` are those from `offset` on."""

    items = Listed(Within(DisciplineCase), required=True)
    total_items = Whole(required=True, attribute="total")


class DisciplineSearch(Schema):
    """All that is named must fit. `words`: in the name, NIP, username or number; `year`: in which the case was opened."""

    state = Word(register.Which, load_default=register.Which.OPEN)
    words = Text(load_default=None)
    langkah = Word((EVALUASI, *RUNGS), load_default=None)
    unit = Text(load_default=None)
    late = Word(("true", "false"), load_default="false")
    year = WholeText(least=1900, most=9000, load_default=None)
    limit = WholeText(least=1, most=MOST, load_default=MOST)
    offset = WholeText(least=0, load_default=0)


class Deadline(Schema):
    """A task that comes due, or is late; `sehari`: the day as a whole counts."""

    case_key = Key(required=True)
    user_task_key = Key(required=True, attribute="task")
    number = Text(required=True, allow_none=True)
    nama = Text(required=True)
    langkah = Text(required=True)
    apa = Text(required=True)
    pada = Instant(required=True)
    sehari = Flag(required=True)
    hukum = Within(Law, required=True, allow_none=True)


class Deadlines(Schema):
    items = Listed(Within(Deadline), required=True)


class DeadlineSearch(Schema):
    """`days`: how many days ahead."""

    days = WholeText(least=0, most=366, load_default=60)


# --- list


@discipline.get("")
@discipline.arguments(DisciplineSearch, location="query")
@discipline.response(200, DisciplineCases)
def get_discipline_cases(asked: dict[str, Any]) -> register.Listing:
    """Discipline cases that you may see, the most urgent first."""
    sought = register.Sought(
        register.Which(asked["state"]),
        asked["words"],
        asked["langkah"],
        asked["unit"],
        asked["late"] == "true",
        asked["year"],
    )
    return do(register.listed, sought, asked["limit"], asked["offset"])


@discipline.get("/deadlines")
@discipline.arguments(DeadlineSearch, location="query")
@discipline.response(200, Deadlines)
def get_discipline_deadlines(asked: dict[str, Any]) -> dict[str, Any]:
    """What comes due in the open cases that you may see, and what is late; the first to come first."""
    until = office().engine.clock.today() + timedelta(days=asked["days"])
    return {"items": do(register.deadlines, until)}


# --- one


@discipline.get("/<case_key>")
@discipline.response(200, DisciplineFile)
def get_discipline_case(case_key: int) -> dict[str, Any]:
    """One discipline case with all its rungs."""
    file = do(register.opened, case_key)
    ways = ask(lambda engine, connection, _who: appeals(engine, connection, file))
    return {**vars(file.case), "surat": file.surat, "upaya": list(ways)}


# --- act


@discipline.post("/<case_key>/appeals")
@discipline.arguments(AppealToNote)
@discipline.response(204)
def note_appeal(body: dict[str, Any], case_key: int) -> Response:
    """Note that an employee has gone a way against a punishment, or that it was answered; for the keeper of the register."""
    do(note, case_key, Noted(**body))
    return done()
