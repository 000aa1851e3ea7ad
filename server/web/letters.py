"""Surat: the agenda books, one letter with its dispositions, entry by hand, and the registers with their codes."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from flask import Response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from server import errors, files, letters
from server.db import Change
from server.engine import Engine
from server.gate import status_of
from server.identity import Actor
from server.letters import agenda, documents, registers, sheets, sight
from server.letters.models import Direction
from server.web import fields
from server.web.office import actor, ask, do, office
from server.web.pages import pages

SECTION: Final = "web.letter_book"
KINDS: Final = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
KEADAAN: Final = {"berlaku": "Berlaku", "batal": "Batal"}


class NoBusiness(errors.Forbidden):
    """Whoever has nothing to do with letters still sees those of their cases, on the pages of the cases."""

    def __init__(self) -> None:
        super().__init__("Buku agenda dibuka untuk sekretariat dan pejabat yang menerima disposisi.")


# --- list


@pages.get("/surat")
def letter_book() -> str:
    """A page of the book of incoming or outgoing letters."""
    _admit()
    sought = _sought()
    found = ask(agenda.search, sought)
    names: dict[str, registers.Register] = ask(lambda e, c, w: registers.registers(c))
    known = ask(lambda e, c, w: agenda.years(c, w, sought.arah))
    today = office().engine.clock.today()
    return render_template(
        "letters.html",
        section=SECTION,
        sought=sought,
        found=found,
        registers={id: each for id, each in names.items() if each.arah is sought.arah},
        years=sorted({today.year, *known}, reverse=True),
        sifat=agenda.SIFAT,
        keadaan=KEADAAN,
        keeps=sight.keeps(actor()),
        today=today,
        args={name: value for name, value in request.args.items() if name not in ("hal", "kabar")},
    )


@pages.get("/surat/buku.<any(pdf, xlsx):kind>")
def letter_book_file(kind: str) -> Response:
    """A year of a book, to be printed or counted with."""
    _admit()
    arah, year = (
        _direction(),
        fields.number(request.args.get("tahun", "")) or office().engine.clock.today().year,
    )
    found = ask(agenda.search, agenda.Sought(arah, min(year, 9999), size=agenda.MOST))
    at = office()
    if kind == "xlsx":
        body = sheets.book_xlsx(at.engine.roles, arah, year, found.items)
    else:
        head = letters.letterhead(at.config)
        body = sheets.book_pdf(head, at.engine.roles, arah, year, found.items, at.engine.clock.now())
    return _file(body, kind, f"agenda-surat-{arah}-{year}.{kind}")


# --- one


@pages.get("/surat/<key:letter>")
def letter(letter: int) -> str:
    """One letter: what the book says of it, who has it now, and what superiors have written."""
    return _letter_page(letter)


@pages.get("/surat/<key:letter>/lembar-disposisi.pdf")
def disposition_sheet(letter: int) -> Response:
    """The lembar disposisi of an incoming letter. Raises UnknownLetter."""
    item = ask(agenda.find, letter)
    if item["arah"] != Direction.MASUK:
        raise agenda.UnknownLetter(letter)
    at = office()
    head = letters.letterhead(at.config)
    body = sheets.disposition_pdf(head, at.engine.roles, item, at.engine.clock.now())
    return _file(body, "pdf", f"lembar-disposisi-{item['tahun']}-{item['urut']}.pdf")


@pages.get("/surat/baru")
def new_letter() -> str:
    """The form for a letter that has no case."""
    sight.admit_keeper(actor())
    return _new_page()


@pages.get("/surat/register")
def letter_registers() -> str:
    """Registers, classification codes, and the office's own code."""
    sight.admit_keeper(actor())
    return _registers_page()


@pages.get("/perkara/<key:case>/surat/<surat>.pdf")
def letter_draft(case: int, surat: str) -> Response:
    """A letter of a case as it would be now, marked KONSEP. Raises NoDraft."""
    return _file(ask(documents.draft, _stationery(), case, surat[:60]), "pdf", f"konsep-{surat[:60]}.pdf")


@pages.get("/surat/<key:letter>/surat.pdf")
def issued_letter(letter: int) -> Response:
    """A letter that was numbered; the same bytes each time. Raises UnknownLetter."""
    digest = do(documents.final, _stationery(), letter)
    answer = Response(files.pieces(office().gate.ask, digest), content_type=KINDS["pdf"])
    answer.headers.set("Content-Disposition", "inline", filename=f"surat-{letter}.pdf")
    return answer


