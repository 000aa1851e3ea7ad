"""The receipt of an application and the letter about what is missing: what they say, and the code that a receipt brings along."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from server import errors, letters
from server.db import Change, Effect
from server.engine import Engine
from server.identity import Actor
from server.identity.models import AuditEntry, Person
from server.letters import Receipt, Shortage
from server.tracking.codes import digest, new_code
from server.tracking.models import TrackingCode
from server.tracking.opening import opening
from server.tracking.proof import Proof, proof_of
from server.tracking.request import NobodyYet, Request, request

OLDEST: Final = 130
"""Years of an applicant's life."""
PAGE: Final = "/lacak"
OUTSIDE: Final = "Petugas"
"""Who signs where nobody knows in what office."""


class WrongBirthDate(errors.Invalid):
    def __init__(self) -> None:
        message = "Tanggal lahir pemohon tidak mungkin. Periksa lagi, atau kosongkan."
        super().__init__(message, [errors.Problem(message, where="tanggal_lahir")])


class NothingMissing(errors.Conflict):
    """There is nothing to write a letter about."""

    def __init__(self) -> None:
        super().__init__(
            "Tidak ada kekurangan berkas yang tercatat di perkara ini. Suratnya dibuat setelah loket memeriksa berkas"
            " dan ada dokumen yang belum dicentang."
        )


@dataclass(frozen=True)
class Wish:
    """How a receipt is wanted. `base`: where applicants reach the server; `renew`: codes of earlier receipts count no more.

    `tanggal_lahir`: the applicant's, to prove themselves by where nothing else is written down.
    """

    base: str
    tanggal_lahir: date | None = None
    renew: bool = False


def receipt(
    engine: Engine, connection: Connection, actor: Actor, key: int, wish: Wish
) -> Change[tuple[Receipt, letters.Office]]:
    """A receipt of a case's application with a new code, and where and when to come.

    Without anything that the applicant could prove themselves by it has no code. Raises UnknownRequest, NoRequest, NobodyYet,
    WrongBirthDate.
    """
    found = request(engine, connection, actor, key)
    now = engine.clock.now()
    born = wish.tanggal_lahir
    if born is not None and not (now.year - OLDEST <= born.year and born <= now.date()):
        raise WrongBirthDate
    born = born or connection.execute(_BORN, {"case": key}).scalar()
    proof = proof_of(found.nik, found.nip, found.telepon, born, found.surat)
    code = new_code() if proof else None
    effects = tuple(_effects(actor, key, now, wish.renew, code, born))
    return Change(effects, (_said(found, actor, code, proof, wish.base), opening(engine, found.bidang)))


def shortage(
    engine: Engine, connection: Connection, actor: Actor, key: int, base: str
) -> Change[tuple[Shortage, letters.Office]]:
    """The letter about what is missing in a case's application. Raises UnknownRequest, NoRequest, NobodyYet, NothingMissing."""
    found = request(engine, connection, actor, key)
    if found.pemohon is None:
        raise NobodyYet
    if not found.papers.lacking:
        raise NothingMissing
    now = engine.clock.now()
    said = Shortage(
        nomor=found.nomor,
        prosedur=found.layanan,
        pemohon=found.pemohon,
        tanggal=now,
        diterima=found.diterima,
        kurang=found.papers.lacking,
        catatan=found.papers.note,
        dasar=found.papers.dasar,
        petugas=actor.name,
        nip=connection.execute(_NIP, {"username": actor.username}).scalar(),
        jabatan=_office_of(engine, actor, found.bidang),
        alamat_lacak=base + PAGE if connection.execute(_LIVE, {"case": key}).first() else None,
    )
    noted = _noted(actor, key, now, "paper.shortage")
    return Change((noted,), (said, opening(engine, found.bidang)))


def _said(found: Request, actor: Actor, code: str | None, proof: Proof | None, base: str) -> Receipt:
    if found.pemohon is None:
        raise NobodyYet
    return Receipt(
        nomor=found.nomor,
        prosedur=found.layanan,
        pemohon=found.pemohon,
        diterima=found.diterima,
        siap=found.progress.ready_at,
        dokumen=found.papers.asked,
        lampiran=found.lampiran,
        petugas=actor.name if actor.username != found.subject else None,
        kode_pengambilan=found.kode_pengambilan,
        kode=code,
        alamat_lacak=base + PAGE if code else None,
        tautan=f"{base}{PAGE}?kode={code}" if code else None,
        fakta=proof.asks if proof else None,
    )


def _office_of(engine: Engine, actor: Actor, bidang: str | None) -> str:
    """The office that somebody holds in a bidang, or in the whole house, by name."""
    held = sorted(actor.groups, key=lambda group: (not group.endswith(f"@{bidang}"), group))
    roles = (group.partition("@")[0] for group in held)
    return next((engine.roles[role].nama for role in roles if role in engine.roles), OUTSIDE)


def _effects(
    actor: Actor, key: int, now: datetime, renew: bool, code: str | None, born: date | None
) -> Iterator[Effect]:
    if renew:
        yield Effect(_REVOKE, {"_case": key, "now": now})
    if code is not None:
        row = {"sha256": digest(code), "case_key": key, "tanggal_lahir": born, "failures": 0}
        yield Effect(_ISSUE, row | {"issued_by": actor.username, "issued_at": now, "revoked_at": None})
    verb = "tracking.renew" if renew else "tracking.issue"
    yield _noted(actor, key, now, verb, None if code is not None else "tanpa kode lacak")


def _noted(actor: Actor, key: int, now: datetime, verb: str, detail: str | None = None) -> Effect:
    """What leaves the office about a person stands in the audit trail."""
    entry = {"at": now, "actor": actor.username, "verb": verb, "object": f"case:{key}", "outcome": "done"}
    return Effect(_NOTE, entry | {"detail": detail})


# --- statements ------------------------------------------------------------------------------------------------------

_ISSUE: Final = insert(TrackingCode)
_NOTE: Final = insert(AuditEntry)
_OF_CASE = TrackingCode.case_key == bindparam("case")
_LIVE: Final = select(TrackingCode.sha256).where(_OF_CASE, TrackingCode.revoked_at.is_(None)).limit(1)
_BORN: Final = (
    select(TrackingCode.tanggal_lahir)
    .where(_OF_CASE, TrackingCode.tanggal_lahir.is_not(None))
    .order_by(TrackingCode.issued_at.desc())
    .limit(1)
)
_REVOKE: Final = (
    update(TrackingCode)
    .where(TrackingCode.case_key == bindparam("_case"), TrackingCode.revoked_at.is_(None))
    .values(revoked_at=bindparam("now", type_=TrackingCode.revoked_at.type))
)
_NIP: Final = select(Person.nip).where(Person.username == bindparam("username"))
