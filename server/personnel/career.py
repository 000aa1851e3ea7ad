"""The files of employees: what is kept of each, the history of their career (riwayat), and what holds of it today.

Entries are only added. What holds is derived from them: the newest of each kind, corrections in the place of what they correct.
Who keeps the files writes and reads them all, whoever may see every case reads them, and everybody reads their own.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Text,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from server import errors
from server.db import Change, Effect
from server.engine import Engine
from server.identity import Actor, Entry, Permission, find_person, recording
from server.identity.models import Person
from server.personnel.career_kinds import JENIS, InvalidEntry, Jenis, read_entry
from server.personnel.employees import EMPLOYEES, EmployeeRecord, NotAnEmployee, employee
from server.personnel.models import CareerEntry, Employee
from server.personnel.nip import birthday

KEEPERS: Final = ("kasubag_umpeg", "staf_umpeg")
"""The roles that keep the files (SOP administrasi data pegawai)."""
LONGEST: Final = 200
LEAVE_BOOK_YEARS: Final = 2
"""Of a new employee, the leave book is kept from so many years back: nothing older can be carried over."""


class NotAKeeper(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "Data kepegawaian dicatat oleh Kasubag dan Staf Umum dan Kepegawaian. Minta mereka membetulkannya."
        )


class NotForYou(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__(
            "Daftar ini untuk pengelola kepegawaian. Data Anda sendiri ada di “Data kepegawaian saya”."
        )


class NoSuchEntry(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Catatan {key} tidak ada dalam berkas pegawai ini.")


class AlreadyCorrected(errors.Conflict):
    """Somebody else has corrected the entry, or struck it out."""

    def __init__(self) -> None:
        super().__init__(
            "Catatan ini sudah dibetulkan atau dicoret. Muat ulang halamannya, lalu lihat yang baru."
        )


class AlreadyEmployed(errors.Conflict):
    def __init__(self, username: str) -> None:
        super().__init__(
            f"“{username}” sudah tercatat sebagai pegawai. Buka berkasnya untuk mengubah datanya."
        )


class UnknownKind(errors.NotFound):
    def __init__(self, jenis: str) -> None:
        super().__init__(f"Jenis catatan “{jenis[:40]}” tidak ada. Yang ada: {', '.join(JENIS)}.")


@dataclass(frozen=True)
class Noted:
    """An entry as it was written. `replaced_by`: the key of its correction."""

    key: int
    username: str
    jenis: str
    tmt: date
    isi: Mapping[str, Any]
    mengganti: int | None
    batal: bool
    dicatat_oleh: str
    dicatat_pada: datetime
    replaced_by: int | None = None

    @property
    def holds(self) -> bool:
        return self.replaced_by is None and not self.batal


@dataclass(frozen=True)
class Career:
    """What an employee's entries come to on a day: of each kind the newest that holds, by TMT."""

    newest: Mapping[str, Noted] = field(default_factory=dict)
    every: Mapping[str, Sequence[Noted]] = field(default_factory=dict)
    """All that hold, the newest first."""

    def isi(self, jenis: str, name: str) -> Any:
        found = self.newest.get(jenis)
        return found.isi.get(name) if found else None

    def tmt(self, jenis: str) -> date | None:
        found = self.newest.get(jenis)
        return found.tmt if found else None

    @property
    def paid(self) -> Noted | None:
        """The entry from which the present pay counts: the newer of pay rise and rank."""
        known = [each for each in (self.newest.get("kgb"), self.newest.get("pangkat")) if each is not None]
        return max(known, key=lambda each: (each.tmt, each.jenis == "kgb"), default=None)

    @property
    def has_left(self) -> bool:
        return bool(self.isi("status", "status") == "BERHENTI")


@dataclass(frozen=True)
class File:
    """All that is kept of an employee. `entries`: as they were written, the newest first."""

    employee: EmployeeRecord
    entries: tuple[Noted, ...]
    career: Career


@dataclass(frozen=True)
class Facts:
    """What is true of an employee whatever their career: where they belong, since when they serve, their birthday."""

    jabatan: str
    unit: str
    mulai_kerja: date
    tanggal_lahir: date | None


@dataclass(frozen=True)
class Listed:
    """An employee in the list."""

    employee: EmployeeRecord
    career: Career


# --- who may


def keeps_files(actor: Actor) -> bool:
    """Whether the actor keeps the files of employees."""
    return not actor.groups.isdisjoint(KEEPERS)


def reads_files(actor: Actor) -> bool:
    """Whether the actor reads the files of all."""
    return keeps_files(actor) or Permission.SEE_ALL in actor.permissions


