"""How letters reached whom they are for: handed over and signed for, refused, or sent; noted by the service task
`surat.catat_penyerahan`, as what the law counts from that day must not rest on anybody's memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from server import errors
from server.db import Effect
from server.engine import Call, Outcome
from server.identity import names_of
from server.letters import agenda
from server.letters.models import Delivery, Direction, Letter, LetterState

KINDS: Final[Mapping[str, str]] = {
    "ditandatangani": "Diserahkan, tanda terima ditandatangani",
    "menolak": "Diserahkan, menolak menandatangani",
    "dikirim": "Dikirim, karena tidak hadir",
}
MOST_WITNESSES: Final = 10


class NotHandedOver(errors.Invalid):
    """What was told of the handing over cannot be noted."""

    def __init__(self, message: str) -> None:
        super().__init__(message, [errors.Problem(message, where="penyerahan")])


@dataclass(frozen=True)
class HandedOver:
    """A delivery as it is read; `dicatat_oleh`: the name of who noted it."""

    tanggal: date
    penerimaan: str
    diserahkan_oleh: str
    saksi: tuple[str, ...]
    dikirim: date | None
    bukti: str | None
    catatan: str | None
    dicatat_oleh: str
    dicatat_pada: datetime


@dataclass(frozen=True)
class Sent:
    """A letter of a case, with its delivery; None where it has not been handed over yet."""

    key: int
    nomor: str
    tanggal: date
    hal: str
    penanda_tangan: str | None
    batal: bool
    penyerahan: HandedOver | None


def note(call: Call) -> Outcome:
    """Notes the handing over that the mapping `penyerahan` tells, of the case's letter with the number `nomor`. Raises NotHandedOver."""
    nomor, told = str(call.variables.get("nomor") or ""), call.variables.get("penyerahan")
    key, dated = _letter(call, nomor)
    values = _read(told if isinstance(told, Mapping) else {}, dated, call.today)
    noted = {"key": call.key, "letter_key": key, **values, "oleh": call.actor, "pada": call.now}
    sent = {"_key": key, "bukti": _in_the_book(values), "dikirim": values["dikirim"] or values["tanggal"]}
    return Outcome(
        effects=(Effect(insert(Delivery), {**noted, "batal": False}), Effect(_SENT, sent, expect=1))
    )


def take_back(call: Call) -> Outcome:
    return Outcome(effects=(Effect(_VOID, {"_key": call.key}),))


def of_case(connection: Connection, case_key: int) -> list[Sent]:
    """The outgoing letters of a case in their order, each with how it was handed over last."""
    letters = connection.execute(_LETTERS, {"case": case_key}).all()
    found = of_letters(connection, [row.key for row in letters])
    return [
        Sent(
            row.key,
            row.nomor,
            row.tanggal,
            row.hal,
            row.penanda_tangan,
            row.keadaan == LetterState.BATAL,
            found.get(row.key),
        )
        for row in letters
    ]


def of_letters(connection: Connection, keys: Iterable[int]) -> dict[int, HandedOver]:
    """How letters were handed over last, by their keys."""
    rows = connection.execute(_DELIVERIES, {"keys": list(keys)}).all()
    names = names_of(connection, {row.oleh for row in rows})
    return {
        row.letter_key: HandedOver(
            row.tanggal,
            row.penerimaan,
            row.diserahkan_oleh or names.get(row.oleh, row.oleh),
            tuple(row.saksi),
            row.dikirim,
            row.bukti,
            row.catatan,
            names.get(row.oleh, row.oleh),
            row.pada,
        )
        for row in rows
    }


def _letter(call: Call, nomor: str) -> tuple[int, date]:
    """The key and the date of the case's letter with this number, also where the same step has drawn it."""
    for effect in call.earlier:
        for row in effect.rows if effect.statement is agenda.ADD else ():
            if (row["case_key"], row["nomor"]) == (call.case.root, nomor):
                return row["key"], row["tanggal"]
    found = call.connection.execute(_OF_CASE, {"case": call.case.root, "nomor": nomor}).first()
    if found is None:
        raise NotHandedOver(
            f"Surat “{nomor}” tidak ada dalam perkara ini, sehingga penyerahannya tidak dicatat."
        )
    return found.key, found.tanggal


def _read(given: Mapping[str, Any], dated: date, today: date) -> dict[str, Any]:
    """The columns that a form has filled. A day before the letter's own is none on which it was handed over."""
    day, kind = _day(given.get("tanggal")), given.get("penerimaan")
    if day is None or kind not in KINDS:
        raise NotHandedOver(
            "Penyerahan surat belum lengkap: isi hari surat sampai dan bagaimana penerimaannya."
        )
    if day < dated:
        raise NotHandedOver(
            f"Surat ini bertanggal {dated:%d-%m-%Y}; hari penyerahannya tidak dapat {day:%d-%m-%Y}."
        )
    if day > today:
        raise NotHandedOver(
            f"Hari surat sampai ({day:%d-%m-%Y}) belum tiba. Catat penyerahannya sesudah suratnya sampai."
        )
    lines = str(given.get("saksi") or "").replace("\0", "").splitlines()
    witnesses = [name for line in lines if (name := " ".join(line.split())[:200])]
    return {
        "tanggal": day,
        "penerimaan": kind,
        "diserahkan_oleh": _text(given.get("oleh"), 200),
        "saksi": witnesses[:MOST_WITNESSES],
        "dikirim": _day(given.get("dikirim")) if kind == "dikirim" else None,
        "bukti": _text(given.get("bukti"), 200) if kind == "dikirim" else None,
        "catatan": _text(given.get("catatan"), 4000),
    }


def _in_the_book(values: Mapping[str, Any]) -> str:
    """What the agenda book shows as the proof."""
    return " ".join(filter(None, (KINDS[values["penerimaan"]], values["bukti"])))[:200]


def _text(value: object, most: int) -> str | None:
    text = str(value).replace("\0", "").strip()[:most] if value is not None else ""
    return text or None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


# --- statements ------------------------------------------------------------------------------------------------------

_OF_CASE: Final = (
    select(Letter.key, Letter.tanggal)
    .where(
        Letter.case_key == bindparam("case"),
        Letter.nomor == bindparam("nomor"),
        Letter.arah == Direction.KELUAR.value,
    )
    .order_by(Letter.key.desc())
    .limit(1)
)
_LETTERS: Final = (
    select(Letter.key, Letter.nomor, Letter.tanggal, Letter.hal, Letter.penanda_tangan, Letter.keadaan)
    .where(Letter.case_key == bindparam("case"), Letter.arah == Direction.KELUAR.value)
    .order_by(Letter.key)
)
_DELIVERIES: Final = (
    select(Delivery.__table__)
    .where(Delivery.letter_key.in_(bindparam("keys", expanding=True)), Delivery.batal.is_(False))
    .order_by(Delivery.key)
)
_SENT: Final = (
    update(Letter)
    .where(Letter.key == bindparam("_key"))
    .values(
        bukti_kirim=bindparam("bukti"),
        dikirim=bindparam("dikirim", type_=Letter.dikirim.type),
        version=Letter.version + 1,
    )
)
_VOID: Final = update(Delivery).where(Delivery.key == bindparam("_key")).values(batal=True)