@pages.get("/surat/periksa")
def check_letter() -> AnyResponse | str:
    """For anybody: where the code of a letter is typed."""
    if code := request.args.get("kode", "").strip():
        return redirect(url_for("web.check_letter_of", code=code[:40]))
    return render_template("letter_check.html", code="", found=None)


@pages.get("/surat/periksa/<code>")
def check_letter_of(code: str) -> str:
    """For anybody: whether the letter with this code is genuine, and nothing confidential of it."""
    found = office().gate.ask(lambda c: documents.genuine(c, code))
    return render_template("letter_check.html", code=code[:40], found=found)


# --- act


@pages.post("/surat/baru")
def enter_letter() -> AnyResponse | tuple[str, int]:
    """Enters it, which gives it its number."""
    try:
        made = do(agenda.enter, _typed_letter())
    except (errors.Invalid, errors.Conflict) as refusal:
        return _new_page(refusal), status_of(refusal)
    return redirect(url_for("web.letter", letter=made["key"], kabar="surat-dicatat"), HTTPStatus.SEE_OTHER)


@pages.post("/surat/<key:letter>/lengkapi")
def amend_letter(letter: int) -> AnyResponse | tuple[str, int]:
    """Completes what is known of it."""
    return _done(
        letter,
        agenda.amend,
        lambda: {
            "bukti_kirim": fields.text_or_none("bukti_kirim"),
            "dikirim": fields.day_or_none("dikirim", "tanggal kirim"),
            "pengolah": fields.text_or_none("pengolah"),
            "lampiran": fields.text_or_none("lampiran"),
            "catatan": fields.text_or_none("catatan"),
        },
    )


@pages.post("/surat/<key:letter>/batal")
def cancel_letter(letter: int) -> AnyResponse | tuple[str, int]:
    """Cancels it; its number stays."""
    return _done(letter, agenda.cancel, lambda: fields.text("alasan"))


@pages.post("/surat/<key:letter>/disposisi")
def dispose_letter(letter: int) -> AnyResponse | tuple[str, int]:
    """Writes a disposition."""
    return _done(
        letter,
        agenda.dispose,
        lambda: agenda.NewDisposition(
            request.form.getlist("kepada")[:20],
            request.form.getlist("instruksi")[:20],
            fields.text_or_none("catatan"),
            fields.day_or_none("tenggat", "tenggat"),
        ),
    )


@pages.post("/surat/<key:letter>/selesai")
def finish_letter(letter: int) -> AnyResponse:
    """Notes that what it asks for is done."""
    do(agenda.finish, letter)
    return redirect(url_for("web.letter", letter=letter, kabar="disimpan"), HTTPStatus.SEE_OTHER)


@pages.post("/surat/register")
def set_registers() -> AnyResponse | tuple[str, int]:
    """Sets a register, a code, or the office's own code."""
    try:
        do(_set)
    except errors.Invalid as refusal:
        return _registers_page(refusal), status_of(refusal)
    return redirect(url_for("web.letter_registers", kabar="disimpan"), HTTPStatus.SEE_OTHER)


def _set(engine: Engine, connection: Connection, who: Actor) -> Change[None]:
    sight.admit_keeper(who)
    what = fields.text("ubah")
    if what == "kode":
        code = registers.Code(
            fields.text("kode"),
            fields.text("nama"),
            fields.day("mulai", "tanggal mulai"),
            fields.day_or_none("sampai", "tanggal akhir"),
            fields.text_or_none("dasar"),
        )
        return Change(registers.put_code(connection, code), None)
    if what == "daftar":
        day, basis = fields.day("mulai", "tanggal mulai"), fields.text_or_none("dasar")
        pasted = request.form.get("daftar", "")
        return registers.set_codes(engine, connection, who, registers.read_codes(pasted, day, basis))
    if what == "register":
        arah = Direction.MASUK if fields.text("arah") == "masuk" else Direction.KELUAR
        wanted = registers.Register(
            fields.text("id"), fields.text("nama"), arah, fields.text("pola"), fields.text("kode")
        )
        return registers.set_register(engine, connection, who, wanted)
    return Change(agenda.put_code_of_office(fields.text("kode_pd")), None)


def _done(key: int, verb: Any, typed: Callable[[], Any]) -> AnyResponse | tuple[str, int]:
    try:
        do(verb, key, typed())
    except (errors.Invalid, errors.Conflict) as refusal:
        return _letter_page(key, refusal), status_of(refusal)
    return redirect(url_for("web.letter", letter=key, kabar="disimpan"), HTTPStatus.SEE_OTHER)


