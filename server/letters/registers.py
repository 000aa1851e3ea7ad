"""Registers and their numbers: one running number a year, without a gap, drawn when a letter is signed.

Two numbers prepared at the same moment cannot both be written: the second is a clash, and is prepared again with the first in
sight. A letter that is dated back takes the number of the last one before its date, with a letter behind it: 12a.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection, and_, bindparam, delete, func, insert, select

from server import errors
from server.db import Change, Effect
from server.engine import Engine
from server.identity import Actor
from server.letters import sight
from server.letters.models import Direction, Letter, LetterCode, LetterRegister

_PLACE: Final = re.compile(r"\{(kode|urut|kode_pd|tahun|bulan|bulan_romawi)(?::([1-9]))?\}")
_MONTHS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_CODE: Final = re.compile(r"[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*")
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_SPLIT: Final = re.compile(r"\s*[\t;,]\s*")
LONGEST_PATTERN: Final = 60
MOST_CODES: Final = 3000
"""Lines of a pasted list: the annex of Permendagri 83/2022 has fewer."""


class UnknownRegister(errors.NotFound):
    def __init__(self, register: str, known: Iterable[str]) -> None:
        super().__init__(f"Register surat “{register}” tidak ada. Yang ada: {', '.join(sorted(known))}.")


class WrongRegister(errors.Invalid):
    """What was typed for a register cannot be used."""


class WrongCode(errors.Invalid):
    """What was typed for a classification code cannot be used."""


class UnknownCode(errors.Invalid):
    def __init__(self, kode: str, day: date) -> None:
        message = (
            f"Kode klasifikasi “{kode}” tidak berlaku pada {day:%d-%m-%Y}. Lengkapi dahulu daftar kodenya."
        )
        super().__init__(message, [errors.Problem(message, where="kode")])


class NothingBefore(errors.Conflict):
    """A letter cannot be dated back to before the first of its register's year."""

    def __init__(self, day: date) -> None:
        super().__init__(
            f"Register ini belum bernomor pada atau sebelum {day:%d-%m-%Y}, sehingga tidak ada nomor untuk disisipi."
            " Pakai tanggal surat yang pertama atau sesudahnya."
        )


class NoRoomBetween(errors.Conflict):
    def __init__(self, nomor: int) -> None:
        super().__init__(f"Nomor {nomor} sudah disisipi {len(_LETTERS)} kali. Pakai tanggal lain.")


class NotYet(errors.Invalid):
    """A letter cannot bear tomorrow's date."""

    def __init__(self) -> None:
        message = "Tanggal surat tidak boleh sesudah hari ini."
        super().__init__(message, [errors.Problem(message, where="tanggal")])


@dataclass(frozen=True)
class Register:
    """`pola`: how its numbers are written; `kode`: the classification code where a letter names none."""

    id: str
    nama: str
    arah: Direction
    pola: str
    kode: str


@dataclass(frozen=True)
class Code:
    """A classification code; `contoh`: brought by the program, and not confirmed by the office yet."""

    kode: str
    nama: str
    mulai: date
    sampai: date | None = None
    dasar: str | None = None
    contoh: bool = False


@dataclass(frozen=True)
class Number:
    """A place in a register, and how it is written on the letter."""

    register: str
    tahun: int
    urut: int
    sisipan: str
    nomor: str


