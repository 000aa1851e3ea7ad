"""Trying out a draft of rule tables by hand: what they ask, what they answer and why, and worked examples of them.

Examples stand beside the book's tables as YAML; those that people keep here are rows, by the file of decisions that they are of.
Nothing of a trial is kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any, Final

import yaml
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from server import dmn, errors
from server.authoring.drafts import Opened, find
from server.authoring.models import DecisionExample
from server.authoring.standing import body_of
from server.db import Change, Effect, dump_json, load_json
from server.dmn.model import InputData
from server.engine import Engine
from server.engine.tables import Kind
from server.identity import Actor

ENDING: Final = ".contoh.yaml"
LONGEST_NAME: Final = 200
MOST_EXAMPLES: Final = 500
LONGEST_VALUE: Final = 20_000


class NoTable(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Rancangan ini bukan berkas tabel keputusan.")


class UnknownExample(errors.NotFound):
    def __init__(self) -> None:
        super().__init__("Contoh ini tidak ada; mungkin sudah dihapus orang lain.")


class UnkeptExample(errors.Invalid):
    """An example that cannot be kept."""


@dataclass(frozen=True)
class Sheet:
    """A draft's file of decisions, read. `decisions`: id and name of each that can be asked, the last asked first."""

    draft: Opened
    definitions: dmn.Definitions
    decisions: tuple[tuple[str, str], ...]

    def chosen(self, id_: str | None) -> str:
        """The decision of that id, or else the one that needs most of the others."""
        known = [one for one, _ in self.decisions]
        return id_ if id_ in known else known[0]


@dataclass(frozen=True)
class Worked:
    """An example with what the draft makes of it. `key`: of one that people have kept here; `file`: else where it stands."""

    example: dmn.Example
    key: int | None
    file: str | None
    answer: dmn.Evaluation
    passed: bool


# --- asking


def sheet(engine: Engine, connection: Connection, actor: Actor, key: int) -> Sheet:
    """A draft of tables. Raises UnknownDraft, NoTable, dmn.Unreadable."""
    draft = find(engine, connection, actor, key)
    if draft.kind != Kind.REQUIREMENTS:
        raise NoTable
    definitions = dmn.read(draft.body)
    elements = [one for one in definitions.elements if not isinstance(one, InputData)]
    if not elements:
        raise errors.Invalid("Berkas ini belum berisi keputusan; tambahkan dahulu di peta keputusan.")
    required = {ref.id for one in elements for ref in one.requirements}
    ordered = sorted(elements, key=lambda one: one.id in required)
    return Sheet(draft, definitions, tuple((one.id, one.name) for one in ordered))


def asked(
    engine: Engine, of: Sheet, decision: str, examples: Iterable[dmn.Example]
) -> tuple[dmn.Question, ...]:
    """What a decision asks; where the file does not say what something is, the examples tell."""
    told: dict[str, list[object]] = {}
    for example in examples:
        _gather(told, "", example.inputs)
    found = dmn.questions(of.definitions, decision)
    return tuple(_typed(one, one.name, told) for one in found if one.name not in engine.functions)


def evaluate(
    engine: Engine, connection: Connection, of: Sheet, decision: str, values: Mapping[str, object]
) -> dmn.Evaluation:
    """What the draft answers, with every decision on the way. Raises dmn.NoSuchDecision."""
    engine.book.refresh(connection)
    return dmn.evaluate(of.definitions, decision, values, engine.environment, engine.functions)


def examples(
    connection: Connection, of: Sheet, book: Path
) -> list[tuple[dmn.Example, int | None, str | None]]:
    """The examples of a file: those beside its tables in the book's folder, and those that people have kept here."""
    known = {one.id for one in of.definitions.elements} | {one.name for one in of.definitions.elements}
    beside = [
        (each, None, file)
        for each, file in _of_book(book, PurePath(of.draft.name).parent)
        if each.decision in known
    ]
    rows = connection.execute(_KEPT, {"file": of.draft.id})
    return [*beside, *((_example(row), row.key, None) for row in rows)]


