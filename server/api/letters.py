"""Letters: the agenda books, numbers that are reserved and cancelled, registers and classification codes."""

from typing import Any

from flask import Response
from marshmallow import fields

from server import files
from server.api.blueprint import Blueprint, done
from server.api.office import ask, do, office
from server.api.schemas import Flag, Instant, Key, Listed, Own, Schema, Text, Whole, Within, Word
from server.letters import Stationery, agenda, documents, registers, sheets
from server.letters.models import Direction, LetterState

letters = Blueprint(
    "letters",
    __name__,
    url_prefix="/api/letters",
    description="Incoming and outgoing letters in their agenda books, with their numbers.",
)
ARAH = tuple(each.value for each in Direction)


# --- schema


class Day(Own, fields.Date):
    pass


class LetterDisposition(Schema):
    """What a superior has written. `pada` and `dari` are null where a case's form has it."""

    jabatan = Text(required=True)
    dari = Text(required=True, allow_none=True)
    pada = Instant(required=True, allow_none=True)
    kepada = Listed(Text(), required=True)
    instruksi = Listed(Text(), required=True)
    catatan = Text(required=True, allow_none=True)
    tenggat = Day(required=True, allow_none=True)


class LetterSummary(Schema):
    """A letter. Where it is confidential and does not concern you, `terbuka` is false, and only its number and date are told."""

    letter_key = Key(required=True, attribute="key")
    register = Text(required=True)
    arah = Word(ARAH, required=True)
    nomor = Text(required=True)
    tanggal = Day(required=True)
    sifat = Word(tuple(agenda.SIFAT), required=True)
    keadaan = Word(tuple(each.value for each in LetterState), required=True)
    terbuka = Flag(required=True)
    kode = Text(required=True, allow_none=True)
    pihak = Text(required=True, allow_none=True)
    hal = Text(required=True, allow_none=True)
    lampiran = Text(required=True, allow_none=True)
    nomor_asal = Text(required=True, allow_none=True)
    tanggal_asal = Day(required=True, allow_none=True)
    penanda_tangan = Text(required=True, allow_none=True)
    pengolah = Text(required=True, allow_none=True)
    bukti_kirim = Text(required=True, allow_none=True)
    dikirim = Day(required=True, allow_none=True)
    alasan_batal = Text(required=True, allow_none=True)
    process_instance_key = Key(required=True, allow_none=True, attribute="case_key")
    pemegang = Listed(Text(), required=True, allow_none=True)
    tenggat = Day(required=True, allow_none=True)
    disposisi = Listed(Within(LetterDisposition), required=True)


class Letters(Schema):
    items = Listed(Within(LetterSummary), required=True)
    total = Whole(required=True)
    page = Whole(required=True)
    pages = Whole(required=True)


class WhichLetters(Schema):
    """`kode`: a classification code; letters of the codes below it are found, too."""

    arah = Word(ARAH, load_default="masuk")
    tahun = Text(load_default=None)
    text = Text(load_default="")
    register = Text(load_default=None)
    sifat = Text(load_default=None)
    keadaan = Text(load_default=None)
    dari = Day(load_default=None)
    sampai = Day(load_default=None)
    kode = Text(load_default=None)
    page = Text(load_default="1")


class LetterEntry(Schema):
    """A letter to be entered, which reserves its number. `tanggal`: an outgoing letter's own, an incoming one's arrival."""

    register = Text(required=True)
    tanggal = Day(required=True)
    pihak = Text(required=True)
    hal = Text(required=True)
    sifat = Word(tuple(agenda.SIFAT), load_default="biasa")
    kode = Text(load_default=None, allow_none=True)
    lampiran = Text(load_default=None, allow_none=True)
    nomor_asal = Text(load_default=None, allow_none=True)
    tanggal_asal = Day(load_default=None, allow_none=True)
    penanda_tangan = Text(load_default=None, allow_none=True)
    pengolah = Text(load_default=None, allow_none=True)
    catatan = Text(load_default=None, allow_none=True)


class Reserved(Schema):
    letter_key = Key(required=True, attribute="key")
    nomor = Text(required=True)


class WhyCancelled(Schema):
    alasan = Text(required=True)


class NewLetterDisposition(Schema):
    kepada = Listed(Text(), required=True)
    instruksi = Listed(Text(), required=True)
    catatan = Text(load_default=None, allow_none=True)
    tenggat = Day(load_default=None, allow_none=True)


class LetterRegister(Schema):
    id = Text(required=True)
    nama = Text(required=True)
    arah = Word(ARAH, required=True)
    pola = Text(required=True)
    kode = Text(required=True)


class LetterRegisters(Schema):
    items = Listed(Within(LetterRegister), required=True)


class RegisterToSet(Schema):
    """`pola` with {kode}, {urut}, {kode_pd}, {tahun}, {bulan}, {bulan_romawi}; `kode`: where a letter names none."""

    nama = Text(required=True)
    arah = Word(ARAH, required=True)
    pola = Text(required=True)
    kode = Text(load_default="")