def _letter_page(key: int, refusal: errors.OfficeError | None = None) -> str:
    item = ask(agenda.find, key)
    case = ask(_case_of, item["case_key"]) if item["case_key"] else None
    return render_template(
        "letter.html",
        section=SECTION,
        it=item,
        case=case,
        register=ask(lambda e, c, w: registers.registers(c)).get(item["register"]),
        sifat=agenda.SIFAT,
        instruksi=agenda.INSTRUKSI,
        kepada=agenda.KEPADA,
        roles=office().engine.roles,
        keeps=sight.keeps(actor()),
        may_dispose=case is None and item["case_key"] is None and agenda.may_dispose(actor(), item),
        today=office().engine.clock.today(),
        told=_told(refusal),
        typed=request.form,
    )


def _case_of(engine: Engine, connection: Connection, who: Actor, key: int) -> str | None:
    return agenda.number_of_case(connection, who, key)


def _new_page(refusal: errors.OfficeError | None = None) -> str:
    today = office().engine.clock.today()
    return render_template(
        "letter_new.html",
        section=SECTION,
        arah=_direction(),
        registers=ask(lambda e, c, w: registers.registers(c)),
        codes=ask(lambda e, c, w: registers.codes(c, today)),
        sifat=agenda.SIFAT,
        today=today,
        told=_told(refusal),
        typed=request.form,
    )


def _registers_page(refusal: errors.OfficeError | None = None) -> str:
    return render_template(
        "letter_registers.html",
        section=SECTION,
        registers=ask(lambda e, c, w: registers.registers(c)),
        codes=ask(lambda e, c, w: registers.codes(c)),
        kode_pd=ask(lambda e, c, w: agenda.code_of_office(c)),
        today=office().engine.clock.today(),
        told=_told(refusal),
        typed=request.form,
    )


def _typed_letter() -> agenda.NewLetter:
    return agenda.NewLetter(
        register=fields.text("register"),
        tanggal=fields.day("tanggal", "tanggal"),
        pihak=fields.text("pihak"),
        hal=fields.text("hal"),
        sifat=fields.text("sifat"),
        kode=fields.text_or_none("kode"),
        lampiran=fields.text_or_none("lampiran"),
        nomor_asal=fields.text_or_none("nomor_asal"),
        tanggal_asal=fields.day_or_none("tanggal_asal", "tanggal surat"),
        penanda_tangan=fields.text_or_none("penanda_tangan"),
        pengolah=fields.text_or_none("pengolah"),
        catatan=fields.text_or_none("catatan"),
    )


def _told(refusal: errors.OfficeError | None) -> str | None:
    if refusal is None:
        return None
    problems = [str(each) for each in getattr(refusal, "problems", ()) if each.message != refusal.message]
    return " ".join([refusal.message, *(f"{each[:1].upper()}{each[1:]}." for each in problems)])


def _sought() -> agenda.Sought:
    args = request.args
    since = fields.read_day(args.get("dari", ""), "tanggal awal")
    until = fields.read_day(args.get("sampai", ""), "tanggal akhir")
    year = fields.number(args.get("tahun", ""))
    whole = year is None and "tahun" in args
    return agenda.Sought(
        _direction(),
        None if whole else min(year or office().engine.clock.today().year, 9999),
        args.get("cari", "")[:100],
        args.get("register") or None,
        args.get("sifat") or None,
        args.get("keadaan") or None,
        since,
        until,
        kode=args.get("kode", "").strip()[:20] or None,
        page=min(fields.number(args.get("hal", "")) or 1, 10**6),
    )


def letters_of_case(case: int) -> documents.CaseLetters:
    """For the pages of a case and its tasks."""
    return ask(documents.of_case, case)


def letter_titles() -> dict[str, str]:
    return letters.templates(office().config.letter_templates).titles


def _stationery() -> letters.Stationery:
    return letters.stationery(office().config)


def _direction() -> Direction:
    return Direction.KELUAR if request.args.get("arah") == "keluar" else Direction.MASUK


def _admit() -> None:
    """Raises NoBusiness."""
    if not sight.has_door(actor()):
        raise NoBusiness


def _file(body: bytes, kind: str, name: str) -> Response:
    response = Response(body, content_type=KINDS[kind])
    response.headers.set("Content-Disposition", "inline" if kind == "pdf" else "attachment", filename=name)
    return response
