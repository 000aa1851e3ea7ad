"""Upaya administratif: what an employee may still do against a decision in a discipline case, and by when it is answered.

Which way is open, and what it is counted from, says the table `upaya_administratif`; how long, `tenggat_disiplin`, each in its newest
version. Nothing here says that anybody has gone that way.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from server import dmn
from server.engine import Engine, decisions
from server.personnel.register import File

WAYS: Final = "upaya_administratif"
SPAN: Final = "tenggat_disiplin"
LENGTH: Final = "jarak_tenggat"
RECEIVED: Final = "diterima"
REFERRED: Final = "RUJUK_BERAT"
HEAVY: Final = "rujuk_berat"


@dataclass(frozen=True)
class Appeal:
    """A way against the decision of a rung. `batas`: the last day, as the calendar has it; None where nobody knows from when.

    `sesudah`: the day on which the decision was received, or another way of which `batas` supposes that it was taken on its last day.
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
    table = _Table(engine, tables, str(rezim))
    found = [each for step in file.case.riwayat for each in table.ways(step.langkah, step.sejak)]
    if (file.assessment or {}).get("tindakan") == REFERRED:
        found += table.ways(HEAVY, None)
    return tuple(found)


@dataclass(frozen=True)
class _Table:
    engine: Engine
    tables: dmn.Definitions
    rezim: str

    def ways(self, langkah: str, received: date | None) -> Iterator[Appeal]:
        """Each with its last day, counted from the receipt or from the one that it follows."""
        said = self._say(WAYS, {"rezim": self.rezim, "langkah": langkah}).value
        ends: dict[str, date | None] = {RECEIVED: received}
        for way in said if isinstance(said, list) else ():
            since = ends.get(way["sesudah"])
            found = self._span(way, since)
            if isinstance(found.value, Mapping) and found.value.get("n") is not None:
                until = found.value.get("batas") if since else None
                ends[way["kejadian"]] = date.fromisoformat(str(until)) if until else None
                yield self._appeal(langkah, way, found, received, ends[way["kejadian"]])

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
