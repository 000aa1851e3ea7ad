"""The agenda books: letters that came in and went out, found again, entered by hand, cancelled, and handed on by disposition."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, or_, select, update

from server import errors
from server.db import Change, Effect, get_setting, load_json, setting_effect
from server.engine import Engine
from server.engine.access import visible_cases
from server.engine.tables import InstanceState, ProcessInstance, TaskState, UserTask, Variable
from server.identity import Actor, Entry, names_of, recording
from server.letters import registers, sight
from server.letters.models import Direction, Disposition, Letter, LetterState, Recipient

Item = dict[str, Any]

CODE_OF_OFFICE: Final = "kode_pd"
"""The setting with the office's code, as its letters bear it."""
SIFAT: Final[Mapping[str, str]] = {
    "biasa": "Biasa",
    "segera": "Segera",
    "sangat_segera": "Sangat segera",
    "rahasia": "Rahasia",
}
INSTRUKSI: Final[Mapping[str, str]] = {
    "tindak_lanjuti": "Tindak lanjuti",
    "hadiri": "Hadiri",
    "telaah": "Telaah dan sarankan",
    "siapkan": "Siapkan bahan atau jawaban",
    "koordinasikan": "Koordinasikan",
    "arsip": "Arsipkan",
}
"""As the form `lembar_disposisi` has them."""
KEPADA: Final = tuple(role for role in sight.SUPERIORS if role != sight.HEAD)
"""The roles to whom a letter is handed on."""
IN_A_CASE: Final = ("disposisi", "disposisi_lanjutan")
"""The variables in which a case keeps its dispositions."""
PAGE: Final = 25
MOST: Final = 5000
"""Rows of a book that is printed or exported."""
YEARS: Final = range(2000, 2100)


class UnknownLetter(errors.NotFound):
    def __init__(self, key: int, hidden: bool = False) -> None:
        super().__init__(f"Surat {key} tidak ada di buku agenda, atau bukan untuk Anda.", hidden)


class WrongLetter(errors.Invalid):
    """What was typed for a letter cannot be used."""


class AlreadyCancelled(errors.Conflict):
    def __init__(self, nomor: str) -> None:
        super().__init__(f"Surat {nomor} sudah batal.")


