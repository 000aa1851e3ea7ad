"""Cari: one field for everything that somebody may open: pages, tasks, cases, procedures, letters, people.

Each room says by itself what the visitor may find; here the answers only stand beside each other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from flask import render_template, request, url_for
from sqlalchemy import Connection

from server.engine import Engine, search
from server.engine.search import CASES, INBOX, PROCESS_DEFINITIONS, AnyOf, Item, Query, Where
from server.identity import Actor, Permission, Sought, find_people
from server.letters import agenda, sight
from server.letters.models import Direction
from server.personnel import career
from server.web import administration, personnel
from server.web.navigation import DOORS
from server.web.office import ask
from server.web.pages import pages
from server.web.problems import wants_fragment
from server.web.searching import pattern_of

SHOWN: Final = 6
"""Of each kind; the rest is found where its address leads."""
SHORTEST: Final = 2
"""Letters from which on is looked for."""
OWN_PAGES: Final = (
    ("Data kepegawaian saya", "web.own_file", "Berkas Anda: pangkat, riwayat, dan yang akan datang."),
    ("Pemberitahuan", "web.notifications", "Yang diberitahukan kepada Anda."),
    ("Pemberitahuan dan surel", "web.wishes", "Memilih apa yang diberitahukan kepada Anda, dan kapan."),
    ("Ganti kata sandi", "web.password", "Kata sandi Anda."),
    ("Sesi saya", "web.own_sessions", "Di perangkat mana Anda sedang masuk."),
    ("Bantuan", "web.guide", "Cara memakai halaman-halaman ini."),
)
"""What everybody has of their own: name, endpoint, what it is."""


@dataclass(frozen=True)
class Hit:
    """Something that was found, and where it is opened."""

    title: str
    told: str
    address: str


@dataclass(frozen=True)
class Shelf:
    """What was found of one kind. `more`: where all of it is, if there is more than is shown."""

    label: str
    icon: str
    hits: Sequence[Hit]
    more: str | None = None


@pages.get("/cari")
def find_anything() -> str:
    """What the words fit, by kind."""
    words = request.args.get("cari", "").strip()[:100].replace("\0", "")
    return render_template(
        "_found.html" if wants_fragment() else "finder.html",
        words=words,
        short=len(words) < SHORTEST,
        shelves=ask(_found, words) if len(words) >= SHORTEST else [],
    )


def _found(engine: Engine, connection: Connection, who: Actor, words: str) -> list[Shelf]:
    finders: tuple[Callable[[Engine, Connection, Actor, str], Iterable[Shelf]], ...] = (
        _pages,
        _procedures,
        _tasks,
        _cases,
        _letters,
        _employees,
        _users,
    )
    found = [shelf for finder in finders for shelf in finder(engine, connection, who, words)]
    return [each for each in found if each.hits]


def _pages(engine: Engine, connection: Connection, who: Actor, words: str) -> Iterator[Shelf]:
    """By their names; where none has the words in it, by what is done there."""
    wanted = words.casefold().split()
    known = [*_known_pages(engine, connection, who)]
    named = [each for each in known if all(word in each.title.casefold() for word in wanted)]
    told = [each for each in known if all(word in each.told.casefold() for word in wanted)]
    yield Shelf("Halaman", "next", (named or told)[:SHOWN])


def _known_pages(engine: Engine, connection: Connection, who: Actor) -> Iterator[Hit]:
    doors = ((each.label, each.endpoint, each.told) for each in DOORS if each.is_open_to(who))
    managed = (
        (each.label, each.endpoint, each.told)
        for each in administration.TILES
        if each.permission in who.permissions
    )
    kept = (
        (each.label, each.endpoint, each.told)
        for each in personnel.TILES
        if each.concerns(engine, connection, who)
    )
    for label, endpoint, told in (*doors, *managed, *kept, *OWN_PAGES):
        yield Hit(label, told, url_for(endpoint))
    if "pns" in who.groups:
        own = url_for("web.leave_pages", username=who.username)
        yield Hit("Cuti saya", "Saldo dan permohonan cuti Anda.", own)


def _procedures(engine: Engine, connection: Connection, who: Actor, words: str) -> Iterator[Shelf]:
    newest = (Where("is_latest_version", "eq", True), _mentions(words, "name", "process_definition_id"))
    asked = Query(newest, (("name", False),), SHOWN + 1)
    items = search.search(engine, connection, who, PROCESS_DEFINITIONS, asked).items
    hits = [
        Hit(each["name"], "", url_for("web.procedure", process_id=each["process_definition_id"]))
        for each in items[:SHOWN]
    ]
    yield Shelf(
        "Prosedur", "plus", hits, url_for("web.catalogue", cari=words) if len(items) > SHOWN else None
    )


def _tasks(engine: Engine, connection: Connection, who: Actor, words: str) -> Iterator[Shelf]:
    asked = Query(
        (Where("state", "eq", "CREATED"), _mentions(words, "name", "number", "applicant")),
        (("due_date", False),),
        SHOWN + 1,
    )
    items = search.search(engine, connection, who, INBOX, asked).items
    hits = [
        Hit(each["name"], _joined(_number(each), each["applicant"], each["process_name"]), _task(each))
        for each in items[:SHOWN]
    ]
    more = url_for("web.inbox", cari=words) if len(items) > SHOWN else None
    yield Shelf("Tugas Anda", "inbox", hits, more)


def _cases(engine: Engine, connection: Connection, who: Actor, words: str) -> Iterator[Shelf]:
    """Parts of a case are found on its own page."""
    asked = Query(
        (
            Where("parent_process_instance_key", "exists", False),
            _mentions(words, "number", "applicant", "process_definition_name"),
        ),
        (("start_date", True),),
        SHOWN + 1,
    )
    items = search.search(engine, connection, who, CASES, asked).items
    hits = [
        Hit(_number(each), _joined(each["process_definition_name"], each["applicant"]), _case(each))
        for each in items[:SHOWN]
    ]
    more = url_for("web.cases", cari=words) if len(items) > SHOWN else None
    yield Shelf("Perkara", "folder", hits, more)


def _letters(engine: Engine, connection: Connection, who: Actor, words: str) -> Iterator[Shelf]:
    if not sight.has_door(who):
        return
    for arah, label in ((Direction.MASUK, "Surat masuk"), (Direction.KELUAR, "Surat keluar")):
        found = agenda.search(engine, connection, who, agenda.Sought(arah, text=words, size=SHOWN))
        hits = [
            Hit(
                each["nomor"],
                _joined(each["hal"], each["pihak"], each["nomor_asal"]),
                url_for("web.letter", letter=each["key"]),
            )
            for each in found.items
            if each["terbuka"]
        ]
        more = url_for("web.letter_book", arah=arah.value, cari=words, tahun="") if found.pages > 1 else None
        yield Shelf(label, "mail", hits, more)


def _employees(engine: Engine, connection: Connection, who: Actor, words: str) -> Iterator[Shelf]:
    if not career.reads_files(who):
        return
    found = career.list_employees(engine, connection, who, words, most=SHOWN + 1)
    hits = [
        Hit(
            each.employee.nama,
            _joined(each.employee.jabatan, each.employee.unit, each.employee.nip),
            url_for("web.employee", username=each.employee.username),
        )
        for each in found[:SHOWN]
    ]
    yield Shelf(
        "Pegawai", "people", hits, url_for("web.employees", cari=words) if len(found) > SHOWN else None
    )


def _users(engine: Engine, connection: Connection, who: Actor, words: str) -> Iterator[Shelf]:
    if Permission.ADMINISTER not in who.permissions:
        return
    found = find_people(connection, Sought(text=words), engine.clock.today(), most=SHOWN + 1)
    hits = [
        Hit(each.name, each.username, url_for("web.person", username=each.username)) for each in found[:SHOWN]
    ]
    yield Shelf("Pengguna", "person", hits, url_for("web.people", cari=words) if len(found) > SHOWN else None)


def _mentions(words: str, *fields: str) -> AnyOf:
    return AnyOf(tuple((Where(name, "like", pattern_of(words)),) for name in fields))


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


def _number(item: Item) -> str:
    return str(item["number"] or item["process_instance_key"])


def _task(item: Item) -> str:
    return url_for("web.task", task=item["user_task_key"])


def _case(item: Item) -> str:
    return url_for("web.case", case=item["process_instance_key"])
