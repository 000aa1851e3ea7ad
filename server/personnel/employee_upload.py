"""What a spreadsheet of employees would change in the office's files, and the change: exactly what was shown before.

A row is new, changed or unchanged; what the sheet leaves empty it says nothing about. A row with a wrong cell, or about somebody
else than the username says, is refused with its place, and touches nothing.
"""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, insert, select

from server import errors, files
from server.db import Change, Effect, dump_json
from server.engine import Engine
from server.identity import Actor, Entry, InvalidPerson, NewPerson, new_person, recording
from server.identity.models import Person
from server.personnel.career import CHANGE, EMPLOY, WRITE, Facts, Noted, employed, must_keep, read_entries
from server.personnel.employee_sheet import Row, UnusableSheet, problem, read_sheet
from server.personnel.employees import EMPLOYEES, EmployeeRecord

KEPT_FOR: Final = timedelta(hours=2)
"""How long a sheet waits for the word of who has read what it would change."""
SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ANY_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
TOLD: Final = 20
"""So many problems are named at once."""


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "baru"
    CHANGED = "berubah"
    SAME = "sama"


class UploadGone(errors.NotFound):
    def __init__(self) -> None:
        super().__init__(
            "Lembar kerja itu sudah diterapkan, kedaluwarsa, atau bukan milik Anda. Unggah lagi berkasnya."
        )


class MovedOn(errors.Conflict):
    """What the sheet would change now is not what was shown."""

    def __init__(self) -> None:
        super().__init__(
            "Data pegawai berubah sesudah pratinjau dibuat. Belum ada yang diterapkan; periksa pratinjau yang baru."
        )


@dataclass(frozen=True)
class NewEntry:
    """An entry that the sheet adds. `corrects`: the entry in whose place it stands, with what that said."""

    jenis: str
    tmt: date
    isi: Mapping[str, Any]
    corrects: int | None = None
    before: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Planned:
    """A row, and what it does. `facts`: by name what was and what will be; `after`: all facts then; `person`: somebody new here."""

    line: int
    username: str
    nama: str
    fate: Fate
    nip: str | None
    after: Facts
    facts: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    entries: Sequence[NewEntry] = ()
    person: bool = False


@dataclass(frozen=True)
class Plan:
    """What a sheet would do; `refused`: wrong cells, whose rows are left out."""

    rows: Sequence[Planned]
    refused: Sequence[errors.Problem]

    def of(self, fate: Fate) -> list[Planned]:
        return [each for each in self.rows if each.fate is fate]

    @property
    def does_anything(self) -> bool:
        return any(each.fate is not Fate.SAME for each in self.rows)

    @property
    def digest(self) -> str:
        """Of all that it changes: the same, if and only if applying it does the same."""
        told = [
            [
                each.username,
                each.nama,
                each.nip if each.person else None,
                each.person,
                {name: [str(was), str(now)] for name, (was, now) in each.facts.items()},
                [[one.jenis, str(one.tmt), dict(one.isi), str(one.corrects)] for one in each.entries],
            ]
            for each in self.rows
            if each.fate is not Fate.SAME
        ]
        return hashlib.sha256(dump_json(told).encode()).hexdigest()


@dataclass(frozen=True)
class Uploaded:
    """A sheet that waits. `document`: by which it is called."""

    document: str
    plan: Plan


# --- verbs


def upload(
    engine: Engine, connection: Connection, actor: Actor, body: bytes, name: str = "pegawai.xlsx"
) -> Change[Uploaded]:
    """Keeps a sheet for a while and says what it would change. Raises NotAKeeper, UnusableSheet, UnreadableWorkbook."""
    must_keep(actor)
    plan = plan_of(connection, body, engine.clock.today())
    now = engine.clock.now()
    document: dict[str, Any] = {
        "id": secrets.token_urlsafe(24),
        "sha256": files.sha256_of(body),
        "name": name[-255:],
        "content_type": SHEET_TYPE,
        "created_by": actor.username,
        "created_at": now,
        "expires_at": now + KEPT_FOR,
        "process_id": None,
        "process_instance_key": None,
        "user_task_key": None,
        "properties": {},
    }
    return Change(files.keep(connection, document, body), Uploaded(document["id"], plan))


