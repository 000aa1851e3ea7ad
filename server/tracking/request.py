"""A case as an application: whose it is, how far it is, what was handed in.

Applications come from outside, or from an employee in their own matter; work that nobody has asked for is none. Confidential
cases are never shown here, whoever asks and with whatever code.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, exists, or_, select

from server import errors
from server.db import AnyRow
from server.engine import Engine
from server.engine.access import offered_tasks, visible_cases
from server.engine.bundle import Bundle
from server.engine.tables import (
    Definition,
    ElementInstance,
    InstanceState,
    ProcessInstance,
    TaskState,
    UserTask,
)
from server.files import Document
from server.identity import Actor
from server.identity.models import Person
from server.population import RECORDING
from server.population.models import Application, BlankRequest
from server.tracking.papers import Papers, papers_of
from server.tracking.progress import Course, Progress, progress
from server.tracking.proof import Proof, letter_of, proof_of
from server.tracking.words import service_name


class UnknownRequest(errors.NotFound):
    def __init__(self, key: int) -> None:
        super().__init__(f"Perkara {key} tidak ada, atau bukan untuk Anda.", hidden=True)


class NoRequest(errors.Conflict):
    """The case is nobody's application, or none that may be told of outside."""

    def __init__(self) -> None:
        super().__init__(
            "Perkara ini bukan permohonan seseorang, atau bersifat rahasia; tanda terima dan pelacakan tidak dibuat untuknya."
        )


class NobodyYet(errors.Conflict):
    """It is not written down who applies."""

    def __init__(self) -> None:
        super().__init__(
            "Pemohonnya belum dicatat. Selesaikan dahulu langkah pertama, lalu cetak tanda terima."
        )


@dataclass(frozen=True)
class Request:
    """An application. `layanan`: the procedure as applicants call it; `kode_pengambilan`: see models.Application.

    `lanjutan`: procedures that go on where this one ended without a result in the applicant's hands.
    """

    case_key: int
    nomor: str
    layanan: str
    bidang: str | None
    subject: str | None
    pemohon: str | None
    diterima: datetime
    berakhir: datetime | None
    kode_pengambilan: str | None
    nik: str | None
    nip: str | None
    telepon: str | None
    surat: str | None
    """The number of the letter by which a kecamatan has asked."""
    papers: Papers
    lampiran: tuple[str, ...]
    progress: Progress
    lanjutan: str | None
    loket: str | None
    """The group that begins such cases."""
    records_applicant: bool
    """Whether a step of the procedure writes down who applies."""

    @property
    def proof(self) -> Proof | None:
        """What its applicant is asked for besides a code, where the counter has added nothing."""
        return proof_of(self.nik, self.nip, self.telepon, None, self.surat)

    @property
    def nobody_recorded(self) -> bool:
        """Whether its applicant is recorded nowhere, and never will be."""
        return self.pemohon is None and not self.records_applicant


def request(engine: Engine, connection: Connection, actor: Actor, key: int) -> Request:
    """The application of a case that the actor sees, or works on. Raises UnknownRequest, NoRequest."""
    row = connection.execute(_ROW, {"key": key}).one_or_none()
    if row is None or not sees(connection, actor, key):
        raise UnknownRequest(key)
    found = read_request(engine, connection, row)
    if found is None:
        raise NoRequest
    return found


def request_or_none(engine: Engine, connection: Connection, actor: Actor, key: int) -> Request | None:
    """The same; None for a case that is no application. For pages that offer a receipt where there is one to have."""
    try:
        return request(engine, connection, actor, key)
    except (UnknownRequest, NoRequest):
        return None


def request_of_code(engine: Engine, connection: Connection, key: int) -> Request | None:
    """The application of a case, for whoever has brought its code and proof."""
    row = connection.execute(_ROW, {"key": key}).one_or_none()
    return None if row is None else read_request(engine, connection, row)


def read_request(engine: Engine, connection: Connection, row: AnyRow) -> Request | None:
    """The application of a row of `_ROW`; None where the case is none."""
    bundle = engine.bundles.get(connection, row.bundle_key)
    starter = bundle.starter
    asked_for = row.nama is not None or row.subject is not None or starter.subject_first or starter.insider
    if row.confidential or bundle.confidential or row.parent_key is not None or not asked_for:
        return None
    engine.book.refresh(connection)
    found = _progress(engine, connection, bundle, row)
    kecamatan = f"Kecamatan {row.kecamatan}" if row.kecamatan else None
    return Request(
        case_key=row.key,
        nomor=row.business_id or str(row.key),
        layanan=service_name(row.procedure),
        bidang=row.bidang,
        subject=row.subject,
        pemohon=row.nama or row.person or kecamatan,
        diterima=row.started_at.astimezone(engine.clock.zone),
        berakhir=row.ended_at,
        kode_pengambilan=row.kode,
        nik=row.nik,
        nip=row.nip,
        telepon=row.telepon,
        surat=letter_of(row.laporan),
        papers=papers_of(connection, row.key, row.process_id),
        lampiran=_attached(connection, row),
        progress=found,
        lanjutan=_goes_on(bundle, row, found),
        loket=starter.group.text if starter.group else None,
        records_applicant=any(
            each.handler and each.handler.type in RECORDING for each in bundle.elements.values()
        ),
    )


