"""Upaya administratif: what an employee may still do against a decision in a discipline case, and by when it is answered.

Which way is open, and what it is counted from, says the table `upaya_administratif`; how long, `tenggat_disiplin`, each in its newest
version. Whoever keeps the register notes when a way was taken or answered; from that day the next term is counted.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select

from server import dmn, errors
from server.calendar import YearUnknown
from server.db import AnyRow, Change, Effect
from server.engine import Engine, decisions
from server.identity import Actor
from server.personnel import register
from server.personnel.models import DisciplineAppeal
from server.personnel.register import File

WAYS: Final = "upaya_administratif"
SPAN: Final = "tenggat_disiplin"
LENGTH: Final = "jarak_tenggat"
RECEIVED: Final = "diterima"
REFERRED: Final = "RUJUK_BERAT"
HEAVY: Final = "rujuk_berat"
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Appeal:
    """A way against the decision of a rung. `batas`: the last day, as the calendar has it; None where nobody knows from when.

    `sesudah`: the day on which the decision was received, or another way; `dugaan`: `batas` supposes that this one was taken on its
    last day, as nothing is noted of it. `ditempuh`: when this one was taken or answered; `sisa_hari_kerja`: what is left of an open
    one from tomorrow on, negative once it is over, None where nothing runs.
    """

    langkah: str
    kejadian: str
    apa: str
    siapa: str
    n: int
    satuan: str
    sesudah: str
    diterima: date | None
    batas: date | None
    dasar: str
    dugaan: bool = False
    ditempuh: date | None = None
    catatan: str | None = None
    sisa_hari_kerja: int | None = None


class NoSuchWay(errors.Invalid):
    """What was noted is none of the ways that stand open in the case, or on no day on which it can have been."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message, [errors.Problem(message, where=where)])


class NotTheKeeper(errors.Forbidden):
    def __init__(self) -> None:
        super().__init__("Upaya administratif dicatat oleh Kasubag Umum dan Kepegawaian.")


@dataclass(frozen=True)
class Noted:
    """`kejadian`: one of the ways, or RECEIVED for a decision that another officer made."""

    langkah: str
    kejadian: str
    tanggal: date
    catatan: str | None = None


def note(engine: Engine, connection: Connection, actor: Actor, case_key: int, noted: Noted) -> Change[None]:
    """Notes when a way was taken or answered. Raises NoSuchCase, NotTheKeeper, NoSuchWay."""
    opened = register.opened(engine, connection, actor, case_key)
    if register.KEEPER not in actor.groups:
        raise NotTheKeeper
    open_ = [each for each in appeals(engine, connection, opened.answer) if each.langkah == noted.langkah]
    ways = {each.kejadian for each in open_} | ({RECEIVED} if noted.langkah == HEAVY and open_ else set())
    if noted.kejadian not in ways:
        raise NoSuchWay(
            "Upaya itu tidak terbuka dalam perkara ini; pilih salah satu yang tertulis.", "kejadian"
        )
    received = next((each.diterima for each in open_), None)
    if noted.tanggal > engine.clock.today():
        raise NoSuchWay("Harinya belum tiba; catat sesudah upayanya ditempuh.", "tanggal")
    if received is not None and noted.kejadian != RECEIVED and noted.tanggal < received:
        raise NoSuchWay(f"Keputusannya baru diterima {received:%d-%m-%Y}.", "tanggal")
    text = (noted.catatan or "").replace("\0", "").strip()[:1000] or None
    row = {**vars(noted), "catatan": text, "key": engine.keys.draw()[0], "case_key": case_key}
    kept = Effect(insert(DisciplineAppeal), row | {"oleh": actor.username, "pada": engine.clock.now()})
    return Change((*opened.effects, kept), None)