def preview(engine: Engine, connection: Connection, actor: Actor, document: str) -> Uploaded:
    """What a sheet that was uploaded would change now. Raises NotAKeeper, UploadGone."""
    must_keep(actor)
    return Uploaded(
        document, plan_of(connection, _body(engine, connection, actor, document), engine.clock.today())
    )


def apply(engine: Engine, connection: Connection, actor: Actor, document: str, digest: str) -> Change[Plan]:
    """Does what was shown under this digest; the refused rows stay out. Raises NotAKeeper, UploadGone, MovedOn."""
    found = preview(engine, connection, actor, document).plan
    if found.digest != digest:
        raise MovedOn
    return Change((*effects_of(engine, found, actor.username), *files.delete(document)), found)


def bring_in(engine: Engine, connection: Connection, by: str, body: bytes) -> Change[Plan]:
    """All that a sheet changes, or nothing where a cell is wrong. Raises UnusableSheet, UnreadableWorkbook."""
    plan = plan_of(connection, body, engine.clock.today())
    if plan.refused:
        listed = "\n".join(f"  - {each}" for each in plan.refused[:TOLD])
        more = f"\n  dan {len(plan.refused) - TOLD} hal lain" if len(plan.refused) > TOLD else ""
        raise UnusableSheet(
            f"Tidak ada yang dimasukkan; {len(plan.refused)} hal perlu dibetulkan:\n{listed}{more}",
            plan.refused,
        )
    return Change(tuple(effects_of(engine, plan, by)), plan)


# --- what a sheet would do


def plan_of(connection: Connection, body: bytes, today: date) -> Plan:
    """Read against what is kept, in a few statements. Raises UnusableSheet, UnreadableWorkbook."""
    rows, refused = read_sheet(body, today)
    known = _Known(connection, {each.username for each in rows})
    planned = []
    for row in rows:
        found = known.plan(row)
        if isinstance(found, errors.Problem):
            refused.append(found)
        else:
            planned.append(found)
    return Plan(planned, refused)


class _Known:
    """What is kept of people and employees, read once."""

    def __init__(self, connection: Connection, usernames: set[str]) -> None:
        people = connection.execute(select(Person.username, Person.name, Person.nip)).all()
        self.people = {row.username: row for row in people}
        self.owners = {row.nip: row.username for row in people if row.nip}
        self.employees = {row.username: EmployeeRecord(*row) for row in connection.execute(EMPLOYEES)}
        kept = usernames & self.employees.keys()
        self.entries = read_entries(connection, kept if len(kept) < 100 else None) if kept else {}

    def plan(self, row: Row) -> Planned | errors.Problem:
        person = self.people.get(row.username)
        owner = self.owners.get(row.nip) if row.nip else None
        if owner not in (None, row.username):
            return problem(row.line, "NIP", f"NIP {row.nip} sudah tercatat untuk “{owner}”")
        if person is not None and person.nip and row.nip and person.nip != row.nip:
            told = f"“{row.username}” tercatat dengan NIP {person.nip}; periksa nama pengguna atau NIP-nya"
            return problem(row.line, "NIP", told)
        if person is None:
            if fault := _unfit(row):
                return fault
            if row.nip:
                self.owners[row.nip] = row.username
        employee = self.employees.get(row.username)
        if employee is None:
            entries = [NewEntry(*each) for each in row.entries]
            name, nip = (row.nama, row.nip) if person is None else (person.name, person.nip or row.nip)
            return Planned(
                row.line,
                row.username,
                name,
                Fate.NEW,
                nip,
                row.facts,
                entries=entries,
                person=person is None,
            )
        return self._changed(row, employee)

    def _changed(self, row: Row, employee: EmployeeRecord) -> Planned:
        after = replace(row.facts, tanggal_lahir=row.facts.tanggal_lahir or employee.tanggal_lahir)
        facts = {
            name: (was, value)
            for name, value in vars(after).items()
            if (was := getattr(employee, name)) != value
        }
        held = [each for each in self.entries.get(row.username, ()) if each.holds]
        entries = [found for each in row.entries if (found := _added(held, row.facts, *each)) is not None]
        fate = Fate.CHANGED if facts or entries else Fate.SAME
        return Planned(row.line, row.username, employee.nama, fate, employee.nip, after, facts, entries)


