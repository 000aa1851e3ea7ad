"""The service tasks of letters: a number where a letter is signed, and its line in the agenda book where it is sent or has come in.

Their headers say what the office's owner settles once (`register`, `kode`, `sifat`, `surat`, `penanda_tangan`), their input
mappings what comes from the case (`tujuan`, `hal`, `lampiran`, `pengolah`, and `penanda_tangan` as a group where it is not always
the same office).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, select, update

from server.db import Effect
from server.engine import Call, Handler, Outcome
from server.engine.tables import Definition, Kind
from server.identity import Roles
from server.letters import agenda, deliveries, registers, sight
from server.letters.issuing import frozen, signer_of
from server.letters.models import Direction, Letter, LetterState
from server.letters.naskah import Stationery
from server.letters.printing import printed

AGENDA_OUT: Final = "agenda_keluar"
AGENDA_IN: Final = "agenda_masuk"
NUMBER: Final = "nomor_surat"
UNDONE: Final = "Perkara dibatalkan, atau langkahnya diulang."


def handlers(roles: Roles, stationery: Stationery) -> tuple[Handler, ...]:
    """All handlers of letters, in an office with these roles and this paper."""
    return (
        Handler(
            "surat.nomor",
            "Beri nomor surat",
            "inside",
            lambda call: _number(roles, stationery, call),
            undo=_void,
            example=f'{{{NUMBER}: "800/0001/UMUM/2026", {AGENDA_OUT}: {{nomor: "800/0001/UMUM/2026"}}}}',
        ),
        Handler("surat.agendakan_keluar", "Catat di agenda surat keluar", "inside", _enter_out, undo=_void),
        Handler(
            "surat.agendakan_masuk",
            "Catat di agenda surat masuk",
            "inside",
            _enter_in,
            undo=_void,
            example=f'{{{AGENDA_IN}: context put({AGENDA_IN}, "nomor_agenda", "0001")}}',
        ),
        Handler(
            "surat.catat_penyerahan",
            "Catat penyerahan surat",
            "inside",
            deliveries.note,
            undo=deliveries.take_back,
            example="{}",
        ),
    )


def _number(roles: Roles, stationery: Stationery, call: Call) -> Outcome:
    """Draws the number of a letter that has just been signed, and keeps what it says, and the letter itself as a PDF.

    Hands over `nomor_surat`, and `agenda_keluar` for the form of the step that sends it.
    """
    head, given = call.headers, call.variables
    register = registers.register_of(
        call.connection, head.get("register") or "surat_keluar", Direction.KELUAR
    )
    signer = signer_of(roles, call, _text(given, "penanda_tangan", 120) or head.get("penanda_tangan"))
    told = {
        "tanggal": call.today,
        "kode": _text(given, "kode", 20) or head.get("kode") or register.kode,
        "pihak": _text(given, "tujuan", 300),
        "hal": _text(given, "hal", 500),
        "lampiran": _text(given, "lampiran", 200) or None,
        "pengolah": (_text(given, "pengolah", 200) or head.get("pengolah") or None),
        "penanda_tangan": signer["sebutan"][:200] or None,
    }
    number, row = _drawn(call, register, told)
    kept: tuple[Effect, ...] = ()
    if head.get("surat"):
        row |= frozen(roles, call, head["surat"], number, signer, told)
        if head["surat"] in stationery.templates.titles:
            made = printed(call.connection, stationery, row, call.now)
            row["document_id"], kept = made.id, made.effects
    entered = {
        "nomor": number.nomor,
        "tanggal": call.today.isoformat(),
        "tujuan": told["pihak"],
        "hal": told["hal"],
        "penanda_tangan": told["penanda_tangan"],
        "pengolah": told["pengolah"],
        "lampiran": told["lampiran"],
    }
    known = {name: value for name, value in entered.items() if value}
    return Outcome({NUMBER: number.nomor, AGENDA_OUT: known}, (Effect(agenda.ADD, row), *kept))


def _enter_out(call: Call) -> Outcome:
    """Completes the line of the letter that the case has numbered last; draws a number where it has none yet."""
    given = _object(call, AGENDA_OUT)
    nomor = str(given.get("nomor") or "")
    found = call.connection.execute(_OF_CASE, {"case": call.case.root, "nomor": nomor}).first()
    told = {
        "pihak": _text(given, "tujuan", 300),
        "hal": _text(given, "hal", 500),
        "pengolah": _text(given, "pengolah", 200) or None,
        "lampiran": _text(given, "lampiran", 200) or None,
        "bukti_kirim": _text(given, "bukti_kirim", 200) or None,
        "dikirim": _day(given.get("tanggal_kirim") or given.get("tanggal")) or call.today,
    }
    if found is not None:
        kept = {name: told[name] or getattr(found, name) for name in told}
        return Outcome({}, (Effect(_SENT, {"_key": found.key, "_version": found.version, **kept}, expect=1),))
    register = registers.register_of(
        call.connection, call.headers.get("register") or "surat_keluar", Direction.KELUAR
    )
    signer = _text(given, "penanda_tangan", 200) or None
    told |= {
        "tanggal": call.today,
        "kode": call.headers.get("kode") or register.kode,
        "penanda_tangan": signer,
    }
    number, row = _drawn(call, register, told)
    entered = {**given, "nomor": number.nomor, "tanggal": call.today.isoformat()}
    return Outcome({NUMBER: number.nomor, AGENDA_OUT: entered}, (Effect(agenda.ADD, row),))


def _enter_in(call: Call) -> Outcome:
    """Gives an incoming letter its number in the agenda, by the form `agenda_surat_masuk`."""
    given = _object(call, AGENDA_IN)
    register = registers.register_of(
        call.connection, call.headers.get("register") or "surat_masuk", Direction.MASUK
    )
    arrived = _day(given.get("tanggal_terima")) or call.today
    told = {
        "tanggal": min(arrived, call.today),
        "kode": _text(given, "kode", 20) or None,
        "pihak": _text(given, "asal", 300),
        "hal": _text(given, "hal", 500),
        "lampiran": _text(given, "lampiran", 200) or None,
        "nomor_asal": _text(given, "nomor_surat", 120) or None,
        "tanggal_asal": _day(given.get("tanggal_surat")),
        "sifat": given.get("sifat") if given.get("sifat") in agenda.SIFAT else "biasa",
    }
    number, row = _drawn(call, register, told, coded=False)
    return Outcome({AGENDA_IN: {**given, "nomor_agenda": number.nomor}}, (Effect(agenda.ADD, row),))


def _drawn(
    call: Call, register: registers.Register, told: Mapping[str, Any], coded: bool = True
) -> tuple[registers.Number, dict[str, Any]]:
    """The next number, after those that the same step has drawn, and the row that holds it. `coded`: the code must hold today."""
    drawn = [
        registers.Number(*(one[name] for name in ("register", "tahun", "urut", "sisipan", "nomor")))
        for effect in call.earlier
        if effect.statement is agenda.ADD
        for one in effect.rows
    ]
    kode = told["kode"] if coded else ""
    code_of_office = agenda.code_of_office(call.connection)
    number = registers.next_number(call.connection, register, kode, told["tanggal"], code_of_office, drawn)
    sifat = told.get("sifat") or call.headers.get("sifat") or "biasa"
    values = {
        **told,
        "kode": told["kode"] or None,
        "sifat": sight.SECRET if _is_secret(call) else sifat,
        "case_key": call.case.root,
        "process_id": call.case.process_id,
    }
    return number, agenda.row_of(call.key, number, register.arah, values, call.actor, call.now)


def _void(call: Call) -> Outcome:
    """A number that was drawn stays, as cancelled."""
    undone = {"_key": call.key, "alasan": UNDONE}
    return Outcome(effects=(Effect(_VOID, undone),))


def _is_secret(call: Call) -> bool:
    """Whether the case's procedure is confidential: so are its letters, whatever its diagram says of them."""
    return call.connection.execute(_CONFIDENTIAL, {"process": call.case.process_id}).first() is not None