def run(
    engine: Engine,
    connection: Connection,
    of: Sheet,
    found: Iterable[tuple[dmn.Example, int | None, str | None]],
) -> list[Worked]:
    """What the draft makes of examples."""
    engine.book.refresh(connection)
    worked = []
    for example, key, file in found:
        try:
            answer = dmn.evaluate(
                of.definitions, example.decision, example.inputs, engine.environment, engine.functions
            )
        except dmn.NoSuchDecision as fault:
            answer = dmn.Evaluation(None, (), (dmn.Notice(fault.message, example.decision),))
        worked.append(Worked(example, key, file, answer, dmn.matches(example.expected, answer.value)))
    return worked


def compare(engine: Engine, connection: Connection, of: Sheet) -> tuple[dmn.Difference, ...]:
    """What the draft changes of what is in force. Raises dmn.Unreadable."""
    standing = of.draft.in_force
    before = (
        dmn.read(body_of(connection, standing.resource_key))
        if standing
        else replace(of.definitions, elements=(), kept={})
    )
    return dmn.compare(before, of.definitions)


# --- what was typed


def values_of(
    asked: Iterable[dmn.Question], typed: Mapping[str, str]
) -> tuple[dict[str, object], list[errors.Problem]]:
    """Typed texts by the path of their question, as JSON; what is left empty is not given."""
    problems: list[errors.Problem] = []
    values = {}
    for one in asked:
        found = _value(one, one.name, typed, problems)
        if found is not None:
            values[one.name] = found
    return values, problems


def _value(one: dmn.Question, path: str, typed: Mapping[str, str], problems: list[errors.Problem]) -> object:
    if one.parts:
        within = {part.name: _value(part, f"{path}.{part.name}", typed, problems) for part in one.parts}
        given = {name: value for name, value in within.items() if value is not None}
        return given or None
    text = typed.get(path, "").strip()[:LONGEST_VALUE]
    if not text:
        return None
    try:
        return READERS.get(one.kind, _anything)(text)
    except ValueError as wrong:
        problems.append(errors.Problem(str(wrong), path))
        return None


def _truth(text: str) -> bool:
    if text not in ("ya", "tidak"):
        raise ValueError("Pilih ya atau tidak.")
    return text == "ya"


def _number(text: str) -> Decimal:
    plain = text.replace(".", "").replace(",", ".") if "," in text else text
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > 34:
        raise ValueError("Tulis sebuah angka, misalnya 12 atau 0,5.")
    return number


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError("Pilih tanggal.") from None


def _anything(text: str) -> object:
    """A number, ya, tidak, a list or an object as JSON; every other text is itself."""
    if text in ("ya", "tidak"):
        return text == "ya"
    if text[0] in "[{":
        try:
            return load_json(text)
        except (ValueError, RecursionError):
            raise ValueError("Daftar dan objek ditulis sebagai JSON yang benar.") from None
    return _number(text) if _NUMBER.fullmatch(text) else text


_NUMBER = re.compile(r"-?\d{1,30}([.,]\d{1,30})?")
READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "boolean": _truth,
    "number": _number,
    "date": _day,
    "string": str,
}


def shown(value: object) -> str:
    """A value as the fields of a trial take it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, Decimal | int):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)
    return value if isinstance(value, str) else dump_json(value)


def flat(values: Mapping[str, object], asked: Iterable[dmn.Question]) -> dict[str, str]:
    """An example's inputs as typed texts by path."""
    typed: dict[str, str] = {}

    def walk(one: dmn.Question, path: str, value: object) -> None:
        if one.parts:
            within = value if isinstance(value, Mapping) else {}
            for part in one.parts:
                walk(part, f"{path}.{part.name}", within.get(part.name))
        else:
            typed[path] = shown(value)

    for one in asked:
        walk(one, one.name, values.get(one.name))
    return typed


def _gather(told: dict[str, list[object]], path: str, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        here = f"{path}.{name}" if path else name
        if isinstance(value, Mapping):
            _gather(told, here, value)
        elif value is not None:
            told.setdefault(here, []).append(value)


def _typed(one: dmn.Question, path: str, told: Mapping[str, list[object]]) -> dmn.Question:
    """A question of no known type, by what examples give for it."""
    parts = tuple(_typed(part, f"{path}.{part.name}", told) for part in one.parts)
    seen = told.get(path, [])
    if one.kind != dmn.ANYTHING or parts or not seen:
        return replace(one, parts=parts)
    kinds = {_kind(value) for value in seen}
    return replace(one, kind=kinds.pop() if len(kinds) == 1 else one.kind)


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | Decimal):
        return "number"
    if isinstance(value, str):
        return "date" if _ISO.fullmatch(value) else "string"
    return dmn.ANYTHING


