"""Applications: who asks, as the counter wrote it down, kept with the case.

The code on the receipt has no letter or digit that is easily taken for another.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from server import errors
from server.db import Effect
from server.engine import Case
from server.population.models import Application

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 10


class UnknownApplication(errors.NotFound):
    def __init__(self, kode: str) -> None:
        super().__init__(f"Tidak ada permohonan dengan kode {kode}. Periksa kode di bukti pengambilan.")


class InvalidApplicant(errors.Invalid):
    """The applicant cannot be written down."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message, [errors.Problem(message, where=where)])


@dataclass(frozen=True)
class Applicant:
    """Who asks, and since when."""

    nama: str
    nik: str | None
    telepon: str | None
    tanggal: date


@dataclass(frozen=True)
class ApplicationRecord:
    """An application as it was written down; `models.Application` says what is what."""

    case_key: int
    process_id: str
    kode: str
    nama: str
    nik: str | None
    telepon: str | None
    tanggal: date
    dicatat_oleh: str
    dicatat_pada: datetime
    dibatalkan: bool


def read_applicant(variables: Mapping[str, object]) -> Applicant:
    """The applicant in a case's variables `pemohon` and `tanggal_permohonan`. Raises InvalidApplicant."""
    said = variables.get("pemohon")
    said = said if isinstance(said, dict) else {}
    if not _text(said, "nama"):
        raise InvalidApplicant("Isi nama pemohon.", "pemohon.nama")
    try:
        tanggal = date.fromisoformat(str(variables.get("tanggal_permohonan")))
    except ValueError:
        raise InvalidApplicant("Isi tanggal permohonan.", "tanggal_permohonan") from None
    return Applicant(str(_text(said, "nama")), _text(said, "nik"), _text(said, "telepon"), tanggal)


def application(connection: Connection, case_key: int) -> ApplicationRecord | None:
    """The application of a case; None where it has none."""
    row = connection.execute(_OF_CASE, {"case_key": case_key}).one_or_none()
    return None if row is None else ApplicationRecord(*row)


def applicants(connection: Connection, cases: Iterable[int]) -> dict[int, str]:
    """The names of who asks, of those cases that have an application."""
    asked = select(Application.case_key, Application.nama).where(Application.case_key.in_(set(cases)))
    return {row.case_key: row.nama for row in connection.execute(asked)}


def application_by_code(connection: Connection, kode: str) -> ApplicationRecord:
    """The application of a receipt. Raises UnknownApplication."""
    row = connection.execute(_BY_CODE, {"kode": kode.strip().upper()}).one_or_none()
    if row is None:
        raise UnknownApplication(kode)
    return ApplicationRecord(*row)


def enter(
    connection: Connection, case: Case, applicant: Applicant, clerk: str, now: datetime
) -> tuple[str, tuple[Effect, ...]]:
    """Writes a case's application down, or what has changed in it; its code stays. The code, and what is to be written."""
    known = application(connection, case.key)
    kode = known.kode if known else "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    row: dict[str, Any] = {"case_key": case.key, "process_id": case.process_id, "kode": kode}
    row |= vars(applicant) | {"dicatat_oleh": clerk, "dicatat_pada": now, "dibatalkan": False}
    return kode, (Effect(_ENTER, row),)


def withdraw(case_key: int) -> tuple[Effect, ...]:
    """Marks the application of a cancelled case."""
    return (Effect(_WITHDRAW, {"key": case_key}),)


def _text(said: Mapping[str, object], name: str) -> str | None:
    text = said.get(name)
    return text.strip() or None if isinstance(text, str) else None


# --- statements ------------------------------------------------------------------------------------------------------

_APPLICATIONS: Final = select(*(getattr(Application, each.name) for each in fields(ApplicationRecord)))
_OF_CASE: Final = _APPLICATIONS.where(Application.case_key == bindparam("case_key"))
_BY_CODE: Final = _APPLICATIONS.where(Application.kode == bindparam("kode"))
_new = upsert(Application)
_ENTER: Final = _new.on_conflict_do_update(
    index_elements=["case_key"],
    set_={name: value for name, value in _new.excluded.items() if name not in ("case_key", "kode")},
)
_WITHDRAW: Final = update(Application).where(Application.case_key == bindparam("key")).values(dibatalkan=True)