USUAL: Final = "{kode}/{urut}/{kode_pd}/{tahun}"
BROUGHT: Final[Mapping[str, Register]] = {
    each.id: each
    for each in (
        Register("surat_masuk", "Surat masuk", Direction.MASUK, "{urut:4}", ""),
        Register("surat_keluar", "Surat keluar", Direction.KELUAR, USUAL, "400.12"),
        Register("surat_tugas", "Surat tugas", Direction.KELUAR, USUAL, "800"),
        Register("sppd", "Surat perjalanan dinas", Direction.KELUAR, "{kode}/{urut}/SPD/{tahun}", "000"),
        Register("nota_dinas", "Nota dinas", Direction.KELUAR, "{kode}/{urut}/ND/{tahun}", "000"),
        Register("sk", "Surat keputusan", Direction.KELUAR, USUAL, "800"),
        Register("rahasia", "Surat rahasia", Direction.KELUAR, "R.{kode}/{urut}/{kode_pd}/{tahun}", "800"),
    )
}
_IN_FORCE: Final = date(2022, 11, 1)
_LAW: Final = "Permendagri 83/2022"
STARTER: Final[Mapping[str, Code]] = {
    kode: Code(kode, nama, _IN_FORCE, None, _LAW, contoh=True)
    for kode, nama in {
        "000": "Umum",
        "100": "Pemerintahan",
        "200": "Politik",
        "300": "Keamanan dan ketertiban",
        "400": "Kesejahteraan rakyat",
        "400.12": "Kependudukan dan pencatatan sipil",
        "500": "Perekonomian",
        "600": "Pekerjaan umum dan ketenagaan",
        "700": "Pengawasan",
        "800": "Kepegawaian",
        "900": "Keuangan",
    }.items()
}
"""To begin with: the main classes. What else the annex has, the office enters; a row of its own takes the place of one here."""


def registers(connection: Connection) -> dict[str, Register]:
    """All registers, as the office has set them."""
    rows = connection.execute(_REGISTERS).mappings()
    set_ = {row["id"]: Register(**{**row, "arah": Direction(row["arah"])}) for row in rows}
    return {**BROUGHT, **set_}


def register_of(connection: Connection, register: str, arah: Direction) -> Register:
    """One of them. Raises UnknownRegister."""
    known = {name: each for name, each in registers(connection).items() if each.arah is arah}
    if register not in known:
        raise UnknownRegister(register, known)
    return known[register]


def set_register(_engine: Engine, connection: Connection, actor: Actor, wanted: Register) -> Change[None]:
    """put_register, by one who keeps the books. Raises NotAKeeper, WrongRegister."""
    sight.admit_keeper(actor)
    return Change(put_register(connection, wanted), None)


def set_codes(_engine: Engine, connection: Connection, actor: Actor, wanted: Iterable[Code]) -> Change[None]:
    """put_codes, by one who keeps the books. Raises NotAKeeper, WrongCode."""
    sight.admit_keeper(actor)
    return Change(put_codes(connection, wanted), None)


def put_register(connection: Connection, wanted: Register) -> tuple[Effect, ...]:
    """A register anew, or changed: for numbers that are drawn from now on. Raises WrongRegister."""
    problems = [*_wrong_register(wanted)]
    known = registers(connection).get(wanted.id)
    if known is not None and known.arah is not wanted.arah:
        problems.append(errors.Problem(f"register ini bagi surat {known.arah.value}", "arah"))
    if problems:
        raise WrongRegister("Register surat belum benar.", problems)
    row = {**vars(wanted), "arah": wanted.arah.value}
    return Effect(_DROP_REGISTER, {"_id": wanted.id}), Effect(insert(LetterRegister), row)


def codes(connection: Connection, day: date | None = None) -> list[Code]:
    """All codes in their order, or those of a day."""
    rows = [Code(**row) for row in connection.execute(_CODES).mappings()]
    own = {row.kode for row in rows}
    every = sorted([*rows, *(each for kode, each in STARTER.items() if kode not in own)], key=_order)
    return [each for each in every if day is None or _holds(each, day)]


def put_code(connection: Connection, wanted: Code) -> tuple[Effect, ...]:
    """A code from a day on; an earlier row of it that is open ends the day before. Raises WrongCode."""
    return tuple(_put_among(codes(connection), wanted))


def _put_among(known: Iterable[Code], wanted: Code) -> Iterable[Effect]:
    problems = [*_wrong_code(wanted)]
    rows = [each for each in known if each.kode == wanted.kode and each.mulai != wanted.mulai]
    last = wanted.sampai or date.max
    for each in rows:
        if each.mulai > wanted.mulai and each.mulai <= last:
            problems.append(
                errors.Problem(f"berbenturan dengan masa yang mulai {each.mulai:%d-%m-%Y}", "sampai")
            )
    if problems:
        raise WrongCode("Kode klasifikasi belum benar.", problems)
    effects: list[Effect] = []
    for each in rows:
        if each.mulai < wanted.mulai and (each.sampai is None or each.sampai >= wanted.mulai):
            ended = replace(each, sampai=date.fromordinal(wanted.mulai.toordinal() - 1))
            effects += _put(ended)
    return (*effects, *_put(wanted))