class NotASuperior(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Disposisi ditulis oleh pejabat yang menerima surat ini.")


class InACase(errors.Conflict):
    """Its case hands the letter on."""

    def __init__(self, nomor: str) -> None:
        super().__init__(f"Surat {nomor} berjalan dalam perkaranya; beri disposisi lewat tugasnya.")


@dataclass(frozen=True)
class NewLetter:
    """A letter to be entered by hand. `tanggal`: see Letter; `kode`: the register's own where none is named."""

    register: str
    tanggal: date
    pihak: str
    hal: str
    sifat: str = "biasa"
    kode: str | None = None
    lampiran: str | None = None
    nomor_asal: str | None = None
    tanggal_asal: date | None = None
    penanda_tangan: str | None = None
    pengolah: str | None = None
    catatan: str | None = None


@dataclass(frozen=True)
class NewDisposition:
    """`kepada`: roles; `instruksi`: words of INSTRUKSI."""

    kepada: Sequence[str]
    instruksi: Sequence[str]
    catatan: str | None = None
    tenggat: date | None = None


@dataclass(frozen=True)
class Sought:
    """What of a book is looked for. `text`: in numbers, hal and the other party; `kode`: that classification code, or one below it."""

    arah: Direction
    tahun: int | None = None
    text: str = ""
    register: str | None = None
    sifat: str | None = None
    keadaan: str | None = None
    since: date | None = None
    until: date | None = None
    case_key: int | None = None
    kode: str | None = None
    page: int = 1
    size: int = PAGE


@dataclass(frozen=True)
class Found:
    items: list[Item]
    total: int
    page: int
    pages: int


def search(engine: Engine, connection: Connection, actor: Actor, sought: Sought) -> Found:
    """A page of a book, the newest first. Of a confidential letter that does not concern the actor only number and date are told."""
    words = (sought.text, sought.register, sought.sifat, sought.keadaan, sought.kode)
    _refuse(errors.Problem("berisi tanda yang tidak dapat dicari") for each in words if each and "\0" in each)
    conditions = [*_conditions(actor, sought)]
    total = connection.execute(select(func.count()).select_from(Letter).where(*conditions)).scalar_one()
    pages = max(1, -(-total // sought.size))
    page = min(max(1, sought.page), pages)
    rows = connection.execute(
        select(*_COLUMNS, sight.told(actor).label("terbuka"))
        .where(*conditions)
        .order_by(Letter.tanggal.desc(), Letter.urut.desc(), Letter.sisipan.desc(), Letter.key.desc())
        .limit(sought.size)
        .offset((page - 1) * sought.size)
    )
    items = [_shown(dict(row._mapping)) for row in rows]
    _tell_where(connection, items)
    return Found(items, total, page, pages)


def years(connection: Connection, actor: Actor, arah: Direction) -> list[int]:
    """The years that a book has pages of, the newest first."""
    found = select(Letter.tahun).distinct().where(Letter.arah == arah, sight.listed(actor))
    return sorted(connection.execute(found).scalars(), reverse=True)


def find(engine: Engine, connection: Connection, actor: Actor, key: int) -> Item:
    """One letter with all that is written on it. Raises UnknownLetter."""
    row = connection.execute(
        select(*_COLUMNS, sight.told(actor).label("terbuka")).where(Letter.key == key)
    ).first()
    if row is None or not row.terbuka:
        raise UnknownLetter(key, hidden=row is not None)
    item = _shown(dict(row._mapping))
    _tell_where(connection, [item])
    return item


def enter(engine: Engine, connection: Connection, actor: Actor, new: NewLetter) -> Change[Item]:
    """Enters a letter by hand, which reserves its number. Raises NotAKeeper, UnknownRegister, WrongLetter, UnknownCode,
    NothingBefore, NoRoomBetween, NotYet."""
    sight.admit_keeper(actor)
    known = registers.registers(connection)
    if new.register not in known:
        raise registers.UnknownRegister(new.register, known)
    register = known[new.register]
    _check(new, register.arah, engine.clock.today())
    kode = new.kode or register.kode
    number = registers.next_number(connection, register, kode, new.tanggal, code_of_office(connection))
    values = {**vars(new), "kode": kode or None}
    row = row_of(engine.keys.draw()[0], number, register.arah, values, actor.username, engine.clock.now())
    noted = _noted(engine, actor, "agenda.enter", row["key"], number.nomor)
    return Change((Effect(ADD, row), noted), {"key": row["key"], "nomor": number.nomor})


def amend(
    engine: Engine, connection: Connection, actor: Actor, key: int, values: Mapping[str, Any]
) -> Change[None]:
    """Completes what is written of a letter: how it was sent, by whom it was made, a note. Raises NotAKeeper, UnknownLetter."""
    sight.admit_keeper(actor)
    item = find(engine, connection, actor, key)
    told = {name: values.get(name) for name in AMENDED}
    _refuse(_too_long(told))
    row = {"_key": key, "_version": item["version"], **told}
    return Change(
        (Effect(_AMEND, row, expect=1), _noted(engine, actor, "agenda.amend", key, item["nomor"])), None
    )


def cancel(engine: Engine, connection: Connection, actor: Actor, key: int, alasan: str) -> Change[None]:
    """Cancels a letter, whose number stays. Raises NotAKeeper, UnknownLetter, WrongLetter, AlreadyCancelled."""
    sight.admit_keeper(actor)
    item = find(engine, connection, actor, key)
    if item["keadaan"] == LetterState.BATAL:
        raise AlreadyCancelled(item["nomor"])
    alasan = alasan.strip()
    if not alasan or len(alasan) > 500:
        _refuse([errors.Problem("wajib diisi, paling banyak 500 huruf", "alasan")])
    row = {"_key": key, "_version": item["version"], "alasan": alasan}
    return Change(
        (Effect(_CANCEL, row, expect=1), _noted(engine, actor, "agenda.cancel", key, item["nomor"])), None
    )


def dispose(
    engine: Engine, connection: Connection, actor: Actor, key: int, new: NewDisposition
) -> Change[None]:
    """Writes a disposition on an incoming letter. Raises UnknownLetter, NotASuperior, InACase, WrongLetter."""
    item = find(engine, connection, actor, key)
    if item["arah"] != Direction.MASUK or not may_dispose(actor, item):
        raise NotASuperior
    if item["case_key"] is not None:
        raise InACase(item["nomor"])
    _refuse(_wrong_disposition(new, item["tanggal"]))
    now, own = engine.clock.now(), engine.keys.draw()[0]
    titles = [
        engine.roles.title(group)
        for group in sorted(actor.groups)
        if group.partition("@")[0] in sight.SUPERIORS
    ]
    row = {
        "key": own,
        "letter_key": key,
        "oleh": actor.username,
        "jabatan": (titles or [actor.name])[0],
        "pada": now,
        "instruksi": list(new.instruksi),
        "catatan": new.catatan,
        "tenggat": new.tenggat,
    }
    recipients = [
        {"disposition_key": own, "role": role, "letter_key": key} for role in dict.fromkeys(new.kepada)
    ]
    again = Effect(_REOPEN, {"_key": key, "_version": item["version"], "selesai": None}, expect=1)
    return Change((again, Effect(insert(Disposition), row), Effect(insert(Recipient), recipients)), None)


def finish(engine: Engine, connection: Connection, actor: Actor, key: int) -> Change[None]:
    """Notes that what an incoming letter asks for is done. Raises UnknownLetter, InACase, NotASuperior."""
    item = find(engine, connection, actor, key)
    if item["case_key"] is not None:
        raise InACase(item["nomor"])
    if item["arah"] != Direction.MASUK or not (may_dispose(actor, item) or sight.keeps(actor)):
        raise NotASuperior
    row = {"_key": key, "_version": item["version"], "selesai": engine.clock.now()}
    return Change((Effect(_REOPEN, row, expect=1),), None)


def may_dispose(actor: Actor, item: Mapping[str, Any]) -> bool:
    """Whether the letter lies before them: at first before the head, whose Sekretaris may write for them; then before whom it
    was sent to."""
    roles = sight.roles_of(actor)
    sent = {role for each in item["disposisi"] for role in each["kepada"]}
    return not roles.isdisjoint({sight.HEAD, "sekretaris"} | sent) and not roles.isdisjoint(sight.SUPERIORS)


def code_of_office(connection: Connection) -> str:
    """The office's code, as the registers' patterns write it; empty where nobody has set it."""
    return str(get_setting(connection, CODE_OF_OFFICE) or "")


def put_code_of_office(kode: str) -> tuple[Effect, ...]:
    """Sets it, for numbers that are drawn from now on. Raises WrongLetter."""
    if len(kode) > 20 or not kode.isprintable() or any(sign in kode for sign in "{}/"):
        _refuse([errors.Problem("paling panjang 20 huruf, tanpa { } dan garis miring", "kode_pd")])
    return (setting_effect(CODE_OF_OFFICE, kode),)


def number_of_case(connection: Connection, actor: Actor, key: int) -> str | None:
    """What a letter's case is called; None where the actor does not see it."""
    found = select(ProcessInstance.business_id).where(ProcessInstance.key == key, visible_cases(actor))
    return connection.execute(found).scalar()


def row_of(
    key: int, number: registers.Number, arah: Direction, values: Mapping[str, Any], by: str, now: datetime
) -> Item:
    """The row of a new letter; `values`: what is known of it, by its columns."""
    empty = dict.fromkeys(column.key for column in Letter.__table__.columns)
    counted = {name: getattr(number, name) for name in ("register", "tahun", "urut", "sisipan", "nomor")}
    fixed = {"key": key, "arah": arah.value, "keadaan": LetterState.BERLAKU.value, "oleh": by, "pada": now}
    return {**empty, "sifat": "biasa", **values, **counted, **fixed, "version": 1}


# --- what is shown


def _shown(row: Mapping[str, Any]) -> Item:
    if row["terbuka"]:
        return {**row, "disposisi": [], "pemegang": None, "tenggat": None}
    known = {name: row[name] for name in OPEN_TO_ALL}
    return {
        **dict.fromkeys(row),
        **known,
        "disposisi": [],
        "pemegang": None,
        "tenggat": None,
        "terbuka": False,
    }


def _tell_where(connection: Connection, items: Iterable[Item]) -> None:
    """Adds to incoming letters their dispositions, who has each now, and by when something is due."""
    open_ = [each for each in items if each["terbuka"] and each["arah"] == Direction.MASUK]
    by_hand = {each["key"]: each for each in open_ if each["case_key"] is None}
    in_cases = {each["case_key"]: each for each in open_ if each["case_key"] is not None}
    if by_hand:
        _tell_written(connection, by_hand)
    if in_cases:
        _tell_of_cases(connection, in_cases)
    for each in open_:
        due = [one["tenggat"] for one in each["disposisi"] if one["tenggat"]]
        each["tenggat"] = due[-1] if due else None


def _tell_written(connection: Connection, by_key: Mapping[int, Item]) -> None:
    rows = connection.execute(_WRITTEN, {"keys": list(by_key)}).mappings().all()
    sent: dict[int, list[str]] = {}
    for each in connection.execute(_SENT, {"keys": list(by_key)}):
        sent.setdefault(each.disposition_key, []).append(each.role)
    names = names_of(connection, {row["oleh"] for row in rows})
    for row in rows:
        told = {name: row[name] for name in ("jabatan", "pada", "instruksi", "catatan", "tenggat")}
        kepada = [role for role in KEPADA if role in sent.get(row["key"], ())]
        by_key[row["letter_key"]]["disposisi"].append(
            {**told, "kepada": kepada, "dari": names.get(row["oleh"], row["oleh"])}
        )
    for item in by_key.values():
        last = item["disposisi"][-1:] if item["selesai_pada"] is None else []
        item["pemegang"] = [role for each in last for role in each["kepada"]] or None


def _tell_of_cases(connection: Connection, by_case: Mapping[int, Item]) -> None:
    """What a case keeps of its dispositions, and the group of the task that is open in it."""
    for row in connection.execute(_IN_CASES, {"cases": list(by_case), "names": IN_A_CASE}):
        value = load_json(row.value)
        if isinstance(value, dict):
            by_case[row.process_instance_key]["disposisi"].append(_of_form(row.name, value))
    for task in connection.execute(_HELD, {"cases": list(by_case)}):
        item = by_case[task.process_instance_key]
        item["pemegang"] = [*(item["pemegang"] or []), task.candidate_group or task.assignee]
    for case in connection.execute(_ENDED, {"cases": list(by_case)}):
        by_case[case.key]["selesai_pada"] = case.ended_at


def _of_form(name: str, value: Mapping[str, Any]) -> Item:
    """A disposition as the forms `lembar_disposisi` and `disposisi_lanjutan` write it."""
    first = name == IN_A_CASE[0]
    return {
        "dari": None,
        "jabatan": "Kepala Dinas" if first else "Sekretaris",
        "pada": None,
        "kepada": _texts(value.get("diteruskan_kepada")),
        "instruksi": _texts(value.get("instruksi")),
        "catatan": value.get("catatan"),
        "tenggat": _day(value.get("tenggat")),
    }


def _texts(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


# --- what is asked and typed


def _conditions(actor: Actor, sought: Sought) -> Iterator[ColumnElement[bool]]:
    yield Letter.arah == sought.arah.value
    yield sight.listed(actor)
    for column, value in (
        (Letter.tahun, sought.tahun),
        (Letter.register, sought.register),
        (Letter.sifat, sought.sifat),
        (Letter.keadaan, sought.keadaan),
        (Letter.case_key, sought.case_key),
    ):
        if value is not None:
            yield column == value
    if kode := (sought.kode or "").strip()[:20]:
        yield or_(Letter.kode == kode, Letter.kode.startswith(f"{kode}.", autoescape=True))
        yield sight.told(actor)
    if sought.since:
        yield Letter.tanggal >= sought.since
    if sought.until:
        yield Letter.tanggal <= sought.until
    if text := sought.text.strip()[:100]:
        within = (Letter.nomor, Letter.nomor_asal, Letter.pihak, Letter.hal)
        yield or_(*(column.icontains(text, autoescape=True) for column in within))
        yield sight.told(actor)


def _check(new: NewLetter, arah: Direction, today: date) -> None:
    problems = [*_too_long(vars(new))]
    for name in ("pihak", "hal"):
        if not getattr(new, name).strip():
            problems.append(errors.Problem("wajib diisi", name))
    if new.sifat not in SIFAT:
        problems.append(errors.Problem(f"pilih salah satu: {', '.join(SIFAT)}", "sifat"))
    if new.tanggal.year not in YEARS:
        problems.append(errors.Problem("tahunnya tidak mungkin", "tanggal"))
    if arah is Direction.MASUK and not (new.nomor_asal or "").strip():
        problems.append(errors.Problem("wajib diisi; tulis “tanpa nomor” bila tidak ada", "nomor_asal"))
    if new.tanggal_asal is not None and new.tanggal_asal > new.tanggal:
        problems.append(errors.Problem("tidak boleh sesudah tanggal terima", "tanggal_asal"))
    _refuse(problems)
    if new.tanggal > today:
        raise registers.NotYet


def _too_long(values: Mapping[str, Any]) -> Iterator[errors.Problem]:
    for name, most in LENGTHS.items():
        value = values.get(name)
        if isinstance(value, str) and (len(value) > most or "\0" in value):
            yield errors.Problem(f"paling banyak {most} huruf", name)


def _wrong_disposition(new: NewDisposition, since: date) -> Iterator[errors.Problem]:
    if not new.kepada or any(role not in KEPADA for role in new.kepada):
        yield errors.Problem("pilih kepada siapa surat diteruskan", "kepada")
    if not new.instruksi or any(each not in INSTRUKSI for each in new.instruksi):
        yield errors.Problem("pilih apa yang harus dikerjakan", "instruksi")
    if new.catatan is not None and (len(new.catatan) > 2000 or "\0" in new.catatan):
        yield errors.Problem("paling banyak 2000 huruf", "catatan")
    if new.tenggat is not None and new.tenggat < since:
        yield errors.Problem("tidak boleh sebelum surat diterima", "tenggat")


def _refuse(problems: Iterable[errors.Problem]) -> None:
    found = [*problems]
    if found:
        raise WrongLetter("Isian surat belum benar.", found)


def _noted(engine: Engine, actor: Actor, verb: str, key: int, nomor: str) -> Effect:
    entry = Entry(engine.clock.now(), actor.username, verb, f"letter:{key}", "done", nomor)
    return recording(entry)


# --- statements ------------------------------------------------------------------------------------------------------

LENGTHS: Final[Mapping[str, int]] = {
    name: getattr(Letter, name).type.length
    for name in (
        "pihak",
        "hal",
        "lampiran",
        "nomor_asal",
        "penanda_tangan",
        "pengolah",
        "bukti_kirim",
        "catatan",
    )
}
AMENDED: Final = ("bukti_kirim", "dikirim", "pengolah", "lampiran", "catatan")
OPEN_TO_ALL: Final = (
    "key",
    "register",
    "arah",
    "tahun",
    "urut",
    "sisipan",
    "nomor",
    "tanggal",
    "sifat",
    "keadaan",
    "version",
)
"""What the book tells of any letter."""
_COLUMNS: Final = tuple(column for column in Letter.__table__.columns if column.key != "isi")
ADD: Final = insert(Letter)
_THIS = (Letter.key == bindparam("_key"), Letter.version == bindparam("_version"))
_MOVED: Final = update(Letter).where(*_THIS).values(version=Letter.version + 1)
_AMEND: Final = _MOVED.values({name: bindparam(name, type_=getattr(Letter, name).type) for name in AMENDED})
_CANCEL: Final = _MOVED.values(keadaan=LetterState.BATAL.value, alasan_batal=bindparam("alasan"))
_REOPEN: Final = _MOVED.values(selesai_pada=bindparam("selesai", type_=Letter.selesai_pada.type))
_WRITTEN: Final = (
    select(Disposition.__table__)
    .where(Disposition.letter_key.in_(bindparam("keys", expanding=True)))
    .order_by(Disposition.key)
)
_SENT: Final = select(Recipient.disposition_key, Recipient.role).where(
    Recipient.letter_key.in_(bindparam("keys", expanding=True))
)
_IN_CASES: Final = (
    select(Variable.process_instance_key, Variable.name, Variable.value)
    .where(
        Variable.process_instance_key.in_(bindparam("cases", expanding=True)),
        Variable.scope_key == Variable.process_instance_key,
        Variable.name.in_(bindparam("names", expanding=True)),
    )
    .order_by(Variable.name)
)
_HELD: Final = (
    select(UserTask.process_instance_key, UserTask.candidate_group, UserTask.assignee)
    .where(
        UserTask.process_instance_key.in_(bindparam("cases", expanding=True)),
        UserTask.state == TaskState.CREATED,
    )
    .order_by(UserTask.key)
)
_ENDED: Final = select(ProcessInstance.key, ProcessInstance.ended_at).where(
    ProcessInstance.key.in_(bindparam("cases", expanding=True)),
    ProcessInstance.state == InstanceState.COMPLETED,
)