class CodeToSet(Schema):
    kode = Text(required=True)
    nama = Text(required=True)
    mulai = Day(required=True)
    sampai = Day(load_default=None, allow_none=True)
    dasar = Text(load_default=None, allow_none=True)


class CodesToSet(Schema):
    items = Listed(Within(CodeToSet), required=True)


class ClassificationCode(Schema):
    """`contoh`: brought by the program, and not confirmed by the office yet."""

    kode = Text(required=True)
    nama = Text(required=True)
    mulai = Day(required=True)
    sampai = Day(required=True, allow_none=True)
    dasar = Text(required=True, allow_none=True)
    contoh = Flag(required=True)


class ClassificationCodes(Schema):
    items = Listed(Within(ClassificationCode), required=True)


# --- list


@letters.get("")
@letters.arguments(WhichLetters, location="query")
@letters.response(200, Letters)
def get_letters(which: dict[str, Any]) -> agenda.Found:
    """A page of an agenda book, the newest first: what you may see of it."""
    sought = agenda.Sought(
        Direction(which["arah"]),
        _whole(which["tahun"]),
        which["text"],
        which["register"],
        which["sifat"],
        which["keadaan"],
        which["dari"],
        which["sampai"],
        kode=which["kode"],
        page=_whole(which["page"]) or 1,
    )
    return ask(agenda.search, sought)


@letters.get("/registers")
@letters.response(200, LetterRegisters)
def get_letter_registers() -> dict[str, Any]:
    """The registers, with the pattern of their numbers."""
    return {"items": list(ask(lambda engine, c, who: registers.registers(c)).values())}


@letters.get("/codes")
@letters.response(200, ClassificationCodes)
def get_classification_codes() -> dict[str, Any]:
    """The classification codes, from day to day."""
    return {"items": ask(lambda engine, c, who: registers.codes(c))}


# --- one


@letters.get("/<letter_key>")
@letters.response(200, LetterSummary)
def get_letter(letter_key: int) -> dict[str, Any]:
    """One letter, with what superiors have written on it."""
    return ask(agenda.find, letter_key)


@letters.get("/<letter_key>/disposition-sheet")
@letters.response(200, description="The lembar disposisi, as PDF.", content_type="application/pdf")
def get_disposition_sheet(letter_key: int) -> Response:
    """The lembar disposisi of an incoming letter."""
    item = ask(agenda.find, letter_key)
    if item["arah"] != Direction.MASUK:
        raise agenda.UnknownLetter(letter_key)
    at = office()
    now = at.engine.clock.now()
    body = sheets.disposition_pdf(at.letterhead, at.engine.roles, item, now)
    return Response(body, content_type="application/pdf")


@letters.get("/<letter_key>/document")
@letters.response(200, description="The letter that was signed, as PDF.", content_type="application/pdf")
def get_letter_document(letter_key: int) -> Response:
    """A letter that a case has numbered, as PDF: the same bytes each time."""
    at = office()
    stationery = Stationery(at.letterhead, at.templates, at.public_url)
    digest = do(documents.final, stationery, letter_key)
    return Response(files.pieces(at.gate.ask, digest), content_type="application/pdf")


# --- act


@letters.post("")
@letters.arguments(LetterEntry)
@letters.response(201, Reserved)
def enter_letter(body: dict[str, Any]) -> dict[str, Any]:
    """Enter a letter by hand and reserve its number; for those who keep the books."""
    return do(agenda.enter, agenda.NewLetter(**body))


@letters.put("/registers/<register>")
@letters.arguments(RegisterToSet)
@letters.response(204)
def set_letter_register(body: dict[str, Any], register: str) -> Response:
    """Set a register, for numbers that are drawn from now on; for those who keep the books."""
    wanted = registers.Register(register, **{**body, "arah": Direction(body["arah"])})
    do(registers.set_register, wanted)
    return done()


@letters.post("/codes")
@letters.arguments(CodesToSet)
@letters.response(204)
def set_classification_codes(body: dict[str, Any]) -> Response:
    """Set classification codes from a day on, all or none; for those who keep the books."""
    wanted = [registers.Code(**each) for each in body["items"]]
    do(registers.set_codes, wanted)
    return done()


@letters.post("/<letter_key>/cancellation")
@letters.arguments(WhyCancelled)
@letters.response(204)
def cancel_letter(body: dict[str, Any], letter_key: int) -> Response:
    """Cancel a letter; its number stays."""
    do(agenda.cancel, letter_key, body["alasan"])
    return done()


@letters.post("/<letter_key>/dispositions")
@letters.arguments(NewLetterDisposition)
@letters.response(204)
def dispose_letter(body: dict[str, Any], letter_key: int) -> Response:
    """Write a disposition on an incoming letter that no case carries."""
    do(agenda.dispose, letter_key, agenda.NewDisposition(**body))
    return done()


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else None