def _unfit(row: Row) -> errors.Problem | None:
    """What is wrong with the person whom the row would add."""
    try:
        new_person(NewPerson(row.username, row.nama, row.nip), _ANY_TIME)
    except InvalidPerson as fault:
        return problem(row.line, "NIP" if "NIP" in fault.message else "Nama pengguna", fault.message)
    return None


def _added(
    held: Sequence[Noted], facts: Facts, jenis: str, tmt: date, isi: Mapping[str, Any]
) -> NewEntry | None:
    """The entry that the sheet adds to those that are held; None where it says nothing new."""
    old = next((each for each in held if _is_same(each, facts, jenis, tmt, isi)), None)
    if old is None:
        return NewEntry(jenis, tmt, isi)
    said = {name: value for name, value in isi.items() if value is not None}
    if all(old.isi.get(name) == value for name, value in said.items()):
        return None
    day = old.tmt if jenis == "kinerja" else tmt
    return NewEntry(jenis, day, {**isi, **old.isi, **said}, old.key, old.isi)


def _is_same(old: Noted, facts: Facts, jenis: str, tmt: date, isi: Mapping[str, Any]) -> bool:
    """Whether both speak of one matter: a rating by its year, a status without a day of its own by what it is, all else by the day."""
    if old.jenis != jenis:
        return False
    if jenis == "kinerja":
        return bool(old.isi["tahun"] == isi["tahun"])
    if jenis == "status" and tmt == facts.mulai_kerja:
        return bool(old.isi["status"] == isi["status"])
    return old.tmt == tmt


# --- doing it


def effects_of(engine: Engine, plan: Plan, by: str) -> Iterator[Effect]:
    """All rows, in a few statements; each file's change stands in the audit trail."""
    now, today = engine.clock.now(), engine.clock.today()
    new = plan.of(Fate.NEW)
    people = [new_person(NewPerson(each.username, each.nama, each.nip), now) for each in new if each.person]
    if people:
        yield Effect(insert(Person), people)
    if new:
        yield Effect(EMPLOY, [employed(each.username, each.nip, each.after, today) for each in new])
    changed = plan.of(Fate.CHANGED)
    for each in changed:
        if each.facts:
            yield Effect(CHANGE, {"_username": each.username, **vars(each.after)}, expect=1)
    entries = [(each.username, one) for each in (*new, *changed) for one in each.entries]
    if entries:
        keys = engine.keys.draw(len(entries))
        yield Effect(
            WRITE,
            [
                {
                    "key": key,
                    "username": username,
                    "jenis": one.jenis,
                    "tmt": one.tmt,
                    "isi": dict(one.isi),
                    "mengganti": one.corrects,
                    "batal": False,
                    "dicatat_oleh": by,
                    "dicatat_pada": now,
                }
                for key, (username, one) in zip(keys, entries, strict=True)
            ],
        )
    for each in (*new, *changed):
        verb = "career.add" if each.fate is Fate.NEW else "career.change"
        told = {name: [str(was), str(is_)] for name, (was, is_) in each.facts.items()}
        yield recording(Entry(now, by, verb, f"person:{each.username}", "done", told or None))


def _body(engine: Engine, connection: Connection, actor: Actor, document: str) -> bytes:
    table = files.Document
    row = connection.execute(
        select(table.sha256).where(
            table.id == document,
            table.created_by == actor.username,
            table.content_type == SHEET_TYPE,
            table.process_instance_key.is_(None),
            table.expires_at > engine.clock.now(),
        )
    ).one_or_none()
    if row is None:
        raise UploadGone
    parts: list[bytes] = []
    while (part := files.piece(connection, row.sha256, len(parts))) is not None:
        parts.append(part)
    return b"".join(parts)
