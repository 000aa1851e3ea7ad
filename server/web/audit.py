"""Jejak audit: who did what, and what came of it, page by page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from flask import render_template, request, url_for
from sqlalchemy import Connection

from server import errors, identity
from server.db import dump_json
from server.engine import Engine, search
from server.engine.search import CASES, Query, Where
from server.gate import status_of
from server.identity import Actor, Entry, Wanted
from server.web import fields
from server.web.administration import SECTION, for_administrators
from server.web.office import ask, office
from server.web.pages import pages

PAGE: Final = 50
KINDS: Final = {
    "masuk": ("Masuk", "login"),
    "pengguna": ("Pengguna, peran, izin dan program", "user.*"),
    "kalender": ("Kalender", "calendar.*"),
    "baca": ("Membaca perkara rahasia", "read"),
    "pembaca": ("Siapa boleh membaca suatu perkara", "case.*"),
    "disiplin": ("Membaca daftar disiplin", "discipline.*"),
}
RESULTS: Final = {"": "Semua", "berhasil": "Berhasil", "ditolak": "Ditolak"}
WORDS: Final = {
    "login": "masuk",
    "client.token": "program meminta token",
    "user.add": "menambah pengguna",
    "user.change": "mengubah data atau akun",
    "user.close": "menutup akun",
    "user.open": "membuka akun lagi",
    "user.program.end": "mencabut token atau program",
    "user.password": "mengganti kata sandi",
    "user.unlock": "membuka kunci",
    "user.role": "memberi peran",
    "user.role.end": "mengakhiri peran",
    "user.acting": "menunjuk Plt. atau Plh.",
    "user.permission": "memberi izin",
    "user.permission.end": "mencabut izin",
    "user.token": "membuat token",
    "user.token.end": "mencabut token",
    "user.client": "mendaftarkan program",
    "user.client.end": "mencabut program",
    "case.reader": "mengizinkan membaca perkara",
    "case.reader.end": "mencabut izin membaca perkara",
    "read": "membaca perkara rahasia",
    "discipline.read": "membaca perkara disiplin",
    "calendar.put_day": "mencatat hari libur",
    "calendar.move_day": "memindahkan hari libur",
    "calendar.remove_day": "menghapus hari libur",
    "calendar.settle_year": "memastikan hari libur setahun",
    "calendar.set_hours": "mengatur jam kerja",
    "calendar.remove_hours": "menghapus jam kerja",
}
OUTCOMES: Final = {
    "done": "Berhasil",
    "WrongPassword": "Kata sandi salah",
    "TooManyAttempts": "Dikunci sementara",
    "WrongClient": "Rahasia program salah",
}


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
    people = {each.entry.actor for each in shown} | {_person(each.entry) for each in shown}
    names = identity.names_of(connection, people)
    return [_line(each.entry, names) for each in shown], shown[-1].id if len(found) > PAGE else None


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


def _line(entry: Entry, names: dict[str, str]) -> Line:
    about, link = _about(entry, names)
    return Line(
        at=entry.at,
        who=names.get(entry.actor or "", entry.actor),
        username=entry.actor if entry.actor in names else None,
        deed=WORDS.get(entry.verb, entry.verb),
        about=about,
        link=link,
        outcome=OUTCOMES.get(entry.outcome, f"Ditolak ({entry.outcome})"),
        done=entry.outcome == "done",
        detail=_told(entry.detail),
    )


def _about(entry: Entry, names: dict[str, str]) -> tuple[str, str | None]:
    kind, _, key = (entry.object or "").partition(":")
    if kind == "person":
        known = key in names
        return names.get(key, key), url_for("web.person", username=key) if known else None
    if kind in ("case", "discipline") and key.isdigit():
        return f"perkara {key}", url_for("web.case", case=int(key))
    return entry.object or "", None


def _person(entry: Entry) -> str | None:
    kind, _, username = (entry.object or "").partition(":")
    return username if kind == "person" else None


def _told(detail: Any) -> str:
    if detail is None or isinstance(detail, str):
        return detail or ""
    if isinstance(detail, dict) and "address" in detail and set(detail) <= {"address", "openid"}:
        through = f", lewat OpenID Connect {detail['openid']}" if "openid" in detail else ""
        return f"dari {detail['address']}{through}".rstrip()
    if isinstance(detail, list) and all(isinstance(each, str) for each in detail):
        return ", ".join(detail)
    return dump_json(detail)