def _object(call: Call, name: str) -> dict[str, Any]:
    value = call.variables.get(name)
    return dict(value) if isinstance(value, dict) else {}


def _text(values: Mapping[str, Any], name: str, most: int) -> str:
    """A text of the case on one line, no longer than its column."""
    value = values.get(name)
    if isinstance(value, list):
        value = ", ".join(each for each in value if isinstance(each, str))
    text = " ".join(str(value).replace("\0", "").split()) if value is not None else ""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _day(value: object) -> date | None:
    try:
        day = date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
    return day if day is None or day.year in agenda.YEARS else None


# --- statements ------------------------------------------------------------------------------------------------------

_OF_CASE: Final = (
    select(Letter.__table__)
    .where(
        Letter.case_key == bindparam("case"),
        Letter.nomor == bindparam("nomor"),
        Letter.keadaan == LetterState.BERLAKU.value,
        Letter.arah == Direction.KELUAR.value,
    )
    .order_by(Letter.key.desc())
    .limit(1)
)
_SENT: Final = (
    update(Letter)
    .where(Letter.key == bindparam("_key"), Letter.version == bindparam("_version"))
    .values(
        {
            name: bindparam(name, type_=getattr(Letter, name).type)
            for name in ("pihak", "hal", "pengolah", "lampiran", "bukti_kirim", "dikirim")
        }
        | {"version": Letter.version + 1}
    )
)
_VOID: Final = (
    update(Letter)
    .where(Letter.key == bindparam("_key"), Letter.keadaan == LetterState.BERLAKU.value)
    .values(keadaan=LetterState.BATAL.value, alasan_batal=bindparam("alasan"), version=Letter.version + 1)
)
_CONFIDENTIAL: Final = (
    select(Definition.key)
    .where(
        Definition.kind == Kind.PROCESS,
        Definition.id == bindparam("process"),
        Definition.confidential.is_(True),
    )
    .limit(1)
)
