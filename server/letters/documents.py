"""The letters of a case as documents: a draft from its data so far, and the one that was signed, kept once and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from server import errors, feel
from server.db import Change, Effect, load_json
from server.engine import Engine
from server.engine.access import visible_cases
from server.engine.bundle import Bundle, Element
from server.engine.tables import ProcessInstance, Variable
from server.files import Document
from server.identity import Actor
from server.letters import agenda, sight
from server.letters.issuing import content, expected_signer
from server.letters.models import Letter, LetterState
from server.letters.naskah import Stationery
from server.letters.printing import printed

NUMBERING: Final = "surat.nomor"
SAID: Final = ("tujuan", "hal", "lampiran")
SIGNER: Final = "penanda_tangan"
TURN: Final = "konsep"
"""The input mapping that says whether the case is now at this letter, of several that it may come to."""


class NoDraft(errors.NotFound):
    def __init__(self, surat: str) -> None:
        super().__init__(f"Perkara ini tidak memiliki naskah “{surat}”, atau bukan untuk Anda.")


@dataclass(frozen=True)
class Issued:
    """A letter of a case that was numbered."""

    key: int
    surat: str
    nomor: str
    hal: str
    cancelled: bool


@dataclass(frozen=True)
class CaseLetters:
    """`drafts`: the templates of letters that are still to be signed."""

    issued: tuple[Issued, ...] = ()
    drafts: tuple[str, ...] = ()


def of_case(engine: Engine, connection: Connection, actor: Actor, case: int) -> CaseLetters:
    """The letters of a case that the actor sees, with those of the case that called it: none of another."""
    row = connection.execute(_CASE.where(visible_cases(actor)), {"case": case}).first()
    root = row.root_key if row else case
    rows = connection.execute(_ISSUED.where(sight.told(actor)), {"case": root}).all()
    issued = tuple(
        Issued(row.key, row.surat, row.nomor, row.hal, row.keadaan == LetterState.BATAL) for row in rows
    )
    signed = issued if root == case else ()  # of a called case, what was signed in another call counts not
    numbering = _numbering(engine.bundles.get(connection, row.bundle_key)) if row else {}
    every = [each for those in numbering.values() for each in those]
    data = _data(connection, case) if any(map(_tells_its_turn, every)) else {}
    drafts = tuple(
        name
        for name, those in numbering.items()
        if any(_is_to_sign(engine, name, each, data, signed) for each in those)
    )
    return CaseLetters(issued, drafts)


def draft(
    engine: Engine, connection: Connection, actor: Actor, stationery: Stationery, case: int, surat: str
) -> bytes:
    """The PDF of a letter as the case's data have it now, marked KONSEP. Raises NoDraft."""
    row = connection.execute(_CASE.where(visible_cases(actor)), {"case": case}).first()
    numbering = _numbering(engine.bundles.get(connection, row.bundle_key)) if row else {}
    if row is None or surat not in numbering or surat not in stationery.templates.titles:
        raise NoDraft(surat)
    data = _data(connection, case)
    those = numbering[surat]
    element = next((each for each in those if _is_to_sign(engine, surat, each, data, ())), those[0])
    head, mapped = getattr(element.node, "headers", {}), _mapped(engine, element, data)
    said = {
        **content(connection, data, row.subject, row.business_id),
        **{name: value for name, value in mapped.items() if name in SAID},
        "sifat": head.get("sifat"),
        "tanda": expected_signer(
            engine.roles, connection, mapped[SIGNER] or head.get("penanda_tangan"), engine.clock.today()
        ),
        "konsep": True,
    }
    return stationery.templates.render(surat, said, stationery.head, engine.clock.now())