def appeals(engine: Engine, connection: Connection, file: File) -> tuple[Appeal, ...]:
    """Of each punishment that was handed over, in the order of the rungs; of a case that was referred, what stands open then."""
    rezim = (file.assessment or {}).get("rezim")
    if rezim is None:
        return ()
    tables = None
    with suppress(decisions.UnknownDecision):
        tables = decisions.newest(engine, connection, WAYS)
    if tables is None or SPAN not in tables.by_id:
        return ()
    rows = connection.execute(_NOTED, {"case_key": file.case.case_key})
    table = _Table(engine, tables, str(rezim), {(row.langkah, row.kejadian): row for row in rows})
    found = [each for step in file.case.riwayat for each in table.ways(step.langkah, step.sejak)]
    if (file.assessment or {}).get("tindakan") == REFERRED:
        received = table.noted.get((HEAVY, RECEIVED))
        found += table.ways(HEAVY, received.tanggal if received else None)
    return tuple(found)


@dataclass(frozen=True)
class _Table:
    engine: Engine
    tables: dmn.Definitions
    rezim: str
    noted: Mapping[tuple[str, str], AnyRow]

    def ways(self, langkah: str, received: date | None) -> Iterator[Appeal]:
        """Each with its last day, counted from the receipt or from the one that it follows."""
        said = self._say(WAYS, {"rezim": self.rezim, "langkah": langkah}).value
        ends: dict[str, date | None] = {RECEIVED: received}
        for way in said if isinstance(said, list) else ():
            since = ends.get(way["sesudah"])
            found = self._span(way, since)
            if isinstance(found.value, Mapping) and found.value.get("n") is not None:
                until = found.value.get("batas") if since else None
                last = date.fromisoformat(str(until)) if until else None
                taken = self.noted.get((langkah, way["kejadian"]))
                ends[way["kejadian"]] = taken.tanggal if taken else last
                guess = way["sesudah"] != RECEIVED and (langkah, way["sesudah"]) not in self.noted
                appeal = self._appeal(langkah, way, found, received, last)
                left = None if taken or guess else self._left(last)
                yield replace(
                    appeal,
                    dugaan=guess,
                    ditempuh=taken.tanggal if taken else None,
                    catatan=taken.catatan if taken else None,
                    sisa_hari_kerja=left,
                )

    def _left(self, last: date | None) -> int | None:
        today = self.engine.clock.today()
        if last is None:
            return None
        try:
            count = self.engine.calendar.jumlah_hk
            return (
                count(today + DAY, last) if last > today else -count(last + DAY, today) if last < today else 0
            )
        except YearUnknown:
            return None

    def _span(self, way: Mapping[str, Any], since: date | None) -> dmn.Evaluation:
        day = (since or self.engine.clock.today()).isoformat()
        asked = {name: way[name] for name in ("kejadian", "tingkat")}
        return self._say(SPAN, {**asked, "rezim": self.rezim, "tanggal_kejadian": day})

    def _appeal(
        self,
        langkah: str,
        way: Mapping[str, Any],
        span: dmn.Evaluation,
        received: date | None,
        until: date | None,
    ) -> Appeal:
        said: Any = span.value
        return Appeal(
            langkah,
            way["kejadian"],
            str(said["apa"]),
            str(way["siapa"]),
            int(said["n"]),
            str(said["satuan"]),
            str(way["sesudah"]),
            received,
            until,
            _basis(span),
        )

    def _say(self, decision: str, facts: Mapping[str, object]) -> dmn.Evaluation:
        return dmn.evaluate(self.tables, decision, facts, self.engine.environment, self.engine.functions)


def _basis(span: dmn.Evaluation) -> str:
    """What stands as the basis beside the row that says how long."""
    rules = next((trace.rules for trace in span.decisions if trace.id == LENGTH), ())
    return "; ".join(rules[-1].annotations.values()) if rules else ""


_NOTED: Final = (
    select(
        DisciplineAppeal.langkah,
        DisciplineAppeal.kejadian,
        DisciplineAppeal.tanggal,
        DisciplineAppeal.catatan,
    )
    .where(DisciplineAppeal.case_key == bindparam("case_key"))
    .order_by(DisciplineAppeal.key)
)