def must_keep(actor: Actor) -> None:
    """Raises NotAKeeper."""
    if not keeps_files(actor):
        raise NotAKeeper


def must_read(actor: Actor) -> None:
    """Raises NotForYou."""
    if not reads_files(actor):
        raise NotForYou


# --- reading


def file_of(engine: Engine, connection: Connection, actor: Actor, username: str) -> File:
    """The file of an employee. Raises NotAnEmployee, also where it is not for the actor."""
    if username != actor.username and not reads_files(actor):
        raise NotAnEmployee(username, hidden=True)
    who = employee(connection, username)
    entries = tuple(read_entries(connection, [username]).get(username, ()))
    return File(who, entries, career_of(entries, engine.clock.today()))


def list_employees(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    words: str = "",
    after: str | None = None,
    most: int = 50,
    left: bool = False,
) -> list[Listed]:
    """Employees by username after `after`, of whom name, username, NIP, post or unit has all `words`. Raises NotForYou.

    `left`: also those who no longer serve here.
    """
    must_read(actor)
    statement = EMPLOYEES.order_by(Employee.username)
    for word in words.split()[:8]:
        columns = (Employee.username, Person.name, Person.nip, Employee.jabatan, Employee.unit)
        statement = statement.where(
            or_(*(func.lower(each).contains(word.lower(), autoescape=True) for each in columns))
        )
    if after is not None:
        statement = statement.where(Employee.username > after)
    if not left:
        statement = statement.where(~_has_left(engine.clock.today()))
    found = [EmployeeRecord(*row) for row in connection.execute(statement.limit(most))]
    entries = read_entries(connection, [each.username for each in found])
    today = engine.clock.today()
    return [Listed(each, career_of(entries.get(each.username, ()), today)) for each in found]


def careers(connection: Connection, today: date | None, username: str | None = None) -> list[Listed]:
    """Everybody who serves here (or `username`, if they do) with what holds on a day; `None`: with all that is decided, though it
    begins later."""
    statement, those = EMPLOYEES, None
    if username is not None:
        statement, those = EMPLOYEES.where(Employee.username == username), [username]
    found = [EmployeeRecord(*row) for row in connection.execute(statement.order_by(Employee.username))]
    entries = read_entries(connection, those)
    listed = (Listed(each, career_of(entries.get(each.username, ()), today)) for each in found)
    return [each for each in listed if not each.career.has_left]


def read_entries(connection: Connection, usernames: Collection[str] | None) -> dict[str, list[Noted]]:
    """The entries by employee, the newest first; `None`: everybody's."""
    statement = _ENTRIES if usernames is None else _ENTRIES.where(CareerEntry.username.in_(list(usernames)))
    rows = connection.execute(statement).all()
    replaced = {row.mengganti: row.key for row in rows if row.mengganti is not None}
    found: dict[str, list[Noted]] = {}
    for row in rows:
        found.setdefault(row.username, []).append(Noted(**row._mapping, replaced_by=replaced.get(row.key)))
    return found


def career_of(entries: Iterable[Noted], today: date | None) -> Career:
    """What the entries come to on a day."""
    every: dict[str, list[Noted]] = {}
    for each in entries:
        if each.holds and (today is None or each.tmt <= today):
            every.setdefault(each.jenis, []).append(each)
    return Career({jenis: those[0] for jenis, those in every.items()}, every)


def not_yet_employed(engine: Engine, connection: Connection, actor: Actor) -> list[tuple[str, str]]:
    """Usernames and names of those who act here and have no file. Raises NotAKeeper."""
    must_keep(actor)
    return [(row.username, row.name) for row in connection.execute(_WITHOUT_FILE)]


# --- writing


def employ(engine: Engine, connection: Connection, actor: Actor, username: str, facts: Facts) -> Change[None]:
    """Opens the file of a person who exists. Raises NotAKeeper, UnknownPerson, AlreadyEmployed, InvalidEntry."""
    must_keep(actor)
    check_facts(facts, engine.clock.today())
    effects = employing(connection, username, facts, engine.clock.today())
    return Change((*effects, audited(engine, actor, "career.add", username)), None)


def employing(connection: Connection, username: str, facts: Facts, today: date) -> tuple[Effect, ...]:
    """The row of a new employee. Raises UnknownPerson, AlreadyEmployed."""
    person = find_person(connection, username)
    if connection.execute(_EMPLOYED, {"username": username}).first() is not None:
        raise AlreadyEmployed(username)
    return (Effect(EMPLOY, employed(username, person.nip, facts, today)),)