def final(
    engine: Engine, connection: Connection, actor: Actor, stationery: Stationery, key: int
) -> Change[str]:
    """The hash of the PDF that was kept of a letter when it was numbered. Of one from before that was done, it is kept now.

    Raises UnknownLetter.
    """
    row = connection.execute(_FINAL.where(sight.told(actor)), {"key": key}).mappings().first()
    if row is None or row["surat"] not in stationery.templates.titles:
        raise agenda.UnknownLetter(key)
    if row["document_id"] is not None:
        kept = connection.execute(_HASH, {"id": row["document_id"]}).scalar()
        if kept is not None:
            return Change((), str(kept))
    made = printed(connection, stationery, dict(row), engine.clock.now())
    noted = Effect(_PRINTED, {"_key": key, "_version": row["version"], "document": made.id}, expect=1)
    return Change((noted, *made.effects), made.sha256)


def genuine(connection: Connection, code: str) -> dict[str, Any] | None:
    """What anybody may know of the letter with this code; None where there is none. Of a confidential one not even what about."""
    row = (
        connection.execute(_BY_CODE, {"code": code.strip().upper()[:20].replace("\0", "")}).mappings().first()
    )
    if row is None:
        return None
    hal = "Rahasia" if row["sifat"] == sight.SECRET else row["hal"]
    digest = connection.execute(_HASH, {"id": row["document_id"]}).scalar() if row["document_id"] else None
    names = ("nomor", "tanggal", "penanda_tangan", "keadaan")
    return {**{name: row[name] for name in names}, "hal": hal, "sha256": digest}


def _numbering(bundle: Bundle) -> dict[str, list[Element]]:
    """The service tasks that number a letter with a template, by the template."""
    found: dict[str, list[Element]] = {}
    for element in bundle.elements.values():
        head = getattr(element.node, "headers", None) or {}
        if element.handler is not None and element.handler.type == NUMBERING and head.get("surat"):
            found.setdefault(str(head["surat"]), []).append(element)
    return found


def _data(connection: Connection, case: int) -> dict[str, object]:
    return {each.name: load_json(each.value) for each in connection.execute(_DATA, {"case": case})}


def _tells_its_turn(element: Element) -> bool:
    return any(mapping.target[0] == TURN for mapping in element.inputs)


def _is_to_sign(
    engine: Engine, name: str, element: Element, data: Mapping[str, object], issued: tuple[Issued, ...]
) -> bool:
    """Whether a letter is still to be signed; one whose task tells its turn comes again as often as its matter is a new one."""
    signed = {each.hal for each in issued if each.surat == name and not each.cancelled}
    if not _tells_its_turn(element):
        return not signed
    said = _mapped(engine, element, data)
    return said[TURN] is True and said["hal"] not in signed


def _mapped(engine: Engine, element: Element, data: Mapping[str, object]) -> dict[str, Any]:
    """What the input mappings of the numbering task would say now."""
    said: dict[str, Any] = {}
    for mapping in element.inputs:
        expression = mapping.source.expression
        if expression is not None:
            value: Any = feel.to_json(expression.evaluate(data, engine.environment).value)
            names = [each for each in value if isinstance(each, str)] if isinstance(value, list) else None
            said[mapping.target[0]] = ", ".join(names) if names is not None else (value or None)
    return {name: said.get(name) for name in (*SAID, SIGNER, TURN)}


_ISSUED: Final = (
    select(Letter.key, Letter.surat, Letter.nomor, Letter.hal, Letter.keadaan)
    .where(Letter.case_key == bindparam("case"), Letter.surat.is_not(None))
    .order_by(Letter.key)
)
_FINAL: Final = select(Letter.__table__).where(Letter.key == bindparam("key"), Letter.isi.is_not(None))
_HASH: Final = select(Document.sha256).where(Document.id == bindparam("id"))
_PRINTED: Final = (
    update(Letter)
    .where(Letter.key == bindparam("_key"), Letter.version == bindparam("_version"))
    .values(document_id=bindparam("document"), version=Letter.version + 1)
)
_BY_CODE: Final = select(Letter.__table__).where(Letter.periksa == bindparam("code"))
_CASE: Final = select(
    ProcessInstance.bundle_key, ProcessInstance.root_key, ProcessInstance.subject, ProcessInstance.business_id
).where(ProcessInstance.key == bindparam("case"))
_DATA: Final = select(Variable.name, Variable.value).where(
    Variable.process_instance_key == bindparam("case"), Variable.scope_key == bindparam("case")
)
