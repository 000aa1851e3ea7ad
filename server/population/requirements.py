"""What an applicant must bring: the tables `persyaratan_<process id>` of dmn/persyaratan, asked for one applicant.

Which list holds on a day (`rezim`) is said by the table `rezim_adminduk`, where the office may also make exceptions. What
decides about a document is a fact of the applicant, a column of the table: its label is the question, its values the answers.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, select

from server import dmn, errors, feel
from server.dmn import model
from server.engine import Engine, decisions
from server.engine.instances import UnknownProcess, newest_bundle
from server.engine.tables import Definition, Kind
from server.identity.roles import Jenis

PREFIX: Final = "persyaratan_"
REGIME: Final = "rezim_adminduk"
GIVEN: Final = "rezim"
"""The input of every list that is no fact of the applicant."""
KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {
    "boolean": bool,
    "number": (int, Decimal),
    "string": str,
}
BENTUK: Final[Mapping[str, str]] = {
    "formulir": "formulir, diisi",
    "fotokopi": "fotokopi",
    "asli_diserahkan": "asli, diserahkan",
    "asli_ditunjukkan": "asli, ditunjukkan",
    "pemeriksaan": "pemeriksaan di kantor ini, tidak perlu dibawa",
}
"""How a document is brought, in words."""
LAW: Final = re.compile(
    r"(UU|PP|Perpres|Permen\w+|Perka|Perda|Perbup|SE|Surat|Keputusan|Peraturan|Undang-undang|Buku)\b",
    re.IGNORECASE,
)
LARGEST: Final = 1000
"""Facts that are numbers are ages and counts."""


class NoRequirements(errors.NotFound):
    """The procedure has no list: nobody needs to bring anything, or there is no such procedure."""

    def __init__(self, process_id: str) -> None:
        super().__init__(f"Prosedur {process_id} tidak mempunyai daftar persyaratan.")


class FactsNeeded(errors.Invalid):
    """Facts are missing, or are none of the answers; `problems` names each."""

    def __init__(self, problems: Collection[errors.Problem]) -> None:
        super().__init__("Persyaratan belum dapat ditentukan. Jawab pertanyaan yang ditunjuk.", problems)


@dataclass(frozen=True)
class Service:
    """A procedure for citizens that has a list. `description`: the first paragraph of its documentation."""

    process_id: str
    name: str
    bidang: str | None
    description: str


@dataclass(frozen=True)
class Question:
    """A fact that decides. `kind`: boolean, number or string, the last with its possible answers."""

    name: str
    question: str
    kind: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Requirement:
    """One document. `bentuk`: formulir, fotokopi, asli_diserahkan, asli_ditunjukkan, or pemeriksaan, which the office does itself."""

    kode: str
    dokumen: str
    bentuk: str
    jumlah: str | None
    alternatif: tuple[str, ...]
    sumber: str


@dataclass(frozen=True)
class RequirementList:
    """What to bring, and by which law."""

    process_id: str
    tanggal: date
    rezim: str
    dasar: str
    requirements: tuple[Requirement, ...]

    def lacking(self, brought: Collection[str]) -> tuple[Requirement, ...]:
        """Those that are not among the codes brought."""
        return tuple(one for one in self.requirements if one.kode not in brought)


def is_listed(engine: Engine, connection: Connection, process_id: str) -> bool:
    """Whether citizens find a list for this procedure."""
    try:
        return bool(service(engine, connection, process_id))
    except NoRequirements:
        return False


def laws(sumber: str) -> str:
    """What an applicant is told of a source: the laws and decrees in it, without the office's own remarks on them."""
    parts = [part.strip() for part in sumber.split(";")]
    return "; ".join(part for part in parts if LAW.match(part)) or sumber


def services(engine: Engine, connection: Connection) -> tuple[Service, ...]:
    """The procedures that citizens begin and that have a list, by the office's fields and then by name."""
    listed = connection.execute(_LISTS).scalars()
    found = (_service(engine, connection, each.removeprefix(PREFIX)) for each in listed)
    fields = list(engine.roles.bidang)
    return tuple(
        sorted(
            (each for each in found if each),
            key=lambda one: (fields.index(one.bidang) if one.bidang in fields else len(fields), one.name),
        )
    )


def service(engine: Engine, connection: Connection, process_id: str) -> Service:
    """One of them. Raises NoRequirements."""
    asked = _LISTS.where(Definition.id == PREFIX + process_id)
    listed = process_id.isprintable() and connection.execute(asked).first()
    found = _service(engine, connection, process_id) if listed else None
    if found is None:
        raise NoRequirements(process_id)
    return found