def employed(username: str, nip: str | None, facts: Facts, today: date) -> dict[str, Any]:
    """The row of an employee from today on."""
    return {
        "username": username,
        **vars(facts),
        "tanggal_lahir": facts.tanggal_lahir or birthday(nip),
        "buku_cuti_sejak": max(today.year - LEAVE_BOOK_YEARS, facts.mulai_kerja.year),
    }


def change_facts(
    engine: Engine, connection: Connection, actor: Actor, username: str, facts: Facts
) -> Change[None]:
    """Other facts; what was before stands in the audit trail. Raises NotAKeeper, NotAnEmployee, InvalidEntry."""
    must_keep(actor)
    check_facts(facts, engine.clock.today())
    known = employee(connection, username)
    told = {
        name: [_plain(was), _plain(now)]
        for name, now in vars(facts).items()
        if (was := getattr(known, name)) != now
    }
    if not told:
        return Change((), None)
    effects = (
        Effect(CHANGE, {"_username": username, **vars(facts)}, expect=1),
        audited(engine, actor, "career.change", username, told),
    )
    return Change(effects, None)


def note(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    username: str,
    jenis: str,
    tmt: date | None,
    raw: Mapping[str, object],
) -> Change[int]:
    """Adds an entry to a file; its key. Raises NotAKeeper, NotAnEmployee, UnknownKind, InvalidEntry."""
    must_keep(actor)
    kind, who = kind_of(jenis), employee(connection, username)
    entry = _new(engine, actor, username, kind, tmt, raw)
    entries = [*read_entries(connection, [username]).get(username, ()), entry]
    told = audited(engine, actor, "career.note", username, _told(entry))
    return Change((_writing(entry), *_post_of(who, entries, engine.clock.today()), told), entry.key)


def correct(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    username: str,
    key: int,
    tmt: date | None,
    raw: Mapping[str, object],
) -> Change[int]:
    """Puts another entry of its kind in the place of one. Raises what `note` does, NoSuchEntry, AlreadyCorrected."""
    must_keep(actor)
    old, who = _held(connection, username, key), employee(connection, username)
    entry = _new(engine, actor, username, JENIS[old.jenis], tmt, raw, mengganti=key)
    return _replacing(engine, connection, actor, who, entry, "career.correct")


def strike(engine: Engine, connection: Connection, actor: Actor, username: str, key: int) -> Change[int]:
    """Says that an entry was none. Raises NotAKeeper, NoSuchEntry, AlreadyCorrected."""
    must_keep(actor)
    old, who = _held(connection, username, key), employee(connection, username)
    entry = _noted(engine, actor, username, old.jenis, old.tmt, old.isi, mengganti=key, batal=True)
    return _replacing(engine, connection, actor, who, entry, "career.strike")


def check_facts(facts: Facts, today: date) -> None:
    """Raises InvalidEntry."""
    problems = []
    for name, label in (("jabatan", "Jabatan"), ("unit", "Unit kerja")):
        text = getattr(facts, name)
        if not text or len(text) > LONGEST or not text.isprintable():
            problems.append(errors.Problem(f"Isi {label.lower()}, paling panjang {LONGEST} huruf", name))
    if not 1940 <= facts.mulai_kerja.year <= today.year + 1:
        problems.append(errors.Problem("Tanggal mulai kerja tidak mungkin", "mulai_kerja"))
    born = facts.tanggal_lahir
    if born is not None and not (born.year >= 1920 and born < facts.mulai_kerja):
        problems.append(errors.Problem("Tanggal lahir tidak mungkin", "tanggal_lahir"))
    if problems:
        raise InvalidEntry(problems)


def kind_of(jenis: str) -> Jenis:
    """Raises UnknownKind."""
    found = JENIS.get(jenis)
    if found is None:
        raise UnknownKind(jenis)
    return found


def entering(engine: Engine, by: str, username: str, jenis: str, tmt: date, isi: Mapping[str, Any]) -> Effect:
    """The row of an entry that was read already."""
    row = {"key": engine.keys.draw()[0], "username": username, "jenis": jenis, "tmt": tmt, "isi": dict(isi)}
    moment = {"dicatat_oleh": by, "dicatat_pada": engine.clock.now()}
    return Effect(WRITE, row | moment | {"mengganti": None, "batal": False})


def audited(engine: Engine, actor: Actor, verb: str, username: str, detail: Any = None) -> Effect:
    return recording(Entry(engine.clock.now(), actor.username, verb, f"person:{username}", "done", detail))