def read_codes(text: str, mulai: date, dasar: str | None) -> list[Code]:
    """The codes of a pasted list, a line for each: the code, then a tab, semicolon or comma, then what it is called.

    Raises WrongCode with every line that is none, or that names a code again; at most MOST_CODES.
    """
    found: dict[str, Code] = {}
    problems = []
    lines = [
        (n, line.strip()) for n, line in enumerate(text.replace("\0", "").splitlines(), 1) if line.strip()
    ]
    for n, line in lines[: MOST_CODES + 1]:
        kode, _, nama = (part.strip().strip('"') for part in _SPLIT.sub("\t", line, count=1).partition("\t"))
        code = Code(kode, " ".join(nama.split()), mulai, None, dasar)
        wrong = [f"{each.where}: {each.message}" for each in _wrong_code(code)]
        if kode in found:
            wrong = [f"kode {kode} sudah disebut"]
        problems += [errors.Problem(f"baris {n}: {each}", "daftar") for each in wrong]
        found[kode] = code
    if not found:
        problems.append(errors.Problem("tempelkan sedikitnya satu baris", "daftar"))
    if len(lines) > MOST_CODES:
        problems.append(errors.Problem(f"paling banyak {MOST_CODES} baris sekali tempel", "daftar"))
    if problems:
        raise WrongCode("Daftar kode belum benar; tidak satu pun disimpan.", problems[:20])
    return list(found.values())


def put_codes(connection: Connection, wanted: Iterable[Code]) -> tuple[Effect, ...]:
    """Several codes at once, all or none; see put_code. Raises WrongCode."""
    known, every = codes(connection), list(wanted)
    again = sorted({each.kode for each in every if sum(other.kode == each.kode for other in every) > 1})
    if again or len(every) > MOST_CODES:
        told = (
            f"kode {', '.join(again[:5])} disebut lebih dari sekali"
            if again
            else f"paling banyak {MOST_CODES}"
        )
        raise WrongCode("Daftar kode belum benar; tidak satu pun disimpan.", [errors.Problem(told, "items")])
    return tuple(effect for each in every for effect in _put_among(known, each))


def next_number(
    connection: Connection,
    register: Register,
    kode: str,
    day: date,
    kode_pd: str,
    drawn: Iterable[Number] = (),
) -> Number:
    """The next number of a register for a letter of this date; `drawn`: what the same step has taken already.

    An outgoing one that is dated back takes the last number on or before its date, with the next letter behind it. Raises
    UnknownCode, NothingBefore, NoRoomBetween.
    """
    if kode and not any(each.kode == kode for each in codes(connection, day)):
        raise UnknownCode(kode, day)
    mine = [each for each in drawn if (each.register, each.tahun) == (register.id, day.year)]
    where = {"register": register.id, "tahun": day.year}
    last = connection.execute(_LAST, where).one()
    urut, sisipan = (last.urut or 0) + 1, ""
    outgoing = register.arah is Direction.KELUAR
    if outgoing and last.tanggal is not None and day < last.tanggal:
        before = connection.execute(_BEFORE, {**where, "day": day}).first()
        if before is None:
            raise NothingBefore(day)
        urut, sisipan = before.urut, _after(before.urut, before.sisipan)
    for _ in mine:
        urut, sisipan = (urut, _after(urut, sisipan)) if sisipan else (urut + 1, "")
    nomor = _written(register.pola, {"kode": kode, "kode_pd": kode_pd}, day, urut, sisipan)
    return Number(register.id, day.year, urut, sisipan, nomor)


def _after(urut: int, sisipan: str) -> str:
    place = _LETTERS.index(sisipan) + 1 if sisipan else 0
    if place == len(_LETTERS):
        raise NoRoomBetween(urut)
    return _LETTERS[place]


def _written(pola: str, known: Mapping[str, str], day: date, urut: int, sisipan: str) -> str:
    dated = {"tahun": f"{day.year}", "bulan": f"{day.month:02}", "bulan_romawi": _MONTHS[day.month - 1]}

    def told(place: re.Match[str]) -> str:
        name, width = place.groups()
        return str(urut).zfill(int(width or 1)) + sisipan if name == "urut" else {**known, **dated}[name]

    text = _PLACE.sub(told, pola)
    return re.sub(r"/{2,}", "/", text).strip("/")  # an office without a code has no empty place for it


