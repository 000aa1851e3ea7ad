"""The documents of an application: what its requirement table has asked for, and what of it the counter has seen.

A case that began with a requirement list bears it in the variable `persyaratan`; `persyaratan_ada` is what the counter has
ticked. Where each is asked for, and by which law, the evaluations of the tables tell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from server.db import load_json
from server.engine.tables import DecisionInstance, Variable
from server.letters import Wanted
from server.population.requirements import BENTUK, REGIME, laws

ASKED: Final = "persyaratan"
SEEN: Final = "persyaratan_ada"
NOTES: Final = ("catatan_kekurangan", "catatan_loket")
"""What the counter's forms call its word to the applicant about what is missing."""
LONGEST: Final = 2000


@dataclass(frozen=True)
class Papers:
    """`note`: the counter's word on what is missing; `dasar`: the law of the list."""

    asked: tuple[Wanted, ...] = ()
    note: str | None = None
    dasar: str | None = None

    @property
    def lacking(self) -> tuple[Wanted, ...]:
        """What the counter looked for and did not find."""
        return tuple(one for one in self.asked if one.ada is False)


def papers_of(connection: Connection, case_key: int, process_id: str) -> Papers:
    """The documents of a case; none where its procedure asks for none, or has not asked yet."""
    kept = {row.name: load_json(row.value) for row in connection.execute(_VALUES, {"case": case_key})}
    asked = [one for one in _list(kept.get(ASKED)) if isinstance(one, dict) and one.get("dokumen")]
    if not asked:
        return Papers()
    traces = _traces(connection, case_key)
    sources = dict(_sources(traces.get(f"{ASKED}_{process_id}", ())))
    seen = kept.get(SEEN)
    found = tuple(_wanted(one, sources, seen if isinstance(seen, list) else None) for one in asked)
    notes = [kept[name].strip() for name in NOTES if isinstance(kept.get(name), str)]
    dasar = next((note for _, note in _sources(traces.get(REGIME, ()))), None)
    return Papers(found, next((note[:LONGEST] for note in notes if note), None), dasar)


def _wanted(one: Mapping[str, Any], sources: Mapping[str, str], seen: list[Any] | None) -> Wanted:
    kode, bentuk = one.get("kode"), str(one.get("bentuk") or "")
    return Wanted(
        dokumen=str(one["dokumen"]),
        bentuk=BENTUK.get(bentuk, bentuk.replace("_", " ")),
        jumlah=str(one["jumlah"]) if one.get("jumlah") else None,
        alternatif=tuple(map(str, _list(one.get("alternatif")))),
        sumber=laws(sources.get(str(kode), "")),
        ada=None if seen is None else kode in seen,
    )


def _traces(connection: Connection, case_key: int) -> dict[str, Any]:
    """The rules that matched, by decision, as they were evaluated last."""
    rows = connection.execute(_EVALUATED, {"case": case_key})
    return {row.decision_id: row.trace[-1]["rules"] for row in rows if row.trace}


def _sources(rules: Any) -> Iterator[tuple[str, str]]:
    """The code of each rule's document and the rule's note."""
    for rule in rules:
        outputs = {each["name"]: each["value"] for each in rule["outputs"]}
        notes = rule.get("annotations") or {}
        note = next(iter(notes.values()), "") if isinstance(notes, dict) else ""
        yield str(outputs.get("kode")), str(note)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


_VALUES: Final = select(Variable.name, Variable.value).where(
    Variable.process_instance_key == bindparam("case"),
    Variable.scope_key == bindparam("case"),
    Variable.name.in_((ASKED, SEEN, *NOTES)),
)
_EVALUATED: Final = (
    select(DecisionInstance.decision_id, DecisionInstance.trace)
    .where(DecisionInstance.process_instance_key == bindparam("case"))
    .order_by(DecisionInstance.key)
)
