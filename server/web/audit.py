"""Jejak audit: who did what, and what came of it, page by page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Final

from flask import render_template, request
from sqlalchemy import Connection

from server import errors, identity
from server.engine import Engine, instances, search
from server.engine.search import CASES, Query, Where
from server.gate import status_of
from server.identity import Actor, Entry, Wanted
from server.web import audit_words, fields
from server.web.administration import SECTION, for_administrators
from server.web.office import ask, office
from server.web.pages import pages

PAGE: Final = 50
KINDS: Final = {
    "masuk": ("Masuk", "login"),
    "pengguna": ("Pengguna, peran, izin dan program", "user.*"),
    "sesi": ("Sesi yang diakhiri", "session.*"),
    "rancangan": ("Rancangan", "draft.*"),
    "terbit": ("Prosedur, tabel dan formulir yang diterbitkan", "publish.*"),
    "kalender": ("Kalender", "calendar.*"),
    "surat": ("Surat untuk pemohon", "paper.*"),
    "lacak": ("Tanda terima dan pelacakan", "tracking.*"),
    "surel": ("Surel", "mail.*"),
    "baca": ("Membaca perkara rahasia", "read"),
    "pembaca": ("Siapa boleh membaca suatu perkara", "case.*"),
    "cuti": ("Buku penjagaan cuti", "leave.*"),
    "disiplin": ("Membaca daftar disiplin", "discipline.*"),
}
RESULTS: Final = {"": "Semua", "berhasil": "Berhasil", "ditolak": "Ditolak"}


class NoSuchCase(errors.Invalid):
    def __init__(self, number: str) -> None:
        super().__init__(
            f"Tidak ada perkara bernomor “{number[:60]}” yang boleh Anda lihat. Periksa nomornya."
        )


@dataclass(frozen=True)
class Line:
    """An entry as people read it. `about`: what it was done to, and `link`: where that is shown."""

    at: datetime
    who: str | None
    username: str | None
    deed: str
    about: str
    link: str | None
    outcome: str
    done: bool
    detail: str


@pages.get("/pengelolaan/jejak")
def audit_trail() -> str | tuple[str, int]:
    """What fits, the newest first."""
    for_administrators()
    asked = {name: request.args.get(name, "").strip()[:200] for name in FIELDS}
    try:
        lines, older = ask(_lines, asked)
        message, status = None, 200
    except errors.Invalid as refusal:
        lines, older, message, status = [], None, refusal.message, status_of(refusal)
    page = render_template(
        "audit.html",
        section=SECTION,
        lines=lines,
        older=older,
        asked=asked,
        kinds=KINDS,
        results=RESULTS,
        message=message,
        newest=not request.args.get("sebelum"),
    )
    return page, status


FIELDS: Final = ("siapa", "apa", "objek", "nomor", "hasil", "dari", "sampai")


def _lines(
    engine: Engine, connection: Connection, who: Actor, asked: dict[str, str]
) -> tuple[list[Line], int | None]:
    """A page of entries, and the number before which the next one begins. Raises Invalid."""
    wanted = _wanted(engine, connection, who, asked)
    before = request.args.get("sebelum", type=int)
    found = identity.look_up(connection, wanted, before, PAGE + 1)
    shown = found[:PAGE]
    entries = [each.entry for each in shown]
    by = audit_words.Sayings(
        identity.names_of(connection, chain.from_iterable(map(audit_words.people_of, entries))),
        instances.numbers_of(connection, {key for each in entries if (key := audit_words.key_of(each))}),
    )
    return [_line(each, by) for each in entries], shown[-1].id if len(found) > PAGE else None


def _wanted(engine: Engine, connection: Connection, who: Actor, asked: dict[str, str]) -> Wanted:
    since = fields.read_day(asked["dari"], "hari pertama")
    until = fields.read_day(asked["sampai"], "hari terakhir")
    return Wanted(
        actor=_username(connection, asked["siapa"]),
        verb=KINDS[asked["apa"]][1] if asked["apa"] in KINDS else None,
        object=asked["objek"] or None,
        refused={"berhasil": False, "ditolak": True}.get(asked["hasil"]),
        case=_case(engine, connection, who, asked["nomor"]) if asked["nomor"] else None,
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) - timedelta(microseconds=1) if until else None,
    )


def _username(connection: Connection, typed: str) -> str | None:
    """Whom somebody means: a username, or the only person with this name; otherwise what was typed, which finds nothing."""
    if not typed:
        return None
    found = identity.find_people(connection, identity.Sought(typed), office().engine.clock.today(), most=50)
    named = [each for each in found if each.name.casefold() == typed.casefold()]
    return named[0].username if len(named) == 1 else typed.lower()


def _case(engine: Engine, connection: Connection, who: Actor, number: str) -> int:
    asked = Query((Where("business_id", "eq", number.upper()),), limit=1)
    found = search.search(engine, connection, who, CASES, asked).items
    if found:
        return int(found[0]["process_instance_key"])
    if number.isascii() and number.isdigit() and len(number) < 19:
        return int(number)
    raise NoSuchCase(number)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), office().engine.clock.zone)


def _line(entry: Entry, by: audit_words.Sayings) -> Line:
    about, link = by.about(entry)
    return Line(
        at=entry.at,
        who=by.name(entry.actor) if entry.actor else None,
        username=entry.actor if entry.actor in by.names else None,
        deed=by.deed(entry),
        about=about,
        link=link,
        outcome=by.outcome(entry),
        done=entry.outcome == "done",
        detail=by.detail(entry),
    )