def _progress(engine: Engine, connection: Connection, bundle: Bundle, row: AnyRow) -> Progress:
    return _read_progress(engine, connection, bundle, row.key, row.state)


def _read_progress(
    engine: Engine, connection: Connection, bundle: Bundle, key: int, state: str, whole: bool = True
) -> Progress:
    """How far a case is, with those that it has called; a confidential one says nothing."""
    course = Course(bundle, engine.roles, connection.execute(_TASKS, {"case": key}).all())
    passed = connection.execute(_PASSED, {"case": key}).all()
    ends = [each.name for each in passed if each.type == "END_EVENT" and each.name]
    standing = [each.element_id for each in passed if each.state == InstanceState.ACTIVE]
    called: dict[str, list[Progress]] = {}
    for row in connection.execute(_CALLED, {"case": key}).all():
        inner = engine.bundles.get(connection, row.bundle_key)
        found = _read_progress(engine, connection, inner, row.key, row.state, whole=False)
        called.setdefault(row.element_id, []).append(found)
    return progress(course, state, ends, standing, engine.calendar, engine.clock.now(), called, whole)


def _attached(connection: Connection, row: AnyRow) -> tuple[str, ...]:
    """The names of what came from the applicant: attached by themselves, or by who took the application in."""
    from_them = {"case": row.key, "by": [row.started_by, row.subject or row.started_by]}
    return tuple(connection.execute(_ATTACHED, from_them).scalars())


def _goes_on(bundle: Bundle, row: AnyRow, found: Progress) -> str | None:
    """What the procedure says it is tied to, once it has ended with its last step in the office's hands."""
    handed_over = not found.steps or found.steps[-1].own
    if row.state != InstanceState.COMPLETED or handed_over:
        return None
    return bundle.process.properties.get("keterkaitan") or None


def sees(connection: Connection, actor: Actor, key: int) -> bool:
    """Whose case it is, or who is offered a task of it."""
    offered = exists().where(
        UserTask.process_instance_key == ProcessInstance.key,
        UserTask.state == TaskState.CREATED,
        offered_tasks(actor),
    )
    statement = select(ProcessInstance.key).where(
        ProcessInstance.key == key, or_(visible_cases(actor), offered)
    )
    return connection.execute(statement).first() is not None


# --- statements ------------------------------------------------------------------------------------------------------

_ROW: Final = (
    select(
        ProcessInstance.key,
        ProcessInstance.bundle_key,
        ProcessInstance.process_id,
        ProcessInstance.bidang,
        ProcessInstance.confidential,
        ProcessInstance.business_id,
        ProcessInstance.state,
        ProcessInstance.subject,
        ProcessInstance.started_by,
        ProcessInstance.started_at,
        ProcessInstance.ended_at,
        ProcessInstance.parent_key,
        Definition.name.label("procedure"),
        Application.nama,
        Application.nik,
        Application.telepon,
        Application.kode,
        Person.name.label("person"),
        Person.nip,
        BlankRequest.kecamatan,
        BlankRequest.laporan,
    )
    .join(Definition, Definition.key == ProcessInstance.definition_key)
    .outerjoin(Application, Application.case_key == ProcessInstance.key)
    .outerjoin(Person, Person.username == ProcessInstance.subject)
    .outerjoin(BlankRequest, BlankRequest.case_key == ProcessInstance.key)
    .where(ProcessInstance.key == bindparam("key"))
)
_TASKS: Final = (
    select(UserTask.key, UserTask.element_id, UserTask.state, UserTask.created_at, UserTask.ended_at)
    .where(UserTask.process_instance_key == bindparam("case"))
    .order_by(UserTask.key)
)
_PASSED: Final = select(
    ElementInstance.element_id, ElementInstance.type, ElementInstance.name, ElementInstance.state
).where(
    ElementInstance.process_instance_key == bindparam("case"),
    or_(ElementInstance.state == InstanceState.ACTIVE, ElementInstance.type == "END_EVENT"),
)
_CALLED: Final = (
    select(ProcessInstance.key, ProcessInstance.bundle_key, ProcessInstance.state, ElementInstance.element_id)
    .join(ElementInstance, ElementInstance.key == ProcessInstance.parent_element_key)
    .where(
        ProcessInstance.parent_key == bindparam("case"),
        ProcessInstance.state == InstanceState.ACTIVE,
        ~ProcessInstance.confidential,
    )
    .order_by(ProcessInstance.key)
)
_ATTACHED: Final = (
    select(Document.name)
    .where(
        Document.process_instance_key == bindparam("case"),
        Document.created_by.in_(bindparam("by", expanding=True)),
    )
    .order_by(Document.created_at, Document.id)
    .limit(50)
)