def _replacing(
    engine: Engine, connection: Connection, actor: Actor, who: EmployeeRecord, entry: Noted, verb: str
) -> Change[int]:
    entries = read_entries(connection, [who.username]).get(who.username, [])
    others = [each for each in entries if each.key != entry.mengganti]
    told = audited(engine, actor, verb, who.username, _told(entry))
    post = _post_of(who, [*others, entry], engine.clock.today())
    return Change((_writing(entry), *post, told), entry.key)


def _post_of(who: EmployeeRecord, entries: Iterable[Noted], today: date) -> Iterator[Effect]:
    """Where an employee belongs follows the post that they hold today."""
    ordered = sorted(entries, key=lambda each: (each.tmt, each.key), reverse=True)
    post = career_of(ordered, today).newest.get("jabatan")
    if post is not None and (post.isi["nama"], post.isi["unit"]) != (who.jabatan, who.unit):
        row = {"_username": who.username, "jabatan": post.isi["nama"], "unit": post.isi["unit"]}
        yield Effect(_MOVE, row, expect=1)


def _held(connection: Connection, username: str, key: int) -> Noted:
    entries = read_entries(connection, [username]).get(username, ())
    found = next((each for each in entries if each.key == key), None)
    if found is None:
        raise NoSuchEntry(key)
    if not found.holds:
        raise AlreadyCorrected
    return found


def _new(
    engine: Engine,
    actor: Actor,
    username: str,
    jenis: Jenis,
    tmt: date | None,
    raw: Mapping[str, object],
    mengganti: int | None = None,
) -> Noted:
    isi = read_entry(jenis, tmt, raw, engine.clock.today())
    assert tmt is not None, "read_entry refuses an entry without a day"
    return _noted(engine, actor, username, jenis.id, tmt, isi, mengganti)


def _noted(
    engine: Engine,
    actor: Actor,
    username: str,
    jenis: str,
    tmt: date,
    isi: Mapping[str, Any],
    mengganti: int | None = None,
    batal: bool = False,
) -> Noted:
    key, now = engine.keys.draw()[0], engine.clock.now()
    return Noted(key, username, jenis, tmt, isi, mengganti, batal, actor.username, now)


def _writing(entry: Noted) -> Effect:
    row = {name: value for name, value in vars(entry).items() if name != "replaced_by"}
    return Effect(WRITE, row | {"isi": dict(entry.isi)})


def _told(entry: Noted) -> dict[str, Any]:
    return {"jenis": entry.jenis, "tmt": entry.tmt.isoformat(), "catatan": str(entry.key)}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


# --- statements ------------------------------------------------------------------------------------------------------


def _has_left(today: date) -> Any:
    """Whether the newest entry about somebody's status says that they no longer serve. Few have one at all."""
    other, correction = CareerEntry.__table__.alias(), CareerEntry.__table__.alias()
    gone = and_(
        CareerEntry.username == Employee.username,
        CareerEntry.jenis == "status",
        type_coerce(CareerEntry.isi, Text).like('%"status":"BERHENTI"%'),
        CareerEntry.tmt <= today,
        ~CareerEntry.batal,
        ~exists(select(correction.c.key).where(correction.c.mengganti == CareerEntry.key)),
    )
    again = select(other.c.key).where(
        other.c.username == CareerEntry.username,
        other.c.jenis == "status",
        other.c.tmt > CareerEntry.tmt,
        other.c.tmt <= today,
        ~other.c.batal,
    )
    return exists(select(CareerEntry.key).where(gone, ~exists(again)).correlate(Employee.__table__))


_ENTRIES: Final = select(
    CareerEntry.key,
    CareerEntry.username,
    CareerEntry.jenis,
    CareerEntry.tmt,
    CareerEntry.isi,
    CareerEntry.mengganti,
    CareerEntry.batal,
    CareerEntry.dicatat_oleh,
    CareerEntry.dicatat_pada,
).order_by(CareerEntry.tmt.desc(), CareerEntry.key.desc())
_WITHOUT_FILE: Final = (
    select(Person.username, Person.name)
    .where(Person.active, ~exists(select(Employee.username).where(Employee.username == Person.username)))
    .order_by(Person.name)
    .limit(500)
)
_EMPLOYED: Final = select(Employee.username).where(Employee.username == bindparam("username"))
EMPLOY: Final = insert(Employee)
WRITE: Final = insert(CareerEntry)
_OF: Final = Employee.username == bindparam("_username")
CHANGE: Final = (
    update(Employee)
    .where(_OF)
    .values({name: bindparam(name) for name in ("jabatan", "unit", "mulai_kerja", "tanggal_lahir")})
)
_MOVE: Final = update(Employee).where(_OF).values(jabatan=bindparam("jabatan"), unit=bindparam("unit"))