def questions(engine: Engine, connection: Connection, process_id: str) -> tuple[Question, ...]:
    """What must be known of an applicant before the list can be given. Raises NoRequirements."""
    definitions, decision = _list_of(engine, connection, process_id)
    asked = dmn.find(definitions, decision)
    table = asked.logic if isinstance(asked, model.Decision) else None
    columns = table.inputs if isinstance(table, model.Table) else ()
    return tuple(_question(column) for column in columns if column.expression.text.strip() != GIVEN)


def requirements(
    engine: Engine, connection: Connection, process_id: str, facts: Mapping[str, object], tanggal: date
) -> RequirementList:
    """What an applicant of whom these facts hold must bring on a day. Raises NoRequirements, FactsNeeded."""
    known = _answers(questions(engine, connection, process_id), facts)
    definitions, decision = _list_of(engine, connection, process_id)
    rezim, dasar = _regime(engine, connection, process_id, tanggal)
    found = dmn.evaluate(definitions, decision, {**known, GIVEN: rezim}, engine.environment, engine.functions)
    listed = tuple(map(_requirement, found.decisions[-1].rules))
    return RequirementList(process_id, tanggal, rezim, dasar, listed)


def _service(engine: Engine, connection: Connection, process_id: str) -> Service | None:
    try:
        row = newest_bundle(connection, process_id)
    except UnknownProcess:
        return None
    bundle = engine.bundles.get(connection, row.bundle_key)
    role = engine.roles.get(bundle.starter.role or "")
    if row.confidential or role is None or role.jenis is not Jenis.WARGA:
        return None
    described = (bundle.process.documentation or "").partition("\n\n")[0].strip()
    return Service(process_id, row.name, row.bidang, described)


def _list_of(engine: Engine, connection: Connection, process_id: str) -> tuple[dmn.Definitions, str]:
    decision = PREFIX + process_id
    try:
        return decisions.newest(engine, connection, decision), decision
    except decisions.UnknownDecision:
        raise NoRequirements(process_id) from None


def _regime(engine: Engine, connection: Connection, process_id: str, tanggal: date) -> tuple[str, str]:
    """The regime of a day, and what says so."""
    definitions = decisions.newest(engine, connection, REGIME)
    asked = {"tanggal_permohonan": tanggal.isoformat(), "layanan": process_id}
    found = dmn.evaluate(definitions, REGIME, asked, engine.environment, engine.functions)
    return str(found.value), _note(found.decisions[-1].rules[0])


def _question(column: model.Input) -> Question:
    name = column.expression.text.strip()
    offered = feel.compile(f"[{column.values.text}]").evaluate({}).value if column.values else []
    answers = tuple(str(one) for one in offered) if isinstance(offered, list) else ()
    return Question(name, column.label or name, column.expression.type_ref or "string", answers)


def _answers(asked: tuple[Question, ...], facts: Mapping[str, object]) -> dict[str, object]:
    known = {one.name for one in asked}
    problems = [*_unanswered(asked, facts)]
    problems += [
        errors.Problem("tidak menentukan persyaratan prosedur ini", name)
        for name in facts
        if name not in known
    ]
    if problems:
        raise FactsNeeded(problems)
    return dict(facts)


def _unanswered(asked: tuple[Question, ...], facts: Mapping[str, object]) -> Iterator[errors.Problem]:
    for one in asked:
        given = facts.get(one.name)
        if given is None:
            yield errors.Problem(f"belum dijawab: {one.question}", one.name)
        elif not _fits(one, given):
            yield errors.Problem(f"bukan jawaban atas: {one.question} {_choices(one)}", one.name)


def _fits(asked: Question, given: object) -> bool:
    if not isinstance(given, KINDS.get(asked.kind, str)) or (
        isinstance(given, bool) != (asked.kind == "boolean")
    ):
        return False
    if isinstance(given, int | Decimal):
        return asked.kind == "boolean" or 0 <= given <= LARGEST
    return not asked.answers or given in asked.answers


def _choices(asked: Question) -> str:
    if asked.answers:
        return f"Pilihannya: {', '.join(asked.answers)}."
    return "Jawab true atau false." if asked.kind == "boolean" else f"Isi angka 0 sampai {LARGEST}."


def _requirement(hit: Any) -> Requirement:
    given = {output.name: output.value for output in hit.outputs}
    return Requirement(
        given["kode"],
        given["dokumen"],
        given["bentuk"],
        given["jumlah"],
        tuple(given["alternatif"] or ()),
        _note(hit),
    )


def _note(hit: dmn.RuleHit) -> str:
    """A rule's annotation: its source."""
    return next(iter(hit.annotations.values()), "")


_LISTS: Final = (
    select(Definition.id)
    .where(Definition.kind == Kind.DECISION, Definition.id.startswith(PREFIX, autoescape=True))
    .distinct()
)
