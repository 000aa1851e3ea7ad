"""The SK with which a proposal ends: the entry that the diagram's service task writes into the employee's file, and takes back.

The employee is the case's subject. A case about nobody, by which an office proposes several at once, writes nothing: which letter
is whose, only people can say.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, delete

from server.db import Effect, Keys
from server.engine.handlers import Call, Outcome
from server.identity import Entry, recording
from server.personnel.career import WRITE, Noted, kind_of, read_entries
from server.personnel.career_kinds import read_entry
from server.personnel.employees import employee
from server.personnel.models import DueCase

GIVEN: Final = "riwayat"
"""The input of the service task: `{tmt, isi}` of the entry, null where the proposal was refused."""


def enter(call: Call) -> Outcome:
    """Writes the entry of the kind that the header `jenis` names; after a refusal what is due may be proposed again.

    An entry of the kind for the same day, written by hand meanwhile, is corrected where the letter says otherwise.
    Raises NotAnEmployee, UnknownKind, InvalidEntry.
    """
    given = call.variables.get(GIVEN)
    if not isinstance(given, Mapping):
        return Outcome(effects=(Effect(_FREE, {"_case": call.case.root}),))
    username = call.case.subject
    if username is None:
        return Outcome()
    employee(call.connection, username)
    kind, tmt, raw = kind_of(call.headers.get("jenis", "")), _day(given.get("tmt")), given.get("isi")
    isi = read_entry(kind, tmt, raw if isinstance(raw, Mapping) else {}, call.today)
    assert tmt is not None, "read_entry refuses an entry without a day"
    old = next(
        (each for each in _entries(call) if each.holds and (each.jenis, each.tmt) == (kind.id, tmt)), None
    )
    if old is not None and dict(old.isi) == isi:
        return Outcome()
    written = Noted(
        call.key, username, kind.id, tmt, isi, old.key if old else None, False, call.actor, call.now
    )
    return Outcome(effects=_writing(call, written, "career.correct" if old else "career.note"))


def take_back(call: Call, keys: Keys) -> Outcome:
    """Strikes the entry out that this act has written, or puts back what it has corrected; what people did since stays."""
    entries = _entries(call)
    mine = next((each for each in entries if each.key == call.key and each.holds), None)
    if mine is None:
        return Outcome()
    before = next((each for each in entries if each.key == mine.mengganti), None)
    kept = before or mine
    undone = Noted(
        keys.draw()[0],
        mine.username,
        mine.jenis,
        kept.tmt,
        kept.isi,
        mine.key,
        before is None,
        call.actor,
        call.now,
    )
    return Outcome(effects=_writing(call, undone, "career.correct" if before else "career.strike"))


def _entries(call: Call) -> list[Noted]:
    if call.case.subject is None:
        return []
    return read_entries(call.connection, [call.case.subject]).get(call.case.subject, [])


def _writing(call: Call, entry: Noted, verb: str) -> tuple[Effect, ...]:
    told: dict[str, Any] = {"jenis": entry.jenis, "tmt": entry.tmt.isoformat(), "catatan": str(entry.key)}
    if call.case.number:
        told["perkara"] = call.case.number
    row = {name: value for name, value in vars(entry).items() if name != "replaced_by"}
    audit = Entry(call.now, call.actor, verb, f"person:{entry.username}", "done", told)
    return (Effect(WRITE, row | {"isi": dict(entry.isi)}), recording(audit))


def _day(text: object) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(str(text))
    return None


_FREE: Final = delete(DueCase).where(DueCase.case_key == bindparam("_case"))
"""While the case is under way, it is found by its procedure; once it is over, another may be started."""