def _wrong_register(wanted: Register) -> Iterable[errors.Problem]:
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", wanted.id):
        yield errors.Problem("huruf kecil, angka dan garis bawah saja, 2 sampai 40", "id")
    if not wanted.nama.strip() or len(wanted.nama) > 100:
        yield errors.Problem("wajib diisi, paling banyak 100 huruf", "nama")
    if wanted.kode and not _CODE.fullmatch(wanted.kode):
        yield errors.Problem("tulis seperti 400.12, atau kosongkan", "kode")
    names = [name for name, _ in _PLACE.findall(wanted.pola)]
    rest = _PLACE.sub("", wanted.pola)
    if "{" in rest or "}" in rest:
        known = "{kode}, {urut}, {kode_pd}, {tahun}, {bulan}, {bulan_romawi}"
        yield errors.Problem(f"memakai {{…}} yang tidak dikenal; yang ada: {known}", "pola")
    elif names.count("urut") != 1:
        yield errors.Problem("harus memuat {urut} satu kali", "pola")
    elif wanted.arah is Direction.KELUAR and "tahun" not in names:
        yield errors.Problem("harus memuat {tahun}, supaya nomor tidak berulang tahun depan", "pola")
    if len(wanted.pola) > LONGEST_PATTERN or not wanted.pola.isprintable():
        yield errors.Problem(f"paling panjang {LONGEST_PATTERN} huruf, tanpa tanda kendali", "pola")


def _wrong_code(wanted: Code) -> Iterable[errors.Problem]:
    if not _CODE.fullmatch(wanted.kode) or len(wanted.kode) > 20:
        yield errors.Problem("tulis seperti 400.12, paling panjang 20", "kode")
    if not wanted.nama.strip() or len(wanted.nama) > 200 or not wanted.nama.isprintable():
        yield errors.Problem("wajib diisi, paling banyak 200 huruf", "nama")
    if wanted.sampai is not None and wanted.sampai < wanted.mulai:
        yield errors.Problem("tidak boleh sebelum tanggal mulai", "sampai")
    if wanted.dasar is not None and len(wanted.dasar) > 200:
        yield errors.Problem("paling banyak 200 huruf", "dasar")


def _put(code: Code) -> tuple[Effect, Effect]:
    row = {name: getattr(code, name) for name in ("kode", "mulai", "sampai", "nama", "dasar")}
    return Effect(_DROP_CODE, {"_kode": code.kode, "_mulai": code.mulai}), Effect(insert(LetterCode), row)


def _holds(code: Code, day: date) -> bool:
    return code.mulai <= day and (code.sampai is None or day <= code.sampai)


def _order(code: Code) -> tuple[list[tuple[int, str]], date]:
    """800.2 stands before 800.10."""
    parts = [(int(part), "") if part.isdigit() else (10**9, part) for part in code.kode.split(".")]
    return parts, code.mulai


# --- statements ------------------------------------------------------------------------------------------------------

_REGISTERS: Final = select(LetterRegister.__table__)
_CODES: Final = select(LetterCode.__table__)
_DROP_REGISTER: Final = delete(LetterRegister).where(LetterRegister.id == bindparam("_id"))
_DROP_CODE: Final = delete(LetterCode).where(
    LetterCode.kode == bindparam("_kode"),
    LetterCode.mulai == bindparam("_mulai", type_=LetterCode.mulai.type),
)
_of_year = and_(Letter.register == bindparam("register"), Letter.tahun == bindparam("tahun"))
_LAST: Final = select(func.max(Letter.urut).label("urut"), func.max(Letter.tanggal).label("tanggal")).where(
    _of_year
)
_BEFORE: Final = (
    select(Letter.urut, Letter.sisipan)
    .where(_of_year, Letter.tanggal <= bindparam("day", type_=Letter.tanggal.type))
    .order_by(Letter.urut.desc(), Letter.sisipan.desc())
    .limit(1)
)