_ISO = re.compile(r"\d{4}-\d\d-\d\d")


# --- examples


def keep(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    key: int,
    decision: str,
    name: str,
    values: Mapping[str, object],
) -> Change[str]:
    """Keeps inputs as an example, with what the draft answers to them now. Raises UnknownDraft, NoTable, UnkeptExample."""
    of = sheet(engine, connection, actor, key)
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise UnkeptExample(f"Beri contoh ini nama, paling panjang {LONGEST_NAME} huruf.")
    if connection.execute(_COUNT, {"file": of.draft.id}).scalar_one() >= MOST_EXAMPLES:
        raise UnkeptExample(f"Sudah ada {MOST_EXAMPLES} contoh; hapus dahulu yang tidak perlu.")
    answer = evaluate(engine, connection, of, decision, values)
    row: dict[str, Any] = {
        "key": engine.keys.draw()[0],
        "file_id": of.draft.id,
        "decision": decision,
        "name": name,
    }
    row |= {"inputs": dump_json(dict(values)), "expected": dump_json(answer.value)}
    row |= {"by": actor.username, "at": engine.clock.now()}
    return Change((Effect(insert(DecisionExample), row),), name)


def drop(engine: Engine, connection: Connection, actor: Actor, key: int, example: int) -> Change[None]:
    """Takes a kept example away. Raises UnknownDraft, NoTable, UnknownExample."""
    of = sheet(engine, connection, actor, key)
    if not any(row.key == example for row in connection.execute(_KEPT, {"file": of.draft.id})):
        raise UnknownExample
    return Change((Effect(_DROP, {"_key": example}),), None)


def written(connection: Connection, of: Sheet) -> str:
    """The kept examples of a file as the book has them: YAML to lay beside its tables."""
    by_decision: dict[str, list[dict[str, object]]] = {}
    for row in connection.execute(_KEPT, {"file": of.draft.id}):
        example = _example(row)
        entry = {"nama": example.name, "masukan": _plain(example.inputs), "hasil": _plain(example.expected)}
        by_decision.setdefault(example.decision, []).append(entry)
    parts = [{"keputusan": decision, "contoh": listed} for decision, listed in by_decision.items()]
    return yaml.dump_all(parts, Dumper=_Dumper, allow_unicode=True, sort_keys=False)


class _Dumper(yaml.SafeDumper):
    """Numbers as they are written, and texts that YAML would take for something else in quotes."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _represent_number(dumper: yaml.SafeDumper, number: Decimal) -> yaml.Node:
    kind = "int" if number == number.to_integral_value() else "float"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", f"{number:f}")


_Dumper.add_representer(Decimal, _represent_number)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _example(row: Any) -> dmn.Example:
    return dmn.Example(row.decision, row.name, load_json(row.inputs), load_json(row.expected), 0)


def _of_book(book: Path, folder: PurePath) -> Iterator[tuple[dmn.Example, str]]:
    """The examples of the folder in which a file lies, or of the whole book where it comes from elsewhere."""
    files = sorted((book / "dmn").rglob(f"*{ENDING}"))
    beside = [path for path in files if path.relative_to(book).parent == folder]
    for path in beside or files:
        for example in _read(path, path.stat().st_mtime_ns):
            yield example, path.relative_to(book).as_posix()


@lru_cache(maxsize=200)
def _read(path: Path, changed: int) -> tuple[dmn.Example, ...]:
    """The examples of a file; those that cannot be read are the book's own trouble, which `check` tells of."""
    try:
        return dmn.read_examples(path.read_bytes())
    except dmn.UnreadableExamples:
        return ()


_KEPT: Final = (
    select(DecisionExample.__table__)
    .where(DecisionExample.file_id == bindparam("file"))
    .order_by(DecisionExample.key)
)
_COUNT: Final = (
    select(func.count()).select_from(DecisionExample).where(DecisionExample.file_id == bindparam("file"))
)
_DROP: Final = delete(DecisionExample).where(DecisionExample.key == bindparam("_key"))
